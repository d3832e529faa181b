"""Stamps in an order that cannot be: the row counts, the time between them is unknown, and a finding says so with its count."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from leadquality.catalogue import CatalogueError, load_extracts
from leadquality.catalogue.macros import needed
from leadquality.contracts import QUERIES
from tests.intake.folders import LEADS, loaded


@pytest.fixture(scope="module")
def sql():
    con = duckdb.connect()
    functions = list((QUERIES / "functions").glob("*.sql"))
    asked = [path for path in functions if path.stem in {"elapsed_seconds", "impossible_order"}]
    for path in needed(functions, asked):
        con.execute(path.read_text("utf-8"))
    return lambda expression: con.sql(f"select {expression}").fetchall()[0][0]


@pytest.mark.parametrize(
    ("one", "other", "seconds"),
    [
        ("2026-03-02 10:00:00", "2026-03-02 10:00:30", 30),
        ("2026-03-02 10:00:00", "2026-03-02 10:00:00", 0),
        ("2026-03-02 10:00:31", "2026-03-02 10:00:30", None),
        ("2026-03-02 23:59:59", "2026-03-01 23:59:59", None),
        ("2026-03-02 14:05:10", "2026-03-02", 0),  # a day without a time is the same day
        ("2026-03-02 14:05:10", "2026-03-01", None),
        ("2026-03-02 14:05:10", "2026-03-02 14:05:00", 0),  # a minute without seconds is the same minute
        ("2026-03-02 14:05:10", "2026-03-02 14:04:00", None),
        ("2026-03-02 14:06:00", "2026-03-02 14:05:59", None),
    ],
)
def test_a_negative_time_is_unknown_as_far_as_the_stamps_say(sql, one, other, seconds):
    assert sql(f"elapsed_seconds(timestamp '{one}', timestamp '{other}')") == seconds
    assert (sql(f"impossible_order('a', timestamp '{one}', 'b', timestamp '{other}')") is None) == (
        seconds is not None
    )


def test_a_time_from_or_to_an_unknown_moment_is_unknown_and_in_no_wrong_order(sql):
    for stamps in ("null::timestamp, now()::timestamp", "timestamp '2026-01-01', null::timestamp"):
        assert sql(f"elapsed_seconds({stamps})") is None
        assert sql(f"is_before({stamps})") is False


BASE = {
    "leads": {"lead_id": "L{n}", "created_at": "2026-01-01"},
    "calls": {"call_id": "C{n}", "lead_id": "L1", "started_at": "2026-01-01", "direction": "outbound"},
    "meetings": {"meeting_id": "M{n}", "lead_id": "L1", "scheduled_at": "2026-03-01"},
    "opportunities": {
        "opportunity_id": "O{n}",
        "lead_id": "L1",
        "created_at": "2026-01-01",
        "outcome": "won",
        "closed_at": "2026-04-01",
    },
    "handoffs": {"lead_id": "L{n}", "handed_at": "2026-01-01"},
}
PAIRS = [
    (name, *pair)
    for name, extract in load_extracts().items()
    for chain in extract.order
    for pair in pairwise(chain)
]


@pytest.mark.parametrize(("name", "earlier", "later"), PAIRS, ids=lambda part: part)
def test_an_impossible_order_leaves_the_row_used_and_is_counted(
    tmp_path: Path, name: str, earlier: str, later: str
):
    at = datetime(2026, 3, 2, 10, 5, 20)
    orders = [(at, at - timedelta(seconds=50)), (at, at - timedelta(days=3)), (at, at + timedelta(hours=1))]
    columns = list(dict.fromkeys([*BASE[name], earlier, later]))
    rows = [
        {
            **{key: text.format(n=n) for key, text in BASE[name].items()},
            earlier: f"{one}Z",
            later: f"{other}Z",
        }
        for n, (one, other) in enumerate(orders, 1)
    ]
    text = "\n".join(
        [",".join(columns), *(",".join(row.get(key, "") for key in columns) for row in rows), ""]
    )
    found = loaded(tmp_path, **({"leads": text} if name == "leads" else {"leads": LEADS, name: text}))
    assert found.used()[name] == 3
    code = f"{later}_before_{earlier}"
    told = found.rows(
        f"select extract, line, found from snapshot.findings where code = '{code}' order by line"
    )
    assert told == [
        (name, 2, f"{later} 50 s before {earlier}"),
        (name, 3, f"{later} 3 days before {earlier}"),
    ]
    assert found.manifest.findings[code] == 2
    assert found.manifest.weights[code]["lead_count"] == (2 if name in ("leads", "handoffs") else 1)
    assert [other for other in found.manifest.findings if "_before_" in other] == [code]


def test_every_date_of_every_extract_has_its_order_or_stands_apart():
    for extract in load_extracts().values():
        ordered = {stamp for chain in extract.order for stamp in chain}
        assert ordered <= {*extract.dates}
    assert {name for name, *_ in PAIRS} == {"leads", "calls", "meetings", "opportunities", "handoffs"}
    assert len(PAIRS) >= 14


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("-- dates: a_at, b_at\n", "the date 'a_at' needs its place in order"),
        ("-- dates: a_at, b_at\n-- order: a_at <= c_at\n-- apart: b_at\n", "'c_at' is no date"),
        ("-- dates: none\n-- numbers: size\n", "'size' stands under bounds or under numbers"),
        ("-- dates: none\n-- bounds: size 0..5\n", "'size' stands under bounds or under numbers"),
        ("-- dates: none\n-- numbers: size\n-- bounds: size up to 5\n", "bounds are written as in"),
    ],
)
def test_an_extract_that_leaves_a_number_or_a_date_open_is_no_extract(tmp_path: Path, header: str, says: str):
    text = "-- title: T\n-- grain: g\n-- key: id\n-- required: id\n"
    (tmp_path / "things.sql").write_text(f"{text}{header}select 1\n")
    with pytest.raises(CatalogueError, match=says):
        load_extracts(tmp_path)


def test_between_two_stamps_the_nearest_known_one_is_compared(tmp_path: Path):
    header = "call_id,lead_id,started_at,direction,answered_at,ended_at,crm_logged_at\n"
    day = "2026-03-02 "
    calls = [
        # logged a day before: one finding each, against the last stamp that is known
        f"C1,L1,{day}10:00:05,outbound,,,2026-03-01 10:00:05",
        f"C2,L1,{day}10:00:05,outbound,{day}10:00:10,,2026-03-01 10:00:05",
        f"C3,L1,{day}10:00:05,outbound,{day}10:00:10,{day}10:01:10,2026-03-01 10:00:05",
        # swapped columns
        f"C4,L1,{day}10:00:05,outbound,{day}10:04:10,{day}10:01:10,{day}10:09:10",
        f"C5,L1,{day}10:00:05,outbound,{day}09:04:10,{day}10:01:10,",
        f"C6,L1,{day}10:00:05,outbound,,{day}09:01:10,",
        f"C7,L1,{day}10:00:05,outbound,{day}10:00:10,{day}10:01:10,{day}10:01:10",
    ]
    found = loaded(tmp_path, leads=LEADS, calls=header + "\n".join(calls) + "\n")
    told = found.rows("select line, code from snapshot.findings where code like '%_before_%' order by line")
    assert told == [
        (2, "crm_logged_at_before_started_at"),
        (3, "crm_logged_at_before_answered_at"),
        (4, "crm_logged_at_before_ended_at"),
        (5, "ended_at_before_answered_at"),
        (6, "answered_at_before_started_at"),
        (7, "ended_at_before_started_at"),
    ]


def test_talk_time_of_a_call_that_nobody_answered_is_told(tmp_path: Path):
    header = "call_id,lead_id,started_at,direction,outcome_code,talk_s\n"
    codes = ["no_answer,75", "busy,3", "unreachable,0", "voicemail,40", "connected,75", "no_answer,"]
    rows = "".join(f"C{n},L1,2026-03-02 10:0{n}:00,inbound,{code}\n" for n, code in enumerate(codes))
    found = loaded(tmp_path, leads=LEADS, calls=header + rows)
    told = found.rows("select line, found from snapshot.findings where code = 'talk_without_answer'")
    assert told == [(2, "no_answer, talk 75 s"), (3, "busy, talk 3 s")]


def test_talk_that_lasts_longer_than_the_call_is_told(tmp_path: Path):
    header = "call_id,lead_id,started_at,direction,ended_at,talk_s\n"
    ends = {"10:01:00": 55, "10:02:00": 170, "10:03:00": 300, "09:59:00": 50, "": 9000}
    rows = "".join(
        f"C{n},L1,2026-03-02 10:00:00,inbound,{f'2026-03-02 {end}' if end else ''},{talk}\n"
        for n, (end, talk) in enumerate(ends.items())
    )
    found = loaded(tmp_path, leads=LEADS, calls=header + rows)
    told = found.rows("select line, found from snapshot.findings where code = 'talk_longer_than_call'")
    # a minute more may be rounding
    assert told == [(4, "talk 300 s, call 180 s")]


def test_currencies_are_told_with_their_counts_where_there_are_several(tmp_path: Path):
    header = "opportunity_id,lead_id,created_at,amount,currency\n"
    money = ["EUR"] * 3 + ["usd"] * 2 + ["", "JPY"]
    rows = "".join(f"O{n},L1,2026-01-05,{n + 1},{currency}\n" for n, currency in enumerate(money))
    rows += "O9,L1,2026-01-05,,GBP\n"  # no amount: nothing to add up
    found = loaded(tmp_path, leads=LEADS, opportunities=header + rows)
    told = found.rows(
        "select line, found from snapshot.findings where code = 'several_currencies' order by line"
    )
    assert told == [(2, "EUR: 3 deals"), (5, "USD: 2 deals"), (7, "(blank): 1 deals"), (8, "JPY: 1 deals")]
    (tmp_path / "one").mkdir()
    one = loaded(
        tmp_path / "one", leads=LEADS, opportunities=header + rows.replace("usd", "EUR").replace("JPY", "")
    )
    assert "several_currencies" not in one.manifest.findings
