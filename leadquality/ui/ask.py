"""Asks the engine for a KPI in the page's frame; the same question is computed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from leadquality import verdict, words
from leadquality.catalogue import Kpi
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.engine import AllChannels, Result, Rows, all_channels, rows_behind, run, values
from leadquality.ui.frame import Frame
from leadquality.ui.kept import known, once, read_once
from leadquality.ui.served import kpis, reports


def ask(frame: Frame, kpi_id: str, horizon: int | None = None) -> Result:
    """The KPI or report over the frame's scope at `horizon` days, else at the age the reader chose, else at its own."""
    if horizon is None and _query(kpi_id).horizon:
        horizon = frame.judge_at
    return read_once(
        frame.snapshot,
        ("answer", frame.scope, kpi_id, horizon),
        lambda cursor: run(cursor, _query(kpi_id), frame.scope, horizon, known(frame.snapshot)),
    )


def by(frame: Frame, dimension: str) -> Frame:
    """The same frame, every answer cut by a dimension (source, segment or region)."""
    return replace(frame, scope=replace(frame.scope, slice_by=dimension))


def of_channel(frame: Frame, channel: str) -> Frame:
    """The same frame, narrowed to one channel."""
    return replace(frame, scope=replace(frame.scope, channels=(channel,)))


def between(frame: Frame, from_on: date, to_on: date) -> Frame:
    """The same frame, narrowed to leads created in these days, both included."""
    scope = replace(frame.scope, from_on=from_on, to_on=to_on, reads="facts")
    return replace(frame, scope=scope.backed(frame.snapshot.as_of))


def together(frame: Frame, result: Result) -> AllChannels:
    """The same KPI over the leads of all channels together, at the same age, or why there is no such figure."""
    age = _one_age(result)

    def work() -> AllChannels:
        cursor = frame.snapshot.pooled_cursor()
        try:
            return all_channels(cursor, result.kpi, result.scope, age, known(frame.snapshot))
        finally:
            cursor.close()

    return once(frame.snapshot, ("together", result.scope, result.kpi.kpi_id, age), work)


def _one_age(result: Result) -> int | None:
    """The age at which both channels are judged; None where it differs or there is none."""
    ages = set(result.horizon or ())
    return ages.pop() if len(ages) == 1 else None


def _query(kpi_id: str) -> Kpi:
    """A KPI, or a report."""
    return kpis().get(kpi_id) or reports()[kpi_id]


def lines(result: Result, channel: str) -> list[dict[str, Any]]:
    """The rows of one channel, as values by column; to be read, not changed."""
    return [row for row in result.lines if row["channel"] == channel]


def rows(result: Result) -> list[dict[str, Any]]:
    """All rows of a result as values by column; none where it is not available. To be read, not changed."""
    return [] if result.unavailable else result.lines


def measured(result: Result, measure: str) -> dict[str, dict[str, Any] | None]:
    """The row of one measure by channel, inbound and outbound."""
    return {channel: result.row(channel, measure=measure) for channel in HEADLINE_CHANNELS}


def rows_of(
    frame: Frame,
    result: Result,
    channel: str | None,
    slice_: str | None,
    limit: int | None,
    measure: str | None = None,
) -> Rows:
    """The rows behind a result, at most `limit` of them, with how many there are in all; those of its first measure, or another."""
    kpi = result.kpi
    asked = (frame.scope, _one_age(result), channel, slice_, measure or kpi.first or None, limit)
    return read_once(
        frame.snapshot,
        ("rows", kpi.kpi_id, *asked),
        lambda cursor: rows_behind(cursor, kpi, *asked, known(frame.snapshot)),
    )


def only_channel(frame: Frame) -> str:
    """Why a comparison is declined for this load as a whole: it has leads of one channel only. Empty when it has both."""
    return verdict.only_channel(read_once(frame.snapshot, "values", values)["channel"])


def cohort_values(frame: Frame) -> str:
    """The stamp: leads per channel, cohort dates, as-of and filters, in words."""
    young = ask(frame, "judged_too_early_share")
    if young.unavailable:
        return f"Leads without a creation date; as of {words.day(frame.scope.as_of)}. Filters: {_filters(frame)}."
    rows = [row for row in young.lines if row["denominator"]]
    listed = ", ".join(f"{words.count(row['denominator'])} {row['channel']}" for row in rows)
    return f"{listed or 'No leads match'}; created {_cohort(frame)}; as of {words.day(frame.scope.as_of)}. Filters: {_filters(frame)}."


def in_scope(frame: Frame) -> str:
    """The scope in words, for a sentence: 'created from 1 Jun 2026 to 7 Jun 2026, segment enterprise'."""
    filters = _filters(frame)
    return f"created {_cohort(frame)}{'' if filters == 'none' else f', {filters}'}"


def _cohort(frame: Frame) -> str:
    scope = frame.scope
    if scope.from_on is None and scope.to_on is None:
        return "on any day"
    start = f"from {words.day(scope.from_on)} " if scope.from_on else ""
    return f"{start}{f'to {words.day(scope.to_on)}' if scope.to_on else 'on'}".strip()


def _filters(frame: Frame) -> str:
    scope = frame.scope
    parts: list[tuple[str, Any]] = [
        ("channel", scope.channels),
        ("source", scope.sources),
        ("segment", scope.segments),
        ("region", scope.regions),
    ]
    said = [f"{name} {words.md(' or '.join(chosen))}" for name, chosen in parts if chosen]
    return ", ".join(said) or "none"
