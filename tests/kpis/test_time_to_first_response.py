"""Time to first response: the minutes until half, and nine in ten, of the new leads have had a human response."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from scipy.stats import binom

from tests.story import Story

KPI = "time_to_first_response"
AS_OF = date(2026, 12, 31)
MONDAY = datetime(2026, 6, 1, 10, 0)
WALL, BUSINESS = "wall_clock_minutes", "business_minutes"
QUANTILES = ("estimate", "low", "high", "p90_minutes", "p90_low", "p90_high")


def born(world, count=1, at=MONDAY, channel="inbound", **values):
    return world.leads(count, channel, at.date(), created_at=at, **values)


def answer(world, lead, started, direction="outbound", **values):
    world.call(lead, started.date(), started_at=started, direction=direction, **values)


def answered(world, waits, at=MONDAY, channel="inbound", **values):
    """One lead for each wait in minutes; None: never answered."""
    for lead, minutes in zip(born(world, len(waits), at, channel, **values), waits, strict=True):
        if minutes is not None:
            answer(world, lead, at + timedelta(minutes=minutes))


def line(world, measure=WALL, channel="inbound", **asked):
    return world.run(KPI, **asked).row(channel, measure=measure)


def test_half_and_nine_in_ten_of_all_leads(story):
    world = story(AS_OF)
    answered(world, [*range(1, 96), *[None] * 5])
    row = line(world)
    # F(t) = t/100: half at minute 50, nine in ten at 90
    assert (row["estimate"], row["p90_minutes"], row["numerator"], row["denominator"]) == (50, 90, 95, 100)
    # lifelines: Greenwood with the log(-log) band of F = 1 - S, taken where it crosses the quantile
    fit = KaplanMeierFitter().fit([*range(1, 96), *[300_000] * 5], [1] * 95 + [0] * 5)
    low, high = loglog_band(fit)
    for q, names in ((0.5, ("low", "high")), (0.9, ("p90_low", "p90_high"))):
        # the faster band crosses first: lower end of the time
        assert [row[name] for name in names] == [first(high, q), first(low, q)]
    shares = [row[name] for name in ("within_5_minutes", "within_1_hour", "within_1_day")]
    assert shares == pytest.approx([0.05, 0.6, 0.95], abs=1e-12)
    assert [row["within_1_hour_low"], row["within_1_hour_high"]] == pytest.approx(
        [low[60], high[60]], abs=1e-9
    )
    assert [row["within_1_day_low"], row["within_1_day_high"]] == pytest.approx([low[95], high[95]], abs=1e-9)
    assert (row["n_old_enough"], row["status"], row["judge_on"]) == (100, "ok", date(2026, 6, 2))
    assert row["before_lead_count"] == 0


def loglog_band(fit, z=1.959963984540054):
    """Limits of F by minute: F ** exp(-+ z se / (F ln F)), se from Greenwood (p(1 - p)/n without censoring)."""
    share = 1 - fit.survival_function_["KM_estimate"]
    bands = []
    for sign in (-1, 1):
        band = {
            int(t): p ** np.exp(sign * z * np.sqrt(p * (1 - p) / 100) / (p * np.log(p)))
            for t, p in share.items()
            if 0 < p < 1
        }
        bands.append(band)
    return bands


def first(band, q):
    crossing = [t for t, limit in band.items() if limit >= q]
    return min(crossing) if crossing else None


def test_young_leads_are_censored_as_lifelines_has_it(story):
    draw = np.random.default_rng(3)
    world, times, seen = story(AS_OF), [], []
    for days in draw.integers(1, 4, 200):
        at = (
            datetime(2026, 12, 31)
            - timedelta(days=int(days))
            + timedelta(minutes=int(draw.integers(0, 1440)))
        )
        wait = int(draw.lognormal(7, 0.7))
        follow = int((datetime(2027, 1, 1) - at).total_seconds() // 60)
        answered(world, [wait if wait <= 10080 else None], at)
        is_seen = wait < follow and wait <= 10080
        times.append(wait if is_seen else follow)
        seen.append(is_seen)
    fit = KaplanMeierFitter().fit(times, seen)
    row = line(world)
    assert row["numerator"] == sum(wait <= 1440 for wait, is_seen in zip(times, seen, strict=True) if is_seen)
    assert row["within_1_day"] == pytest.approx(1 - fit.predict(1440), abs=1e-12)
    # nine in ten are answered on the second day and later, when leads of yesterday have left the curve
    curve = fit.survival_function_["KM_estimate"]
    assert row["estimate"] == curve.index[curve <= 0.5 + 1e-12][0]
    assert row["p90_minutes"] == curve.index[curve <= 0.1 + 1e-12][0] > 1440
    assert 100 < sum(seen) < 198
    assert row["p90_minutes"] != np.quantile(
        [wait for wait, is_seen in zip(times, seen, strict=True) if is_seen], 0.9
    )


def test_leads_never_answered_do_not_vanish(story):
    # of the answered all within ten minutes; but they are less than half
    world = story(AS_OF)
    answered(world, [10] * 49 + [None] * 51)
    for measure in (WALL, BUSINESS):
        row = line(world, measure)
        assert (row["status"], row["estimate"], row["numerator"], row["denominator"]) == ("ok", None, 49, 100)
    answered(world, [10] * 2)
    assert line(world)["estimate"] == 10
    assert line(world)["p90_minutes"] is None


def test_an_answer_after_a_week_is_none(story):
    world = story(AS_OF)
    answered(world, [10080] * 60 + [10081] * 40)
    assert (line(world)["estimate"], line(world)["p90_minutes"]) == (10080, None)


@pytest.mark.parametrize(
    ("at", "until", "minutes"),
    [
        (datetime(2026, 6, 1, 10, 0), datetime(2026, 6, 1, 10, 45), 45),
        (datetime(2026, 6, 1, 22, 0), datetime(2026, 6, 2, 9, 5), 5),  # came at night
        (datetime(2026, 6, 1, 6, 0), datetime(2026, 6, 1, 8, 59), 0),  # answered before the doors open
        (datetime(2026, 6, 1, 16, 30), datetime(2026, 6, 2, 9, 30), 60),  # half an hour on either day
        (datetime(2026, 6, 5, 16, 0), datetime(2026, 6, 8, 10, 0), 120),  # Friday to Monday
        (datetime(2026, 6, 6, 12, 0), datetime(2026, 6, 7, 12, 0), 0),  # within a weekend
        (datetime(2026, 6, 1, 9, 0), datetime(2026, 6, 8, 9, 0), 2400),  # five days of eight hours
    ],
)
def test_nights_and_weekends_are_no_business_minutes(story, at, until, minutes):
    world = story(AS_OF)
    for lead in born(world, 30, at):
        answer(world, lead, until)
    assert line(world, BUSINESS)["estimate"] == minutes
    assert line(world, WALL)["estimate"] == (until - at).total_seconds() // 60


@pytest.mark.parametrize(
    ("reporting", "own", "minutes"),
    [
        ("UTC", "Europe/Berlin", 120),  # 10 to 12 in Berlin
        ("UTC", "America/New_York", 0),  # 4 to 6 in New York
        ("UTC", "Europe/London", 60),  # 9 to 11, of which the doors are open from 10
        ("America/New_York", "Europe/Berlin", 120),  # 14 to 16
        (
            "UTC",
            "Middle/Earth",
            0,
        ),  # no such zone: 8 to 10 on the clock of the mapping, before the doors open
    ],
)
def test_business_minutes_are_read_on_the_clock_of_the_lead(story, reporting, own, minutes):
    world = story(AS_OF)
    hours = world.settings.business_hours.model_copy(update={"from_hour": 10})
    world.settings = world.settings.model_copy(update={"business_hours": hours})
    for lead in born(world, 30, datetime(2026, 6, 1, 8, 0), timezone=own):
        answer(world, lead, datetime(2026, 6, 1, 10, 0))
    world.database().execute(
        "update snapshot.settings set value = ? where name = 'reporting.zone'", [reporting]
    )
    assert line(world, BUSINESS)["estimate"] == minutes
    assert line(world, WALL)["estimate"] == 120


def test_business_hours_are_a_setting(story):
    world = story(AS_OF)
    for lead in born(world, 30, datetime(2026, 6, 6, 12, 0)):
        answer(world, lead, datetime(2026, 6, 6, 19, 0))
    hours = world.settings.business_hours.model_copy(update={"days": ["sat"], "from_hour": 8, "to_hour": 18})
    world.settings, world.con = world.settings.model_copy(update={"business_hours": hours}), None
    assert line(world, BUSINESS)["estimate"] == 360


def test_the_business_line_has_order_statistic_limits(story):
    world = story(AS_OF)
    answered(world, [*range(1, 101)])
    row = line(world, BUSINESS)
    # smallest minute with F >= q is the wait of rank 50 and 90; ranks of the limits from the exact binomial
    rank = {q: int(binom.ppf(0.025, 100, q)) for q in (0.5, 0.9, 0.1)}
    expected = [50, rank[0.5], 101 - rank[0.5], 90, rank[0.9], 101 - rank[0.1]]
    assert [row[name] for name in QUANTILES] == expected
    assert (row["n_old_enough"], row["judge_on"], row["within_1_hour"]) == (100, date(2026, 6, 8), None)


def test_a_clock_that_is_wrong_is_counted_and_not_hidden(story):
    world = story(AS_OF)
    answered(world, [20] * 60)
    answered(world, [-5] * 40)
    for measure in (WALL, BUSINESS):
        row = line(world, measure)
        assert (row["before_lead_count"], row["estimate"]) == (40, 20)
    assert line(world)["within_5_minutes"] == pytest.approx(0.4, abs=1e-12)


def test_an_unanswered_ring_is_no_response(story):
    world = story(AS_OF)
    for lead in born(world, 60):
        answer(world, lead, MONDAY + timedelta(minutes=1), "inbound")
        answer(
            world, lead, MONDAY + timedelta(minutes=20), "inbound", answered_at=MONDAY + timedelta(minutes=22)
        )
        answer(world, lead, MONDAY + timedelta(minutes=30))
    assert [line(world, measure)["estimate"] for measure in (WALL, BUSINESS)] == [22, 22]


def test_a_lead_closed_before_any_response_was_not_answered(story):
    world = story(AS_OF)
    answered(world, [10] * 40)
    answered(world, [2000] * 60, disqualified=MONDAY.date())
    for measure in (WALL, BUSINESS):
        row = line(world, measure)
        assert (row["numerator"], row["denominator"], row["estimate"]) == (40, 100, None)


def test_a_response_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    old, late = datetime(2026, 12, 24, 9), datetime(2026, 12, 31, 9)
    answered(world, [30] * 40, old)
    for lead in born(world, 40, datetime(2026, 12, 30, 9)):
        answer(world, lead, late + timedelta(days=1))
    # 40 of 80 at risk answered at minute 30
    assert (line(world)["numerator"], line(world)["estimate"]) == (40, 30)
    assert line(world, BUSINESS)["denominator"] == 40
    # on the 24th none of them is a day old
    back = line(world, as_of="2026-12-24")
    assert (back["status"], back["estimate"], back["n_old_enough"]) == ("too_early", None, 0)


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 9, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_edge_of_maturity_is_a_day(story, old, young, status):
    world = story(AS_OF)
    answered(world, [5] * old, datetime(2026, 12, 30, 10))
    answered(world, [5] * young, datetime(2026, 12, 31, 10))
    row = line(world)
    assert (row["status"], row["n_old_enough"]) == (status, old)
    assert [row[name] is not None for name in ("estimate", "low", "p90_minutes")] == [old >= 30] * 3
    assert line(world, BUSINESS) is None  # nobody is a week old


def test_a_quantile_needs_ten_answers(story):
    world = story(AS_OF)
    answered(world, [5] * 9 + [None] * 21)
    for measure in (WALL, BUSINESS):
        assert (line(world, measure)["status"], line(world, measure)["low"]) == ("too_few", None)
    answered(world, [5])
    for measure in (WALL, BUSINESS):
        assert line(world, measure)["status"] == "provisional"


def test_filters_slices_and_windows():
    world = Story(AS_OF)
    for minutes, segment, channel, day in (
        (10, "smb", "inbound", 1),
        (20, "ent", "inbound", 8),
        (30, "ent", "outbound", 15),
    ):
        answered(world, [minutes] * 40, datetime(2026, 6, day, 10), channel, segment=segment)
    rows = world.run(KPI, slice_by="segment").rows.filter(measure=WALL)
    assert rows.select("slice", "channel", "estimate").rows() == [
        ("ent", "inbound", 20),
        ("ent", "outbound", 30),
        ("smb", "inbound", 10),
    ]
    assert line(world, segments=("ent",), channels=("inbound",))["estimate"] == 20
    assert line(world, BUSINESS, from_on="2026-06-08")["estimate"] == 20
    assert world.run(KPI, from_on="2026-07-06").rows.height == 0
    assert Story(AS_OF).run(KPI).rows.height == 0


@pytest.mark.parametrize("need", ["leads.created_at", "calls.started_at", "calls.direction"])
def test_without_its_data_it_is_not_available(story, need):
    world = story(AS_OF)
    answered(world, [5] * 100)
    extract, column = need.split(".")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
