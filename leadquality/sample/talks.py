"""How each conversation went: who held it, who dialled, and what the rep wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from leadquality.sample.draws import Flags, Floats, Ints
from leadquality.sample.lives import NEVER, Lives
from leadquality.sample.text import pick
from leadquality.sample.world import World

CODES: Final = ("qualified", "meeting_booked", "connected", "interested_not_ready", "not_a_fit")


@dataclass(frozen=True, slots=True)
class Talks:
    """One element per lead, of use only where the lead has a conversation. code indexes CODES, rep counts from 0."""

    rep: Ints
    code: Ints
    calls_in: Flags

    def is_code(self, name: str) -> Flags:
        same: Flags = self.code == CODES.index(name)
        return same


def talk(world: World, lives: Lives, rng: np.random.Generator) -> Talks:
    """Reps are given leads at random; one rep calls far more conversations qualified than the others do."""
    plan = world.table("calling")
    n = len(lives)
    rep = rng.integers(0, plan["reps"], n)
    mean, spread = plan["qualifies"]
    rates = mean + spread * rng.standard_normal(plan["reps"])
    rates[plan["odd_rep"] - 1] = plan["odd_rep_qualifies"]
    promising = rng.random(n) < _chance(world, lives, rates[rep], plan["lift"])
    on_call = rng.random(n) < plan["booked_on_call"]
    later = _coded(world, "talk_before_meeting", rng, n)
    nothing = _coded(world, "talk_without_meeting", rng, n)
    code = np.select(
        [promising & (lives.meeting != NEVER) & on_call, promising, lives.will_meet],
        [CODES.index("meeting_booked"), CODES.index("qualified"), later],
        nothing,
    )
    return Talks(rep, code, lives.inbound & (rng.random(n) < plan["calls_in"]))


def _chance(world: World, lives: Lives, rate: Floats, lift: float) -> Floats:
    """The rep's rate, tilted towards leads that will meet, so that its mean over each source is the rate itself."""
    meets = np.array([source.p[1] for source in world.sources])[lives.source]
    return np.where(lives.will_meet, lift * rate, rate * (1 - lift * meets) / (1 - meets))


def _coded(world: World, name: str, rng: np.random.Generator, n: int) -> Ints:
    weights = world.weights(name)
    codes = np.array([CODES.index(code) for code in weights])
    coded: Ints = codes[pick(weights, rng, n)]
    return coded
