"""The tables of the Outbound page: half-years of creation, single deals, and account sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import streamlit as st

from leadquality import words
from leadquality.engine import Result
from leadquality.ui.ask import ask, by, rows_of
from leadquality.ui.cards import in_brief
from leadquality.ui.frame import Frame
from leadquality.ui.panel import open_panel
from leadquality.ui.tables import foreign_table, table
from leadquality.verdict.evidence import not_available
from leadquality.verdict.figure import figure
from leadquality.verdict.outbound import deal_name

DOTS = 1_000
"""Deals that a chart can hold one by one."""

SETS = ("worked_accounts", "opportunity_creation_rate", "pipeline_per_account_set")


def deals_of(frame: Frame, result: Result, channel: str) -> tuple[pl.DataFrame, str]:
    """The won deals of a channel one by one, for the dots, or none of them and the reason why."""
    if result.unavailable:
        return pl.DataFrame(), f"Not available: {result.unavailable}."
    behind = rows_of(frame, result, channel, None, DOTS)
    if behind.total > DOTS:
        return (
            pl.DataFrame(),
            f"{words.count(behind.total)} deals are too many for one dot each. The quartiles stand on the card.",
        )
    return behind.frame, "No deal is won in this scope yet."


def deal_ids(deals: pl.DataFrame) -> list[str]:
    """Ids of the deals, the largest first."""
    if deals.is_empty():
        return []
    return deals.sort("acv", "opportunity_id", descending=[True, False])["opportunity_id"].to_list()


def deal_names(deals: pl.DataFrame) -> Callable[[str], str]:
    """How a select box names a deal, by its id."""
    names = {row["opportunity_id"]: deal_name(row) for row in deals.to_dicts()}
    return lambda opportunity_id: names.get(opportunity_id, words.one_line(opportunity_id))


def deal(deals: pl.DataFrame, opportunity_id: str) -> None:
    """One deal with everything that is known of it."""
    foreign_table(deals.filter(pl.col("opportunity_id") == opportunity_id), "deal")


def half_years(result: Result, channel: str) -> list[str]:
    """Names of the half-years of creation that hold leads of the channel, the oldest first."""
    return sorted({row["measure"] for row in result.lines if row["channel"] == channel})


def cohort_table(result: Result, channel: str, ages: Sequence[int]) -> list[dict[str, Any]]:
    """One line per half-year: its leads, and what is won by each age, with range and how many are old enough."""
    lines: dict[str, dict[str, Any]] = {}
    for row in result.lines:
        if row["channel"] != channel:
            continue
        line = lines.setdefault(
            row["measure"],
            {
                "Created": row["measure"],
                "Leads": row["denominator"],
                **{f"Won by {words.days(age)}": words.missing() for age in ages},
            },
        )
        if row["age_days"] in ages:
            line[f"Won by {words.days(row['age_days'])}"] = _won(row)
    return [lines[name] for name in sorted(lines)]


def _won(row: dict[str, Any]) -> str:
    if row["estimate"] is None:
        when = f", judge on {words.day(row['judge_on'])}" if row["judge_on"] else ""
        return f"{str(row['status']).replace('_', ' ')}{when}"
    span = words.span("ratio", row["low"], row["high"])
    return f"{words.share(row['estimate'])} ({span}), {words.count(row['n_old_enough'])} old enough"


def account_sets(frame: Frame, key: str) -> None:
    """One line per account set: accounts, worked so far, opportunities and pipeline; then the rows of the set chosen."""
    cut = by(frame, "source")
    whole = {kpi_id: ask(frame, kpi_id) for kpi_id in SETS}
    sliced = {kpi_id: ask(cut, kpi_id) for kpi_id in SETS}
    if lack := whole["worked_accounts"].unavailable:
        st.text(not_available(lack))
        return
    sets = [row["slice"] for row in sliced["worked_accounts"].lines]
    lines = [_set("all sets", {kpi_id: result.first("outbound") for kpi_id, result in whole.items()}, whole)]
    lines += [
        _set(name, {kpi_id: result.row("outbound", slice=name) for kpi_id, result in sliced.items()}, sliced)
        for name in sets
    ]
    table(lines if sets else [], f"table_{key}", "No account was targeted in this scope.")
    if not sets:
        return
    chosen = st.selectbox(
        "Open an account set",
        sets,
        index=None,
        format_func=words.one_line,
        placeholder="Choose one to see its accounts",
        key=f"chosen_{key}",
    )
    if chosen:
        open_panel(cut, sliced["worked_accounts"], "outbound", f"{key}_rows", slice_=chosen, opened=True)


def _set(name: str, rows: dict[str, dict[str, Any] | None], results: dict[str, Result]) -> dict[str, Any]:
    worked = rows["worked_accounts"]
    creation, pipeline = (results[kpi_id] for kpi_id in SETS[1:])
    line: dict[str, Any] = {
        "Account set": words.one_line(name),
        "Accounts": worked["denominator"] if worked else None,
        "Worked so far": worked["numerator"] if worked else None,
        "Untouched": worked["untouched_count"] if worked else None,
        "With an opportunity": worked["opportunity_count"] if worked else None,
    }
    for result, text in ((creation, "Opportunity"), (pipeline, "Pipeline per account")):
        row = rows[result.kpi.kpi_id]
        age = (result.horizon or (0, 0))[1]
        line[f"{text} by {words.days(age)}"] = _cell(row, result)
    line["Open before they were targeted"] = worked["already_open_count"] if worked else None
    return line


def _cell(row: dict[str, Any] | None, result: Result) -> str:
    if row is None:
        return words.missing()
    told = figure(result.kpi, row)
    return in_brief(told) if row["estimate"] is not None else str(row["status"]).replace("_", " ")
