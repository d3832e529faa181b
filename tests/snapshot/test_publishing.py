"""Publishing: whatever happens to a load, the snapshot before it stays current and whole."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import ROOT, InputRefused
from leadquality.engine import run
from leadquality.load import load
from leadquality.scope import Scope
from leadquality.snapshot import Home, NoSnapshot, Unchanged, open_snapshot
from leadquality.snapshot.restate import FIRST

STEPS = (
    "reading leads",
    "building facts",
    "counting",
    "checking",
    "sync data",
    "write manifest",
    "rename snapshot",
    "write pointer",
    "replace pointer",
    "published",
)
KILLED = """
import os, signal, sys
from pathlib import Path
from leadquality.load import load
from leadquality.snapshot import Home
home, folder, fatal, add = sys.argv[1:]
def report(step):
    if step == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
load(Home(Path(home)), Path(folder), report=report, add=add == "add")
"""
HEADER = "lead_id,created_at,channel\n"
BEFORE = HEADER + "L1,2025-01-01,inbound\n"
AFTER = BEFORE + "L2,2025-01-02,outbound\n"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one snapshot of one lead."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "leads.csv").write_text(BEFORE)
    load(Home(folder / "home"), folder)
    return folder / "home"


@pytest.fixture
def home(first: Path, tmp_path: Path) -> Home:
    """A copy of that home, beside extracts that now hold two leads."""
    (tmp_path / "leads.csv").write_text(AFTER)
    shutil.copytree(first, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """A further delivery of two leads."""
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "leads.csv").write_text(HEADER + "L3,2025-01-03,inbound\nL4,2025-01-03,inbound\n")
    return tmp_path / "next"


def leads(home: Home) -> int:
    return open_snapshot(home).cursor().sql("select count(*) from snapshot.fact_leads").fetchall()[0][0]


def test_the_zone_of_the_mapping_is_kept_with_the_snapshot(tmp_path):
    own = (ROOT / "data" / "mappings" / "own_columns.toml").read_text("utf-8")
    (tmp_path / "mapping.toml").write_text(own.replace('zone = "UTC"', 'zone = "Europe/Berlin"'))
    (tmp_path / "leads.csv").write_text(BEFORE)
    load(Home(tmp_path / "home"), tmp_path)
    opened = open_snapshot(Home(tmp_path / "home"))
    assert opened.cursor().sql("select setting_zone()").fetchall() == [("Europe/Berlin",)]


def left_over(home: Home) -> list[str]:
    return [path.name for path in home.snapshots.iterdir() if path.name.startswith(".")]


def test_a_load_reports_these_steps_in_this_order(home):
    steps: list[str] = []
    load(home, home.path.parent, report=steps.append)
    assert tuple(steps) == STEPS
    assert leads(home) == 2 and left_over(home) == []


def test_a_load_of_many_rows_names_their_judging_as_a_step(home, monkeypatch):
    monkeypatch.setattr("leadquality.intake.staging.MANY", 2)
    steps: list[str] = []
    load(home, home.path.parent, report=steps.append)
    assert steps[:3] == ["reading leads", "judging 2 rows of leads", "building facts"]


def kill(home: Home, folder: Path, step: str, add: str = "") -> None:
    """A load in a process of its own that is killed when it names the step."""
    command = [sys.executable, "-c", KILLED, str(home.path), str(folder), step, add]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL


@pytest.mark.parametrize("step", STEPS)
def test_a_load_killed_at_any_step_leaves_a_whole_snapshot_and_the_next_load_works(home, step):
    before = home.current()
    kill(home, home.path.parent, step)
    # the replacement of the pointer is the publication: only after it the new snapshot is current
    assert leads(home) == (2 if step == "published" else 1)
    assert (home.current() == before) == (step != "published")
    if step == "published":
        with pytest.raises(Unchanged):
            load(home, home.path.parent)
    else:
        load(home, home.path.parent)
    assert leads(home) == 2 and left_over(home) == []


def test_a_delivery_reports_these_steps_in_this_order(home, delivery):
    steps: list[str] = []
    load(home, delivery, report=steps.append, add=True)
    assert tuple(steps) == ("copying the last snapshot", *STEPS)
    assert leads(home) == 3 and left_over(home) == []


@pytest.mark.parametrize("step", ["copying the last snapshot", "counting", "rename snapshot", "published"])
def test_a_delivery_killed_at_any_step_leaves_a_whole_snapshot_and_can_be_added_again(home, delivery, step):
    before = home.current()
    kill(home, delivery, step, "add")
    assert leads(home) == (3 if step == "published" else 1)
    assert (home.current() == before) == (step != "published")
    if step == "published":
        with pytest.raises(InputRefused, match="already loaded"):
            load(home, delivery, add=True)
    else:
        load(home, delivery, add=True)
    assert leads(home) == 3 and left_over(home) == []


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_delivery_killed_at_every_step_leaves_a_whole_snapshot(home, delivery, step):
    kill(home, delivery, step, "add")
    assert leads(home) == (3 if step == "published" else 1)


@pytest.mark.parametrize("step", [*STEPS[:-1:3], "replace pointer"])
def test_an_exception_in_the_middle_leaves_the_previous_snapshot_and_nothing_half_built(home, step):
    class Interrupted(Exception):
        pass

    def report(name: str) -> None:
        if name == step:
            raise Interrupted

    before = home.current()
    with pytest.raises(Interrupted):
        load(home, home.path.parent, report=report)
    assert home.current() == before and leads(home) == 1
    assert left_over(home) == []
    load(home, home.path.parent)
    assert leads(home) == 2


def test_a_snapshot_that_was_never_published_is_not_listed_as_published(home):
    def report(name: str) -> None:
        if name == "write pointer":
            raise RuntimeError

    with pytest.raises(RuntimeError):
        load(home, home.path.parent, report=report)
    load(home, home.path.parent)
    # the first snapshot and the last one; not the one in between that nobody could ever read
    assert len(home.published()) == 2


def test_refused_input_leaves_the_previous_snapshot(home):
    (home.path.parent / "leads.csv").write_text("")
    before = home.current()
    with pytest.raises(InputRefused):
        load(home, home.path.parent)
    assert home.current() == before and leads(home) == 1 and left_over(home) == []


def test_a_second_load_at_the_same_time_is_refused_in_one_line_and_harms_nothing(home):
    refused: list[str] = []

    def report(name: str) -> None:
        if name == "counting":
            command = [
                sys.executable,
                "-m",
                "leadquality",
                "load",
                str(home.path.parent),
                "--home",
                str(home.path),
            ]
            second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            assert second.returncode == 2 and second.stdout == ""
            refused.append(second.stderr)

    load(home, home.path.parent, report=report)
    assert refused == [f"leadquality: {home.path}: another load is running; wait until it ends\n"]
    assert leads(home) == 2


# --- damage ---------------------------------------------------------------------------------------


def flip(path: Path, place: float) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 0x01
    path.write_bytes(content)


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.chmod(0o644)
    path.write_text(text.replace(old, new), "utf-8")


def current_folder(home: Home) -> Path:
    return home.snapshots / (home.current() or ("",))[0]


DAMAGE: dict[str, Callable[[Home], object]] = {
    "first byte of the data": lambda home: flip(current_folder(home) / "data.duckdb", 0),
    "a byte in the middle of the data": lambda home: flip(current_folder(home) / "data.duckdb", 0.5),
    "last byte of the data": lambda home: flip(current_folder(home) / "data.duckdb", 0.99999),
    "data gone": lambda home: (current_folder(home) / "data.duckdb").unlink(),
    "first byte of the manifest": lambda home: flip(current_folder(home) / "manifest.json", 0),
    "a byte in the middle of the manifest": lambda home: flip(current_folder(home) / "manifest.json", 0.5),
    "another day in the manifest": lambda home: rewrite(
        current_folder(home) / "manifest.json", '"as_of": "2025-01-01"', '"as_of": "2025-01-09"'
    ),
    "manifest gone": lambda home: (current_folder(home) / "manifest.json").unlink(),
    "snapshot gone": lambda home: shutil.rmtree(current_folder(home)),
    "pointer cut": lambda home: home.pointer.write_text(home.pointer.read_text()[:20]),
    "pointer empty": lambda home: home.pointer.write_text(""),
    "pointer of another shape": lambda home: home.pointer.write_text("[]"),
    "pointer without hash": lambda home: home.pointer.write_text('{"snapshot": "x"}'),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_refused_with_the_remedy_and_the_remedy_works(home, kind):
    DAMAGE[kind](home)
    with pytest.raises(NoSnapshot, match=r"(damaged|unreadable).*load the extracts again"):
        open_snapshot(home)
    load(home, home.path.parent)
    assert leads(home) == 2


def test_before_the_first_load_the_remedy_is_to_load(tmp_path):
    with pytest.raises(NoSnapshot, match="no data yet; load your extracts with `leadquality load DIR`"):
        open_snapshot(Home(tmp_path))


def test_what_is_published_cannot_be_written_by_mistake(home):
    assert {path.stat().st_mode & 0o777 for path in current_folder(home).iterdir()} == {0o444}
    assert sorted(path.name for path in current_folder(home).iterdir()) == [
        "data.duckdb",
        "manifest.json",
        "mapping.toml",
        "rows.duckdb",
    ]


# --- the same input -------------------------------------------------------------------------------


def answers(home: Home) -> dict[str, pl.DataFrame]:
    snapshot = open_snapshot(home)
    scope = Scope(snapshot.as_of).backed(snapshot.as_of)
    return {name: run(snapshot.cursor(), kpi, scope).rows for name, kpi in load_kpis().items()}


def test_the_same_input_gives_the_same_snapshot_under_a_new_path(tmp_path):
    rows = [f"L{n},2025-0{1 + n % 6}-0{1 + n % 9},{('inbound', 'outbound')[n % 2]}" for n in range(400)]
    (tmp_path / "leads.csv").write_text(HEADER + "\n".join(rows) + "\n")
    deals = [f"O{n},L{n},2025-07-01,{n + 1}.10,won,2025-07-02" for n in range(0, 400, 3)]
    header = "opportunity_id,lead_id,created_at,amount,outcome,closed_at\n"
    (tmp_path / "opportunities.csv").write_text(header + "\n".join(deals) + "\n")
    home = Home(tmp_path / "home")
    first, first_answers = load(home, tmp_path), answers(home)
    # the same day, declared: another load, and the first can be made once more
    between = load(home, tmp_path, as_of=date.fromisoformat(first.as_of))
    assert not between.snapshot.startswith(first.snapshot)
    second, second_answers = load(home, tmp_path), answers(home)
    assert second.snapshot == f"{first.snapshot}-2"
    assert first.restated == {"not_compared": FIRST}
    assert (between.restated["figure_count"], second.restated["figure_count"]) == (0, 0)
    bare = {"snapshot": "", "data_sha256": "", "rows_sha256": "", "restated": {}}
    assert replace(second, **bare) == replace(first, **bare)
    assert first_answers.keys() == load_kpis().keys()
    for name, frame in first_answers.items():
        assert second_answers[name].equals(frame), name


def test_the_snapshot_is_named_after_its_day_and_its_content(home):
    before = home.current()
    other = load(home, home.path.parent)
    assert before is not None and before[0].startswith("2025-01-01-")
    assert other.snapshot.startswith("2025-01-02-") and not other.snapshot.endswith("-2")
    pointer = json.loads(home.pointer.read_text())
    assert pointer["snapshot"] == other.snapshot


def test_a_snapshot_that_lacks_a_table_of_this_version_says_what_to_do(tmp_path, monkeypatch):
    home, folder = Home(tmp_path / "home"), tmp_path / "extracts"
    folder.mkdir()
    (folder / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-01,inbound\n", "utf-8")
    load(home, folder)
    newer = ["create macro of_tomorrow() as table select * from snapshot.fact_of_tomorrow"]
    monkeypatch.setattr("leadquality.snapshot.reading.macro_statements", lambda: newer)
    with pytest.raises(
        NoSnapshot, match=r"made by another version of the product .*; load the extracts again"
    ):
        open_snapshot(home)
