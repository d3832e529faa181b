"""Contact rate: of the workable leads old enough, how many had a live conversation by the channel's age."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "contact_rate"
AS_OF = date(2026, 12, 31)
BORN = date(2026, 3, 2)


def called(world, count, *dispositions, channel="inbound", created=BORN, after=3, **values):
    """Leads dialled with these outcomes, all on one day of their life."""
    leads = world.leads(count, channel, created, **values)
    for lead in leads:
        for disposition in dispositions:
            world.call(lead, created + timedelta(days=after), disposition, direction="outbound")
    return leads


def days_before(days):
    return AS_OF - timedelta(days=days)


def test_leads_never_reached_stay_in_with_the_workable_share_of_the_known(story):
    world = story(AS_OF)
    called(world, 30, "voicemail", "connected_no_result")
    called(world, 6, "gatekeeper_block")
    called(world, 12, "wrong_contact")
    called(world, 40, "voicemail")
    world.leads(12, "inbound", BORN)
    # 36 workable, 12 not, 52 unknown of 100: e = 36/48 = .75; 30 / (36 + .75 x 52) = 30/75 = .4;
    # with no unknown workable 30/36, with all 30/88. Dials: 60 + 6 + 12 + 40 = 118.
    low, high = proportion_confint(30, 75, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 30,
            "denominator": 75.0,
            "estimate": pytest.approx(0.4, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 14,
            "workable_share": 0.75,
            "rate_if_no_unknown_is_workable": pytest.approx(30 / 36, abs=1e-12),
            "rate_if_every_unknown_is_workable": pytest.approx(30 / 88, abs=1e-12),
            "share_of_all_leads": pytest.approx(0.3, abs=1e-12),
            "dials_per_lead": pytest.approx(1.18, abs=1e-12),
        }
    ]


def test_unreachable_leads_are_not_dropped_from_the_denominator(story):
    world = story(AS_OF)
    called(world, 50, "qualified")
    assert world.row(KPI)["estimate"] == 1.0
    closed = BORN + timedelta(days=10)
    called(world, 50, "unreachable", disqualified=closed, disqualified_reason="unreachable")
    # nothing is known against them: e = 1, so 50 of 100
    assert (world.row(KPI)["denominator"], world.row(KPI)["estimate"]) == (100.0, 0.5)


@pytest.mark.parametrize(
    ("reason", "workable"),
    [
        ("Wrong Number", 50),
        ("duplicate", 50),
        ("SPAM", 50),
        ("no_fit", 100),
        ("unreachable", 100),
        (None, 100),
    ],
)
def test_which_reasons_of_closing_say_that_a_lead_was_never_workable(story, reason, workable):
    world = story(AS_OF)
    called(world, 50, "qualified")
    world.leads(50, "inbound", BORN, disqualified=BORN + timedelta(days=14), disqualified_reason=reason)
    assert world.row(KPI)["denominator"] == workable


def test_a_conversation_proves_a_workable_lead_whatever_else_was_noted(story):
    world = story(AS_OF)
    called(
        world,
        50,
        "wrong_contact",
        "qualified",
        disqualified=BORN + timedelta(days=5),
        disqualified_reason="spam",
    )
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (50, 50.0)


def test_equal_age_a_conversation_or_a_close_after_the_horizon_does_not_count(story):
    world = story(AS_OF)
    called(world, 50, "qualified", after=14)
    called(world, 50, "qualified", after=15)
    called(world, 50, "wrong_contact", after=15)
    world.leads(50, "inbound", BORN, disqualified=BORN + timedelta(days=15), disqualified_reason="spam")
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (50, 200.0)
    # outbound is judged at 45 days
    called(world, 50, "qualified", channel="outbound", after=45)
    called(world, 50, "qualified", channel="outbound", after=46)
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["denominator"], row["horizon_days"]) == (50, 100.0, 45)


def test_attempts_are_shown_because_budgets_differ(story):
    world = story(AS_OF)
    called(world, 50, "voicemail", "qualified")
    for lead in called(world, 50, *["unreachable"] * 8, channel="outbound"):
        world.call(lead, BORN, "qualified", direction="inbound")
    assert [world.row(KPI, channel)["dials_per_lead"] for channel in ("inbound", "outbound")] == [2.0, 8.0]


def test_young_leads_are_left_out_and_the_curve_censors_them(story):
    world = story(AS_OF)
    called(world, 60, "qualified", after=3)
    called(world, 60, "voicemail", created=days_before(13))
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (60, 60.0, 60)
    # day 3: 60 of the 120 at risk
    assert row["share_of_all_leads"] == pytest.approx(0.5, abs=1e-12)
    assert row["status"] == "provisional"


def test_the_edge_of_maturity(story):
    world = story(AS_OF)
    cases = {
        "29": (29, 0, "too_few"),
        "29+": (29, 1, "too_early"),
        "30": (30, 0, "provisional"),
        "99": (99, 5, "provisional"),
    }
    cases |= {"100": (100, 0, "ok"), "0": (0, 40, "too_early")}
    for source, (old, young, _) in cases.items():
        called(world, old, "qualified", created=days_before(14), source=source)
        called(world, young, "qualified", created=days_before(13), source=source)
    rows = {row["slice"]: row for row in world.run(KPI, slice_by="source").rows.to_dicts()}
    assert {source: row["status"] for source, row in rows.items()} == {
        source: case[2] for source, case in cases.items()
    }
    for source, (old, _, _) in cases.items():
        assert (rows[source]["n_old_enough"], rows[source]["denominator"]) == (old, old)
        shown = [rows[source][name] is not None for name in ("estimate", "low", "high", "share_of_all_leads")]
        assert shown == [old >= 30] * 4


def test_old_enough_but_hardly_one_workable(story):
    world = story(AS_OF)
    called(world, 29, "qualified")
    called(world, 71, "wrong_contact")
    row = world.row(KPI)
    assert (row["n_old_enough"], row["denominator"], row["status"], row["estimate"]) == (
        100,
        29.0,
        "too_few",
        None,
    )
    called(world, 1, "qualified")
    assert world.row(KPI)["estimate"] == 1.0


def test_a_call_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    called(world, 100, "voicemail", created=days_before(14))
    for lead in called(world, 20, "voicemail", created=days_before(14)):
        world.call(lead, AS_OF + timedelta(days=1), "qualified", direction="outbound")
    row = world.row(KPI)
    assert (row["numerator"], row["estimate"], row["low"]) == (0, 0.0, 0.0)
    assert world.row(KPI, as_of=days_before(1))["status"] == "too_early"


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    called(world, 50, "qualified")
    assert world.run(KPI, from_on="2026-04-01", to_on="2026-04-30").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    called(world, 40, "qualified", region="north")
    called(world, 50, "qualified", region="south")
    called(world, 60, "qualified", region="south", channel="outbound")
    rows = world.run(KPI, slice_by="region").rows
    assert rows.select("slice", "channel", "numerator").rows() == [
        ("north", "inbound", 40),
        ("south", "inbound", 50),
        ("south", "outbound", 60),
    ]
    assert world.row(KPI, regions=("south",))["denominator"] == 50
    assert world.run(KPI, channels=("other",)).rows.height == 0


def test_another_horizon_may_be_asked(story):
    world = story(AS_OF)
    called(world, 50, "qualified", after=7)
    called(world, 50, "qualified", after=8)
    assert (world.row(KPI, horizon=7)["numerator"], world.row(KPI, horizon=7)["horizon_days"]) == (50, 7)


@pytest.mark.parametrize(
    "need",
    [
        "leads.created_at",
        "leads.disqualified_at",
        "leads.dq_reason",
        "calls.started_at",
        "calls.outcome_code",
    ],
)
def test_without_its_data_it_is_not_available(story, need):
    world = story(AS_OF)
    called(world, 100, "qualified")
    extract, column = need.split(".")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
