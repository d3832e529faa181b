"""The specification of booked value by quarter."""

from __future__ import annotations

from datetime import date
from typing import Any

import plotly.graph_objects as go
import polars

from leadquality.charts import INBOUND, NEUTRAL, OUTBOUND, booked

SCHEMA: dict[str, Any] = {
    "channel": polars.String,
    "measure": polars.String,
    "numerator": polars.Float64,
    "closed_quarter": polars.Date,
    "created_quarter": polars.Date,
    "is_partial": polars.Boolean,
    "deal_count": polars.Int64,
    "currency": polars.String,
}


def line(channel: str, quarter: date, amount: float | None, is_partial: bool = False) -> dict[str, Any]:
    name = f"closed {quarter.year}-Q{(quarter.month + 2) // 3}"
    return dict(zip(SCHEMA, (channel, name, amount, quarter, None, is_partial, 7, "EUR"), strict=True))


Q3, Q4 = date(2026, 7, 1), date(2026, 10, 1)


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=SCHEMA)


def test_the_bar_of_a_single_quarter_does_not_fill_the_figure() -> None:
    assert booked(frame(line("inbound", Q3, 500.0))).layout.bargap == 1 - 0.75 / 4


def two_quarters() -> polars.DataFrame:
    return frame(
        line("outbound", Q3, 900.0),
        line("inbound", Q3, 500.0),
        line("inbound", Q4, 100.0, True),
        line("outbound", Q4, 300.0, True),
    )


def bars(figure: go.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def texts(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


def test_a_bar_for_each_channel_and_quarter_from_nothing() -> None:
    figure = booked(two_quarters())
    drawn = bars(figure)
    assert list(drawn) == ["inbound", "outbound"]
    assert (drawn["inbound"].x, drawn["inbound"].y) == (("2026-Q3", "2026-Q4"), (500, 100))
    assert list(drawn["outbound"].customdata[0]) == [
        "closed 2026-Q3",
        "outbound",
        "booked in 2026-Q3",
        "EUR 900",
        "7 deals",
    ]
    assert figure.layout.yaxis.rangemode == "tozero"
    assert figure.layout.yaxis.title.text == "booked contract value, EUR"


def test_the_quarter_that_is_not_over_is_hatched_and_says_so() -> None:
    figure = booked(two_quarters())
    marker = bars(figure)["outbound"].marker
    assert marker.pattern.shape == ("", "/")
    assert marker.color == (OUTBOUND, f"{OUTBOUND}40")
    assert bars(figure)["inbound"].marker.color[0] == INBOUND
    assert "▨ not complete" in texts(figure)
    assert "▨ not complete" not in texts(booked(frame(line("inbound", Q3, 500.0))))


def test_third_parties_are_grey_and_only_there_with_an_amount() -> None:
    rows = frame(*two_quarters().to_dicts(), line("unknown", Q3, 20.0), line("other", Q3, 0.0))
    drawn = bars(booked(rows))
    assert list(drawn) == ["inbound", "outbound", "unknown"]
    assert drawn["unknown"].marker.color == (NEUTRAL,)


def test_the_last_two_years_are_drawn() -> None:
    quarters = [date(2023 + at // 4, 1 + 3 * (at % 4), 1) for at in range(12)]
    drawn = bars(booked(frame(*(line("inbound", quarter, 5.0) for quarter in quarters))))["inbound"]
    assert (len(drawn.x), drawn.x[0], drawn.x[-1]) == (8, "2024-Q1", "2025-Q4")


def test_only_lines_by_quarter_of_closing_are_drawn() -> None:
    triangle = line("inbound", Q3, 77.0) | {"created_quarter": Q3}
    whole = line("inbound", Q3, 999.0) | {"closed_quarter": None}
    assert bars(booked(frame(line("inbound", Q3, 5.0), triangle, whole)))["inbound"].y == (5.0,)


def test_hostile_channels_are_text() -> None:
    shown = booked(frame(line("<i>x</i>", Q3, 5.0))).to_json().replace("\\u003c", "<")
    assert "<i>" not in shown


def test_nothing_booked_is_a_sentence() -> None:
    for rows in (frame(), frame(line("inbound", Q3, None))):
        figure = booked(rows)
        assert len(figure.data) == 0
        assert figure.layout.annotations[0].text.startswith("No value is booked")
