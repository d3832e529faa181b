"""Leads that no defect has touched yet, so that no two defects meet on one lead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadquality.contracts import InputRefused
from leadquality.sample.text import Flags, Ints


@dataclass(frozen=True, slots=True)
class Pool:
    free: Flags
    rng: np.random.Generator

    def take(self, fit: Flags, count: int, defect: str) -> Ints:
        """Leads in random order, free no longer. Raises InputRefused when the world is too small to be dirtied."""
        candidates = np.flatnonzero(self.free & fit)
        if len(candidates) < count:
            raise InputRefused(
                f"sample: defect {defect} needs {count} leads and {len(candidates)} fit; ask for more leads or dirty=False"
            )
        taken = self.rng.choice(candidates, count, replace=False)
        self.free[taken] = False
        return taken
