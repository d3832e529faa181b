"""First answers: kept beside the snapshot after a load, the same to the last bit, and passed over where they are not of its making."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from leadquality.cli import main
from leadquality.contracts import ROOT
from leadquality.scope import Scope
from leadquality.snapshot import Home, open_snapshot
from leadquality.ui import answers, kept, opening
from leadquality.ui.plain import dumped, loaded

LEADS = "lead_id,created_at,channel,source\n" + "".join(
    f"L{at},2026-0{1 + at % 6}-03,{('inbound', 'outbound')[at % 2]},\u2028web\n" for at in range(80)
)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(kept, "ANSWERS", kept.Kept(kept.MOST, kept.MOST_ROWS, kept.SNAPSHOTS))
    monkeypatch.setattr(answers, "TAKEN", {})


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    """Leads of both channels, loaded, and nothing asked yet."""
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    home = Home(tmp_path / "home")
    monkeypatch.setenv("LEADQUALITY_HOME", str(home.path))
    assert main(["load", str(tmp_path), "--home", str(home.path)]) == 0
    return home


def taken(home: Home) -> list[object]:
    """What a server keeps once it has opened the snapshot."""
    kept.ANSWERS.clear()
    answers.TAKEN.clear()
    snapshot = open_snapshot(home)
    answers.take(home, snapshot)
    return kept.ANSWERS.told(kept.of_snapshot(snapshot))


VALUES = [
    None, True, 0, -(2**70), 0.1, float("inf"), "é\u2028\n\ud800", date(2026, 1, 31), datetime(2026, 1, 31, 9, 5, 1),
    (), [], {}, ("a", [1, (2.5, None)]), {("a", 1): {"b": date(2026, 1, 1)}}, Scope(date(2026, 3, 1), sources=("web", "x")),
    pl.DataFrame(), pl.DataFrame({"a": [1, None], "b": [date(2026, 1, 1), None], "c": [0.1, float("nan")], "d": [["x"], []]}),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_as_it_was(value):
    text = dumped(value)
    again = loaded(text)
    assert text.isascii() and "\n" not in text
    assert type(again) is type(value)
    assert (
        again.equals(value) and again.schema == value.schema
        if isinstance(value, pl.DataFrame)
        else again == value
    )


@pytest.mark.parametrize(
    "value", [object(), {1}, Path("x"), kept.ANSWERS], ids=lambda value: type(value).__name__
)
def test_nothing_else_is_written(value):
    with pytest.raises(TypeError, match="nothing that an answer holds"):
        dumped([value])


@pytest.mark.parametrize(
    "text",
    [
        '{"is": "Path", "of": {}}',
        '{"is": "Scope", "of": {"x": 1}}',
        '{"of": 1}',
        "{",
        '{"is": "kpi", "of": "?"}',
    ],
)
def test_nothing_else_is_made(text):
    with pytest.raises((ValueError, KeyError, TypeError)):
        loaded(text)


def test_after_a_load_no_page_asks_anything(sample_home, tmp_path, serve, statements, monkeypatch):
    place = shutil.copytree(sample_home, tmp_path / "sample")
    monkeypatch.setenv("LEADQUALITY_HOME", str(place))
    opening.write()
    told = dict(kept.ANSWERS.told(kept.of_snapshot(open_snapshot(Home(place)))))
    assert len(told) > 80
    again = dict(taken(Home(place)))
    assert again.keys() == told.keys()
    assert all(dumped(again[question]) == dumped(answer) for question, answer in told.items())
    statements.clear()
    for page in opening.PAGES:
        kept.ANSWERS.clear()
        answers.TAKEN.clear()
        assert not serve(place, page).exception
        assert statements == [], page


@pytest.mark.parametrize(
    "damage", ["cut", "nonsense", "other facts", "other rules", "unknown class", "gone", "empty"]
)
def test_a_file_of_another_making_is_passed_over(home, damage):
    path = opening.write()
    assert taken(home)
    head, *lines = path.read_text("utf-8").splitlines()
    rules = json.loads(head)
    match damage:
        case "cut":
            path.write_text("\n".join([head, *lines])[:-20], "utf-8")
        case "nonsense":
            path.write_bytes(b"\xff\x00" * 40)
        case "other facts":
            path.write_text("\n".join([json.dumps(rules | {"data": "0"}), *lines]), "utf-8")
        case "other rules":
            path.write_text("\n".join([json.dumps(rules | {"code": "0"}), *lines]), "utf-8")
        case "unknown class":
            path.write_text("\n".join([head, *lines, '["x", {"is": "Popen", "of": {}}]']), "utf-8")
        case "gone":
            path.unlink()
        case "empty":
            path.write_text("", "utf-8")
    assert taken(home) == []


def test_a_file_that_comes_later_is_taken_once(home, monkeypatch):
    snapshot = open_snapshot(home)
    answers.take(home, snapshot)
    assert kept.ANSWERS.told(kept.of_snapshot(snapshot)) == []
    opening.write()
    kept.ANSWERS.clear()
    answers.take(home, snapshot)
    assert kept.ANSWERS.told(kept.of_snapshot(snapshot))
    monkeypatch.setattr(answers, "loaded", lambda text: pytest.fail("read again"))
    answers.take(home, snapshot)


def test_the_same_load_gives_the_same_file_and_the_one_before_goes(home, tmp_path):
    path = opening.write()
    before = path.read_bytes()
    kept.ANSWERS.clear()
    assert opening.write() == path and path.read_bytes() == before
    (tmp_path / "leads.csv").write_text(LEADS + "L99,2026-06-30,inbound,web\n", "utf-8")
    assert main(["load", str(tmp_path), "--home", str(home.path)]) == 0
    newer = opening.write()
    assert newer != path and list(newer.parent.iterdir()) == [newer]


def test_the_command_opens_the_pages_when_the_load_is_published(tmp_path):
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    command = [sys.executable, "-m", "leadquality", "load", str(tmp_path), "--home", str(tmp_path / "home")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "80 read = 80 used" in done.stdout and done.stderr == ""
    assert len(taken(Home(tmp_path / "home"))) > 20


def test_pages_that_cannot_be_opened_do_not_undo_a_load(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("leadquality.first_answers.ask_first", lambda home: "OSError: no space left")
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    assert main(["load", str(tmp_path), "--home", str(tmp_path / "home")]) == 0
    said = capsys.readouterr()
    assert "80 read = 80 used" in said.out
    assert (
        said.err
        == "leadquality: pages work out their figures when they are first opened (OSError: no space left)\n"
    )
