"""The sample world, written, loaded and asked: what the naive rate gets wrong is right at equal age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import ROOT
from leadquality.engine import Result, run
from leadquality.load import load
from leadquality.sample import write_sample
from leadquality.scope import Scope
from leadquality.snapshot import Home, Snapshot, open_snapshot
from tests.story import TOLD_EVERYWHERE

SEED = 20261122
AS_OF = date(2026, 11, 22)
LARGER_INBOUND = ("organic", "paid_brand", "paid_broad", "webinar", "referral")
KPIS = sorted(load_kpis())
COUNTS_DIRT = {
    "extract_integrity",  # counts the planted rows
    "disposition_taxonomy",  # 7 codes that nobody mapped cannot be recovered: they are a class of their own
    "connect_rate",  # the same 7 calls are neither answered nor unanswered
}
"""KPIs that must differ, because the planted rows are what they measure."""


@dataclass(frozen=True, slots=True)
class World:
    snapshot: Snapshot

    def ask(self, name: str, horizon: int | None = None, slice_by: str | None = None) -> Result:
        scope = Scope(AS_OF, slice_by=slice_by).backed(AS_OF)
        return run(self.snapshot.cursor(), load_kpis()[name], scope, horizon)


def loaded(folder: Path, dirty: bool) -> World:
    write_sample(folder, SEED, dirty=dirty)
    (folder / "mapping.toml").write_bytes((ROOT / "data" / "sample" / "mapping.toml").read_bytes())
    home = Home(folder / "home")
    load(home, folder)
    return World(open_snapshot(home))


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> World:
    return loaded(tmp_path_factory.mktemp("dirty"), dirty=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> World:
    return loaded(tmp_path_factory.mktemp("clean"), dirty=False)


def shares(result: Result) -> dict[str, float]:
    """Estimate of each larger inbound source."""
    rows = result.rows.filter(pl.col("slice").is_in(LARGER_INBOUND), pl.col("channel") == "inbound")
    return dict(rows.select("slice", "estimate").iter_rows())


def test_the_naive_rate_favours_inbound_and_equal_age_shows_outbound_ahead(dirty):
    naive = {
        row["channel"]: row["estimate"]
        for row in dirty.ask("same_kpi_distortion").rows.to_dicts()
        if row["measure"] == "won_per_lead_so_far"
    }
    # 291 of 4412 followed leads against 185 of 5000
    assert naive["inbound"] > 1.5 * naive["outbound"]
    curve = dirty.ask("close_rate_at_equal_age")
    at_540 = {row["channel"]: row for row in curve.rows.filter(pl.col("age_days") == 540).to_dicts()}
    # expected/statistics/synthetic_truth.json, this_seed, aj at 540
    assert at_540["inbound"]["estimate"] == pytest.approx(0.071604, abs=5e-7)
    assert at_540["outbound"]["estimate"] == pytest.approx(0.092497, abs=5e-7)
    assert at_540["difference"]["estimate"] == pytest.approx(0.092497 - 0.071604, abs=1e-6)
    assert at_540["difference"]["low_99"] > 0
    assert at_540["difference"]["status"] == "ok"
    # potential follow-up of 540 days: 947 and 158 leads
    assert (at_540["inbound"]["n_old_enough"], at_540["outbound"]["n_old_enough"]) == (947, 158)


@pytest.mark.parametrize(
    ("channel", "age", "share"),
    [
        ("inbound", 30, 0.008674),
        ("inbound", 60, 0.048544),
        ("inbound", 90, 0.062575),
        ("inbound", 180, 0.071604),
        ("outbound", 90, 0.000522),
        ("outbound", 180, 0.020915),
        ("outbound", 270, 0.057903),
        ("outbound", 365, 0.081939),
    ],
)
def test_close_rates_at_equal_age_are_the_golden_values(dirty, channel, age, share):
    found = dirty.ask("close_rate_at_equal_age").row(channel, age_days=age)
    assert found is not None and found["estimate"] == pytest.approx(share, abs=5e-7)


def test_paid_broad_fails_silently_ahead_early_and_last_on_wins(dirty):
    met = shares(dirty.ask("early_stage_conversion", slice_by="source"))
    opened = shares(dirty.ask("lead_to_opportunity", slice_by="source"))
    won = shares(dirty.ask("long_term_close_rate", horizon=180, slice_by="source"))
    assert met.keys() == opened.keys() == won.keys() == set(LARGER_INBOUND)
    # statistics.md 18.3: second on meetings in 191 of 200 seeds; in this one first, .551 to .525
    assert sorted(met, key=met.__getitem__, reverse=True)[:2] == ["paid_broad", "referral"]
    assert sorted(opened, key=opened.__getitem__, reverse=True)[:2] == ["referral", "paid_broad"]
    assert min(won, key=won.__getitem__) == "paid_broad"
    # last by far: not half of the next
    assert won["paid_broad"] < 0.5 * sorted(won.values())[1]


@pytest.mark.parametrize("slice_by", [None, "source", "segment", "region"])
@pytest.mark.parametrize("name", KPIS)
def test_the_dirty_world_gives_every_figure_of_its_clean_twin(dirty, clean, name, slice_by):
    soiled, spotless = (world.ask(name, slice_by=slice_by) for world in (dirty, clean))
    assert soiled.unavailable == spotless.unavailable
    if name in TOLD_EVERYWHERE:
        assert spotless.rows.height > 1 and spotless.unavailable == ""
    if name not in COUNTS_DIRT:
        assert soiled.rows.equals(spotless.rows)


def test_the_accounts_are_the_planted_counts(dirty):
    fates = ("read", "used", "merged", "excluded", "rejected", "reasons")
    # 9412 leads + 25 + 15 + 5; 19801 calls + 10 + 3; 3227 meetings + 2; 1637 deals + 6 + 9 + 2 + 2 + 2
    assert {
        name: tuple(table[fate] for fate in fates) for name, table in dirty.snapshot.manifest.tables.items()
    } == {
        "leads": (9457, 9412, 40, 5, 0, {"DUPLICATE_EXACT": 25, "SAME_CONTACT": 15, "test_record": 5}),
        "calls": (19814, 19801, 0, 13, 0, {"AFTER_AS_OF": 3, "LEAD_NOT_FOUND": 10}),
        "meetings": (3229, 3227, 0, 2, 0, {"AFTER_AS_OF": 2}),
        "opportunities": (
            1658,
            1637,
            0,
            6,
            15,
            {"AMOUNT_NOT_POSITIVE": 4, "CLOSED_BEFORE_CREATED": 9, "LEAD_NOT_FOUND": 6, "OUT_OF_RANGE": 2},
        ),
    }


def test_the_clean_twin_is_used_whole_and_without_a_finding(dirty, clean):
    tables = clean.snapshot.manifest.tables
    assert all(table["read"] == table["used"] for table in tables.values())
    assert {name: table["used"] for name, table in tables.items()} == {
        name: table["used"] for name, table in dirty.snapshot.manifest.tables.items()
    }
    assert clean.snapshot.manifest.findings == {}


def test_the_findings_are_the_planted_counts(dirty):
    assert dirty.snapshot.manifest.findings == {
        "channel_spelling_folded": 12,
        "reopened_opportunities": 11,
        "stage_order_wrong": 3,
        "timestamps_without_zone": 6,
        "unmapped_dispositions": 7,
    }


def test_the_mapping_reads_every_lead_by_the_rule_that_it_should(dirty):
    rules = "select channel_rule, count(*) from snapshot.fact_leads group by all order by all"
    counts: dict[str, int] = dict(dirty.snapshot.cursor().sql(rules).fetchall())
    # 8 leads declare no channel: their source decides
    assert counts.get("source is inbound", 0) + counts.get("source is outbound", 0) == 8
    assert counts["declared inbound"] + counts["declared outbound"] == 9412 - 8


def test_no_code_of_a_call_is_unmapped_but_the_two_that_nobody_knows(dirty):
    asked = (
        "select found, count(*) from snapshot.findings where code like 'unmapped%' group by all order by all"
    )
    assert dirty.snapshot.cursor().sql(asked).fetchall() == [("CBX", 4), ("NI2", 3)]
