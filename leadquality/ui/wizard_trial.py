"""Steps 5 to 7 of the load wizard: keys and joins, the dry run, and the load itself."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import streamlit as st

from leadquality import first_answers, words
from leadquality.catalogue import load_extracts
from leadquality.contracts import InputRefused
from leadquality.intake.against import CONFIRMABLE
from leadquality.intake.mapping import MAPPING
from leadquality.intake.reasons import remedy_of
from leadquality.intake.rehearsal import Change, Rehearsal
from leadquality.load import load
from leadquality.snapshot import Unchanged
from leadquality.ui.served import home
from leadquality.ui.wizard import Wizard, label, rows, start_over

COMPARED: Final = ("inbound", "outbound")
DONE: Final = "_loaded"


def joins_step(wizard: Wizard) -> None:
    """Is every key one, and do the rows of one file find those of another?"""
    st.dataframe(
        [
            {
                "Extract": key.extract,
                "Key": label(key.key),
                "Rows": key.rows,
                "Different keys": key.distinct,
                "Rows that share a key": key.repeated,
                "Equal but for the key": key.alike,
            }
            for key in wizard.tried.keys
        ],
        hide_index=True,
        key="wizard_keys",
    )
    joins = [
        {
            "Extract": join.extract,
            "From": words.one_line(join.file),
            "By": label(words.one_line(join.lookup)),
            "Looks into": words.one_line(join.other_file or "telephone numbers of the leads"),
            "Rows that ask": join.asked,
            "Find a row": join.found,
            "Find several": join.several,
        }
        for join in wizard.tried.joins
    ]
    if joins:
        st.dataframe(joins, hide_index=True, key="wizard_joins")
    else:
        st.text("No file refers to another.")


def dry_run_step(wizard: Wizard) -> None:
    """What a load would make of every row, and what would change."""
    trial = wizard.tried
    first, last = (words.day(day) if day else "none" for day in (trial.first_on, trial.last_on))
    st.text(f"First lead: {first}. Last event: {last}. Figures as of {words.day(trial.as_of)}.")
    for warning in _warnings(trial, wizard.mapped.changes):
        st.warning(warning)
    st.caption("Rows read = used + merged + left out by rule + refused.")
    st.dataframe(
        [
            {
                "Extract": name,
                "Rows read": account.read,
                "Used": account.used,
                "Merged": account.merged,
                "Left out by rule": account.excluded,
                "Refused": account.rejected,
            }
            for name, account in trial.accounts.items()
        ],
        hide_index=True,
        key="wizard_accounts",
    )
    reasons = [
        {
            "Extract": name,
            "Rows": count,
            "Reason": words.one_line(reason),
            "First in": words.one_line(account.examples.get(reason, "")),
            "What to do": remedy_of(reason),
        }
        for name, account in trial.accounts.items()
        for reason, count in account.reasons.items()
    ]
    if reasons:
        st.dataframe(reasons, hide_index=True, key="wizard_reasons")
    split = [{"Channel": channel, "Leads": leads} for channel, leads in trial.channel_split.items()]
    if split:
        st.dataframe(split, hide_index=True, key="wizard_channels")
    st.caption("Against what is published now")
    changes = [
        {
            "What": words.one_line(change.what),
            "Now": _plain(change.before, change.what),
            "After the load": _plain(change.now, change.what),
        }
        for change in wizard.mapped.changes
    ]
    if changes:
        st.dataframe(changes, hide_index=True, key="wizard_changes")
    else:
        st.text("Nothing changes.")


def _warnings(trial: Rehearsal, changes: Sequence[Change]) -> Iterator[str]:
    """What a load would lack so much that a reader should know it before."""
    for name, account in trial.accounts.items():
        if account.rejected > account.used:
            used = f"only {words.count(account.used)}" if account.used else "none"
            yield f"{load_extracts()[name].title}: of {rows(account.read)} {used} would be used. The reasons stand below."
    published = {f"{name} used": extract.title.lower() for name, extract in load_extracts().items()}
    if gone := [
        published[change.what] for change in changes if change.what in published and change.now is None
    ]:
        yield (
            f"Published now, and in none of these files: {', '.join(gone)}. After this load their figures are gone; to keep them, "
            "put their files into the inbox too."
        )
    there = [channel for channel in COMPARED if trial.channel_split.get(channel)]
    if not there:
        yield (
            "No lead is known to be inbound or outbound, so that nothing can be compared. Say in step 4 where each source belongs, "
            "or in step 3 which column tells the channel."
        )
    elif len(there) == 1:
        yield f"All leads whose channel is known are {there[0]}: there is nothing to compare them with."


def _plain(value: int | str | None, what: str) -> str:
    if value is None:
        return "none"
    if what == "as of":
        return words.day(date.fromisoformat(str(value)))
    return words.count(value) if isinstance(value, int) else words.one_line(value)


def commit_step(wizard: Wizard) -> None:
    """The button that publishes. A refusal is said in its own sentence, and what was published stays."""
    with st.expander("The mapping that is written beside your files", key="wizard_mapping"):
        st.code(wizard.mapped.text, language="toml", height=320)
    confirmed = False
    if wizard.asks_to_confirm:
        st.error(words.md(wizard.asks_to_confirm.partition("; ")[0], limit=400))
        confirmed = st.checkbox("That is meant: load it all the same", key="wizard_confirmed")
    st.text("This writes mapping.toml into the inbox, for the next load, and publishes the figures.")
    if not st.button("Load and publish", key="wizard_commit"):
        return
    with st.status("Loading ...", expanded=True) as status:
        try:
            snapshot = _load(wizard, confirmed, lambda step: status.update(label=f"Loading: {step} ..."))
        except Unchanged as error:
            _keep_mapping(wizard)
            status.update(label="Nothing to load", state="complete", expanded=True)
            said = words.md(str(error), limit=400)
            st.info(f"{said[:1].upper()}{said[1:]}. Put newer files into the inbox to load them.")
            return
        except InputRefused as error:
            status.update(label="Not loaded; what was published before stays", state="error", expanded=True)
            if error.code in CONFIRMABLE:
                wizard.asks_to_confirm = str(error)
                st.rerun()
            st.error(words.md(str(error), limit=800))
            return
    start_over()
    st.session_state[DONE] = snapshot
    st.rerun()


def _load(wizard: Wizard, confirmed: bool, report: Any) -> str:
    """Load with the mapping as it stands on the page; it is kept in the inbox only once the load is published."""
    with tempfile.TemporaryDirectory() as place:
        draft = Path(place) / MAPPING
        draft.write_text(wizard.mapped.text, "utf-8")
        manifest = load(home(), wizard.folder, draft, report=report, confirmed=confirmed)
    _keep_mapping(wizard)
    threading.Thread(target=first_answers.ask_first, args=(home(),), daemon=True).start()
    return f"figures as of {words.day(date.fromisoformat(manifest.as_of))}, snapshot {manifest.snapshot}"


def _keep_mapping(wizard: Wizard) -> None:
    """Write the mapping into the inbox, whole or not at all: what is published was made by it."""
    beside = wizard.folder / MAPPING
    part = beside.with_name(f".{MAPPING}.part")
    try:
        part.write_text(wizard.mapped.text, "utf-8")
        part.replace(beside)
    except OSError as error:
        st.warning(
            f"Published, but the mapping could not be kept ({error.strerror}); the next load asks again."
        )


def loaded_note() -> None:
    """After a load: what is published now, and where to read it. The steps wait, so that nobody takes them for unfinished."""
    done = st.session_state.pop(DONE, None)
    if done:
        st.success(f"Loaded and published: {words.md(done)}. All pages show it now.")
        st.page_link("pages/review/weekly_review.py", label="Read the weekly review")
        st.page_link("pages/trust/data.py", label="See what became of every row")
        st.button("Load further files", key="wizard_again")
        st.stop()
