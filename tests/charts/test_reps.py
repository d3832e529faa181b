"""The specification of the figure of reps against their limits."""

from __future__ import annotations

from typing import Any

import polars
import pytest

from leadquality.charts import INBOUND, OUTBOUND, compared, reps

SCHEMA: dict[str, Any] = {
    "slice": polars.String,
    "channel": polars.String,
    "measure": polars.String,
    "numerator": polars.Int64,
    "denominator": polars.Int64,
    "share": polars.Float64,
    "expected_share": polars.Float64,
    "limit_low_95": polars.Float64,
    "limit_high_95": polars.Float64,
    "limit_low_998": polars.Float64,
    "limit_high_998": polars.Float64,
    "is_outside_95": polars.Boolean,
    "is_outside_998": polars.Boolean,
}


def rep(name: str, channel: str, share: float, n: int = 200, expected: float = 0.35) -> dict[str, Any]:
    """Limits lie .1 (95 %) and .16 (99.8 %) on either side of what is expected."""
    far = abs(share - expected)
    return {
        "slice": "all",
        "channel": channel,
        "measure": name,
        "numerator": round(share * n),
        "denominator": n,
        "share": share,
        "expected_share": expected,
        "limit_low_95": expected - 0.1,
        "limit_high_95": expected + 0.1,
        "limit_low_998": expected - 0.16,
        "limit_high_998": expected + 0.16,
        "is_outside_95": far > 0.1,
        "is_outside_998": far > 0.16,
    }


def total(channel: str) -> dict[str, Any]:
    """The lines of all reps have no limits, as reps with few conversations have none."""
    known = {
        "slice": "all",
        "channel": channel,
        "measure": "all_reps",
        "numerator": 500,
        "denominator": 1_500,
    }
    return dict.fromkeys(SCHEMA) | known


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=SCHEMA)


def told() -> polars.DataFrame:
    return frame(
        total("inbound"),
        rep("R2", "inbound", 0.36, 220),
        rep("R1", "inbound", 0.62, 180),
        rep("R3", "inbound", 0.47, 210),
        total("outbound"),
        rep("R1", "outbound", 0.30, 90),
    )


def named(figure: Any, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def texts(figure: Any) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_one_dot_per_rep_with_limits_in_its_own_panel() -> None:
    figure = reps(told())
    inbound, outbound = named(figure, "inbound"), named(figure, "outbound")
    assert (inbound.x, inbound.y) == ((180, 220, 210), (62.0, 36.0, 47.0))  # by id: R1, R2, R3
    assert (outbound.x, outbound.y, outbound.xaxis) == ((90,), (30.0,), "x2")
    assert (inbound.marker.color, outbound.marker.color) == (INBOUND, OUTBOUND)


def test_only_who_is_outside_is_named_and_nobody_is_ordered_by_rate() -> None:
    figure = reps(told())
    assert [text for text in texts(figure) if text.startswith("R")] == ["R1", "R3"]
    # beyond both limits full and large; between the two open; inside small
    assert named(figure, "inbound").marker.symbol == ("circle", "circle", "circle-open-dot")
    assert named(figure, "inbound").marker.size == (13, 8, 13)


def test_limits_are_those_of_the_rows_thin_and_thick() -> None:
    thin, thick = [trace for trace in reps(told()).data if trace.name == "outbound limits"]
    assert (thin.x, thin.y, thin.line.width) == ((90, 90, None), (19.0, 51.0, None), 1)
    assert (thick.y, thick.line.width) == ((25.0, 45.0, None), 5)


def test_a_dot_leads_to_its_rep() -> None:
    every = compared(told())
    for trace in (named(reps(told()), name) for name in ("inbound", "outbound")):
        for x, data in zip(trace.x, trace.customdata, strict=True):
            assert every[data[-1]]["denominator"] == x
            assert every[data[-1]]["channel"] == trace.name


def test_names_are_escaped_everywhere() -> None:
    hostile = "<a href='javascript:alert(1)'>x</a>"
    figure = reps(frame(rep(hostile, "inbound", 0.62)))
    shown = [*texts(figure), *(str(data) for trace in figure.data for data in (trace.customdata or []))]
    assert not [text for text in shown if "<a" in text]
    assert any("&lt;a" in text for text in texts(figure))


def test_a_channel_without_enough_reps_says_so() -> None:
    figure = reps(frame(rep("R1", "inbound", 0.3), total("outbound")))
    assert any("5 reps with" in text for text in texts(figure))
    assert [trace.name for trace in figure.data if trace.mode == "markers"] == ["inbound"]


@pytest.mark.parametrize("rows", [frame(), frame(total("inbound"))])
def test_nobody_to_compare_is_a_sentence(rows: polars.DataFrame) -> None:
    figure = reps(rows)
    assert figure.data == ()
    assert "No rep is compared" in texts(figure)[0]


def test_two_slices_are_refused() -> None:
    with pytest.raises(ValueError, match="one slice"):
        reps(frame(rep("R1", "inbound", 0.3), rep("R1", "inbound", 0.3) | {"slice": "smb"}))


def test_a_channel_without_a_conversation_has_no_panel() -> None:
    figure = reps(told().filter(polars.col("channel") == "outbound"))
    assert figure.layout.yaxis.domain == (0, 1)
    assert "inbound, of 100 conversations" not in texts(figure)
