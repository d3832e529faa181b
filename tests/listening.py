"""A cursor of the engine that notes the statements put to it."""

from __future__ import annotations

import json
from typing import Any


class Listening:
    """A cursor that notes what it is asked; the rest is as it was."""

    def __init__(self, cursor: Any, heard: list[str]) -> None:
        self.listened = cursor
        self.heard = heard

    def execute(self, statement: str, *given: Any, **named: Any) -> Any:
        self.heard.append(statement)
        return self.listened.execute(statement, *given, **named)

    def cursor(self) -> Listening:
        return Listening(self.listened.cursor(), self.heard)

    def sql(self, statement: str, *given: Any, **named: Any) -> Any:
        self.heard.append(statement)
        return self.listened.sql(statement, *given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.listened, name)


class Measuring(Listening):
    """A cursor that also notes how many rows of tables each statement reads; kept rows, which are read from memory, are none."""

    def __init__(self, cursor: Any, heard: list[str], rows: list[int]) -> None:
        super().__init__(cursor, heard)
        self.rows = rows

    def cursor(self) -> Measuring:
        return Measuring(self.listened.cursor(), self.heard, self.rows)

    def execute(self, statement: str, *given: Any, **named: Any) -> Any:
        if not statement.startswith(("create", "drop")):
            told = self.listened.execute(
                f"explain (analyze, format json) {statement}", *given, **named
            ).fetchall()
            self.rows.append(json.loads(told[0][1])["query"]["total_rows_scanned"])
        return super().execute(statement, *given, **named)
