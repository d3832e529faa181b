"""The specification of the gap figure."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars

from leadquality.charts import INBOUND, NEUTRAL, OUTBOUND, gap
from tests.charts.curves import AGES, demonstration, frame, row


def marks(figure: go.Figure) -> Any:
    return next(trace for trace in figure.data if trace.name == "gap")


def test_points_in_percentage_points_at_the_ages_that_are_known() -> None:
    drawn = marks(gap(demonstration(), AGES))
    assert drawn.x == ("30", "90", "180", "365")  # at 540 the difference is null
    assert drawn.y == (-1.0, -4.76, -1.15, 1.03)
    assert list(drawn.customdata[1]) == ["−4.8 points", "−5.8 to −3.8", "3,727"]


def test_a_channel_has_its_colour_only_where_the_wider_range_excludes_nothing() -> None:
    drawn = marks(gap(demonstration(), AGES)).marker
    # -.01: the limits touch 0; -.0476: firm; -.0115: 95 % excludes 0, 99 % does not; 46 old enough: not judged
    assert drawn.symbol == ("square", "circle", "circle-open", "square-open")
    assert drawn.color == (NEUTRAL, INBOUND, INBOUND, NEUTRAL)
    ahead = frame(row("difference", 540, 0.0209, 158))
    assert marks(gap(ahead, AGES)).marker.color == (OUTBOUND,)
    assert marks(gap(ahead, AGES)).marker.symbol == ("diamond",)


def test_each_point_has_both_ranges() -> None:
    figure = gap(demonstration(), AGES)
    for name, width, limits in (("95 %", 4, (-5.76, -3.76)), ("99 %", 1, (-6.06, -3.46))):
        ranges = [trace for trace in figure.data if trace.name == name]
        assert len(ranges) == 4
        assert ranges[1].y == limits
        assert ranges[1].line.width == width


def test_the_sides_of_zero_are_named_in_words() -> None:
    figure = gap(demonstration(), AGES)
    notes = {note.text: note for note in figure.layout.annotations}
    assert notes["outbound<br>ahead"].y > 0 > notes["inbound<br>ahead"].y
    assert [(line.y0, line.y1) for line in figure.layout.shapes] == [(0, 0)]
    low, high = figure.layout.yaxis.range
    assert low < -6.06 and high > 2.33


def test_fewer_than_five_events_leave_the_gap_out_and_say_so() -> None:
    rows = demonstration().with_columns(
        polars.when((polars.col("age_days") <= 90) & (polars.col("channel") == "outbound"))
        .then(2)
        .otherwise("numerator")
        .alias("numerator")
    )
    figure = gap(rows, AGES)
    assert marks(figure).x == ("180", "365")
    assert [note.text for note in figure.layout.annotations if "no gap up to 90 days" in note.text]


def test_nothing_to_draw_is_a_sentence() -> None:
    figure = gap(demonstration().clear(), AGES)
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text.startswith("No gap can be given:")


def test_no_nan_and_no_title() -> None:
    figure = gap(demonstration(), AGES)
    assert "NaN" not in figure.to_json()
    assert (figure.layout.title.text, figure.layout.height, figure.layout.margin.t) == (None, 360, 8)
