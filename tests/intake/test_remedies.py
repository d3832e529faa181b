"""Every reason for which a row is not used tells the reader what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leadquality.contracts import QUERIES, ROOT, InputRefused
from leadquality.intake.reasons import REMEDIES
from tests.intake.folders import loaded

REASON = re.compile(r"""(?:then|else|[,=:])\s*['"]([A-Z]{3,}(?:_[A-Z]+)+|FUTURE)['"]""")
OF_FILES = {
    *(
        "AMBIGUOUS_DATE",
        "AMBIGUOUS_NUMBER",
        "AMBIGUOUS_UNIT",
        "MIXED_DATE_FORMAT",
        "MIXED_NUMBER_FORMAT",
        "DUPLICATE_COLUMN",
        "MISSING_COLUMN",
    ),
    *(
        "ALREADY_LOADED",
        "NOT_DATA",
        "NOT_FOUND",
        "NOT_QUIET",
        "NOT_TABULAR",
        "UNSAFE_PATH",
        "MOSTLY_REJECTED",
        "TOO_MANY_COLUMNS",
    ),
}
"""Reasons for which a whole file is refused or asked about; each has a sentence of its own."""


def reasons() -> set[str]:
    """Words in capitals that the rules of reading and staging hand on as a reason."""
    places = [
        *(QUERIES / "staging").glob("*.sql"),
        *(QUERIES / "reading").glob("*.sql"),
        *(ROOT / "leadquality" / "intake").glob("*.py"),
        *(ROOT / "leadquality" / "formats").glob("rows.py"),
    ]
    return {word for path in places for word in REASON.findall(path.read_text("utf-8"))} - OF_FILES


def test_every_reason_has_its_remedy():
    found = reasons()
    assert {"BAD_DATE", "FUTURE", "NOT_FINITE", "OLDER_VERSION", "AMBIGUOUS_TIME"} <= found
    assert found - REMEDIES.keys() == set()


WITHOUT_A_LEAD = {
    "ids as powers of ten": (
        "lead_id,created_at\n5.0123E+09,2025-01-01\n",
        ("1 ID_DAMAGED", 'lead_id = "5.0123E+09"', "export ids as text"),
    ),
    "a quarter": (
        "lead_id,created_at\nL1,Q1/2025\n",
        ("1 BAD_DATE", 'created_at = "Q1/2025"', "date_formats"),
    ),
    "no date": (
        "lead_id,created_at,source\nL1,,web\nL2,,web\n",
        ("2 MISSING_VALUE", "created_at", "fill it"),
    ),
    "a year of two digits": (
        "lead_id,created_at\nL1,0025-01-01\n",
        ("1 DATE_RANGE", 'created_at = "0025-01-01"', "1990 and 2100"),
    ),
    "another number of fields": ("lead_id,created_at\nL1,2025-01-01,x\n", ("1 ROW_WIDTH", "check quotes")),
    "several reasons": (
        "lead_id,created_at\nL1,soon\nL2,later\nL3,1970-01-01\n",
        ("2 BAD_DATE", 'created_at = "soon"', "date_formats"),
    ),
}


@pytest.mark.parametrize("told", WITHOUT_A_LEAD)
def test_a_load_without_a_usable_lead_names_reason_column_example_and_remedy(tmp_path: Path, told: str):
    text, words = WITHOUT_A_LEAD[told]
    with pytest.raises(InputRefused) as refusal:
        loaded(tmp_path, leads=text)
    for word in ("leads.csv, line 2", *words):
        assert word in str(refusal.value)
    assert "at least one lead" not in str(refusal.value)
