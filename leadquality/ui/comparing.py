"""The comparison at equal age: which ages may be judged, their verdicts, and the tables beside the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from leadquality import words
from leadquality.contracts import AGE_GRID, DIFFERENCE
from leadquality.engine import Result
from leadquality.verdict import DECIDED, Verdict, headline
from leadquality.verdict.reading import at_age

PAIR = ("inbound", "outbound")
NAMES = {
    "won_per_lead_so_far": "Per lead, so far",
    "won_of_closed_so_far": "Of closed, so far",
    "won_at_equal_age": "At equal age (fair)",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """verdicts: one for each age to speak of, by age; title: the finding in at most 90 characters; judge_at: the age shown."""

    verdicts: tuple[Verdict, ...]
    title: str
    judge_at: int
    ages: tuple[int, ...]


def comparison(result: Result, judge_at: int | None) -> Comparison:
    """Verdicts at the KPI's two ages and at the age the reader chose; where an age has no support, at the oldest that has."""
    rows = result.lines
    supported = [
        row["age_days"] for row in rows if row["channel"] == DIFFERENCE and row["estimate"] is not None
    ]
    wanted = sorted({*(result.horizon or ()), *([judge_at] if judge_at else [])})
    told = [at_age(rows, age) for age in wanted]
    if not any(verdict.kind in DECIDED for verdict in told) and supported:
        told = sorted([*told, at_age(rows, max(supported))], key=lambda verdict: verdict.age_days)
    crossing = next((row["sign_kept_from"] for row in rows if row["channel"] == DIFFERENCE), None)
    decided = [verdict.age_days for verdict in told if verdict.kind in DECIDED]
    shown = judge_at or (decided[-1] if decided else wanted[-1])
    both_ways = len({verdict.ahead for verdict in told if verdict.ahead}) > 1
    return Comparison(tuple(told), headline(told, crossing if both_ways else None), shown, AGE_GRID)


def value_verdict(result: Result, age_days: int) -> Verdict:
    """What a lead has brought in by that age, the two channels against one another."""
    return at_age(result.lines, age_days, "money", "per lead", "win_count")


def value_table(result: Result, ages: Sequence[int]) -> list[dict[str, str]]:
    """Value per lead at each age, with the gap."""
    table = []
    for age, found in _by_age(result, ages):
        line = {"Age": words.days(age)}
        line |= {channel.capitalize(): _worth(found.get(channel)) for channel in PAIR}
        line["Gap, outbound less inbound"] = _worth(found.get(DIFFERENCE))
        table.append(line)
    return table


def _worth(row: dict[str, Any] | None) -> str:
    if row is None:
        return words.missing()
    if row["estimate"] is None:
        return str(row["status"]).replace("_", " ")
    currency = row["currency"]
    return (
        f"{words.money(currency, row['estimate'])} ({words.span('money', row['low'], row['high'], currency)})"
    )


def naive_sentence(result: Result) -> str:
    """Naive against fair in one sentence: what each of the usual figures says of the channels that it is known of."""
    firsts = []
    for measure, label in NAMES.items():
        shares = {row["channel"]: row["estimate"] for row in result.lines if row["measure"] == measure}
        known = {channel: share for channel in PAIR if (share := shares.get(channel)) is not None}
        if not known:
            firsts.append(f"{label}: not known yet")
            continue
        listed = ", ".join(f"{channel} {words.share(share)}" for channel, share in known.items())
        firsts.append(f"{label}: {listed}")
    return ". ".join(firsts) + "."


def pair_table(result: Result, ages: Sequence[int]) -> list[dict[str, str]]:
    """The table behind the curve: at each age both channels with their ranges, the gap, and how many leads are old enough."""
    table = []
    for age, found in _by_age(result, ages):
        line = {"Age": words.days(age)}
        line |= {channel.capitalize(): _won(found.get(channel)) for channel in PAIR}
        line["Gap, outbound less inbound"] = _gap(found.get(DIFFERENCE))
        line["Old enough"] = " | ".join(
            f"{words.count(found[channel]['n_old_enough'])} {channel}" for channel in PAIR if channel in found
        )
        table.append(line)
    return table


def balance_table(result: Result, ages: Sequence[int]) -> list[dict[str, str]]:
    """Won + lost + open = 100 % for both channels at each age that may be shown."""
    table = []
    for age, found in _by_age(result, ages):
        for channel in PAIR:
            row = found.get(channel)
            if row is not None and row["estimate"] is not None:
                parts = {"Won": row["estimate"], "Lost": row["lost_share"], "Open": row["open_share"]}
                table.append(
                    {"Age": words.days(age), "Channel": channel}
                    | {name: words.share(part) for name, part in parts.items()}
                )
    return table


def _by_age(result: Result, ages: Sequence[int]) -> list[tuple[int, dict[str, dict[str, Any]]]]:
    """(age, rows by channel) for each age that some channel has reached."""
    rows = result.lines
    found = [(age, {row["channel"]: row for row in rows if row["age_days"] == age}) for age in ages]
    return [(age, by_channel) for age, by_channel in found if by_channel]


def _won(row: dict[str, Any] | None) -> str:
    if row is None:
        return words.missing()
    if row["estimate"] is None:
        return "too early" if row["status"] == "too_early" else "too few"
    return f"{words.share(row['estimate'])} ({words.span('ratio', row['low'], row['high'])}), {words.count(row['numerator'])} won"


def _gap(row: dict[str, Any] | None) -> str:
    if row is None or row["estimate"] is None:
        return words.missing()
    low, high = (words.plain(row[side], 1, 100) for side in ("low", "high"))
    return f"{words.points(row['estimate'])} ({low} to {high})"


def naive_rows(result: Result) -> list[dict[str, str]]:
    """The usual figures beside the fair one, by channel."""
    table: dict[str, dict[str, str]] = {
        name: {"Figure": label, "Inbound": words.missing(), "Outbound": words.missing()}
        for name, label in NAMES.items()
    }
    for row in result.lines:
        if row["channel"] in PAIR:
            text = words.share(row["estimate"])
            if row["low"] is not None:
                text += f" ({words.span('ratio', row['low'], row['high'])})"
            text += f", {words.count(row['numerator'])} of {words.count(row['denominator'])}"
            if row["estimate"] is None:
                text = (
                    f"too early at {words.days(row['horizon_days'])}" if row["denominator"] else "none closed"
                )
            table[row["measure"]][row["channel"].capitalize()] = text
    return list(table.values())
