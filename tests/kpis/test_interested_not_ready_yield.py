"""Interested-not-ready yield: how many leads that said `not now` come back, beside those first called no fit."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest

KPI = "interested_not_ready_yield"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def days_before(days):
    return AS_OF - timedelta(days=days)


def told(world, count, disposition="interested_not_ready", channel="outbound", day="2026-02-02", **values):
    """Leads created the day before, that said so on that day."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    leads = world.leads(count, channel, day - timedelta(days=1), **values)
    for lead in leads:
        world.call(lead, day, disposition)
    return leads


def qualify(world, leads, day):
    for row in world.rows["fact_leads"]:
        if row["lead_id"] in leads:
            row["sql_on"] = date.fromisoformat(day) if isinstance(day, str) else day


def lines(world, channel="outbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_back_by_day_180_after_the_call_beside_no_fit(story):
    world = story(AS_OF)
    leads = told(world, 100)
    for lead in leads[:20]:
        world.meeting(lead, "2026-05-01")
    qualify(world, leads[20:30], "2026-08-01")  # 180 days after 2 February
    for lead in leads[30:40]:
        world.meeting(lead, "2026-08-02")  # too late
    for lead in told(world, 50, "no_fit")[:5]:
        world.meeting(lead, "2026-03-02")
    # Nobody is censored before day 180: 30 of 100 and 5 of 50, variance p(1 - p)/n.
    expected = {"interested_not_ready": (30, 100, "ok"), "no_fit": (5, 50, "provisional")}
    rows = world.run(KPI).rows.to_dicts()
    assert [row["measure"] for row in rows] == list(expected)
    for row in rows:
        part, whole, status = expected[row["measure"]]
        low, high = loglog(part / whole, sqrt(part / whole * (1 - part / whole) / whole))
        assert row == {
            "slice": "all",
            "channel": "outbound",
            "numerator": part,
            "denominator": whole,
            "estimate": pytest.approx(part / whole, abs=1e-12),
            "low": pytest.approx(low, abs=1e-12),
            "high": pytest.approx(high, abs=1e-12),
            "n_old_enough": whole,
            "status": status,
            "horizon_days": 180,
            "judge_on": date(2026, 8, 1) if whole == 100 else row["judge_on"],
            "measure": row["measure"],
        }


def test_only_what_comes_after_the_first_such_call_is_a_return(story):
    world = story(AS_OF)
    leads = told(world, 40)
    qualify(world, leads[:10], "2026-02-02")  # on the day itself
    for lead in leads[10:20]:
        world.meeting(lead, "2026-02-01")  # before
    for lead in leads[20:30]:
        world.meeting(lead, "2026-02-01")
        world.meeting(lead, "2026-03-01")  # before, and again after
    for lead in leads[30:]:
        world.call(lead, "2026-06-01", "interested_not_ready")
        world.meeting(lead, "2026-04-01")  # after the first, before the second
    assert lines(world)["interested_not_ready"]["numerator"] == 20


def test_young_calls_are_censored_and_a_win_competes(story):
    world = story(AS_OF)
    old = told(world, 60)
    young = told(world, 60, day=days_before(90))
    for lead in old[:20]:
        world.won(lead, "2026-02-12")
    for lead in young[:20]:
        world.won(lead, days_before(80))
    for lead in old[20:40]:
        world.meeting(lead, "2026-06-02")
    # Day 10: 40 of 120 won, S = 2/3. Day 90: 40 leave unseen. Day 120: 20 of 40, F = 2/3 x 1/2.
    row = lines(world)["interested_not_ready"]
    assert row["estimate"] == pytest.approx(1 / 3, abs=1e-12)
    assert (row["n_old_enough"], row["denominator"], row["status"]) == (60, 120, "provisional")


def test_whoever_was_closed_may_still_come_back(story):
    # A no fit is closed by the call itself: were that to compete, none of them could ever return.
    world = story(AS_OF)
    for disposition in ("interested_not_ready", "no_fit"):
        for place, lead in enumerate(told(world, 40, disposition)):
            closed = ["2026-02-01", "2026-02-02", "2026-02-12", None][
                place % 4
            ]  # before, with and after the call
            world.rows["fact_leads"][-40 + place]["disqualified_on"] = closed and date.fromisoformat(closed)
            if place < 20:
                world.meeting(lead, "2026-06-02")
    assert {name: (row["numerator"], row["estimate"]) for name, row in lines(world).items()} == {
        "interested_not_ready": (20, pytest.approx(0.5, abs=1e-12)),
        "no_fit": (20, pytest.approx(0.5, abs=1e-12)),
    }


def test_a_lead_won_by_the_day_of_the_call_is_a_customer_and_left_out(story):
    world = story(AS_OF)
    leads = told(world, 50)
    for lead, day in zip(leads, ("2026-02-01", "2026-02-02", "2026-02-03"), strict=False):
        world.won(lead, day)
    assert lines(world)["interested_not_ready"]["denominator"] == 48


def test_pitfall_a_return_under_another_lead_id_is_not_recognised(story):
    world = story(AS_OF)
    for lead in told(world, 40):
        again = world.lead("outbound", "2026-04-01", account_id=f"account of {lead}")
        world.meeting(again, "2026-05-01")
    row = lines(world)["interested_not_ready"]
    assert (row["numerator"], row["denominator"], row["estimate"]) == (0, 40, 0.0)
    assert any("another lead id" in caveat for caveat in world.run(KPI).kpi.caveats)


def test_channels_are_judged_at_equal_age(story):
    world = story(AS_OF)
    for channel in ("inbound", "outbound"):
        for lead in told(world, 40, channel=channel)[:10]:
            world.meeting(lead, "2026-03-02")
    found = world.run(KPI).rows.select("channel", "horizon_days", "estimate").rows()
    assert [row[:2] for row in found] == [("inbound", 180), ("outbound", 180)]
    assert [row[2] for row in found] == pytest.approx([0.25, 0.25], abs=1e-12)
    assert world.run(KPI, horizon=365).rows["status"].to_list() == ["too_early", "too_early"]


def test_a_return_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = told(world, 40, day=days_before(180))
    for lead in leads[:10]:
        world.meeting(lead, AS_OF)
    for lead in leads[10:20]:
        world.meeting(lead, AS_OF + timedelta(days=1))
    qualify(world, leads[20:30], AS_OF + timedelta(days=1))
    row = lines(world)["interested_not_ready"]
    assert (row["numerator"], row["estimate"]) == (10, pytest.approx(0.25, abs=1e-12))
    assert world.run(KPI, as_of=days_before(181)).rows.height == 0


def test_the_gate_counts_calls_that_are_180_days_old(story):
    world = story(AS_OF)
    cases = {
        "a": (29, 1, "too_early"),
        "b": (20, 5, "too_few"),
        "c": (30, 9, "provisional"),
        "d": (100, 0, "ok"),
    }
    for source, (old, young, _) in cases.items():
        told(world, old, day=days_before(180), source=source)
        told(world, young, day=days_before(179), source=source)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    assert [row["slice"] for row in rows] == list(cases)
    for row in rows:
        old, young, status = cases[row["slice"]]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + young, status)
        assert [row[name] is None for name in ("estimate", "low", "high")] == [old < 30] * 3


def test_an_empty_window_a_filter_and_a_slice(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    told(world, 30)
    told(world, 40, channel="inbound", day="2026-03-02", segment="ent")
    assert world.run(KPI, from_on="2026-04-06", to_on="2026-05-03").rows.height == 0
    # days of the call: the leads of 1 March called on the 2nd are in the week of the 2nd
    assert world.run(KPI, from_on="2026-03-02", to_on="2026-03-08").rows["channel"].to_list() == ["inbound"]
    assert world.run(KPI, segments=("ent",)).rows["denominator"].to_list() == [40]
    assert world.run(KPI, slice_by="segment").rows.select("slice", "channel", "denominator").rows() == [
        ("ent", "inbound", 40),
        ("smb", "outbound", 30),
    ]


@pytest.mark.parametrize(
    ("extract", "column"), [("calls", "outcome_code"), ("leads", "sql_at"), ("meetings", "held_at")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    told(world, 40)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "numerator", "estimate").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
