"""The one room that knows Streamlit: the frame of every page, its cards, tables and panels."""

from leadquality.ui.ask import ask, cohort_values
from leadquality.ui.cards import channel_card, fact_card
from leadquality.ui.comparing import balance_table, comparison, naive_rows, pair_table
from leadquality.ui.frame import Frame, frame, open_frame
from leadquality.ui.listing import catalogue_table, contract_table, judged_for, kpi_names, kpi_title
from leadquality.ui.panel import definition_panel
from leadquality.ui.tables import (
    accounts_table,
    findings_table,
    left_out_table,
    manifest_table,
    not_given,
    reasons_table,
    table,
)

__all__ = [
    "Frame",
    "accounts_table",
    "ask",
    "balance_table",
    "catalogue_table",
    "channel_card",
    "cohort_values",
    "comparison",
    "contract_table",
    "definition_panel",
    "fact_card",
    "findings_table",
    "frame",
    "judged_for",
    "kpi_names",
    "kpi_title",
    "left_out_table",
    "manifest_table",
    "naive_rows",
    "not_given",
    "open_frame",
    "pair_table",
    "reasons_table",
    "table",
]
