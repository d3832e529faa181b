"""Behind every number: its definition in words, and the very SQL that ran with its parameters."""

from __future__ import annotations

import json
from datetime import date

import streamlit as st

from leadquality import words
from leadquality.engine import Result


def definition_panel(result: Result, key: str) -> None:
    """A closed expander with definition and SQL of one result."""
    kpi = result.kpi
    with st.expander("Definition and SQL", key=f"definition_{key}", on_change="rerun") as panel:
        if not panel.open:
            return
        st.text(f"{kpi.reads}\n\nJudged for: {kpi.headline}. {kpi.across}")
        if result.horizon:
            st.text(
                f"Age at which it is judged: inbound {result.horizon[0]} days, outbound {result.horizon[1]} days."
            )
        for caveat in kpi.caveats:
            st.text(f"Mind: {caveat}")
        st.text(
            f"Needs: {', '.join(kpi.needs)}. Definition {kpi.digest}. As of {words.day(result.scope.as_of)}."
        )
        st.code(kpi.sql, language="sql", height=320)
        st.caption("Bound parameters")
        st.code(json.dumps(result.parameters, default=_iso, indent=2, ensure_ascii=False), language="json")


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
