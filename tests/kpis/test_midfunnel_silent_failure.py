"""Mid-funnel silent failure: of the leads that got to a meeting or an opportunity early, how many end without a decision."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "midfunnel_silent_failure"
AS_OF = date(2026, 12, 31)
CREATED = date(2026, 1, 5)


def met(world, count, channel="inbound", created=CREATED, **values):
    """`count` leads that held a meeting on day 10."""
    leads = world.leads(count, channel, created, **values)
    for lead in leads:
        world.meeting(lead, created + timedelta(days=10))
    return leads


def close(world, leads, outcome, days, reason=None, created=CREATED):
    for lead in leads:
        closed = created + timedelta(days=10 + days)
        world.opportunity(lead, created + timedelta(days=10), outcome, closed, 1000, loss_reason=reason)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def test_forty_of_a_hundred_end_in_silence(story):
    world = story(AS_OF)
    met(world, 25)  # nothing is heard after the meeting: silent 45 days later
    close(world, met(world, 15), "lost", 30, "No response")
    close(world, met(world, 20), "lost", 30, "price")
    close(world, met(world, 40), "won", 30)
    low, high = loglog(0.4, sqrt(0.4 * 0.6 / 100))
    row = world.row(KPI)
    # wins by day 180 of 100 leads: 40; opportunities by day 45: 75
    assert row == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 40,
        "denominator": 100,
        "estimate": pytest.approx(0.4, abs=1e-12),
        "low": pytest.approx(low, abs=1e-12),
        "high": pytest.approx(high, abs=1e-12),
        "n_old_enough": 100,
        "status": "ok",
        "horizon_days": 180,
        "judge_on": CREATED + timedelta(days=190),
        "decided_share": pytest.approx(0.6, abs=1e-12),
        "open_share": pytest.approx(0.0, abs=1e-12),
        "early_share": pytest.approx(0.75, abs=1e-12),
        "late_share": pytest.approx(0.4, abs=1e-12),
        "early_rank": 1,
        "late_rank": 1,
        "rank_gap": 0,
    }


@pytest.mark.parametrize(
    ("reason", "silent"), [(None, 100), ("no decision", 100), ("No-Response", 100), ("price", 0)]
)
def test_which_losses_are_silent(story, reason, silent):
    world = story(AS_OF)
    close(world, met(world, 100), "lost", 20, reason)
    assert world.row(KPI)["numerator"] == silent


def test_a_deal_that_still_looks_alive_waits_45_days(story):
    # pitfall: dormancy is dated 45 days after the last activity, not on as_of
    world = story(AS_OF)
    created = AS_OF - timedelta(days=55)
    met(world, 100, created=created)  # met 45 days ago
    assert world.row(KPI, horizon=45)["numerator"] == 100
    assert world.row(KPI, horizon=44)["numerator"] == 0
    assert world.row(KPI, horizon=44, as_of=AS_OF - timedelta(days=1))["numerator"] == 0


def test_any_activity_keeps_a_lead_awake(story):
    world = story(AS_OF)
    created = AS_OF - timedelta(days=90)
    leads = met(world, 90, created=created)
    for place, lead in enumerate(leads):
        day = created + timedelta(days=40)
        if place < 30:
            world.call(lead, day, "connected_no_result")
        elif place < 60:
            world.meeting(lead, day)
        else:
            world.opportunity(lead, created + timedelta(days=9), opportunity_id=f"deal {place}")
            world.add("opportunity_changes", opportunity_id=f"deal {place}", changed_on=day)
    # quiet from day 40 on: silent on day 85 of the lead, 75 days after the meeting (76 after the opportunity)
    assert world.row(KPI, horizon=74)["numerator"] == 0
    assert world.row(KPI, horizon=76)["numerator"] == 90


def test_leads_that_arrive_late_in_the_middle_are_not_part_of_it(story):
    world = story(AS_OF)
    met(world, 30)
    for lead, day in zip(world.leads(2, "inbound", CREATED), (45, 46), strict=True):
        world.meeting(lead, CREATED + timedelta(days=day))
    assert world.row(KPI)["denominator"] == 31


def test_sources_that_look_better_early_than_late_show_a_gap(story):
    world = story(AS_OF)
    for source, count, wins in (("broad", 60, 6), ("brand", 45, 30), ("referral", 40, 36)):
        leads = met(world, count, source=source)
        close(world, leads[:wins], "won", 30)
        close(world, leads[wins:], "lost", 120, "no decision")
        world.leads(100 - count, "inbound", CREATED, source=source, disqualified=CREATED + timedelta(days=3))
    met(world, 29, source="tiny")
    rows = {row["slice"]: row for row in world.run(KPI, slice_by="source").rows.to_dicts()}
    ranks = {name: (row["early_rank"], row["late_rank"], row["rank_gap"]) for name, row in rows.items()}
    # opportunities by day 45: .60, .45, .40; wins by day 180: .06, .30, .36
    assert ranks == {
        "broad": (1, 3, 2),
        "brand": (2, 2, 0),
        "referral": (3, 1, -2),
        "tiny": (None, None, None),
    }
    assert rows["broad"]["estimate"] == pytest.approx(54 / 60, abs=1e-12)
    assert (rows["tiny"]["status"], rows["tiny"]["estimate"]) == ("too_few", None)


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [(29, 0, "too_few"), (29, 1, "too_early"), (30, 0, "provisional"), (100, 0, "ok")],
)
def test_the_gate_counts_leads_180_days_after_they_got_there(story, old, young, status):
    world = story(AS_OF)
    met(world, old, created=AS_OF - timedelta(days=190))
    met(world, young, created=AS_OF - timedelta(days=189))
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert (row["estimate"] is None) == (old < 30)


def test_nobody_in_the_middle_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", CREATED)
    assert world.run(KPI).rows.height == 0
    met(world, 100)
    assert world.run(KPI, from_on="2026-01-19").rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for silent, channel, source, segment in (
        (10, "inbound", "web", "smb"),
        (20, "inbound", "list", "ent"),
        (30, "outbound", "sdr", "ent"),
    ):
        leads = met(world, 40, channel, source=source, segment=segment)
        close(world, leads[silent:], "won", 20)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, [("all", "outbound", 30, 40)]),
        ({"segments": ("ent",)}, [("all", "inbound", 20, 40), ("all", "outbound", 30, 40)]),
        ({"sources": ("web",)}, [("all", "inbound", 10, 40)]),
        (
            {"slice_by": "segment"},
            [("ent", "inbound", 20, 40), ("ent", "outbound", 30, 40), ("smb", "inbound", 10, 40)],
        ),
    ],
)
def test_filters_and_slices(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == expected


@pytest.mark.parametrize(
    ("extract", "column"), [("opportunity_changes", "changed_at"), ("meetings", "held_at")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    met(world, 100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
