"""Interplay of the channels: who opened, who touched too, and one total under either rule."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "channel_interplay"
AS_OF = date(2026, 12, 31)
OPENED = date(2026, 3, 2)
RULES = ("credited by channel of origin", "credited by last touch")


def deal(world, channel, amount=100, calls=(), outcome="open", closed=None, **values):
    """An opportunity of one account, opened by a lead of the channel; calls are (day, direction)."""
    lead = world.lead(channel, "2026-03-01", **values)
    for day, direction in calls:
        call(world, lead, day, direction)
    world.opportunity(lead, OPENED, outcome, closed, amount)
    return lead


def call(world, lead, day, direction, **values):
    world.call(lead, day, direction=direction, started_at=datetime.fromisoformat(f"{day}T10:00:00"), **values)


def lines(world, **asked):
    return {(row["channel"], row["measure"]): row for row in world.run(KPI, **asked).rows.to_dicts()}


def credited(found, name="amount"):
    return {
        rule: {channel: row[name] for (channel, line), row in found.items() if line == rule} for rule in RULES
    }


def test_opened_by_inbound_and_advanced_by_outbound_stands_once(story):
    # the acceptance case of the specification (X25): an opportunity of 100
    world = story(AS_OF)
    deal(world, "inbound", 100, [("2026-03-10", "outbound")])
    found = lines(world)
    assert credited(found) == {
        RULES[0]: {"inbound": 100, "outbound": 0},
        RULES[1]: {"inbound": 0, "outbound": 100},
    }
    overlap = {
        line: row["opportunity_count"] for (_, line), row in found.items() if line.startswith("opened by")
    }
    assert overlap == {"opened by inbound, touched by both": 1}


def test_shares_of_twenty_opportunities(story):
    world = story(AS_OF)
    for _ in range(8):
        deal(world, "inbound", 10, [("2026-03-10", "outbound")])
    for _ in range(4):
        deal(world, "inbound", 20, [("2026-03-10", "inbound")], "won", "2026-04-01")
    for _ in range(8):
        deal(world, "outbound", 30)
    found = lines(world)
    low, high = proportion_confint(8, 12, method="wilson")
    assert found["inbound", "opened by inbound, touched by both"] == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 8,
        "denominator": 12,
        "estimate": pytest.approx(8 / 12, abs=1e-12),
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 12,
        "status": "provisional",
        "measure": "opened by inbound, touched by both",
        "opportunity_count": 8,
        "amount": 80.0,
        "won_amount": 0.0,
        "without_amount_count": 0,
        "currency": "EUR",
    }
    assert found["inbound", "opened by inbound, touched by inbound only"]["won_amount"] == 80
    # 8 outbound opportunities are too few for a share of their own; of all 20 there are enough
    assert found["outbound", "opened by outbound, touched by outbound only"]["estimate"] is None
    assert found["outbound", RULES[0]]["estimate"] == 0.4
    assert credited(found) == {
        RULES[0]: {"inbound": 160, "outbound": 240},
        RULES[1]: {"inbound": 80, "outbound": 320},
    }


def test_the_other_channel_touches_by_a_lead_of_the_same_account(story):
    world = story(AS_OF)
    deal(world, "inbound", account_id="acme")
    world.lead("outbound", "2026-05-01", account_id="acme")
    deal(world, "inbound", account_id="other")
    found = lines(world)
    assert found["inbound", "opened by inbound, touched by both"]["opportunity_count"] == 1
    assert found["inbound", "opened by inbound, touched by inbound only"]["opportunity_count"] == 1
    assert found["outbound", RULES[1]]["opportunity_count"] == 1


def test_a_call_to_another_lead_of_the_account_counts(story):
    world = story(AS_OF)
    deal(world, "inbound", account_id="acme")
    colleague = world.lead("partner", "2026-03-01", account_id="acme")
    call(world, colleague, "2026-04-01", "outbound")
    assert ("inbound", "opened by inbound, touched by both") in lines(world)


@pytest.mark.parametrize(
    ("day", "is_both"), [("2026-04-01", True), ("2026-04-02", False)], ids=["day of closing", "day after"]
)
def test_touches_after_the_closing_do_not_count(story, day, is_both):
    world = story(AS_OF)
    deal(world, "inbound", 100, [(day, "outbound")], "won", "2026-04-01")
    assert (("inbound", "opened by inbound, touched by both") in lines(world)) == is_both


def test_of_two_touches_on_one_day_the_later_call_is_the_last(story):
    world = story(AS_OF)
    lead = deal(world, "inbound")
    for hour, direction in ((15, "inbound"), (9, "outbound")):
        world.call(
            lead, "2026-05-01", direction=direction, started_at=datetime(2026, 5, 1, hour), call_id=f"c{hour}"
        )
    assert credited(lines(world))[RULES[1]] == {"inbound": 100}


def test_other_origins_are_lines_of_their_own(story):
    world = story(AS_OF)
    deal(world, "other", 5)
    deal(world, "unknown", 7, [("2026-03-10", "inbound")])
    found = lines(world)
    assert found["other", "opened by other, touched by neither"]["amount"] == 5
    assert credited(found) == {
        RULES[0]: {"inbound": 0, "other": 5, "unknown": 7},
        RULES[1]: {"inbound": 7, "other": 0, "unknown": 5},
    }


def test_unknown_amounts_are_unknown_and_counted_and_currencies_are_not_added(story):
    world = story(AS_OF)
    deal(world, "inbound", None)
    row = lines(world)["inbound", RULES[0]]
    assert (row["amount"], row["won_amount"], row["without_amount_count"]) == (None, 0, 1)
    deal(world, "inbound", None, (), "won", "2026-04-01")
    assert lines(world)["inbound", RULES[0]]["won_amount"] is None
    deal(world, "inbound", 40)
    row = lines(world)["inbound", RULES[0]]
    assert (row["amount"], row["without_amount_count"]) == (40, 2)
    lead = world.lead("outbound", "2026-03-01")
    world.opportunity(lead, OPENED, acv=9, currency="USD")
    for row in lines(world).values():
        assert (row["amount"], row["won_amount"], row["currency"]) == (None, None, None)


def test_what_comes_after_as_of_has_not_come(story):
    world = story(AS_OF)
    deal(world, "inbound", 100, [("2026-06-01", "outbound")], "won", "2026-07-01")
    row = lines(world, as_of="2026-05-31")["inbound", "opened by inbound, touched by inbound only"]
    assert (row["amount"], row["won_amount"]) == (100, 0)
    # an opportunity opened today has no day behind it
    assert lines(world, as_of=OPENED) == {}


def test_a_lead_of_today_is_no_touch_yet(story):
    world = story(AS_OF)
    deal(world, "outbound", account_id="acme")
    world.lead("inbound", AS_OF, account_id="acme")
    assert list(lines(world)) == [
        ("outbound", RULES[0]),
        ("outbound", RULES[1]),
        ("outbound", "opened by outbound, touched by outbound only"),
    ]


def test_nothing_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    deal(world, "inbound")
    assert lines(world, from_on="2026-03-03") == {}


def test_filters_and_slices(story):
    world = story(AS_OF)
    deal(world, "inbound", 100, segment="smb")
    deal(world, "outbound", 50, segment="ent")
    # a channel filter hides lines; the whole stays the whole
    row = lines(world, channels=("outbound",))["outbound", RULES[0]]
    assert (row["numerator"], row["denominator"]) == (1, 2)
    assert {channel for channel, _ in lines(world, channels=("outbound",))} == {"outbound"}
    assert credited(lines(world, segments=("ent",)))[RULES[0]] == {"outbound": 50}
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert {(row["slice"], row["channel"], row["denominator"]) for row in rows} == {
        ("smb", "inbound", 1),
        ("ent", "outbound", 1),
    }


def test_without_the_direction_of_calls_it_is_not_available(story):
    world = story(AS_OF)
    deal(world, "inbound")
    world.database().execute("update snapshot.coverage set known_count = 0 where column_name = 'direction'")
    assert world.run(KPI).unavailable == "needs the column direction of the extract calls"


days = st.sampled_from(["2026-02-01", "2026-03-02", "2026-04-01", "2026-06-01"])
directions = st.sampled_from(["inbound", "outbound", None])
worlds = st.lists(
    st.tuples(
        st.sampled_from(["inbound", "outbound", "other", "unknown"]),
        st.integers(1, 500),
        st.lists(st.tuples(days, directions), max_size=3),
        st.sampled_from([None, "2026-04-15"]),
        st.sampled_from(["acme", "bolt", None]),
    ),
    min_size=1,
    max_size=10,
)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(worlds)
def test_totals_add_up_once_under_every_rule_and_in_the_overlap(rows):
    world = Story(AS_OF)
    for channel, amount, calls, closed, account in rows:
        deal(world, channel, amount, calls, "won" if closed else "open", closed, account_id=account)
    found = lines(world)
    whole = sum(amount for _, amount, *_ in rows)
    for rule in RULES:
        assert sum(credited(found)[rule].values()) == whole
        assert sum(credited(found, "opportunity_count")[rule].values()) == len(rows)
    overlap = [row for (_, line), row in found.items() if line.startswith("opened by")]
    assert sum(row["amount"] for row in overlap) == whole
    for channel in {row["channel"] for row in overlap}:
        own = [row for row in overlap if row["channel"] == channel]
        assert sum(row["numerator"] for row in own) == own[0]["denominator"]
        assert sum(row["amount"] for row in own) == credited(found)[RULES[0]][channel]
