"""Does a verdict hang on one choice? A KPI run again under each other choice, and whether the gap of the channels still says the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import duckdb

from leadquality.catalogue import Kpi
from leadquality.contracts import AGE_GRID, ASSUMPTIONS, DIFFERENCE, InputRefused
from leadquality.engine.evidence import Known, known_of
from leadquality.engine.run import Result, run
from leadquality.scope import Scope

ATTRIBUTION: Final = frozenset({"first_touch", "last_touch", "without_mixed"})
OTHER_AGE: Final = "other_age"

# These read more than the journeys of a scope, so an assumption about journeys would change half of the figure.
BESIDE_JOURNEYS: Final = re.compile(
    r"\b(?:scope_leads|scope_lead_records|scope_calls|scope_handoffs|scope_opportunities|scope_first_conversations|leads_as_of|journey_\w+)\("
    r"|\bsnapshot\.fact_"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The gap of one KPI, outbound minus inbound, at one age under one choice; None where it cannot be given."""

    choice: str
    age_days: int
    gap: float | None
    low: float | None
    high: float | None

    @property
    def higher(self) -> str | None:
        """The channel whose figure is higher; None where the 95 % interval includes 0 or there is none."""
        if self.low is None or self.high is None:
            return None
        return "outbound" if self.low > 0 else "inbound" if self.high < 0 else None

    def flips(self, other: Reading) -> bool:
        """Whether the gap has the other sign."""
        return self.gap is not None and other.gap is not None and self.gap * other.gap < 0


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """base: as the KPI stands; others: one reading for each other choice, in a fixed order.

    A choice is one of contracts.ASSUMPTIONS, or other_age for the ages of the grid beside the one judged.
    """

    base: Reading
    others: tuple[Reading, ...]

    @property
    def known(self) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.others if reading.gap is not None)

    @property
    def changes(self) -> tuple[Reading, ...]:
        """Readings that say something else: another channel is higher, or none any more, or the sign is the other."""
        return tuple(
            reading
            for reading in self.known
            if reading.higher != self.base.higher or reading.flips(self.base)
        )

    @property
    def depends_on_attribution(self) -> bool:
        return any(reading.choice in ATTRIBUTION for reading in self.changes)


def sensitivity(
    con: duckdb.DuckDBPyConnection, kpi: Kpi, scope: Scope, age_days: int, known: Known | None = None
) -> Sensitivity:
    """The gap at age_days, all slices together, and under every other choice. Raises InputRefused for a KPI that
    reads more than the journeys of its scope: what it counts beside them knows no assumption.
    """
    if not kpi.journeys or BESIDE_JOURNEYS.search(re.sub(r"--[^\n]*", "", kpi.sql)):
        raise InputRefused(
            f"{kpi.kpi_id}: reads more than journeys, so it cannot be followed under another assumption"
        )
    asked = replace(scope, slice_by=None)
    choices = [(name, replace(asked, assuming=name, reads="facts"), age_days) for name in ASSUMPTIONS]
    place = AGE_GRID.index(age_days) if age_days in AGE_GRID else None
    beside = [] if place is None else [*AGE_GRID[max(0, place - 1) : place], *AGE_GRID[place + 1 : place + 2]]
    choices += [(OTHER_AGE, asked, age) for age in beside]
    known = known or known_of(con)
    return Sensitivity(
        _reading(con, known, kpi, "base", asked, age_days),
        tuple(_reading(con, known, kpi, name, other, age) for name, other, age in choices),
    )


def _reading(
    con: duckdb.DuckDBPyConnection, known: Known, kpi: Kpi, choice: str, scope: Scope, age_days: int
) -> Reading:
    result = run(con, kpi, scope, age_days, known)
    found = result.row(DIFFERENCE, age_days=age_days) if kpi.is_curve else None
    if found is not None:
        return Reading(choice, age_days, found["estimate"], found["low"], found["high"])
    return Reading(choice, age_days, *_gap(con, result, age_days))


def _gap(
    con: duckdb.DuckDBPyConnection, result: Result, age_days: int
) -> tuple[float | None, float | None, float | None]:
    """Outbound minus inbound of a KPI without a difference row, both at the same age; its limits by MOVER."""
    where = {"age_days": age_days} if result.kpi.is_curve else {}
    sides = [result.row(channel, **where) for channel in ("outbound", "inbound")]
    if any(side is None or side["estimate"] is None for side in sides):
        return None, None, None
    values = {
        f"{name}_{place}": side[name]
        for place, side in enumerate(sides)
        if side is not None
        for name in ("estimate", "low", "high")
    }
    limits: tuple[float | None, float | None, float | None] = con.sql(
        "select $estimate_0 - $estimate_1, mover_low($estimate_0, $low_0, $estimate_1, $high_1), "
        "mover_high($estimate_0, $high_0, $estimate_1, $low_1)",
        params=values,
    ).fetchall()[0]
    return limits
