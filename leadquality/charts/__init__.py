"""Figures, never shown here: Streamlit colours their tokens by its theme, exports replace the tokens themselves."""

from leadquality.charts.age import equal_age, marked_ages
from leadquality.charts.arrivals import EMPTY as NO_ARRIVALS
from leadquality.charts.arrivals import arrivals, cells
from leadquality.charts.cohorts import by_cohort
from leadquality.charts.config import CONFIG
from leadquality.charts.coverage import coverage
from leadquality.charts.load import EMPTY as NO_LOAD
from leadquality.charts.load import load, tenth_name, tenths
from leadquality.charts.mix import mix
from leadquality.charts.outcomes import EMPTY as NO_OUTCOMES
from leadquality.charts.outcomes import label_of, outcomes, segments
from leadquality.charts.palette import INBOUND, INBOUND_TEXT, INK, NEUTRAL, OUTBOUND, OUTBOUND_TEXT, faded
from leadquality.charts.quarters import booked
from leadquality.charts.ranking import ranking
from leadquality.charts.reasons import reasons
from leadquality.charts.reps import EMPTY as NO_REPS
from leadquality.charts.reps import compared, reps
from leadquality.charts.sizes import sizes
from leadquality.charts.slope import slope
from leadquality.charts.waterfall import waterfall
from leadquality.charts.weeks import Panel, weeks

__all__ = [
    "CONFIG",
    "INBOUND",
    "INBOUND_TEXT",
    "INK",
    "NEUTRAL",
    "NO_ARRIVALS",
    "NO_LOAD",
    "NO_OUTCOMES",
    "NO_REPS",
    "OUTBOUND",
    "OUTBOUND_TEXT",
    "Panel",
    "arrivals",
    "booked",
    "by_cohort",
    "cells",
    "compared",
    "coverage",
    "equal_age",
    "faded",
    "label_of",
    "load",
    "marked_ages",
    "mix",
    "outcomes",
    "ranking",
    "reasons",
    "reps",
    "segments",
    "sizes",
    "slope",
    "tenth_name",
    "tenths",
    "waterfall",
    "weeks",
]
