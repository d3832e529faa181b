"""Suggests columns: which names of a file may be one of ours, by what vendors and people call it and by what stands in it.
A suggestion is never taken unless somebody says so."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Container, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final

from leadquality.catalogue import Extract, load_extracts
from leadquality.intake import everyday
from leadquality.intake.decisions import Filling
from leadquality.intake.everyday import bare, names
from leadquality.intake.look import Look
from leadquality.intake.presets import load_presets
from leadquality.intake.samples import PERSONAL

NEAR: Final = 0.6
"""Names so like each other that one may be meant for the other."""
LIKELY: Final = 0.95
"""Names so like each other that the one is suggested for the other: 'poutcome' is not like 'outcome'."""
LONGEST: Final = 100
"""Letters of a name that is still a name."""
THINGS: Final = {
    "leads": ("lead", "contact"),
    "calls": ("call",),
    "meetings": ("meeting", "appointment"),
    "opportunities": ("deal", "opportunity"),
}
"""What a name may begin with that says only of what the file is: 'lead created at'."""
FEW: Final = 5
"""Values that differ tell a key only when there are so many."""

DATE: Final = r"(\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}[-. /][^\W\d]{3,9}\.?[-, /]+\d{2,4}|[^\W\d]{3,9}\.? \d{1,2},? \d{4})"
TIME: Final = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?"
AMOUNT: Final = r"\D*\d[\d., ]*[.,]\d{1,2}\D*"
LENGTH: Final = r"\d+:\d{2}:\d{2}(\.\d+)?"
WHOLE: Final = 6
"""A name of ours of so many letters is no part of another word."""
MOMENT: Final = f"{DATE}([ T,]+{TIME}.*)?"
QUANTITY: Final = rf"\D{{0,4}}\d[\d., ']*\D{{0,4}}|{LENGTH}"
KIND_WORDS: Final = frozenset(
    ["id", "no", "nr", "number", "date", "day", "time", "at", "on", "code", "of", "the", "s", "datum"]
)
"""Words of a name that say of what kind its values are: what is left says what they mean."""


def suggested(
    extract: str, look: Look, filled: frozenset[str] = frozenset(), used: frozenset[str] = frozenset()
) -> Mapping[str, Filling]:
    """What may fill the columns of an extract that nothing fills, as the mapping would say it: the column whose name is like
    ours, of a required date its time beside it, of a length its unit; and for a required column that no name fits, the only one whose
    values do. Each column of the file once; where two fit equally, none.

    filled: columns of ours that are filled; used: columns of the file that fill them.
    """
    known = load_extracts()[extract]
    wanted = [column for column in known.columns if column not in filled and column not in {"phone", "notes"}]
    offered = [name for name in look.header if name not in used and not PERSONAL.search(name)]
    found = _by_name(known, wanted, offered)
    for column in known.required:
        if column in wanted and column not in found:
            free = [name for name in offered if name not in found.values()]
            fitting = [name for name in free if _may_fill(known, column, look.values(name))]
            if len(fitting) == 1:
                found[column] = fitting[0]
    free = [name for name in offered if name not in found.values()]
    return {
        # One column of times is that of the date that every row needs.
        column: read_as(known, column, found[column], look, free if column in known.required else ())
        for column in wanted
        if column in found
    }


def undecided(
    extract: str, look: Look, filled: Collection[str], used: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """The columns of an extract that decide and that nothing fills, with the columns of the file that may well be them: by the words
    of their names and by what stands in them.

    filled: columns of ours that are filled; used: columns of the file that are settled, be it that somebody ignores them.
    """
    known = load_extracts()[extract]
    offered = [name for name in look.header if name not in used and not PERSONAL.search(name)]
    found = {
        column: tuple(name for name in offered if _may_decide(known, column, name, look.values(name)))
        for column in known.decides
        if column not in filled
    }
    return {column: names for column, names in found.items() if names}


def _may_decide(extract: Extract, column: str, name: str, values: list[str]) -> bool:
    """May a column of the file be one of ours that decides? Its name has all the words of a name that ours goes by, and its
    values are of its kind; or every value is one of the words that ours knows."""
    if not values or len(name) > LONGEST or not _is_of_kind(extract, column, values):
        return False
    known = everyday.means((extract.name, column))
    is_known = bool(known) and len(set(values)) > 1 and all(bare(value) in known for value in values)
    mine, ours = words_of(name), bare(column)
    is_part = len(ours) >= WHOLE and (bare(name).startswith(ours) or bare(name).endswith(ours))
    return is_known or is_part or any(words <= mine for words in _called(extract.name, column))


def _is_of_kind(extract: Extract, column: str, values: list[str]) -> bool:
    are_dates = _all(MOMENT, values)
    if column in extract.dates:
        return are_dates
    if column in (*extract.money, *extract.numbers):
        return _all(QUANTITY, values) and not are_dates
    return not are_dates


def words_of(name: str) -> frozenset[str]:
    """The words of a name, without those that say only of what kind its values are."""
    parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return frozenset(part.casefold() for part in parts) - KIND_WORDS


@cache
def _called(extract: str, column: str) -> frozenset[frozenset[str]]:
    """The words of each name by which a column of ours goes: ours, and those of people."""
    called = everyday.words()["columns"].get(extract, {}).get(column, [])
    return frozenset(map(words_of, (column, *called))) - {frozenset()}


def read_as(extract: Extract, column: str, name: str, look: Look, free: Container[str] = ()) -> Filling:
    """What the mapping says when `name` fills a column of ours: a date without time goes with the only column of times among
    the free ones, a length that is written hh:mm:ss says so."""
    values = look.values(name)
    if column in extract.dates and _all(DATE, values):
        times = [other for other in look.header if other in free and _all(TIME, look.values(other))]
        return {"joined": [name, times[0]]} if len(times) == 1 else name
    if column in extract.numbers and column.endswith("_s") and _all(LENGTH, values):
        return {"from": name, "unit": "hh:mm:ss"}
    return name


def closest(extract: str, column: str, header: tuple[str, ...]) -> str:
    """The name of the header that is nearest to ours or to what others call it; '' when none is near."""
    near = [(likeness(extract, column, name), name) for name in header]
    best, name = max(near, key=lambda each: each[0], default=(0.0, ""))
    return name if best >= NEAR else ""


@lru_cache(maxsize=50_000)
def likeness(extract: str, column: str, name: str) -> float:
    """How like a name is to ours, or to what others call it: 0 to 1. A name of a hundred letters is a text and like none."""
    if len(name) > LONGEST:
        return 0.0
    words = {bare(column), *synonyms().get((extract, column), ())}
    called = {bare(name), *(bare(name).removeprefix(thing) for thing in THINGS.get(extract, ()))}
    return max(difflib.SequenceMatcher(None, each, word).ratio() for each in called for word in words)


def _by_name(extract: Extract, wanted: list[str], offered: list[str]) -> dict[str, str]:
    """By column of ours the name that is most like it, the likest first and required columns before others. Of two that are as
    like, neither is meant."""
    rounds: dict[tuple[float, bool], list[tuple[str, str]]] = {}
    for column in wanted:
        for name in offered:
            if (like := likeness(extract.name, column, name)) >= LIKELY:
                rounds.setdefault((like, column in extract.required), []).append((column, name))
    found: dict[str, str] = {}
    settled: set[str] = set()
    for best in sorted(rounds, reverse=True):
        pairs = [pair for pair in rounds[best] if not settled & {pair[0], f"theirs {pair[1]}"}]
        found |= {
            column: name
            for column, name in pairs
            if not [pair for pair in pairs if (pair[0] == column) != (pair[1] == name)]
        }
        settled |= {part for column, name in pairs for part in (column, f"theirs {name}")}
    return found


def _may_fill(extract: Extract, column: str, values: list[str]) -> bool:
    """May these values be those of a required column? Dates tell a date; values that all differ, and are none, a key."""
    is_date = _all(MOMENT, values)
    if column in extract.dates:
        return is_date
    is_key = FEW <= len(values) == len(set(values)) and not any(
        re.fullmatch(AMOUNT, value) for value in values
    )
    return column == extract.key and not is_date and is_key


def _all(pattern: str, values: list[str]) -> bool:
    return bool(values) and all(re.fullmatch(pattern, value.strip()) for value in values)


@cache
def synonyms() -> dict[tuple[str, str], frozenset[str]]:
    """What the tables of all vendors, and people, call each of our columns, without case and marks."""
    found: dict[tuple[str, str], set[str]] = {}
    for layout in load_presets().layouts:
        for source in layout.meaning.source if layout.meaning else []:
            for ours, theirs in source.columns.items():
                found.setdefault((source.extract, ours), set()).update(map(bare, _names(theirs)))
    for place, called in names().items():
        found.setdefault(place, set()).update(called)
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
