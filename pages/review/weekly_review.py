"""Weekly review: what changed since the last meeting beyond noise, and what must be decided?"""

import streamlit as st

from leadquality import charts, ui, words

INBOUND = ("early_stage_conversion", "lead_to_opportunity", "cost_per_qualified_conversation")
OUTBOUND = ("long_term_close_rate", "opportunity_creation_rate", "average_contract_value")

frame = ui.frame()
week = ui.weekly(frame, {"inbound": INBOUND, "outbound": OUTBOUND})
st.title(words.md(week.title))
st.caption(ui.cohort_values(frame))
ui.need_leads(frame)
ui.channel_cards(frame, "inbound", ui.available(frame, "inbound", INBOUND))
ui.channel_cards(frame, "outbound", ui.available(frame, "outbound", OUTBOUND))

st.header("Beyond noise, week by week of creation")
if week.panels:
    st.caption(
        "Share of the leads created in a week that got there in time. Shaded: the usual range, drawn from the other mature weeks. "
        "Hatched: the first weeks that are too young to judge. A ring marks a week outside its usual range."
    )
    st.plotly_chart(
        ui.drawn_once(charts.weeks, week.panels), key="weeks", config=charts.CONFIG, alt=ui.moved_text(week)
    )
st.subheader("Moved")
ui.moved_list(week)
st.subheader("Too early: judge on")
ui.table(list(week.waiting), "waiting", week.nothing_waits)
st.subheader("Changes since the last meeting")
st.text("No earlier freeze. Changes appear from the next meeting on.")

st.header("Beside it")
ui.figures_table(frame, ui.at_home("review", "headline") + ui.at_home("review", "beside"), "beside")
