"""Values are bound, never pasted: a filter is only compared, and a misspelt field is an error."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import polars as pl
import pytest

from leadquality.catalogue import CatalogueError, load_kpi, load_kpis
from leadquality.contracts import CONTRACT, InputRefused
from leadquality.engine import run, values
from leadquality.engine.run import ORDER
from leadquality.scope import Scope
from tests.story import TOLD_EVERYWHERE, Story

AS_OF = date(2026, 12, 31)
HOSTILE = (
    "' or 1 = 1 --",
    "web' or 'a' = 'a",
    "'; drop table snapshot.fact_leads; --",
    '"; delete from snapshot.lead_events; --',
    "web\x00",
    "$scope",
    "%",
    "*",
    "web]",
    "{'as_of': 1}",
    "",
)


@pytest.fixture(scope="module")
def world():
    told = Story(AS_OF)
    for channel in ("inbound", "outbound"):
        for place, lead in enumerate(told.leads(60, channel, "2025-01-06")):
            told.meeting(lead, "2025-01-08")
            if place < 30:
                told.won(lead, "2025-02-01", 1000 + place)
    return told


def tells_enough(kpi_id):
    """Does the world tell what the KPI asks for? Of others only the agreement is tested here."""
    return kpi_id in TOLD_EVERYWHERE


def everything(con):
    """All rows of all tables of the snapshot."""
    found = con.sql("select table_name from duckdb_tables() where schema_name = 'snapshot' order by all")
    tables = [row[0] for row in found.fetchall()]
    assert {"fact_leads", "lead_events", "coverage"} <= set(tables)
    return {name: con.sql(f"select * from snapshot.{name}").fetchall() for name in tables}


@pytest.mark.parametrize("name", ["channels", "sources", "segments", "regions"])
def test_a_hostile_filter_value_finds_no_row_and_changes_nothing(world, name):
    con = world.journeys("won")
    before = everything(con)
    kpi = load_kpis()["judged_too_early_share"]
    for reads in ("facts", "counts"):
        for value in HOSTILE:
            asked = Scope(as_of=AS_OF, reads=reads, **{name: (value,)})
            assert run(con, kpi, asked).rows.height == 0
        assert run(con, kpi, Scope(as_of=AS_OF, reads=reads, **{name: HOSTILE})).rows.height == 0
    assert everything(con) == before


@pytest.mark.parametrize("kpi_id", load_kpis())
def test_no_kpi_is_fooled_by_a_quote(world, kpi_id):
    if kpi_id == "extract_integrity":  # a report on the whole load: no filter narrows it
        assert world.run(kpi_id, sources=HOSTILE).rows.equals(world.run(kpi_id).rows)
        return
    assert world.run(kpi_id, sources=HOSTILE).rows.height == 0
    # beside the one value that exists, they add nothing
    everything_there_is = world.run(kpi_id).rows
    assert everything_there_is.height >= 2 or not tells_enough(kpi_id)
    assert world.run(kpi_id, sources=("web", *HOSTILE)).rows.equals(everything_there_is)


def test_a_value_with_a_quote_in_it_is_found_like_any_other(story):
    told = story(AS_OF)
    told.leads(7, "inbound", "2025-01-06", source='O\'Neil; "x" --')
    told.leads(5, "inbound", "2025-01-06")
    row = told.row("judged_too_early_share", sources=('O\'Neil; "x" --',))
    assert row["denominator"] == 7
    rows = told.run("judged_too_early_share", slice_by="source").rows
    assert rows.select("slice", "denominator").rows() == [('O\'Neil; "x" --', 7), ("web", 5)]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("$scope['as_of']", "$scope['asof']"), ("$horizon['inbound']", "$horizon['inbuond']")],
)
def test_a_kpi_file_with_a_misspelt_field_raises(world, tmp_path, right, wrong):
    original = load_kpis()["judged_too_early_share"]
    assert right in original.sql
    path = tmp_path / "misspelt.sql"
    path.write_text(original.sql.replace(right, wrong), "utf-8")
    field = wrong.split("'")[1]
    with pytest.raises(duckdb.BinderException, match=field):
        run(world.journeys("won"), load_kpi(path), Scope(as_of=AS_OF))


def test_a_scope_that_lacks_a_field_raises(world):
    parameters = Scope(as_of=AS_OF).parameters()
    con = world.journeys("won")
    for name in parameters:
        lacking = {key: value for key, value in parameters.items() if key != name}
        with pytest.raises(duckdb.BinderException, match=name):
            con.sql(
                "select (select count(*) from incidence_at('won', $scope, [30])), (select count(*) from scope_calls($scope))",
                params={"scope": lacking},
            ).fetchall()


def test_a_parameter_that_does_not_exist_is_refused_when_the_file_is_read(tmp_path):
    path = tmp_path / "unknown.sql"
    path.write_text(
        load_kpis()["judged_too_early_share"].sql.replace("$horizon['inbound']", "$days"), "utf-8"
    )
    with pytest.raises(CatalogueError, match=r"unknown\.sql:1: unknown parameter \$days"):
        load_kpi(path)


def test_a_result_that_breaks_its_header_raises(world):
    kpi = load_kpis()["early_stage_conversion"]
    promised = replace(kpi, columns=(*kpi.columns, "one_more"))
    with pytest.raises(AssertionError, match=r"early_stage_conversion\.sql: returns"):
        run(world.journeys("won"), promised, Scope(as_of=AS_OF))


@pytest.mark.slow
@pytest.mark.parametrize("kpi_id", load_kpis())
def test_every_kpi_keeps_the_contract(world, kpi_id):
    kpi = load_kpis()[kpi_id]
    result = world.run(kpi_id, slice_by="segment")
    assert tuple(result.rows.columns) == kpi.columns
    assert kpi.columns[: len(CONTRACT)] == CONTRACT
    places = [ORDER.index(channel) for channel in result.rows["channel"]]
    assert places == sorted(places)
    known = result.rows.drop_nulls(["estimate", "low", "high"])
    assert known.height >= 2 or not tells_enough(kpi_id)
    assert (
        known.filter((pl.col("low") > pl.col("estimate")) | (pl.col("estimate") > pl.col("high"))).height == 0
    )
    assert set(result.parameters) == kpi.parameters


def test_only_what_the_file_asks_for_is_bound(world):
    assert set(world.run("average_contract_value").parameters) == {"scope"}
    result = world.run("long_term_close_rate", horizon=90)
    assert result.horizon == (90, 90)
    assert result.parameters["horizon"] == {"inbound": 90, "outbound": 90}
    assert world.run("long_term_close_rate").parameters["horizon"] == {"inbound": 180, "outbound": 540}


def test_all_that_is_missing_is_named(story):
    told = story(AS_OF)
    told.journeys("won").execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities'"
    )
    result = told.run("long_term_close_rate")
    assert result.unavailable == (
        "needs the columns outcome, closed_at and lead_id of the extract opportunities"
    )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"slice_by": "channel; --"},
            "--by channel; --: not a dimension; choose one of source, segment, region",
        ),
        (
            {"from_on": date(2026, 2, 1), "to_on": date(2026, 1, 31)},
            "from 2026-02-01 lies after to 2026-01-31; give the earlier date first",
        ),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(asked, message):
    with pytest.raises(InputRefused) as refused:
        Scope(as_of=AS_OF, **asked)
    assert str(refused.value) == message


def test_one_day_is_a_window(story):
    told = story(AS_OF)
    told.lead("inbound", "2026-01-06")
    told.lead("inbound", "2026-01-07")
    row = told.row("judged_too_early_share", from_on="2026-01-06", to_on="2026-01-06")
    assert row["denominator"] == 1


def test_the_values_of_each_dimension_are_offered_for_the_filters(story):
    told = story(AS_OF)
    told.lead("outbound", source="b", segment="smb", region="south")
    told.lead("inbound", source="a", segment="smb", region="north")
    assert values(told.journeys("won")) == {
        "source": ["a", "b"],
        "segment": ["smb"],
        "region": ["north", "south"],
        "channel": ["inbound", "outbound"],
    }
