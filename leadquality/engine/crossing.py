"""Two whole curves: do they cross, from which age on, and, only where they do not, do they differ at all?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import numpy as np
import polars as pl

from leadquality.contracts import AGE_GRID
from leadquality.engine.journeys import keep_journeys
from leadquality.scope import Scope
from leadquality.statistics import Crossover, Members, chi_square_p, crossover, gray

ENDINGS = {"open": 0, "reached": 1, "ended": 2}


@dataclass(frozen=True, slots=True)
class WholeCurves:
    """What may be said of both curves together, up to last_age, the oldest that both channels may be shown at.

    is_crossing: the gap lies on both sides of 0 by more than one standard error (statistics.md, 8); both tests are then
    None, because a test of the whole curve would average over the change. crossover: the age from which on the later
    leader leads, with its bootstrap interval, None where the gap keeps its sign. gray_p is also None with delayed entry.
    """

    last_age: int
    is_crossing: bool
    crossover: Crossover | None
    logrank_p: float | None
    gray_p: float | None


def whole_curves(con: duckdb.DuckDBPyConnection, scope: Scope, journey: str = "won") -> WholeCurves | None:
    """Both channels' curves of one journey over `scope`, its slices taken together; None without ages to compare."""
    asked = replace(scope, slice_by=None)
    keep_journeys(con, {journey}, asked)
    bound = {"journey": journey, "scope": asked.parameters()}
    turns = con.sql(
        "select is_crossing, last_age from incidence_crossing($journey, $scope, $ages)",
        params=bound | {"ages": list(AGE_GRID)},
    ).fetchall()
    if not turns:
        return None
    is_crossing, last_age = turns[0]
    rows = con.sql(
        "select * from scope_members($journey, $scope) where channel in ('inbound', 'outbound') order by all",
        params=bound,
    ).pl()
    found = crossover(_members(rows), last_age)
    if is_crossing:
        return WholeCurves(last_age, True, found, None, None)
    chi2 = con.sql("select chi2 from logrank_of($journey, $scope)", params=bound).fetchall()
    return WholeCurves(last_age, False, found, chi_square_p(chi2[0][0]) if chi2 else None, _gray_p(rows))


def _members(rows: pl.DataFrame) -> Members:
    accounts = rows["account_id"].rank("dense").cast(pl.Int64) - 1
    return Members(
        is_outbound=(rows["channel"] == "outbound").to_numpy(),
        account=accounts.fill_null(-1).to_numpy(),
        alike=rows["alike"].to_numpy(),
        count=rows["unit_count"].to_numpy(),
        entry=rows["entry_age"].to_numpy(),
        exit=rows["exit_age"].to_numpy(),
        ending=rows["ending"].replace_strict(ENDINGS).to_numpy(),
    )


def _gray_p(rows: pl.DataFrame) -> float | None:
    if rows.is_empty() or rows["entry_age"].max() != -1:
        return None
    units = (rows["alike"] * rows["unit_count"]).to_numpy()
    return gray(
        np.repeat(rows["exit_age"].to_numpy(), units),
        np.repeat(rows["ending"].replace_strict(ENDINGS).to_numpy(), units),
        np.repeat((rows["channel"] == "outbound").to_numpy(), units).tolist(),
    ).p
