"""Operations: are promises to prospects kept: callbacks, response on busy days, language and hours?"""

import streamlit as st

from leadquality import ui, verdict

HEADLINE = ("callback_kept_rate", "capacity_vs_spike", "coverage_grid")
WITHOUT_CAPACITY = ("callback_kept_rate", "time_to_first_response", "response_within_sla")

frame = ui.frame()
kept = ui.ask(frame, "callback_kept_rate")
loads = ui.ask(frame, "response_by_load")
callbacks = ui.ask(frame, "overdue_callbacks")
handoffs = ui.ask(frame, "waiting_handoffs")

ui.head(frame, verdict.operations_title(ui.rows(kept), ui.rows(loads)))
ui.need_leads(frame)
ui.pair_cards(frame, WITHOUT_CAPACITY if loads.unavailable else HEADLINE)

st.header("How long the slowest wait, by load of the day")
ui.load_part(frame, "Judged for inbound only: a prospect is waiting there; outbound can be put off a day.")

st.header("Arrivals against staffed hours")
ui.arrivals_part(frame, "Inbound leads by day and hour on their own clock.")

st.header("Calls that come in: answered, and how long callers wait")
ui.callers_part(
    frame,
    "By the channel of origin of the caller's lead. Within 20 s: if nobody answered sooner; an answer ends a wait and is no hang-up.",
)

st.header("Action list: overdue callbacks and hand-offs")
ui.absent([callbacks, handoffs])
promises = [None if result.unavailable else ui.rows(result) for result in (callbacks, handoffs)]
if said := verdict.promises_sentence(*promises):
    st.text(said)
    st.caption(
        "Everything open on the as-of day, whatever the dates chosen. Leads that asked not to be called are never listed. Owner: who "
        "promised the callback, or made the last call before the hand-off."
    )
    late = ui.overdue(frame, "overdue_callbacks", "waiting_handoffs")
    ui.promise_table(late, "action", "Nothing waits longer than agreed.")
    ui.promise_download(frame, late)
ui.open_panel(frame, callbacks, "", "overdue_callbacks")

st.header("What each further attempt brings")
ui.attempts_part(
    frame,
    "Converted: the first conversation that is qualified or books a meeting. Each attempt stands on the leads that got it without a "
    "result before; converted by then is an upper end, for weak leads are given up sooner.",
)

with st.expander("Activity, not quality", key="activity", on_change="rerun") as activity:
    if activity.open:
        st.caption(
            'An outbound "answered" includes voicemail pick-ups, so it is not comparable with inbound.'
        )
        ui.figures_table(frame, ui.at_home("operations", "diagnostic"), "activity")
ui.detail(frame, "operations")
ui.foot(compares=True)
