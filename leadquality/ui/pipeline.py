"""The tables of the Pipeline page: steps of the movement, booked quarters, and what is open by stage."""

from __future__ import annotations

from typing import Any

import streamlit as st

from leadquality import words
from leadquality.contracts import CHANNELS
from leadquality.engine import Result
from leadquality.ui.ask import ask
from leadquality.ui.frame import Frame
from leadquality.ui.panel import open_panel
from leadquality.ui.tables import table
from leadquality.verdict.evidence import not_available
from leadquality.verdict.figure import figure
from leadquality.verdict.pipeline import BESIDE, STEPS


def steps_of(result: Result) -> list[str]:
    """The bars of the waterfall that hold a deal, as '<channel>: <step>', in the order of the figure."""
    rows = {(row["channel"], row["measure"]): row for row in result.lines}
    return [
        f"{channel}: {step}"
        for channel in CHANNELS
        for step in (*STEPS, *BESIDE)
        if (row := rows.get((channel, step))) and row["denominator"]
    ]


def step_rows(frame: Frame, result: Result, chosen: str) -> None:
    """The deals of one step, with old and new amount and date."""
    channel, _, step = chosen.partition(": ")
    open_panel(frame, result, channel, "step_rows", opened=True, measure=step)


def movement_table(result: Result) -> list[dict[str, Any]]:
    """One line per step, one column per channel: signed amount and deals; in brackets what is open beside the steps."""
    rows = result.lines
    channels = [channel for channel in CHANNELS if any(row["channel"] == channel for row in rows)]
    found = {(row["channel"], row["measure"]): row for row in rows}
    lines: list[dict[str, Any]] = []
    for step in (*STEPS, *BESIDE):
        line: dict[str, Any] = {"Step": step if step in STEPS else f"({step})"}
        for channel in channels:
            line[channel.capitalize()] = _amount(found[channel, step])
        lines.append(line)
    return lines if channels else []


def _amount(row: dict[str, Any]) -> str:
    if row["estimate"] is None:
        return words.missing("several currencies")
    deals = row["denominator"]
    return f"{words.exact(row['currency'], row['estimate'])}, {words.count(deals)} {'deal' if deals == 1 else 'deals'}"


def booked_table(result: Result) -> list[dict[str, Any]]:
    """One line per quarter of closing, the newest first: amount, deals and share of each channel."""
    lines: dict[Any, dict[str, Any]] = {}
    for row in result.lines:
        if not row["closed_quarter"] or row["created_quarter"] is not None:
            continue
        name = row["measure"].removeprefix("closed ")
        line = lines.setdefault(
            row["closed_quarter"], {"Quarter": f"{name}{', not complete' if row['is_partial'] else ''}"}
        )
        line[row["channel"].capitalize()] = _booked(row)
    return [lines[quarter] for quarter in sorted(lines, reverse=True)]


def quarters_of(result: Result) -> list[str]:
    """The lines by quarter of closing, the newest first, as the KPI names them."""
    found = {
        row["measure"]: row["closed_quarter"]
        for row in result.lines
        if row["closed_quarter"] and row["created_quarter"] is None
    }
    return sorted(found, key=lambda name: found[name], reverse=True)


def _booked(row: dict[str, Any]) -> str:
    if row["numerator"] is None:
        return words.missing("several currencies")
    text = f"{words.money(row['currency'], row['numerator'])}, {words.count(row['deal_count'])} deals"
    if row["estimate"] is None:
        return text
    return f"{text}, {words.share(row['estimate'])} ({words.span('ratio', row['low'], row['high'])})"


def stage_table(result: Result) -> list[dict[str, Any]]:
    """One line per stage and channel, in the order in which deals come to the stages."""
    rows = sorted(
        result.lines,
        key=lambda row: (
            row["stage_day"] is None,
            row["stage_day"] or 0,
            str(row["measure"]),
            CHANNELS.index(row["channel"]),
        ),
    )
    return [
        {
            "Stage": words.one_line(row["measure"]),
            "Channel": row["channel"],
            "Deals": row["denominator"],
            "Value": _value(row),
            "Quiet": _quiet(result, row),
            "Median age": words.days(row["median_age_days"]),
            "Oldest": words.days(row["oldest_age_days"]),
            "Overdue": row["overdue_count"],
            "No date": row["undated_count"],
        }
        for row in rows
    ]


def _value(row: dict[str, Any]) -> str:
    if row["amount"] is None:
        return words.missing(
            "no amount known" if row["denominator"] == row["without_amount_count"] else "several currencies"
        )
    unknown = row["without_amount_count"]
    return f"{words.money(row['currency'], row['amount'])}{f', {words.count(unknown)} unknown' if unknown else ''}"


def _quiet(result: Result, row: dict[str, Any]) -> str:
    text = f"{words.count(row['numerator'])} of {words.count(row['denominator'])}"
    told = figure(result.kpi, row)
    return f"{text} ({told.span})" if told.span else text


def stages_of(result: Result) -> list[str]:
    """'<channel>: <stage>' for each line of the table of stages."""
    return [f"{row['channel']}: {row['measure']}" for row in result.lines]


def open_stages(frame: Frame) -> None:
    """What is open today by stage, and the deals of the stage chosen."""
    result = ask(frame, "open_pipeline")
    if result.unavailable:
        st.text(not_available(result.unavailable))
        return
    days = next((row["dormant_days"] for row in result.lines), None)
    if days:
        st.caption(
            f"Quiet: open, and for {words.days(days)} no conversation, no held meeting and no recorded change. "
            "Overdue: the expected day has passed."
        )
    table(stage_table(result), "stages", "No opportunity is open in this scope.")
    names = stages_of(result)
    if not names:
        return
    chosen = st.selectbox(
        "The deals of one stage",
        names,
        index=None,
        format_func=words.one_line,
        placeholder="Choose one to see its deals, quiet ones first",
        key="chosen_stage",
    )
    if chosen:
        channel, _, stage = chosen.partition(": ")
        open_panel(frame, result, channel, "stage_rows", opened=True, measure=stage)
