"""Faults of the machine: a load that the disk, the home folder or a file's damage stops says so in one line, and the next one works."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leadquality.contracts import ROOT, InputRefused, NotToml, toml_of
from leadquality.load import load, map_folder
from leadquality.snapshot import Home
from tests.intake.folders import LEADS, told

CODE = "import sys; from leadquality.cli import main; sys.exit(main())"


def command(*arguments: object, largest: int | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own; largest: bytes to which a file may grow, as on a disk that is full."""

    def bind() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest or 0, largest or 0))

    return subprocess.run(
        [sys.executable, "-c", CODE, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        preexec_fn=bind if largest else None,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return told(tmp_path / "in", leads=LEADS)


@pytest.mark.parametrize("largest", [1_000, 300_000, 1_500_000])
def test_a_full_disk_is_said_and_the_snapshot_before_stays(folder, tmp_path, largest):
    home = Home(tmp_path / "home")
    load(home, folder)
    before = home.current()
    (folder / "leads.csv").write_text(LEADS + "L4,2025-01-04,inbound\n")
    said = refused(command("load", folder, "--home", home.path, largest=largest))
    assert "no room" in said and "home" in said
    assert home.current() == before
    assert load(home, folder).tables["leads"]["used"] == 4


def test_the_page_says_why_the_last_load_failed(folder, tmp_path):
    home = Home(tmp_path / "home")
    load(home, folder)
    (folder / "leads.csv").write_text(LEADS + "L4,2025-01-04,inbound\n")
    refused(command("load", folder, "--home", home.path, largest=1_500_000))
    assert "no room" in home.refused.read_text("utf-8")


@pytest.mark.parametrize("place", ["home", "home/below", "home/far/below"])
def test_a_home_that_is_no_folder_is_named_with_the_remedy(folder, tmp_path, place):
    (tmp_path / "home").write_text("x")
    said = refused(command("load", folder, "--home", tmp_path / place))
    assert f"home folder {tmp_path / place}" in said and "--home" in said


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", "notes.txt", "copy of a snapshot.zip"])
def test_a_file_among_the_snapshots_is_let_be(folder, tmp_path, name):
    home = Home(tmp_path / "home")
    home.snapshots.mkdir(parents=True)
    stray = home.snapshots / name
    stray.write_text("x")
    load(home, folder)
    (folder / "leads.csv").write_text(LEADS + "L4,2025-01-04,inbound\n")
    assert load(home, folder).tables["leads"]["used"] == 4
    assert len(home.published()) == 2 and stray.read_text() == "x"


def test_a_link_among_the_snapshots_leads_nobody_to_remove_what_it_leads_to(folder, tmp_path):
    home = Home(tmp_path / "home")
    load(home, folder)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("x")
    (home.snapshots / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "leads.csv").write_text(LEADS + "L4,2025-01-04,inbound\n")
    load(home, folder)
    assert (tmp_path / "elsewhere" / "file").read_text() == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_without_permission_is_said(folder, tmp_path):
    (tmp_path / "home").mkdir(mode=0o500)
    with pytest.raises(InputRefused, match="no permission"):
        load(Home(tmp_path / "home"), folder)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "no room"),
        (OSError(122, "Disk quota exceeded"), "no room"),
        (OSError(30, "Read-only file system", "/x/data.duckdb"), "read-only"),
        (OSError(5, "Input/output error", "/x/data.duckdb"), "input/output error"),
        (OSError(13, "Permission denied", "/x"), "no permission"),
        (OSError(116, "Stale file handle", "/x"), "network drive"),
        (MemoryError(), "memory"),
    ],
)
def test_what_the_system_says_in_the_middle_of_a_load_ends_in_words(folder, tmp_path, error, words):
    home = Home(tmp_path / "home")
    load(home, folder)
    (folder / "leads.csv").write_text(LEADS + "L4,2025-01-04,inbound\n")

    def fail(step: str) -> None:
        if step == "sync data":
            raise error

    with pytest.raises(InputRefused, match=words):
        load(home, folder, report=fail)
    assert words in home.refused.read_text("utf-8")
    assert load(home, folder).tables["leads"]["used"] == 4


def test_a_fault_elsewhere_is_not_blamed_on_the_home_folder(folder, tmp_path):
    def fail(step: str) -> None:
        raise PermissionError(13, "Permission denied", str(folder / "leads.csv"))

    with pytest.raises(InputRefused) as refused:
        load(Home(tmp_path / "home"), folder, report=fail)
    said = str(refused.value)
    assert said.startswith(f"{folder / 'leads.csv'}: no permission") and "home" not in said.replace(
        str(folder), ""
    )


def test_a_defect_of_ours_stays_one(folder, tmp_path):
    def fail(step: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        load(Home(tmp_path / "home"), folder, report=fail)


@pytest.mark.parametrize(
    "text", [b"a = " + b"[" * 20_000, b"\xff\xfea", b"a = {" * 3000, b"[a\n", b"a = 1\na = 2\n"]
)
def test_what_is_no_toml_is_said_in_one_line(text):
    with pytest.raises(NotToml) as error:
        toml_of(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["mapping.toml", "leadquality.toml"])
def test_a_file_of_brackets_is_named(folder, tmp_path, name):
    (folder / name).write_bytes(b"a = " + b"{b = " * 5000)
    with pytest.raises(InputRefused, match=f"{name}: not readable as TOML"):
        load(Home(tmp_path / "home"), folder)


def test_map_names_a_mapping_of_brackets(folder, tmp_path):
    with pytest.raises(InputRefused, match=r"mapping\.toml: not readable as TOML"):
        map_folder(Home(tmp_path / "home"), folder, before=b"a = " + b"[" * 5000)


def test_a_reader_ends_with_the_process_that_asked(tmp_path):
    """A load that is killed leaves no process behind that goes on reading."""
    (tmp_path / "leads.csv").write_text("a,b\n1,2\n")
    (tmp_path / "reading").mkdir()
    code = (
        "import sys; from pathlib import Path; from leadquality.formats import apart\n"
        "from leadquality.formats.contract import Asked, Limits; from leadquality.formats.guard import opened\n"
        "apart.CHILD = 'tests.snapshot.slow_reader'; folder = Path(sys.argv[1])\n"
        "with opened(folder / 'leads.csv', Limits()) as file: apart.read_apart(file, Asked(), folder / 'reading')\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, tmp_path], cwd=ROOT)
    told = tmp_path / "reading" / "pid"
    while not told.exists():
        assert parent.poll() is None
        time.sleep(0.02)
    child = int(told.read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    for _ in range(500):
        if not alive(child):
            return
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the reader went on")


def alive(process: int) -> bool:
    """Whether a process runs; one that ended and was not asked for is none."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat")
        return not (state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z")
    except (ProcessLookupError, FileNotFoundError):
        return False
