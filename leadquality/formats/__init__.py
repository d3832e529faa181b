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
from leadquality.formats.guard import Opened, opened, passed_over
from leadquality.formats.layout import fold, is_wrapped

__all__ = [
    "ASIDE",
    "ROWS",
    "Asked",
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
    "opened",
    "passed_over",
    "read_apart",
    "read_here",
    "shown",
]
