"""A served dashboard over the sample, and a Chromium that may not leave this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from leadquality.contracts import ROOT
from tests.worlds import World

expect.set_options(timeout=60_000)  # a busy machine is slow, not wrong

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PAGES = (
    "/",
    "/compare",
    "/pipeline",
    "/inbound",
    "/outbound",
    "/sources",
    "/qualification",
    "/operations",
    "/data",
    "/load",
    "/definitions",
)
"""Every page, as its address ends."""
USUAL = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def browser_path() -> str | None:
    """An installed Chromium or Chrome; nothing is downloaded."""
    named = os.environ.get("LEADQUALITY_BROWSER")
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    return next((path for path in [named, *found, *USUAL] if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium or Chrome here: install one, or name it in LEADQUALITY_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of a dashboard served from `home` on a free port, once it answers healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "leadquality", "serve", "--port", str(port), "--home", str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer,
            ):
                if answer.read() == b"ok":
                    break
            assert process.poll() is None, process.stdout.read().decode() if process.stdout else ""
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def sample_home(sample: World) -> Path:
    return sample.home


@pytest.fixture(scope="session")
def address(sample_home: Path) -> Iterator[str]:
    with serving(sample_home) as where:
        yield where


class Visit:
    """A page in a browser that records what it must not do: errors, and requests to another host."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda message: self._console(message.type, message.text, message.location.get("url", "")),
        )
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str, url: str) -> None:
        # On a deep link the framework looks for its server below the page's path first and takes the 404 as an answer.
        if kind == "error" and "/_stcore/" not in url:
            self.faults.append(f"console: {text} ({url})")

    def _request(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.faults.append(f"request: {url}")

    def open(self, path: str) -> Visit:
        self.page.goto(self.address + path)
        return self.idle()

    def idle(self) -> Visit:
        self.page.wait_for_selector(
            '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000
        )
        self.page.wait_for_function(
            "() => !document.querySelector('[data-stale=\"true\"]') && !document.querySelector('[data-testid=\"stSkeleton\"]')",
            timeout=60_000,
        )
        return self

    def text(self) -> str:
        return str(self.page.inner_text('[data-testid="stMain"]'))


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[object]:
    """visit(width=1360, scheme="light") -> Visit. Every visit must end without a fault."""
    visits: list[Visit] = []

    def begin(width: int = 1360, scheme: str = "light") -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        visits.append(Visit(context.new_page(), address))
        return visits[-1]

    yield begin
    for each in visits:
        each.page.context.close()
    assert [fault for each in visits for fault in each.faults] == []
