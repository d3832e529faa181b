"""The findings of the two calling pages: hand-offs, reps, outcomes, callbacks, load and arrivals, in sentences.

Every function takes rows of a result as mappings and says nothing that they do not hold. Names from the data are returned as
they are: the surface that shows a sentence escapes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from leadquality import words
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.verdict.figure import attempts, patience
from leadquality.verdict.headline import TITLE_LIMIT

Rows = Sequence[Mapping[str, Any]]

QUALIFICATION: Final = "Does sales agree with what we call qualified, and do reps apply one standard?"
OPERATIONS: Final = "Are promises to prospects kept: callbacks, busy days, language and hours?"
JUDGED: Final = "ok"
"""The status of a figure that a title may tell."""
ENDINGS: Final = {
    "qualified": "qualified",
    "meeting_booked": "with a meeting booked",
    "interested_not_ready": "interested but not ready",
    "callback_requested": "with a callback requested",
    "connected_no_result": "without a result",
    "no_fit": "without fit",
    "do_not_call": "with the wish not to be called",
    "gatekeeper_block": "at a gatekeeper",
    "wrong_contact": "at a wrong contact",
    "unreachable": "unreachable",
    "voicemail": "in a voicemail",
    "unmapped": "with an outcome that is not mapped",
}
"""How a call ended, after 'end'."""

OFTEN: Final = 3
"""Endings that the sentence of the outcome figure names."""


def qualification_title(acceptance: Rows, reps: Rows) -> str:
    """'Sales accepts 70 of 100 inbound, 72 outbound hand-offs in 5 days; 1 rep outside limits'; else the question.

    acceptance: rows of sales_acceptance_rate; reps: rows of rep_consistency. Both may be empty.
    """
    told = _by_channel(row for row in acceptance if row["measure"] == "accepted_in_time")
    outside = _outside(reps)
    if not told:
        return (
            f"{_counted(outside, 'rep is', 'reps are')} outside the limits of chance"
            if outside
            else QUALIFICATION
        )
    days = words.days(next(iter(told.values()))["horizon_days"])
    long = " and ".join(f"{_of_100(row)} {channel}" for channel, row in told.items())
    short = _shares(told)
    found = _counted(outside, "rep", "reps") if outside else "no rep"
    tail = f"; {found} outside limits" if _compared(reps) else ""
    return _fitting(
        f"Sales accepts {long} hand-offs within {days}{tail}",
        f"Sales accepts {short} hand-offs in {days}{tail}",
        f"Sales accepts {short} hand-offs in {days}",
    )


def operations_title(callbacks: Rows, tenths: Rows) -> str:
    """'66 of 100 inbound, 70 outbound callbacks made in 15 min; on busy days 1 in 10 waits 2.7 h'; else the question.

    callbacks: rows of callback_kept_rate; tenths: rows of response_by_load. Both may be empty.
    """
    told = _by_channel(row for row in callbacks if row["measure"] == "kept_on_time")
    slow = _tenth(tenths, -1)
    wait = words.elapsed(slow["estimate"]) if slow and slow["estimate"] is not None else ""
    if not told:
        return f"On the busiest days 1 in 10 inbound leads waits {wait} or longer" if wait else OPERATIONS
    within = words.elapsed(next(iter(told.values()))["tolerance_minutes"])
    kept = f"{_shares(told)} callbacks made in {within}"
    return _fitting(
        *(
            [f"{kept}; on busy days 1 in 10 leads waits {wait}", f"{kept}; on busy days 1 in 10 waits {wait}"]
            if wait
            else []
        ),
        f"{_shares(told)} callbacks made within {within} of the time promised",
        kept,
    )


def reps_sentence(rows: Rows) -> str:
    """Who lies outside the limits of chance, per channel, with rate, n and limits; also the text of the figure."""
    compared = _compared(rows)
    if not compared:
        return "No rep is compared: in a channel 5 reps with 20 conversations each are needed."
    counts = {channel: sum(row["channel"] == channel for row in compared) for channel in HEADLINE_CHANNELS}
    who = " and ".join(f"{words.count(count)} {channel}" for channel, count in counts.items() if count)
    outside = [row for row in compared if row["is_outside_998"]]
    if not outside:
        return f"Of {who} reps nobody is outside the limits that chance draws (99.8 %)."
    named = "; ".join(f"{row['channel']} {words.one_line(row['measure'])}, {_rep(row)}" for row in outside)
    return f"Of {who} reps, outside the limits that chance draws (99.8 %): {named}. To be talked over, not ranked."


def outcomes_sentence(rows: Rows) -> str:
    """The three most frequent endings of each channel; also the text of the figure."""
    clauses = []
    for channel in HEADLINE_CHANNELS:
        own = [row for row in rows if row["channel"] == channel and row["estimate"] is not None]
        often = sorted(own, key=lambda row: (-row["numerator"], row["measure"]))[:OFTEN]
        if often:
            named = ", ".join(
                f"{words.plain(row['estimate'], 0, 100)} {'' if place else 'end '}{ENDINGS.get(row['measure'], row['measure'])}"
                for place, row in enumerate(often)
            )
            clauses.append(
                f"Of 100 {channel} calls {named} ({words.count(often[0]['denominator'])} calls in all)."
            )
    return " ".join(clauses) or "No mix: fewer than 10 calls of either channel."


def unmapped_sentence(rows: Rows) -> str:
    """'Withheld: 214 calls carry outcomes that are not mapped (CBX, NI2). Map them, then load again.'; empty when none.

    rows are those of outcome_mix, whose class `unmapped` holds the calls that belong to no other class.
    """
    lost = [row for row in rows if row["measure"] == "unmapped" and row["numerator"]]
    if not lost:
        return ""
    codes = ", ".join(sorted({code for row in lost for code in row["codes"].split(", ")}))
    number = sum(row["numerator"] for row in lost)
    carry = "call carries" if number == 1 else "calls carry"
    return (
        f"Withheld: {words.count(number)} {carry} outcomes that are not mapped ({words.one_line(codes)}). "
        "Map them, then load again."
    )


def bar_sentence(rows: Rows) -> str:
    """Whether more passes while less is accepted, both beyond chance (95 %); empty when not. rows: pass_and_acceptance."""
    for channel in HEADLINE_CHANNELS:
        found = {
            row["measure"]: row for row in rows if row["channel"] == channel and row["estimate"] is not None
        }
        passed, accepted = found.get("passed"), found.get("accepted")
        if passed and accepted and passed["low"] > 0 and accepted["high"] < 0:
            return (
                "Pass rate rises while later acceptance falls: the bar may have moved. "
                f"{channel.capitalize()} since {words.day(passed['split_on'])}: {_then(passed, 'conversations pass')}; "
                f"{_then(accepted, 'hand-offs are accepted')}."
            )
    return ""


def waiting_sentence(rows: Rows) -> str:
    """How many open hand-offs wait longer than agreed, and what is left out of the list. rows: waiting_handoffs."""
    if not rows:
        return "No hand-off waits for sales."
    days, touch = (words.days(rows[0][name]) for name in ("acceptance_days", "touch_days"))
    return (
        f"Waiting longer than agreed ({days} for an answer, {touch} for the first touch): "
        f"{_overdue(rows)} open hand-offs. {_left_out(rows)}"
    )


def promises_sentence(callbacks: Rows | None, handoffs: Rows | None) -> str:
    """What the action list holds, and what is left out of it. rows: overdue_callbacks, waiting_handoffs; None: not given, of
    which nothing is said."""
    known = {
        name: rows for name, rows in (("callback", callbacks), ("hand-off", handoffs)) if rows is not None
    }
    parts = [f"{_overdue(rows)} open {name}s" for name, rows in known.items() if rows]
    if parts:
        return f"Overdue: {'; '.join(parts)}. {_left_out([*(callbacks or ()), *(handoffs or ())])}"
    return f"Nothing is open: {' and '.join(f'no {name}' for name in known)} waits." if known else ""


def load_sentence(rows: Rows) -> str:
    """How long 90 of 100 inbound leads wait on the calmest and on the busiest tenth of days. rows: response_by_load."""
    ends = [row for place in (0, -1) if (row := _tenth(rows, place))]
    if not ends:
        if not any(row["channel"] == "inbound" for row in rows):
            return "No inbound leads in this scope on days with recorded staff: outbound has no waiting time to judge."
        return "No tenth of days has 30 inbound leads that were followed for a week."
    clauses = []
    for which, row in zip(("calmest", "busiest"), ends, strict=False):
        wait = (
            f"within {words.elapsed(row['estimate'])} ({words.span('minutes', row['low'], row['high'])})"
            if row["estimate"] is not None
            else "not within a week"
        )
        clauses.append(f"on the {which} tenth of days {wait}, {words.count(row['denominator'])} leads")
    return f"90 of 100 inbound leads have a response {'; '.join(clauses)}."


def arrivals_sentence(rows: Rows, channel: str = "inbound") -> str:
    """How many arrivals find somebody at work, and how many are left out of the map. rows: arrival_hours."""
    whole = next((row for row in rows if row["channel"] == channel and row["measure"] == "all hours"), None)
    if whole is None:
        return "No map: no arrival has a time zone, a language and a day with recorded staff."
    share = (
        ""
        if whole["estimate"] is None
        else f"{_of_100(whole)} ({words.span('ratio', whole['low'], whole['high'])})"
    )
    counted = f"{words.count(whole['numerator'])} of {words.count(whole['denominator'])} {channel} arrivals"
    zone, unknown = whole["without_zone_count"], whole["unknown_count"]
    left = (
        f" {_counted(zone, 'lead carries', 'leads carry')} no time zone and {_are(zone)} left out of the map."
        if zone
        else ""
    )
    other = (
        f" {_counted(unknown, 'more', 'more')} without a language or on days without recorded staff {_are(unknown)} left out too."
        if unknown
        else ""
    )
    figures = f"{share}: {counted}" if share else counted
    return f"At work when they arrive, in their language: {figures}.{left}{other}"


def callers_sentence(answered: Rows, abandoned: Rows) -> str:
    """How many incoming calls are answered, per channel, and how long callers bear to wait; empty when neither is known.

    answered: rows of inbound_answer_rate; abandoned: those of inbound_abandonment.
    """
    clauses = []
    for channel in HEADLINE_CHANNELS:
        own = next(
            (row for row in answered if row["channel"] == channel and row["estimate"] is not None), None
        )
        if own:
            counted = f"{words.count(own['numerator'])} of {words.count(own['denominator'])}"
            clauses.append(
                f"Answered: {_of_100(own)} {channel} calls ({words.span('ratio', own['low'], own['high'])}), {counted}."
            )
        half = next(
            (row for row in abandoned if row["channel"] == channel and row["patience_seconds"] is not None),
            None,
        )
        if half:
            clauses.append(f"Half of the {channel} callers would hang up by {patience(half)}.")
    if any(row["estimate"] is not None for row in abandoned) and all(
        row["status"] == "not_available" for row in abandoned if row["within_seconds"]
    ):
        clauses.append(
            "Their patience is not known: waits are missing, or missing more often where callers hang up."
        )
    return " ".join(clauses)


def attempts_sentence(rows: Rows) -> str:
    """What a conversion costs in attempts, per channel. rows: conversion_by_attempt."""
    told = {row["channel"]: attempts(row) for row in rows if row["attempts_per_conversion"] is not None}
    clauses = [
        f"{channel.capitalize()}: {told[channel]}." for channel in HEADLINE_CHANNELS if channel in told
    ]
    return " ".join(clauses) or "Fewer than 10 conversions in either channel: no number of attempts is given."


def _by_channel(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The rows that may be told, inbound first."""
    known = {row["channel"]: row for row in rows if row["estimate"] is not None and row["status"] == JUDGED}
    return {channel: known[channel] for channel in HEADLINE_CHANNELS if channel in known}


def _of_100(row: Mapping[str, Any]) -> str:
    return words.counted(row["estimate"], 100)


def _shares(told: Mapping[str, Mapping[str, Any]]) -> str:
    """'70 of 100 inbound, 72 outbound'."""
    first, *others = [
        f"{_of_100(row)} {channel}" if place == 0 else f"{words.plain(row['estimate'], 0, 100)} {channel}"
        for place, (channel, row) in enumerate(told.items())
    ]
    return ", ".join([first, *others])


def _compared(rows: Rows) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["limit_low_998"] is not None and row["channel"] in HEADLINE_CHANNELS]


def _outside(rows: Rows) -> int:
    """How many reps are outside the wider limits in a channel; one who is so in both counts once."""
    return len({row["measure"] for row in _compared(rows) if row["is_outside_998"]})


def _rep(row: Mapping[str, Any]) -> str:
    limits = words.span("ratio", row["limit_low_998"], row["limit_high_998"])
    return f"{words.counted(row['share'], 100)} in {words.count(row['denominator'])} conversations (by chance {limits})"


def _then(row: Mapping[str, Any], what: str) -> str:
    later, earlier = (words.plain(row[name], 0, 100) for name in ("later_share", "earlier_share"))
    counts = f"{words.count(row['denominator'])} and {words.count(row['earlier_count'])}"
    return f"{later} of 100 {what} against {earlier} before (of {counts})"


def _overdue(rows: Rows) -> str:
    """'10 of 10 inbound, 27 of 33 outbound'."""
    told = [
        f"{words.count(row['numerator'])} of {words.count(row['denominator'])} {row['channel']}"
        for row in sorted(rows, key=lambda row: _place(row["channel"]))
        if row["denominator"]
    ]
    return ", ".join(told) or "none of the"


def _left_out(rows: Rows) -> str:
    barred, closed = (sum(row[name] for row in rows) for name in ("do_not_call_count", "closed_count"))
    parts = [
        f"{words.count(number)} whose lead {what}"
        for number, what in ((closed, "is won or lost"), (barred, "asked not to be called"))
        if number
    ]
    return f"Left out: {' and '.join(parts)}." if parts else "Nothing is left out."


def _tenth(rows: Rows, place: int) -> Mapping[str, Any] | None:
    """The calmest (0) or the busiest (-1) tenth of inbound that has enough leads."""
    own = [row for row in rows if row["channel"] == "inbound" and row["status"] == JUDGED]
    return sorted(own, key=lambda row: row["tenth"])[place] if own else None


def _place(channel: str) -> int:
    return HEADLINE_CHANNELS.index(channel) if channel in HEADLINE_CHANNELS else len(HEADLINE_CHANNELS)


def _counted(number: int, one: str, many: str) -> str:
    return f"{words.count(number)} {one if number == 1 else many}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _fitting(*titles: str) -> str:
    """The first that is short enough; each shorter than the one before."""
    return next((title for title in titles if len(title) <= TITLE_LIMIT), titles[-1][:TITLE_LIMIT])
