"""The specification of the equal-age figure: what is drawn, in which look, and what is left out."""

from __future__ import annotations

import json
import re
from typing import Any

import plotly.graph_objects as go
import polars
import pytest

from leadquality.charts import INBOUND, NEUTRAL, OUTBOUND, equal_age, faded, marked_ages
from tests.charts.curves import AGES, TOKENS, demonstration, frame, row


def named(figure: go.Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


def texts(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


@pytest.fixture
def figure() -> go.Figure:
    return equal_age(demonstration(), AGES, judge_at=180)


def test_three_traces_for_each_stretch_and_one_for_the_marks(figure: go.Figure) -> None:
    # inbound: one stretch; outbound: judged, then provisional; plus a set of marks each
    assert len(figure.data) == 3 * 1 + 3 * 2 + 2


def test_inbound_is_solid_with_circles_and_outbound_dashed_with_diamonds(figure: go.Figure) -> None:
    inbound, outbound = named(figure, "inbound")[0], named(figure, "outbound")[0]
    assert (inbound.line.dash, inbound.line.color, inbound.line.shape) == ("solid", INBOUND, "hv")
    assert (outbound.line.dash, outbound.line.color, outbound.line.shape) == ("dash", OUTBOUND, "hv")
    assert set(named(figure, "inbound ages")[0].marker.symbol) == {"circle"}
    assert named(figure, "outbound ages")[0].marker.symbol == (
        "diamond",
        "diamond",
        "diamond",
        "diamond-open",
    )


def test_the_band_lies_between_both_limits(figure: go.Figure) -> None:
    low, band = named(figure, "inbound low")[0], named(figure, "inbound range")[0]
    assert (band.fill, band.fillcolor, low.line.width, band.line.width) == ("tonexty", "#00000126", 0, 0)
    assert low.y == (1.0, 5.26, 6.16, 6.16, 6.16)  # estimate - .01, of 100
    assert band.y == (3.0, 7.26, 8.16, 8.16, 8.16)
    at = figure.data.index(band)
    assert figure.data[at - 1] is low  # tonexty fills to the trace before


def test_under_a_hundred_it_is_grey_and_under_thirty_it_ends(figure: go.Figure) -> None:
    judged, grey = named(figure, "outbound")
    assert judged.x == (30, 90, 180, 365)  # reaches to where the grey begins
    assert (grey.x, grey.line.color, grey.line.dash) == ((365,), NEUTRAL, "dash")
    assert named(figure, "outbound range")[1].fillcolor == faded(NEUTRAL)
    assert named(figure, "outbound ages")[0].x == (30, 90, 180, 365)
    assert named(figure, "outbound ages")[0].marker.color[-1] == NEUTRAL


def test_the_axes_start_at_nothing_and_are_named(figure: go.Figure) -> None:
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] > 9.19  # the highest limit
    assert figure.layout.xaxis.range == (0, 540)
    assert figure.layout.yaxis.title.text == "won, of 100 leads"
    assert figure.layout.xaxis.title.text == "age of the lead in days"


def test_labels_stand_at_the_line_ends_and_no_legend_and_no_title(figure: go.Figure) -> None:
    ends = {
        note.text: note for note in figure.layout.annotations if note.xanchor == "left" and note.xref == "x"
    }
    assert ends["inbound 7.2 %"].x == 540
    assert ends["outbound 8.2 %"].x == 365
    assert ends["outbound 8.2 %"].font.color == NEUTRAL  # its end is not judged
    assert figure.layout.showlegend is False
    assert figure.layout.title.text is None
    assert (figure.layout.height, figure.layout.margin.t) == (360, 8)


def test_labels_that_would_touch_are_moved_apart() -> None:
    rows = frame(row("inbound", 540, 0.0716, 947), row("outbound", 540, 0.0717, 158))
    ends = [note for note in equal_age(rows, AGES, 540).layout.annotations if note.text.endswith("7.2 %")]
    assert abs(ends[0].yshift - ends[1].yshift) >= 16


def test_old_enough_counts_stand_under_the_ages(figure: go.Figure) -> None:
    assert {"old enough", "3,253", "2,628", "947", "22"} <= set(texts(figure))
    assert 180 in figure.layout.xaxis.tickvals
    spaces = [
        b - a for a, b in zip(figure.layout.xaxis.tickvals, figure.layout.xaxis.tickvals[1:], strict=False)
    ]
    assert min(spaces) >= 0.2 * 540


def test_a_thin_line_marks_the_age_of_the_verdict(figure: go.Figure) -> None:
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1, line.line.width) == (180, 180, 1)
    assert "judged at 180 days" in texts(figure)


def test_hover_takes_its_words_from_customdata(figure: go.Figure) -> None:
    marks = named(figure, "inbound ages")[0]
    assert list(marks.customdata[2]) == ["inbound", "7.2 %", "6.2 to 8.2 %", "3,253", "50 won", 2]
    assert not re.search(r"inbound|outbound", marks.hovertemplate)


def test_only_known_channels_are_drawn_and_only_tokens_are_used(figure: go.Figure) -> None:
    assert not [trace for trace in figure.data if not trace.name.startswith(("inbound", "outbound"))]
    layout = {key: value for key, value in figure.layout.to_plotly_json().items() if key != "template"}
    used = re.findall(r"#[0-9a-fA-F]{6}", json.dumps([layout, [t.to_plotly_json() for t in figure.data]]))
    assert set(used) <= TOKENS


def test_no_nan_reaches_the_browser() -> None:
    rows = demonstration().with_columns(
        polars.when(polars.col("age_days") == 90).then(float("nan")).otherwise("estimate").alias("estimate")
    )
    assert "NaN" not in equal_age(rows, AGES, 180).to_json()
    assert 90 not in named(equal_age(rows, AGES, 180), "inbound")[0].x


def test_one_channel_alone_is_drawn() -> None:
    figure = equal_age(demonstration().filter(polars.col("channel") == "outbound"), AGES, 180)
    assert {trace.name.split()[0] for trace in figure.data} == {"outbound"}


@pytest.mark.parametrize("age", [30, 540])
def test_a_single_age_is_a_mark_with_its_label(age: int) -> None:
    figure = equal_age(frame(row("inbound", age, 0.0, 150, wins=0)), AGES, age)
    assert named(figure, "inbound ages")[0].x == (age,)
    assert figure.layout.yaxis.range[1] > 0


def test_nothing_to_draw_is_a_sentence_and_no_empty_chart() -> None:
    young = frame(row("inbound", 540, None, 22), row("outbound", 540, None, 3))
    for rows in (demonstration().clear(), young):
        figure = equal_age(rows, AGES, 540)
        assert len(figure.data) == 0
        assert texts(figure) == ["No curve: fewer than 30 leads of either<br>channel are old enough."]
        assert figure.layout.xaxis.visible is False
    hostile = equal_age(young, AGES, 540, empty="<a href='x'>b</a>")
    assert texts(hostile) == ["&lt;a href='x'&gt;b&lt;/a&gt;"]


def test_two_slices_in_one_figure_are_refused() -> None:
    rows = polars.concat([demonstration(), demonstration().with_columns(slice=polars.lit("EMEA"))])
    with pytest.raises(ValueError, match="one slice"):
        equal_age(rows, AGES, 180)


def test_every_mark_has_its_place_among_the_ages_that_can_be_chosen(figure: go.Figure) -> None:
    places = marked_ages(demonstration(), (*AGES, 180))
    drawn = [
        (trace.customdata[at][0], trace.x[at], trace.customdata[at][-1])
        for channel in ("inbound", "outbound")
        for trace in named(figure, f"{channel} ages")
        for at in range(len(trace.x))
    ]
    assert [places[place] for _, _, place in drawn] == [(channel, age) for channel, age, _ in drawn]
    assert len(drawn) == len(places) > 6
