"""meetings.csv: held meetings, and those booked that did not take place. Booked is not held."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.ids import lead_ids
from leadquality.sample.lives import Lives
from leadquality.sample.talks import Talks
from leadquality.sample.text import DAY, HOUR, NEVER, Ints, named, stamps
from leadquality.sample.world import World

QUARTER = HOUR // 4
STATUSES = ("held", "no_show", "booked")


def meeting_rows(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> pl.DataFrame:
    """In order of booking; a meeting booked during the conversation is booked on that day."""
    held = np.flatnonzero(lives.meeting != NEVER)
    missed, status = _missed(world, lives, rng)
    lead = np.concatenate([held, missed])
    scheduled = np.concatenate([lives.meeting[held] // QUARTER * QUARTER, _later(lives, missed, rng)])
    first = lives.conversation[lead] // DAY
    wait = rng.integers(0, scheduled // DAY - first + 1)
    wait[talks.is_code("meeting_booked")[lead]] = 0
    booked = (first + wait) * DAY + 12 * HOUR + rng.integers(0, HOUR, len(lead))
    held_at = np.concatenate([lives.meeting[held], np.full(len(missed), NEVER)])
    kind = np.concatenate([np.zeros(len(held), dtype=np.int64), status])
    order = np.argsort(booked, kind="stable")
    return pl.DataFrame(
        {
            "meeting_id": world.ids("M", np.arange(len(lead)), 5),
            "lead_id": lead_ids(world, lives).gather(lead[order]),
            "booked_at": stamps(booked[order]),
            "scheduled_at": stamps(scheduled[order]),
            "held_at": stamps(held_at[order]),
            "status": named(STATUSES, kind[order]),
        }
    )


def _missed(world: World, lives: Lives, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Leads, and positions in STATUSES: they have a conversation, never meet, and stay open for a day at least."""
    plan = world.table("meetings")
    room = (lives.until // DAY > lives.conversation // DAY) & (lives.conversation != NEVER) & ~lives.will_meet
    u = rng.random(len(lives))
    lead = np.flatnonzero(room & (u < plan["no_show"] + plan["unrecorded"]))
    return lead, np.where(u[lead] < plan["no_show"], 1, 2)


def _later(lives: Lives, lead: Ints, rng: np.random.Generator) -> Ints:
    """A quarter of an hour after 13:00, on a day after the conversation, three weeks at most, before the close."""
    day = lives.conversation[lead] // DAY
    days = np.minimum(lives.until[lead] // DAY - day, 21)
    at: Ints = (day + 1 + rng.integers(0, days)) * DAY + 13 * HOUR + rng.integers(0, 4, len(lead)) * QUARTER
    return at
