"""Hand-off follow-through: of the hand-offs sales accepted, how many it touches within the promised days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import exp, log, sqrt

import pytest

KPI = "handoff_followthrough"
AS_OF = date(2026, 12, 31)


def loglog(share, se, z=1.959963984540054):
    """Kalbfleisch and Prentice: share ** exp(-+ z se / (share ln share))."""
    return [share ** exp(sign * z * se / (share * log(share))) for sign in (-1, 1)]


def accept(world, count, accepted, channel="inbound", touched=None, **values):
    """Hand-offs accepted on that day (None: never), touched so many days after."""
    for lead in world.leads(count, channel, "2025-06-01", **values):
        start = datetime.combine(
            date.fromisoformat(accepted) if isinstance(accepted, str) else accepted, time(10)
        )
        row = {
            "lead_id": lead,
            "handed_at": start - timedelta(days=1),
            "handed_on": start.date() - timedelta(days=1),
        }
        row |= {"accepted_at": start, "accepted_on": start.date()}
        if touched is not None:
            touch = start + timedelta(days=touched)
            row |= {"first_sales_touch_at": touch, "first_sales_touch_on": touch.date()}
        world.add("handoffs", **row)


def test_touched_by_day_2_of_the_accepted_and_the_rest_is_ignored(story):
    world = story(AS_OF)
    accept(world, 50, "2026-01-05", touched=0)
    accept(world, 20, "2026-01-05", touched=2)  # day 2 itself is in time
    accept(world, 15, "2026-01-05", touched=3)
    accept(world, 15, "2026-01-05")
    # Nobody is censored before day 2: 70 of 100, variance p(1 - p)/n; ignored is the complement, limits turned round.
    low, high = (pytest.approx(limit, abs=1e-12) for limit in loglog(0.7, sqrt(0.7 * 0.3 / 100)))
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 70,
            "denominator": 100,
            "estimate": pytest.approx(0.7, abs=1e-12),
            "low": low,
            "high": high,
            "n_old_enough": 100,
            "status": "ok",
            "ignored_share": pytest.approx(0.3, abs=1e-12),
            "ignored_low": pytest.approx(1 - high.expected, abs=1e-12),
            "ignored_high": pytest.approx(1 - low.expected, abs=1e-12),
            "horizon_days": 2,
            "judge_on": date(2026, 1, 7),
        }
    ]


def test_hand_offs_accepted_lately_are_censored_not_ignored(story):
    world = story(AS_OF)
    accept(world, 40, "2026-01-05", touched=1)
    accept(world, 20, "2026-01-05", touched=2)
    accept(world, 20, "2026-01-05")
    accept(world, 40, AS_OF - timedelta(days=1))
    # Day 1: 40 of 120, F = 1/3; then 40 leave unseen; day 2: 20 of the 40 at risk, F = 1/3 + 2/3 x 1/2 = 2/3.
    row = world.row(KPI)
    assert row["estimate"] == pytest.approx(2 / 3, abs=1e-12)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (60, 120, 80)


def test_a_hand_off_that_was_not_accepted_is_not_asked_for(story):
    world = story(AS_OF)
    accept(world, 40, "2026-01-05", touched=1)
    for lead in world.leads(40, "inbound", "2025-06-01"):
        touch = datetime(2026, 1, 6)
        world.add("handoffs", lead_id=lead, handed_at=datetime(2026, 1, 5), handed_on=date(2026, 1, 5),
                  rejected_at=touch, rejected_on=touch.date(), first_sales_touch_at=touch,
                  first_sales_touch_on=touch.date())  # fmt: skip
    assert world.row(KPI)["denominator"] == 40


def test_pitfall_whatever_the_extract_calls_a_touch_counts_even_before_the_acceptance(story):
    # an automatic e-mail at the hand-off, a day before acceptance, is indistinguishable: it counts at age 0
    world = story(AS_OF)
    accept(world, 40, "2026-01-05", touched=-1)
    accept(world, 60, "2026-01-05")
    assert world.row(KPI)["estimate"] == pytest.approx(0.4, abs=1e-12)
    assert any("machine" in caveat for caveat in world.run(KPI).kpi.caveats)


def test_a_touch_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    accept(world, 40, AS_OF - timedelta(days=2), touched=2)
    accept(world, 60, AS_OF - timedelta(days=1), touched=2)
    row = world.row(KPI)
    assert (row["numerator"], row["n_old_enough"]) == (40, 40)
    assert world.run(KPI, as_of=AS_OF - timedelta(days=3)).rows.height == 0


def test_the_promised_days_are_a_setting(story):
    world = story(AS_OF)
    sla = world.settings.sla.model_copy(update={"touch_days": 4})
    world.settings = world.settings.model_copy(update={"sla": sla})
    accept(world, 50, "2026-01-05", touched=4)
    accept(world, 50, "2026-01-05", touched=5)
    row = world.row(KPI)
    assert (row["horizon_days"], row["estimate"]) == (4, pytest.approx(0.5, abs=1e-12))


def test_the_gate_counts_acceptances_that_are_two_days_old(story):
    world = story(AS_OF)
    cases = {
        "a": (29, 1, "too_early"),
        "b": (20, 5, "too_few"),
        "c": (30, 9, "provisional"),
        "d": (100, 0, "ok"),
    }
    for source, (old, young, _) in cases.items():
        accept(world, old, AS_OF - timedelta(days=2), touched=0, source=source)
        accept(world, young, AS_OF - timedelta(days=1), touched=0, source=source)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    assert [row["slice"] for row in rows] == list(cases)
    for row in rows:
        old, young, status = cases[row["slice"]]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + young, status)
        names = ("estimate", "low", "high", "ignored_share", "ignored_low", "ignored_high")
        assert [row[name] is None for name in names] == [old < 30] * 6


def test_an_empty_window_a_filter_and_a_slice(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    accept(world, 30, "2026-01-05", touched=0)
    accept(world, 40, "2026-02-09", "outbound", segment="ent")
    assert world.run(KPI, from_on="2026-03-02", to_on="2026-03-29").rows.height == 0
    assert world.run(KPI, segments=("ent",)).rows.select("channel", "numerator", "denominator").rows() == [
        ("outbound", 0, 40)
    ]
    assert world.run(KPI, slice_by="segment").rows.select("slice", "channel", "numerator").rows() == [
        ("ent", "outbound", 0),
        ("smb", "inbound", 30),
    ]
    assert world.run(KPI, from_on="2026-02-09", to_on="2026-02-15").rows["channel"].to_list() == ["outbound"]


@pytest.mark.parametrize("column", ["accepted_at", "first_sales_touch_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    accept(world, 40, "2026-01-05", touched=1)
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
