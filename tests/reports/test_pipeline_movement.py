"""Movement of the pipeline due this quarter: every step by hand, and steps that always add up to the end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from leadquality.catalogue import load_reports
from leadquality.engine import rows_behind
from leadquality.scope import Scope
from tests.story import Story

REPORT = "pipeline_movement"
AS_OF = date(2026, 11, 22)  # the quarter: 1 October to 31 December
BEFORE, WITHIN, AFTER = "2026-09-01", "2026-12-15", "2027-02-01"


def deal(world, created, expected, amount=1000, outcome="open", closed=None, channel="inbound", **values):
    """An opportunity whose amount and expected day were recorded when it was created."""
    lead = world.lead(channel, "2026-01-05", **values)
    deal_id = world.opportunity(lead, created, outcome, closed)
    deal_id = world.rows["fact_opportunities"][-1]["opportunity_id"]
    changed(world, deal_id, created, expected=expected, amount=amount)
    return deal_id


def changed(world, deal_id, on, **values):
    on = date.fromisoformat(on) if isinstance(on, str) else on
    names = {"expected": "expected_close_on"}
    row = {names.get(name, name): value for name, value in values.items()}
    if isinstance(row.get("expected_close_on"), str):
        row["expected_close_on"] = date.fromisoformat(row["expected_close_on"])
    world.add("opportunity_changes", opportunity_id=deal_id, changed_on=on, **row)


def steps(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def amounts(world, channel="inbound", **asked):
    return {
        name: (row["estimate"], row["denominator"])
        for name, row in steps(world, channel, **asked).items()
        if row["denominator"]
    }


def test_a_deal_that_stays_is_start_and_end(story):
    world = story(AS_OF)
    deal(world, BEFORE, WITHIN, 1000)
    assert amounts(world) == {"start": (1000, 1), "end": (1000, 1)}
    row = steps(world)["end"]
    assert (row["quarter_on"], row["due_by"]) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (row["currency"], row["status"], row["is_tied"], row["total_change"]) == ("EUR", "ok", True, 0)


def test_each_way_in_and_out(story):
    world = story(AS_OF)
    deal(world, "2026-10-10", WITHIN, 10)  # created
    changed(world, deal(world, BEFORE, AFTER, 20), "2026-10-20", expected=WITHIN)  # pulled in
    changed(world, deal(world, BEFORE, WITHIN, 40), "2026-10-20", amount=70)  # amount changed
    changed(world, deal(world, BEFORE, WITHIN, 80), "2026-10-20", expected=AFTER)  # pushed
    deal(world, BEFORE, WITHIN, 160, "lost", "2026-11-01")
    deal(world, BEFORE, WITHIN, 320, "won", "2026-11-01")
    assert amounts(world) == {
        "start": (40 + 80 + 160 + 320, 4),
        "created": (10, 1),
        "pulled in": (20, 1),
        "amount changed": (30, 1),
        "pushed": (-80, 1),
        "lost": (-160, 1),
        "won": (-320, 1),
        "end": (10 + 20 + 70, 3),
        "due later": (80, 1),
    }
    assert all(row["is_tied"] for row in steps(world).values())
    # 100 at the end, 600 at the start
    assert steps(world)["end"]["total_change"] == -500


def test_who_comes_and_goes_within_the_quarter_takes_both_steps(story):
    world = story(AS_OF)
    deal(world, "2026-10-10", WITHIN, 10, "won", "2026-11-10")
    deal(world, BEFORE, AFTER, 20, "won", "2026-11-10")  # expected later, won now: it was pulled in
    deal(world, "2026-10-10", WITHIN, 40, "lost", "2026-11-10")
    assert amounts(world) == {
        "created": (50, 2),
        "pulled in": (20, 1),
        "lost": (-40, 1),
        "won": (-30, 2),
    }


def test_a_deal_lost_that_was_due_later_was_never_in_this_quarter(story):
    world = story(AS_OF)
    lost = deal(world, BEFORE, AFTER, 20, "lost", "2026-11-10")
    changed(world, lost, "2026-11-10", expected="2026-11-10")  # closing overwrites the expected day
    assert amounts(world) == {}


def test_a_deal_leaves_with_its_new_amount(story):
    world = story(AS_OF)
    changed(world, deal(world, BEFORE, WITHIN, 100, "won", "2026-11-10"), "2026-11-10", amount=130)
    changed(world, deal(world, BEFORE, WITHIN, 100), "2026-10-05", amount=40, expected=AFTER)
    assert amounts(world) == {
        "start": (200, 2),
        "amount changed": (30 - 60, 2),
        "won": (-130, 1),
        "pushed": (-40, 1),
        "due later": (40, 1),
    }


def test_overdue_deals_are_due_and_deals_without_a_day_stand_beside(story):
    world = story(AS_OF)
    deal(world, BEFORE, "2026-07-01", 100)
    deal(world, BEFORE, None, 200)
    assert amounts(world) == {"start": (100, 1), "end": (100, 1), "no date": (200, 1)}


def test_the_last_day_of_the_quarter_and_the_day_before_it_began(story):
    world = story(AS_OF)
    deal(world, BEFORE, "2026-12-31", 1)
    deal(world, BEFORE, "2027-01-01", 2)
    changed(world, deal(world, BEFORE, AFTER, 4), "2026-09-30", expected=WITHIN)
    changed(world, deal(world, BEFORE, AFTER, 8), "2026-10-01", expected=WITHIN)
    deal(world, BEFORE, WITHIN, 16, "lost", "2026-09-30")
    deal(world, BEFORE, WITHIN, 32, "lost", "2026-10-01")
    assert amounts(world) == {
        "start": (1 + 4 + 32, 3),
        "pulled in": (8, 1),
        "lost": (-32, 1),
        "end": (1 + 4 + 8, 3),
        "due later": (2, 1),
    }


def test_a_row_that_names_only_what_changed_leaves_the_rest_as_it_was(story):
    world = story(AS_OF)
    kept = deal(world, BEFORE, WITHIN, 100)
    changed(world, kept, "2026-10-20", stage="proposal")
    assert amounts(world) == {"start": (100, 1), "end": (100, 1)}


def test_what_was_first_recorded_later_is_taken_so_and_counted(story):
    world = story(AS_OF)
    lead = world.lead("inbound", "2026-01-05")
    world.opportunity(lead, BEFORE, acv=500, expected_close_on=date(2026, 12, 15))  # no record at all
    other = deal(world, BEFORE, WITHIN, 70)
    world.rows["fact_opportunity_changes"][-1]["changed_on"] = date(
        2026, 10, 20
    )  # recorded after the quarter began
    changed(world, other, "2026-11-01", amount=90)
    assert amounts(world) == {"start": (570, 2), "amount changed": (20, 1), "end": (590, 2)}
    assert (steps(world)["start"]["unrecorded_count"], steps(world)["end"]["unrecorded_count"]) == (2, 2)


def test_an_unknown_amount_adds_nothing_and_is_counted(story):
    world = story(AS_OF)
    deal(world, BEFORE, WITHIN, None)
    deal(world, BEFORE, WITHIN, 100)
    assert amounts(world) == {"start": (100, 2), "end": (100, 2)}
    assert steps(world)["end"]["without_amount_count"] == 1


def test_what_is_later_than_as_of_is_not_seen(story):
    world = story(AS_OF)
    changed(world, deal(world, BEFORE, WITHIN, 100, "won", "2026-11-23"), "2026-11-23", amount=900)
    deal(world, "2026-11-23", WITHIN, 7)
    assert amounts(world) == {"start": (100, 1), "end": (100, 1)}
    assert amounts(world, as_of="2026-11-23") == {
        "start": (100, 1),
        "created": (7, 1),
        "amount changed": (800, 1),
        "won": (-900, 1),
        "end": (7, 1),
    }


def test_channels_stand_apart_and_filters_narrow(story):
    world = story(AS_OF)
    deal(world, BEFORE, WITHIN, 100)
    deal(world, BEFORE, WITHIN, 200, channel="outbound", segment="ent")
    assert (amounts(world)["end"], amounts(world, "outbound")["end"]) == ((100, 1), (200, 1))
    # both ends less both starts
    assert steps(world)["end"]["total_change"] == 0
    assert amounts(world, segments=("ent",)) == {}
    assert amounts(world, "outbound", segments=("ent",))["end"] == (200, 1)
    # days of creation of the lead, which is of 5 January
    assert world.run(REPORT, from_on="2026-01-06").rows.height == 0


def test_amounts_of_two_currencies_are_not_added_up(story):
    world = story(AS_OF)
    deal(world, BEFORE, WITHIN, 100)
    deal(world, BEFORE, WITHIN, 100)
    world.rows["fact_opportunities"][-1]["currency"] = "USD"
    row = steps(world)["end"]
    assert (row["estimate"], row["numerator"], row["status"], row["currency"]) == (
        None,
        None,
        "not_available",
        None,
    )


def test_no_deal_gives_no_row(story):
    assert story(AS_OF).run(REPORT).rows.height == 0


def test_without_recorded_changes_it_is_not_available(story):
    world = story(AS_OF)
    deal(world, BEFORE, WITHIN, 100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunity_changes'"
    )
    assert "opportunity_changes" in world.run(REPORT).unavailable


def wild(seed: int) -> Story:
    """Two hundred deals that come, go, change amount and day, by cents, within and around the quarter."""
    draw = np.random.default_rng(seed)
    world = Story(AS_OF)
    for _ in range(200):
        created = date(2026, 6, 1) + timedelta(days=int(draw.integers(0, 170)))
        outcome = str(draw.choice(["open", "won", "lost"], p=[0.5, 0.25, 0.25]))
        closed = (
            min(created + timedelta(days=int(draw.integers(1, 150))), AS_OF) if outcome != "open" else None
        )
        channel = str(draw.choice(["inbound", "outbound", "other"]))
        made = deal(world, created, None, None, outcome, closed, channel)
        for _ in range(int(draw.integers(0, 9))):
            on = created + timedelta(days=int(draw.integers(0, 150)))
            values = {}
            if draw.random() < 0.6:
                values["amount"] = Decimal(int(draw.integers(1, 9_999_999))) / 100
            if draw.random() < 0.6:
                values["expected"] = date(2026, 8, 1) + timedelta(days=int(draw.integers(0, 240)))
            changed(world, made, on, **values)
    return world


@pytest.mark.parametrize("seed", [1, 2])
def test_it_ties_to_the_cent_whatever_happens(seed):
    world = wild(seed)
    rows = world.run(REPORT).rows.to_dicts()
    channels = {row["channel"] for row in rows}
    assert channels == {"inbound", "outbound", "other"}
    for channel in channels:
        found = {row["measure"]: Decimal(str(row["estimate"])) for row in rows if row["channel"] == channel}
        inside = [
            found[name]
            for name in ("start", "created", "pulled in", "amount changed", "pushed", "lost", "won")
        ]
        assert sum(inside) == found["end"]
    assert all(row["is_tied"] and row["untied_amount"] == 0 for row in rows)
    assert sum(row["denominator"] for row in rows if row["measure"] == "pushed") > 0


def test_the_deals_of_a_step_are_its_count_and_its_amount():
    world = wild(3)
    con = world.journeys()
    report = load_reports()[REPORT]
    for row in world.run(REPORT).rows.to_dicts():
        behind = rows_behind(con, report, Scope(AS_OF), None, row["channel"], None, row["measure"], None)
        assert behind.total == row["denominator"]
        moved = sum(behind.frame["moved_amount"].drop_nulls().to_list()) if behind.total else 0
        assert float(moved) == row["estimate"]
