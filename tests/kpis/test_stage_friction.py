"""Stage friction: set-backs, put-offs, hand-overs and stalls in 100 days of an open opportunity."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest

from tests.story import Story

KPI = "stage_friction"
AS_OF = date(2026, 12, 31)
OPENED = date(2026, 3, 2)
Z = 1.959963984540054


def deal(world, states, days=100, channel="inbound", opened=OPENED, **values):
    """An opportunity closed after so many days (None: open); states are (day, stage, expected day, owner), None: not told."""
    lead = world.lead(channel, opened, **values)
    key = f"deal of {lead}"
    closed = None if days is None else opened + timedelta(days=days)
    world.opportunity(lead, opened, "open" if days is None else "won", closed, 1000, opportunity_id=key)
    for day, stage, expected, owner in states:
        world.add(
            "opportunity_changes",
            opportunity_id=key,
            changed_at=datetime.combine(opened, datetime.min.time()) + timedelta(days=day),
            changed_on=opened + timedelta(days=day),
            stage=stage,
            expected_close_on=None if expected is None else opened + timedelta(days=expected),
            owner=owner,
        )


SMOOTH = [(0, "Discovery", 90, "ann"), (50, "Proposal", 90, "ann")]
ROUGH = [
    (0, "Discovery", 90, "ann"),
    (20, "Proposal", 120, "ann"),  # put off
    (40, "discovery ", None, "bob"),  # set back, and another owner
    (60, "Proposal", 100, None),  # forward again, and pulled in: neither is friction
]


def test_four_events_in_each_of_five_of_ten_opportunities(story):
    world = story(AS_OF)
    for _ in range(5):
        deal(world, ROUGH)
        deal(world, SMOOTH)
    # A rough one: put off once, set back once, handed over once. Finished stays in Discovery: 5 of 20 days (day 0), 5 of 20
    # (day 40) and the 5 smooth ones of 50; the median is 20, so those 50 are stalls. Proposal has 5 finished ones: too few.
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 20,
            "denominator": 1000,
            "estimate": pytest.approx(2.0, abs=1e-12),
            # Poisson 1/20 = .05; between opportunities less: 5 with 3 and 5 with 1 event, 10 x (1/20)^2 x 10/9 = .028
            "low": pytest.approx(2 * exp(-Z * sqrt(0.05)), abs=1e-9),
            "high": pytest.approx(2 * exp(Z * sqrt(0.05)), abs=1e-9),
            "n_old_enough": 10,
            "status": "ok",
            "opportunity_count": 10,
            "regression_count": 5,
            "push_count": 5,
            "owner_change_count": 5,
            "stall_count": 5,
        }
    ]


def test_the_interval_widens_when_few_opportunities_hold_the_events(story):
    world = story(AS_OF)
    often = [(day, "Open", 90 + day, "ann") for day in range(40)]  # put off 39 times
    deal(world, often)
    for _ in range(19):
        deal(world, [(0, "Open", 90, "ann")])
    spread = sqrt(20 / 19 * ((1 - 1 / 20) ** 2 + 19 / 20**2))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (39, 2000)
    assert [row["low"], row["high"]] == pytest.approx(
        [1.95 * exp(sign * Z * spread) for sign in (-1, 1)], abs=1e-9
    )
    assert spread > sqrt(1 / 39)


def test_a_renamed_stage_is_no_step_back(story):
    # pitfall: Discovery is called Exploration from day 30 on, Proposal becomes Offer
    world = story(AS_OF)
    for _ in range(5):
        deal(
            world,
            [
                (0, "Discovery", None, None),
                (30, "Exploration", None, None),
                (60, "Proposal", None, None),
                (80, "Offer", None, None),
            ],
        )
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["estimate"], row["low"]) == (0, 500, 0.0, 0.0)
    # no event: the exact upper Poisson limit is -ln(.025) = 3.689 events
    assert row["high"] == pytest.approx(100 * 3.6888794541139363 / 500, abs=1e-12)


def test_days_count_from_the_first_recorded_state(story):
    world = story(AS_OF)
    for _ in range(4):
        deal(world, [(40, "Discovery", 60, "ann"), (50, None, 80, None)])
        deal(world, [])
    row = world.row(KPI)
    assert (row["denominator"], row["opportunity_count"], row["push_count"]) == (240, 4, 4)


def test_what_is_recorded_after_the_close_or_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    late = [(0, "A", 10, "ann"), (100, "A", 20, "ann"), (101, "A", 30, "bob")]
    for _ in range(3):
        deal(world, late)
    assert (world.row(KPI)["push_count"], world.row(KPI)["owner_change_count"]) == (3, 0)
    earlier = world.row(KPI, as_of=OPENED + timedelta(days=99))
    assert (earlier["push_count"], earlier["denominator"], earlier["status"]) == (0, 297, "ok")


def test_an_open_stay_is_a_stall_once_it_is_too_long(story):
    world = story(AS_OF)
    for _ in range(10):
        deal(world, [(0, "A", None, None), (10, "B", None, None)], 30)
    deal(world, [(0, "A", None, None)], None)
    opened = OPENED
    assert world.row(KPI, as_of=opened + timedelta(days=20))["stall_count"] == 0
    assert world.row(KPI, as_of=opened + timedelta(days=21))["stall_count"] == 1


def test_nine_finished_stays_make_no_usual_time(story):
    world = story(AS_OF)
    for _ in range(9):
        deal(world, [(0, "A", None, None), (10, "B", None, None)], 30)
    deal(world, [(0, "A", None, None)], None)
    assert world.row(KPI)["stall_count"] == 0


def test_what_is_usual_does_not_move_with_the_filter(story):
    world = story(AS_OF)
    for _ in range(10):
        deal(world, [(0, "A", None, None), (10, "B", None, None)], 100)
    for _ in range(5):
        deal(world, [(0, "A", None, None), (30, "B", None, None)], 100, "outbound")
    # Of the 15 finished stays in A the median is 10 days, so the five of 30 are stalls; the outbound ones alone are too few to say.
    inbound, outbound = world.run(KPI).rows.to_dicts()
    assert (inbound["stall_count"], outbound["stall_count"]) == (0, 5)
    assert world.run(KPI, channels=("outbound",)).rows.to_dicts() == [outbound]


@pytest.mark.parametrize(("days", "status"), [(199, "too_few"), (200, "ok")])
def test_two_hundred_days_are_needed(story, days, status):
    world = story(AS_OF)
    deal(world, [(0, "A", 10, "ann"), (5, "A", 20, "ann")], days - 100)
    deal(world, [(0, "A", 10, "ann")], 100)
    row = world.row(KPI)
    assert (row["status"], row["denominator"], row["numerator"]) == (status, days, 1)
    shown = status == "ok"
    assert [row[name] is not None for name in ("estimate", "low", "high")] == [shown] * 3
    if shown:
        # one event: 2 x (1/1 - 1/2)^2 x 2/1 = 1 between the two, and 1/1 as Poisson
        assert log(row["high"] / row["estimate"]) == pytest.approx(Z, abs=1e-9)


def test_long_deals_have_more_events_and_the_same_rate(story):
    world = story(AS_OF)
    for _ in range(5):
        deal(world, [(day, "A", 60 + day, None) for day in range(0, 100, 20)])
        deal(world, [(day, "A", 60 + day, None) for day in range(0, 200, 20)], 200, "outbound")
    inbound, outbound = world.run(KPI).rows.to_dicts()
    assert (inbound["numerator"], outbound["numerator"]) == (20, 45)
    assert [inbound["estimate"], outbound["estimate"]] == pytest.approx([4.0, 4.5], abs=1e-12)


def test_nothing_recorded_gives_no_row(story):
    world = story(AS_OF)
    deal(world, [])
    assert world.run(KPI).rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0
    deal(world, ROUGH)
    assert world.run(KPI, from_on="2026-03-09").rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for pushes, channel, source, segment in (
        (1, "inbound", "web", "smb"),
        (2, "inbound", "list", "ent"),
        (4, "outbound", "sdr", "ent"),
    ):
        for _ in range(4):
            states = [(day, None, 50 + day, None) for day in range(pushes + 1)]
            deal(world, states, 100, channel, source=source, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, [("all", "outbound", 4.0)]),
        ({"segments": ("ent",)}, [("all", "inbound", 2.0), ("all", "outbound", 4.0)]),
        ({"sources": ("web", "list")}, [("all", "inbound", 1.5)]),
        (
            {"slice_by": "segment"},
            [("ent", "inbound", 2.0), ("ent", "outbound", 4.0), ("smb", "inbound", 1.0)],
        ),
    ],
)
def test_filters_and_slices(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert [(row["slice"], row["channel"]) for row in rows] == [entry[:2] for entry in expected]
    assert np.allclose([row["estimate"] for row in rows], [entry[2] for entry in expected], atol=1e-12)


@pytest.mark.parametrize("column", ["changed_at", "stage"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    deal(world, ROUGH)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunity_changes' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunity_changes"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]
