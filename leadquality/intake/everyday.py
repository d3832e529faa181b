"""Everyday words: what people call our columns in files of their own, and what they write in them."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from leadquality.contracts import ROOT

WORDS: Final = ROOT / "data" / "mappings" / "everyday_words.toml"
ALIKE: Final = 0.85
"""So much of a word must be like an everyday one to be suggested: 'cold list Q1' is, 'not interested' is like nothing."""

Place = tuple[str, str]
"""An extract and one of its columns."""


def names() -> dict[Place, frozenset[str]]:
    """By column of ours what people call it, bare."""
    return {
        (extract, column): frozenset(map(bare, names))
        for extract, columns in words()["columns"].items()
        for column, names in columns.items()
    }


def meaning(place: Place, value: str) -> str:
    """What people mean by a value of one of our columns; '' when nobody can say."""
    known = values().get(place, {})
    close = get_close_matches(bare(value), known, n=1, cutoff=ALIKE)
    return known[close[0]] if close else ""


def bare(name: str) -> str:
    """A name without case, spaces and marks."""
    return "".join(mark for mark in name.casefold() if mark.isalnum())


@cache
def means(place: Place) -> frozenset[str]:
    """Our words of a column and what people write for them, bare."""
    return (
        frozenset(map(bare, words()["values"].get(place[0], {}).get(place[1], {})))
        | values().get(place, {}).keys()
    )


@cache
def values() -> dict[Place, dict[str, str]]:
    """By column what people write in it, bare, and the word of ours that it means."""
    return {
        (extract, column): {bare(word): ours for ours, called in meanings.items() for word in called}
        for extract, columns in words()["values"].items()
        for column, meanings in columns.items()
    }


@cache
def words() -> dict[str, Any]:
    """The file as it stands: [columns.extract] and [values.extract.column]."""
    return tomllib.loads(WORDS.read_text("utf-8"))
