"""Early-stage conversion: of the leads created, how many have held a first meeting by day 30."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "early_stage_conversion"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def test_meetings_held_by_day_30_over_all_leads(story):
    world = story(AS_OF)
    met = world.leads(40, "inbound", "2026-01-01")
    late = world.leads(5, "inbound", "2026-01-01")
    world.leads(10, "inbound", "2026-01-01", disqualified="2026-01-06")
    world.leads(45, "inbound", "2026-01-01")
    for lead in met:
        world.meeting(lead, "2026-01-31")  # day 30 itself is in time
    for lead in late:
        world.meeting(lead, "2026-02-01")  # day 31 is too late
    # Nobody is censored before day 30, so the share is the plain 40 / 100 and its variance p(1 - p)/n.
    low, high = loglog(0.40, sqrt(0.40 * 0.60 / 100))
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 40,
            "denominator": 100,
            "estimate": pytest.approx(0.40, abs=1e-12),
            "low": pytest.approx(low, abs=1e-12),
            "high": pytest.approx(high, abs=1e-12),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 30,
            "judge_on": date(2026, 1, 31),  # the hundredth lead came on 1 January; 30 days later
        }
    ]


def test_young_leads_are_censored_and_not_counted_as_failures(story):
    world = story(AS_OF)
    old = world.leads(60, "inbound", "2026-01-01")
    young = world.leads(60, "inbound", days_before(15))
    for lead in old[:24]:
        world.meeting(lead, "2026-01-11")
    for lead in young[:24]:
        world.meeting(lead, days_before(5))
    for lead in old[24:42]:
        world.meeting(lead, "2026-01-21")
    # Day 10: 48 of 120 met, F = .4. Day 15: the 36 other young leads leave unseen.
    # Day 20: 18 of the 36 old leads still at risk, F = .4 + .6 x 18/36 = .7. Met / all would say 66/120 =
    # .55.
    row = world.row(KPI)
    assert row["estimate"] == pytest.approx(0.7, abs=1e-12)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (66, 120, 60)
    # Greenwood-type variance at day 20, two event days (10: n 120, d 48; 20: n 36, d 18):
    # (F - F(10))^2 d/(n(n - d)) + d(n - d)/n^3 - 2 (F - F(10)) d/n^2, and S^2 d1(n - d1)/n^3 for the last.
    variance = 0.3**2 * 48 / (120 * 72) + 48 * 72 / 120**3 - 2 * 0.3 * 48 / 120**2 + 0.6**2 * 18 * 18 / 36**3
    assert [row["low"], row["high"]] == pytest.approx(loglog(0.7, sqrt(variance)), abs=1e-12)
    assert row["status"] == "provisional"


def test_a_disqualified_lead_can_no_longer_meet(story):
    world = story(AS_OF)
    old = world.leads(30, "inbound", "2026-01-01")
    world.leads(30, "inbound", "2026-01-01", disqualified="2026-01-06")
    world.leads(30, "inbound", days_before(15))
    world.leads(30, "inbound", days_before(15), disqualified=days_before(10))
    for lead in old[:15]:
        world.meeting(lead, "2026-01-21")
    # Day 5: 60 of 120 disqualified, S = .5. Day 20: 15 of the 30 at risk, F = .5 x .5 = .25.
    # 1 - Kaplan-Meier would say .5: as if nobody were ever disqualified.
    assert world.row(KPI)["estimate"] == pytest.approx(0.25, abs=1e-12)


def test_a_meeting_after_the_disqualification_does_not_count(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-01-01", disqualified="2026-01-06")
    world.meeting(leads[0], "2026-01-06")  # the same day: the meeting came first
    world.meeting(leads[1], "2026-01-07")
    assert world.row(KPI)["numerator"] == 1


def test_a_booked_meeting_that_was_not_held_does_not_count(story):
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", "2026-01-01"):
        world.meeting(lead, None, booked_on=date(2026, 1, 2), scheduled_on=date(2026, 1, 5))
    row = world.row(KPI)
    assert (row["numerator"], row["estimate"], row["low"]) == (0, 0.0, 0.0)
    # Wilson with nothing reached: upper limit z^2 / (n + z^2)
    assert row["high"] == pytest.approx(1.959963984540054**2 / (100 + 1.959963984540054**2), abs=1e-12)


def test_the_second_meeting_of_a_lead_adds_nothing(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-01-01")
    for held in ("2026-01-20", "2026-01-04", "2026-01-09"):
        world.meeting(leads[0], held)
    assert world.row(KPI)["numerator"] == 1


def test_below_five_meetings_the_interval_is_wilson(story):
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", "2026-01-01")[:4]:
        world.meeting(lead, "2026-01-02")
    row = world.row(KPI)
    assert [row["low"], row["high"]] == pytest.approx(proportion_confint(4, 100, method="wilson"), abs=1e-9)


def test_a_meeting_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    world.leads(100, "inbound", days_before(40))
    young = world.leads(20, "inbound", days_before(10))
    world.meeting(young[0], AS_OF)
    world.meeting(young[1], AS_OF + timedelta(days=1))  # day 11: in time, but nobody can know yet
    row = world.row(KPI)
    assert row["numerator"] == 1
    # day 10: 1 of the 120 at risk
    assert row["estimate"] == pytest.approx(1 / 120, abs=1e-12)


def test_a_disqualification_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", days_before(30), disqualified=AS_OF + timedelta(days=1))
    for lead in leads[:50]:
        world.meeting(lead, AS_OF)
    assert world.row(KPI)["estimate"] == pytest.approx(0.5, abs=1e-12)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    assert world.run(KPI, from_on="2026-02-01", to_on="2026-02-28").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 50 leads of which 10, 20, 30 and 40 meet on day 3."""
    world = Story(AS_OF)
    groups = (
        (10, "inbound", "2026-03-02", {"source": "web", "segment": "smb"}),
        (20, "inbound", "2026-03-16", {"source": "webinar", "segment": "smb"}),
        (30, "inbound", "2026-04-06", {"source": "web", "segment": "ent"}),
        (40, "outbound", "2026-04-20", {"source": "sdr", "segment": "ent"}),
    )
    for meets, channel, created, values in groups:
        for lead in world.leads(50, channel, created, **values)[:meets]:
            world.meeting(lead, date.fromisoformat(created) + timedelta(days=3))
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("inbound",)}, {"inbound": (60, 150)}),
        ({"sources": ("web", "sdr")}, {"inbound": (40, 100), "outbound": (40, 50)}),
        ({"segments": ("ent",), "sources": ("web",)}, {"inbound": (30, 50)}),
        ({"from_on": "2026-03-17"}, {"inbound": (30, 50), "outbound": (40, 50)}),
        ({"from_on": "2026-03-16", "to_on": "2026-04-05"}, {"inbound": (20, 50)}),
        ({"regions": ("south",)}, {}),
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
        ("ent", "inbound", 30, 50),
        ("ent", "outbound", 40, 50),
        ("smb", "inbound", 30, 100),
    ]


def test_the_gate_counts_leads_that_are_thirty_days_old(story):
    # as_of minus 30 days is the last day of creation that is old enough; 29 days is one too few
    world = story(AS_OF)
    cases = {
        "29 and no more": (29, 0, "too_few"),
        "29 and one young": (29, 1, "too_early"),
        "only young": (0, 40, "too_early"),
        "30": (30, 0, "provisional"),
        "99 and young": (99, 20, "provisional"),
        "100": (100, 0, "ok"),
    }
    for source, (old, young, _) in cases.items():
        for lead in world.leads(old, "inbound", days_before(30), source=source):
            world.meeting(lead, days_before(20))
        world.leads(young, "inbound", days_before(29), source=source)
    rows = {row["slice"]: row for row in world.run(KPI, slice_by="source").rows.to_dicts()}
    assert rows.keys() == cases.keys()
    for source, (old, young, status) in cases.items():
        row = rows[source]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + young, status)
        # on day 10 the young ones were at risk too: the share is old / (old + young)
        assert row["estimate"] == (pytest.approx(old / (old + young), abs=1e-12) if old >= 30 else None)
        assert [row["low"] is None, row["high"] is None] == [old < 30] * 2


def test_the_day_of_judgement_is_when_the_hundredth_lead_is_old_enough_or_else_the_thirtieth(story):
    world = story(AS_OF)
    world.leads(29, "inbound", days_before(25))
    assert world.row(KPI)["judge_on"] is None
    world.leads(70, "inbound", days_before(20))
    assert world.row(KPI)["judge_on"] == AS_OF + timedelta(days=10)
    world.leads(5, "inbound", days_before(3))
    assert world.row(KPI)["judge_on"] == AS_OF + timedelta(days=27)


def test_leads_created_on_as_of_change_the_denominator_only(story):
    world = story(AS_OF)
    for lead in world.leads(100, "inbound", "2026-01-01")[:40]:
        world.meeting(lead, "2026-01-05")
    before = world.row(KPI)
    for lead in world.leads(50, "inbound", AS_OF):
        world.meeting(lead, AS_OF)  # a meeting within the hour: it counts from tomorrow
    assert world.row(KPI) == before | {"denominator": 150}


def test_another_horizon_may_be_asked(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", "2026-01-01")
    for lead, held in zip(leads[:3], ("2026-01-08", "2026-01-09", "2026-01-31"), strict=True):
        world.meeting(lead, held)
    row = world.row(KPI, horizon=7)
    assert (row["numerator"], row["horizon_days"]) == (1, 7)


@pytest.mark.parametrize(("extract", "column"), [("meetings", "held_at"), ("leads", "created_at")])
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
