"""The title of the week: what it says when nothing can be said."""

from __future__ import annotations

from datetime import date

import pytest

from leadquality.verdict.weekly import week_title

NONE = "no verdict yet"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1, 6, 2), f"W47: {NONE}; 1 of 6 figures outside their usual range; 2 too early"),
        ((0, 3, 0), f"W47: {NONE}; all inside their usual range"),
        ((0, 0, 3), f"W47: {NONE}; no week can be compared yet"),
        ((0, 0, 0, True), f"W47: {NONE}; the weekly figures need more extracts"),
    ],
)
def test_nothing_is_inside_its_range_where_nothing_is_old_enough(counts, said):
    assert week_title(date(2026, 11, 22), NONE, *counts) == said
