"""Incoming calls answered: of the calls that come in, how many a person of ours answered."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.genmod.cov_struct import Independence
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_estimating_equations import GEE
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "inbound_answer_rate"
AS_OF = date(2026, 12, 31)
DAY = "2026-06-01"
NOON = "2026-06-01 12:00:00"


def ring(world, lead, dispositions, day=DAY, **values):
    for disposition in dispositions:
        world.call(lead, day, disposition, **({"direction": "inbound"} | values))


def rings(world, answered, lost, channel="inbound", **values):
    """So many answered and lost calls, each of a lead of its own."""
    for lead in world.leads(answered, channel, **values):
        ring(world, lead, ["qualified"])
    for lead in world.leads(lost, channel, **values):
        ring(world, lead, ["unreachable"])


def wilson(share, worth):
    return pytest.approx(list(proportion_confint(share * worth, worth, method="wilson")), abs=1e-9)


def test_a_person_who_speaks_is_an_answer(story):
    world = story(AS_OF)
    spoken = ["qualified", "no_fit", "connected_no_result", "gatekeeper_block", "wrong_contact"]
    for disposition in spoken * 6 + ["unreachable"] * 6 + ["voicemail"] * 4:
        ring(world, world.lead(), [disposition])
    # 30 of 40 calls, one of each lead: p = .75. Between 40 leads the variance is 40/39 x p(1 - p)/40, so the
    # sample is worth 39 leads.
    low, high = proportion_confint(0.75 * 39, 39, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 30,
            "denominator": 40,
            "estimate": pytest.approx(0.75, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 40,
            "status": "ok",
            "caller_count": 40,
            "voicemail_count": 4,
            "disputed_count": 0,
            "unknown_count": 0,
            "lower_bound": None,
            "upper_bound": None,
        }
    ]


def test_calls_of_one_lead_are_not_independent(story):
    # the variance between leads is that of a GEE with independence working correlation, times G/(G - 1)
    draw = np.random.default_rng(7)
    world, answers, groups = story(AS_OF), [], []
    for place in range(60):
        lead, share = world.lead(), draw.choice([0.3, 0.95])
        for _ in range(draw.integers(1, 9)):
            answers.append(int(draw.random() < share))
            groups.append(place)
            ring(world, lead, ["qualified" if answers[-1] else "unreachable"])
    fit = GEE(answers, np.ones(len(answers)), groups, family=Binomial(), cov_struct=Independence()).fit()
    share = float(np.mean(answers))
    # the delta method takes the variance of the logit back to that of the share
    variance = float(fit.cov_robust[0, 0]) * (share * (1 - share)) ** 2 * 60 / 59
    row = world.row(KPI)
    assert (row["estimate"], row["denominator"]) == (pytest.approx(share, abs=1e-12), len(answers))
    assert [row["low"], row["high"]] == wilson(share, share * (1 - share) / variance)
    assert share * (1 - share) / variance < 0.8 * len(answers)


def test_dials_of_ours_are_no_calls_that_come_in(story):
    world = story(AS_OF)
    rings(world, 20, 20)
    for lead in world.leads(30):
        ring(world, lead, ["qualified"], direction="outbound")
        ring(world, lead, ["qualified"], direction=None)
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (20, 40)


def test_the_clock_decides_where_the_code_has_no_entry(story):
    world = story(AS_OF)
    rings(world, 30, 10)
    for lead in world.leads(4):
        ring(world, lead, ["unmapped"], answered_at=NOON)
        ring(world, lead, ["unmapped"], talk_seconds=90.0)
    for lead in world.leads(3):
        ring(world, lead, ["unmapped"], talk_seconds=0.0)
    row = world.row(KPI)
    # 30 + 4 + 4 answered of 40 + 8 + 3
    assert (row["numerator"], row["denominator"], row["unknown_count"]) == (38, 51, 0)


def test_a_talk_of_zero_says_nothing_where_no_talk_is_recorded(story):
    world = story(AS_OF)
    rings(world, 30, 10)
    for lead in world.leads(5):
        ring(world, lead, ["unmapped"], talk_seconds=0.0)
    row = world.row(KPI)
    assert (row["denominator"], row["unknown_count"]) == (40, 5)
    # a talk that is recorded later than as_of is not known yet
    ring(world, world.lead(), ["qualified"], AS_OF + timedelta(days=1), talk_seconds=60.0)
    assert world.row(KPI)["unknown_count"] == 5
    ring(world, world.lead(), ["qualified"], talk_seconds=60.0, direction="outbound")
    assert world.row(KPI)["unknown_count"] == 0


def test_calls_of_which_nothing_says_it_are_left_out_counted_and_bounded(story):
    world = story(AS_OF)
    rings(world, 24, 8)
    for lead in world.leads(8):
        ring(world, lead, ["unmapped"])
    row = world.row(KPI)
    assert (row["estimate"], row["denominator"], row["unknown_count"]) == (0.75, 32, 8)
    # all eight lost, or all answered: 24 and 32 of 40
    assert (row["lower_bound"], row["upper_bound"]) == (0.6, 0.8)


def test_an_outcome_goes_before_the_clock_and_the_conflict_is_counted(story):
    world = story(AS_OF)
    rings(world, 20, 10)
    for lead in world.leads(6):
        ring(world, lead, ["unreachable"], talk_seconds=60.0)
        ring(world, lead, ["qualified"], talk_seconds=0.0)
        ring(world, lead, ["voicemail"], talk_seconds=12.0, answered_at=NOON)
    row = world.row(KPI)
    # 20 + 6 of 30 + 18; an automatic voice that picks up is no answer
    assert (row["numerator"], row["denominator"]) == (26, 48)
    assert (row["disputed_count"], row["voicemail_count"]) == (6, 6)


@pytest.mark.parametrize("disposition", ["qualified", "unreachable", "voicemail"])
def test_a_file_with_one_kind_of_call_says_nothing(story, disposition):
    # telephone systems have reports of answered calls, and reports of missed ones
    world = story(AS_OF)
    for lead in world.leads(200):
        ring(world, lead, [disposition])
    result = world.run(KPI)
    row = result.first("inbound")
    assert (row["status"], row["estimate"], row["low"], row["high"]) == ("not_available", None, None, None)
    assert "answered calls only" in result.kpi.withheld
    # one call of the other kind, whatever its channel, tells that both are recorded
    ring(world, world.lead("outbound"), ["unreachable" if disposition == "qualified" else "qualified"])
    assert world.row(KPI)["estimate"] == float(disposition == "qualified")


@pytest.mark.parametrize(("unknown", "status"), [(40, "ok"), (41, "not_available")])
def test_most_calls_must_say_how_they_ended(story, unknown, status):
    world = story(AS_OF)
    rings(world, 30, 10)
    for lead in world.leads(unknown):
        ring(world, lead, ["unmapped"])
    row = world.row(KPI)
    assert (row["status"], row["estimate"]) == (status, 0.75 if status == "ok" else None)


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edge_of_the_sample(story, count, status):
    world = story(AS_OF)
    rings(world, count // 2, count - count // 2)
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, count)
    assert [row[name] is not None for name in ("estimate", "low", "high")] == [count >= 10] * 3


def test_only_calls_of_the_window_up_to_as_of_count(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        ring(world, lead, ["unreachable"], AS_OF)
        ring(world, lead, ["qualified"], "2026-05-01")
        ring(world, lead, ["qualified"], AS_OF + timedelta(days=1))
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (30, 60)
    assert world.row(KPI, from_on="2026-05-02")["estimate"] == 0.0
    assert world.row(KPI, to_on="2026-12-30")["estimate"] == 1.0
    assert world.run(KPI, from_on="2026-06-01", to_on="2026-06-30").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices_go_by_the_lead(story):
    world = Story(AS_OF)
    rings(world, 30, 10, "inbound", segment="smb")
    rings(world, 20, 20, "inbound", segment="ent")
    rings(world, 10, 30, "outbound", segment="ent")
    rows = world.run(KPI, slice_by="segment").rows.select("slice", "channel", "numerator", "denominator")
    assert rows.rows() == [
        ("ent", "inbound", 20, 40),
        ("ent", "outbound", 10, 40),
        ("smb", "inbound", 30, 40),
    ]
    row = world.row(KPI, segments=("ent",), channels=("inbound",))
    assert (row["numerator"], row["denominator"]) == (20, 40)


def test_a_call_without_a_lead_stands_under_unknown(story):
    world = story(AS_OF)
    for _ in range(15):
        ring(world, None, ["unreachable", "qualified"])
    row = world.row(KPI, "unknown")
    assert (row["estimate"], row["denominator"], row["caller_count"]) == (0.5, 30, 30)


@pytest.mark.parametrize("column", ["started_at", "direction", "outcome_code"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    rings(world, 20, 20)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
