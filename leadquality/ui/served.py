"""The snapshot being served: opened once for every publication, and swapped when CURRENT names another."""

from __future__ import annotations

import os
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st

from leadquality.catalogue import Kpi, load_kpis, load_reports
from leadquality.contracts import ROOT
from leadquality.snapshot import Home, NoSnapshot, Snapshot, open_snapshot


def home() -> Home:
    """Where snapshots live: LEADQUALITY_HOME, else data/."""
    return Home(Path(os.environ.get("LEADQUALITY_HOME", ROOT / "data")))


def served() -> tuple[Snapshot | None, str]:
    """The snapshot to show and, when the newest one cannot be opened, why; (None, reason) before the first load."""
    place = home()
    try:
        pointer = place.current()
        if pointer is None:
            raise NoSnapshot("")
        snapshot = _opened(str(place.path), *pointer)
    except NoSnapshot as error:
        return _last_good(str(place.path)).get("snapshot"), str(error)
    _last_good(str(place.path))["snapshot"] = snapshot
    return snapshot, ""


def age_and_failure(snapshot: Snapshot) -> tuple[int, date | None, str]:
    """How many days old the data are today, and the day and reason of a later load that was refused.

    The one look at the calendar: it decides on a warning, no figure rests on it.
    """
    zone = ZoneInfo(snapshot.manifest.zone)
    age = max(0, (datetime.now(zone).date() - snapshot.as_of).days)
    try:
        refused = home().refused
        reason = refused.read_text("utf-8").strip()
        return age, datetime.fromtimestamp(refused.stat().st_mtime, zone).date(), reason
    except OSError:
        return age, None, ""


@st.cache_resource(max_entries=3, show_spinner=False)
def _opened(path: str, snapshot: str, manifest_sha256: str) -> Snapshot:
    return open_snapshot(Home(Path(path)))


@st.cache_resource(show_spinner=False)
def _last_good(path: str) -> dict[str, Snapshot]:
    """The last snapshot that opened: it stays on the page while a damaged one is repaired."""
    return {}


@cache
def kpis() -> dict[str, Kpi]:
    """The catalogue, read once for each start of the server."""
    return load_kpis()


@cache
def reports() -> dict[str, Kpi]:
    """The reports that pages draw beside the KPIs, read once for each start of the server."""
    return load_reports()
