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
from leadquality.formats.guard import Opened, is_temporary, opened
from leadquality.formats.layout import fold

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
    "is_temporary",
    "opened",
    "read_apart",
    "read_here",
    "shown",
]
