"""Whole curves: do they cross, from which age on, and, only where they do not, do they differ at all?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import polars as pl

from leadquality.contracts import AGE_GRID
from leadquality.engine.kept import asking
from leadquality.engine.run import answer
from leadquality.scope import Scope
from leadquality.statistics import Crossover, Members, chi_square_p, crossover, gray

ENDINGS = {"open": 0, "reached": 1, "ended": 2}


@dataclass(frozen=True, slots=True)
class Compared:
    """What a test of whole curves compares: the channels, or the sources of one channel (queries/scopes/curves_compared.sql).

    is_enough: two groups of 30 units and more with ten arrivals together at least. has_late_entries: some units were not
    followed from their creation, which Gray's test does not know. has_shared_accounts: some accounts hold several units, which
    both tests take as unrelated.
    """

    compared: tuple[str, ...]
    left_out: tuple[str, ...]
    unit_count: int
    event_count: int
    is_enough: bool
    has_late_entries: bool
    has_shared_accounts: bool


@dataclass(frozen=True, slots=True)
class GroupCurves:
    """Do the sources of a channel differ at all? p of Gray's test over their whole curves.

    crossing: two sources whose curves cross. p is None where two of them do, where there is not enough, with late entries, and
    where nothing could differ.
    """

    channel: str
    basis: Compared
    crossing: tuple[str, str] | None
    p: float | None


@dataclass(frozen=True, slots=True)
class WholeCurves:
    """What may be said of both curves together, up to last_age, the oldest that both channels may be shown at.

    is_crossing: the gap lies on both sides of 0 by more than one standard error (statistics.md, 8); both tests are then
    None, because a test of the whole curve would average over the change. crossover: the age from which on the later
    leader leads, with its bootstrap interval, None where the gap keeps its sign. Both are None too where basis is not enough,
    gray_p also with delayed entry.
    """

    last_age: int
    basis: Compared
    is_crossing: bool
    crossover: Crossover | None
    logrank_p: float | None
    gray_p: float | None


TURNS = "select is_crossing, last_age from incidence_crossing($journey, $scope, $ages)"
SLICES_CROSSING = "select * from slices_crossing($journey, $scope, $ages) order by all desc"
MEMBERS = "select * from scope_members($journey, $scope) order by all"
LOGRANK = "select chi2 from logrank_of($journey, $scope)"
BASES = (
    "select family, compared, left_out, unit_count, event_count, is_enough, has_late_entries, has_shared_accounts "
    "from curves_compared($journey, $scope)"
)


def whole_curves(con: duckdb.DuckDBPyConnection, scope: Scope, journey: str = "won") -> WholeCurves | None:
    """Both channels' curves of one journey over `scope`, its slices taken together; None without ages to compare."""
    asked = replace(scope, slice_by=None)
    bound = {"journey": journey, "scope": asked.parameters()}
    with asking(con, asked, f"{TURNS} {MEMBERS} {LOGRANK} {BASES}", {journey}, values=bound) as own:
        turns = own.execute(TURNS, bound | {"ages": list(AGE_GRID)}).fetchall()
        if not turns:
            return None
        is_crossing, last_age = turns[0]
        rows = answer(own, MEMBERS, bound).filter(pl.col("channel").is_in(["inbound", "outbound"]))
        found = crossover(_members(rows), last_age)
        basis = _bases(own, bound)["channels"]
        if is_crossing or not basis.is_enough:
            return WholeCurves(last_age, basis, is_crossing, found, None, None)
        chi2 = own.execute(LOGRANK, bound).fetchall()
    logrank_p = chi_square_p(chi2[0][0]) if chi2 else None
    return WholeCurves(
        last_age, basis, False, found, logrank_p, None if basis.has_late_entries else _gray_p(rows, "channel")
    )


def source_curves(con: duckdb.DuckDBPyConnection, scope: Scope, journey: str = "won") -> list[GroupCurves]:
    """The sources of each channel of `scope` against one another, inbound first; a channel without units has no entry."""
    asked = replace(scope, slice_by="source")
    bound = {"journey": journey, "scope": asked.parameters()}
    with asking(con, asked, f"{SLICES_CROSSING} {MEMBERS} {BASES}", {journey}, values=bound) as own:
        crossing = {
            channel: (first, second)
            for channel, first, second in own.execute(
                SLICES_CROSSING, bound | {"ages": list(AGE_GRID)}
            ).fetchall()
        }
        rows = answer(own, MEMBERS, bound)
        bases = _bases(own, bound)
    found = []
    for channel, basis in sorted(bases.items()):
        own_rows = rows.filter(pl.col("channel") == channel, pl.col("slice").is_in(basis.compared))
        can_be_tested = basis.is_enough and not basis.has_late_entries and channel not in crossing
        found.append(
            GroupCurves(
                channel, basis, crossing.get(channel), _gray_p(own_rows, "slice") if can_be_tested else None
            )
        )
    return found


def _bases(con: duckdb.DuckDBPyConnection, bound: dict[str, Any]) -> dict[str, Compared]:
    """What is compared, by channel, or 'channels'."""
    rows = con.execute(BASES, bound).fetchall()
    return {
        family: Compared(tuple(compared), tuple(left_out), *rest)
        for family, compared, left_out, *rest in rows
    }


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


def _gray_p(rows: pl.DataFrame, group: str) -> float | None:
    units = (rows["alike"] * rows["unit_count"]).to_numpy()
    return gray(
        np.repeat(rows["exit_age"].to_numpy(), units),
        np.repeat(rows["ending"].replace_strict(ENDINGS).to_numpy(), units),
        np.repeat(rows[group].to_numpy(), units).tolist(),
    ).p
