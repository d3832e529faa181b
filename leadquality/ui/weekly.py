"""What the weekly review shows: six weekly series, what moved in them, and what must wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from leadquality import words
from leadquality.charts import Panel
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.ui.ask import ask
from leadquality.ui.comparing import comparison
from leadquality.ui.figures import at_home
from leadquality.ui.frame import Frame
from leadquality.verdict import DECIDED
from leadquality.verdict.figure import figure
from leadquality.verdict.weekly import (
    NO_SERIES,
    NO_WEEK,
    NOTHING,
    NOTHING_COMPUTED,
    NOTHING_WAITS,
    Moved,
    moved,
    week_title,
)

SERIES = {"meeting_weeks": "met us", "opportunity_weeks": "opportunity", "won_weeks": "won"}


@dataclass(frozen=True, slots=True)
class Weekly:
    """title: the week in at most 90 characters; panels: for the chart; moved: news of the last mature weeks;
    waiting: figures that cannot be judged yet, each with the day from which they can; nothing_waits: what to say of none."""

    title: str
    panels: tuple[Panel, ...]
    moved: tuple[Moved, ...]
    waiting: tuple[dict[str, Any], ...]
    nothing_waits: str


def weekly(frame: Frame, judged: dict[str, Sequence[str]]) -> Weekly:
    """The review of this week; judged: ids of the KPIs of each channel that the meeting looks at."""
    results = {name: ask(frame, name) for name in SERIES}
    panels = tuple(
        Panel(_titles(SERIES[name], result.horizon or (0, 0)), result.rows)
        for name, result in results.items()
        if not result.unavailable
    )
    news = tuple(each for result in results.values() for each in moved(result.kpi.title, result.lines))
    waiting = tuple(
        line
        for channel in HEADLINE_CHANNELS
        for kpi_id in judged[channel]
        if (line := _waits(frame, kpi_id, channel))
    )
    is_computed = any(not ask(frame, kpi_id).unavailable for ids in judged.values() for kpi_id in ids)
    told = comparison(ask(frame, "close_rate_at_equal_age"), frame.judge_at)
    decided = [verdict for verdict in told.verdicts if verdict.kind in DECIDED]
    one = next((verdict.sentence for verdict in told.verdicts if verdict.kind == "one_channel"), "")
    finding = one.partition(" in this scope")[0] or "no verdict between the channels yet"
    if decided:
        finding = told.title.partition(";")[0]
    outside = len({(each.title, each.channel) for each in news})
    figures = sum(_looked_at(panel) for panel in panels)
    title = week_title(frame.scope.as_of, finding, outside, figures, len(waiting), not panels)
    return Weekly(title, panels, news, waiting, NOTHING_WAITS if is_computed else NOTHING_COMPUTED)


def _looked_at(panel: Panel) -> int:
    """In how many channels of a panel a week has others beside it that draw its usual range."""
    return panel.rows.filter(
        pl.col("estimate").is_not_null()
        & pl.col("lower_limit").is_not_null()
        & pl.col("week_on").is_not_null()
        & pl.col("channel").is_in(HEADLINE_CHANNELS)
    )["channel"].n_unique()


def _titles(what: str, horizon: tuple[int, int]) -> dict[str, str]:
    return {
        channel: f"{what} by {words.days(age)}"
        for channel, age in zip(HEADLINE_CHANNELS, horizon, strict=True)
    }


def _waits(frame: Frame, kpi_id: str, channel: str) -> dict[str, Any] | None:
    """One line of the table of what must wait; None for a figure that may be judged, or that no data are there for."""
    result = ask(frame, kpi_id)
    row = None if result.unavailable else result.first(channel)
    if row is None or row["status"] not in {"too_early", "provisional"}:
        return None
    told = figure(result.kpi, row)
    return {
        "Figure": result.kpi.title,
        "Channel": channel,
        "So far": told.value,
        "Why": told.state,
        "Judge on": words.day(row.get("judge_on"), "no date can be computed"),
    }


def available(frame: Frame, channel: str, wanted: Sequence[str], count: int = 3) -> tuple[str, ...]:
    """The wanted KPIs; where an extract is missing, the next headline KPI of the channel takes the place."""
    others = [name for name in at_home(channel, "headline") if name not in wanted]
    usable = [name for name in (*wanted, *others) if not ask(frame, name).unavailable]
    return tuple((usable + [name for name in wanted if name not in usable])[:count])


def moved_text(week: Weekly) -> str:
    """What moved, as the text that stands for the chart."""
    return " ".join(_news(week))


def moved_list(week: Weekly) -> None:
    """One sentence for each week outside its usual range, or that there is none."""
    for sentence in _news(week):
        st.text(sentence)


def _news(week: Weekly) -> list[str]:
    if week.moved:
        return [each.sentence for each in week.moved]
    if not week.panels:
        return [NO_SERIES]
    return [NOTHING if any(map(_looked_at, week.panels)) else NO_WEEK]
