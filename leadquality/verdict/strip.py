"""Where a verdict holds and where it does not: the sentences under it (experience.md, 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from leadquality import words

ATTRIBUTION: Final = {
    "first_touch": "by first touch",
    "last_touch": "by last touch",
    "without_mixed": "without mixed leads",
}
CHOICES: Final = ATTRIBUTION | {
    "dormant_lost": "with dormant leads as lost",
    "without_largest_deal": "without the largest deal",
}


@dataclass(frozen=True, slots=True)
class Held:
    """One other choice: its name (contracts.ASSUMPTIONS or other_age), the age, and the channel that is higher, if any.

    is_same: it says what the verdict says.
    """

    choice: str
    age_days: int
    higher: str | None
    is_same: bool

    @property
    def named(self) -> str:
        """'by last touch', 'at 365 days'."""
        return CHOICES.get(self.choice) or f"at {words.days(self.age_days)}"

    @property
    def said(self) -> str:
        """'outbound ahead by first touch', 'too close to call without mixed leads'."""
        return f"{f'{self.higher} ahead' if self.higher else 'too close to call'} {self.named}"


def crossing(age: int | None, low: int | None, high: int | None, last_age: int) -> str:
    """'The curves cross near day 317 (250 to 420), so no overall verdict is given.' Empty without an age.

    high None: in more than 2.5 of 100 resamples the curves do not cross by last_age; low None: in nearly all.
    """
    if age is None:
        return ""
    if low is None:
        span = f"resampled, mostly not by day {words.count(last_age)}"
    elif high is None:
        span = f"not before day {words.count(low)}, perhaps not by day {words.count(last_age)}"
    else:
        span = f"{words.count(low)} to {words.count(high)}"
    return f"The curves cross near day {words.count(age)} ({span}), so no overall verdict is given."


def holds(higher: str | None, held: Sequence[Held]) -> list[str]:
    """Sentences for a verdict whose higher channel is `higher` (None: too close to call); empty where nothing is known."""
    same = [each.named for each in held if each.is_same]
    moved = [each for each in held if not each.is_same]
    lines = []
    if any(each.choice in ATTRIBUTION for each in moved):
        own = f"{higher} ahead" if higher else "too close to call"
        turned = ", ".join(each.said for each in moved if each.choice in ATTRIBUTION)
        lines.append(f"Depends on attribution: {own} by channel of origin, {turned}.")
    parts = [f"Holds: {', '.join(same)}."] if same else []
    if moved:
        parts.append(f"Changes: {', '.join(each.said for each in moved)}.")
    return [*lines, " ".join(parts)] if parts else lines


def reversed_by_mix(
    crude: tuple[float, float], strata: Sequence[tuple[float, float]], things: str = "segments"
) -> str:
    """'Reversed by mix: outbound lower overall (28 against 35 of 100), higher in 3 of 3 segments.'

    crude and strata are (inbound, outbound) shares.
    """
    inbound, outbound = crude
    is_lower = outbound < inbound
    denominator = words.denominator_for(inbound, outbound)
    against = f"{words.plain(outbound, 0, denominator)} against {words.plain(inbound, 0, denominator)} of {words.plain(denominator)}"
    other = sum((second > first) == is_lower for first, second in strata)
    sides = ("lower", "higher") if is_lower else ("higher", "lower")
    return f"Reversed by mix: outbound {sides[0]} overall ({against}), {sides[1]} in {other} of {len(strata)} {things}."
