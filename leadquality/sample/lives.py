"""What the extracts may show of each lead: stages as moments, up to as_of and no further.

Ages in days stay those of the golden stream; the hours are chosen so that events of one day are in order:
created 7 to 10, calls before 12, booked at 12, meeting 13, opportunity 15, close 17.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

import numpy as np

from leadquality.sample.draws import UNREACHED, Draws, draw
from leadquality.sample.heat import waits
from leadquality.sample.streams import Streams
from leadquality.sample.text import DAY, HOUR, NEVER, Flags, Floats, Ints
from leadquality.sample.world import World

CLOSE: Final = 17 * HOUR
"""The last hour of a day."""


@dataclass(frozen=True, slots=True)
class Lives:
    """One element per lead, oldest first. Moments are seconds since 1970 UTC, or NEVER.

    ended is the close of the lead or of its opportunity. will_talk, will_meet and will_win know what comes after
    as_of. dials counts unanswered dials before the conversation; answered is when an inbound lead is first responded
    to, hot whether it was one of those called first.
    """

    source: Ints
    inbound: Flags
    segment: Ints
    account: Ints
    acv: Floats
    created: Ints
    conversation: Ints
    meeting: Ints
    opportunity: Ints
    ended: Ints
    won: Flags
    will_talk: Flags
    will_meet: Flags
    will_win: Flags
    dials: Ints
    answered: Ints
    hot: Flags
    first: int
    last: int

    def __len__(self) -> int:
        return len(self.created)

    @property
    def spoken(self) -> Ints:
        """Positions of the leads with a conversation."""
        return np.flatnonzero(self.conversation != NEVER)

    @property
    def until(self) -> Ints:
        """The close, or the end of what is known."""
        return np.where(self.ended == NEVER, self.last, self.ended)

    def seen(self, moments: Ints) -> Ints:
        """The same, without what comes after as_of."""
        return np.where(moments > self.last, NEVER, moments)


def live(world: World, streams: Streams) -> Lives:
    """Draws the golden stream, and the hours of its days."""
    rng = streams.of("lives")
    draws = draw(world, streams.golden())
    hours = rng.integers(7 * HOUR, 10 * HOUR, len(draws.created))
    order = np.argsort(draws.created * DAY + hours, kind="stable")
    draws, hours = draws.take(order), hours[order]
    n = len(order)
    midnight = int(datetime.combine(world.day_zero, time(), UTC).timestamp())
    created = midnight + draws.created * DAY + hours
    inbound = np.array([source.channel == "inbound" for source in world.sources])[draws.source]

    def moment(age: Ints, hour: int) -> Ints:
        seen = age <= world.days - draws.created
        at = midnight + (draws.created + age) * DAY + hour * HOUR + rng.integers(0, HOUR, n)
        return np.where(seen, at, NEVER)

    talked = moment(draws.conversation, 11)
    dials = _dials(world, inbound, draws, rng)
    delay, hot = waits(world, draws, rng, streams.of("heat"))
    at_once = inbound & (draws.conversation == 0) & (dials == 0)
    noon = created - created % DAY + 12 * HOUR
    ended = moment(draws.ended, 17)
    low, high = world.table("amounts")["least"], world.table("amounts")["most"]
    return Lives(
        source=draws.source,
        inbound=inbound,
        segment=draws.segment,
        account=draws.account,
        acv=np.clip(draws.acv, low, high),
        created=created,
        conversation=np.where(at_once, np.minimum(created + delay, noon - 1), talked),
        meeting=moment(draws.meeting, 13),
        opportunity=moment(draws.opportunity, 15),
        ended=ended,
        won=draws.won & (ended != NEVER),
        will_talk=draws.conversation != UNREACHED,
        will_meet=draws.meeting != UNREACHED,
        will_win=draws.won,
        dials=dials,
        answered=created + delay,
        hot=hot,
        first=midnight,
        last=midnight + world.days * DAY + CLOSE,
    )


def _dials(world: World, inbound: Flags, draws: Draws, rng: np.random.Generator) -> Ints:
    """An inbound lead that was not spoken to on its first day was dialled at least once."""
    chances = world.table("dials")
    u = rng.random(len(inbound))
    counts = {name: np.searchsorted(np.cumsum(p)[:-1], u, side="right") for name, p in chances.items()}
    reached = draws.conversation != UNREACHED
    of_inbound = np.where(
        reached, np.maximum(counts["inbound_reached"], draws.conversation > 0), counts["inbound_silent"]
    )
    return np.where(inbound, of_inbound, counts["outbound"]).astype(np.int64)
