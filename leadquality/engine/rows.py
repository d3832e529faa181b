"""The rows behind a number: the KPI's own text, its final select replaced, so that the definition is written once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import polars as pl

from leadquality.catalogue import Kpi, named_parameters
from leadquality.contracts import AGE_GRID, CHANNELS, DIFFERENCE, InputRefused
from leadquality.engine.journeys import keep_journeys
from leadquality.engine.run import horizon_days, missing
from leadquality.scope import Scope

FINAL_SELECT = re.compile(r"^select\b", re.MULTILINE)
FIRST = ("call_id", "meeting_id", "opportunity_id", "lead_id", "account_id", "slice", "channel", "measure")
"""Columns that stand first, in this order, where the rows carry them; then is_counted, then the others as they come."""

CONTEXT = {
    "call_id": ("fact_calls", ("lead_id", "rep_id", "started_on", "disposition", "talk_seconds")),
    "opportunity_id": ("fact_opportunities", ("lead_id", "created_on")),
    "lead_id": ("fact_leads", ("created_on", "source", "segment", "region")),
}
"""What a reader needs to understand a row and the KPI did not ask for: table and columns by the id of the unit."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Units behind one number.

    total counts them all; counted those that make the numerator, None where the numerator is no count of them; frame holds
    the first `limit` in a fixed order, the counted first, with is_counted where it is known; sql and parameters ran.
    """

    total: int
    counted: int | None
    frame: pl.DataFrame
    sql: str
    parameters: dict[str, Any]
