"""What the Pipeline page says: what is in it by origin, does it move, and can the forecast be relied on?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from leadquality import words
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.verdict.headline import TITLE_LIMIT

QUESTION: Final = "What is in the pipeline, does it move, and can the forecast be relied on?"
NO_HISTORY: Final = "Only today's pipeline is known. Movement appears from the second snapshot on."
STEPS: Final = ("start", "created", "pulled in", "amount changed", "pushed", "lost", "won", "end")
BESIDE: Final = ("due later", "no date")

Row = Mapping[str, Any]


def title(moves: Iterable[Row], pushes: Mapping[str, Row | None]) -> str:
    """The finding: how the pipeline due this quarter moved, and how many deals are pushed; else the question. At most 90 characters.

    moves are rows of the report pipeline_movement; pushes holds the row push_rate of forecast_stability for each channel.
    """
    change = next((row["total_change"] for row in moves if row["total_change"] is not None), None)
    parts = [part for part in (_moved(change), _pushed(pushes)) if part]
    for kept in (parts, parts[:1], parts[1:]):
        said = "; ".join(kept)
        if said and len(said) <= TITLE_LIMIT:
            return said[:1].upper() + said[1:]
    return QUESTION


def _moved(change: float | None) -> str:
    if change is None:
        return ""
    if change == 0:
        return "pipeline due this quarter is as large as it began"
    return f"pipeline due this quarter {'grew' if change > 0 else 'fell'} by {words.rough(abs(change))}"


def _pushed(pushes: Mapping[str, Row | None]) -> str:
    """'35 of 100 inbound deals are pushed, 15 outbound': each side as it is; which is higher is not said."""
    rows = [(channel, pushes.get(channel)) for channel in HEADLINE_CHANNELS]
    known = [(channel, row) for channel, row in rows if row is not None and row["estimate"] is not None]
    if not known:
        return ""
    (first, row), *others = known
    said = f"{words.counted(row['estimate'], 100)} {first} deals are pushed"
    return said + "".join(
        f", {words.plain(other['estimate'], 0, 100)} {channel}" for channel, other in others
    )


def push_sentence(pushes: Mapping[str, Row | None]) -> str:
    """What stands behind 'are pushed': over which quarters, of how many deals, with the range; empty where it is not known."""
    known = [
        row for channel in HEADLINE_CHANNELS if (row := pushes.get(channel)) and row["estimate"] is not None
    ]
    said = [
        f"{words.counted(row['estimate'], 100)} {row['channel']} ({words.plain(row['low'], 0, 100)} to {words.plain(row['high'], 0, 100)}; "
        f"{words.count(int(row['denominator']))} deals, {words.count(row['quarter_count'])} quarters)"
        for row in known
    ]
    if not said:
        return ""
    return f"Pushed out of a completed quarter, of the deals expected in it at the end of its first week: {', '.join(said)}."


def movement_caption(moves: Sequence[Row]) -> str:
    """How to read the waterfall, with its days; empty where there is nothing to read."""
    if not moves:
        return ""
    return (
        f"From {words.day(moves[0]['quarter_on'])} to today, deals due by {words.day(moves[0]['due_by'])}: start + created + pulled in + "
        f"amount changed {words.MINUS} pushed {words.MINUS} lost {words.MINUS} won = end. Due: open and expected to close by that day. In "
        "brackets: deals."
    )


def movement_sentence(moves: Sequence[Row]) -> str:
    """The waterfall in words, channel by channel, for the alternative text."""
    if not moves:
        return "No opportunity of the chosen leads was open, created or closed in this quarter."
    if all(row["estimate"] is None for row in moves):
        return "Amounts of several currencies are not added up."
    said = []
    for channel in dict.fromkeys(row["channel"] for row in moves):
        rows = {row["measure"]: row for row in moves if row["channel"] == channel}
        steps = ", ".join(f"{step} {_amount(rows[step])}" for step in STEPS if step in rows)
        said.append(f"{str(channel).capitalize()}: {steps}.")
    return f"Pipeline due by {words.day(moves[0]['due_by'])}, since {words.day(moves[0]['quarter_on'])}. {' '.join(said)}"


def _amount(row: Row) -> str:
    is_whole = row["measure"] in ("start", "end", *BESIDE)
    amount = (words.money if is_whole else words.change)(row["currency"], row["estimate"])
    return f"{amount} ({words.count(row['denominator'])})"


def untied(moves: Iterable[Row]) -> list[str]:
    """One sentence for each channel whose steps do not add up to its end: an error, never a footnote."""
    ends = [row for row in moves if row["measure"] == "end" and not row["is_tied"]]
    return [
        f"Do not use: the steps of {row['channel']} do not add up to the end; {words.money(row['currency'], abs(row['untied_amount']))} "
        "is missing."
        for row in ends
    ]


def beside(moves: Sequence[Row]) -> str:
    """What is open and not in the steps, and what the steps rest on: deals due later, without a date, an amount or a record."""
    said = []
    for name in BESIDE:
        rows = [row for row in moves if row["measure"] == name and row["denominator"]]
        listed = " and ".join(f"{_amount(row)} {row['channel']}" for row in rows)
        if listed:
            said.append(f"{name} {listed}")
    parts = [f"Open today beside the steps: {'; '.join(said)}."] if said else []
    for column, text in (
        ("without_amount_count", "without an amount, which add nothing"),
        ("unrecorded_count", "first recorded after the quarter began, taken as first recorded"),
    ):
        most = {
            row["channel"]: row[column] for row in moves if row["measure"] in ("start", "end") and row[column]
        }
        if most:
            counted = " and ".join(f"{words.count(count)} {channel}" for channel, count in most.items())
            parts.append(f"Deals {text}: {counted}.")
    return " ".join(parts)


def booked_sentence(rows: Iterable[Row]) -> str:
    """The last complete quarter in words, and how far this one is; the alternative text of the bars."""
    known = [row for row in rows if row["closed_quarter"] and row["created_quarter"] is None]
    if not known or all(row["numerator"] is None for row in known):
        return "No value is booked in this scope yet."
    said = []
    for is_partial, words_of in (
        (False, "Booked in the last complete quarter"),
        (True, "So far in the one that is not complete"),
    ):
        chosen = [row for row in known if row["is_partial"] is is_partial and row["numerator"] is not None]
        if not chosen:
            continue
        latest = max(row["closed_quarter"] for row in chosen)
        listed = ", ".join(
            f"{row['channel']} {words.money(row['currency'], row['numerator'])} ({words.count(row['deal_count'])} deals)"
            for row in chosen
            if row["closed_quarter"] == latest
        )
        quarter = next(row["measure"] for row in chosen if row["closed_quarter"] == latest).removeprefix(
            "closed "
        )
        said.append(f"{words_of}, {quarter}: {listed}.")
    return " ".join(said)
