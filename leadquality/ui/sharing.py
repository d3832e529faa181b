"""Links and saved views: the scope as an address, and what a link asked for that is not here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

import streamlit as st

from leadquality import words
from leadquality.contracts import NotToml, toml_of
from leadquality.ui.served import home

VIEWS: Final = "views.toml"
NO_VIEW: Final = "none"


def link(controls: Mapping[str, Any], latest: date) -> str:
    """The address of this view, controls in their order, defaults left out; 'latest' is resolved to its date."""
    pairs: list[tuple[str, str]] = []
    for name, default in controls.items():
        value = st.session_state.get(name, default)
        if name == "asof" and value == default:
            continue
        if value != default and value not in (None, []):
            values = value if isinstance(value, list | tuple) else [value]
            pairs += [(name, each.isoformat() if isinstance(each, date) else str(each)) for each in values]
    return f"?{urlencode(pairs)}" if pairs else f"?asof={latest.isoformat()}"


def link_field(controls: Mapping[str, Any], latest: date) -> None:
    """The link to this view, with the button to copy it."""
    st.caption("Link to this view: put it behind the address of any page.")
    st.code(link(controls, latest), language=None, wrap_lines=True)


def views() -> dict[str, dict[str, list[str]]]:
    """Saved views by name, each as controls and their values; from views.toml beside the snapshots, kept under review.

    A file that cannot be read is said on the page, and gives no views.
    """
    path = home().path / VIEWS
    if not path.is_file():
        return {}
    try:
        found = toml_of(path.read_bytes()).get("views", {})
        return {str(name): parse_qs(str(query).lstrip("?")) for name, query in found.items()}
    except (OSError, NotToml, AttributeError) as error:
        st.warning(f"{VIEWS} cannot be read: {words.md(str(error))}")
        return {}


def views_control(controls: Mapping[str, Any]) -> None:
    """Choose a saved view: its link is put into the controls, all others go back to their defaults."""
    known = views()
    st.selectbox(
        "View",
        [NO_VIEW, *known],
        key="view",
        format_func=words.one_line,
        on_change=_take,
        args=(known, controls),
        help=f'Saved in {VIEWS}: [views] "Name" = "?segment=ent"',
    )


def _take(known: Mapping[str, Mapping[str, list[str]]], controls: Mapping[str, Any]) -> None:
    asked = known.get(st.session_state["view"], {})
    for name, default in controls.items():
        st.session_state[name] = _value(default, asked.get(name, []), name)


def _value(default: Any, found: list[str], name: str) -> Any:
    if isinstance(default, list):
        return found
    if not found:
        return default
    return date.fromisoformat(found[0]) if name in {"from", "to"} else found[0]


CHOICES: Final = frozenset({"created", "asof", "age"})
"""Parameters that are one of several, not a filter."""
PAGES_OWN: Final = frozenset({"kpi"})
"""Parameters of the address that a page reads for itself."""


def say_what_is_not_here(
    asked: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[str]], named: Collection[str]
) -> None:
    """The framework drops a value that does not exist, and a name that no control has, without a word; we say which, and what
    is shown instead. asked: values by control; known: the values there are; named: the names in the address."""
    for name in sorted(set(named) - asked.keys() - PAGES_OWN):
        st.warning(
            f"The link says '{words.md(words.one_line(name, 60))}', which means nothing here. It is left out."
        )
    for name in ("from", "to"):
        for value in asked.get(name, ()):
            if not _is_day(value):
                st.warning(
                    f"The link asked for {name} '{words.md(words.one_line(value, 60))}', which is no date (write 2026-11-22)."
                )
    for name, wanted in asked.items():
        for value in wanted:
            if name in known and value not in known[name]:
                st.warning(
                    f"The link asked for {name} '{words.md(words.one_line(value, 60))}', which is not in this data. Showing "
                    f"{'the default' if name in CHOICES else f'all {name}s'}."
                )


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
