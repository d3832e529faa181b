"""opportunity_contacts.csv: people of the customer on an opportunity, and when they joined."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.deals import Deals
from leadquality.sample.lives import Lives
from leadquality.sample.opportunities import deal_ids
from leadquality.sample.text import DAY, dates, named, pick
from leadquality.sample.world import World

PER_DEAL = 20
"""No opportunity has as many people as this."""


def contact_rows(world: World, lives: Lives, deals: Deals, rng: np.random.Generator) -> pl.DataFrame:
    """The contact of the lead, then others; those who would join after as_of are not known yet."""
    plan = world.table("deals")
    mean = np.where(deals.inbound, plan["contacts"]["inbound"], plan["contacts"]["outbound"])
    count = 1 + np.minimum(rng.poisson(mean), PER_DEAL - 1)
    deal = np.repeat(np.arange(len(deals)), count)
    turn = np.arange(len(deal)) - np.repeat(np.cumsum(count) - count, count)
    joined = deals.opened_on[deal] + np.where(
        turn == 0, 0, rng.integers(0, plan["contact_days"] + 1, len(deal))
    )
    own = world.ids("C", deals.lead[deal], 5)
    others = world.ids("P", deal * PER_DEAL + turn, 5, PER_DEAL)
    rows = pl.DataFrame(
        {
            "opportunity_id": deal_ids(world, deals).gather(deal),
            "contact_id": own.zip_with(pl.Series(turn == 0), others),
            "role": named(world.weights("contact_role"), pick(world.weights("contact_role"), rng, len(deal))),
            "added_at": dates(joined * DAY),
        }
    )
    return rows.filter(pl.Series(joined * DAY <= deals.last))
