"""Weak leads chased too long: the share of dials to leads that had left eight of them without any sign."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from scipy.stats import norm

KPI = "overchase_effort_share"
AS_OF = date(2026, 12, 31)
FIRST = date(2026, 3, 2)
Z = norm.ppf(0.975)


def wilson(share, n):
    """Wilson 1927 by its formula, for an n that need not be whole."""
    centre, half = share + Z**2 / (2 * n), Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return [(centre + sign * half) / (1 + Z**2 / n) for sign in (-1, 1)]


def dial(world, lead, count, first=FIRST, disposition="unreachable", **values):
    """One dial a day from `first` on."""
    for place in range(count):
        day = first + timedelta(days=place)
        started = datetime.combine(day, time(10))
        world.call(lead, day, disposition, **({"started_at": started, "direction": "outbound"} | values))


def chased(world, leads, count, channel="inbound", first=FIRST, **values):
    for lead in world.leads(leads, channel, "2026-01-01", **values):
        dial(world, lead, count, first)


def test_dials_after_the_eighth_unanswered_one_with_limits_between_accounts(story):
    world = story(AS_OF)
    chased(world, 5, 12)
    chased(world, 20, 2)
    # 4 late dials in each of 5 accounts: 20 of 60 + 40 = 100, p = .2. Residuals 4 - 2.4 = 1.6 and 0 - .4:
    # squares 5 x 2.56 + 20 x .16 = 16; variance 25/24 x 16 / 100^2; n it is worth: .16 / that = 96.
    row = world.row(KPI)
    low, high = wilson(0.2, 96)
    assert row == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 20,
        "denominator": 100,
        "estimate": pytest.approx(0.2, abs=1e-12),
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 100,
        "status": "ok",
        "patience_touches": 8,
        "late_lead_count": 5,
        "account_count": 25,
    }


def test_leads_of_one_account_are_one_cluster(story):
    world = story(AS_OF)
    chased(world, 3, 12, account_id="big")
    chased(world, 12, 2)
    # late 12 of 60, p = .2; residuals 12 - 7.2 = 4.8 and 12 x -.4: squares 23.04 + 1.92; variance 13/12 x 24.96 / 60^2
    row = world.row(KPI)
    low, high = wilson(0.2, 0.16 / (13 / 12 * 24.96 / 60**2))
    assert (row["account_count"], row["late_lead_count"]) == (13, 3)
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-9)


def test_without_a_late_dial_every_account_counts_once(story):
    world = story(AS_OF)
    chased(world, 10, 8)  # the eighth is still within patience
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["estimate"]) == (0, 80, 0.0)
    # dials are correlated and show no variance: the ten accounts are what is known
    assert [row["low"], row["high"]] == pytest.approx([0.0, wilson(0, 10)[1]], abs=1e-12)


@pytest.mark.parametrize(
    ("sign", "late"),
    [
        (lambda world, lead: None, 4),
        # a conversation before the ninth dial: no late one; after the tenth: two were late, not the rest
        (lambda world, lead: dial(world, lead, 1, FIRST - timedelta(days=1), "callback_requested"), 0),
        (
            lambda world, lead: dial(
                world, lead, 1, FIRST + timedelta(days=9), "qualified", started_at=datetime(2026, 3, 11, 12)
            ),
            2 + 1,
        ),
        (
            lambda world, lead: dial(world, lead, 1, FIRST, "voicemail", direction="inbound"),
            0,
        ),  # the lead called us
        (lambda world, lead: world.meeting(lead, FIRST + timedelta(days=2)), 0),
        (
            lambda world, lead: world.meeting(lead, FIRST + timedelta(days=10)),
            3,
        ),  # dials of days 9, 10 and 11 came first
        (lambda world, lead: world.meeting(lead, None), 4),  # booked and never held
        (
            lambda world, lead: dial(world, lead, 1, FIRST - timedelta(days=1), "gatekeeper_block"),
            5,
        ),  # no sign of the lead
    ],
)
def test_what_is_a_sign(story, sign, late):
    world = story(AS_OF)
    chased(world, 5, 12)
    for row in list(world.rows["fact_leads"]):
        sign(world, row["lead_id"])
    assert world.row(KPI)["numerator"] == 5 * late


def test_a_code_without_meaning_is_neither_answered_nor_unanswered(story):
    world = story(AS_OF)
    for lead in world.leads(5, "inbound", "2026-01-01"):
        dial(world, lead, 4, disposition="unmapped")
        dial(world, lead, 9, FIRST + timedelta(days=10))
    # 13 dials, of which only the ninth readable one comes after eight unanswered
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (5, 65)


def test_calls_that_come_in_and_dials_without_a_lead_are_no_touches(story):
    world = story(AS_OF)
    chased(world, 5, 12)
    before = world.run(KPI).rows
    for lead in world.leads(30, "inbound", "2026-01-01"):
        dial(world, lead, 1, direction="inbound")
    for place in range(30):
        world.call(
            None, FIRST, "unreachable", started_at=datetime(2026, 3, 2, 9, place), direction="outbound"
        )
    assert world.run(KPI).rows.equals(before)
    chased(world, 30, 1, first=FIRST)
    for row in world.rows["fact_calls"]:
        row["direction"] = None if row["direction"] == "outbound" else row["direction"]
    assert world.row(KPI)["denominator"] == 90  # a call without a direction is a dial


def test_dials_before_the_window_count_towards_patience(story):
    world = story(AS_OF)
    chased(world, 5, 12)
    row = world.row(KPI, from_on=FIRST + timedelta(days=6), to_on=FIRST + timedelta(days=9))
    # days 7 to 10 of each: two within patience, two late
    assert (row["numerator"], row["denominator"], row["estimate"]) == (10, 20, 0.5)


def test_pitfall_the_number_is_set_beforehand_and_not_read_off_the_same_leads(story):
    world = story(AS_OF)
    chased(world, 5, 12)
    before = world.row(KPI)
    # leads that converted at their third dial would pull a number estimated here down to 3
    for lead in world.leads(40, "outbound", "2026-01-01"):
        dial(world, lead, 2)
        dial(world, lead, 1, FIRST + timedelta(days=2), "qualified")
    assert world.row(KPI) == before
    effort = world.settings.effort.model_copy(update={"patience_touches": 3})
    world.settings = world.settings.model_copy(update={"effort": effort})
    world.con = None
    row = world.row(KPI)
    assert (row["patience_touches"], row["numerator"]) == (3, 45)


def test_a_dial_or_a_sign_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    chased(world, 5, 12, first=AS_OF - timedelta(days=9))
    for row in list(world.rows["fact_leads"]):
        world.meeting(row["lead_id"], AS_OF + timedelta(days=1))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (10, 50)
    assert world.row(KPI, as_of=AS_OF - timedelta(days=1))["numerator"] == 5
    assert world.run(KPI, as_of=AS_OF - timedelta(days=10)).rows.height == 0


def test_few_dials_give_no_share(story):
    world = story(AS_OF)
    cases = {"a": (9, "too_few"), "b": (10, "provisional"), "c": (29, "provisional"), "d": (30, "ok")}
    for source, (count, _) in cases.items():
        chased(world, count, 1, source=source)
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    assert [row["slice"] for row in rows] == list(cases)
    for row in rows:
        count, status = cases[row["slice"]]
        assert (row["status"], row["n_old_enough"]) == (status, count)
        assert row["estimate"] == (0.0 if count >= 10 else None)
        assert [row["low"] is None, row["high"] is None] == [count < 10] * 2


def test_an_empty_window_a_filter_and_a_slice(story):
    world = story(AS_OF)
    assert world.run(KPI).rows.height == 0
    chased(world, 5, 12)
    chased(world, 5, 9, "outbound", segment="ent")
    assert world.run(KPI, from_on="2026-06-01").rows.height == 0
    assert world.run(KPI, segments=("ent",)).rows.select("channel", "numerator", "denominator").rows() == [
        ("outbound", 5, 45)
    ]
    assert world.run(KPI, slice_by="segment").rows.select("slice", "channel", "numerator").rows() == [
        ("ent", "outbound", 5),
        ("smb", "inbound", 20),
    ]


@pytest.mark.parametrize("column", ["outcome_code", "direction", "lead_id"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    chased(world, 5, 12)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("channel", "status", "numerator", "estimate").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
