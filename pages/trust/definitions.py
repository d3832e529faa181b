"""Definitions: what does a figure mean, how is it computed, and what does it say today?"""

import streamlit as st

from leadquality import ui, words

frame = ui.frame()
st.title("What does this figure mean?")
st.caption(ui.cohort_values(frame))

kpi_id = st.selectbox("KPI", ui.kpi_names(), format_func=ui.kpi_title, key="kpi", bind="query-params")
result = ui.ask(frame, kpi_id, frame.judge_at)
st.header(words.md(result.kpi.title))
st.text(result.kpi.reads)
st.text(ui.judged_for(result))
if result.unavailable:
    st.info(f"Not available: {words.md(result.unavailable, limit=600)}. Nothing is put in its place.")
else:
    ui.table(ui.contract_table(result), "contract", "No row in this scope. Widen the dates or press Reset.")
ui.open_panel(frame, result, "", "definition")

st.header("All KPIs")
ui.table(ui.catalogue_table(frame), "catalogue")
