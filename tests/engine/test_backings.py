"""Counts and rows give the same figures: every KPI, slice, filter and window of whole weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadquality.catalogue import load_kpis
from leadquality.engine.journeys import keep_journeys
from leadquality.scope import Scope
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

UNITS = "select sum(unit_count)::bigint from scope_journeys('won', $scope)"

weeks = st.one_of(st.integers(0, 15), st.integers(0, 105))
windows = st.one_of(
    st.just({}),
    weeks.map(lambda back: {"from_on": MONDAY - timedelta(weeks=back)}),
    weeks.map(lambda back: {"to_on": MONDAY + timedelta(days=6) - timedelta(weeks=back)}),
    weeks.map(lambda back: {"from_on": MONDAY - timedelta(weeks=back), "to_on": AS_OF}),
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
        world.run(kpi_id, **asked)  # Story.run compares the two backings, row for row and bit for bit


@settings(deadline=None, max_examples=8, derandomize=True)
@given(groups=cohorts)
@example(groups=[])
def test_the_counts_are_the_rows_counted(groups):
    con = told(groups).journeys("conversation", "meeting", "opportunity", "won")
    # every lead created by as_of sets out once to each of these
    leads = sum(group["count"] for group in groups if group["days"] >= 0)
    names = ["conversation", "meeting", "opportunity", "won"]
    for table in ("cohort_counts", "journey_counts"):
        found = con.sql(
            f"select journey, sum(unit_count)::bigint from snapshot.{table} "
            "where journey in ('conversation', 'meeting', 'opportunity', 'won') group by all order by all"
        ).fetchall()
        assert found == ([(name, leads) for name in names] if leads else [])


def test_every_window_of_whole_weeks_holds_the_same_cells(story):
    # one lead a day for seven weeks across the turn of a month, each with an age of its own at the end
    world = story(AS_OF)
    first = MONDAY - timedelta(weeks=7)
    for day in range(49):
        lead = world.lead("inbound", first + timedelta(days=day))
        if day % 2:
            world.won(lead, first + timedelta(days=day + day % 5))
    con = world.journeys("won")
    keep_journeys(con, {"won"}, Scope(AS_OF))
    for since in range(7):
        for until in range(since, 7):
            asked = Scope(
                AS_OF,
                from_on=first + timedelta(weeks=since),
                to_on=first + timedelta(weeks=until, days=6),
            )
            cells = [
                con.sql(
                    "select * from scope_journeys('won', $scope) order by all",
                    params={"scope": replace(asked, reads=reads).parameters()},
                ).fetchall()
                for reads in ("counts", "facts")
            ]
            assert cells[0] == cells[1]
            counted = [row[0] for row in con.sql(UNITS, params={"scope": asked.parameters()}).fetchall()]
            assert counted == [7 * (until - since + 1)]


@pytest.mark.parametrize(
    ("asked", "reads"),
    [
        ({}, "counts"),
        ({"from_on": date(2026, 12, 21)}, "counts"),
        ({"from_on": date(2026, 12, 22)}, "facts"),  # a Tuesday
        ({"to_on": date(2026, 12, 20)}, "counts"),
        ({"to_on": date(2026, 12, 19)}, "facts"),  # a Saturday
        ({"to_on": AS_OF}, "counts"),  # nothing of the week is left out: it is not over
        ({"to_on": date(2026, 12, 30)}, "facts"),
        ({"from_on": date(2026, 12, 21), "to_on": date(2026, 12, 27)}, "counts"),
        ({"from_on": date(2026, 12, 22), "to_on": date(2026, 12, 27)}, "facts"),
        ({"as_of": date(2026, 12, 30)}, "facts"),  # another day than the snapshot's
        ({"as_of": date(2027, 1, 1)}, "facts"),
        ({"slice_by": "source", "channels": ("inbound",)}, "counts"),
    ],
)
def test_counts_serve_whole_weeks_up_to_the_day_of_the_snapshot(asked, reads):
    assert Scope(**({"as_of": AS_OF} | asked)).backed(AS_OF).reads == reads


def test_a_part_of_a_week_would_be_wrong_from_counts(story):
    # 30 leads won on Monday, 30 lost on Tuesday of the same week: from Tuesday on, none is won
    world = story(AS_OF)
    for lead in world.leads(30, "inbound", "2025-03-03"):
        world.won(lead, "2025-03-10")
    for lead in world.leads(30, "inbound", "2025-03-04"):
        world.lost(lead, "2025-03-10")
    row = world.row("long_term_close_rate", from_on="2025-03-04")
    assert (row["numerator"], row["denominator"], row["estimate"]) == (0, 30, 0.0)
