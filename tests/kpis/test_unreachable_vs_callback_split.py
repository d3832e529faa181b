"""Unreachable or forgotten: of the leads closed as unreachable, how many were never given the chance."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "unreachable_vs_callback_split"
AS_OF = date(2026, 12, 31)
CLOSED = date(2026, 6, 30)
CALLBACK, ATTEMPTS = "callback_never_made", "too_few_attempts"


def closed(
    world,
    count=1,
    dials=6,
    channel="inbound",
    on=CLOSED,
    reason="unreachable",
    created="2026-01-05",
    **values,
):
    """Leads closed on a day, dialled in vain so many times on the days before."""
    leads = world.leads(count, channel, created, disqualified=on, disqualified_reason=reason, **values)
    for lead in leads:
        for place in range(dials):
            world.call(lead, on - timedelta(days=place), "unreachable", direction="outbound")
    return leads


def ask_back(
    world, lead, answered_on=None, asked_on="2026-06-01", disposition="callback_requested", **values
):
    """A request for a callback and, on a day, the dial that answers it."""
    request = f"request of {lead}"
    world.call(lead, asked_on, disposition, call_id=request, direction="inbound", **values)
    if answered_on:
        world.call(lead, answered_on, "voicemail", callback_of=request, direction="outbound")


def counts(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.filter(channel=channel)
    return {row["measure"]: (row["numerator"], row["denominator"]) for row in rows.to_dicts()}


def test_callbacks_never_made_and_too_few_attempts(story):
    world = story(AS_OF)
    leads = closed(world, 25)
    closed(world, 10, dials=5)
    closed(world, 5, dials=0)
    for lead in leads[:8]:
        ask_back(world, lead)
    for lead in leads[8:12]:
        ask_back(world, lead, "2026-06-03")
    # 8 of 40 asked in vain; 10 + 5 of 40 were dialled less than six times
    common = {"slice": "all", "channel": "inbound", "denominator": 40, "n_old_enough": 40, "status": "ok"}
    expected = []
    for measure, x in ((CALLBACK, 8), (ATTEMPTS, 15)):
        low, high = proportion_confint(x, 40, method="wilson")
        expected.append(
            common
            | {"numerator": x, "estimate": pytest.approx(x / 40, abs=1e-12), "measure": measure}
            | {"low": pytest.approx(low, abs=1e-9), "high": pytest.approx(high, abs=1e-9)}
            | {"minimum_attempts": 6.0, "never_dialled_count": 5}
        )
    assert world.run(KPI).rows.to_dicts() == expected


def test_a_lead_may_stand_in_both_lines(story):
    world = story(AS_OF)
    for lead in closed(world, 30, dials=1):
        ask_back(world, lead)
    assert counts(world) == {CALLBACK: (30, 30), ATTEMPTS: (30, 30)}


def test_unreachable_is_not_a_bin_for_everything_else(story):
    world = story(AS_OF)
    closed(world, 30)
    for reason in ("no_fit", "duplicate", None):
        closed(world, 20, dials=1, reason=reason)
    world.leads(20)
    assert counts(world)[ATTEMPTS] == (0, 30)


def test_every_code_mapped_to_unreachable_counts_in_any_spelling(story):
    world = story(AS_OF)
    for reason in ("unreachable", "No Answer", "not-answered", "BUSY"):
        closed(world, 10, reason=reason)
    assert counts(world)[ATTEMPTS] == (0, 40)


def test_a_callback_made_late_was_made(story):
    world = story(AS_OF)
    for lead in closed(world, 30):
        ask_back(world, lead, "2026-06-29", callback_due_at="2026-06-02 10:00:00")
    assert counts(world)[CALLBACK] == (0, 30)


def test_one_request_forgotten_among_several_is_one_too_many(story):
    world = story(AS_OF)
    for lead in closed(world, 30):
        ask_back(world, lead, "2026-06-03")
        world.call(lead, "2026-06-05", "callback_requested")
    assert counts(world)[CALLBACK] == (30, 30)


def test_a_promised_time_is_a_request_whatever_the_outcome_code(story):
    world = story(AS_OF)
    for lead in closed(world, 30):
        ask_back(world, lead, disposition="connected_no_result", callback_due_at="2026-06-02 10:00:00")
    assert counts(world)[CALLBACK] == (30, 30)


def test_the_customer_ringing_again_is_no_callback_and_no_attempt(story):
    world = story(AS_OF)
    for lead in closed(world, 30, dials=5):
        ask_back(world, lead)
        world.call(lead, "2026-06-04", "voicemail", callback_of=f"request of {lead}", direction="inbound")
    assert counts(world) == {CALLBACK: (30, 30), ATTEMPTS: (30, 30)}


def test_what_happens_after_the_close_is_no_attempt_before_it(story):
    world = story(AS_OF)
    for lead in closed(world, 30, dials=5):
        world.call(lead, CLOSED + timedelta(days=1), "unreachable", direction="outbound")
        ask_back(world, lead, asked_on=CLOSED + timedelta(days=1))
    assert counts(world) == {CALLBACK: (0, 30), ATTEMPTS: (30, 30)}


def test_a_close_and_a_callback_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    for lead in closed(world, 30):
        ask_back(world, lead, AS_OF + timedelta(days=1))
    closed(world, 30, on=AS_OF + timedelta(days=1))
    assert counts(world)[CALLBACK] == (30, 30)
    assert world.run(KPI, as_of=CLOSED - timedelta(days=1)).rows.height == 0


def test_the_window_holds_days_of_closing(story):
    world = story(AS_OF)
    closed(world, 30)
    assert counts(world, from_on=CLOSED, to_on=CLOSED)[ATTEMPTS] == (0, 30)
    assert world.run(KPI, from_on=CLOSED + timedelta(days=1)).rows.height == 0
    assert world.run(KPI, to_on=CLOSED - timedelta(days=1)).rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    for count, channel, segment in ((31, "inbound", "smb"), (32, "inbound", "ent"), (33, "outbound", "ent")):
        closed(world, count, 1, channel, segment=segment)
    rows = world.run(KPI, slice_by="segment").rows.filter(measure=ATTEMPTS)
    assert rows.select("slice", "channel", "numerator").rows() == [
        ("ent", "inbound", 32),
        ("ent", "outbound", 33),
        ("smb", "inbound", 31),
    ]
    assert counts(world, segments=("smb",))[ATTEMPTS] == (31, 31)
    assert counts(world, "outbound", channels=("inbound",)) == {}


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edge_of_the_sample(story, count, status):
    world = story(AS_OF)
    closed(world, count)
    for row in world.run(KPI).rows.to_dicts():
        assert (row["status"], row["n_old_enough"]) == (status, count)
        assert [row[name] is not None for name in ("estimate", "low", "high")] == [count >= 10] * 3


@pytest.mark.parametrize(
    "need",
    [
        "leads.disqualified_at",
        "leads.dq_reason",
        "calls.outcome_code",
        "calls.callback_of",
        "calls.direction",
    ],
)
def test_without_its_data_it_is_not_available(story, need):
    world = story(AS_OF)
    closed(world, 40)
    extract, column = need.split(".")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
