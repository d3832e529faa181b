"""A small world told row by row: leads, calls, meetings and opportunities, and the KPIs computed over it.

Facts are written straight into the tables that queries/facts define, so a test says what happened and nothing else.
"""

from __future__ import annotations

import weakref
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import duckdb
import polars as pl
from polars.testing import assert_frame_equal

from leadquality.catalogue import Kpi, load_extracts, load_kpis, load_reports
from leadquality.catalogue.macros import COMMENT, WORD, needed, ordered
from leadquality.contracts import QUERIES
from leadquality.engine import Result, run
from leadquality.engine.kept import OF_LEADS
from leadquality.intake.source import HELPERS, NO_COPIES
from leadquality.scope import Scope
from leadquality.settings import Settings, read_settings, setting_rows
from leadquality.snapshot.build import UNITS, keep_settings

POLICY = {
    "same_contact": "report",
    "orphan_calls": "keep",
    "currency": None,
    "zero_amount": "keep",
    "known_until": None,
}


TOLD_EVERYWHERE = frozenset(
    {
        "average_contract_value",
        "close_rate_at_equal_age",
        "deal_size_consistency",
        "early_stage_conversion",
        "judged_too_early_share",
        "lead_to_opportunity",
        "long_term_close_rate",
        "same_kpi_distortion",
        "time_to_first_meeting",
    }
)
"""KPIs for which the worlds of tests/engine tell enough; of the others those tests show agreement only."""


@cache
def empty_tables() -> dict[str, list[tuple[str, str]]]:
    """Columns and types of every fact table, from the query files themselves run over no rows."""
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.execute("create schema snapshot")
    con.execute((QUERIES / "functions" / "fold.sql").read_text("utf-8"))
    keep_settings(con, setting_rows(read_settings()[0]))
    for path in ordered(list((QUERIES / "functions").glob("*.sql"))):
        con.execute(path.read_text("utf-8"))
    con.execute(
        "create table channel_rules (rule_order integer, rule_id varchar, channel varchar, field varchar, found varchar)"
    )
    tables = {}
    for name, extract in load_extracts().items():
        columns = ", ".join(f"null::varchar as {column}" for column in extract.columns)
        con.execute(
            f"create table source_{name} as select {HELPERS}, {NO_COPIES}, null as kept, {columns} limit 0"
        )
        wanted = con.extract_statements(extract.sql)[0].named_parameters
        given = {"as_of": date(2026, 1, 1), "policy": POLICY}
        con.execute(f"create table staged_{name} as {extract.sql}", {key: given[key] for key in wanted})
        if name == "leads":
            con.execute("create table lead_aliases as select lead_id, kept_lead_id from staged_leads")
    for name in load_extracts():
        con.execute(f"create view spelt_{name} as from staged_{name}")
    for name in load_extracts():
        con.execute(f"create table fact_{name} as {(QUERIES / 'facts' / f'{name}.sql').read_text('utf-8')}")
        tables[f"fact_{name}"] = [(row[0], row[1]) for row in con.sql(f"describe fact_{name}").fetchall()]
    return tables


@cache
def catalogue() -> dict[str, Kpi]:
    """Every KPI and report by id."""
    return load_kpis() | load_reports()


@cache
def reads_either(kpi_id: str) -> bool:
    """Whether the text of a KPI, or a macro it calls, asks which backing answers. Of any other there is one reading only: the
    same statement over the same rows, whatever the scope reads."""
    path = catalogue()[kpi_id].path
    macros = [macro for room in ("functions", "scopes") for macro in (QUERIES / room).glob("*.sql")]
    texts = [path, *needed(macros, [path])]
    return any("reads" in WORD.findall(COMMENT.sub("", text.read_text("utf-8"))) for text in texts)


STAGES: list[duckdb.DuckDBPyConnection] = []
"""Prepared databases that no living story uses: macros are slow to make, rows are quick to change."""
LASTING: list[Story] = []
"""Stories that live as long as the process."""
COUNTS = {path.stem: path.read_text("utf-8") for path in sorted((QUERIES / "counts").glob("*.sql"))}


KEPT_AT_LOAD = {
    "left_out_rows": "extract varchar, file varchar, line bigint, fate varchar, reason varchar, field varchar, found varchar",
    "findings": "code varchar, title varchar, remedy varchar, extract varchar, file varchar, line bigint, found varchar",
    "evidence_links": "extract varchar, partner varchar, kind varchar, minimum double, unkeyed_count bigint, matched_count bigint, "
    "lost_count bigint, match_rate double, mendable_count bigint, mend varchar, is_rising boolean, state varchar",
    "evidence_link_months": "extract varchar, partner varchar, kind varchar, month_on date, channel varchar, unkeyed_count bigint, "
    "matched_count bigint, lost_count bigint",
    "evidence_months": "stream varchar, month_on date, event_count bigint",
    "evidence_windows": "stream varchar, first_on date, last_on date, event_count bigint, from_on date, until_on date, "
    "is_from_declared boolean, is_until_declared boolean, expected_before double, expected_after double",
    "evidence_gaps": "stream varchar, from_on date, to_on date, expected_count double",
}
"""What a load keeps beside the facts (leadquality/snapshot/build.py); a story leaves nothing out, finds nothing and was watched whole."""


def prepared() -> duckdb.DuckDBPyConnection:
    """A database with every table, macro and count of the product, and no rows."""
    con = duckdb.connect()
    con.execute("create schema snapshot")
    con.execute((QUERIES / "functions" / "fold.sql").read_text("utf-8"))
    keep_settings(con, setting_rows(read_settings()[0]))
    for table, columns in empty_tables().items():
        con.execute(
            f"create table snapshot.{table} ({', '.join(f'{name} {kind}' for name, kind in columns)})"
        )
    con.execute("alter table snapshot.fact_calls rename to unplaced_calls")
    con.execute("create temp table unplaced_calls as from snapshot.unplaced_calls")
    con.execute("drop table snapshot.unplaced_calls")
    rooms = [path for room in ("functions", "scopes", "counts") for path in (QUERIES / room).glob("*.sql")]
    for path in ordered(rooms):
        sql = path.read_text("utf-8")
        if path.stem in COUNTS:
            asked = {"as_of": date.min} if path.stem == UNITS else None
            con.execute(f"create table snapshot.{path.stem} as {sql}", asked)
        else:
            con.execute(sql)
    con.execute("create table snapshot.coverage (extract varchar, column_name varchar, known_count bigint)")
    for table, columns in KEPT_AT_LOAD.items():
        con.execute(f"create table snapshot.{table} ({columns})")
    return con


def counted(con: duckdb.DuckDBPyConnection) -> None:
    """Count the facts there are, as a load does: all but the units of journeys that do not begin with a lead (Story.journeys)."""
    told = ", ".join(name for name, _ in empty_tables()["fact_calls"])
    con.execute("delete from unplaced_calls")
    con.execute(f"insert into unplaced_calls select {told} from snapshot.fact_calls")
    for name in ("dims", "lead_keys", "fact_calls", "lead_events", "lead_opportunities"):
        con.execute(f"delete from snapshot.{name}")
        con.execute(f"insert into snapshot.{name} by name {COUNTS[name]}")


def cleared(con: duckdb.DuckDBPyConnection) -> None:
    """Back to no rows: own tables are emptied, tables that a test made are dropped, every column counts as given."""
    own = {*empty_tables(), *COUNTS, *KEPT_AT_LOAD, "coverage"}
    for (name,) in con.sql(
        "select table_name from duckdb_tables() where schema_name = 'snapshot' and table_name <> 'settings'"
    ).fetchall():
        con.execute(f"delete from snapshot.{name}" if name in own else f"drop table snapshot.{name}")
    con.execute("delete from journey_rows")
    con.execute("delete from journey_kept")
    given = [(name, column) for name, extract in load_extracts().items() for column in extract.columns]
    rows = pl.DataFrame(given, schema=["extract", "column_name"], orient="row").with_columns(known_count=1)
    con.register("given", rows.to_arrow())
    con.execute("insert into snapshot.coverage select * from given")
    con.unregister("given")


def agree(one: pl.DataFrame, other: pl.DataFrame, message: str) -> None:
    """Both are equal, their fractions to 1e-9 of their size."""
    if not one.equals(other):
        try:
            assert_frame_equal(one, other, rel_tol=1e-9, abs_tol=1e-12)
        except AssertionError as difference:
            raise AssertionError(message) from difference


def on(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


class Story:
    """A world that ends on `as_of`. Every method returns the id of what it adds."""

    def __init__(self, as_of: str | date) -> None:
        self.as_of = on(as_of) or date.min
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in empty_tables()}
        self.con: duckdb.DuckDBPyConnection | None = None
        self.stage: duckdb.DuckDBPyConnection | None = None
        self.settings: Settings = read_settings()[0]
        self.counted: set[str] = set()
        self.compared: set[str] = set()

    def add(self, table: str, **values: Any) -> str:
        self.con = None
        key = f"{table}-{len(self.rows[f'fact_{table}']) + 1}"
        self.rows[f"fact_{table}"].append(values)
        return key

    def lead(self, channel: str = "inbound", created: str | date = "2025-01-01", **values: Any) -> str:
        """One lead; days as text or date. Filters default to one source, segment and region."""
        lead_id = values.pop("lead_id", f"lead-{len(self.rows['fact_leads']) + 1}")
        disqualified = on(values.pop("disqualified", None))
        row = {
            "lead_id": lead_id,
            "account_id": f"account of {lead_id}",
            "channel": channel,
            "created_on": on(created),
        }
        row |= {
            "source": "web",
            "segment": "smb",
            "region": "north",
            "entry_age": -1,
            "disqualified_on": disqualified,
        }
        self.add("leads", **(row | values))
        return lead_id

    def leads(
        self, count: int, channel: str = "inbound", created: str | date = "2025-01-01", **values: Any
    ) -> list[str]:
        return [self.lead(channel, created, **values) for _ in range(count)]

    def meeting(self, lead_id: str, held: str | date | None, **values: Any) -> str:
        return self.add(
            "meetings",
            meeting_id=f"m{len(self.rows['fact_meetings'])}",
            lead_id=lead_id,
            held_on=on(held),
            **values,
        )

    def call(
        self, lead_id: str | None, started: str | date, disposition: str = "unreachable", **values: Any
    ) -> str:
        conversations = (
            "qualified",
            "meeting_booked",
            "interested_not_ready",
            "no_fit",
            "callback_requested",
            "connected_no_result",
        )
        row = {
            "call_id": f"c{len(self.rows['fact_calls'])}",
            "lead_id": lead_id,
            "started_on": on(started),
            "disposition": disposition,
        }
        return self.add("calls", **(row | {"is_conversation": disposition in conversations} | values))

    def opportunity(
        self,
        lead_id: str,
        created: str | date,
        outcome: str = "open",
        closed: str | date | None = None,
        acv: float | None = None,
        **values: Any,
    ) -> str:
        row = {
            "opportunity_id": f"o{len(self.rows['fact_opportunities'])}",
            "lead_id": lead_id,
            "created_on": on(created),
        }
        row |= {
            "outcome": outcome,
            "closed_on": on(closed),
            "acv": acv,
            "amount": acv,
            "currency": "EUR",
            "account_id": f"account of {lead_id}",
        }
        return self.add("opportunities", **(row | values))

    def won(self, lead_id: str, closed: str | date, acv: float | None = 1000) -> str:
        """A lead won on that day, its opportunity opened the same day."""
        return self.opportunity(lead_id, closed, "won", closed, acv)

    def lost(self, lead_id: str, closed: str | date) -> str:
        return self.opportunity(lead_id, closed, "lost", closed)

    def units(
        self, times: list[int], causes: list[int], channel: str = "inbound", entries: list[int] | None = None
    ) -> None:
        """Survival data as leads: cause 1 won, any other number lost, 0 open until as_of; entries are entry ages."""
        for place, (time, cause) in enumerate(zip(times, causes, strict=True)):
            lead = self.lead(
                channel, self.as_of - timedelta(days=time), entry_age=entries[place] if entries else -1
            )
            if cause == 1:
                self.won(lead, self.as_of)
            elif cause:
                self.lost(lead, self.as_of)

    def database(self) -> duckdb.DuckDBPyConnection:
        """The world as an in-memory database with the schema `snapshot`, macros and counts; the story's own while it lives."""
        if self.con is not None:
            return self.con
        if self.stage is None:
            self.stage = STAGES.pop() if STAGES else prepared()
            weakref.finalize(self, STAGES.append, self.stage)
        self.con = con = self.stage
        cleared(con)
        self.counted.clear()
        self.compared.clear()
        rows = setting_rows(self.settings)
        if con.sql("select * from snapshot.settings").fetchall() != rows:
            con.execute("drop table snapshot.settings")
            keep_settings(con, rows)
        for table, columns in empty_tables().items():
            if self.rows[table]:
                frame = pl.DataFrame(self.rows[table], infer_schema_length=None)
                unknown = set(frame.columns) - {name for name, _ in columns}
                assert not unknown, f"{table} has no column {unknown}"
                con.execute(f"insert into snapshot.{table} by name select * from frame")
        counted(con)
        return con

    def journeys(self, *names: str) -> duckdb.DuckDBPyConnection:
        """The same database, with the rows and the counts of these journeys worked out as of the story's last day."""
        con = self.database()
        for name in sorted({*names} - self.counted):
            asked = {"as_of": self.as_of, "journey": name}
            con.execute(
                "insert into journey_rows by name select *, $as_of as known_on from journeys_as_of($as_of) where journey = $journey",
                asked,
            )
            con.execute(
                "insert into journey_kept by name select $as_of as known_on, $journey as journey", asked
            )
            con.execute(
                f"insert into snapshot.{UNITS} by name from ({COUNTS[UNITS]}) where journey = $journey", asked
            )
            self.counted.add(name)
        return con

    def run(
        self, kpi_id: str, horizon: int | None = None, as_of: str | date | None = None, **scope: Any
    ) -> Result:
        """The KPI over this world, from the rows and, once in each state of the world, from the counts too where it can be
        answered from them: both must agree."""
        kpi = catalogue()[kpi_id]
        asked = Scope(
            as_of=on(as_of) or self.as_of,
            **{key: on(value) if key in {"from_on", "to_on"} else value for key, value in scope.items()},
        )
        con = self.journeys(*kpi.journeys)
        result = run(con, kpi, asked, horizon)
        backed = asked.backed(self.as_of)
        if backed.reads == "counts" and kpi_id not in self.compared and reads_either(kpi_id):
            self.compared.add(kpi_id)
            agree(run(con, kpi, backed, horizon).rows, result.rows, f"{kpi_id}: counts and rows disagree")
            if kpi.journeys - OF_LEADS and kpi.journeys & OF_LEADS:
                # Of either kind alone events are what counts are, or what rows are.
                told = run(con, kpi, replace(backed, reads="events"), horizon)
                agree(told.rows, result.rows, f"{kpi_id}: events and rows disagree")
        return result

    def row(
        self, kpi_id: str, channel: str = "inbound", age_days: int | None = None, **asked: Any
    ) -> dict[str, Any]:
        """The one row of a channel (and of an age, for a curve)."""
        where = {} if age_days is None else {"age_days": age_days}
        found = self.run(kpi_id, **asked).row(channel, **where)
        assert found is not None, f"{kpi_id} has no row for {channel} {where}"
        return found


def lasting(as_of: str | date) -> Story:
    """A story whose database several tests fill anew: it lives on, so that no other story is given that database meanwhile."""
    LASTING.append(Story(as_of))
    return LASTING[-1]
