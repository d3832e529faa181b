"""Formats: a file as people have it becomes rows of text with their lines, or one sentence that says why not."""

from leadquality.formats.apart import Reader, read_apart, read_here
from leadquality.formats.contract import (
    ASIDE,
    ROWS,
    Asked,
    Ignored,
    Limits,
    Note,
    Reading,
    Unreadable,
    clipped,
    engine_path,
    shown,
)
from leadquality.formats.guard import Opened, kind_of, opened, passed_over, refuse_what_is_no_table
from leadquality.formats.layout import Header, fold, is_wrapped, place, refused

__all__ = [
    "ASIDE",
    "ROWS",
    "Asked",
    "Header",
    "Ignored",
    "Limits",
    "Note",
    "Opened",
    "Reader",
    "Reading",
    "Unreadable",
    "clipped",
    "engine_path",
    "fold",
    "is_wrapped",
    "kind_of",
    "opened",
    "passed_over",
    "place",
    "read_apart",
    "read_here",
    "refuse_what_is_no_table",
    "refused",
    "shown",
]
