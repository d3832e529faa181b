"""leads.csv: one row per lead."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.draws import Ints
from leadquality.sample.lives import DAY, HOUR, NEVER, Lives
from leadquality.sample.talks import Talks
from leadquality.sample.text import identifiers, named, pick, stamps, width
from leadquality.sample.world import World


def lead_ids(lives: Lives) -> pl.Series:
    return identifiers("L", np.arange(len(lives)), width(len(lives), 5))


def account_ids(world: World, lives: Lives) -> pl.Series:
    return identifiers("A", lives.account, width(world.leads, 4))


def lead_rows(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> pl.DataFrame:
    """A lead that got an opportunity is not disqualified: its opportunity says how it ended."""
    n = len(lives)
    disqualified = np.where(lives.opportunity == NEVER, lives.ended, NEVER)
    mql, sql = _stamps(world, lives, talks, rng)
    source = named([source.name for source in world.sources], lives.source)
    campaign = named(world.weights("campaign"), pick(world.weights("campaign"), rng, n))
    return pl.DataFrame(
        {
            "lead_id": lead_ids(lives),
            "account_id": account_ids(world, lives),
            "contact_id": identifiers("C", np.arange(n), width(n, 5)),
            "channel": named(["outbound", "inbound"], lives.inbound.astype(np.int64)),
            "source": source,
            "campaign_id": source + "-" + campaign,
            "segment": named(world.table("segments")["names"], lives.segment),
            "region": named(world.weights("region"), pick(world.weights("region"), rng, n)),
            "created_at": stamps(lives.created),
            "mql_at": stamps(mql),
            "sql_at": stamps(sql),
            "disqualified_at": stamps(disqualified),
            "dq_reason": _reasons(world, lives, talks, rng).set(pl.Series(disqualified == NEVER), None),
        }
    )


def _stamps(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """mql_at within a minute of creation, inbound only; sql_at after the good conversation or after the meeting."""
    plan = world.table("stamps")
    n = len(lives)
    qualified = (lives.conversation != NEVER) & (talks.is_code("qualified") | talks.is_code("meeting_booked"))
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
