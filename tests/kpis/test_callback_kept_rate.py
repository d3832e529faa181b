"""Callback kept: of the callbacks that fell due, how many were dialled on time, and reached the person."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "callback_kept_rate"
AS_OF = date(2026, 12, 31)
DUE = datetime(2026, 6, 10, 14, 0)


def promise(world, lead, due=DUE, asked="2026-06-01", **values):
    """A call that promises a callback at `due`; returns the call's id."""
    call_id = f"promise {len(world.rows['fact_calls'])}"
    world.call(lead, asked, "callback_requested", call_id=call_id, callback_due_at=due, **values)
    return call_id


def call_back(world, lead, promised, started, disposition="unreachable", **values):
    world.call(
        lead,
        started.date(),
        disposition,
        **({"callback_of": promised, "started_at": started, "direction": "outbound"} | values),
    )


def kept(world, late_by=0, channel="inbound", disposition="unreachable", due=DUE, rep_id=None, **values):
    """A promise to a new lead, dialled `late_by` minutes after its time; None: never."""
    lead = world.lead(channel, **values)
    promised = promise(world, lead, due, rep_id=rep_id)
    if late_by is not None:
        call_back(world, lead, promised, due + timedelta(minutes=late_by), disposition)
    return promised


def row(world, measure="kept_on_time", channel="inbound", **asked):
    return world.run(KPI, **asked).row(channel, measure=measure)


def test_dialled_on_time_and_connected(story):
    world = story(AS_OF)
    for place in range(40):
        # of ten promises four are kept and two of them connect, for each of four reps alike: no clustering
        minutes = 0 if place % 10 < 4 else 120 if place % 10 < 7 else None
        disposition = "connected_no_result" if place % 10 < 2 else "voicemail"
        kept(world, minutes, disposition=disposition, rep_id=f"r{place // 10}")
    rows = world.run(KPI).rows.to_dicts()
    # Reps do not differ: the variance between them is 0 and the sample is worth all 40 promises.
    limits = {
        share: [pytest.approx(x, abs=1e-9) for x in proportion_confint(share * 40, 40, method="wilson")]
        for share in (0.2, 0.4)
    }
    common = {"slice": "all", "channel": "inbound", "denominator": 40, "n_old_enough": 40, "status": "ok"}
    # 3 of 10 were dialled two hours late
    common |= {"tolerance_minutes": 15.0, "late_count": 12, "without_due_time_count": 0, "rep_count": 4}
    assert rows == [
        common
        | {"numerator": x, "estimate": pytest.approx(p, abs=1e-12), "measure": measure}
        | {"low": limits[p][0], "high": limits[p][1]}
        for measure, x, p in (("connected", 8, 0.2), ("kept_on_time", 16, 0.4))
    ]


def test_a_promise_is_kept_from_fifteen_minutes_before_to_fifteen_after(story):
    world = story(AS_OF)
    for minutes in (-16, -15, 0, 15, 16):
        for _ in range(10):
            kept(world, minutes)
    found = row(world)
    assert (found["numerator"], found["denominator"], found["late_count"]) == (30, 50, 20)


def test_reps_who_differ_widen_the_limits(story):
    world = story(AS_OF)
    for rep, keeps in (("r1", 10), ("r2", 10), ("r3", 1), ("r4", 3)):
        for place in range(10):
            kept(world, 0 if place < keeps else None, rep_id=rep)
    # p = 24/40 = .6; deviations x - 10p are 4, 4, -5, -3, their squares sum to 66;
    # variance 4/3 x 66 / 40^2 = .055; .6 x .4 / .055 = 4.36 promises' worth
    found = row(world)
    limits = proportion_confint(0.6 * (0.24 / 0.055), 0.24 / 0.055, method="wilson")
    assert [found["low"], found["high"]] == pytest.approx(list(limits), abs=1e-9)


def test_a_rescheduled_callback_is_not_kept(story):
    world = story(AS_OF)
    for _ in range(30):
        lead = world.lead()
        first = promise(world, lead)
        # a quarter of an hour and a minute late the rep calls, asks for another time, and keeps that one
        moved_to = DUE + timedelta(days=1)
        call_back(
            world,
            lead,
            first,
            DUE + timedelta(minutes=16),
            "callback_requested",
            call_id=f"second {first}",
            callback_due_at=moved_to,
        )
        call_back(world, lead, f"second {first}", moved_to, "qualified")
    found = row(world)
    # of the two promises to each lead the first was broken
    assert (found["numerator"], found["denominator"], found["late_count"]) == (30, 60, 30)


def test_a_callback_asked_for_without_a_time_is_a_data_defect(story):
    world = story(AS_OF)
    for _ in range(30):
        kept(world)
    for lead in world.leads(7):
        promise(world, lead, None)
    found = row(world)
    assert (found["denominator"], found["estimate"], found["without_due_time_count"]) == (30, 1.0, 7)


def test_a_call_by_the_customer_or_to_another_promise_keeps_nothing(story):
    world = story(AS_OF)
    for _ in range(30):
        lead = world.lead()
        call_back(world, lead, promise(world, lead), DUE, "qualified", direction="inbound")
        call_back(world, lead, None, DUE, "qualified")
    assert [row(world, name)["numerator"] for name in ("kept_on_time", "connected")] == [0, 0]


def test_connecting_late_is_no_connected_callback(story):
    world = story(AS_OF)
    for _ in range(30):
        kept(world, 60, disposition="qualified")
    assert [row(world, name)["numerator"] for name in ("kept_on_time", "connected")] == [0, 0]


def test_only_promises_whose_time_has_run_out_count(story):
    world = story(AS_OF)
    end = datetime(2026, 12, 31, 23, 44)
    for due in (end, end + timedelta(minutes=1)):  # 23:45 may still be kept at midnight
        for _ in range(30):
            kept(world, None, due=due)
    assert row(world)["denominator"] == 30


def test_a_callback_made_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    for _ in range(30):
        kept(world, 0)
    lead = world.lead()
    call_back(world, lead, promise(world, lead), datetime(2027, 1, 1, 9), "qualified")
    found = row(world)
    assert (found["denominator"], found["late_count"]) == (31, 0)
    assert world.run(KPI, as_of="2026-06-09").rows.height == 0
    # a promise made after as_of is not known either, whenever it is said to be due
    promise(world, lead, DUE, "2027-01-02")
    assert row(world)["denominator"] == 31


def test_the_window_holds_days_on_which_a_callback_is_due(story):
    world = story(AS_OF)
    for _ in range(30):
        kept(world)  # asked for on 1 June, due on 10 June
    assert row(world, from_on="2026-06-10", to_on="2026-06-10")["denominator"] == 30
    assert world.run(KPI, from_on="2026-06-01", to_on="2026-06-09").rows.height == 0
    assert world.run(KPI, from_on="2026-06-11").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    for keeps, channel, region in (
        (10, "inbound", "north"),
        (20, "inbound", "south"),
        (30, "outbound", "south"),
    ):
        for place in range(40):
            kept(world, 0 if place < keeps else None, channel, region=region)
    rows = world.run(KPI, slice_by="region").rows.filter(measure="kept_on_time")
    assert rows.select("slice", "channel", "numerator", "denominator").rows() == [
        ("north", "inbound", 10, 40),
        ("south", "inbound", 20, 40),
        ("south", "outbound", 30, 40),
    ]
    assert row(world, regions=("south",))["numerator"] == 20
    assert row(world, channel="outbound", channels=("inbound",)) is None


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edge_of_the_sample(story, count, status):
    world = story(AS_OF)
    for place in range(count):
        kept(world, 0 if place % 2 else None)
    found = row(world)
    assert (found["status"], found["n_old_enough"]) == (status, count)
    assert [found[name] is not None for name in ("estimate", "low", "high")] == [count >= 10] * 3


@pytest.mark.parametrize("column", ["callback_due_at", "callback_of", "started_at", "outcome_code"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    for _ in range(30):
        kept(world)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2


def test_the_tolerance_is_a_setting(story):
    world = story(AS_OF)
    for _ in range(30):
        kept(world, 40)
    promises = world.settings.sla.model_copy(update={"callback_tolerance_minutes": 45})
    world.settings, world.con = world.settings.model_copy(update={"sla": promises}), None
    found = row(world)
    assert (found["numerator"], found["tolerance_minutes"]) == (30, 45.0)
