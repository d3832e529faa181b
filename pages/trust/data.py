"""Data: can today's figures be trusted, what was left out, and why?"""

import streamlit as st

from leadquality import ui, words

frame = ui.frame()
manifest = frame.snapshot.manifest
accounts = ui.accounts_table(frame.snapshot)
st.title(
    "Every row is accounted for"
    if all(line["Adds up"] != "NO" for line in accounts)
    else "Do not use: rows are missing"
)
st.caption(
    f"Snapshot {words.md(manifest.snapshot)}, as of {words.day(frame.snapshot.as_of)}, mapping {words.md(manifest.mapping)}, "
    f"definitions {manifest.definitions[:12]}, {words.md(manifest.engine)}."
)

st.header("Rows by extract")
st.caption("Rows read = used + merged + left out by rule + refused.")
ui.table(accounts, "accounts")
st.text(ui.not_given(frame.snapshot))

st.header("What was left out, and why")
ui.table(ui.reasons_table(frame.snapshot), "reasons")

st.header("What was noticed in rows that are used")
ui.table(ui.findings_table(frame.snapshot), "findings")

rows, total = ui.left_out_table(frame.snapshot, 500)
with st.expander(
    f"The rows left out ({words.count(len(rows))} of {words.count(total)}), values masked", key="left_out"
):
    st.dataframe(rows, hide_index=True, key="left_out_rows")
with st.expander("Files of this snapshot", key="files"):
    ui.table(ui.manifest_table(frame.snapshot), "file_table")
