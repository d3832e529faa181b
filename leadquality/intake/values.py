"""What the words of a file are read as: those of a known set by what they mean, reps and owners by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import duckdb

from leadquality.contracts import CHANNELS
from leadquality.intake import everyday
from leadquality.intake.columns import Rule
from leadquality.intake.everyday import Place
from leadquality.intake.mapping import Mapping as Rules
from leadquality.intake.staging import Staged

OUTCOMES: Final = ("won", "lost", "open")
CLOSED: Final = ("won", "lost")
STATUSES: Final = ("held", "no_show", "cancelled", "booked")
DIRECTIONS: Final = ("inbound", "outbound")
OWNERS: Final = (("calls", "rep_id"), ("opportunity_changes", "owner"), ("time_log", "rep_id"))
"""Columns that name one of the team, an open set: a name without an entry in the mapping is taken as it is spelt."""
CLOSE: Final = 0.75
"""So much of a word must be like a known one to be suggested: 'inbuond' is, 'not interested' is not like 'not answered'."""
HINTED: Final = 200
"""Of so many values of a column the meaning is guessed, the most frequent ones: a column of free text has no others."""
COMPARED: Final = 500
"""So many spellings of names are compared with each other, the most frequent ones."""

Vocabulary = Mapping[Place, Mapping[str, str]]
"""Of the columns that have standard words: each word and what it means."""


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value of a column whose words matter. meaning: the word it is read as, '' when it has none, or, of a rep, when no
    entry names it; suggestion: a word that may be meant, or a near spelling that is more frequent."""

    extract: str
    column: str
    value: str
    count: int
    meaning: str
    suggestion: str

    @property
    def place(self) -> Place:
        return self.extract, self.column


def vocabulary(settings: Iterable[tuple[str, str]]) -> Vocabulary:
    """The standard words, of which those of outcomes and stages are settings: rows of name and value."""
    rows = list(settings)
    stages = [value for name, value in rows if name == "stages.order"]
    codes = {
        value: name.removeprefix("dispositions.") for name, value in rows if name.startswith("dispositions.")
    }
    return {
        ("calls", "direction"): dict(zip(DIRECTIONS, DIRECTIONS, strict=True)),
        ("calls", "outcome_code"): codes,
        ("meetings", "status"): dict(zip(STATUSES, STATUSES, strict=True)),
        ("opportunities", "outcome"): dict(zip(OUTCOMES, OUTCOMES, strict=True)),
        ("opportunity_changes", "stage"): {word: word for word in (*stages, *CLOSED)},
    }


def meanings(known: Vocabulary, values: Iterable[ValueCount]) -> dict[Place, dict[str, str]]:
    """What a person may choose for a value: the meaning, and the first word that has it; for a rep or owner every name there is."""
    chosen: dict[Place, dict[str, str]] = {}
    for place, words in known.items():
        chosen[place] = {meaning: word for word, meaning in reversed(list(words.items()))}
    chosen["leads", "source"] = {name: name for name in CHANNELS if name != "unknown"}
    people = sorted({value.value for value in values if value.place in OWNERS}, key=str.casefold)
    return chosen | {place: {name: name for name in people} for place in OWNERS}


def read_values(
    con: duckdb.DuckDBPyConnection, staged: Staged, known: Vocabulary, rules: Rules
) -> Iterator[ValueCount]:
    """Every value of the columns whose words matter, with its count and what it is read as."""
    for place, words in known.items():
        yield from _of_known_set(con, place, words)
    if "leads" in staged.given:
        rows = con.execute(
            "select source, case when channel <> 'unknown' then channel else '' end, count(*) "
            "from fact_leads group by all order by count(*) desc, 1, 2"
        ).fetchall()
        for at, (value, meaning, count) in enumerate(rows):
            is_open = not meaning and value is not None and at < HINTED
            hint = everyday.meaning(("leads", "source"), value) if is_open else ""
            yield ValueCount("leads", "source", value, count, meaning, hint)
    yield from _owners(con, rules)


def _of_known_set(
    con: duckdb.DuckDBPyConnection, place: Place, words: Mapping[str, str]
) -> Iterator[ValueCount]:
    extract, column = place
    counted = _counted(con, place)
    folded = _folded(con, [*words, *(value for value, _ in counted)])
    known = {folded[word]: meaning for word, meaning in words.items()}
    for at, (value, count) in enumerate(counted):
        meaning = known.get(folded[value], "")
        hint = _hint(place, value, words) if not meaning and at < HINTED else ""
        yield ValueCount(extract, column, value, count, meaning, hint)


def _hint(place: Place, value: str, words: Mapping[str, str]) -> str:
    """The first word of what a near word means, or people by the value; '' when there is none."""
    near = get_close_matches(value.lower(), words, n=1, cutoff=CLOSE)
    meant = words[near[0]] if near else everyday.meaning(place, value)
    return next((word for word, meaning in words.items() if meaning == meant), "")


def _folded(con: duckdb.DuckDBPyConnection, texts: list[str]) -> dict[str, str | None]:
    """Each text as the mapping compares it: without case, blanks, dashes and underscores."""
    return dict(
        con.execute(
            "select text, fold(text) from (select unnest($texts) as text)", {"texts": texts}
        ).fetchall()
    )


def _owners(con: duckdb.DuckDBPyConnection, rules: Rules) -> Iterator[ValueCount]:
    """Every spelling of a rep or owner: one set of people, so that a near spelling may stand in another extract."""
    counted = {place: _counted(con, place) for place in OWNERS}
    hints = _near_names(con, [pair for pairs in counted.values() for pair in pairs])
    for (extract, column), pairs in counted.items():
        named = _entries(rules, (extract, column))
        for value, count in pairs:
            is_named = value in named
            hint = "" if is_named else hints.get(value, "")
            yield ValueCount(extract, column, value, count, value if is_named else "", hint)


def _near_names(con: duckdb.DuckDBPyConnection, pairs: list[tuple[str, int]]) -> dict[str, str]:
    """For a spelling the near one that more rows have, of equally many the longer name."""
    if len(pairs) < 2:
        return {}
    rows = con.execute(
        "with spellings as (select name, sum(row_count) as row_count, length(split_part(name, '@', 1)) as size "
        "from (select unnest($names) as name, unnest($counts) as row_count) group by name "
        "order by row_count desc, name limit $most) "
        "select one.name, first(other.name order by other.row_count desc, other.size desc, other.name) "
        "from spellings as one inner join spellings as other on is_near_name(one.name, other.name) and "
        "(other.row_count, other.size, one.name) > (one.row_count, one.size, other.name) "
        "group by one.name",
        {
            "names": [name for name, _ in pairs],
            "counts": [count for _, count in pairs],
            "most": COMPARED,
        },
    ).fetchall()
    return dict(rows)


def _entries(rules: Rules, place: Place) -> set[str]:
    """The names that the mapping's words of a column are read as."""
    extract, column = place
    found: set[str] = set()
    for source in rules.source:
        words = source.values.get(column, {}) if source.extract == extract else {}
        found |= (
            {word.then for word in words if isinstance(word, Rule)} if isinstance(words, list) else {*words}
        )
    return found


def _counted(con: duckdb.DuckDBPyConnection, place: Place) -> list[tuple[str, int]]:
    extract, column = place
    found: list[tuple[str, int]] = con.execute(
        f"select {column}, count(*) from source_{extract} "
        f"where excluded_by is null and fault is null and {column} is not null group by all order by count(*) desc, 1"
    ).fetchall()
    return found
