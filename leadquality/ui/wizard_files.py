"""Step 2 of the load wizard: what each file is taken for, how it is read, and what only a person can say of it."""

from __future__ import annotations

from typing import Final
from zoneinfo import available_timezones

import streamlit as st

from leadquality import words
from leadquality.catalogue import load_extracts
from leadquality.intake.declared import Read
from leadquality.intake.look import Look
from leadquality.intake.mapping import NOT_READ
from leadquality.intake.presets import OWN
from leadquality.intake.recognise import ANSWERED, Recognised
from leadquality.intake.samples import masked_rows
from leadquality.ui.wizard import Wizard, short

ENCODINGS: Final = {
    "cp1252": "Western European (Windows, cp1252)",
    "cp1250": "Central European (Windows, cp1250)",
    "cp1251": "Cyrillic (Windows, cp1251)",
    "shift_jis": "Japanese (Shift JIS)",
    "utf-16": "UTF-16",
}
VENDORS: Final = {"hubspot": "HubSpot", "callrail": "CallRail", "ringcentral": "RingCentral"}
DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def files_step(wizard: Wizard) -> None:
    """Each file with what it is taken for, how it is read and a few rows; the page waits where somebody must say what it is."""
    waiting = False
    proposal = wizard.mapped.proposal
    # Many tables that nobody knows are told as one, like what is no table at all.
    summed = {file for left in proposal.unread if not left.file for file in left.files}
    shown = [each for each in proposal.recognised if each.file not in summed]
    for each in shown:
        with st.container(border=True, key=f"file_{short(each.file)}"):
            waiting = _file(wizard, each) or waiting
    for left in proposal.unread:
        if left.file not in {each.file for each in shown}:
            st.text(words.one_line(f"Not read: {left}", limit=500))
    _zone(wizard)
    for question in proposal.questions:
        if len({file for file, _ in question.answers}) > 1:
            st.warning(f"{words.md(question.text, limit=400)}. Leave one of them aside above.")
            waiting = True
    if waiting:
        st.info("The next steps come when the questions above are answered.")
        st.stop()
    if wizard.mapped.rules is None:
        st.info(
            "No file is left to be read. Put another into the inbox, or say above what at least one of them holds."
        )
        st.stop()


def _file(wizard: Wizard, each: Recognised) -> bool:
    """One file. Returns whether it waits for an answer."""
    look, decisions = each.look, wizard.decisions
    st.subheader(words.md(each.file))
    st.text(_told(each))
    if each.state == "mapped":
        _rows(look)
        return False
    waits = False
    if look.code == "ENCODING" or (look.declared and look.declared.encoding):
        waits = _encoding(wizard, look)
    answers = _answers(each)
    left = next(
        (left for left in wizard.mapped.proposal.unread if left.is_open and left.file == each.file), None
    )
    said_before = decisions.answers.get(each.file)
    if said_before is None and each.layout and not left:
        said_before = each.layout.preset
    if said_before is None and each.file in wizard.aside:
        said_before = NOT_READ
    if left:
        st.text(words.one_line(f"Not read so far: {left.reason}.", limit=500))
    answer = st.selectbox(
        "This file holds",
        answers,
        index=answers.index(said_before) if said_before in answers else None,
        format_func=_answer_name,
        placeholder="Choose what it is",
        key=f"is_{short(each.file)}",
    )
    if answer != said_before and answer is not None:
        decisions.answers[each.file] = answer
        st.rerun()
    if look.declared and look.declared.head_lines is not None:
        _header_line(wizard, look)
    _rows(look)
    return waits or answer is None or (each.state == "ambiguous" and answer != NOT_READ)


def _rows(look: Look) -> None:
    """A few rows of a file, with what is personal covered."""
    if look.sample:
        st.caption("The first rows. Names, e-mail addresses, telephone numbers and notes are covered.")
        st.dataframe(
            [
                {words.one_line(name): words.one_line(cell) for name, cell in row.items()}
                for row in masked_rows(look)
            ],
            hide_index=True,
            key=f"rows_{short(look.file)}",
        )


def _told(each: Recognised) -> str:
    """What the file is taken for and why, and how it is read, as plain text."""
    look = each.look
    if look.problem and look.code == "ENCODING":
        ways = look.problem.partition("(it would read ")[2].partition(");")[0]
        what = f"The letters of this file can be read in several ways ({ways}). Choose below how they read right."
    elif _is_unreadable(look):
        what = (
            f"This file cannot be read: {each.reason}. Put a right one in its place, or leave it aside below."
        )
    elif each.state == "mapped":
        what = f"{each.reason.capitalize()}."
    elif each.layout is None:
        what = f"We do not know this table: {each.reason}. Choose below what it holds, or leave it aside."
    elif each.reason.startswith(ANSWERED):
        what = f"{_answer_name(each.layout.preset)}, as you said."
    else:
        what = f"{_answer_name(each.layout.preset)}: {each.reason}."
    parts = [f"letters in {look.encoding}"] if look.encoding else []
    parts += (
        [f"{DELIMITERS.get(look.delimiter, look.delimiter)} between the fields"] if look.delimiter else []
    )
    return words.one_line(f"{what} {', '.join(parts).capitalize()}{'.' if parts else ''}", limit=500)


def _encoding(wizard: Wizard, look: Look) -> bool:
    now = look.declared.encoding if look.declared else None
    options = list(ENCODINGS)
    chosen = st.selectbox(
        "Its letters are",
        options,
        index=options.index(now) if now in options else None,
        format_func=lambda code: ENCODINGS[code],
        placeholder="Choose how the letters read right",
        key=f"letters_{short(look.file)}",
    )
    if chosen is not None and chosen != now:
        told = look.declared or Read()
        wizard.decisions.reads[look.file] = told.model_copy(update={"encoding": chosen})
        st.rerun()
    return chosen is None


def _header_line(wizard: Wizard, look: Look) -> None:
    told = look.declared
    assert told is not None and told.head_lines is not None
    line = st.number_input(
        "The column names stand in line", 1, 50, told.head_lines + 1, key=f"line_{short(look.file)}"
    )
    if line != told.head_lines + 1:
        wizard.decisions.reads[look.file] = told.model_copy(update={"head_lines": int(line) - 1})
        st.rerun()


def _zone(wizard: Wizard) -> None:
    rules = wizard.mapped.rules
    now = wizard.decisions.zone or (rules.zone if rules else "UTC")
    zones = sorted(available_timezones())
    chosen = st.selectbox("Time zone of times without one", zones, index=zones.index(now), key="wizard_zone")
    if chosen and chosen != now:
        wizard.decisions.zone = chosen
        st.rerun()


def _is_unreadable(look: Look) -> bool:
    """No answer makes a table of it: only its encoding, or which line the names stand in, can be told."""
    return bool(look.problem) and look.code not in ("ENCODING", "NO_HEADER", "NO_NAMES")


def _answers(each: Recognised) -> list[str]:
    """What may be said of a file: the tables it is near, our extracts, or that it is left aside."""
    if _is_unreadable(each.look):
        return [NOT_READ]
    near = [each.layout.preset] if each.layout else []
    near += [candidate.layout.preset for candidate in each.candidates]
    return list(dict.fromkeys([*near, *(f"{OWN}/{name}/own columns" for name in load_extracts()), NOT_READ]))


def _answer_name(answer: str) -> str:
    """`hubspot/contacts/csv_export` in words."""
    if answer == NOT_READ:
        return "nothing we need: leave it aside"
    vendor, name, style = answer.split("/", 2)
    if vendor == OWN:
        return load_extracts()[name].title
    return f"{VENDORS.get(vendor, vendor.capitalize())} {name} ({style.replace('_', ' ')})"
