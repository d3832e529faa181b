"""CPU and wall time, and how a measured value is said."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

MB: Final = 1_000_000


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def said(name: str, value: float, unit: str, reference: float | None = None, of: str = "") -> None:
    """One line: the value, and as how many times the reference."""
    ratio = f"   {value / reference:5.2f} x {of} ({reference:,.2f} {unit})" if reference else ""
    print(f"{name:<44} {value:10,.2f} {unit}{ratio}", flush=True)


def spent() -> float:
    """CPU seconds of this process so far, user and system, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cpu_of_children() -> float:
    """CPU seconds so far of all processes that this one started and that still run."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text("utf-8").rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid], ticks[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
    if not parents:
        raise SystemExit("the CPU time of the server is read from /proc, which is not here")
    found, own = 0, {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= more
        found += sum(ticks[pid] for pid in more)
    return found / os.sysconf("SC_CLK_TCK")
