"""Side worlds about calls: the odd rep, speed to lead with its confounder, trade-show days."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from leadquality.sample.side.rows import DAY_ZERO, lead_table, logistic
from leadquality.sample.text import (
    DAY,
    HOUR,
    NEVER,
    Flags,
    Floats,
    Ints,
    identifiers,
    lognormal,
    named,
    stamps,
)

WEEK = 10_080
"""Minutes that a lead is followed for a response."""


def reps(plan: dict[str, Any], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """One conversation per lead, each rep with his own share of qualified ones."""
    low, high = plan["conversations"]
    counts = rng.integers(low, high + 1, plan["reps"])
    mean, sd = plan["qualifies"]
    rates = mean + sd * rng.standard_normal(plan["reps"])
    rates[plan["odd_rep"] - 1] = plan["odd_rep_qualifies"]
    rep = np.repeat(np.arange(plan["reps"]), counts)
    good = rng.random(len(rep)) < rates[rep]
    day = rng.integers(0, 90, len(rep))
    leads = lead_table("inbound", day)
    calls = _calls(leads, DAY_ZERO + day * DAY + 11 * HOUR, 300).with_columns(
        rep_id=identifiers("R", rep, 2), outcome_code=named(["not_a_fit", "qualified"], good.astype(np.int64))
    )
    return {"leads": leads, "calls": calls}


def speed(plan: dict[str, Any], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """The source tells hot leads from cold. Qualified leads are so ten days after creation, whenever they were called."""
    n = plan["leads"]
    source = rng.integers(0, 2, n)
    (hot, hot_sigma), (cold, cold_sigma) = plan["minutes"]
    median, sigma = np.where(source == 0, hot, cold), np.where(source == 0, hot_sigma, cold_sigma)
    minutes = median * np.exp(sigma * rng.standard_normal(n))
    answered = (rng.random(n) >= plan["never"]) & (minutes < WEEK)
    odds = np.array(plan["odds_at_20_minutes"])[source] * (minutes / 20) ** plan["power"]
    qualified = answered & (rng.random(n) < logistic(odds))
    created = DAY_ZERO + rng.integers(0, 300 * DAY, n)
    leads = lead_table("inbound", created, source=named(plan["sources"], source)).with_columns(
        sql_at=stamps(np.where(qualified, created + 10 * DAY, NEVER))
    )
    return {"leads": leads, "calls": _responses(leads, created, minutes, answered, 300)}


def shows(plan: dict[str, Any], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """The same number of leads on every usual day, another on every show day; there everybody waits longer."""
    is_show = show_days(plan)
    usual, crowd = plan["leads"]
    day = np.repeat(np.arange(plan["days"]), np.where(is_show, crowd, usual))
    created = DAY_ZERO + day * DAY + rng.integers(8 * HOUR, 16 * HOUR, len(day))
    minutes = lognormal(plan["response"], rng, len(day)) * np.where(is_show[day], plan["slower"], 1)
    answered = rng.random(len(day)) >= plan["never"]
    leads = lead_table("inbound", created)
    capacity = pl.DataFrame(
        {
            "date": pl.from_epoch(pl.Series(DAY_ZERO // DAY + np.arange(plan["days"])), time_unit="d"),
            "staffed_min": pl.repeat(plan["staffed_minutes"], plan["days"], eager=True),
        }
    )
    calls = _responses(leads, created, minutes, answered, plan["talk_seconds"])
    return {"leads": leads, "calls": calls, "capacity": capacity}


def show_days(plan: dict[str, Any]) -> Flags:
    """Which days are show days."""
    number = np.arange(plan["days"])
    flags: Flags = (number >= plan["first"]) & ((number - plan["first"]) % plan["every"] == 0)
    return flags


def _responses(
    leads: pl.DataFrame, created: Ints, minutes: Floats, answered: Flags, talk_seconds: int
) -> pl.DataFrame:
    at = created + np.floor(60 * minutes).astype(np.int64)
    calls = _calls(leads, at, talk_seconds).with_columns(
        rep_id=pl.lit("R01"), outcome_code=pl.lit("connected")
    )
    return calls.filter(pl.Series(answered))


def _calls(leads: pl.DataFrame, at: Ints, talk_seconds: int) -> pl.DataFrame:
    return leads.select(pl.col("lead_id").str.replace("L", "K").alias("call_id"), "lead_id").with_columns(
        direction=pl.lit("outbound"), started_at=stamps(at), talk_s=pl.lit(talk_seconds)
    )
