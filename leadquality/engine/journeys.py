"""Rows of the journeys a KPI reads, as known on the day it asks about: worked out once per day, assumption and journey."""

from __future__ import annotations

import threading
from collections.abc import Set

import duckdb

from leadquality.scope import Scope

LOCK = threading.Lock()


def keep_journeys(con: duckdb.DuckDBPyConnection, journeys: Set[str], scope: Scope) -> None:
    """Fill journey_rows for `journeys` as known on scope.as_of where rows answer, unless they are there already."""
    if scope.reads != "facts":
        return
    with LOCK:
        known = con.sql(
            "select distinct journey from journey_kept where known_on = $known_on and assuming is not distinct from $assuming",
            params={"known_on": scope.as_of, "assuming": scope.assuming},
        )
        for journey in sorted(journeys - {row[0] for row in known.fetchall()}):
            asked = {"known_on": scope.as_of, "assuming": scope.assuming, "journey": journey}
            con.execute(
                "insert into journey_rows by name select *, $known_on as known_on, $assuming as assuming "
                "from journeys_assuming($known_on, $assuming) where journey = $journey",
                asked,
            )
            con.execute("insert into journey_kept values ($known_on, $assuming, $journey)", asked)
