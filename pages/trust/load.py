"""Load: from the files that people have to figures, in seven steps; what is ambiguous is asked, never guessed."""

import streamlit as st

from leadquality import ui

st.title("What is in your files, and may it be loaded?")
st.caption(
    "Seven steps on this page. A step with a question waits for you. Nothing is published before step 7."
)
ui.loaded_note()

st.header("1. Files")
folder = ui.inbox_step()

st.header("2. What we think each file is")
wizard = ui.open_wizard(folder)
ui.files_step(wizard)

st.header("3. Columns")
ui.columns_step(wizard)

st.header("4. Values")
ui.values_step(wizard)

st.header("5. Keys and joins")
ui.joins_step(wizard)

st.header("6. Dry run")
ui.dry_run_step(wizard)

st.header("7. Load")
ui.commit_step(wizard)
