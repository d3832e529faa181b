"""The specification of the waterfall of the pipeline."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars
import pytest

from leadquality.charts import INBOUND, NEUTRAL, OUTBOUND, waterfall

AMOUNTS = {
    "start": 300.0,
    "created": 670.0,
    "pulled in": 200.0,
    "amount changed": -20.0,
    "pushed": 0.0,
    "lost": -50.0,
    "won": -500.0,
    "end": 600.0,
    "due later": 9_000.0,
    "no date": 0.0,
}


def steps(
    channel: str = "inbound", currency: str | None = "EUR", **amounts: float | None
) -> list[dict[str, Any]]:
    return [
        {"channel": channel, "measure": name, "estimate": amount, "denominator": place, "currency": currency}
        for place, (name, amount) in enumerate((AMOUNTS | amounts).items())
    ]


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    schema = {
        "channel": polars.String,
        "measure": polars.String,
        "estimate": polars.Float64,
        "denominator": polars.Int64,
        "currency": polars.String,
    }
    return polars.DataFrame(list(rows), schema=schema)


def bars(figure: go.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def test_each_step_hangs_where_the_one_before_ended() -> None:
    drawn = bars(waterfall(frame(*steps())))["inbound"]
    assert drawn.y == ("start", "created", "pulled in", "amount changed", "pushed", "lost", "won", "end")
    assert drawn.base == (0, 300, 970, 1170, 1150, 1150, 1100, 0)
    assert drawn.x == (300, 670, 200, -20, 0, -50, -500, 600)
    # the last step ends where the end begins: the figure ties as the numbers do
    assert drawn.base[6] + drawn.x[6] == drawn.x[7]


def test_start_and_end_are_full_and_the_steps_a_tint() -> None:
    colours = bars(waterfall(frame(*steps())))["inbound"].marker.color
    assert (colours[0], colours[-1]) == (INBOUND, INBOUND)
    assert all(colour == f"{INBOUND}66" for colour in colours[1:-1])


def test_one_panel_per_channel_inbound_first_third_parties_grey() -> None:
    figure = waterfall(frame(*steps("unknown"), *steps("outbound"), *steps("inbound")))
    assert list(bars(figure)) == ["inbound", "outbound", "unknown"]
    assert bars(figure)["outbound"].marker.color[0] == OUTBOUND
    assert bars(figure)["unknown"].marker.color[0] == NEUTRAL
    notes = [note.text for note in figure.layout.annotations]
    assert {"● inbound", "◆ outbound", "■ unknown"} <= set(notes)


def test_every_bar_carries_its_signed_amount_and_its_deals() -> None:
    figure = waterfall(frame(*steps()))
    notes = [note.text for note in figure.layout.annotations]
    assert {"300 (0)", "+670 (1)", "−20 (3)", "0 (4)", "600 (7)"} <= set(notes)
    assert list(bars(figure)["inbound"].customdata[6]) == [
        "inbound: won",
        "inbound",
        "won",
        "−EUR 500",
        "6 deals",
    ]
    assert figure.layout.xaxis.title.text == "amount, EUR"


def test_amounts_below_nothing_stay_inside_the_axis() -> None:
    figure = waterfall(frame(*steps(start=100.0, **{"amount changed": -2_000.0})))
    low, high = figure.layout.xaxis.range
    assert low < -1_030 and high > 970


def test_hostile_currencies_are_text() -> None:
    shown = waterfall(frame(*steps(currency="<b>€</b>"))).to_json().replace("\\u003c", "<")
    assert "<b>" not in shown


@pytest.mark.parametrize(
    "rows", [frame(), frame(*steps(**dict.fromkeys(AMOUNTS)))], ids=["no deal", "several currencies"]
)
def test_nothing_to_draw_is_a_sentence(rows: polars.DataFrame) -> None:
    figure = waterfall(rows)
    assert len(figure.data) == 0
    assert figure.layout.annotations[0].text.startswith("No opportunity was open")
