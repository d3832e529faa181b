"""opportunities.csv: one opportunity per lead that got one, won, lost or open on as_of."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.draws import Floats, Ints
from leadquality.sample.leads import account_ids, lead_ids
from leadquality.sample.lives import DAY, NEVER, Lives
from leadquality.sample.text import dates, identifiers, named, pick, stamps, width
from leadquality.sample.world import World

OUTCOMES = ("open", "lost", "won")


def opportunity_rows(world: World, lives: Lives, rng: np.random.Generator) -> pl.DataFrame:
    """In order of creation. expected_close is a plan: it alone may lie after as_of."""
    opened = np.flatnonzero(lives.opportunity != NEVER)
    lead = opened[np.argsort(lives.opportunity[opened], kind="stable")]
    outcome = np.where(lives.won[lead], 2, np.where(lives.ended[lead] == NEVER, 0, 1))
    amount = np.where(outcome == 2, lives.acv[lead], _hoped(world, lives.source[lead], rng)).astype(np.int64)
    n = len(lead)
    stage = named(world.weights("open_stage"), pick(world.weights("open_stage"), rng, n))
    reason = named(world.weights("loss_reason"), pick(world.weights("loss_reason"), rng, n))
    return pl.DataFrame(
        {
            "opportunity_id": identifiers("O", np.arange(n), width(n, 5)),
            "lead_id": lead_ids(lives).gather(lead),
            "account_id": account_ids(world, lives).gather(lead),
            "created_at": stamps(lives.opportunity[lead]),
            "stage": stage.set(pl.Series(outcome == 1), "closed_lost").set(
                pl.Series(outcome == 2), "closed_won"
            ),
            "amount": amount,
            "acv": amount,
            "currency": pl.repeat("EUR", n, eager=True),
            "expected_close": dates(_expected(world, lives, lead, rng)),
            "closed_at": stamps(lives.ended[lead]),
            "outcome": named(OUTCOMES, outcome),
            "loss_reason": reason.set(pl.Series(outcome != 1), None),
        }
    )


def _hoped(world: World, source: Ints, rng: np.random.Generator) -> Floats:
    """What a deal that is not won was thought to be worth: the source's ACV, drawn apart from the golden stream."""
    median = np.array([row.acv[0] for row in world.sources])[source]
    sigma = np.array([row.acv[1] for row in world.sources])[source]
    limits = world.table("amounts")
    drawn = np.round(median * np.exp(sigma * rng.standard_normal(len(source))), -2)
    return np.clip(drawn, limits["least"], limits["most"])


def _expected(world: World, lives: Lives, lead: Ints, rng: np.random.Generator) -> Ints:
    median = np.array([row.won[0] for row in world.sources])[lives.source[lead]]
    days = np.ceil(median * np.exp(0.3 * rng.standard_normal(len(lead)))).astype(np.int64)
    planned: Ints = lives.opportunity[lead] + days * DAY
    return planned
