"""The one room that knows Streamlit: the frame of every page, its cards, tables and panels."""

from leadquality.ui.ask import ask, cohort_values, only_channel
from leadquality.ui.cards import channel_card, channel_cards, fact_card, pair_card, pair_cards, value_card
from leadquality.ui.comparing import (
    balance_table,
    comparison,
    naive_rows,
    naive_sentence,
    pair_table,
    value_table,
)
from leadquality.ui.figures import at_home, detail, figures_table
from leadquality.ui.frame import Frame, frame, open_frame
from leadquality.ui.listing import catalogue_table, contract_table, judged_for, kpi_names, kpi_title
from leadquality.ui.panel import open_panel
from leadquality.ui.tables import (
    accounts_table,
    data_title,
    findings_table,
    foreign_table,
    left_out_table,
    manifest_table,
    newest,
    reasons_table,
    table,
    unlocked_table,
)
from leadquality.ui.weekly import Weekly, available, moved_list, moved_text, weekly

__all__ = [
    "Frame",
    "Weekly",
    "accounts_table",
    "ask",
    "at_home",
    "available",
    "balance_table",
    "catalogue_table",
    "channel_card",
    "channel_cards",
    "cohort_values",
    "comparison",
    "contract_table",
    "data_title",
    "detail",
    "fact_card",
    "figures_table",
    "findings_table",
    "foreign_table",
    "frame",
    "judged_for",
    "kpi_names",
    "kpi_title",
    "left_out_table",
    "manifest_table",
    "moved_list",
    "moved_text",
    "naive_rows",
    "naive_sentence",
    "newest",
    "only_channel",
    "open_frame",
    "open_panel",
    "pair_card",
    "pair_cards",
    "pair_table",
    "reasons_table",
    "table",
    "unlocked_table",
    "value_card",
    "value_table",
    "weekly",
]
