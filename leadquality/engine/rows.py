"""The rows behind a number: the KPI's own text with another final select, so that the definition is written once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from leadquality.catalogue import Kpi, named_parameters
from leadquality.contracts import AGE_GRID, CHANNELS, DIFFERENCE, InputRefused
from leadquality.engine.evidence import Known, known_of, measured
from leadquality.engine.kept import asking
from leadquality.engine.run import answer, bound, horizon_days, missing
from leadquality.scope import Scope

FINAL_SELECT = re.compile(r"^select\b", re.MULTILINE)
UNITS = ("call_id", "meeting_id", "opportunity_id", "lead_id", "account_id")
FIRST = (*UNITS, "slice", "channel", "measure", "is_counted")
"""Columns that stand first where the rows carry them; the others follow as the KPI has them."""

HIDDEN = ("unit_id", "cluster_id", "entry_age", "lead", "account", "dim", "lone_call")
"""Columns that repeat an id, number it or serve a condition: left out, as are lists and structs, which no table shows."""

CONTEXT = {
    "call_id": ("fact_calls", ("started_on", "rep_id", "disposition", "talk_seconds", "lead_id")),
    "meeting_id": ("fact_meetings", ("booked_on", "lead_id")),
    "opportunity_id": ("fact_opportunities", ("created_on", "lead_id")),
    "lead_id": ("fact_leads", ("created_on", "source", "segment", "region")),
}
"""What helps to understand a unit, by its id: table and columns. Only what never changes after it is known."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The units behind one number.

    total counts them; counted counts those that make the numerator, None where it is no count of them. frame holds the first
    `limit` in a fixed order, the counted ones first; its columns begin with those of FIRST. sql and parameters are what ran.
    """

    total: int
    counted: int | None
    frame: pl.DataFrame
    sql: str
    parameters: dict[str, Any]


def rows_behind(
    con: duckdb.DuckDBPyConnection,
    kpi: Kpi,
    scope: Scope,
    horizon: int | None = None,
    channel: str | None = None,
    slice: str | None = None,  # noqa: A002  the contract's column name
    measure: str | None = None,
    limit: int | None = 500,
    known: Known | None = None,
) -> Rows:
    """The rows of `kpi` over `scope`, of one channel (`difference`: of both), slice and measure where given.

    horizon is the age of a point of a curve (the last age when None).
    limit None gives all rows. known is what the snapshot says of itself, read where it is not given. Raises InputRefused where the
    KPI names no rows; without its extracts there are none.
    """
    if not kpi.rows:
        raise InputRefused(f"{kpi.kpi_id}: its file names no rows (key `rows` of the header)")
    known = known or known_of(con)
    days = horizon_days(known, kpi, horizon) or (
        horizon_days(known, kpi, AGE_GRID[-1]) if kpi.is_curve else None
    )
    evidence = measured(con, known, kpi, scope, days)
    if missing(known, kpi) or evidence.reason:
        return Rows(0, None, pl.DataFrame(), "", {})
    scope = evidence.scope
    values = bound(scope, days) | {"channel": channel, "slice": slice, "measure": measure, "row_limit": limit}
    with asking(con, scope, f"{steps(kpi)}{kpi.rows}", kpi.journeys, by_unit=True) as own:
        columns = known.columns.get(kpi.kpi_id) or known.columns.setdefault(
            kpi.kpi_id, _columns(own, kpi, values)
        )
        sql = _text(kpi, columns, values)
        parameters = {name: values[name] for name in sorted(named_parameters(sql))}
        found = answer(own, sql, parameters)
    total, counted = found.select("total_count", "counted_count").row(0) if found.height else (0, None)
    return Rows(total, counted, found.drop("total_count", "counted_count"), sql, parameters)


def steps(kpi: Kpi) -> str:
    """The text of the file up to its final select, the first that begins a line (tests/catalogue holds the files to it)."""
    final = FINAL_SELECT.search(kpi.sql)
    assert final is not None, f"{kpi.path.name}: no final select at the beginning of a line"
    return kpi.sql[: final.start()]


def _columns(con: duckdb.DuckDBPyConnection, kpi: Kpi, values: dict[str, Any]) -> list[str]:
    """The columns of the rows that a table can show, in order."""
    sql = f"{steps(kpi)}select * from {kpi.rows} limit 0"
    known = con.sql(sql, params={name: values[name] for name in named_parameters(sql)})
    flat = [
        name
        for name, kind in zip(known.columns, map(str, known.types), strict=True)
        if name not in HIDDEN and not kind.startswith(("STRUCT", "MAP")) and not kind.endswith("]")
    ]
    first = [name for name in FIRST if name in flat]
    return first + [name for name in flat if name not in first]


def _text(kpi: Kpi, columns: list[str], values: dict[str, Any]) -> str:
    """The statement: totals over the chosen rows, then the first of these, then what helps to read them."""
    order = [name for name in columns if name != "is_counted"]
    first = ["is_counted desc nulls last"] if "is_counted" in columns else []
    counted = "case when count(is_counted) > 0 then count(*) filter (where is_counted) end"
    context, joins = _context(columns)
    return "\n".join(
        [
            f"{steps(kpi)}select {', '.join(['shown.*', *context])}",
            "from (",
            "    with units as materialized (",
            f"        select {', '.join(columns)} from (select * from {kpi.rows}) as all_units",
            f"        where {' and '.join(['true', *_chosen(columns, values)])}",
            "    ),",
            "    totals as (",
            "        select count(*) as total_count,",
            f"            {counted if first else 'null::bigint'} as counted_count",
            "        from units",
            "    )",
            "    select * from units cross join totals",
            f"    order by {', '.join([*first, *order])}",
            *(["    limit $row_limit"] if values["row_limit"] is not None else []),
            ") as shown",
            *joins,
            f"order by {', '.join(f'shown.{name}' for name in [*first, *order])}",
        ]
    )


def _chosen(columns: list[str], values: dict[str, Any]) -> list[str]:
    """Conditions for what was asked for and the rows carry."""
    asked = [name for name in ("channel", "slice", "measure") if values[name] is not None and name in columns]
    both = f"channel in {CHANNELS[:2]}"
    return [
        both if name == "channel" and values[name] == DIFFERENCE else f"{name} = ${name}" for name in asked
    ]


def _context(columns: list[str]) -> tuple[list[str], list[str]]:
    """Columns to add, and the joins that bring them. A day of creation is that of the unit, never of something beside it."""
    origins = dict.fromkeys(columns, "shown")
    unit = next((key for key in CONTEXT if key in origins), None)
    added: list[str] = []
    joins: list[str] = []
    for key, (table, names) in CONTEXT.items():
        if key in origins:
            joins.append(f"left join snapshot.{table} as {table} on {origins[key]}.{key} = {table}.{key}")
            left_out = {"created_on"} if key != unit or "started_on" in origins else set()
            for name in names:
                if name not in origins and name not in left_out:
                    origins[name] = table
                    added.append(f"{table}.{name}")
    return added, joins
