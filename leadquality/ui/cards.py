"""Cards: one figure with its range, what it stands on, what may be said, and the other channel in grey."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from leadquality import words
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.engine import Result
from leadquality.ui.ask import ask
from leadquality.ui.comparing import value_verdict
from leadquality.ui.frame import Frame
from leadquality.ui.panel import open_panel
from leadquality.ui.served import kpis
from leadquality.verdict import judged
from leadquality.verdict.evidence import doubts, not_available
from leadquality.verdict.figure import Figure, figure

OTHER = {"inbound": "outbound", "outbound": "inbound"}
MARK = {"inbound": "●", "outbound": "◆"}
CARD_WIDTH = 260


@dataclass(frozen=True, slots=True)
class Fact:
    """What a KPI says beyond its own value: a title, the value in words, a sentence, and the result it rests on."""

    title: str
    value: str
    text: str
    result: Result


def channel_cards(frame: Frame, channel: str, kpi_ids: tuple[str, ...], fact: Fact | None = None) -> None:
    """One card for each KPI, judged for `channel`, and one for a fact; three beside one another where there is room."""
    with st.grid(3, min_column_width=CARD_WIDTH):
        for kpi_id in kpi_ids:
            channel_card(frame, ask(frame, kpi_id), channel, f"{channel}_{kpi_id}")
        if fact:
            with st.container(border=True, height="stretch", key=f"card_{channel}_fact"):
                st.markdown(f"**{words.md(fact.title)}**")
                st.metric(f"{MARK[channel]} {channel}", fact.value)
                st.text(fact.text)
                open_panel(frame, fact.result, channel, f"{channel}_fact")


def pair_cards(frame: Frame, kpi_ids: tuple[str, ...]) -> None:
    """One card for each KPI with both channels, inbound first; three in a row, or all four."""
    with st.grid(4 if len(kpi_ids) == 4 else 3, min_column_width=CARD_WIDTH):
        for kpi_id in kpi_ids:
            pair_card(frame, ask(frame, kpi_id), kpi_id)


def channel_card(frame: Frame, result: Result, channel: str, key: str) -> None:
    """One KPI judged for one channel, with the other channel's value greyed and the reason why."""
    kpi = result.kpi
    with st.container(border=True, height="stretch", key=f"card_{key}"):
        st.markdown(f"**{words.md(kpi.title)}**")
        if _said(result, channel):
            _counter(frame, kpi.counter, channel)
            grey = judged(kpi.title, kpi.headline, OTHER[channel], kpi.across)
            other = result.first(OTHER[channel])
            if grey and other is not None:
                st.caption(
                    f"{MARK[OTHER[channel]]} {OTHER[channel]} {words.md(in_brief(figure(kpi, other)))}. {words.md(grey, limit=400)}"
                )
        open_panel(frame, result, channel, key)


def pair_card(frame: Frame, result: Result, key: str) -> None:
    """One KPI for both channels; where it judges one, the other is in grey; where neither, the reason is said."""
    kpi = result.kpi
    if kpi.headline in OTHER:
        channel_card(frame, result, kpi.headline, key)
        return
    with st.container(border=True, height="stretch", key=f"card_{key}"):
        st.markdown(f"**{words.md(kpi.title)}**")
        shown = [channel for channel in HEADLINE_CHANNELS if result.first(channel) is not None]
        for channel in shown or HEADLINE_CHANNELS[:1]:
            if not _said(result, channel, with_reads=channel == (shown or HEADLINE_CHANNELS)[-1]):
                break
        if kpi.headline == "none" and kpi.across:
            st.caption(words.md(f"A diagnostic, not a verdict on either channel. {kpi.across}", limit=400))
        open_panel(frame, result, "", key)


def value_card(frame: Frame, result: Result, age_days: int) -> None:
    """Value per lead at one age, both channels and what may be said of the two."""
    with st.container(border=True, height="stretch", key="card_value"):
        st.markdown(f"**{words.md(result.kpi.title)}**")
        if result.unavailable:
            st.text(not_available(result.unavailable))
            return
        verdict = value_verdict(result, age_days)
        for channel in HEADLINE_CHANNELS:
            row = result.row(channel, age_days=age_days)
            if row is None:
                continue
            told = figure(result.kpi, row | {"horizon_days": age_days})
            st.metric(f"{MARK[channel]} {channel}, by {words.days(age_days)}", told.value)
            if verdict.kind == "one_channel":  # the page has said so: here stands what may be said of the one
                st.text(f"Range {told.span}." if told.span else told.state)
        if verdict.kind != "one_channel":
            st.text(verdict.sentence)


def _said(result: Result, channel: str, with_reads: bool = True) -> bool:
    """The figure of one channel as metric and sentences; False when there is none, and why is said."""
    kpi, row = result.kpi, result.first(channel)
    if result.unavailable:
        st.text(not_available(result.unavailable))
        return False
    if row is None:
        st.text(f"No {channel} {kpi.of} in this scope. Widen the dates or press Reset.")
        return False
    told = figure(kpi, row)
    st.metric(f"{MARK[channel]} {channel}", told.value)
    range_ = f"Range {told.span}." if told.span else ""
    for said in (" ".join(part for part in (range_, told.basis, *told.extras) if part), told.state):
        if said:
            st.text(said)
    if with_reads:
        st.text(kpi.reads)
        known = result.evidence.plain()
        if doubt := doubts(known["links"], known["left_out"]):
            st.text(doubt)
    return True


def _counter(frame: Frame, counter: str, channel: str) -> None:
    """The KPI to read beside this one, in one line."""
    if not counter:
        return
    result = ask(frame, counter)
    row = None if result.unavailable else result.first(channel)
    told = in_brief(figure(result.kpi, row)) if row is not None else "not available"
    st.caption(f"Read beside it: {words.md(kpis()[counter].title)} {words.md(told)}.")


def in_brief(told: Figure) -> str:
    """'45.6 % (44.1 to 47.1 %)', or the words that stand for what is not known."""
    return told.brief


def fact_card(title: str, text: str) -> None:
    """A card for what figures say together: a title and one sentence."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{words.md(title)}**")
        st.text(text)
