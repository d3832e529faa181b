"""What is served: the Streamlit app behind gzip, warmed before the first visitor comes."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.middleware.gzip import GZipMiddleware  # noqa: E402
from starlette.responses import PlainTextResponse  # noqa: E402
from starlette.types import ASGIApp, Receive, Scope, Send  # noqa: E402
from streamlit.runtime.pages_manager import PagesManager  # noqa: E402

FORWARDED = ("forwarded", "x-forwarded-")
"""How the headers begin that a proxy sets."""

# Without this the first deep link after a start opens "Page not found": a folder named pages/ stands beside app.py.
PagesManager.uses_pages_directory = False


@contextlib.asynccontextmanager
async def warmed(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Import what pages need and draw one figure, so that two first visitors do not import it at once."""
    import pandas  # noqa: F401
    import polars as pl

    from leadquality import charts

    charts.equal_age(pl.DataFrame(), (30,), 30)
    yield None


class OwnUploads:
    """Refuses a file that came through a proxy: whoever publishes a server that listens on its own machine does not publish
    its way in. The way is there without any uploader on a page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "/upload_file" in scope["path"]:
            names = [name.decode("latin-1").lower() for name, _ in scope["headers"]]
            if any(name.startswith(FORWARDED) for name in names):
                await PlainTextResponse("Files are taken on this machine only.", 403)(scope, receive, send)
                return
        await self.app(scope, receive, send)


app = st.App(
    str(ROOT / "app.py"),
    lifespan=warmed,
    middleware=[Middleware(OwnUploads), Middleware(GZipMiddleware, minimum_size=1024)],
)
