"""What a mapping may declare of a file instead of having it detected: reading, time, numbers, keys, limits."""

from __future__ import annotations

import codecs
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from leadquality.intake.columns import Name, Strict

MACHINE_WORDS = [
    "null",
    "(null)",
    "<null>",
    "[null]",
    r"\N",
    "nan",
    "<na>",
    "#n/a",
    "#n/a n/a",
    "(blank)",
    "<blank>",
    "(empty)",
]
"""Words that a program writes where there is nothing, and nobody says."""
ERROR_CELL = "#n/a"
"""Of a workbook, the word of a cell that failed: in a date or a number it is an error, not a blank."""
LONE = frozenset({"-", "?"})
"""Markers that mean nothing where they stand once in a column of text, with no other marker beside."""
NULL_MARKERS = [
    *MACHINE_WORDS,
    *("n/a", "n.a.", "n.a", "n/a.", "none", "(none)", "<none>", "-none-", "--none--", "nil", "k.a.", "k. a."),
    *("-", "--", "---", "----", "\u2013", "\u2014", "\u2212", ".", "..", "...", "\u2026", "?", "??", "???"),
]
"""What stands for nothing, in every column. Compared without case and surrounding blanks."""


class Read(Strict):
    """How the file is put together; what is left out is detected."""

    encoding: str | None = None
    """Needed only when the file is not UTF-8: `cp1252`, `cp1250`, `shift_jis` ..."""
    head_lines: int | None = Field(default=None, ge=0)
    """Lines above the header, where it is not found by its names."""
    header: bool = True
    """`false`: the file has no line of names; its columns are called `column 1`, `column 2` and so on."""
    foot_lines: int = Field(default=0, ge=0)
    """Lines below the data that are none."""
    sheet: Name | None = None
    """The sheet of a workbook of which several could be meant."""
    null_markers: list[str] = Field(default_factory=lambda: list(NULL_MARKERS))
    """What stands for nothing, in place of the words that are known (NULL, N/A, None ...); compared without case."""
    real_values: list[str] = Field(default_factory=list)
    """Values that are real though they read like a placeholder, or stand on most rows of an id."""
    quiet_seconds: float = Field(default=0.0, ge=0)
    """A file that changed within so many seconds is still being written, and is not read."""

    @field_validator("encoding")
    @classmethod
    def known_encoding(cls, encoding: str | None) -> str | None:
        if encoding is not None:
            try:
                known = codecs.lookup(encoding)
            except (LookupError, ValueError):
                known = None
            if known is None or not known._is_text_encoding:
                raise ValueError(f"'{encoding}' is no encoding; write it as in cp1252 or utf-16")
        return encoding


class Time(Strict):
    """How dates are written, where they are not ISO."""

    date_order: Literal["dmy", "mdy"] | None = None
    """Of dates such as 01/02/2026: which comes first, day or month."""
    century: Literal[2000] | None = None
    """What years of two digits count from; without it they are refused."""
    ambiguous_hour: Literal["quarantine", "later"] = "quarantine"
    """Stamps without an offset in the hour that occurs twice in autumn: set aside, or taken as the second of the two."""


class Number(Strict):
    """How numbers are written, where the column does not prove it."""

    decimal: Literal[".", ","] | None = None
    """The decimal mark, where `1,234` may be either."""


class Keys(Strict):
    """What makes a row the same as another."""

    primary: list[Name] = Field(default_factory=list)
    """Their columns, where several together are the key of our extract."""
    on_conflict: Literal["quarantine", "latest"] = "quarantine"
    """Rows of one key with different contents: all set aside, or the latest taken."""
    latest_by: Name | None = None
    """Their column that tells which is the latest."""

    @model_validator(mode="after")
    def latest_needs_a_column(self) -> Self:
        if (self.on_conflict == "latest") != (self.latest_by is not None):
            raise ValueError('on_conflict = "latest" and latest_by go together')
        return self


Limit = Literal[
    "file_mb",
    "unpacked_mb",
    "ratio",
    "line_mb",
    "entries",
    "columns",
    "million_cells",
    "seconds",
    "memory_mb",
]
Limits = dict[Limit, Annotated[int, Field(ge=1)]]
"""How much of the file may be read: leadquality.formats.Limits, where the file needs others."""
