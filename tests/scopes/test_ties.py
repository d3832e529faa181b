"""What a scope says of a lead or an account hangs neither on the order of rows nor on what was not yet known."""

from __future__ import annotations

from datetime import date

import pytest

from leadquality.scope import Scope

AS_OF = date(2026, 12, 31)


@pytest.fixture(params=["as told", "reversed"])
def told(request, story):
    """A function that gives the database of a world, its rows in the order told or the other way round."""

    def database(world):
        for rows in world.rows.values() if request.param == "reversed" else ():
            rows.reverse()
        return world.database()

    return database


def test_of_two_wins_on_one_day_the_smaller_id_gives_the_amount(story, told):
    world = story(AS_OF)
    lead = world.lead()
    world.opportunity(lead, "2025-02-01", "won", "2025-03-01", 700, opportunity_id="b")
    world.opportunity(lead, "2025-02-01", "won", "2025-03-01", 300, opportunity_id="a")
    world.opportunity(lead, "2025-02-01", "won", "2025-03-02", 900, opportunity_id="0")
    rows = told(world).sql(f"select won_on, won_amount::integer from leads_as_of(date '{AS_OF}')").fetchall()
    assert rows == [(date(2025, 3, 1), 300)]


def test_the_unknown_amount_of_a_first_win_is_not_taken_from_a_later_one(story, told):
    world = story(AS_OF)
    lead = world.lead()
    world.won(lead, "2025-03-01", None)
    world.won(lead, "2025-06-01", 900)
    rows = told(world).sql(f"select won_on, won_amount from leads_as_of(date '{AS_OF}')").fetchall()
    assert rows == [(date(2025, 3, 1), None)]


def test_two_leads_of_an_account_won_on_one_day_give_it_one_channel(story, told):
    world = story(AS_OF)
    for channel, opportunity, expansion in (("outbound", "b", 500), ("inbound", "a", 200)):
        lead = world.lead(channel, account_id="acme")
        world.opportunity(lead, "2025-02-01", "won", "2025-03-01", 100, opportunity_id=opportunity)
        world.add(
            "revenue", account_id="acme", booked_on=date(2025, 9, 1), kind="expansion", arr_amount=expansion
        )
    rows = (
        told(world).sql(f"select channel, amount::integer from journey_expanded(date '{AS_OF}')").fetchall()
    )
    assert rows == [("inbound", 200)]


def test_two_first_opportunities_of_an_account_give_it_one_amount(story, told):
    world = story(AS_OF)
    world.add("account_sets", account_id="acme", set_id="s", targeted_on=date(2025, 1, 1))
    for lead_id, opportunity, amount in (("y", "b", 500), ("x", "a", 200)):
        lead = world.lead("outbound", lead_id=lead_id, account_id="acme", segment=f"segment of {lead_id}")
        world.opportunity(lead, "2025-02-01", acv=amount, opportunity_id=opportunity, account_id="acme")
    rows = (
        told(world)
        .sql(f"select segment, amount::integer from journey_account_opportunity(date '{AS_OF}')")
        .fetchall()
    )
    assert rows == [("segment of x", 200)]


def test_of_two_losses_on_one_day_the_larger_id_gives_the_reason(story, told):
    # the last word counts: a silent end is one without a decision
    world = story(AS_OF)
    lead = world.lead()
    world.meeting(lead, "2025-01-10")
    world.opportunity(lead, "2025-01-10", "lost", "2025-02-01", opportunity_id="a", loss_reason="no response")
    world.opportunity(lead, "2025-01-10", "lost", "2025-02-01", opportunity_id="b", loss_reason="price")
    rows = (
        told(world).sql(f"select reached_at, ended_at::date from journey_silent(date '{AS_OF}')").fetchall()
    )
    assert rows == [(None, date(2025, 2, 1))]


def test_a_call_to_a_lead_that_is_not_created_yet_has_no_channel(story):
    world = story(AS_OF)
    lead = world.lead("outbound", "2025-03-01", source="list")
    world.call(lead, "2025-02-01")
    asked = "select channel, source, lead_created_on from scope_calls($scope)"
    for day, found in (
        ("2025-02-28", ("unknown", "(blank)", None)),
        ("2025-03-01", ("outbound", "list", date(2025, 3, 1))),
    ):
        scope = Scope(date.fromisoformat(day)).parameters()
        assert world.database().sql(asked, params={"scope": scope}).fetchall() == [found]


def test_an_opportunity_of_a_lead_that_is_not_created_yet_is_not_seen(story):
    world = story(AS_OF)
    world.add("account_sets", account_id="acme", set_id="s", targeted_on=date(2025, 1, 1))
    world.opportunity(
        world.lead("outbound", "2025-03-01", account_id="acme"), "2025-02-01", account_id="acme"
    )
    con = world.database()
    early, late = date(2025, 2, 28), date(2025, 3, 1)
    for day, count in ((early, 0), (late, 1)):
        found = con.sql(
            "select * from scope_opportunities($scope)", params={"scope": Scope(day).parameters()}
        ).fetchall()
        assert len(found) == count
        assert len(con.sql(f"select * from journey_deal_won(date '{day}')").fetchall()) == count
        reached = con.sql(
            f"select count(reached_at) from journey_account_opportunity(date '{day}')"
        ).fetchall()
        assert reached == [(count,)]


def test_a_dismissed_lead_without_an_account_returns_by_its_own_opportunity(story):
    world = story(AS_OF)
    for lead_id in ("x", "y"):
        world.lead(lead_id=lead_id, account_id=None, disqualified="2025-02-01")
    world.opportunity("x", "2025-05-01", account_id=None)
    rows = world.database().sql(
        f"select lead_id, reached_at::date from journey_return_dismissed(date '{AS_OF}') order by all"
    )
    assert rows.fetchall() == [("x", date(2025, 5, 1)), ("y", None)]
