"""The 34 hostile strings of reliability.md, section 8, through the three escaping functions."""

from __future__ import annotations

import html
import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadquality import words

HOSTILE = (
    "<script>window.__pwn=1</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="https://evil.example">x</a>',
    '<a href="data:text/html,x">x</a>',
    "[click](https://evil.example)",
    "[click](javascript:alert(1))",
    "![](http://evil.example/p.png)",
    '<img src="http://evil.example/p.png">',
    "<b>bold</b>",
    "one<br>two",
    r"$\href{https://evil.example}{x}$",
    "$1,000 to $2,000",
    ":red[alarm]",
    ":material/delete:",
    ":smile:",
    "**_strong_**",
    "<iframe src=//evil.example></iframe>",
    '" onmouseover="alert(1)',
    "{{7*7}}",
    "%{customdata[1]}",
    "=HYPERLINK(1)",
    "abc\u202edcba",
    "<style>*{display:none}</style>",
    "# heading",
    "https://evil.example www.evil.example a@evil.example",
    "<math><style><img title='</style><img src=x onerror=alert(1)>'></math>",
    "A < B && C > D",
    "zero\u200bwidth\u2060\ufeff",
    "x" * 3_000,
    "one\r\ntwo\nthree\tfour\u2028five",
    "a[0].b",
    "| a | b |\n|---|---|\n| 1 | 2 |",
)


def test_there_are_34() -> None:
    assert len(HOSTILE) == 34


@pytest.mark.parametrize("text", HOSTILE)
def test_one_line_is_short_and_shows_what_it_changed(text: str) -> None:
    line = words.one_line(text)
    assert len(line) <= 120
    assert not [mark for mark in line if unicodedata.category(mark) in ("Cc", "Cf", "Zl", "Zp")]
    if text.isascii() and text.isprintable() and len(text) <= 120:
        assert line == text


@pytest.mark.parametrize("text", HOSTILE)
def test_md_leaves_no_mark_to_markdown_and_no_bare_address(text: str) -> None:
    written = words.md(text)
    assert not re.search(r"(?<!\\)[" + re.escape(string.punctuation) + "]", re.sub(r"\\.", "", written))
    shown = re.sub(r"\\(.)", r"\1", written)
    assert not re.search(r"(?i)(https?:|ftp:|mailto:|xmpp:|www\.)(?!\u2060)|(?<!\u2060)@", shown)
    assert shown.replace("\u2060", "") == words.one_line(text).strip()


@pytest.mark.parametrize("text", HOSTILE)
def test_plotly_is_left_without_a_tag_and_reads_as_it_was(text: str) -> None:
    written = words.plotly(text)
    assert "<" not in written and ">" not in written
    assert not re.search(r"&(?!(amp|lt|gt);)", written)  # plotly knows these three; &quot; it would print
    assert html.unescape(written) == words.one_line(text)


def test_long_text_ends_in_an_ellipsis_within_the_limit() -> None:
    assert words.one_line("x" * 3_000) == "x" * 119 + "…"
    assert words.one_line("x" * 120) == "x" * 120
    assert words.one_line("abcdef", limit=4) == "abc…"


def test_breaks_become_one_space_and_hidden_marks_are_seen() -> None:
    assert words.one_line("one\r\ntwo\nthree\tfour\u2028five") == "one two three four five"
    assert words.one_line("a\u202eb\u200bc\x00d\u3164e") == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert words.one_line("e\u0301") == "é"


@pytest.mark.parametrize("emoji", ["👩\u200d💻", "👩🏽\u200d🚀", "🏳\ufe0f\u200d🌈", "👁\ufe0f\u200d🗨\ufe0f"])
def test_the_joiner_stays_inside_emoji_only(emoji: str) -> None:
    assert words.one_line(f"x {emoji} y") == f"x {emoji} y"
    assert words.one_line("pass\u200dword") == "pass\ufffdword"
    assert words.one_line(f"{emoji}\u200d") == f"{emoji}\ufffd"


def test_indented_text_opens_no_code_block() -> None:
    assert words.md("    rm") == "rm"


@given(st.text())
def test_any_text_is_harmless_after_escaping(text: str) -> None:
    assert len(words.one_line(text)) <= 120
    assert "<" not in words.plotly(text)
    assert words.one_line(words.one_line(text)) == words.one_line(text)
