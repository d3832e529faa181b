"""What the reader asked for: cohort dates, filters, the slice, and the day up to which anything is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from leadquality.contracts import ASSUMPTIONS, DIMENSIONS, InputRefused

MONDAY, SUNDAY = 0, 6


@dataclass(frozen=True, slots=True)
class Scope:
    """One question's frame. Empty filters mean "all"; dates are inclusive; None means "no limit".

    reads says what answers: "counts" (the tables a snapshot keeps beside its facts, on its own day), "events" (those of them that
    tell any day, beside the facts) or "facts" (worked out from the facts alone: any day, and every assumption). All give the same
    figures.
    assuming names one other assumption (contracts.ASSUMPTIONS) under which the journeys are followed; None: none.
    gaps: units that begin in one of these times, both days included, are left out; covered_from: of leads that were
    created before this day the history is not known in full (leadquality/engine/evidence.py). Both are set by the evidence of a KPI.
    """

    as_of: date
    from_on: date | None = None
    to_on: date | None = None
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    slice_by: str | None = None
    reads: str = "facts"
    assuming: str | None = None
    gaps: tuple[tuple[date, date], ...] = ()
    covered_from: date | None = None

    def __post_init__(self) -> None:
        if self.slice_by is not None and self.slice_by not in DIMENSIONS:
            raise InputRefused(
                f"--by {self.slice_by}: not a dimension; choose one of {', '.join(DIMENSIONS)}"
            )
        if self.assuming is not None and self.assuming not in ASSUMPTIONS:
            raise InputRefused(f"assumption {self.assuming}: choose one of {', '.join(ASSUMPTIONS)}")
        if self.from_on and self.to_on and self.from_on > self.to_on:
            raise InputRefused(f"from {self.from_on} lies after to {self.to_on}; give the earlier date first")

    def backed(self, snapshot_as_of: date) -> Scope:
        """The same scope, reading what the snapshot keeps where that tells it."""
        if self.assuming is not None:
            return replace(self, reads="facts")
        return replace(self, reads="counts" if self.as_of == snapshot_as_of else "events")

    def previous(self) -> Scope:
        """The period before this one: as many days and the same weekdays, shifted back by whole weeks so that no day is in
        both. Raises InputRefused where the period has no beginning or no end."""
        if self.from_on is None or self.to_on is None:
            raise InputRefused("the period before needs both ends of this one; give from and to")
        weeks = -(-((self.to_on - self.from_on).days + 1) // 7)
        back = timedelta(weeks=weeks)
        return replace(self, from_on=self.from_on - back, to_on=self.to_on - back)

    def parameters(self) -> dict[str, Any]:
        """The value bound to `$scope` in SQL: one STRUCT with exactly these fields."""
        return {
            "as_of": self.as_of,
            "from_on": self.from_on,
            "to_on": self.to_on,
            "channels": list(self.channels),
            "sources": list(self.sources),
            "segments": list(self.segments),
            "regions": list(self.regions),
            "slice_by": self.slice_by,
            "reads": self.reads,
            "assuming": self.assuming,
            "gaps": [{"from_on": from_on, "to_on": to_on} for from_on, to_on in self.gaps],
            "covered_from": self.covered_from,
        }
