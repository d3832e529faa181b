"""Incoming calls abandoned: the plain share, and how long callers bear to wait."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from scipy.stats import norm, t
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "inbound_abandonment"
AS_OF = date(2026, 12, 31)
DAY = "2026-06-01"
START = datetime(2026, 6, 1, 9, 30, 7)
LOST, ANSWERED = "unreachable", "qualified"

# The maintained group of the leukaemia trial (Miller 1981, p. 49; `aml` of R's survival): weeks, and whether relapsed.
AML = [(9, 1), (13, 1), (13, 0), (18, 1), (23, 1), (28, 0), (31, 1), (34, 1), (45, 0), (48, 1), (161, 0)]


def after(seconds):
    return START + timedelta(seconds=seconds)


def ring(world, lead, disposition=ANSWERED, wait=None, day=DAY, **values):
    world.call(lead, day, disposition, **({"direction": "inbound", "queue_seconds": wait} | values))


def rings(world, waits):
    """Calls of leads of their own: (seconds, 1 for a hang-up and 0 for an answer)."""
    for seconds, is_lost in waits:
        ring(world, world.lead(), LOST if is_lost else ANSWERED, float(seconds))


def line(world, seconds=None, channel="inbound", **asked):
    measure = f"within_{seconds}_seconds" if seconds else "abandoned"
    return world.run(KPI, **asked).row(channel, measure=measure)


def incidence(waits, at):
    """1 - S and Greenwood's standard error, by statsmodels."""
    seconds, events = np.array(waits, float).T
    fit = SurvfuncRight(seconds, events)
    place = np.searchsorted(fit.surv_times, at, side="right") - 1
    return 1 - fit.surv_prob[place], fit.surv_prob_se[place]


Z = norm.ppf(0.975)


def loglog(share, se, z=Z):
    return [share ** np.exp(sign * z * se / (share * np.log(share))) for sign in (-1, 1)]


def test_the_plain_share_counts_hang_ups_of_all_calls(story):
    world = story(AS_OF)
    for disposition in [ANSWERED] * 24 + [LOST] * 10 + ["voicemail"] * 6:
        ring(world, world.lead(), disposition)
    # 10 of 40; between 40 leads the variance is 40/39 x p(1 - p)/40, so the sample is worth 39
    low, high = proportion_confint(0.25 * 39, 39, method="wilson")
    assert line(world) == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 10,
        "denominator": 40,
        "estimate": pytest.approx(0.25, abs=1e-12),
        "low": pytest.approx(low, abs=1e-9),
        "high": pytest.approx(high, abs=1e-9),
        "n_old_enough": 40,
        "status": "ok",
        "measure": "abandoned",
        "within_seconds": None,
        "waiting_count": None,
        "patience_seconds": None,
        "patience_low": None,
        "patience_high": None,
        "caller_count": 40,
        "voicemail_count": 6,
        "unknown_count": 0,
        "unknown_wait_count": 40,
    }


def test_patience_is_the_published_curve(story):
    # R, survfit(Surv(time, status) ~ 1) of that group: .716 (se .1397) after 18, .184 (.1535) after 48, median 31. Each
    # row ten times leaves the curve and divides Greenwood's variance by ten.
    world = story(AS_OF)
    rings(world, AML * 10)
    within_20, within_60 = line(world, 20), line(world, 60)
    assert within_20["estimate"] == pytest.approx(1 - 0.716, abs=5e-4)
    assert within_60["estimate"] == pytest.approx(1 - 0.184, abs=5e-4)
    for row, seconds, published in ((within_20, 20, 0.1397), (within_60, 60, 0.1535)):
        share, se = incidence(AML * 10, seconds)
        assert se * np.sqrt(10) == pytest.approx(published, abs=5e-5)
        assert row["estimate"] == pytest.approx(share, abs=1e-9)
        assert [row["low"], row["high"]] == pytest.approx(loglog(share, se), abs=1e-9)
    assert (within_20["numerator"], within_20["denominator"], within_20["waiting_count"]) == (30, 110, 70)
    # ten callers wait longer than a minute: shown, not judged
    assert (within_60["waiting_count"], within_60["status"]) == (10, "provisional")
    assert within_20["patience_seconds"] == 31


def test_the_limits_of_the_median_are_where_the_band_crosses_a_half(story):
    world = story(AS_OF)
    rings(world, AML * 10)
    bands = {at: loglog(*incidence(AML * 10, at)) for at in (9, 13, 18, 23, 31, 34, 48)}
    row = line(world)
    assert row["patience_seconds"] == 31
    assert row["patience_low"] == min(at for at, (_, high) in bands.items() if high >= 0.5)
    assert row["patience_high"] == min(at for at, (low, _) in bands.items() if low >= 0.5)


def test_an_answer_is_no_hang_up_and_no_patience_without_end(story):
    # 50 hang up after 10 s; 30 are answered after 5 s; 20 hang up after 15 s and 40 wait a minute for an answer. Still
    # there at 10 s: 110, 60/110 go on; at 15 s: 60, 40/60 go on. 1 - 60/110 x 40/60 = 7/11, the plain share is .5.
    world = story(AS_OF)
    rings(world, [(10, 1)] * 50 + [(5, 0)] * 30 + [(15, 1)] * 20 + [(60, 0)] * 40)
    assert line(world)["estimate"] == pytest.approx(70 / 140, abs=1e-12)
    assert line(world, 20)["estimate"] == pytest.approx(7 / 11, abs=1e-12)


def test_a_faster_answer_lowers_the_share_abandoned_and_not_the_patience(story):
    # patience is exponential with a mean of 100 s, so 1 - exp(-.2), 1 - exp(-.6) would hang up within 20 and 60 s
    draw, shares = np.random.default_rng(2), []
    for mean in (30, 90):
        world = story(AS_OF)
        patience, offered = draw.exponential(100, 1500), draw.exponential(mean, 1500)
        rings(world, [(min(p, o), int(p < o)) for p, o in zip(patience, offered, strict=True)])
        for seconds in (20, 60):
            # two standard errors at the widest, which is .026
            assert line(world, seconds)["estimate"] == pytest.approx(1 - np.exp(-seconds / 100), abs=0.052)
        shares.append(line(world)["estimate"])
    # 30/130 and 90/190 of the callers
    assert shares == pytest.approx([30 / 130, 90 / 190], abs=0.03)


def weighted_log_share(waits, weights, at):
    """ln S(at) of Kaplan-Meier with weights."""
    seconds, events = np.array(waits, float).T
    total = 0.0
    for time in np.unique(seconds[(events == 1) & (seconds <= at)]):
        gone = weights[(seconds == time) & (events == 1)].sum()
        total += np.log1p(-gone / weights[seconds >= time].sum())
    return total


def caller_se(waits, callers, at):
    """The standard error of S between callers: the derivatives of ln S by the weight of each caller, by differences."""
    ones, step, squares = np.ones(len(waits)), 1e-5, 0.0
    for caller in np.unique(callers):
        move = step * (callers == caller)
        upper, lower = (weighted_log_share(waits, ones + sign * move, at) for sign in (1, -1))
        squares += ((upper - lower) / (2 * step)) ** 2
    count = len(np.unique(callers))
    return np.exp(weighted_log_share(waits, ones, at)) * np.sqrt(squares * count / (count - 1))


@pytest.mark.parametrize("count", [60, 20])
def test_calls_of_one_lead_are_not_independent(story, count):
    draw = np.random.default_rng(count)
    world, waits, callers = story(AS_OF), [], []
    for place in range(count):
        lead, mean = world.lead(), draw.choice([15, 200])
        for _ in range(draw.integers(1, 600 // count)):
            patience, offered = draw.exponential(mean), draw.exponential(60)
            # whole seconds, so that several end at the same one
            waits.append((float(np.ceil(min(patience, offered))), int(patience < offered)))
            callers.append(place)
            ring(world, lead, LOST if waits[-1][1] else ANSWERED, waits[-1][0])
    callers = np.array(callers)
    for seconds in (20, 60):
        share, greenwood = incidence(waits, seconds)
        se = caller_se(waits, callers, seconds)
        row = line(world, seconds)
        assert se > greenwood
        assert row["estimate"] == pytest.approx(share, abs=1e-9)
        z = Z if count >= 30 else t.ppf(0.975, count - 1)
        # differences of a step of 1e-5 are right to about its square
        assert [row["low"], row["high"]] == pytest.approx(loglog(share, se, z), abs=1e-7)


def test_without_ties_the_spread_between_single_calls_is_that_of_greenwood():
    # what the clustered variance comes to where every caller calls once
    draw = np.random.default_rng(3)
    waits = [(float(wait), int(draw.random() < 0.6)) for wait in draw.permutation(np.arange(1, 81))]
    _, greenwood = incidence(waits, 50)
    assert caller_se(waits, np.arange(80), 50) == pytest.approx(greenwood * np.sqrt(80 / 79), rel=1e-6)


def test_a_handful_of_callers_measures_no_spread(story):
    world = story(AS_OF)
    for place in range(7):
        lead = world.lead()
        for wait in range(10):
            ring(world, lead, LOST if (wait + place) % 3 else ANSWERED, 10.0 + 20 * wait)
    assert line(world, 20)["status"] == "too_few"
    ring(world, world.lead(), LOST, 300.0)
    assert line(world, 20)["status"] == "ok"


def test_before_five_hang_ups_the_limits_are_those_of_wilson(story):
    world = story(AS_OF)
    rings(world, [(5, 1)] * 3 + [(15, 0)] * 20 + [(90, 0)] * 50)
    row = line(world, 20)
    # 3 of 73; known of 3 that hung up and 50 that wait on
    assert row["estimate"] == pytest.approx(3 / 73, abs=1e-12)
    assert row["n_old_enough"] == 53
    low, high = proportion_confint(3 / 73 * 53, 53, method="wilson")
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-9)


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_a_share_is_shown_while_callers_still_wait(story, count, status):
    world = story(AS_OF)
    rings(world, [(10, 1)] * 20 + [(15, 0)] * 80 + [(21, 0)] * count)
    row = line(world, 20)
    assert (row["status"], row["waiting_count"]) == (status, count)
    assert [row[name] is not None for name in ("estimate", "low", "high")] == [count >= 10] * 3
    assert line(world, 60)["status"] == "too_few"


def test_a_wait_of_exactly_so_long_is_within_it(story):
    world = story(AS_OF)
    rings(world, [(20, 1)] * 10 + [(20, 0)] * 30)
    row = line(world, 20)
    # hang-ups of a second come before its answers: 40 waited, 10 hung up, 30 had not by then
    assert (row["estimate"], row["waiting_count"], row["status"]) == (0.25, 30, "ok")


def test_when_all_have_hung_up_the_share_is_one(story):
    world = story(AS_OF)
    rings(world, [(5, 0)] * 5 + [(10, 1)] * 40)
    row = line(world, 60)
    assert (row["estimate"], row["waiting_count"], row["status"]) == (1.0, 0, "ok")


def test_half_is_given_from_ten_hang_ups_on_and_only_where_it_is_reached(story):
    world = story(AS_OF)
    rings(world, [(30, 1)] * 9 + [(30, 0), (40, 0)] * 10)
    assert line(world)["patience_seconds"] is None
    rings(world, [(30, 1)] * 4)
    # 13 of 33 are less than half
    assert line(world)["patience_seconds"] is None
    rings(world, [(30, 1)] * 12)
    assert line(world)["patience_seconds"] == 30


def test_the_clock_tells_the_wait_where_the_queue_does_not(story):
    world = story(AS_OF)
    for lead in world.leads(20):
        ring(world, lead, ANSWERED, started_at=START, answered_at=after(25), ended_at=after(300))
        ring(world, lead, LOST, started_at=START, ended_at=after(15))
        ring(world, lead, "voicemail", started_at=START, answered_at=after(30), ended_at=after(60))
        # the queue goes before the clock
        ring(world, lead, ANSWERED, 40.0, started_at=START, answered_at=after(5))
    row = line(world, 20)
    assert (row["numerator"], row["denominator"], row["waiting_count"]) == (20, 80, 60)
    assert row["unknown_wait_count"] == 0


@pytest.mark.parametrize(
    "values",
    [
        {"started_at": START, "answered_at": after(-60)},
        {"started_at": START.replace(second=0), "answered_at": START.replace(second=0, minute=31)},
        {
            "started_at": START.replace(hour=0, minute=0, second=0),
            "answered_at": START.replace(hour=0, minute=0, second=0),
        },
        {"started_at": START},
        {"queue_seconds": -1.0},
    ],
    ids=["answered before it began", "full minutes", "days", "not given", "impossible"],
)
def test_a_wait_that_nobody_knows_is_left_out_and_counted(story, values):
    world = story(AS_OF)
    rings(world, [(15, 1)] * 20 + [(30, 0)] * 50)
    for lead in world.leads(4):
        ring(world, lead, ANSWERED, **values)
    row = line(world, 20)
    assert (row["denominator"], row["unknown_wait_count"]) == (70, 4)
    assert line(world)["denominator"] == 74


def test_a_hang_up_with_talk_time_has_no_wait_by_the_clock(story):
    world = story(AS_OF)
    rings(world, [(15, 1)] * 20 + [(30, 0)] * 50)
    ring(world, world.lead(), LOST, started_at=START, ended_at=after(200), talk_seconds=100.0)
    assert line(world)["numerator"] == 21
    assert line(world)["unknown_wait_count"] == 1


def test_patience_is_withheld_where_waits_of_hang_ups_are_missing(story):
    # answered calls carry the time of their answer and lost ones nothing: nobody would seem to hang up
    world = story(AS_OF)
    rings(world, [(30, 0)] * 100 + [(15, 1)] * 17)
    for lead in world.leads(2):
        ring(world, lead, LOST)
    # 17 of 19 waits of hang-ups are known: less than nine tenths of what it is for answered calls
    assert [line(world, seconds)["status"] for seconds in (20, 60, 120)] == ["not_available"] * 3
    assert line(world)["estimate"] == pytest.approx(19 / 119, abs=1e-12)
    rings(world, [(15, 1)])
    # 18 of 20
    assert line(world, 20)["status"] == "ok"


def test_patience_is_withheld_where_only_lost_calls_have_a_wait(story):
    world = story(AS_OF)
    rings(world, [(15, 1)] * 30 + [(50, 1)] * 40)
    for lead in world.leads(50):
        ring(world, lead, ANSWERED)
    assert (line(world, 20)["status"], line(world, 20)["estimate"]) == ("not_available", None)
    assert line(world)["patience_seconds"] is None


def test_without_any_voicemail_every_lost_call_is_a_hang_up(story):
    world = story(AS_OF)
    for lead in world.leads(20):
        for disposition in (LOST, "voicemail", ANSWERED):
            ring(world, lead, disposition, 25.0)
    assert (line(world)["numerator"], line(world)["voicemail_count"]) == (20, 20)


def test_a_file_of_answered_calls_only_says_nothing(story):
    world = story(AS_OF)
    rings(world, [(15, 0)] * 60 + [(200, 0)] * 60)
    rows = world.run(KPI).rows
    assert rows.select("status", "estimate").unique().rows() == [("not_available", None)]


def test_calls_that_do_not_say_how_they_ended_are_left_out_and_counted(story):
    world = story(AS_OF)
    rings(world, [(15, 1)] * 20 + [(30, 0)] * 50)
    for lead in world.leads(5):
        ring(world, lead, "unmapped", 10.0)
    assert (line(world)["unknown_count"], line(world)["denominator"], line(world, 20)["denominator"]) == (
        5,
        70,
        70,
    )


def test_only_calls_of_the_window_up_to_as_of_count(story):
    world = story(AS_OF)
    for lead in world.leads(20):
        ring(world, lead, LOST, 10.0, AS_OF)
        ring(world, lead, ANSWERED, 30.0, "2026-05-01")
        ring(world, lead, LOST, 10.0, AS_OF + timedelta(days=1))
        ring(world, lead, LOST, 10.0, direction="outbound")
    for row in (line(world), line(world, 20)):
        assert (row["numerator"], row["denominator"]) == (20, 40)
    assert line(world, from_on="2026-05-02")["denominator"] == 20
    assert world.run(KPI, from_on="2026-06-01", to_on="2026-06-30").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices_go_by_the_lead(story):
    world = Story(AS_OF)
    for lost, channel, segment in ((10, "inbound", "smb"), (20, "inbound", "ent"), (30, "outbound", "ent")):
        for place, lead in enumerate(world.leads(40, channel, segment=segment)):
            ring(world, lead, LOST if place < lost else ANSWERED, 10.0 if place < lost else 30.0)
    result = world.run(KPI, slice_by="segment")
    for measure in ("abandoned", "within_20_seconds"):
        rows = [
            result.row(channel, slice=segment, measure=measure)["estimate"]
            for segment, channel in (("smb", "inbound"), ("ent", "inbound"), ("ent", "outbound"))
        ]
        assert rows == pytest.approx([0.25, 0.5, 0.75], abs=1e-12)
    assert line(world, 20, segments=("ent",), channels=("inbound",))["denominator"] == 40


def test_a_call_without_a_lead_is_a_caller_of_its_own(story):
    world = story(AS_OF)
    for _ in range(15):
        ring(world, None, LOST, 10.0)
        ring(world, None, ANSWERED, 50.0)
    row = line(world, 20, "unknown")
    assert (row["estimate"], row["caller_count"], row["status"]) == (0.5, 30, "provisional")


@pytest.mark.parametrize("column", ["started_at", "direction", "outcome_code"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    rings(world, [(15, 1)] * 20 + [(30, 0)] * 50)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    assert world.run(KPI).unavailable == f"needs the column {column} of the extract calls"
