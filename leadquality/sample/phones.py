"""Which records hold a wrong telephone number, and which of them show it before anybody is reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadquality.sample.lives import Lives
from leadquality.sample.text import NEVER, Flags
from leadquality.sample.world import World


@dataclass(frozen=True, slots=True)
class Phones:
    """One element per lead. somebody_else: the last dial is answered by another person; other wrong numbers ring out."""

    wrong: Flags
    somebody_else: Flags


def number(world: World, lives: Lives, rng: np.random.Generator) -> Phones:
    """Wrong numbers are rarer among the leads that will be reached; over a whole source their share is the planned one."""
    plan = world.table("phones")
    wrong = world.by_source(plan["wrong"], plan["wrong_elsewhere"])
    if_reached = world.by_source(plan["wrong_if_reached"], plan["wrong_if_reached_elsewhere"])
    reached = np.array([source.p[0] for source in world.sources])
    if_silent = (wrong - reached * if_reached) / (1 - reached)
    chance = np.where(lives.will_talk, if_reached[lives.source], if_silent[lives.source])
    is_wrong = rng.random(len(lives)) < chance
    answered = world.by_source(plan["somebody_else"], plan["somebody_else_elsewhere"])[lives.source]
    silent = (lives.conversation == NEVER) & ~lives.will_talk & (lives.dials > 0)
    return Phones(is_wrong, is_wrong & silent & (rng.random(len(lives)) < answered))
