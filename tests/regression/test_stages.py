"""Mistakes of other products about stages of a deal: funnels of survivors, stages counted twice or jumped (P4, P6, P14d, P16, P21)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

AS_OF = date(2026, 12, 31)
OPENED = date(2026, 3, 2)


def deals(world, count, stages, outcome="open", days=None):
    """`count` deals that enter these stages ten days apart, closed after so many days."""
    for lead in world.leads(count, "outbound", OPENED):
        closed = None if days is None else OPENED + timedelta(days=days)
        world.opportunity(lead, OPENED, outcome, closed, 1000, opportunity_id=f"deal of {lead}")
        for place, stage in enumerate(stages):
            on = OPENED + timedelta(days=10 * place)
            moment = datetime.combine(on, datetime.min.time())
            world.add(
                "opportunity_changes",
                opportunity_id=f"deal of {lead}",
                changed_at=moment,
                changed_on=on,
                stage=stage,
            )


def ladder(world):
    rows = world.run("stage_ladder").rows.sort("stage_order").to_dicts()
    return {row["measure"]: row for row in rows}


def test_p4_lost_deals_stay_in_the_stages_that_they_reached(story):
    # ten times the case: 100 enter qualification, 40 are lost there, 60 reach proposal: 30 won, 10 lost, 20 open
    world = story(AS_OF)
    deals(world, 40, ["Qualification"], "lost", 30)
    deals(world, 30, ["Qualification", "Proposal"], "won", 60)
    deals(world, 10, ["Qualification", "Proposal"], "lost", 60)
    deals(world, 20, ["Qualification", "Proposal"])
    found = ladder(world)
    assert [found[stage]["entered_count"] for stage in ("qualification", "proposal")] == [100, 60]
    assert found["qualification"]["won_count"] == 30
    assert (found["qualification"]["estimate"], found["qualification"]["status"]) == (0.6, "ok")
    assert [found[stage]["lost_count"] for stage in ("qualification", "proposal")] == [40, 10]
    assert [found[stage]["open_count"] for stage in ("qualification", "proposal")] == [0, 20]


def test_p6_back_and_forth_is_counted_once_and_one_move_back_as_friction(story):
    world = story(AS_OF)
    deals(world, 1, ["Proposal", "Negotiation", "Proposal", "Negotiation"])
    found = ladder(world)
    assert [found[stage]["entered_count"] for stage in ("proposal", "negotiation")] == [1, 1]
    assert world.row("stage_friction", "outbound")["regression_count"] == 1


def test_p14d_events_stand_in_order_of_time_and_a_win_taken_back_is_listed(loaded):
    ask, manifest = loaded(
        leads="lead_id,created_at\nL1,2026-01-01\nL2,2026-01-01\n",
        opportunities="opportunity_id,lead_id,created_at,stage,closed_at,outcome,amount\n"
        "O1,L1,2026-02-01,Closed Lost,2026-03-05,lost,\nO2,L2,2026-02-01,Closed Won,2026-03-01,won,5\n",
        # the file is not in order of time
        opportunity_changes="opportunity_id,changed_at,stage\nO1,2026-03-05,Closed Lost\nO1,2026-03-01,Closed Won\n"
        "O1,2026-02-01,Proposal\nO2,2026-03-01,Closed Won\n",
    )
    assert ask("select opportunity_id, outcome from snapshot.fact_opportunities order by 1") == [
        ("O1", "lost"),
        ("O2", "won"),
    ]
    states = (
        "select stage from snapshot.fact_opportunity_changes where opportunity_id = 'O1' order by changed_at"
    )
    assert ask(states) == [("Proposal",), ("Closed Won",), ("Closed Lost",)]
    # counted as won nowhere: one win in the whole world
    assert ask("select count(*) from leads_as_of(date '2026-03-06') where won_on is not null") == [(1,)]
    assert ask("select line, found from snapshot.findings where code = 'wins_taken_back'") == [
        (2, "O1: lost")
    ]
    assert manifest.findings["wins_taken_back"] == 1


def test_p16_open_deals_are_not_lost_and_a_jumped_stage_was_not_entered(story):
    # ten times the case: of 100 deals 20 are won, 30 lost, 50 open
    world = story(AS_OF)
    deals(world, 20, ["Discovery", "Demo", "Proposal"], "won", 60)
    deals(world, 30, ["Discovery"], "lost", 60)
    deals(world, 49, ["Discovery"])
    deals(world, 1, ["Discovery", "Proposal"])
    row = world.row("sales_cycle_length", "outbound")
    assert [row["won_by_horizon"], row["lost_by_horizon"], row["open_at_horizon"]] == [None] * 3
    early = world.row("sales_cycle_length", "outbound", horizon=300)
    # all 100 are 300 days old: the rate stands on them
    assert early["n_old_enough"] == 100
    assert [early["won_by_horizon"], early["lost_by_horizon"], early["open_at_horizon"]] == pytest.approx(
        [0.2, 0.3, 0.5], abs=1e-12
    )
    demo = ladder(world)["demo"]
    assert (demo["skipped_count"], demo["entered_count"]) == (1, 20)


def test_p21_who_skips_a_stage_is_still_in_the_next(story):
    # ten times the case: 60 go 1, 2, 3; 20 go from 1 to 3; 20 stay in 1
    world = story(AS_OF)
    deals(world, 60, ["Discovery", "Demo", "Proposal"])
    deals(world, 20, ["Discovery", "Proposal"])
    deals(world, 20, ["Discovery"])
    found = ladder(world)
    assert {stage: (row["entered_count"], row["skipped_count"]) for stage, row in found.items()} == {
        "created": (100, 0),
        "discovery": (100, 0),
        "demo": (60, 20),
        "proposal": (80, 0),
    }
