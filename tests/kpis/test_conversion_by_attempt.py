"""Conversion by attempt: of the leads that get a first, second, further call, how many are qualified on it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from scipy.stats import norm
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "conversion_by_attempt"
AS_OF = date(2026, 12, 31)
DAY = date(2026, 6, 1)


def tried(world, lead, dispositions, **values):
    """Dials of one lead, one a day."""
    for place, disposition in enumerate(dispositions):
        world.call(lead, DAY + timedelta(days=place), disposition, **({"direction": "outbound"} | values))


def attempts(world, count, attempt, converted, channel="outbound", **values):
    """So many leads with so many attempts, the last of which converted them, or not."""
    last = "qualified" if converted else "voicemail"
    for lead in world.leads(count, channel, **values):
        tried(world, lead, ["voicemail"] * (attempt - 1) + [last])


def line(world, attempt=1, channel="outbound", **asked):
    measure = f"attempt_{attempt}" if attempt < 8 else "attempt_8_or_more"
    return world.run(KPI, **asked).row(channel, measure=measure)


def published(world):
    """features.md, X17: 100 leads get a first call (10 qualify), 60 a second (6), 30 a third (1)."""
    for attempt, converted, not_ in ((1, 10, 30), (2, 6, 24), (3, 1, 29)):
        attempts(world, converted, attempt, True)
        attempts(world, not_, attempt, False)
    return world


def test_each_attempt_stands_on_the_leads_that_got_it(story):
    world = published(story(AS_OF))
    rows = [line(world, attempt) for attempt in (1, 2, 3)]
    assert [(row["numerator"], row["denominator"]) for row in rows] == [(10, 100), (6, 60), (1, 30)]
    assert [row["estimate"] for row in rows] == pytest.approx([0.1, 0.1, 1 / 30], abs=1e-12)
    assert [row["attempts_for_one"] for row in rows] == pytest.approx([10, 10, 30], abs=1e-9)
    assert [row["status"] for row in rows] == ["ok", "provisional", "provisional"]
    for row in rows:
        low, high = proportion_confint(row["numerator"], row["denominator"], method="wilson")
        assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-9)
        told = [row["attempts_for_one_low"], row["attempts_for_one_high"]]
        assert told == pytest.approx([1 / high, 1 / low], rel=1e-9)


def test_the_cumulative_share_is_kaplan_meier_over_attempts(story):
    world = published(story(AS_OF))
    numbers = [(1, 1)] * 10 + [(1, 0)] * 30 + [(2, 1)] * 6 + [(2, 0)] * 24 + [(3, 1)] + [(3, 0)] * 29
    times, events = np.array(numbers).T
    fitted = KaplanMeierFitter().fit(times, events).survival_function_at_times([1, 2, 3]).to_numpy()
    greenwood = SurvfuncRight(times, events).surv_prob_se
    for attempt in (1, 2, 3):
        row, share, se = line(world, attempt), 1 - fitted[attempt - 1], greenwood[attempt - 1]
        assert row["cumulative_share"] == pytest.approx(share, abs=1e-9)
        limits = [share ** np.exp(sign * norm.ppf(0.975) * se / (share * np.log(share))) for sign in (-1, 1)]
        assert [row["cumulative_low"], row["cumulative_high"]] == pytest.approx(limits, abs=1e-9)
    # 1 - .9 x .9 x 29/30
    assert line(world, 3)["cumulative_share"] == pytest.approx(1 - 0.81 * 29 / 30, abs=1e-12)
    # converted before, and tried a third time
    assert line(world, 3)["followed_count"] == 16 + 30


def test_before_five_conversions_the_cumulative_limits_are_those_of_wilson(story):
    world = story(AS_OF)
    attempts(world, 3, 1, True)
    attempts(world, 57, 1, False)
    row = line(world)
    low, high = proportion_confint(3, 60, method="wilson")
    assert [row["cumulative_low"], row["cumulative_high"]] == pytest.approx([low, high], abs=1e-9)


def test_attempts_per_conversion_rest_on_leads(story):
    world = published(story(AS_OF))
    # 190 attempts for 17 conversions; ln of a ratio of means by the delta method, from the covariances of the leads
    effort = np.array([1] * 40 + [2] * 30 + [3] * 30)
    converted = np.array([1] * 10 + [0] * 30 + [1] * 6 + [0] * 24 + [1] + [0] * 29)
    means, covariance = np.array([effort.mean(), converted.mean()]), np.cov(effort, converted)
    gradient = np.array([1, -1]) / means
    se = np.sqrt(gradient @ covariance @ gradient / 100)
    ratio, z = 190 / 17, norm.ppf(0.975)
    for row in world.run(KPI).rows.to_dicts():
        assert (row["lead_count"], row["attempt_count"], row["conversion_count"]) == (100, 190, 17)
        found = [row[f"attempts_per_conversion{end}"] for end in ("", "_low", "_high")]
        assert found == pytest.approx([ratio, ratio * np.exp(-z * se), ratio * np.exp(z * se)], rel=1e-9)


def test_attempts_per_conversion_need_ten_conversions(story):
    world = story(AS_OF)
    attempts(world, 9, 1, True)
    attempts(world, 60, 1, False)
    row = line(world)
    assert row["estimate"] == pytest.approx(9 / 69, abs=1e-12)
    told = [row[f"attempts_per_conversion{end}"] for end in ("", "_low", "_high")]
    assert told == [None] * 3
    attempts(world, 1, 1, True)
    assert line(world)["attempts_per_conversion"] == pytest.approx(7.0, abs=1e-12)


def test_the_eighth_attempt_and_later_ones_stand_together(story):
    world = story(AS_OF)
    attempts(world, 20, 10, True)
    attempts(world, 20, 8, False)
    row = line(world, 8)
    # 20 x 3 + 20 attempts from the eighth on
    assert (row["numerator"], row["denominator"], row["measure"]) == (20, 80, "attempt_8_or_more")
    # no single number of attempts, so no share by it
    assert row["cumulative_share"] is None
    assert line(world, 7)["cumulative_share"] == 0.0
    assert world.run(KPI).rows["measure"].to_list() == [f"attempt_{n}" for n in range(1, 8)] + [
        "attempt_8_or_more"
    ]


@pytest.mark.parametrize("disposition", ["qualified", "meeting_booked"])
def test_what_follows_a_conversion_is_no_attempt(story, disposition):
    world = story(AS_OF)
    for lead in world.leads(40, "outbound"):
        tried(world, lead, [disposition, "voicemail", "qualified"])
    assert world.run(KPI).rows["measure"].to_list() == ["attempt_1"]
    assert (line(world)["numerator"], line(world)["attempt_count"]) == (40, 40)


@pytest.mark.parametrize(
    "disposition", ["interested_not_ready", "callback_requested", "no_fit", "gatekeeper_block"]
)
def test_a_talk_without_result_is_no_conversion(story, disposition):
    world = story(AS_OF)
    for lead in world.leads(40, "outbound"):
        tried(world, lead, [disposition, "qualified"])
    assert [line(world, attempt)["numerator"] for attempt in (1, 2)] == [0, 40]


def test_a_lead_that_is_qualified_on_its_own_call_is_tried_no_more(story):
    world = story(AS_OF)
    for lead in world.leads(40, "outbound"):
        tried(world, lead, ["voicemail"])
        world.call(lead, DAY + timedelta(days=1), "qualified", direction="inbound")
        world.call(lead, DAY + timedelta(days=2), "qualified", direction="outbound")
    assert world.run(KPI).rows["measure"].to_list() == ["attempt_1"]
    assert (line(world)["numerator"], line(world)["conversion_count"]) == (0, 0)


def test_a_call_without_direction_is_an_attempt_and_one_that_comes_in_is_none(story):
    world = story(AS_OF)
    for lead in world.leads(40, "outbound"):
        tried(world, lead, ["voicemail"], direction=None)
        world.call(lead, DAY, "voicemail", direction="inbound")
    assert (line(world)["denominator"], line(world)["attempt_count"]) == (40, 40)


def test_an_attempt_without_an_entry_is_left_out_and_keeps_its_number(story):
    world = story(AS_OF)
    for lead in world.leads(40, "outbound"):
        tried(world, lead, ["voicemail", "qualified"])
    for lead in world.leads(10, "outbound"):
        tried(world, lead, ["unmapped", "voicemail"])
    first, second = line(world), line(world, 2)
    assert (first["denominator"], first["unmapped_count"]) == (40, 10)
    assert (second["numerator"], second["denominator"], second["unmapped_count"]) == (40, 50, 0)
    # it is effort all the same
    assert second["attempt_count"] == 100


def test_where_an_attempt_has_no_known_outcome_nothing_is_cumulated_past_it(story):
    world = story(AS_OF)
    for lead in world.leads(40, "outbound"):
        tried(world, lead, ["voicemail", "unmapped", "qualified"])
    rows = [line(world, attempt) for attempt in (1, 2, 3)]
    assert [row["cumulative_share"] for row in rows] == [0.0, None, None]
    assert [row["estimate"] for row in rows] == [0.0, None, 1.0]


@pytest.mark.parametrize(
    ("count", "status"), [(29, "too_few"), (30, "provisional"), (99, "provisional"), (100, "ok")]
)
def test_the_edge_of_the_sample(story, count, status):
    world = story(AS_OF)
    attempts(world, 15, 1, True)
    attempts(world, count - 15, 1, False)
    row = line(world)
    assert (row["status"], row["n_old_enough"]) == (status, count)
    names = (
        "estimate",
        "low",
        "high",
        "attempts_for_one",
        "cumulative_share",
        "cumulative_low",
        "cumulative_high",
    )
    assert [row[name] is not None for name in names] == [count >= 30] * len(names)


def test_without_any_conversion_no_number_of_attempts_brings_one(story):
    world = story(AS_OF)
    attempts(world, 40, 1, False)
    row = line(world)
    assert (row["estimate"], row["low"]) == (0.0, 0.0)
    told = [row[f"attempts_for_one{end}"] for end in ("", "_low", "_high")]
    assert told == [None] * 3


def test_the_leads_of_the_window_with_all_their_attempts_up_to_as_of(story):
    world = story(AS_OF)
    for created in ("2026-03-01", "2026-04-01"):
        for lead in world.leads(40, "outbound", created):
            tried(world, lead, ["voicemail", "voicemail"])
            world.call(lead, AS_OF + timedelta(days=1), "qualified", direction="outbound")
    assert [(line(world, n)["numerator"], line(world, n)["denominator"]) for n in (1, 2)] == [(0, 80)] * 2
    assert line(world, 3) is None
    assert line(world, from_on="2026-03-02")["denominator"] == 40
    assert line(world, as_of=DAY)["denominator"] == 80
    assert line(world, 2, as_of=DAY) is None
    assert world.run(KPI, from_on="2026-05-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices_go_by_the_lead(story):
    world = Story(AS_OF)
    for converted, channel, segment in (
        (10, "inbound", "smb"),
        (20, "inbound", "ent"),
        (30, "outbound", "ent"),
    ):
        attempts(world, converted, 1, True, channel, segment=segment)
        attempts(world, 40 - converted, 1, False, channel, segment=segment)
    rows = world.run(KPI, slice_by="segment").rows.select("slice", "channel", "numerator", "denominator")
    assert rows.rows() == [
        ("ent", "inbound", 20, 40),
        ("ent", "outbound", 30, 40),
        ("smb", "inbound", 10, 40),
    ]
    assert line(world, 1, "inbound", segments=("ent",))["numerator"] == 20


@pytest.mark.parametrize("column", ["started_at", "direction", "outcome_code", "lead_id"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    attempts(world, 40, 1, True)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    assert world.run(KPI).unavailable == f"needs the column {column} of the extract calls"
