"""Figures, never shown here: Streamlit colours their tokens by its theme, exports replace the tokens themselves."""

from leadquality.charts.age import equal_age
from leadquality.charts.cohorts import by_cohort
from leadquality.charts.config import CONFIG
from leadquality.charts.gap import gap
from leadquality.charts.palette import INBOUND, INBOUND_TEXT, NEUTRAL, OUTBOUND, OUTBOUND_TEXT, faded
from leadquality.charts.quarters import booked
from leadquality.charts.sizes import sizes
from leadquality.charts.slope import slope
from leadquality.charts.waterfall import waterfall
from leadquality.charts.weeks import Panel, weeks

__all__ = [
    "CONFIG",
    "INBOUND",
    "INBOUND_TEXT",
    "NEUTRAL",
    "OUTBOUND",
    "OUTBOUND_TEXT",
    "Panel",
    "booked",
    "by_cohort",
    "equal_age",
    "faded",
    "gap",
    "sizes",
    "slope",
    "waterfall",
    "weeks",
]
