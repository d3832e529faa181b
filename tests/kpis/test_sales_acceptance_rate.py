"""Sales acceptance: of the hand-offs, how many sales accepts within the promised days; and of those it decided on."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import exp, log, sqrt

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "sales_acceptance_rate"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def at(day):
    return datetime.combine(date.fromisoformat(day) if isinstance(day, str) else day, time(10))


def hand(world, count, handed, channel="inbound", accepted=None, rejected=None, **values):
    """Hand-offs of that day, accepted or rejected so many days later."""
    for lead in world.leads(count, channel, "2025-06-01", **values):
        start = at(handed)
        row = {"lead_id": lead, "handed_at": start, "handed_on": start.date()}
        for name, days in (("accepted", accepted), ("rejected", rejected)):
            if days is not None:
                row |= {
                    f"{name}_at": start + timedelta(days=days),
                    f"{name}_on": start.date() + timedelta(days),
                }
        world.add("handoffs", **row)


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_accepted_by_day_5_of_all_hand_offs_and_of_the_decided(story):
    world = story(AS_OF)
    hand(world, 50, "2026-01-05", accepted=1)
    hand(world, 10, "2026-01-05", accepted=5)  # day 5 itself is in time
    hand(world, 10, "2026-01-05", accepted=6)  # too late
    hand(world, 20, "2026-01-05", rejected=2)
    hand(world, 10, "2026-01-05")  # never answered
    # Nobody is censored before day 5: 60 of 100, variance p(1 - p)/n. Decided: 70 accepted of 90.
    low, high = loglog(0.6, sqrt(0.6 * 0.4 / 100))
    wilson = proportion_confint(70, 90, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 60,
            "denominator": 100,
            "estimate": pytest.approx(0.6, abs=1e-12),
            "low": pytest.approx(low, abs=1e-12),
            "high": pytest.approx(high, abs=1e-12),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 5,
            "judge_on": date(2026, 1, 10),
            "measure": "accepted_in_time",
        },
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 70,
            "denominator": 90,
            "estimate": pytest.approx(70 / 90, abs=1e-12),
            "low": pytest.approx(wilson[0], abs=1e-12),
            "high": pytest.approx(wilson[1], abs=1e-12),
            "n_old_enough": 90,
            "status": "ok",
            "horizon_days": None,
            "judge_on": None,
            "measure": "accepted_of_decided",
        },
    ]


def test_rejection_competes_and_waiting_hand_offs_are_censored(story):
    world = story(AS_OF)
    hand(world, 40, "2026-01-05", rejected=1)
    hand(world, 40, AS_OF - timedelta(days=2))  # two days old, no answer yet
    hand(world, 20, "2026-01-05", accepted=3)
    hand(world, 20, "2026-01-05")
    # Day 1: 40 of 120 rejected, S = 2/3. Day 2: 40 leave unseen. Day 3: 20 of 40 accepted, F = 2/3 x 1/2.
    row = lines(world)["accepted_in_time"]
    assert row["estimate"] == pytest.approx(1 / 3, abs=1e-12)
    assert (row["numerator"], row["denominator"], row["n_old_enough"], row["status"]) == (
        20,
        120,
        80,
        "provisional",
    )


def test_pitfall_sales_that_accepts_everything_shows_a_full_rate_beside_its_counter(story):
    world = story(AS_OF)
    hand(world, 100, "2026-01-05", accepted=0)
    found = lines(world)
    assert [row["estimate"] for row in found.values()] == [1.0, 1.0]
    assert found["accepted_of_decided"]["low"] == pytest.approx(
        proportion_confint(100, 100, method="wilson")[0]
    )
    # the same hand-offs are all ignored: the counter-KPI says so
    assert world.run(KPI).kpi.counter == "handoff_followthrough"
    assert world.row("handoff_followthrough")["ignored_share"] == 1.0


def test_an_answer_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    day = AS_OF - timedelta(days=5)
    hand(world, 40, day, accepted=5)
    hand(world, 40, day, accepted=6)
    hand(world, 40, day, rejected=6)
    row = lines(world)["accepted_in_time"]
    assert (row["numerator"], row["estimate"]) == (40, pytest.approx(40 / 120, abs=1e-12))
    # the two others are answered tomorrow: today nobody can know
    assert (
        lines(world)["accepted_of_decided"]["numerator"],
        lines(world)["accepted_of_decided"]["denominator"],
    ) == (40, 40)
    assert lines(world, as_of=day - timedelta(days=1)) == {}


def test_the_promised_days_are_a_setting(story):
    world = story(AS_OF)
    sla = world.settings.sla.model_copy(update={"acceptance_days": 7})
    world.settings = world.settings.model_copy(update={"sla": sla})
    hand(world, 50, "2026-01-05", accepted=6)
    hand(world, 50, "2026-01-05", accepted=8)
    row = lines(world)["accepted_in_time"]
    assert (row["horizon_days"], row["estimate"]) == (7, pytest.approx(0.5, abs=1e-12))


def test_the_gate_counts_hand_offs_that_are_five_days_old(story):
    world = story(AS_OF)
    cases = {
        "29": (29, 1, "too_early"),
        "few": (20, 5, "too_few"),
        "30": (30, 0, "provisional"),
        "99": (99, 9, "provisional"),
    }
    cases["100"] = (100, 0, "ok")
    for source, (old, young, _) in cases.items():
        hand(world, old, AS_OF - timedelta(days=5), accepted=1, source=source)
        hand(world, young, AS_OF - timedelta(days=4), accepted=1, source=source)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    found = {row["slice"]: row for row in rows if row["measure"] == "accepted_in_time"}
    for source, (old, young, status) in cases.items():
        row = found[source]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + young, status)
        assert [row[name] is None for name in ("estimate", "low", "high")] == [old < 30] * 3


def test_few_decided_hand_offs_give_no_share_of_the_decided(story):
    world = story(AS_OF)
    for count, source in ((9, "a"), (10, "b"), (30, "c")):
        hand(world, count, "2026-01-05", accepted=1, source=source)
        hand(world, 30, "2026-01-05", source=source)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    found = [(row["status"], row["estimate"]) for row in rows if row["measure"] == "accepted_of_decided"]
    assert found == [("too_few", None), ("provisional", 1.0), ("ok", 1.0)]


def test_a_hand_off_of_today_joins_tomorrow(story):
    world = story(AS_OF)
    hand(world, 40, "2026-01-05", accepted=1)
    before = lines(world)
    hand(world, 40, AS_OF, accepted=0)
    now = lines(world)
    assert now["accepted_of_decided"] == before["accepted_of_decided"]
    assert now["accepted_in_time"] == before["accepted_in_time"] | {"denominator": 80}


def test_nothing_in_the_window_gives_no_row_and_filters_choose(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    hand(world, 30, "2026-01-05", accepted=1)
    hand(world, 30, "2026-02-09", "outbound", rejected=1, segment="ent")
    assert world.run(KPI, from_on="2026-03-02", to_on="2026-03-29").rows.height == 0
    assert (
        lines(world, "outbound", from_on="2026-02-09", to_on="2026-02-15")["accepted_in_time"]["estimate"]
        == 0.0
    )
    assert lines(world, "inbound", from_on="2026-02-09") == {}
    assert world.run(KPI, segments=("ent",)).rows["channel"].to_list() == ["outbound"] * 2
    assert world.run(KPI, slice_by="segment").rows.select("slice", "channel").unique(
        maintain_order=True
    ).rows() == [
        ("ent", "outbound"),
        ("smb", "inbound"),
    ]


@pytest.mark.parametrize("column", ["handed_at", "accepted_at", "rejected_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    hand(world, 40, "2026-01-05", accepted=1)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'handoffs' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract handoffs"
    assert result.rows.select("channel", "status", "numerator", "estimate").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
