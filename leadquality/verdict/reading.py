"""From the rows of a comparison (contract columns plus age_days) to the verdict at one age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leadquality.contracts import DIFFERENCE
from leadquality.verdict.compare import compare
from leadquality.verdict.parts import Gap, Side, Verdict


def at_age(rows: Iterable[Mapping[str, Any]], age_days: int) -> Verdict:
    """The verdict on inbound and outbound at one age of a curve; the rows of other channels are left aside."""
    found = {row["channel"]: row for row in rows if row["age_days"] == age_days}
    gap = found.get(DIFFERENCE)
    known_gap = gap is not None and gap["estimate"] is not None
    return compare(
        _side(found.get("inbound")),
        _side(found.get("outbound")),
        Gap(gap["estimate"], gap["low"], gap["high"], gap["low_99"], gap["high_99"])
        if gap and known_gap
        else None,
        age_days,
        judge_on=gap["judge_on"] if gap else None,
    )


def _side(row: Mapping[str, Any] | None) -> Side | None:
    if row is None:
        return None
    return Side(
        channel=row["channel"],
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        n_old_enough=row["n_old_enough"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        status=row["status"],
    )
