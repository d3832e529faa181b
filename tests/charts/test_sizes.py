"""The specification of deal sizes, one dot a deal."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars
import pytest

from leadquality.charts import OUTBOUND, sizes

SCHEMA: dict[str, Any] = {
    "channel": polars.String,
    "opportunity_id": polars.String,
    "acv": polars.Decimal(18, 2),
    "currency": polars.String,
    "closed_on": polars.Date,
}
QUARTILES = {"first_quartile": 20_000.0, "estimate": 30_000.0, "third_quartile": 40_000.0}


def deals(*amounts: float, channel: str = "outbound", prefix: str = "o") -> polars.DataFrame:
    rows = [
        {
            "channel": channel,
            "opportunity_id": f"{prefix}{at}",
            "acv": amount,
            "currency": "EUR",
            "closed_on": date(2026, 5, 3),
        }
        for at, amount in enumerate(amounts)
    ]
    return polars.DataFrame(rows, schema=SCHEMA)


def dots(figure: go.Figure) -> Any:
    return next(trace for trace in figure.data if trace.name == "deals")


def texts(figure: go.Figure) -> str:
    return "\n".join(note.text for note in figure.layout.annotations)


def test_every_deal_is_a_dot_and_equal_ones_are_stacked() -> None:
    drawn = dots(sizes(deals(10_000, 30_000, 30_000, 30_000, 40_000), QUARTILES, "outbound"))
    assert len(drawn.x) == 5
    assert drawn.y == (0.5, 0.5, 1.5, 2.5, 0.5)
    assert len(set(drawn.x[1:4])) == 1
    # a place is at most half a fortieth of the axis away from the amount
    assert [
        abs(x - amount) <= 500
        for x, amount in zip(drawn.x, (10_000, 30_000, 30_000, 30_000, 40_000), strict=True)
    ] == [True] * 5
    assert (drawn.marker.symbol, drawn.marker.color) == ("diamond", OUTBOUND)
    assert list(drawn.customdata[-1]) == ["o4", "EUR 40,000", "o4", "3 May 2026"]


def test_the_quartiles_are_a_band_and_a_line_with_words() -> None:
    figure = sizes(deals(10_000, 30_000, 50_000), QUARTILES, "outbound")
    band, line = figure.layout.shapes
    assert (band.x0, band.x1, line.x0) == (20_000, 40_000, 30_000)
    assert "half are at least EUR 30,000" in texts(figure)
    assert "the middle half: EUR 20,000 to 40,000" in texts(figure)


@pytest.mark.parametrize("row", [None, dict.fromkeys(QUARTILES)])
def test_without_quartiles_the_dots_stand_alone(row: dict[str, Any] | None) -> None:
    figure = sizes(deals(10_000, 30_000), row, "outbound")
    assert len(dots(figure).x) == 2
    assert figure.layout.shapes == ()


def test_one_very_large_deal_does_not_press_the_others_into_one_place() -> None:
    figure = sizes(deals(*range(1_000, 9_000, 1_000), 500_000), QUARTILES, "outbound")
    assert figure.layout.xaxis.type == "log"
    assert "each step is ten times" in figure.layout.xaxis.title.text
    assert len(set(dots(figure).x)) > 5


def test_what_is_no_size_and_what_is_another_channel_are_left_out() -> None:
    mixed = polars.concat([deals(0, 100), deals(900, channel="inbound", prefix="i")])
    assert [data[0] for data in dots(sizes(mixed, None, "outbound")).customdata] == ["o1"]


def test_hostile_ids_are_text() -> None:
    figure = sizes(deals(100, prefix="<a href='x'>%{y}</a>"), None, "outbound")
    assert "<a" not in figure.to_json().replace("\\u003c", "<")
    assert "%{y}" not in dots(figure).hovertemplate


def test_no_deal_is_a_sentence() -> None:
    for rows in (polars.DataFrame(), deals(), deals(100, channel="inbound")):
        figure = sizes(rows, None, "outbound", "1,200 deals are too many.")
        assert len(figure.data) == 0
        assert figure.layout.annotations[0].text == "1,200 deals are too many."
