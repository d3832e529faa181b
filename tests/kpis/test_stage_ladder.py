"""Stage ladder: who entered a stage, who moved on, who was lost there, went back, is still there or skipped it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "stage_ladder"
AS_OF = date(2026, 12, 31)
OPENED = date(2026, 3, 2)
PARTS = ("advanced_count", "lost_count", "moved_back_count", "open_count")


def deals(world, count, states, outcome="open", days=None, channel="inbound", opened=OPENED, **values):
    """`count` opportunities with these states (day, stage), closed after so many days."""
    for lead in world.leads(count, channel, opened, **values):
        key = f"deal of {lead}"
        closed = None if days is None else opened + timedelta(days=days)
        world.opportunity(lead, opened, outcome, closed, 1000, opportunity_id=key)
        for day, stage in states:
            moment = datetime.combine(opened, datetime.min.time()) + timedelta(days=day)
            world.add(
                "opportunity_changes",
                opportunity_id=key,
                changed_at=moment,
                changed_on=moment.date(),
                stage=stage,
            )


def rungs(world, channel="inbound", **asked):
    rows = [row for row in world.run(KPI, **asked).rows.to_dicts() if row["channel"] == channel]
    return {row["measure"]: row for row in sorted(rows, key=lambda row: row["stage_order"])}


def counts(row):
    return (row["entered_count"], *(row[name] for name in PARTS))


def told(story):
    """100 deals enter qualification: 40 are lost there, 60 reach proposal; of those 30 are won, 10 lost and 20 open."""
    world = story(AS_OF)
    first, second = (1, "Qualification"), (10, "proposal ")
    deals(world, 40, [first], "lost", 20)
    deals(world, 30, [first, second], "won", 40)
    deals(world, 10, [first, second], "lost", 45)
    deals(world, 20, [first, second])
    return world


def test_each_rung_says_what_became_of_those_who_entered(story):
    found = rungs(told(story))
    assert list(found) == ["created", "qualification", "proposal"]
    low, high = proportion_confint(60, 100, method="wilson")
    assert found["qualification"] == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 60,
        "denominator": 100,
        "estimate": 0.6,
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 100,
        "status": "ok",
        "horizon_days": 60,
        "measure": "qualification",
        "stage_order": 2,
        "entered_count": 100,
        "advanced_count": 60,
        "lost_count": 40,
        "moved_back_count": 0,
        "open_count": 0,
        "skipped_count": 0,
        "won_count": 30,
        "unknown_stage_count": 0,
    }
    assert counts(found["created"]) == (100, 100, 0, 0, 0)
    # 30 won within 60 days of entering proposal, of 60 that entered; 20 are still there
    assert counts(found["proposal"]) == (60, 30, 10, 0, 20)
    assert (found["proposal"]["estimate"], found["proposal"]["status"]) == (0.5, "provisional")


def test_back_and_forth_enters_each_stage_once_and_what_went_back_is_no_longer_there(story):
    world = story(AS_OF)
    to_and_fro = [(1, "Proposal"), (10, "Negotiation"), (20, "Proposal"), (30, "Negotiation")]
    deals(world, 3, to_and_fro)
    deals(world, 2, to_and_fro[:3])
    found = rungs(world)
    # all five got from proposal to negotiation; two of them stand in proposal again
    assert counts(found["proposal"]) == (5, 5, 0, 0, 0)
    assert counts(found["negotiation"]) == (5, 0, 0, 2, 3)


def test_a_stage_that_was_skipped_was_not_entered(story):
    world = story(AS_OF)
    deals(world, 60, [(1, "Discovery"), (5, "Demo"), (9, "Proposal")])
    deals(world, 20, [(1, "Discovery"), (9, "Proposal")])
    deals(world, 20, [(1, "Discovery")])
    deals(world, 5, [], "won", 30)
    found = rungs(world)
    assert {name: (row["entered_count"], row["skipped_count"]) for name, row in found.items()} == {
        "created": (105, 0),
        "discovery": (100, 5),
        "demo": (60, 25),
        "proposal": (80, 5),
    }
    # 80 of 100 moved on from discovery, whether or not by way of a demo
    assert found["discovery"]["estimate"] == 0.8


def test_moving_on_after_the_horizon_counts_to_date_and_not_in_the_share(story):
    world = story(AS_OF)
    deals(world, 20, [(0, "Discovery"), (60, "Proposal")])
    deals(world, 20, [(0, "Discovery"), (61, "Proposal")])
    row = rungs(world)["discovery"]
    assert (row["advanced_count"], row["numerator"], row["estimate"]) == (40, 20, 0.5)
    assert rungs(world, horizon=61)["discovery"]["estimate"] == 1.0


def test_the_edge_of_maturity_is_the_entry_of_the_stage(story):
    world = story(AS_OF)
    deals(world, 30, [(10, "Discovery")], opened=AS_OF - timedelta(days=70))
    deals(world, 100, [(11, "Discovery")], opened=AS_OF - timedelta(days=70))
    found = rungs(world)
    # created 70 days ago; in discovery for 60 and for 59 days
    assert (found["created"]["n_old_enough"], found["discovery"]["n_old_enough"]) == (130, 30)
    assert (found["discovery"]["status"], found["discovery"]["estimate"]) == ("provisional", 0.0)
    young = story(AS_OF)
    deals(young, 29, [(10, "Discovery")], opened=AS_OF - timedelta(days=70))
    assert (rungs(young)["discovery"]["estimate"], rungs(young)["discovery"]["status"]) == (None, "too_few")


def test_outbound_is_read_at_its_own_age(story):
    world = story(AS_OF)
    deals(world, 40, [(0, "Discovery"), (100, "Proposal")], channel="outbound")
    row = rungs(world, "outbound")["discovery"]
    assert (row["horizon_days"], row["estimate"]) == (120, 1.0)


def test_what_comes_after_as_of_has_not_come(story):
    found = rungs(told(story), as_of=OPENED + timedelta(days=15))
    assert counts(found["qualification"]) == (100, 60, 0, 0, 40)
    assert counts(found["proposal"]) == (60, 0, 0, 0, 60)
    assert found["proposal"]["won_count"] == 0
    assert list(rungs(told(story), as_of=OPENED + timedelta(days=5))) == ["created", "qualification"]


def test_a_state_before_creation_counts_on_its_day_and_one_after_the_close_not_at_all(story):
    world = story(AS_OF)
    deals(world, 30, [(-3, "Discovery"), (50, "Proposal")], "lost", 40)
    found = rungs(world)
    assert list(found) == ["created", "discovery"]
    assert counts(found["discovery"]) == (30, 0, 30, 0, 0)


def test_a_stage_outside_the_order_is_counted_and_left_out(story):
    world = story(AS_OF)
    deals(world, 10, [(1, "Discovery"), (5, "Legal review"), (9, "Closed Won")], "won", 9)
    deals(world, 5, [(1, "Discovery")])
    found = rungs(world)
    # the name of the closing itself is no stage
    assert [row["unknown_stage_count"] for row in found.values()] == [10, 10]
    assert list(found) == ["created", "discovery"]


def test_the_order_is_that_of_the_site(story):
    world = told(story)
    stages = {"order": ["Proposal", "Qualification"]}
    world.settings = world.settings.model_validate({**world.settings.model_dump(), "stages": stages})
    found = rungs(world)
    assert [(name, row["stage_order"]) for name, row in found.items()] == [
        ("created", 0),
        ("proposal", 1),
        ("qualification", 2),
    ]
    # in this order the 60 went back: 30 of them are won all the same, 10 lost, 20 stand in the earlier stage
    assert counts(found["qualification"]) == (100, 30, 50, 20, 0)


def test_nothing_in_the_window_gives_no_row(story):
    assert rungs(told(story), from_on="2026-05-01") == {}


def test_filters_slices_and_channels(story):
    world = told(story)
    deals(world, 7, [(1, "Qualification")], channel="outbound", segment="ent")
    assert rungs(world, "outbound")["qualification"]["entered_count"] == 7
    assert rungs(world, segments=("ent",)) == {}
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert {(row["slice"], row["channel"]) for row in rows} == {("smb", "inbound"), ("ent", "outbound")}


@pytest.mark.parametrize("extract", ["opportunities", "opportunity_changes"])
def test_without_its_data_it_is_not_available(story, extract):
    world = told(story)
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = ?", [extract])
    result = world.run(KPI)
    assert extract in result.unavailable and set(result.rows["status"]) == {"not_available"}


stage_lists = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(0, 90), st.sampled_from(["Discovery", "Demo", "Proposal", "Legal"])),
            max_size=6,
        ),
        st.sampled_from(["open", "won", "lost"]),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(stage_lists)
def test_at_every_rung_the_parts_add_up_to_those_who_entered(rows):
    world = Story(AS_OF)
    for states, outcome, days in rows:
        deals(world, 1, sorted(states), outcome, None if outcome == "open" else days)
    found = rungs(world)
    assert counts(found["created"])[0] == len(rows)
    for row in found.values():
        assert row["entered_count"] == sum(row[name] for name in PARTS)
        assert 0 <= row["numerator"] <= row["advanced_count"] <= row["entered_count"]
        assert row["entered_count"] + row["skipped_count"] <= len(rows)
        assert row["won_count"] <= row["advanced_count"]
