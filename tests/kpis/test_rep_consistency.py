"""Consistency across reps: phi, the funnel, and each rep against what the others reach with the same leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt

import numpy as np
import pytest
from scipy.stats import chi2, norm
from statsmodels.stats.proportion import proportion_confint

KPI = "rep_consistency"
AS_OF = date(2026, 12, 31)
SUMMARIES = ("all_reps", "all_but_furthest_rep")


def converse(world, rep, count, qualified, channel="inbound", started="2026-06-01", **values):
    """That many conversations of a rep with one lead, the first of them qualified."""
    lead = world.lead(channel, "2026-01-01", **values)
    for place in range(count):
        world.call(lead, started, "qualified" if place < qualified else "no_fit", rep_id=rep)


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


@dataclass(frozen=True)
class Spread:
    """What the reps of a pool differ, after statistics.md section 10 with no mix of cases, and winsorised after Spiegelhalter."""

    p0: float
    q: float
    phi: float
    tau: float
    winsorised_phi: float
    winsorised_tau: float


def dispersion(counts, qualified, pool):
    n, x = np.array(counts, float)[pool], np.array(qualified, float)[pool]
    p0 = x.sum() / n.sum()
    weights = n / (p0 * (1 - p0))
    z = np.sqrt(weights) * (x / n - p0)
    cut = ceil(len(n) / 10)  # reps at each end that count as far as the next one
    ordered = np.sort(z)
    drawn_in = np.clip(z, ordered[cut], ordered[-1 - cut])

    def tau(q):
        return sqrt(max(0.0, (q - (len(n) - 1)) / (weights.sum() - (weights**2).sum() / weights.sum())))

    q, winsorised_q = (z**2).sum(), (drawn_in**2).sum()
    return Spread(
        p0,
        q,
        q / (len(n) - 1),
        tau(q),
        winsorised_phi=winsorised_q / len(n),
        winsorised_tau=tau(winsorised_q),
    )


COUNTS, QUALIFIED = (40, 50, 60, 80, 30, 100), (16, 18, 30, 22, 24, 41)


def test_each_rep_against_the_others_and_phi_of_all(story):
    world = story(AS_OF)
    for place, (count, qualified) in enumerate(zip(COUNTS, QUALIFIED, strict=True)):
        converse(world, f"R{place}", count, qualified)
    found = lines(world)
    assert sorted(found) == ["R0", "R1", "R2", "R3", "R4", "R5", *sorted(SUMMARIES)]
    everybody = list(range(6))
    for place, (count, qualified) in enumerate(zip(COUNTS, QUALIFIED, strict=True)):
        row = found[f"R{place}"]
        others = dispersion(COUNTS, QUALIFIED, [other for other in everybody if other != place])
        p0 = others.p0
        sd = sqrt(p0 * (1 - p0) / count + others.winsorised_tau**2)
        assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (qualified, count, count)
        low, high = proportion_confint(qualified, count, method="wilson")
        share = qualified / count
        assert [row["estimate"], row["low"], row["high"]] == pytest.approx(
            [share / p0, low / p0, high / p0], abs=1e-9
        )
        z95, z998 = norm.ppf(0.975), norm.ppf(0.999)
        expected = {
            "share": share,
            "expected_share": p0,
            "limit_low_95": max(0, p0 - z95 * sd),
            "limit_high_95": min(1, p0 + z95 * sd),
            "limit_low_998": max(0, p0 - z998 * sd),
            "limit_high_998": min(1, p0 + z998 * sd),
            "z_score": (share - p0) / sd,
            "phi": others.phi,
            "tau": others.tau,
            "winsorised_phi": others.winsorised_phi,
            "winsorised_tau": others.winsorised_tau,
        }
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-9)
        assert row["is_outside_95"] == (abs(expected["z_score"]) > z95)
        assert row["is_outside_998"] == (abs(expected["z_score"]) > z998)
        assert (row["status"], row["rep_count"], row["icc"]) == ("ok", 6, None)
    # R4 lies so far out that by the plain spread R3 would not be outside: .275 within .44 -+ 1.96 x sd
    assert [name for name, row in found.items() if row["is_outside_95"]] == ["R3", "R4"]
    plain = dispersion(COUNTS, QUALIFIED, [0, 1, 2, 4, 5])
    assert abs(22 / 80 - plain.p0) < norm.ppf(0.975) * sqrt(plain.p0 * (1 - plain.p0) / 80 + plain.tau**2)
    # phi of all, and without the rep that lies furthest out
    for measure, pool in (("all_reps", everybody), ("all_but_furthest_rep", [0, 1, 2, 3, 5])):
        row = found[measure]
        those = dispersion(COUNTS, QUALIFIED, pool)
        assert [row["estimate"], row["phi"], row["tau"], row["share"]] == pytest.approx(
            [those.phi, those.phi, those.tau, those.p0], abs=1e-9
        )
        assert [row["winsorised_phi"], row["winsorised_tau"]] == pytest.approx(
            [those.winsorised_phi, those.winsorised_tau], abs=1e-9
        )
        assert (row["numerator"], row["denominator"]) == (
            sum(QUALIFIED[place] for place in pool),
            sum(COUNTS[place] for place in pool),
        )
        assert (row["rep_count"], row["z_score"], row["is_outside_998"]) == (len(pool), None, None)
        # Q/phi is chi-square with I - 1 degrees of freedom
        limits = those.q / chi2.ppf([0.975, 0.025], len(pool) - 1)
        assert [row["low"], row["high"]] == pytest.approx(limits, rel=1e-9)


@pytest.mark.parametrize("far", [50, 75, 100])
def test_one_rep_far_off_does_not_widen_the_limits_of_the_others(story, far):
    """However far R11 lies, it counts no further than the reps within the tenth: eleven at 28 to 46 of 100, one at 50, 75 or 100."""
    counts, qualified = [100] * 12, [*range(28, 48, 2), 37, far]
    world = story(AS_OF)
    for place, (count, good) in enumerate(zip(counts, qualified, strict=True)):
        converse(world, f"R{place:02}", count, good)
    found = lines(world)
    for place in range(11):
        row = found[f"R{place:02}"]
        others = [other for other in range(12) if other != place]
        those = dispersion(counts, qualified, others)
        assert [row["winsorised_tau"], row["winsorised_phi"]] == pytest.approx(
            [those.winsorised_tau, those.winsorised_phi], abs=1e-9
        )
        # 11 others, two drawn in at each end: no square is above that of the third from either end
        chance = those.p0 * (1 - those.p0) / 100
        z = np.sort([(qualified[other] / 100 - those.p0) / sqrt(chance) for other in others])
        bound = max(z[2] ** 2, z[-3] ** 2)
        assert row["winsorised_phi"] <= bound
        # with equal counts chance and tau^2 together are chance x 11/10 phi, or chance alone
        half = (row["limit_high_95"] - row["limit_low_95"]) / 2
        assert half <= norm.ppf(0.975) * sqrt(chance * max(1, 1.1 * bound)) + 1e-9
    assert found["R11"]["is_outside_998"] == (far > 50)
    if far == 100:
        # the plain spread, which one rep makes: limits at more than twice the distance
        row = found["R05"]
        plain = sqrt(row["expected_share"] * (1 - row["expected_share"]) / 100 + row["tau"] ** 2)
        assert norm.ppf(0.975) * plain > 2 * (row["limit_high_95"] - row["expected_share"])


def test_the_correlation_within_reps_is_the_weighted_moment_one(story):
    world = story(AS_OF)
    for place, (count, qualified) in enumerate(zip(COUNTS, QUALIFIED, strict=True)):
        converse(world, f"R{place}", count, qualified)
    n, x, k = np.array(COUNTS, float), np.array(QUALIFIED, float), 6
    mu, total = x.sum() / n.sum(), n.sum()
    between = (n * (x / n - mu) ** 2).sum()
    rho = (between - mu * (1 - mu) * (k - 1)) / (mu * (1 - mu) * (total - (n**2).sum() / total - (k - 1)))
    assert rho > 0.03
    assert lines(world)["all_reps"]["icc"] == pytest.approx(rho, abs=1e-9)


def side_simulation(seed):
    """12 reps with 140 to 219 conversations, true share normal(.35, .015), R07 at .60 (statistics.md, 18.4)."""
    draw = np.random.default_rng(seed)
    counts = draw.integers(140, 220, 12)
    shares = draw.normal(0.35, 0.015, 12)
    shares[6] = 0.60
    return [
        (f"R{place + 1:02}", int(n), int(draw.binomial(n, p)))
        for place, (n, p) in enumerate(zip(counts, shares, strict=True))
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_planted_rep_is_found_and_no_other(story, seed):
    # R07 lies some 7 chance standard errors out; left out of its own limits it cannot hide behind its own spread
    world = story(AS_OF)
    for rep, count, qualified in side_simulation(seed):
        converse(world, rep, count, qualified)
    found = lines(world)
    assert [name for name, row in found.items() if row["is_outside_998"]] == ["R07"]
    assert found["R07"]["z_score"] > 4
    assert found["R07"]["share"] > found["R07"]["limit_high_998"]
    assert found["all_reps"]["phi"] > 3
    assert found["all_reps"]["low"] > 1
    assert (
        found["all_but_furthest_rep"]["phi"] < 2.5
    )  # chi-square with 10 degrees of freedom over 10, times 1.2
    assert found["all_but_furthest_rep"]["low"] < 1.2
    assert found["all_but_furthest_rep"]["phi"] == found["R07"]["phi"]
    assert found["all_reps"]["icc"] > 0.01


def test_twelve_reps_alike_stay_inside(story):
    world = story(AS_OF)
    for place in range(12):
        converse(world, f"R{place}", 100, 33 + place % 3)
    found = lines(world)
    assert [name for name, row in found.items() if row["is_outside_95"]] == []
    assert found["all_reps"]["phi"] < 1
    assert (found["all_reps"]["tau"], found["all_reps"]["icc"]) == (0.0, 0.0)


def test_a_rep_with_easier_leads_is_not_accused(story):
    # Trade-fair leads qualify at .8, bought lists at .2. R0 takes fair leads only and reaches exactly .8.
    world = story(AS_OF)
    converse(world, "R0", 100, 80, source="fair")
    for place in range(1, 7):
        converse(world, f"R{place}", 20, 16, source="fair")
        converse(world, f"R{place}", 100, 20, source="list")
    found = lines(world)
    assert (found["R0"]["share"], found["R0"]["expected_share"]) == (0.8, pytest.approx(0.8, abs=1e-12))
    assert found["R0"]["z_score"] == pytest.approx(0.0, abs=1e-9)
    # the others: (20 x .8 + 100 x .2)/120 = .3 is just what is expected of them
    assert found["R3"]["expected_share"] == pytest.approx(0.3, abs=1e-12)
    assert found["all_reps"]["phi"] == pytest.approx(0.0, abs=1e-9)


def test_where_the_others_have_too_few_such_leads_their_overall_share_is_expected(story):
    world = story(AS_OF)
    converse(world, "R0", 40, 20, source="fair")
    converse(world, "R1", 29, 29, source="fair")  # one short of 30
    for place in range(1, 6):
        converse(world, f"R{place}", 40, 10, source="list")
    # of the others: (29 + 50) / (29 + 200)
    assert lines(world)["R0"]["expected_share"] == pytest.approx(79 / 229, abs=1e-12)
    converse(world, "R2", 1, 0, source="fair")  # now 29 of 30 in the same cell
    assert lines(world)["R0"]["expected_share"] == pytest.approx(29 / 30, abs=1e-12)


def test_reps_with_fewer_than_twenty_conversations_are_left_out(story):
    world = story(AS_OF)
    for place in range(5):
        converse(world, f"R{place}", 20, 5 + place)
    before = lines(world)
    converse(world, "new", 19, 19)
    now = lines(world)
    new = now.pop("new")
    assert now == before
    assert (new["status"], new["numerator"], new["denominator"], new["n_old_enough"]) == (
        "too_few",
        19,
        19,
        19,
    )
    assert [new[name] for name in ("estimate", "low", "high", "share", "expected_share", "z_score")] == [
        None
    ] * 6


def test_four_reps_are_too_few_and_five_are_enough(story):
    world = story(AS_OF)
    for place in range(4):
        converse(world, f"R{place}", 50, 10 + place)
    found = lines(world)
    assert sorted(found) == ["R0", "R1", "R2", "R3", "all_reps"]
    for row in found.values():
        assert (row["status"], row["rep_count"]) == ("too_few", 4)
        assert [row[name] for name in ("estimate", "low", "high", "share", "phi", "tau", "icc")] == [None] * 7
    converse(world, "R4", 50, 15)
    assert {row["status"] for row in lines(world).values()} == {"ok"}


@pytest.mark.parametrize("qualified", [0, 50])
def test_nobody_or_everybody_qualified_compares_nothing(story, qualified):
    world = story(AS_OF)
    for place in range(6):
        converse(world, f"R{place}", 50, qualified)
    found = lines(world)
    assert {row["status"] for row in found.values()} == {"too_few"}
    assert [row["estimate"] for row in found.values()] == [None] * 7


def test_channels_are_worked_out_apart(story):
    # a rep at .2 outbound and a rep at .6 inbound are each like their own channel
    world = story(AS_OF)
    for place in range(6):
        converse(world, f"in {place}", 50, 30, "inbound")
        converse(world, f"out {place}", 50, 10, "outbound")
        converse(world, "both", 10, 6, "inbound")
        converse(world, "both", 10, 2, "outbound")
    for channel, share in (("inbound", 0.6), ("outbound", 0.2)):
        found = lines(world, channel)
        assert found["both"]["share"] == share
        assert found["both"]["expected_share"] == pytest.approx(share, abs=1e-12)
        assert found["all_reps"]["rep_count"] == 7
        assert found["all_reps"]["estimate"] == pytest.approx(0, abs=1e-9)


def test_booked_meetings_count_and_calls_that_are_no_conversation_or_nobodys_do_not(story):
    world = story(AS_OF)
    for place in range(5):
        converse(world, f"R{place}", 30, 10)
        lead = world.lead("inbound")
        world.call(lead, "2026-06-01", "meeting_booked", rep_id=f"R{place}")
        world.call(lead, "2026-06-01", "voicemail", rep_id=f"R{place}")
        world.call(lead, "2026-06-01", "qualified")
    row = lines(world)["R0"]
    assert (row["numerator"], row["denominator"]) == (11, 31)
    assert lines(world)["all_reps"]["denominator"] == 155


def test_a_call_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    for place in range(5):
        converse(world, f"R{place}", 30, 10 + place, started=AS_OF)
    before = lines(world)
    converse(world, "R0", 100, 100, started=AS_OF + timedelta(days=1))
    assert lines(world) == before


def test_nothing_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    converse(world, "R0", 30, 10)
    assert world.run(KPI, from_on="2026-06-02").rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    for place in range(5):
        converse(world, f"R{place}", 20, 5 + place, segment="smb")
        converse(world, f"R{place}", 40, 10 + place, segment="ent")
    rows = [row for row in world.run(KPI, slice_by="segment").rows.to_dicts() if row["measure"] == "all_reps"]
    assert [(row["slice"], row["numerator"], row["denominator"]) for row in rows] == [
        ("ent", 60, 200),
        ("smb", 35, 100),
    ]
    assert rows[0]["estimate"] == pytest.approx(
        dispersion([40] * 5, range(10, 15), list(range(5))).phi, abs=1e-9
    )
    assert lines(world, segments=("smb",))["R1"]["denominator"] == 20


@pytest.mark.parametrize("column", ["rep_id", "outcome_code"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    for place in range(5):
        converse(world, f"R{place}", 30, 10)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("status", "numerator", "estimate").rows() == [("not_available", None, None)] * 2
