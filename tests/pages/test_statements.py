"""How many statements a page puts to the engine on its first visit: a number that may fall, and rises by a decision only."""

from __future__ import annotations

import duckdb
import pytest

from leadquality.engine.kept import STORE
from leadquality.snapshot import Home, Snapshot, open_snapshot
from leadquality.ui import kept
from tests.listening import Measuring
from tests.pages import test_pages as named

MOST = {
    named.REVIEW: 44,
    named.COMPARE: 83,
    named.PIPELINE: 6,
    named.INBOUND: 79,
    named.OUTBOUND: 23,
    named.SOURCES: 34,
    named.QUALIFICATION: 6,
    named.OPERATIONS: 22,
    named.DATA: 9,
    named.LOAD: 1,
    named.DEFINITIONS: 4,
}
"""Over the four core extracts, with nothing kept. Most are steps of a curve (leadquality/engine/kept.py), each planned in some five to
fifty milliseconds; planning takes longer than running, so statements are what a new scope costs."""

MOST_ROWS = {
    named.REVIEW: 6.5,
    named.COMPARE: 10,
    named.INBOUND: 11,
    named.OUTBOUND: 4.5,
    named.SOURCES: 5.5,
    named.QUALIFICATION: 2.5,
    named.OPERATIONS: 6.5,
}
"""Rows that the statements of a first visit read from tables, all together, as many times all facts of that small world: a KPI that
walks the facts once more than it must is seen here."""


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "ANSWERS", kept.Kept(kept.MOST, kept.MOST_ROWS, kept.SNAPSHOTS))
    STORE.clear()


def planned(statements: list[str]) -> list[str]:
    """Those that read something: not the names under which kept rows stand, nor where the snapshot lies."""
    return [
        each
        for each in statements
        if not each.startswith(("create or replace temp", "drop macro", "select database_name"))
    ]


@pytest.mark.parametrize("page", MOST)
def test_a_first_visit_asks_no_more_than_is_written_here_and_a_second_one_nothing(
    serve, bare_home, statements, page
):
    test = serve(bare_home, page)
    assert not test.exception
    first = planned(statements)
    assert len(first) <= MOST[page], first
    statements.clear()
    test.run()
    assert statements == []


def test_another_scope_is_asked_anew_and_the_one_before_is_kept(serve, bare_home, statements):
    test = serve(bare_home, named.OUTBOUND)
    before = len(statements)
    statements.clear()
    test.multiselect(key="source").set_value(["web"])
    test.run()
    # what the snapshot says of itself is known already
    assert 0 < len(statements) < before
    statements.clear()
    serve(bare_home, named.OUTBOUND)  # another reader
    test.multiselect(key="source").set_value([])
    test.run()
    assert statements == []


@pytest.mark.parametrize("page", MOST_ROWS)
def test_a_first_visit_reads_the_rows_so_often_and_not_more(serve, bare_home, monkeypatch, page):
    rows: list[int] = []
    for name in ("cursor", "pooled_cursor"):
        opened = getattr(Snapshot, name)
        monkeypatch.setattr(
            Snapshot, name, lambda snapshot, opened=opened: Measuring(opened(snapshot), [], rows)
        )
    test = serve(bare_home, page)
    assert not test.exception
    with duckdb.connect(str(open_snapshot(Home(bare_home)).path), read_only=True) as con:
        tables = con.execute("select sum(estimated_size) from duckdb_tables() where table_name like 'fact_%'")
        ((there,),) = tables.fetchall()
    assert sum(rows) / there <= MOST_ROWS[page], sum(rows) / there


def test_every_page_has_its_number():
    assert set(MOST_ROWS) <= set(MOST)
    assert set(MOST) == set(named.PAGES)
