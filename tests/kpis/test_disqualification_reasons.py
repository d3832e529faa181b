"""Disqualification reasons: how many leads drop out for each reason by an age, all other endings competing."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight

KPI = "disqualification_reasons"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def drop(world, count, reason, channel="inbound", created="2026-01-01", after=20, **values):
    day = date.fromisoformat(created) if isinstance(created, str) else created
    return world.leads(
        count, channel, day, disqualified=day + timedelta(days=after), disqualified_reason=reason, **values
    )


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_each_reason_over_all_leads(story):
    world = story(AS_OF)
    drop(world, 30, "no_fit")
    drop(world, 20, "no budget", after=180)  # day 180 itself is in time
    drop(world, 10, "no budget", after=181)
    world.leads(40, "inbound", "2026-01-01")
    # Nobody is censored before day 180: the shares are plain, 30, 20 and 50 of 100, their variance p(1 - p)/n.
    expected = {"all reasons": 50, "no budget": 20, "no fit": 30}
    rows = world.run(KPI).rows.to_dicts()
    assert [row["measure"] for row in rows] == list(expected)
    for row in rows:
        count = expected[row["measure"]]
        low, high = loglog(count / 100, sqrt(count / 100 * (1 - count / 100) / 100))
        assert row == {
            "slice": "all",
            "channel": "inbound",
            "numerator": count,
            "denominator": 100,
            "estimate": pytest.approx(count / 100, abs=1e-12),
            "low": pytest.approx(low, abs=1e-12),
            "high": pytest.approx(high, abs=1e-12),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 180,
            "measure": row["measure"],
            "disqualified_count": 60,
            "unclear_count": 0,
            "is_reason_list_too_coarse": False,
        }


def test_against_statsmodels_with_censoring_and_four_competing_ends(story):
    draw = np.random.default_rng(5)
    world = story(AS_OF)
    times, causes = [], []
    for _ in range(300):
        potential = int(draw.integers(60, 400))
        end, cause = int(draw.exponential(150)), int(draw.integers(1, 5))
        created = days_before(potential)
        ended = created + timedelta(days=end)
        lead = world.lead("inbound", created)
        if cause <= 2:
            world.rows["fact_leads"][-1] |= {
                "disqualified_on": ended,
                "disqualified_reason": ("fit", "need")[cause - 1],
            }
        elif cause == 3:
            world.won(lead, ended)
        else:
            world.lost(lead, ended)
        times.append(min(end, potential))
        causes.append(cause if end <= potential else 0)
    curves = CumIncidenceRight(np.array(times), np.array(causes))
    found = lines(world)
    at = np.searchsorted(curves.times, 180, side="right") - 1
    for place, measure in enumerate(("fit", "need")):
        share, se = curves.cinc[place][at], curves.cinc_se[place][at]
        row = found[measure]
        assert row["estimate"] == pytest.approx(share, abs=1e-12)
        assert [row["low"], row["high"]] == pytest.approx(loglog(share, se), abs=1e-9)
        assert row["numerator"] == sum(
            time <= 180 and cause == place + 1 for time, cause in zip(times, causes, strict=True)
        )
    both = CumIncidenceRight(
        np.array(times), np.array([{1: 1, 2: 1, 0: 0}.get(cause, 2) for cause in causes])
    )
    assert found["all reasons"]["estimate"] == pytest.approx(both.cinc[0][at], abs=1e-12)
    low, high = loglog(both.cinc[0][at], both.cinc_se[0][at])
    assert [found["all reasons"]["low"], found["all reasons"]["high"]] == pytest.approx([low, high], abs=1e-9)


def test_pitfall_slow_reasons_count_by_age_and_not_by_what_is_closed(story):
    world = story(AS_OF)
    drop(world, 30, "quick", after=10)
    drop(world, 30, "slow", after=150)
    drop(world, 60, "quick", created=days_before(100), after=10)
    world.leads(60, "inbound", days_before(100))  # half of the young ones, as of the old ones, are still open
    # Day 10: 90 of 180, F(quick) = .5. Day 100: 60 leave unseen. Day 150: 30 of 30, F(slow) = .5.
    # Of the closed leads 90 of 120 were quick: a list of them would say 3 to 1.
    found = lines(world)
    assert (found["quick"]["estimate"], found["slow"]["estimate"]) == pytest.approx((0.5, 0.5), abs=1e-12)
    assert (found["quick"]["numerator"], found["slow"]["numerator"]) == (90, 30)


def test_winning_competes(story):
    world = story(AS_OF)
    for lead in world.leads(60, "outbound", "2026-01-01"):
        world.won(lead, "2026-01-11")
    drop(world, 20, "no fit", "outbound")
    world.leads(20, "outbound", "2026-01-01")
    drop(world, 20, "no fit", "inbound")
    world.leads(20, "inbound", "2026-01-01")
    # 1 - Kaplan-Meier would say 20 of 40 for both
    assert lines(world, "outbound")["no fit"]["estimate"] == pytest.approx(0.2, abs=1e-12)
    assert lines(world, "inbound")["no fit"]["estimate"] == pytest.approx(0.5, abs=1e-12)


def test_leads_taken_over_later_are_at_risk_from_then_on(story):
    world = story(AS_OF)
    drop(world, 30, "fit", after=5)
    drop(world, 30, "fit", after=40)
    drop(world, 30, "fit", after=50, entry_age=30)
    world.leads(30, "inbound", "2026-01-01", entry_age=30)
    # Day 5: 30 of 60, S = .5. Day 40: 30 of 90, S = 1/3, F = 2/3. Day 50: 30 of 60, F = 2/3 + 1/6.
    assert lines(world)["fit"]["estimate"] == pytest.approx(5 / 6, abs=1e-12)


def test_a_lead_with_an_opportunity_ends_with_it(story):
    world = story(AS_OF)
    reopened, lost, same_day = (drop(world, 10, "no fit") for _ in range(3))
    for lead in reopened:
        world.opportunity(lead, "2026-03-01")
    for lead in lost:
        world.lost(lead, "2026-01-11")  # lost ten days before it was disqualified
    for lead in same_day:
        world.lost(lead, "2026-01-21")
    assert {name: row["numerator"] for name, row in lines(world).items()} == {"all reasons": 10, "no fit": 10}
    assert lines(world)["no fit"]["disqualified_count"] == 10


def test_reasons_of_fewer_than_five_leads_are_one_line_and_blank_is_said(story):
    world = story(AS_OF)
    for reason, count in (("no fit", 5), ("competitor", 4), ("moved away", 3), (None, 2), ("  ", 1)):
        drop(world, count, reason)
    world.leads(85, "inbound", "2026-01-01")
    drop(world, 5, "competitor", "outbound")
    expected = {"all reasons": 15, "no fit": 5, "no reason given": 3, "other reasons": 7}
    assert {name: row["numerator"] for name, row in lines(world).items()} == expected
    assert list(lines(world, "outbound")) == ["all reasons", "competitor"]


def test_pitfall_spelling_is_folded_and_free_text_is_not(story):
    world = story(AS_OF)
    for reason in ("No_Fit", "no fit", " no-fit ", "NOFIT"):
        drop(world, 5, reason)
    drop(world, 5, "no fit, they are too small")
    world.leads(20, "inbound", "2026-01-01")
    assert {name: row["numerator"] for name, row in lines(world).items()} == {
        "all reasons": 25,
        "no fit": 20,
        "no fit, they are too small": 5,
    }


def test_pitfall_more_than_a_tenth_other_means_the_list_is_too_coarse(story):
    world = story(AS_OF)
    drop(world, 45, "no fit")
    drop(world, 5, "Other")
    row = lines(world)["other"]
    assert (row["disqualified_count"], row["unclear_count"], row["is_reason_list_too_coarse"]) == (
        50,
        5,
        False,
    )
    drop(world, 1, None)
    row = lines(world)["all reasons"]
    assert (row["disqualified_count"], row["unclear_count"], row["is_reason_list_too_coarse"]) == (
        51,
        6,
        True,
    )
    # fewer than ten disqualified leads say nothing of the list
    drop(world, 9, "other", "outbound")
    assert lines(world, "outbound")["all reasons"]["is_reason_list_too_coarse"] is None


def test_fewer_than_five_events_by_the_age_have_wilson_limits(story):
    from statsmodels.stats.proportion import proportion_confint

    world = story(AS_OF)
    drop(world, 4, "fit")
    drop(world, 1, "fit", after=181)
    world.leads(95, "inbound", "2026-01-01")
    row = lines(world)["fit"]
    assert row["numerator"] == 4
    assert [row["low"], row["high"]] == pytest.approx(
        list(proportion_confint(4, 100, method="wilson")), abs=1e-12
    )


def test_a_disqualification_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    drop(world, 40, "fit", created=days_before(200), after=100)
    drop(world, 60, "budget", created=days_before(170), after=171)
    found = lines(world)
    assert {name: row["numerator"] for name, row in found.items()} == {"all reasons": 40, "fit": 40}
    assert found["fit"]["estimate"] == pytest.approx(0.4, abs=1e-12)


def test_without_any_disqualification_one_line_says_none(story):
    from statsmodels.stats.proportion import proportion_confint

    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    (row,) = world.run(KPI).rows.to_dicts()
    assert (row["measure"], row["numerator"], row["estimate"], row["low"]) == ("all reasons", 0, 0.0, 0.0)
    assert row["high"] == pytest.approx(proportion_confint(0, 100, method="wilson")[1], abs=1e-12)


def test_the_gate_counts_leads_that_are_old_enough(story):
    world = story(AS_OF)
    cases = {
        "a": (29, 1, "too_early"),
        "b": (20, 5, "too_few"),
        "c": (30, 9, "provisional"),
        "d": (100, 0, "ok"),
    }
    for source, (old, young, _) in cases.items():
        drop(world, old, "fit", created=days_before(180), after=3, source=source)
        drop(world, young, "fit", created=days_before(179), after=3, source=source)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    assert [(row["slice"], row["measure"]) for row in rows] == [
        (source, measure) for source in cases for measure in ("all reasons", "fit")
    ]
    for row in rows:
        old, young, status = cases[row["slice"]]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + young, status)
        assert [row[name] is None for name in ("estimate", "low", "high")] == [old < 30] * 3


def test_an_empty_window_a_filter_and_another_horizon(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    drop(world, 30, "fit")
    drop(world, 30, "need", "outbound", created="2026-02-02", segment="ent")
    assert world.run(KPI, from_on="2026-03-02", to_on="2026-03-29").rows.height == 0
    assert list(lines(world, "outbound", segments=("ent",))) == ["all reasons", "need"]
    assert lines(world, "inbound", segments=("ent",)) == {}
    assert lines(world, "inbound", from_on="2026-02-02") == {}
    row = world.row(KPI, horizon=19)
    assert (row["numerator"], row["horizon_days"], row["estimate"]) == (0, 19, 0.0)


@pytest.mark.parametrize("column", ["disqualified_at", "dq_reason"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    drop(world, 40, "fit")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'leads' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract leads"
    assert result.rows.select("channel", "status", "numerator", "estimate").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
