"""A load of what the snapshot in force has already is refused and changes nothing; whatever differs is a load."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from leadquality.contracts import ROOT, InputRefused
from leadquality.load import load
from leadquality.snapshot import Home, Manifest, Unchanged, open_snapshot

OWN = (ROOT / "data" / "mappings" / "own_columns.toml").read_text("utf-8")
LEADS = "lead_id,created_at,channel\nL1,2025-01-01,inbound\nL2,2025-01-02,inbound\n"
MORE = LEADS + "L3,2025-01-03,outbound\n"
DEALS = "opportunity_id,lead_id,created_at,outcome\nO1,L1,2025-01-02,open\n"
LOOKUP = """name = "looked into"
[channel]
rules = []
[[source]]
extract = "leads"
file = "leads.csv"
[[source]]
extract = "meetings"
file = "meetings.csv"
columns.lead_id = { lookup = "person", column = "lead" }
[source.lookups.person]
file = "people.csv"
key = "person"
by = "person"
"""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two files and a mapping, its home, and a second folder."""
    place = tmp_path_factory.mktemp("once")
    (place / "extracts").mkdir()
    (place / "extracts" / "leads.csv").write_text(LEADS)
    (place / "extracts" / "opportunities.csv").write_text(DEALS)
    (place / "extracts" / "mapping.toml").write_text(OWN)
    load(Home(place / "home"), place / "extracts")
    return place


@pytest.fixture
def place(once: Path, tmp_path: Path) -> Path:
    shutil.copytree(once, tmp_path / "place")
    return tmp_path / "place"


def state(home: Home) -> dict[str, bytes]:
    """Every file of the home but the lock, with its content."""
    paths = [path for path in home.path.rglob("*") if path.is_file() and path.name != ".lock"]
    return {str(path.relative_to(home.path)): path.read_bytes() for path in paths}


def test_the_same_files_again_are_refused_in_one_sentence_and_nothing_changes(place):
    home = Home(place / "home")
    before, (snapshot, _) = state(home), home.current() or ("", "")
    steps: list[str] = []
    with pytest.raises(Unchanged) as refusal:
        load(home, place / "extracts", report=steps.append)
    assert str(refusal.value) == (
        f"already loaded: nothing has changed since the snapshot {snapshot} was made of these files; it stays in force"
    )
    assert refusal.value.code == "ALREADY_LOADED"
    assert state(home) == before and steps == []


def rewritten(place: Path) -> None:
    """The same bytes, written anew."""
    (place / "extracts" / "leads.csv").write_text(LEADS)


def moved(place: Path) -> None:
    """The same files in another folder: its name says nothing."""
    shutil.copytree(place / "extracts", place / "other")
    shutil.rmtree(place / "extracts")
    (place / "other").rename(place / "extracts")


def neighbour(place: Path) -> None:
    """A file that the mapping does not read."""
    (place / "extracts" / "notes.csv").write_text("a,b\n1,2\n")


SAME: dict[str, Callable[[Path], object]] = {
    "written anew": rewritten,
    "in another folder": moved,
    "beside a file that is not read": neighbour,
}


def test_a_file_that_came_since_and_is_not_read_is_named(place):
    (place / "extracts" / "late.csv").write_text(LEADS.replace("L1", "L7"))
    with pytest.raises(
        Unchanged, match=r"stays in force\. Not read: late\.csv: it is own/leads/own columns, but leads are"
    ):
        load(Home(place / "home"), place / "extracts")


@pytest.mark.parametrize("kind", SAME)
def test_what_gives_the_same_figures_is_the_same_load(place, kind):
    SAME[kind](place)
    with pytest.raises(Unchanged):
        load(Home(place / "home"), place / "extracts")


def newer_version(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("load", "unchanged"):
        monkeypatch.setattr(f"leadquality.{room}.__version__", "99")


def other_engine(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("load", "unchanged"):
        monkeypatch.setattr(f"leadquality.{room}.ENGINE", "duckdb 99")


def other_definitions(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ("load", "unchanged"):
        monkeypatch.setattr(f"leadquality.{room}.definitions_hash", lambda: "other")


OTHER: dict[str, Callable[[Path, pytest.MonkeyPatch], object]] = {
    "a row more": lambda place, _: (place / "extracts" / "leads.csv").write_text(MORE),
    "one letter, of the same size": lambda place, _: (place / "extracts" / "leads.csv").write_text(
        LEADS.replace("L2", "L4")
    ),
    "a file more": lambda place, _: (place / "extracts" / "calls.csv").write_text(
        "call_id,lead_id,started_at,direction\nK1,L1,2025-01-02,outbound\n"
    ),
    "a file less": lambda place, _: (place / "extracts" / "opportunities.csv").unlink(),
    "a comment in the mapping": lambda place, _: (place / "extracts" / "mapping.toml").write_text(
        OWN + "\n#"
    ),
    "a settings file": lambda place, _: (place / "home" / "leadquality.toml").write_text("# ours"),
    "another version of the product": newer_version,
    "another engine": other_engine,
    "other definitions": other_definitions,
}


@pytest.mark.parametrize("kind", OTHER)
def test_whatever_differs_is_a_load(place, monkeypatch, kind):
    home = Home(place / "home")
    before = home.current()
    OTHER[kind](place, monkeypatch)
    load(home, place / "extracts", confirmed=True)
    assert home.current() != before and len(home.published()) == 2


def test_a_day_that_is_declared_is_not_the_day_that_was_found(place):
    home, folder = Home(place / "home"), place / "extracts"
    found = open_snapshot(home).as_of
    load(home, folder, as_of=found)
    with pytest.raises(Unchanged):
        load(home, folder, as_of=found)
    load(home, folder, as_of=date(2025, 1, 9))
    load(home, folder)
    assert len(home.published()) == 4 and open_snapshot(home).as_of == found


def test_the_files_of_an_older_snapshot_are_a_load_back_to_it(place):
    home, folder = Home(place / "home"), place / "extracts"
    first = home.current() or ("", "")
    (folder / "leads.csv").write_text(MORE)
    load(home, folder)
    (folder / "leads.csv").write_text(LEADS)
    assert load(home, folder, confirmed=True).snapshot == f"{first[0]}-2"
    with pytest.raises(Unchanged, match=f"{first[0]}-2"):
        load(home, folder)


def damaged(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("data.duckdb", damaged),
        ("manifest.json", damaged),
        ("rows.duckdb", damaged),
        ("mapping.toml", damaged),
        ("rows.duckdb", Path.unlink),
    ],
)
def test_when_anything_of_the_snapshot_is_damaged_the_load_is_the_remedy(place, name, harm):
    home = Home(place / "home")
    before = home.current() or ("", "")
    harm(home.snapshots / before[0] / name)
    manifest = load(home, place / "extracts")
    assert manifest.snapshot == f"{before[0]}-2" and open_snapshot(home).manifest == manifest
    with pytest.raises(Unchanged):
        load(home, place / "extracts")


def test_a_snapshot_of_a_version_that_did_not_keep_the_declared_day_is_loaded_anew(place, monkeypatch):
    home, folder = Home(place / "home"), place / "extracts"
    monkeypatch.setattr("leadquality.load.Manifest", lambda declared, **kept: Manifest(**kept))
    (folder / "leads.csv").write_text(MORE)
    assert load(home, folder).declared is None
    monkeypatch.undo()
    load(home, folder)
    assert len(home.published()) == 3


def test_deliveries_are_the_same_only_as_the_same_deliveries(place):
    home, first, second = Home(place / "home"), place / "extracts", place / "second"
    second.mkdir()
    (second / "leads.csv").write_text(MORE)
    load(home, second, add=True)
    # made by adding, and there is nothing that loading both would give beside
    with pytest.raises(Unchanged):
        load(home, [first, second])
    assert len(home.published()) == 2
    load(home, first, confirmed=True)
    empty = place / "empty"
    empty.mkdir()
    with pytest.raises(InputRefused, match="holds none of the files that the mapping names") as refusal:
        load(home, [first, empty])
    assert not isinstance(refusal.value, Unchanged)
    load(home, [first, second])
    assert len(home.published()) == 4


def test_a_file_that_is_only_looked_into_counts_too(place):
    home, folder = Home(place / "home"), place / "extracts"
    (folder / "mapping.toml").write_text(LOOKUP)
    (folder / "meetings.csv").write_text("meeting_id,held_at,person\nM1,2025-01-02,p1\n")
    (folder / "people.csv").write_text("person,lead\np1,L1\n")
    assert "people.csv" in load(home, folder, confirmed=True).files
    with pytest.raises(Unchanged):
        load(home, folder)
    (folder / "people.csv").write_text("person,lead\np1,L2\n")
    load(home, folder)
    assert len(home.published()) == 3


def test_a_file_that_is_no_plain_file_any_more_is_refused_as_ever(place):
    home, leads = Home(place / "home"), place / "extracts" / "leads.csv"
    leads.rename(place / "leads.csv")
    leads.symlink_to(place / "leads.csv")
    with pytest.raises(InputRefused, match="a symbolic link"):
        load(home, place / "extracts")
    assert "a symbolic link" in home.refused.read_text("utf-8")


def test_an_unchanged_folder_is_no_failed_load_and_ends_one(place):
    home, leads = Home(place / "home"), place / "extracts" / "leads.csv"
    with pytest.raises(Unchanged):
        load(home, place / "extracts")
    assert not home.refused.exists()
    leads.write_text("")
    with pytest.raises(InputRefused, match="the file is empty"):
        load(home, place / "extracts")
    assert home.refused.exists()
    # the wrong file is taken back: what lies there is what the pages show
    leads.write_text(LEADS)
    with pytest.raises(Unchanged):
        load(home, place / "extracts")
    assert not home.refused.exists()


def test_a_delivery_of_nothing_new_is_refused_and_is_no_failed_load(place, tmp_path):
    home = Home(place / "home")
    shutil.copytree(place / "extracts", tmp_path / "inbox")
    before, (snapshot, _) = state(home), home.current() or ("", "")
    with pytest.raises(Unchanged) as refusal:
        load(home, tmp_path / "inbox", add=True)
    assert str(refusal.value) == (
        f"already loaded: every file that is read of this delivery stands in the snapshot {snapshot}; it stays in force"
    )
    assert state(home) == before
    # one new file beside them, and somebody has to take the others out: that is a load that was not made
    (tmp_path / "inbox" / "leads.csv").write_text(MORE)
    with pytest.raises(
        InputRefused, match=r"opportunities\.csv: already loaded, as opportunities\.csv"
    ) as mixed:
        load(home, tmp_path / "inbox", add=True)
    assert not isinstance(mixed.value, Unchanged) and home.refused.exists()


def test_an_empty_delivery_is_refused_for_being_empty(place, tmp_path):
    (tmp_path / "inbox").mkdir()
    with pytest.raises(InputRefused, match="holds none of the files"):
        load(Home(place / "home"), tmp_path / "inbox", add=True)
