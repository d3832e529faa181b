"""Dials per staffed hour: how much calling there was, with the spread between days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import statsmodels.api as sm

from tests.story import Story

KPI = "dial_volume"
AS_OF = date(2026, 12, 31)
MONDAY = date(2026, 6, 1)
Z = 1.959963984540054


def worked(world, day, dials, minutes=2400, channel="outbound", **values):
    """A day staffed with 40 hours (None: no capacity on record) and so many dials to one lead."""
    if minutes is not None:
        world.add("capacity", worked_on=day, staffed_min=minutes)
    lead = world.lead(channel, "2026-01-05", **values)
    for _ in range(dials):
        world.call(lead, day, direction="outbound")


def limits(rate, log_se):
    return pytest.approx([rate * np.exp(-Z * log_se), rate * np.exp(Z * log_se)], rel=1e-12)


def test_dials_over_staffed_hours(story):
    world = story(AS_OF)
    for place, dials in enumerate((20, 24, 16, 20)):
        worked(world, MONDAY + timedelta(days=place), dials)
    row = world.run(KPI).rows.to_dicts()[0]
    # 80 dials in 4 x 40 hours = .5 an hour. Days deviate by 0, 4, -4, 0: 4/3 x 32 = 42.7 is less than the
    # Poisson variance 80, which stands: log se = sqrt(80) / 80.
    assert [row.pop("low"), row.pop("high")] == limits(0.5, 1 / np.sqrt(80))
    assert row == {
        "slice": "all",
        "channel": "outbound",
        "numerator": 80,
        "denominator": 160.0,
        "estimate": 0.5,
        "n_old_enough": 4,
        "status": "ok",
        "day_count": 4,
        "dials_without_capacity": 0,
    }


def test_days_that_differ_more_than_by_chance_widen_the_limits(story):
    world = story(AS_OF)
    days = [(10, 240), (40, 480), (5, 480), (60, 600), (20, 120), (0, 480)]
    for place, (dials, minutes) in enumerate(days):
        worked(world, MONDAY + timedelta(days=place), dials, minutes)
    # a Poisson regression with the hours as exposure and the sandwich variance, times G/(G - 1)
    hours = np.array([minutes / 60 for _, minutes in days])
    fit = sm.GLM(
        [dials for dials, _ in days], np.ones(6), family=sm.families.Poisson(), offset=np.log(hours)
    ).fit(cov_type="HC0")
    row = world.row(KPI, "outbound")
    assert row["estimate"] == pytest.approx(float(np.exp(fit.params[0])), rel=1e-9) == 135 / 40
    expected = [float(np.exp(fit.params[0] + sign * Z * fit.bse[0] * np.sqrt(6 / 5))) for sign in (-1, 1)]
    assert [row["low"], row["high"]] == pytest.approx(expected, rel=1e-6)


def test_several_entries_of_a_day_add_up(story):
    world = story(AS_OF)
    for hour in range(9, 17):
        for language in ("en", "de"):
            world.add("capacity", worked_on=MONDAY, staffed_min=180, hour_of_day=hour, language=language)
    worked(world, MONDAY, 96, None)
    row = world.row(KPI, "outbound")
    assert (row["denominator"], row["estimate"], row["day_count"]) == (48.0, 2.0, 1)
    # one day shows no spread between days: the limits of a count
    assert [row["low"], row["high"]] == limits(2.0, 1 / np.sqrt(96))


def test_only_dials_on_staffed_days_count(story):
    world = story(AS_OF)
    worked(world, MONDAY, 16)
    worked(world, MONDAY + timedelta(days=1), 7, None)
    worked(world, MONDAY + timedelta(days=2), 5, 0)
    row = world.row(KPI, "outbound")
    assert (row["numerator"], row["denominator"], row["dials_without_capacity"]) == (16, 40.0, 12)


def test_a_group_with_dials_on_other_days_only_has_a_rate_of_zero_and_an_upper_limit(story):
    world = story(AS_OF)
    worked(world, MONDAY, 16)
    worked(world, MONDAY + timedelta(days=1), 7, None, "inbound")
    row = world.row(KPI, "inbound")
    # Garwood for no event: -ln(.025) = 3.689 in 40 hours
    assert (row["numerator"], row["estimate"], row["low"]) == (0, 0.0, 0.0)
    assert row["high"] == pytest.approx(3.688879454113936 / 40, rel=1e-12)


def test_calls_that_come_in_are_no_dials(story):
    world = story(AS_OF)
    worked(world, MONDAY, 16)
    world.call(world.lead("outbound"), MONDAY, "qualified", direction="inbound")
    world.call(world.lead("outbound"), MONDAY, direction=None)
    assert world.row(KPI, "outbound")["numerator"] == 17


def test_each_channel_is_set_against_all_staffed_hours(story):
    world = story(AS_OF)
    worked(world, MONDAY, 16)
    worked(world, MONDAY, 8, None, "inbound")
    worked(world, MONDAY + timedelta(days=1), 16)
    rows = world.run(KPI).rows.select("channel", "numerator", "denominator", "estimate").rows()
    assert rows == [("inbound", 8, 80.0, 0.1), ("outbound", 32, 80.0, 0.4)]


def test_it_is_activity_and_never_a_verdict(story):
    kpi = story(AS_OF).run(KPI).kpi
    assert (kpi.headline, kpi.direction) == ("none", "none")


def test_what_lies_after_as_of_or_outside_the_window_is_not_seen(story):
    world = story(AS_OF)
    worked(world, AS_OF, 16)
    worked(world, AS_OF + timedelta(days=1), 99)
    worked(world, MONDAY, 8)
    assert [world.row(KPI, "outbound")[name] for name in ("numerator", "denominator")] == [24, 80.0]
    row = world.row(KPI, "outbound", from_on="2026-06-02")
    assert (row["numerator"], row["denominator"], row["dials_without_capacity"]) == (16, 40.0, 0)
    assert world.row(KPI, "outbound", to_on="2026-06-02")["numerator"] == 8
    assert world.run(KPI, from_on="2026-07-01", to_on="2026-07-31").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices():
    world = Story(AS_OF)
    worked(world, MONDAY, 8, source="list", channel="outbound")
    worked(world, MONDAY, 16, None, source="sdr", channel="outbound")
    worked(world, MONDAY, 24, None, source="web", channel="inbound")
    rows = world.run(KPI, slice_by="source").rows.select("slice", "channel", "estimate").rows()
    assert rows == [("list", "outbound", 0.2), ("sdr", "outbound", 0.4), ("web", "inbound", 0.6)]
    assert world.row(KPI, "outbound", sources=("sdr", "web"))["estimate"] == 0.4
    assert world.run(KPI, channels=("other",)).rows.height == 0


@pytest.mark.parametrize(
    "need", ["calls.started_at", "calls.direction", "capacity.date", "capacity.staffed_min"]
)
def test_without_its_data_it_is_not_available(story, need):
    world = story(AS_OF)
    worked(world, MONDAY, 40)
    extract, column = need.split(".")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
