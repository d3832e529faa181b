"""The specification of the slope of sources."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import polars
import pytest

from leadquality.charts import INBOUND, NEUTRAL, slope

COLUMNS = (
    "slice channel numerator denominator estimate low high n_old_enough status measure horizon_days judge_on low_99 high_99 "
    "share share_low share_high all_share"
).split()


def end(
    source: str,
    measure: str,
    estimate: float | None,
    old: int = 200,
    channel: str = "inbound",
    leads: int = 300,
) -> dict[str, Any]:
    """Limits lie a tenth (95 %) and an eighth (99 %) of the estimate on either side."""
    low, high, low_99, high_99 = (
        None if estimate is None else estimate * by for by in (0.9, 1.1, 0.875, 1.125)
    )
    everyone, age = (0.4, 30) if measure == "meeting" else (0.1, 180)
    share = None if estimate is None else everyone * estimate
    values = (source, channel, 30, leads, estimate, low, high, old, "ok", measure, age, None, low_99, high_99)
    return dict(zip(COLUMNS, (*values, share, share, share, everyone), strict=True))


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS), infer_schema_length=None)


def two() -> polars.DataFrame:
    """broad falls from 1.3 to 0.3, brand rises a little, as its ranges allow; both with many leads."""
    return frame(
        end("broad", "meeting", 1.3, leads=500),
        end("broad", "won", 0.3, leads=500),
        end("brand", "meeting", 0.95),
        end("brand", "won", 1.4),
    )


def lines(figure: go.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data if trace.mode == "lines+markers"}


def texts(figure: go.Figure) -> str:
    return "\n".join(note.text for note in figure.layout.annotations)


def test_one_line_per_source_from_early_to_late() -> None:
    drawn = lines(slope(two()))
    assert list(drawn) == ["brand", "broad"]  # the coloured one is drawn last, above the others
    assert [round(x) for x in drawn["broad"].x] == [0, 1]
    assert drawn["broad"].y == (1.3, 0.3)
    assert list(drawn["broad"].customdata[1]) == [
        "broad",
        "broad",
        "win by 180 days",
        "0.30 times",
        "0.27 to 0.33",
        "3.0 %",
        "3.0 to 3.0 %",
        "30 of 500, 200 old enough",
    ]


def test_only_a_source_on_different_sides_by_the_wider_range_is_coloured() -> None:
    drawn = lines(slope(two()))
    # brand at the meeting: .95 x 1.125 = 1.07, so it may be as all
    assert (drawn["broad"].line.color, drawn["brand"].line.color) == (INBOUND, NEUTRAL)
    rises = frame(
        end("a", "meeting", 0.5), end("a", "won", 2.0), end("b", "meeting", 1.0), end("b", "won", 1.0)
    )
    assert lines(slope(rises))["a"].line.color == INBOUND


def test_fewer_than_a_hundred_old_enough_are_open_and_never_coloured() -> None:
    rows = frame(
        end("broad", "meeting", 1.3),
        end("broad", "won", 0.3, old=99),
        end("brand", "meeting", 1.0),
        end("brand", "won", 1.0, old=100),
    )
    drawn = lines(slope(rows))
    assert drawn["broad"].marker.symbol == ("circle", "circle-open")
    assert drawn["broad"].line.color == NEUTRAL
    assert drawn["brand"].marker.symbol == ("circle", "circle")


def test_each_end_has_its_range() -> None:
    ranges = [trace for trace in slope(two()).data if trace.name == "range, broad"]
    assert [trace.y for trace in ranges] == [
        (pytest.approx(1.17), pytest.approx(1.43)),
        (pytest.approx(0.27), pytest.approx(0.33)),
    ]


def test_a_source_with_one_known_end_is_a_point_without_a_label() -> None:
    figure = slope(frame(*two().to_dicts(), end("young", "meeting", 1.1), end("young", "won", None)))
    assert len(lines(figure)["young"].x) == 1
    assert "young" not in texts(figure)


def test_the_ends_say_their_age_and_the_rate_of_all() -> None:
    axis = slope(two()).layout.xaxis
    assert axis.ticktext == (
        "meeting by 30 days<br>all inbound: 40.0 %",
        "win by 180 days<br>all inbound: 10.0 %",
    )


def test_labels_stand_apart() -> None:
    rows = [end(f"s{at}", measure, 1.0) for at in range(4) for measure in ("meeting", "won")]
    notes = [note for note in slope(frame(*rows)).layout.annotations if note.xref == "x"]
    heights = sorted(note.yshift for note in notes)
    assert all(high - low >= 14 for low, high in pairwise(heights))


def test_many_sources_leave_the_smallest_out_and_say_so() -> None:
    rows = [
        end(f"s{at:02}", measure, 1.0, leads=100 + at) for at in range(20) for measure in ("meeting", "won")
    ]
    figure = slope(frame(*rows))
    assert sorted(lines(figure)) == [f"s{at:02}" for at in range(8, 20)]
    assert "12 of 20 sources" in texts(figure)


def test_hostile_names_are_text() -> None:
    hostile = '<a href="x">b</a><br>{%{x}}'
    rows = frame(*two().to_dicts(), end(hostile, "meeting", 1.0), end(hostile, "won", 1.0))
    shown = slope(rows).to_json()
    assert "<a" not in shown.replace("\\u003c", "<")
    assert "&lt;a" in shown.replace("\\u003c", "<")


@pytest.mark.parametrize(
    "rows",
    [frame(), frame(end("a", "meeting", 1.0), end("a", "won", 1.0)), frame(end("a", "won", None))],
    ids=["no rows", "one source", "nothing known"],
)
def test_nothing_to_compare_is_a_sentence(rows: polars.DataFrame) -> None:
    figure = slope(rows)
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text.startswith("No lines: two sources")


def test_the_other_channel_is_not_drawn() -> None:
    rows = frame(*two().to_dicts(), end("list", "won", 1.0, channel="outbound"))
    assert "list" not in lines(slope(rows))
