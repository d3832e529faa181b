"""UCI Bank Marketing, a real outbound campaign, in both forms: rows, conversions and attempts by polars; nothing compared."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest

from leadquality.catalogue import load_kpis
from leadquality.cli import main
from leadquality.contracts import ROOT, InputRefused
from leadquality.engine import run, values
from leadquality.load import load
from leadquality.scope import Scope
from leadquality.snapshot import Home, Snapshot, open_snapshot
from leadquality.verdict import Side, compare, only_channel
from tests.conftest import SHARED

AS_OF = date(2010, 11, 30)
FILES = {"uci_bank": "bank.csv", "uci_bank_additional": "bank-additional.excel_wrapped.csv"}


@pytest.fixture(scope="module", params=FILES)
def mapping(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def raw(mapping: str) -> pl.DataFrame:
    """The file by another road: the wrapped one is unwrapped by Python's csv module, then read again."""
    path = SHARED / "data" / "uci_bank" / FILES[mapping]
    if not path.is_file():
        pytest.skip("the shared reference data are not on this machine (set LEADQUALITY_SHARED)")
    if "wrapped" not in path.name:
        return pl.read_csv(path, separator=";")
    with path.open(newline="") as file:
        lines = [fields[0] for fields in csv.reader(file)]
    return pl.read_csv("\n".join(lines).encode(), separator=";")


@pytest.fixture(scope="module")
def home(mapping: str, raw: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp(mapping))
    load(home, SHARED / "data" / "uci_bank", ROOT / "data" / "mappings" / f"{mapping}.toml")
    return home


@pytest.fixture(scope="module")
def snapshot(home: Home) -> Iterator[Snapshot]:
    opened = open_snapshot(home)
    yield opened
    opened.con.close()


def one(snapshot: Snapshot, statement: str) -> tuple[Any, ...]:
    (row,) = snapshot.cursor().sql(statement).fetchall()
    return row


def test_the_files_are_those_of_the_readme(mapping, raw):
    assert (raw.height, (raw["y"] == "yes").sum()) == {
        "uci_bank": (4521, 521),
        "uci_bank_additional": (4119, 451),
    }[mapping]


def test_rows_and_channel(snapshot, raw):
    assert one(snapshot, "select count(*), min(channel), max(channel) from snapshot.fact_leads") == (
        raw.height,
        "outbound",
        "outbound",
    )
    assert one(snapshot, "select distinct channel_evidence from snapshot.fact_leads") == (
        "channel = outbound",
    )


def test_conversions(snapshot, raw):
    won = raw.filter(pl.col("y") == "yes").height
    table = snapshot.manifest.tables["opportunities"]
    assert (table["read"], table["used"], table["excluded"]) == (raw.height, won, raw.height - won)
    assert one(
        snapshot,
        "select count(*), count(distinct lead_id) from snapshot.fact_opportunities where outcome = 'won'",
    ) == (
        won,
        won,
    )
    assert one(snapshot, "select count(*) from snapshot.fact_calls where disposition = 'qualified'") == (won,)


def test_attempts_and_the_length_of_the_last_call(snapshot, raw):
    attempts = int(raw["campaign"].sum())
    assert one(
        snapshot, "select count(*), sum(talk_seconds), count(talk_seconds) from snapshot.fact_calls"
    ) == (
        attempts,
        raw["duration"].sum(),
        raw.height,
    )
    # by client: the file's own count, in the order of its rows
    counted = snapshot.cursor().sql("select lead_id, count(*) from snapshot.fact_calls group by 1").fetchall()
    assert dict(counted) == {f"client-{place}": tries for place, tries in enumerate(raw["campaign"], 1)}
    assert one(snapshot, "select distinct direction from snapshot.fact_calls") == ("outbound",)
    assert snapshot.manifest.findings["row_stands_for_several"] == 1


def test_what_is_not_known_is_null(snapshot, raw):
    unknown = (raw["job"] == "unknown").sum()
    assert one(snapshot, "select count(*) - count(title) from snapshot.fact_leads") == (unknown,)
    assert snapshot.manifest.findings["stand_in_date"] == 4
    unmapped = int(raw["campaign"].sum()) - raw.height
    assert snapshot.manifest.findings["unmapped_dispositions"] == unmapped


def test_nothing_over_time_is_told(snapshot):
    kpis = load_kpis()
    scope = Scope(AS_OF).backed(AS_OF)
    dated = {"leads.created_at", "calls.started_at", "opportunities.created_at", "opportunities.closed_at"}
    told = []
    for name, kpi in kpis.items():
        result = run(snapshot.cursor(), kpi, scope)
        if dated & set(kpi.needs):
            assert result.unavailable, name
        elif not result.unavailable:
            told.append(name)
    assert told == ["discovery_duration", "extract_integrity", "icp_fit_rate", "record_completeness"]
    result = run(snapshot.cursor(), kpis["close_rate_at_equal_age"], scope)
    assert "needs the column created_at of the extract leads" in result.unavailable


def test_a_comparison_with_inbound_is_declined_with_the_reason(snapshot):
    result = run(snapshot.cursor(), load_kpis()["discovery_duration"], Scope(AS_OF).backed(AS_OF))
    assert result.row("inbound") is None and result.row("difference") is None
    row = result.row("outbound")
    assert row is not None
    side = Side("outbound", row["estimate"], row["low"], row["high"], row["n_old_enough"], row["denominator"], row["denominator"], row["status"])  # fmt: skip
    verdict = compare(None, side, None, 30, unit="seconds")
    assert (verdict.kind, verdict.ahead) == ("one_channel", None)
    assert verdict.sentence.startswith("Only outbound leads in this scope, so there is nothing to compare.")
    assert only_channel(values(snapshot.cursor())["channel"]) == verdict.sentence


def test_the_reason_is_said_on_the_command_line(home, capsys):
    capsys.readouterr()
    assert main(["kpi", "close_rate_at_equal_age", "--home", str(home.path)]) == 0
    assert "Only outbound leads in this scope, so there is nothing to compare." in capsys.readouterr().out


def test_a_file_that_is_not_wrapped_is_not_unwrapped(shared, tmp_path):
    text = (ROOT / "data" / "mappings" / "uci_bank_additional.toml").read_text("utf-8")
    other = tmp_path / "mapping.toml"
    other.write_text(text.replace("bank-additional.excel_wrapped.csv", "bank.csv"), "utf-8")
    with pytest.raises(InputRefused, match=r"bank\.csv"):
        load(Home(tmp_path / "home"), shared / "data" / "uci_bank", other)


def test_only_channel_speaks_only_where_one_of_the_two_is_missing():
    assert only_channel(["inbound", "outbound", "unknown"]) == only_channel(["unknown", "other"]) == ""
    assert only_channel(["inbound", "other"]).startswith("Only inbound leads")
