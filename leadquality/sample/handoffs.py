"""handoffs.csv: every lead called qualified goes to sales; how sales answers depends on the rep who called it so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from leadquality.sample.ids import lead_ids
from leadquality.sample.lives import Lives
from leadquality.sample.talks import Talks
from leadquality.sample.text import DAY, HOUR, NEVER, Ints, lognormal, named, pick, stamps
from leadquality.sample.world import World

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Handoffs:
    """One element per lead, moments or NEVER. priority is when a handed lead was flagged as high potential."""

    handed: Ints
    accepted: Ints
    rejected: Ints
    touched: Ints
    feedback: Ints
    priority: Ints
    reason: pl.Series


def hand_over(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> Handoffs:
    """Accepted means within the promised five days; rejected and waiting are the rest."""
    plan = world.table("handoffs")
    n = len(lives)
    is_handed = (lives.conversation != NEVER) & talks.promising
    noon = lives.conversation - lives.conversation % DAY + 13 * HOUR
    handed = np.where(is_handed, noon + rng.integers(0, HOUR, n), NEVER)
    rate = np.where(talks.odd, plan["odd_rep_accepted"], plan["accepted"])
    u = rng.random(n)
    is_accepted = is_handed & (u < rate)
    is_rejected = is_handed & ~is_accepted & (u < rate + (1 - rate) * plan["rejected"])
    accepted = handed + np.minimum(HOUR * lognormal(plan["accepted_hours"], rng, n), 4.4 * DAY).astype(
        np.int64
    )
    rejected = handed + np.minimum(HOUR * lognormal(plan["rejected_hours"], rng, n), 9 * DAY).astype(np.int64)
    touched = accepted + (HOUR * lognormal(plan["touched_hours"], rng, n)).astype(np.int64)
    is_priority = is_handed & (rng.random(n) < plan["priority"])
    priority = np.where(is_priority, handed - rng.integers(1, 30, n) * MINUTE, NEVER)
    urgent = priority + (MINUTE * lognormal(plan["priority_minutes"], rng, n)).astype(np.int64)
    is_touched = (is_accepted & (rng.random(n) < plan["touched"])) | is_priority
    told = np.where(lives.will_win, plan["feedback_if_won"], plan["feedback_otherwise"])
    feedback = handed + rng.integers(5, 28, n) * DAY
    return Handoffs(
        handed,
        lives.seen(np.where(is_accepted, accepted, NEVER)),
        lives.seen(np.where(is_rejected, rejected, NEVER)),
        lives.seen(np.where(is_touched, np.where(is_priority, urgent, touched), NEVER)),
        lives.seen(np.where(is_handed & (rng.random(n) < told), feedback, NEVER)),
        priority,
        named(world.weights("reject_reason"), pick(world.weights("reject_reason"), rng, n)),
    )


def handoff_rows(world: World, lives: Lives, handoffs: Handoffs) -> pl.DataFrame:
    """In order of time."""
    lead = np.flatnonzero(handoffs.handed != NEVER)
    lead = lead[np.argsort(handoffs.handed[lead], kind="stable")]
    rejected = handoffs.rejected[lead]
    return pl.DataFrame(
        {
            "lead_id": lead_ids(world, lives).gather(lead),
            "handed_at": stamps(handoffs.handed[lead]),
            "accepted_at": stamps(handoffs.accepted[lead]),
            "rejected_at": stamps(rejected),
            "reject_reason": handoffs.reason.gather(lead).set(pl.Series(rejected == NEVER), None),
            "first_sales_touch_at": stamps(handoffs.touched[lead]),
            "feedback_at": stamps(handoffs.feedback[lead]),
        }
    )
