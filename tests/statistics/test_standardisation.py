"""Shares at one common mix, and the crude difference split into rate and mix."""

from __future__ import annotations

from itertools import product
from math import prod, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, chi2, norm

from leadquality.scope import Scope
from tests.asking import asked_rows
from tests.statistics.limits import mover
from tests.statistics.limits import standardised as by_scipy
from tests.statistics.units import AS_OF, LOST, OPEN, SMALL, WON, Unit, asked, stage

TERMS = ("rate", "mix")


def cells(first, second, strata=None):
    """Structs for kitagawa_split from the counts (x, n) of two groups."""
    found = []
    for place, ((x1, n1), (x2, n2)) in enumerate(zip(first, second, strict=True)):
        cell = {"stratum": str(place if strata is None else strata[place])}
        for name, x, n in (("first", x1, n1), ("second", x2, n2)):
            share = x / n
            cell |= {
                f"{name}_share": share,
                f"{name}_variance": share * (1 - share) / n,
                f"{name}_units": n,
                f"{name}_count": n,
            }
        found.append(cell)
    return found


def split(first, second, strata=None):
    given_cells = cells(first, second, strata)
    return stage().sql("select kitagawa_split($cells)", params={"cells": given_cells}).fetchall()[0][0]


def standardised(shares, weights):
    return (
        stage().sql("select standardised_share($s, $w)", params={"s": shares, "w": weights}).fetchall()[0][0]
    )


def limits(shares, variances, units, weights):
    call = "select standardised_limits($s::double[], $v::double[], $n, $w)"
    found = stage().execute(call, {"s": shares, "v": variances, "n": units, "w": weights}).fetchall()[0][0]
    return found["low"], found["high"]


def test_covid_of_china_and_italy(published):
    data = published("simpson_covid_kitagawa")
    expected, source = data["expected"], data["data"]
    china, italy = (
        list(zip(source[name]["deaths"], source[name]["cases"], strict=True)) for name in ("china", "italy")
    )
    found = split(china, italy, source["age"])
    assert [found[name] for name in ("first_crude", "second_crude", "difference")] == pytest.approx(
        [expected[name] for name in ("crude_china", "crude_italy", "total")], abs=1e-12
    )
    for name in TERMS:
        assert found[name] == pytest.approx(expected[f"kitagawa_{name}"], abs=1e-12)
        assert [term[name] for term in found["terms"]] == pytest.approx(
            expected[f"{name}_by_stratum"], abs=1e-12
        )
    assert [term["stratum"] for term in found["terms"]] == source["age"]
    assert found["is_reversed"]
    # One-sided: Italy's shares at China's mix, and China's shares at Italy's mix, each against China's crude.
    mixes = {name: [n for _, n in group] for name, group in (("china", china), ("italy", italy))}
    shares = {name: [x / n for x, n in group] for name, group in (("china", china), ("italy", italy))}
    effects = {
        "nde_china_mix": standardised(shares["italy"], mixes["china"]) - found["first_crude"],
        "nie": standardised(shares["china"], mixes["italy"]) - found["first_crude"],
    }
    for name, effect in effects.items():
        assert effect == pytest.approx(expected[name], abs=1e-12)
    for name, effect in (
        ("total", found["difference"]),
        ("nde", effects["nde_china_mix"]),
        ("nie", effects["nie"]),
    ):
        assert effect == pytest.approx(data["published_approx"][name], abs=1e-3)


def test_kidney_stones(published):
    data = published("simpson_kidney_stones")
    expected = data["expected"]
    a, b = (list(zip(data["data"][name]["x"], data["data"][name]["n"], strict=True)) for name in "AB")
    found = split(b, a, data["data"]["strata"])
    assert [n1 + n2 for (_, n1), (_, n2) in zip(a, b, strict=True)] == expected["std_weights"]
    for name, group in (("A", "second"), ("B", "first")):
        assert found[f"{group}_crude"] == pytest.approx(expected[f"crude_{name}"], abs=1e-12)
        assert found[f"{group}_standardised"] == pytest.approx(expected[f"std_{name}"], abs=1e-12)
        # hundreds of patients: the gamma limits lie a little outside share -+ z SE with the published SE
        low, high = (found[f"{group}_standardised_{end}"] for end in ("low", "high"))
        assert 1 < (high - low) / (2 * norm.ppf(0.975) * expected[f"se_{name}"]) < 1.12
    for name in TERMS:
        assert found[name] == pytest.approx(expected[f"kitagawa_{name}"], abs=1e-12)
    assert found["is_reversed"]


counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
two_groups = st.lists(st.tuples(counts, counts), min_size=1, max_size=8)


@SMALL
@given(two_groups)
def test_rate_and_mix_are_the_difference_and_the_sums_of_their_terms(strata):
    first, second = zip(*strata, strict=True)
    found = split(first, second)
    crude = [sum(x for x, _ in group) / sum(n for _, n in group) for group in (first, second)]
    assert found["difference"] == pytest.approx(crude[1] - crude[0], abs=1e-12)
    assert found["rate"] + found["mix"] == pytest.approx(crude[1] - crude[0], abs=1e-12)
    for name in TERMS:
        assert sum(term[name] for term in found["terms"]) == pytest.approx(found[name], abs=1e-12)
    for group in ("first", "second"):
        assert sum(term[f"{group}_weight"] for term in found["terms"]) == pytest.approx(1, abs=1e-12)
    swapped = split(second, first)
    for name in ("difference", *TERMS):
        assert swapped[name] == pytest.approx(-found[name], abs=1e-12)
    assert swapped["is_reversed"] == found["is_reversed"]


@SMALL
@given(two_groups)
def test_the_rate_is_the_mean_of_both_one_sided_standardisations(strata):
    first, second = zip(*strata, strict=True)
    one_sided = []
    for mix in (first, second):
        weights = [n for _, n in mix]
        one_sided.append(
            standardised([x / n for x, n in second], weights)
            - standardised([x / n for x, n in first], weights)
        )
    assert split(first, second)["rate"] == pytest.approx(sum(one_sided) / 2, abs=1e-12)


@SMALL
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=8))
def test_with_equal_mixes_the_standardised_are_the_crude_and_there_is_no_mix_effect(wins):
    first, second = [(x, 20) for x, _ in wins], [(x, 20) for _, x in wins]
    found = split(first, second)
    assert found["mix"] == pytest.approx(0, abs=1e-12)
    assert not found["is_reversed"]
    for group in ("first", "second"):
        assert found[f"{group}_standardised"] == pytest.approx(found[f"{group}_crude"], abs=1e-12)


def test_a_stratum_of_unknown_share_is_not_extrapolated():
    assert standardised([0.1, None], [1, 1]) is None
    assert standardised([0.1, 0.3], [1, 3]) == pytest.approx(0.25, abs=1e-15)
    assert standardised([0.1], [0]) is None


# ---------------------------------------------------------------- limits


# Births and cases of Down's syndrome by age of the mother, fifth child and later (Fleiss 1981, table 14.4): no case below 20.
CASES, BIRTHS = (0, 8, 63, 112, 262, 295), (327, 30666, 123419, 149919, 104088, 34392)
ALL_BIRTHS = (319933, 931318, 786511, 488235, 237863, 61313)


def of_counts(events, exposure, weights):
    """Events over an exposure, without an upper end: the variance is that of counts, x / n^2."""
    shares = [x / n for x, n in zip(events, exposure, strict=True)]
    variances = [x / n**2 for x, n in zip(events, exposure, strict=True)]
    return limits(shares, variances, exposure, weights)


def test_the_limits_are_the_published_ones_of_fay_and_feuer():
    # R package dsrTest 1.0.0, vignette "dsrTest - examples", method gamma, per 100,000: 75.52901 (67.70212 to 188.30017)
    share = standardised([x / n for x, n in zip(CASES, BIRTHS, strict=True)], ALL_BIRTHS)
    assert round(1e5 * share, 5) == 75.52901
    assert [round(1e5 * limit, 5) for limit in of_counts(CASES, BIRTHS, ALL_BIRTHS)] == [67.70212, 188.30017]
    # R package canregtools, example of ageadjust(), method gamma: 5394.737 (4709.493 to 6154.046)
    found = of_counts((50, 60, 45, 70), (1000, 1200, 1100, 900), (800, 1000, 1100, 900))
    assert [round(1e5 * limit, 3) for limit in found] == [4709.493, 6154.046]


def test_a_stratum_without_events_is_no_stratum_without_doubt():
    # 327 births without a case, at a weight of 319,933 in 2,825,173: by share -+ z SE they would count as never
    share, variance = 0.0, 0.0
    for x, n, w in zip(CASES, BIRTHS, ALL_BIRTHS, strict=True):
        share += w / sum(ALL_BIRTHS) * x / n
        variance += (w / sum(ALL_BIRTHS)) ** 2 * x / n**2
    normal = norm.ppf(0.975) * sqrt(variance)
    low, high = of_counts(CASES, BIRTHS, ALL_BIRTHS)
    assert (high - share) > 13 * normal > 13 * (share - low) * 0.99
    # ten times the births without a case: a tenth of the doubt that one more would bring
    narrower = of_counts(CASES, (3270, *BIRTHS[1:]), ALL_BIRTHS)
    assert share < narrower[1] < high


@pytest.mark.parametrize("x", [0, 1, 3, 40])
def test_one_stratum_of_counts_has_the_exact_limits_of_garwood(x):
    low, high = of_counts([x], [1000], [7])
    assert low == pytest.approx(chi2.ppf(0.025, 2 * x) / 2000 if x else 0.0, rel=1e-9)
    assert high == pytest.approx(chi2.ppf(0.975, 2 * x + 2) / 2000, rel=1e-9)


@SMALL
@given(st.lists(st.tuples(counts, st.integers(1, 1000)), min_size=1, max_size=6))
def test_the_limits_hold_the_share_and_are_those_of_scipy_and_mirror(strata):
    shares = [x / n for (x, n), _ in strata]
    variances = [p * (1 - p) / n for p, ((_, n), _) in zip(shares, strata, strict=True)]
    units, weights = [n for (_, n), _ in strata], [w for _, w in strata]
    low, high = limits(shares, variances, units, weights)
    share, *expected = by_scipy(shares, variances, units, weights)
    assert [low, high] == pytest.approx(expected, abs=1e-9)
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1
    if abs(share - 0.5) > 1e-9:
        mirrored = limits([1 - p for p in shares], variances, units, weights)
        assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize(
    ("units", "weights"), [((12, 40), (1, 1)), ((10, 30), (3, 1)), ((10, 60), (1, 9)), ((50, 50), (1, 1))]
)
def test_the_range_holds_the_truth_as_often_as_it_says(units, weights):
    """Exactly, over every outcome of two strata: 93 of 100 times at least, where share -+ z SE falls to 41."""
    outcomes = np.array(list(product(*(range(n + 1) for n in units))))
    shares = outcomes / np.array(units)
    variances = shares * (1 - shares) / np.array(units)
    rows = stage().execute(
        "select l['low'], l['high'] from (select place, standardised_limits(s, v, $n, $w) as l "
        "from (select unnest($s) as s, unnest($v) as v, generate_subscripts($s, 1) as place)) order by place",
        {"n": units, "w": weights, "s": shares.tolist(), "v": variances.tolist()},
    )
    low, high = np.array(rows.fetchall()).T
    mix = np.array(weights) / sum(weights)
    normal = norm.ppf(0.975) * np.sqrt(variances @ mix**2)
    worst = {"gamma": 1.0, "normal": 1.0}
    for truth in ((0.02, 0.05), (0.05, 0.02), (0.1, 0.1), (0.1, 0.4), (0.5, 0.5), (0.8, 0.9), (0.9, 0.05)):
        chance = prod(binom.pmf(outcomes[:, place], units[place], truth[place]) for place in range(2))
        wanted = mix @ np.array(truth)
        holds = {
            "gamma": (low <= wanted) & (wanted <= high),
            "normal": np.abs(shares @ mix - wanted) <= normal,
        }
        worst = {name: min(worst[name], chance[held].sum()) for name, held in holds.items()}
    assert worst["gamma"] > 0.93
    assert worst["normal"] < 0.90


def test_limits_of_what_is_unknown_or_weighs_nothing_are_unknown():
    assert limits([0.1, None], [0.01, 0.01], [9, 9], [1, 1]) == (None, None)
    assert limits([0.1, 0.1], [0.01, None], [9, 9], [1, 1]) == (None, None)
    assert limits([0.1], [0.01], [9], [0]) == (None, None)


@SMALL
@given(two_groups)
def test_the_parts_of_a_gap_have_the_limits_of_what_they_are_made_of(strata):
    first, second = zip(*strata, strict=True)
    found = split(first, second)
    n1, n2 = ([n for _, n in group] for group in (first, second))
    p1, p2 = ([x / n for x, n in group] for group in (first, second))
    v1, v2 = (
        [p * (1 - p) / n for p, n in zip(shares, sizes, strict=True)]
        for shares, sizes in ((p1, n1), (p2, n2))
    )
    w1, w2 = np.array(n1) / sum(n1), np.array(n2) / sum(n2)
    expected = {
        "difference": mover(by_scipy(p2, v2, n2, w2), by_scipy(p1, v1, n1, w1)),
        "rate": mover(by_scipy(p2, v2, n2, w1 + w2), by_scipy(p1, v1, n1, w1 + w2)),
        "first_standardised": by_scipy(p1, v1, n1, np.add(n1, n2))[1:],
        "second_standardised": by_scipy(p2, v2, n2, np.add(n1, n2))[1:],
    }
    both = (np.add(p1, p2) / 2, np.add(v1, v2) / 4, 2 * np.minimum(n1, n2))
    moved = np.maximum(w2 - w1, 0).sum()
    if moved > 1e-9:
        gap = mover(by_scipy(*both, np.maximum(w2 - w1, 0)), by_scipy(*both, np.maximum(w1 - w2, 0)))
        expected["mix"] = (moved * gap[0], moved * gap[1])
    for name, (low, high) in expected.items():
        assert [found[f"{name}_low"], found[f"{name}_high"]] == pytest.approx([low, high], abs=1e-8), name
    for name in ("difference", *TERMS):
        assert found[f"{name}_low"] - 1e-9 <= found[name] <= found[f"{name}_high"] + 1e-9
    for term, first_cell, second_cell in zip(
        found["terms"], zip(p1, v1, n1, strict=True), zip(p2, v2, n2, strict=True), strict=True
    ):
        alone = [by_scipy(*([value] for value in cell), [1]) for cell in (first_cell, second_cell)]
        assert [term["difference_low"], term["difference_high"]] == pytest.approx(
            mover(alone[1], alone[0]), abs=1e-9
        )
        assert term["mix_low"] - 1e-9 <= term["mix"] <= term["mix_high"] + 1e-9


def test_with_one_mix_the_mixes_make_exactly_nothing():
    found = split([(1, 20), (3, 20)], [(0, 20), (9, 20)])
    assert (found["mix_low"], found["mix"], found["mix_high"]) == (0, 0, 0)


# ---------------------------------------------------------------- over the slices of a scope


def leads(channel, segment, won, n, followed=60):
    """n leads of which `won` are won at 10 days and the others lost at 20."""
    return [
        Unit(10, WON, channel=channel, segment=segment, followed=followed) if place < won
        else Unit(20, LOST, channel=channel, segment=segment, followed=followed)
        for place in range(n)
    ]  # fmt: skip


def planted():
    """Outbound wins 5 points more in both segments, and 11.7 fewer in all: it calls on the harder one."""
    return [
        *leads("inbound", "smb", 40, 100),
        *leads("outbound", "smb", 9, 20),
        *leads("inbound", "ent", 3, 20),
        *leads("outbound", "ent", 20, 100),
    ]


def over_segments(units, age=30, **scope):
    rows = asked(units, f"kitagawa_of('won', $scope, {age})", slice_by="segment", **scope)
    return {(row["part"], row["slice"]): row for row in rows}


def test_the_reversal_of_the_channels_is_seen():
    found = over_segments(planted())
    total = found["total", "all"]
    # crude 43/120 and 29/120; rate .5 x .05 twice; mix (.85 x (1/6 - 5/6) + .35 x (5/6 - 1/6)) / 2
    assert [
        total[name] for name in ("inbound_share", "outbound_share", "difference", "rate", "mix")
    ] == pytest.approx([43 / 120, 29 / 120, -14 / 120, 0.05, -1 / 6], abs=1e-12)
    # half of all leads are smb
    assert total["inbound_standardised"] == pytest.approx((0.4 + 0.15) / 2, abs=1e-12)
    assert total["outbound_standardised"] == pytest.approx((0.45 + 0.2) / 2, abs=1e-12)
    _, low, high = by_scipy([0.4, 0.15], [0.4 * 0.6 / 100, 0.15 * 0.85 / 20], units=[100, 20], weights=[1, 1])
    assert [total[f"inbound_standardised_{end}"] for end in ("low", "high")] == pytest.approx(
        [low, high], abs=1e-9
    )
    assert total["is_reversed"] is True
    assert (total["inbound_overlap"], total["outbound_overlap"]) == (1, 1)
    assert (total["inbound_count"], total["outbound_count"], total["inbound_old_enough"]) == (120, 120, 120)
    smb = found["stratum", "smb"]
    assert [
        smb[name] for name in ("inbound_share", "outbound_share", "difference", "rate", "mix")
    ] == pytest.approx([0.4, 0.45, 0.05, 0.025, 0.425 * (1 / 6 - 5 / 6)], abs=1e-12)
    for name in TERMS:
        strata = [found["stratum", segment][name] for segment in ("smb", "ent")]
        assert sum(strata) == pytest.approx(total[name], abs=1e-12)


def test_a_stratum_with_fewer_than_ten_old_enough_in_a_channel_has_no_overlap():
    nine, ten = (
        over_segments(
            [
                *planted(),
                *leads("inbound", "mid", 5, 40),
                *leads("outbound", "mid", 3, n),
                *leads("inbound", "solo", 1, 80),
            ]
        )
        for n in (9, 10)
    )
    assert ("stratum", "mid") in ten and ("no overlap", "mid") not in ten
    left_out = nine["no overlap", "mid"]
    assert (left_out["inbound_count"], left_out["outbound_count"]) == (40, 9)
    assert [left_out[name] for name in ("inbound_share", "outbound_share", "difference", *TERMS)] == [
        None
    ] * 5
    assert nine["no overlap", "solo"]["outbound_count"] == 0
    # the total stands on what overlaps: 120 of 240 inbound and 120 of 129 outbound leads
    assert nine["total", "all"]["difference"] == pytest.approx(-14 / 120, abs=1e-12)
    assert nine["total", "all"]["inbound_overlap"] == pytest.approx(120 / 240, abs=1e-12)
    assert nine["total", "all"]["outbound_overlap"] == pytest.approx(120 / 129, abs=1e-12)


def test_without_any_overlap_there_is_a_total_that_says_nothing():
    found = over_segments([*leads("inbound", "smb", 5, 50), *leads("outbound", "ent", 5, 50)])
    total = found["total", "all"]
    assert [
        total[name] for name in ("inbound_share", "difference", *TERMS, "inbound_standardised", "is_reversed")
    ] == [None] * 6
    assert (total["inbound_count"], total["inbound_overlap"], total["outbound_overlap"]) == (0, 0, 0)
    assert {part for part, _ in found} == {"total", "no overlap"}


def test_young_leads_are_censored_and_do_not_count_as_old_enough():
    young = [Unit(5, OPEN, channel="outbound", segment="smb") for _ in range(30)]
    found = over_segments(planted() + young)
    smb = found["stratum", "smb"]
    assert (smb["outbound_count"], smb["outbound_old_enough"]) == (50, 20)
    # nobody is closed before day 10, so the young leave the share as it is; they do shift the mix
    assert smb["outbound_share"] == pytest.approx(0.45, abs=1e-12)
    total = found["total", "all"]
    assert total["difference"] == pytest.approx((50 * 0.45 + 100 * 0.2) / 150 - 43 / 120, abs=1e-12)
    assert total["rate"] + total["mix"] == pytest.approx(total["difference"], abs=1e-12)


def test_a_censored_share_stands_on_as_many_leads_as_its_variance_says():
    """One win more adds little to a curve of 100 leads of which 10 are old enough: not the tenth that it would be of those 10."""
    followed = [10 + place % 20 for place in range(90)]
    units = [
        Unit(5 + place % 30, WON if place % 3 == 0 else OPEN, channel=channel, followed=most)
        if 5 + place % 30 <= most
        else Unit(most, OPEN, channel=channel, followed=most)
        for channel in ("inbound", "outbound")
        for place, most in enumerate([*followed, *[60] * 10])
    ]
    total = over_segments(units, age=34)["total", "all"]
    curve = asked(units, "incidence_placed('won', $scope, [34])", channels=("inbound",))[0]
    share, variance = curve["reached_share"], curve["reached_se"] ** 2
    assert (curve["n_old_enough"], curve["events"] > 10) == (10, True)
    _, low, high = by_scipy([share], [variance], [share * (1 - share) / variance], [1])
    assert [total["inbound_standardised_low"], total["inbound_standardised_high"]] == pytest.approx(
        [low, high], abs=1e-9
    )
    assert high < by_scipy([share], [variance], [10], [1])[2] - 0.01


def test_leads_that_arrive_today_change_nothing():
    today = [Unit(0, OPEN, channel="outbound", segment="smb") for _ in range(200)]
    assert over_segments(planted() + today) == over_segments(planted())


def test_other_channels_are_not_compared_and_an_empty_scope_has_no_rows():
    assert over_segments([*planted(), *leads("other", "smb", 9, 30)]) == over_segments(planted())
    assert over_segments(planted(), segments=("none",)) == {}
    assert set(over_segments(planted(), segments=("smb",))) == {
        ("stratum", "smb"),
        ("total", "all"),
    }


def test_without_slices_it_is_the_crude_difference_and_all_of_it_rate():
    rows = asked(planted(), "kitagawa_of('won', $scope, 30)")
    for row in rows:
        assert [row["rate"], row["mix"]] == pytest.approx([-14 / 120, 0], abs=1e-12)
    assert [row["part"] for row in rows] == ["stratum", "total"]


def test_counts_and_rows_agree(story):
    world = story(AS_OF)
    for channel in ("inbound", "outbound"):
        world.units([3, 8, 8, 20, 21, 30, 30] * 5, [1, 0, 1, 2, 1, 0, 1] * 5, channel)
    found = [
        asked_rows(
            world.journeys("won"),
            "select * from kitagawa_of('won', $scope, 20) order by part",
            Scope(AS_OF, reads=reads),
            {"won"},
        )
        for reads in ("counts", "facts")
    ]
    assert len(found[0]) == 2 and found[0] == found[1]
