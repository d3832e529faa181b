"""Pipeline: what is in the pipeline by origin, does it move, and can the forecast be relied on?"""

import streamlit as st

from leadquality import ui

HEADLINE = ("forecast_stability", "stage_friction", "qoq_revenue_contribution")

frame = ui.frame()
st.title("What is in the pipeline, does it move, and can the forecast be relied on?")
st.caption(ui.cohort_values(frame))
ui.pair_cards(frame, HEADLINE)
st.header("Beside it")
ui.figures_table(frame, ui.at_home("pipeline", "beside"), "beside")
ui.detail(frame, "pipeline")
