"""Statements as the engine runs them: their steps asked first, each on its own (leadquality/engine/kept.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb

from leadquality.catalogue import named_parameters
from leadquality.engine.kept import asking
from leadquality.engine.run import answer
from leadquality.scope import Scope


def asked_rows(
    con: duckdb.DuckDBPyConnection, sql: str, scope: Scope, journeys: Iterable[str] = (), **values: Any
) -> list[dict[str, Any]]:
    """The rows of `sql`, with $scope and `values` bound; `journeys` are those whose rows it reads."""
    bound = {"scope": scope.parameters()} | values
    with asking(con, scope, sql, journeys, values=values) as own:
        return answer(own, sql, {name: bound[name] for name in named_parameters(sql)}).to_dicts()
