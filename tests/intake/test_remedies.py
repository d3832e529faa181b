"""Every reason for which a row is not used tells the reader what to do."""

from __future__ import annotations

import re

from leadquality.contracts import QUERIES, ROOT
from leadquality.ui.tables import REMEDIES

REASON = re.compile(r"""(?:then|else|,|=)\s*['"]([A-Z]{3,}(?:_[A-Z]+)+|FUTURE)['"]""")
OF_FILES = {
    *(
        "AMBIGUOUS_DATE",
        "AMBIGUOUS_NUMBER",
        "MIXED_DATE_FORMAT",
        "MIXED_NUMBER_FORMAT",
        "DUPLICATE_COLUMN",
        "MISSING_COLUMN",
    ),
    *("ALREADY_LOADED", "NOT_DATA", "NOT_FOUND", "NOT_QUIET", "NOT_TABULAR", "UNSAFE_PATH"),
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
