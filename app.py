"""The frame: page settings, menu and scope controls. Each page is drawn inside it."""

import streamlit as st

from leadquality import ui

st.set_page_config(page_title="Lead Quality", page_icon="data/favicon.png", layout="wide")
page = st.navigation(
    [
        st.Page("pages/review/compare.py", title="Compare", url_path="compare", default=True),
        st.Page("pages/channels/scorecard.py", title="Channel scorecard", url_path="scorecard"),
        st.Page("pages/trust/data.py", title="Data", url_path="data"),
        st.Page("pages/trust/definitions.py", title="Definitions", url_path="definitions"),
    ],
    position="top",
)
ui.open_frame()
page.run()
