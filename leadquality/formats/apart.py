"""A file from outside is read in a process of its own, with limits; a reader that dies means a refused file, nothing more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from leadquality.contracts import ROOT
from leadquality.formats.contract import Asked, Reading, Unreadable
from leadquality.formats.guard import Opened

Reader = Callable[[Opened, Asked, Path], Reading]
"""How a guarded file is read into an empty folder."""

CHILD = "leadquality.formats.child"


def read_apart(file: Opened, asked: Asked, folder: Path) -> Reading:
    """Read a guarded file into the empty `folder` by a fresh interpreter without environment. Raises Unreadable."""
    alive, held = os.pipe()
    job = json.dumps(
        {"descriptor": file.descriptor, "kind": file.kind, "asked": asdict(asked), "parent": alive}
    )
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", CHILD],
            input=job,
            capture_output=True,
            text=True,
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
            pass_fds=(file.descriptor, alive),
            timeout=asked.limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _stopped(f"reading it took more than {asked.limits.seconds} s") from error
    finally:
        os.close(alive)
        os.close(held)
    if child.returncode != 0:
        raise _stopped("out of memory or time" if child.returncode < 0 else "the reader gave up")
    return _answer(child.stdout)


def _answer(text: str) -> Reading:
    try:
        answer = json.loads(text)
        if "reading" in answer:
            return Reading.from_json(json.dumps(answer["reading"]))
        refusal = Unreadable(answer["code"], answer["what"], answer["line"])
    except (ValueError, KeyError, TypeError) as error:
        raise _stopped("the reader gave no answer") from error
    raise refusal


def _stopped(why: str) -> Unreadable:
    return Unreadable(
        "DAMAGED",
        f"the file is damaged or too large ({why}); export it again, or raise limits.memory_mb and limits.seconds in the mapping",
    )


def read_here(file: Opened, asked: Asked, folder: Path) -> Reading:
    """The same in this process: for files that are known, such as those of the tests."""
    from leadquality.formats.child import answered

    return _answer(json.dumps(answered(file.descriptor, file.kind, asked, folder)))
