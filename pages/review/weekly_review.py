"""Weekly review: what changed since the last meeting beyond noise, and what must be decided?"""

import streamlit as st

from leadquality import ui

INBOUND = ("early_stage_conversion", "lead_to_opportunity", "cost_per_qualified_conversation")
OUTBOUND = ("long_term_close_rate", "opportunity_creation_rate", "average_contract_value")

frame = ui.frame()
st.title("What changed beyond noise, and what must be decided?")
st.caption(ui.cohort_values(frame))
ui.channel_cards(frame, "inbound", INBOUND)
ui.channel_cards(frame, "outbound", OUTBOUND)
