"""Steps 4 to 7 of the load wizard: values, keys and joins, the dry run, and the load itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import streamlit as st

from leadquality import words
from leadquality.catalogue import load_extracts
from leadquality.contracts import InputRefused
from leadquality.intake.decisions import settled
from leadquality.intake.mapping import MAPPING
from leadquality.intake.rehearsal import Change, Rehearsal
from leadquality.intake.values import OWNERS, Place, ValueCount
from leadquality.load import load
from leadquality.ui.served import home
from leadquality.ui.tables import REMEDIES
from leadquality.ui.wizard import Wizard, label, short, spoken, start_over

COMPARED: Final = ("inbound", "outbound")
SHOWN: Final = 30
"""So many values of a column are asked for; of more the most frequent, and the rest is counted."""
OFFERED: Final = 200
"""So many names of reps and owners are offered to choose from; another can be typed."""
CONFIRMABLE: Final = ("SHRUNK", "STALE")
"""Refusals that a person may overrule: the extract is smaller, or older, than the one loaded before."""
DONE: Final = "_loaded"
REFUSED: Final = "A row whose word is left open is refused."
LEFT_OPEN: Final = {
    ("calls", "direction"): REFUSED,
    ("meetings", "status"): REFUSED,
    ("opportunities", "outcome"): REFUSED,
    ("calls", "outcome_code"): "A call whose word is left open counts as unmapped.",
    ("opportunity_changes", "stage"): "A stage that is left open is no rung of the stage ladder.",
    (
        "leads",
        "source",
    ): "Did these leads come to us (inbound), or did we go to them (outbound)? Left open, their channel is unknown.",
}
"""What becomes of the rows whose word is given no meaning."""


def tried(wizard: Wizard) -> Rehearsal:
    """The rehearsal, which stands once columns_step has let the page go on."""
    assert wizard.mapped.rehearsal is not None
    return wizard.mapped.rehearsal


def values_step(wizard: Wizard) -> None:
    """What their words mean, with counts: those without a meaning may be given one, and count as unmapped until then. Of reps and
    owners, who need none, two spellings may be joined."""
    trial = tried(wizard)
    for value in (*trial.unmapped, *sorted(trial.owners, key=lambda value: not value.suggestion)):
        if value.value is not None:
            wizard.seen.setdefault(value.place, {}).setdefault(value.value, value.count)
    known = [value for value in trial.values if value.meaning]
    if known:
        with st.expander(f"Values that are understood ({words.count(len(known))})", key="known_values"):
            st.dataframe([_value_row(value) for value in known], hide_index=True, key="known_values_table")
    people = {place: counts for place, counts in wizard.seen.items() if place in OWNERS}
    asked = {place: counts for place, counts in wizard.seen.items() if place not in OWNERS}
    if asked:
        st.text("These words mean nothing to us yet. Choose what they mean.")
    else:
        st.text("Every value has a meaning." if known else "No column here has words that need a meaning.")
    if not wizard.seen:
        return
    with st.form(key="values"):
        chosen = {place: _choices(wizard, place, counts) for place, counts in asked.items()}
        if people:
            chosen |= _owners(wizard, people)
        if not st.form_submit_button("Use these meanings", key="use_values"):
            return
    try:
        wizard.decisions.values = {
            place: settled(words_, wizard.seen[place]) for place, words_ in chosen.items() if words_
        }
    except InputRefused as error:
        st.error(words.md(str(error), limit=400))
    else:
        st.rerun()


def _owners(wizard: Wizard, people: dict[Place, dict[str, int]]) -> dict[Place, dict[str, str]]:
    """Reps and owners: nothing need be chosen, so they stand behind a fold, which is open where two spellings may be one."""
    hints = [value for value in tried(wizard).owners if value.suggestion]
    spellings = {value for counts in people.values() for value in counts}
    title = f"Reps and owners ({words.count(len(spellings))})"
    with st.expander(title, expanded=bool(hints), key="owners"):
        st.caption(
            "Each is taken as spelt. Where two spellings are one person, choose the name under the other spelling, or type a name "
            "of your own: it may be that of a team."
        )
        return {place: _choices(wizard, place, counts) for place, counts in people.items()}


def _value_row(value: ValueCount) -> dict[str, Any]:
    return {
        "Column": label(value.column),
        "Value": words.one_line(value.value or "(blank)"),
        "Rows": value.count,
        "Means": value.meaning.replace("_", " "),
    }


def _choices(wizard: Wizard, place: Place, counts: dict[str, int]) -> dict[str, str]:
    """A select box for each value of a column; returns the words of the mapping for those that were chosen."""
    extract, column = place
    are_owners = place in OWNERS
    meanings = wizard.mapped.words.get(place, {})
    before = wizard.decisions.values.get(place, {})
    trial = tried(wizard)
    hints = {
        value.value: value.suggestion for value in (*trial.unmapped, *trial.owners) if value.place == place
    }
    st.markdown(f"**{words.md(label(column))}** ({words.md(load_extracts()[extract].title.lower())})")
    if place in LEFT_OPEN:
        st.caption(LEFT_OPEN[place])
    grid = st.grid(2, min_column_width=260)
    found = {}
    typed = [name for name in before.values() if name not in meanings.values()] if are_owners else []
    names = [*list(meanings)[:OFFERED], *dict.fromkeys(typed)]
    for value in list(counts)[:SHOWN]:
        word = before.get(value)
        now = next((name for name in names if meanings.get(name, name) == word), None)
        hint = hints.get(value)
        cell = grid.container()
        cell.text(f"{words.one_line(value, 60)} ({_rows(counts[value])})")
        meaning = cell.selectbox(
            f"{spoken(value)} {'is' if are_owners else 'means'}",
            names,
            index=names.index(now) if now else None,
            format_func=words.one_line if are_owners else lambda name: name.replace("_", " "),
            placeholder=_placeholder(hint, are_owners),
            accept_new_options=are_owners,
            label_visibility="collapsed",
            key=f"value_{short(repr((place, value)))}",
        )
        if meaning:
            found[value] = meanings.get(meaning, meaning)
    if len(counts) > SHOWN:
        st.caption(f"{SHOWN} of {words.count(len(counts))} values; the others may be named in the mapping.")
    return found


def _rows(count: int) -> str:
    return f"{words.count(count)} {'row' if count == 1 else 'rows'}"


def _placeholder(hint: str | None, are_owners: bool) -> str:
    if hint:
        return f"did you mean {words.one_line(hint)}?"
    return "taken as spelt" if are_owners else "no meaning yet"


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
            for key in tried(wizard).keys
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
        for join in tried(wizard).joins
    ]
    if joins:
        st.dataframe(joins, hide_index=True, key="wizard_joins")
    else:
        st.text("No file refers to another.")


def dry_run_step(wizard: Wizard) -> None:
    """What a load would make of every row, and what would change."""
    trial = tried(wizard)
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
            "What to do": REMEDIES.get(reason, "a rule of the mapping leaves these out"),
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
            yield f"{load_extracts()[name].title}: of {_rows(account.read)} {used} would be used. The reasons stand below."
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
        except InputRefused as error:
            status.update(label="Not loaded; what was published before stays", state="error")
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
    beside = wizard.folder / MAPPING
    part = beside.with_name(f".{MAPPING}.part")
    try:
        part.write_text(wizard.mapped.text, "utf-8")
        part.replace(beside)
    except OSError as error:
        st.warning(
            f"Published, but the mapping could not be kept ({error.strerror}); the next load asks again."
        )
    return f"figures as of {words.day(date.fromisoformat(manifest.as_of))}, snapshot {manifest.snapshot}"


def loaded_note() -> None:
    """After a load: what is published now, and where to read it. The steps wait, so that nobody takes them for unfinished."""
    done = st.session_state.pop(DONE, None)
    if done:
        st.success(f"Loaded and published: {words.md(done)}. All pages show it now.")
        st.page_link("pages/review/weekly_review.py", label="Read the weekly review")
        st.page_link("pages/trust/data.py", label="See what became of every row")
        st.button("Load further files", key="wizard_again")
        st.stop()
