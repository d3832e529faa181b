"""Responded within the promised time: of the leads created, how many had a human response by then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "response_within_sla"
AS_OF = date(2026, 12, 31)
BORN = datetime(2026, 6, 1, 10, 0)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [pytest.approx(share ** exp(sign * z * se / (share * log(share))), abs=1e-12) for sign in (-1, 1)]


def born(world, count=1, channel="inbound", at=BORN, **values):
    return world.leads(count, channel, at.date(), created_at=at, **values)


def answer(world, lead, after, at=BORN, direction="outbound", **values):
    """A dial `after` minutes of the lead's life."""
    started = at + timedelta(minutes=after)
    world.call(lead, started.date(), started_at=started, direction=direction, **values)


def promised(world, minutes):
    """The world with another promise."""
    promises = world.settings.sla.model_copy(update={"response_minutes": minutes})
    world.settings, world.con = world.settings.model_copy(update={"sla": promises}), None
    return world


def test_responses_within_sixty_minutes_over_all_leads(story):
    world = story(AS_OF)
    leads = born(world, 100)
    for lead in leads[:40]:
        answer(world, lead, 60)  # the sixtieth minute itself is in time
    for lead in leads[40:70]:
        answer(world, lead, 61)
    # Nobody is younger than an hour: the plain 40 / 100, variance p(1 - p)/n.
    low, high = loglog(0.4, sqrt(0.4 * 0.6 / 100))
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 40,
            "denominator": 100,
            "estimate": pytest.approx(0.4, abs=1e-12),
            "low": low,
            "high": high,
            "n_old_enough": 100,
            "status": "ok",
            "sla_minutes": 60,
            "judge_on": date(2026, 6, 2),
        }
    ]


def test_a_lead_nobody_answers_stays_in_the_denominator(story):
    world = story(AS_OF)
    for lead in born(world, 50):
        answer(world, lead, 1)
    born(world, 150)
    assert world.row(KPI)["estimate"] == pytest.approx(0.25, abs=1e-12)


def test_outbound_has_no_promise(story):
    world = story(AS_OF)
    for lead in born(world, 100, "outbound"):
        answer(world, lead, 1)
    row = world.row(KPI, "outbound")
    assert (row["status"], row["denominator"], row["n_old_enough"]) == ("not_available", 100, 100)
    assert [row[name] for name in ("numerator", "estimate", "low", "high")] == [None] * 4


def test_a_token_touch_counts_which_is_why_it_is_paired(story):
    # a dial nobody picks up in minute 4: in time, and no decision maker
    world = story(AS_OF)
    for lead in born(world, 100):
        answer(world, lead, 4, disposition="unreachable")
    assert world.row(KPI)["estimate"] == 1.0
    assert world.run(KPI).kpi.counter == "decision_maker_reach_rate"
    assert world.row("decision_maker_reach_rate")["estimate"] == 0.0


def test_the_clock_does_not_start_again(story):
    world = story(AS_OF)
    for lead in born(world, 100, mql_on=date(2026, 6, 5), recycled_on=date(2026, 6, 5)):
        answer(world, lead, 0, at=datetime(2026, 6, 5, 10))
    row = world.row(KPI)
    assert (row["numerator"], row["estimate"]) == (0, 0.0)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"direction": "outbound"}, True),
        ({"direction": "inbound", "answered_at": BORN + timedelta(minutes=9)}, True),
        ({"direction": "inbound", "answered_at": BORN + timedelta(minutes=61)}, False),
        ({"direction": "inbound"}, False),  # rang, and nobody answered
        ({"direction": None}, False),
    ],
)
def test_what_a_response_is(story, values, counts):
    world = story(AS_OF)
    for lead in born(world, 100):
        answer(world, lead, 8, **values)
    assert world.row(KPI)["numerator"] == 100 * counts


def test_a_lead_closed_unanswered_is_not_answered_in_time(story):
    world = story(AS_OF)
    late = BORN.replace(hour=23, minute=50)
    for lead in born(world, 100, at=late, disqualified=late.date()):
        answer(world, lead, 30, at=late)  # 20 past midnight: the lead was closed the day before
    assert world.row(KPI)["numerator"] == 0


def test_the_promise_is_a_setting(story):
    world = story(AS_OF)
    for place, lead in enumerate(born(world, 100)):
        answer(world, lead, place + 1)
    row = promised(world, 15).row(KPI)
    assert (row["numerator"], row["sla_minutes"]) == (15, 15)


def test_a_response_after_as_of_is_not_seen_and_a_young_lead_is_open(story):
    world = story(AS_OF)
    born(world, 60, at=datetime(2026, 12, 1, 9))
    evening = datetime(2026, 12, 31, 23, 30)
    for lead in born(world, 60, at=evening):
        answer(world, lead, 40, at=evening)
    row = world.row(KPI)
    assert (row["numerator"], row["estimate"], row["denominator"], row["n_old_enough"]) == (0, 0.0, 120, 60)
    # a promise of three days: a lead of yesterday is followed for two; 30 of 90 answered on the spot
    world = promised(story(AS_OF), 4320)
    born(world, 30, at=datetime(2026, 12, 1, 9))
    yesterday = datetime(2026, 12, 30, 9)
    for lead in born(world, 60, at=yesterday)[:30]:
        answer(world, lead, 5, at=yesterday)
    row = world.row(KPI)
    assert (row["n_old_enough"], row["status"]) == (30, "provisional")
    assert row["estimate"] == pytest.approx(1 / 3, abs=1e-12)


def test_leads_of_today_change_the_denominator_only(story):
    world = story(AS_OF)
    for lead in born(world, 100)[:40]:
        answer(world, lead, 5)
    before = world.row(KPI)
    today = datetime(2026, 12, 31, 8)
    for lead in born(world, 50, at=today):
        answer(world, lead, 2, at=today)
    assert world.row(KPI) == before | {"denominator": 150}


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 9, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_edge_of_maturity(story, old, young, status):
    # an hour has passed for certain only for leads of yesterday and before
    world = story(AS_OF)
    for lead in born(world, old, at=datetime(2026, 12, 30, 23, 59)):
        answer(world, lead, 0, at=datetime(2026, 12, 30, 23, 59))
    born(world, young, at=datetime(2026, 12, 31, 0, 0))
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert [row[name] is not None for name in ("estimate", "low", "high")] == [old >= 30] * 3


def test_filters_slices_and_windows():
    world = Story(AS_OF)
    for answers, source, day in ((10, "web", 1), (20, "webinar", 8), (30, "referral", 15)):
        at = datetime(2026, 6, day, 10)
        for lead in born(world, 40, at=at, source=source)[:answers]:
            answer(world, lead, 5, at=at)
    rows = world.run(KPI, slice_by="source").rows.select("slice", "numerator", "denominator").rows()
    assert rows == [("referral", 30, 40), ("web", 10, 40), ("webinar", 20, 40)]
    assert world.row(KPI, sources=("web", "referral"))["numerator"] == 40
    assert world.row(KPI, from_on="2026-06-08", to_on="2026-06-14")["numerator"] == 20
    assert world.run(KPI, from_on="2026-07-06").rows.height == 0
    assert world.run(KPI, channels=("other",)).rows.height == 0
    assert Story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize("need", ["leads.created_at", "calls.started_at", "calls.direction"])
def test_without_its_data_it_is_not_available(story, need):
    world = story(AS_OF)
    born(world, 100)
    extract, column = need.split(".")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
