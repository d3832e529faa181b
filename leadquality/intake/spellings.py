"""Spellings: a category is one value however it is written, in all extracts and deliveries; the most frequent spelling is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import duckdb

from leadquality.catalogue import Extract
from leadquality.intake.deliveries import as_given

COMPARED: Final = 500
"""So many values of a vocabulary are compared with each other, the most frequent ones."""
PLACED: Final = (
    "extract varchar, column_name varchar, found varchar, row_count bigint, file varchar, line bigint"
)
TABLES: Final = (
    "create or replace temp table category_values (vocabulary varchar, extract varchar, found varchar, row_count bigint)",
    "create table if not exists spellings (vocabulary varchar, found varchar, shown varchar)",
    f"create or replace table folded_values ({PLACED}, shown varchar)",
    f"create or replace table near_values ({PLACED}, near varchar, near_count bigint)",
)
"""spellings: what is shown in the place of a value; folded_values, near_values: what queries/checks tell of them."""

Place = tuple[str, str, str, str]
"""A category of an extract: vocabulary, extract, our column, and its name in the staged table."""


def make_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that the macros of queries/reading name, and those that the checks read."""
    for statement in TABLES:
        con.execute(statement)


def keep_spellings(
    con: duckdb.DuckDBPyConnection, extracts: Mapping[str, Extract], given: Iterable[str], *, is_added: bool
) -> None:
    """Choose the spelling shown of every category over all used rows, and make the views spelt_<extract> for the facts.

    is_added: keys of rows whose value is shown in another spelling than before are added to touched_<extract>.
    """
    places = [place for name in sorted(given) for place in _places(con, extracts[name])]
    for vocabulary, name, _, staged in places:
        con.execute(
            f"insert into category_values select '{vocabulary}', '{name}', {staged}, count(*) from staged_{name} "
            f"where fate = 'used' and {staged} is not null group by {staged}"
        )
    con.execute("create temp table spellings_before as from spellings")
    con.execute("create or replace table spellings as from spellings_of() order by all")
    for vocabulary, name, _, staged in places if is_added else ():
        con.execute(
            f"insert into touched_{name} select {extracts[name].key} from staged_{name} where {staged} in "
            "(select found from spellings full join spellings_before as before using (vocabulary, found) "
            f"where vocabulary = '{vocabulary}' and spellings.shown is distinct from before.shown)"
        )
    _tell(con, places)
    folded = _vocabularies(con, "spellings")
    for name, extract in extracts.items():
        con.execute(f"create or replace view spelt_{name} as {_spelt(con, extract, folded)}")


def _places(con: duckdb.DuckDBPyConnection, extract: Extract) -> Iterator[Place]:
    staged = as_given(con, extract)
    for column, vocabulary in extract.categories.items():
        yield vocabulary, extract.name, column, staged[column]


def _tell(con: duckdb.DuckDBPyConnection, places: Iterable[Place]) -> None:
    """Keep, of each value that is shown in another spelling or is near another, its count and the first row that has it."""
    con.execute("create temp table near_spellings as from near_of($most)", {"most": COMPARED})
    for table, said, told in (
        ("folded_values", "spellings", "shown"),
        ("near_values", "near_spellings", "near, near_count"),
    ):
        vocabularies = _vocabularies(con, said)
        for vocabulary, name, column, staged in places:
            if vocabulary in vocabularies:
                con.execute(
                    f"insert into {table} select '{name}', '{column}', rows.*, {told} from (select {staged} as found, count(*), "
                    f"min(file), arg_min(line, (file, line)) from staged_{name} where fate = 'used' group by {staged}) as rows "
                    f"inner join {said} on rows.found = {said}.found and {said}.vocabulary = '{vocabulary}'"
                )


def _vocabularies(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {name for (name,) in con.execute(f"select distinct vocabulary from {table}").fetchall()}


def _spelt(con: duckdb.DuckDBPyConnection, extract: Extract, folded: set[str]) -> str:
    """SQL of the staged rows with the spelling that is shown; a column of which none has another is taken as it stands. folded: the
    vocabularies in which some have."""
    shown, joins = [], ""
    for vocabulary, name, column, staged in _places(con, extract):
        if vocabulary in folded:
            shown.append(f"coalesce(shown_{column}.shown, {name}.{staged}) as {staged}")
            joins += (
                f" left join (select found, shown from spellings where vocabulary = '{vocabulary}') as shown_{column} "
                f"on {name}.{staged} = shown_{column}.found"
            )
    replaced = f" replace ({', '.join(shown)})" if shown else ""
    return f"select {extract.name}.*{replaced} from staged_{extract.name} as {extract.name}{joins}"
