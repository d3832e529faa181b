"""The door: whose requests are answered, what every answer forbids, and when a file is taken."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys

import pytest
from starlette.datastructures import Headers

from leadquality.contracts import ROOT
from leadquality.ui.door import MB, UPLOADED_MB, Door, Uploads, is_own, uploads

ORIGIN = "http://localhost:8501"
FILE = "/_stcore/upload_file/session-1/file-1"


async def inside(scope, receive, send):
    """What stands behind the door: it answers everything."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


def asked(method="GET", path="/", kind="http", **headers):
    """Status (or 'accepted', 'closed' of a socket) and headers of the answer to one request."""
    given = {"host": "localhost:8501"} | {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "server": ("127.0.0.1", 8501),
    }
    sent = []

    async def receive():
        return {"type": f"{kind}.connect" if kind == "websocket" else "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    asyncio.run(Door(inside)(scope, receive, send))
    if kind == "websocket":
        return sent[0]["type"].removeprefix("websocket."), {}
    return sent[0]["status"], Headers(raw=sent[0]["headers"])


@pytest.fixture(autouse=True)
def _nobody_uploads():
    uploads.files.clear()
    uploads.drawn.clear()


@pytest.mark.parametrize(
    ("host", "origin", "own"),
    [
        ("localhost:8501", None, True),
        ("127.0.0.1:8501", "http://127.0.0.1:8501", True),
        ("[::1]:8501", "http://[::1]:8501", True),
        ("LOCALHOST:8501", "http://localhost:8501", True),
        ("localhost:8501", "http://127.0.0.1:8501", False),  # another origin to a browser
        ("localhost:8501", "http://localhost:8502", False),
        ("localhost:8501", "https://localhost:8501", False),
        ("localhost:8501", "null", False),
        ("localhost:8501", "", False),
        ("localhost:8501", "http://localhost:8501.evil.example", False),
        ("localhost", "http://localhost", False),
        ("localhost:80", None, False),
        ("evil.example:8501", None, False),
        ("localhost.evil.example:8501", None, False),
        ("", None, False),
    ],
)
def test_own_host_and_own_origin_with_the_exact_port(host, origin, own):
    given = {"host": host} | ({} if origin is None else {"origin": origin})
    assert is_own(Headers(given), 8501) is own


def test_two_hosts_or_two_origins_are_none():
    assert not is_own(Headers(raw=[(b"host", b"localhost:8501"), (b"host", b"localhost:8501")]), 8501)
    raw = [(b"host", b"localhost:8501"), (b"origin", ORIGIN.encode()), (b"origin", b"http://evil.example")]
    assert not is_own(Headers(raw=raw), 8501)


def test_every_answer_forbids_frames_and_other_hosts():
    for _, headers in (asked(), asked(origin="http://evil.example"), asked("PUT", FILE)):
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_foreign_page_gets_no_answer_and_no_socket():
    assert asked()[0] == 200
    assert asked(origin="http://evil.example")[0] == asked(host="evil.example:8501")[0] == 403
    assert asked(kind="websocket", origin=ORIGIN)[0] == "accept"
    assert asked(kind="websocket", origin="http://evil.example")[0] == "close"


def test_a_file_is_taken_only_while_the_page_shows_an_uploader():
    put = lambda path=FILE, **headers: asked("PUT", path, content_length="3", **headers)[0]  # noqa: E731
    assert put() == 403
    uploads.begin("session-1")
    uploads.draw("session-1")
    uploads.end("session-1")
    assert put() == 200
    assert asked("PUT", FILE)[0] == 403  # of unknown length
    assert put(FILE.replace("session-1", "session-2")) == 403
    assert put(x_forwarded_for="1.2.3.4") == 403
    assert asked("DELETE", FILE)[0] == 200 and uploads.files == {"session-1": {}}
    uploads.begin("session-1")  # another page, without one
    uploads.end("session-1")
    assert put() == 403


def test_files_are_bounded_in_sum():
    held = Uploads()
    for session in ("one", "two"):
        held.begin(session)
        held.draw(session)
        held.end(session)
    half = UPLOADED_MB * MB // 2
    assert held.refused("one", "a", half) == held.refused("two", "b", half) == ""
    assert "in all" in held.refused("one", "c", 1)
    assert held.refused("one", "a", half - 1) == ""  # again, in place of the same
    assert held.refused("one", "c", 1) == ""
    held.forget("two", "b")
    assert held.refused("one", "d", half) == ""
    assert held.refused("one", "e", None) == "A file needs its length."


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_what_is_served_by_another_way_listens_on_this_machine_alone_too(address):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ended = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "leadquality/ui/server.py", "--server.port", str(port)],
        cwd=ROOT,
        env=os.environ | {"STREAMLIT_SERVER_ADDRESS": address},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode != 0
    assert "the dashboard is served on this machine only" in ended.stdout + ended.stderr
