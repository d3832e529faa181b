"""opportunities.csv: one opportunity per lead that got one, won, lost or open on as_of."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.deals import Deals
from leadquality.sample.forecast import Forecast
from leadquality.sample.ids import account_ids, lead_ids
from leadquality.sample.lives import Lives
from leadquality.sample.text import DAY, NEVER, dates, named, pick, stamps
from leadquality.sample.world import World

OUTCOMES = ("open", "lost", "won")


def deal_ids(world: World, deals: Deals) -> pl.Series:
    return world.ids("O", np.arange(len(deals)), 5)


def opportunity_rows(
    world: World, lives: Lives, deals: Deals, forecast: Forecast, rng: np.random.Generator
) -> pl.DataFrame:
    """In order of creation. expected_close is a plan: it alone may lie after as_of."""
    n = len(deals)
    outcome = np.where(deals.won, 2, np.where(deals.closed == NEVER, 0, 1))
    stage = named(world.weights("open_stage"), pick(world.weights("open_stage"), rng, n))
    silent = named(world.weights("loss_silent"), pick(world.weights("loss_silent"), rng, n))
    decided = named(world.weights("loss_decided"), pick(world.weights("loss_decided"), rng, n))
    reason = silent.zip_with(pl.Series(deals.silent), decided)
    return pl.DataFrame(
        {
            "opportunity_id": deal_ids(world, deals),
            "lead_id": lead_ids(world, lives).gather(deals.lead),
            "account_id": account_ids(world, lives).gather(deals.lead),
            "created_at": stamps(deals.opened),
            "stage": stage.set(pl.Series(outcome == 1), "closed_lost").set(
                pl.Series(outcome == 2), "closed_won"
            ),
            "amount": deals.amount,
            "acv": deals.amount,
            "currency": pl.repeat("EUR", n, eager=True),
            "expected_close": dates(forecast.latest * DAY),
            "closed_at": stamps(deals.closed),
            "outcome": named(OUTCOMES, outcome),
            "loss_reason": reason.set(pl.Series(outcome != 1), None),
        }
    )
