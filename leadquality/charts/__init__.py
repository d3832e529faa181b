"""Figures, never shown here: Streamlit colours their tokens by its theme, exports replace the tokens themselves."""

from leadquality.charts.age import equal_age
from leadquality.charts.arrivals import arrivals
from leadquality.charts.config import CONFIG
from leadquality.charts.gap import gap
from leadquality.charts.load import load
from leadquality.charts.outcomes import outcomes
from leadquality.charts.palette import INBOUND, INBOUND_TEXT, INK, NEUTRAL, OUTBOUND, OUTBOUND_TEXT, faded
from leadquality.charts.reps import reps
from leadquality.charts.weeks import Panel, weeks

__all__ = [
    "CONFIG",
    "INBOUND",
    "INBOUND_TEXT",
    "INK",
    "NEUTRAL",
    "OUTBOUND",
    "OUTBOUND_TEXT",
    "Panel",
    "arrivals",
    "equal_age",
    "faded",
    "gap",
    "load",
    "outcomes",
    "reps",
    "weeks",
]
