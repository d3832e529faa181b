"""Average contract value: the median won deal, with an interval between two of the deals themselves."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import binom

from tests.story import Story

KPI = "average_contract_value"
AS_OF = date(2026, 12, 31)


def win(world, amounts, channel="outbound", created="2026-01-01", closed="2026-06-01", **values):
    for amount in amounts:
        world.won(world.lead(channel, created, **values), closed, amount)


def test_the_median_of_25_deals_of_1000_to_25000(story):
    world = story(AS_OF)
    win(world, [1000 * place for place in range(1, 26)])
    # Median: the 13th. P(Binomial(25, 1/2) <= 7) = .0216 and <= 8 is .0539, so the interval runs from the 8th
    # to the 18th deal. Type-7 quartiles stand at 1 + 24/4 = 7 and 1 + 24 x 3/4 = 19.
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 325_000.0,
            "denominator": 25,
            "estimate": 13_000.0,
            "low": 8_000.0,
            "high": 18_000.0,
            "n_old_enough": 25,
            "status": "ok",
            "currency": "EUR",
            "mean_amount": 13_000.0,
            "first_quartile": 7_000.0,
            "third_quartile": 19_000.0,
            "largest_amount": 25_000.0,
            "largest_share": pytest.approx(25 / 325, abs=1e-12),
            "mean_without_largest": 12_500.0,  # (325 - 25) / 24
        }
    ]


def test_one_very_large_deal_moves_the_mean_and_not_the_median(story):
    world = story(AS_OF)
    win(world, [1000 * place for place in range(1, 25)] + [1_000_000])
    row = world.row(KPI, "outbound")
    assert [row["estimate"], row["low"], row["high"]] == [13_000.0, 8_000.0, 18_000.0]
    # (300 + 1000) / 25 = 52 thousand on average, 300 / 24 = 12.5 without it; it is 1000 / 1300 of all
    assert [row["mean_amount"], row["mean_without_largest"]] == [52_000.0, 12_500.0]
    assert row["largest_share"] == pytest.approx(1000 / 1300, abs=1e-12)


def test_the_ranks_are_those_of_the_exact_binomial(story):
    world = story(AS_OF)
    counts = (20, 21, 26, 27, 40, 69, 100, 239)
    draw = np.random.default_rng(7)
    for count in counts:
        # amounts 1..n in any order: an amount is its own rank
        win(world, (draw.permutation(count) + 1).tolist(), source=f"{count}")
    rows = {row["slice"]: row for row in world.run(KPI, slice_by="source").rows.to_dicts()}
    for count in counts:
        # binom.ppf: the smallest r with P(X <= r) >= .025, hence P(X < r) < .025
        rank = int(binom.ppf(0.025, count, 0.5))
        assert binom.cdf(rank - 1, count, 0.5) <= 0.025 < binom.cdf(rank, count, 0.5)
        row = rows[str(count)]
        assert [row["low"], row["high"]] == [rank, count + 1 - rank]
        assert row["estimate"] == (count + 1) / 2


def test_quartiles_are_of_type_7_as_numpy_has_them(story):
    world = story(AS_OF)
    amounts = np.round(np.random.default_rng(11).lognormal(10, 0.8, 53), 2)
    win(world, amounts.tolist())
    row = world.row(KPI, "outbound")
    found = [row["first_quartile"], row["estimate"], row["third_quartile"]]
    assert found == pytest.approx(np.quantile(amounts, [0.25, 0.5, 0.75]).tolist(), rel=1e-12)
    assert [row["numerator"], row["mean_amount"]] == pytest.approx([amounts.sum(), amounts.mean()], rel=1e-12)


def test_fewer_than_twenty_deals_give_no_size(story):
    world = story(AS_OF)
    win(world, [1000] * 19, "inbound")
    win(world, [1000] * 20, "outbound")
    inbound, outbound = world.run(KPI).rows.to_dicts()
    sizes = (
        "estimate",
        "low",
        "high",
        "mean_amount",
        "first_quartile",
        "third_quartile",
        "mean_without_largest",
    )
    assert (inbound["status"], inbound["denominator"], inbound["n_old_enough"]) == ("too_few", 19, 19)
    assert [inbound[name] for name in sizes] == [None] * 7
    assert (outbound["status"], outbound["denominator"], outbound["n_old_enough"]) == ("ok", 20, 20)
    assert [outbound[name] for name in sizes] == [1000.0] * 7


def test_open_and_lost_deals_and_deals_without_a_size_do_not_count(story):
    world = story(AS_OF)
    win(world, [1000] * 20)
    for lead in world.leads(30, "outbound"):
        world.opportunity(lead, "2026-02-01", "open", None, 9999)
        world.opportunity(lead, "2026-02-01", "lost", "2026-03-01", 9999)
        world.won(lead, "2026-04-01", None)
    row = world.row(KPI, "outbound")
    assert (row["denominator"], row["numerator"], row["largest_amount"]) == (20, 20_000.0, 1000.0)


def test_every_won_deal_of_a_lead_counts(story):
    world = story(AS_OF)
    lead = world.lead("outbound")
    for amount in range(1, 22):
        world.won(lead, "2026-06-01", amount)
    row = world.row(KPI, "outbound")
    assert (row["denominator"], row["estimate"]) == (21, 11.0)


def test_deals_of_two_currencies_have_no_currency(story):
    world = story(AS_OF)
    win(world, [1000] * 20)
    assert world.row(KPI, "outbound")["currency"] == "EUR"
    world.opportunity(world.lead("outbound"), "2026-01-02", "won", "2026-02-01", 1000, currency="USD")
    assert world.row(KPI, "outbound")["currency"] is None


def test_a_deal_won_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    win(world, [1000] * 20, closed=AS_OF)
    win(world, [9000] * 20, closed=AS_OF + timedelta(days=1))
    for lead in world.leads(20, "outbound", "2026-01-01"):
        world.opportunity(lead, "2026-02-01", "won", AS_OF + timedelta(days=1), 9000)
    row = world.row(KPI, "outbound")
    assert (row["denominator"], row["estimate"]) == (20, 1000.0)
    assert world.run(KPI, as_of=AS_OF - timedelta(days=1)).rows.height == 0


def test_nothing_won_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    win(world, [1000] * 20, created="2026-01-05")
    assert world.run(KPI, from_on="2026-02-02", to_on="2026-03-01").rows.height == 0
    world = story(AS_OF)
    world.leads(50, "outbound")
    assert world.run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 20 deals of 1, 2, 3 and 4 thousand."""
    world = Story(AS_OF)
    win(world, [1000] * 20, "inbound", "2026-03-02", source="web", segment="smb")
    win(world, [2000] * 20, "inbound", "2026-03-16", source="webinar", segment="ent")
    win(world, [3000] * 20, "outbound", "2026-04-06", source="sdr", segment="smb")
    win(world, [4000] * 20, "outbound", "2026-04-20", source="list", segment="ent")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("inbound",)}, {"inbound": (1500.0, 40)}),
        ({"sources": ("web", "sdr")}, {"inbound": (1000.0, 20), "outbound": (3000.0, 20)}),
        ({"segments": ("ent",)}, {"inbound": (2000.0, 20), "outbound": (4000.0, 20)}),
        (
            {"from_on": "2026-03-16", "to_on": "2026-04-06"},
            {"inbound": (2000.0, 20), "outbound": (3000.0, 20)},
        ),
    ],
)
def test_filters_choose_leads_by_their_creation(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: (row["estimate"], row["denominator"]) for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 2000.0),
        ("ent", "outbound", 4000.0),
        ("smb", "inbound", 1000.0),
        ("smb", "outbound", 3000.0),
    ]


@pytest.mark.parametrize("column", ["outcome", "acv"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    win(world, [1000] * 20)
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


@pytest.mark.parametrize("kpi", ["average_contract_value", "deal_size_consistency"])
def test_amounts_of_two_currencies_are_not_added_up(story, kpi):
    world = story(AS_OF)
    for place in range(40):
        lead = world.lead("outbound", "2025-01-01")
        currency = "EUR" if place % 2 else "USD"
        world.opportunity(lead, "2025-02-01", "won", "2025-03-01", 1000 + place, currency=currency)
    row = world.row(kpi, "outbound")
    assert (row["estimate"], row["low"], row["high"], row["status"]) == (None, None, None, "not_available")
    assert row["denominator"] == 40
