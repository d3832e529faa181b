"""The default world, written once: clean and dirty, read back as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from leadquality.catalogue import load_extracts
from leadquality.sample import write_sample
from leadquality.sample.write import SEED, Planted

FILES = ("leads", "calls", "meetings", "opportunities")
OTHERS = tuple(name for name in load_extracts() if name not in FILES)


@dataclass(frozen=True, slots=True)
class Written:
    folder: Path
    planted: Planted
    leads: pl.DataFrame
    calls: pl.DataFrame
    meetings: pl.DataFrame
    opportunities: pl.DataFrame
    others: dict[str, pl.DataFrame]

    def file(self, name: str) -> pl.DataFrame:
        return self.others[name] if name in self.others else getattr(self, name)


def _write(folder: Path, dirty: bool, seed: int = SEED, leads: int | None = None) -> Written:
    planted = write_sample(folder, seed=seed, leads=leads, dirty=dirty)
    frames = {name: pl.read_csv(folder / f"{name}.csv", infer_schema=False) for name in (*FILES, *OTHERS)}
    core = {name: frames.pop(name) for name in FILES}
    return Written(folder, planted, **core, others=frames)


@pytest.fixture(scope="session")
def written() -> Callable[..., Written]:
    """Writes any other world and reads it back."""
    return _write


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return _write(tmp_path_factory.mktemp("clean"), dirty=False)


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return _write(tmp_path_factory.mktemp("dirty"), dirty=True)


@pytest.fixture(scope="session")
def histories(clean: Written) -> pl.DataFrame:
    """One row per lead of the clean twin, from its files alone: creation day, ages in days, how it ended.

    Days count from 2025-01-01; a null age is a stage not seen by day 690, 2026-11-22.
    """
    spoken = clean.calls.filter(
        pl.col("outcome_code").is_in(
            ["qualified", "meeting_booked", "connected", "interested_not_ready", "not_a_fit"]
        )
    )
    day = pl.all().exclude("lead_id", "source", "channel", "account_id", "outcome", "amount")
    zero = pl.date(2025, 1, 1)
    joined = (
        clean.leads.select("lead_id", "source", "channel", "account_id", "created_at", "disqualified_at")
        .join(spoken.select("lead_id", talked="started_at"), on="lead_id", how="left", validate="1:1")
        .join(
            clean.meetings.filter(pl.col("held_at").is_not_null()).select("lead_id", met="held_at"),
            on="lead_id",
            how="left",
            validate="1:1",
        )
        .join(
            clean.opportunities.select("lead_id", "closed_at", "outcome", "amount", opened="created_at"),
            on="lead_id",
            how="left",
            validate="1:1",
        )
        .with_columns((day.str.slice(0, 10).str.to_date("%Y-%m-%d") - zero).dt.total_days())
    )
    ended = pl.coalesce("closed_at", "disqualified_at")
    return joined.select(
        "lead_id",
        "source",
        "channel",
        account=pl.col("account_id").str.slice(1).cast(pl.Int64) - 1,
        created="created_at",
        talked=pl.col("talked") - pl.col("created_at"),
        met=pl.col("met") - pl.col("created_at"),
        opened=pl.col("opened") - pl.col("created_at"),
        ended=ended - pl.col("created_at"),
        won=(pl.col("outcome") == "won").fill_null(False),
        acv=pl.when(pl.col("outcome") == "won").then(pl.col("amount").cast(pl.Int64)),
    )
