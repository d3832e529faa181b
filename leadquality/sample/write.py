"""Writes the sample: the same seed gives the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import numpy as np

from leadquality.sample.calls import call_rows
from leadquality.sample.dirt import Extracts, soil
from leadquality.sample.leads import lead_rows
from leadquality.sample.lives import Lives, live
from leadquality.sample.meetings import meeting_rows
from leadquality.sample.opportunities import opportunity_rows
from leadquality.sample.talks import talk
from leadquality.sample.world import World, load

SEED = 20261122
"""The seed of the golden values."""
EXTRA, DIRT = 2, 3
"""Second words of the seeds of the other two generators."""


class Planted(TypedDict):
    """What write_sample planted: rows per defect (empty for the clean twin) and data rows per file."""

    defects: dict[str, int]
    rows: dict[str, int]


def write_sample(folder: Path, seed: int = SEED, leads: int | None = None, dirty: bool = True) -> Planted:
    """Writes leads.csv, calls.csv, meetings.csv and opportunities.csv to `folder`, which is made if need be.

    leads=None is the specified world; a number shares itself out over the sources in proportion. dirty=False is
    the clean twin: what is left of the dirty files after cleaning as documented. Raises InputRefused when there
    are too few leads to hold the defects (some 500 are enough).
    """
    world = load().scaled(leads)
    extracts, lives = _clean(world, seed)
    if dirty:
        extracts = soil(extracts, world, lives, np.random.default_rng([seed, DIRT]))
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in extracts.named().items():
        frame.write_csv(folder / f"{name}.csv", line_terminator="\n")
    return {
        "defects": dict(world.table("dirt")) if dirty else {},
        "rows": {name: frame.height for name, frame in extracts.named().items()},
    }


def _clean(world: World, seed: int) -> tuple[Extracts, Lives]:
    rng = np.random.default_rng([seed, EXTRA])
    lives = live(world, seed, rng)
    talks = talk(world, lives, rng)
    extracts = Extracts(
        leads=lead_rows(world, lives, talks, rng),
        calls=call_rows(world, lives, talks, rng),
        meetings=meeting_rows(world, lives, talks, rng),
        opportunities=opportunity_rows(world, lives, rng),
    )
    return extracts, lives
