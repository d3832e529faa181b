"""Feedback returned by sales: of the hand-offs old enough, on how many sales said in time what came of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "feedback_loop_rate"
AS_OF = date(2026, 12, 31)


def hand(world, count, handed, channel="inbound", answered=None, **values):
    """Hand-offs of that day with feedback so many days later; returns their leads."""
    start = datetime.combine(date.fromisoformat(handed) if isinstance(handed, str) else handed, time(10))
    leads = world.leads(count, channel, "2025-06-01", **values)
    for lead in leads:
        row = {"lead_id": lead, "handed_at": start, "handed_on": start.date()}
        if answered is not None:
            told = start + timedelta(days=answered)
            row |= {"feedback_at": told, "feedback_on": told.date()}
        world.add("handoffs", **row)
    return leads


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_feedback_by_day_30_over_hand_offs_at_least_30_days_old(story):
    world = story(AS_OF)
    hand(world, 60, "2026-01-05", answered=30)  # day 30 itself is in time
    hand(world, 20, "2026-01-05", answered=31)
    hand(world, 40, "2026-01-05")
    hand(world, 25, AS_OF - timedelta(days=29), answered=1)  # too young to judge: in neither count
    low, high = proportion_confint(60, 120, method="wilson")
    row = {
        "slice": "all",
        "channel": "inbound",
        "numerator": 60,
        "denominator": 120,
        "estimate": 0.5,
        "low": pytest.approx(low, abs=1e-12),
        "high": pytest.approx(high, abs=1e-12),
        "n_old_enough": 120,
        "status": "ok",
        "horizon_days": 30,
        "measure": "all_hand_offs",
    }
    assert world.run(KPI).rows.to_dicts() == [row, row | {"measure": "open_leads"}]


def test_pitfall_only_wins_fed_back_shows_in_the_lines_by_standing(story):
    world = story(AS_OF)
    for lead in hand(world, 40, "2026-01-05", answered=3):
        world.won(lead, "2026-03-01")
    for lead in hand(world, 60, "2026-01-05"):
        world.lost(lead, "2026-03-01")
    found = lines(world)
    assert {name: (row["numerator"], row["denominator"], row["estimate"]) for name, row in found.items()} == {
        "all_hand_offs": (40, 100, 0.4),
        "lost_leads": (0, 60, 0.0),
        "won_leads": (40, 40, 1.0),
    }
    assert found["lost_leads"]["high"] == pytest.approx(
        proportion_confint(0, 60, method="wilson")[1], abs=1e-12
    )


def test_feedback_and_wins_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    hand(world, 40, AS_OF - timedelta(days=30), answered=30)
    for lead in hand(world, 60, AS_OF - timedelta(days=30), answered=31):
        world.won(lead, AS_OF + timedelta(days=1))
    hand(world, 50, AS_OF + timedelta(days=1), answered=0)
    assert {name: (row["numerator"], row["denominator"]) for name, row in lines(world).items()} == {
        "all_hand_offs": (40, 100),
        "open_leads": (40, 100),
    }
    # a day earlier nobody was 30 days old
    row = lines(world, as_of=AS_OF - timedelta(days=1))["all_hand_offs"]
    assert (row["status"], row["denominator"], row["estimate"], row["low"], row["high"]) == (
        "too_early",
        0,
        None,
        None,
        None,
    )


def test_feedback_given_before_the_hand_off_counts(story):
    world = story(AS_OF)
    hand(world, 30, "2026-01-05", answered=-1)
    assert lines(world)["all_hand_offs"]["estimate"] == 1.0


def test_the_promised_days_are_a_setting(story):
    world = story(AS_OF)
    sla = world.settings.sla.model_copy(update={"feedback_days": 10})
    world.settings = world.settings.model_copy(update={"sla": sla})
    hand(world, 30, "2026-01-05", answered=10)
    hand(world, 10, "2026-01-05", answered=11)
    row = lines(world)["all_hand_offs"]
    assert (row["horizon_days"], row["numerator"], row["denominator"]) == (10, 30, 40)


def test_the_gate_counts_old_hand_offs(story):
    world = story(AS_OF)
    cases = {
        "a": (29, 1, "too_early"),
        "b": (20, 5, "too_few"),
        "c": (30, 9, "provisional"),
        "d": (100, 0, "ok"),
    }
    for source, (old, young, _) in cases.items():
        hand(world, old, AS_OF - timedelta(days=30), answered=0, source=source)
        hand(world, young, AS_OF - timedelta(days=29), answered=0, source=source)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    found = {row["slice"]: row for row in rows if row["measure"] == "all_hand_offs"}
    assert found.keys() == cases.keys()
    for source, (old, _, status) in cases.items():
        row = found[source]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old, status)
        assert row["estimate"] == (1.0 if old >= 30 else None)
        assert [row["low"] is None, row["high"] is None] == [old < 30] * 2


def test_an_empty_window_a_filter_and_a_slice(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    hand(world, 30, "2026-01-05", answered=0)
    hand(world, 40, "2026-02-09", "outbound", segment="ent")
    assert world.run(KPI, from_on="2026-03-02", to_on="2026-03-29").rows.height == 0
    assert lines(world, "inbound", segments=("ent",)) == {}
    assert lines(world, "outbound", segments=("ent",))["all_hand_offs"]["denominator"] == 40
    # days of the hand-off, not of the lead; both ends are inside
    assert (
        lines(world, "outbound", from_on="2026-02-09", to_on="2026-02-09")["all_hand_offs"]["denominator"]
        == 40
    )
    assert lines(world, "outbound", from_on="2026-02-10") == {}
    rows = world.run(KPI, slice_by="segment").rows.select("slice", "channel", "measure").rows()
    assert rows == [
        ("ent", "outbound", "all_hand_offs"),
        ("ent", "outbound", "open_leads"),
        ("smb", "inbound", "all_hand_offs"),
        ("smb", "inbound", "open_leads"),
    ]


@pytest.mark.parametrize("column", ["handed_at", "feedback_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    hand(world, 40, "2026-01-05", answered=1)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'handoffs' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract handoffs"
    assert result.rows.select("channel", "status", "numerator", "estimate").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
