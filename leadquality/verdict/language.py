"""Reads sentences about results and lists what they must not say, or fail to say (experience.md, section 5)."""

from __future__ import annotations

import re
from typing import Final

TREND_FROM: Final = 6

_WORDS: Final = (
    r"caus(?:es?|ed|ing)|driv(?:es?|en|ing)|drove|leads to|leading to|led to|due to|thanks to|because of|"
    r"impact(?:s|ed|ing|ful)?|effects? of|boost(?:s|ed|ing)?|improv(?:es?|ed|ing|ements?)|prov(?:es?|ed|en|ing)|"
    r"guarante(?:es?|ed|eing)|best|worst|winners?|losers?|top|under-?perform(?:s|ed|ing|ers?)?|poor(?:ly)?|"
    r"disappoint(?:s|ed|ing|ments?)?|significan(?:t|tly|ce)|statistically|p-values?|confiden(?:t|ce)|likely|"
    r"probabl[ey]|dramatic(?:ally)?|huge(?:ly)?"
)
_BANNED: Final = re.compile(rf"(?<![\w-])(?:{_WORDS})(?![\w-])|±", re.IGNORECASE)
_RAW: Final = re.compile(r"(?<![\w-])(?:None|NaN|nan|NaT|inf|null|undefined)(?![\w-])")
_AGELESS: Final = re.compile(r"(?i)\bwin rates?\b|\bconversions?\b")
_AGE: Final = re.compile(r"(?i)\b[\d,]+[ -]days?\b|\bday [\d,]+|\b[\d,]+ d\b")
_SCORE: Final = re.compile(
    r"(?i)(?:^|\b(?:a|an|the|our|its|their|this|that|overall|quality|good|high|low) )scores?\b"
)
_LEADS: Final = re.compile(
    r"(?i)(?:^|[.;:,] )(?:inbound|outbound|it|this|that|\w+ (?:channel|source|segment)) leads "
    r"(?:by|at|the|over|against|with|on|again|inbound|outbound)\b"
)
_TREND: Final = re.compile(r"(?i)\btrend\w*")

_IN: Final = r"(?:[^.;]|\.(?=\d))*"
"""Inside a clause, where a full stop may only be a decimal point."""

_NEEDED: Final = {
    "value": re.compile(r": .*?\d"),
    "n": re.compile(r"Old enough: [\d,]+ outbound, [\d,]+ inbound"),
    "age": re.compile(r"\bat [\d,]+ days?\b"),
    "range": re.compile(rf"\([^()]*\d[^()]* to [^()]*\d[^()]*\)|between {_IN}\d{_IN} and {_IN}\d"),
}


def forbidden(text: str, points: int = 0) -> list[str]:
    """The forbidden words in a text, as found; empty when it may be printed.

    points is how many a chart shows, if the text is about one: "trend" needs 6. Titles and questions quoted
    from kpis.json are exempt, so leave them out.
    """
    found = [match.group(0) for pattern in (_BANNED, _RAW) for match in pattern.finditer(text)]
    if not _AGE.search(text):
        found += [f"{match.group(0)} without an age" for match in _AGELESS.finditer(text)]
    found += [f"{match.group(0).strip()} without its name" for match in _SCORE.finditer(text)]
    found += [f"{match.group(0).strip(' .;:,')} (a verb)" for match in _LEADS.finditer(text)]
    if points < TREND_FROM:
        found += [f"{match.group(0)} for {points} points" for match in _TREND.finditer(text)]
    return found


def lacking(sentence: str) -> list[str]:
    """Which of value, n, age and range a verdict's sentence does not name."""
    return [part for part, pattern in _NEEDED.items() if not pattern.search(sentence)]
