"""Cards: one figure with its range, what it stands on, what may be said, and the other channel in grey."""

from __future__ import annotations

from typing import Any

import streamlit as st

from leadquality import words
from leadquality.engine import Result
from leadquality.ui.panel import definition_panel
from leadquality.verdict import judged, stated

OTHER = {"inbound": "outbound", "outbound": "inbound"}
MARK = {"inbound": "●", "outbound": "◆"}


def channel_card(result: Result, channel: str, key: str) -> None:
    """One KPI judged for one channel, with the other channel's value greyed and the reason why."""
    kpi, row = result.kpi, result.row(channel)
    with st.container(border=True, height="stretch", key=f"card_{key}"):
        st.markdown(f"**{words.md(kpi.title)}**")
        if result.unavailable:
            st.text(f"Not available: {result.unavailable}. Nothing is put in its place.")
        elif row is None:
            what = "won deals of" if kpi.unit in {"money", "index"} else ""
            st.text(
                f"No {what} {channel} leads in this scope. Widen the dates or press Reset.".replace("  ", " ")
            )
        else:
            st.metric(f"{MARK[channel]} {channel}", _value(kpi.unit, row))
            st.text(_sentence(kpi.unit, row))
            if said := _state(row, channel, kpi.unit):
                st.text(said)
        st.text(kpi.reads)
        grey = judged(kpi.title, kpi.headline, OTHER[channel], kpi.across)
        other = result.row(OTHER[channel])
        if grey and other is not None and not result.unavailable:
            st.caption(
                f"{MARK[OTHER[channel]]} {OTHER[channel]} {words.md(_value(kpi.unit, other))} "
                f"({words.md(_span(kpi.unit, other))}). {words.md(grey, limit=400)}"
            )
        definition_panel(result, key)


def fact_card(title: str, value: str, text: str) -> None:
    """A card for a plain figure: title, value, one sentence."""
    with st.container(border=True, height="stretch"):
        st.metric(words.md(title), words.md(value))
        st.text(text)


def _value(unit: str, row: dict[str, Any]) -> str:
    """The value, or what stands in its place: never 0 for unknown."""
    if unit == "days" and row["estimate"] is None and row["status"] in {"ok", "provisional"}:
        return "half not reached"
    if row["estimate"] is None:
        return words.missing()
    return words.value(unit, row["estimate"], row.get("currency"))


def _span(unit: str, row: dict[str, Any]) -> str:
    if row["low"] is None:
        return "no range" if row["estimate"] is None else "range not closed"
    return words.span(unit, row["low"], row["high"], row.get("currency"))


def _sentence(unit: str, row: dict[str, Any]) -> str:
    """Range and what the figure stands on."""
    if unit in {"money", "index"}:
        deals = f"{words.count(row['denominator'])} won deals."
        if row["estimate"] is None:
            return deals
        parts = [f"Range {_span(unit, row)}. {deals}"]
        if unit == "money":
            currency = row.get("currency")
            parts.append(
                f"Half of them lie between {words.money(currency, row['first_quartile'])} "
                f"and {words.money(currency, row['third_quartile'])}. Mean {words.money(currency, row['mean_amount'])}, "
                f"without the largest deal {words.money(currency, row['mean_without_largest'])}."
            )
        return " ".join(parts)
    if row["low"] is not None and row["low"] == row["high"]:
        return (
            f"Exact: {words.count(row['numerator'])} of {words.count(row['denominator'])} leads are younger than "
            f"{words.days(row['horizon_days'])}; {words.count(row['n_old_enough'])} are old enough."
        )
    reached = f"{words.count(row['numerator'])} of {words.count(row['denominator'])} leads so far"
    old = f"{words.count(row['n_old_enough'])} old enough ({words.days(row['horizon_days'])})"
    if unit == "days":
        quarter = (
            f"A quarter met by {words.days(row['quarter_days'])} ({words.span('days', row['quarter_low'], row['quarter_high'])})."
            if row["quarter_days"] is not None
            else "A quarter is not reached."
        )
        met = (
            f" By {words.days(row['horizon_days'])}, {words.share(row['share_by_horizon'])} met."
            if row["share_by_horizon"] is not None
            else ""
        )
        return f"{quarter}{met} {reached}, {old}."
    within = f"Range {_span(unit, row)}. " if row["low"] is not None else ""
    return f"{within}{reached}, {old}."


def _state(row: dict[str, Any], channel: str, unit: str) -> str:
    """Why the figure may not be judged yet; empty when it may."""
    if unit in {"money", "index"}:
        told = {"ok": "", "not_available": "Amounts of several currencies: not added up. Convert them first."}
        return told.get(row["status"], "Fewer than 20 won deals: no size is given.")
    return stated(
        row["status"],
        row["n_old_enough"],
        row["denominator"],
        row["judge_on"],
        row["horizon_days"],
        channel,
        row["numerator"],
    )
