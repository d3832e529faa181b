"""What a KPI, or a whole load, rests on, in sentences: links that hold, the time in which each extract records, leads left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from leadquality import words

Row = Mapping[str, Any]
"""A link or a window by column (queries/evidence)."""

STREAMS: Final = {
    "closings": "closings of opportunities",
    "data_checks": "data checks",
    "spend": "spend",
    "revenue": "revenue",
}
"""Streams whose name in sentences is not that of their extract."""
AN: Final = {"account": "an", "opportunity": "an"}
"""Partners that take another article than `a`."""
DOUBTFUL: Final = ("partial", "accepted")
"""States of a link in which the KPI is shown and says its share."""
CLOSING: Final = ("broken", "untied")
"""States of a link that withhold the KPIs that need it."""


def not_available(reason: str) -> str:
    """What stands in the place of a KPI that is not given: why, and where its remedy stands."""
    how = "add" if reason.startswith("needs ") else "mend"
    return f"Not available: {reason.rstrip('.')}. Nothing is put in its place. How to {how} it: see Data."


def rests_on(links: Sequence[Row], windows: Sequence[Row], left_out: Row) -> str:
    """'Based on calls from Sep 1, 2025 (98.2% match a lead), opportunities. Left out: 2,310 leads created
    before the files begin.'; empty when the
    KPI declares neither link nor window."""
    matched: dict[str, list[str]] = {}
    for link in links:
        if said := _matched(link):
            matched.setdefault(link["extract"], []).append(said)
    parts = [_covered(window, matched.pop(_extract(window["stream"]), [])) for window in windows]
    parts += [f"{named(extract)} ({', '.join(said)})" for extract, said in matched.items()]
    if not parts:
        return ""
    gone = left_out_in_words(left_out)
    return f"Based on {', '.join(parts)}.{f' Left out: {gone}.' if gone else ''}"


def doubts(links: Sequence[Row], left_out: Row) -> str:
    """What must stand beside the KPI itself: a share that is not whole, and leads left out. Empty when there is nothing."""
    said = [
        f"Based on {words.share(link['match_rate'])} of {named(link['extract'])}: {words.count(link['lost_count'])} match no "
        f"{link['partner']}."
        for link in links
        if link["state"] in DOUBTFUL
    ]
    gone = left_out_in_words(left_out)
    return " ".join([*said, *([f"Left out: {gone}."] if gone else [])])


def left_out_in_words(left_out: Row) -> str:
    """'2,310 leads created before the files begin, 12 created after they end'; empty when nothing is left out."""
    kinds = {
        "before": "created before the files begin",
        "in_gaps": "whose follow-up meets missing days",
        "after": "created after the files end",
    }
    counts = {kind: left_out[kind] for kind in kinds if left_out.get(kind)}
    things = ["lead" if count == 1 else "leads" for count in counts.values()][:1] + [""] * len(counts)
    said = [
        " ".join(part for part in (words.count(count), thing, kinds[kind]) if part)
        for (kind, count), thing in zip(counts.items(), things, strict=False)
    ]
    return ", ".join(said)


def load_lines(
    evidence: Mapping[str, Sequence[Row]], used: Mapping[str, int], closed: Mapping[str, int]
) -> Iterator[str]:
    """One line per extract: rows used, link rates, window, and how many KPIs it closes. used: rows by extract; closed: KPIs by link."""
    windows = {window["stream"]: window for window in evidence.get("windows", ())}
    for extract, rows in used.items():
        parts = [f"{words.count(rows)} rows"]
        if window := windows.get(extract):
            parts.append(f"recorded from {window['first_on']} to {window['last_on']}")
        for link in evidence.get("links", ()):
            if link["extract"] != extract or link["state"] == "not_keyed":
                continue
            by = " by telephone number" if link["kind"] == "person" else ""
            said = f"{words.share(link['match_rate'])} match {AN.get(link['partner'], 'a')} {link['partner']}{by}"
            shut = closed.get(f"{extract}.{link['partner']}", 0) if link["state"] in CLOSING else 0
            parts.append(said + (f", which withholds {words.count(shut)} KPIs" if shut else ""))
        yield f"{extract}: {'; '.join(parts)}"


def named(extract: str) -> str:
    """An extract or stream in words."""
    return STREAMS.get(extract, extract.replace("_", " "))


def _extract(stream: str) -> str:
    return "opportunities" if stream == "closings" else stream


def _matched(link: Row) -> str:
    if link["state"] == "not_keyed" or link.get("match_rate") is None:
        return ""
    by = " by telephone number" if link["kind"] == "person" else ""
    return f"{words.share(link['match_rate'])} match {AN.get(link['partner'], 'a')} {link['partner']}{by}"


def _covered(window: Row, matched: Sequence[str]) -> str:
    start = (
        f" from {words.day(_day(window['from_on'] or window['first_on']))}" if window.get("from_on") else ""
    )
    end = f" to {words.day(_day(window['until_on']))}" if window.get("until_on") else ""
    found = f" ({', '.join(matched)})" if matched else ""
    return f"{named(window['stream'])}{start}{end}{found}"


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
