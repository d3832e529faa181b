"""The command line: what each command prints as JSON; exit code 0, 2 (refused in one line) or 1 (defect)."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from leadquality.catalogue import load_extracts, load_kpis
from leadquality.cli import main
from leadquality.contracts import CONTRACT, ROOT
from tests.story import TOLD_EVERYWHERE

MAPPING = ROOT / "data" / "sample" / "mapping.toml"


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Ended]


@pytest.fixture
def leadquality(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small sample, loaded into its home."""
    folder = tmp_path_factory.mktemp("cli")
    assert main(["sample", str(folder), "--leads", "900"]) == 0
    assert main(["load", str(folder), "--mapping", str(MAPPING), "--home", str(folder / "home")]) == 0
    return folder


@pytest.fixture
def home(loaded: Path) -> Path:
    return loaded / "home"


def one_line(ended: Ended, *words: str) -> None:
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.startswith("leadquality: ") and ended.err.count("\n") == 1, ended.err
    absent = [word for word in words if word not in ended.err]
    assert not absent, f"{absent} not in: {ended.err}"


# --- answers --------------------------------------------------------------------------------------


def test_kpis_as_json_lists_every_kpi(leadquality):
    ended = leadquality("kpis", "--json")
    assert ended.code == 0 and ended.err == ""
    assert [kpi["kpi_id"] for kpi in ended.json] == sorted(load_kpis())
    for kpi in ended.json:
        assert kpi["title"] and kpi["reads"] and kpi["unit"] and tuple(kpi["columns"][:9]) == CONTRACT


@pytest.mark.parametrize("kpi_id", sorted(TOLD_EVERYWHERE))
def test_kpi_as_json_has_the_promised_keys_and_the_contract_columns(leadquality, home, kpi_id):
    ended = leadquality("kpi", kpi_id, "--json", "--home", home)
    assert ended.code == 0 and ended.err == ""
    answer = ended.json
    assert list(answer) == ["kpi", "title", "unit", "snapshot", "as_of", "scope", "rows", "evidence"]
    kpi = load_kpis()[kpi_id]
    assert (answer["kpi"], answer["title"], answer["unit"]) == (kpi_id, kpi.title, kpi.unit)
    assert answer["as_of"] == answer["scope"]["as_of"] == "2026-11-22"
    assert answer["snapshot"].startswith("2026-11-22-")
    assert {tuple(row) for row in answer["rows"]} == {kpi.columns}
    assert {"inbound", "outbound"} <= {row["channel"] for row in answer["rows"]}


def test_kpi_as_csv_has_the_same_rows(leadquality, home):
    rows = leadquality("kpi", "close_rate_at_equal_age", "--json", "--home", home).json["rows"]
    table = list(
        csv.DictReader(
            io.StringIO(leadquality("kpi", "close_rate_at_equal_age", "--csv", "--home", home).out)
        )
    )
    assert [(row["channel"], row["age_days"]) for row in table] == [
        (row["channel"], str(row["age_days"])) for row in rows
    ]
    assert [float(row["estimate"] or "nan") for row in table] == pytest.approx(
        [float("nan") if row["estimate"] is None else row["estimate"] for row in rows], nan_ok=True
    )


def test_all_channels_is_a_row_beside_the_channels_or_a_reason(leadquality, home):
    asked = ("kpi", "early_stage_conversion", "--home", str(home))
    alone = json.loads(leadquality(*asked, "--json").out)
    both = json.loads(leadquality(*asked, "--all-channels", "--json").out)
    assert "all_channels" not in alone
    assert both["all_channels"] == {"is_pooled": True, "reason": ""}
    together = [row for row in both["rows"] if row["channel"] == "all"]
    assert [row for row in both["rows"] if row["channel"] != "all"] == alone["rows"]
    assert [row["denominator"] for row in together] == [sum(row["denominator"] for row in alone["rows"])]
    assert ",all," in leadquality(*asked, "--all-channels", "--csv").out
    assert "not taken together" not in leadquality(*asked, "--all-channels").out
    refused = ("kpi", "lead_to_opportunity", "--home", str(home), "--all-channels")
    answer = json.loads(leadquality(*refused, "--json").out)
    assert {row["channel"] for row in answer["rows"]} <= {"inbound", "outbound", "other", "unknown"}
    assert answer["all_channels"]["is_pooled"] is False
    assert answer["all_channels"]["reason"].startswith(
        "the channels are judged at different ages, inbound at 45 days"
    )
    said = leadquality(*refused).out
    assert "all channels are not taken together: the channels are judged at different ages" in said
    assert ",all," in leadquality(*refused, "--horizon", "60", "--csv").out


def test_kpi_in_words_says_what_it_reads(leadquality, home):
    ended = leadquality("kpi", "close_rate_at_equal_age", "--home", home)
    assert ended.code == 0 and load_kpis()["close_rate_at_equal_age"].reads in ended.out


def test_the_scope_of_the_command_is_the_scope_of_the_answer(leadquality, home):
    asked = [
        "--by",
        "source",
        "--from",
        "2025-02-03",
        "--to",
        "2026-02-01",
        "--as-of",
        "2026-10-01",
        "--horizon",
        "90",
    ]
    filters = ["--where", "segment=smb", "--where", "segment=mid", "--where", "channel=inbound"]
    answer = leadquality("kpi", "lead_to_opportunity", *asked, *filters, "--json", "--home", home).json
    assert answer["as_of"] == "2026-10-01"
    assert answer["scope"] == {
        "as_of": "2026-10-01",
        "from_on": "2025-02-03",
        "to_on": "2026-02-01",
        "channels": ["inbound"],
        "sources": [],
        "segments": ["smb", "mid"],
        "regions": [],
        "slice_by": "source",
        "reads": "events",
        "assuming": None,
        "gaps": [],
        "covered_from": None,
    }
    assert {row["horizon_days"] for row in answer["rows"]} == {90}
    assert {row["channel"] for row in answer["rows"]} == {"inbound"}
    assert {"organic", "paid_broad"} <= {row["slice"] for row in answer["rows"]}


def test_load_as_json_gives_the_accounts_and_they_add_up(leadquality, loaded, tmp_path):
    ended = leadquality("load", loaded, "--mapping", MAPPING, "--home", tmp_path, "--json")
    assert ended.code == 0
    assert list(ended.json) == [
        "snapshot",
        "as_of",
        "tables",
        "findings",
        "evidence",
        "unread",
        "undecided",
    ]
    assert ended.json["as_of"] == "2026-11-22"
    assert list(ended.json["tables"]) == list(load_extracts())
    for table in ended.json["tables"].values():
        assert list(table) == ["read", "used", "merged", "excluded", "rejected", "reasons", "examples"]
        assert table["read"] == table["used"] + table["merged"] + table["excluded"] + table["rejected"]
        assert sum(table["reasons"].values()) == table["read"] - table["used"]
        assert table["examples"].keys() == table["reasons"].keys()
    assert all(told["title"] and told["remedy"] for told in ended.json["findings"].values())
    # the same accounts again, without loading
    again = leadquality("load", loaded, "--home", tmp_path, "--if-empty", "--json")
    assert again.json == ended.json
    assert len(leadquality("snapshots", "--home", tmp_path, "--json").json) == 1


def test_load_adds_a_delivery_or_says_in_one_line_why_not(leadquality, tmp_path):
    home, first, second = tmp_path / "home", tmp_path / "first", tmp_path / "second"
    for number, folder in enumerate((first, second), start=1):
        folder.mkdir()
        (folder / "leads.csv").write_text(f"lead_id,created_at\nL{number},2025-01-0{number}\n")
    refused = leadquality("load", second, "--add", "--home", home)
    assert refused.code == 2 and refused.err.startswith("leadquality: no data yet;")
    assert refused.err.count("\n") == 1
    assert leadquality("load", first, "--home", home).code == 0
    added = leadquality("load", second, "--add", "--home", home, "--json")
    assert added.code == 0 and added.json["tables"]["leads"]["used"] == 2
    both = leadquality("load", first, second, "--home", tmp_path / "other", "--json")
    assert both.json == added.json


def test_load_of_the_same_files_is_refused_in_one_line_and_if_empty_is_content(leadquality, tmp_path):
    folder, home = tmp_path / "extracts", tmp_path / "home"
    folder.mkdir()
    (folder / "leads.csv").write_text("lead_id,created_at\nL1,2025-01-01\n")
    snapshot = leadquality("load", folder, "--home", home, "--json").json["snapshot"]
    one_line(
        leadquality("load", folder, "--home", home),
        f"already loaded: nothing has changed since the snapshot {snapshot}",
    )
    one_line(leadquality("load", folder, "--home", home, "--confirm", "--json"), "it stays in force")
    again = leadquality("load", folder, "--home", home, "--if-empty")
    assert (again.code, again.err) == (0, "")
    assert len(leadquality("snapshots", "--home", home, "--json").json) == 1
    assert leadquality("load", folder, "--home", home, "--as-of", "2025-01-01").code == 0


def test_load_in_words_gives_the_accounts_and_the_findings(leadquality, loaded, tmp_path):
    ended = leadquality("load", loaded, "--mapping", MAPPING, "--home", tmp_path)
    assert ended.code == 0
    assert (
        "  leads: 945 read = 900 used + 40 merged + 5 excluded + 0 rejected\n      25 DUPLICATE_EXACT, first in leads.csv, line "
        in ended.out
    )
    found = re.search(r"^  finding: 7 unmapped_dispositions: (.*)$", ended.out, re.M)
    assert found and "First: calls.csv, line " in found[1] and " On them rest 7 leads, " in found[1]
    assert "\n  Earlier weeks are not compared: no earlier load to compare with.\n" in ended.out
    assert re.search(r"^  calls: [\d,]+ rows; recorded from .* match a lead$", ended.out, re.M)


def test_load_as_of_an_earlier_day_leaves_out_what_came_later(leadquality, loaded, tmp_path):
    arguments = ("load", loaded, "--mapping", MAPPING, "--as-of", "2026-01-31", "--home", tmp_path, "--json")
    answer = leadquality(*arguments).json
    assert answer["as_of"] == "2026-01-31"
    assert answer["tables"]["leads"]["reasons"]["AFTER_AS_OF"] > 0


def test_snapshots_as_json_marks_the_current_one(leadquality, home):
    (only,) = leadquality("snapshots", "--json", "--home", home).json
    assert only["is_current"] is True and only["as_of"] == "2026-11-22" and only["mapping"] == "sample"
    assert list(only) == ["snapshot", "as_of", "mapping", "engine", "definitions", "is_current"]


def test_snapshots_of_an_empty_home_is_an_empty_list(leadquality, tmp_path):
    assert leadquality("snapshots", "--json", "--home", tmp_path).json == []
    assert "no snapshot yet" in leadquality("snapshots", "--home", tmp_path).out


def test_sample_says_how_many_rows_it_wrote(leadquality, tmp_path):
    ended = leadquality("sample", tmp_path / "s", "--leads", "700", "--seed", "5")
    assert ended.code == 0 and "745 leads" in ended.out
    assert (tmp_path / "s" / "leads.csv").read_bytes().count(b"\n") == 746


# --- refusals -------------------------------------------------------------------------------------

REFUSED = {
    "unknown KPI": (("kpi", "close_rat"), ("no KPI 'close_rat'", "close_rate_at_equal_age")),
    "unknown dimension": (
        ("kpi", "lead_to_opportunity", "--by", "rep"),
        ("--by rep", "source, segment, region"),
    ),
    "unknown dimension of a filter": (
        ("kpi", "lead_to_opportunity", "--where", "rep=x"),
        ("--where rep=x", "DIM=VALUE"),
    ),
    "filter without a value": (
        ("kpi", "lead_to_opportunity", "--where", "source"),
        ("--where source", "DIM=VALUE"),
    ),
    "unknown value": (
        ("kpi", "lead_to_opportunity", "--where", "source=tv"),
        ("source=tv", "organic", "webinar"),
    ),
    "as-of after the snapshot": (
        ("kpi", "lead_to_opportunity", "--as-of", "2027-01-01"),
        ("--as-of 2027-01-01", "ends on 2026-11-22", "load newer extracts"),
    ),
    "from after to": (
        ("kpi", "lead_to_opportunity", "--from", "2026-02-01", "--to", "2026-01-01"),
        ("2026-02-01", "2026-01-01", "earlier date first"),
    ),
    "missing folder": (("load", "/nowhere/at/all"), ("/nowhere/at/all", "no such folder")),
    "missing mapping": (
        ("load", "/nowhere", "--mapping", "/nowhere/m.toml"),
        ("/nowhere/m.toml", "cannot be read"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_answered_is_refused_in_one_line(leadquality, home, case):
    arguments, words = REFUSED[case]
    one_line(leadquality(*arguments, "--home", home), *words)


def test_without_a_snapshot_the_line_says_how_to_load_one(leadquality, tmp_path):
    one_line(
        leadquality("kpi", "lead_to_opportunity", "--home", tmp_path), "no data yet", "leadquality load DIR"
    )


def test_a_load_before_all_data_is_refused(leadquality, loaded, tmp_path):
    arguments = ("load", loaded, "--mapping", MAPPING, "--as-of", "2020-01-01", "--home", tmp_path)
    one_line(leadquality(*arguments), "as of 2020-01-01", "before all data", "give a later date")


WRONG = {
    "bad date": (("kpi", "lead_to_opportunity", "--as-of", "22.11.2026"), "'22.11.2026' is no date"),
    "horizon 0": (("kpi", "lead_to_opportunity", "--horizon", "0"), "'0' is no whole number from 1 on"),
    "horizon in words": (
        ("kpi", "lead_to_opportunity", "--horizon", "ten"),
        "'ten' is no whole number from 1 on",
    ),
    "both forms": (("kpi", "lead_to_opportunity", "--json", "--csv"), "not allowed with"),
    "unknown command": (("kpy",), "invalid choice: 'kpy'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_exits_2_with_the_value_on_the_last_line(leadquality, case):
    arguments, words = WRONG[case]
    ended = leadquality(*arguments)
    assert ended.code == 2 and ended.out == ""
    assert words in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("case", ["bad date", "horizon 0"])
def test_a_wrong_value_is_refused_in_one_line_like_everything_else(leadquality, case):
    arguments, words = WRONG[case]
    ended = leadquality(*arguments)
    assert ended.code == 2 and words in ended.err and ended.err.count("\n") == 1


def test_snapshots_with_a_damaged_manifest_is_refused_in_one_line(leadquality, loaded, tmp_path):
    leadquality("load", loaded, "--mapping", MAPPING, "--home", tmp_path)
    (manifest,) = tmp_path.glob("snapshots/*/manifest.json")
    manifest.chmod(0o644)
    manifest.write_text("{")
    one_line(leadquality("snapshots", "--home", tmp_path), "damaged")


# --- as a process ---------------------------------------------------------------------------------


def process(*arguments: object, code: str = "") -> subprocess.CompletedProcess[str]:
    """`python -m leadquality` in a process of its own, after running `code` in it."""
    program = (
        f"import runpy, sys\n{code}\nrunpy.run_module('leadquality', run_name='__main__', alter_sys=True)"
    )
    command = [sys.executable, "-c", program] if code else [sys.executable, "-m", "leadquality"]
    return subprocess.run(
        [*command, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_a_defect_of_ours_exits_1_with_its_traceback():
    code = "import leadquality.catalogue\ndef broken(): raise RuntimeError('of ours')\n"
    code += "leadquality.catalogue.load_kpis = broken"
    ended = process("kpis", code=code)
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr and "RuntimeError: of ours" in ended.stderr


def test_the_process_prints_json_and_exits_0(home):
    ended = process("kpi", "lead_to_opportunity", "--json", "--home", home)
    assert ended.returncode == 0 and ended.stderr == ""
    assert json.loads(ended.stdout)["kpi"] == "lead_to_opportunity"


def test_the_process_refuses_with_2_and_one_line(tmp_path):
    ended = process("kpi", "lead_to_opportunity", "--home", tmp_path)
    assert ended.returncode == 2 and ended.stdout == ""
    assert ended.stderr.count("\n") == 1 and "Traceback" not in ended.stderr


def test_a_reader_that_closes_early_is_no_defect():
    ended = subprocess.run(
        f"{sys.executable} -m leadquality kpis | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        cwd=ROOT,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0 and ended.stderr == ""


@pytest.mark.parametrize(
    ("address", "code"),
    [(None, 0), ("::1", 0), ("127.0.0.1", 0), ("0.0.0.0", 2), ("", 2), ("192.168.1.5", 2)],
)
def test_serve_listens_on_this_machine_alone_whatever_the_environment_says(
    monkeypatch, tmp_path, capsys, address, code
):
    ran = []
    monkeypatch.setattr(os, "execv", lambda path, arguments: ran.extend(arguments))
    monkeypatch.setattr(os, "chdir", lambda path: None)
    monkeypatch.setenv("LEADQUALITY_HOME", str(tmp_path))
    monkeypatch.delenv("STREAMLIT_SERVER_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", address)
    assert main(["serve", "--port", "9"]) == code
    assert (ran[-2:] == ["--server.maxUploadSize", "200"]) == (code == 0)
    assert (f"STREAMLIT_SERVER_ADDRESS={address}" in capsys.readouterr().err) == (code == 2)
