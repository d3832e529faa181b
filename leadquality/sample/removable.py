"""Defects that intake removes: rows beyond those of the clean twin."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.pool import Pool
from leadquality.sample.text import DAY, HOUR, NEVER, Ints, dates, identifiers, stamps

FIRST: Final = 900_000
"""Numbers of rows and of leads that the clean twin does not hold."""


def _ids(prefix: str, start: int, count: int) -> pl.Series:
    return identifiers(prefix, FIRST + start + np.arange(count), 6)


def try_outs(pool: Pool, lives: Lives, count: int) -> pl.DataFrame:
    """Leads that somebody typed in to try the form."""
    created = _days(pool, lives, count) * DAY + 8 * HOUR
    return pl.DataFrame(
        {
            "lead_id": _ids("L", 500, count),
            "account_id": _ids("A", 500, count),
            "contact_id": _ids("C", 500, count),
            "channel": "inbound",
            "source": "test",
            "campaign_id": "test",
            "segment": "smb",
            "region": "DACH",
            "created_at": stamps(created),
        }
    )


def second_ids(leads: pl.DataFrame, taken: Ints) -> pl.DataFrame:
    """The same contact under another id, which sorts after the first and which nothing refers to."""
    return leads[taken].with_columns(_ids("L", 0, len(taken)).alias("lead_id"))


def calls_without_lead(pool: Pool, lives: Lives, count: int) -> pl.DataFrame:
    return _calls(0, _ids("L", 700, count), _ids("A", 700, count), _days(pool, lives, count), "no_answer")


def calls_after(pool: Pool, lives: Lives, leads: pl.DataFrame, count: int) -> pl.DataFrame:
    """Dated after as_of."""
    row = leads[pool.take(np.ones(leads.height, dtype=bool), count, "calls_after_as_of")]
    return _calls(100, row["lead_id"], row["account_id"], _after(pool, lives, count), "connected")


def meetings_after(pool: Pool, lives: Lives, leads: pl.DataFrame, count: int) -> pl.DataFrame:
    """Booked and held after as_of, by leads that have not met."""
    taken = pool.take(lives.meeting == NEVER, count, "meetings_after_as_of")
    at = _after(pool, lives, count) * DAY + 13 * HOUR
    return pl.DataFrame(
        {
            "meeting_id": _ids("M", 0, count),
            "lead_id": leads["lead_id"].gather(taken),
            "booked_at": stamps(at - HOUR),
            "scheduled_at": stamps(at),
            "held_at": stamps(at),
            "status": "held",
        }
    )


def deals_without_lead(pool: Pool, lives: Lives, count: int) -> pl.DataFrame:
    opened = _days(pool, lives, count)
    return _deals(pool, 0, _ids("L", 800, count), _ids("A", 800, count), opened)


def deals_closed_on_no_day(pool: Pool, lives: Lives, leads: pl.DataFrame, count: int) -> pl.DataFrame:
    """Closed without a closing date, days before they were expected to; every third is a win."""
    deals = _on_leads(pool, 100, lives, leads, count, "closed_without_date")
    expected = deals["expected_close"].str.to_date().to_physical().to_numpy()
    won = pl.Series(np.arange(count) % 3 == 2)
    return deals.with_columns(
        dates((expected - pool.rng.integers(1, 21, count)) * DAY).alias("expected_close"),
        pl.when(won).then(pl.lit("closed_won")).otherwise(pl.lit("closed_lost")).alias("stage"),
        pl.when(won).then(pl.lit("won")).otherwise(pl.lit("lost")).alias("outcome"),
        pl.when(won).then(None).otherwise(pl.lit("no_decision")).alias("loss_reason"),
    )


def deals_worth(
    factor: int, start: int, pool: Pool, lives: Lives, leads: pl.DataFrame, count: int
) -> pl.DataFrame:
    """Open, with the amount multiplied: by -1, by 0 or by 100."""
    deals = _on_leads(pool, start, lives, leads, count, f"amounts times {factor}")
    return deals.with_columns(pl.col("amount") * factor, pl.col("acv") * factor)


def _on_leads(
    pool: Pool, start: int, lives: Lives, leads: pl.DataFrame, count: int, defect: str
) -> pl.DataFrame:
    """On leads that have no opportunity, so that the clean twin's is never shadowed."""
    fit = (lives.opportunity == NEVER) & (lives.created < lives.last - 10 * DAY)
    taken = pool.take(fit, count, defect)
    opened = lives.created[taken] // DAY + pool.rng.integers(1, 9, count)
    return _deals(pool, start, leads["lead_id"].gather(taken), leads["account_id"].gather(taken), opened)


def _deals(pool: Pool, start: int, lead: pl.Series, account: pl.Series, opened: Ints) -> pl.DataFrame:
    amount = pool.rng.integers(120, 600, len(lead)) * 100
    return pl.DataFrame(
        {
            "opportunity_id": _ids("O", start, len(lead)),
            "lead_id": lead,
            "account_id": account,
            "created_at": stamps(opened * DAY + 15 * HOUR),
            "stage": "discovery",
            "amount": amount,
            "acv": amount,
            "currency": "EUR",
            "expected_close": dates((opened + 60) * DAY),
            "outcome": "open",
        }
    )


def _calls(start: int, lead: pl.Series, account: pl.Series, day: Ints, code: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "call_id": _ids("K", start, len(lead)),
            "lead_id": lead,
            "account_id": account,
            "rep_id": "R01",
            "direction": "outbound",
            "started_at": stamps(day * DAY + 10 * HOUR),
            "talk_s": pl.repeat(0 if code == "no_answer" else 180, len(lead), dtype=pl.Int64, eager=True),
            "outcome_code": code,
        }
    )


def _days(pool: Pool, lives: Lives, count: int) -> Ints:
    """Days from the first lead to as_of."""
    return pool.rng.integers(int(lives.created[0]) // DAY, lives.last // DAY, count)


def _after(pool: Pool, lives: Lives, count: int) -> Ints:
    return lives.last // DAY + pool.rng.integers(1, 21, count)
