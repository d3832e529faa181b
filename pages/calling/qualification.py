"""Qualification and hand-off: does sales agree with what we call qualified, and do reps apply one standard?"""

import streamlit as st

from leadquality import ui

HEADLINE = ("qualification_rate", "sales_acceptance_rate", "context_completeness", "handoff_followthrough")

frame = ui.frame()
st.title("Does sales agree with what we call qualified, and do reps apply one standard?")
st.caption(ui.cohort_values(frame))
ui.pair_cards(frame, HEADLINE)
st.header("Beside it")
ui.figures_table(frame, ui.at_home("qualification", "beside"), "beside")
ui.detail(frame, "qualification")
