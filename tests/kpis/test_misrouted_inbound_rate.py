"""Misroutes: of the calls that come in, how many land in the wrong place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "misrouted_inbound_rate"
AS_OF = date(2026, 12, 31)


def ring(world, count, started="2026-06-01", channel="inbound", transferred=False, misrouted=False, **values):
    for _ in range(count):
        world.call(
            world.lead(channel, "2026-01-01", **values),
            started,
            "qualified",
            direction="inbound",
            is_transferred=transferred,
            is_misrouted=misrouted,
        )


def test_misrouted_calls_over_calls_that_came_in(story):
    world = story(AS_OF)
    ring(world, 12, misrouted=True)
    ring(world, 3, transferred=True, misrouted=None)  # nobody said why it was passed on
    ring(world, 20, transferred=True)  # to a specialist
    ring(world, 15)
    ring(world, 4, transferred=None, misrouted=None)
    # 12 + 3 of 12 + 3 + 20 + 15 = 15 of 50
    low, high = proportion_confint(15, 50, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 15,
            "denominator": 50,
            "estimate": pytest.approx(0.3, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 50,
            "status": "ok",
            "transferred_count": 23,
            "unmarked_transfer_count": 3,
            "unknown_count": 4,
        }
    ]


def test_a_transfer_to_a_specialist_is_no_misroute(story):
    world = story(AS_OF)
    ring(world, 40, transferred=True, misrouted=False)
    row = world.row(KPI)
    assert (row["numerator"], row["estimate"], row["low"]) == (0, 0.0, 0.0)


def test_a_call_of_which_nothing_is_known_is_neither(story):
    world = story(AS_OF)
    ring(world, 30, misrouted=True)
    before = world.row(KPI)
    ring(world, 100, transferred=None, misrouted=None)
    assert world.row(KPI) == before | {"unknown_count": 100}


def test_calls_that_go_out_do_not_count(story):
    world = story(AS_OF)
    ring(world, 30)
    for lead in world.leads(50, "inbound"):
        world.call(
            lead, "2026-06-01", "qualified", direction="outbound", is_transferred=True, is_misrouted=True
        )
        world.call(
            lead, "2026-06-01", "qualified", is_transferred=True, is_misrouted=True
        )  # direction unknown
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (0, 30)


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_calls(story, count, status):
    world = story(AS_OF)
    ring(world, count, misrouted=True)
    row = world.row(KPI)
    assert (row["status"], row["denominator"], row["n_old_enough"]) == (status, count, count)
    shown = None if count < 10 else 1.0
    assert (row["estimate"], row["high"], row["low"] is None) == (shown, shown, count < 10)


def test_a_call_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    ring(world, 30, started=AS_OF)
    ring(world, 30, started=AS_OF + timedelta(days=1), misrouted=True)
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (0, 30)


def test_no_call_gives_no_row(story):
    world = story(AS_OF)
    world.leads(50, "inbound")
    assert world.run(KPI).rows.height == 0
    ring(world, 30)
    assert world.run(KPI, from_on="2026-06-02").rows.height == 0


def test_days_filters_and_slices(story):
    world = story(AS_OF)
    ring(world, 10, "2026-06-01", segment="smb", misrouted=True)
    ring(world, 20, "2026-07-01", segment="ent")
    ring(world, 30, "2026-07-01", "outbound", segment="ent")  # they ring back
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["numerator"], row["denominator"]) for row in rows] == [
        ("ent", "inbound", 0, 20),
        ("ent", "outbound", 0, 30),
        ("smb", "inbound", 10, 10),
    ]
    assert world.row(KPI, to_on="2026-06-30")["denominator"] == 10
    assert world.row(KPI, segments=("ent",))["denominator"] == 20


@pytest.mark.parametrize("column", ["direction", "misroute", "transferred"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    ring(world, 30)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("status", "numerator", "estimate").rows() == [("not_available", None, None)] * 2
