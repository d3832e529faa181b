"""opportunity_changes.csv: states of opportunities, a row where something was recorded; a row names what it records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from leadquality.sample.deals import Deals
from leadquality.sample.forecast import Forecast
from leadquality.sample.opportunities import deal_ids
from leadquality.sample.text import DAY, HOUR, NEVER, Flags, Ints, dates, named, stamps
from leadquality.sample.world import World

STAGES: Final = ("discovery", "proposal", "negotiation")
USUAL_DAYS: Final = 150
"""Length that an open opportunity is taken to have, to place its stages."""


@dataclass(frozen=True, slots=True)
class Work:
    """One element per opportunity: how often it is looked at, whose it is, whether its amount is edited the first time."""

    turns: Ints
    owner: Ints
    edited: Flags


def change_rows(world: World, deals: Deals, forecast: Forecast, rng: np.random.Generator) -> pl.DataFrame:
    """In order of time."""
    work = _plan_work(world, deals, rng)
    parts = [
        _created(world, deals, forecast, work, rng),
        _worked(world, deals, work, rng),
        _at_quarter_starts(deals, forecast, rng),
        _pushed(deals, forecast),
        _closed(deals),
    ]
    rows = pl.concat(parts, how="diagonal").sort("at", "deal")
    owners = [f"AE{number + 1}" for number in range(world.table("deals")["owners"])]
    expected = rows["expected"].fill_null(NEVER).to_numpy()
    return pl.DataFrame(
        {
            "opportunity_id": deal_ids(world, deals).gather(rows["deal"]),
            "changed_at": stamps(rows["at"].to_numpy()),
            "stage": rows["stage"],
            "amount": rows["amount"],
            "expected_close": dates(np.where(expected == NEVER, NEVER, expected * DAY)),
            "forecast_category": rows["category"],
            "owner": named(owners, rows["owner"].fill_null(0).to_numpy()).set(rows["owner"].is_null(), None),
        }
    )


def _plan_work(world: World, deals: Deals, rng: np.random.Generator) -> Work:
    plan = world.table("deals")
    n = len(deals)
    days = np.maximum(deals.until // DAY - deals.opened_on - 1, 0)
    turns = np.where(deals.silent, 0, days // plan["review_days"])
    owner = rng.integers(0, plan["owners"], n)
    edited = (rng.random(n) < plan["first_amount_edited"]) & (turns > 0)
    return Work(turns, owner, edited)


def _created(
    world: World, deals: Deals, forecast: Forecast, work: Work, rng: np.random.Generator
) -> pl.DataFrame:
    n = len(deals)
    sigma = world.table("deals")["edit_sigma"]
    factor = np.where(work.edited, np.exp(sigma * rng.standard_normal(n)), 1.0)
    born = np.searchsorted(forecast.ends, deals.opened_on)
    return pl.DataFrame(
        {
            "deal": np.arange(n),
            "at": deals.opened,
            "stage": pl.repeat(STAGES[0], n, eager=True),
            "amount": np.maximum(100, np.round(deals.amount * factor, -2)).astype(np.int64),
            "expected": forecast.first,
            "category": _categories(forecast, np.arange(n), forecast.first, born),
            "owner": work.owner,
        }
    )


def _worked(world: World, deals: Deals, work: Work, rng: np.random.Generator) -> pl.DataFrame:
    """Every few weeks the stage is recorded; the last time some are set back or go to another owner."""
    plan = world.table("deals")
    every, n = plan["review_days"], len(deals)
    deal = np.repeat(np.arange(n), work.turns)
    turn = np.arange(len(deal)) - np.repeat(np.cumsum(work.turns) - work.turns, work.turns) + 1
    length = np.where(deals.closed == NEVER, USUAL_DAYS, deals.closed_on - deals.opened_on)[deal]
    stage = np.minimum(3 * turn * every // np.maximum(length, 1), 2)
    is_last = turn == work.turns[deal]
    is_back = is_last & (stage > 0) & (rng.random(n) < plan["set_back"])[deal]
    is_handed = is_last & (rng.random(n) < plan["owner_changes"])[deal]
    is_edit = (turn == 1) & work.edited[deal]
    return pl.DataFrame(
        {
            "deal": deal,
            "at": (deals.opened_on[deal] + turn * every) * DAY + 9 * HOUR,
            "stage": named(STAGES, stage - is_back),
            "amount": pl.Series(deals.amount[deal]).set(pl.Series(~is_edit), None),
            "owner": pl.Series((work.owner[deal] + 1) % plan["owners"]).set(pl.Series(~is_handed), None),
        }
    )


def _at_quarter_starts(deals: Deals, forecast: Forecast, rng: np.random.Generator) -> pl.DataFrame:
    """In the first days of each quarter every opportunity that is worked is called on or not."""
    day = forecast.starts + rng.integers(0, 6, (len(deals), len(forecast.starts)))
    known = np.minimum(deals.until // DAY, deals.last // DAY)[:, None]
    is_seen = (deals.opened_on[:, None] < forecast.starts) & (day < known) & ~deals.silent[:, None]
    deal, place = np.nonzero(is_seen)
    expected = forecast.expected[deal, place]
    return pl.DataFrame(
        {
            "deal": deal,
            "at": day[deal, place] * DAY + 9 * HOUR + 1,
            "expected": expected,
            "category": _categories(forecast, deal, expected, place),
        }
    )


def _pushed(deals: Deals, forecast: Forecast) -> pl.DataFrame:
    deal, place = np.nonzero(forecast.pushed_on != NEVER)
    return pl.DataFrame(
        {
            "deal": deal,
            "at": forecast.pushed_on[deal, place] * DAY + 10 * HOUR,
            "expected": forecast.expected[deal, place + 1],
            "category": pl.repeat("pipeline", len(deal), eager=True),
        }
    )


def _closed(deals: Deals) -> pl.DataFrame:
    deal = np.flatnonzero(deals.closed != NEVER)
    return pl.DataFrame(
        {
            "deal": deal,
            "at": deals.closed[deal],
            "stage": named(["closed_lost", "closed_won"], deals.won[deal].astype(np.int64)),
        }
    )


def _categories(forecast: Forecast, deal: Ints, expected: Ints, place: Ints) -> pl.Series:
    """Later quarters are pipeline; of this one some are counted on, the others hoped for."""
    is_now = expected <= forecast.ends[place]
    code = np.where(is_now, np.where(forecast.commits[deal], 2, 1), 0)
    return named(["pipeline", "best_case", "commit"], code)
