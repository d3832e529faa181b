"""Orders: stamps of a row that cannot follow each other as they do, by what the header of each extract declares."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import duckdb

from leadquality.catalogue import Extract, load_extracts

REMEDY: Final = (
    "The row counts; the time between the two is unknown and in no figure. Correct the clock or the column at its source, or the "
    "mapping if it has the two swapped."
)


def findings(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Add a finding for each row with two stamps in an order that cannot be (`order` of its extract); returns rows by code."""
    con.execute(
        "create temp table disordered (extract varchar, file varchar, line bigint, earlier varchar, later varchar, found varchar)"
    )
    given = set(
        con.execute("select extract, column_name from snapshot.coverage where known_count > 0").fetchall()
    )
    for extract in load_extracts().values():
        for earlier, later, between in _pairs(extract):
            if {(extract.name, earlier), (extract.name, later)} <= given:
                unknown = "".join(f" and {stamp} is null" for stamp in between)
                con.execute(
                    f"insert into disordered select $extract, file, line, $earlier, $later, "
                    f"impossible_order($earlier, {earlier}, $later, {later}) as disorder "
                    f"from staged_{extract.name} where fate = 'used' and disorder is not null{unknown}",
                    {"extract": extract.name, "earlier": earlier, "later": later},
                )
    con.execute(
        "insert into snapshot.findings select concat(later, '_before_', earlier), concat(later, ' lies before ', earlier), $remedy, "
        "extract, file, line, found from disordered order by all",
        {"remedy": REMEDY},
    )
    rows = con.execute(
        "select concat(later, '_before_', earlier), count(*) from disordered group by 1 order by 1"
    ).fetchall()
    con.execute("drop table disordered")
    return dict(rows)


def _pairs(extract: Extract) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Stamps of which the first cannot lie after the second, and those that stand between them: where one of these is known, it is
    the one to compare with."""
    for chain in extract.order:
        for first, last in combinations(range(len(chain)), 2):
            yield chain[first], chain[last], chain[first + 1 : last]
