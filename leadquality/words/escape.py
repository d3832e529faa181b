"""Makes a string from a CRM harmless on each kind of surface, and keeps it readable as it is.

reliability.md, 3.5. `md` is for the screen only; exports escape for HTML.
"""

from __future__ import annotations

import html
import re
import string
import unicodedata
from typing import Final

LIMIT: Final = 120
REPLACED: Final = "\ufffd"
ELLIPSIS: Final = "…"
JOINER: Final = "\u200d"
WORD_JOINER: Final = "\u2060"

_BREAKS: Final = re.compile(r"\r\n|[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]")
_LINKS: Final = re.compile(r"(?i)(https?:|ftp:|mailto:|xmpp:|www\.)|(?=@)")
_PUNCTUATION: Final = str.maketrans({mark: f"\\{mark}" for mark in string.punctuation})

_DRAWN: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd")
"""Format characters that are seen, so they stay."""

_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0")
"""Characters that are no format characters, yet take no space or show nothing."""

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs"})


def _pictured(mark: str) -> bool:
    return unicodedata.category(mark) == "So" or "\u2190" <= mark <= "\u21ff"


def _joins(text: str, at: int) -> bool:
    """Whether the joiner at this place holds two emoji together (skin tones and selectors in between)."""
    before = text[:at].rstrip("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
    after = text[at + 1 : at + 2]
    return bool(before and after) and _pictured(before[-1]) and _pictured(after)


def _seen(text: str, at: int) -> str:
    mark = text[at]
    if mark == JOINER:
        return mark if _joins(text, at) else REPLACED
    hidden = mark in _BLANK or (unicodedata.category(mark) in _HIDDEN and mark not in _DRAWN)
    return REPLACED if hidden else mark


def one_line(text: str, limit: int = LIMIT) -> str:
    """At most limit characters on one line: NFC, breaks and tabs as spaces, what hides or turns text as U+FFFD."""
    line = _BREAKS.sub(" ", unicodedata.normalize("NFC", text))
    if len(line) > limit:
        line = line[: limit - 1].rstrip(JOINER) + ELLIPSIS
    return "".join(_seen(line, at) for at in range(len(line)))


def md(text: str, limit: int = LIMIT) -> str:
    """For labels that read Markdown: nothing is markup, and no bare address is made into a link.

    Outer spaces are dropped, because four of them would open a code block.
    """
    line = one_line(text, limit).strip()
    return _LINKS.sub(lambda found: found.group(0) + WORD_JOINER, line).translate(_PUNCTUATION)


def plotly(text: str, limit: int = LIMIT) -> str:
    """For any text of a figure. Quotes stay as they are: plotly shows `&quot;` letter by letter.

    Names go into customdata, never into the text of a hovertemplate, where `%{..}` is live.
    """
    return html.escape(one_line(text, limit), quote=False)
