"""Decision-maker reach: of the leads that were called, with how many somebody who can buy was spoken to."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "decision_maker_reach_rate"
AS_OF = date(2026, 12, 31)
BORN = date(2026, 2, 2)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [pytest.approx(share ** exp(sign * z * se / (share * log(share))), abs=1e-12) for sign in (-1, 1)]


def talked(world, count, role="decisionmaker", channel="outbound", created=BORN, after=10, **values):
    """Leads with one conversation each, with a person of this role."""
    leads = world.leads(count, channel, created, **values)
    for lead in leads:
        world.call(lead, created + timedelta(days=after), "connected_no_result", reached_role=role)
    return leads


def rang(world, count, channel="outbound", created=BORN, **values):
    """Leads dialled in vain."""
    leads = world.leads(count, channel, created, **values)
    for lead in leads:
        world.call(lead, created + timedelta(days=1), "unreachable")
    return leads


def days_before(days):
    return AS_OF - timedelta(days=days)


def test_decision_makers_and_economic_buyers_by_day_90(story):
    world = story(AS_OF)
    talked(world, 20, after=90)
    talked(world, 20, "economicbuyer")
    talked(world, 10, after=91)
    talked(world, 10, "user")
    rang(world, 40)
    # One lead an account and nobody censored: p(1 - p)/100.
    low, high = loglog(0.4, sqrt(0.4 * 0.6 / 100))
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "outbound",
            "numerator": 40,
            "denominator": 100,
            "estimate": pytest.approx(0.4, abs=1e-12),
            "low": low,
            "high": high,
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 90,
            "judge_on": BORN + timedelta(days=90),
            "role_unknown_count": 0,
            "account_count": 100,
        }
    ]


def test_leads_nobody_called_are_not_in_the_denominator(story):
    world = story(AS_OF)
    talked(world, 50)
    rang(world, 50)
    world.leads(80, "outbound", BORN)
    row = world.row(KPI, "outbound")
    assert (row["denominator"], row["estimate"]) == (100, pytest.approx(0.5, abs=1e-12))


def test_leads_of_one_account_widen_the_limits(story):
    world = story(AS_OF)
    for place in range(20):
        # four accounts in ten are reached, with all five leads
        (talked if place % 10 < 4 else rang)(world, 5, account_id=f"a{place}")
    # p = .4; deviations x - 5p are 3 (8 accounts) and -2 (12): squares 72 + 48 = 120;
    # variance 20/19 x 120 / 100^2, against .24 / 100 for unrelated leads
    row = world.row(KPI, "outbound")
    assert (row["estimate"], row["account_count"]) == (pytest.approx(0.4, abs=1e-12), 20)
    # twenty accounts: Student's t with 19 degrees of freedom
    assert [row["low"], row["high"]] == pytest.approx(
        loglog(0.4, sqrt(20 / 19 * 120 / 100**2), 2.093024054408263), abs=1e-12
    )


def test_accounts_that_are_all_alike_do_not_narrow_the_limits(story):
    world = story(AS_OF)
    for place in range(20):
        talked(world, 2, account_id=f"a{place}")
        rang(world, 3, account_id=f"a{place}")
    row = world.row(KPI, "outbound")
    # not narrower than 100 unrelated leads; Student's t with 19 degrees of freedom for the twenty accounts
    limits = loglog(0.4, sqrt(0.4 * 0.6 / 100), 2.093024054408263)
    assert [row["low"], row["high"]] == pytest.approx(limits, abs=1e-12)


def test_leads_without_an_account_stand_alone(story):
    world = story(AS_OF)
    talked(world, 40, account_id=None)
    rang(world, 60, account_id=None)
    assert world.row(KPI, "outbound")["account_count"] == 100


def test_nobody_reached_each_account_counts_once(story):
    world = story(AS_OF)
    for place in range(20):
        rang(world, 5, account_id=f"a{place}")
    row = world.row(KPI, "outbound")
    # Wilson with nothing in 20 accounts: t^2 / (20 + t^2), t with 19 degrees of freedom
    assert (row["estimate"], row["low"]) == (0.0, 0.0)
    assert row["high"] == pytest.approx(2.093024054408263**2 / (20 + 2.093024054408263**2), abs=1e-12)


def test_an_unknown_role_is_shown_apart(story):
    world = story(AS_OF)
    talked(world, 30)
    talked(world, 20, None)
    talked(world, 10, None, after=91)
    for lead in talked(world, 40, "user"):
        world.call(lead, BORN + timedelta(days=20), "connected_no_result")
    row = world.row(KPI, "outbound")
    # the forty have a known role too
    assert (row["numerator"], row["role_unknown_count"]) == (30, 20)


def test_a_role_noted_without_a_conversation_is_nobody_reached(story):
    world = story(AS_OF)
    for lead in rang(world, 100):
        world.call(lead, BORN, "voicemail", reached_role="decisionmaker")
    assert world.row(KPI, "outbound")["numerator"] == 0


def test_a_lead_closed_before_can_no_longer_be_reached(story):
    world = story(AS_OF)
    talked(world, 60, after=10)
    talked(world, 20, after=10, disqualified=BORN + timedelta(days=10))
    talked(world, 20, after=10, disqualified=BORN + timedelta(days=9))
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["estimate"]) == (80, pytest.approx(0.8, abs=1e-12))
    # the limits see the same 80 of 100
    assert [row["low"], row["high"]] == loglog(0.8, sqrt(0.8 * 0.2 / 100))


def test_young_leads_are_censored(story):
    world = story(AS_OF)
    talked(world, 30, after=5)
    rang(world, 30)
    rang(world, 40, created=days_before(89))
    row = world.row(KPI, "outbound")
    # day 5: 30 of the 100 at risk
    assert (row["estimate"], row["n_old_enough"]) == (pytest.approx(0.3, abs=1e-12), 60)
    assert (row["status"], row["account_count"]) == ("provisional", 60)


def test_each_channel_at_its_own_age(story):
    world = story(AS_OF)
    for channel in ("inbound", "outbound"):
        talked(world, 50, channel=channel, after=30)
        talked(world, 50, channel=channel, after=31)
    rows = world.run(KPI).rows.select("channel", "numerator", "horizon_days").rows()
    assert rows == [("inbound", 50, 30), ("outbound", 100, 90)]
    assert world.row(KPI, "outbound", horizon=30)["numerator"] == 50


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 9, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_edge_of_maturity(story, old, young, status):
    world = story(AS_OF)
    talked(world, old, created=days_before(90))
    rang(world, young, created=days_before(89))
    row = world.row(KPI, "outbound")
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert [row[name] is not None for name in ("estimate", "low", "high")] == [old >= 30] * 3


def test_a_conversation_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    rang(world, 80, created=days_before(90))
    for lead in rang(world, 20, created=days_before(90)):
        world.call(lead, AS_OF + timedelta(days=1), "qualified", reached_role="decisionmaker")
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["estimate"]) == (0, 0.0)


def test_filters_slices_and_windows():
    world = Story(AS_OF)
    for reached, channel, segment in (
        (10, "inbound", "smb"),
        (20, "inbound", "ent"),
        (30, "outbound", "ent"),
    ):
        talked(world, reached, channel=channel, segment=segment)
        rang(world, 50 - reached, channel, segment=segment)
    rows = world.run(KPI, slice_by="segment").rows.select("slice", "channel", "numerator").rows()
    assert rows == [("ent", "inbound", 20), ("ent", "outbound", 30), ("smb", "inbound", 10)]
    assert world.row(KPI, segments=("ent",))["numerator"] == 20
    assert world.run(KPI, from_on="2026-03-02", to_on="2026-03-29").rows.height == 0
    assert world.run(KPI, channels=("other",)).rows.height == 0
    assert Story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize(
    "need", ["leads.created_at", "calls.started_at", "calls.reached_role", "calls.outcome_code"]
)
def test_without_its_data_it_is_not_available(story, need):
    world = story(AS_OF)
    talked(world, 100)
    extract, column = need.split(".")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
