"""Counts and rows give the same figures: every KPI, slice, filter and window of whole weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadquality.catalogue import load_kpis
from leadquality.scope import Scope
from tests.story import Story

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
            "days": st.integers(-5, 700),  # before as_of; negative: not yet created
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

weeks = st.integers(0, 105)
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
    for kpi_id in load_kpis():
        world.run(kpi_id, **asked)  # Story.run compares the two backings, row for row and bit for bit


@settings(deadline=None, max_examples=12, derandomize=True)
@given(groups=cohorts)
@example(groups=[])
def test_the_counts_are_the_rows_counted(groups):
    con = told(groups).database()
    cells = con.sql("select coalesce(sum(lead_count), 0) from snapshot.cohort_counts").fetchall()[0][0]
    assert cells == sum(group["count"] for group in groups if group["days"] >= 0)
    # a lead of today is not yet followed; every other one stands once under each of the four milestones
    followed = sum(group["count"] for group in groups if group["days"] >= 1)
    found = con.sql(
        "select milestone, sum(lead_count)::bigint from snapshot.milestone_counts group by all order by all"
    ).fetchall()
    names = ("conversation", "meeting", "opportunity", "won")
    assert found == ([(name, followed) for name in names] if followed else [])


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
