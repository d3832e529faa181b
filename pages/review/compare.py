"""Compare like for like: which channel brings more, at the same age, and from which age on?"""

import streamlit as st

from leadquality import charts, ui, words
from leadquality.verdict.evidence import not_available

frame = ui.frame()
curve = ui.ask(frame, "close_rate_at_equal_age", frame.judge_at)
told = ui.comparison(curve, frame.judge_at)
naive = ui.ask(frame, "same_kpi_distortion", told.judge_at)
worth = ui.ask(frame, "revenue_per_lead_at_age")

st.title(words.md(told.title))
st.caption(ui.cohort_values(frame))
ui.need_leads(frame, alone=False)
if curve.unavailable:
    if declined := ui.only_channel(frame):
        st.info(declined)
    st.info(not_available(curve.unavailable))
    st.stop()
for sentence in dict.fromkeys(verdict.sentence for verdict in told.verdicts):
    st.text(sentence)
strip = st.container(key="strip")
with st.grid(3, min_column_width=260):
    ui.value_card(frame, worth, told.judge_at)
    ui.pair_card(frame, ui.ask(frame, "judged_too_early_share", told.judge_at), "young")
    ui.fact_card("Where one shared figure misleads", ui.naive_sentence(naive))

st.header("Won by age of the lead")
st.caption(
    "Share of leads won by the age on the axis, open leads as not yet. The shaded range fits the data: in 95 of 100 such reports it "
    "holds the true one. Grey: fewer than 100 leads are old enough. Inbound solid, outbound dashed."
)
point = ui.chosen_age(curve.rows, told.ages, told.judge_at, told.verdicts[-1].sentence)
if point:
    ui.open_panel(frame, ui.ask(frame, "close_rate_at_equal_age", point[1]), point[0], "point", opened=True)
as_a_whole = st.container(key="whole")
ui.table(ui.pair_table(curve, told.ages), "ages", "No lead is old enough for any age.")
with st.expander("Won + lost + open = 100 %", key="balance"):
    ui.table(ui.balance_table(curve, told.ages), "balance_table", "No lead is old enough for any age.")
ui.open_panel(frame, curve, "", "curve")

st.header(words.md(worth.kpi.title))
st.caption(
    "Won contract value by that age, spread over all leads of the cohort; leads that are not won count with nothing."
)
ui.table(ui.value_table(worth, told.ages), "worth", "No lead is old enough for any age.")
ui.open_panel(frame, worth, "", "worth")

st.header("Where one shared figure misleads")
st.caption(
    "Won per lead so far counts young leads as lost; won of closed looks at fast closers only. Only the figure at equal age is fair."
)
ui.table(ui.naive_rows(naive), "naive_table")
ui.open_panel(frame, naive, "", "naive")

st.header("Like for like, and by mix")
mix = ui.ask(frame, "gap_by_mix", told.judge_at)
st.caption(
    "The gap at the same age, split by segment: what remains when both channels had the same mix of segments, and what the mix adds. "
    "Both parts add up to the gap. Each segment has a curve of its own, so the two ends may differ in the last digit from the curve above."
)
if reversal := ui.mix_sentence(mix):
    st.text(reversal)
if lines := ui.mix_table(mix):
    st.plotly_chart(
        ui.drawn_once(charts.mix, mix.rows), key="mix_chart", config=charts.CONFIG, alt=ui.mix_text(mix)
    )
ui.table(lines, "mix_table", "No segment has leads of both channels, so the gap cannot be split.")
ui.open_panel(frame, mix, "", "mix")

st.header("Do younger leads follow the older ones?")
drift = ui.ask(frame, "cohort_drift")
st.caption(
    "By quarter of creation. The curve takes all quarters together: fair only where they are won at one pace."
)
for channel in ("inbound", "outbound"):
    if quarters := ui.drift_table(drift, channel):
        st.text(
            ui.drift_sentence(drift, channel)
            or f"{channel.capitalize()}: whether they do cannot be told yet."
        )
    ui.table(quarters, f"drift_{channel}", f"No {channel} leads match.")
ui.open_panel(frame, drift, "", "drift")

st.header("Beside it")
ui.figures_table(frame, ui.at_home("compare", "beside"), "beside")
ui.detail(frame, "compare")
st.caption("A description: leads are not assigned to channels by lot, so moving budget may not move this.")
for sentence in ui.holding(frame, "long_term_close_rate", told.judge_at):
    strip.text(sentence)
if sentence := ui.channels_sentence(frame):
    as_a_whole.text(sentence)
