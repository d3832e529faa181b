"""Leads needed for the target: what is left of it, over what a lead of the channel brings by its horizon."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import pytest

KPI = "leads_needed_for_target"
AS_OF = date(2026, 12, 31)
MARCH = date(2027, 3, 1)
Z = 1.959963984540054


def target(world, month=MARCH, channel="inbound", amount=90_000.0):
    world.add("targets", month_on=month, channel=channel, target_amount=amount)


def told(story, won=50, n=100, value=1800, calls=0, channel="inbound"):
    """n leads of 2 January, all of them old enough; `won` of them are won on day 60 from an opportunity of day 20."""
    world = story(AS_OF)
    start = date(2025, 1, 2)
    for place, lead in enumerate(world.leads(n, channel, start)):
        if place < won:
            closed = start + timedelta(days=60)
            world.opportunity(lead, start + timedelta(days=20), "won", closed, value)
        for _ in range(calls):
            world.call(lead, start + timedelta(days=1), direction="outbound")
    target(world, channel=channel)
    return world


def needed(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel and row["measure"]}


def test_ninety_thousand_at_900_a_lead(story):
    world = told(story, calls=3)
    # 50 of 100 bring 1,800: mean 900, variance 900^2 over 100 leads, se 90; nobody is censored before day 180
    low, high = 90_000 / (900 + Z * 90), 90_000 / (900 - Z * 90)
    row = needed(world)["2027-03"]
    # opportunities: 50 of 100 by day 180, log(-log) limits of the share
    shares = (
        world.database()
        .sql(
            "select loglog_low(.5, $se, z_of(95)), loglog_high(.5, $se, z_of(95))",
            params={"se": sqrt(0.0025)},
        )
        .fetchall()[0]
    )
    assert row == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 90_000.0,
        "denominator": 100,
        "estimate": pytest.approx(100, abs=1e-9),
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 100,
        "status": "ok",
        "horizon_days": 180,
        "judge_on": date(2025, 7, 1),
        "measure": "2027-03",
        "month_on": MARCH,
        "target_amount": 90_000.0,
        "won_amount": 0,
        "value_per_lead": pytest.approx(900, abs=1e-9),
        # 180 days before the end of March
        "enter_by_on": date(2026, 10, 2),
        "opportunities_low": pytest.approx(low * shares[0], abs=1e-6),
        "opportunities_high": pytest.approx(high * shares[1], abs=1e-6),
        "calls_low": pytest.approx(3 * low, abs=1e-9),
        "calls_high": pytest.approx(3 * high, abs=1e-9),
        "currency": "EUR",
    }


def test_what_is_won_in_the_month_is_taken_off_and_a_target_that_is_met_needs_nobody(story):
    world = told(story)
    target(world, date(2026, 12, 1), amount=5000.0)
    lead = world.lead("inbound", "2026-12-01")
    world.opportunity(lead, "2026-12-02", "won", "2026-12-30", 2000)
    # December is over on its last day, as_of
    assert list(needed(world)) == ["2027-03"]
    row = needed(world, as_of="2026-12-30")["2026-12"]
    assert (row["won_amount"], row["numerator"]) == (2000, 3000)
    assert row["estimate"] == pytest.approx(3000 / row["value_per_lead"], abs=1e-9)
    world.opportunity(world.lead("inbound", "2026-12-01"), "2026-12-02", "won", "2026-12-30", 3000)
    row = needed(world, as_of="2026-12-30")["2026-12"]
    assert (row["estimate"], row["low"], row["high"]) == (0, 0, 0)


def test_wins_of_unknown_value_leave_it_unknown_how_much_is_left(story):
    world = told(story)
    target(world, date(2026, 12, 1), amount=5000.0)
    world.opportunity(world.lead("inbound", "2026-12-01"), "2026-12-02", "won", "2026-12-20", None)
    row = needed(world, as_of="2026-12-30")["2026-12"]
    assert (row["numerator"], row["won_amount"], row["estimate"], row["low"]) == (None, None, None, None)


def test_each_channel_at_its_own_horizon(story):
    world = told(story, channel="outbound")
    row = needed(world, "outbound")["2027-03"]
    assert (row["horizon_days"], row["enter_by_on"]) == (365, date(2026, 3, 31))
    assert needed(world, "outbound", horizon=59)["2027-03"]["status"] == "too_few"


def test_the_upper_end_is_open_where_a_lead_may_be_worth_nothing(story):
    # 10 of 2,000 are won, one of them for a thousand times as much: the range of the mean reaches below 0
    world = told(story, won=9, n=2000, value=10)
    lead = world.lead("inbound", "2025-01-02")
    world.opportunity(lead, "2025-01-10", "won", "2025-02-01", 10_000)
    row = needed(world)["2027-03"]
    assert row["status"] == "ok" and row["low"] > 0
    assert (row["high"], row["opportunities_high"], row["calls_high"]) == (None, None, None)


def test_nine_wins_or_29_old_leads_are_too_few(story):
    assert needed(told(story, won=10))["2027-03"]["status"] == "ok"
    for world in (told(story, won=9), told(story, won=15, n=29)):
        row = needed(world)["2027-03"]
        assert (row["status"], row["estimate"], row["low"], row["value_per_lead"]) == (
            "too_few",
            None,
            None,
            None,
        )
        assert row["numerator"] == 90_000


def test_the_edge_of_maturity(story):
    world = story(AS_OF)
    target(world)
    for place, lead in enumerate(world.leads(30, "inbound", AS_OF - timedelta(days=180))):
        if place < 10:
            world.won(lead, AS_OF - timedelta(days=100))
    assert needed(world)["2027-03"]["status"] == "provisional"
    assert needed(world, as_of=AS_OF - timedelta(days=1))["2027-03"]["status"] == "too_early"


def test_without_any_call_the_calls_are_unknown(story):
    row = needed(told(story))["2027-03"]
    assert (row["calls_low"], row["calls_high"]) == (None, None)


def test_several_currencies_are_not_added_up(story):
    world = told(story)
    lead = world.lead("inbound", "2025-01-02")
    world.opportunity(lead, "2025-01-10", "won", "2025-02-01", 10, currency="USD")
    row = needed(world)["2027-03"]
    assert (row["status"], row["numerator"], row["estimate"], row["currency"]) == (
        "not_available",
        None,
        None,
        None,
    )


def test_what_comes_after_as_of_has_not_come(story):
    row = needed(told(story), as_of="2025-03-01")["2027-03"]
    # the wins of 3 March are not known yet, and nobody is 180 days old
    assert (row["status"], row["n_old_enough"]) == ("too_early", 0)


def test_nothing_in_the_window_gives_no_row(story):
    world = told(story)
    assert needed(world, to_on="2027-02-28") == {}


def test_filters(story):
    world = told(story)
    target(world, channel="outbound")
    assert needed(world, "outbound") == {}  # no outbound lead
    assert list(needed(world, channels=("inbound",))) == ["2027-03"]
    for cut in ({"slice_by": "source"}, {"segments": ("smb",)}):
        assert needed(world, **cut) == {}


def test_without_targets_it_is_not_available(story):
    world = told(story)
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = 'targets'")
    assert world.run(KPI).unavailable == "needs the columns month, channel and target of the extract targets"
