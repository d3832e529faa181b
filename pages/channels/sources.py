"""Sources: which sources to keep, fix or stop, and which are too young?"""

import streamlit as st

from leadquality import charts, ui
from leadquality.verdict import sources

frame = ui.frame()
verdicts = ui.ask(frame, "source_verdicts")
judged = ui.judged_sources(frame, verdicts)
rows = judged.to_dicts()

ui.head(frame, sources.title(rows), ui.lack(verdicts))
ui.need_leads(frame)
if not verdicts.unavailable:
    ui.table(ui.source_table(rows), "verdicts", "No source can be judged.")
    st.caption(
        "Bands: first meeting early, won late, each against the other sources of the channel; A above them, B not told apart, C below. "
        "Stop: late C and worth less than a lead costs. Fix: late C but early A, or one repairable reason explains many drop-outs. "
        "Else keep. Costs: per lead, in the currency of the spend. All thresholds are settings."
    )

st.header("Won by source")
if ui.given(verdicts):
    st.caption(" ".join((*sources.order(rows), *sources.few(rows), *sources.shrunken(rows))))
    chosen = ui.chosen_on(
        ui.drawn_once(charts.ranking, judged),
        "ranking",
        sources.ranking_sentence(rows),
        ui.source_names(rows),
        "What stands behind one source",
        "dot",
    )
    for sentence in ui.sources_sentences(frame):
        st.text(sentence)
    if chosen:
        ui.source_detail(frame, verdicts, chosen)

st.header("Why leads drop out, source by source")
why = ui.ask(ui.by(frame, "source"), "disqualification_reasons")
if ui.given(why):
    dropped = ui.chosen_on(
        ui.drawn_once(charts.reasons, why.rows),
        "reasons",
        sources.reasons_sentence(ui.rows(why)),
        ui.source_names(rows),
        "The leads of one source that dropped out",
        "bar",
    )
    if dropped:
        ui.dropped_leads(frame, why, dropped)
    with st.expander("The reasons as a table", key="reasons_behind"):
        ui.table(ui.reason_lines(why), "reasons_table", "No lead of this scope dropped out.")

st.header("Spend without leads, leads without spend")
ui.spend_gaps(frame)

st.header("Beside it")
ui.figures_table(frame, ui.at_home("sources", "beside"), "beside")
ui.foot(compares=True)
