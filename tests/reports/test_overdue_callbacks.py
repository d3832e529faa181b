"""Overdue callbacks: what was promised, not made, and may still be made."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from leadquality.catalogue import load_reports
from leadquality.engine import rows_behind
from leadquality.scope import Scope

REPORT = "overdue_callbacks"
AS_OF = date(2026, 12, 31)
DUE = datetime(2026, 12, 21, 14)


def promise(world, due=DUE, lead=None, rep="R1", **values):
    """A call of 14 December that promises a callback; returns the lead."""
    lead = lead or world.lead("inbound", "2026-12-01", **values)
    world.call(
        lead,
        "2026-12-14",
        "callback_requested",
        call_id=f"promise to {lead}",
        callback_due_at=due,
        rep_id=rep,
        started_at=datetime(2026, 12, 14, 9),
    )
    return lead


def dial(world, lead, started, **values):
    world.call(lead, started.date(), started_at=started, **({"direction": "outbound"} | values))


def row(world, **asked):
    return world.run(REPORT, **asked).row("inbound")


def listed(world, **scope):
    found = rows_behind(world.database(), load_reports()[REPORT], Scope(world.as_of, **scope))
    return found.frame.filter("is_counted")


def test_a_callback_is_overdue_until_somebody_dials(story):
    world = story(AS_OF)
    never, late, linked, early, called = [promise(world) for _ in range(5)]
    dial(world, late, datetime(2026, 12, 30, 9))  # nine days late, but made
    dial(world, linked, datetime(2026, 12, 20, 9), callback_of=f"promise to {linked}")
    dial(world, early, datetime(2026, 12, 21, 13, 40))  # 20 minutes early: the agreed 15 do not cover it
    dial(world, called, datetime(2026, 12, 22, 9), direction="inbound")  # the lead called: no promise kept
    assert (row(world)["numerator"], row(world)["denominator"]) == (3, 3)
    assert sorted(listed(world)["lead_id"]) == sorted([never, early, called])


def test_the_list_says_who_promised_when_and_how_long_ago(story):
    world = story(AS_OF)
    lead = promise(world, rep="R7")
    shown = listed(world).row(0, named=True)
    # 21 to 31 December
    assert {
        key: shown[key]
        for key in ("lead_id", "kind", "owner_id", "promised_at", "waiting_days", "promised_in_call")
    } == {
        "lead_id": lead,
        "kind": "callback",
        "owner_id": "R7",
        "promised_at": DUE,
        "waiting_days": 10,
        "promised_in_call": f"promise to {lead}",
    }


def test_a_promise_for_later_is_open_and_not_overdue(story):
    world = story(AS_OF)
    promise(world)
    promise(world, datetime(2027, 1, 4, 10))
    # until 23:45 of the last day the quarter of an hour has run out; after that it has not
    promise(world, datetime(2026, 12, 31, 23, 44))
    promise(world, datetime(2026, 12, 31, 23, 50))
    assert (row(world)["numerator"], row(world)["denominator"], row(world)["estimate"]) == (2, 4, 0.5)
    assert row(world)["low"] == row(world)["high"] == 0.5  # counted, not estimated


def test_who_asked_not_to_be_called_is_never_listed(story):
    world = story(AS_OF)
    barred, won, lost, later = [promise(world) for _ in range(4)]
    dial(world, barred, datetime(2026, 12, 2, 9), disposition="do_not_call")
    world.won(won, "2026-12-28")
    world.lost(lost, "2026-12-28")
    dial(world, later, datetime(2026, 12, 1, 9), disposition="do_not_call")
    assert listed(world).height == 0
    assert {key: row(world)[key] for key in ("denominator", "do_not_call_count", "closed_count")} == {
        "denominator": 0,
        "do_not_call_count": 2,
        "closed_count": 2,
    }
    assert row(world)["estimate"] is None


def test_a_callback_put_off_counts_once_at_its_last_time(story):
    world = story(AS_OF)
    lead = promise(world, datetime(2026, 12, 15, 9))
    world.call(
        lead,
        "2026-12-14",
        "callback_requested",
        call_id="z again",
        callback_due_at=DUE,
        rep_id="R2",
        started_at=datetime(2026, 12, 14, 12),
    )
    assert listed(world).select("owner_id", "promised_at").rows() == [("R2", DUE)]


def test_without_a_lead_only_a_linked_dial_closes_it(story):
    world = story(AS_OF)
    for place in range(2):
        world.call(None, "2026-12-14", "callback_requested", call_id=f"p{place}", callback_due_at=DUE)
    dial(world, None, datetime(2026, 12, 22, 9), callback_of="p0")
    dial(world, None, datetime(2026, 12, 22, 9))
    found = world.run(REPORT).row("unknown")
    assert (found["numerator"], found["denominator"]) == (1, 1)


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ({"from_on": date(2027, 1, 1)}, 2),  # dates do not narrow a list of what is open today
        ({"segments": ("ent",)}, 1),
        ({"channels": ("outbound",)}, 0),
    ],
)
def test_the_filters_apply_and_the_dates_do_not(story, scope, count):
    world = story(AS_OF)
    promise(world)
    promise(world, segment="ent")
    assert listed(world, **scope).height == count


def test_the_future_is_not_known(story):
    world = story(AS_OF)
    lead = promise(world)
    dial(world, lead, datetime(2026, 12, 22, 9))
    world.won(lead, "2026-12-30")
    assert row(world) is None  # dialled: nothing is open
    assert row(world, as_of="2026-12-21")["numerator"] == 1
