"""All channels together: the figure of a world in which every lead is of one channel, whichever that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from leadquality.catalogue import load_kpis
from leadquality.contracts import ALL, CHANNELS, DIFFERENCE
from leadquality.engine import all_channels, apart, beside, run
from leadquality.scope import Scope
from leadquality.snapshot.reading import attach_pooled
from tests.engine.everything import AS_OF, everything
from tests.story import Story, reads_either

KPIS = load_kpis()
TOGETHER = sorted(kpi_id for kpi_id, kpi in KPIS.items() if not kpi.apart)
JOURNEYS = sorted({journey for kpi in KPIS.values() for journey in kpi.journeys})
# What the header of each KPI says that is never taken together.
APART = {kpi_id for kpi_id, kpi in KPIS.items() if kpi.apart}
ONE_AGE = 90


def told(world: Story, change: Callable[[str, dict[str, Any]], dict[str, Any] | None]) -> Story:
    """The same world with each row changed, or left out where that is None."""
    other = Story(world.as_of)
    other.settings = world.settings
    for table, rows in world.rows.items():
        other.rows[table] = [new for row in rows if (new := change(table, dict(row))) is not None]
    return other


def relabelled(channel: str) -> Callable[[str, dict[str, Any]], dict[str, Any] | None]:
    """Every lead of one channel, and what was spent on it; calls, deals and spend that hang on no lead are left out."""

    def change(table: str, row: dict[str, Any]) -> dict[str, Any] | None:
        if is_nobodys(table, row):
            return None
        return row | {"channel": channel} if table in {"fact_leads", "fact_spend", "fact_targets"} else row

    return change


def is_nobodys(table: str, row: dict[str, Any]) -> bool:
    return table in {"fact_calls", "fact_opportunities"} and row.get("lead_id") is None


@cache
def one_channel(channel: str) -> Story:
    return told(everything(), relabelled(channel))


@cache
def somebodys() -> Story:
    """The world of every extract, channels as they are, without what hangs on no lead."""
    return told(everything(), lambda table, row: None if is_nobodys(table, row) else row)


def pooled(world: Story, path: Path) -> duckdb.DuckDBPyConnection:
    """The world as a snapshot file, opened as one in which all leads are of one channel."""
    con = world.journeys(*JOURNEYS)
    con.execute(f"attach '{path}' as written")
    for (name,) in con.sql(
        "select table_name from duckdb_tables() where schema_name = 'snapshot'"
    ).fetchall():
        con.execute(f"create table written.{name} as from snapshot.{name}")
    con.execute("detach written")
    return attach_pooled(path)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    con = pooled(somebodys(), tmp_path_factory.mktemp("pooled") / "data.duckdb")
    yield con
    con.close()


def horizon(kpi_id: str) -> int | None:
    """None where both channels are judged at one age already, or at every age."""
    kpi = KPIS[kpi_id]
    return None if kpi.is_curve or kpi.horizon is None or len(set(kpi.horizon)) == 1 else ONE_AGE


def same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    """Equal to the last digits: a running product hangs in them on where a row lies among all rows."""
    assert_frame_equal(one.drop("channel"), other.drop("channel"), rel_tol=1e-12, abs_tol=1e-14)


@pytest.mark.parametrize(("slice_by", "channel"), [(None, "inbound"), ("segment", "outbound")])
@pytest.mark.parametrize("kpi_id", TOGETHER)
def test_it_is_the_row_of_a_world_with_one_channel_whichever_that_is(together, kpi_id, slice_by, channel):
    age = horizon(kpi_id)
    found = all_channels(together, KPIS[kpi_id], Scope(AS_OF, slice_by=slice_by), age)
    assert (found.reason, set(found.rows["channel"])) == ("", {ALL})
    rows = one_channel(channel).run(kpi_id, age, slice_by=slice_by).rows
    alone = rows.filter(pl.col("channel") != DIFFERENCE)
    # the world holds nobody else, so that nothing stays behind in another channel
    assert set(alone["channel"]) == {channel}
    same(alone, found.rows)
    assert tuple(found.rows.columns) == KPIS[kpi_id].columns


@pytest.mark.parametrize("kpi_id", list(filter(reads_either, TOGETHER)))
def test_counts_and_rows_say_the_same(together, kpi_id):
    scope = Scope(AS_OF)
    from_rows, from_counts = (
        all_channels(together, KPIS[kpi_id], each, horizon(kpi_id)).rows
        for each in (scope, scope.backed(AS_OF))
    )
    same(from_rows, from_counts)


@pytest.mark.parametrize("kpi_id", ["early_stage_conversion", "close_rate_at_equal_age", "connect_rate"])
def test_an_earlier_day_dates_and_filters_hold_as_for_the_channels(together, kpi_id):
    asked = {"from_on": date(2025, 3, 3), "to_on": date(2026, 8, 30), "regions": ("north",)}
    day = AS_OF - timedelta(days=100)
    found = all_channels(together, KPIS[kpi_id], Scope(day, **asked))
    same(one_channel("inbound").run(kpi_id, as_of=day, **asked).rows, found.rows)
    everywhere = all_channels(together, KPIS[kpi_id], Scope(day))
    assert everywhere.rows["denominator"][0] > found.rows["denominator"][0] > 0


@pytest.mark.parametrize("kpi_id", ["early_stage_conversion", "connect_rate", "opportunity_depth"])
def test_every_lead_is_in_it_once(together, kpi_id):
    channels = somebodys().run(kpi_id).rows
    found = all_channels(together, KPIS[kpi_id], Scope(AS_OF)).rows
    assert set(channels["channel"]) == {"inbound", "outbound", "other"}
    for name in ("numerator", "denominator", "n_old_enough"):
        parts = channels.group_by("measure" if "measure" in channels.columns else pl.lit(0)).agg(
            pl.col(name).sum()
        )
        assert sorted(parts[name].to_list()) == sorted(found[name].to_list())


def test_what_hangs_on_no_lead_is_in_it_too(tmp_path):
    world = Story(AS_OF)
    for channel in CHANNELS:
        lead = world.lead(channel, "2026-01-05")
        for _ in range(10):
            world.call(lead, "2026-06-01", "qualified", direction="outbound")
        world.opportunity(lead, "2026-01-10", "won", "2026-02-01", 1000)
    for _ in range(7):
        world.call(None, "2026-06-01", direction="outbound")
        world.opportunity(None, "2026-01-10", "won", "2026-02-01", 3000)
    con = pooled(world, tmp_path / "data.duckdb")
    dials, deals = (
        all_channels(con, KPIS[kpi_id], Scope(AS_OF)).rows.to_dicts()
        for kpi_id in ("connect_rate", "average_contract_value")
    )
    # 40 calls to leads, each answered, and 7 to nobody knows whom; 4 deals of leads and 7 of none
    assert [(row["numerator"], row["denominator"]) for row in dials] == [(40, 47)]
    assert next(row["denominator"] for row in deals if row["denominator"] is not None) == 11
    con.close()


def test_channels_judged_at_different_ages_are_not_pooled_but_at_one_age_they_are(together):
    kpi = KPIS["lead_to_opportunity"]
    found = all_channels(together, kpi, Scope(AS_OF))
    assert found.rows.is_empty()
    assert found.reason == (
        "the channels are judged at different ages, inbound at 45 days and outbound at 120; "
        "at one age for both they can be taken together"
    )
    assert all_channels(together, kpi, Scope(AS_OF), 60).rows["horizon_days"].to_list() == [60]
    # a site may judge what the file judges alike at two ages
    assert apart(KPIS["early_stage_conversion"], Scope(AS_OF), (30, 30)) == ""
    assert "30 days and outbound at 60" in apart(KPIS["early_stage_conversion"], Scope(AS_OF), (30, 60))


def test_with_a_channel_chosen_there_is_no_other(together):
    kpi = KPIS["connect_rate"]
    assert all_channels(together, kpi, Scope(AS_OF, channels=("inbound",))).reason == "a channel is chosen"


@pytest.mark.parametrize("kpi_id", sorted(APART))
def test_what_hangs_on_the_channel_says_why_it_is_not_pooled(together, kpi_id):
    found = all_channels(together, KPIS[kpi_id], Scope(AS_OF), ONE_AGE)
    assert found.rows.is_empty()
    assert found.reason == KPIS[kpi_id].apart.rstrip(".")


def test_what_hangs_on_the_channel_is_known():
    """Whoever adds to it has a reason: taken together it would mean something else, or nothing."""
    known = (
        "account_research_coverage channel_interplay conversion_by_attempt conversion_by_response_delay extract_integrity "
        "leads_needed_for_target message_offer_match mixed_touch_share opportunity_creation_rate pipeline_per_account_set "
        "qoq_revenue_contribution rep_consistency response_within_sla revenue_per_traffic_source same_kpi_distortion "
        "selling_time_saved target_attainment time_to_first_response trend_by_segment"
    )
    assert " ".join(sorted(APART)) == known


def test_without_data_or_leads_it_says_why(tmp_path):
    world = Story(AS_OF)
    con = pooled(world, tmp_path / "data.duckdb")
    assert all_channels(con, KPIS["connect_rate"], Scope(AS_OF)).reason == "no dials in this scope"
    con.close()
    lacking = Story(AS_OF)
    lacking.journeys(*JOURNEYS).execute("delete from snapshot.coverage where extract = 'calls'")
    con = pooled(lacking, tmp_path / "other.duckdb")
    assert all_channels(con, KPIS["connect_rate"], Scope(AS_OF)).reason.startswith("needs the")
    con.close()


def test_it_stands_after_the_channels_and_before_their_difference(together):
    kpi = KPIS["close_rate_at_equal_age"]
    scope = Scope(AS_OF)
    result = run(somebodys().journeys(*kpi.journeys), kpi, scope)
    both = beside(result, all_channels(together, kpi, scope))
    assert list(dict.fromkeys(both.rows["channel"])) == ["inbound", "outbound", "other", ALL, DIFFERENCE]
    assert both.rows.columns == result.rows.columns
    assert both.rows.filter(pl.col("channel") != ALL).equals(result.rows)
    assert beside(result, all_channels(together, KPIS["rep_consistency"], scope)) is result
