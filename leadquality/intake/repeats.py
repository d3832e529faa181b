"""Rows that repeat each other: which of them stays, and which have no key to be compared by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import duckdb

from leadquality.contracts import InputRefused
from leadquality.formats import clipped, shown
from leadquality.intake import dates
from leadquality.intake.columns import Exclusion
from leadquality.intake.expressions import LINE, Names, in_seconds, quoted, repeated, text
from leadquality.intake.files import Table
from leadquality.intake.mapping import Mapping, Source
from leadquality.intake.tokens import Tokens
from leadquality.intake.typed import NO_BOUND, Column, Note

MOST: Final = 0.5
"""So many of the values must be numbers, or dates, for rows to be put in order by them."""


def orders(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    source: Source,
    table: Table,
    names: Names,
    rows: str,
    extract: str,
    note: Note,
    tokens: Tokens,
) -> dict[str, str]:
    """By exclusion with `keep`, SQL of what the row that stays has most of; and a note of the rows whose key is blank in part.

    rows: the rows of the file, `raw`, with their lookups. Raises InputRefused for a `keep` that is neither a number nor a date.
    """
    found = {}
    for name, rule in source.exclude.items():
        if len(rule.repeats) > 1:
            _tell_blank(con, names, name, rule, rows, note)
        if rule.keep is not None and rule.repeats:
            value = text(names.sql(rule.keep, f"of exclusion '{name}'"))
            ours = quoted(rule.keep)
            mapped = f"(select raw.{LINE}, {value} as {ours} {rows})"
            column = Column(
                con, mapping, source, table, mapped, extract, ours, "date", NO_BOUND, note, tokens
            )
            found[name] = _most(column, name, rule.keep)(value)
    return found


def _most(column: Column, name: str, keep: str) -> Callable[[str], str]:
    """How SQL puts rows in order by a column: numbers and lengths by their size, dates by their day."""
    value = column.name
    given, numbers, example = column.ask(
        f'count({value}), count({_size(value)}), arg_min({value}, "#line")', "true"
    )[0]
    if given and numbers > MOST * given:
        return _size
    if given:
        moments = dates.moments(column, value)
        if column.ask(f"count({moments(value)})", "true")[0][0] > MOST * given:
            return moments
    what = f"such as '{clipped(str(example), 30)}'" if given else "as it is blank in every row"
    raise InputRefused(
        f"{shown(column.source.file)}, column '{clipped(keep)}': keep of exclusion '{name}' needs numbers or dates to tell which row "
        f"stays, and most of its values are neither, {what}; name another column, or declare its dates: date_formats"
    )


def _size(value: str) -> str:
    """SQL of a number, or of a length such as 00:01:30."""
    return f"try_cast({in_seconds(value, 'hh:mm:ss')} as double)"


def _tell_blank(
    con: duckdb.DuckDBPyConnection, names: Names, name: str, rule: Exclusion, rows: str, note: Note
) -> None:
    keys = ", ".join(repeated(names, rule, f"of exclusion '{name}'"))
    blank = f"len(list_filter([{keys}], lambda key: key is null))"
    count, line = con.execute(
        f"select count(*), min(raw.{LINE}) {rows} where {blank} between 1 and {len(rule.repeats) - 1}"
    ).fetchall()[0]
    if count:
        note("repeats_blank_in_part", line, f"{name}: {count} rows", True)
