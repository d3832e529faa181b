"""The specification of the figure that splits a gap into like for like and mix."""

from __future__ import annotations

import polars
import pytest

from leadquality.charts import INBOUND, OUTBOUND, mix


def split(**changed: float | str | None) -> polars.DataFrame:
    """Inbound 28 of 100, outbound 35: 10 points like for like, less 3 by mix."""
    row = {
        "measure": "all",
        "inbound_share": 0.28,
        "outbound_share": 0.35,
        "inbound_count": 1_200,
        "outbound_count": 900,
        "rate": 0.10,
        "rate_low": 0.06,
        "rate_high": 0.14,
        "mix": -0.03,
        "mix_low": -0.05,
        "mix_high": -0.01,
    } | changed
    return polars.DataFrame([row])


def test_the_bars_lead_from_one_channel_to_the_other() -> None:
    (bars,) = mix(split()).data
    assert bars.y == ("inbound", "like for like", "by mix", "outbound")
    assert bars.base == (0, 28, 38, 0)
    assert bars.x == (28, 10, -3, 35)
    # each bar begins where the one before ended, and the last ends where the steps do
    assert bars.base[1] + bars.x[1] + bars.x[2] == pytest.approx(bars.x[3])
    assert (bars.marker.color[0], bars.marker.color[3]) == (INBOUND, OUTBOUND)


def test_every_bar_carries_its_value_and_its_range_or_its_leads() -> None:
    notes = [note.text for note in mix(split()).layout.annotations]
    assert notes == [
        "28.0 %<br>(1,200 leads)",
        "10.0 points<br>(6.0 to 14.0)",
        "−3.0 points<br>(−5.0 to −1.0)",
        "35.0 %<br>(900 leads)",
    ]


def test_a_gap_that_goes_below_the_axis_is_seen() -> None:
    figure = mix(split(inbound_share=0.02, rate=-0.05, mix=0.06, outbound_share=0.03))
    assert figure.layout.xaxis.range[0] == pytest.approx(-3)


@pytest.mark.parametrize("rows", [split(rate=None), split(measure="smb"), split().clear()])
def test_without_overlap_the_figure_is_a_sentence(rows: polars.DataFrame) -> None:
    figure = mix(rows)
    assert not figure.data
    assert "cannot be split" in figure.layout.annotations[0].text.replace("<br>", " ")
