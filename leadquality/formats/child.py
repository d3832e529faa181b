"""The process that reads one file: it binds itself to limits, reads, and answers with one line of JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from leadquality.faults import ROOM, is_no_room
from leadquality.formats.contract import Asked, Limits, Unreadable
from leadquality.formats.reading import read


def main() -> None:
    """Read the job from standard input, answer on standard output."""
    job = json.load(sys.stdin)
    threading.Thread(target=end_with, args=(job["parent"],), daemon=True).start()
    told = job["asked"]
    names = {name: tuple(told[name]) for name in ("known", "mapped")}
    asked = Asked(**{**told, **names, "limits": Limits(**told["limits"])})
    bind(asked.limits)
    print(json.dumps(answered(job["descriptor"], job["kind"], asked, Path.cwd())))


def end_with(parent: int) -> None:
    """Wait at a pipe into which the parent never writes: where the parent ends, however it does, so does this process."""
    os.read(parent, 1)
    os._exit(1)


def bind(limits: Limits) -> None:
    """Limit memory, processor time and size of files of this process. Address space counts what is only reserved: more
    processors reserve more."""
    memory = (limits.memory_mb + 512 * max(0, (os.cpu_count() or 2) - 2)) << 20
    for what, limit in {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: limits.seconds * (os.cpu_count() or 2),
        resource.RLIMIT_FSIZE: 8 * max(limits.file_mb, limits.unpacked_mb) << 20,
        resource.RLIMIT_CORE: 0,
    }.items():
        bound = resource.getrlimit(what)[1]
        own = limit if bound == resource.RLIM_INFINITY else min(limit, bound)
        resource.setrlimit(what, (own, own))


def answered(descriptor: int, kind: str, asked: Asked, folder: Path) -> dict[str, Any]:
    """The reading, or why the file is refused, as JSON values. An error nobody foresaw refuses the file as well."""
    try:
        return {"reading": asdict(read(descriptor, kind, asked, folder))}
    except Unreadable as refusal:
        if is_no_room(refusal):
            return {"code": "NO_ROOM", "what": ROOM, "line": None}
        return {"code": refusal.code, "what": refusal.what, "line": refusal.line}
    except MemoryError:
        what = "the file is damaged or too large (out of memory); export it again, or raise limits.memory_mb in the mapping"
        return {"code": "TOO_LARGE", "what": what, "line": None}
    except Exception as error:  # a file must never end in a traceback
        if is_no_room(error):
            return {"code": "NO_ROOM", "what": ROOM, "line": None}
        what = f"the file is damaged ({type(error).__name__} while it was read); export it again"
        return {"code": "UNFORESEEN", "what": what, "line": None}


if __name__ == "__main__":
    main()
