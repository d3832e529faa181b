"""call_scores.csv: calls coded by two people who do not see each other's code."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.talks import CODES, Talks
from leadquality.sample.text import named
from leadquality.sample.world import World


def score_rows(
    world: World, lives: Lives, talks: Talks, call_ids: pl.Series, rng: np.random.Generator
) -> pl.DataFrame:
    """So many conversations of each rep. The second person gives the code of the first with the chance of the agreement,
    else the code of another call of that rep: the chance is then Cohen's kappa."""
    plan = world.table("scores")
    lead = lives.spoken
    parts = []
    for rep in range(world.table("calling")["reps"]):
        own = np.flatnonzero(talks.rep[lead] == rep)
        chosen = rng.permutation(own)[: plan["calls_per_rep"]]
        codes = talks.code[lead[chosen]]
        odd = rep == world.table("calling")["odd_rep"] - 1
        agrees = rng.random(len(chosen)) < plan["odd_rep_agreement" if odd else "agreement"]
        second = np.where(agrees, codes, rng.permutation(codes))
        parts += [(chosen, "Q1", codes), (chosen, "Q2", second)]
    rows = pl.concat(
        pl.DataFrame(
            {
                "call_id": call_ids.gather(calls),
                "scorer_id": pl.repeat(scorer, len(calls), eager=True),
                "item": pl.repeat("disposition", len(calls), eager=True),
                "value": named(CODES, codes),
            }
        )
        for calls, scorer, codes in parts
    )
    return rows.sort("call_id", "scorer_id")
