"""Honest data that must not be punished (the guards of evidence.md, 6): the figure stays, and nothing is left out."""

from __future__ import annotations

import pytest

from tests.evidence.extracts import ask, calls, csv, deals, leads, loaded, meetings, on, told


def is_whole(result) -> bool:
    return not result.unavailable and not result.evidence.is_narrowed


def test_four_strays_among_64_deals(tmp_path):
    lead = lambda each: f"L{each}" if each % 16 else f"old{each}"  # noqa: E731
    snapshot = loaded(tmp_path, 160, leads=leads(range(64)), opportunities=deals(range(64), lead))
    result = ask(snapshot, "lead_to_opportunity")
    assert is_whole(result) and result.row("inbound")["estimate"] == pytest.approx(60 / 64)


def test_a_deal_file_with_blank_lead_ids_still_has_sizes(tmp_path):
    snapshot = loaded(
        tmp_path,
        300,
        leads=leads(range(200)),
        opportunities=deals(range(200), lambda each: f"L{each}" if each % 2 else None),
    )
    result = ask(snapshot, "average_contract_value")
    assert is_whole(result) and result.row("inbound")["estimate"] == pytest.approx(100)
    assert ask(snapshot, "lead_to_opportunity").row("inbound")["estimate"] == pytest.approx(0.5)


def test_a_dialer_that_also_calls_customers(tmp_path):
    rows = [
        (
            f"C{each}",
            f"L{each // 3}" if each % 3 == 0 else f"customer {each}" if each % 3 == 1 else None,
            on(each // 3),
        )
        for each in range(600)
    ]
    snapshot = loaded(
        tmp_path,
        210,
        leads=leads(range(200)),
        calls=csv(
            "call_id,lead_id,started_at,direction",
            ((*row[:2], f"{row[2]} 09:10:00", "outbound") for row in rows),
        ),
    )
    result = ask(snapshot, "response_within_sla")
    assert is_whole(result) and result.row("inbound")["estimate"] == pytest.approx(1.0)


def test_an_outbound_programme_that_began_in_june(tmp_path):
    inbound, outbound = leads(range(365)), leads(range(151, 365), "outbound", prefix="O")
    snapshot = loaded(
        tmp_path,
        370,
        leads=inbound + outbound.split("\n", 1)[1],
        calls=calls(range(151, 365), lambda each: f"O{each}"),
    )
    result = ask(snapshot, "contact_rate")
    assert (
        is_whole(ask(snapshot, "decision_maker_reach_rate"))
        or "reached_role" in ask(snapshot, "decision_maker_reach_rate").unavailable
    )
    assert not told(snapshot, "calls_missing_before")
    assert result.unavailable == "" or "disqualified_at" in result.unavailable


def test_a_holiday_week_without_calls(tmp_path):
    worked = [each for each in range(365) if not 350 <= each < 360]
    snapshot = loaded(tmp_path, 370, leads=leads(range(365)), calls=calls(worked))
    result = ask(snapshot, "response_within_sla")
    assert is_whole(result) and result.row("inbound")["estimate"] == pytest.approx(355 / 365)


def test_a_small_team_with_one_meeting_a_week(tmp_path):
    # and five weeks without one
    held = [each for each in range(3, 700, 7) if not 200 <= each < 235]
    snapshot = loaded(tmp_path, 705, leads=leads(range(700)), meetings=meetings(held))
    result = ask(snapshot, "early_stage_conversion")
    assert is_whole(result) and result.row("inbound")["estimate"] == pytest.approx(len(held) / 700, abs=0.01)


def test_leads_of_the_days_before_the_first_meeting_are_not_before_the_window(tmp_path):
    snapshot = loaded(tmp_path, 300, leads=leads(range(300)), meetings=meetings(range(0, 280, 2), after=12))
    assert is_whole(ask(snapshot, "early_stage_conversion"))


def test_weekends_and_copies_of_once_a_month_are_no_silence(tmp_path):
    weekdays = [each for each in range(300) if on(each).weekday() < 5]
    changes = csv(
        "opportunity_id,changed_at,stage",
        (
            (f"D{each}", on(month * 30), "demo")
            for month in range(1, 10)
            for each in range(0, month * 30 - 10, 3)
        ),
    )
    snapshot = loaded(
        tmp_path,
        300,
        leads=leads(range(290)),
        calls=calls(weekdays, lambda each: f"L{each}"),
        opportunities=deals(range(0, 270, 3)),
        opportunity_changes=changes,
    )
    assert snapshot.manifest.evidence["gaps"] == []
    assert is_whole(ask(snapshot, "response_within_sla"))
