"""Time to first meeting: the day by which half of the leads have met us, if half ever do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from tests.asking import asked_rows
from tests.story import Story

KPI = "time_to_first_meeting"
AS_OF = date(2026, 12, 31)


def days_before(days):
    return AS_OF - timedelta(days=days)


def meet(world, leads, created, day):
    for lead in leads:
        world.meeting(lead, created + timedelta(days=day))


def test_the_day_on_which_half_of_the_leads_have_met(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    leads = world.leads(100, "inbound", created)
    meet(world, leads[:10], created, 1)
    meet(world, leads[10:30], created, 3)
    meet(world, leads[30:60], created, 7)
    meet(world, leads[60:75], created, 31)
    # F is .10 on day 1, .30 on day 3, .60 on day 7, .75 on day 31: half is passed on day 7, a quarter on day
    # 3. Log(-log) bands, F ** exp(-+ 1.96 se / (F ln F)) with se = sqrt(F(1 - F)/100):
    #   day 1 .051 to .168    day 3 .214 to .391    day 7 .497 to .687    day 31 .653 to .823
    # The upper limit reaches .5 on day 7, the lower one on day 31; .25 is reached on day 3 and on day 7.
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 60,
            "denominator": 100,
            "estimate": 7,
            "low": 7,
            "high": 31,
            "n_old_enough": 100,
            "status": "ok",
            "horizon_days": 30,
            "judge_on": date(2026, 1, 31),
            "share_by_horizon": pytest.approx(0.60, abs=1e-12),
            "quarter_days": 3,
            "quarter_low": 3,
            "quarter_high": 7,
            # of the first 30 days: 10 x 29, 20 x 27 and 30 x 23 days after a meeting make 15.2 a lead; squares 388.6,
            # variance (388.6 - 15.2^2) / 100 = 1.5756, 1.96 standard errors 2.460204
            "days_met": pytest.approx(15.2, abs=1e-12),
            "days_met_low": pytest.approx(15.2 - 2.460204, abs=1e-6),
            "days_met_high": pytest.approx(15.2 + 2.460204, abs=1e-6),
        }
    ]


def test_half_not_reached_gives_no_day_but_the_quarter_stays(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    meet(world, world.leads(100, "outbound", created)[:40], created, 60)
    # F stays at .40 (.304 to .494) from day 60 on: a quarter is reached on day 60 with both limits, half
    # never
    row = world.row(KPI, "outbound")
    assert [row["estimate"], row["low"], row["high"]] == [None, None, None]
    assert [row["quarter_days"], row["quarter_low"], row["quarter_high"]] == [60, 60, 60]
    assert row["share_by_horizon"] == pytest.approx(0.4, abs=1e-12)
    assert (row["numerator"], row["horizon_days"], row["status"]) == (40, 90, "ok")


def test_half_exactly_is_half(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    meet(world, world.leads(100, "inbound", created)[:50], created, 4)
    # F = .5 from day 4 on; the upper limit passes .5 with it, the lower limit never does
    row = world.row(KPI)
    assert [row["estimate"], row["low"], row["high"]] == [4, 4, None]


def test_a_meeting_on_the_day_of_creation_is_day_0(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    meet(world, world.leads(100, "inbound", created)[:80], created, 0)
    row = world.row(KPI)
    assert [row["estimate"], row["low"], row["high"], row["quarter_days"]] == [0, 0, 0, 0]


def test_young_and_disqualified_leads_are_not_left_out(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    old, young = world.leads(60, "inbound", created), world.leads(60, "inbound", days_before(15))
    world.leads(30, "inbound", created, disqualified=created + timedelta(days=2))
    meet(world, old[:20], created, 10)
    meet(world, young[:20], days_before(15), 10)
    meet(world, old[20:50], created, 40)
    # Day 2: 30 of 150 disqualified, S = .8. Day 10: 40 of 120 meet, F = .8/3 = .267. Day 15: 40 young ones
    # leave. Day 40: 30 of 40 meet, F = .267 + .8 x 2/3 x 3/4 = .667. The median of those who met would be day
    # 10.
    row = world.row(KPI)
    assert (row["estimate"], row["quarter_days"]) == (40, 10)
    assert row["share_by_horizon"] == pytest.approx(0.8 / 3, abs=1e-12)


@pytest.mark.parametrize("seed", [1, 2])
def test_lifelines_finds_the_same_days_where_nobody_is_disqualified(story, seed):
    # without a competing end the share is 1 - Kaplan-Meier: lifelines counts, the band is worked out here
    draw = np.random.default_rng(seed)
    world = story(AS_OF)
    age = np.floor(draw.lognormal(3, 0.8, 200)).astype(int)
    followed = draw.integers(60, 200, 200)
    for meets_at, days in zip(age, followed, strict=True):
        lead = world.lead("inbound", days_before(int(days)))
        if meets_at <= days:
            world.meeting(lead, days_before(int(days - meets_at)))
    fitted = KaplanMeierFitter().fit(np.minimum(age, followed), age <= followed)
    table = fitted.event_table[fitted.event_table["observed"] > 0]
    met, at_risk = table["observed"], table["at_risk"]
    share = 1 - fitted.survival_function_["KM_estimate"].loc[table.index]
    se = (1 - share) * np.sqrt((met / (at_risk * (at_risk - met))).cumsum())
    low, high = (share ** np.exp(sign * 1.959963984540054 * se / (share * np.log(share))) for sign in (-1, 1))
    low, high = np.minimum(low, high), np.maximum(low, high)
    enough = met.cumsum() >= 5  # before, the band is Wilson's; no quarter is reached there
    expected = [
        table.index[enough & (curve >= level)][0] for level in (0.5, 0.25) for curve in (share, high, low)
    ]
    row = world.row(KPI)
    names = ("estimate", "low", "high", "quarter_days", "quarter_low", "quarter_high")
    assert [row[name] for name in names] == expected
    assert row["estimate"] == fitted.median_survival_time_


def test_the_second_meeting_adds_nothing(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    leads = world.leads(100, "inbound", created)
    meet(world, leads[:60], created, 20)
    meet(world, leads[:60], created, 5)
    assert world.row(KPI)["estimate"] == 5


def test_a_meeting_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    world.leads(60, "inbound", days_before(60))
    young = world.leads(140, "inbound", days_before(20))
    meet(world, young[:60], days_before(20), 20)
    meet(world, young[60:], days_before(20), 21)  # in time, but nobody can know yet
    # day 20: 60 of 200 at risk, .3; with the 80 of tomorrow half would be passed on day 21
    row = world.row(KPI)
    assert (row["estimate"], row["quarter_days"], row["numerator"]) == (None, 20, 60)


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-05")
    assert world.run(KPI, from_on="2026-02-02", to_on="2026-03-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 40 leads of which 30 meet on day 2, 4, 6 and 8."""
    world = Story(AS_OF)
    groups = (
        (2, "inbound", date(2026, 3, 2), {"source": "web", "segment": "smb"}),
        (4, "inbound", date(2026, 3, 16), {"source": "webinar", "segment": "ent"}),
        (6, "outbound", date(2026, 4, 6), {"source": "sdr", "segment": "smb"}),
        (8, "outbound", date(2026, 4, 20), {"source": "list", "segment": "ent"}),
    )
    for day, channel, created, values in groups:
        meet(world, world.leads(40, channel, created, **values)[:30], created, day)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"inbound": 4, "outbound": 8}),  # 30 of 80 are not half; 60 of 80 are
        ({"channels": ("outbound",), "segments": ("smb",)}, {"outbound": 6}),
        ({"sources": ("web", "list")}, {"inbound": 2, "outbound": 8}),
        ({"from_on": "2026-03-16", "to_on": "2026-04-06"}, {"inbound": 4, "outbound": 6}),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"]: row["estimate"] for row in rows} == expected


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 4),
        ("ent", "outbound", 8),
        ("smb", "inbound", 2),
        ("smb", "outbound", 6),
    ]


@pytest.mark.parametrize(("channel", "days"), [("inbound", 30), ("outbound", 90)])
def test_the_gate_counts_leads_as_old_as_the_horizon(story, channel, days):
    # created exactly `days` before as_of is old enough, the day after is not
    world = story(AS_OF)
    cases = {29: "too_early", 30: "provisional", 99: "provisional", 100: "ok"}
    for old in cases:
        meet(world, world.leads(old, channel, days_before(days), source=f"{old} old"), days_before(days), 3)
        world.leads(20, channel, days_before(days - 1), source=f"{old} old")
    rows = {row["slice"]: row for row in world.run(KPI, slice_by="source").rows.to_dicts()}
    for old, status in cases.items():
        row = rows[f"{old} old"]
        assert (row["n_old_enough"], row["denominator"], row["status"]) == (old, old + 20, status)
        assert (row["estimate"], row["quarter_days"]) == ((3, 3) if old >= 30 else (None, None))


def test_fewer_than_ten_meetings_are_too_few_for_a_quantile(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    for events in (9, 10):
        leads = world.leads(100, "inbound", created, source=f"{events} meetings")
        meet(world, leads[:events], created, 5)
    rows = {row["slice"]: row["status"] for row in world.run(KPI, slice_by="source").rows.to_dicts()}
    assert rows == {"9 meetings": "too_few", "10 meetings": "ok"}


def test_a_day_that_is_given_is_not_called_too_few(story):
    # 5 meet by day 30 and 60 more on day 40: half is reached on day 40 with 65 meetings behind it
    created = date(2026, 1, 1)
    world = story(AS_OF)
    leads = world.leads(100, "inbound", created)
    meet(world, leads[:5], created, 5)
    meet(world, leads[5:65], created, 40)
    row = world.row(KPI)
    assert (row["estimate"], row["status"]) == (40, "ok")


def test_leads_created_on_as_of_change_the_denominator_only(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    meet(world, world.leads(100, "inbound", created)[:60], created, 5)
    before = world.row(KPI)
    meet(world, world.leads(50, "inbound", AS_OF), AS_OF, 0)
    assert world.row(KPI) == before | {"denominator": 150}


def test_without_the_day_a_meeting_was_held_it_is_not_available(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'meetings' and column_name = 'held_at'"
    )
    result = world.run(KPI)
    assert result.unavailable == "needs the column held_at of the extract meetings"
    rows = result.rows.select("channel", "status", "numerator", "estimate", "low", "high").rows()
    assert rows == [
        ("inbound", "not_available", None, None, None, None),
        ("outbound", "not_available", None, None, None, None),
    ]


def test_a_half_that_is_a_sum_of_fractions_counts_as_half(story):
    # 2, 13, 26 and 9 of 100 make 50; added up as .02 + .98 x 13/98 + .. they come to a last bit less
    created = date(2026, 1, 1)
    world = story(AS_OF)
    leads = iter(world.leads(100, "inbound", created))
    for day, count in ((2, 2), (4, 13), (6, 26), (9, 9)):
        meet(world, [next(leads) for _ in range(count)], created, day)
    curve = "select max(reached_share) as share from incidence_curve('meeting', $scope)"
    asked = replace(world.run(KPI).scope, reads="counts")
    assert asked_rows(world.database(), curve, asked)[0]["share"] < 0.5
    assert world.row(KPI)["estimate"] == 9


def test_four_meetings_are_too_few_for_a_mean_of_days(story):
    created = date(2026, 1, 1)
    for met, days in ((4, None), (5, 2.5)):  # 5 of 50, 25 of the 30 days left
        world = story(AS_OF)
        leads = world.leads(50, "inbound", created)
        meet(world, leads[:met], created, 5)
        row = world.row(KPI)
        assert row["days_met"] == (days if days is None else pytest.approx(days, abs=1e-12))
        assert (row["days_met_low"] is None) == (days is None)


def test_each_channel_is_averaged_up_to_its_own_horizon(story):
    created = date(2026, 1, 1)
    world = story(AS_OF)
    for channel in ("inbound", "outbound", "other"):
        meet(world, world.leads(40, channel, created)[:20], created, 10)
    found = {row["channel"]: (row["horizon_days"], row["days_met"]) for row in world.run(KPI).rows.to_dicts()}
    # half of them, 20 of 30 days or 80 of 90
    assert found == {
        "inbound": (30, pytest.approx(10, abs=1e-12)),
        "outbound": (90, pytest.approx(40, abs=1e-12)),
        "other": (90, pytest.approx(40, abs=1e-12)),
    }
