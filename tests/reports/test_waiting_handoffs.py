"""Hand-offs that wait for sales: whose, for what, how long, and what was missing when they were handed over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from leadquality.catalogue import load_reports
from leadquality.engine import rows_behind
from leadquality.scope import Scope

REPORT = "waiting_handoffs"
AS_OF = date(2026, 12, 31)


def hand(world, days, accepted=None, rejected=None, touched=None, **values):
    """A hand-off so many days before as_of; the other moments as days before as_of too."""
    lead = world.lead("inbound", "2026-06-01", **values)
    moment = lambda back: None if back is None else datetime(2026, 12, 31, 12) - timedelta(days=back)  # noqa: E731
    world.add(
        "handoffs",
        lead_id=lead,
        handed_at=moment(days),
        handed_on=moment(days).date(),
        accepted_at=moment(accepted),
        rejected_at=moment(rejected),
        first_sales_touch_at=moment(touched),
    )
    return lead


def row(world, **asked):
    return world.run(REPORT, **asked).row("inbound")


def listed(world, **scope):
    found = rows_behind(world.database(), load_reports()[REPORT], Scope(world.as_of, **scope))
    return found.frame.filter("is_counted").sort("lead_id")


def test_longer_than_agreed_for_an_answer_or_for_the_first_touch(story):
    world = story(AS_OF)
    answer = hand(world, 6)  # five days are agreed
    hand(world, 5)
    touch = hand(world, 9, accepted=3)  # two days are agreed, from the acceptance on
    hand(world, 9, accepted=2)
    hand(world, 90, accepted=80, touched=79)
    hand(world, 90, rejected=80)
    assert listed(world).select("lead_id", "kind", "waiting_days", "agreed_days").rows() == [
        (answer, "answer of sales", 6, 5),
        (touch, "first touch by sales", 3, 2),
    ]
    found = row(world)
    assert (found["numerator"], found["denominator"], found["estimate"]) == (2, 4, 0.5)
    assert (found["acceptance_days"], found["touch_days"]) == (5, 2)


def converse(world, lead, back, rep, answers=(), **values):
    started = datetime(2026, 12, 31, 9) - timedelta(days=back)
    call = f"call {len(world.rows['fact_calls'])}"
    world.call(
        lead,
        started.date(),
        "connected_no_result",
        call_id=call,
        started_at=started,
        rep_id=rep,
        direction="outbound",
        **values,
    )
    for question in answers:
        world.add("call_answers", call_id=call, question_id=question, is_asked=True, is_answered=True)


def test_owner_and_missing_items_are_those_of_the_record_at_the_hand_off(story):
    world = story(AS_OF)
    bare, half, full = [hand(world, 10) for _ in range(3)]
    converse(world, half, 20, "R1", reached_role="manager")
    converse(world, half, 12, "R2", ("timeline",))
    converse(world, half, 3, "R3", ("need",))  # after the hand-off: neither owner nor record
    converse(
        world,
        full,
        12,
        "R4",
        ("need",),
        reached_role="manager",
        next_step_due_at=datetime(2026, 12, 25),
    )
    assert listed(world).select("lead_id", "owner_id", "missing").rows() == [
        (bare, None, "who was reached, what was said, the problem, a dated next step"),
        (half, "R2", "the problem, a dated next step"),
        (full, "R4", None),
    ]


def test_leads_that_are_closed_or_barred_are_counted_and_not_listed(story):
    world = story(AS_OF)
    barred, won, waiting = [hand(world, 10) for _ in range(3)]
    world.call(barred, "2026-12-01", "do_not_call")
    world.won(won, "2026-12-30")
    assert listed(world)["lead_id"].to_list() == [waiting]
    found = row(world)
    assert (found["denominator"], found["do_not_call_count"], found["closed_count"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("scope", "count"), [({"from_on": date(2026, 12, 30)}, 2), ({"sources": ("list",)}, 1)]
)
def test_the_filters_apply_and_the_dates_do_not(story, scope, count):
    world = story(AS_OF)
    hand(world, 10)
    hand(world, 10, source="list")
    assert listed(world, **scope).height == count


def test_the_future_is_not_known(story):
    world = story(AS_OF)
    hand(world, 20, accepted=10, touched=9)
    assert row(world) is None
    # ten days before it was accepted nobody knew, and nine days later it had been touched
    assert row(world, as_of="2026-12-20")["numerator"] == 1
    assert row(world, as_of="2026-12-21")["numerator"] == 0


def test_without_hand_offs_it_is_not_available(story):
    world = story(AS_OF)
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = 'handoffs'")
    assert "handoffs" in world.run(REPORT).unavailable
