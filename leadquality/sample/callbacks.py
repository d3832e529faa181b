"""Promised callbacks: how many are kept on time, made late, or forgotten; exact shares of the promises with a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadquality.sample.dials import lasts
from leadquality.sample.lives import Lives
from leadquality.sample.talks import Talks
from leadquality.sample.text import DAY, HOUR, NEVER, Flags, Ints
from leadquality.sample.world import World

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Requests:
    """Dials that ended in "call me another time", by position among all dials; one element each.

    due is NEVER where no time was agreed. redial is when we dialled again because of it, NEVER where nobody did or
    where the conversation of the lead is that callback (is_talk).
    """

    dial: Ints
    due: Ints
    redial: Ints
    is_talk: Flags


def request(
    world: World,
    lives: Lives,
    talks: Talks,
    lead: Ints,
    at: Ints,
    deadline: Ints,
    asked: Flags,
    rng: np.random.Generator,
) -> Requests:
    """What becomes of the dials flagged in `asked`; those with less than two hours before the deadline are no requests."""
    plan = world.table("callbacks")
    dial = np.flatnonzero(asked & (deadline - at > 2 * HOUR))
    who, room = lead[dial], (deadline - at)[dial] - HOUR
    timed = ~_exact(plan["without_time"], np.ones(len(dial), dtype=np.bool_), rng)
    forgetful = talks.rep[who] == plan["forgetful_rep"] - 1
    kept = _exact(plan["kept"], timed & ~forgetful, rng)
    kept |= _exact(plan["forgetful_rep_kept"], timed & forgetful, rng)

    days = 1 + rng.integers(0, 4, len(dial))
    later = np.where(
        days * DAY <= room, days * DAY, (room * rng.uniform(0.3, 0.7, len(dial))).astype(np.int64)
    )
    slip = rng.integers(-plan["within_minutes"] * MINUTE, plan["within_minutes"] * MINUTE + 1, len(dial))
    is_talk = kept & _is_last_before_talk(lives, talks, lead, at, dial)
    is_talk &= rng.random(len(dial)) < plan["finds_the_person"]
    due = np.where(is_talk, lives.conversation[who] + slip, at[dial] + later)
    hours_late = (rng.integers(2, 24, len(dial)) * HOUR).astype(np.int64)
    fits = due + hours_late < deadline[dial]
    late = timed & ~kept & fits & (rng.random(len(dial)) < plan["late"])
    redial = np.select([kept & ~is_talk, late], [due + slip, due + hours_late], NEVER)
    return Requests(dial, np.where(timed, due, NEVER), redial, is_talk)


def _exact(share: float, fit: Flags, rng: np.random.Generator) -> Flags:
    """This share of those that fit, to the nearest whole number."""
    candidates = np.flatnonzero(fit)
    chosen = np.zeros(len(fit), dtype=np.bool_)
    chosen[rng.permutation(candidates)[: round(share * len(candidates))]] = True
    return chosen


def _is_last_before_talk(lives: Lives, talks: Talks, lead: Ints, at: Ints, dial: Ints) -> Flags:
    """The last dial of a lead that is then reached on a dial of ours, within the two weeks a callback may be put off."""
    who = lead[dial]
    reached = (lives.conversation[who] != NEVER) & ~talks.touches.calls_in[who]
    soon: Flags = lasts(lead)[dial] & reached & (lives.conversation[who] - at[dial] < 14 * DAY)
    return soon
