"""Qualification and hand-off: does sales agree with what we call qualified, and do reps apply one standard?"""

import streamlit as st

from leadquality import ui, verdict, words

HEADLINE = ("qualification_rate", "sales_acceptance_rate", "context_completeness", "handoff_followthrough")

frame = ui.frame()
accepted = ui.ask(frame, "sales_acceptance_rate")
reps = ui.ask(frame, "rep_consistency")
moved = ui.ask(frame, "pass_and_acceptance")
waiting = ui.ask(frame, "waiting_handoffs")

ui.head(frame, verdict.qualification_title(ui.rows(accepted), ui.rows(reps)))
ui.need_leads(frame)
if bar := verdict.bar_sentence(ui.rows(moved)):
    st.warning(words.md(bar, limit=600))
ui.pair_cards(frame, HEADLINE)

st.header("Do reps apply one standard?")
ui.reps_part(
    frame,
    "Share of a rep's conversations that end as qualified or with a meeting booked, per channel. The bars are that rep's own "
    "limits with the same mix of sources and segments: 95 % thick, 99.8 % thin. Names only outside; no order of reps follows.",
)

st.header("How calls end")
ui.outcomes_part(
    frame, "All calls of the chosen days; conversations in the colour of the channel, the others grey."
)

st.header("Hand-offs waiting longer than agreed")
ui.absent([waiting])
if not waiting.unavailable:
    st.text(verdict.waiting_sentence(ui.rows(waiting)))
    st.caption(
        "Everything open on the as-of day, whatever the dates chosen. Owner: the rep of the last call before the hand-off, as the "
        "extract names no salesperson."
    )
    ui.promise_table(ui.overdue(frame, "waiting_handoffs"), "waiting", "None waits longer than agreed.")
    ui.open_panel(frame, waiting, "", "waiting_handoffs")

st.header("Questions most often left open")
ui.questions_part(
    frame, "Of the first conversations, those after which a question that somebody requires has no answer."
)

st.header("Beside it")
ui.figures_table(frame, ui.at_home("qualification", "beside"), "beside")
with st.expander("Fit and intent, at entry and by day 90", key="fit_intent", on_change="rerun") as grid:
    if grid.open:
        ui.fit_part(frame)
ui.detail(frame, "qualification")
ui.foot(compares=True)
