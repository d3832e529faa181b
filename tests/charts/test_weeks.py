"""The specification of the small multiples: what is drawn of a week, and what is not drawn at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars
import pytest

from leadquality.charts import Panel, weeks

TITLES = {"inbound": "met us by 30 days", "outbound": "met us by 90 days"}
MONDAY = date(2026, 1, 5)


def series(channel: str, count: int, **changed: Any) -> list[dict[str, Any]]:
    week = {
        "channel": channel,
        "estimate": 0.3,
        "denominator": 40,
        "status": "ok",
        "center": 0.3,
        "lower_limit": 0.1,
        "upper_limit": 0.5,
        "is_outside": False,
    } | changed
    return [week | {"week_on": MONDAY + timedelta(weeks=number)} for number in range(count)]


def drawn(*rows: list[dict[str, Any]], panels: int = 1) -> Any:
    found = [row for part in rows for row in part]
    return weeks([Panel(TITLES, polars.DataFrame(found, infer_schema_length=None))] * panels)


def test_both_channels_stand_beside_each_other():
    figure = drawn(series("inbound", 30), series("outbound", 30))
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    assert [note.text for note in figure.layout.annotations] == [
        "inbound<br>met us by 30 days",
        "outbound<br>met us by 90 days",
    ]


def test_a_channel_without_leads_has_no_empty_axes():
    figure = drawn(series("outbound", 30), panels=3)
    assert {trace.xaxis for trace in figure.data} == {"x", "x2", "x3"}
    assert figure.layout.xaxis.domain == (0, 1)
    assert [note.text.partition("<br>")[0] for note in figure.layout.annotations] == ["outbound"] * 3


def test_a_panel_without_a_week_that_is_old_enough_says_so_and_has_no_numbers():
    young = series("outbound", 4, estimate=None, status="too_early", center=None, upper_limit=None)
    figure = drawn(series("inbound", 30), young)
    assert figure.layout.annotations[1].text == "outbound, too early<br>met us by 90 days"
    assert (figure.layout.yaxis.visible, figure.layout.yaxis2.visible) == (True, False)


@pytest.mark.parametrize(
    ("count", "told"), [(26, ["Feb 2026", "May 2026"]), (8, ["12 Jan", "16 Feb"]), (1, ["5 Jan"])]
)
def test_the_days_under_a_panel_are_never_the_same_twice(count, told):
    assert list(drawn(series("inbound", count)).layout.xaxis.ticktext) == told


def test_weeks_that_are_not_drawn_have_no_day_under_the_panel():
    few = series("inbound", 20, estimate=None, status="too_few")
    later = [row | {"week_on": row["week_on"] + timedelta(weeks=20)} for row in series("inbound", 5)]
    assert list(drawn(few, later).layout.xaxis.ticktext) == ["1 Jun", "15 Jun"]


def test_without_a_week_that_is_old_enough_the_figure_is_a_sentence():
    figure = drawn(series("inbound", 3, estimate=None, status="too_early"))
    assert not figure.data
    assert "No week of creation is old enough" in figure.layout.annotations[0].text
