"""The part of the Data page that says what KPIs rest on: what each extract records month by month, and which links hold."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from leadquality import charts, words
from leadquality.catalogue import load_extracts
from leadquality.contracts import QUERIES
from leadquality.snapshot import Snapshot
from leadquality.ui.kept import drawn_once, read_once
from leadquality.ui.served import kpis
from leadquality.ui.tables import table
from leadquality.verdict.evidence import CLOSING, named

STATES: Final = {
    "whole": "holds",
    "partial": "in part",
    "accepted": "accepted as it is",
    "broken": "broken",
    "untied": "few calls belong to a lead",
    "not_keyed": "names no partner",
}


def evidence_part(snapshot: Snapshot) -> None:
    """The matrix, its legend in words, and the links as a table."""
    cells = _read(snapshot, "matrix", {"as_of": snapshot.as_of})
    streams = [
        stream for stream in (*load_extracts(), "closings") if any(cell["stream"] == stream for cell in cells)
    ]
    names = {stream: _title(stream) for stream in streams}
    figure = drawn_once(charts.coverage, cells, names)
    st.plotly_chart(figure, key="coverage", config=charts.CONFIG, alt=_alt(snapshot))
    st.caption(
        "Stronger: more rows, compared with the fullest month of the extract. Hatched: outside the time that the file covers; KPIs "
        "that need it leave those leads out. Cross: fewer rows than the minimum find their partner."
    )
    table(links_table(snapshot), "links", "No extract names another.")


def links_table(snapshot: Snapshot) -> list[dict[str, Any]]:
    """One line per link: how many rows name a partner and find it, and what follows."""
    return [
        {
            "Link": f"{_title(link['extract'])} to {link['partner']}",
            "State": STATES[link["state"]],
            "Match": words.share(link.get("match_rate")),
            "Matched": link["matched_count"],
            "Lost": link["lost_count"],
            "No key": link["unkeyed_count"],
            "Would match": words.one_line(f"{words.count(link['mendable_count'])} {link['mend']}")
            if link.get("mend")
            else "",
            "Withholds": _withheld(link),
        }
        for link in snapshot.manifest.evidence.get("links", [])
    ]


def _withheld(link: dict[str, Any]) -> str:
    if link["state"] not in CLOSING:
        return ""
    count = sum(f"{link['extract']}.{link['partner']}" in kpi.links for kpi in kpis().values())
    return f"{words.count(count)} KPIs"


def _alt(snapshot: Snapshot) -> str:
    """What the matrix shows, in a sentence."""
    windows = snapshot.manifest.evidence.get("windows", [])
    cut = [
        f"{named(window['stream'])} {' '.join(part for part in (_from(window), _until(window)) if part)}"
        for window in windows
        if window.get("from_on") or window.get("until_on")
    ]
    return (
        f"Recorded only in part: {'; '.join(cut)}." if cut else "Every extract covers the time of the leads."
    )


def _from(window: dict[str, Any]) -> str:
    return f"from {window['from_on']}" if window.get("from_on") else ""


def _until(window: dict[str, Any]) -> str:
    return f"to {window['until_on']}" if window.get("until_on") else ""


def _title(stream: str) -> str:
    extracts = load_extracts()
    return extracts[stream].title if stream in extracts else named(stream).capitalize()


def _read(snapshot: Snapshot, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    text = (QUERIES / "evidence" / f"{query}.sql").read_text("utf-8")
    return read_once(
        snapshot,
        ("evidence", query, *parameters.items()),
        lambda cursor: cursor.sql(text, params=parameters).pl().to_dicts(),
    )
