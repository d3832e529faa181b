"""Lead-to-opportunity: of the leads created, how many became an opportunity by the age of their channel."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "lead_to_opportunity"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def test_inbound_is_read_at_45_days_and_outbound_at_120(story):
    world = story(AS_OF)
    for channel in ("inbound", "outbound", "other"):
        leads = world.leads(200, channel, "2026-01-01")
        for lead in leads[:50]:
            world.opportunity(lead, "2026-02-15")  # day 45
        for lead in leads[50:70]:
            world.opportunity(lead, "2026-02-16")  # day 46
        for lead in leads[70:80]:
            world.opportunity(lead, "2026-05-01")  # day 120
        for lead in leads[80:85]:
            world.opportunity(lead, "2026-05-02")  # day 121
    rows = world.run(KPI).rows.to_dicts()
    # inbound 50/200; outbound 50 + 20 + 10 = 80/200; a channel that is neither takes the longer horizon
    assert [(row["channel"], row["horizon_days"], row["numerator"], row["denominator"]) for row in rows] == [
        ("inbound", 45, 50, 200),
        ("outbound", 120, 80, 200),
        ("other", 120, 80, 200),
    ]
    for row, share in zip(rows, (0.25, 0.40, 0.40), strict=True):
        limits = loglog(share, sqrt(share * (1 - share) / 200))
        assert [row["estimate"], row["low"], row["high"]] == pytest.approx([share, *limits], abs=1e-12)
        assert (row["slice"], row["n_old_enough"], row["status"]) == ("all", 200, "ok")
        assert row["judge_on"] == date(2026, 1, 1) + timedelta(days=row["horizon_days"])


def test_open_leads_count_as_not_yet(story):
    world = story(AS_OF)
    old, young = world.leads(50, "inbound", "2026-01-01"), world.leads(150, "inbound", days_before(20))
    for lead in old[:10]:
        world.opportunity(lead, "2026-01-11")
    for lead in young[:30]:
        world.opportunity(lead, days_before(10))
    for lead in old[10:30]:
        world.opportunity(lead, "2026-01-31")
    # Day 10: 40 of 200, F = .2. Day 20: 120 young ones leave. Day 30: 20 of 40, F = .2 + .8 x .5 = .6.
    row = world.row(KPI)
    assert row["estimate"] == pytest.approx(0.6, abs=1e-12)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (60, 200, 50)


def test_a_lead_disqualified_first_competes(story):
    world = story(AS_OF)
    leads = world.leads(40, "inbound", "2026-01-01")
    world.leads(40, "inbound", "2026-01-01", disqualified="2026-01-06")
    world.leads(40, "inbound", days_before(15))
    for lead in leads[:20]:
        world.opportunity(lead, "2026-01-31")
    # Day 5: 40 of 120 leave disqualified, S = 2/3. Day 15: 40 open ones leave. Day 30: 20 of 40, F = 2/3 x
    # 1/2. 1 - Kaplan-Meier with the disqualified censored would say 1/2.
    assert world.row(KPI)["estimate"] == pytest.approx(1 / 3, abs=1e-12)


def test_the_first_opportunity_decides_whatever_became_of_it(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-01-01")
    world.opportunity(leads[0], "2026-01-10", "lost", "2026-02-01")
    world.opportunity(leads[0], "2026-06-01")
    world.opportunity(leads[1], "2026-01-10", "won", "2026-01-20", 1000)
    world.opportunity(leads[2], "2026-01-10")
    assert world.row(KPI)["numerator"] == 3


def test_an_opportunity_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    world.leads(100, "inbound", days_before(50))
    young = world.leads(60, "inbound", days_before(40))
    world.opportunity(young[0], AS_OF)
    world.opportunity(young[1], AS_OF + timedelta(days=1))  # day 41: in time, but nobody can know yet
    row = world.row(KPI)
    # day 40: 1 of the 160 at risk
    assert (row["numerator"], row["estimate"]) == (1, pytest.approx(1 / 160, abs=1e-12))


def test_an_opportunity_after_as_of_does_not_undo_a_disqualification(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", days_before(60), disqualified=days_before(59))
    world.opportunity(leads[0], AS_OF + timedelta(days=1))
    row = world.row(KPI, horizon=45)
    assert (row["numerator"], row["estimate"]) == (0, 0.0)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    assert world.run(KPI, from_on="2026-01-02").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 40 leads of which 8, 16, 24 and 32 become opportunities on day 12."""
    world = Story(AS_OF)
    groups = (
        (8, "inbound", "2026-03-02", {"source": "web", "segment": "smb"}),
        (16, "inbound", "2026-03-16", {"source": "webinar", "segment": "ent"}),
        (24, "outbound", "2026-04-06", {"source": "sdr", "segment": "smb"}),
        (32, "outbound", "2026-04-20", {"source": "list", "segment": "ent"}),
    )
    for reached, channel, created, values in groups:
        for lead in world.leads(40, channel, created, **values)[:reached]:
            world.opportunity(lead, date.fromisoformat(created) + timedelta(days=12))
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": (56, 80)}),
        ({"sources": ("web", "sdr")}, {"inbound": (8, 40), "outbound": (24, 40)}),
        ({"segments": ("ent",)}, {"inbound": (16, 40), "outbound": (32, 40)}),
        ({"from_on": "2026-03-16", "to_on": "2026-04-06"}, {"inbound": (16, 40), "outbound": (24, 40)}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected
    for row in rows:
        assert row["estimate"] == pytest.approx(row["numerator"] / row["denominator"], abs=1e-12)


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="source").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("list", "outbound", 32, 40),
        ("sdr", "outbound", 24, 40),
        ("web", "inbound", 8, 40),
        ("webinar", "inbound", 16, 40),
    ]


@pytest.mark.parametrize(("channel", "days"), [("inbound", 45), ("outbound", 120)])
def test_the_gate_counts_leads_as_old_as_the_horizon(story, channel, days):
    # created exactly `days` before as_of is old enough, the day after is not
    world = story(AS_OF)
    cases = {29: "too_early", 30: "provisional", 99: "provisional", 100: "ok"}
    for old in cases:
        world.leads(old, channel, days_before(days), source=f"{old} old")
        world.leads(20, channel, days_before(days - 1), source=f"{old} old")
    rows = {row["slice"]: row for row in world.run(KPI, slice_by="source").rows.to_dicts()}
    for old, status in cases.items():
        row = rows[f"{old} old"]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + 20, status)
        assert row["estimate"] == (0.0 if old >= 30 else None)


def test_leads_created_on_as_of_change_the_denominator_only(story):
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", "2026-01-01")[:40]:
        world.opportunity(lead, "2026-01-05")
    before = world.row(KPI)
    for lead in world.leads(50, "inbound", AS_OF):
        world.opportunity(lead, AS_OF)
    assert world.row(KPI) == before | {"denominator": 150}


@pytest.mark.parametrize(("extract", "column"), [("opportunities", "created_at"), ("leads", "created_at")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    rows = result.rows.select("channel", "status", "numerator", "estimate", "low", "high").rows()
    assert rows == [
        ("inbound", "not_available", None, None, None, None),
        ("outbound", "not_available", None, None, None, None),
    ]
