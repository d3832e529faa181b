"""The values that a verdict is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Kind = Literal[
    "ahead",
    "leaning",
    "too_close",
    "as_good_as_equal",
    "too_early",
    "provisional",
    "too_few",
    "one_channel",
    "not_comparable",
    "not_available",
]

Direction = Literal["higher_is_better", "lower_is_better", "none"]

DECIDED: Final[frozenset[Kind]] = frozenset({"ahead", "leaning", "too_close", "as_good_as_equal"})
"""Kinds that rest on numbers: their sentence names value, n, age and range."""

SHOWN_FROM: Final = 30
"""Leads old enough below which nothing is shown (statistics.md, rule 4)."""

GAP_FROM: Final = 5
"""Events on each side below which the sign may be told, but no gap (statistics.md, section 2)."""


@dataclass(frozen=True, slots=True)
class Side:
    """One channel's figure at one age, as a row of the contract gives it; low and high are its 95 % interval.

    estimate is per lead (0 to 1 for a ratio); numerator counts events, denominator counts leads of any age.
    """

    channel: str
    estimate: float | None
    low: float | None
    high: float | None
    n_old_enough: int
    numerator: int
    denominator: int
    status: str = "ok"


@dataclass(frozen=True, slots=True)
class Gap:
    """Outbound minus inbound, in the unit of the KPI. Without a 99 % interval nobody is ahead, at most leaning."""

    estimate: float
    low: float
    high: float
    low_99: float | None = None
    high_99: float | None = None

    @property
    def is_firm(self) -> bool:
        """Whether the 99 % interval excludes 0 as well."""
        above = self.low_99 is not None and self.low_99 > 0 and self.low > 0
        return above or (self.high_99 is not None and self.high_99 < 0 and self.high < 0)

    @property
    def is_signed(self) -> bool:
        """Whether the 95 % interval excludes 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said at one age. sentence is also the alt text of the chart; title has at most 90 characters.

    ahead names the channel that is ahead or leaned to, else None. judge_on is the day from which a verdict
    that must wait can be given; None where waiting is not needed or does not help.
    """

    kind: Kind
    ahead: str | None
    age_days: int
    sides: tuple[Side, ...]
    gap: Gap | None
    judge_on: date | None
    sentence: str
    title: str
