"""The specification of the figure of slow response by load of the day."""

from __future__ import annotations

from typing import Any

import polars
import pytest

from leadquality.charts import INBOUND, load, tenth_name, tenths

SCHEMA: dict[str, Any] = {
    "slice": polars.String,
    "channel": polars.String,
    "denominator": polars.Int64,
    "estimate": polars.Float64,
    "low": polars.Float64,
    "high": polars.Float64,
    "tenth": polars.Int64,
    "day_count": polars.Int64,
    "load_low": polars.Float64,
    "load_high": polars.Float64,
}


def row(
    tenth: int, minutes: float | None, high: float | None = None, channel: str = "inbound"
) -> dict[str, Any]:
    return {
        "slice": "all",
        "channel": channel,
        "denominator": 200,
        "estimate": minutes,
        "low": None if minutes is None else minutes / 2,
        "high": high,
        "tenth": tenth,
        "day_count": 9,
        "load_low": float(tenth),
        "load_high": tenth + 0.5,
    }


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=SCHEMA)


def told() -> polars.DataFrame:
    return frame(
        row(10, 160, 200), row(1, 90, 100), row(2, None), row(3, 100, None), row(1, 5, 6, "outbound")
    )


def named(figure: Any, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def test_the_line_runs_from_the_calmest_tenth_to_the_busiest_of_one_channel() -> None:
    figure = load(told())
    line, marks = named(figure, "inbound line"), named(figure, "inbound")
    assert (line.x, line.y) == ((1, 2, 3, 10), (90, None, 100, 160))  # a gap, not a bridge and not 0
    assert (marks.x, marks.marker.color, marks.marker.symbol) == ((1, 3, 10), INBOUND, "circle")
    texts = [note.text for note in figure.layout.annotations]
    assert {"calmest days", "busiest days"} <= set(texts)


def test_a_range_without_an_upper_end_reaches_to_the_edge() -> None:
    figure = load(told())
    top = figure.layout.yaxis.range[1]
    assert top == pytest.approx(1.15 * 200)
    assert named(figure, "range").y == (45, 100, None, 50, top, None, 80, 200, None)


def test_the_axis_begins_at_0_and_says_its_unit() -> None:
    axis = load(told()).layout.yaxis
    assert axis.range[0] == 0
    assert axis.ticktext == ("0 min", "1.0 h", "2.0 h", "3.0 h")
    assert axis.tickvals == (0, 60, 120, 180)


def test_a_mark_leads_to_its_tenth() -> None:
    every, marks = tenths(told()), named(load(told()), "inbound")
    assert [every[data[-1]]["tenth"] for data in marks.customdata] == list(marks.x)
    assert tenth_name(every[0]) == "tenth 1 (1 to 1.5 arrivals per staffed hour)"


def test_missing_marks_are_explained_and_nothing_at_all_is_a_sentence() -> None:
    with_gap, whole = load(told()), load(frame(row(1, 5, 6)))
    noted = [
        any("no mark" in note.text for note in figure.layout.annotations) for figure in (with_gap, whole)
    ]
    assert noted == [True, False]
    assert "No tenth of days" in load(frame()).layout.annotations[0].text
    assert load(frame(row(1, None))).data == ()
    with pytest.raises(ValueError, match="one slice"):
        load(frame(row(1, 5), row(1, 5) | {"slice": "smb"}))
