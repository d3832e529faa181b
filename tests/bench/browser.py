"""The dashboard in a browser against a bare Streamlit page with one figure: bytes of a first visit, seconds from a click to idle."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from leadquality.contracts import ROOT
from tests.bench.loads import loaded
from tests.bench.measure import MB, said
from tests.browser.conftest import FLAGS, PAGES, browser_path, serving

CLICKS: Final = 7
BARE: Final = """
import plotly.graph_objects as go
import streamlit as st

st.title("Bare")
n = st.selectbox("Points", [10, 20, 30])
st.plotly_chart(go.Figure(go.Scatter(x=list(range(n)), y=list(range(n)))))
"""


def pages() -> None:
    """Bytes of a first visit and seconds from a filter click to idle, against a bare page with one figure."""
    path = browser_path()
    if path is None:
        raise SystemExit("no Chromium or Chrome here: install one, or name it in LEADQUALITY_BROWSER")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        home, bare = Path(scratch) / "home", Path(scratch) / "bare.py"
        bare.write_text(BARE, "utf-8")
        loaded([ROOT / "data" / "sample"], home)
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
