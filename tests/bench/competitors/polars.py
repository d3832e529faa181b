"""polars, lazily over Parquet files of the same rows, with the streaming engine."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tests.bench.finish import CHANNELS, Cells, Cohort, Line, Squares
from tests.bench.questions import PATIENCE_TOUCHES, Cut

collect = partial(pl.LazyFrame.collect, engine="streaming")


class Streaming:
    """folder holds the Parquet files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.units = pl.DataFrame()
        self.as_of = date.min

    def _scan(self, name: str) -> pl.LazyFrame:
        return pl.scan_parquet(self.folder / f"{name}.parquet")

    @staticmethod
    def chosen(cut: Cut, days: bool) -> pl.Expr:
        asked = pl.lit(True)
        for name, values in (("source", cut.sources), ("segment", cut.segments), ("region", cut.regions)):
            if values:
                asked &= pl.col(name).is_in(values)
        return asked & Streaming.days(cut, "created_on") if days else asked

    @staticmethod
    def days(cut: Cut, column: str) -> pl.Expr:
        asked = pl.col(column).is_not_null()
        if cut.from_on:
            asked &= pl.col(column) >= cut.from_on
        return asked & (pl.col(column) <= cut.to_on) if cut.to_on else asked

    def begin(self, cut: Cut, events: frozenset[str]) -> None:
        self.as_of, as_of = cut.as_of, pl.lit(cut.as_of)
        won = (pl.col("outcome") == "won") & (pl.col("closed_on") <= as_of)
        lost = (pl.col("outcome") == "lost") & (pl.col("closed_on") <= as_of)
        first = (
            pl.col("acv")
            .filter(won)
            .sort_by(pl.col("closed_on").filter(won), pl.col("opportunity_id").filter(won))
        )
        deals = (
            self._scan("opportunities")
            .filter(pl.col("created_on") <= as_of)
            .group_by("lead_id")
            .agg(
                opportunity_on=pl.col("created_on").min(),
                won_on=pl.col("closed_on").filter(won).min(),
                amount=first.first(),
                last_lost_on=pl.col("closed_on").filter(lost).max(),
                is_all_lost=lost.fill_null(False).all(),
            )
        )
        units = (
            self._scan("leads")
            .filter((pl.col("created_on") <= as_of) & self.chosen(cut, True))
            .join(deals, on="lead_id", how="left")
        )
        if "meetings" in events:
            meetings = self._scan("meetings").filter(pl.col("held_on") <= as_of)
            units = units.join(
                meetings.group_by("lead_id").agg(meeting_on=pl.col("held_on").min()), on="lead_id", how="left"
            )
        if "calls" in events:
            answers = (
                (pl.col("direction") == "outbound")
                | pl.col("answered_at").is_not_null()
                | pl.col("is_conversation")
            )
            at = (
                pl.when(pl.col("direction") == "inbound")
                .then(pl.coalesce("answered_at", "started_at"))
                .otherwise("started_at")
            )
            calls = self._scan("calls").filter((pl.col("started_on") <= as_of) & answers)
            units = units.join(calls.group_by("lead_id").agg(responded_at=at.min()), on="lead_id", how="left")
        lost_on = (
            pl.when(pl.col("won_on").is_not_null())
            .then(None)
            .when(pl.col("is_all_lost").is_not_null())
            .then(pl.when("is_all_lost").then("last_lost_on"))
            .when(pl.col("disqualified_on") <= as_of)
            .then("disqualified_on")
        )
        units = units.with_columns(lost_on=lost_on).with_columns(
            over_on=pl.min_horizontal("won_on", "lost_on")
        )
        units = units.with_columns(*_days("won", "won_on", "lost_on", as_of))
        units = units.with_columns(*_days("opportunity", "opportunity_on", "over_on", as_of))
        if "meetings" in events:
            units = units.with_columns(*_days("meeting", "meeting_on", "over_on", as_of))
        if "calls" in events:
            week = pl.col("created_at") + timedelta(days=7)
            units = units.with_columns(
                reached_at=pl.when(pl.col("responded_at") <= week).then("responded_at"),
                ended_at=pl.when(pl.col("over_on") < week.dt.date()).then(
                    pl.col("over_on").cast(pl.Datetime("us")) + timedelta(days=1)
                ),
            ).with_columns(*_minutes(as_of))
        kept = [name for name in units.collect_schema().names() if name.endswith(("_age", "_ending", "_on"))]
        self.units = collect(units.select("account_id", "channel", "source", "amount", *kept))

    def cohort(self, by_source: bool) -> Cohort:
        found: Cohort = {} if by_source else {channel: {} for channel in CHANNELS}
        counted = self.units.lazy().group_by(_group(by_source).alias("name"), "created_on").len()
        for name, day, count in collect(counted).iter_rows():
            found.setdefault(name, {})[day] = count
        return found

    def cells(self, journey: str, longest: int | None, by_source: bool) -> Cells:
        amount = pl.when(pl.col(f"{journey}_ending") == 1).then(pl.col("amount").fill_null(0)).otherwise(0)
        got = collect(
            self.units.lazy()
            .group_by(_group(by_source).alias("name"), *_age(journey, longest))
            .agg(n=pl.len(), amount=amount.sum(), square=(amount**2).sum())
        )
        return Cells(
            got["name"].to_list(),
            *(got[name].to_numpy().astype(np.int64) for name in ("age", "ending", "n")),
            *(got[name].to_numpy().astype(float) for name in ("amount", "square")),
        )

    def squares(self, journey: str, longest: int | None, look: list[Line], ages: int) -> Squares:
        names = [f"d{j}" for j in range(ages)]
        kinds = {"channel": self.units.schema["channel"], "age": pl.Int64, "ending": pl.Int8}
        by_account = collect(
            self.units.lazy()
            .select("account_id", "channel", *_age(journey, longest))
            .join(pl.LazyFrame(look, schema_overrides=kinds), on=("channel", "age", "ending"))
            .group_by("account_id", "channel")
            .agg(pl.col(names).sum())
        )
        own = collect(
            by_account.lazy().group_by("channel").agg(pl.len().alias("n"), (pl.col(names) ** 2).sum())
        )
        inbound, outbound = (by_account.lazy().filter(pl.col("channel") == channel) for channel in CHANNELS)
        product = collect(
            inbound.join(outbound, on="account_id", suffix="_out").select(
                (pl.col(name) * pl.col(f"{name}_out")).sum().alias(name) for name in names
            )
        )
        return Squares(
            {row[0]: np.array(row[2:]) for row in own.iter_rows()},
            np.array(product.row(0)),
            {row[0]: row[1] for row in own.iter_rows()},
        )

    def weeks(self, stage: str, horizons: tuple[int, int]) -> list[Line]:
        as_of = pl.lit(self.as_of)
        days = _horizon(horizons)
        last = pl.min_horizontal(pl.col("created_on") + pl.duration(days=days), "over_on")
        counted = (
            self.units.lazy()
            .filter(pl.col("created_on") < as_of)
            .group_by("channel", pl.col("created_on").dt.truncate("1w").alias("week"))
            .agg(
                leads=pl.len(),
                old=((as_of - pl.col("created_on")).dt.total_days() >= days).sum(),
                reached=(pl.col(f"{stage}_on") <= last).sum(),
            )
        )
        return collect(counted).to_dicts()

    def deals(self, cut: Cut) -> dict[str, dict[str, Any]]:
        leads = self._scan("leads").filter((pl.col("created_on") <= cut.as_of) & self.chosen(cut, True))
        is_won = (
            (pl.col("outcome") == "won")
            & (pl.col("closed_on") <= cut.as_of)
            & (pl.col("created_on") <= cut.as_of)
        )
        got = collect(
            self._scan("opportunities")
            .filter(is_won & pl.col("acv").is_not_null())
            .select("lead_id", "acv")
            .join(leads.select("lead_id", "channel", "source"), on="lead_id")
        )
        return {
            channel: {"amount": own["acv"].to_numpy(), "source": own["source"].cast(pl.String).to_numpy()}
            for channel in CHANNELS
            for own in [got.filter(pl.col("channel") == channel)]
        }

    def dials(self, cut: Cut) -> list[Line]:
        known = pl.col("disposition") != "unmapped"
        connected = pl.col("is_conversation") | pl.col("disposition").is_in(
            ["gatekeeper_block", "wrong_contact"]
        )
        by_lead = (
            self._called(cut)
            .filter(pl.col("direction") == "outbound")
            .group_by("lead_id")
            .agg(dials=known.sum(), connects=connected.sum(), unmapped=(~known).sum())
            .join(
                self._scan("leads").filter(self.chosen(cut, False)).select("lead_id", "channel"), on="lead_id"
            )
        )
        sums = by_lead.group_by("channel").agg(
            pl.col("dials", "connects").sum(),
            unmapped_count=pl.col("unmapped").sum(),
            lead_count=(pl.col("dials") > 0).sum(),
            hit_squares=_product("connects", "connects"),
            products=_product("connects", "dials"),
            unit_squares=_product("dials", "dials"),
        )
        return _plain(collect(sums))

    def late(self, cut: Cut) -> list[Line]:
        """No dial before the first sign was answered, so how many went before a dial is its rank: nothing is sorted."""
        leads = self._scan("leads").filter(self.chosen(cut, False)).select("lead_id", "account_id", "channel")
        met = self._scan("meetings").group_by("lead_id").agg(met_on=pl.col("held_on").min())
        calls = self._scan("calls").filter(pl.col("started_on") <= cut.as_of)
        if cut.sources or cut.segments or cut.regions:
            calls = calls.join(leads.select("lead_id"), on="lead_id", how="semi")
        is_sign = pl.col("is_conversation") | (pl.col("direction") == "inbound")
        signs = calls.group_by("lead_id").agg(sign_at=pl.col("started_at").filter(is_sign).min())
        is_quiet = (pl.col("started_at") <= pl.col("sign_at")).fill_null(True) & (
            pl.col("started_on") <= pl.col("met_on")
        ).fill_null(True)
        day = pl.col("started_on")
        before = day < cut.from_on if cut.from_on else pl.lit(False)
        by_lead = (
            calls.filter(pl.col("direction") == "outbound")
            .select("lead_id", "started_on", "started_at")
            .join(signs, on="lead_id")
            .join(met, on="lead_id", how="left")
            .group_by("lead_id")
            .agg(
                dials=self.days(cut, "started_on").sum(),
                quiet_until=(is_quiet & (day <= (cut.to_on or cut.as_of))).sum().cast(pl.Int64),
                quiet_before=(is_quiet & before).sum().cast(pl.Int64),
            )
            .filter(pl.col("dials") > 0)
        )
        late = (pl.col("quiet_until") - pl.col("quiet_before").clip(PATIENCE_TOUCHES)).clip(0)
        by_account = (
            by_lead.with_columns(late=late)
            .join(leads, on="lead_id")
            .group_by("channel", "account_id")
            .agg(pl.col("dials", "late").sum(), late_leads=(pl.col("late") > 0).sum())
        )
        sums = by_account.group_by("channel").agg(
            pl.col("dials", "late").sum(),
            late_lead_count=pl.col("late_leads").sum(),
            account_count=pl.len(),
            hit_squares=_product("late", "late"),
            products=_product("late", "dials"),
            unit_squares=_product("dials", "dials"),
        )
        return _plain(collect(sums))

    def attempts(self, cut: Cut, horizons: tuple[int, int]) -> list[Line]:
        days = _horizon(horizons)
        cohort = (
            self._scan("leads")
            .filter(
                (pl.col("created_on") < cut.as_of)
                & self.chosen(cut, True)
                & ((pl.lit(cut.as_of) - pl.col("created_on")).dt.total_days() >= days)
            )
            .select(
                "lead_id", "account_id", "channel", until_on=pl.col("created_on") + pl.duration(days=days)
            )
        )
        called = (
            self._scan("calls")
            .select("lead_id", "direction", "started_on")
            .join(cohort.select("lead_id", "until_on"), on="lead_id")
            .filter(pl.col("started_on") <= pl.col("until_on"))
            .group_by("lead_id")
            .agg(own_calls=(pl.col("direction") == "outbound").sum(), calls=pl.len())
        )
        opened = (
            self._scan("opportunities")
            .select("lead_id", "created_on")
            .join(cohort.select("lead_id", "until_on"), on="lead_id")
            .filter(pl.col("created_on") <= pl.col("until_on"))
            .group_by("lead_id")
            .agg(opportunities=pl.len())
        )
        names = ("opportunities", "own_calls", "calls")
        by_account = (
            cohort.join(called, on="lead_id", how="left")
            .join(opened, on="lead_id", how="left")
            .group_by("channel", "account_id")
            .agg(pl.col(names).cast(pl.Int64).sum(), n=pl.len())
        )
        sums = by_account.group_by("channel").agg(
            pl.col(names).sum(),
            n_old_enough=pl.col("n").sum(),
            accounts=pl.len(),
            opportunity_squares=_product("opportunities", "opportunities"),
            products=_product("opportunities", "own_calls"),
            call_squares=_product("own_calls", "own_calls"),
        )
        return _plain(collect(sums))

    def _called(self, cut: Cut) -> pl.LazyFrame:
        return self._scan("calls").filter((pl.col("started_on") <= cut.as_of) & self.days(cut, "started_on"))


def _days(name: str, reached: str, ended: str, as_of: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    is_reached = pl.col(reached) <= pl.coalesce(ended, reached)
    last = pl.when(is_reached).then(reached).otherwise(pl.coalesce(pl.col(ended), as_of))
    age = (last - pl.col("created_on")).dt.total_days().clip(0)
    return _with_ending(name, age, is_reached, ended, as_of)


def _minutes(as_of: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    is_reached = pl.col("reached_at") <= pl.coalesce("ended_at", "reached_at")
    end = as_of.cast(pl.Datetime("us")) + timedelta(days=1)
    last = pl.when(is_reached).then("reached_at").otherwise(pl.coalesce(pl.col("ended_at"), end))
    age = (last.dt.truncate("1m") - pl.col("created_at").dt.truncate("1m")).dt.total_minutes().clip(0)
    return _with_ending("response", age, is_reached, "ended_at", as_of)


def _with_ending(
    name: str, age: pl.Expr, is_reached: pl.Expr, ended: str, as_of: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    started_today = pl.col("created_on") == as_of
    ending = pl.when(is_reached).then(1).when(pl.col(ended).is_not_null()).then(2).otherwise(0)
    return (
        pl.when(started_today).then(-1).otherwise(age).cast(pl.Int64).alias(f"{name}_age"),
        ending.cast(pl.Int8).alias(f"{name}_ending"),
    )


def _age(journey: str, longest: int | None) -> tuple[pl.Expr, pl.Expr]:
    age, ending = pl.col(f"{journey}_age"), pl.col(f"{journey}_ending")
    if longest is None:
        return age.alias("age"), ending.alias("ending")
    shown = pl.when(age < longest).then(ending).otherwise(0).cast(pl.Int8)
    return age.clip(upper_bound=longest).alias("age"), shown.alias("ending")


def _group(by_source: bool) -> pl.Expr:
    return pl.format("{}|{}", "channel", "source") if by_source else pl.col("channel")


def _horizon(horizons: tuple[int, int]) -> pl.Expr:
    return pl.when(pl.col("channel") == "inbound").then(horizons[0]).otherwise(horizons[1])


def _product(one: str, other: str) -> pl.Expr:
    return (pl.col(one).cast(pl.Int64) * pl.col(other).cast(pl.Int64)).sum()


def _plain(frame: pl.DataFrame) -> list[Line]:
    return [
        {name: value if isinstance(value, str) else float(value) for name, value in row.items()}
        for row in frame.to_dicts()
    ]
