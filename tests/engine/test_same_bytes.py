"""The same question gives the same bytes: whatever the number of threads and the order in which rows lie in the snapshot."""

from __future__ import annotations

import duckdb
import pytest

from leadquality.catalogue import load_kpis
from leadquality.engine import run
from leadquality.scope import Scope
from tests.everything import AS_OF, everything
from tests.story import counted

KPIS = load_kpis()
FROM_FACTS = ("close_rate_at_equal_age", "revenue_per_lead_at_age", "time_to_first_meeting")


def answers(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Every KPI as text in which no bit of a float is lost."""
    asked = Scope(AS_OF, reads="events")
    return {kpi_id: repr(run(con, kpi, asked).rows.rows()) for kpi_id, kpi in KPIS.items()} | {
        f"{kpi_id} from facts": repr(run(con, KPIS[kpi_id], Scope(AS_OF)).rows.rows())
        for kpi_id in FROM_FACTS
    }


def shuffle(con: duckdb.DuckDBPyConnection) -> None:
    """Lay the rows of every fact in another order, which is no order of any column, count them, and so lay what was counted."""
    tables = con.sql("select table_name from duckdb_tables() where table_name like 'fact_%'").fetchall()
    lay(con, *(name for (name,) in tables))
    counted(con)
    lay(con, "dims", "lead_events", "lead_opportunities")


def lay(con: duckdb.DuckDBPyConnection, *tables: str) -> None:
    for name in tables:
        con.execute(
            f"create table shuffled as select * from snapshot.{name} as told order by hash(told::varchar)"
        )
        con.execute(f"delete from snapshot.{name}")
        con.execute(f"insert into snapshot.{name} select * from shuffled")
        con.execute("drop table shuffled")


@pytest.fixture(scope="module")
def told() -> tuple[dict[str, str], dict[str, str]]:
    """All KPIs by one thread, and by four over shuffled rows, with tables cut into as many parts as can be."""
    con = everything(3000).database()
    con.execute("set threads = 1")
    plain = answers(con)
    shuffle(con)
    con.execute("set threads = 4")
    con.execute("pragma verify_parallelism")
    try:
        return plain, answers(con)
    finally:
        con.execute("pragma disable_verify_parallelism")
        con.execute("set threads = 1")
        everything.cache_clear()


@pytest.mark.parametrize("kpi_id", (*KPIS, *(f"{kpi_id} from facts" for kpi_id in FROM_FACTS)))
def test_threads_and_the_order_of_rows_change_no_bit(told, kpi_id):
    plain, parallel = told
    assert parallel[kpi_id] == plain[kpi_id]


def test_every_extract_has_its_part_in_the_world(told):
    # a KPI without rows would agree with anything
    silent = {kpi_id for kpi_id, rows in told[0].items() if rows == "[]"}
    assert silent == set()


def test_an_unordered_sum_would_be_seen():
    con = duckdb.connect()
    con.execute(
        "create table lengths as select (i * 7919 % 1000) / 7.0 as seconds from range(30000) as t (i)"
    )
    asked = "select sum(seconds), sum(seconds order by seconds) from "
    first = con.sql(asked + "lengths").fetchall()[0]
    again = con.sql(asked + "(from lengths order by hash(seconds))").fetchall()[0]
    assert first[0] != again[0]
    assert first[1] == again[1]
