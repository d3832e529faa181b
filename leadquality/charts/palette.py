"""Colour tokens and the look of a channel.

Streamlit 1.67 replaces the text '#000001' to '#000010' anywhere in a figure's JSON by chartCategoricalColors
1 to 10 of the theme in force (elements/lib/streamlit_plotly_theme.py and its PlotlyChart bundle). Two digits
more are then the alpha of the colour that took the token's place, so the theme's colours must be '#rrggbb'.
Order of the theme: inbound, outbound, neutral, outbound text, better, worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INBOUND: Final = "#000001"
OUTBOUND: Final = "#000002"
NEUTRAL: Final = "#000003"
OUTBOUND_TEXT: Final = "#000004"
INK: Final = "#000010"
"""Letters on a pale field, and frames."""
INBOUND_TEXT: Final = INBOUND
"""Blue is dark enough for small text; vermilion is not."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colour is never alone: dash, symbol and the label at the line tell the channels apart in grey too."""

    channel: str
    colour: str
    text: str
    dash: str
    symbol: str


LOOKS: Final = (
    Look("inbound", INBOUND, INBOUND_TEXT, "solid", "circle"),
    Look("outbound", OUTBOUND, OUTBOUND_TEXT, "dash", "diamond"),
)


def faded(token: str, alpha: str = "26") -> str:
    """A token with the alpha of a band (two hexadecimal digits); a trace's opacity does not reach its fill."""
    return f"{token}{alpha}"
