"""What is known of leads, and the curves with their errors, from the facts and rows alone: as they were defined before first events
and pairs of accounts told them, in one statement each. Short to read and slow to ask, so what is asked every day is held to it.

The texts beside this file are macros oracle_<name>, for <name> of queries/scopes. What else they mention of queries/scopes that
reads leads is made a second time, over the leads of the oracle.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from leadquality.catalogue.macros import COMMENT, WORD, mentions
from leadquality.contracts import QUERIES
from leadquality.engine.run import answer
from leadquality.scope import Scope

PREFIX = "oracle_"
ROWS = "oracle_rows"
"""The table of journeys that the macros of curves read."""


@cache
def statements() -> tuple[str, ...]:
    """Every macro of the oracle, each after those that it calls."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.sql"))}
    own = {name.removeprefix(PREFIX) for name in texts}
    again = re.compile(rf"\b({'|'.join(sorted(name for name in mentions() if own & mentions(name)))})\b")
    made: dict[str, str] = {}

    def make(name: str) -> None:
        text = texts.get(name) or (QUERIES / "scopes" / f"{name.removeprefix(PREFIX)}.sql").read_text("utf-8")
        text = again.sub(rf"{PREFIX}\1", COMMENT.sub("", text))
        for word in dict.fromkeys(WORD.findall(text)):
            if word.startswith(PREFIX) and word not in {name, ROWS} and word not in made:
                make(word)
        made[name] = text

    for name in texts:
        if name not in made:
            make(name)
    return tuple(made.values())


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the macros, and the table that they read, in a database that has those of the product."""
    con.execute(
        f"create or replace table {ROWS} as select * exclude (known_on, assuming) from journey_rows limit 0"
    )
    for text in statements():
        con.execute(text)


def rows_as_of(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """Let the table hold every journey as known on a day."""
    con.execute(f"delete from {ROWS}")
    con.execute(f"insert into {ROWS} by name select * from oracle_journeys_as_of($day)", {"day": day})


def oracle_rows(
    con: duckdb.DuckDBPyConnection, sql: str, scope: Scope, **values: Any
) -> list[dict[str, Any]]:
    """The rows of a statement, $scope and `values` bound."""
    return answer(con, sql, {"scope": scope.parameters()} | values).to_dicts()
