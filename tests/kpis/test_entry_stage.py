"""Stage of entry: how far along a lead is on the day it enters."""

from __future__ import annotations

from datetime import date

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "entry_stage"
AS_OF = date(2026, 12, 31)
DAY = date(2026, 3, 2)
STAGES = ("a name only", "a stated need", "marketing-qualified", "sales-qualified", "an opportunity")


def shares(world, channel="inbound", name="estimate", **asked):
    rows = [row for row in world.run(KPI, **asked).rows.to_dicts() if row["channel"] == channel]
    return {row["measure"]: row[name] for row in sorted(rows, key=lambda row: row["stage_order"])}


def test_inbound_enters_with_a_need_and_outbound_as_a_name(story):
    world = story(AS_OF)
    world.leads(6, "inbound", DAY)
    world.leads(20, "inbound", DAY, entry_need="new server")
    world.leads(10, "inbound", DAY, entry_need="new server", mql_on=DAY)
    world.leads(3, "inbound", DAY, mql_on=DAY, sql_on=DAY)
    for lead in world.leads(1, "inbound", DAY, sql_on=DAY):
        world.opportunity(lead, DAY)
    world.leads(30, "outbound", DAY)
    assert shares(world) == dict(zip(STAGES, (0.15, 0.5, 0.25, 0.075, 0.025), strict=True))
    assert shares(world, "outbound") == dict(zip(STAGES, (1, 0, 0, 0, 0), strict=True))
    row = world.run(KPI).row("inbound", measure="a stated need")
    low, high = proportion_confint(20, 40, method="wilson")
    assert row == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 20,
        "denominator": 40,
        "estimate": 0.5,
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 40,
        "status": "ok",
        "measure": "a stated need",
        "stage_order": 2,
    }


@pytest.mark.parametrize(
    ("values", "stage"),
    [
        ({"mql_on": date(2026, 3, 3)}, "a name only"),  # qualified a day later
        ({"mql_on": date(2026, 3, 1)}, "marketing-qualified"),  # dated before its lead
        ({"entry_need": "please select"}, "a name only"),  # what the form put in
        ({"entry_need": " "}, "a name only"),
        ({"sql_on": DAY}, "sales-qualified"),  # without a marketing date
    ],
)
def test_only_what_is_there_on_the_day_counts(story, values, stage):
    world = story(AS_OF)
    world.leads(10, "inbound", DAY, **values)
    assert [name for name, share in shares(world).items() if share] == [stage]


def test_too_few_leads_have_counts_and_no_share(story):
    world = story(AS_OF)
    world.leads(9, "inbound", DAY)
    row = world.run(KPI).row("inbound", measure="a name only")
    assert (row["numerator"], row["denominator"], row["estimate"], row["status"]) == (9, 9, None, "too_few")
    world.lead("inbound", DAY)
    assert shares(world)["a name only"] == 1


def test_a_lead_of_today_is_not_counted_yet(story):
    world = story(AS_OF)
    world.leads(10, "inbound", DAY)
    world.leads(5, "inbound", AS_OF, entry_need="new server")
    assert shares(world, name="denominator")["a stated need"] == 10


def test_what_is_known_only_later_is_not_seen(story):
    world = story(AS_OF)
    for lead in world.leads(10, "inbound", DAY):
        world.opportunity(lead, DAY)
    assert shares(world)["an opportunity"] == 1
    assert shares(world, as_of=DAY) == {}


def test_nothing_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(10, "inbound", DAY)
    assert shares(world, from_on="2026-03-03") == {}


def test_filters_and_slices(story):
    world = story(AS_OF)
    world.leads(10, "inbound", DAY, source="web", entry_need="new server")
    world.leads(10, "inbound", DAY, source="list")
    assert shares(world, sources=("web",))["a stated need"] == 1
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    assert {row["slice"]: row["estimate"] for row in rows if row["stage_order"] == 2} == {"web": 1, "list": 0}


@pytest.mark.parametrize("column", ["entry_need", "mql_at", "sql_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    world.leads(10, "inbound", DAY)
    world.database().execute("update snapshot.coverage set known_count = 0 where column_name = ?", [column])
    assert world.run(KPI).unavailable == f"needs the column {column} of the extract leads"
