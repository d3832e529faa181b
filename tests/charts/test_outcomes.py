"""The specification of the figure of call outcomes."""

from __future__ import annotations

from typing import Any

import polars
import pytest

from leadquality.charts import INBOUND, NEUTRAL, OUTBOUND, label_of, outcomes, segments

SCHEMA: dict[str, Any] = {
    "slice": polars.String,
    "channel": polars.String,
    "measure": polars.String,
    "numerator": polars.Int64,
    "denominator": polars.Int64,
    "estimate": polars.Float64,
    "low": polars.Float64,
    "high": polars.Float64,
}


def row(channel: str, name: str, count: int, whole: int = 200) -> dict[str, Any]:
    share = count / whole if whole >= 10 else None
    return {
        "slice": "all",
        "channel": channel,
        "measure": name,
        "numerator": count,
        "denominator": whole,
        "estimate": share,
        "low": None if share is None else max(0, share - 0.05),
        "high": None if share is None else share + 0.05,
    }


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=SCHEMA)


def told() -> polars.DataFrame:
    return frame(
        row("outbound", "unreachable", 150),
        row("outbound", "qualified", 50),
        row("inbound", "unmapped", 2),
        row("inbound", "unreachable", 98),
        row("inbound", "qualified", 60),
        row("inbound", "no_fit", 40),
        row("unknown", "qualified", 9, 9),
    )


def bars(figure: Any) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def test_every_class_is_a_segment_of_a_bar_that_adds_up_to_100() -> None:
    found = bars(outcomes(told()))
    # conversations first, not mapped last
    assert list(found) == ["qualified", "no fit", "unreachable", "not mapped"]
    sums = dict.fromkeys(("inbound", "outbound"), 0.0)
    for trace in found.values():
        for channel, part in zip(trace.y, trace.x, strict=True):
            sums[channel] += part
    assert sums == {"inbound": pytest.approx(100), "outbound": pytest.approx(100)}


def test_inbound_stands_above_and_conversations_have_the_colour_of_their_channel() -> None:
    figure = outcomes(told())
    assert figure.layout.yaxis.categoryarray == ("outbound", "inbound")  # plotly draws from below
    found = bars(figure)
    assert [colour[:7] for colour in found["qualified"].marker.color] == [INBOUND, OUTBOUND]
    assert {colour[:7] for colour in found["unreachable"].marker.color} == {NEUTRAL}
    assert found["not mapped"].marker.pattern.shape == "/"


def test_calls_that_are_not_mapped_are_told_even_where_they_are_too_few_to_see() -> None:
    *notes, order = [note.text for note in outcomes(told()).layout.annotations]
    assert order.replace("<br>", " ") == "From left to right: qualified, no fit, unreachable, not mapped"
    assert notes == ["inbound: 200 calls, 2 of them not mapped", "outbound: 200 calls"]


def test_a_segment_leads_to_its_row() -> None:
    every = segments(told())
    assert [(each["channel"], each["measure"]) for each in every] == [
        ("inbound", "qualified"),
        ("inbound", "no_fit"),
        ("inbound", "unreachable"),
        ("inbound", "unmapped"),
        ("outbound", "qualified"),
        ("outbound", "unreachable"),
    ]
    for trace in outcomes(told()).data:
        for channel, data in zip(trace.y, trace.customdata, strict=True):
            found = every[data[-1]]
            assert (found["channel"], label_of(found["measure"])) == (channel, trace.name)


def test_one_channel_alone_and_none_at_all() -> None:
    alone = outcomes(frame(row("outbound", "qualified", 20, 20)))
    assert alone.layout.yaxis.categoryarray == ("outbound",)
    for rows in (frame(), frame(row("inbound", "qualified", 9, 9))):
        figure = outcomes(rows)
        assert figure.data == ()
        assert "fewer than 10 calls" in figure.layout.annotations[0].text


def test_two_slices_are_refused() -> None:
    with pytest.raises(ValueError, match="one slice"):
        outcomes(frame(row("inbound", "qualified", 20), row("inbound", "qualified", 20) | {"slice": "smb"}))
