"""Suggests columns: which names of a file may be one of ours, by what vendors call it. A suggestion is never taken."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from leadquality.catalogue import load_extracts
from leadquality.intake.look import Look, fold_name
from leadquality.intake.presets import load_presets

ENOUGH: Final = 0.6
SHOWN: Final = 3
SAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class ColumnCandidates:
    """Which columns of a file may be one of ours, best first, each with a few of its values. Two that fit are a choice."""

    column: str
    required: bool
    candidates: tuple[str, ...]
    samples: dict[str, tuple[str, ...]]


def candidates(extract: str, look: Look) -> list[ColumnCandidates]:
    """For each column of an extract, required ones first, what the file offers."""
    known = load_extracts()[extract]
    found = []
    for column in known.columns:
        names = closest(extract, column, look.header)
        samples = {name: tuple(look.values(name)[:SAMPLES]) for name in names}
        found.append(ColumnCandidates(column, column in known.required, names, samples))
    return found


def closest(extract: str, column: str, header: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the header that are near to ours or to what a vendor calls it, best first; none that is nothing like it."""
    words = {_bare(column), *synonyms().get((extract, column), ())}

    def likeness(name: str) -> float:
        return max(difflib.SequenceMatcher(None, _bare(name), word).ratio() for word in words)

    ranked = sorted(header, key=lambda name: (-likeness(name), header.index(name)))
    return tuple(name for name in ranked if likeness(name) >= ENOUGH)[:SHOWN]


@cache
def synonyms() -> dict[tuple[str, str], frozenset[str]]:
    """What the tables of all vendors call each of our columns, without case and marks."""
    found: dict[tuple[str, str], set[str]] = {}
    for layout in load_presets().layouts:
        for source in layout.meaning.source if layout.meaning else []:
            for ours, theirs in source.columns.items():
                names = {_bare(name) for name in _names(theirs)}
                found.setdefault((source.extract, ours), set()).update(names)
    return {key: frozenset(names) for key, names in found.items()}


def _names(theirs: Any) -> Iterator[str]:
    """The column names in what a preset says of one of ours."""
    if isinstance(theirs, str):
        yield theirs
    elif isinstance(theirs, list):
        for part in theirs:
            yield from _names(part)
    elif isinstance(theirs, dict) and "lookup" not in theirs:
        for key in ("from", "first_of", "joined"):
            yield from _names(theirs.get(key, []))


def _bare(name: str) -> str:
    return "".join(mark for mark in fold_name(name) if mark.isalnum())
