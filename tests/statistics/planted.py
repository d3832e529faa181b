"""The planted world of statistics.md, section 18: drawn here a second time from the published parameters, written as facts.

The parameters are those of expected/statistics/synthetic_truth.json and the order of draws is that of section 18.2, so
nothing of leadquality/sample is used. Lead by lead: days of creation, ages of the stages, whether it is won.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import duckdb
import numpy as np
import polars as pl

from tests.story import counted, lasting

DAYS = 690
DAY_0 = date(2025, 1, 1)
AS_OF = date(2026, 11, 22)
SEED = 20261122
SEGMENTS = ("smb", "mid", "ent")
NEVER = 10**6
JOURNEYS = ("won", "meeting", "opportunity")


def drawn(generator: dict[str, Any], seed: int) -> pl.DataFrame:
    """One row per lead: lead_id, channel, source, segment, created, met, opened, ended (ages, NEVER if not reached), won, acv,
    account; whether as_of comes first is not looked at."""
    rng = np.random.default_rng(seed)
    frames = []
    for channel, sources in generator["sources"].items():
        for name, (n, p1, talk, p2, meet, p3, open_, p4, win, lose, acv, mix) in sources.items():
            u = rng.random(n)
            created = np.floor(DAYS * (u if channel == "inbound" else u**0.45))
            ok = np.cumprod([rng.random(n) < p for p in (p1, p2, p3, p4)], axis=0).astype(bool)
            talked, meeting, opening, winning, losing = (
                median * np.exp(sigma * rng.standard_normal(n))
                for median, sigma in (talk, meet, open_, win, lose)
            )
            silent = 30 * np.exp(0.5 * rng.standard_normal(n))
            fruitless = 15 * np.exp(0.6 * rng.standard_normal(n))
            segment = rng.choice(3, n, p=mix)
            size = np.round(acv[0] * np.exp(acv[1] * rng.standard_normal(n)), -2)
            met, opened = talked + meeting, talked + meeting + opening
            ended = np.select(
                [ok[3], ok[2], ok[1], ok[0]],
                [opened + winning, opened + losing, met + fruitless, talked + silent],
                silent,
            )
            columns = {
                "created": created,
                "met": np.where(ok[1], np.floor(met), NEVER),
                "opened": np.where(ok[2], np.floor(opened), NEVER),
                "ended": np.floor(ended),
                "won": ok[3],
                "acv": size,
                "segment": np.array(SEGMENTS)[segment],
            }
            if name == "partner_podcast":
                first = np.arange(n) < 4
                columns |= {"created": np.full(n, 300), "ended": np.where(first, 45, 60), "won": first}
                columns |= {"met": np.where(first, 5, columns["met"]), "acv": np.where(first, 13_000, size)}
                columns["opened"] = np.where(first, 12, NEVER)
            frames.append(pl.DataFrame(columns).with_columns(channel=pl.lit(channel), source=pl.lit(name)))
    leads = pl.concat(frames, how="vertical_relaxed")
    account = rng.integers(0, int(0.6 * leads.height), leads.height)
    return leads.with_columns(
        pl.col("created", "met", "opened", "ended").cast(pl.Int64),
        account_id=pl.Series(account).cast(pl.String),
        lead_id=pl.format("lead-{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(5)),
    )


@cache
def stage() -> duckdb.DuckDBPyConnection:
    return lasting(AS_OF).database()


def written(leads: pl.DataFrame, journeys: tuple[str, ...] = JOURNEYS) -> duckdb.DuckDBPyConnection:
    """A database that holds these leads as known on AS_OF and nothing else; the rows of `journeys` are worked out."""
    con, created = stage(), pl.lit(DAY_0) + pl.duration(days="created")

    def on(age: str) -> pl.Expr:
        return (created + pl.duration(days=age)).cast(pl.Date)

    own = leads.with_columns(created_on=created.cast(pl.Date), ended_on=on("ended"))
    has_deal = pl.col("opened") < NEVER
    facts = {
        "fact_leads": own.select(
            "lead_id",
            "account_id",
            "channel",
            "source",
            "segment",
            "created_on",
            region=pl.lit("north"),
            entry_age=pl.lit(-1),
            disqualified_on=pl.when(~has_deal).then("ended_on"),
        ),
        "fact_meetings": own.filter(pl.col("met") < NEVER).select(
            "lead_id", meeting_id="lead_id", held_on=on("met")
        ),
        "fact_opportunities": own.filter(has_deal).select(
            "lead_id",
            "account_id",
            "acv",
            opportunity_id="lead_id",
            created_on=on("opened"),
            closed_on="ended_on",
            outcome=pl.when("won").then(pl.lit("won")).otherwise(pl.lit("lost")),
            amount="acv",
            currency=pl.lit("EUR"),
        ),
    }
    for table in facts:
        frame = facts[table]  # noqa: F841 (DuckDB reads it)
        con.execute(f"delete from snapshot.{table}")
        con.execute(f"insert into snapshot.{table} by name select * from frame")
    counted(con)
    con.execute("delete from journey_rows")
    con.execute("delete from journey_kept")
    for journey in journeys:
        asked = {"day": AS_OF, "journey": journey}
        con.execute(
            "insert into journey_rows by name select *, $day as known_on from journeys_as_of($day) where journey = $journey",
            asked,
        )
        con.execute("insert into journey_kept by name select $day as known_on, $journey as journey", asked)
    return con
