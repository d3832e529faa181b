"""Damaged files: each is read, passed over or refused, and no error gets out (`make fuzz` tries 50,000)."""

from __future__ import annotations

import pytest

from tests.fuzz import SECONDS, fuzz


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_a_damaged_file_is_read_or_refused_and_nothing_else_comes_of_it(count):
    pytest.importorskip("openpyxl", reason="a workbook is written with openpyxl")
    ended = fuzz(count, first=1)
    assert ended.errors == {}
    assert ended.slowest[0] < SECONDS
    assert {"DAMAGED", "read, text", "read, workbook", "intake, some left out"} <= ended.ends.keys()
