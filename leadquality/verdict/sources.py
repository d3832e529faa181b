"""What the Sources page says: which sources to keep, fix or stop, and which are too young?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from leadquality import words
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.verdict.headline import TITLE_LIMIT

QUESTION: Final = "Which sources to keep, fix or stop, and which are too young?"
VERDICTS: Final = {"keep": "to keep", "fix": "to fix", "stop": "to stop", "too early": "too early"}
FEW: Final = "Too few sources to borrow strength from: ranges only."
BORROWED_FROM: Final = 5
"""Sources of a channel below which no rate is shrunken (statistics.md, 11)."""

RANKED_FROM: Final = 30

Row = Mapping[str, Any]


def title(rows: Iterable[Row]) -> str:
    """'2 sources to keep, 1 to fix, 3 too early', over the sources of both channels; the question where there are none."""
    counts = dict.fromkeys(VERDICTS, 0)
    for row in rows:
        if row["channel"] in HEADLINE_CHANNELS:
            counts[row["verdict"]] += 1
    said = [f"{words.count(count)} {VERDICTS[verdict]}" for verdict, count in counts.items() if count]
    if not said:
        return QUESTION
    number, _, rest = said[0].partition(" ")
    return f"{number} {'source' if number == '1' else 'sources'} {rest}{''.join(f', {part}' for part in said[1:])}"[
        :TITLE_LIMIT
    ]


def verdict_of(row: Row) -> str:
    """'keep', or 'too early, judge on 14 Mar 2027'; a source of no known channel is not judged."""
    if row["channel"] not in HEADLINE_CHANNELS:
        return f"not judged: channel {row['channel']}"
    if row["verdict"] != "too early":
        return str(row["verdict"])
    return (
        f"too early, judge on {words.day(row['judge_on'])}" if row["judge_on"] else "too early, too few leads"
    )


def reason_of(row: Row) -> str:
    """Why the verdict is what it is, in a few words; what speaks for and against it is named."""
    said = []
    if row["verdict"] == "too early":
        said.append(
            f"{words.count(row['n_old_enough'])} of {words.count(row['denominator'])} leads are old enough"
        )
    elif row["late_band"] == "C":
        said.append("below the others late" + (", above them early" if row["early_band"] == "A" else ""))
    elif row["late_band"] == "A":
        said.append("above the others late")
    if row["is_worth_less"]:
        said.append("worth less than it costs")
    elif row["verdict"] != "too early" and row["cost_per_lead"] is None:
        said.append("its cost is not known")
    by_bands = row["late_band"] == "C" and row["early_band"] == "A"
    if row["verdict"] == "fix" and not by_bands and row["repairable_reason"]:
        said.append(
            f"{words.counted(row['repairable_share'], 100)} of {words.count(row['drop_count'])} drop-outs: "
            f"{words.one_line(row['repairable_reason'])}"
        )
    return "; ".join(said) or "late not told apart from the others"


def shrunken(rows: Iterable[Row]) -> list[str]:
    """One sentence for each source that is shrunken and not ranked: 'partner_podcast: 4 of 12. Shrunken to 15 of 100 (6 to 27). ..'"""
    return [
        f"{words.one_line(row['slice'])}: {words.count(row['numerator'])} of {words.count(row['denominator'])}. Shrunken to "
        f"{_shrunken(row)}. Not ranked ({RANKED_FROM} are needed)."
        for row in rows
        if row["shrunken"] is not None and row["shrunken_low"] is not None and row["place"] is None
    ]


def order(rows: Iterable[Row]) -> list[str]:
    """How the dots are ordered, where any is: what a shrunken rate is, in words."""
    if all(row["shrunken"] is None for row in rows):
        return []
    return [
        "Ordered by the shrunken rate: drawn towards the other sources, the more so the fewer leads a source has."
    ]


def _shrunken(row: Row, per: int = 0) -> str:
    per = per or words.denominator_for(row["shrunken"])
    low, high = (words.plain(row[side], 0, per) for side in ("shrunken_low", "shrunken_high"))
    return f"{words.counted(row['shrunken'], per)} ({low} to {high})"


def few(rows: Iterable[Row]) -> list[str]:
    """'Too few sources to borrow strength from: ranges only.' for each channel with fewer than five, named; of a channel
    without a range nothing is said."""
    sizes: dict[str, int] = {}
    for row in rows:
        if row["channel"] in HEADLINE_CHANNELS and row["estimate"] is not None:
            sizes[row["channel"]] = max(sizes.get(row["channel"], 0), row["source_count"] or 0)
    return [f"{channel.capitalize()}: {FEW}" for channel, size in sizes.items() if size < BORROWED_FROM]


def ranking_sentence(rows: Sequence[Row]) -> str:
    """The dots in words, channel by channel, for the alternative text."""
    said = []
    for channel in HEADLINE_CHANNELS:
        chosen = [row for row in rows if row["channel"] == channel]
        ranked = sorted((row for row in chosen if row["place"] is not None), key=lambda row: row["place"])
        known = [row for row in chosen if row["estimate"] is not None]
        if ranked:
            per = words.denominator_for(*(row["shrunken"] for row in ranked))
            listed = ", ".join(f"{words.one_line(row['slice'])} {_shrunken(row, per)}" for row in ranked)
            said.append(
                f"{channel.capitalize()}, won by {words.days(ranked[0]['horizon_days'])}, shrunken: {listed}."
            )
        elif known:
            per = words.denominator_for(*(row["estimate"] or row["high"] for row in known))
            listed = ", ".join(
                f"{words.one_line(row['slice'])} {words.counted(row['estimate'], per)} "
                f"({words.plain(row['low'], 0, per)} to {words.plain(row['high'], 0, per)})"
                for row in known
            )
            said.append(
                f"{channel.capitalize()}, won by {words.days(known[0]['horizon_days'])}, not shrunken: {listed}."
            )
    return " ".join(said) or "No source has 30 leads that are old enough."


def gaps(rows: Iterable[Row]) -> list[str]:
    """Spend that brought no lead, and leads whose source has no spend, each as one sentence; none where they match."""
    found: dict[str, list[str]] = {}
    for row in rows:
        name = words.one_line(row["slice"])
        amount = (
            words.money(None, row["cost_amount"])
            if row["measure"] == "spend without leads"
            else f"{words.count(row['numerator'])} leads"
        )
        found.setdefault(row["measure"], []).append(f"{name} ({amount})")
    return [
        f"{measure.capitalize()}: {', '.join(listed)}."
        for measure, listed in sorted(found.items(), reverse=True)
    ]


def reasons_sentence(rows: Iterable[Row]) -> str:
    """The most frequent reason of each source, for the alternative text."""
    known = [row for row in rows if row["measure"] != "all reasons" and row["estimate"] is not None]
    said = []
    for key in dict.fromkeys((row["channel"], row["slice"]) for row in known):
        first = max(
            (row for row in known if (row["channel"], row["slice"]) == key), key=lambda row: row["estimate"]
        )
        per = words.denominator_for(first["estimate"])
        said.append(
            f"{words.one_line(first['slice'])}: {words.one_line(first['measure'])}, {words.counted(first['estimate'], per)} leads by "
            f"{words.days(first['horizon_days'])}"
        )
    return (
        f"The reason given most often: {'; '.join(said)}."
        if said
        else "No source has 30 leads that are old enough."
    )
