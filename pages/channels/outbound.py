"""Outbound: do targeted accounts become opportunities, and large, steady deals, in the long run?"""

import streamlit as st

from leadquality import ui

HEADLINE = (
    "long_term_close_rate",
    "average_contract_value",
    "deal_size_consistency",
    "opportunity_creation_rate",
    "pipeline_per_account_set",
)

frame = ui.frame()
st.title("Do targeted accounts become opportunities, and large, steady deals?")
st.caption(ui.cohort_values(frame))
ui.channel_cards(frame, "outbound", HEADLINE)
st.header("Beside it")
ui.figures_table(frame, ui.at_home("outbound", "beside"), "beside")
ui.detail(frame, "outbound")
