"""Runs one KPI file over one scope and returns the contract columns; says `not available` where data are missing."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from leadquality.catalogue import Kpi
from leadquality.contracts import ALL, CHANNELS, DIFFERENCE, DIMENSIONS
from leadquality.engine.evidence import Evidence, measured
from leadquality.engine.kept import asking
from leadquality.scope import Scope

ORDER = (*CHANNELS, ALL, DIFFERENCE)
# What it warns of, a second copy of the rows, is nothing beside a second plan: an answer has some hundred rows.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result")


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one KPI question.

    rows holds kpi.columns in order, sorted by slice, channel (inbound, outbound, other, unknown, all, difference) and age.
    unavailable names the data that are missing; rows then holds status not_available and nulls. parameters are what was bound.
    scope is what was asked; evidence.scope the part of it that the extracts cover, which is what was computed.
    """

    kpi: Kpi
    scope: Scope
    horizon: tuple[int, int] | None
    rows: pl.DataFrame
    unavailable: str
    parameters: dict[str, Any]
    evidence: Evidence

    def row(self, channel: str, **where: object) -> dict[str, Any] | None:
        """The first row of a channel (and of other column values), or None."""
        chosen = self.rows.filter(
            pl.col("channel") == channel, *[pl.col(key) == value for key, value in where.items()]
        )
        return chosen.row(0, named=True) if chosen.height else None

    @property
    def reason(self) -> str:
        """Why there is no figure, of the whole or of a channel that is not available; empty where none is withheld."""
        withheld = self.rows.filter(pl.col("status") == "not_available").height
        return self.unavailable or (self.kpi.withheld if withheld else "")

    def first(self, channel: str) -> dict[str, Any] | None:
        """The row that a card shows: where there are several measures, the one that the KPI's header names first."""
        return self.row(channel, **({"measure": self.kpi.first} if self.kpi.first else {}))


def missing(con: duckdb.DuckDBPyConnection, kpi: Kpi) -> str:
    """What the snapshot lacks for this KPI, in words; empty when nothing."""
    known: dict[tuple[str, str], int] = {
        (extract, column): count
        for extract, column, count in con.sql(
            "select extract, column_name, known_count from snapshot.coverage"
        ).fetchall()
    }
    lacking: dict[str, list[str]] = {}
    for need in kpi.needs:
        extract, _, column = need.partition(".")
        counts = [
            count
            for (name, field), count in known.items()
            if name == extract and (not column or field == column)
        ]
        if not any(counts):
            lacking.setdefault(extract, []).append(column)
    return (
        f"needs {' and '.join(_lack(extract, columns) for extract, columns in lacking.items())}"
        if lacking
        else ""
    )


def _lack(extract: str, columns: list[str]) -> str:
    named = [column for column in columns if column]
    if not named:
        return f"the extract {extract}"
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return f"the column{'s' if len(named) > 1 else ''} {listed} of the extract {extract}"


def run(con: duckdb.DuckDBPyConnection, kpi: Kpi, scope: Scope, horizon: int | None = None) -> Result:
    """Run `kpi` over `scope` on a cursor of an open snapshot. horizon overrides the file's days for every channel."""
    days = horizon_days(con, kpi, horizon)
    evidence = measured(con, kpi, scope, days)
    parameters = {key: value for key, value in bound(evidence.scope, days).items() if key in kpi.parameters}
    if lack := missing(con, kpi) or evidence.reason:
        return Result(kpi, scope, days, _not_available(kpi), lack, parameters, evidence)
    with asking(con, evidence.scope, kpi.sql, kpi.journeys) as own:
        rows = answer(own, kpi.sql, parameters)
    if tuple(rows.columns) != kpi.columns:
        raise AssertionError(
            f"{kpi.path.name}: returns {rows.columns}, its header promises {list(kpi.columns)}"
        )
    return Result(kpi, scope, days, in_order(rows), "", parameters, evidence)


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of a result by slice, channel, measure and age."""
    order = pl.col("channel").replace_strict(
        {name: place for place, name in enumerate(ORDER)}, return_dtype=pl.Int8
    )
    return rows.sort(
        pl.col("slice"), order, *(pl.col(name) for name in ("measure", "age_days") if name in rows.columns)
    )


def answer(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]) -> pl.DataFrame:
    """The rows of a query, planned once; as a relation of DuckDB it is planned to learn its columns and once more to run, and
    planning takes longer than running."""
    return pl.DataFrame(con.execute(sql, parameters).to_arrow_table())


def bound(scope: Scope, days: tuple[int, int] | None) -> dict[str, Any]:
    """What a text of the catalogue may ask for, by name."""
    inbound, outbound = days or (0, 0)
    return {"scope": scope.parameters(), "horizon": {"inbound": inbound, "outbound": outbound}}


def horizon_days(
    con: duckdb.DuckDBPyConnection, kpi: Kpi, horizon: int | None = None
) -> tuple[int, int] | None:
    """The age asked for, else the site's horizon for this KPI, channel by channel, else the file's; None where it has none."""
    if horizon is not None:
        return horizon, horizon
    if kpi.horizon is None:
        return None
    rows = con.sql(
        "select name, value from snapshot.settings where starts_with(name, $prefix)",
        params={"prefix": f"horizons.{kpi.kpi_id}."},
    )
    own = {name.rpartition(".")[2]: int(value) for name, value in rows.fetchall()}
    return own.get("inbound", kpi.horizon[0]), own.get("outbound", kpi.horizon[1])


def _not_available(kpi: Kpi) -> pl.DataFrame:
    """One row for each of the two channels that says so, every figure null: nothing is put in its place."""
    known = {"slice": ["all", "all"], "channel": list(CHANNELS[:2]), "status": ["not_available"] * 2}
    return pl.DataFrame({column: known.get(column, [None, None]) for column in kpi.columns})


def spelt(con: duckdb.DuckDBPyConnection, value: str, known: list[str]) -> str | None:
    """The one of the known values that this one spells, whatever its case, blanks, dashes and underscores; None when none does."""
    if value in known:
        return value
    found = con.execute(
        "select first(each order by each) from (select unnest($known) as each) where category_key(each) = category_key($value)",
        {"known": known, "value": value},
    ).fetchall()
    return str(found[0][0]) if found[0][0] is not None else None


def values(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The values of each dimension in the snapshot, sorted, for the filters."""
    return {
        dimension: [
            row[0] for row in con.sql(f"select distinct {dimension} from snapshot.dims order by 1").fetchall()
        ]
        for dimension in (*DIMENSIONS, "channel")
    }
