"""The door: every request is judged before the framework sees it, and every answer forbids what no page needs.

Only this machine's own names on the port that is served are answered, and only pages of that origin: a foreign Origin never
reaches the framework, which would look up this machine's address outside to compare it. Files are taken only while the session
shows an uploader, and only so much in all.
"""

from __future__ import annotations

import threading
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES: Final = ("localhost", "127.0.0.1", "[::1]")
"""Names of this machine as a browser writes them."""
FORWARDED: Final = ("forwarded", "x-forwarded-")
"""How the headers begin that a proxy sets."""
UPLOADS: Final = "/_stcore/upload_file/"
UPLOADED_MB: Final = 1000
"""What the files of all sessions may hold together while they wait in memory."""
MB: Final = 1 << 20
HEADERS: Final = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""Nothing is loaded from, framed by or sent to another host. The framework's own scripts need inline code and eval."""


class Uploads:
    """Which sessions show an uploader, and how many bytes each of their files holds."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.files: dict[str, dict[str, int]] = {}
        self.drawn: set[str] = set()

    def begin(self, session: str) -> None:
        """A page of this session is about to be drawn."""
        with self.lock:
            self.drawn.discard(session)

    def draw(self, session: str) -> None:
        """The page shows an uploader."""
        with self.lock:
            self.drawn.add(session)
            self.files.setdefault(session, {})

    def end(self, session: str) -> None:
        """The page is drawn: without an uploader on it nothing is taken any more, and the framework lets its files go."""
        with self.lock:
            if session not in self.drawn:
                self.files.pop(session, None)

    def refused(self, session: str, file: str, size: int | None) -> str:
        """Why a file of so many bytes is not taken; empty when it is, and it is counted then."""
        with self.lock:
            if session not in self.files:
                return "This page takes no files."
            if size is None:
                return "A file needs its length."
            held = sum(sum(files.values()) for files in self.files.values()) - self.files[session].get(
                file, 0
            )
            if held + size > UPLOADED_MB * MB:
                return f"Files of more than {UPLOADED_MB} MB in all are not taken; put them into the inbox folder."
            self.files[session][file] = size
            return ""

    def forget(self, session: str, file: str) -> None:
        with self.lock:
            self.files.get(session, {}).pop(file, None)


uploads: Final = Uploads()


class Door:
    """ASGI middleware around everything that is served."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not is_own(headers, scope["server"][1]):
            await _turn_away(
                scope, receive, send, "This dashboard answers its own pages on this machine only."
            )
        elif scope["type"] == "http" and (reason := _no_upload(scope, headers)):
            await _turn_away(scope, receive, send, reason)
        else:
            await self.app(scope, receive, _with_headers(send))


def is_own(headers: Headers, port: int) -> bool:
    """Whether a request names this machine and the port that is served, and comes from a page of the same origin or from none."""
    hosts = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set())
    host, origins = headers.getlist("host"), headers.getlist("origin")
    return (
        len(host) == 1
        and host[0].lower() in hosts
        and all(each.lower() == f"http://{host[0].lower()}" for each in origins)
    )


def _no_upload(scope: Scope, headers: Headers) -> str:
    """Why a request that brings a file is not let in; empty for every other."""
    if UPLOADS not in scope["path"]:
        return ""
    if any(name.lower().startswith(FORWARDED) for name in headers):
        return "Files are taken on this machine only."
    session, _, file = scope["path"].partition(UPLOADS)[2].partition("/")
    if scope["method"] == "DELETE":
        uploads.forget(session, file)
        return ""
    size = headers.get("content-length", "")
    return (
        uploads.refused(session, file, int(size) if size.isdecimal() else None)
        if scope["method"] == "PUT"
        else ""
    )


async def _turn_away(scope: Scope, receive: Receive, send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    await PlainTextResponse(reason, 403)(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return sent
