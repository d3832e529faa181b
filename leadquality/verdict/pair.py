"""The sentences about two sides that are both old enough (golden tests in tests/verdict/compare_test)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from leadquality import words
from leadquality.verdict.parts import GAP_FROM, Gap, Side
from leadquality.verdict.scale import Scale


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mature sides and their gap, with the words that fit them; event is ('win', 'wins')."""

    inbound: Side
    outbound: Side
    gap: Gap
    age_days: int
    scale: Scale
    event: tuple[str, str]

    @property
    def is_sparse(self) -> bool:
        """Whether a side has too few events for a gap; then each side shows its own range instead."""
        return min(self.inbound.numerator, self.outbound.numerator) < GAP_FROM

    @property
    def at(self) -> str:
        """'at 540 days'."""
        return f"at {words.days(self.age_days)}"

    @property
    def old_enough(self) -> str:
        """'Old enough: 158 outbound, 947 inbound.'"""
        counts = (
            f"{words.count(side.n_old_enough)} {side.channel}" for side in (self.outbound, self.inbound)
        )
        return f"Old enough: {', '.join(counts)}."

    @property
    def few(self) -> str:
        """'Outbound has 2 wins so far: with fewer than 5, no gap is given.'"""
        said = " and ".join(
            f"{side.channel} has {words.count(side.numerator)} {self.event[side.numerator != 1]} so far"
            for side in (self.outbound, self.inbound)
            if side.numerator < GAP_FROM
        )
        return f"{said[:1].upper()}{said[1:]}: with fewer than {GAP_FROM}, no gap is given."

    def ahead(self, better: Side, worse: Side, word: str = "ahead") -> str:
        """The 99 % interval of the gap excludes 0."""
        return f"{better.channel.capitalize()} is {word} {self.at}: {self._against(better, worse)} {self.old_enough}"

    def leaning(self, better: Side, worse: Side) -> str:
        """Only the 95 % interval excludes 0."""
        said = self._against(better, worse)
        return f"Leaning to {better.channel} {self.at}: {said} Not firm enough to act on. {self.old_enough}"

    def close(self, told_by: date | None) -> str:
        """The 95 % interval includes 0."""
        first = f"outbound {self.scale.full(self.outbound.estimate)}{self._own(self.outbound)}"
        second = f"inbound {self.scale.bare(self.inbound.estimate)}{self._own(self.inbound)}"
        gap = f". {self.few}" if self.is_sparse else f"; the gap lies {self._between()}."
        later = f" At today's volume this can be told around {words.month(told_by)}." if told_by else ""
        return f"Too close to call {self.at}: {first}, {second}{gap} {self.old_enough}{later}"

    def equal(self, margin: float) -> str:
        """The whole interval lies inside the margin."""
        say = self.scale
        of = f" of {words.plain(say.denominator)}" if say.unit == "ratio" else ""
        return (
            f"As good as equal {self.at}: the gap of {say.bare(abs(self.gap.estimate))} "
            f"lies {self._between()}{of}, inside the margin of {say.bare(margin)}. {self.old_enough}"
        )

    def _own(self, side: Side) -> str:
        return f" ({self.scale.span(side.low, side.high)})" if self.is_sparse else ""

    def _against(self, first: Side, second: Side) -> str:
        say = self.scale
        text = f"{say.full(first.estimate)}{self._own(first)} against {say.bare(second.estimate)}{self._own(second)}"
        if self.is_sparse:
            return f"{text}. {self.few}"
        ends = sorted((abs(self.gap.low), abs(self.gap.high)))
        return f"{text}, a gap of {say.bare(abs(self.gap.estimate))} ({say.span(*ends)})."

    def _between(self) -> str:
        return f"between {self.scale.signed(self.gap.low)} and {self.scale.signed(self.gap.high)}"
