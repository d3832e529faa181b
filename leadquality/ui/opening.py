"""Open every page as a reader does who chooses nothing, and keep what they asked: `python -m leadquality.ui.opening`, a process of its
own, run after a load (leadquality/first_answers.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from streamlit.testing.v1 import AppTest

from leadquality.contracts import ROOT
from leadquality.snapshot import open_snapshot
from leadquality.ui import answers, kept
from leadquality.ui.served import home

PAGES: Final = tuple(
    path.relative_to(ROOT).as_posix()
    for path in sorted((ROOT / "pages").glob("*/*.py"))
    if path.stem != "load"  # it reads what lies in the inbox, not the snapshot
)
SECONDS: Final = 900
"""The longest that a page may take over a large history."""


def write() -> Path:
    """Ask what all pages ask first of the snapshot that is served; returns the file that keeps it."""
    snapshot = open_snapshot(home())
    snapshot.con.close()
    reader = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    for page in PAGES:
        reader.switch_page(page)
        reader.run()
    return answers.save(home(), snapshot, kept.ANSWERS.told(kept.of_snapshot(snapshot)))


if __name__ == "__main__":
    write()
