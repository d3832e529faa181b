"""What is called fast, as ratios to a named reference measured in the same run; nothing here passes or fails.

python -m tests.bench                      # make bench: all parts
python -m tests.bench intake 10000000      # a load of that many calls against DuckDB's raw scan of the same file
python -m tests.bench add 1000000          # a delivery of 1 % more calls, against a full load of all of them
python -m tests.bench pages                # the dashboard in a browser against a bare Streamlit page with one figure
python -m tests.bench sessions 10          # pages drawn again and in a new scope; then so many readers at once (else 1, 10 and 30)
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import duckdb
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from leadquality.contracts import ROOT
from tests.browser.conftest import FLAGS, PAGES, browser_path, serving
from tests.readers import Reader

MB = 1_000_000
CALLS = 10_000_000
ADDED_TO = 1_000_000
CLICKS = 7
SESSIONS = (1, 10, 30)
BETWEEN = 10.0
"""Seconds from one click of a reader to the next."""
ANOTHER = {
    "/": "last 52 weeks",
    "/compare": "last 26 weeks",
    "/operations": "last 13 weeks",
    "/inbound": "all",
}
"""Pages that are drawn in a scope of which the server knows nothing yet, each in its own."""
AGES = ("60", "90", "180", "365")
LEADS = """
copy (
    select 'L' || i as lead_id, strftime(timestamp '2024-01-01' + to_minutes(i * 5), '%Y-%m-%dT%H:%M:%SZ') as created_at,
        if(i % 2 = 0, 'inbound', 'outbound') as channel, 'source ' || i % 7 as source
    from range(200000) as t(i)
) to '{path}' (header)
"""
TALKS = """
copy (
    select 'K' || i as call_id, 'L' || (i % 200000) as lead_id, 'R' || (i % 40) as rep_id,
        if(i % 3 = 0, 'inbound', 'outbound') as direction,
        strftime(timestamp '2024-01-01' + to_seconds((i * 9) % 80000000), '%Y-%m-%dT%H:%M:%SZ') as started_at, (i * 7) % 600 as talk_s,
        ['qualified', 'no_answer', 'voicemail', 'callback_requested', 'no_fit'][1 + i % 5] as outcome_code
    from range({begin}, {end}) as t(i)
) to '{path}' (header)
"""
BARE = """
import plotly.graph_objects as go
import streamlit as st

st.title("Bare")
n = st.selectbox("Points", [10, 20, 30])
st.plotly_chart(go.Figure(go.Scatter(x=list(range(n)), y=list(range(n)))))
"""


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def said(name: str, value: float, unit: str, reference: float | None = None, of: str = "") -> None:
    """One line: the value, and as how many times the reference."""
    ratio = f"   {value / reference:5.2f} x {of} ({reference:,.2f} {unit})" if reference else ""
    print(f"{name:<44} {value:10,.2f} {unit}{ratio}", flush=True)


def intake(calls: int) -> None:
    """A validated load of `calls` calls against the raw scan of the same file, in time; its memory against the file's size."""
    with tempfile.TemporaryDirectory() as scratch:
        extracts, home = Path(scratch) / "extracts", Path(scratch) / "home"
        extracts.mkdir()
        file = extracts / "calls.csv"
        duckdb.sql(LEADS.format(path=extracts / "leads.csv"))
        duckdb.sql(TALKS.format(path=file, begin=0, end=calls))
        size = file.stat().st_size
        columns = duckdb.sql(f"from read_csv('{file}', all_varchar = true) limit 0").columns
        scan = f"select {', '.join(f'sum(strlen({name}))' for name in columns)} from read_csv('{file}', all_varchar = true)"
        raw = min(timed(lambda: duckdb.sql(scan).fetchall()) for _ in range(2))
        said("raw scan of calls.csv", raw, "s")
        said("size of calls.csv", size / MB, "MB")
        steps = _load([extracts], home)
        for step, seconds in steps.items():
            said(f"  {step}", seconds, "s")
        reading = sum(seconds for step, seconds in steps.items() if step.startswith(("reading", "judging")))
        said("validated intake", reading, "s", raw, "the raw scan")
        said("whole load, published", sum(steps.values()), "s", raw, "the raw scan")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (
            1 if sys.platform == "darwin" else 1024
        )
        said("largest process of the load", peak / MB, "MB", size / MB, "the file")
        # After the load: what this process takes itself would count as its children's.
        kept = _kept(file, Path(scratch) / "kept.duckdb")
        said("raw scan, every row kept as text", kept, "s", raw, "the raw scan")
        judged = timed(
            lambda: duckdb.execute(JUDGED.format(file=file, target=Path(scratch) / "judged.parquet"))
        )
        said("raw scan, types and reasons, to Parquet", judged, "s", raw, "the raw scan")
        said("validated intake", reading, "s", kept, "every row kept as text")


JUDGED = """
    copy (
        select
            call_id, lead_id, rep_id, direction, outcome_code,
            try_cast(started_at as timestamptz) as started, try_cast(talk_s as integer) as talk,
            case
                when call_id is null then 'MISSING_VALUE'
                when try_cast(started_at as timestamptz) is null then 'BAD_DATE'
                when talk_s is not null and try_cast(talk_s as integer) is null then 'BAD_NUMBER'
                when direction not in ('inbound', 'outbound') then 'UNKNOWN_VALUE'
            end as reason
        from read_csv('{file}', all_varchar = true)
    ) to '{target}'
"""
"""What architecture.md measured at 1.85 times the raw scan: no line numbers, copies, links or findings, no process of its own,
and no row for the next delivery."""


def _kept(file: Path, database: Path) -> float:
    """Seconds to scan a file and keep its rows, unjudged: what any load has to do at least."""
    with duckdb.connect(str(database)) as con:
        return timed(lambda: con.execute(f"create table rows as from read_csv('{file}', all_varchar = true)"))


def adding(calls: int) -> None:
    """A delivery of 1 % more calls, a tenth of them corrected ones, that is added, against the full load of both folders."""
    with tempfile.TemporaryDirectory() as scratch:
        first, second = Path(scratch) / "first", Path(scratch) / "second"
        for folder, begin, end in (
            (first, 0, calls),
            (second, calls - calls // 1000, calls + calls * 9 // 1000),
        ):
            folder.mkdir()
            duckdb.sql(TALKS.format(path=folder / "calls.csv", begin=begin, end=end))
        corrected = (second / "calls.csv").read_text("utf-8").replace(",qualified\n", ",no_fit\n")
        (second / "calls.csv").write_text(corrected, "utf-8")
        duckdb.sql(LEADS.format(path=first / "leads.csv"))
        full = _load([first, second], Path(scratch) / "all")
        _load([first], Path(scratch) / "home")
        steps = _load([second], Path(scratch) / "home", "add")
        whole = sum(full.values())
        for step, seconds in steps.items():
            said(f"  {step}", seconds, "s", full.get(step), "the full load")
        said("a delivery of 1 %, added and published", sum(steps.values()), "s", whole, "the full load")
        for name in ("data.duckdb", "rows.duckdb"):
            size = sum(path.stat().st_size for path in Path(scratch).glob(f"all/snapshots/*/{name}"))
            said(f"size of {name}", size / MB, "MB")


LOAD = """
import sys
from pathlib import Path
from leadquality.load import load
from leadquality.snapshot import Home
home, add, *folders = sys.argv[1:]
Path(home).mkdir(exist_ok=True)
load(Home(Path(home)), [Path(folder) for folder in folders], report=lambda step: print(step, flush=True), add=add == "add")
"""


def _load(extracts: Sequence[Path], home: Path, add: str = "") -> dict[str, float]:
    """Load in a process of its own; seconds of each step by its name, the start of the process first."""
    command = [sys.executable, "-c", LOAD, str(home), add, *map(str, extracts)]
    steps: dict[str, float] = {}
    begun, name = time.perf_counter(), "start"
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            now = time.perf_counter()
            steps[name] = steps.get(name, 0) + now - begun
            begun, name = now, line.strip()
    steps[name] = steps.get(name, 0) + time.perf_counter() - begun
    if process.returncode:
        raise SystemExit(f"the load ended with {process.returncode}: {name}")
    return steps


def pages() -> None:
    """Bytes of a first visit and seconds from a filter click to idle, against a bare page with one figure."""
    path = browser_path()
    if path is None:
        raise SystemExit("no Chromium or Chrome here: install one, or name it in LEADQUALITY_BROWSER")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        home, bare = Path(scratch) / "home", Path(scratch) / "bare.py"
        bare.write_text(BARE, "utf-8")
        _load([ROOT / "data" / "sample"], home)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        with _serving_bare(bare) as where:
            transfer, idle = _visited(browser, where, "Points")
        said("bare page: first visit", transfer / MB, "MB")
        said("bare page: click to idle", idle, "s")
        with serving(home) as address:
            for page in PAGES:
                got, waited = _visited(browser, address + page, "Judge at (days)")
                said(f"{page}: first visit", got / MB, "MB", transfer / MB, "the bare page")
                said(f"{page}: click to idle", waited, "s", idle, "the bare page")
        browser.close()


@contextlib.contextmanager
def _serving_bare(script: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    process = subprocess.Popen(
        command, cwd=script.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    )
    try:
        for _ in range(300):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2),
            ):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _visited(browser: Browser, address: str, box: str) -> tuple[int, float]:
    """(bytes of a first visit with an empty cache, median seconds from the choice in a select box to idle)."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    page = context.new_page()
    network = context.new_cdp_session(page)
    received = _counting(network)
    page.goto(address)
    _idle(page)
    page.wait_for_timeout(1_000)
    first = sum(received)
    waits = []
    for turn in range(CLICKS):
        page.get_by_role("combobox", name=box).click()
        options = page.get_by_role("option")
        options.first.wait_for()
        choice = options.nth(1 + turn % 2)
        begun = time.perf_counter()
        choice.click()
        page.wait_for_timeout(60)
        _idle(page)
        waits.append(time.perf_counter() - begun)
    context.close()
    return first, statistics.median(waits)


def _counting(network: CDPSession) -> list[int]:
    """Bytes as they came over the wire, and the frames of the WebSocket, appended as they arrive."""
    received: list[int] = []
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    network.on(
        "Network.webSocketFrameReceived",
        lambda event: received.append(len(json.dumps(event["response"]["payloadData"])) * 3 // 4),
    )
    return received


def _idle(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_function(
        "() => !document.querySelector('[data-stale=\"true\"]') && !document.querySelector('[data-testid=\"stSkeleton\"]')",
        timeout=60_000,
    )


def sessions(counts: Sequence[int]) -> None:
    """CPU of the server for a page drawn again, or in another scope; then wall time and CPU of a click with so many readers at once."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        _load([ROOT / "data" / "sample"], home)
        with serving(home) as address, Reader(address) as reader:
            for page in PAGES:
                _drawn(reader, page)
        for count in counts:
            with serving(home) as address:
                _at_once(address, count)


def _drawn(reader: Reader, page: str) -> None:
    """One page: its first visit, drawn again with nothing changed, and in a scope that is new to the server."""
    begun = _cpu()
    reader.open(page)
    first = _cpu() - begun
    begun = _cpu()
    for _ in range(CLICKS):
        reader.again()
    again = (_cpu() - begun) / CLICKS
    said(f"{page}: first visit", first, "CPU s")
    said(f"{page}: drawn again", again, "CPU s")
    if page in ANOTHER:
        begun = _cpu()
        reader.choose("Leads created", ANOTHER[page])
        said(f"{page}: another scope", _cpu() - begun, "CPU s")
        reader.choose("Leads created", "last 104 weeks")


def _at_once(address: str, count: int) -> None:
    """`count` readers who click every ten seconds, by turns to the next page and to another age: how long they wait, and the CPU."""
    with ThreadPoolExecutor(count) as pool:
        begun, taken = time.perf_counter(), _cpu()
        waits = [
            wait
            for found in pool.map(
                lambda place: _clicking(address, place, begun + BETWEEN * place / count), range(count)
            )
            for wait in found
        ]
        taken = (_cpu() - taken) / len(waits)
    said(f"{count} at once: half wait less than", statistics.median(waits), "s")
    said(
        f"{count} at once: 95 % wait less than",
        statistics.quantiles(waits, n=20, method="inclusive")[-1],
        "s",
    )
    said(f"{count} at once: a click", taken, "CPU s")


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


def _cpu() -> float:
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


if __name__ == "__main__":
    part = sys.argv[1] if sys.argv[1:] else "all"
    if part in {"all", "intake"}:
        intake(int(sys.argv[2]) if sys.argv[2:] else CALLS)
    if part in {"all", "add"}:
        adding(int(sys.argv[2]) if sys.argv[2:] else ADDED_TO)
    if part in {"all", "pages"}:
        pages()
    if part in {"all", "sessions"}:
        sessions([int(sys.argv[2])] if sys.argv[2:] else SESSIONS)
