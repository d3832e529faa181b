"""Defects that intake repairs: the same fact, written in another way, or a stamp that contradicts the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from leadquality.sample.lives import Lives
from leadquality.sample.pool import Pool
from leadquality.sample.text import DAY, HOUR, NEVER, Ints, stamps

SPELLINGS = {"inbound": ("Inbound ", "in bound"), "outbound": ("OUT-BOUND",)}
CODES = ("CBX", "NI2")


def misspell_channels(leads: pl.DataFrame, pool: Pool, count: int) -> pl.DataFrame:
    taken = pool.take(np.ones(leads.height, dtype=bool), count, "channel_spellings")
    spellings = [SPELLINGS[channel] for channel in leads["channel"].gather(taken)]
    spelt = [each[turn % len(each)] for turn, each in enumerate(spellings)]
    return _changed(leads, "channel", taken, spelt)


def empty_channels(leads: pl.DataFrame, pool: Pool, count: int) -> pl.DataFrame:
    """The source stays and says what the channel is."""
    taken = pool.take(np.ones(leads.height, dtype=bool), count, "null_channels")
    return _changed(leads, "channel", taken, [None] * count)


def stamp_backwards(leads: pl.DataFrame, lives: Lives, pool: Pool, count: int) -> pl.DataFrame:
    """sql_at before mql_at, on leads that have neither in the clean twin: blanking both restores them."""
    blank = (leads["mql_at"].is_null() & leads["sql_at"].is_null()).to_numpy()
    taken = pool.take(blank & (lives.created < lives.last - 10 * DAY), count, "sql_before_mql")
    leads = _changed(leads, "sql_at", taken, stamps(lives.created[taken] + 2 * DAY))
    return _changed(leads, "mql_at", taken, stamps(lives.created[taken] + 5 * DAY))


def obscure_outcomes(leads: pl.DataFrame, calls: pl.DataFrame, pool: Pool, count: int) -> pl.DataFrame:
    """Codes of no known meaning, only on dials that nobody answered."""
    rows = _one_call_each(
        leads, calls, calls["outcome_code"] == "no_answer", pool, count, "unknown_dispositions"
    )
    return _changed(calls, "outcome_code", rows, [CODES[turn % 2] for turn in range(count)])


def drop_zones(leads: pl.DataFrame, calls: pl.DataFrame, pool: Pool, count: int) -> pl.DataFrame:
    """The wall clock stays that of UTC."""
    rows = _one_call_each(leads, calls, calls["started_at"].is_not_null(), pool, count, "stamps_without_zone")
    return _changed(calls, "started_at", rows, calls["started_at"].gather(rows).str.strip_suffix("Z"))


def reopen(
    opportunities: pl.DataFrame, leads: pl.DataFrame, lives: Lives, pool: Pool, count: int
) -> pl.DataFrame:
    """Open opportunities that still carry the day of an earlier close."""
    is_open = (lives.opportunity != NEVER) & (lives.ended == NEVER)
    taken = pool.take(is_open & (lives.opportunity < lives.last - 10 * DAY), count, "reopened_opportunities")
    opened = lives.opportunity[taken] // DAY
    closed = (opened + 1 + pool.rng.integers(0, lives.last // DAY - opened)) * DAY + 17 * HOUR
    row_of = {lead: row for row, lead in enumerate(opportunities["lead_id"].to_list())}
    rows = np.array([row_of[lead] for lead in leads["lead_id"].gather(taken)])
    return _changed(opportunities, "closed_at", rows, stamps(np.minimum(closed, lives.last)))


def _one_call_each(
    leads: pl.DataFrame, calls: pl.DataFrame, fit: pl.Series, pool: Pool, count: int, defect: str
) -> Ints:
    """Rows of `calls` that fit, each of another lead."""
    fitting = calls.with_row_index("row").filter(fit).unique("lead_id", keep="first", maintain_order=True)
    taken = pool.take(leads["lead_id"].is_in(fitting["lead_id"].implode()).to_numpy(), count, defect)
    chosen = leads.select("lead_id")[taken].join(fitting, on="lead_id", maintain_order="left")
    return chosen["row"].to_numpy().astype(np.int64)


def _changed(
    frame: pl.DataFrame, column: str, rows: Ints, values: pl.Series | Sequence[str | None]
) -> pl.DataFrame:
    return frame.with_columns(frame[column].clone().scatter(rows, pl.Series(values, dtype=pl.String)))
