"""call_answers.csv: what leads said in their first conversation, question by question."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.profile import Profile
from leadquality.sample.talks import Talks
from leadquality.sample.text import Flags, Ints, named
from leadquality.sample.world import World


def answer_rows(
    world: World, lives: Lives, talks: Talks, profile: Profile, call_ids: pl.Series, rng: np.random.Generator
) -> pl.DataFrame:
    """call_ids: the conversation of each of lives.spoken. Rows only for questions that were answered or asked in vain."""
    plan = world.table("answers")
    lead = lives.spoken
    parts = [_required(plan, name, talks, lead, rng) for name in plan["required"]]
    parts += [
        _told(name, chance, _yes(plan, talks, lead, rng), rng) for name, chance in plan["others"].items()
    ]
    parts.append(_need(plan, world, lives, profile, lead, rng))
    known = pl.repeat("known", len(lead), eager=True)
    parts += [_told(name, chance, known, rng) for name, chance in plan["told_on_the_call"].items()]
    rows = pl.concat(parts).sort("talk", maintain_order=True)
    return rows.select(
        call_ids.gather(rows["talk"]).alias("call_id"), "question_id", "asked", "answered", "answer_code"
    )


def _part(name: str, is_row: Flags, answered: Flags, codes: pl.Series) -> pl.DataFrame:
    talk = np.flatnonzero(is_row)
    given = answered[talk]
    return pl.DataFrame(
        {
            "talk": talk,
            "question_id": pl.repeat(name, len(talk), eager=True),
            "asked": pl.repeat("true", len(talk), eager=True),
            "answered": named(["false", "true"], given.astype(np.int64)),
            "answer_code": codes.gather(talk).set(pl.Series(~given), None),
        }
    )


def _required(
    plan: dict[str, float], name: str, talks: Talks, lead: Ints, rng: np.random.Generator
) -> pl.DataFrame:
    """One rep leaves with half of the answers that the others leave with."""
    coverage = np.where(talks.odd[lead], plan["odd_rep_coverage"], plan["coverage"])
    answered = rng.random(len(lead)) < coverage
    in_vain = rng.random(len(lead)) < plan["asked_in_vain"]
    return _part(name, answered | in_vain, answered, _yes(plan, talks, lead, rng))


def _yes(plan: dict[str, float], talks: Talks, lead: Ints, rng: np.random.Generator) -> pl.Series:
    chance = np.where(talks.promising[lead], plan["yes_if_promising"], plan["yes_otherwise"])
    return named(["no", "yes"], (rng.random(len(lead)) < chance).astype(np.int64))


def _told(name: str, chance: float, codes: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    is_told = rng.random(len(codes)) < chance
    return _part(name, is_told, is_told, codes)


def _need(
    plan: dict[str, dict[str, float]],
    world: World,
    lives: Lives,
    profile: Profile,
    lead: Ints,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Most want what the campaign offered, the others one of the other offers."""
    offers = list(world.table("offers").values())
    offered = profile.offer.gather(lead).replace_strict({offer: place for place, offer in enumerate(offers)})
    matches = rng.random(len(lead)) < world.by_channel(plan["wants_the_offer"])[lives.source[lead]]
    other = rng.integers(1, len(offers), len(lead))
    wanted = (offered.to_numpy() + np.where(matches, 0, other)) % len(offers)
    is_said = rng.random(len(lead)) < world.by_channel(plan["need"])[lives.source[lead]]
    return _part("need", is_said, is_said, named(offers, wanted))
