"""Contribution per lead at equal age: the mean cumulative value of each channel and of outbound minus inbound."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import numpy as np
import pytest

from tests.story import Story

KPI = "revenue_per_lead_at_age"
AS_OF = date(2026, 12, 31)
GRID = [7, 14, 30, 45, 60, 90, 120, 180, 270, 365, 540]
Z95, Z99 = 1.959963984540054, 2.5758293035489004
AMOUNTS = ("numerator", "estimate", "low", "high", "low_99", "high_99")


def days_before(days):
    return AS_OF - timedelta(days=days)


def wins(world, leads, created, day, amounts):
    for lead, amount in zip(leads, amounts, strict=True):
        world.won(lead, created + timedelta(days=day), amount)


def plain(amounts, n, z=Z95):
    """Mean and limits over n leads of which the others brought nothing: variance of all n, over n."""
    brought = np.concatenate([amounts, np.zeros(n - len(amounts))])
    half = z * sqrt(brought.var() / n)
    return brought.mean(), brought.mean() - half, brought.mean() + half


def test_each_channel_and_the_gap_at_every_age_of_the_grid(story):
    created = days_before(600)
    world = story(AS_OF)
    inbound, outbound = world.leads(200, "inbound", created), world.leads(100, "outbound", created)
    small, large = [1000] * 20, [10_000, 20_000] * 6
    wins(world, inbound[:20], created, 20, small)
    wins(world, outbound[:12], created, 100, large)
    rows = world.run(KPI).rows.to_dicts()
    assert [(row["channel"], row["age_days"]) for row in rows] == [
        (channel, age) for channel in ("inbound", "outbound", "difference") for age in GRID
    ]
    found = {(row["channel"], row["age_days"]): row for row in rows}
    # nobody is censored before 540 days: inbound 20 x 1,000 / 200 = 100, outbound 180,000 / 100 = 1,800
    for age in (30, 540):
        row = found["inbound", age]
        assert (row["numerator"], row["denominator"], row["win_count"]) == (20_000.0, 200, 20)
        mean, low, high = plain(small, 200)
        assert mean == 100.0
        assert [row["estimate"], row["low"], row["high"]] == pytest.approx([mean, low, high], rel=1e-9)
        assert [row["low_99"], row["high_99"]] == pytest.approx(plain(small, 200, Z99)[1:], rel=1e-9)
        assert (row["status"], row["n_old_enough"], row["currency"]) == ("ok", 200, "EUR")
        assert row["judge_on"] == created + timedelta(days=age)
    assert found["outbound", 120]["estimate"] == pytest.approx(1800.0, rel=1e-12)
    # before its first ten wins a channel has no amount: nothing is not read as zero
    early = found["outbound", 90]
    assert (early["status"], early["win_count"], early["n_old_enough"]) == ("too_few", 0, 100)
    assert [early[name] for name in AMOUNTS] == [None] * 6
    assert (found["difference", 90]["status"], found["difference", 90]["estimate"]) == ("too_few", None)
    # at 120 days: 1,800 - 100, variances added
    gap = found["difference", 120]
    variance = sum(
        np.concatenate([won, np.zeros(n - len(won))]).var() / n for won, n in ((small, 200), (large, 100))
    )
    assert gap["estimate"] == pytest.approx(1700.0, rel=1e-12)
    for z, low, high in ((Z95, "low", "high"), (Z99, "low_99", "high_99")):
        expected = [1700 - z * sqrt(variance), 1700 + z * sqrt(variance)]
        assert [gap[low], gap[high]] == pytest.approx(expected, rel=1e-9)
    assert (gap["status"], gap["n_old_enough"], gap["win_count"], gap["numerator"]) == ("ok", 100, 12, None)


def test_revenue_to_date_over_leads_to_date_counts_young_leads_with_nothing(story):
    # 100 old leads, 20 won for 1,000 on day 100; then 300 young ones who have had 30 days
    world = story(AS_OF)
    old = days_before(400)
    wins(world, world.leads(100, "outbound", old)[:20], old, 100, [1000] * 20)
    world.leads(300, "outbound", days_before(30))
    row = world.row(KPI, "outbound", 180)
    assert row["numerator"] / row["denominator"] == 50.0
    # the young ones leave on day 30 unseen: 20,000 / 100
    assert row["estimate"] == pytest.approx(200.0, rel=1e-12)
    assert (row["n_old_enough"], row["status"]) == (100, "ok")


def test_a_lost_lead_brings_nothing_and_is_not_taken_for_an_open_one(story):
    # 50 of 100 are lost on day 10, 100 open ones leave on day 20; on day 50 half of 50 are won for 400.
    # S = (1 - 50/200) = .75 on day 20; then 50 at risk: .75 x 25 x 400 / 50 = 150, and not 25 x 400 / 50 = 200
    created = days_before(90)
    world = story(AS_OF)
    leads = world.leads(100, "inbound", created)
    for lead in leads[:50]:
        world.lost(lead, created + timedelta(days=10))
    world.leads(100, "inbound", days_before(20))
    wins(world, leads[50:75], created, 50, [400] * 25)
    assert world.row(KPI, "inbound", 60)["estimate"] == pytest.approx(150.0, rel=1e-12)


def test_ten_wins_are_needed_in_each_channel(story):
    created = days_before(200)
    world = story(AS_OF)
    wins(world, world.leads(100, "inbound", created)[:10], created, 5, [100] * 10)
    wins(world, world.leads(100, "outbound", created)[:9], created, 5, [100] * 9)
    rows = {row["channel"]: row for row in world.run(KPI).rows.to_dicts() if row["age_days"] == 30}
    assert {name: row["status"] for name, row in rows.items()} == {
        "inbound": "ok",
        "outbound": "too_few",
        "difference": "too_few",
    }
    assert rows["inbound"]["estimate"] == pytest.approx(10.0, rel=1e-12)
    for name in ("outbound", "difference"):
        assert [rows[name][column] for column in AMOUNTS] == [None] * 6


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 30, "provisional"),
        (100, 5, "ok"),
    ],
)
def test_the_gate_counts_leads_that_are_old_enough(story, old, young, status):
    world = story(AS_OF)
    for channel in ("inbound", "outbound"):
        leads = world.leads(old, channel, days_before(90))
        wins(world, leads[:20], days_before(90), 0, [100] * 20)
        world.leads(young, channel, days_before(89))
    for channel in ("inbound", "outbound", "difference"):
        row = world.row(KPI, channel, 90)
        assert (row["status"], row["n_old_enough"]) == (status, old)
        assert (row["estimate"] is None) == (row["low"] is None) == (status in ("too_few", "too_early"))


def test_a_win_after_as_of_is_not_seen(story):
    created = days_before(100)
    world = story(AS_OF)
    leads = world.leads(100, "inbound", created)
    wins(world, leads[:10], created, 100, [100] * 10)
    for lead in leads[10:20]:
        world.opportunity(lead, created, "won", AS_OF + timedelta(days=1), 100)
    row = world.row(KPI, "inbound", 120)
    assert (row["win_count"], row["status"]) == (10, "too_early")
    assert world.row(KPI, "inbound", 90)["win_count"] == 0
    day_before = world.row(KPI, "inbound", 120, as_of=AS_OF - timedelta(days=1))
    assert day_before["win_count"] == 0


def test_no_lead_in_the_window_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    world.leads(50, "inbound", "2026-01-01")
    assert world.run(KPI, from_on="2026-02-01", to_on="2026-02-28").rows.height == 0


def test_one_channel_alone_has_no_difference(story):
    world = story(AS_OF)
    world.leads(100, "outbound", days_before(600))
    assert set(world.run(KPI).rows["channel"]) == {"outbound"}


def test_filters_and_slices_choose_leads(story):
    created = days_before(200)
    world = story(AS_OF)
    for segment, amount in (("smb", 100), ("ent", 500)):
        wins(world, world.leads(100, "inbound", created, segment=segment)[:20], created, 10, [amount] * 20)
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    found = {row["slice"]: row["estimate"] for row in rows if row["age_days"] == 90}
    assert found == pytest.approx({"ent": 100.0, "smb": 20.0}, rel=1e-12)
    assert world.row(KPI, "inbound", 90)["estimate"] == pytest.approx(60.0, rel=1e-12)
    assert world.row(KPI, "inbound", 90, segments=("ent",))["estimate"] == pytest.approx(100.0, rel=1e-12)


def test_amounts_of_two_currencies_are_neither_added_up_nor_compared(story):
    created = days_before(200)
    world = story(AS_OF)
    for channel, currencies in (("inbound", ["EUR"]), ("outbound", ["USD"]), ("other", ["EUR", "USD"])):
        for place, lead in enumerate(world.leads(100, channel, created)[:20]):
            currency = currencies[place % len(currencies)]
            world.opportunity(lead, created, "won", created, 100, currency=currency)
    rows = {row["channel"]: row for row in world.run(KPI).rows.to_dicts() if row["age_days"] == 90}
    assert {name: (row["status"], row["currency"]) for name, row in rows.items()} == {
        "inbound": ("ok", "EUR"),
        "outbound": ("ok", "USD"),
        "other": ("not_available", None),
        "difference": ("not_available", None),
    }
    for name in ("other", "difference"):
        assert [rows[name][column] for column in AMOUNTS] == [None] * 6


@pytest.mark.parametrize("column", ["acv", "outcome", "closed_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunities"
    assert result.rows.select("channel", "status", "estimate", "low").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]


def test_the_order_of_rows_does_not_matter():
    draw = np.random.default_rng(1)
    told = Story(AS_OF)
    for _ in range(200):
        created = days_before(int(draw.integers(30, 600)))
        lead = told.lead("inbound", created)
        if draw.random() < 0.4:
            told.won(
                lead,
                created + timedelta(days=int(draw.integers(0, 30))),
                round(float(draw.lognormal(9, 1)), 2),
            )
    again = Story(AS_OF)
    for table, rows in told.rows.items():
        again.rows[table] = [rows[place] for place in draw.permutation(len(rows))]
    assert again.run(KPI).rows.equals(told.run(KPI).rows)
