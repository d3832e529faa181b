"""Long-term close rate: of the leads created, how many are won by the age their channel is judged at."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "long_term_close_rate"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def test_won_by_180_days_inbound_and_540_outbound_over_all_leads(story):
    world = story(AS_OF)
    for channel in ("inbound", "outbound"):
        leads = world.leads(200, channel, "2025-01-01")
        for lead in leads[:20]:
            world.won(lead, "2025-06-30")  # day 180
        for lead in leads[20:36]:
            world.won(lead, "2026-06-25")  # day 540
        world.won(leads[36], "2026-06-26")  # day 541
        for lead in leads[40:100]:
            world.lost(lead, "2025-03-02")
    rows = world.run(KPI).rows.to_dicts()
    # inbound 20/200 = .10 and 120 still open: at most .10 + .60. outbound 36/200 = .18 and 104 open: at most
    # .70. won / (won + lost) would say 37/97 = .38.
    assert [(row["channel"], row["horizon_days"], row["numerator"], row["denominator"]) for row in rows] == [
        ("inbound", 180, 20, 200),
        ("outbound", 540, 36, 200),
    ]
    for row, share, open_share in zip(rows, (0.10, 0.18), (0.60, 0.52), strict=True):
        limits = loglog(share, sqrt(share * (1 - share) / 200))
        assert [row["estimate"], row["low"], row["high"]] == pytest.approx([share, *limits], abs=1e-12)
        assert [row["final_low"], row["final_high"]] == pytest.approx([share, share + open_share], abs=1e-12)
        assert (row["slice"], row["n_old_enough"], row["status"]) == ("all", 200, "ok")
        assert row["judge_on"] == date(2025, 1, 1) + timedelta(days=row["horizon_days"])


def test_losses_compete_and_young_leads_are_censored(story):
    world = story(AS_OF)
    old, young = world.leads(100, "inbound", "2026-01-01"), world.leads(100, "inbound", days_before(60))
    for lead in [*old[:40], *young[:40]]:
        created = date(2026, 1, 1) if lead in old else days_before(60)
        world.lost(lead, created + timedelta(days=30))
    for lead in old[40:55]:
        world.won(lead, "2026-04-11")
    # Day 30: 80 of 200 lost, S = .6. Day 60: the 60 open young ones leave. Day 100: 15 of 60 won,
    # F = .6 x 15/60 = .15. Won / all to date says 15/200 = .075, 1 - Kaplan-Meier says 15/60 = .25.
    row = world.row(KPI)
    assert row["estimate"] == pytest.approx(0.15, abs=1e-12)
    assert row["final_high"] == pytest.approx(0.15 + 0.6 * 45 / 60, abs=1e-12)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (15, 200, 100)


def test_the_first_win_counts_even_when_another_opportunity_was_lost(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-01-01")
    world.lost(leads[0], "2026-02-01")
    world.won(leads[0], "2026-03-01")
    world.won(leads[0], "2026-12-01")
    assert world.row(KPI)["numerator"] == 1


def test_a_lead_is_lost_only_when_its_last_opportunity_is(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-01-01")
    for lead in leads[:50]:
        world.lost(lead, "2026-02-01")
        world.opportunity(lead, "2026-01-20")  # a second one is still open
    for lead in leads[50:80]:
        world.lost(lead, "2026-02-01")
        world.lost(lead, "2026-03-01")
    # 70 are still open at day 180: 50 with an open opportunity and 20 without any
    row = world.row(KPI)
    assert [row["estimate"], row["final_high"]] == pytest.approx([0.0, 0.7], abs=1e-12)


def test_a_disqualified_lead_with_an_open_opportunity_is_open(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-01-01", disqualified="2026-01-15")
    for lead in leads[:25]:
        world.opportunity(lead, "2026-02-01")
    assert world.row(KPI)["final_high"] == pytest.approx(0.25, abs=1e-12)


def test_a_win_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    world.leads(100, "inbound", days_before(200))
    young = world.leads(25, "inbound", days_before(60))
    world.won(young[0], AS_OF)
    world.won(young[1], AS_OF + timedelta(days=1))  # day 61: in time, but nobody can know yet
    world.opportunity(young[2], days_before(20), "won", AS_OF + timedelta(days=1), 1000)
    row = world.row(KPI)
    # day 60: 1 of the 125 at risk
    assert (row["numerator"], row["estimate"]) == (1, pytest.approx(1 / 125, abs=1e-12))


def test_a_loss_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", days_before(200)):
        world.opportunity(lead, days_before(150), "lost", AS_OF + timedelta(days=1))
    assert world.row(KPI)["final_high"] == pytest.approx(1.0, abs=1e-12)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-05")
    assert world.run(KPI, to_on="2026-01-04").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 40 leads of which 4, 8, 12 and 16 are won on day 90."""
    world = Story(AS_OF)
    groups = (
        (4, "inbound", "2025-01-06", {"source": "web", "segment": "smb"}),
        (8, "inbound", "2025-01-20", {"source": "webinar", "segment": "ent"}),
        (12, "outbound", "2025-02-03", {"source": "sdr", "segment": "smb"}),
        (16, "outbound", "2025-02-17", {"source": "list", "segment": "ent"}),
    )
    for reached, channel, created, values in groups:
        for lead in world.leads(40, channel, created, **values)[:reached]:
            world.won(lead, date.fromisoformat(created) + timedelta(days=90))
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": (28, 80)}),
        ({"sources": ("web", "sdr")}, {"inbound": (4, 40), "outbound": (12, 40)}),
        ({"segments": ("ent",)}, {"inbound": (8, 40), "outbound": (16, 40)}),
        ({"from_on": "2025-01-20", "to_on": "2025-02-03"}, {"inbound": (8, 40), "outbound": (12, 40)}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected
    for row in rows:
        assert row["estimate"] == pytest.approx(row["numerator"] / row["denominator"], abs=1e-12)


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("ent", "inbound", 8, 40),
        ("ent", "outbound", 16, 40),
        ("smb", "inbound", 4, 40),
        ("smb", "outbound", 12, 40),
    ]


@pytest.mark.parametrize(("channel", "days"), [("inbound", 180), ("outbound", 540)])
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
        shown = (0.0, 0.0, 1.0) if old >= 30 else (None, None, None)
        assert (row["estimate"], row["final_low"], row["final_high"]) == shown


def test_with_too_few_leads_old_enough_the_wins_are_counted_but_no_rate_is_given(story):
    world = story(AS_OF)
    for lead in world.leads(200, "outbound", "2026-01-01"):
        world.won(lead, "2026-02-01")
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["denominator"], row["n_old_enough"], row["status"]) == (
        200,
        200,
        0,
        "too_early",
    )
    assert [row[name] for name in ("estimate", "low", "high", "final_low", "final_high")] == [None] * 5
    assert row["judge_on"] == date(2026, 1, 1) + timedelta(days=540)


def test_leads_created_on_as_of_change_the_denominator_only(story):
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", "2026-01-01")[:40]:
        world.won(lead, "2026-01-05")
    before = world.row(KPI)
    for lead in world.leads(50, "inbound", AS_OF):
        world.won(lead, AS_OF)
    assert world.row(KPI) == before | {"denominator": 150}


@pytest.mark.parametrize("column", ["outcome", "closed_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
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
