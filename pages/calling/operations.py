"""Operations: are promises to prospects kept: callbacks, response on busy days, language and hours?"""

import streamlit as st

from leadquality import ui

HEADLINE = ("callback_kept_rate", "capacity_vs_spike", "coverage_grid")

frame = ui.frame()
st.title("Are promises to prospects kept: callbacks, busy days, language and hours?")
st.caption(ui.cohort_values(frame))
ui.pair_cards(frame, HEADLINE)
with st.expander("Activity, not quality", key="activity", on_change="rerun") as activity:
    if activity.open:
        ui.figures_table(frame, ui.at_home("operations", "diagnostic"), "activity")
ui.detail(frame, "operations")
