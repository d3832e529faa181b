"""The facts of a snapshot as files that any tool reads: plain rows, in the order in which the extracts bring them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

TABLES: Final = {
    "leads": "select lead_id, account_id, channel, source, segment, region, created_at, created_on, disqualified_on "
    "from snapshot.fact_leads order by created_at, lead_id",
    "calls": "select call_id, lead_id, direction, started_at, started_on, answered_at, disposition, is_conversation "
    "from snapshot.fact_calls order by started_at, call_id",
    "meetings": "select lead_id, held_on from snapshot.fact_meetings order by booked_on, meeting_id",
    "opportunities": "select opportunity_id, lead_id, account_id, created_on, closed_on, outcome, amount::double as amount, "
    "acv::double as acv from snapshot.fact_opportunities order by created_on, opportunity_id",
    "account_sets": "select account_id, set_id, targeted_on from snapshot.fact_account_sets order by targeted_on, account_id",
}
"""No number, key or order of the snapshot's own: lead_events, dims and what fact_calls knows of earlier calls stay out."""


def write_facts(snapshot: Path, folder: Path) -> None:
    """Write the row tables of a snapshot's data.duckdb as Parquet files, and once more as tables of rows.duckdb."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = folder / "rows.duckdb"
    rows.unlink(missing_ok=True)
    with duckdb.connect(str(rows)) as con:
        con.execute(f"attach '{snapshot}' as snapshot (read_only)")
        con.execute("set preserve_insertion_order = true")
        for name, query in TABLES.items():
            con.execute(f"create table {name} as {query}")
            con.execute(f"copy {name} to '{folder / name}.parquet' (format parquet)")
        con.execute("detach snapshot")
