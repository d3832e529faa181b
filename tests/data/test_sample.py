"""The sample, taken in by the real intake: every row accounted for, every KPI told, the dirt without effect on a figure."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from leadquality.catalogue import load_extracts, load_kpis
from leadquality.contracts import ROOT
from tests.worlds import AS_OF

KPIS = sorted(load_kpis())
COUNT_DIRT = {"extract_integrity", "disposition_taxonomy", "connect_rate", "conversion_by_attempt"}
"""KPIs that must differ from the clean twin, because the planted rows are what they measure: the report on the rows, and
those that keep calls apart whose code nobody knows. Seven such codes cannot be recovered; by how much they differ is
asserted below."""
ANSWERED_ONLY = {"inbound_answer_rate", "inbound_abandonment"}
BY_DEFINITION = {
    # Nobody waits for an answer in outbound; outbound leads have no marketing stage.
    ("response_within_sla", "outbound"),
    ("mql_to_sql_rate", "outbound"),
    # Every call that comes in was answered: a log of answered calls says nothing of the others.
    *((name, channel) for name in ANSWERED_ONLY for channel in ("inbound", "outbound", "other", "unknown")),
}
"""What is not available on the sample although every extract is there."""


@pytest.mark.parametrize(
    ("channel", "age", "share"),
    [
        ("inbound", 30, 0.008674),
        ("inbound", 60, 0.048544),
        ("inbound", 90, 0.062575),
        ("inbound", 180, 0.071604),
        ("inbound", 540, 0.071604),
        ("outbound", 90, 0.000522),
        ("outbound", 180, 0.020915),
        ("outbound", 270, 0.057903),
        ("outbound", 365, 0.081939),
        ("outbound", 540, 0.092497),
    ],
)
def test_close_rates_at_equal_age_are_the_golden_values(sample, channel, age, share):
    # expected/statistics/synthetic_truth.json, this_seed
    found = sample.row("close_rate_at_equal_age", channel, age_days=age)
    assert found["estimate"] == pytest.approx(share, abs=5e-7)


def test_leads_old_enough_are_those_of_the_specification(sample):
    at_540 = {
        channel: sample.row("close_rate_at_equal_age", channel, age_days=540)
        for channel in ("inbound", "outbound")
    }
    assert {channel: row["n_old_enough"] for channel, row in at_540.items()} == {
        "inbound": 947,
        "outbound": 158,
    }


@pytest.fixture(scope="module")
def answers(sample):
    """answers(kpi_id): what the sample says, asked once."""
    return cache(sample.ask)


@pytest.mark.parametrize("name", KPIS)
def test_every_kpi_has_something_to_say(answers, name):
    asked = answers(name)
    assert asked.unavailable == ""
    silent = {(name, channel) for channel in asked.rows.filter(status="not_available")["channel"]}
    assert silent <= BY_DEFINITION
    assert asked.rows.filter(pl.col("status").is_in(["ok", "provisional"])).height > 0 or name in ANSWERED_ONLY


@pytest.mark.parametrize("name", KPIS)
def test_the_dirty_world_gives_every_figure_of_its_clean_twin(answers, twin, name):
    soiled, spotless = answers(name), twin.ask(name)
    assert (soiled.unavailable, spotless.unavailable) == ("", "")
    assert soiled.rows.equals(spotless.rows) == (name not in COUNT_DIRT)


@pytest.mark.parametrize("name", sorted(load_extracts()))
def test_the_facts_of_the_dirty_world_are_those_of_its_clean_twin(sample, twin, name):
    """What every slice, filter and page rests on. Only the calls with an unknown code differ, and only in what it says.

    That a dial was not answered is a matter of its code too, so what went before a later call differs (unanswered_before).
    """
    rows = f"select * from snapshot.fact_{name} order by all"
    soiled, spotless = sample.sql(rows), twin.sql(rows)
    unlike = {
        "calls": ["outcome_code", "disposition", "unanswered_before"],
        "leads": ["channel_rule", "channel_evidence"],
        "opportunities": ["is_reopened"],
    }.get(name, [])
    assert soiled.drop(unlike).equals(spotless.drop(unlike))
    if name == "calls":
        changed = soiled.join(spotless, on=["call_id", "outcome_code", "disposition"], how="anti")
        assert sorted(changed["outcome_code"]) == ["CBX"] * 4 + ["NI2"] * 3
        assert set(changed["disposition"]) == {"unmapped"}
    if name == "leads":
        # 8 leads declare no channel: their source decides
        assert soiled.join(spotless, on=["lead_id", "channel_rule"], how="anti").height == 8


def test_calls_with_an_unknown_code_are_left_out_of_the_rates_they_would_distort(sample, twin):
    unknown = sample.sql(
        "select channel, count(*) as n from snapshot.fact_calls inner join snapshot.fact_leads using (lead_id) "
        "where outcome_code in ('CBX', 'NI2') group by channel"
    )
    planted = dict(unknown.iter_rows())
    assert sum(planted.values()) == 7
    for channel, count in planted.items():
        soiled, spotless = (world.row("connect_rate", channel) for world in (sample, twin))
        # neither answered nor unanswered: the dials are fewer, the connects are the same
        assert (soiled["numerator"], soiled["denominator"]) == (
            spotless["numerator"],
            spotless["denominator"] - count,
        )
        assert (soiled["unmapped_count"], spotless["unmapped_count"]) == (count, 0)
        # a recorded ending that says nothing: asked for clarity and not clear
        soiled, spotless = (
            world.row("disposition_taxonomy", channel, measure="clarity") for world in (sample, twin)
        )
        assert (soiled["numerator"], soiled["denominator"]) == (
            spotless["numerator"],
            spotless["denominator"] + count,
        )
        assert spotless["estimate"] == 1
    unlike = ("clarity", "callback_requested_or_unreachable")
    rest = [
        world.ask("disposition_taxonomy").rows.filter(~pl.col("measure").is_in(unlike))
        for world in (sample, twin)
    ]
    assert rest[0].equals(rest[1])


REPORT = {
    "leads: DUPLICATE_EXACT, merged": 25,
    "leads: SAME_CONTACT, merged": 15,
    "leads: test_record, excluded": 5,
    "leads: channel_spelling_folded": 12,
    "leads: stage_order_wrong": 3,
    "leads: rows not used": 25 + 15 + 5,
    "calls: LEAD_NOT_FOUND, excluded": 10,
    "calls: FUTURE, rejected": 3,
    "calls: mixed_timezone": 6,
    "calls: values_rewritten": 1,
    "calls: unmapped_dispositions": 7,
    "calls: rows not used": 10 + 3,
    "meetings: FUTURE, rejected": 2,
    "meetings: rows not used": 2,
    "opportunities: LEAD_NOT_FOUND, excluded": 6,
    "opportunities: CLOSED_WITHOUT_DATE, rejected": 9,
    "opportunities: NEGATIVE_AMOUNT, rejected": 2,
    "opportunities: AMOUNT_NOT_POSITIVE, rejected": 2,
    "opportunities: OUT_OF_RANGE, rejected": 2,
    "opportunities: reopened_opportunities": 11,
    "opportunities: rows not used": 6 + 9 + 2 + 2 + 2,
}
"""Statistics.md 18.5, by what becomes of the rows; null channels (8) are read by their source and need no line."""


def test_the_integrity_report_is_the_planted_counts(sample, twin):
    others = {f"{name}: rows not used" for name in load_extracts()} - REPORT.keys()
    soiled = dict(sample.ask("extract_integrity").rows.select("measure", "numerator").iter_rows())
    assert soiled == REPORT | dict.fromkeys(others, 0)
    spotless = dict(twin.ask("extract_integrity").rows.select("measure", "numerator").iter_rows())
    assert spotless == {f"{name}: rows not used": 0 for name in load_extracts()}


def test_the_accounts_add_up_to_the_rows_written(sample, twin):
    for world in (sample, twin):
        for name, table in world.snapshot.manifest.tables.items():
            assert table["read"] == world.planted["rows"][name]
            assert table["read"] == sum(table[fate] for fate in ("used", "merged", "excluded", "rejected"))
    assert all(table["read"] == table["used"] for table in twin.snapshot.manifest.tables.values())
    assert twin.snapshot.manifest.findings == {}
    used = [
        {name: table["used"] for name, table in world.snapshot.manifest.tables.items()}
        for world in (sample, twin)
    ]
    assert used[0] == used[1]


def test_the_findings_are_the_planted_counts(sample):
    assert sample.snapshot.manifest.findings == {
        "channel_spelling_folded": 12,
        "mixed_timezone": 6,
        "reopened_opportunities": 11,
        "stage_order_wrong": 3,
        "unmapped_dispositions": 7,
        "values_rewritten": 1,  # a line for the column: its 6 stamps are read as UTC
    }


def test_the_mapping_reads_every_lead_by_the_rule_that_it_should(sample):
    rules = "select channel_rule, count(*) from snapshot.fact_leads group by all order by all"
    counts = dict(sample.sql(rules).iter_rows())
    # 8 leads declare no channel: their source decides
    assert counts.get("source is inbound", 0) + counts.get("source is outbound", 0) == 8
    assert counts["declared inbound"] + counts["declared outbound"] == 9412 - 8


def test_no_code_of_a_call_is_unmapped_but_the_two_that_nobody_knows(sample):
    asked = (
        "select found, count(*) from snapshot.findings where code like 'unmapped%' group by all order by all"
    )
    assert sample.sql(asked).rows() == [("CBX", 4), ("NI2", 3)]


def test_the_committed_sample_is_what_the_generator_writes(sample):
    for name in load_extracts():
        committed = (ROOT / "data" / "sample" / f"{name}.csv").read_bytes()
        assert committed == (sample.folder / f"{name}.csv").read_bytes(), f"{name}.csv: run make sample"


def test_the_sample_ends_on_the_day_of_the_specification(sample, twin):
    assert sample.snapshot.as_of == twin.snapshot.as_of == AS_OF
