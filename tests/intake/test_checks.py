"""The checks of queries/checks: a finding for each thing that is wrong, a stop where our own counts are."""

from __future__ import annotations

import re
import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

from leadquality.contracts import QUERIES
from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot
from leadquality.snapshot.build import CheckFailed

CHECKS = sorted((QUERIES / "checks").glob("*.sql"))
OWN_WORLDS = {
    "blank_and_unknown",
    "closed_after_recording",
    "equal_leads",
    "legs_in_other_direction",
    "length_as_clock",
    "length_in_doubt",
    "lookup_unmatched",
    "outcome_not_given",
    "phone_placeholder",
    "several_currencies",
    "spellings_near",
    "talk_longer_than_call",
    "wins_taken_back",
}
"""Told below, and in the tests of what they are about."""
OF_FILES = {
    "deciding_column",
    "encoding_converted",
    "excel_serial_dates",
    "hidden_characters",
    "hidden_rows",
    "hidden_sheet",
    "id_format",
    "layout_tidied",
    "mojibake_suspected",
    "optional_column_missing",
    "phone_damaged",
    "placeholder_values",
    "preamble_skipped",
    "sensitive_in_text",
    "repeats_blank_in_part",
    "truncated_suspected",
    "unknown_columns",
    "values_rewritten",
}
"""Told in test_findings_of_files.py."""
COUNTS = {"lead_events_disagree_with_leads"}
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
    "calls": """call_id,started_at,lead_id,talk_s,outcome_code,direction,do_not_call,campaign,notes
K1,2025-01-11T10:00:00Z,L1,60,qualified,,,,
K2,2025-01-11T10:00:00+01:00,L1,0,voicemail,,,,
K3,2025-01-11 10:00:00.250-0500,L1,60,No-Fit,,,,
K4,2025-01-11 10:00,L1,60,no_fit,,,,
K5,2025-01-11,L1,60,no_fit,,,,
K6,2025-01-11T10:00:00Z,L1,60,CBX,,,,
K7,2025-01-11T10:00:00Z,L1,60,,,,,
K8,2025-01-11T10:00:00Z,L99,60,qualified,,,,
K9,2025-01-11T10:00:00Z,,60,qualified,,,,
K10,2025-01-11T10:00:00Z,L1,0,qualified,,,,
K11,2025-01-09T10:00:00Z,L1,60,qualified,,,,
K12,2025-01-09T10:00:00Z,L1,60,voicemail,In-Bound,,,
K13,2025-01-11T10:00:00Z,L1,60,voicemail,outbound,true,,
K14,2025-01-11T10:00:00Z,L1,60,voicemail,inbound,true,ann@example.com,
k14,2025-01-11T10:00:00Z,L1,60,voicemail,outbound,false,ring 030 1234567,
K15,2025-01-11T10:00:00Z,L1,60,voicemail,,,Spring 2025,card 4111 1111 1111 1111
K16,2025-01-11T10:00:00Z,L1,60,voicemail,,,,ssn 078-05-1120
K17,2025-01-11T10:00:00Z,L1,60,voicemail,,,,DE89 3704 0044 0532 0130 00
K18,2025-01-11T10:00:00Z,L1,60,voicemail,,,,PW: hunter2
K19,2025-01-11T10:00:00Z,L1,60,voicemail,,,,asked for the password page
K20,2025-01-11T10:00:00Z,L1,60,no_answer,,,,
""",
    "meetings": """meeting_id,lead_id,booked_at,held_at
M1,L1,2025-01-09,2025-01-10
M2,L1,2025-01-08,2025-01-09
""",
    "opportunities": """opportunity_id,lead_id,created_at,amount,acv,closed_at,outcome,source
O1,L1,2025-01-10,5,,2025-01-20,won,WEB
O2,L1,2025-01-09,5,,,open,
O3,L1,2025-01-10,,,2025-01-20,won,
O4,L1,2025-01-10,,,2025-01-20,lost,Trade fair
O5,L1,2025-01-10,5,,2025-01-20,open,
O6,L1,2025-01-10,0,,,open,
O7,L5,2025-01-10,5,,,open,fair
""",
    "handoffs": """lead_id,handed_at,accepted_at
L1,2025-01-10,2025-01-11
L2,2025-01-09,2025-01-11
""",
}
FOUND = {
    "channel_spelling_folded": [("leads", 4, "OUT-bound")],
    "channel_unknown": [("leads", 5, "fair")],
    "direction_spelling_folded": [("calls", 13, "In-Bound (1)")],
    "dnc_called": [("calls", 14, "K13")],
    "handoffs_before_their_lead": [("handoffs", 3, "2025-01-09")],
    "id_near_duplicate": [("calls", 15, "K14"), ("calls", 16, "k14")],
    "conversations_before_their_lead": [("calls", 12, "2025-01-09")],
    "conversations_without_talk_time": [("calls", 11, "qualified")],
    "leads_without_source": [("leads", 6, "L5")],
    "meetings_before_their_lead": [("meetings", 3, "2025-01-09")],
    "mixed_timezone": [("calls", 5, "2025-01-11 10:00")],
    "opportunities_before_their_lead": [("opportunities", 3, "2025-01-09")],
    "orphan_calls": [("calls", 9, "L99"), ("calls", 10, "(blank)")],
    "reopened_opportunities": [("opportunities", 6, "O5")],
    "same_contact_leads": [("leads", 8, "L7")],
    "sensitive_in_notes": [
        ("calls", 17, "card number"),
        ("calls", 18, "social security number"),
        ("calls", 19, "account number"),
        ("calls", 20, "password"),
    ],
    "sensitive_in_text": [
        ("calls", 15, "campaign: 2 replaced by tokens (1 with an e-mail address, 1 with a telephone number)")
    ],
    "spellings_folded": [("opportunities", 2, 'source: "web" is also written "WEB" (1 rows)')],
    "source_conflict": [("opportunities", 5, "Trade fair (lead: web)")],
    "stage_order_wrong": [("leads", 7, "L6"), ("leads", 8, "L7")],
    "talk_without_answer": [("calls", 22, "no_answer, talk 60 s")],
    "time_missing": [("calls", 6, "2025-01-11")],
    "unmapped_dispositions": [("calls", 7, "CBX"), ("calls", 8, "(blank)")],
    "values_rewritten": [
        ("calls", 3, "started_at: 2 offsets, as +01:00"),
        ("calls", 5, "started_at: 1 in UTC"),
        ("calls", 6, "started_at: 1 without a time of day"),
    ],
    "won_without_amount": [("opportunities", 4, "O3")],
    "zero_amount": [("opportunities", 7, "O6")],
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
    assert {path.stem for path in CHECKS} == FOUND.keys() | COUNTS | OWN_WORLDS | OF_FILES


def test_clean_extracts_give_no_finding(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel,source\nL1,2025-01-10,inbound,web\n")
    (tmp_path / "calls.csv").write_text(
        "call_id,started_at,lead_id,outcome_code\nK1,2025-01-11,L1,voicemail\n"
    )
    assert load(Home(tmp_path / "home"), tmp_path).findings == {}


def test_where_no_lead_has_a_source_the_leads_are_no_findings(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-10,inbound\n")
    assert load(Home(tmp_path / "home"), tmp_path).findings == {}


def test_where_most_stamps_carry_no_offset_those_that_do_are_listed(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-10,inbound\n")
    calls = "K1,2025-01-11T10:00:00Z,L1,voicemail\nK2,2025-01-11T10:00:00,L1,voicemail\nK3,2025-01-11T11:00:00,L1,voicemail\n"
    (tmp_path / "calls.csv").write_text("call_id,started_at,lead_id,outcome_code\n" + calls)
    home = Home(tmp_path / "home")
    load(home, tmp_path)
    asked = "select line, found from snapshot.findings where code = 'mixed_timezone'"
    assert open_snapshot(home).cursor().sql(asked).fetchall() == [(2, "2025-01-11T10:00:00Z")]


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_a_check_has_no_clock_and_says_what_to_do(path):
    text = path.read_text("utf-8")
    assert not re.search(
        r"\b(now|today|current_\w+|get_current_\w+|random)\b\s*\(?", text.split("select", 1)[1], re.I
    )
    assert re.search(r"^-- severity: (warn|fail)$", text, re.M)[1] == (
        "fail" if path.stem in COUNTS else "warn"
    )


LOOKED_UP = """name = "test"
[channel]
rules = [{ id = "all", channel = "inbound", when = { channel = ["inbound"] } }]
[[source]]
extract = "leads"
file = "leads.csv"
columns.industry = { lookup = "companies", column = "Sector" }
lookups.companies = { file = "companies.csv", key = "Company", by = "account_id" }
lookups.products = { file = "products.csv", key = "Product", by = "segment" }
exclude.try_out = { column = "segment", values = ["Test"] }
"""


def test_a_reference_to_a_row_that_is_not_there_is_a_finding_and_what_it_would_add_is_unknown(tmp_path):
    (tmp_path / "mapping.toml").write_text(LOOKED_UP)
    (tmp_path / "companies.csv").write_text("Company,Sector\nA,retail\nA,twice\nB,\n")
    (tmp_path / "products.csv").write_text("Product,Price\nGTX Pro,5\n")
    leads = (
        "L1,2025-01-10,inbound,A,GTX Pro",
        "L2,2025-01-10,inbound,C,GTXPro",  # neither is known
        "L3,2025-01-10,inbound,,",  # refers to nothing
        "L4,2025-01-10,inbound,C,Test",  # left out by rule
        "L5,,inbound,C,GTX Pro",  # refused, but its reference is broken all the same
        "L6,2025-01-10,inbound,B,gtx pro",  # the spelling counts
    )
    (tmp_path / "leads.csv").write_text(
        "lead_id,created_at,channel,account_id,segment\n" + "\n".join(leads) + "\n"
    )
    home = Home(tmp_path / "home")
    assert load(home, tmp_path).findings["lookup_unmatched"] == 4
    ask = open_snapshot(home).cursor()
    assert ask.sql(
        "select line, found from snapshot.findings where code = 'lookup_unmatched' order by all"
    ).fetchall() == [
        (3, "C (not in companies.csv)"),
        (3, "GTXPro (not in products.csv)"),
        (6, "C (not in companies.csv)"),
        (7, "gtx pro (not in products.csv)"),
    ]
    assert ask.sql("select lead_id, industry from snapshot.fact_leads order by all").fetchall() == [
        ("L1", "retail"),
        ("L2", None),
        ("L3", None),
        ("L6", None),
    ]


def deals(folder: Path, earlier: int, later_open: int = 0) -> Path:
    """`earlier` deals of a lead each, opened 40 days before the first closing on 1 March, which is one of theirs; of the later ones,
    opened on 1 March, ten close after five days and `later_open` stay open."""
    rows = [
        f"A{place},LA{place},2025-01-20,{'2025-03-01,lost' if not place else ',open'}"
        for place in range(earlier)
    ]
    rows += [f"B{place},LB{place},2025-03-01,2025-03-06,lost" for place in range(10)]
    rows += [f"C{place},LC{place},2025-03-01,,open" for place in range(later_open)]
    leads = (f"{row.split(',')[1]},2025-01-01,inbound,web,s{place}" for place, row in enumerate(rows))
    (folder / "leads.csv").write_text("\n".join(["lead_id,created_at,channel,source,segment", *leads, ""]))
    (folder / "opportunities.csv").write_text(
        "opportunity_id,lead_id,created_at,closed_at,outcome\n" + "\n".join(rows) + "\n"
    )
    return folder


# All later deals close within 40 days, so as many closings as earlier deals were to be expected; with as many that stay
# open, half. Silence is no chance from 6.9 expected on (less likely than 1 in 1,000).
@pytest.mark.parametrize(
    ("earlier", "later_open", "is_found"), [(8, 0, True), (6, 0, False), (15, 10, True), (13, 10, False)]
)
def test_closings_that_must_be_missing_are_a_finding(tmp_path, earlier, later_open, is_found):
    home = Home(tmp_path / "home")
    load(home, deals(tmp_path, earlier, later_open))
    rows = (
        open_snapshot(home)
        .cursor()
        .sql("select code, extract, line, found from snapshot.findings")
        .fetchall()
    )
    expected = [("closings_missing_before", "opportunities", None, "2025-03-01")]
    assert rows == (expected if is_found else [])


def test_deals_that_close_as_slowly_as_ever_miss_no_closing(tmp_path):
    # 50 deals close after 50 days, before and after the first closing: none was to be expected before it
    leads = (f"L{place},2025-01-01,inbound,web,s{place}" for place in range(50))
    (tmp_path / "leads.csv").write_text("\n".join(["lead_id,created_at,channel,source,segment", *leads, ""]))
    rows = [f"A{place},L{place},2025-01-20,2025-03-11,won,5" for place in range(50)]
    rows += [f"B{place},L{place},2025-03-11,2025-04-30,won,5" for place in range(50)]
    (tmp_path / "opportunities.csv").write_text(
        "opportunity_id,lead_id,created_at,closed_at,outcome,amount\n" + "\n".join(rows) + "\n"
    )
    assert load(Home(tmp_path / "home"), tmp_path, as_of=date(2025, 4, 30)).findings == {}


def test_the_leg_of_a_transferred_call_in_the_other_direction_is_a_finding(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel,source\nL1,2025-01-01,outbound,list\n")
    calls = [
        f"K{place},2025-01-02 10:0{place}:00,L1,{direction},{flag},60,voicemail"
        for place, (direction, flag) in enumerate(
            [("outbound", "true"), ("inbound", "true"), ("outbound", ""), ("inbound", "")]
        )
    ]
    (tmp_path / "calls.csv").write_text(
        "call_id,started_at,lead_id,direction,transferred,talk_s,outcome_code\n" + "\n".join(calls) + "\n"
    )
    home = Home(tmp_path / "home")
    manifest = load(home, tmp_path)
    # the second goes on from the first, the third from the second; the fourth follows no transfer
    assert manifest.tables["calls"]["reasons"] == {"CALL_LEG": 2}
    asked = "select line, found from snapshot.findings where code = 'legs_in_other_direction'"
    assert open_snapshot(home).cursor().sql(asked).fetchall() == [(3, "inbound")]


def test_a_win_that_was_taken_back_is_a_finding(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel,source\nL1,2025-01-01,inbound,web\n")
    (tmp_path / "opportunities.csv").write_text(
        "opportunity_id,lead_id,created_at,closed_at,outcome,amount\nO1,L1,2025-01-02,2025-02-01,lost,\n"
        "O2,L1,2025-01-02,2025-02-01,won,5\nO3,L1,2025-01-02,,open,\nO4,L1,2025-01-02,2025-02-01,lost,\n"
    )
    (tmp_path / "opportunity_changes.csv").write_text(
        "opportunity_id,changed_at,stage\nO1,2025-01-20,Closed Won\nO2,2025-02-01,Closed Won\n"
        "O3,2025-01-20,closedwon\nO3,2025-01-21,Negotiation\nO4,2025-01-20,Negotiation\n"
    )
    home = Home(tmp_path / "home")
    load(home, tmp_path)
    asked = "select line, found from snapshot.findings where code = 'wins_taken_back' order by all"
    assert open_snapshot(home).cursor().sql(asked).fetchall() == [(2, "O1: lost"), (4, "O3: open")]


# The counts against the leads: five leads, two of them on the last day, which is as_of or is not.
WORLDS = {"last leads before as_of": "2025-03-01", "last leads on as_of": "2025-01-20"}


def counted(story, as_of: str):
    world = story(as_of)
    world.leads(2, "inbound", "2025-01-10")
    world.lead("outbound", "2025-01-20")
    world.lead("inbound", "2025-01-20")
    world.won(world.lead("inbound", "2025-01-11"), "2025-01-15")
    return world.journeys("conversation", "meeting", "opportunity", "won")


def complaints(con, stem: str) -> list[str]:
    return [row[3] for row in con.sql((QUERIES / "checks" / f"{stem}.sql").read_text("utf-8")).fetchall()]


@pytest.mark.parametrize("as_of", WORLDS.values(), ids=WORLDS)
def test_counts_that_agree_with_the_leads_pass(story, as_of):
    con = counted(story, as_of)
    assert [complaints(con, stem) for stem in sorted(COUNTS)] == [[]]


@pytest.mark.parametrize("as_of", WORLDS.values(), ids=WORLDS)
def test_events_that_lack_or_double_leads_fail(story, as_of):
    con = counted(story, as_of)
    con.execute(
        "insert into snapshot.lead_events select * from snapshot.lead_events where created_on = '2025-01-11'"
    )
    con.execute(
        "delete from snapshot.lead_events where dim in (select dim from snapshot.dims where channel = 'outbound')"
    )
    con.execute("insert into snapshot.dims (dim, channel) values (99, 'other')")
    con.execute("insert into snapshot.lead_events (dim, created_on) values (99, '2025-01-12')")
    assert sorted(complaints(con, "lead_events_disagree_with_leads")) == [
        "2025-01-11 inbound: 1 leads, 2 told",
        "2025-01-12 other: 0 leads, 1 told",
        "2025-01-20 outbound: 1 leads, 0 told",
    ]


def test_a_failing_check_stops_the_load_and_nothing_is_published(tmp_path, monkeypatch):
    queries = tmp_path / "queries"
    shutil.copytree(QUERIES, queries)
    events = queries / "counts" / "lead_events.sql"
    told = events.read_text("utf-8")
    order = "order by keys.lead"
    events.write_text(told.replace(order, f"where leads.channel <> 'outbound'\n{order}"))
    assert events.read_text("utf-8") != told
    monkeypatch.setattr(sys.modules["leadquality.snapshot.build"], "QUERIES", queries)
    home = Home(tmp_path / "home")
    with pytest.raises(
        CheckFailed, match=r"lead_events_disagree_with_leads: 1 rows?; The leads whose events are told"
    ):
        load(home, written(tmp_path))
    assert home.current() is None and not list(home.snapshots.iterdir())
