"""All channels together, beside the two: the same query over the same leads, told to be of one channel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import polars as pl

from leadquality.catalogue import Kpi
from leadquality.contracts import ALL, POOLED_AS
from leadquality.engine.evidence import Known, known_of
from leadquality.engine.run import Result, horizon_days, in_order, run
from leadquality.scope import Scope


@dataclass(frozen=True, slots=True)
class AllChannels:
    """The figure of all channels together, in the channel `all`; rows is empty where reason says why there is none."""

    rows: pl.DataFrame
    reason: str


def apart(kpi: Kpi, scope: Scope, days: tuple[int, int] | None) -> str:
    """Why the channels are not taken together for `kpi`, judged at `days` of age; empty where they may be."""
    if kpi.apart:
        return kpi.apart.rstrip(".")
    if scope.channels:
        return "a channel is chosen"
    if days and days[0] != days[1] and not kpi.is_curve:
        return (
            f"the channels are judged at different ages, inbound at {days[0]} days and outbound at {days[1]}; "
            "at one age for both they can be taken together"
        )
    return ""


def all_channels(
    pooled: duckdb.DuckDBPyConnection,
    kpi: Kpi,
    scope: Scope,
    horizon: int | None = None,
    known: Known | None = None,
) -> AllChannels:
    """Run `kpi` on a cursor of the snapshot in which all leads are of one channel (Snapshot.pooled_cursor). known is what the
    snapshot says of itself, the same with the channels apart and together; it is read where it is not given."""
    known = known or known_of(pooled)
    if reason := apart(kpi, scope, horizon_days(known, kpi, horizon)):
        return AllChannels(pl.DataFrame(), reason)
    result = run(pooled, kpi, scope, horizon, known)
    if result.unavailable:
        return AllChannels(pl.DataFrame(), result.unavailable)
    rows = result.rows.filter(pl.col("channel") == POOLED_AS).with_columns(channel=pl.lit(ALL))
    return AllChannels(rows, "" if rows.height else f"no {kpi.of} in this scope")


def beside(result: Result, together: AllChannels) -> Result:
    """The result with the rows of all channels together after those of the channels."""
    if together.rows.is_empty():
        return result
    return replace(result, rows=in_order(pl.concat([result.rows, together.rows])))
