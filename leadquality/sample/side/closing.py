"""Side worlds about what becomes of opportunities: Simpson's case, shared luck within accounts, expansion."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from leadquality.sample.side.rows import DAY_ZERO, SEGMENTS, deal_table, lead_table, logistic
from leadquality.sample.text import DAY, dates, identifiers

CHANNELS = ("inbound", "outbound")


def segments(plan: dict[str, Any], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Every opportunity is created on the first day and closed at the same age; counts are exact, nothing is drawn."""
    leads, deals, first = [], [], 0
    for channel in CHANNELS:
        for segment, share, win in zip(SEGMENTS, plan["mix"][channel], plan["win"][channel], strict=True):
            count = round(share * plan["opportunities"][channel])
            table = lead_table(channel, np.zeros(count, dtype=np.int64), first, segment=segment)
            won = np.arange(count) < round(win * count)
            day = np.zeros(count, dtype=np.int64)
            leads.append(table)
            deals.append(deal_table(table, day, day + plan["closes_after"], won, 1000))
            first += count
    return {"leads": pl.concat(leads), "opportunities": pl.concat(deals)}


def accounts(plan: dict[str, Any], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Leads fall to accounts at random; the account's effect moves the odds of all its leads, of both channels."""
    total = sum(plan["leads"].values())
    count = int(plan["per_lead"] * total)
    effect = np.exp(plan["sd"] * rng.standard_normal(count))
    leads, deals, first = [], [], 0
    for channel in CHANNELS:
        n = plan["leads"][channel]
        account = rng.integers(0, count, n)
        base = plan["win"][channel] / (1 - plan["win"][channel])
        won = rng.random(n) < logistic(base * effect[account])
        day = rng.integers(0, 300, n)
        table = lead_table(channel, day, first, account_id=identifiers("A", account, 6))
        leads.append(table)
        deals.append(deal_table(table, day + 5, day + plan["closes_after"], won, 1000))
        first += n
    return {"leads": pl.concat(leads), "opportunities": pl.concat(deals)}


def customers(plan: dict[str, Any], rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Every lead is won on its first day; then it expands or leaves, whichever comes first, at constant hazards."""
    leads, deals, booked, first = [], [], [], 0
    for channel in CHANNELS:
        n = plan["customers"][channel]
        age = np.floor(plan["days"] * rng.random(n) ** plan["age_power"][channel]).astype(np.int64)
        won = plan["days"] - age
        table = lead_table(channel, won, first)
        leads.append(table)
        deals.append(deal_table(table, won, won, np.ones(n, dtype=np.bool_), plan["amount"]))
        grows, leaves = (
            won + np.ceil(rng.standard_exponential(n) * 365 / plan[name][channel]).astype(np.int64)
            for name in ("expands", "churns")
        )
        for kind, day, amount in (
            ("new", won, plan["amount"]),
            ("expansion", np.where(grows < leaves, grows, plan["days"] + 1), plan["amount"] // 2),
            ("churn", leaves, -plan["amount"]),
        ):
            rows = table.select("account_id").with_columns(
                booked_at=dates(DAY_ZERO + day * DAY), arr_delta=pl.lit(amount), kind=pl.lit(kind)
            )
            booked.append(rows.filter(pl.Series(day <= plan["days"])))
        first += n
    return {"leads": pl.concat(leads), "opportunities": pl.concat(deals), "revenue": pl.concat(booked)}
