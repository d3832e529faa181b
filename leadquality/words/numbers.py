"""Writes numbers and dates for people; knows no locale and no clock, and rounds only here.

Every writer takes None (and nan) for "not known" and answers with a dash, followed by the reason `why`
if the caller gives one. Ties go to the even digit, on the shortest decimal that names the float.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

MINUS: Final = "\u2212"
DASH: Final = "—"
NOT_REACHED: Final = "not reached"
DENOMINATORS: Final = (100, 1_000, 10_000)
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MORE_DIGITS: Final = 9
NOISE: Final = Decimal("1e-9")
MILLION: Final = 1_000_000


def _known(x: float | None) -> bool:
    return x is not None and math.isfinite(x)


def missing(why: str = "") -> str:
    """The dash that stands for an unknown value, with its reason in brackets."""
    return f"{DASH} ({why})" if why else DASH


def plain(x: float, digits: int = 0, scale: int = 1) -> str:
    """x * scale with thousands separators; a value that would round to 0 gets more digits until it does not.

    Less than 1e-9 is the noise of floating point and is written as 0.
    """
    exact = Decimal(repr(float(x))) * scale
    exact = exact if abs(exact) >= NOISE else Decimal(0)
    for more in range(MORE_DIGITS + 1):
        rounded = exact.quantize(Decimal(1).scaleb(-digits - more), rounding=ROUND_HALF_EVEN)
        if rounded or not exact:
            break
    text = f"{abs(rounded):,f}"
    return MINUS + text if rounded < 0 else text


def share(x: float | None, why: str = "") -> str:
    """A ratio between 0 and 1 as '7.2 %'."""
    return f"{plain(x, 1, 100)} %" if x is not None and _known(x) else missing(why)


def points(x: float | None, why: str = "") -> str:
    """A difference of two ratios as '2.1 points'."""
    return f"{plain(x, 1, 100)} points" if x is not None and _known(x) else missing(why)


def index(x: float | None, why: str = "") -> str:
    """A score without a unit, 0 to 1, as '0.38'."""
    return plain(x, 2) if x is not None and _known(x) else missing(why)


def times(x: float | None, why: str = "") -> str:
    """A ratio of two rates as '1.2 times', '0.23 times'."""
    if x is None or not _known(x):
        return missing(why)
    return f"{plain(x, 1 if abs(x) >= 1 else 2)} times"


def count(n: int | None, why: str = "") -> str:
    """A whole number as '9,412'."""
    return plain(n) if n is not None else missing(why)


def denominator_for(*rates: float | None) -> int:
    """100, 1,000 or 10,000: the smallest at which the smallest rate that is not 0 comes to at least 10.

    For a rate of 0, give its upper limit too, so that the limit does not vanish.
    """
    sizes = [Decimal(repr(abs(float(r)))) for r in rates if r is not None and _known(r) and r != 0]
    if not sizes:
        return DENOMINATORS[0]
    return next((d for d in DENOMINATORS if min(sizes) * d >= 10), DENOMINATORS[-1])


def counted(rate: float | None, denominator: int, why: str = "") -> str:
    """A ratio in whole counts, '72 of 1,000'."""
    if rate is None or not _known(rate):
        return missing(why)
    return f"{plain(rate, 0, denominator)} of {plain(denominator)}"


def _amount(x: float) -> tuple[str, str]:
    if round(abs(x)) >= MILLION:
        return plain(x / MILLION, 2), " M"
    return plain(x, 0 if abs(x) >= 10 or x == int(x) else 2), ""


def money(currency: str | None, amount: float | None, why: str = "") -> str:
    """'EUR 1,392', 'EUR 2.58 M'; below 10 with cents. No currency known: the number alone."""
    if amount is None or not _known(amount):
        return missing(why)
    number, million = _amount(amount)
    return f"{currency} {number}{million}" if currency else f"{number}{million}"


def exact(currency: str | None, amount: float | None, why: str = "") -> str:
    """An amount that others are added to: 'EUR 1,901,500', with cents where there are any; never in millions."""
    if amount is None or not _known(amount):
        return missing(why)
    number = plain(amount, 0 if amount == int(amount) else 2)
    return f"{currency} {number}" if currency else number


def change(currency: str | None, amount: float | None, why: str = "") -> str:
    """An amount that came or went, '+EUR 671,500', less than 0 with a true minus; 0 has no sign."""
    if amount is None or not _known(amount) or amount == 0:
        return money(currency, amount, why)
    return f"{MINUS if amount < 0 else '+'}{money(currency, abs(amount))}"


def rough(amount: float | None, why: str = "") -> str:
    """An amount for a title, without currency: '28k', '1.4 M', '640'."""
    if amount is None or not _known(amount):
        return missing(why)
    if round(abs(amount), -2) >= MILLION:
        return f"{plain(amount / MILLION, 1)} M"
    return f"{plain(amount / 1_000)}k" if abs(amount) >= 1_000 else plain(amount)


def _aged(x: float) -> str:
    return plain(x, 0 if x == int(x) else 1)


def days(n: float | None, why: str = "") -> str:
    """'37 days', '1 day', '12.4 days'."""
    if n is None or not _known(n):
        return missing(why)
    return f"{_aged(n)} {'day' if n == 1 else 'days'}"


def elapsed(minutes: float | None, why: str = "") -> str:
    """A duration in minutes in the unit that reads best: '18 min', '2.4 h', '37 days'."""
    if minutes is None or not _known(minutes):
        return missing(why)
    if round(minutes) < 60:
        return f"{plain(minutes)} min"
    return f"{plain(minutes / 60, 1)} h" if minutes < 1_440 else days(round(minutes / 1_440))


def day(on: date | None, why: str = "") -> str:
    """'22 Nov 2026'; ISO dates are for files."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}" if on is not None else missing(why)


def month(on: date) -> str:
    """'May 2027', for a date that is only roughly known."""
    return f"{MONTHS[on.month - 1]} {on.year}"


def week(on: date) -> str:
    """The ISO week of a day, '2026-W47'."""
    year, number, _ = on.isocalendar()
    return f"{year}-W{number:02}"


def seconds(n: float | None, why: str = "") -> str:
    """A duration in seconds: '45 s', '4.2 min', from an hour on as `elapsed` writes it."""
    if n is None or not _known(n):
        return missing(why)
    if n < 60:
        return f"{plain(n)} s"
    return f"{plain(n / 60, 1)} min" if n < 3_600 else elapsed(n / 60)


def quantity(x: float | None, why: str = "") -> str:
    """A count or a number per something: '9,412', '3.4', '0.07'."""
    if x is None or not _known(x):
        return missing(why)
    return plain(x, 0 if x == int(x) else 1)


WRITERS: Final = {
    "ratio": share,
    "days": days,
    "minutes": elapsed,
    "seconds": seconds,
    "index": index,
    "count": quantity,
    "per_unit": quantity,
}


def value(unit: str, x: float | None, currency: str | None = None, why: str = "") -> str:
    """x in the unit of its KPI (catalogue/kpis.py lists them); ValueError for another unit."""
    if unit == "money":
        return money(currency, x, why)
    if unit not in WRITERS:
        raise ValueError(f"unit {unit!r} is not known: use money or {', '.join(WRITERS)}")
    return WRITERS[unit](x, why)


def span(unit: str, low: float | None, high: float | None, currency: str | None = None, why: str = "") -> str:
    """An interval, its unit said once: '6.4 to 8.0 %'. Of a duration an unknown or infinite upper end is not reached."""
    if low is None or not _known(low):
        return missing(why)
    first = value(unit, low, currency)
    if high is None or not _known(high):
        return f"{first} to {NOT_REACHED}" if unit in {"days", "minutes"} else missing(why)
    last = value(unit, high, currency)
    if unit == "money":
        start, million = _amount(low)
        _, last_million = _amount(high)
        head = f"{currency} {start}" if currency else start
        if million == last_million:
            return f"{head} to {_amount(high)[0]}{million}"
        return f"{first} to {last}"
    number, _, said = first.partition(" ")
    one_unit = said.removesuffix("s") == last.partition(" ")[2].removesuffix("s")
    return f"{number if one_unit else first} to {last}"
