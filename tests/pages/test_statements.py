"""How many statements a page puts to the engine on its first visit: a number that may fall, and rises by a decision only."""

from __future__ import annotations

import pytest

from leadquality.ui import kept
from tests.pages import test_pages as named

MOST = {
    named.REVIEW: 15,
    named.COMPARE: 26,
    named.PIPELINE: 5,
    named.INBOUND: 12,
    named.OUTBOUND: 11,
    named.SOURCES: 10,
    named.QUALIFICATION: 5,
    named.OPERATIONS: 8,
    named.DATA: 9,
    named.LOAD: 1,
    named.DEFINITIONS: 3,
}
"""Over the four core extracts, with nothing kept. Planning takes longer than running, so statements are what a new scope costs."""


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "ANSWERS", kept.Kept(kept.MOST, kept.MOST_ROWS, kept.SNAPSHOTS))


@pytest.mark.parametrize("page", MOST)
def test_a_first_visit_asks_no_more_than_is_written_here_and_a_second_one_nothing(
    serve, bare_home, statements, page
):
    test = serve(bare_home, page)
    assert not test.exception
    # The rows of a journey stay with the connection, which other tests may have used.
    first = [each for each in statements if not each.startswith("insert into journey_")]
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
