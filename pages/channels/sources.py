"""Sources: which sources to keep, fix or stop, and which are too young?"""

import streamlit as st

from leadquality import ui

frame = ui.frame()
st.title("Which sources to keep, fix or stop, and which are too young?")
st.caption(ui.cohort_values(frame))
ui.figures_table(frame, ui.at_home("sources", "headline") + ui.at_home("sources", "beside"), "beside")
ui.detail(frame, "sources")
