"""The head and the foot of a page: its finding, the stamp, why something cannot be said, and what the ranges mean."""

from __future__ import annotations

import streamlit as st

from leadquality import words
from leadquality.contracts import AGE_GRID, HEADLINE_CHANNELS
from leadquality.engine import Result
from leadquality.ui.ask import ask, cohort_values, in_scope
from leadquality.ui.frame import Frame
from leadquality.verdict import one_channel, too_short
from leadquality.verdict.evidence import not_available
from leadquality.verdict.figure import figure

RANGE = "The range in brackets: values that fit these data; in 95 of 100 such reports it holds the true one."
DESCRIPTION = "A description: leads are not assigned to channels by lot, so moving budget may not move this."


def head(frame: Frame, title: str, *states: str) -> None:
    """The title of the page, the stamp under it, and what has to be said before anything is read."""
    st.title(words.md(title, limit=200))
    st.caption(cohort_values(frame))
    for state in states:
        if state:
            st.text(state)


def need_leads(frame: Frame, channel: str = "", alone: bool = True) -> None:
    """Stop the page with the sentence that says why, where the scope holds no lead (of `channel`).

    alone: say it where one channel only is there; a page that compares says so itself.
    """
    young = ask(frame, "judged_too_early_share")
    if young.unavailable:  # leads without a date: what measures no time is given all the same
        st.info(f"KPIs that measure time are not available: {young.unavailable}.")
        return
    counts = {row["channel"]: row["denominator"] for row in young.lines}
    if nameless := counts.get("unknown"):
        lines = f"{words.count(nameless)} leads have no channel of origin that is known, so no channel is judged by them."
        st.info(f"{lines} Declare channel rules in the mapping (docs/mapping.md), then load again.")
    if not any(counts.values()) or (channel and not counts.get(channel)):
        whose = f"{channel} " if any(counts.values()) else ""
        st.info(f"No {whose}leads match: {in_scope(frame)}. Widen the dates or press Reset.")
        st.stop()
    present = [name for name in HEADLINE_CHANNELS if counts.get(name)]
    if alone and len(present) == 1:
        st.caption(one_channel(present[0]))


def state_of(frame: Frame, result: Result, channel: str) -> str:
    """Why the figure of a channel may not be judged yet; empty when it may. Of a range too short for the age, that is said."""
    row = result.first(channel)
    if result.unavailable:
        return lack(result)
    if row is None:  # need_leads says it, and stops the page
        return ""
    told = figure(result.kpi, row)
    age, since = row.get("horizon_days"), frame.scope.from_on
    if row["status"] == "too_early" and age and since:
        oldest = (frame.scope.as_of - since).days
        if oldest < age:
            return too_short(oldest, int(age), max((day for day in AGE_GRID if day <= oldest), default=None))
    return told.state


def given(result: Result) -> bool:
    """Whether the extracts of a section are there; where not, the sentence that says what is missing stands in its place."""
    if result.unavailable:
        st.text(lack(result))
    return not result.unavailable


def lack(result: Result) -> str:
    """What is missing for a whole page; empty when nothing is."""
    if not result.unavailable:
        return ""
    return not_available(result.unavailable)


def age_of(frame: Frame, kpi_id: str, channel: str) -> int | None:
    """The age in days at which a KPI judges a channel: the one the reader chose, else the site's, else the KPI's own."""
    found = ask(frame, kpi_id).horizon
    return found[HEADLINE_CHANNELS.index(channel)] if found else None


def foot(compares: bool = False) -> None:
    """What a range is, once per page; where channels stand beside each other, what that is not."""
    st.caption(f"{RANGE} {DESCRIPTION}" if compares else RANGE)
