"""How each conversation went: who held it, who dialled, and what the rep wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from leadquality.sample.heat import tilt
from leadquality.sample.lives import Lives
from leadquality.sample.mixed import Touches, touch
from leadquality.sample.streams import Streams
from leadquality.sample.text import NEVER, Flags, Floats, Ints, pick
from leadquality.sample.world import World

CODES: Final = ("qualified", "meeting_booked", "connected", "interested_not_ready", "not_a_fit")


@dataclass(frozen=True, slots=True)
class Talks:
    """One element per lead, of use only where the lead has a conversation. code indexes CODES, rep counts from 0."""

    rep: Ints
    code: Ints
    touches: Touches
    odd: Flags

    def is_code(self, *names: str) -> Flags:
        same: Flags = np.isin(self.code, [CODES.index(name) for name in names])
        return same

    @property
    def promising(self) -> Flags:
        """Called qualified, by whatever word."""
        return self.is_code("qualified", "meeting_booked")


def talk(world: World, lives: Lives, streams: Streams) -> Talks:
    """Reps are given leads at random; one rep calls far more conversations qualified than the others do."""
    rng = streams.of("talks")
    plan = world.table("calling")
    n = len(lives)
    rep = rng.integers(0, plan["reps"], n)
    mean, spread = plan["qualifies"]
    rates = mean + spread * rng.standard_normal(plan["reps"])
    rates[plan["odd_rep"] - 1] = plan["odd_rep_qualifies"]
    heat = tilt(world, lives.inbound, lives.hot, lives.answered - lives.created, lives.conversation != NEVER)
    chance = heat * _chance(world, lives, rates[rep], plan["lift"]) * (1 + _requests(world, lives))
    promising = rng.random(n) < chance
    on_call = rng.random(n) < plan["booked_on_call"]
    later = _coded(world, "talk_before_meeting", rng, n)
    nothing = _coded(world, "talk_without_meeting", rng, n)
    code = np.select(
        [promising & (lives.meeting != NEVER) & on_call, promising, lives.will_meet],
        [CODES.index("meeting_booked"), CODES.index("qualified"), later],
        nothing,
    )
    return Talks(rep, code, touch(world, lives, streams.of("mixed")), rep == plan["odd_rep"] - 1)


def _chance(world: World, lives: Lives, rate: Floats, lift: float) -> Floats:
    """The rep's rate, tilted towards leads that will meet, so that its mean over each source is the rate itself."""
    meets = np.array([source.p[1] for source in world.sources])[lives.source]
    return np.where(lives.will_meet, lift * rate, rate * (1 - lift * meets) / (1 - meets))


def _requests(world: World, lives: Lives) -> Floats:
    """Requests to call back for each conversation of the lead's channel: they count as conversations, and qualify nobody."""
    asked = {name: world.weights(f"{name}_dial")["callback"] for name in ("inbound", "outbound")}
    spoken = lives.conversation != NEVER
    ratio = [
        asked[name] * lives.dials[of].sum() / max(1, (spoken & of).sum())
        for name, of in (("inbound", lives.inbound), ("outbound", ~lives.inbound))
    ]
    of_lead: Floats = np.where(lives.inbound, *ratio)
    return of_lead


def _coded(world: World, name: str, rng: np.random.Generator, n: int) -> Ints:
    weights = world.weights(name)
    codes = np.array([CODES.index(code) for code in weights])
    coded: Ints = codes[pick(weights, rng, n)]
    return coded
