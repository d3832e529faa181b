"""Pipeline: what is in the pipeline by origin, does it move, and can the forecast be relied on?"""

import streamlit as st

from leadquality import charts, ui
from leadquality.verdict import pipeline

HEADLINE = ("forecast_stability", "stage_friction", "qoq_revenue_contribution")

frame = ui.frame()
moves = ui.ask(frame, "pipeline_movement")
forecast = ui.ask(frame, "forecast_stability")
booked = ui.ask(frame, "qoq_revenue_contribution")
steps = ui.rows(moves)
pushes = ui.measured(forecast, "push_rate")

ui.head(frame, pipeline.title(steps, pushes), pipeline.push_sentence(pushes))
ui.need_leads(frame)
ui.pair_cards(frame, HEADLINE)

st.header("Movement of the pipeline due this quarter")
if moves.unavailable and not booked.unavailable:
    st.text(pipeline.NO_HISTORY)
elif ui.given(moves) and not steps:
    st.text(pipeline.movement_sentence(steps))
elif steps:
    st.caption(pipeline.movement_caption(steps))
    for sentence in pipeline.untied(steps):
        st.error(sentence)
    step = ui.chosen_on(
        ui.drawn_once(charts.waterfall, moves.rows),
        "movement",
        pipeline.movement_sentence(steps),
        ui.steps_of(moves),
        "The deals of one step",
        "bar",
    )
    if step:
        ui.step_rows(frame, moves, step)
    ui.table(ui.movement_table(moves), "movement_table", "No opportunity in this scope.")
    st.caption(pipeline.beside(steps))

st.header("Booked value by quarter")
if ui.given(booked):
    quarter = ui.chosen_on(
        ui.drawn_once(charts.booked, booked.rows),
        "booked",
        pipeline.booked_sentence(ui.rows(booked)),
        ui.quarters_of(booked),
        "The deals of one quarter",
        "bar",
    )
    if quarter:
        ui.open_panel(frame, booked, "", "quarter_rows", opened=True, measure=quarter)
    ui.table(ui.booked_table(booked), "booked_table", "No deal is won in this scope yet.")

st.header("Open today: stages, quiet deals, age")
ui.open_stages(frame)

st.header("Beside it")
ui.figures_table(frame, ui.at_home("pipeline", "beside"), "beside")
with st.expander("Diagnostics, not verdicts", key="diagnostics", on_change="rerun") as diagnostics:
    if diagnostics.open:
        ui.figures_table(frame, ui.at_home("pipeline", "diagnostic"), "diagnostics")
ui.foot(compares=True)
