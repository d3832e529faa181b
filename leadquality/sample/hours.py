"""time_log.csv: minutes of reps and closers on leads."""

from __future__ import annotations

import numpy as np
import polars as pl

from leadquality.sample.ids import lead_ids
from leadquality.sample.lives import Lives
from leadquality.sample.talks import Talks
from leadquality.sample.text import NEVER, Ints, dates, lognormal, named
from leadquality.sample.world import World


def hour_rows(world: World, lives: Lives, talks: Talks, rng: np.random.Generator) -> pl.DataFrame:
    """In order of the day: reps log their conversations, closers meetings and deals, and a few leads sent straight to them."""
    plan = world.table("hours")
    reps = [f"R{rep + 1:02}" for rep in range(world.table("calling")["reps"])]
    closers = [f"AE{closer + 1}" for closer in range(plan["closers"])]
    straight = (lives.conversation == NEVER) & (rng.random(len(lives)) < plan["straight_to_closer"])
    straight &= lives.until > lives.created
    of_lead = rng.integers(0, plan["closers"], len(lives))

    def logged(activity: str, lead: Ints, at: Ints, who: pl.Series, role: str) -> pl.DataFrame:
        minutes = np.clip(np.round(lognormal(plan[activity], rng, len(lead))), 1, plan["most"]).astype(
            np.int64
        )
        same = {"role": role, "activity": activity}
        return pl.DataFrame({"lead": lead, "at": at[lead], "rep_id": who, "minutes": minutes}).with_columns(
            **{name: pl.lit(value) for name, value in same.items()}
        )

    met, opened = np.flatnonzero(lives.meeting != NEVER), np.flatnonzero(lives.opportunity != NEVER)
    sent = np.flatnonzero(straight)
    rows = pl.concat(
        [
            logged(
                "conversation", lives.spoken, lives.conversation, named(reps, talks.rep[lives.spoken]), "sdr"
            ),
            logged("meeting", met, lives.meeting, named(closers, of_lead[met]), "ae"),
            logged("deal", opened, lives.opportunity, named(closers, of_lead[opened]), "ae"),
            logged("meeting", sent, lives.created, named(closers, of_lead[sent]), "ae"),
        ]
    ).sort("at", maintain_order=True)
    return rows.select(
        "rep_id",
        "role",
        lead_ids(world, lives).gather(rows["lead"].to_numpy()).alias("lead_id"),
        dates(rows["at"].to_numpy()).alias("date"),
        "minutes",
        "activity",
    )
