"""Channel scorecard: each channel by its own KPIs; the other channel's value in grey, with the reason."""

import streamlit as st

from leadquality import ui

INBOUND = ("time_to_first_meeting", "early_stage_conversion", "lead_to_opportunity")
OUTBOUND = ("long_term_close_rate", "average_contract_value", "deal_size_consistency")

frame = ui.frame()
st.title("Is each channel doing what it is there for?")
st.caption(ui.cohort_values(frame))

st.header("● Inbound: do leads move early?")
with st.grid(3, min_column_width=260):
    for kpi_id in INBOUND:
        ui.channel_card(ui.ask(frame, kpi_id), "inbound", f"inbound_{kpi_id}")

st.header("◆ Outbound: are deals won in the long run, large and steady?")
with st.grid(3, min_column_width=260):
    for kpi_id in OUTBOUND:
        ui.channel_card(ui.ask(frame, kpi_id), "outbound", f"outbound_{kpi_id}")

st.caption(
    "Every range holds the true value in 95 of 100 such reports. Each KPI is judged at its own age, whatever age is chosen above; "
    "open leads count as not yet, never as no."
)
