"""Readers at once, over WebSocket: how long a click waits, and the CPU of the server."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from leadquality.contracts import ROOT
from leadquality.first_answers import ask_first
from leadquality.snapshot import Home
from tests.bench.loads import loaded
from tests.bench.measure import cpu_of_children, said, timed
from tests.browser.conftest import PAGES, serving
from tests.readers import Reader

CLICKS: Final = 7
SESSIONS: Final = (1, 10, 30)
BETWEEN: Final = 10.0
"""Seconds from one click of a reader to the next."""
ANOTHER: Final = {
    "/": "last 52 weeks",
    "/compare": "last 26 weeks",
    "/operations": "last 13 weeks",
    "/inbound": "all",
}
"""Pages that are drawn in a scope of which the server knows nothing yet, each in its own."""
AGES: Final = ("60", "90", "180", "365")


def sessions(counts: Sequence[int], home: Path | None = None) -> dict[str, dict[str, float]]:
    """CPU of the server for a page drawn again, or in another scope; then wall time and CPU of a click with so many readers at once.

    home: a loaded one; without it the sample is loaded. Gives what was measured of the readers, by their number.
    """
    with tempfile.TemporaryDirectory() as scratch:
        if home is None:
            home = Path(scratch) / "home"
            loaded([ROOT / "data" / "sample"], home)
            ask_first(Home(home))
        with serving(home) as address, Reader(address) as reader:
            for page in PAGES:
                _drawn(reader, page)
        found = {}
        for count in counts:
            with serving(home) as address:
                found[str(count)] = _at_once(address, count)
        return found


def _drawn(reader: Reader, page: str) -> None:
    """One page: its first visit, drawn again with nothing changed, and in a scope that is new to the server."""
    begun = cpu_of_children()
    reader.open(page)
    first = cpu_of_children() - begun
    begun = cpu_of_children()
    for _ in range(CLICKS):
        reader.again()
    again = (cpu_of_children() - begun) / CLICKS
    said(f"{page}: first visit", first, "CPU s")
    said(f"{page}: drawn again", again, "CPU s")
    if page in ANOTHER:
        begun = cpu_of_children()
        reader.choose("Leads created", ANOTHER[page])
        said(f"{page}: another scope", cpu_of_children() - begun, "CPU s")
        reader.choose("Leads created", "last 104 weeks")


def _at_once(address: str, count: int) -> dict[str, float]:
    """`count` readers who click every ten seconds, by turns to the next page and to another age: how long they wait, and the CPU."""
    with ThreadPoolExecutor(count) as pool:
        begun, taken = time.perf_counter(), cpu_of_children()
        waits = [
            wait
            for found in pool.map(
                lambda place: _clicking(address, place, begun + BETWEEN * place / count), range(count)
            )
            for wait in found
        ]
        taken = (cpu_of_children() - taken) / len(waits)
    half, most = statistics.median(waits), statistics.quantiles(waits, n=20, method="inclusive")[-1]
    said(f"{count} at once: half wait less than", half, "s")
    said(f"{count} at once: 95 % wait less than", most, "s")
    said(f"{count} at once: a click", taken, "CPU s")
    return {"half": half, "most": most, "cpu": taken}


def _clicking(address: str, place: int, start: float) -> list[float]:
    """Seconds of each click of one reader. A click that waits longer than the time between two is not followed at once."""
    waits = []
    with Reader(address) as reader:
        for turn in range(CLICKS):
            time.sleep(max(0.0, start + BETWEEN * turn - time.perf_counter()))
            if turn % 2:
                age = AGES[(place + turn // 2) % len(AGES)]
                waits.append(timed(partial(reader.choose, "Judge at (days)", age)))
            else:
                waits.append(timed(partial(reader.open, PAGES[(place + turn // 2) % len(PAGES)])))
    return waits
