"""Rows of the journeys a KPI reads, as known on the day it asks about: worked out once per day and journey."""

from __future__ import annotations

import threading

import duckdb

from leadquality.catalogue import Kpi
from leadquality.scope import Scope

LOCK = threading.Lock()


def keep_journeys(con: duckdb.DuckDBPyConnection, kpi: Kpi, scope: Scope) -> None:
    """Fill journey_rows for the journeys of `kpi` as known on scope.as_of, unless they are there already."""
    with LOCK:
        known = con.sql(
            "select distinct journey from journey_kept where known_on = $known_on",
            params={"known_on": scope.as_of},
        )
        for journey in sorted(kpi.journeys - {row[0] for row in known.fetchall()}):
            asked = {"known_on": scope.as_of, "journey": journey}
            con.execute(
                "insert into journey_rows select $known_on, * from journeys_as_of($known_on) where journey = $journey",
                asked,
            )
            con.execute("insert into journey_kept values ($known_on, $journey)", asked)
