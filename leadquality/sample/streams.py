"""Random streams: a generator for each purpose and block, so that what one part draws never moves another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

PURPOSES: Final = (
    "golden",
    "",
    "lives",
    "dirt",
    "talks",
    "leads",
    "calls",
    "meetings",
    "opportunities",
    "heat",
    "mixed",
    "callbacks",
    "phones",
    "profile",
    "handoffs",
    "answers",
    "scores",
    "changes",
    "contacts",
    "customers",
    "account_sets",
    "checks",
    "hours",
    "details",
    "forecast",
    "outcomes",
)
"""The place of a purpose is the second word of its seed: new ones go to the end, or every figure moves."""


@dataclass(frozen=True, slots=True)
class Streams:
    """All streams of one block of a world. The golden stream of the first block is the specification's own."""

    seed: int
    block: int = 0

    def golden(self) -> list[int]:
        """The words that seed the golden stream."""
        return [self.seed, 0, self.block] if self.block else [self.seed]

    def of(self, purpose: str) -> np.random.Generator:
        words = [self.seed, PURPOSES.index(purpose)]
        return np.random.default_rng([*words, self.block] if self.block else words)
