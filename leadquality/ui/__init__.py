"""The one room that knows Streamlit: the frame of every page, its cards, tables and panels."""

from leadquality.ui.ask import ask, between, by, cohort_values, lines, of_channel
from leadquality.ui.cards import channel_card, channel_cards, fact_card, pair_card, pair_cards, value_card
from leadquality.ui.choosing import chosen_on
from leadquality.ui.comparing import (
    balance_table,
    comparison,
    naive_rows,
    naive_sentence,
    pair_table,
    value_table,
)
from leadquality.ui.figures import at_home, detail, figure_panel, figures_table
from leadquality.ui.frame import Frame, frame, open_frame
from leadquality.ui.heading import age_of, foot, head, need_leads, state_of
from leadquality.ui.inbound import by_source, sources_of, stages
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
    "age_of",
    "ask",
    "at_home",
    "available",
    "balance_table",
    "between",
    "by",
    "by_source",
    "catalogue_table",
    "channel_card",
    "channel_cards",
    "chosen_on",
    "cohort_values",
    "comparison",
    "contract_table",
    "data_title",
    "detail",
    "fact_card",
    "figure_panel",
    "figures_table",
    "findings_table",
    "foot",
    "foreign_table",
    "frame",
    "head",
    "judged_for",
    "kpi_names",
    "kpi_title",
    "left_out_table",
    "lines",
    "manifest_table",
    "moved_list",
    "moved_text",
    "naive_rows",
    "naive_sentence",
    "need_leads",
    "newest",
    "of_channel",
    "open_frame",
    "open_panel",
    "pair_card",
    "pair_cards",
    "pair_table",
    "reasons_table",
    "sources_of",
    "stages",
    "state_of",
    "table",
    "unlocked_table",
    "value_card",
    "value_table",
    "weekly",
]
