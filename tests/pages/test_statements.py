"""How many statements a page puts to the engine on its first visit: a number that may fall, and rises by a decision only."""

from __future__ import annotations

import pytest

from leadquality.engine.kept import STORE
from leadquality.ui import kept
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


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "ANSWERS", kept.Kept(kept.MOST, kept.MOST_ROWS, kept.SNAPSHOTS))
    STORE.clear()


def planned(statements: list[str]) -> list[str]:
    """Those that read something: not the names under which kept rows stand, nor where the snapshot lies."""
    return [
        each for each in statements if not each.startswith(("create or replace temp", "select database_name"))
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


def test_every_page_has_its_number():
    assert set(MOST) == set(named.PAGES)
