"""Parquet files of the rows of a snapshot, for the competitors: the columns they need, as an expert would keep them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

TABLES: Final = {
    "leads": "select lead_id, account_id, channel, source, segment, region, created_at, created_on, disqualified_on from fact_leads",
    "calls": "select call_id, lead_id, direction, started_at, started_on, answered_at, disposition, is_conversation from fact_calls",
    "meetings": "select lead_id, held_on from fact_meetings where held_on is not null",
    "opportunities": "select opportunity_id, lead_id, created_on, closed_on, outcome, acv::double as acv from fact_opportunities",
}


def write_rows(snapshot: Path, folder: Path) -> Path:
    """The files of the snapshot in `folder`, written where they are not there yet."""
    if folder.exists():
        return folder
    unfinished = folder.with_suffix(".unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(snapshot / "data.duckdb"), read_only=True) as con:
        for name, query in TABLES.items():
            con.execute(
                f"copy ({query}) to '{unfinished / name}.parquet' (format parquet, compression snappy)"
            )
    return unfinished.rename(folder)
