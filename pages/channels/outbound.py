"""Outbound: do targeted accounts become opportunities, and large, steady deals, in the long run?"""

import streamlit as st

from leadquality import charts, ui
from leadquality.contracts import AGE_GRID
from leadquality.verdict import outbound

HEADLINE = (
    "long_term_close_rate",
    "average_contract_value",
    "deal_size_consistency",
    "opportunity_creation_rate",
    "pipeline_per_account_set",
)

frame = ui.frame()
won = ui.ask(frame, "long_term_close_rate")
size = ui.ask(frame, "average_contract_value")
age = ui.age_of(frame, "long_term_close_rate", "outbound")
cohorts = ui.ask(frame, "won_by_half_year", age)

ui.head(
    frame,
    outbound.title(won.first("outbound"), size.first("outbound")),
    ui.state_of(frame, won, "outbound"),
)
ui.need_leads(frame, "outbound")
ui.channel_cards(
    frame,
    "outbound",
    HEADLINE,
    ui.Fact("Final rate between", *outbound.final_rate(won.first("outbound"), ui.lack(won)), won),
)

st.header("Won by age, half-year by half-year")
if ui.given(cohorts):
    st.caption(
        "Share of outbound leads won by the age on the axis, open leads as not yet; one line for each half-year of creation, older ones "
        "lighter, ending where fewer than 30 leads are old enough. Grey and open: fewer than 100. A week belongs to the half-year in "
        "which it ends. Do younger leads follow the older ones?"
    )
    ages = outbound.shown_ages(AGE_GRID, age)
    half_year = ui.chosen_on(
        ui.drawn_once(charts.by_cohort, cohorts.rows, "outbound", ages, age),
        "cohorts",
        outbound.cohorts_sentence(ui.lines(cohorts, "outbound")),
        ui.half_years(cohorts, "outbound"),
        "The leads of one half-year",
        "line",
    )
    if half_year:
        ui.open_panel(frame, cohorts, "outbound", "cohort_rows", opened=True, measure=half_year)
    ui.table(
        ui.cohort_table(cohorts, "outbound", ages),
        "cohort_table",
        "No outbound lead in this scope.",
    )

st.header("Deal sizes, one dot a deal")
if ui.given(size):
    deals, nothing = ui.deals_of(frame, size, "outbound")
    said = outbound.sizes_sentence(size.first("outbound"))
    if size.first("outbound") is None:
        st.text(said)
    else:
        st.caption(said)
        chosen = ui.chosen_on(
            ui.drawn_once(charts.sizes, deals, size.first("outbound"), "outbound", nothing),
            "sizes",
            said,
            ui.deal_ids(deals),
            "One deal",
            "dot",
            ui.deal_names(deals),
        )
        if chosen:
            ui.deal(deals, chosen)

st.header("Account sets, untouched accounts included")
ui.account_sets(frame, "sets")

st.header("Beside it")
ui.figures_table(frame, (*ui.at_home("outbound", "beside"), "forecast_stability"), "beside")
ui.detail(frame, "outbound")
ui.foot()
