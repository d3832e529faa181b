"""The specification of sources as dots with ranges."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars

from leadquality.charts import INBOUND, NEUTRAL, ranking

COLUMNS = (
    "slice channel numerator denominator estimate low high n_old_enough horizon_days raw_share shrunken shrunken_low shrunken_high "
    "place"
).split()


def source(
    name: str,
    raw: float,
    shrunken: float | None = None,
    place: int | None = None,
    old: int = 200,
    channel: str = "inbound",
) -> dict[str, Any]:
    """Limits lie .02 on either side, of what is shrunken and of the share as it is; under 30 old enough there is no share."""
    age = 180 if channel == "inbound" else 540
    share = (raw, raw - 0.02, raw + 0.02) if old >= 30 else (None, None, None)
    drawn = (None, None) if shrunken is None else (shrunken - 0.02, shrunken + 0.02)
    values = (name, channel, 20, 300, *share, old, age, raw, shrunken, *drawn, place)
    return dict(zip(COLUMNS, values, strict=True))


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS), infer_schema_length=None)


def several() -> polars.DataFrame:
    return frame(
        source("brand", 0.10, 0.10, 2),
        source("podcast", 0.33, 0.15, None, old=12),
        source("referral", 0.16, 0.14, 1),
        source("list", 0.11, None, None, old=68, channel="outbound"),
        source("fairs", 0.0, None, None, old=3, channel="outbound"),
    )


def dots(figure: go.Figure, channel: str) -> Any:
    return next(trace for trace in figure.data if trace.name == channel)


def axis_names(figure: go.Figure, axis: str = "yaxis") -> tuple[str, ...]:
    return figure.layout[axis].ticktext


def test_ranked_sources_come_first_by_shrunken_rate() -> None:
    figure = ranking(several())
    assert axis_names(figure) == ("referral", "brand", "podcast")
    assert [round(x, 6) for x in dots(figure, "inbound").x] == [14, 10, 15]
    # the first row stands at the top
    assert list(figure.layout.yaxis.range) == [2.5, -0.5]


def test_what_it_was_before_stands_beside_as_a_small_open_mark() -> None:
    figure = ranking(several())
    before = next(trace for trace in figure.data if trace.name == "before")
    assert ([round(x, 6) for x in before.x], list(before.y)) == ([16, 10, 33], [0, 1, 2])


def test_not_judged_is_grey_and_open() -> None:
    marker = dots(ranking(several()), "inbound").marker
    assert marker.symbol == ("circle", "circle", "circle-open")
    assert marker.color == (INBOUND, INBOUND, NEUTRAL)


def test_without_shrinkage_the_share_stands_as_it_is_and_what_has_no_range_is_left_out() -> None:
    figure = ranking(several())
    drawn = dots(figure, "outbound")
    assert (axis_names(figure, "yaxis2"), [round(x, 6) for x in drawn.x]) == (("list",), [11])
    assert list(drawn.customdata[0])[:4] == ["outbound: list", "list", "as it is 11.0 %", "9.0 to 13.0 %"]


def test_each_dot_has_its_range_and_each_panel_its_age() -> None:
    figure = ranking(several())
    ranges = [trace for trace in figure.data if trace.name == "range"]
    assert [round(x, 6) for x in ranges[0].x] == [12, 16]
    notes = [note.text for note in figure.layout.annotations]
    assert {"● inbound, won by 180 days", "◆ outbound, won by 540 days"} <= set(notes)
    low, high = figure.layout.xaxis.range
    assert low == 0 and high > 33


def test_many_sources_leave_the_last_ones_to_the_table() -> None:
    rows = frame(*(source(f"s{at:02}", 0.1 + at / 1000, 0.1 + at / 1000, 30 - at) for at in range(20)))
    names = axis_names(ranking(rows))
    assert (len(names), names[0]) == (15, "s19")


def test_hostile_names_are_text() -> None:
    shown = ranking(frame(source("<a href='x'>y</a>", 0.1, 0.1, 1))).to_json().replace("\\u003c", "<")
    assert "<a" not in shown and "&lt;a" in shown


def test_nothing_to_draw_is_a_sentence() -> None:
    for rows in (polars.DataFrame(), frame(), frame(source("tiny", 0.5, None, None, old=3))):
        figure = ranking(rows)
        assert len(figure.data) == 0
        assert figure.layout.annotations[0].text.startswith("No dots: no source")
