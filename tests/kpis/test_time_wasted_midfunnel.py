"""Time cost of failed mid-funnel: hours on leads that fail after a meeting, per deal won by the same age."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tests.story import Story

KPI = "time_wasted_midfunnel"
AS_OF = date(2026, 12, 31)
CREATED = date(2026, 1, 5)
Z = 1.959963984540054


def lead(world, fate, talk=1800, wrap=0, channel="inbound", created=CREATED, close=40, **values):
    """A lead called on day 5 and met on day 10 that is then won, lost, silent, or never met."""
    one = world.lead(channel, created, **values)
    world.call(one, created + timedelta(days=5), "qualified", talk_seconds=talk, wrap_seconds=wrap)
    if fate != "never met":
        world.meeting(one, created + timedelta(days=10))
    if fate in ("won", "lost"):
        day = created + timedelta(days=close)
        world.opportunity(one, created + timedelta(days=10), fate, day, 1000)
    return one


def leads(world, count, fate, **values):
    return [lead(world, fate, **values) for _ in range(count)]


def line(world, measure="hours_per_win", channel="inbound", **asked):
    return world.run(KPI, **asked).row(channel, measure=measure)


def limits(parts, wholes, ratio):
    """Log-delta interval with one cluster an entry: Var ln(P/W) = G/(G-1) sum (p/P - w/W)^2."""
    p, w = np.array(parts, float), np.array(wholes, float)
    error = np.sqrt(len(p) / (len(p) - 1) * ((p / p.sum() - w / w.sum()) ** 2).sum())
    return [ratio * np.exp(sign * Z * error) for sign in (-1, 1)]


def test_half_an_hour_on_each_of_forty_failures_for_ten_wins(story):
    world = story(AS_OF)
    leads(world, 30, "lost", talk=1500, wrap=300)
    leads(world, 10, "silent")
    leads(world, 10, "won", talk=7200)
    leads(world, 50, "never met", talk=360)
    # 40 x .5 h = 20 h on failures, 10 wins, 10 x 2 h + 50 x .1 h = 25 h on all others
    low, high = limits([0.5] * 40 + [0] * 60, [0] * 40 + [1] * 10 + [0] * 50, 2)
    rows = {row["measure"]: row for row in world.run(KPI).rows.to_dicts()}
    assert rows["hours_per_win"] == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 20.0,
        "denominator": 10.0,
        "estimate": 2.0,
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 100,
        "status": "ok",
        "measure": "hours_per_win",
        "horizon_days": 180,
        "failed_lead_count": 40,
        "win_count": 10,
        "timed_share": 1.0,
        "dormant_days": 45,
    }
    low, high = limits([0.5] * 40 + [0] * 60, [0.5] * 40 + [2] * 10 + [0.1] * 50, 20 / 45)
    share = rows["hours_share"]
    assert share["estimate"] == pytest.approx(20 / 45, abs=1e-12)
    assert [share["low"], share["high"]] == pytest.approx([low, high], abs=1e-9)
    assert (share["numerator"], share["denominator"]) == (20.0, 45.0)
    # touches: a call and a meeting for each of the 50 that met us, a call for the others
    assert (rows["touches_per_win"]["estimate"], rows["touches_per_win"]["numerator"]) == (8.0, 80.0)
    assert rows["touches_share"]["estimate"] == pytest.approx(80 / 150, abs=1e-12)


def test_the_first_line_of_a_channel_is_hours_per_win(story):
    world = story(AS_OF)
    leads(world, 30, "lost")
    measures = world.run(KPI).rows["measure"].to_list()
    assert measures == ["hours_per_win", "hours_share", "touches_per_win", "touches_share"]


def test_hours_after_the_age_are_missing_for_all_alike(story):
    # pitfall: young cohorts would lack the hours still to come; so the hours of old ones beyond the age are left out too
    world = story(AS_OF)
    leads(world, 50, "won")
    for one in leads(world, 50, "lost", talk=3600):
        world.call(one, CREATED + timedelta(days=180), "qualified", talk_seconds=3600)
        world.call(one, CREATED + timedelta(days=181), "qualified", talk_seconds=36_000)
    for one in leads(world, 200, "lost", created=AS_OF - timedelta(days=179)):
        world.call(one, AS_OF - timedelta(days=10), "qualified", talk_seconds=36_000)
    row = line(world)
    assert (row["numerator"], row["win_count"], row["n_old_enough"]) == (100.0, 50, 100)
    assert line(world, horizon=181)["numerator"] == 600.0


@pytest.mark.parametrize(("quiet_from", "failed"), [(135, 40), (136, 0)])
def test_silent_means_45_days_without_activity_at_that_age(story, quiet_from, failed):
    world = story(AS_OF)
    leads(world, 60, "won")
    for place, one in enumerate(leads(world, 40, "silent")):
        day = CREATED + timedelta(days=quiet_from)
        if place % 3 == 0:
            world.call(one, day, "connected_no_result", talk_seconds=60)
        elif place % 3 == 1:
            world.meeting(one, day)
        else:
            world.opportunity(one, CREATED + timedelta(days=20), opportunity_id=f"deal {place}")
            world.add("opportunity_changes", opportunity_id=f"deal {place}", changed_on=day)
    assert line(world)["failed_lead_count"] == failed


def test_the_days_of_silence_are_the_setting(story):
    world = story(AS_OF)
    world.settings = world.settings.model_copy(
        update={"effort": world.settings.effort.model_copy(update={"dormant_days": 171})}
    )
    leads(world, 50, "won")
    leads(world, 50, "silent")  # quiet from day 10 on: 170 days at day 180
    row = line(world)
    assert (row["failed_lead_count"], row["dormant_days"]) == (0, 171)


def test_an_unanswered_call_is_effort_but_no_sign_of_life(story):
    world = story(AS_OF)
    leads(world, 50, "won")
    for one in leads(world, 50, "silent", talk=3600):
        world.call(one, CREATED + timedelta(days=170), "voicemail", talk_seconds=3600)
    row = line(world)
    assert (row["failed_lead_count"], row["numerator"]) == (50, 100.0)


def test_a_win_or_a_loss_after_the_age_is_not_known_at_it(story):
    world = story(AS_OF)
    leads(world, 40, "won", close=180)
    leads(world, 20, "won", close=181)
    leads(world, 40, "lost", close=181)
    row = line(world)
    # the 60 others were silent from day 10 on: failed at day 180, whatever came later
    assert (row["win_count"], row["failed_lead_count"]) == (40, 60)
    assert line(world, horizon=181)["win_count"] == 60


def test_what_happens_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    created = AS_OF - timedelta(days=180)
    leads(world, 50, "won", created=created)
    leads(world, 50, "lost", created=created)
    assert line(world)["status"] == "ok"
    yesterday = line(world, as_of=AS_OF - timedelta(days=1))
    assert (yesterday["status"], yesterday["estimate"], yesterday["win_count"]) == ("too_early", None, 0)


def test_without_talk_times_there_are_touches_and_no_hours(story):
    world = story(AS_OF)
    leads(world, 50, "won", talk=None, wrap=None)
    leads(world, 50, "lost", talk=None, wrap=None)
    row = line(world)
    assert [row[name] for name in ("status", "estimate", "numerator", "timed_share")] == [
        "not_available",
        None,
        None,
        0.0,
    ]
    assert line(world, "hours_share") is None
    assert line(world, "touches_per_win")["estimate"] == 2.0


def test_the_share_of_conversations_with_a_time_is_told(story):
    world = story(AS_OF)
    leads(world, 50, "won", talk=None)
    leads(world, 50, "lost", talk=3600)
    assert (line(world)["timed_share"], line(world)["estimate"]) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("wins", "failures", "per_win", "share"),
    [(9, 91, "too_few", "ok"), (10, 90, "ok", "ok"), (95, 4, "too_few", "too_few")],
)
def test_ten_wins_and_five_failures_are_needed(story, wins, failures, per_win, share):
    world = story(AS_OF)
    leads(world, wins, "won")
    leads(world, failures, "lost")
    leads(world, 100 - wins - failures, "never met")
    assert (line(world)["status"], line(world, "hours_share")["status"]) == (per_win, share)
    assert (line(world)["estimate"] is None) == (line(world)["low"] is None) == (per_win == "too_few")


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [(29, 0, "too_few"), (29, 1, "too_early"), (30, 0, "provisional"), (100, 0, "ok")],
)
def test_the_gate_counts_leads_of_180_days(story, old, young, status):
    world = story(AS_OF)
    created = AS_OF - timedelta(days=180)
    leads(world, 10, "won", created=created)
    leads(world, old - 10, "lost", created=created)
    leads(world, young, "lost", created=created + timedelta(days=1))
    row = line(world)
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert (row["estimate"] is None) == (old < 30)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    leads(world, 100, "lost")
    assert world.run(KPI, from_on="2026-02-02").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    created = date(2025, 3, 3)
    for talk, channel, source, segment in (
        (1800, "inbound", "web", "smb"),
        (3600, "inbound", "list", "ent"),
        (7200, "outbound", "sdr", "ent"),
    ):
        values = {"talk": talk, "channel": channel, "source": source, "segment": segment, "created": created}
        leads(world, 20, "won", **values)
        leads(world, 20, "lost", **values)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, [("all", "outbound", 2.0, 365)]),
        ({"segments": ("ent",)}, [("all", "inbound", 1.0, 180), ("all", "outbound", 2.0, 365)]),
        ({"sources": ("web", "list")}, [("all", "inbound", 0.75, 180)]),
        (
            {"slice_by": "segment"},
            [("ent", "inbound", 1.0, 180), ("ent", "outbound", 2.0, 365), ("smb", "inbound", 0.5, 180)],
        ),
    ],
)
def test_filters_and_slices(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    found = [
        (row["slice"], row["channel"], row["estimate"], row["horizon_days"])
        for row in rows
        if row["measure"] == "hours_per_win"
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("extract", "column"), [("calls", "talk_s"), ("meetings", "held_at"), ("opportunities", "outcome")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    leads(world, 100, "lost")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]


def test_one_account_alone_tells_nothing_of_the_spread_between_accounts(story):
    world = story(AS_OF)
    leads(world, 20, "lost", account_id="acme")
    leads(world, 20, "won", account_id="acme")
    for row in world.run(KPI).rows.to_dicts():
        # neither end of the range is known, not even 1 for a share
        assert row["status"] == "provisional" and row["estimate"] is not None
        assert (row["low"], row["high"]) == (None, None)
