"""Good leads dismissed: how many dismissed leads see a new opportunity in the same account, by reason."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from statsmodels.stats.proportion import proportion_confint

from tests.asking import asked_rows

KPI = "premature_dismissal_rate"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def dismiss(world, count, channel="outbound", day="2025-06-02", reason="no fit", **values):
    """Leads created thirty days before that day, dismissed on it."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return world.leads(
        count, channel, day - timedelta(days=30), disqualified=day, disqualified_reason=reason, **values
    )


def lines(world, channel="outbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_a_new_opportunity_by_day_365_after_the_dismissal(story):
    world = story(AS_OF)
    leads = dismiss(world, 100)
    for lead in leads[:15]:
        world.opportunity(lead, "2025-08-01")
    for lead in leads[15:25]:
        world.opportunity(lead, "2026-06-02")  # day 365 itself is in time
    for lead in leads[25:40]:
        world.opportunity(lead, "2026-06-03")
    # Every lead is an account of its own: variance p(1 - p)/n x 100/99 for 100 accounts.
    low, high = loglog(0.25, sqrt(0.25 * 0.75 / 100 * 100 / 99))
    row = {
        "slice": "all",
        "channel": "outbound",
        "numerator": 25,
        "denominator": 100,
        "estimate": pytest.approx(0.25, abs=1e-12),
        "low": pytest.approx(low, abs=1e-12),
        "high": pytest.approx(high, abs=1e-12),
        "n_old_enough": 100,
        "status": "ok",
        "horizon_days": 365,
        "measure": "all reasons",
        "account_count": 100,
    }
    assert world.run(KPI).rows.to_dicts() == [row, row | {"measure": "no fit"}]


def test_leads_of_one_account_return_together(story):
    world = story(AS_OF)
    for place in range(40):
        pair = dismiss(world, 2, account_id=f"a{place}")
        if place < 10:
            world.opportunity(pair[0], "2025-08-01")
    # 20 of 80. Residuals per account: 10 of 2 x .75 and 30 of 2 x -.25, squares 22.5 + 7.5 = 30;
    # variance 40/39 x 30 / 80^2. As if independent it would be .25 x .75 / 80, half of it.
    low, high = loglog(0.25, sqrt(40 / 39 * 30 / 80**2))
    row = lines(world)["all reasons"]
    assert (row["numerator"], row["denominator"], row["account_count"]) == (20, 80, 40)
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.25, low, high], abs=1e-12)


def weighted_share(times, events, weights, horizon):
    """1 - Kaplan-Meier with weights by the textbook product."""
    still_open = 1.0
    for age in sorted({time for time, event in zip(times, events, strict=True) if event and time <= horizon}):
        reached = sum(
            weight
            for time, event, weight in zip(times, events, weights, strict=True)
            if event and time == age
        )
        at_risk = sum(weight for time, weight in zip(times, weights, strict=True) if time >= age)
        still_open *= 1 - reached / at_risk
    return 1 - still_open


def test_with_censoring_against_lifelines_and_the_infinitesimal_jackknife(story):
    draw = np.random.default_rng(3)
    world = story(AS_OF)
    times, events, accounts = [], [], []
    for place in range(70):
        shared = draw.exponential(250)  # leads of an account resemble each other
        reaches = draw.random() < 0.5
        day = days_before(int(draw.integers(100, 700)))
        end = 1 + int(shared)
        leads = dismiss(world, int(draw.integers(1, 4)), day=day, account_id=f"a{place}")
        for _ in leads:
            potential = (AS_OF - day).days
            times.append(min(end, potential) if reaches else potential)
            events.append(reaches and end <= potential)
            accounts.append(place)
        if reaches:
            world.opportunity(leads[0], day + timedelta(days=end))
    fitted = KaplanMeierFitter().fit(times, events)
    share = 1 - float(fitted.predict(365))
    # the influence of a lead is the slope of the estimate in its weight (central difference)
    by_account, step = defaultdict(float), 1e-5
    for place, account in enumerate(accounts):
        slopes = []
        for sign in (1, -1):
            weights = np.ones(len(times))
            weights[place] += sign * step
            slopes.append(sign * weighted_share(times, events, weights, 365))
        by_account[account] += sum(slopes) / (2 * step)
    count = len(by_account)
    se = sqrt(count / (count - 1) * sum(value**2 for value in by_account.values()))
    row = lines(world)["all reasons"]
    assert row["estimate"] == pytest.approx(share, abs=1e-12)
    assert [row["low"], row["high"]] == pytest.approx(loglog(share, se), abs=1e-7)
    assert any(
        not event and time < 365 for time, event in zip(times, events, strict=True)
    )  # something is censored
    assert count == 70


def test_by_reason_with_small_ones_pooled_and_blank_said(story):
    world = story(AS_OF)
    for lead in dismiss(world, 40, reason="No_Budget")[:20]:
        world.opportunity(lead, "2025-08-01")
    dismiss(world, 40, reason="no-fit")
    dismiss(world, 4, reason="moved")
    dismiss(world, 3, reason="competitor")
    dismiss(world, 2, reason=None)
    found = lines(world)
    assert {name: (row["numerator"], row["denominator"], row["status"]) for name, row in found.items()} == {
        "all reasons": (20, 89, "provisional"),
        "no budget": (20, 40, "provisional"),
        "no fit": (0, 40, "provisional"),
        "no reason given": (0, 2, "too_few"),
        "other reasons": (0, 7, "too_few"),
    }
    assert found["no budget"]["estimate"] == pytest.approx(0.5, abs=1e-12)
    # no return at all: Wilson on the leads old enough
    assert [found["no fit"]["low"], found["no fit"]["high"]] == pytest.approx(
        list(proportion_confint(0, 40, method="wilson")), abs=1e-12
    )
    assert found["other reasons"]["estimate"] is None


def test_only_an_opportunity_after_the_dismissal_is_a_return(story):
    world = story(AS_OF)
    leads = dismiss(world, 40)
    for lead in leads[:10]:
        world.opportunity(lead, "2025-06-02")  # on the day
    for lead in leads[10:20]:
        world.opportunity(lead, "2025-05-20")  # before
    for lead in leads[20:30]:
        world.opportunity(lead, "2025-05-20")
        world.opportunity(lead, "2025-09-01")
    assert lines(world)["all reasons"]["numerator"] == 10


def test_pitfall_same_account_other_need_counts_as_a_return(story):
    world = story(AS_OF)
    for lead in dismiss(world, 40)[:10]:
        other = world.lead("inbound", "2025-08-01", account_id=f"account of {lead}", source="webinar")
        world.opportunity(other, "2025-09-01")
    row = lines(world)["all reasons"]
    assert (row["numerator"], row["estimate"]) == (10, pytest.approx(0.25, abs=1e-12))
    assert any("another need" in caveat for caveat in world.run(KPI).kpi.caveats)


def test_dismissals_and_returns_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    leads = dismiss(world, 40, day=days_before(365))
    for lead in leads[:10]:
        world.opportunity(lead, AS_OF)
    for lead in leads[10:20]:
        world.opportunity(lead, AS_OF + timedelta(days=1))
    dismiss(world, 20, day=AS_OF + timedelta(days=1))
    row = lines(world)["all reasons"]
    assert (row["numerator"], row["denominator"], row["estimate"]) == (10, 40, pytest.approx(0.25, abs=1e-12))
    assert world.run(KPI, as_of=days_before(366)).rows.height == 0


def test_the_gate_counts_dismissals_a_year_old_and_both_channels_have_the_same_age(story):
    world = story(AS_OF)
    cases = {
        "a": (29, 1, "too_early"),
        "b": (20, 5, "too_few"),
        "c": (30, 9, "provisional"),
        "d": (100, 0, "ok"),
    }
    for source, (old, young, _) in cases.items():
        for channel in ("inbound", "outbound"):
            dismiss(world, old, channel, days_before(365), source=source)
            dismiss(world, young, channel, days_before(364), source=source)
    rows = world.run(KPI, slice_by="source").rows.filter(measure="all reasons").to_dicts()
    assert [(row["slice"], row["channel"]) for row in rows] == [
        (source, channel) for source in cases for channel in ("inbound", "outbound")
    ]
    for row in rows:
        old, young, status = cases[row["slice"]]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + young, status)
        assert row["horizon_days"] == 365
        assert [row[name] is None for name in ("estimate", "low", "high")] == [old < 30] * 3


def test_the_line_of_all_reasons_is_the_journey_of_the_dismissed(story):
    world = story(AS_OF)
    for back in range(100, 700, 6):
        (lead,) = dismiss(world, 1, day=days_before(back))
        if back % 4 == 0:
            world.opportunity(lead, days_before(back - back // 3))
    row = lines(world)["all reasons"]
    sql = "select events, unit_count, share, n_old_enough, status from incidence_at('return_dismissed', $scope, [365])"
    found = asked_rows(world.database(), sql, world.run(KPI).evidence.scope, {"return_dismissed"})[0]
    assert [row[name] for name in ("numerator", "denominator", "n_old_enough", "status")] == [
        found[name] for name in ("events", "unit_count", "n_old_enough", "status")
    ]
    assert row["estimate"] == pytest.approx(found["share"], abs=1e-12)


def test_an_empty_window_a_filter_and_another_horizon(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    for lead in dismiss(world, 40):
        world.opportunity(lead, "2025-06-12")
    dismiss(world, 40, "inbound", "2025-08-04", segment="ent")
    assert world.run(KPI, from_on="2026-03-02", to_on="2026-03-29").rows.height == 0
    # days of the dismissal, not of the lead
    assert set(world.run(KPI, from_on="2025-08-04", to_on="2025-08-10").rows["channel"]) == {"inbound"}
    assert set(world.run(KPI, segments=("ent",)).rows["channel"]) == {"inbound"}
    assert [lines(world, horizon=days)["all reasons"]["estimate"] for days in (9, 10)] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("extract", "column"),
    [("leads", "disqualified_at"), ("leads", "account_id"), ("opportunities", "created_at")],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    dismiss(world, 40)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "numerator", "estimate").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
