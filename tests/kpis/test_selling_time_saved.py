"""Selling time protected: closers' hours on unfit leads, per 100 leads, screened and not."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, sqrt

import numpy as np
import pytest

from tests.story import Story

KPI = "selling_time_saved"
AS_OF = date(2026, 12, 31)
CREATED = date(2026, 3, 2)
EVERY, SCREENED, CLOSER, GAP = "all leads", "screened first", "closer first", "kept away by screening"
Z = 1.959963984540054


def log(world, lead, hours, day=4, role="AE"):
    world.add(
        "time_log",
        rep_id="ae1",
        worked_on=CREATED + timedelta(days=day),
        minutes=60.0 * hours,
        role=role,
        lead_id=lead,
    )


def group(world, count, unfit, hours=0.0, screened=True, channel="inbound", **values):
    """`count` leads, the first `unfit` of them disqualified on day 20; a conversation on day 2, a closer on day 4."""
    leads = []
    for place in range(count):
        gone = CREATED + timedelta(days=20) if place < unfit else None
        leads.append(world.lead(channel, values.get("created", CREATED), disqualified=gone, **values))
        if screened:
            world.call(leads[-1], CREATED + timedelta(days=2), "connected_no_result")
        if hours:
            log(world, leads[-1], hours)
    return leads


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def limits(count, unfit, hours):
    """Unfit leads with the same hours each, alone in their account: a proportion times the hours."""
    share = unfit / count
    se = sqrt(count / (count - 1) * (1 - share) / (count * share))
    return [100 * share * hours * exp(sign * Z * se) for sign in (-1, 1)]


def test_hours_on_unfit_leads_with_and_without_a_screen(story):
    world = story(AS_OF)
    group(world, 50, 10, 0.5)
    group(world, 40, 20, 2.0, screened=False)
    rows = by_measure(world.run(KPI))
    # screened: 10 x .5 h on 50 leads = 10 h per 100; closer first: 20 x 2 h on 40 = 100 h per 100; the gap is 90
    low, high = limits(50, 10, 0.5)
    assert rows[SCREENED] == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 5.0,
        "denominator": 50,
        "estimate": pytest.approx(10, abs=1e-12),
        "low": pytest.approx(low, rel=1e-9),
        "high": pytest.approx(high, rel=1e-9),
        "n_old_enough": 50,
        "status": "ok",
        "horizon_days": 60,
        "measure": SCREENED,
        "unfit_count": 10,
        "untouched_count": 0,
    }
    other_low, other_high = limits(40, 20, 2.0)
    closer = rows[CLOSER]
    assert [closer["estimate"], closer["low"], closer["high"]] == pytest.approx([100, other_low, other_high])
    gap = rows[GAP]
    assert gap["estimate"] == pytest.approx(90, abs=1e-9)
    # MOVER: the distance of each value to its own limit, added as squares
    assert gap["low"] == pytest.approx(90 - sqrt((100 - other_low) ** 2 + (high - 10) ** 2), rel=1e-9)
    assert gap["high"] == pytest.approx(90 + sqrt((other_high - 100) ** 2 + (10 - low) ** 2), rel=1e-9)
    assert (gap["numerator"], gap["denominator"], gap["n_old_enough"], gap["status"]) == (None, 90, 40, "ok")
    total = rows[EVERY]
    assert (total["numerator"], total["denominator"]) == (45.0, 90)
    assert total["estimate"] == pytest.approx(50, abs=1e-12)


def test_the_leads_of_an_account_vary_together(story):
    world = story(AS_OF)
    draw = np.random.default_rng(8)
    counts, hours = np.zeros(15), np.zeros(15)
    for account in range(15):
        for _ in range(int(draw.integers(2, 6))):
            unfit = bool(draw.random() < 0.3 + 0.4 * (account % 2))
            spent = float(draw.integers(1, 12)) / 4
            (lead,) = group(world, 1, int(unfit), spent, account_id=f"a{account}")
            assert lead
            counts[account] += 1
            hours[account] += spent * unfit
    mean = hours.sum() / counts.sum()
    se = np.sqrt(15 / 14 * np.sum((hours - mean * counts) ** 2)) / counts.sum() / mean
    row = by_measure(world.run(KPI))[EVERY]
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(
        [100 * mean, 100 * mean * exp(-Z * se), 100 * mean * exp(Z * se)], rel=1e-9
    )


def test_hours_on_leads_that_fit_are_not_lost(story):
    world = story(AS_OF)
    group(world, 40, 0, 3.0)
    row = by_measure(world.run(KPI))[EVERY]
    assert (row["estimate"], row["low"], row["high"], row["status"]) == (0.0, 0.0, None, "ok")


def test_a_call_without_a_fit_makes_a_lead_unfit(story):
    world = story(AS_OF)
    leads = group(world, 40, 0, 1.0)
    for lead in leads[:10]:
        world.call(lead, CREATED + timedelta(days=60), "no_fit")
    for lead in leads[10:20]:
        world.call(lead, CREATED + timedelta(days=61), "no_fit")
    assert by_measure(world.run(KPI))[EVERY]["unfit_count"] == 10


def test_only_closers_hours_count_and_only_to_the_age_of_judgement(story):
    world = story(AS_OF)
    leads = group(world, 40, 40)
    for role in ("ae", "Account Executive", "closer", "SALES"):
        log(world, leads[0], 1, role=role)
    log(world, leads[0], 50, role="sdr")
    log(world, leads[0], 50, role=None)
    log(world, leads[1], 1, day=60)
    log(world, leads[1], 50, day=61)
    assert by_measure(world.run(KPI))[EVERY]["numerator"] == 5.0


def test_the_arm_is_what_came_first(story):
    world = story(AS_OF)
    for lead in group(world, 30, 30, screened=False):
        world.call(lead, CREATED + timedelta(days=4), "connected_no_result")
        log(world, lead, 1, day=4)  # the same day: the conversation came first
    for lead in group(world, 31, 31, screened=False):
        world.call(lead, CREATED + timedelta(days=4), "connected_no_result")
        log(world, lead, 1, day=3)
    for lead in group(world, 32, 32, screened=False):
        world.call(lead, CREATED + timedelta(days=4), "voicemail")
    rows = by_measure(world.run(KPI))
    assert (rows[SCREENED]["denominator"], rows[CLOSER]["denominator"]) == (30, 31)
    assert (rows[EVERY]["denominator"], rows[EVERY]["untouched_count"]) == (93, 32)


def test_young_leads_are_not_compared_with_old_ones(story):
    # before and after would compare leads of different age; here all are 60 days old
    world = story(AS_OF)
    group(world, 40, 20, 1.0)
    created = AS_OF - timedelta(days=59)
    for lead in world.leads(40, "inbound", created, disqualified=created):
        world.add("time_log", rep_id="ae1", worked_on=created, minutes=600.0, role="ae", lead_id=lead)
    row = by_measure(world.run(KPI))[EVERY]
    assert (row["denominator"], row["numerator"]) == (40, 20.0)


def test_what_happens_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    group(world, 40, 20, 1.0)
    on_the_day = by_measure(world.run(KPI, as_of=CREATED + timedelta(days=60)))[EVERY]
    assert (on_the_day["denominator"], on_the_day["numerator"], on_the_day["status"]) == (40, 20.0, "ok")
    before = by_measure(world.run(KPI, as_of=CREATED + timedelta(days=59)))
    assert list(before) == [EVERY]
    assert (before[EVERY]["denominator"], before[EVERY]["status"], before[EVERY]["estimate"]) == (
        0,
        "too_early",
        None,
    )


@pytest.mark.parametrize(("count", "status"), [(29, "too_few"), (30, "ok")])
def test_thirty_leads_are_needed_in_each_arm(story, count, status):
    world = story(AS_OF)
    group(world, count, 10, 1.0, screened=False)
    group(world, 60, 10, 1.0)
    rows = by_measure(world.run(KPI))
    assert rows[SCREENED]["status"] == "ok"
    for measure in (CLOSER, GAP):
        row = rows[measure]
        assert (row["n_old_enough"], row["status"]) == (count, status)
        assert [row[name] is None for name in ("estimate", "low", "high")] == [status == "too_few"] * 3


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    group(world, 30, 10, 1.0, segment="smb")
    group(world, 30, 15, 1.0, segment="ent")
    group(world, 30, 6, 1.0, channel="outbound", segment="ent")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("inbound",)}, {"inbound": (25.0, 60)}),
        ({"segments": ("ent",)}, {"inbound": (15.0, 30), "outbound": (6.0, 30)}),
        ({"from_on": "2026-03-03"}, {}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == EVERY]
    assert {row["channel"]: (row["numerator"], row["denominator"]) for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = [row for row in mixed.run(KPI, slice_by="segment").rows.to_dicts() if row["measure"] == EVERY]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", pytest.approx(50, abs=1e-12)),
        ("ent", "outbound", pytest.approx(20, abs=1e-12)),
        ("smb", "inbound", pytest.approx(100 / 3, abs=1e-12)),
    ]


def test_no_lead_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize(
    ("extract", "column"),
    [("time_log", "minutes"), ("time_log", "role"), ("time_log", "lead_id"), ("leads", "disqualified_at")],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    group(world, 40, 10, 1.0)
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
