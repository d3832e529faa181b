"""The steps of a curve asked one after the other, each once for a scope and journey, and kept for every KPI that reads them.

As one statement a curve has some hundred operators and planning it takes longer than running it. So each macro of STEPS is asked
by itself, over the kept rows of those before it, and a statement then runs on a cursor where they stand in the macro's place.
Rows of journeys that no table of the snapshot tells (units_of_rows) are worked out and kept the same way.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from leadquality.catalogue.macros import COMMENT, mentions, reached
from leadquality.contracts import InputRefused
from leadquality.scope import Scope

STEPS: Final = (
    "scope_cells",
    "incidence_curve",
    "incidence_steps",
    "incidence_leaving",
    "incidence_entering",
    "account_moves",
    "account_pairs",
    "clustered_incidence",
    "account_products",
)
"""Macros (wanted, scope) that are kept, each after those that it reads."""
OF_LEADS: Final = frozenset(
    {
        "conversation",
        "decided",
        "decision_maker",
        "meeting",
        "opportunity",
        "qualified",
        "recycled",
        "response",
        "sales_ready",
        "validated",
        "won",
    }
)
"""Journeys that begin with the lead (queries/functions/is_of_leads.sql): lead_events tells them on any day."""
RARE: Final = {"incidence_entering": ("entry_age", 0), "account_moves": ("crowd_count", 1)}
"""Steps that have rows only where a column of scope_cells somewhere is at least so much."""
BYTES_KEPT: Final = 256_000_000
ROWS: Final = (
    "select *, $known_on::date as known_on, $assuming::varchar as assuming "
    "from journeys_assuming($known_on, $assuming) where journey = $journey"
)
KNOWN_ROWS: Final = (
    "select journey from journey_kept where known_on = $known_on and assuming is not distinct from $assuming"
)
"""Journeys that journey_rows holds already: a test may have told them."""


@dataclass(frozen=True, slots=True)
class Question:
    """One use of a macro that reads steps: the journey, and the scope with the slice that the statement asks for."""

    macro: str
    wanted: str
    scope: Scope

    @property
    def key(self) -> str:
        """What the statement compares, as text: journey and slice."""
        return f"{self.wanted}|{self.scope.slice_by or ''}"


class Source:
    """Points `units_told` at the one of its macros that may have units of a question, on one cursor: planning the others takes longer
    than reading it."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.pointed = ""

    def point(self, question: Question) -> None:
        """Before a step is asked for this question."""
        journey = question.wanted.removesuffix("_time")
        name = "units_of_response" if journey == "response" else "units_of_leads"
        call = f"{name}(wanted, scope)"
        if journey not in OF_LEADS or question.scope.reads == "facts":
            call = "units_of_rows(wanted, scope, by_unit)"
        if call != self.pointed:
            self.con.execute(
                f"create or replace temp macro units_told(wanted, scope, by_unit) as table select * from {call}"
            )
            self.pointed = call

    def restore(self) -> None:
        """Let it be all of them again."""
        if self.pointed:
            self.con.execute("drop macro table temp.units_told")
            self.pointed = ""


class Store:
    """Tables by what was asked, up to BYTES_KEPT in all; what was used longest ago goes first."""

    def __init__(self) -> None:
        self._tables: OrderedDict[object, pa.Table] = OrderedDict()
        self._lock = Lock()
        self._turns: dict[object, Lock] = {}
        self._bytes = 0

    def get(self, key: object, make: Callable[[], pa.Table]) -> pa.Table:
        """The table of `key`, made once however many ask for it at the same time."""
        with self._lock:
            if found := self._found(key):
                return found
            turn = self._turns.setdefault(key, Lock())
        with turn:
            with self._lock:
                if found := self._found(key):
                    return found
            table = make()
            with self._lock:
                self._tables[key] = table
                self._bytes += table.nbytes
                self._turns.pop(key, None)
                while self._bytes > BYTES_KEPT and len(self._tables) > 1:
                    self._bytes -= self._tables.popitem(last=False)[1].nbytes
        return table

    def _found(self, key: object) -> pa.Table | None:
        table = self._tables.get(key)
        if table is not None:
            self._tables.move_to_end(key)
        return table

    def holds(self, key: object) -> bool:
        """Whether a table is kept at this moment."""
        return key in self._tables

    def clear(self) -> None:
        with self._lock:
            self._tables.clear()
            self._bytes = 0


STORE: Final = Store()
SCHEMAS: Final[dict[str, pa.Schema]] = {}
"""Columns of each step, once it was asked."""


@contextmanager
def asking(
    con: duckdb.DuckDBPyConnection,
    scope: Scope,
    sql: str,
    journeys: Iterable[str] = (),
    by_unit: bool = False,
    values: dict[str, Any] | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor of an open snapshot on which `sql` finds its steps asked and its rows of `journeys` worked out.

    by_unit: the statement reads single units, also of journeys of which the snapshot keeps cells. values: parameters beside
    $scope. Raises InputRefused where the text asks for a step over another scope than its own with another slice.
    """
    own = con.cursor()
    try:
        place, store = _kept_of(own)
        needed = {name for name in journeys if not _is_told(name, scope, by_unit)}
        if needed:
            _work_out(own, place, store, scope, needed)
        _keep(own, place, store, questions(own, sql, scope, values or {}))
        yield own
    finally:
        own.close()


def questions(
    con: duckdb.DuckDBPyConnection, sql: str, scope: Scope, values: dict[str, Any]
) -> list[Question]:
    """What a statement asks of the steps, in the order of its text."""
    parameters = {"scope": scope.parameters()}
    found = []
    for macro, name, of_scope in _calls(sql):
        journey = str(values[name[1:]]) if name.startswith("$") else name.strip("'")
        if of_scope == "$scope":
            found.append(Question(macro, journey, scope))
            continue
        asked = con.execute(f"select {of_scope}", parameters).fetchall()[0][0]
        if asked | {"slice_by": None} != parameters["scope"] | {"slice_by": None}:
            raise InputRefused(
                f"{macro}('{journey}', {of_scope}): asks for a step over another scope than its own"
            )
        found.append(Question(macro, journey, _sliced(scope, asked["slice_by"])))
    return found


def _sliced(scope: Scope, slice_by: str | None) -> Scope:
    """The scope with any slice that SQL knows, a cohort's too, which no reader may choose."""
    sliced = replace(scope)
    object.__setattr__(sliced, "slice_by", slice_by)
    return sliced


@cache
def _steps_of(macro: str) -> tuple[str, ...]:
    """The steps that a macro reads, itself included where it is one."""
    read = mentions(macro) | {macro}
    return tuple(step for step in STEPS if step in read)


@cache
def _readers() -> re.Pattern[str]:
    """A call of any macro that reads steps, up to its journey."""
    names = sorted(name for name in mentions() if _steps_of(name))
    return re.compile(rf"\b({'|'.join(names)})\(\s*('[a-z_]+'|\$[a-z_]+)\s*,\s*")


@cache
def _calls(sql: str) -> tuple[tuple[str, str, str], ...]:
    """Macro, journey and scope of each call in a text, as they stand there."""
    text = COMMENT.sub("", sql)
    return tuple((call[1], call[2], _argument(text, call.end())) for call in _readers().finditer(text))


def _argument(text: str, start: int) -> str:
    """The argument that begins at `start`, up to its comma or the end of the call."""
    depth = 0
    for place in range(start, len(text)):
        sign = text[place]
        if depth == 0 and sign in ",)":
            return text[start:place].strip()
        depth += (sign in "([{") - (sign in ")]}")
    return text[start:].strip()


def _kept_of(con: duckdb.DuckDBPyConnection) -> tuple[str, Store]:
    """Where the snapshot lies, and what is kept of it. A file that nobody can write is the same at every question; of anything else
    nothing outlives the question."""
    files = con.execute(
        "select database_name, path from duckdb_databases() where readonly and database_name in ('snapshot', 'recorded')"
    ).fetchall()
    return ("|".join(map(str, files[0])), STORE) if files else ("", Store())


def _is_told(journey: str, scope: Scope, by_unit: bool) -> bool:
    """Whether a table of the snapshot tells this journey for this scope."""
    if scope.reads == "facts":
        return False
    return journey in OF_LEADS or (scope.reads == "counts" and not by_unit)


def _work_out(
    con: duckdb.DuckDBPyConnection, place: str, store: Store, scope: Scope, journeys: set[str]
) -> None:
    """Let journey_rows hold these journeys as known on the scope's day and under its assumption."""
    there = con.execute(KNOWN_ROWS, {"known_on": scope.as_of, "assuming": scope.assuming}).fetchall()
    known = {name for (name,) in there}
    tables: list[pa.Table] = []
    for journey in sorted(journeys - known):
        asked = {"known_on": scope.as_of, "assuming": scope.assuming, "journey": journey}

        def make(asked: dict[str, Any] = asked) -> pa.Table:
            return con.execute(ROWS, asked).to_arrow_table()

        tables.append(store.get((place, "rows", journey, scope.as_of, scope.assuming), make))
    if tables and known:
        told: pa.Table = con.execute("select * from journey_rows").to_arrow_table()
        tables.append(told.select(tables[0].column_names).cast(tables[0].schema))
    if tables:
        con.register("journey_rows", pa.concat_tables(tables))


def _keep(con: duckdb.DuckDBPyConnection, place: str, store: Store, asked: list[Question]) -> None:
    """Put kept rows in the place of every step that the questions read."""
    wanted: dict[str, dict[str, Question]] = {}
    for question in asked:
        for step in _steps_of(question.macro):
            wanted.setdefault(step, {})[question.key] = question
    kept: dict[str, pa.Table] = {}
    source = Source(con)
    needed = _needed(place, store, asked, wanted)
    for step in STEPS:
        if step not in needed:
            continue
        tables: list[pa.Table] = []
        for key, question in wanted[step].items():

            def make(step: str = step, key: str = key, question: Question = question) -> pa.Table:
                source.point(question)
                return con.execute(
                    f"select $key as question, * from {step}($wanted, $scope)",
                    {"key": key, "wanted": question.wanted, "scope": question.scope.parameters()},
                ).to_arrow_table()

            if step in RARE and step in SCHEMAS and not _occurs(kept["scope_cells"], key, *RARE[step]):
                tables.append(SCHEMAS[step].empty_table())
            else:
                tables.append(store.get((place, step, question.wanted, question.scope), make))
                SCHEMAS[step] = tables[-1].schema
        kept[step] = pa.concat_tables(tables)
        con.register(f"kept_{step}", kept[step])
        keys = ", ".join(f"'{key}'" for key in wanted[step])
        spelt = "wanted || '|' || coalesce(scope['slice_by'], '')"
        con.execute(
            f"create or replace temp macro {step}(wanted, scope) as table select * exclude (question) from kept_{step} "
            f"where question = case when list_contains([{keys}], {spelt}) then {spelt} "
            f"else error('{step}: asked for a journey or slice that is not kept') end"
        )
    source.restore()


def _needed(
    place: str, store: Store, asked: list[Question], wanted: dict[str, dict[str, Question]]
) -> set[str]:
    """The steps that the questions read themselves, and those that these are made from where they are not kept. What is not put on the
    cursor is worked out by its macro, should it be read all the same."""
    every = frozenset(STEPS)
    needed = {question.macro for question in asked} & every
    needed = needed.union(
        *(reached(question.macro, every) for question in asked if question.macro not in every)
    )
    for step in reversed(STEPS):
        if step in needed and step in RARE:
            needed.add("scope_cells")
        if step in needed and not all(
            store.holds((place, step, question.wanted, question.scope)) for question in wanted[step].values()
        ):
            needed |= reached(step, every)
    return needed


def _occurs(cells: pa.Table, key: str, column: str, least: int) -> bool:
    """Whether a cell of one question has so much in a column."""
    own = cells.filter(pc.equal(cells["question"], key))
    return bool(own.num_rows) and pc.max(own[column]).as_py() >= least
