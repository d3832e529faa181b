"""Open pipeline by stage: how many deals, of what value and age, and in how many nothing has been heard."""

from __future__ import annotations

from datetime import date

import pytest
from statsmodels.stats.proportion import proportion_confint

REPORT = "open_pipeline"
AS_OF = date(2026, 11, 22)


def deal(world, created="2026-11-01", stage="proposal", amount=100, channel="inbound", **values):
    lead = world.lead(channel, "2026-01-05")
    world.opportunity(lead, created, stage=stage, acv=amount, **values)
    return lead, world.rows["fact_opportunities"][-1]["opportunity_id"]


def lines(world, **asked):
    return {(row["channel"], row["measure"]): row for row in world.run(REPORT, **asked).rows.to_dicts()}


def test_stages_with_value_age_and_what_is_overdue(story):
    world = story(AS_OF)
    for created, expected in (
        ("2026-11-20", "2026-12-01"),
        ("2026-11-12", "2026-11-21"),
        ("2026-11-02", None),
    ):
        deal(world, created, expected_close_on=date.fromisoformat(expected) if expected else None)
    deal(world, "2026-11-21", "negotiation", 900)
    found = lines(world)
    row = found["inbound", "proposal"]
    # 2, 10 and 20 days old
    assert (row["denominator"], row["amount"], row["median_age_days"], row["oldest_age_days"]) == (
        3,
        300,
        10,
        20,
    )
    assert (row["overdue_count"], row["undated_count"], row["currency"]) == (1, 1, "EUR")
    assert found["inbound", "negotiation"]["amount"] == 900


def test_quiet_is_as_long_as_the_site_says_without_any_sign(story):
    world = story(AS_OF)
    for created in ("2026-10-08", "2026-10-09"):  # 45 and 44 days ago, and nothing since
        deal(world, created)
    called, _ = deal(world, "2026-06-01")
    world.call(called, "2026-10-09", "qualified")
    dialled, _ = deal(world, "2026-06-01")
    world.call(dialled, "2026-11-20")  # nobody answered
    met, _ = deal(world, "2026-06-01")
    world.meeting(met, "2026-11-01")
    _, moved = deal(world, "2026-06-01")
    world.add("opportunity_changes", opportunity_id=moved, changed_on=date(2026, 11, 1), stage="proposal")
    row = lines(world)["inbound", "proposal"]
    # the first, and the one that was dialled in vain
    assert (row["numerator"], row["denominator"], row["dormant_days"]) == (2, 6, 45)
    assert (row["estimate"], row["status"]) == (None, "too_few")


def test_the_share_of_quiet_deals_has_its_range(story):
    world = story(AS_OF)
    for at in range(40):
        deal(world, "2026-06-01" if at < 10 else "2026-11-01")
    row = lines(world)["inbound", "proposal"]
    low, high = proportion_confint(10, 40, method="wilson")
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.25, low, high], abs=1e-12)
    assert row["status"] == "ok"


def test_the_stage_is_the_last_one_recorded_by_the_day_asked_about(story):
    world = story(AS_OF)
    _, made = deal(world, "2026-06-01", "negotiation")
    for on, stage in (("2026-06-01", "discovery"), ("2026-08-01", "Proposal"), ("2026-11-20", "negotiation")):
        world.add("opportunity_changes", opportunity_id=made, changed_on=date.fromisoformat(on), stage=stage)
    assert set(lines(world)) == {("inbound", "negotiation")}
    assert set(lines(world, as_of="2026-08-02")) == {("inbound", "Proposal")}


def test_stages_stand_in_the_order_in_which_deals_come_to_them(story):
    world = story(AS_OF)
    for _ in range(3):
        _, made = deal(world, "2026-06-01", "negotiation")
        for on, stage in (
            ("2026-06-01", "discovery"),
            ("2026-07-01", "a proposal"),
            ("2026-09-01", "negotiation"),
        ):
            world.add(
                "opportunity_changes", opportunity_id=made, changed_on=date.fromisoformat(on), stage=stage
            )
    deal(world, stage="a proposal")
    deal(world, stage="new")
    days = {row["measure"]: row["stage_day"] for row in lines(world).values()}
    assert days == {"negotiation": 92, "a proposal": 30, "new": None}


def test_spelling_is_folded_and_a_missing_stage_is_a_line_of_its_own(story):
    world = story(AS_OF)
    deal(world, stage="Proposal")
    deal(world, stage="PROPOSAL ")
    deal(world, stage=None)
    deal(world, stage="  ")
    assert {name: row["denominator"] for (_, name), row in lines(world).items()} == {
        "PROPOSAL": 2,
        "no stage": 2,
    }


def test_only_what_is_open_on_the_day(story):
    world = story(AS_OF)
    deal(world, outcome="won", closed="2026-11-10")
    deal(world, outcome="lost", closed="2026-11-23")  # tomorrow
    deal(world, "2026-11-23")  # tomorrow too
    assert lines(world)["inbound", "proposal"]["denominator"] == 1


def test_an_unknown_amount_is_counted_and_currencies_are_not_mixed(story):
    world = story(AS_OF)
    deal(world, amount=None)
    deal(world, amount=50)
    row = lines(world)["inbound", "proposal"]
    assert (row["amount"], row["without_amount_count"]) == (50, 1)
    deal(world, amount=50)
    world.rows["fact_opportunities"][-1]["currency"] = "USD"
    row = lines(world)["inbound", "proposal"]
    assert (row["amount"], row["currency"], row["denominator"]) == (None, None, 3)


def test_filters_and_nothing_in_the_scope(story):
    world = story(AS_OF)
    deal(world)
    deal(world, channel="outbound")
    assert set(lines(world, channels=("outbound",))) == {("outbound", "proposal")}
    assert lines(world, from_on="2026-01-06") == {}
