"""A KPI run again under other choices: attribution, dormancy, the largest deal, another age."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import ASSUMPTIONS, InputRefused
from leadquality.engine import sensitivity
from leadquality.scope import Scope

AS_OF = date(2026, 12, 31)
KPI = "close_rate_at_equal_age"


def days_before(days):
    return AS_OF - timedelta(days=days)


def read(world, kpi_id=KPI, age_days=180, **scope):
    found = sensitivity(world.database(), load_kpis()[kpi_id], Scope(AS_OF, **scope), age_days)
    return found, {reading.choice: reading for reading in found.others if reading.choice in ASSUMPTIONS}


def win(world, leads, day):
    for lead in leads:
        world.won(lead, day)


def side(won, n):
    """Share and its log(-log) limits without censoring."""
    share = won / n
    bend = 1.959963984540054 * sqrt(share * (1 - share) / n) / (share * log(share))
    return share, *(share ** exp(sign * bend) for sign in (-1, 1))


def gap(outbound, inbound):
    """Outbound minus inbound with MOVER limits."""
    (o, o_low, o_high), (i, i_low, i_high) = side(*outbound), side(*inbound)
    return (
        o - i,
        o - i - sqrt((o - o_low) ** 2 + (i_high - i) ** 2),
        o - i + sqrt((o_high - o) ** 2 + (i - i_low) ** 2),
    )


def is_gap(reading, outbound, inbound):
    return (reading.gap, reading.low, reading.high) == pytest.approx(gap(outbound, inbound), abs=1e-12)


def mixed_world(story):
    """Outbound calls the good inbound leads last: 50 of 60 called ones are won, 5 of 40 others; 30 of 100 outbound."""
    world, born = story(AS_OF), days_before(400)
    called, others, outbound = (
        world.leads(60, "inbound", born),
        world.leads(40, "inbound", born),
        world.leads(100, "outbound", born),
    )
    win(world, called[:50] + others[:5] + outbound[:30], days_before(380))
    for lead in called:
        world.call(lead, days_before(399), direction="inbound")
        world.call(lead, days_before(390), direction="outbound")
    for lead in outbound:
        world.call(lead, days_before(395), direction="outbound")
    return world


def test_a_verdict_that_the_last_touch_turns_round_depends_on_attribution(story):
    found, readings = read(mixed_world(story))
    assert is_gap(found.base, (30, 100), (55, 100))
    assert is_gap(readings["first_touch"], (30, 100), (55, 100))
    assert is_gap(readings["last_touch"], (80, 160), (5, 40))
    assert is_gap(readings["without_mixed"], (30, 100), (5, 40))
    assert (found.base.higher, readings["last_touch"].higher, readings["without_mixed"].higher) == (
        "inbound",
        "outbound",
        "outbound",
    )
    assert readings["last_touch"].flips(found.base) and not readings["first_touch"].flips(found.base)
    assert [reading.choice for reading in found.changes] == ["last_touch", "without_mixed"]
    assert found.depends_on_attribution


def test_a_verdict_that_every_choice_keeps_depends_on_none(story):
    world, born = story(AS_OF), days_before(400)
    for channel, won in (("inbound", 55), ("outbound", 30)):
        win(world, world.leads(100, channel, born)[:won], days_before(390))
    found, readings = read(world)
    assert list(readings) == list(ASSUMPTIONS)
    assert (found.changes, found.depends_on_attribution) == ((), False)
    # one lead of each channel less
    assert is_gap(readings["without_largest_deal"], (29, 99), (54, 99))


def test_a_lead_of_a_third_party_stays_one_whoever_calls(story):
    world, born = story(AS_OF), days_before(400)
    for channel in ("inbound", "outbound", "other"):
        leads = world.leads(40, channel, born)
        win(world, leads[:20], days_before(390))
        for lead in leads:
            world.call(lead, days_before(395), direction="inbound")
    _, readings = read(world)
    # every outbound lead was called last by nobody but the prospect; the partner's 40 stay apart
    assert readings["last_touch"].gap is None
    assert is_gap(readings["without_mixed"], (20, 40), (20, 40))


def test_dormant_leads_as_lost_compete(story):
    # 100 old inbound leads: 50 without any activity after day 20, dormant on day 200; 10 won on day 300.
    # 100 young ones, open, leave unseen on day 250. Day 200: S = 1 - 50/200. Day 300: F = .75 x 10/50 = .15.
    # Left open, nothing ends before day 300: F = 10/100. Outbound: 30 of 100 won, the others lost at once.
    world = story(AS_OF)
    for place, lead in enumerate(world.leads(100, "inbound", days_before(400))):
        world.call(lead, days_before(380 if place < 50 else 110))
        if 50 <= place < 60:
            world.won(lead, days_before(100))
    for lead in world.leads(100, "inbound", days_before(250)):
        world.call(lead, days_before(10))
    for place, lead in enumerate(world.leads(100, "outbound", days_before(400))):
        (world.won if place < 30 else world.lost)(lead, days_before(390))
    found, readings = read(world, age_days=365)
    assert found.base.gap == pytest.approx(0.30 - 0.10, abs=1e-12)
    assert readings["dormant_lost"].gap == pytest.approx(0.30 - 0.15, abs=1e-12)


@pytest.mark.parametrize(
    "later",
    [
        lambda world, lead: world.call(lead, days_before(170)),
        lambda world, lead: world.meeting(lead, days_before(170)),
        lambda world, lead: world.meeting(lead, None, booked_on=days_before(170)),
        lambda world, lead: world.opportunity(lead, days_before(170)),
        lambda world, lead: world.add(
            "opportunity_changes", opportunity_id=f"of {lead}", changed_on=days_before(170)
        ),
    ],
    ids=["a call", "a meeting", "a booking", "an opportunity", "a change of it"],
)
def test_whatever_happens_within_180_days_keeps_a_lead_open(story, later):
    world = story(AS_OF)
    lead = world.lead(created=days_before(400))
    world.opportunity(lead, days_before(399), opportunity_id=f"of {lead}")
    asked = "select ending, exit_age from journeys_assuming($day, 'dormant_lost') where journey = 'won'"
    silent = world.database().execute(asked, {"day": AS_OF}).fetchall()
    assert silent == [("ended", 181)]
    later(world, lead)
    assert world.database().execute(asked, {"day": AS_OF}).fetchall() == [("open", 400)]


def test_without_the_largest_deal_of_each_channel(story):
    # inbound: 11 deals of 100 and one of 100,000 among 100 leads; outbound: 12 of 500
    world, born = story(AS_OF), days_before(400)
    for channel, amounts in (("inbound", [100] * 11 + [100_000]), ("outbound", [500] * 12)):
        for lead, amount in zip(world.leads(100, channel, born), amounts, strict=False):
            world.won(lead, days_before(390), amount)
    found, readings = read(world, "revenue_per_lead_at_age")
    assert found.base.gap == pytest.approx((12 * 500 - 101_100) / 100, abs=1e-9)
    other = readings["without_largest_deal"]
    assert other.gap == pytest.approx((11 * 500 - 1100) / 99, abs=1e-9)
    assert other.flips(found.base)
    # one deal makes the whole lead of inbound, so nobody can be said to be higher; without it outbound is
    assert (found.base.higher, other.higher) == (None, "outbound")


def test_the_ages_beside_the_one_judged(story):
    world = story(AS_OF)
    for channel, won in (("inbound", 40), ("outbound", 20)):
        win(world, world.leads(100, channel, days_before(300))[:won], days_before(290))
    found, _ = read(world, age_days=180)
    ages = [(reading.age_days, reading.gap) for reading in found.others if reading.choice == "other_age"]
    assert ages == [(120, pytest.approx(-0.2)), (270, pytest.approx(-0.2))]
    late, _ = read(world, age_days=540)
    # nobody is that old: nothing is known, so nothing can change
    assert late.base.gap is None
    assert [reading.age_days for reading in late.others if reading.choice == "other_age"] == [365]
    assert late.changes == ()


def test_a_kpi_without_a_gap_is_read_at_one_age_for_both(story):
    world = story(AS_OF)
    for channel, met in (("inbound", 50), ("outbound", 20)):
        for lead in world.leads(100, channel, days_before(300))[:met]:
            world.meeting(lead, days_before(280))
    found, _ = read(world, "early_stage_conversion", 90)
    assert is_gap(found.base, (20, 100), (50, 100))


@pytest.mark.parametrize(
    "kpi_id", ["mixed_touch_share", "average_contract_value", "decision_maker_reach_rate"]
)
def test_a_kpi_that_reads_more_than_journeys_is_refused(story, kpi_id):
    with pytest.raises(InputRefused, match=f"^{kpi_id}: reads more than journeys"):
        read(story(AS_OF), kpi_id)


def test_an_unknown_assumption_is_refused_and_counts_serve_none():
    with pytest.raises(InputRefused, match=r"assumption last touch: choose one of first_touch, last_touch"):
        Scope(AS_OF, assuming="last touch")
    assert Scope(AS_OF, assuming="last_touch").backed(AS_OF).reads == "facts"
