"""Deal size consistency: the quartile coefficient of dispersion of won deals, (Q3 - Q1)/(Q3 + Q1)."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt, tanh
from statistics import stdev

import numpy as np
import pytest
from scipy.stats import bootstrap, norm

from tests.story import Story

KPI = "deal_size_consistency"
AS_OF = date(2026, 12, 31)


def win(world, amounts, channel="outbound", created="2026-01-01", closed="2026-06-01", **values):
    for amount in amounts:
        world.won(world.lead(channel, created, **values), closed, amount)


def dispersion(amounts, axis=-1):
    first, third = np.quantile(amounts, [0.25, 0.75], axis=axis)
    return (third - first) / (third + first)


def test_the_spread_of_25_deals_of_1000_to_25000(story):
    world = story(AS_OF)
    amounts = [1000 * place for place in range(1, 26)]
    win(world, amounts)
    # Type 7: Q1 is the 7th deal, Q3 the 19th: (19 - 7)/(19 + 7) = 12/26.
    # Ranks around Q1: 25/4 -+ 1.96 sqrt(3 x 25/16) = 6.25 -+ 4.24 -> 2 and 10; around Q3, mirrored, 16 and
    # 24. Both standard errors are 8000 / (2 x 1.96) = 2041; their correlation is 1/3.
    # d ln(QCD) = 2 (Q1 dQ3 - Q3 dQ1) / (Q3^2 - Q1^2), Q3^2 - Q1^2 = 312 (in thousands).
    error = 8 / (2 * norm.ppf(0.975))
    log_se = 2 * error / 312 * sqrt(7**2 + 19**2 - 2 * 7 * 19 / 3)
    logs = [log(amount) for amount in amounts]
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": None,
            "denominator": 25,
            "estimate": pytest.approx(12 / 26, abs=1e-12),
            "low": pytest.approx(12 / 26 * exp(-norm.ppf(0.975) * log_se), abs=1e-12),
            "high": pytest.approx(12 / 26 * exp(norm.ppf(0.975) * log_se), abs=1e-12),
            "n_old_enough": 25,
            "status": "ok",
            "first_quartile": 7000.0,
            "third_quartile": 19_000.0,
            "log_sd": pytest.approx(stdev(logs), abs=1e-12),
            "geometric_cv": pytest.approx(sqrt(exp(stdev(logs) ** 2) - 1), abs=1e-12),
        }
    ]


def test_the_unit_of_money_does_not_matter(story):
    world = story(AS_OF)
    amounts = np.round(np.random.default_rng(3).lognormal(9, 0.6, 60), 0)
    win(world, amounts.tolist(), source="in euros")
    win(world, (100 * amounts).tolist(), source="in cents")
    cents, euros = world.run(KPI, slice_by="source").rows.to_dicts()
    same = ("estimate", "low", "high", "log_sd", "geometric_cv")
    assert [cents[name] for name in same] == pytest.approx([euros[name] for name in same], rel=1e-12)
    assert euros["estimate"] == pytest.approx(dispersion(amounts), rel=1e-12)
    assert cents["third_quartile"] == pytest.approx(100 * euros["third_quartile"], rel=1e-12)


def test_one_very_large_deal_does_not_move_it(story):
    world = story(AS_OF)
    win(world, [1000 * place for place in range(1, 25)] + [1_000_000])
    row = world.row(KPI, "outbound")
    assert row["estimate"] == pytest.approx(12 / 26, abs=1e-12)


def test_the_upper_limit_is_never_above_1(story):
    world = story(AS_OF)
    win(world, [1] * 8 + [100] * 4 + [100_000] * 8)
    row = world.row(KPI, "outbound")
    # Q1 = 1, Q3 = 100 000
    assert row["estimate"] == pytest.approx(99_999 / 100_001, abs=1e-12)
    assert row["high"] == 1.0


def test_deals_all_alike_spread_0(story):
    world = story(AS_OF)
    win(world, [5000] * 40)
    row = world.row(KPI, "outbound")
    assert [row["estimate"], row["log_sd"], row["geometric_cv"]] == [0.0, 0.0, 0.0]


def test_deals_all_alike_have_either_both_limits_or_none(story):
    world = story(AS_OF)
    win(world, [5000] * 40)
    row = world.row(KPI, "outbound")
    assert (row["low"], row["high"]) in {(None, None), (0.0, 0.0)}


def test_fewer_than_twenty_deals_give_no_spread(story):
    world = story(AS_OF)
    win(world, range(1000, 1019), "inbound")
    win(world, range(1000, 1020), "outbound")
    win(world, [1000], "other")
    rows = {row["channel"]: row for row in world.run(KPI).rows.to_dicts()}
    figures = ("estimate", "low", "high", "first_quartile", "third_quartile", "log_sd", "geometric_cv")
    inbound, outbound = rows["inbound"], rows["outbound"]
    assert (inbound["status"], inbound["denominator"], inbound["n_old_enough"]) == ("too_few", 19, 19)
    assert [inbound[name] for name in figures] == [None] * 7
    assert (outbound["status"], outbound["denominator"], outbound["n_old_enough"]) == ("ok", 20, 20)
    # type 7 among 20 equal steps: Q1 = 1004.75, Q3 = 1014.25
    assert outbound["estimate"] == pytest.approx(9.5 / 2019, abs=1e-12)


def test_open_and_lost_deals_and_deals_without_a_size_do_not_count(story):
    world = story(AS_OF)
    win(world, range(1000, 1020))
    for lead in world.leads(5, "outbound"):
        world.opportunity(lead, "2026-02-01", "open", None, 9999)
        world.opportunity(lead, "2026-02-01", "lost", "2026-03-01", 9999)
        world.won(lead, "2026-04-01", None)
        world.won(lead, "2026-04-01", 0)
    assert world.row(KPI, "outbound")["denominator"] == 20


def test_a_deal_won_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    win(world, range(1000, 1020), closed=AS_OF)
    win(world, [90_000] * 20, closed=AS_OF + timedelta(days=1))
    row = world.row(KPI, "outbound")
    assert (row["denominator"], row["third_quartile"]) == (20, 1014.25)
    assert world.run(KPI, as_of=AS_OF - timedelta(days=1)).rows.height == 0


def test_nothing_won_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    win(world, range(1000, 1020), created="2026-01-05")
    assert world.run(KPI, from_on="2026-02-02", to_on="2026-03-01").rows.height == 0
    world = story(AS_OF)
    world.leads(50, "outbound")
    assert world.run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 20 deals; within each Q1 and Q3 are 4.75 and 14.25 steps above the first deal."""
    world = Story(AS_OF)
    win(world, range(1000, 1020), "inbound", "2026-03-02", source="web", segment="smb")
    win(world, range(1000, 1200, 10), "inbound", "2026-03-16", source="webinar", segment="ent")
    win(world, range(1000, 1400, 20), "outbound", "2026-04-06", source="sdr", segment="smb")
    win(world, range(1000, 3000, 100), "outbound", "2026-04-20", source="list", segment="ent")
    return world


def alone(step):
    """QCD of one group: (Q3 - Q1)/(Q3 + Q1) with Q1 = 1000 + 4.75 steps and Q3 = 1000 + 14.25 steps."""
    return pytest.approx(9.5 * step / (2000 + 19 * step), abs=1e-12)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sources": ("web", "sdr")}, {"inbound": alone(1), "outbound": alone(20)}),
        ({"segments": ("ent",), "channels": ("outbound",)}, {"outbound": alone(100)}),
        ({"from_on": "2026-03-16", "to_on": "2026-04-06"}, {"inbound": alone(10), "outbound": alone(20)}),
    ],
)
def test_filters_choose_leads_by_their_creation(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: row["estimate"] for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", alone(10)),
        ("ent", "outbound", alone(100)),
        ("smb", "inbound", alone(1)),
        ("smb", "outbound", alone(20)),
    ]


@pytest.mark.parametrize("sigma", [0.4, 0.8])
def test_the_interval_is_near_the_bias_corrected_bootstrap(story, sigma):
    # another road to the same limits: BCa over 2000 resamples
    amounts = np.round(np.random.default_rng(20261122).lognormal(10, sigma, 200), 2)
    world = story(AS_OF)
    win(world, amounts.tolist())
    row = world.row(KPI, "outbound")
    found = bootstrap(
        (amounts,), dispersion, n_resamples=2000, method="BCa", rng=np.random.default_rng(1), vectorized=True
    )
    low, high = found.confidence_interval
    near = 0.25 * (high - low) / 2
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=near)


@pytest.mark.slow
@pytest.mark.parametrize("sigma", [0.4, 0.8])
@pytest.mark.parametrize("count", [60, 200])
def test_the_interval_covers_the_truth_in_95_of_100_samples(story, count, sigma):
    # of a log-normal the quartiles stand at exp(mu -+ .6745 sigma), so the coefficient is tanh(.6745 sigma)
    samples = np.round(np.random.default_rng(20261122).lognormal(10, sigma, (400, count)), 2)
    world = story(AS_OF)
    for place, amounts in enumerate(samples):
        win(world, amounts.tolist(), source=f"sample {place}")
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    truth = tanh(norm.ppf(0.75) * sigma)
    covered = sum(row["low"] <= truth <= row["high"] for row in rows) / len(rows)
    print(f"n={count} sigma={sigma}: {covered:.4f} of {len(rows)}")
    assert len(rows) == 400
    assert 0.91 <= covered <= 0.99


@pytest.mark.parametrize("column", ["outcome", "acv"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    win(world, range(1000, 1020))
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunities"
    rows = result.rows.select("channel", "status", "numerator", "estimate", "low", "high").rows()
    assert rows == [
        ("inbound", "not_available", None, None, None, None),
        ("outbound", "not_available", None, None, None, None),
    ]
