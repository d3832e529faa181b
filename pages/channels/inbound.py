"""Inbound: do inbound leads move early, and do the early movers last?"""

import streamlit as st

from leadquality import charts, ui
from leadquality.verdict import inbound

HEADLINE = (
    "time_to_first_meeting",
    "early_stage_conversion",
    "call_to_opportunity_ratio",
    "lead_to_opportunity",
    "cost_per_qualified_conversation",
    "revenue_per_traffic_source",
)

frame = ui.frame()
early = ui.ask(frame, "early_stage_conversion")
slopes = ui.ask(frame, "source_slope", ui.age_of(frame, "long_term_close_rate", "inbound"))
lines = ui.lines(slopes, "inbound")

ui.head(frame, inbound.title(early.first("inbound"), lines), ui.state_of(frame, early, "inbound"))
ui.need_leads(frame, "inbound")
ui.channel_cards(frame, "inbound", HEADLINE)

st.header("Early and late, source by source")
if ui.given(slopes):
    st.caption(
        "The rate of each source beside that of all inbound leads, at the first meeting and at the win. Blue: above all at one end and "
        "below at the other, by more than the range of 99 of 100. Grey: all others; open marks: fewer than 100 leads are old enough."
    )
    source = ui.chosen_on(
        ui.drawn_once(charts.slope, slopes.rows, "inbound"),
        "slope",
        inbound.slope_sentence(lines),
        ui.sources_of(slopes, "inbound"),
        "How far the leads of one source get",
        "line",
    )
    if source:
        ui.stages(frame, "inbound", source)

st.header("Beside it, source by source")
ui.by_source(frame, "inbound", ui.at_home("inbound", "beside"), "beside")
st.caption(inbound.never_answered(ui.ask(frame, "time_to_first_response").first("inbound")))
ui.figure_panel(frame, ui.at_home("inbound", "beside"), "beside")
ui.detail(frame, "inbound")
ui.foot()
