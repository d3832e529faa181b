"""The process that reads a file, for a test, with a file that takes for ever: it says who it is and waits."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from leadquality.formats import child


def wait(*_: Any) -> dict[str, Any]:
    draft = Path("draft")
    draft.write_text(str(os.getpid()))
    draft.rename("pid")
    time.sleep(600)
    return {}


if __name__ == "__main__":
    child.answered = wait
    child.main()
