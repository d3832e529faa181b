"""The limit: DuckDB reads the columns of the rows that a KPI needs, once, with the filters on them and no join, and keeps nothing."""

from __future__ import annotations

from typing import Final

from tests.bench.competitors.rows import Rows
from tests.bench.finish import Line
from tests.bench.questions import PAGE, Cut

LEADS: Final = ("lead_id", "account_id", "channel", "created_on")
STATES: Final = {
    "leads": (*LEADS, "disqualified_on"),
    "opportunities": ("lead_id", "created_on", "closed_on", "outcome"),
}
CALLS: Final = ("lead_id", "started_on", "direction")
NEEDED: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "close_rate_at_equal_age": STATES,
    "time_to_first_meeting": STATES | {"meetings": ("lead_id", "held_on")},
    "response_within_sla": STATES
    | {
        "leads": (*LEADS, "created_at", "disqualified_on"),
        "calls": (*CALLS, "started_at", "answered_at", "is_conversation"),
    },
    "deal_size_consistency": {
        "leads": ("lead_id", "channel", "created_on"),
        "opportunities": ("lead_id", "created_on", "closed_on", "outcome", "acv"),
    },
    "revenue_per_lead_at_age": STATES
    | {"opportunities": ("lead_id", "created_on", "closed_on", "outcome", "acv")},
    "connect_rate": {"leads": ("lead_id", "channel"), "calls": (*CALLS, "is_conversation", "disposition")},
    "overchase_effort_share": {
        "leads": ("lead_id", "account_id", "channel"),
        "meetings": ("lead_id", "held_on"),
        "calls": (*CALLS, "started_at", "call_id", "is_conversation", "disposition"),
    },
    "call_to_opportunity_ratio": {
        "leads": LEADS,
        "opportunities": ("lead_id", "created_on"),
        "calls": CALLS,
    },
    "trend_by_segment": STATES | {"meetings": ("lead_id", "held_on")},
    "page": {
        "leads": (*LEADS, "source", "disqualified_on"),
        "opportunities": ("lead_id", "created_on", "closed_on", "outcome", "acv"),
        "meetings": ("lead_id", "held_on"),
        "calls": CALLS,
    },
}


class Scan(Rows):
    """folder holds data.duckdb, the snapshot."""

    def answer(self, kpi: str, cut: Cut) -> list[Line]:
        counted = {"connect_rate", "overchase_effort_share"}
        for table, columns in NEEDED[kpi].items():
            where = {
                "leads": self.chosen(cut, kpi not in counted),
                "calls": " and ".join(self.days(cut, "started_on") if kpi in counted else []) or "true",
            }.get(table, "true")
            # The filter that lets all through keeps DuckDB from answering out of its statistics.
            read = ", ".join(f"max({name})" for name in columns)
            self.con.execute(f"select {read} from fact_{table} where rowid >= 0 and {where}").fetchall()
        return []

    def page(self, cut: Cut) -> dict[str, list[Line]]:
        self.answer("page", cut)
        return {kpi: [] for kpi in PAGE}
