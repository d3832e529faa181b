"""Log-rank test of the rate of arriving, Gray's test of the incidence, and their p-values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines.statistics import logrank_test
from scipy.stats import chi2, norm

from leadquality.scope import Scope
from leadquality.statistics import chi_square_p, gray, normal_p
from tests.asking import asked_rows
from tests.statistics.units import AS_OF, LOST, OPEN, SMALL, WON, Unit, asked, drawn


def logrank(units, **scope):
    rows = asked(units, "logrank_of('won', $scope)", **scope)
    assert len(rows) <= 1
    return rows[0] if rows else None


def test_freireich(published):
    data = published("km_freireich")
    units = [
        Unit(time, event, channel=channel)
        for channel, arm in (("inbound", "treated"), ("outbound", "placebo"))
        for time, event in zip(data["data"][arm]["time"], data["data"][arm]["event"], strict=True)
    ]
    row, expected = logrank(units), data["expected"]["logrank"]
    assert row["observed"] == expected["O"]
    assert [row["expected"], row["variance"], row["chi2"]] == pytest.approx(
        [expected["E"], expected["V"], expected["chi2"]], abs=1e-9
    )
    assert chi_square_p(row["chi2"]) == pytest.approx(expected["p"], abs=1e-12)
    assert row["chi2"] == pytest.approx(data["published"]["chi2"], abs=data["tolerance"]["published_chi2"])
    # 9 of 21 and all 21 arrived
    assert (row["slice"], row["event_count"]) == ("all", 30)


def test_stata_with_and_without_delayed_entry(published):
    data = published("logrank_delayed_entry_stata")
    for case in data["cases"]:
        units = [
            Unit(time, event, channel=("inbound", "outbound")[group])
            for time, event, group in zip(case["time"], case["event"], case["group"], strict=True)
        ]
        late = [replace(unit, entry=entry) for unit, entry in zip(units, case["entry"], strict=True)]
        assert logrank(units)["chi2"] == pytest.approx(case["chi2_no_entry"], abs=1e-6)
        assert logrank(late)["chi2"] == pytest.approx(case["chi2_entry"], abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_lifelines_finds_the_same_with_ties_and_the_lost_censored(seed):
    draw = np.random.default_rng(seed)
    times, causes = draw.integers(1, 20, 200), draw.choice([OPEN, WON, LOST], 200)
    is_outbound = draw.random(200) < 0.4
    units = [
        Unit(int(time), int(cause), channel="outbound" if out else "inbound")
        for time, cause, out in zip(times, causes, is_outbound, strict=True)
    ]
    other = logrank_test(
        times[~is_outbound], times[is_outbound], causes[~is_outbound] == WON, causes[is_outbound] == WON
    )
    row = logrank(units)
    assert row["chi2"] == pytest.approx(other.test_statistic, abs=1e-9)
    assert chi_square_p(row["chi2"]) == pytest.approx(other.p_value, abs=1e-9)


@SMALL
@given(drawn())
def test_it_is_what_its_definition_says_and_mirrored_when_the_channels_are_swapped(units):
    row = logrank(units)
    risk = [unit for unit in units if unit.time > unit.entry]
    observed = expected = variance = 0.0
    for age in sorted({unit.time for unit in risk if unit.cause == WON}):
        n = sum(unit.entry < age <= unit.time for unit in risk)
        n1 = sum(unit.entry < age <= unit.time and unit.channel == "inbound" for unit in risk)
        wins = [unit.channel for unit in risk if unit.time == age and unit.cause == WON]
        observed += wins.count("inbound")
        expected += len(wins) * n1 / n
        if n > 1:
            variance += len(wins) * n1 / n * (1 - n1 / n) * (n - len(wins)) / (n - 1)
    if row is None:
        assert not any(unit.cause == WON for unit in risk)
        return
    assert [row["observed"], row["expected"], row["variance"]] == pytest.approx(
        [observed, expected, variance], abs=1e-9
    )
    if variance == 0:
        assert row["chi2"] is None
    swapped = [
        replace(unit, channel="inbound" if unit.channel == "outbound" else "outbound") for unit in units
    ]
    other = logrank(swapped)
    assert other["observed"] - other["expected"] == pytest.approx(expected - observed, abs=1e-9)
    assert other["variance"] == pytest.approx(variance, abs=1e-9)


def test_leads_of_no_channel_and_of_today_and_rows_never_at_risk_change_nothing():
    units = [Unit(3, WON), Unit(9, OPEN), Unit(5, WON, channel="outbound"), Unit(7, LOST, channel="outbound")]
    more = [
        Unit(4, WON, channel="other"),
        Unit(4, WON, channel="unknown"),
        Unit(0, OPEN),
        Unit(4, WON, entry=4),
    ]
    # age 3: 2 of 4 at risk are inbound; age 5: 1 of 3
    assert logrank(units)["expected"] == pytest.approx(1 / 2 + 1 / 3, abs=1e-12)
    assert logrank(units + more) == logrank(units)


def test_one_channel_alone_has_no_variance_and_no_statistic():
    row = logrank([Unit(3, WON), Unit(9, OPEN)])
    assert (row["observed"], row["expected"], row["variance"], row["chi2"]) == (1, 1, 0, None)
    assert chi_square_p(row["chi2"]) is None


def test_slices_filters_and_an_empty_scope():
    units = [Unit(3, WON), Unit(9, OPEN, channel="outbound"), Unit(5, WON, channel="outbound", segment="ent")]
    rows = asked(units, "logrank_of('won', $scope)", slice_by="segment")
    assert [(row["slice"], row["observed"], row["expected"]) for row in rows] == [
        ("ent", 0, 0),
        ("smb", 1, 0.5),
    ]
    assert logrank(units, segments=("ent",))["event_count"] == 1
    assert logrank(units, segments=("none",)) is None


def test_counts_and_rows_agree(story):
    world = story(AS_OF)
    draw = np.random.default_rng(3)
    for channel in ("inbound", "outbound"):
        world.units(
            draw.integers(1, 30, 60).tolist(),
            draw.choice([0, 1, 2], 60).tolist(),
            channel,
            [-1] * 40 + [2] * 20,
        )
    found = [
        asked_rows(
            world.journeys("won"),
            "select * from logrank_of('won', $scope)",
            Scope(AS_OF, reads=reads),
            {"won"},
        )
        for reads in ("counts", "facts")
    ]
    assert len(found[0]) == 1 and found[0] == found[1]


# ---------------------------------------------------------------- p-values


def test_the_tails_are_those_of_scipy():
    for z in (0.0, 0.3, 1.959963984540054, 4.5, 9.0):
        for signed in (z, -z):
            assert normal_p(signed) == pytest.approx(2 * norm.sf(z), rel=1e-12)
        assert chi_square_p(z * z) == pytest.approx(chi2.sf(z * z, 1), rel=1e-12)
    assert normal_p(1.959963984540054) == pytest.approx(0.05, abs=1e-15)
    assert normal_p(None) is None and chi_square_p(None) is None


# ---------------------------------------------------------------- Gray's test


def test_gray_of_the_bone_marrow_transplants(published):
    data = published("aj_bmt_sas_gray")
    ages, status, groups = (data["data"][name] for name in ("T_days", "status", "group"))
    exchanged = [{0: 0, 1: 2, 2: 1}[ending] for ending in status]
    for name, endings in (("gray_relapse", status), ("gray_death", exchanged)):
        expected, found = data["expected"][name], gray(ages, endings, groups)
        assert found.statistic == pytest.approx(expected["stat"], abs=1e-7)
        assert (found.df, found.p) == (expected["df"], pytest.approx(expected["p"], abs=1e-7))
        assert sum(found.scores) == pytest.approx(0, abs=1e-9)


endings_in_groups = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([OPEN, WON, LOST]), st.sampled_from("abc")),
    min_size=12,
    max_size=60,
)


@SMALL
@given(endings_in_groups.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_gray_knows_neither_the_order_of_the_rows_nor_the_names_of_the_groups(drawn_rows):
    rows, shuffled = drawn_rows
    renamed = [(age, ending, {"a": "z", "b": "b", "c": "y"}[group]) for age, ending, group in shuffled]
    one, other = gray(*zip(*rows, strict=True)), gray(*zip(*renamed, strict=True))
    if one.statistic is None:
        assert other.statistic is None
    else:
        assert one.statistic >= 0 and 0 <= one.p <= 1
        assert other.statistic == pytest.approx(one.statistic, rel=1e-6, abs=1e-9)
        assert sorted(other.scores) == pytest.approx(sorted(one.scores), abs=1e-9)


@SMALL
@given(drawn(entries=False))
def test_where_nothing_competes_its_scores_are_those_of_the_log_rank_test(units):
    units = [replace(unit, cause=OPEN if unit.cause == LOST else unit.cause) for unit in units]
    row = logrank(units)
    found = gray([u.time for u in units], [u.cause for u in units], [u.channel for u in units])
    inbound = (
        sorted({unit.channel for unit in units}).index("inbound") if row and len(found.scores) == 2 else None
    )
    if inbound is not None:
        # Gray's scores end for a group with its last unit at risk, the log-rank's with both: equal while both are at risk,
        # and afterwards all that is expected falls to the group that is left.
        assert found.scores[inbound] == pytest.approx(row["observed"] - row["expected"], abs=1e-9)


def test_gray_without_anything_to_compare_has_no_statistic():
    assert gray([3, 4, 5], [1, 0, 1], ["a", "a", "a"]).statistic is None
    nothing = gray([3, 4, 5, 6], [0, 2, 0, 2], ["a", "a", "b", "b"])
    assert (nothing.statistic, nothing.p, nothing.scores) == (None, None, (0, 0))


def test_gray_sees_what_the_hazards_hide():
    # The same rate of arriving while still open, but many of b are lost early: by day 20 fewer of b have arrived.
    draw = np.random.default_rng(11)
    units = []
    for channel, lost_rate in (("inbound", 0.001), ("outbound", 0.1)):
        won, lost = draw.geometric(0.05, 800), draw.geometric(lost_rate, 800)
        for w, x in zip(won.tolist(), lost.tolist(), strict=True):
            cause = OPEN if min(w, x) > 20 else WON if w <= x else LOST
            units.append(Unit(min(w, x, 20), cause, channel=channel))
    found = gray(
        [unit.time for unit in units], [unit.cause for unit in units], [unit.channel for unit in units]
    )
    assert found.p < 1e-6 and found.scores[0] > 0 > found.scores[1]
    assert chi_square_p(logrank(units)["chi2"]) > 0.05


def test_gray_stays_a_test_where_a_group_is_all_but_gone():
    # Ties larger than a group's weight in the risk set: the factor for ties would make the variance negative.
    draw = np.random.default_rng(11)
    rows = []
    for group, lost_rate in (("a", 0.001), ("b", 0.2)):
        won, lost = draw.geometric(0.05, 400), draw.geometric(lost_rate, 400)
        rows += [(min(w, x), WON if w <= x else LOST, group) for w, x in zip(won, lost, strict=True)]
    found = gray(*zip(*rows, strict=True))
    assert found.statistic > 0 and 0 < found.p < 0.05


# ---------------------------------------------------------------- curves that cross


def crossing(units, ages=(10, 20, 40), **scope):
    rows = asked(units, f"incidence_crossing('won', $scope, {list(ages)})", **scope)
    return {row["slice"]: (row["is_crossing"], row["crossover_age"], row["last_age"]) for row in rows}


def cohort(channel, wins, n=100, followed=60):
    """n leads of one channel, `wins` {age: how many are won at it}, the others open."""
    won = [age for age, count in wins.items() for _ in range(count)]
    return [
        Unit(age, WON if place < len(won) else OPEN, channel=channel, followed=followed)
        for place, age in enumerate(won + [followed] * (n - len(won)))
    ]


def test_early_inbound_and_late_outbound_cross_at_the_first_age_that_keeps_the_sign():
    units = cohort("inbound", {5: 30}) + cohort("outbound", {5: 1, 18: 14, 30: 45})
    # outbound minus inbound: -.29, -.15 and +.30, each by more than one standard error (about .06)
    assert crossing(units) == {"all": (True, 40, 40)}
    assert crossing(units, ages=(10, 20, 35, 40)) == {"all": (True, 35, 40)}


def test_curves_that_keep_their_order_do_not_cross():
    units = cohort("inbound", {5: 30}) + cohort("outbound", {5: 1, 18: 14})
    assert crossing(units) == {"all": (False, None, 40)}


def test_a_change_of_sign_within_one_standard_error_is_no_crossing():
    # -.02 (z -.3) at 10 days, +.30 at 40: the sign changes from 20 on, but not against a clear lead
    units = cohort("inbound", {5: 30}) + cohort("outbound", {5: 28, 18: 2, 30: 30})
    assert crossing(units) == {"all": (False, 40, 40)}


def test_only_ages_shown_in_both_channels_are_compared():
    # only 29 outbound leads are followed for 40 days or more
    old, young = cohort("outbound", {5: 1}, n=29), cohort("outbound", {5: 1, 18: 14}, n=71, followed=25)
    units = cohort("inbound", {5: 30}) + old + young
    assert crossing(units) == {"all": (False, None, 20)}
    assert crossing(units, channels=("inbound",)) == {}
