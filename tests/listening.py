"""A cursor of the engine that notes the statements put to it."""

from __future__ import annotations

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
