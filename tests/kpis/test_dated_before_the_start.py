"""What is dated before its start counts as an event and is in no figure of time, whichever KPI subtracts the two."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

AS_OF = date(2026, 12, 31)
CREATED = date(2026, 1, 1)
AT = datetime(2026, 6, 1, 10)


def meets(world, days, **lead):
    world.meeting(world.lead("inbound", CREATED, **lead), CREATED + timedelta(days=days))


def settles(world, days, **lead):
    world.lead("inbound", CREATED, disqualified=CREATED + timedelta(days=days), **lead)


def wins(world, days, **lead):
    world.opportunity(
        world.lead("inbound", CREATED, **lead), CREATED, "won", CREATED + timedelta(days=days), 1000
    )


def answers(world, days, **lead):
    """So many minutes after its creation."""
    at = AT + timedelta(minutes=days)
    lead = world.lead("inbound", AT.date(), created_at=AT, **lead)
    world.call(lead, at.date(), started_at=at, direction="outbound")


TIMES = {
    "time_to_first_meeting": (meets, "share_by_horizon"),
    "time_to_qualification": (settles, "share_decided"),
    "sales_cycle_length": (wins, "won_by_horizon"),
    "time_to_first_response": (answers, "within_1_hour"),
}


@pytest.mark.parametrize("kpi", TIMES)
@pytest.mark.parametrize("account", [None, "one for two"])
def test_half_of_those_with_a_known_time_and_the_share_of_all(story, kpi: str, account: str | None):
    happens, share = TIMES[kpi]
    world, without = story(AS_OF), story(AS_OF)
    for number in range(40):
        of = {"account_id": f"{account} {number % 30}"} if account else {}
        for each in (world, without):
            happens(each, 10 if number < 15 else 20, **of)
        happens(world, -2 if number % 2 else -30, **of)
    place = {"measure": "wall_clock_minutes"} if kpi == "time_to_first_response" else {}
    asked = {} if place else {"horizon": 30}
    row, known = (each.run(kpi, **asked).row("inbound", **place) for each in (world, without))
    for name in ("numerator", "denominator", "estimate", "low", "high", "n_old_enough", "status"):
        assert row[name] == known[name], name
    assert (row["numerator"], row["denominator"], row["estimate"]) == (40, 40, 20)
    assert row[share] == pytest.approx(1.0, abs=1e-12)
    if asked:
        # 25 of the 80 have not arrived at age 10
        assert world.run(kpi, horizon=10).row("inbound")[share] == pytest.approx(55 / 80, abs=1e-12)


@pytest.mark.parametrize("kpi", TIMES)
def test_where_no_time_is_known_there_is_no_figure_of_time(story, kpi: str):
    world = story(AS_OF)
    for _ in range(40):
        TIMES[kpi][0](world, -30)
    assert all(row["estimate"] is None for row in world.run(kpi).rows.to_dicts())


def test_a_win_before_its_lead_is_a_win(story):
    world = story(AS_OF)
    for days in [-10] * 20 + [30] * 20 + [None] * 60:
        lead = world.lead("inbound", CREATED)
        if days is not None:
            on = CREATED + timedelta(days=days)
            world.opportunity(lead, on, "won", on, 1000)
    won = [world.row("close_rate_at_equal_age", age_days=age)["estimate"] for age in (0, 90)]
    assert won == pytest.approx([0.2, 0.4], abs=1e-12)


def test_the_usual_cycle_of_won_deals_leaves_them_out(story):
    world = story(AS_OF)
    for days in [-400] * 10 + [30] * 15 + [60] * 10:
        wins(world, days)
    assert world.row("pipeline_velocity")["classic_cycle_days"] == 30


def test_a_promise_that_is_due_before_it_is_made_is_no_promise_with_a_time(tmp_path):
    from tests.intake.folders import loaded

    calls = "call_id,lead_id,started_at,direction,outcome_code,callback_due_at\n"
    due = {"K1": "2026-03-02 12:00:00", "K2": "2026-03-01 12:00:00", "K3": "2026-03-02"}
    calls += "".join(f"{key},L1,2026-03-02 10:00:10,outbound,callback,{at}\n" for key, at in due.items())
    found = loaded(tmp_path, leads="lead_id,created_at,channel\nL1,2026-01-01,inbound\n", calls=calls)
    asked = "select call_id from snapshot.fact_calls where callback_due_at is not null order by 1"
    assert found.rows(asked) == [("K1",), ("K3",)]
    assert found.manifest.findings["callback_due_at_before_started_at"] == 1


def test_a_response_before_the_lead_waited_for_nobody_knows_how_long(story):
    busy = story(AS_OF)
    for number in range(10):
        day = CREATED + timedelta(days=number)
        busy.add("capacity", worked_on=day, staffed_min=480.0, hour_of_day=9, language="de")
        at = datetime(day.year, day.month, day.day, 9)
        for waits in [30] * 20 + [-120] * 20:
            lead = busy.lead("inbound", day, created_at=at)
            started = at + timedelta(minutes=waits)
            busy.call(lead, day, started_at=started, direction="outbound", talk_seconds=60)
    (row,) = [row for row in busy.run("capacity_vs_spike").rows.to_dicts() if row["measure"] == "all days"]
    assert (row["response_lead_count"], row["response_p90_minutes"]) == (200, 30)
    tenths = busy.run("response_by_load").rows.to_dicts()
    assert {row["denominator"] for row in tenths} == {20}


def test_a_pick_up_before_the_call_came_in_is_no_moment_of_an_answer(story):
    world = story(AS_OF)
    for seconds in [30] * 20 + [-30] * 20:
        lead = world.lead("inbound", AT.date(), created_at=AT)
        started = AT + timedelta(minutes=5, seconds=10)
        answered = started + timedelta(seconds=seconds)
        world.call(lead, started.date(), started_at=started, answered_at=answered, direction="inbound")
    row = world.run("time_to_first_response").row("inbound", measure="wall_clock_minutes")
    # the start of the call stands in, as where nobody says when it was picked up
    assert (row["numerator"], row["estimate"]) == (40, 5)
