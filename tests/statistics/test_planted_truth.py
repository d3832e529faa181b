"""The planted world of statistics.md, sections 4 and 18, against expected/statistics/synthetic_truth.json.

Golden values of the seed to their six decimals, the printed table, planted truths within four of the reported standard
errors. The draws here are a second reading of the specification: nothing of leadquality/sample is used. The truths of the
sample itself, side worlds and coverage over many seeds: tests/regression/test_planted_truths.py and test_coverage.py.
"""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import numpy as np
import polars as pl
import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import AGE_GRID
from leadquality.engine import run
from leadquality.scope import Scope
from leadquality.statistics import gray
from tests.asking import asked_rows
from tests.statistics.planted import AS_OF, JOURNEYS, NEVER, SEED, drawn, written
from tests.statistics.units import LOST, OPEN, WON

CHANNELS = ("inbound", "outbound")
AGES = (30, 60, 90, 180, 270, 365, 540)
LARGER_INBOUND = ("organic", "paid_brand", "paid_broad", "webinar", "referral")


@pytest.fixture
def told(published):
    return published("synthetic_truth")


@pytest.fixture
def world(told):
    """The world of the golden seed: its database and its leads, each an account of its own as in the published errors."""
    leads = drawn(told["generator"], SEED).with_columns(account_id=pl.lit(None, pl.String))
    return written(leads), leads


def ask(con, call, **scope):
    return asked_rows(con, f"select * from {call}", Scope(AS_OF, **scope), JOURNEYS)


def at(con, journey, ages, **scope):
    """Rows of incidence_at by (slice, channel, age)."""
    rows = ask(con, f"incidence_at('{journey}', $scope, {list(ages)})", **scope)
    return {(row["slice"], row["channel"], row["age_days"]): row for row in rows}


def kpi(con, name, horizon=None, **scope):
    con.execute("update snapshot.coverage set known_count = 1")
    return run(con.cursor(), load_kpis()[name], Scope(AS_OF, **scope), horizon)


# ---------------------------------------------------------------- the golden seed


@pytest.mark.parametrize("channel", CHANNELS)
def test_golden_counts_shares_and_errors(world, told, channel):
    con, _ = world
    expected, tolerance = told["this_seed"][channel], told["tolerance"]["this_seed"]
    curve = [row for row in ask(con, "incidence_curve('won', $scope)") if row["channel"] == channel]
    won, lost = sum(row["reached"] for row in curve), sum(row["ended"] for row in curve)
    found = at(con, "won", AGES)
    n = found["all", channel, 30]["unit_count"]
    assert [n, won, lost, n - won - lost] == [
        expected[name] for name in ("n", "won", "closed_not_won", "open")
    ]
    for age in AGES:
        row = found["all", channel, age]
        assert row["n_old_enough"] == expected["n_pot"][str(age)]
        assert row["share"] == pytest.approx(expected["aj"][str(age)], abs=tolerance)
        assert row["share_se"] == pytest.approx(expected["se"][str(age)], abs=tolerance)
    naive = {
        row["measure"]: row["estimate"]
        for row in kpi(con, "same_kpi_distortion").rows.to_dicts()
        if row["channel"] == channel
    }
    assert naive["won_per_lead_so_far"] == pytest.approx(expected["naive_won_per_lead"], abs=tolerance)
    assert naive["won_of_closed_so_far"] == pytest.approx(expected["naive_closed_only"], abs=tolerance)


@pytest.mark.parametrize("channel", CHANNELS)
def test_one_minus_kaplan_meier_is_absurd_and_never_below_the_share(world, told, channel):
    con, leads = world
    expected = told["this_seed"][channel]["one_minus_km"]
    own = leads.filter(pl.col("channel") == channel)
    # the lost as censored: nobody is ever lost, those who were stay open from the age at which they were
    age_then = 690 - own["created"].to_numpy()
    ended, won = own["ended"].to_numpy(), own["won"].to_numpy()
    seen = np.minimum(ended, age_then)
    found, still, shares = at(con, "won", AGES), 1.0, {}
    for day in range(max(AGES) + 1):
        at_risk = (seen >= day).sum()
        if at_risk:
            still *= 1 - (won & (ended == day) & (ended <= age_then)).sum() / at_risk
        shares[day] = 1 - still
    for age in AGES:
        assert shares[age] == pytest.approx(expected[str(age)], abs=told["tolerance"]["this_seed"])
        assert found["all", channel, age]["share"] <= shares[age] + 1e-12


# statistics.md, section 4: share with its limits and wins, inbound and outbound, and the difference by MOVER.
PRINTED = {
    30: (0.0087, 0.0062, 0.0118, 37, 0, 0, 0.0008, 0, -0.0087, -0.0118, -0.0061),
    90: (0.0626, 0.0555, 0.0702, 258, 0.0005, 0.0001, 0.0019, 2, -0.0621, -0.0697, -0.0548),
    180: (0.0716, 0.0639, 0.0798, 291, 0.0209, 0.0163, 0.0264, 64, -0.0507, -0.0601, -0.0413),
    270: (0.0716, 0.0639, 0.0798, 291, 0.0579, 0.0496, 0.0671, 144, -0.0137, -0.0254, -0.0017),
    365: (0.0716, 0.0639, 0.0798, 291, 0.0819, 0.0721, 0.0926, 178, 0.0103, -0.0025, 0.0235),
    540: (0.0716, 0.0639, 0.0798, 291, 0.0925, 0.0814, 0.1044, 185, 0.0209, 0.0071, 0.0350),
}


def test_the_table_of_the_specification_is_what_the_curve_shows(world):
    con, _ = world
    result = kpi(con, "close_rate_at_equal_age")
    for age, printed in PRINTED.items():
        rows = [result.row(channel, age_days=age) for channel in (*CHANNELS, "difference")]
        assert all(row is not None for row in rows)
        found = [row[name] for row in rows[:2] for name in ("estimate", "low", "high", "numerator")]
        found += [rows[2][name] for name in ("estimate", "low", "high")]
        assert found == pytest.approx(list(printed), abs=5.1e-5), age


def test_both_naive_verdicts_are_wrong_where_equal_age_is_right(world, told):
    con, leads = world
    naive = {
        (row["measure"], row["channel"]): row["estimate"]
        for row in kpi(con, "same_kpi_distortion").rows.to_dicts()
    }
    truth = told["truth_P_won_by_h"]
    assert truth["inbound"]["90"] > truth["outbound"]["90"]
    assert truth["outbound"]["540"] > truth["inbound"]["540"]
    for measure in ("won_per_lead_so_far", "won_of_closed_so_far"):
        assert naive[measure, "inbound"] > naive[measure, "outbound"]
    curve = kpi(con, "close_rate_at_equal_age")
    early, late = (curve.row("difference", age_days=age) for age in (90, 540))
    assert early is not None and late is not None
    assert early["high_99"] < 0 < late["low_99"]
    # A test of the whole curves is highly significant and says nothing, since they cross: it is left out.
    (crossing,) = ask(con, f"incidence_crossing('won', $scope, {list(AGE_GRID)})")
    assert (crossing["is_crossing"], crossing["crossover_age"]) == (True, 365)
    ended = [min(end, 690 - created) for end, created in zip(leads["ended"], leads["created"], strict=True)]
    cause = [
        OPEN if end > 690 - created else WON if won else LOST
        for end, created, won in zip(leads["ended"], leads["created"], leads["won"], strict=True)
    ]
    assert gray(ended, cause, leads["channel"].to_list()).p == pytest.approx(5.6e-5, abs=5e-7)


# ---------------------------------------------------------------- the planted truths


def within(row, truth):
    """Four reported standard errors; where fewer than five events give none, the wider limits."""
    if row["events"] < 5:
        assert row["low_99"] <= truth <= row["high_99"], (row, truth)
    else:
        assert abs(row["share"] - truth) <= 4 * row["share_se"], (row, truth)


@pytest.mark.parametrize("journey", ["won", "meeting", "opportunity"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_planted_shares_come_back(world, told, channel, journey):
    truths = {age: truth for age, truth in told[f"truth_P_{journey}_by_h"][channel].items() if age.isdigit()}
    found = at(world[0], journey, map(int, truths))
    for age, truth in truths.items():
        within(found["all", channel, int(age)], truth)
    if journey == "won":
        # The final share lies between what is won by 540 days and that with everybody open won too.
        row = found["all", channel, 540]
        plateau = told["truth_P_won_by_h"][channel]["plateau_exact"]
        assert row["share"] - 4 * row["share_se"] < plateau
        assert plateau < row["share"] + row["open_share"] + 4 * sqrt(
            row["share_se"] ** 2 + row["open_se"] ** 2
        )


@pytest.mark.parametrize("channel", CHANNELS)
def test_planted_values_per_lead_come_back(world, told, channel):
    truths = told["truth_value_per_lead_by_h"][channel]
    rows = ask(world[0], f"value_at('won', $scope, {[int(age) for age in truths]})")
    found = {row["age_days"]: row for row in rows if row["channel"] == channel}
    for age, truth in truths.items():
        row = found[int(age)]
        if row["events"] == 0:
            # nothing is won yet: the mean is 0 and no spread is known; the truth is 0 or next to it
            assert (row["mean_amount"], row["se"]) == (0, None) and truth < 1
        else:
            assert abs(row["mean_amount"] - truth) <= 4 * row["se"]


@pytest.mark.parametrize("source", LARGER_INBOUND)
def test_planted_sources_come_back(world, told, source):
    truth = told["inbound_sources_truth"][source]
    for journey, age, name in (
        ("meeting", 90, "p_meet"),
        ("opportunity", 120, "p_opportunity"),
        ("won", 365, "p_win"),
    ):
        row = at(world[0], journey, [age], slice_by="source")[source, "inbound", age]
        assert row["unit_count"] == truth["n"]
        within(row, truth[name])


def test_the_world_is_drawn_as_published(told):
    leads = drawn(told["generator"], SEED)
    assert leads.height == 9412 and leads["lead_id"].is_sorted()
    # stages come in order
    reached = leads.select("met", "opened", "ended").filter(pl.col("opened") < NEVER).rows()
    assert all(one <= next_one for row in reached for one, next_one in pairwise(row))
