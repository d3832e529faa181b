"""After a load: every page is opened once, so that the first readers wait for no query (leadquality/ui/opening.py)."""

from __future__ import annotations

import os
import subprocess
import sys

from leadquality.contracts import ROOT
from leadquality.snapshot import Home


def ask_first(home: Home) -> str:
    """Open every page in a process of its own, which keeps what they ask beside the snapshot in force. Returns why that failed, or an
    empty text; the pages then work their figures out when they are opened."""
    command = [sys.executable, "-m", "leadquality.ui.opening"]
    place = os.environ | {"LEADQUALITY_HOME": str(home.path.resolve())}
    done = subprocess.run(command, cwd=ROOT, env=place, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no reason given"])[-1]
