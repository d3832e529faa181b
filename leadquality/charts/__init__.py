"""Figures, never shown here: Streamlit colours their tokens by its theme, exports replace the tokens themselves."""

from leadquality.charts.age import equal_age
from leadquality.charts.config import CONFIG
from leadquality.charts.gap import gap
from leadquality.charts.palette import INBOUND, INBOUND_TEXT, NEUTRAL, OUTBOUND, OUTBOUND_TEXT, faded

__all__ = [
    "CONFIG",
    "INBOUND",
    "INBOUND_TEXT",
    "NEUTRAL",
    "OUTBOUND",
    "OUTBOUND_TEXT",
    "equal_age",
    "faded",
    "gap",
]
