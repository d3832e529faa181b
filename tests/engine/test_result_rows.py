"""Rows of a result as values by column: made once, found by channel and values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from leadquality.catalogue import load_kpis
from leadquality.engine import Result
from leadquality.engine.evidence import Evidence
from leadquality.scope import Scope

ROWS = [
    {"channel": "inbound", "measure": "a", "age_days": 30, "slice": None, "status": "ok"},
    {"channel": "inbound", "measure": "b", "age_days": 30, "slice": None, "status": "ok"},
    {"channel": "outbound", "measure": "b", "age_days": 90, "slice": "web", "status": "not_available"},
]


@pytest.fixture
def result() -> Result:
    kpi, scope = load_kpis()["inbound_answer_rate"], Scope(date(2026, 1, 1))
    return Result(kpi, scope, None, pl.DataFrame(ROWS), "", {}, Evidence(scope))


@pytest.mark.parametrize(
    ("channel", "where", "found"),
    [
        ("inbound", {}, ROWS[0]),
        ("inbound", {"measure": "b"}, ROWS[1]),
        ("inbound", {"measure": "b", "age_days": 90}, None),
        ("outbound", {"slice": "web"}, ROWS[2]),
        ("other", {}, None),
        # unknown equals nothing, not even unknown
        ("inbound", {"slice": None}, None),
    ],
)
def test_the_first_row_of_a_channel_and_values_is_found(result, channel, where, found):
    assert result.row(channel, **where) == found


def test_lines_are_made_once_and_another_result_has_its_own(result):
    assert result.lines == ROWS and result.lines is result.lines
    other = replace(result, rows=result.rows.head(1))
    assert other.lines == ROWS[:1] and other.row("outbound") is None


def test_what_is_withheld_of_one_channel_is_a_reason(result):
    assert result.reason == result.kpi.withheld != ""
    assert replace(result, rows=result.rows.head(2)).reason == ""
    assert replace(result, unavailable="needs the extract calls").reason == "needs the extract calls"
