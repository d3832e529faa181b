"""Tables as files that a spreadsheet opens: text stays text, whatever it begins with."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from leadquality.words.escape import one_line

LIMIT: Final = 400
LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")


def cell(value: object) -> str:
    """One cell as text: unknown is empty, moments are ISO, and what a spreadsheet would compute gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    raw = str(value)
    shown = one_line(raw, LIMIT)
    is_live = raw.startswith(LIVE) or shown.lstrip().startswith(LIVE)
    return f"'{shown}" if is_live and not NUMBER.fullmatch(shown) else shown


def csv_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """CSV with a byte-order mark, so that spreadsheets read UTF-8; columns are those of the first row. No rows: no bytes."""
    if not rows:
        return b""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(name) for name in rows[0]])
    writer.writerows([[cell(row.get(name)) for name in rows[0]] for row in rows])
    return text.getvalue().encode("utf-8-sig")
