"""Step 4 of the load wizard: what the words of the files mean, and which spellings of a rep or owner are one person."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from leadquality import words
from leadquality.catalogue import load_extracts
from leadquality.contracts import InputRefused
from leadquality.intake.decisions import settled
from leadquality.intake.everyday import Place
from leadquality.intake.values import OWNERS, ValueCount
from leadquality.ui.wizard import Wizard, label, offer, rows, short, spoken

SHOWN: Final = 30
"""So many values of a column are asked for; of more the most frequent, and the rest is counted."""
OFFERED: Final = 200
"""So many names of reps and owners are offered to choose from; another can be typed."""
REFUSED: Final = "A row whose word is left open is refused."
CAME: Final = "Did these leads come to us (inbound), or did we go to them (outbound)? Left open, their channel is unknown."
LEFT_OPEN: Final = {
    ("calls", "direction"): REFUSED,
    ("meetings", "status"): REFUSED,
    ("opportunities", "outcome"): REFUSED,
    ("calls", "outcome_code"): "A call whose word is left open counts as unmapped.",
    ("opportunity_changes", "stage"): "A stage that is left open is no rung of the stage ladder.",
    ("leads", "source"): CAME,
}
"""What becomes of the rows whose word is given no meaning."""


def values_step(wizard: Wizard) -> None:
    """What their words mean, with counts: those without a meaning may be given one, and count as unmapped until then. Of reps and
    owners, who need none, two spellings may be joined."""
    trial = wizard.tried
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
    _offer(wizard)
    with st.form(key="values"):
        chosen = {place: _choices(wizard, place, counts) for place, counts in asked.items()}
        if people:
            chosen |= _owners(wizard, people)
        if not st.form_submit_button(f"Use these {'meanings' if asked else 'names'}", key="use_values"):
            return
    try:
        wizard.decisions.values = {
            place: settled(words_, wizard.seen[place]) for place, words_ in chosen.items() if words_
        }
    except InputRefused as error:
        st.error(words.md(str(error), limit=400))
    else:
        st.rerun()


def _offer(wizard: Wizard) -> None:
    """What words may mean, by what they are like: one press takes it all, and each can be changed below. Of a rep or owner only a
    person can say whether two spellings are one."""
    decided = wizard.decisions.values
    suggested = [
        value
        for value in wizard.tried.unmapped
        if value.suggestion and value.value not in decided.get(value.place, {})
    ]
    if not suggested:
        return
    table = [
        {
            "Value": words.one_line(value.value),
            "Means": words.one_line(value.suggestion.replace("_", " ")),
            "Rows": value.count,
            "Column": label(value.column),
        }
        for value in suggested
    ]
    if offer("what people usually mean", table, "values"):
        for value in suggested:
            decided.setdefault(value.place, {})[value.value] = value.suggestion
        st.rerun()


def _owners(wizard: Wizard, people: dict[Place, dict[str, int]]) -> dict[Place, dict[str, str]]:
    """Reps and owners: nothing need be chosen, so they stand behind a fold, which is open where two spellings may be one."""
    hints = [value for value in wizard.tried.owners if value.suggestion]
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
        "Means": words.one_line(value.meaning if value.place in OWNERS else value.meaning.replace("_", " ")),
    }


def _choices(wizard: Wizard, place: Place, counts: dict[str, int]) -> dict[str, str]:
    """A select box for each value of a column; returns the words of the mapping for those that were chosen."""
    extract, column = place
    are_owners = place in OWNERS
    meanings = wizard.mapped.words.get(place, {})
    before = wizard.decisions.values.get(place, {})
    trial = wizard.tried
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
        cell.text(f"{words.one_line(value, 60)} ({rows(counts[value])})")
        meaning = cell.selectbox(
            f"{spoken(value)} {'is' if are_owners else 'means'}",
            names,
            index=names.index(now) if now else None,
            format_func=words.one_line if are_owners else lambda name: name.replace("_", " "),
            placeholder=_placeholder(hint, are_owners),
            accept_new_options=are_owners,
            label_visibility="collapsed",
            key=f"value_{short(repr((place, value, word)))}",
        )
        if meaning:
            found[value] = meanings.get(meaning, meaning)
    if len(counts) > SHOWN:
        st.caption(f"{SHOWN} of {words.count(len(counts))} values; the others may be named in the mapping.")
    return found


def _placeholder(hint: str | None, are_owners: bool) -> str:
    if hint:
        return f"did you mean {words.one_line(hint if are_owners else hint.replace('_', ' '))}?"
    return "taken as spelt" if are_owners else "no meaning yet"
