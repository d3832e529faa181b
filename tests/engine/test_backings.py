"""Counts and rows give the same figures: every KPI, slice, filter and window of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadquality.catalogue import load_kpis
from leadquality.scope import Scope
from tests.asking import asked_rows
from tests.story import TOLD_EVERYWHERE, Story

AS_OF = date(2026, 12, 31)  # a Thursday
MONDAY = date(2026, 12, 28)
WORDS = {
    "channels": ("inbound", "outbound", "other"),
    "sources": ("web", "list"),
    "segments": ("smb", "ent"),
    "regions": ("north", "south"),
}

cohorts = st.lists(
    st.fixed_dictionaries(
        {
            "count": st.integers(1, 45),
            # before as_of; negative: not yet created
            "days": st.one_of(st.integers(-5, 100), st.integers(30, 700)),
            "channel": st.sampled_from(WORDS["channels"]),
            "source": st.sampled_from(WORDS["sources"]),
            "segment": st.sampled_from(WORDS["segments"]),
            "region": st.sampled_from(WORDS["regions"]),
            "entry_age": st.sampled_from([-1, -1, 0, 40]),
            "delay": st.integers(0, 400),
            "fate": st.sampled_from(["won", "lost", "disqualified", "met", "open opportunity", "nothing"]),
        }
    ),
    min_size=2,
    max_size=14,
)

CELLS = "select * from scope_journeys('{}', $scope) order by all"

weeks = st.one_of(st.integers(0, 15), st.integers(0, 105))
days = st.one_of(st.integers(0, 100), st.integers(0, 730))
windows = st.one_of(
    st.just({}),
    weeks.map(lambda back: {"from_on": MONDAY - timedelta(weeks=back)}),
    weeks.map(lambda back: {"to_on": MONDAY + timedelta(days=6) - timedelta(weeks=back)}),
    weeks.map(lambda back: {"from_on": MONDAY - timedelta(weeks=back), "to_on": AS_OF}),
    st.tuples(days, days).map(
        lambda pair: {
            "from_on": AS_OF - timedelta(days=max(pair)),
            "to_on": AS_OF - timedelta(days=min(pair)),
        }
    ),
    st.tuples(weeks, weeks).map(
        lambda pair: {
            "from_on": MONDAY - timedelta(weeks=max(pair)),
            "to_on": MONDAY + timedelta(days=6) - timedelta(weeks=min(pair)),
        }
    ),
)

scopes = st.tuples(
    windows,
    st.sampled_from([None, "source", "segment", "region"]),
    st.fixed_dictionaries(
        {
            name: st.lists(st.sampled_from(words), unique=True, max_size=2).map(tuple)
            for name, words in WORDS.items()
        }
    ),
).map(lambda drawn: drawn[0] | {"slice_by": drawn[1]} | drawn[2])


def told(groups):
    """A world of groups of leads; in each the leads meet on the first days and end alike after `delay`
    days."""
    world = Story(AS_OF)
    for group in groups:
        created = AS_OF - timedelta(days=group["days"])
        ended = created + timedelta(days=group["delay"])
        values = {name: group[name] for name in ("source", "segment", "region", "entry_age")}
        if group["fate"] == "disqualified":
            values["disqualified"] = ended
        for place, lead in enumerate(world.leads(group["count"], group["channel"], created, **values)):
            if place % 3 and group["fate"] != "nothing":
                world.meeting(lead, min(created + timedelta(days=place % 20), ended))
            if group["fate"] == "won":
                world.won(lead, ended, 1000 + 37 * place)
            elif group["fate"] == "lost":
                world.lost(lead, ended)
            elif group["fate"] == "open opportunity":
                world.opportunity(lead, ended)
    return world


@settings(deadline=None, max_examples=12, derandomize=True)
@given(groups=cohorts, asked=scopes)
def test_every_kpi_says_the_same_from_counts_and_from_rows(groups, asked):
    world = told(groups)
    assert Scope(as_of=AS_OF, **asked).backed(AS_OF).reads == "counts"
    # every other KPI is compared in its own tests: Story.run asks both backings each time
    for kpi_id in sorted(TOLD_EVERYWHERE & load_kpis().keys()):
        world.run(kpi_id, **asked)  # Story.run compares the two backings, row for row


@settings(deadline=None, max_examples=8, derandomize=True)
@given(groups=cohorts)
@example(groups=[])
def test_the_counts_are_the_rows_counted(groups):
    con = told(groups).journeys("deal_won")
    # every lead is told once, and every lead created by as_of sets out once to each of these
    assert con.sql("select count(*), count(distinct lead_id) from snapshot.lead_events").fetchall() == [
        (sum(group["count"] for group in groups),) * 2
    ]
    leads = sum(group["count"] for group in groups if group["days"] >= 0)
    for name in ("conversation", "meeting", "opportunity", "won"):
        for table in ("scope_cohort", "scope_journeys"):
            sql = f"select sum(unit_count)::bigint as units from {table}('{name}', $scope)"
            assert asked_rows(con, sql, Scope(AS_OF, reads="counts")) == [{"units": leads or None}]
    # of the journeys that do not begin with a lead, the cells are the rows
    (cells, rows) = (
        con.sql(f"select {units}, {won} from {table} where journey = 'deal_won'").fetchall()
        for table, units, won in (
            ("snapshot.unit_states", "sum(unit_count)", "sum(unit_count) filter (where ending = 'reached')"),
            ("journey_rows", "nullif(count(*), 0)", "nullif(count(*) filter (where ending = 'reached'), 0)"),
        )
    )
    assert cells == rows


def test_every_window_holds_the_same_cells(story):
    # one lead a day for seven weeks across the turn of a month, each with an age of its own at the end
    world = story(AS_OF)
    first = MONDAY - timedelta(weeks=7)
    for day in range(49):
        lead = world.lead("inbound", first + timedelta(days=day))
        if day % 2:
            world.won(lead, first + timedelta(days=day + day % 5))
    con = world.journeys("won", "deal_won")
    for since in range(7):
        for until in range(since, 7):
            # whole weeks and parts of them
            asked = Scope(
                AS_OF,
                from_on=first + timedelta(weeks=since, days=since % 3),
                to_on=first + timedelta(weeks=until, days=6),
            )
            for journey in ("won", "deal_won"):
                cells = [
                    asked_rows(con, CELLS.format(journey), replace(asked, reads=reads), {journey})
                    for reads in ("counts", "facts")
                ]
                assert cells[0] == cells[1]
                if journey == "won":
                    days = 7 * (until - since + 1) - since % 3
                    assert sum(row["unit_count"] for row in cells[0]) == days


@pytest.mark.parametrize(
    ("asked", "reads"),
    [
        ({}, "counts"),
        ({"from_on": date(2026, 12, 21)}, "counts"),
        ({"from_on": date(2026, 12, 22)}, "counts"),  # a Tuesday: counts know the day
        ({"to_on": date(2026, 12, 20)}, "counts"),
        ({"to_on": date(2026, 12, 19)}, "counts"),  # a Saturday
        ({"to_on": AS_OF}, "counts"),
        ({"to_on": date(2026, 12, 30)}, "counts"),
        ({"from_on": date(2026, 12, 21), "to_on": date(2026, 12, 27)}, "counts"),
        ({"from_on": date(2026, 12, 22), "to_on": date(2026, 12, 27)}, "counts"),
        ({"gaps": ((date(2026, 12, 1), date(2026, 12, 3)),)}, "counts"),
        ({"as_of": date(2026, 12, 30)}, "events"),  # another day than the snapshot's
        ({"as_of": date(2027, 1, 1)}, "events"),
        ({"assuming": "dormant_lost"}, "facts"),
        ({"assuming": "dormant_lost", "as_of": date(2026, 12, 30)}, "facts"),
        ({"slice_by": "source", "channels": ("inbound",)}, "counts"),
    ],
)
def test_counts_serve_the_day_of_the_snapshot_and_events_any_other(asked, reads):
    assert Scope(**({"as_of": AS_OF} | asked)).backed(AS_OF).reads == reads


def test_a_part_of_a_week_is_told_from_counts_too(story):
    # 30 leads won on Monday, 30 lost on Tuesday of the same week: from Tuesday on, none is won
    world = story(AS_OF)
    for lead in world.leads(30, "inbound", "2025-03-03"):
        world.won(lead, "2025-03-10")
    for lead in world.leads(30, "inbound", "2025-03-04"):
        world.lost(lead, "2025-03-10")
    for reads in ("facts", "counts"):
        row = world.row("long_term_close_rate", from_on="2025-03-04", reads=reads)
        assert (row["numerator"], row["denominator"], row["estimate"]) == (0, 30, 0.0)
