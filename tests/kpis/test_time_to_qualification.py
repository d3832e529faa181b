"""Time to qualification: days until half of the leads, and nine in ten, are settled either way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from lifelines import KaplanMeierFitter

from tests.story import Story

KPI = "time_to_qualification"
AS_OF = date(2026, 12, 31)
FIRST = date(2026, 1, 1)


def days_before(days):
    return AS_OF - timedelta(days=days)


def settle(world, count, day, how="yes", channel="inbound", created=FIRST, **values):
    """Leads settled on that day of their life: qualified, or disqualified."""
    on = created + timedelta(days=day)
    outcome = {"sql_on": on} if how == "yes" else {"disqualified": on}
    return [world.lead(channel, created, **outcome, **values) for _ in range(count)]


def test_the_day_on_which_half_of_the_leads_are_settled(story):
    world = story(AS_OF)
    settle(world, 30, 2)
    settle(world, 30, 5, "no")
    settle(world, 30, 10)
    world.leads(10, created=FIRST)
    # 30 of 100 by day 2, 60 by day 5, 90 by day 10: half on day 5, nine in ten on day 10.
    row = world.row(KPI)
    assert (row["estimate"], row["ninety_days"]) == (5, 10)
    # log(-log) at .6, se .049: .6 ** exp(1.96 x .049/(.6 x .511)) = .497 < .5, so half may come on day 10 only
    assert (row["low"], row["high"]) == (5, 10)
    assert (row["ninety_low"], row["ninety_high"]) == (10, None)  # .9 is never surely passed: 10 stay open
    assert (row["numerator"], row["denominator"], row["status"]) == (90, 100, "ok")
    assert row["share_decided"] == pytest.approx(0.9, abs=1e-12)


def test_a_fast_no_shows_beside_the_time_it_shortens(story):
    world = story(AS_OF)
    settle(world, 80, 1, "no")
    settle(world, 20, 9)
    row = world.row(KPI)
    assert row["estimate"] == 1
    assert [row["share_qualified"], row["share_closed"]] == pytest.approx([0.2, 0.8], abs=1e-12)
    assert row["qualified_low"] < 0.2 < row["qualified_high"]


def test_open_leads_wait_and_are_not_fast(story):
    world = story(AS_OF)
    settle(world, 40, 3)
    world.leads(60, created=FIRST)
    row = world.row(KPI)
    # the 40 settled took 3 days; of all leads fewer than half are settled at all
    assert (row["estimate"], row["high"], row["status"]) == (None, None, "ok")
    assert row["share_decided"] == pytest.approx(0.4, abs=1e-12)


def test_the_median_of_censored_leads_is_that_of_kaplan_and_meier(story):
    world = story(AS_OF)
    durations, observed = [], []
    for place in range(200):
        created, wait = days_before(2 + place), (place * 7) % 41
        known = wait <= (AS_OF - created).days
        settle(world, 1, wait, "yes" if place % 3 else "no", created=created)
        durations.append(wait if known else (AS_OF - created).days)
        observed.append(known)
    oracle = KaplanMeierFitter().fit(durations, observed)
    assert world.row(KPI)["estimate"] == oracle.median_survival_time_


def test_a_win_or_a_loss_settles_a_lead_too(story):
    world = story(AS_OF)
    leads = world.leads(100, created=FIRST)
    for place, lead in enumerate(leads[:60]):
        (world.won if place % 2 else world.lost)(lead, FIRST + timedelta(days=8))
    assert (world.row(KPI)["estimate"], world.row(KPI)["numerator"]) == (8, 60)


def test_what_is_settled_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    settle(world, 60, 20, created=days_before(20))
    settle(world, 60, 21, created=days_before(20))
    row = world.row(KPI)
    assert (row["estimate"], row["numerator"]) == (20, 0)  # 60 of 120, none of them by day 14


@pytest.mark.parametrize(("events", "status"), [(9, "too_few"), (10, "ok")])
def test_a_quantile_needs_ten_settled_leads(story, events, status):
    world = story(AS_OF)
    settle(world, events, 1)
    world.leads(100 - events, created=days_before(14))
    row = world.row(KPI)
    assert row["status"] == status
    assert row["estimate"] is None  # not reached in either case


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
def test_the_gate_counts_leads_that_are_fourteen_days_old(story, old, young, status):
    world = story(AS_OF)
    settle(world, old, 4, created=days_before(14))
    world.leads(young, created=days_before(13))
    row = world.row(KPI)
    assert (row["n_old_enough"], row["status"]) == (old, status)
    assert [row["estimate"], row["low"], row["high"]] == ([None] * 3 if old < 30 else [4, 4, 4])


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100)
    assert world.run(KPI, from_on="2027-02-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    settle(world, 100, 2, source="web", segment="smb")
    settle(world, 100, 6, source="webinar", segment="ent")
    settle(world, 100, 30, channel="outbound", source="sdr", segment="ent")
    return world


def test_filters_choose_leads(mixed):
    assert mixed.row(KPI, sources=("webinar",))["estimate"] == 6
    rows = mixed.run(KPI, sources=("web", "sdr")).rows.to_dicts()
    assert [(row["channel"], row["estimate"]) for row in rows] == [("inbound", 2), ("outbound", 30)]


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"], row["horizon_days"]) for row in rows] == [
        ("ent", "inbound", 6, 14),
        ("ent", "outbound", 30, 60),
        ("smb", "inbound", 2, 14),
    ]


@pytest.mark.parametrize("column", ["created_at", "sql_at", "disqualified_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    world.leads(100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'leads' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract leads"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
