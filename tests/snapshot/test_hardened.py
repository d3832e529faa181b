"""An open snapshot reaches its own tables and nothing else: no file, network, extension or setting."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from leadquality.catalogue import macro_statements
from leadquality.load import load
from leadquality.snapshot import Home, Snapshot, open_snapshot


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hardened")
    (folder / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-01,inbound\n")
    load(Home(folder / "home"), folder)
    return folder


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Snapshot:
    """Opened as outside tests: every macro is made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("leadquality.snapshot.reading.macro_statements", macro_statements)
        return open_snapshot(Home(folder / "home"))


def test_tests_open_a_snapshot_with_the_same_macros_and_nothing_more(folder, snapshot):
    def holds(opened: Snapshot) -> list[tuple[str, ...]]:
        found = opened.cursor().sql("""
            select function_name, function_type, parameters::varchar, macro_definition from duckdb_functions() where not internal
            union all select table_name, 'table', '', sql from duckdb_tables() where database_name <> 'snapshot'
            union all select database_name, 'database', '', '' from duckdb_databases()
            order by all
        """).fetchall()  # fmt: skip
        return [(*names, LIST_LEFT_OUT.sub(_in_order, text)) for *names, text in found]

    copied = holds(open_snapshot(Home(folder / "home")))
    assert copied == holds(snapshot)
    assert len(copied) > len(macro_statements())


LIST_LEFT_OUT = re.compile(r"(?<=EXCLUDE \()[^)]*(?=\))")
"""DuckDB writes these names in no fixed order."""


def _in_order(names: re.Match[str]) -> str:
    return ", ".join(sorted(names[0].split(", ")))


ATTACKS = [
    "select * from read_csv('{folder}/leads.csv')",
    "select * from '{folder}/leads.csv'",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from glob('/etc/*')",
    "select * from read_parquet('https://example.com/x.parquet')",
    "select * from read_json('{folder}/home/CURRENT')",
    "copy snapshot.fact_leads to '{folder}/stolen.csv'",
    "copy snapshot.fact_leads from '{folder}/leads.csv'",
    "export database '{folder}/stolen'",
    "import database '{folder}'",
    "attach '{folder}/new.duckdb' as other",
    "attach '{folder}/home/CURRENT' as other (type sqlite)",
    "install httpfs",
    "load httpfs",
    "force install spatial from community",
    "set enable_external_access = true",
    "set global enable_external_access = true",
    "set lock_configuration = false",
    "reset lock_configuration",
    "set timezone = 'Asia/Tokyo'",
    "set memory_limit = '100GB'",
    "set python_enable_replacements = true",
    "set allowed_directories = ['/']",
    "pragma enable_profiling = 'json'",
    "create persistent secret s (type http)",
    "insert into snapshot.fact_leads select * from snapshot.fact_leads",
    "delete from snapshot.fact_leads",
    "update snapshot.fact_leads set channel = 'outbound'",
    "with gone as (delete from snapshot.fact_leads returning *) select * from gone",
    "drop table snapshot.fact_leads",
    "create table snapshot.more (a integer)",
    "create or replace macro snapshot.fold(label) as label",
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("through", ["con", "cursor"])
def test_nothing_outside_the_snapshot_is_reached_and_nothing_in_it_changes(snapshot, folder, attack, through):
    con = snapshot.con if through == "con" else snapshot.cursor()
    before = sorted(path.name for path in folder.rglob("*"))
    with pytest.raises(duckdb.Error):
        con.execute(attack.format(folder=folder)).fetchall()
    assert sorted(path.name for path in folder.rglob("*")) == before
    assert snapshot.cursor().sql("select lead_id, channel from snapshot.fact_leads").fetchall() == [
        ("L1", "inbound")
    ]


# The views of the pooled database are its own, and memory: what is added to them is in no file.
OWN = ("create table snapshot.more", "create or replace macro snapshot.fold")


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if not attack.startswith(OWN)])
def test_all_channels_together_reach_no_further(snapshot, folder, attack):
    before = sorted(path.name for path in folder.rglob("*"))
    with pytest.raises(duckdb.Error):
        snapshot.pooled_cursor().execute(attack.format(folder=folder)).fetchall()
    assert sorted(path.name for path in folder.rglob("*")) == before
    pooled = snapshot.pooled_cursor().sql("select lead_id, channel from snapshot.fact_leads")
    assert pooled.fetchall() == [("L1", "inbound")]


@pytest.mark.parametrize(
    "change",
    [
        "update recorded.fact_leads set channel = 'outbound'",
        "create or replace table recorded.fact_leads as select 1 as lead_id",
        "drop table recorded.fact_leads",
    ],
)
def test_the_file_under_all_channels_together_is_read_only(snapshot, change):
    with pytest.raises(duckdb.Error, match="read-only"):
        snapshot.pooled_cursor().execute(change)


def test_python_variables_are_no_tables(snapshot):
    secret = pl.DataFrame({"a": [1]})
    with pytest.raises(duckdb.Error, match="secret"):
        snapshot.cursor().sql("select * from secret").fetchall()
    assert secret.height == 1


def test_every_cursor_has_the_zone_the_macros_and_the_lock(snapshot):
    names = "TimeZone", "enable_external_access", "lock_configuration", "python_enable_replacements"
    settings = ", ".join(f"current_setting('{name}')" for name in names)
    row = snapshot.cursor().sql(f"select fold(' OUT-bound '), {settings}").fetchall()
    assert row == [("outbound", "UTC", False, True, False)]
