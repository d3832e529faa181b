"""The load wizard's memory: what a reader decided so far, and the mapping that was made and tried with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import streamlit as st

from leadquality import words
from leadquality.contracts import InputRefused, toml_of
from leadquality.intake.decisions import Decisions
from leadquality.intake.everyday import Place
from leadquality.intake.mapping import MAPPING
from leadquality.intake.rehearsal import Rehearsal
from leadquality.load import Mapped, map_folder
from leadquality.snapshot import Home
from leadquality.ui.served import home

KEY: Final = "_load_wizard"
LABELS: Final = {
    "lead_id": "Lead id",
    "call_id": "Call id",
    "meeting_id": "Meeting id",
    "opportunity_id": "Deal id",
    "account_id": "Company id",
    "rep_id": "Rep (name or id)",
    "owner": "Owner of the deal (name or id)",
    "stage": "Stage of the deal",
    "created_at": "Created on",
    "started_at": "Start of the call",
    "ended_at": "End of the call",
    "answered_at": "Call answered at",
    "closed_at": "Closed on",
    "direction": "Direction (inbound or outbound)",
    "outcome_code": "Result of the call",
    "talk_s": "Length of the talk, in seconds",
    "outcome": "Won, lost or open",
    "acv": "Contract value per year",
    "source": "Source",
    "channel": "Channel (inbound or outbound)",
    "disqualified_at": "Disqualified on",
    "dq_reason": "Reason for disqualifying",
}


@dataclass(slots=True)
class Wizard:
    """What a reader decided so far, and the mapping that was made and tried with it. seen: the values that were once without
    a meaning, with their counts, so that a choice does not move them; aside: files that the
    mapping in the inbox leaves aside; asks_to_confirm: why the last load was refused, where that may be overruled."""

    folder: Path
    decisions: Decisions = field(default_factory=Decisions)
    seen: dict[Place, dict[str, int]] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
    asks_to_confirm: str = ""
    stamp: str = ""
    result: Mapped | None = None

    @property
    def mapped(self) -> Mapped:
        """The mapping and its rehearsal, made by `open_wizard`."""
        assert self.result is not None
        return self.result

    @property
    def tried(self) -> Rehearsal:
        """The rehearsal, which stands once columns_step has let the page go on."""
        assert self.mapped.rehearsal is not None
        return self.mapped.rehearsal


def open_wizard(folder: Path) -> Wizard:
    """The wizard of this session, with the mapping made and tried anew where files or decisions changed.

    Stops the page with the sentence when the mapping.toml that lies there is none.
    """
    wizard: Wizard = st.session_state.setdefault(KEY, Wizard(folder))
    if wizard.folder != folder:
        wizard = st.session_state[KEY] = Wizard(folder)
    try:
        beside = folder / MAPPING
        before = beside.read_bytes() if beside.is_file() else b""
        place = home()
        stamp = _stamp(folder, before, place, wizard.decisions)
        if stamp != wizard.stamp or wizard.result is None:
            with st.spinner("Reading the files ..."):
                wizard.result = map_folder(place, folder, before, decisions=wizard.decisions)
            wizard.aside = frozenset(toml_of(before).get("not_read", {}))
            wizard.stamp = stamp
    except InputRefused as error:
        st.error(words.md(str(error), limit=600))
        st.stop()
    return wizard


def start_over() -> None:
    """Forget what was decided; the files and the mapping in the inbox stay."""
    st.session_state.pop(KEY, None)


def _stamp(folder: Path, before: bytes, place: Home, decisions: Decisions) -> str:
    """Changes when anything does that the mapping or its rehearsal rests on."""
    states = [(path.name, path.lstat()) for path in sorted(folder.iterdir())]
    files = [(name, state.st_size, state.st_mtime_ns) for name, state in states]
    return hashlib.sha256(repr((files, before, place.current(), decisions)).encode()).hexdigest()


def label(ours: str) -> str:
    """Our column in words."""
    return LABELS.get(ours) or ours.replace("_", " ").capitalize()


def offer(why: str, suggested: list[dict[str, Any]], key: str) -> bool:
    """What is suggested, as rows of a table, and the button that takes it all; whether it was pressed."""
    st.text(f"Suggested, by {why}. Nothing of it is taken yet.")
    st.dataframe(suggested, hide_index=True, height="content", key=f"suggested_{key}")
    return st.button(f"Take what is suggested ({words.count(len(suggested))})", key=f"take_{key}")


def rows(count: int) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{words.count(count)} {'row' if count == 1 else 'rows'}"


def spoken(text: str) -> str:
    """A name from a file as the label of a widget: letters, digits and spaces, so that nothing in it is markup and a screen
    reader reads no backslash. The name itself stands above the widget as plain text."""
    return " ".join("".join(mark if mark.isalnum() else " " for mark in words.one_line(text)).split())


def short(text: str) -> str:
    """A key for a widget from a name that may hold anything."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
