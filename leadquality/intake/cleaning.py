"""Cleaning: what every value of every file goes through before anything is made of it, in its own columns and in lookups.

Hidden characters go, letters stand in one Unicode form, every blank is a plain one (queries/reading/clean.sql); then words that
stand for nothing are blank. A column is looked at once; where nothing is odd it is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import duckdb

from leadquality.contracts import BLANK
from leadquality.formats import clipped
from leadquality.intake.declared import LONE
from leadquality.intake.expressions import LINE, literal, quoted

Note = Callable[[str, int | None, str], None]
"""Keeps a finding: code, line, what was found."""

ODD: Final = "regexp_matches({0}, '[^ -~]')"
"""Whether a value holds anything but printable ASCII: only such a value is looked at closely."""
MARKS: Final = {
    "hidden_characters": "strip_hidden({0}) <> {0}",
    "mojibake_suspected": r"regexp_matches({0}, '[ÃÂ][\x{{80}}-\x{{BF}}]|â€|\x{{FFFD}}')",
    "values_rewritten": "nfc_normalize({0}) <> {0}",
    "blanks": r"regexp_matches({0}, '[\x{{9}}-\x{{D}}\x{{85}}]')",
}
"""What may stand in an odd value: the finding, and SQL to be filled in."""
WORD: Final = "lower(trim({0})) in ({1})"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A column of a file: SQL of its cleaned value, and how many values hold a tab or a line end, with the line of the first."""

    sql: str
    blanks: int = 0
    blanks_line: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the greatest value of a column, by the bytes of its text; None where it has none."""

    low: str | None
    high: str | None


@dataclass(frozen=True, slots=True)
class Use:
    """A column that is used: the words that stand for nothing in it, and for what it is used. In `people`, names of the team, Nan
    or None may be a name; in `text` a lone dash may be one; `typed` holds ids, dates and numbers."""

    words: frozenset[str]
    kind: Literal["people", "text", "typed"]


def always(name: str) -> str:
    """SQL of a column cleaned without a look."""
    return f"clean({quoted(name)})"


def cleaned(
    con: duckdb.DuckDBPyConnection, rows: str, columns: Iterable[str], note: Note
) -> dict[str, Cleaned]:
    """These columns of a view, cleaned; what was hidden, broken or written in another form is noted."""
    found = {name: Cleaned(quoted(name)) for name in columns}
    if not found:
        return found
    odd = ", ".join(f"count(*) filter ({ODD.format(each.sql)})" for each in found.values())
    counts = con.execute(f"select {odd} from {rows}").fetchall()[0]
    return found | {
        name: _looked_at(con, rows, name, note) for name, count in zip(found, counts, strict=True) if count
    }


def _looked_at(con: duckdb.DuckDBPyConnection, rows: str, name: str, note: Note) -> Cleaned:
    """Note what stands in the odd values of a column."""
    text = quoted(name)
    counts = ", ".join(
        f"count(*) filter ({mark}), min({LINE}) filter ({mark}), arg_min({text}, {LINE}) filter ({mark})"
        for mark in (mark.format(text) for mark in MARKS.values())
    )
    *told, is_rewritten = con.execute(
        f"select {counts}, bool_or(clean({text}) is distinct from {text}) from {rows} where {ODD.format(text)}"
    ).fetchall()[0]
    for at, code in enumerate(code for code in MARKS if code != "blanks"):
        count, line, example = told[3 * at : 3 * at + 3]
        if count:
            how = f", as '{clipped(example, 40)}'" if code == "hidden_characters" else ""
            how = " in one Unicode form" if code == "values_rewritten" else how
            note(code, line, f"{clipped(name)}: {count}{how}")
    sql = f"case when {ODD.format(text)} then {always(name)} else {text} end" if is_rewritten else text
    return Cleaned(sql, *told[-3:-1])


def null_words(markers: Iterable[str], named: Iterable[str]) -> frozenset[str]:
    """Words that stand for nothing, as they are compared: those declared, without those that the mapping names as meaning
    something, and with the label of blanks, which no file may write."""
    words = {word.strip().lower() for word in markers} - {word.strip().lower() for word in named}
    return frozenset(words | {BLANK})


def without_null_words(
    con: duckdb.DuckDBPyConnection, rows: str, view: str, columns: Mapping[str, Use], note: Note
) -> str:
    """The name of a view in which words that stand for nothing are blank; `rows` itself where there are none."""
    if not columns:
        return rows
    tests = {
        name: WORD.format(quoted(name), ", ".join(map(literal, sorted(use.words))))
        for name, use in columns.items()
    }
    spans = spans_of(con, rows, columns)
    doubtful = [
        name for name, use in columns.items() if may_begin(spans[name], {word[:1] for word in use.words})
    ]
    counts = _counted(con, rows, {name: tests[name] for name in doubtful})
    replaced = []
    for name in doubtful:
        test, count = tests[name], counts[name]
        kind = columns[name].kind
        is_word = test + _but_names(con, rows, name, test) if count and kind == "people" else test
        if count and _tell_words(con, rows, name, is_word, kind != "typed", note):
            replaced.append(f"case when {is_word} then null else {quoted(name)} end as {quoted(name)}")
    if not replaced:
        return rows
    con.execute(f"create temp view {view} as select * replace ({', '.join(replaced)}) from {rows}")
    return view


def spans_of(con: duckdb.DuckDBPyConnection, rows: str, columns: Iterable[str]) -> dict[str, Span]:
    """The span of the values of these columns. Of a file that is taken as it stands it is kept beside its rows, and costs nothing."""
    names = [*columns]
    ends = ", ".join(f"min({quoted(name)}), max({quoted(name)})" for name in names)
    found = con.execute(f"select {ends} from {rows}").fetchall()[0]
    return {name: Span(*found[2 * at : 2 * at + 2]) for at, name in enumerate(names)}


def may_begin(span: Span, initials: Iterable[str]) -> bool:
    """Whether a value within the span, without surrounding blanks and in small letters, may begin with one of these; '' : whether it
    may be blank."""
    if span.low is None or span.high is None:
        return False
    first, last = span.low[:1], span.high[:1]
    if first <= " " or not last.isascii():
        return True
    return any(not mark or first <= mark <= last or first <= mark.upper() <= last for mark in initials)


def tidy(con: duckdb.DuckDBPyConnection, rows: str, columns: Iterable[str]) -> frozenset[str]:
    """Those of the columns in which no value is blank, or has a blank at an end."""
    # A value that is blank, or begins with one, is the least of all.
    begun = [
        name for name, span in spans_of(con, rows, columns).items() if span.low is None or span.low >= "!"
    ]
    counts = _counted(con, rows, {name: f"ends_with({quoted(name)}, ' ')" for name in begun})
    return frozenset(name for name in begun if not counts[name])


def _counted(con: duckdb.DuckDBPyConnection, rows: str, tests: Mapping[str, str]) -> dict[str, int]:
    """By column how many values the test holds for. Most columns have few different values: each is looked at once."""
    if not tests:
        return {}
    counts = ", ".join(
        f"(select coalesce(sum(row_count), 0)::bigint from "
        f"(select {quoted(name)}, count(*) as row_count from {rows} group by 1) where {test})"
        for name, test in tests.items()
    )
    return dict(zip(tests, con.execute(f"select {counts}").fetchall()[0], strict=True))


def _tell_words(
    con: duckdb.DuckDBPyConnection, rows: str, name: str, test: str, may_be_lone: bool, note: Note
) -> bool:
    """Note the words found in a column with their counts; whether there are any."""
    found = con.execute(
        f"select trim({quoted(name)}), count(*), min({LINE}) from {rows} where {test} group by 1 order by 1"
    ).fetchall()
    is_lone = may_be_lone and len(found) == 1 and found[0][0] in LONE and found[0][1] == 1
    if not found or is_lone:
        return False
    told = ", ".join(f"{count} '{clipped(word, 20)}'" for word, count, _ in found)
    note("values_rewritten", min(line for *_, line in found), f"{clipped(name)}: missing: {told}")
    return True


def _but_names(con: duckdb.DuckDBPyConnection, rows: str, name: str, test: str) -> str:
    """SQL that spares a word written like a first name where most of the team are called by a first name alone, if it does not
    stand in more rows than they: Nan beside Kim and Lee is a person, None beside Anna Meier is not."""
    text = quoted(name)
    is_name = f"regexp_full_match(trim({text}), '[A-Z][a-z]+')"
    words, names, others = con.execute(
        f"select count(*) filter ({test} and {is_name}), count(*) filter (not {test} and {is_name}), "
        f"count(*) filter (not {test} and trim({text}) <> '') from {rows}"
    ).fetchall()[0]
    return f" and not {is_name}" if words <= names and 2 * names > others else ""
