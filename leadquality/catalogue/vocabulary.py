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
    "horizon",
    "across",
    "answers",
}
OPTIONAL = {"also", "caveat", "counter", "first", "min", "per", "rows"}
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
