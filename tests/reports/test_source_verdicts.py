"""Sources: keep, fix or stop. Bands by hand, the rule case by case, and shrinkage against the library."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import beta, norm
from statsmodels.stats.multitest import multipletests

from leadquality.engine import with_posteriors
from leadquality.settings import read_settings

REPORT = "source_verdicts"
AS_OF = date(2026, 12, 31)
CREATED = date(2026, 3, 10)


def source(
    world, name, count, met=0, won=0, channel="inbound", created=CREATED, amount=1000, reasons=(), **values
):
    """Leads of a source: the first `met` meet us on day 10, the first `won` are won on day 60, the last drop out for a reason."""
    leads = world.leads(count - len(reasons), channel, created, source=name, **values)
    for reason in reasons:
        world.lead(
            channel,
            created,
            source=name,
            disqualified=created + timedelta(days=20),
            disqualified_reason=reason,
            **values,
        )
    for lead in leads[:met]:
        world.meeting(lead, created + timedelta(days=10))
    for lead in leads[:won]:
        world.won(lead, created + timedelta(days=60), amount)
    return leads


def spend(world, name, cost, channel="inbound"):
    world.add(
        "spend", month_on=date(2026, 3, 1), source=name, cost_amount=cost, channel=channel, kind="media"
    )


def judged(world, channel="inbound", **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {row["slice"]: row for row in rows if row["channel"] == channel}


def test_bands_are_score_tests_screened_over_the_table(story):
    world = story(AS_OF)
    sizes = {"a": (400, 200, 40), "b": (300, 150, 60), "c": (500, 350, 10), "d": (200, 60, 24)}
    for name, (count, met, won) in sizes.items():
        source(world, name, count, met, won)
    found = judged(world)
    for part, column in (("early", 1), ("late", 2)):
        n = np.array([size[0] for size in sizes.values()], dtype=float)
        x = np.array([size[column] for size in sizes.values()], dtype=float)
        p = x.sum() / n.sum()
        z = (x / n - p) / np.sqrt(p * (1 - p) * (1 / n - 1 / n.sum()))
        flagged, q, *_ = multipletests(2 * norm.sf(abs(z)), alpha=0.1, method="fdr_bh")
        wanted = [
            ("A" if up > 0 else "C") if is_flagged else "B" for up, is_flagged in zip(z, flagged, strict=True)
        ]
        assert [found[name][f"{part}_band"] for name in sizes] == wanted
        if part == "late":
            assert [found[name]["late_q"] for name in sizes] == pytest.approx(list(q), abs=1e-6)
            # a is like all of them, b above, c below: the test shows all three bands
            assert {"A", "B", "C"} <= set(wanted)


def three(world, **values):
    """`weak` lies below late; `good` and `fair` are the others. Early all are alike, unless told."""
    source(world, "good", 300, 150, 45)
    source(world, "fair", 300, 150, 45)
    source(world, "weak", 300, **({"met": 150, "won": 6} | values))


@pytest.mark.parametrize(
    ("values", "cost", "verdict"),
    [
        ({}, 30_000, "stop"),  # 6 x 1,000 over 300 leads is 20 a lead, its upper limit below the cost of 100
        ({}, 600, "keep"),  # 2 a lead: below the others, and still worth more than it costs
        ({}, None, "keep"),  # what it costs is not known
        ({"met": 240}, 600, "fix"),  # above the others early
        ({"met": 240}, 30_000, "stop"),  # stop comes first
        (
            {"reasons": ["wrong_contact"] * 40 + ["no_fit"] * 60},
            600,
            "fix",
        ),  # 40 of 100 drop-outs can be repaired
        ({"reasons": ["wrong_contact"] * 20 + ["no_fit"] * 80}, 600, "keep"),
        ({"reasons": ["Wrong Contact"] * 9 + ["no_fit"] * 20}, 600, "keep"),  # 29 drop-outs are too few
    ],
)
def test_the_rule_case_by_case(story, values, cost, verdict):
    world = story(AS_OF)
    three(world, **values)
    if cost:
        spend(world, "weak", cost)
    found = judged(world)
    assert (found["weak"]["late_band"], found["weak"]["verdict"]) == ("C", verdict)
    assert found["good"]["verdict"] == found["fair"]["verdict"] == "keep"


def test_a_source_without_any_win_is_worth_less_than_any_cost(story):
    world = story(AS_OF)
    three(world, won=0)
    spend(world, "weak", 1)
    row = judged(world)["weak"]
    assert (row["value"], row["is_worth_less"], row["verdict"]) == (None, True, "stop")


def test_one_to_four_wins_give_no_value_so_nothing_is_stopped(story):
    world = story(AS_OF)
    three(world, won=4)
    spend(world, "weak", 30_000)
    row = judged(world)["weak"]
    assert (row["late_band"], row["is_worth_less"], row["verdict"]) == ("C", None, "keep")


def test_too_early_under_a_hundred_old_enough_however_it_looks(story):
    world = story(AS_OF)
    source(world, "good", 300, 150, 45)
    source(world, "fair", 300, 150, 45)
    source(world, "young", 99, 0, 0)
    source(world, "newer", 200, 0, 0, created=date(2026, 11, 1))
    found = judged(world)
    assert [found[name]["verdict"] for name in ("young", "newer")] == ["too early", "too early"]
    assert (found["young"]["late_band"], found["newer"]["late_band"]) == (None, None)
    assert found["newer"]["judge_on"] == date(2026, 11, 1) + timedelta(days=180)


def test_thresholds_are_settings(story):
    world = story(AS_OF)
    settings = read_settings()[0]
    world.settings = settings.model_copy(
        update={
            "sources": settings.sources.model_copy(
                update={"old_enough": 40, "repairable_reasons": ["no_fit"]}
            )
        }
    )
    source(world, "good", 300, 150, 45)
    source(world, "young", 50, 25, 5, reasons=["no fit"] * 30)
    row = judged(world)["young"]
    assert (row["verdict"], row["repairable_reason"], row["repairable_share"]) == ("fix", "no fit", 1.0)


def test_small_sources_are_shrunken_and_not_ranked(story):
    world = story(AS_OF)
    sizes = {
        "a": (400, 40),
        "b": (300, 60),
        "c": (500, 10),
        "d": (200, 24),
        "podcast": (12, 4),
        "tiny": (9, 5),
    }
    for name, (count, won) in sizes.items():
        source(world, name, count, 0, won)
    found = judged(world)
    kept = {name: size for name, size in sizes.items() if name != "tiny"}
    n = np.array([size[0] for size in kept.values()], dtype=float)
    x = np.array([size[1] for size in kept.values()], dtype=float)
    # the weighted method of moments, as statistics.md 11 writes it
    mu, k = x.sum() / n.sum(), len(n)
    noise = mu * (1 - mu)
    rho = ((n * (x / n - mu) ** 2).sum() - noise * (k - 1)) / (
        noise * (n.sum() - (n**2).sum() / n.sum() - (k - 1))
    )
    strength = 1 / rho - 1
    wanted = (x + mu * strength) / (n + strength)
    assert [found[name]["shrunken"] for name in kept] == pytest.approx(list(wanted), rel=1e-9)
    assert {name: found[name]["place"] for name in sizes} == {
        "a": 3, "b": 1, "c": 4, "d": 2, "podcast": None, "tiny": None,
    }  # fmt: skip
    assert (found["podcast"]["raw_share"], found["podcast"]["estimate"]) == (pytest.approx(1 / 3), None)
    assert (found["tiny"]["raw_share"], found["tiny"]["shrunken"]) == (None, None)


def test_fewer_than_five_sources_are_not_shrunken(story):
    world = story(AS_OF)
    for name in "abcd":
        source(world, name, 100, 0, 10)
    assert {row["shrunken"] for row in judged(world).values()} == {None}
    assert {row["source_count"] for row in judged(world).values()} == {4}


def test_a_source_is_compared_with_its_own_channel(story):
    world = story(AS_OF)
    source(world, "web", 300, 0, 30)
    source(world, "brand", 300, 0, 30)
    source(world, "list", 300, 0, 150, channel="outbound", created=date(2025, 3, 10))
    assert judged(world)["web"]["late_band"] == "B"
    # the only source of its channel has nothing to be compared with
    assert judged(world, "outbound")["list"]["late_band"] is None


def test_what_happens_after_as_of_is_not_seen_and_filters_narrow(story):
    world = story(AS_OF)
    leads = source(world, "web", 300, 0, 30, segment="smb")
    source(world, "brand", 300, 0, 30, segment="ent")
    world.won(leads[200], AS_OF + timedelta(days=1))
    assert judged(world)["web"]["numerator"] == 30
    assert set(judged(world, segments=("ent",))) == {"brand"}
    assert judged(world, from_on="2026-04-01") == {}


def test_the_share_is_that_of_the_close_rate(story):
    world = story(AS_OF)
    for week in range(30):
        source(world, "web", 12, 0, week % 3, created=CREATED + timedelta(weeks=week))
        source(world, "brand", 9, 0, 1, created=CREATED + timedelta(weeks=week))
    rate = world.run("long_term_close_rate", slice_by="source").rows.to_dicts()
    theirs = {row["slice"]: row for row in rate}
    for name, row in judged(world).items():
        same = ("numerator", "denominator", "estimate", "low", "high", "n_old_enough", "status", "judge_on")
        assert [row[column] for column in same] == [theirs[name][column] for column in same]


def test_the_money_is_that_of_revenue_per_traffic_source(story):
    world = story(AS_OF)
    source(world, "web", 300, 0, 30, amount=777)
    spend(world, "web", 900)
    row = judged(world)["web"]
    theirs = world.run("revenue_per_traffic_source").row("inbound", measure="web")
    assert (row["value"], row["value_low"], row["value_high"], row["cost_per_lead"]) == (
        theirs["estimate"],
        theirs["low"],
        theirs["high"],
        theirs["cost_per_lead"],
    )


def test_nothing_in_the_window(story):
    assert story(AS_OF).run(REPORT).rows.height == 0


def test_sources_that_differ_no_more_than_by_chance_lie_together_and_are_not_ranked(story):
    world = story(AS_OF)
    for name in "abcdef":
        source(world, name, 100, 0, 10)
    rows = world.run(REPORT)
    assert rows.rows["shrunken"].to_list() == pytest.approx([0.1] * 6)
    assert rows.rows["place"].to_list() == [None] * 6
    assert with_posteriors(rows)["shrunken_low"].to_list() == [None] * 6


def test_the_limits_of_what_is_shrunken_are_those_of_its_posterior(story):
    world = story(AS_OF)
    sizes = {"a": (400, 40), "b": (300, 60), "c": (500, 10), "d": (200, 24), "podcast": (12, 4)}
    for name, (count, won) in sizes.items():
        source(world, name, count, 0, won)
    found = {row["slice"]: row for row in with_posteriors(world.run(REPORT)).to_dicts()}
    row = found["podcast"]
    limits = beta.ppf([0.025, 0.975], row["alpha"], row["beta"])
    assert [row["shrunken_low"], row["shrunken_high"]] == pytest.approx(list(limits))
    assert row["shrunken_low"] < row["shrunken"] < row["raw_share"]
