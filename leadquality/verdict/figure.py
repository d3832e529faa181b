"""One figure of one channel in words: value, range, what it stands on, and what may be said of it. For every KPI the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from leadquality import words
from leadquality.catalogue import Kpi
from leadquality.verdict.parts import SHOWN_FROM, Side
from leadquality.verdict.states import not_enough_leads, small, stated

Row = Mapping[str, Any]

DURATIONS: Final = frozenset({"days", "minutes", "seconds"})
NO_VALUE: Final = "Not available in this scope. Nothing is put in its place."
FROM_LEADS: Final = frozenset({"calls", "first meetings", "hours", "qualified conversations", "won deals"})
"""What is counted of leads that are old enough: it is their age that counts, not its own."""
ON_TIME: Final = frozenset({"days", "minutes"})
AMOUNTS: Final = frozenset({"booked value", "contract value", "recurring revenue"})
"""What a denominator counts when it is a sum of money."""
TELLS_THE_COUNT: Final = ("Too early", "Too few", "Withheld", "Fewer than", "No ")
"""States that say how much there is, so that the basis would say it twice."""


@dataclass(frozen=True, slots=True)
class Figure:
    """value: with its unit, or the words that stand for an unknown one; span: '6.4 to 8.0 %', empty when there is none;
    basis: what it counts and how many are old enough; extras: further sentences that the KPI's own columns give;
    state: why it may not be judged yet, empty when it may.
    """

    value: str
    span: str
    basis: str
    extras: tuple[str, ...]
    state: str

    @property
    def why(self) -> str:
        """The state in a word or two, to stand behind a dash: 'too early'; empty when there is none."""
        first, colon, _ = self.state.partition(":")
        return f"{first[:1].lower()}{first[1:]}" if colon else "not known" if self.state else ""

    @property
    def brief(self) -> str:
        """'45.6 % (44.1 to 47.1 %)', or the words that stand for what is not known."""
        if self.value == words.missing():
            return words.missing(self.why)
        return f"{self.value} ({self.span})" if self.span else self.value

    @property
    def is_judged(self) -> bool:
        """Whether the figure is known and old enough to be judged."""
        return not self.state


def figure(kpi: Kpi, row: Row) -> Figure:
    """The figure that one row of a result holds (contract columns, then what the KPI adds)."""
    state = _state(kpi, row)
    is_told = row["estimate"] is None and state.startswith(TELLS_THE_COUNT)
    return Figure(
        value=_value(kpi, row),
        span=_span(kpi, row),
        basis="" if is_told else _basis(kpi, row),
        extras=() if is_told else tuple(said for write in EXTRAS if (said := write(kpi.unit, row))),
        state=state,
    )


def _value(kpi: Kpi, row: Row) -> str:
    """Never 0 for unknown: half of a duration may not be reached, all else is a dash."""
    if row["estimate"] is not None:
        said = words.value(kpi.unit, row["estimate"], row.get("currency"))
        return f"{said} {kpi.per}" if kpi.per and row.get("measure") in {None, kpi.first} else said
    if kpi.unit in ON_TIME and row["status"] in {"ok", "provisional"}:
        return "half not reached"
    return words.missing()


def _span(kpi: Kpi, row: Row) -> str:
    if row["estimate"] is None or row["low"] is None or _is_exact(kpi, row):
        return ""
    return words.span(kpi.unit, row["low"], row["high"], row.get("currency"))


def _is_exact(kpi: Kpi, row: Row) -> bool:
    """Counted, not estimated: the limits of a share are the share itself."""
    return kpi.unit == "ratio" and row["low"] is not None and row["low"] == row["high"] == row["estimate"]


def _basis(kpi: Kpi, row: Row) -> str:
    """'291 of 4,412 leads, 947 old enough (180 days).'"""
    if row["denominator"] is None:
        return ""
    counted = f"{_much(kpi, row, 'denominator')} {kpi.of}"
    if _is_a_part(kpi, row):
        counted = f"{_much(kpi, row, 'numerator')} of {counted}"
    elif isinstance(row["numerator"], int | float) and kpi.unit == "per_unit":
        counted = f"{_much(kpi, row, 'numerator')} for {counted}"
    parts = [f"Exact: {counted}" if _is_exact(kpi, row) else counted]
    old, age = row["n_old_enough"], row.get("horizon_days")
    if old is not None and age:
        parts.append(f"{words.count(old)} old enough ({words.days(age)})")
    return f"{', '.join(parts)}."


def _much(kpi: Kpi, row: Row, column: str) -> str:
    """A count, or an amount where sums of money are counted."""
    if kpi.of in AMOUNTS:
        return words.money(row.get("currency"), row[column])
    return words.quantity(row[column])


def _is_a_part(kpi: Kpi, row: Row) -> bool:
    """Whether the numerator counts some of what the denominator counts."""
    numerator, denominator = row["numerator"], row["denominator"]
    if not isinstance(numerator, int | float) or kpi.unit in {"index", "money", "per_unit"}:
        return False
    return bool(numerator <= denominator)


def _state(kpi: Kpi, row: Row) -> str:
    """Why the figure may not be judged yet; empty when it may."""
    status, old, whole = row["status"], row["n_old_enough"], row["denominator"]
    if status == "not_available" and row["estimate"] is None:
        return (
            f"No value for {row['channel']}: {kpi.across}"
            if kpi.headline not in {"both", row["channel"]}
            else f"No value: {kpi.withheld}"
            if kpi.withheld
            else NO_VALUE
        )
    if status in {"too_few", "too_early"} and not whole:
        if age := row.get("horizon_days"):
            early = "Too early" if status == "too_early" else "Too few"
            return f"{early}: of the {row['channel']} {kpi.of} none is {words.days(age)} old."
        return f"No {row['channel']} {kpi.of} in this scope. Widen the dates or press Reset."
    if status in {"too_few", "too_early"} and row.get("horizon_days") is None:
        if kpi.of in AMOUNTS:
            return "Too few deals: no figure is given."
        return f"Too few: {words.quantity(whole)} {kpi.of}, so no figure is given."
    if status == "provisional" and old is not None and old < SHOWN_FROM:
        return small(row["channel"], old, int(whole or 0), _events(kpi, row), kpi.of)
    if row.get("customer_count") is not None:
        return stated(
            status,
            old or 0,
            row["customer_count"],
            row.get("judge_on"),
            row["horizon_days"],
            row["channel"],
            things="customers",
        )
    if status == "too_few" and kpi.of == "won deals" and kpi.unit in {"money", "index"}:
        return "Fewer than 20 won deals: no size is given."
    if kpi.of in FROM_LEADS and status in {"too_few", "too_early", "provisional"}:
        side = Side(row["channel"], None, None, None, old or 0, 0, 0, status)
        so_far = f"{words.quantity(whole)} {kpi.of}" if whole is not None else ""
        return not_enough_leads(status, side, int(row.get("horizon_days") or 0), row.get("judge_on"), so_far)
    return stated(
        status,
        old or 0,
        int(whole or 0),
        row.get("judge_on"),
        int(row.get("horizon_days") or 0),
        row["channel"],
        _events(kpi, row),
        things=kpi.of,
    )


def _events(kpi: Kpi, row: Row) -> int | None:
    """How many of the units it happened to; None where the numerator counts no units."""
    return int(row["numerator"]) if _is_a_part(kpi, row) else None


def _quarter(unit: str, row: Row) -> str:
    if unit not in DURATIONS or "quarter_days" not in row or row["status"] in {"too_few", "too_early"}:
        return ""
    if row["quarter_days"] is None:
        return "A quarter is not reached."
    limits = ""
    if row.get("quarter_low") is not None:
        limits = f" ({words.span('days', row['quarter_low'], row['quarter_high'])})"
    return f"A quarter by {words.days(row['quarter_days'])}{limits}."


def _by_horizon(_: str, row: Row) -> str:
    share = row.get("share_by_horizon")
    return f"By {words.days(row['horizon_days'])}: {words.share(share)}." if share is not None else ""


def _slow(_: str, row: Row) -> str:
    slow = row.get("p90_minutes")
    return f"The slowest tenth takes {words.elapsed(slow)} or more." if slow is not None else ""


def _spread(unit: str, row: Row) -> str:
    low, high = row.get("first_quartile"), row.get("third_quartile")
    if low is None or high is None:
        return ""
    if unit == "index":  # the card of the sizes themselves says it, with their currency
        return ""
    return f"Half of them lie between {words.value(unit, low, row.get('currency'))} and {words.value(unit, high, row.get('currency'))}."


def _mean(unit: str, row: Row) -> str:
    if unit != "money" or row.get("mean_amount") is None:
        return ""
    currency = row.get("currency")
    without = row.get("mean_without_largest")
    less = f", without the largest deal {words.money(currency, without)}" if without is not None else ""
    return f"Mean {words.money(currency, row['mean_amount'])}{less}."


def _bounds(_: str, row: Row) -> str:
    low, high = (
        row.get("lower_bound", row.get("bound_low")),
        row.get("upper_bound", row.get("bound_high")),
    )
    if low is None or high is None:
        return ""
    return (
        f"Between {words.share(low)} and {words.share(high)} with unknown answers counted as no and as yes."
    )


def _final(_: str, row: Row) -> str:
    low, high = row.get("final_low"), row.get("final_high")
    if low is None or high is None:
        return ""
    return f"The final rate lies between {words.share(low)} (won today) and {words.share(high)} (won or still open)."


def _ignored(_: str, row: Row) -> str:
    share = row.get("ignored_share")
    return f"Ignored: {words.share(share)}." if share is not None else ""


def _largest(_: str, row: Row) -> str:
    share = row.get("largest_share")
    return f"The largest one is {words.share(share)} of the sum." if share is not None else ""


def _quarters(unit: str, row: Row) -> str:
    quarters, low, high = row.get("quarter_count"), row.get("quarter_low"), row.get("quarter_high")
    if quarters is None or low is None or high is None:
        return ""
    return f"{words.count(quarters)} quarters: a range, not a distribution, {words.span(unit, low, high)}."


def _friction(_: str, row: Row) -> str:
    if row.get("push_count") is None or row.get("stall_count") is None:
        return ""
    events = (("pushed", "push_count"), ("stuck", "stall_count"), ("set back", "regression_count"))
    listed = ", ".join(f"{words.count(row[column])} {name}" for name, column in events)
    return f"{listed}, {words.count(row['owner_change_count'])} handed over."


def _patience(_: str, row: Row) -> str:
    half = row.get("patience_seconds")
    return f"Half of the callers hang up by {patience(row)}." if half is not None else ""


def patience(row: Row) -> str:
    """The wait that half of the callers do not bear, with its range: '95 s (80 s to 2.1 min)'; the range may have no upper end."""
    low, high = row["patience_low"], row["patience_high"]
    limits = (
        words.span("seconds", low, high)
        if high is not None
        else f"{words.seconds(low)} to {words.NOT_REACHED}"
    )
    return f"{words.seconds(row['patience_seconds'])} ({limits})"


def _attempts(_: str, row: Row) -> str:
    return f"{attempts(row)}." if row.get("attempts_per_conversion") is not None else ""


def attempts(row: Row) -> str:
    """'6.0 attempts for each conversion (4.5 to 7.9)'."""
    limits = words.span("per_unit", row["attempts_per_conversion_low"], row["attempts_per_conversion_high"])
    return f"{words.quantity(row['attempts_per_conversion'])} attempts for each conversion ({limits})"


def _currency(unit: str, row: Row) -> str:
    if unit != "money" or row["estimate"] is None or row.get("currency"):
        return ""
    return "The data name no currency."


EXTRAS: Final[tuple[Callable[[str, Row], str], ...]] = (
    _quarter,
    _by_horizon,
    _slow,
    _spread,
    _mean,
    _bounds,
    _final,
    _ignored,
    _largest,
    _quarters,
    _friction,
    _patience,
    _attempts,
    _currency,
)
"""What a KPI's own columns add to its card, by the columns' names."""
