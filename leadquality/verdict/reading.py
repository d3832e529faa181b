"""From the rows of a comparison (contract columns plus age_days) to the verdict at one age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leadquality.contracts import DIFFERENCE
from leadquality.verdict.compare import compare
from leadquality.verdict.parts import Gap, Side, Verdict
from leadquality.verdict.states import one_channel


def at_age(
    rows: Iterable[Mapping[str, Any]],
    age_days: int,
    unit: str = "ratio",
    noun: str = "won",
    events: str = "numerator",
) -> Verdict:
    """The verdict on inbound and outbound at one age of a curve; the rows of other channels are left aside.

    unit and noun say how a value reads ('won' of leads, 'per lead' for money); events is the column that counts wins.
    """
    found = {row["channel"]: row for row in rows if row["age_days"] == age_days}
    gap = found.get(DIFFERENCE)
    known_gap = gap is not None and gap["estimate"] is not None
    return compare(
        _side(found.get("inbound"), events),
        _side(found.get("outbound"), events),
        Gap(gap["estimate"], gap["low"], gap["high"], gap["low_99"], gap["high_99"])
        if gap and known_gap
        else None,
        age_days,
        noun,
        gap["judge_on"] if gap else None,
        unit=unit,
        currency=gap.get("currency") if gap else None,
    )


def only_channel(present: Iterable[str]) -> str:
    """The sentence that declines a comparison where only one of the two channels has leads; empty where both or none have."""
    pair = sorted({"inbound", "outbound"} & set(present))
    return one_channel(pair[0]) if len(pair) == 1 else ""


def _side(row: Mapping[str, Any] | None, events: str) -> Side | None:
    if row is None:
        return None
    return Side(
        channel=row["channel"],
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        n_old_enough=row["n_old_enough"],
        numerator=row[events],
        denominator=row["denominator"],
        status=row["status"],
    )
