"""The rows behind a number are its n and its events: every KPI, every line of it, with and without filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import duckdb
import polars as pl
import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import InputRefused
from leadquality.engine import Rows, rows_behind, run
from leadquality.scope import Scope
from tests.engine.everything import AS_OF, everything
from tests.story import Story

KPIS = load_kpis()
AGES = (180, 540)
"""Points of a curve that are opened."""

n, d, old = "numerator", "denominator", "n_old_enough"
COUNTS = {
    # KPI: the column that the rows add up to, and why that is not the denominator
    "call_to_opportunity_ratio": (old, "calls: the rows are the leads that were called"),
    "capacity_vs_spike": (old, "staffed minutes: the rows are days"),
    "contact_rate": (old, "leads whose workability is unknown count in part"),
    "context_completeness": (old, "elements, four a hand-off: the rows are hand-offs"),
    "cost_per_qualified_conversation": (old, "conversations: the rows are the leads of the months paid for"),
    "definition_change_log": (old, "all versions of the kind: a line is opened on its own version"),
    "dial_volume": (old, "staffed hours: the rows are days"),
    "efficiency": (old, "hours and money: the rows are the leads they were spent on"),
    "extract_integrity": (n, "rows read: a rule is opened on the rows it found"),
    "followups_per_conversion": (old, "meetings: the rows are the leads that were called"),
    "forecast_stability": (old, "money: the rows are opportunities by quarter"),
    "target_attainment": (old, "money asked for: the rows are the deals of the month"),
    "net_revenue_retention": (old, "money: the rows are customers"),
    "qoq_revenue_contribution": ("deal_count", "money of all channels: the rows are the deals of this one"),
    "question_coverage": (old, "required questions: the rows are conversations"),
    "stage_friction": (old, "days of open opportunities: the rows are opportunities"),
    "time_wasted_midfunnel": (old, "wins, hours and touches: the rows are leads"),
}


def total(column: str) -> pl.Expr:
    return pl.col(column).sum().cast(pl.Float64)


WON = pl.col("amount").filter(pl.col("is_counted")).sum().cast(pl.Float64)
SUMS = {
    # KPI: what a column of the rows adds up to, where the figure is a sum
    "average_contract_value": {n: total("acv")},
    "call_to_opportunity_ratio": {n: total("opportunity_count"), d: total("own_calls")},
    "capacity_vs_spike": {d: total("staffed_minutes"), "arrival_count": total("arrival_count")},
    "context_completeness": {n: total("present_count"), d: total("wanted_count")},
    "cost_per_qualified_conversation": {d: total("conversation_count")},
    "dial_volume": {n: total("dial_count"), d: total("staffed_minutes") / 60},
    "efficiency": {n: total("opportunity_count")},
    "followups_per_conversion": {n: total("touch_count"), d: pl.col("meeting_on").count()},
    "forecast_stability": {n: total("part"), d: pl.coalesce(total("whole"), 0) + pl.col("slip_days").count()},
    "net_revenue_retention": {n: total("held_amount"), d: total("started_amount")},
    "opportunity_depth": {n: total("depth")},
    "pipeline_per_account_set": {n: total("amount")},
    "pipeline_velocity": {n: WON, "won_count": pl.col("is_counted").sum()},
    "qoq_revenue_contribution": {n: total("acv")},
    "question_coverage": {n: total("answered_count")},
    "revenue_per_lead_at_age": {n: WON, "win_count": pl.col("is_counted").sum()},
    "revenue_per_traffic_source": {n: WON, "win_count": pl.col("is_counted").sum()},
    "selling_time_saved": {n: pl.col("hours").filter(pl.col("is_unfit")).sum()},
    "stage_friction": {d: total("open_days"), "push_count": total("push_count")},
    "target_attainment": {n: total("acv")},
    "time_wasted_midfunnel": {
        "win_count": pl.col("is_won").sum(),
        "failed_lead_count": pl.col("is_failed").sum(),
    },
    "volume_predictability": {n: total("opportunity_count")},
}
JOURNEYS = {
    kpi_id
    for kpi_id, kpi in KPIS.items()
    if kpi.rows.startswith("journey_units") and " where " not in kpi.rows
}
"""KPIs whose rows are all units of one journey: of those the n of the card is tested too."""

IDS = set("call_id meeting_id opportunity_id lead_id account_id worked_on week_on line".split())

PERSONAL = set(
    "contact_id title email phone name notes entry_need entry_product entry_timeline entry_company entry_role reason_text "
    "outcome_code owner scorer_id".split()
)
"""Free text and persons: never among the rows."""

WITHOUT_ROWS: dict[str, str] = {}
"""KPIs that name no rows, each with the reason."""

TOLD = [kpi_id for kpi_id in KPIS if kpi_id not in WITHOUT_ROWS and kpi_id != "extract_integrity"]
"""What a story tells; rows that a load left out are found in the sample."""

SAMPLED = set(
    "extract_integrity early_stage_conversion call_to_opportunity_ratio average_contract_value context_completeness "
    "callback_kept_rate opportunity_creation_rate capacity_vs_spike".split()
)
"""One of each kind of unit: of these the sample is asked every time, of the others where minutes do not count."""

WITHOUT_A_LINE = {
    "deal_size_consistency": "a single deal has no spread, so no line",
    "definition_change_log": "a version that began before the chosen days has no line",
    "selling_time_saved": "the line of the difference needs leads in both arms",
}
"""KPIs whose rows may belong to a line that the result leaves out."""

EMPTY_WHEN_FILTERED = {
    "cost_per_qualified_conversation": "spend is not known by segment",
    "forecast_stability": "needs 20 opportunities a quarter in each slice",
    "leads_needed_for_target": "targets are not known by segment",
    "target_attainment": "targets are not known by segment",
}


class Opened(NamedTuple):
    """One question: the database and scope, the lines of the result and its columns, and all rows behind them."""

    con: duckdb.DuckDBPyConnection
    scope: Scope
    lines: list[dict[str, Any]]
    columns: tuple[str, ...]
    rows: Rows

    def keys(self) -> list[str]:
        """The columns that lead from a line to its rows."""
        columns = self.rows.frame.columns
        return [key for key in ("slice", "channel", "measure") if key in columns and key in self.columns]


def opened(
    con: duckdb.DuckDBPyConnection, as_of: date, kpi_id: str, is_filtered: bool, age: int | None
) -> Opened:
    """All there is, or 650 days in the middle of weeks, one segment, by source."""
    kpi, scope = KPIS[kpi_id], Scope(as_of)
    if is_filtered:
        since, until = as_of - timedelta(days=650), as_of - timedelta(days=3)
        ((segment,),) = con.sql("select min(segment) from snapshot.fact_leads").fetchall()
        scope = Scope(as_of, from_on=since, to_on=until, segments=(segment,), slice_by="source")
    result = run(con, kpi, scope, age)
    assert result.unavailable == ""
    lines = result.rows.filter(pl.col("channel") != "difference")
    if age is not None:
        lines = lines.filter(pl.col("age_days") == age)
    return Opened(con, scope, lines.to_dicts(), kpi.columns, rows_behind(con, kpi, scope, age, limit=None))


@cache
def told(kpi_id: str, is_filtered: bool, age: int | None) -> Opened:
    """Of the world that tells every extract; asked once, looked at by several tests."""
    return opened(everything().database(), AS_OF, kpi_id, is_filtered, age)


def ages(kpi_id: str) -> tuple[int | None, ...]:
    return AGES if KPIS[kpi_id].is_curve else (None,)


def added_up(kpi_id: str, rows: Rows, keys: list[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows of each line: how many, how many are counted or old enough, and the sums."""
    parts = [pl.len().alias("total")]
    parts += [pl.col(flag).sum() for flag in ("is_counted", "is_old_enough") if flag in rows.frame.columns]
    if "is_counted" in rows.frame.columns:
        parts.append(pl.col("is_counted").count().alias("judged"))
    parts += [expression.alias(f"sum of {name}") for name, expression in SUMS.get(kpi_id, {}).items()]
    return {
        tuple(line[key] for key in keys): line for line in rows.frame.group_by(keys).agg(parts).to_dicts()
    }


def disagreements(kpi_id: str, line: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Where a line of the result and its rows differ, in words."""
    wrong = []
    column, _ = COUNTS.get(kpi_id, (d, ""))
    sums = SUMS.get(kpi_id, {})
    if found.get("total", 0) != (line[column] or 0):
        wrong.append(f"{found.get('total')} rows, {column} {line[column]}")
    if found.get("judged") and n not in sums and line[n] is not None and found["is_counted"] != line[n]:
        wrong.append(f"{found['is_counted']} counted, numerator {line[n]}")
    if kpi_id in JOURNEYS and found.get("is_old_enough", 0) != line[old]:
        wrong.append(f"{found['is_old_enough']} old enough, {line[old]}")
    wrong += [
        f"{name} {found.get(f'sum of {name}')}, {line[name]}"
        for name in sums
        if line[name] is not None and found.get(f"sum of {name}", 0) != pytest.approx(line[name], rel=1e-9)
    ]
    return wrong


def compared(kpi_id: str, asked: Opened) -> list[str]:
    """Every line against its rows."""
    keys = asked.keys()
    groups = added_up(kpi_id, asked.rows, keys)
    assert asked.rows.total == asked.rows.frame.height == sum(line["total"] for line in groups.values())
    lines = {tuple(line[key] for key in keys) for line in asked.lines}
    assert kpi_id in WITHOUT_A_LINE or groups.keys() <= lines
    return [
        f"{[line[key] for key in keys]}: {wrong}"
        for line in asked.lines
        for wrong in disagreements(kpi_id, line, groups.get(tuple(line[key] for key in keys), {}))
    ]


@pytest.mark.parametrize("is_filtered", [False, True], ids=["everything", "filtered"])
@pytest.mark.parametrize("kpi_id", TOLD)
def test_the_rows_add_up_to_every_figure(kpi_id, is_filtered):
    questions = [told(kpi_id, is_filtered, age) for age in ages(kpi_id)]
    assert [wrong for asked in questions for wrong in compared(kpi_id, asked)] == []
    # otherwise the comparison says nothing
    seen = sum(asked.rows.total for asked in questions)
    events = sum(asked.rows.counted or 0 for asked in questions)
    assert seen >= 10 or (is_filtered and kpi_id in EMPTY_WHEN_FILTERED)
    assert is_filtered or "is_counted" not in questions[0].rows.frame.columns or 0 < events < seen


@pytest.mark.parametrize("is_filtered", [False, True], ids=["everything", "filtered"])
@pytest.mark.parametrize(
    "kpi_id",
    [
        pytest.param(kpi_id, marks=() if kpi_id in SAMPLED else pytest.mark.slow)
        for kpi_id in KPIS
        if kpi_id not in WITHOUT_ROWS
    ],
)
def test_the_rows_add_up_in_the_sample_as_it_is_loaded(kpi_id, is_filtered, sample):
    cursor = sample.snapshot.cursor()
    for age in ages(kpi_id):
        asked = opened(cursor, sample.snapshot.as_of, kpi_id, is_filtered, age)
        assert compared(kpi_id, asked) == []
        assert asked.rows.total >= 10 or (is_filtered and kpi_id in EMPTY_WHEN_FILTERED)


@pytest.mark.parametrize("kpi_id", TOLD)
def test_one_number_opens_its_own_rows(kpi_id):
    age = ages(kpi_id)[0]
    asked = told(kpi_id, kpi_id not in EMPTY_WHEN_FILTERED, age)
    keys, everyone = asked.keys(), asked.rows.frame
    number = everyone.group_by(keys).len().sort("len", *keys).row(-1, named=True)
    chosen = {key: number[key] for key in keys}
    found = rows_behind(asked.con, KPIS[kpi_id], asked.scope, age, **chosen, limit=7)
    own = everyone.filter(*[pl.col(key) == value for key, value in chosen.items()])
    assert found.total == own.height == number["len"]
    if "is_counted" in own.columns and own["is_counted"].count():
        assert found.counted == own["is_counted"].sum()
    else:
        assert found.counted is None
    # the first rows of all, in the same order
    assert found.frame.equals(own.head(7))


@pytest.mark.parametrize("kpi_id", TOLD)
def test_rows_say_what_they_are_and_nothing_about_persons(kpi_id):
    columns = told(kpi_id, False, ages(kpi_id)[0]).rows.frame.columns
    assert columns[0] in IDS or ({"slice"} == {columns[0]} and IDS & set(columns))
    assert {"slice", "channel"} <= set(columns)
    assert not PERSONAL & set(columns)
    assert len(columns) == len(set(columns)) <= 25


def test_every_kpi_names_its_rows_or_says_why_not():
    assert {kpi_id for kpi_id, kpi in KPIS.items() if not kpi.rows} == WITHOUT_ROWS.keys()


@pytest.fixture(scope="module")
def small() -> Story:
    """Three inbound leads 200 days old (met on day 10, met on day 40, lost on day 5), one of 20 days; two of other channels."""
    world = Story("2026-12-31")
    early, late, lost, young = [world.lead("inbound", day) for day in ("2026-06-14",) * 3 + ("2026-12-11",)]
    world.meeting(early, "2026-06-24")
    world.won(early, "2026-07-01")
    world.meeting(late, "2026-07-24")
    world.lost(lost, "2026-06-19")
    world.meeting(young, "2026-12-13")
    world.lead("outbound", "2026-06-14", segment="ent")
    world.lead("other", "2026-06-14")
    return world


def behind(world: Story, kpi_id: str = "early_stage_conversion", **wanted: Any) -> Rows:
    fields = {key: wanted.pop(key) for key in ("as_of", "slice_by", "reads") if key in wanted}
    return rows_behind(world.database(), KPIS[kpi_id], Scope(**({"as_of": world.as_of} | fields)), **wanted)


def test_the_rows_of_a_rate_are_its_leads_with_what_became_of_them(small):
    rows = behind(small, channel="inbound")
    # by day 30 two have met; the one of day 40 has not, the one of 20 days is not old enough but has met
    assert (rows.total, rows.counted) == (4, 2)
    shown = rows.frame.select("lead_id", "is_counted", "is_old_enough", "age", "ending")
    assert shown.rows() == [
        ("lead-1", True, True, 10, "reached"),
        ("lead-4", True, False, 2, "reached"),
        ("lead-2", False, True, 40, "reached"),
        ("lead-3", False, True, 5, "ended"),
    ]


def test_a_point_of_a_curve_opens_the_leads_of_that_age(small):
    # won 17 days after creation
    counted = {age: behind(small, "close_rate_at_equal_age", horizon=age).counted for age in (16, 17, 540)}
    assert counted == {16: 0, 17: 1, 540: 1}
    # without an age: the last of the grid
    assert behind(small, "revenue_per_lead_at_age").frame.row(0, named=True)["amount"] == 1000


def test_the_rows_do_not_know_the_future(small):
    rows = behind(small, as_of=date(2026, 7, 1), channel="inbound")
    # on 1 July the second had not met and the fourth did not exist
    assert (rows.total, rows.counted) == (3, 1)
    assert rows.frame["ending"].to_list() == ["reached", "open", "ended"]


def test_a_difference_opens_both_channels_and_a_slice_its_own(small):
    assert behind(small).total == 6
    assert behind(small, channel="difference").total == 5
    assert behind(small, slice_by="segment", slice="ent").total == 1
    assert behind(small, slice_by="segment", slice="' or true --").total == 0


def test_counts_and_rows_open_the_same_rows(small):
    counts, facts = (behind(small, reads=backing) for backing in ("counts", "facts"))
    assert counts.frame.equals(facts.frame)
    assert counts.parameters["scope"]["reads"] == "counts"


def test_no_row_is_nothing_counted_and_the_columns_stay(small):
    rows = behind(small, channel="unknown")
    assert (rows.total, rows.counted, rows.frame.height) == (0, None, 0)
    assert rows.frame.columns == behind(small).frame.columns


def test_the_text_is_the_file_with_another_end_and_runs_by_hand(small):
    kpi = KPIS["call_to_opportunity_ratio"]
    rows = behind(small, kpi.kpi_id, channel="inbound")
    assert rows.sql.startswith(kpi.sql[: kpi.sql.index("\nselect\n")])
    assert rows.sql.count(kpi.rows) == 2  # in the header, and at the end
    by_hand = small.database().sql(rows.sql, params=rows.parameters).pl()
    assert by_hand.select(rows.frame.columns).equals(rows.frame)


def test_a_kpi_that_names_no_rows_is_refused(small):
    kpi = replace(KPIS["early_stage_conversion"], rows="")
    with pytest.raises(InputRefused, match="early_stage_conversion: its file names no rows"):
        rows_behind(small.database(), kpi, Scope(small.as_of))


def test_at_most_500_rows_are_shown_unless_all_are_asked_for(story):
    world = story("2026-12-31")
    for lead in world.leads(501, "inbound", "2026-06-14"):
        world.meeting(lead, "2026-06-15")
    rows = behind(world)
    assert (rows.total, rows.counted, rows.frame.height) == (501, 501, 500)
    assert behind(world, limit=None).frame.height == 501


def test_without_its_extract_a_kpi_has_no_rows(story):
    world = story("2026-12-31")
    world.meeting(world.lead("inbound", "2026-06-14"), "2026-06-24")
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = 'meetings'")
    rows = behind(world)
    assert (rows.total, rows.counted, rows.frame.height, rows.sql) == (0, None, 0, "")
