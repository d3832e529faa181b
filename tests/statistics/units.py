"""Units with an age, an ending, an account and a segment, written into one database whose macros are made once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import duckdb
import polars as pl
from hypothesis import settings
from hypothesis import strategies as st

from leadquality.engine.kept import asking
from leadquality.engine.run import answer
from leadquality.scope import Scope
from tests.asking import asked_rows
from tests.story import Story, counted, lasting

AS_OF = date(2026, 12, 31)
SMALL = settings(deadline=None, max_examples=12, derandomize=True)
OPEN, WON, LOST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Unit:
    """A lead won or lost at `time` days, or open until then; followed for `followed` days (else for `time`)."""

    time: int
    cause: int
    entry: int = -1
    channel: str = "inbound"
    account: str | None = None
    segment: str = "smb"
    followed: int | None = None

    @property
    def created(self) -> date:
        return AS_OF - timedelta(days=self.time if self.followed is None else self.followed)


@cache
def stage() -> duckdb.DuckDBPyConnection:
    return lasting(AS_OF).journeys("won")


def on_stage(units: list[Unit]) -> duckdb.DuckDBPyConnection:
    """The database with these units and nothing else, as known on AS_OF."""
    world = Story(AS_OF)
    for place, unit in enumerate(units):
        lead = world.lead(
            unit.channel,
            unit.created,
            lead_id=f"lead-{place:04}",
            entry_age=unit.entry,
            segment=unit.segment,
            account_id=unit.account,
        )
        if unit.cause == WON:
            world.won(lead, unit.created + timedelta(days=unit.time))
        elif unit.cause == LOST:
            world.lost(lead, unit.created + timedelta(days=unit.time))
    con = stage()
    for table in ("fact_leads", "fact_opportunities"):
        con.execute(f"delete from snapshot.{table}")
        if world.rows[table]:
            frame = pl.DataFrame(world.rows[table], infer_schema_length=None)  # noqa: F841 (DuckDB reads it)
            con.execute(f"insert into snapshot.{table} by name select * from frame")
    counted(con)
    con.execute("delete from journey_rows")
    con.execute(
        "insert into journey_rows by name select *, $day as known_on from journeys_as_of($day) where journey = 'won'",
        {"day": AS_OF},
    )
    return con


def asked(units: list[Unit], call: str, **scope: object) -> list[dict[str, object]]:
    """Rows of a table macro over the units, every column in order; $scope is bound."""
    return asked_rows(
        on_stage(units),
        f"select * from {call} order by all",
        Scope(AS_OF, **scope),  # type: ignore[arg-type]
        {"won"},
    )


def asked_of_each(units: list[Unit], *calls: str, **scope: object) -> list[list[dict[str, object]]]:
    """As asked, of several macros over the same units, which are told and counted once."""
    frame, texts = Scope(AS_OF, **scope), [f"select * from {call} order by all" for call in calls]  # type: ignore[arg-type]
    with asking(on_stage(units), frame, " ".join(texts), {"won"}) as own:
        return [answer(own, text, {"scope": frame.parameters()}).to_dicts() for text in texts]


def drawn(most: int = 40, entries: bool = True, channels: tuple[str, ...] = ("inbound", "outbound")):
    """Strategy: up to `most` units, some of them late in, open or tied, in few accounts."""
    unit = st.builds(
        Unit,
        time=st.integers(1, 25),
        cause=st.sampled_from([OPEN, WON, WON, LOST]),
        entry=st.integers(-1, 12) if entries else st.just(-1),
        channel=st.sampled_from(channels),
        account=st.sampled_from(["a", "b", "c", "d", None]),
    )
    return st.lists(unit, min_size=1, max_size=most)
