"""Inbound: do inbound leads move early, and do the early movers last?"""

import streamlit as st

from leadquality import ui

HEADLINE = (
    "time_to_first_meeting",
    "early_stage_conversion",
    "call_to_opportunity_ratio",
    "lead_to_opportunity",
    "cost_per_qualified_conversation",
    "revenue_per_traffic_source",
)

frame = ui.frame()
st.title("Do inbound leads move early, and do the early movers last?")
st.caption(ui.cohort_values(frame))
ui.channel_cards(frame, "inbound", HEADLINE)
st.header("Beside it")
ui.figures_table(frame, ui.at_home("inbound", "beside"), "beside")
ui.detail(frame, "inbound")
