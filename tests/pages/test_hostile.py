"""Hostile names on every page: shown as they are, and nothing but text, on each surface that a page has.

The protocol messages that a page sends to the browser are read one by one: every field that the browser reads as Markdown
must hold the escaped form, every figure the one escaped for figures, all others the plain text on one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from leadquality import words
from leadquality.contracts import ROOT
from tests.hostile import HOSTILE, as_kept, hostile_home

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py"))
PLAIN = {
    ("Text", "body"),
    ("Code", "code_text"),
    ("Selectbox", "options"),
    ("Selectbox", "placeholder"),
    ("Selectbox", "raw_value"),
    ("MultiSelect", "options"),
    ("MultiSelect", "raw_values"),
    ("PlotlyChart", "alt"),
}
"""Fields that the browser shows letter by letter (experience.md 8, reliability.md 3.5); all others may be Markdown."""

TOUCHED = ("created", "asof", "age", "view", "from", "to", "channel", "source", "segment", "region", "kpi")
"""Controls of the frame, and the choice of a KPI: they are tried by themselves."""

OPENING = {"pages/calling/operations.py", "pages/calling/qualification.py", "pages/channels/inbound.py"}
"""Pages of which this world fills what opens; of the others it is only read what they show."""

LIVE = [
    text
    for text in (words.one_line(each).strip() for each in HOSTILE)
    if words.md(text).replace("\\", "") != text or words.md(text) != text
]
"""Strings of which something would happen if they were read as Markdown."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_home(tmp_path_factory.mktemp("hostile"))


def fields(message: Any) -> Iterator[tuple[str, str, str]]:
    """(message, field, text) of every string in a protocol message and in those inside it."""
    for field, value in message.ListFields():
        values = value if hasattr(value, "__iter__") and not isinstance(value, str | bytes) else [value]
        for each in values:
            if isinstance(each, str):
                yield type(message).__name__, field.name, each
            elif hasattr(each, "ListFields"):
                yield from fields(each)


def sent(test: AppTest) -> list[tuple[str, str, str]]:
    """Every string of a page but the cells of tables, which are drawn on a canvas."""
    found = []
    for node in test._tree:
        message = getattr(node, "proto", None)
        if hasattr(message, "ListFields"):
            found += list(fields(message))
    return found


def faults(test: AppTest) -> list[str]:
    """Where a hostile string stands in a form that its surface would read as more than text."""
    wrong = []
    for message, field, text in sent(test):
        if (message, field) in PLAIN or field in {"id", "key"}:
            wrong += (
                [f"{message}.{field}: hidden letters in {text!r}"]
                if words.one_line(text, 10_000) != text.replace("\n", " ")
                else []
            )
        elif (message, field) == ("PlotlyChart", "spec"):
            wrong += [f"figure: {each!r}" for each in figure_faults(json.loads(text))]
        else:
            wrong += [
                f"{message}.{field}: {each!r} in {text!r}"
                for each in LIVE
                if each in text.replace(words.md(each), "")
            ]
    return wrong


def figure_faults(spec: Any) -> Iterator[str]:
    """Strings of a figure's JSON that hold a tag or an address of the data."""
    if isinstance(spec, dict):
        for value in spec.values():
            yield from figure_faults(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from figure_faults(value)
    elif isinstance(spec, str) and re.search(r"<(?!br>|/?b>|extra></extra>|/extra>|extra>)", spec):
        yield spec


def cells(test: AppTest) -> set[str]:
    """Every text that a table shows."""
    return {
        value
        for frame in test.dataframe
        for column in frame.value.columns
        for value in frame.value[column]
        if isinstance(value, str)
    }


def options(test: AppTest) -> set[str]:
    return {text for box in (*test.selectbox, *test.multiselect) for text in box.options}


@pytest.mark.parametrize("page", PAGES)
def test_every_surface_of_every_page_holds_text_and_nothing_else(serve, home, page):
    test = serve(home, page)
    assert not test.exception
    assert faults(test) == []
    for expander in test.expander:
        if expander.proto.id:
            test.session_state[expander.key] = True
    chosen = [box for box in test.selectbox if box.key not in TOUCHED and box.options]
    for box in chosen:
        box.set_value(box.options[-1])
    shown = len(test.dataframe)
    test.run()
    assert not test.exception
    assert faults(test) == []
    assert len(test.dataframe) > shown or page not in OPENING
    hidden = [text for text in cells(test) | options(test) if words.one_line(text, 10_000) != text]
    assert hidden == []


def test_each_string_is_shown_as_it_is(serve, home):
    test = serve(home, "pages/trust/definitions.py")
    listed = options(test)
    wanted = [words.one_line(as_kept(text)).strip() for text in HOSTILE]
    shown = {re.sub("email-[0-9a-f]+", "email", each.strip()) for each in listed}
    assert [text for text in wanted if text not in shown] == []


def test_the_stamp_of_a_page_shows_a_filter_as_it_is(serve, home):
    test = serve(home, "pages/trust/definitions.py")
    box = test.multiselect(key="source")
    assert len(box.options) == len(HOSTILE)
    for known in box.options:
        test.multiselect(key="source").set_value([known])
        test.run()
        assert not test.exception
        assert faults(test) == []
        stamp = next(each.value for each in test.caption if "Filters: source" in each.value)
        assert words.md(known) in stamp
