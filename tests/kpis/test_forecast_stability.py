"""Forecast stability: how far the commit of six weeks before quarter end lay from what was booked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "forecast_stability"
AS_OF = date(2026, 12, 31)
QUARTERS = (date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1))
Z = 1.959963984540054


def deal(world, start, states, won=None, lost=None, amount=100, channel="outbound", currency="EUR", **values):
    """An opportunity opened on the first day of a quarter; states are (day, amount, expected day or date, category)."""
    lead = world.lead(channel, start - timedelta(days=30), **values)
    key = f"deal of {lead}"
    closed = won if won is not None else lost
    outcome = "won" if won is not None else "lost" if lost is not None else "open"
    world.opportunity(
        lead,
        start,
        outcome,
        None if closed is None else start + timedelta(days=closed),
        amount,
        opportunity_id=key,
        currency=currency,
    )
    for day, value, expected, category in states:
        world.add(
            "opportunity_changes",
            opportunity_id=key,
            changed_at=datetime.combine(start, datetime.min.time()) + timedelta(days=day),
            changed_on=start + timedelta(days=day),
            amount=value,
            expected_close_on=start + timedelta(days=expected) if isinstance(expected, int) else expected,
            forecast_category=category,
        )
    return key


FAR = date(2030, 1, 1)


def keep(world, start, count=16, **values):
    """Committed in week 1 and won on the expected day 60."""
    for _ in range(count):
        deal(world, start, [(0, 100, 60, "commit")], 60, **values)


def slip(world, start, count=4, day=50, **values):
    """Committed in week 1 and put off far beyond the quarter on day 50, a week after the look six weeks before its end."""
    for _ in range(count):
        deal(world, start, [(0, 100, 60, "commit"), (day, None, FAR, "pipeline")], **values)


def year(story, quarters=QUARTERS, **values):
    world = story(AS_OF)
    for start in quarters:
        keep(world, start, **values)
        slip(world, start, **values)
    return world


def line(world, measure="absolute_error", channel="outbound", **asked):
    return world.run(KPI, **asked).row(channel, measure=measure)


def test_four_quarters_of_twenty_of_which_four_slip(story):
    world = year(story)
    # Six weeks before the end the commit is 20 x 100 = 2,000, booked are 1,600: off by 400 / 1,600 in every quarter.
    # Linearised: 64 won deals deviate by 0 - .25 x 100 = -25, the 16 slipped by 100:
    # (64 x 625 + 16 x 10,000) x 80/79 / 6,400^2.
    error = Z * sqrt((64 * 625 + 16 * 10_000) * 80 / 79 / 6400**2)
    assert line(world) == {
        "slice": "all",
        "channel": "outbound",
        "numerator": 1600.0,
        "denominator": 6400.0,
        "estimate": 0.25,
        "low": pytest.approx(0.25 - error, abs=1e-12),
        "high": pytest.approx(0.25 + error, abs=1e-12),
        "n_old_enough": 80,
        "status": "ok",
        "measure": "absolute_error",
        "quarter_count": 4,
        "quarter_low": 0.25,
        "quarter_high": 0.25,
        "first_quarter_on": date(2026, 1, 1),
        "last_quarter_on": date(2026, 10, 1),
        "currency": "EUR",
    }
    assert line(world, "bias")["estimate"] == 0.25
    # once, when the four leave, the commit moves by 400
    assert line(world, "churn")["estimate"] == 0.25
    push = line(world, "push_rate")
    # one opportunity a cluster: p(1 - p)/80 x 80/79 is the variance of 79 independent ones
    limits = proportion_confint(0.2 * 79, 79, method="wilson")
    assert (push["numerator"], push["denominator"], push["estimate"]) == (16.0, 80.0, 0.2)
    assert [push["low"], push["high"]] == pytest.approx(limits, abs=1e-12)
    slips = line(world, "slip_days")
    assert [slips[name] for name in ("estimate", "low", "high", "denominator", "status")] == [
        0.0,
        0,
        0,
        80,
        "ok",
    ]


def test_the_first_line_of_a_channel_is_the_absolute_error(story):
    measures = year(story).run(KPI).rows["measure"].to_list()
    assert measures == ["absolute_error", "bias", "churn", "push_rate", "slip_days"]


def test_misses_of_both_signs_cancel_in_the_bias_only(story):
    world = story(AS_OF)
    for place, start in enumerate(QUARTERS):
        keep(world, start, 20)
        if place % 2:
            slip(world, start, 5)  # 500 too much
        else:
            for _ in range(5):  # 500 too little: won without ever having been committed
                deal(world, start, [(0, 100, 60, "pipeline")], 60)
    # bookings: 2,000 and 2,500 twice each = 9,000; misses 500 four times
    assert line(world)["estimate"] == pytest.approx(2000 / 9000, abs=1e-12)
    assert line(world, "bias")["estimate"] == 0.0
    assert (line(world)["quarter_low"], line(world)["quarter_high"]) == (0.2, 0.25)
    assert (line(world, "bias")["quarter_low"], line(world, "bias")["quarter_high"]) == (-0.2, 0.25)


def brute(world, channel="outbound"):
    """The five figures from the rows, day by day, without any of the query's steps."""
    states = {}
    for row in world.rows["fact_opportunity_changes"]:
        states.setdefault(row["opportunity_id"], []).append(row)

    def state(key, day):
        known = {"amount": None, "expected_close_on": None, "forecast_category": None}
        for row in sorted(states.get(key, []), key=lambda row: row["changed_at"]):
            if row["changed_on"] <= day:
                known |= {name: row[name] for name in known if row[name] is not None}
        return known

    missed = signed = churned = booked = pushed = expected = 0.0
    slips = []
    for start in QUARTERS:
        end = (start + timedelta(days=95)).replace(day=1) - timedelta(days=1)

        def commit(deal, day, start=start, end=end):
            if deal["closed_on"] and deal["closed_on"] <= day:
                return deal["amount"] if deal["outcome"] == "won" and deal["closed_on"] >= start else 0
            known = state(deal["opportunity_id"], day)
            inside = known["expected_close_on"] and start <= known["expected_close_on"] <= end
            return (known["amount"] or 0) if known["forecast_category"] == "commit" and inside else 0

        deals = world.rows["fact_opportunities"]
        actual = sum(
            deal["amount"] for deal in deals if deal["outcome"] == "won" and start <= deal["closed_on"] <= end
        )
        forecast = sum(commit(deal, end - timedelta(days=42)) for deal in deals)
        weeks = [
            start + timedelta(days=6 + 7 * week)
            for week in range(14)
            if start + timedelta(days=6 + 7 * week) <= end
        ]
        totals = [sum(commit(deal, day) for deal in deals) for day in weeks]
        missed, signed, booked = missed + abs(forecast - actual), signed + forecast - actual, booked + actual
        churned += sum(abs(after - before) for before, after in pairwise(totals))
        for deal in deals:
            first, last = (
                state(deal["opportunity_id"], weeks[0])["expected_close_on"],
                state(deal["opportunity_id"], end)["expected_close_on"],
            )
            was_open = deal["closed_on"] is None or deal["closed_on"] > weeks[0]
            if not (was_open and first and start <= first <= end):
                continue
            expected += 1
            if deal["closed_on"] is None or deal["closed_on"] > end:
                pushed += last > end
                slips.append((last - first).days)
            elif deal["outcome"] == "won":
                slips.append((deal["closed_on"] - first).days)
    return {
        "absolute_error": missed / booked,
        "bias": signed / booked,
        "churn": churned / booked,
        "push_rate": pushed / expected,
        "slip_days": np.median(slips),
    }


def test_a_year_of_changing_states_gives_what_a_count_by_hand_gives(story):
    world = story(AS_OF)
    draw = np.random.default_rng(17)
    for start in QUARTERS:
        for _ in range(40):
            states = []
            for day in sorted(draw.choice(90, size=draw.integers(1, 7), replace=False).tolist()):
                states.append(
                    (
                        min(day, 5) if not states else day,
                        int(draw.integers(1, 50)) * 100 if not states or draw.random() < 0.4 else None,
                        int(draw.integers(5, 160)) if not states or draw.random() < 0.5 else None,
                        str(draw.choice(["commit", "pipeline", "upside"]))
                        if not states or draw.random() < 0.5
                        else None,
                    )
                )
            closed = int(draw.integers(8, 200))
            closed = closed if start + timedelta(days=closed) <= AS_OF else None
            fate = draw.choice(["won", "lost", "open"], p=[0.5, 0.2, 0.3])
            amount = int(draw.integers(1, 50)) * 100
            deal(
                world,
                start,
                states,
                closed if fate == "won" else None,
                closed if fate == "lost" else None,
                amount,
            )
    rows = {row["measure"]: row for row in world.run(KPI).rows.to_dicts()}
    for measure, value in brute(world).items():
        assert rows[measure]["estimate"] == pytest.approx(value, abs=1e-9), measure
        assert rows[measure]["low"] <= rows[measure]["estimate"] <= rows[measure]["high"]
        assert rows[measure]["status"] == "ok"


def test_old_forecasts_are_not_read_from_the_opportunities_as_they_stand_now(story):
    # pitfall: close dates and amounts are overwritten in the current table
    world = year(story)
    before = world.run(KPI).rows
    for row in world.rows["fact_opportunities"]:
        row["expected_close_on"] = FAR
        row["stage"] = "Closed"
        if row["outcome"] != "won":
            row["amount"] = 99_999
    world.con = None
    assert world.run(KPI).rows.equals(before)


def test_only_completed_quarters_count(story):
    world = year(story)
    almost = line(world, as_of=AS_OF - timedelta(days=1))
    assert (almost["quarter_count"], almost["status"], almost["last_quarter_on"]) == (
        3,
        "too_few",
        date(2026, 7, 1),
    )
    assert [almost[name] for name in ("estimate", "low", "high", "quarter_low")] == [None] * 4
    assert line(world, "slip_days", as_of=AS_OF - timedelta(days=1))["estimate"] is None


def test_a_win_after_the_quarter_is_no_booking_of_it(story):
    world = story(AS_OF)
    for start in QUARTERS[:3]:
        keep(world, start, 20)
    keep(world, QUARTERS[3], 16)
    for _ in range(4):
        deal(world, QUARTERS[3], [(0, 100, 60, "commit")], 92)  # the day after as_of
    row = line(world)
    # 2,000 committed, 1,600 booked in the last quarter; nothing missed in the others
    assert (row["numerator"], row["denominator"]) == (400.0, 7600.0)


def test_a_quarter_before_the_recording_began_has_no_states(story):
    world = year(story, QUARTERS[1:])
    for _ in range(20):  # won in the first quarter, of which nothing was recorded
        deal(world, QUARTERS[0], [], 60)
    row = line(world)
    assert (row["quarter_count"], row["first_quarter_on"], row["status"]) == (3, date(2026, 4, 1), "too_few")


@pytest.mark.parametrize(("last", "quarters", "status"), [(4, 4, "ok"), (3, 3, "too_few")])
def test_a_quarter_needs_twenty_opportunities_and_four_quarters_are_needed(story, last, quarters, status):
    world = year(story, QUARTERS[:3])
    keep(world, QUARTERS[3])
    slip(world, QUARTERS[3], last)
    row = line(world)
    assert (row["quarter_count"], row["status"]) == (quarters, status)
    assert (row["estimate"] is None) == (row["low"] is None) == (row["high"] is None) == (status == "too_few")


def test_nothing_booked_gives_no_share_of_it(story):
    # pitfall: a share of small bookings says nothing; of none it does not exist
    world = story(AS_OF)
    for start in QUARTERS:
        slip(world, start, 20)
    assert (line(world)["status"], line(world)["estimate"]) == ("too_few", None)
    assert (line(world, "push_rate")["status"], line(world, "push_rate")["estimate"]) == ("ok", 1.0)


def test_amounts_of_several_currencies_are_not_added_up(story):
    world = year(story)
    deal(world, QUARTERS[0], [(0, 100, 60, "commit")], 60, currency="USD")
    for measure in ("absolute_error", "bias", "churn"):
        row = line(world, measure)
        assert [row[name] for name in ("status", "numerator", "estimate")] == ["not_available", None, None]
    assert line(world, "push_rate")["status"] == "ok"


def test_lost_opportunities_leave_the_commit_and_are_not_pushed(story):
    world = story(AS_OF)
    for start in QUARTERS:
        keep(world, start, 20)
        for _ in range(5):
            deal(world, start, [(0, 100, 60, "commit")], lost=20)
    assert (line(world)["estimate"], line(world, "push_rate")["estimate"]) == (0.0, 0.0)
    # they leave between two weeks: 500 of 2,000 a quarter
    assert line(world, "churn")["estimate"] == 0.25
    assert line(world, "slip_days")["denominator"] == 80


def test_nothing_recorded_gives_no_row(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    deal(world, QUARTERS[0], [], 60)
    assert world.run(KPI).rows.height == 0


def test_from_and_to_choose_whole_quarters(story):
    world = year(story)
    row = line(world, from_on="2026-04-01", to_on="2026-09-30")
    assert (row["quarter_count"], row["first_quarter_on"], row["last_quarter_on"]) == (
        2,
        date(2026, 4, 1),
        date(2026, 7, 1),
    )
    assert line(world, from_on="2026-01-02")["quarter_count"] == 3


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for start in QUARTERS:
        for slipped, channel, source, segment in (
            (4, "inbound", "web", "smb"),
            (8, "outbound", "sdr", "ent"),
        ):
            keep(world, start, 16, channel=channel, source=source, segment=segment)
            slip(world, start, slipped, channel=channel, source=source, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [("all", "inbound", 0.25), ("all", "outbound", 0.5)]),
        ({"channels": ("outbound",)}, [("all", "outbound", 0.5)]),
        ({"segments": ("smb",)}, [("all", "inbound", 0.25)]),
        ({"sources": ("nowhere",)}, []),
        ({"slice_by": "segment"}, [("ent", "outbound", 0.5), ("smb", "inbound", 0.25)]),
    ],
)
def test_filters_and_slices(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == "absolute_error"]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == expected


@pytest.mark.parametrize("column", ["changed_at", "forecast_category", "expected_close"])
def test_without_its_data_it_is_not_available(story, column):
    world = year(story)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunity_changes' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunity_changes"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
