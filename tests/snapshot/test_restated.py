"""What earlier weeks say now: figures that changed since the load before, with the rows responsible.

Through two loads and on the page: tests/pages/test_restated.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from leadquality import __version__
from leadquality.catalogue import definitions_hash, load_extracts
from leadquality.snapshot import ENGINE, Home, Manifest, earlier_of, publish, restate
from leadquality.snapshot.restate import DAMAGED, FIRST, OTHER_RULES, READ, Earlier
from tests.story import Story, empty_tables

WEEKS = (
    "select measure, strftime(week_on, '%G-W%V'), channel, was, says_now, difference, late_count, gone_count, changed_count "
    "from snapshot.restated_weeks order by all"
)
ROWS = "select measure, row_id, lead_id, kind from snapshot.restated_rows order by all"
COUNTS = ("figure_count", "week_count", "late_count", "gone_count", "changed_count")


def written(path: Path, world: Story, lacks: tuple[str, ...] = ()) -> Path:
    """A snapshot file with what the comparison reads; lacks: extracts that the load was not given."""
    with duckdb.connect(str(path)) as con:
        con.execute("create table coverage (extract varchar, column_name varchar, known_count bigint)")
        con.executemany(
            "insert into coverage values (?, ?, ?)",
            [
                (name, column, name not in lacks)
                for name, each in load_extracts().items()
                for column in each.columns
            ],
        )
        for table in set(READ) - {"coverage"}:
            columns = ", ".join(f"{name} {kind}" for name, kind in empty_tables()[table])
            con.execute(f"create table {table} ({columns})")
            if world.rows[table]:
                con.register("told", pl.DataFrame(world.rows[table], infer_schema_length=None).to_arrow())
                con.execute(f"insert into {table} by name select * from told")
                con.unregister("told")
    return path


def manifest(as_of: str, mapping: str = "m") -> Manifest:
    rules = (as_of, "UTC", __version__, ENGINE, definitions_hash(), "name", mapping, "s")
    return Manifest("before", *rules, [], {}, {}, {})


def compared(
    folder: Path, before: Story, since: Story, lacks: tuple[str, ...] = (), mapping: str = "m"
) -> tuple[dict[str, Any], duckdb.DuckDBPyConnection]:
    """What is said, and the new snapshot opened, with the old one taken as known on its last day."""
    earlier = Earlier(
        written(folder / "before.duckdb", before, lacks), manifest(before.as_of.isoformat(), mapping)
    )
    path = written(folder / "since.duckdb", since)
    with duckdb.connect() as con:
        said = restate(con, path, since.as_of, "m", earlier)
    con = duckdb.connect()
    con.execute(f"attach '{path}' as snapshot (read_only)")
    return said, con


def before_and_since(story) -> tuple[Story, Story]:
    """L1 came outbound after all, and had met us in the week before; its deal was worth less. O2 was won by then, and nobody
    had said so. L0 was there and not in the file."""
    before = story("2026-03-08")
    before.lead("inbound", "2026-03-03", lead_id="L1")
    before.lead("outbound", "2026-03-03", lead_id="L2")
    before.meeting("L1", "2026-03-04")
    before.opportunity("L1", "2026-03-03", "won", "2026-03-05", 100.50, opportunity_id="O1")
    before.opportunity("L2", "2026-03-03", opportunity_id="O2")
    since = story("2026-03-09")
    since.lead("inbound", "2026-02-27", lead_id="L0")
    since.lead("outbound", "2026-03-03", lead_id="L1")
    since.lead("outbound", "2026-03-03", lead_id="L2")
    since.meeting("L1", "2026-03-04")
    since.meeting("L1", "2026-02-26")
    since.opportunity("L1", "2026-03-03", "won", "2026-03-05", 80, opportunity_id="O1")
    since.opportunity("L2", "2026-03-03", "won", "2026-03-06", None, opportunity_id="O2")
    return before, since


def test_a_row_that_changed_leaves_one_figure_and_comes_to_another(tmp_path, story):
    said, con = compared(tmp_path, *before_and_since(story))
    assert con.sql(WEEKS).fetchall() == [
        ("first meetings", "2026-W09", "outbound", 0, 1, 1, 1, 0, 0),
        ("first meetings", "2026-W10", "inbound", 1, 0, -1, 1, 0, 0),
        ("leads", "2026-W09", "inbound", 0, 1, 1, 1, 0, 0),
        ("leads", "2026-W10", "inbound", 1, 0, -1, 0, 0, 1),
        ("leads", "2026-W10", "outbound", 1, 2, 1, 0, 0, 1),
        ("opportunities", "2026-W10", "inbound", 1, 0, -1, 0, 0, 1),
        ("opportunities", "2026-W10", "outbound", 1, 2, 1, 0, 0, 1),
        ("won", "2026-W10", "inbound", 1, 0, -1, 0, 0, 1),
        ("won", "2026-W10", "outbound", 0, 2, 2, 0, 0, 2),
        ("won amount", "2026-W10", "inbound", 100.5, 0, -100.5, 0, 0, 1),
        ("won amount", "2026-W10", "outbound", 0, 80, 80, 0, 0, 2),
    ]
    assert con.sql(ROWS).fetchall() == [
        ("first meetings", "m1", "L1", "late"),
        ("leads", "L0", "L0", "late"),
        ("leads", "L1", "L1", "changed"),
        ("opportunities", "L1", "L1", "changed"),
        ("won", "O1", "L1", "changed"),
        ("won", "O2", "L2", "changed"),
    ]
    # two rows came late, L0 and the meeting m1; three changed, L1, O1 and O2
    assert [said[name] for name in COUNTS] == [11, 2, 2, 0, 3]
    assert (said["snapshot"], said["known_on"], said["is_other_mapping"]) == ("before", "2026-03-08", False)


def test_a_first_meeting_that_is_gone_is_the_row_responsible_and_not_the_next_one(tmp_path, story):
    before, since = story("2026-03-08"), story("2026-03-08")
    for world, meetings in ((before, {"M1": 24, "M2": 27}), (since, {"M2": 27})):
        world.lead("inbound", "2026-02-16", lead_id="L1")
        for name, day in meetings.items():
            world.add("meetings", meeting_id=name, lead_id="L1", held_on=date(2026, 2, day))
    _, con = compared(tmp_path, before, since)
    # both meetings are of week 9: the figure is what it was
    assert con.sql(ROWS).fetchall() == []
    since.rows["fact_meetings"][0]["held_on"] = date(2026, 3, 2)
    (tmp_path / "moved").mkdir()
    _, con = compared(tmp_path / "moved", before, since)
    assert con.sql(ROWS).fetchall() == [("first meetings", "M1", "L1", "gone")]


def test_what_happened_since_is_no_restatement(tmp_path, story):
    before, _ = before_and_since(story)
    _, since = before_and_since(story)
    since.rows = {name: [dict(row) for row in rows] for name, rows in before.rows.items()}
    since.lead("inbound", "2026-03-09")
    since.rows["fact_opportunities"][1] |= {"outcome": "won", "closed_on": date(2026, 3, 9), "acv": 5.0}
    said, con = compared(tmp_path, before, since)
    assert [said[name] for name in COUNTS] == [0, 0, 0, 0, 0] and con.sql(ROWS).fetchall() == []


def test_the_same_snapshots_say_the_same_in_the_same_order(tmp_path, story):
    answers = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        said, con = compared(tmp_path / name, *before_and_since(story))
        answers.append(
            (said, *(con.sql(f"from snapshot.restated_{table}").fetchall() for table in ("rows", "weeks")))
        )
    assert answers[0] == answers[1]


def test_what_one_load_did_not_have_is_not_compared(tmp_path, story):
    said, con = compared(tmp_path, *before_and_since(story), lacks=("opportunities",), mapping="other")
    assert said["uncompared"] == ["opportunities", "won"]
    assert said["is_other_mapping"] is True
    measures = "select distinct measure from snapshot.restated_weeks order by all"
    assert con.sql(measures).fetchall() == [("first meetings",), ("leads",)]


def test_an_amount_that_nobody_knows_is_unknown_and_currencies_are_not_added(tmp_path, story):
    before, since = story("2026-03-08"), story("2026-03-08")
    for world, amount in ((before, None), (since, 100.50)):
        world.lead("inbound", "2026-03-03", lead_id="L1")
        world.opportunity("L1", "2026-03-03", "won", "2026-03-05", amount, opportunity_id="O1")
    since.opportunity("L1", "2026-03-03", "won", "2026-03-05", 7, opportunity_id="O2", currency="USD")
    _, con = compared(tmp_path, before, since)
    money = "select currency, was, says_now, difference from snapshot.restated_weeks where measure = 'won amount' order by all"
    assert con.sql(money).fetchall() == [("EUR", None, 100.5, None), ("USD", 0, 7, 7)]


def test_a_load_that_goes_back_in_time_is_compared_on_its_own_day(tmp_path, story):
    before, since = before_and_since(story)
    before.as_of, since.as_of = date(2026, 3, 20), date(2026, 3, 8)
    before.lead("inbound", "2026-03-19", lead_id="L9")
    said, _ = compared(tmp_path, before, since)
    assert said["known_on"] == "2026-03-08" and said["gone_count"] == 0


def test_a_load_of_other_rules_is_not_compared_and_the_tables_are_empty(tmp_path, story):
    before, since = before_and_since(story)
    other = Earlier(
        written(tmp_path / "a.duckdb", before), replace(manifest("2026-03-08"), definitions="0" * 64)
    )
    path = written(tmp_path / "b.duckdb", since)
    with duckdb.connect() as con:
        assert restate(con, path, since.as_of, "m", other) == {"not_compared": OTHER_RULES}
        con.execute(f"attach '{path}' as snapshot")
        assert (con.sql(WEEKS).fetchall(), con.sql(ROWS).fetchall()) == ([], [])


@pytest.mark.parametrize("damaged", ["data.duckdb", "manifest.json"])
def test_a_damaged_load_is_nothing_to_compare_with(tmp_path, damaged):
    home = Home(tmp_path)
    assert (earlier_of(home).manifest, earlier_of(home).why) == (None, FIRST)
    building = home.snapshots / ".building"
    building.mkdir(parents=True)
    (building / "data.duckdb").write_bytes(b"0123456789")
    (building / "rows.duckdb").write_bytes(b"0123456789")
    published = publish(home, building, manifest("2026-03-08"), lambda _: None)
    assert earlier_of(home) == Earlier(home.snapshots / published.snapshot / "data.duckdb", published)
    path = home.snapshots / published.snapshot / damaged
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    assert (earlier_of(home).manifest, earlier_of(home).why) == (None, DAMAGED)
