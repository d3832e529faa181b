"""Data: can today's figures be trusted, what was left out, what is missing?"""

import streamlit as st

from leadquality import ui, words

HEADLINE = ("extract_integrity", "database_accuracy", "record_completeness", "crm_update_lag")

frame = ui.frame()
manifest = frame.snapshot.manifest
st.title(words.md(ui.data_title(frame.snapshot)))
st.caption(
    f"Snapshot {words.md(manifest.snapshot)}, as of {words.day(frame.snapshot.as_of)}, mapping {words.md(manifest.mapping)}, "
    f"definitions {manifest.definitions[:12]}, {words.md(manifest.engine)}. {words.md(ui.newest(frame.snapshot), limit=200)}"
)
ui.pair_cards(frame, HEADLINE[1:])

st.header("Rows by extract")
st.caption("Rows read = used + merged + left out by rule + refused.")
ui.table(ui.accounts_table(frame.snapshot), "accounts")

st.header("Coverage and links")
ui.evidence_part(frame.snapshot)

st.header("What was left out, and why")
ui.table(ui.reasons_table(frame.snapshot), "reasons")

st.header("What was noticed in rows that are used")
ui.table(ui.findings_table(frame.snapshot), "findings")

st.header("What earlier weeks say now")
ui.restated_part(frame.snapshot)

st.header("What each missing extract would unlock")
ui.table(ui.unlocked_table(frame.snapshot), "unlocked", "All extracts are given.")

rows, total = ui.left_out_table(frame.snapshot, 500)
with st.expander(
    f"The rows left out ({words.count(len(rows))} of {words.count(total)}), values masked", key="left_out"
):
    st.dataframe(rows, hide_index=True, key="left_out_rows", placeholder=words.missing())
with st.expander("Files of this snapshot", key="files"):
    ui.table(ui.manifest_table(frame.snapshot), "file_table")
with st.expander("Extract integrity, rule by rule", key="integrity", on_change="rerun") as integrity:
    if integrity.open:
        ui.figures_table(frame, HEADLINE[:1], "integrity")
ui.detail(frame, "data")
