"""One column of one file while it is brought into form: what it holds, how it is asked, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

import duckdb

from leadquality.catalogue import Bound
from leadquality.formats import clipped, shown
from leadquality.intake.columns import Column as Told
from leadquality.intake.expressions import literal
from leadquality.intake.files import Table
from leadquality.intake.mapping import Mapping, Source
from leadquality.intake.survey import Seen
from leadquality.intake.tokens import Tokens

EXAMPLE: Final = 'case when is_personal(arg_min({1}, "#line")) then \'…\' else arg_min({0}, "#line") end'
"""SQL of what the first row says, covered where the value it says it of names a person."""
NO_BOUND: Final = Bound("0", "0")
Note = Callable[[str, int | None, str, bool], None]
"""Keeps a finding: code, line, what was found, and whether that can be nothing personal."""


@dataclass(slots=True)
class Typed:
    """SQL of a column in form, and SQL of the problems that its values may have."""

    value: str
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Column:
    """A column of ours as one file fills it. mapped: the rows of the file under our names; note keeps a finding.

    vocabulary: of a category, what it shares its spellings with; is_key: it identifies the row; named: words to which the mapping
    gives a meaning; majority: a value that may be more than half of all.
    layers are what is worked out of the column step by step; each may use the one before by its name.
    """

    con: duckdb.DuckDBPyConnection
    mapping: Mapping
    source: Source
    table: Table
    mapped: str
    extract: str
    name: str
    kind: str
    bound: Bound
    note: Note
    tokens: Tokens
    vocabulary: str = ""
    is_key: bool = False
    named: frozenset[str] = frozenset()
    majority: str | None = None
    layers: list[str] = field(default_factory=list)

    @property
    def theirs(self) -> str:
        """The name of the file's own column when it is taken as it stands, else ours."""
        told = self.source.columns.get(self.name, self.name)
        return told if isinstance(told, str) else self.name

    @property
    def told(self) -> Told | None:
        """What the mapping says of this column beyond a name."""
        told = self.source.columns.get(self.name)
        return None if isinstance(told, str) else told

    @property
    def zone(self) -> str | None:
        """The zone that the mapping names for stamps of this column, where it is not the mapping's own."""
        return self.told.zone if self.told else None

    @property
    def has_unit(self) -> bool:
        """Does the mapping say in which unit the lengths of this column are?"""
        return self.told is not None and self.told.says_unit

    @property
    def limits(self) -> tuple[Decimal, Decimal]:
        """The smallest and the largest number that the column can hold."""
        return self.bound.limits(self.mapping.policy.max_amount)

    @property
    def where(self) -> str:
        """File and column, for a message."""
        return f"{shown(self.source.file)}, column '{clipped(self.theirs)}'"

    def layer(self, what: str, sql: str) -> str:
        """Work out one more step; returns the name that stands for it."""
        name = f'"#{what} {self.name}"'
        self.layers.append(f"{sql} as {name}")
        return name

    def ask(self, what: str, condition: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the rows of the file, with all steps so far, for which the condition holds."""
        return self.con.execute(
            f"select {what} from {layered(self.mapped, [self])} where {condition}"
        ).fetchall()

    def shapes(self, shape: str, value: str) -> dict[str, Seen]:
        """The values of the column by their shape."""
        rows = self.ask(
            f'{shape}, count(*), min("#line"), {EXAMPLE.format(value, value)}',
            f"{value} is not null group by 1 order by 1",
        )
        return {name: Seen(count, line, example) for name, count, line, example in rows}

    def counted(self, value: str, condition: str) -> list[tuple[str, int, int]]:
        """The different values for which the condition holds (over `value`), with their count and first line."""
        rows = (
            f'select {value} as value, count(*), min("#line") from {layered(self.mapped, [self])} group by 1'
        )
        return self.con.execute(f"from ({rows}) where {condition} order by 1").fetchall()

    def tell(self, line: int | None, what: str, code: str = "values_rewritten") -> None:
        """Note something of this column."""
        # A date or a number is what a reader must see to judge it, and so is a word that stands for none.
        is_shown = self.kind in ("date", "number", "money", "flag") or code == "placeholder_values"
        self.note(code, line, f"{self.name}: {what}", is_shown)

    def tell_rewritten(self, value: str) -> None:
        """Note how many values are another text than they were, with the first of them."""
        count, line, before, after = self.ask(
            f'count(*), min("#line"), {", ".join(EXAMPLE.format(each, self.name) for each in (self.name, value))}',
            f"{value} <> {self.name}",
        )[0]
        if count:
            self.tell(line, f"{count}, '{clipped(before, 20)}' is '{clipped(after, 20)}'")

    def tell_cells(self) -> None:
        """Note where the file itself holds another kind of value: text for numbers and dates, numbers for ids."""
        reading = self.table.reading
        if self.theirs not in reading.header:
            return
        place = reading.header.index(self.theirs)
        if self.kind in ("date", "number", "money") and reading.texts and reading.texts[place]:
            self.tell(None, f"{reading.texts[place]} cells hold text")
        if self.kind == "id" and reading.types and reading.types[place] != "VARCHAR":
            self.tell(None, "numbers read as text")


def layered(mapped: str, columns: Iterable[Column]) -> str:
    """SQL of the mapped rows with the layers of these columns, one select for each step."""
    for step in zip_longest(*(column.layers for column in columns)):
        mapped = f"(select *, {', '.join(filter(None, step))} from {mapped})"
    return mapped


def problem(condition: str, reason: str, field_name: str, found: str) -> str:
    """SQL of one reason to refuse a row."""
    return f"problem({condition}, {literal(reason)}, {literal(field_name)}, {found})"
