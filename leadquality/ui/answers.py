"""First answers: what the pages ask of a new snapshot before anybody chooses anything. Asked once after the load and kept beside the
snapshot, so that whoever opens the dashboard next waits for no query.

    load -> publish -> leadquality/ui/opening.py opens every page, in a process of its own -> HOME/answers/<snapshot>.jsonl
    server -> opens the snapshot -> takes the file, once it is there -> pages find their answers (leadquality/ui/kept.py)

Nothing rests on the file: without it, or with one of other rules, pages work their figures out when they are opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from leadquality.catalogue import definitions_hash
from leadquality.contracts import ROOT
from leadquality.snapshot import Home, Snapshot
from leadquality.ui import kept
from leadquality.ui.plain import dumped, loaded

TAKEN: dict[Path, tuple[int, int]] = {}
"""By snapshot the time and the size of the file that was taken, or found to be of no use."""


def save(home: Home, snapshot: Snapshot, told: Iterable[tuple[Hashable, Any]]) -> Path:
    """Write questions and answers in place of those of the snapshot before; returns the file."""
    lines = sorted(dumped([question, answer]) for question, answer in told)
    path = _path(home, snapshot)
    path.parent.mkdir(exist_ok=True)
    for other in path.parent.iterdir():
        other.unlink()
    draft = path.with_suffix(".tmp")
    draft.write_text("\n".join([json.dumps(_rules(snapshot)), *lines]) + "\n", "utf-8")
    return draft.replace(path)


def take(home: Home, snapshot: Snapshot) -> None:
    """Keep what the file beside this snapshot holds, once; a file of other rules, or a damaged one, is passed over."""
    path = _path(home, snapshot)
    try:
        state = path.stat()
        if TAKEN.get(snapshot.path) == (state.st_mtime_ns, state.st_size):
            return
        TAKEN[snapshot.path] = (state.st_mtime_ns, state.st_size)
        head, *lines = path.read_text("utf-8").splitlines()
        if json.loads(head) != _rules(snapshot):
            return
        told = [loaded(line) for line in lines]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    for question, answer in told:
        kept.ANSWERS.put(kept.of_snapshot(snapshot), question, answer)


def _path(home: Home, snapshot: Snapshot) -> Path:
    return home.path / "answers" / f"{snapshot.manifest.snapshot}.jsonl"


def _rules(snapshot: Snapshot) -> dict[str, str]:
    """What the answers hang on: the facts, the definitions, and the code that asks and judges."""
    return {"data": snapshot.manifest.data_sha256, "definitions": definitions_hash(), "code": _code()}


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for folder in ("leadquality", "pages"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
