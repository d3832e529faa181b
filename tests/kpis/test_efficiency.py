"""Efficiency: opportunities per 100 logged hours and per 1,000 of spend, on the same leads at the same age."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, sqrt

import numpy as np
import pytest

from tests.story import Story

KPI = "efficiency"
AS_OF = date(2026, 12, 31)
HOURS, SPEND = "per 100 hours", "per 1,000 of spend"
Z = 1.959963984540054


def days_before(days):
    return AS_OF - timedelta(days=days)


def work(world, count, opportunities, hours, channel="inbound", created="2026-03-02", **values):
    """`count` leads of accounts of their own, the first ones with an opportunity, each with some hours logged."""
    day = date.fromisoformat(created) if isinstance(created, str) else created
    leads = world.leads(count, channel, day, **values)
    for lead in leads[:opportunities]:
        world.opportunity(lead, day + timedelta(days=10))
    for lead in leads:
        log(world, lead, day + timedelta(days=5), hours)
    return leads


def log(world, lead, day, hours):
    world.add("time_log", rep_id="r1", worked_on=day, minutes=60.0 * hours, role="sdr", lead_id=lead)


def pay(world, month, cost, channel="inbound", source="web", kind="media"):
    world.add(
        "spend",
        month_on=date.fromisoformat(month),
        cost_amount=cost,
        channel=channel,
        source=source,
        kind=kind,
    )


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def test_per_hour_and_per_spend(story):
    world = story(AS_OF)
    work(world, 100, 20, 0.5)
    pay(world, "2026-03-01", 4000)
    pay(world, "2026-03-01", 1000, kind="agency")
    rows = by_measure(world.run(KPI))
    # 20 opportunities on 50 hours: 40 per 100. Hours are equal, so only the count varies: with p = .2 its
    # relative variance is (100 / 99) x (1 - p) / (100 p).
    se = sqrt(100 / 99 * 0.8 / 20)
    common = {
        "slice": "all",
        "channel": "inbound",
        "numerator": 20,
        "n_old_enough": 100,
        "status": "ok",
        "horizon_days": 45,
        "lead_count": 100,
        "uncovered_lead_count": 0,
    }
    assert rows[HOURS] == common | {
        "denominator": 50.0,
        "estimate": pytest.approx(40, abs=1e-12),
        "low": pytest.approx(40 * exp(-Z * se), rel=1e-12),
        "high": pytest.approx(40 * exp(Z * se), rel=1e-12),
        "measure": HOURS,
    }
    # 20 on 5,000: 4 per 1,000; spend is fixed, a count of 20 single ones has relative variance 1/20
    assert rows[SPEND] == common | {
        "denominator": 5000.0,
        "estimate": pytest.approx(4, abs=1e-12),
        "low": pytest.approx(4 * exp(-Z * sqrt(1 / 20)), rel=1e-12),
        "high": pytest.approx(4 * exp(Z * sqrt(1 / 20)), rel=1e-12),
        "measure": SPEND,
    }


def test_the_leads_of_an_account_vary_together(story):
    world = story(AS_OF)
    draw = np.random.default_rng(3)
    counts, hours = np.zeros(20), np.zeros(20)
    for account in range(20):
        for lead in world.leads(int(draw.integers(1, 6)), "inbound", "2026-03-02", account_id=f"a{account}"):
            spent = float(draw.integers(1, 9)) / 4
            log(world, lead, date(2026, 3, 3), spent)
            hours[account] += spent
            if draw.random() < 0.2 + 0.6 * (account % 2):
                world.opportunity(lead, "2026-03-20")
                counts[account] += 1
    ratio = counts.sum() / hours.sum()
    # linearised variance of a ratio estimator over 20 clusters (Cochran 1977, 6.4)
    se = np.sqrt(20 / 19 * np.sum((counts - ratio * hours) ** 2)) / hours.sum() / ratio
    row = by_measure(world.run(KPI))[HOURS]
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(
        [100 * ratio, 100 * ratio * exp(-Z * se), 100 * ratio * exp(Z * se)], rel=1e-9
    )


def test_both_sides_end_at_the_same_age_of_the_lead(story):
    world = story(AS_OF)
    leads = work(world, 100, 20, 0.5)
    pay(world, "2026-03-01", 5000)
    before = world.run(KPI).rows
    created = date(2026, 3, 2)
    world.opportunity(leads[50], created + timedelta(days=46))
    log(world, leads[50], created + timedelta(days=46), 10)
    assert world.run(KPI).rows.equals(before)
    world.opportunity(leads[50], created + timedelta(days=45))
    log(world, leads[50], created + timedelta(days=45), 10)
    row = by_measure(world.run(KPI))[HOURS]
    assert (row["numerator"], row["denominator"]) == (21, 60.0)


def test_young_leads_bring_neither_hours_nor_opportunities(story):
    world = story(AS_OF)
    work(world, 40, 20, 1)
    young = work(world, 40, 0, 5, created=days_before(44))
    assert len(young) == 40
    row = by_measure(world.run(KPI))[HOURS]
    assert (row["denominator"], row["lead_count"], row["n_old_enough"]) == (40.0, 40, 40)
    # the same leads are old enough a day later
    world.as_of = AS_OF + timedelta(days=1)
    world.con = None
    assert by_measure(world.run(KPI))[HOURS]["denominator"] == 240.0


def test_leads_of_months_without_spend_are_not_free(story):
    # inbound demand that nobody paid for here would make the spend look better than it is
    world = story(AS_OF)
    work(world, 40, 20, 1)
    work(world, 60, 60, 1, created="2026-04-06")
    pay(world, "2026-03-01", 2000)
    row = by_measure(world.run(KPI))[SPEND]
    assert (row["numerator"], row["estimate"]) == (20, pytest.approx(10, abs=1e-12))
    assert (row["lead_count"], row["uncovered_lead_count"]) == (40, 60)


def test_a_month_is_charged_when_all_its_leads_are_old_enough(story):
    world = story(AS_OF)
    work(world, 40, 20, 1, created="2026-11-02")  # 59 days old; those of 30 November only 31
    pay(world, "2026-11-01", 2000)
    row = by_measure(world.run(KPI))[SPEND]
    assert (row["status"], row["uncovered_lead_count"]) == ("not_available", 40)
    world.as_of = date(2027, 1, 14)  # 30 November + 45 days
    world.con = None
    assert by_measure(world.run(KPI))[SPEND]["estimate"] == pytest.approx(10, abs=1e-12)
    cut = world.run(KPI, from_on="2026-11-02")
    assert by_measure(cut)[SPEND]["status"] == "not_available"


def test_spend_without_a_lead_in_its_month_counts(story):
    world = story(AS_OF)
    work(world, 40, 20, 1)
    pay(world, "2026-03-01", 2000)
    pay(world, "2026-04-01", 3000)
    assert by_measure(world.run(KPI))[SPEND]["denominator"] == 5000.0


def test_nothing_recorded_is_unknown_and_not_free(story):
    world = story(AS_OF)
    work(world, 40, 20, 0)
    for row in by_measure(world.run(KPI)).values():
        assert (row["status"], row["estimate"], row["low"], row["high"]) == (
            "not_available",
            None,
            None,
            None,
        )


def test_hours_without_a_lead_belong_to_no_channel(story):
    world = story(AS_OF)
    work(world, 40, 20, 1)
    log(world, None, date(2026, 3, 3), 500)
    assert by_measure(world.run(KPI))[HOURS]["denominator"] == 40.0


@pytest.mark.parametrize(("opportunities", "status"), [(9, "too_few"), (10, "ok")])
def test_ten_opportunities_are_needed(story, opportunities, status):
    world = story(AS_OF)
    work(world, 100, opportunities, 1)
    pay(world, "2026-03-01", 1000)
    for row in by_measure(world.run(KPI)).values():
        assert (row["numerator"], row["status"]) == (opportunities, status)
        assert [row[name] is None for name in ("estimate", "low", "high")] == [status == "too_few"] * 3


def test_one_account_has_no_range_and_no_rate(story):
    world = story(AS_OF)
    work(world, 40, 20, 1, account_id="the one")
    assert by_measure(world.run(KPI))[HOURS]["status"] == "too_few"


def test_young_leads_alone_are_too_early(story):
    world = story(AS_OF)
    work(world, 40, 20, 1, created=days_before(20))
    assert [row["status"] for row in by_measure(world.run(KPI)).values()] == ["too_early", "too_early"]


def test_what_happens_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    work(world, 40, 20, 1, created=days_before(60))
    then = days_before(15)
    row = by_measure(world.run(KPI, as_of=then))[HOURS]
    assert (row["numerator"], row["denominator"], row["status"]) == (20, 40.0, "ok")
    row = by_measure(world.run(KPI, as_of=days_before(16)))[HOURS]
    assert (row["numerator"], row["denominator"], row["status"]) == (0, 0.0, "too_early")


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    work(world, 20, 10, 2, source="web", segment="smb")
    work(world, 20, 12, 2, source="webinar", segment="ent")
    work(world, 20, 15, 2, "outbound", source="list", segment="ent")
    pay(world, "2026-03-01", 1000, "inbound", "web")
    pay(world, "2026-03-01", 3000, "inbound", "webinar")
    pay(world, "2026-03-01", 5000, "outbound", "list")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"inbound": (22, 4000.0), "outbound": (15, 5000.0)}),
        ({"channels": ("outbound",)}, {"outbound": (15, 5000.0)}),
        ({"sources": ("web",)}, {"inbound": (10, 1000.0)}),
        ({"segments": ("ent",)}, {"inbound": (0, 0.0), "outbound": (0, 0.0)}),  # spend knows no segment
        ({"from_on": "2026-04-01"}, {}),
    ],
)
def test_filters_choose_leads_and_their_spend(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == SPEND]
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_a_slice_by_source_has_its_spend_and_one_by_segment_has_none(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="source").rows.to_dicts() if row["measure"] == SPEND]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("list", "outbound", pytest.approx(3, abs=1e-12)),
        ("web", "inbound", pytest.approx(10, abs=1e-12)),
        ("webinar", "inbound", pytest.approx(4, abs=1e-12)),
    ]
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    found = [(row["slice"], row["channel"], row["measure"], row["status"]) for row in rows]
    assert found == [
        (name, channel, measure, status)
        for name, channel in (("ent", "inbound"), ("ent", "outbound"), ("smb", "inbound"))
        for measure, status in ((SPEND, "not_available"), (HOURS, "ok"))
    ]


def test_no_lead_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize(
    ("extract", "column"),
    [("time_log", "minutes"), ("time_log", "lead_id"), ("spend", "cost"), ("opportunities", "created_at")],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    work(world, 40, 20, 1)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "estimate").rows() == [
        ("inbound", "not_available", None),
        ("outbound", "not_available", None),
    ]
