"""Cost per qualified conversation: the spend of whole months over what the leads of those months brought."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import exp, log, sqrt

import pytest

from tests.story import Story

KPI = "cost_per_qualified_conversation"
AS_OF = date(2026, 12, 31)
Z = 1.959963984540054
# five are required in the settings as they are delivered; three are at least half of them
THREE = ("interest", "budget", "timeline")


def spend(world, month, cost, channel="inbound", source="web", kind="media"):
    world.add(
        "spend",
        month_on=date.fromisoformat(month),
        cost_amount=Decimal(cost),
        channel=channel,
        source=source,
        kind=kind,
    )


def talk(world, lead, day, disposition="qualified", role="decisionmaker", answered=THREE):
    call = f"call {len(world.rows['fact_calls'])}"
    world.call(lead, day, disposition, call_id=call, reached_role=role)
    for question in answered:
        world.add("call_answers", call_id=call, question_id=question, is_answered=True)


def leads_with_talks(world, count, talks, created="2026-03-10", channel="inbound", age=5, **values):
    """That many leads, the first `talks` of them with one qualified conversation at that age."""
    leads = world.leads(count, channel, created, **values)
    for lead in leads[:talks]:
        talk(world, lead, date.fromisoformat(created) + timedelta(days=age))
    return leads


def test_spend_of_a_month_over_conversations_with_its_leads(story):
    world = story(AS_OF)
    spend(world, "2026-03-01", "3000.50")
    spend(world, "2026-03-15", "999.50", kind="labour")
    leads_with_talks(world, 40, 16)
    # 4000 / 16 = 250 each; var of the log is 1/16, one conversation for each account
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 4000.0,
            "denominator": 16,
            "estimate": 250.0,
            "low": pytest.approx(250 * exp(-Z / 4), rel=1e-12),
            "high": pytest.approx(250 * exp(Z / 4), rel=1e-12),
            "n_old_enough": 40,
            "status": "ok",
            "horizon_days": 30,
            "lead_count": 40,
            "month_count": 1,
            "younger_month_count": 0,
            "cost_at_least": None,
            "cost_kinds": "labour, media",
            "is_same_basis": None,
        }
    ]


def test_conversations_of_one_account_belong_together(story):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1200")
    leads = leads_with_talks(world, 10, 8)
    for lead in leads_with_talks(world, 2, 2, account_id="the same"):
        talk(world, lead, "2026-03-20")
    talk(world, leads[0], "2026-03-20")
    # 8 + 4 + 1 = 13 conversations; accounts hold 2, 1 x 7 and 4: squares 4 + 7 + 16 = 27
    row = world.row(KPI)
    assert (row["denominator"], row["n_old_enough"]) == (13, 12)
    se = sqrt(27) / 13
    expected = [1200 / 13 * exp(sign * Z * se) for sign in (0, -1, 1)]
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "changed",
    [
        {"disposition": "no_fit"},
        {"disposition": "callback_requested"},
        {"disposition": "voicemail"},
        {"role": "gatekeeper"},
        {"role": None},
        {"answered": ("interest", "budget")},
        {"answered": ("interest", "interest", "interest")},
        {"answered": ("interest", "budget", "next_step")},  # nobody requires the next step
        {"answered": ()},
    ],
)
def test_a_conversation_not_worth_having_does_not_count(story, changed):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    for lead in leads_with_talks(world, 20, 10):
        talk(world, lead, "2026-03-12", **changed)
    assert world.row(KPI)["denominator"] == 10


@pytest.mark.parametrize("disposition", ["qualified", "meeting_booked", "interested_not_ready"])
@pytest.mark.parametrize("role", ["decisionmaker", "economicbuyer", "influencer", "influencerwithpath"])
def test_a_conversation_worth_having_counts(story, disposition, role):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    for lead in world.leads(10, "inbound", "2026-03-10"):
        talk(world, lead, "2026-03-12", disposition, role)
    assert world.row(KPI)["estimate"] == 100.0


def test_only_conversations_by_the_age_of_judgement_count(story):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    spend(world, "2026-03-01", "1000", "outbound", "list")
    for age in (-1, 0, 30, 31, 90, 91):
        leads_with_talks(world, 10, 10, age=age)
        leads_with_talks(world, 10, 10, age=age, channel="outbound", source="list")
    # inbound by day 30: ages 0 and 30; outbound by day 90: 0, 30, 31, 90; the day before creation is an error
    inbound, outbound = world.run(KPI).rows.to_dicts()
    assert (inbound["denominator"], outbound["denominator"]) == (20, 40)
    assert (inbound["horizon_days"], outbound["horizon_days"]) == (30, 90)
    assert world.row(KPI, horizon=0)["denominator"] == 10


def test_this_months_spend_is_not_divided_by_this_months_conversations(story):
    # The pitfall: March costs 1000 and its leads talk in April; in April nothing is spent and no lead comes.
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    leads_with_talks(world, 20, 10, created="2026-03-25", age=20)
    spend(world, "2026-04-01", "0")
    leads_with_talks(world, 5, 0, created="2026-04-10")
    assert world.row(KPI, to_on="2026-03-31")["estimate"] == 100.0
    april = world.row(KPI, from_on="2026-04-01")
    assert (april["denominator"], april["numerator"], april["status"]) == (0, 0.0, "too_few")


@pytest.mark.parametrize(
    ("as_of", "month_count", "younger", "status"),
    [
        ("2026-04-29", 0, 1, "too_early"),
        ("2026-04-30", 1, 0, "ok"),  # 31 March + 30 days
    ],
)
def test_a_month_counts_when_its_youngest_lead_is_old_enough(story, as_of, month_count, younger, status):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    leads_with_talks(world, 20, 10)
    row = world.row(KPI, as_of=as_of)
    assert (row["month_count"], row["younger_month_count"], row["status"]) == (month_count, younger, status)
    assert row["estimate"] == (100.0 if status == "ok" else None)
    assert row["numerator"] == (1000.0 if status == "ok" else None)
    assert row["denominator"] == (10 if status == "ok" else 0)
    assert row["cost_at_least"] is None  # no month is judged yet: the cost of nothing is not 0


def test_months_cut_by_the_window_are_left_out_with_their_spend(story):
    world = story(AS_OF)
    for month, cost in (("2026-02-01", "5000"), ("2026-03-01", "1000"), ("2026-04-01", "7000")):
        spend(world, month, cost)
        leads_with_talks(world, 20, 10, created=month[:8] + "10")
    row = world.row(KPI, from_on="2026-02-02", to_on="2026-04-29")
    assert (row["numerator"], row["denominator"], row["estimate"]) == (1000.0, 10, 100.0)
    assert world.row(KPI)["numerator"] == 13000.0


def test_leads_of_a_month_without_spend_on_record_are_not_free(story):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    leads_with_talks(world, 20, 10)
    leads_with_talks(world, 50, 50, created="2026-05-10")
    row = world.row(KPI)
    assert (row["denominator"], row["estimate"], row["lead_count"]) == (10, 100.0, 20)


def test_a_channel_without_spend_on_record_has_no_cost(story):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    leads_with_talks(world, 20, 10)
    leads_with_talks(world, 50, 50, channel="outbound", source="list")
    row = world.row(KPI, "outbound")
    assert (row["status"], row["numerator"], row["denominator"], row["estimate"]) == (
        "not_available",
        None,
        0,
        None,
    )


def test_nine_conversations_give_no_cost_and_none_give_a_lower_limit(story):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    spend(world, "2026-03-01", "1000", "outbound", "list")
    leads_with_talks(world, 40, 9)
    leads_with_talks(world, 40, 0, channel="outbound", source="list")
    few, none = world.run(KPI).rows.to_dicts()
    for row, count in ((few, 9), (none, 0)):
        assert (row["status"], row["denominator"], row["n_old_enough"]) == ("too_few", count, 40)
        assert [row["estimate"], row["low"], row["high"]] == [None] * 3
    # nothing seen: at 3.0 expected conversations nothing is seen once in twenty times, exp(-3.0) = .05
    assert (few["cost_at_least"], none["cost_at_least"]) == (None, pytest.approx(1000 / log(20), rel=1e-12))


def test_channels_with_other_kinds_of_cost_are_not_on_the_same_basis(story):
    # the pitfall: media counted for inbound, the list and the salaries left out for outbound
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000", "inbound", "web", "media")
    spend(world, "2026-03-01", "1000", "inbound", "web", "labour")
    spend(world, "2026-03-01", "1000", "outbound", "list", "labour")
    leads_with_talks(world, 20, 10)
    leads_with_talks(world, 20, 10, channel="outbound", source="list")
    assert [row["is_same_basis"] for row in world.run(KPI).rows.to_dicts()] == [False, False]
    spend(world, "2026-03-01", "1000", "outbound", "list", "media")
    rows = world.run(KPI).rows.to_dicts()
    assert [(row["is_same_basis"], row["cost_kinds"]) for row in rows] == [(True, "labour, media")] * 2


def test_spend_that_names_a_source_only_goes_to_the_channel_of_its_leads(story):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000", None, "web")
    spend(world, "2026-03-01", "500", None, "fair")
    leads_with_talks(world, 20, 10, source="web")
    leads_with_talks(world, 20, 10, source="fair")
    leads_with_talks(world, 20, 10, source="fair", channel="outbound")
    # web is inbound; the fair brought both, so nobody knows whose the 500 are
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (1000.0, 20)
    assert world.row(KPI, "outbound")["status"] == "not_available"
    unknown = world.row(KPI, "unknown")
    assert (unknown["numerator"], unknown["denominator"], unknown["status"]) == (500.0, 0, "too_few")


@pytest.fixture(scope="module")
def mixed():
    """Two sources, 20 conversations for 1000 and 10 for 2000, and 300 spent on no source in particular."""
    world = Story(AS_OF)
    spend(world, "2026-03-01", "1000", "inbound", "web")
    spend(world, "2026-03-01", "2000", "inbound", "webinar")
    spend(world, "2026-03-01", "300", "inbound", None)
    leads_with_talks(world, 30, 20, source="web", segment="ent")
    leads_with_talks(world, 30, 10, source="webinar")
    return world


def test_a_slice_by_source_keeps_each_with_its_spend(mixed):
    rows = mixed.run(KPI, slice_by="source").rows.to_dicts()
    assert [(row["slice"], row["numerator"], row["denominator"], row["estimate"]) for row in rows] == [
        ("(blank)", 300.0, 0, None),
        ("web", 1000.0, 20, 50.0),
        ("webinar", 2000.0, 10, 200.0),
    ]
    assert mixed.row(KPI)["estimate"] == 110.0  # 3300 / 30
    assert mixed.row(KPI, sources=("webinar",))["estimate"] == 200.0


@pytest.mark.parametrize(
    "asked",
    [{"segments": ("ent",)}, {"regions": ("north",)}, {"slice_by": "segment"}, {"slice_by": "region"}],
)
def test_spend_is_not_known_by_segment_or_region(mixed, asked):
    for row in mixed.run(KPI, **asked).rows.to_dicts():
        assert (row["status"], row["numerator"], row["estimate"], row["low"]) == (
            "not_available",
            None,
            None,
            None,
        )
    assert mixed.run(KPI, **asked).rows.height >= 1


def test_a_conversation_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    leads = leads_with_talks(world, 30, 10)
    for lead in leads:
        talk(world, lead, "2027-01-01")
    assert world.row(KPI)["denominator"] == 10
    # seen from 5 April with everything judged at once, the talks of 6 April are still to come
    late = leads_with_talks(world, 10, 10, created="2026-03-31", age=6)
    assert len(late) == 10
    assert (world.row(KPI, as_of="2026-04-05", horizon=5)["denominator"], world.row(KPI)["denominator"]) == (
        10,
        20,
    )


def test_nobody_and_nothing_gives_no_row(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    spend(world, "2026-03-01", "1000")
    leads_with_talks(world, 30, 10)
    assert world.run(KPI, from_on="2026-05-01", to_on="2026-05-31").rows.height == 0


@pytest.mark.parametrize(
    ("extract", "column"),
    [("spend", "cost"), ("calls", "reached_role"), ("call_answers", "answered"), ("leads", "created_at")],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    spend(world, "2026-03-01", "1000")
    leads_with_talks(world, 30, 10)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "numerator", "estimate").rows() == [("not_available", None, None)] * 2
