"""The checks of queries/checks: a finding for each thing that is wrong, a stop where our own counts are."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from leadquality.contracts import QUERIES
from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot
from leadquality.snapshot.build import CheckFailed

CHECKS = sorted((QUERIES / "checks").glob("*.sql"))
COUNTS = {"cohort_counts_disagree_with_leads", "journey_counts_disagree_with_cohorts"}
EXTRACTS = {
    "leads": """lead_id,created_at,contact_id,channel,source,mql_at,sql_at
L1,2025-01-10,C1,inbound,web,2025-01-11,2025-01-12
L2,2025-01-10,C2,outbound,list,,
L3,2025-01-10,C3,OUT-bound,list,,
L4,2025-01-10,C4,,fair,,
L5,2025-01-10,C5,inbound,,,
L6,2025-01-10,C6,inbound,web,2025-01-12,2025-01-11
L7,2025-01-10,C6,inbound,web,2025-01-12,2025-01-11
""",
    "calls": """call_id,started_at,lead_id,talk_s,outcome_code
K1,2025-01-11T10:00:00Z,L1,60,qualified
K2,2025-01-11T10:00:00+01:00,L1,0,voicemail
K3,2025-01-11 10:00:00.250-0500,L1,60,No-Fit
K4,2025-01-11 10:00,L1,60,no_fit
K5,2025-01-11,L1,60,no_fit
K6,2025-01-11T10:00:00Z,L1,60,CBX
K7,2025-01-11T10:00:00Z,L1,60,
K8,2025-01-11T10:00:00Z,L99,60,qualified
K9,2025-01-11T10:00:00Z,,60,qualified
K10,2025-01-11T10:00:00Z,L1,0,qualified
K11,2025-01-09T10:00:00Z,L1,60,qualified
K12,2025-01-09T10:00:00Z,L1,60,voicemail
""",
    "meetings": """meeting_id,lead_id,booked_at,held_at
M1,L1,2025-01-09,2025-01-10
M2,L1,2025-01-08,2025-01-09
""",
    "opportunities": """opportunity_id,lead_id,created_at,amount,acv,closed_at,outcome
O1,L1,2025-01-10,5,,2025-01-20,won
O2,L1,2025-01-09,5,,,open
O3,L1,2025-01-10,,,2025-01-20,won
O4,L1,2025-01-10,,,2025-01-20,lost
O5,L1,2025-01-10,5,,2025-01-20,open
""",
}
FOUND = {
    "channel_spelling_folded": [("leads", 4, "OUT-bound")],
    "channel_unknown": [("leads", 5, "fair")],
    "conversations_before_their_lead": [("calls", 12, "2025-01-09")],
    "conversations_without_talk_time": [("calls", 11, "qualified")],
    "leads_without_source": [("leads", 6, "L5")],
    "meetings_before_their_lead": [("meetings", 3, "2025-01-09")],
    "opportunities_before_their_lead": [("opportunities", 3, "2025-01-09")],
    "orphan_calls": [("calls", 9, "L99"), ("calls", 10, "(blank)")],
    "reopened_opportunities": [("opportunities", 6, "O5")],
    "same_contact_leads": [("leads", 8, "L7")],
    "stage_order_wrong": [("leads", 7, "L6"), ("leads", 8, "L7")],
    "timestamps_without_zone": [("calls", 5, "2025-01-11 10:00")],
    "unmapped_dispositions": [("calls", 7, "CBX"), ("calls", 8, "(blank)")],
    "won_without_amount": [("opportunities", 4, "O3")],
}


def written(folder: Path) -> Path:
    for name, text in EXTRACTS.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_every_check_finds_what_its_name_says_and_nothing_else(tmp_path):
    home = Home(tmp_path / "home")
    manifest = load(home, written(tmp_path))
    rows = (
        open_snapshot(home)
        .cursor()
        .sql("select code, extract, line, found from snapshot.findings order by all")
        .fetchall()
    )
    found: dict[str, list[tuple[object, ...]]] = {}
    for code, *row in rows:
        found.setdefault(code, []).append(tuple(row))
    assert found == FOUND
    assert manifest.findings == {code: len(rows) for code, rows in FOUND.items()}


def test_every_check_is_told_above():
    assert {path.stem for path in CHECKS} == FOUND.keys() | COUNTS


def test_clean_extracts_give_no_finding(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel,source\nL1,2025-01-10,inbound,web\n")
    (tmp_path / "calls.csv").write_text(
        "call_id,started_at,lead_id,outcome_code\nK1,2025-01-11,L1,voicemail\n"
    )
    assert load(Home(tmp_path / "home"), tmp_path).findings == {}


def test_where_no_lead_has_a_source_the_leads_are_no_findings(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-10,inbound\n")
    assert load(Home(tmp_path / "home"), tmp_path).findings == {}


def test_where_most_stamps_carry_no_offset_none_is_a_finding(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-10,inbound\n")
    calls = "K1,2025-01-11T10:00:00Z,L1,voicemail\nK2,2025-01-11T10:00:00,L1,voicemail\n"
    (tmp_path / "calls.csv").write_text("call_id,started_at,lead_id,outcome_code\n" + calls)
    assert load(Home(tmp_path / "home"), tmp_path).findings == {}


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_a_check_has_no_clock_and_says_what_to_do(path):
    text = path.read_text("utf-8")
    assert not re.search(
        r"\b(now|today|current_\w+|get_current_\w+|random)\b\s*\(?", text.split("select", 1)[1], re.I
    )
    assert re.search(r"^-- severity: (warn|fail)$", text, re.M)[1] == (
        "fail" if path.stem in COUNTS else "warn"
    )


# The counts against the leads: five leads, two of them on the last day, which is as_of or is not.
WORLDS = {"last leads before as_of": "2025-03-01", "last leads on as_of": "2025-01-20"}


def counted(story, as_of: str):
    world = story(as_of)
    world.leads(2, "inbound", "2025-01-10")
    world.lead("outbound", "2025-01-20")
    world.lead("inbound", "2025-01-20")
    world.won(world.lead("inbound", "2025-01-11"), "2025-01-15")
    return world.database()


def complaints(con, stem: str) -> list[str]:
    return [row[3] for row in con.sql((QUERIES / "checks" / f"{stem}.sql").read_text("utf-8")).fetchall()]


@pytest.mark.parametrize("as_of", WORLDS.values(), ids=WORLDS)
def test_counts_that_agree_with_the_leads_pass(story, as_of):
    con = counted(story, as_of)
    assert [complaints(con, stem) for stem in sorted(COUNTS)] == [[], []]


@pytest.mark.parametrize("as_of", WORLDS.values(), ids=WORLDS)
def test_cohort_counts_that_lack_or_double_leads_fail(story, as_of):
    con = counted(story, as_of)
    con.execute(
        "update snapshot.cohort_counts set unit_count = unit_count + 1 where started_on = '2025-01-11' and journey = 'won'"
    )
    con.execute("delete from snapshot.cohort_counts where channel = 'outbound' and journey = 'won'")
    con.execute(
        "insert into snapshot.cohort_counts values ('won', '2025-01-12', 'other', 'a', 'b', 'c', 1, 1)"
    )
    assert sorted(complaints(con, "cohort_counts_disagree_with_leads")) == [
        "won 2025-01-11 inbound: 1 leads, 2 counted",
        "won 2025-01-12 other: 0 leads, 1 counted",
        "won 2025-01-20 outbound: 1 leads, 0 counted",
    ]


@pytest.mark.parametrize("as_of", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("milestone", ["conversation", "meeting", "opportunity", "won"])
def test_a_milestone_that_lacks_or_doubles_leads_fails(story, as_of, milestone):
    con = counted(story, as_of)
    change = f"where journey = '{milestone}' and cohort_week = '2025-01-06'"
    con.execute(f"update snapshot.journey_counts set unit_count = 2 * unit_count {change}")
    # 3 inbound leads were created in the week of 6 January
    assert f"{milestone} 2025-01-06 inbound: 3 set out, 6 followed" in complaints(
        con, "journey_counts_disagree_with_cohorts"
    )
    con.execute(f"delete from snapshot.journey_counts {change}")
    assert f"{milestone} 2025-01-06 inbound: 3 set out, 0 followed" in complaints(
        con, "journey_counts_disagree_with_cohorts"
    )


def test_a_failing_check_stops_the_load_and_nothing_is_published(tmp_path, monkeypatch):
    queries = tmp_path / "queries"
    shutil.copytree(QUERIES, queries)
    counts = queries / "counts" / "cohort_counts.sql"
    counts.write_text(counts.read_text("utf-8").replace("count(*)::bigint", "2 * count(*)::bigint"))
    monkeypatch.setattr(sys.modules["leadquality.snapshot.build"], "QUERIES", queries)
    home = Home(tmp_path / "home")
    with pytest.raises(
        CheckFailed, match="cohort_counts_disagree_with_leads: 12 rows; The leads counted by day"
    ):
        load(home, written(tmp_path))
    assert home.current() is None and not list(home.snapshots.iterdir())
