"""The frame: page settings, menu and scope controls. Each page is drawn inside it."""

import streamlit as st

from leadquality import ui

st.set_page_config(page_title="Lead Quality", page_icon="data/favicon.png", layout="wide")
page = st.navigation(
    {
        "Review": [
            st.Page("pages/review/weekly_review.py", title="Weekly review", url_path="review", default=True),
            st.Page("pages/review/compare.py", title="Compare", url_path="compare"),
            st.Page("pages/review/pipeline.py", title="Pipeline", url_path="pipeline"),
        ],
        "Channels": [
            st.Page("pages/channels/inbound.py", title="Inbound", url_path="inbound"),
            st.Page("pages/channels/outbound.py", title="Outbound", url_path="outbound"),
            st.Page("pages/channels/sources.py", title="Sources", url_path="sources"),
        ],
        "Calling": [
            st.Page("pages/calling/qualification.py", title="Qualification", url_path="qualification"),
            st.Page("pages/calling/operations.py", title="Operations", url_path="operations"),
        ],
        "Trust": [
            st.Page("pages/trust/data.py", title="Data", url_path="data"),
            st.Page("pages/trust/load.py", title="Load", url_path="load"),
            st.Page("pages/trust/definitions.py", title="Definitions", url_path="definitions"),
        ],
    },
    position="top",
)
ui.open_frame()
with ui.watched_uploads():
    page.run()
