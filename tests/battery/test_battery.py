"""The battery of 199 cases of files as they really come: each ends with the outcome, the counts and the words it should."""

from __future__ import annotations

import importlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from leadquality.contracts import InputRefused
from leadquality.formats import Reader, read_apart, read_here
from leadquality.load import load
from leadquality.snapshot import Home
from tests.battery.intake import HERE, Outcome, files_of, mapping_text, run, with_leads
from tests.conftest import SHARED

DECISIONS = tomllib.loads((HERE / "decisions.toml").read_text("utf-8"))
PROFILES = DECISIONS.pop("profile")
EXPECTED = SHARED / "spec" / "bad_inputs.json"
CASES = (
    {case["id"]: case for case in json.loads(EXPECTED.read_text("utf-8"))["cases"]}
    if EXPECTED.is_file()
    else {}
)
NOBODY = 65534
SECONDS = 10
"""Of processor time: a busy machine takes longer, and is no fault."""
MEGABYTES = 1024


def spent() -> float:
    """Processor seconds of this process and of those that it has seen to their end."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@pytest.fixture(scope="session")
def battery(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The cases, written once: id to case, with `folder`, the place of its files."""
    tool = SHARED / "tools" / "make_bad_inputs.py"
    if not tool.is_file():
        pytest.skip("the shared tools are not on this machine (set LEADQUALITY_SHARED)")
    pytest.importorskip("openpyxl", reason="the battery is written with openpyxl")
    pytest.importorskip("xlsxwriter", reason="the battery is written with xlsxwriter")
    out = tmp_path_factory.mktemp("battery")
    command = [sys.executable, str(tool), "--schema", str(HERE / "schema.json"), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    cases = json.loads((out / "index.json").read_text("utf-8"))
    for case in cases:
        assert "skipped" not in case, case
        case["folder"] = out / case["id"]
        for file in files_of(case):
            rested(case["folder"] / file, case["id"])
    return {case["id"]: case for case in cases}


def rested(path: Path, case: str) -> None:
    """A file that was written a while ago, as files in a drop folder are; the case about growing files touches its own."""
    if case != "f_future_mtime" and path.is_file() and not path.is_symlink():
        os.utime(path, (0, 0))


def outcome_of(case: dict[str, Any], work: Path, read: Reader = read_here) -> Outcome:
    """Run one case in an empty state."""
    if case["id"] == "f_growing":
        os.utime(case["folder"] / "calls.csv")
    profile = PROFILES.get(case["id"], {})
    if case["id"] == "f_unreadable" and os.geteuid() == 0:
        # its file is refused before any process is started, and root's interpreter may be none for nobody to start or to read
        importlib.import_module("leadquality.formats.child")
        with ordinary_user(case) as (same, its_work):
            return run(same, its_work, read_here, profile)
    return run(case, work, read, profile)


@contextmanager
def ordinary_user(case: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Path]]:
    """Root reads everything, so the case runs as nobody, in a folder of nobody's with the files as they are in the battery.

    Gives the case there, and a folder to work in.
    """
    with tempfile.TemporaryDirectory(prefix="battery-") as name:
        folder, work = Path(name), Path(name) / "work"
        work.mkdir()
        with_leads(folder)
        for file in files_of(case):
            shutil.copy2(case["folder"] / file, folder / file)
        for path in (folder, work, folder / "the leads.csv"):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield {**case, "folder": folder}, work / "files"
        finally:
            os.seteuid(0)


def wanted_of(case: dict[str, Any]) -> dict[str, Any]:
    """What a case must end with: the battery's expectation, or the decision where it leaves a choice."""
    expect = dict(case["expect"])
    decision = DECISIONS.get(case["id"])
    if decision is None or decision["outcome"] == expect["outcome"]:
        return expect
    renamed = {
        "says": "message_contains",
        "read": "rows_in",
        "used": "rows_accepted",
        "out": "rows_quarantined",
    }
    return {renamed.get(key, key): value for key, value in decision.items() if key != "why"}


def differences(wanted: dict[str, Any], found: Outcome) -> list[str]:
    """Every point in which an outcome is not what is wanted."""
    wrong = (
        [f"not one line: {found.message}"] if "\n" in found.message or "Traceback" in found.message else []
    )
    if found.outcome != wanted["outcome"]:
        wrong.append(f"outcome {found.outcome}, not {wanted['outcome']}: {found.message}")
    for key, count in (
        ("rows_in", found.read),
        ("rows_accepted", found.used),
        ("rows_quarantined", found.out),
    ):
        if key in wanted and count != wanted[key]:
            wrong.append(f"{key} {count}, not {wanted[key]}")
    if "rows_in" in wanted and found.skipped != wanted.get("lines_skipped", 0):
        wrong.append(f"lines_skipped {found.skipped}, not {wanted.get('lines_skipped', 0)}")
    if "reason" in wanted and found.reasons != {wanted["reason"]}:
        wrong.append(f"reason {set(found.reasons)}, not {wanted['reason']}")
    if wanted.get("message_contains", "").lower() not in found.message.lower():
        wrong.append(f"message without {wanted['message_contains']!r}: {found.message}")
    if (
        wanted["outcome"] not in ("refuse", "ignore")
        and "finding" in wanted
        and wanted["finding"] not in found.findings
    ):
        wrong.append(f"finding {wanted['finding']} not among {sorted(found.findings)}")
    for asked, value in zip(wanted.get("values", []), found.values, strict=True):
        if value != (Decimal(asked["is"]) if isinstance(asked["is"], str) else asked["is"]):
            wrong.append(f"value {value!r}, not {asked}")
    return wrong


@pytest.mark.parametrize("case", [case for case in CASES if case != "key_stale_file"])
def test_a_case_ends_as_it_should(battery, tmp_path, case):
    started = spent()
    found = outcome_of(battery[case], tmp_path / "work")
    assert differences(wanted_of(battery[case]), found) == []
    assert spent() - started < SECONDS


def test_key_stale_file_the_older_extract_is_refused_and_the_newer_stays(battery, tmp_path):
    case = battery["key_stale_file"]
    home = Home(tmp_path / "home")
    for file in files_of(case):
        inbox = tmp_path / file
        inbox.mkdir()
        (inbox / file).write_bytes((case["folder"] / file).read_bytes())
        rested(inbox / file, case["id"])
        with_leads(inbox)
        (inbox / "mapping.toml").write_text(mapping_text([file]))
        if file.startswith("1"):
            load(home, inbox)
            first = home.current()
            continue
        with pytest.raises(InputRefused) as refused:
            load(home, inbox)
        assert wanted_of(case)["message_contains"] in str(refused.value)
        assert refused.value.code == "STALE"
    assert home.current() == first is not None


def test_the_battery_is_there_whole():
    if not CASES:
        pytest.skip("the shared reference data are not on this machine (set LEADQUALITY_SHARED)")
    assert len(CASES) == 199


def test_every_alternative_is_decided_once_and_nothing_else_is():
    if not CASES:
        pytest.skip("the shared reference data are not on this machine (set LEADQUALITY_SHARED)")
    open_cases = {name: case["expect"] for name, case in CASES.items() if "also_acceptable" in case["expect"]}
    assert DECISIONS.keys() == open_cases.keys()
    for name, expect in open_cases.items():
        assert DECISIONS[name]["outcome"] in {expect["outcome"], *expect["also_acceptable"]}, name
        assert len(DECISIONS[name]["why"].split()) > 5


def test_the_unreadable_file_is_unreadable_and_its_neighbour_is_not(battery):
    if os.geteuid() != 0:
        pytest.skip("an ordinary user is meant; the case itself runs as one here")
    with ordinary_user(battery["f_unreadable"]) as (case, _):
        assert (case["folder"] / "the leads.csv").read_text().startswith("lead_id")
        with pytest.raises(PermissionError):
            (case["folder"] / "calls.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.apart
@pytest.mark.parametrize("case", [case for case in CASES if case != "key_stale_file"])
def test_a_case_ends_the_same_in_a_process_of_its_own(battery, tmp_path, case):
    started = spent()
    found = outcome_of(battery[case], tmp_path / "work", read_apart)
    assert differences(wanted_of(battery[case]), found) == []
    assert spent() - started < SECONDS
    # the largest of all children so far, in KiB
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MEGABYTES * 1024
