"""Under the verdict of Compare: where it holds, what the mix makes of it, and whether younger leads follow the older ones."""

from __future__ import annotations

from typing import Any

from leadquality import words
from leadquality.contracts import AGE_GRID, InputRefused
from leadquality.engine import Result, Sensitivity, sensitivity
from leadquality.ui.frame import Frame
from leadquality.ui.kept import known, read_once
from leadquality.ui.served import kpis
from leadquality.ui.whole import curves
from leadquality.verdict.strip import Held, crossing, holds, reversed_by_mix


def holding(frame: Frame, kpi_id: str, age_days: int) -> list[str]:
    """The sentences under a verdict at one age of the grid; empty where the channels cannot be compared."""
    both = curves(frame, kpi_id)
    lines = []
    if both is not None and both.is_crossing and both.crossover is not None:
        found = both.crossover
        lines.append(crossing(found.age, found.low, found.high, both.last_age))
    if age_days in AGE_GRID:
        read = _sensitivity(frame, kpi_id, age_days)
        if read is not None and read.base.gap is not None:
            held = [
                Held(other.choice, other.age_days, other.higher, other not in read.changes)
                for other in read.known
            ]
            lines += holds(read.base.higher, held)
    return lines


def mix_sentence(result: Result) -> str:
    """'Reversed by mix: ..' where like for like the other channel is higher; else empty."""
    rows = result.lines
    total = next((row for row in rows if row["measure"] == "all" and row["is_reversed"]), None)
    if total is None:
        return ""
    strata = [
        (row["inbound_share"], row["outbound_share"])
        for row in rows
        if row["measure"] != "all" and row["estimate"] is not None
    ]
    return reversed_by_mix((total["inbound_share"], total["outbound_share"]), strata)


def mix_text(result: Result) -> str:
    """The waterfall in one sentence, which stands for the figure."""
    row = result.row("difference", measure="all")
    if row is None or row["rate"] is None:
        return "The gap cannot be split: no segment has leads of both channels."
    return (
        f"Of the gap of {words.points(row['estimate'])} between inbound, {words.share(row['inbound_share'])}, and outbound, "
        f"{words.share(row['outbound_share'])}, {words.points(row['rate'])} remain like for like and {words.points(row['mix'])} are mix."
    )


def mix_table(result: Result) -> list[dict[str, str]]:
    """One line a segment and one for all: both channels, the gap, and its two parts with their ranges, in points; no line where
    no segment has leads of both channels."""
    rows = sorted(result.lines, key=lambda row: (row["measure"] == "all", row["measure"]))
    if all(row["rate"] is None for row in rows):
        return []
    return [
        {
            "Segment": "All" if row["measure"] == "all" else words.one_line(row["measure"]),
            "Inbound": words.share(row["inbound_share"], "no overlap"),
            "Outbound": words.share(row["outbound_share"], "no overlap"),
            "Gap": words.points(row["estimate"]),
            "Like for like": _points(row, "rate"),
            "By mix": _points(row, "mix"),
            "Leads": f"{words.count(row['inbound_count'])} inbound | {words.count(row['outbound_count'])} outbound",
        }
        for row in rows
    ]


def drift_table(result: Result, channel: str) -> list[dict[str, str]]:
    """One line a quarter of creation: the share won by each age with its range, or the day from which it can be read."""
    rows = [row for row in result.lines if row["channel"] == channel]
    ages = sorted({row["age_days"] for row in rows})
    quarters = sorted({row["measure"] for row in rows if row["measure"] != "all quarters"})
    found = {(row["measure"], row["age_days"]): row for row in rows}
    return [
        {"Created": quarter}
        | {f"Won by {words.days(age)}": _aged(found.get((quarter, age))) for age in ages}
        | {"Leads": words.count(found[quarter, ages[0]]["denominator"])}
        for quarter in quarters
    ]


def drift_sentence(result: Result, channel: str) -> str:
    """Whether the leads of later quarters are won at another pace; empty where it cannot be told."""
    row = next(
        (row for row in result.lines if row["channel"] == channel and row["is_drifting"] is not None),
        None,
    )
    if row is None:
        return ""
    if not row["is_drifting"]:
        return f"{channel.capitalize()}: later quarters follow the earlier ones."
    pace = "sooner or more often" if row["drift"] > 0 else "later or less often"
    return f"{channel.capitalize()}: leads of later quarters are won {pace}. Read the tail of the curve as that of older leads."


def _points(row: dict[str, float | None], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if row[name] is None or low is None or high is None:
        return words.missing()
    return f"{words.points(row[name])} ({words.plain(low, 1, 100)} to {words.plain(high, 1, 100)})"


def _aged(row: dict[str, object] | None) -> str:
    if row is None:
        return words.missing()
    if row["estimate"] is None:
        waits = row["judge_on"]
        return f"from {words.day(waits)}" if row["status"] == "too_early" and waits else "too few"  # type: ignore[arg-type]
    return f"{words.share(row['estimate'])} ({words.span('ratio', row['low'], row['high'])})"  # type: ignore[arg-type]


def _sensitivity(frame: Frame, kpi_id: str, age_days: int) -> Sensitivity | None:
    """Whether the verdict hangs on one choice; None for a KPI that cannot be followed under another."""

    def read(cursor: Any) -> Sensitivity | None:
        try:
            return sensitivity(cursor, kpis()[kpi_id], frame.scope, age_days, known(frame.snapshot))
        except InputRefused:
            return None

    return read_once(frame.snapshot, ("sensitivity", frame.scope, kpi_id, age_days), read)
