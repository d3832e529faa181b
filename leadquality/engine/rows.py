"""The rows behind a number: the KPI's own text with another final select, so that the definition is written once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import polars as pl

from leadquality.catalogue import Kpi, named_parameters
from leadquality.contracts import AGE_GRID, CHANNELS, DIFFERENCE, InputRefused
from leadquality.engine.journeys import keep_journeys
from leadquality.engine.run import bound, horizon_days, missing
from leadquality.scope import Scope

FINAL_SELECT = re.compile(r"^select\b", re.MULTILINE)
NESTED = ("STRUCT", "MAP", "UNION")
REPEATING = ("unit_id", "cluster_id")
"""Columns that only repeat an id: left out."""
FIRST = ("call_id", "meeting_id", "opportunity_id", "lead_id", "account_id", "slice", "channel", "measure")
"""Columns that stand first where the rows carry them; is_counted follows, then the others as the KPI has them."""

CONTEXT = {
    "call_id": ("fact_calls", ("started_on", "rep_id", "disposition", "talk_seconds", "lead_id")),
    "meeting_id": ("fact_meetings", ("booked_on", "lead_id")),
    "opportunity_id": ("fact_opportunities", ("created_on", "lead_id")),
    "lead_id": ("fact_leads", ("created_on", "source", "segment", "region")),
}
"""What helps to understand a unit, by its id: table and columns. Only what does not change once it is known."""


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
) -> Rows:
    """The rows of `kpi` over `scope`, of one channel (`difference`: of both), slice and measure where given.

    The rows backing answers, whatever the scope reads. horizon is the age of a point of a curve (its last age when None).
    limit None gives all rows. Raises InputRefused where the KPI names no rows; without its extracts there are none.
    """
    if not kpi.rows:
        raise InputRefused(f"{kpi.kpi_id}: its file names no rows (key `rows` of the header)")
    scope = replace(scope, reads="facts")
    days = horizon_days(con, kpi, horizon) or (horizon_days(con, kpi, AGE_GRID[-1]) if kpi.is_curve else None)
    values = bound(scope, days) | {"channel": channel, "slice": slice, "measure": measure, "row_limit": limit}
    if missing(con, kpi):
        return Rows(0, None, pl.DataFrame(), "", {})
    keep_journeys(con, kpi, scope)
    columns = _columns(con, kpi, values)
    sql = _text(kpi, columns, values)
    parameters = {name: values[name] for name in sorted(named_parameters(sql))}
    found = con.sql(sql, params=parameters).pl()
    total, counted = found.select("total_count", "counted_count").row(0) if found.height else (0, None)
    return Rows(total, counted, found.drop("total_count", "counted_count"), sql, parameters)


def steps(kpi: Kpi) -> str:
    """The text of the file up to its final select, which alone begins a line (a test over all files holds them to it)."""
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
        if not kind.startswith(NESTED) and not kind.endswith("]") and name not in REPEATING
    ]
    first = [name for name in (*FIRST, "is_counted") if name in flat]
    return first + [name for name in flat if name not in first]


def _text(kpi: Kpi, columns: list[str], values: dict[str, Any]) -> str:
    """The statement: totals over all chosen rows, then the first of them, then what helps to read those."""
    chosen = [
        f"{name} = ${name}" for name in ("slice", "measure") if values[name] is not None and name in columns
    ]
    if values["channel"] == DIFFERENCE:
        chosen.append(f"channel in {CHANNELS[:2]}")
    elif values["channel"] is not None and "channel" in columns:
        chosen.append("channel = $channel")
    order = sorted(columns, key=lambda name: name != "is_counted")
    context, joins = _context(columns)
    counted = "case when count(is_counted) > 0 then count(*) filter (where is_counted) end"
    return "\n".join(
        [
            f"{steps(kpi)}select {', '.join(['shown.*', *context])}",
            "from (",
            "    with units as materialized (",
            f"        select {', '.join(columns)} from (select * from {kpi.rows}) as all_units",
            *([f"        where {' and '.join(chosen)}"] if chosen else []),
            "    ),",
            "    totals as (",
            "        select count(*) as total_count,",
            f"            {counted if 'is_counted' in columns else 'null::bigint'} as counted_count",
            "        from units",
            "    )",
            "    select * from units cross join totals",
            f"    order by {', '.join(map(_descending, order))}",
            *(["    limit $row_limit"] if values["row_limit"] is not None else []),
            ") as shown",
            *joins,
            f"order by {', '.join(_descending(f'shown.{name}') for name in order)}",
        ]
    )


def _descending(name: str) -> str:
    return f"{name} desc nulls last" if name.endswith("is_counted") else name


def _context(columns: list[str]) -> tuple[list[str], list[str]]:
    """Columns to add and the joins that bring them. A day of creation is that of the unit, never of something beside it."""
    have = set(columns)
    added: list[str] = []
    joins: list[str] = []
    unit = next((key for key in CONTEXT if key in have), None)
    for key, (table, names) in CONTEXT.items():
        if key not in have:
            continue
        is_dated = key == unit and "started_on" not in have
        fresh = [name for name in names if name not in have and (is_dated or name != "created_on")]
        origin = (
            "shown"
            if key in columns
            else next(join for join in reversed(joins)).split(" as ")[1].split(" ")[0]
        )
        joins.append(f"left join snapshot.{table} as {table} on {origin}.{key} = {table}.{key}")
        added += [f"{table}.{name}" for name in fresh]
        have |= set(fresh)
    return added, joins
