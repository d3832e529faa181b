"""Leads touched by both channels, and the matrix of first and last touch."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "mixed_touch_share"
AS_OF = date(2026, 12, 31)
BOTH = "both channels"


def touched(world, count, directions, channel="inbound", created="2026-03-01", **values):
    """`count` leads called once a day in these directions."""
    for lead in world.leads(count, channel, created, **values):
        for place, direction in enumerate(directions):
            world.call(lead, date.fromisoformat(created) + timedelta(days=1 + place), direction=direction)


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def test_leads_with_calls_of_both_directions(story):
    world = story(AS_OF)
    touched(world, 20, ["inbound", "outbound"])
    touched(world, 5, ["outbound", "outbound", "inbound"])
    touched(world, 60, ["outbound"])
    touched(world, 15, [])
    low, high = proportion_confint(25, 100, method="wilson")
    rows = by_measure(world.run(KPI))
    assert rows[BOTH] == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 25,
        "denominator": 100,
        "estimate": 0.25,
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 100,
        "status": "ok",
        "measure": BOTH,
    }
    cells = {name: row["numerator"] for name, row in rows.items() if name != BOTH}
    assert cells == {
        "first inbound, last outbound": 20,
        "first outbound, last inbound": 5,
        "first outbound, last outbound": 60,
        "first unknown, last unknown": 15,
    }
    for name, count in cells.items():
        low, high = proportion_confint(count, 100, method="wilson")
        assert [rows[name]["low"], rows[name]["high"]] == pytest.approx([low, high], abs=1e-9)
        assert rows[name]["denominator"] == 100


def test_a_first_touch_of_the_other_channel_is_a_mixed_lead(story):
    world = story(AS_OF)
    touched(world, 12, ["outbound"], "outbound", first_touch_channel="In-bound")
    touched(world, 28, ["outbound"], "outbound", first_touch_channel="OUTBOUND")
    touched(world, 10, ["outbound"], "outbound", first_touch_channel="newsletter")
    rows = by_measure(world.run(KPI), "outbound")
    assert (rows[BOTH]["numerator"], rows[BOTH]["denominator"]) == (12, 50)
    assert rows["first inbound, last outbound"]["numerator"] == 12
    assert rows["first outbound, last outbound"]["numerator"] == 38  # other words: the first call says it


def test_an_outbound_call_to_an_inbound_lead_alone_is_not_mixed(story):
    # an inbound lead has to be called back; a direction is no channel of origin
    world = story(AS_OF)
    touched(world, 40, ["outbound"], first_touch_channel="inbound")
    rows = by_measure(world.run(KPI))
    assert rows[BOTH]["numerator"] == 0
    assert rows["first inbound, last outbound"]["numerator"] == 40


def test_the_last_touch_moves_no_lead_to_another_channel(story):
    world = story(AS_OF)
    touched(world, 40, ["inbound", "outbound"])
    world.run(KPI)
    assert {row["channel"] for row in world.run(KPI).rows.to_dicts()} == {"inbound"}


def test_a_channel_that_is_neither_is_mixed_by_calls_only(story):
    world = story(AS_OF)
    touched(world, 30, ["outbound"], "unknown", first_touch_channel="inbound")
    touched(world, 10, ["outbound", "inbound"], "unknown", first_touch_channel="inbound")
    assert by_measure(world.run(KPI), "unknown")[BOTH]["numerator"] == 10


def test_the_order_within_a_day_is_by_the_clock_then_by_id(story):
    world = story(AS_OF)
    for lead in world.leads(40, "inbound", "2026-03-01"):
        world.call(lead, "2026-03-02", direction="outbound", started_at=datetime(2026, 3, 2, 15))
        world.call(lead, "2026-03-02", direction="inbound", started_at=datetime(2026, 3, 2, 9))
    assert by_measure(world.run(KPI))["first inbound, last outbound"]["numerator"] == 40


def test_calls_without_a_direction_count_for_neither_side(story):
    world = story(AS_OF)
    touched(world, 40, ["inbound", None, "Inbound "])
    rows = by_measure(world.run(KPI))
    assert (rows[BOTH]["numerator"], rows["first inbound, last inbound"]["numerator"]) == (0, 40)


def test_a_call_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    for place, lead in enumerate(world.leads(40, "inbound", "2026-03-01")):
        world.call(lead, "2026-03-02", direction="inbound")
        world.call(lead, AS_OF + timedelta(days=place % 2), direction="outbound")
    assert by_measure(world.run(KPI))[BOTH]["numerator"] == 20
    assert by_measure(world.run(KPI, as_of=AS_OF - timedelta(days=1)))[BOTH]["numerator"] == 0


def test_leads_of_today_join_tomorrow(story):
    world = story(AS_OF)
    touched(world, 40, ["inbound", "outbound"])
    before = world.run(KPI).rows
    touched(world, 100, [], created="2026-12-31")
    assert world.run(KPI).rows.equals(before)


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edges_of_the_sample(story, count, status):
    world = story(AS_OF)
    touched(world, count, ["inbound", "outbound"])
    for row in by_measure(world.run(KPI)).values():
        assert (row["n_old_enough"], row["status"], row["numerator"]) == (count, status, count)
        assert [row[name] is None for name in ("estimate", "low", "high")] == [status == "too_few"] * 3


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    touched(world, 30, ["inbound", "outbound"], segment="smb")
    touched(world, 40, ["inbound"], segment="ent", created="2026-04-06")
    touched(world, 20, ["outbound"], "outbound", segment="ent")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("inbound",)}, {"inbound": (30, 70)}),
        ({"segments": ("ent",)}, {"inbound": (0, 40), "outbound": (0, 20)}),
        ({"from_on": "2026-04-01"}, {"inbound": (0, 40)}),
        ({"regions": ("south",)}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == BOTH]
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="segment").rows.to_dicts() if row["measure"] == BOTH]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 0.0),
        ("ent", "outbound", 0.0),
        ("smb", "inbound", 1.0),
    ]


def test_no_lead_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize(("extract", "column"), [("leads", "first_touch_channel"), ("calls", "direction")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    touched(world, 40, ["inbound"])
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "estimate").rows() == [
        ("inbound", "not_available", None),
        ("outbound", "not_available", None),
    ]
