"""Campaigns of a source: plain shares of leads that have reached the age."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

REPORT = "source_campaigns"
AS_OF = date(2026, 12, 31)
OLD = date(2026, 3, 10)


def campaign(world, name, count, won=0, created=OLD, day=60, **values):
    leads = world.leads(count, values.pop("channel", "inbound"), created, campaign_id=name, **values)
    for lead in leads[:won]:
        world.won(lead, created + timedelta(days=day))


def lines(world, **asked):
    return {(row["slice"], row["measure"]): row for row in world.run(REPORT, **asked).rows.to_dicts()}


def test_leads_old_enough_and_those_of_them_won_by_the_age(story):
    world = story(AS_OF)
    campaign(world, "spring", 40, won=8, source="paid")
    campaign(world, "spring", 10, won=3, source="paid", day=200)  # won after the age
    campaign(world, "spring", 30, won=5, source="paid", created=date(2026, 11, 1), day=20)  # too young
    row = lines(world)["paid", "spring"]
    low, high = proportion_confint(8, 50, method="wilson")
    assert (row["numerator"], row["denominator"], row["lead_count"], row["horizon_days"]) == (8, 50, 80, 180)
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.16, low, high], abs=1e-12)


def test_small_campaigns_are_withheld_and_a_missing_one_is_named(story):
    world = story(AS_OF)
    campaign(world, "tiny", 9, won=3)
    campaign(world, None, 12)
    campaign(world, "  ", 12)
    found = lines(world)
    assert (found["web", "tiny"]["estimate"], found["web", "tiny"]["status"]) == (None, "too_few")
    assert found["web", "no campaign"]["denominator"] == 24


def test_late_entrants_are_left_out_of_the_share(story):
    world = story(AS_OF)
    campaign(world, "spring", 20, won=2)
    campaign(world, "spring", 20, won=20, entry_age=5)
    row = lines(world)["web", "spring"]
    assert (row["numerator"], row["denominator"], row["lead_count"]) == (2, 20, 40)


def test_as_of_filters_and_channels(story):
    world = story(AS_OF)
    campaign(world, "spring", 20, won=2)
    campaign(world, "calls", 20, channel="outbound", source="list")
    assert lines(world, channels=("outbound",)).keys() == {("list", "calls")}
    # 540 days have not passed for outbound
    assert lines(world)["list", "calls"]["denominator"] == 0
    assert lines(world, as_of="2026-05-08", horizon=30)["web", "spring"]["numerator"] == 0
    assert lines(world, from_on="2026-04-01") == {}
