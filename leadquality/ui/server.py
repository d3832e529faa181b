"""What is served: the Streamlit app behind its door and gzip, warmed before the first visitor comes."""

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
from streamlit.runtime.pages_manager import PagesManager  # noqa: E402

from leadquality.contracts import LOOPBACK  # noqa: E402
from leadquality.ui.door import Door  # noqa: E402

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


if st.get_option("server.address") not in LOOPBACK:
    raise SystemExit(
        f"leadquality: server address {st.get_option('server.address') or 'of every interface'}: the dashboard is served on this machine "
        "only; unset STREAMLIT_SERVER_ADDRESS"
    )

app = st.App(
    str(ROOT / "app.py"),
    lifespan=warmed,
    middleware=[Middleware(Door), Middleware(GZipMiddleware, minimum_size=1024)],
)
