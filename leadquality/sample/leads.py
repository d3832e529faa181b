"""leads.csv: one row per lead."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.handoffs import Handoffs
from leadquality.sample.ids import account_ids, lead_ids
from leadquality.sample.lives import Lives
from leadquality.sample.notes import versions
from leadquality.sample.profile import Profile
from leadquality.sample.talks import Talks
from leadquality.sample.text import DAY, HOUR, NEVER, Ints, dates, named, pick, stamps
from leadquality.sample.world import World


def lead_rows(
    world: World,
    lives: Lives,
    talks: Talks,
    profile: Profile,
    handoffs: Handoffs,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """A lead that got an opportunity is not disqualified: its opportunity says how it ended."""
    n = len(lives)
    disqualified = np.where(lives.opportunity == NEVER, lives.ended, NEVER)
    mql, sql = _stamps(world, lives, talks, rng)
    source = named([source.name for source in world.sources], lives.source)
    channel = named(["outbound", "inbound"], lives.inbound.astype(np.int64))
    return pl.DataFrame(
        {
            "lead_id": lead_ids(world, lives),
            "account_id": account_ids(world, lives),
            "contact_id": world.ids("C", np.arange(n), 5),
            "channel": channel,
            "source": source,
            "campaign_id": source + "-" + profile.campaign,
            "segment": named(world.table("segments")["names"], lives.segment),
            "region": profile.region,
            "created_at": stamps(lives.created),
            "mql_at": stamps(mql),
            "sql_at": stamps(sql),
            "rejected_at": stamps(handoffs.rejected),
            "disqualified_at": stamps(disqualified),
            "dq_reason": _reasons(world, lives, talks, rng).set(pl.Series(disqualified == NEVER), None),
            "recycled_at": dates(_recycled(world, lives, talks, rng)),
            "priority_at": stamps(handoffs.priority),
            "engagement_score": _scores(world, lives, rng),
            "first_touch_channel": channel,
            "criteria_version": versions("c", world.table("talks")["criteria"], lives.created),
            **profile.columns,
            **_research(world, lives, rng),
        }
    )


def _stamps(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """mql_at within a minute of creation, inbound only; sql_at after the good conversation or after the meeting."""
    plan = world.table("stamps")
    n = len(lives)
    qualified = (lives.conversation != NEVER) & talks.promising
    met = lives.meeting != NEVER
    chance = np.where(qualified | met, plan["mql_if_promising"], plan["mql_otherwise"])
    mql = np.where(lives.inbound & (rng.random(n) < chance), lives.created + rng.integers(5, 60, n), NEVER)
    minutes = rng.integers(0, HOUR // 2, n)
    after_call = lives.conversation - lives.conversation % DAY + 12 * HOUR + HOUR // 2 + minutes
    after_meeting = lives.meeting - lives.meeting % DAY + 14 * HOUR + minutes
    accepted = met & (rng.random(n) < plan["sql_after_meeting"])
    return mql, np.select([qualified, accepted], [after_call, after_meeting], NEVER)


def _reasons(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> pl.Series:
    """A reason for every lead; it agrees with the outcome of the conversation where that says why."""

    def drawn(name: str) -> pl.Series:
        weights = world.weights(name)
        return named(weights, pick(weights, rng, len(lives)))

    table = pl.DataFrame(
        {
            "silent": drawn("dq_silent"),
            "talked": drawn("dq_talked"),
            "met": drawn("dq_met"),
            "has_talked": lives.conversation != NEVER,
            "has_met": lives.meeting != NEVER,
            "not_a_fit": talks.is_code("not_a_fit"),
            "not_ready": talks.is_code("interested_not_ready"),
        }
    )
    reason = (
        pl.when("has_met")
        .then("met")
        .when(~pl.col("has_talked"))
        .then("silent")
        .when("not_a_fit")
        .then(pl.lit("no_fit"))
        .when("not_ready")
        .then(pl.lit("interested_not_ready"))
        .otherwise("talked")
    )
    return table.select(reason.alias("dq_reason")).to_series()


def _recycled(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> Ints:
    """Sent back to nurture within days of "not now", while the lead was open."""
    chance = world.by_channel(world.table("stamps")["recycled"])[lives.source]
    day = lives.conversation + rng.integers(1, 6, len(lives)) * DAY
    is_sent = (lives.conversation != NEVER) & talks.is_code("interested_not_ready")
    is_sent &= (rng.random(len(lives)) < chance) & (day < lives.until)
    return np.where(is_sent, day, NEVER)


def _scores(world: World, lives: Lives, rng: np.random.Generator) -> pl.Series:
    plan = world.table("engagement")
    score = world.by_channel(plan)[lives.source] + plan["won"] * lives.will_win
    score = score + plan["sd"] * rng.standard_normal(len(lives))
    return pl.Series(np.clip(np.round(score), 0, 100).astype(np.int64))


def _research(world: World, lives: Lives, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Days on which an outbound lead was looked up: before its first dial, or a month later to fill the gap."""
    plan = world.table("research")
    found = {}
    for name in ("company", "contact", "trigger"):
        u = rng.random(len(lives))
        missed = 1 - plan[name]
        late = np.where(u < plan[name] + missed * plan["filled_late"], lives.created + 30 * DAY, NEVER)
        day = np.where(u < plan[name], lives.created, late)
        found[f"research_{name}_at"] = dates(lives.seen(np.where(lives.inbound, NEVER, day)))
    return found
