"""Counted defects, such that cleaning as documented gives back the clean twin exactly.

A defect is either a row too many, which intake removes, or a change of writing, which intake undoes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from leadquality.sample import recoverable, removable
from leadquality.sample.lives import Lives
from leadquality.sample.pool import Pool
from leadquality.sample.text import Floats
from leadquality.sample.world import World


@dataclass(frozen=True, slots=True)
class Extracts:
    """The four files, all moments already text."""

    leads: pl.DataFrame
    calls: pl.DataFrame
    meetings: pl.DataFrame
    opportunities: pl.DataFrame

    def named(self) -> dict[str, pl.DataFrame]:
        return {
            "leads": self.leads,
            "calls": self.calls,
            "meetings": self.meetings,
            "opportunities": self.opportunities,
        }


def soil(clean: Extracts, world: World, lives: Lives, rng: np.random.Generator) -> Extracts:
    """The extracts with the defects of the world's [dirt], spread through the files."""
    n = world.table("dirt")
    leads = clean.leads
    pool = Pool(np.ones(leads.height, dtype=bool), rng)
    anyone = np.ones(leads.height, dtype=bool)

    opportunities = recoverable.reopen(clean.opportunities, leads, lives, pool, n["reopened_opportunities"])
    calls = recoverable.obscure_outcomes(leads, clean.calls, pool, n["unknown_dispositions"])
    calls = recoverable.drop_zones(leads, calls, pool, n["stamps_without_zone"])
    copied = pool.take(anyone, n["duplicate_leads"], "duplicate_leads")
    doubled = pool.take(anyone, n["same_contact_leads"], "same_contact_leads")
    more_calls = [
        removable.calls_without_lead(pool, lives, n["calls_without_lead"]),
        removable.calls_after(pool, lives, leads, n["calls_after_as_of"]),
    ]
    more_opportunities = [
        removable.deals_without_lead(pool, lives, n["opportunities_without_lead"]),
        removable.deals_closed_on_no_day(pool, lives, leads, n["closed_without_date"]),
        removable.deals_worth(-1, 200, pool, lives, leads, n["amounts_negative"]),
        removable.deals_worth(0, 300, pool, lives, leads, n["amounts_zero"]),
        removable.deals_worth(100, 400, pool, lives, leads, n["amounts_times_100"]),
    ]
    more_meetings = removable.meetings_after(pool, lives, leads, n["meetings_after_as_of"])
    more_leads = [leads[copied], removable.try_outs(pool, lives, n["test_records"])]
    second = removable.second_ids(leads, doubled)
    leads = recoverable.stamp_backwards(leads, lives, pool, n["sql_before_mql"])
    leads = recoverable.misspell_channels(leads, pool, n["channel_spellings"])
    leads = recoverable.empty_channels(leads, pool, n["null_channels"])

    after = np.concatenate([np.zeros(sum(frame.height for frame in more_leads)), doubled + 1.0])
    return Extracts(
        leads=_spread(leads, [*more_leads, second], rng, after),
        calls=_spread(calls, more_calls, rng),
        meetings=_spread(clean.meetings, [more_meetings], rng),
        opportunities=_spread(opportunities, more_opportunities, rng),
    )


def _spread(
    frame: pl.DataFrame, more: list[pl.DataFrame], rng: np.random.Generator, after: Floats | float = 0.0
) -> pl.DataFrame:
    """Puts each further row at a random place at or after row `after`; the others keep their order."""
    extra = pl.concat(more, how="diagonal")
    places = after + rng.random(extra.height) * (frame.height - after)
    keys = np.concatenate([np.arange(frame.height), places])
    return pl.concat([frame, extra], how="diagonal")[np.argsort(keys, kind="stable")]
