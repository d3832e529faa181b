"""The keys of a KPI file's header, and the words that may stand behind them."""

from __future__ import annotations

REQUIRED = {
    "title",
    "stage",
    "home",
    "headline",
    "unit",
    "of",
    "direction",
    "reads",
    "needs",
    "links",
    "windows",
    "horizon",
    "across",
    "answers",
}
OPTIONAL = {"also", "apart", "caveat", "counter", "first", "min", "per", "rows", "whole", "withheld"}
STAGES = (
    "reach",
    "conversation",
    "qualification",
    "meeting",
    "opportunity",
    "close",
    "expansion",
    "data_quality",
    "operations",
)
PAGES = (
    "review",
    "compare",
    "pipeline",
    "inbound",
    "outbound",
    "sources",
    "qualification",
    "operations",
    "data",
    "definitions",
)
PLACES = ("headline", "beside", "detail", "diagnostic", "report")
HEADLINES = ("inbound", "outbound", "both", "none")
UNITS = ("ratio", "days", "minutes", "seconds", "money", "index", "count", "per_unit")
DIRECTIONS = ("higher_is_better", "lower_is_better", "none")
STREAMS = (
    "calls",
    "meetings",
    "opportunities",
    "closings",
    "handoffs",
    "opportunity_changes",
    "call_answers",
    "data_checks",
    "spend",
    "revenue",
    "time_log",
    "capacity",
)
"""What records day by day, so that a KPI may be read only in its time (queries/evidence/recorded_events.sql)."""
LINKS = (
    "calls.lead",
    "calls.callback",
    "meetings.lead",
    "opportunities.lead",
    "handoffs.lead",
    "data_checks.lead",
    "time_log.lead",
    "call_answers.call",
    "call_scores.call",
    "opportunity_changes.opportunity",
    "opportunity_contacts.opportunity",
    "revenue.account",
    "account_sets.account",
    "spend.source",
)
"""Links between extracts whose match rate is measured at load (queries/evidence/keyed_rows.sql)."""
