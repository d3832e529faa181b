"""What a snapshot says of itself is read once: with it, a question costs its own statement and gives the same answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leadquality.catalogue import load_kpis
from leadquality.engine import known_of, missing, rows_behind, run
from leadquality.scope import Scope
from leadquality.snapshot import Snapshot
from tests.evidence.extracts import calls, leads, loaded, meetings
from tests.listening import Listening

OF_CALLS = ("response_within_sla", "time_to_first_response")
"""Both need the calls, which begin late."""
SAID = "[horizons.early_stage_conversion]\ninbound = 45\noutbound = 60\n"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """200 leads, one a day; calls of the last 80 only, and meetings."""
    return loaded(
        tmp_path_factory.mktemp("known"),
        200,
        settings=SAID,
        leads=leads(range(200)),
        calls=calls(range(120, 200)),
        meetings=meetings(range(190)),
    )


def test_with_what_is_known_the_answers_are_the_same(snapshot):
    cursor = snapshot.cursor()
    known = known_of(cursor)
    for kpi in (
        load_kpis()[kpi_id] for kpi_id in (*OF_CALLS, "early_stage_conversion", "close_rate_at_equal_age")
    ):
        scope = Scope(snapshot.as_of).backed(snapshot.as_of)
        own, given = run(cursor, kpi, scope), run(cursor, kpi, scope, known=known)
        assert own.rows.equals(given.rows), kpi.kpi_id
        assert (own.evidence, own.horizon, own.unavailable) == (
            given.evidence,
            given.horizon,
            given.unavailable,
        )
    assert run(cursor, load_kpis()["early_stage_conversion"], scope, known=known).horizon == (45, 60)


def test_with_what_is_known_a_question_is_one_statement(snapshot):
    heard: list[str] = []
    cursor = Listening(snapshot.cursor(), heard)
    known = known_of(cursor)
    assert len(heard) == 1
    scope = Scope(snapshot.as_of, reads="counts")
    heard.clear()
    first, second = (run(cursor, load_kpis()[kpi_id], scope, known=known) for kpi_id in OF_CALLS)
    # what the windows leave out is counted once for both
    assert first.evidence.left_out.before == second.evidence.left_out.before == 120
    counting = [each for each in heard if "$watched" in each]
    assert len(counting) == 1
    asked = [load_kpis()[kpi_id].sql for kpi_id in OF_CALLS]
    assert [each for each in heard if each in asked] == asked
    heard.clear()
    assert missing(known, load_kpis()["close_rate_at_equal_age"]) and heard == []


def test_the_columns_of_rows_are_asked_for_once(snapshot):
    heard: list[str] = []
    cursor = Listening(snapshot.cursor(), heard)
    known, kpi = known_of(cursor), load_kpis()["early_stage_conversion"]
    scope = Scope(snapshot.as_of)
    first = rows_behind(cursor, kpi, scope, known=known)
    assert len([each for each in heard if each.endswith("limit 0")]) == 1
    heard.clear()
    again = rows_behind(cursor, kpi, replace(scope, channels=("inbound",)), known=known)
    assert again.frame.columns == first.frame.columns
    assert [each for each in heard if each.endswith("limit 0")] == []
