"""How the amounts of one comparison are said: whole counts of leads for a ratio, the KPI's unit otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from leadquality import words
from leadquality.verdict.parts import Side


@dataclass(frozen=True, slots=True)
class Scale:
    """denominator counts only for the unit 'ratio'; noun follows a value ('won', 'per lead'), things are what is counted."""

    unit: str
    noun: str
    things: str = "leads"
    denominator: int = 1
    currency: str | None = None

    @classmethod
    def fitting(
        cls, unit: str, noun: str, things: str, currency: str | None, denominator: int | None, *sides: Side
    ) -> Scale:
        """The scale at which the smaller side comes to at least 10; a side at 0 counts by its upper limit."""
        sizes = [side.estimate or side.high for side in sides]
        return cls(unit, noun, things, denominator or words.denominator_for(*sizes), currency)

    def bare(self, x: float | None) -> str:
        """The amount without its noun: '72', 'EUR 1,392'."""
        if self.unit == "ratio" and x is not None:
            return words.plain(x, 0, self.denominator)
        return words.value(self.unit, x, self.currency)

    def full(self, x: float | None) -> str:
        """The amount with its noun: '72 won of 1,000 leads', 'EUR 1,392 per lead'."""
        of = f" of {words.plain(self.denominator)} {self.things}" if self.unit == "ratio" else ""
        return f"{self.bare(x)} {self.noun}{of}"

    def span(self, low: float | None, high: float | None) -> str:
        """A range, for brackets: '7 to 35'."""
        if self.unit == "ratio" and low is not None and high is not None:
            return f"{self.bare(low)} to {self.bare(high)}"
        return words.span(self.unit, low, high, self.currency)

    def signed(self, x: float) -> str:
        """One end of a gap: '3 fewer', '23 more', 'EUR 300 less'; 0 has no sign."""
        if x == 0:
            return self.bare(0)
        below = "fewer" if self.unit == "ratio" else "less"
        return f"{self.bare(abs(x))} {'more' if x > 0 else below}"
