"""Marketing-qualified to sales-qualified: by 30 days after the lead became marketing-qualified."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "mql_to_sql_rate"
AS_OF = date(2026, 12, 31)
MQL = date(2026, 2, 2)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def mqls(world, count, day=None, channel="inbound", mql=MQL, **values):
    """Leads marketing-qualified on `mql`, sales-qualified `day` days later or not at all."""
    sql = None if day is None else mql + timedelta(days=day)
    return [world.lead(channel, "2026-01-01", mql_on=mql, sql_on=sql, **values) for _ in range(count)]


def skips(world, count, channel="inbound", sql=MQL, **values):
    """Leads sales-qualified without ever having been marketing-qualified."""
    return [world.lead(channel, "2026-01-01", sql_on=sql, **values) for _ in range(count)]


def test_sales_qualified_within_thirty_days_over_all_marketing_qualified(story):
    world = story(AS_OF)
    mqls(world, 30, 30)  # day 30 itself is in time
    mqls(world, 10, 31)
    mqls(world, 60)
    world.leads(500)  # never marketing-qualified: not in the denominator
    row = world.row(KPI)
    low, high = loglog(0.3, sqrt(0.3 * 0.7 / 100))
    assert (row["numerator"], row["denominator"], row["n_old_enough"], row["status"]) == (30, 100, 100, "ok")
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.3, low, high], abs=1e-12)
    assert (row["skipped_count"], row["skipped_share"], row["horizon_days"]) == (0, 0.0, 30)
    assert row["share_without_skipped"] == pytest.approx(0.3, abs=1e-12)
    low, high = proportion_confint(30, 100, method="wilson")
    assert [row["without_skipped_low"], row["without_skipped_high"]] == pytest.approx([low, high], abs=1e-9)


@pytest.mark.parametrize("how", ["rejected_on", "recycled_on", "disqualified"])
def test_a_rejected_recycled_or_disqualified_lead_can_no_longer_arrive(story, how):
    world = story(AS_OF)
    mqls(world, 50, 20, **{how: MQL + timedelta(days=10)})
    mqls(world, 50, 20)
    row = world.row(KPI)
    assert row["estimate"] == pytest.approx(0.5, abs=1e-12)
    assert row["ended_share"] == pytest.approx(0.5, abs=1e-12)


def test_a_lead_that_skipped_the_stage_counts_at_once_and_is_reported(story):
    world = story(AS_OF)
    mqls(world, 20, 10)
    mqls(world, 60)
    skips(world, 20)
    row = world.row(KPI)
    # (20 + 20)/100 with the skips, 20/80 without
    assert (row["numerator"], row["skipped_count"]) == (40, 20)
    assert [row["estimate"], row["skipped_share"], row["share_without_skipped"]] == pytest.approx(
        [0.4, 0.2, 0.25], abs=1e-12
    )


def test_the_rate_without_skips_is_that_of_a_world_without_them(story):
    with_skips, without = story(AS_OF), story(AS_OF)
    for world in (with_skips, without):
        for place in range(120):
            day = place % 40 if place % 3 else None
            mqls(world, 1, day, mql=days_before(1 + place))
    skips(with_skips, 45, sql=days_before(50))
    skips(with_skips, 5, sql=days_before(50), rejected_on=days_before(60))  # rejected before: never arrives
    expected = without.row(KPI)["estimate"]
    row = with_skips.row(KPI)
    assert row["share_without_skipped"] == pytest.approx(expected, abs=1e-12)
    assert row["estimate"] > expected + 0.05
    assert row["skipped_count"] == 50


def test_a_stage_nobody_recorded_gives_no_rate(story):
    world = story(AS_OF)
    mqls(world, 50, 5)
    mqls(world, 50)
    skips(world, 150, "outbound")
    row = world.row(KPI, "outbound")
    assert (row["status"], row["skipped_share"], row["denominator"]) == ("not_available", 1.0, 150)
    assert [row["estimate"], row["low"], row["high"], row["share_without_skipped"]] == [None] * 4
    assert world.row(KPI)["estimate"] == pytest.approx(0.5, abs=1e-12)


def test_outbound_leads_without_any_stage_have_no_row(story):
    world = story(AS_OF)
    mqls(world, 100)
    world.leads(100, "outbound")
    assert world.run(KPI).rows["channel"].to_list() == ["inbound"]


def test_what_comes_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    mqls(world, 50, 10, mql=days_before(10))
    mqls(world, 50, 11, mql=days_before(10))
    mqls(world, 100, 0, mql=AS_OF + timedelta(days=1))
    skips(world, 100, sql=AS_OF + timedelta(days=1))
    mqls(world, 30, mql=days_before(40))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (50, 130)
    assert row["estimate"] == pytest.approx(50 / 130, abs=1e-12)


def test_from_and_to_are_days_of_marketing_qualification(story):
    world = story(AS_OF)
    mqls(world, 40, 3)
    mqls(world, 60, None, mql=date(2026, 3, 4))
    skips(world, 7, sql=date(2026, 3, 4))
    row = world.row(KPI, from_on="2026-03-01", to_on="2026-03-31")
    assert (row["denominator"], row["skipped_count"], row["numerator"]) == (67, 7, 7)
    assert world.run(KPI, from_on="2026-01-01", to_on="2026-01-31").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for count, channel, values in (
        (10, "inbound", {"source": "web", "segment": "smb"}),
        (20, "inbound", {"source": "webinar", "segment": "ent"}),
        (30, "outbound", {"source": "sdr", "segment": "ent"}),
    ):
        mqls(world, count, 3, channel, **values)
        mqls(world, 40 - count, None, channel, **values)
    skips(world, 10, "inbound", source="webinar", segment="ent")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("inbound",)}, {"inbound": (40, 90, 10)}),
        ({"sources": ("web", "sdr")}, {"inbound": (10, 40, 0), "outbound": (30, 40, 0)}),
        ({"regions": ("south",)}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    found = {row["channel"]: (row["numerator"], row["denominator"], row["skipped_count"]) for row in rows}
    assert found == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["skipped_count"]) for row in rows] == [
        ("ent", "inbound", 30, 10),
        ("ent", "outbound", 30, 0),
        ("smb", "inbound", 10, 0),
    ]


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 0, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_gate_counts_those_marketing_qualified_thirty_days_ago(story, old, young, status):
    world = story(AS_OF)
    mqls(world, old, 5, mql=days_before(30))
    mqls(world, young, mql=days_before(29))
    row = world.row(KPI)
    assert (row["n_old_enough"], row["status"]) == (old, status)
    assert [row["estimate"] is None, row["low"] is None, row["share_without_skipped"] is None] == [
        old < 30
    ] * 3


@pytest.mark.parametrize("column", ["mql_at", "sql_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    mqls(world, 100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'leads' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract leads"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
