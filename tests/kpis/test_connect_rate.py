"""Connect rate: of the dials of a window, how many a person picked up."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.genmod.cov_struct import Independence
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_estimating_equations import GEE
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "connect_rate"
AS_OF = date(2026, 12, 31)
DAY = "2026-06-01"


def dial(world, lead, dispositions, day=DAY, **values):
    for disposition in dispositions:
        world.call(lead, day, disposition, **({"direction": "outbound"} | values))


def wilson(share, worth):
    return pytest.approx(list(proportion_confint(share * worth, worth, method="wilson")), abs=1e-9)


def test_a_person_who_picks_up_is_a_connect(story):
    world = story(AS_OF)
    reached = [
        "qualified",
        "no_fit",
        "callback_requested",
        "connected_no_result",
        "gatekeeper_block",
        "wrong_contact",
    ]
    for disposition in reached * 2:
        dial(world, world.lead(), [disposition])
    for disposition in ["unreachable"] * 20 + ["voicemail"] * 8:
        dial(world, world.lead(), [disposition])
    # 12 of 40 dials, one dial for each lead: p = .3. Between 40 leads the variance is 40/39 x p(1 - p)/40
    # = .21/39, so the sample is worth 39 leads.
    low, high = proportion_confint(0.3 * 39, 39, method="wilson")
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 12,
            "denominator": 40,
            "estimate": pytest.approx(0.3, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 40,
            "status": "ok",
            "lead_count": 40,
            "unmapped_count": 0,
            "dials_per_lead": 1.0,
        }
    ]


def test_dials_of_one_lead_are_not_independent(story):
    # the variance between leads is that of a GEE with independence working correlation, times G/(G - 1)
    draw = np.random.default_rng(5)
    world, answers, groups = story(AS_OF), [], []
    for place in range(60):
        lead, share = world.lead(), draw.choice([0.05, 0.8])
        for _ in range(draw.integers(1, 9)):
            answers.append(int(draw.random() < share))
            groups.append(place)
            dial(world, lead, ["qualified" if answers[-1] else "voicemail"])
    fit = GEE(answers, np.ones(len(answers)), groups, family=Binomial(), cov_struct=Independence()).fit()
    share = float(np.mean(answers))
    # the delta method takes the variance of the logit back to that of the share
    variance = float(fit.cov_robust[0, 0]) * (share * (1 - share)) ** 2 * 60 / 59
    row = world.row(KPI)
    assert (row["estimate"], row["denominator"]) == (pytest.approx(share, abs=1e-12), len(answers))
    assert [row["low"], row["high"]] == wilson(share, share * (1 - share) / variance)
    assert share * (1 - share) / variance < len(answers) / 2


def test_without_any_connect_each_lead_counts_once(story):
    world = story(AS_OF)
    for lead in world.leads(10):
        dial(world, lead, ["unreachable"] * 5)
    row = world.row(KPI)
    assert (row["estimate"], row["low"], row["denominator"], row["dials_per_lead"]) == (0.0, 0.0, 50, 5.0)
    # Wilson with nothing in 10: z^2 / (10 + z^2), not in 50
    assert row["high"] == pytest.approx(1.959963984540054**2 / (10 + 1.959963984540054**2), abs=1e-12)


def test_dials_of_a_single_lead_have_no_limits(story):
    world = story(AS_OF)
    dial(world, world.lead(), ["qualified"] * 20 + ["voicemail"] * 20)
    row = world.row(KPI)
    assert (row["estimate"], row["low"], row["high"]) == (0.5, None, None)


def test_a_voicemail_is_no_connect_even_when_the_line_was_answered(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        dial(world, lead, ["voicemail"], answered_at="2026-06-01 10:00:00")
    assert world.row(KPI)["numerator"] == 0


def test_calls_that_come_in_are_no_dials(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        dial(world, lead, ["voicemail"])
        dial(world, lead, ["qualified"], direction="inbound")
        dial(world, lead, ["voicemail"], direction=None)
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"]) == (0, 60)


def test_codes_without_an_entry_are_left_out_and_counted(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        dial(world, lead, ["qualified", "unmapped"])
    dial(world, world.lead(), ["unmapped"])
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["estimate"]) == (30, 30, 1.0)
    assert (row["unmapped_count"], row["lead_count"]) == (31, 30)


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_edge_of_the_sample(story, count, status):
    world = story(AS_OF)
    for place, lead in enumerate(world.leads(count)):
        dial(world, lead, ["qualified" if place % 2 else "voicemail"])
    row = world.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, count)
    shown = [row[name] is not None for name in ("estimate", "low", "high", "dials_per_lead")]
    assert shown == [count >= 10] * 4


def test_only_dials_of_the_window_up_to_as_of_count(story):
    world = story(AS_OF)
    for lead in world.leads(30):
        dial(world, lead, ["voicemail"], AS_OF)
        dial(world, lead, ["voicemail"], "2026-05-01")
        dial(world, lead, ["qualified"], AS_OF + timedelta(days=1))
    assert (world.row(KPI)["numerator"], world.row(KPI)["denominator"]) == (0, 60)
    assert world.row(KPI, from_on="2026-05-02")["denominator"] == 30
    assert world.row(KPI, to_on="2026-12-30")["denominator"] == 30
    assert world.run(KPI, from_on="2026-06-01", to_on="2026-06-30").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices_go_by_the_lead(story):
    world = Story(AS_OF)
    for connects, channel, segment in (
        (10, "inbound", "smb"),
        (20, "inbound", "ent"),
        (30, "outbound", "ent"),
    ):
        for place, lead in enumerate(world.leads(40, channel, segment=segment)):
            dial(world, lead, ["qualified" if place < connects else "voicemail"])
    rows = (
        world.run(KPI, slice_by="segment").rows.select("slice", "channel", "numerator", "denominator").rows()
    )
    assert rows == [("ent", "inbound", 20, 40), ("ent", "outbound", 30, 40), ("smb", "inbound", 10, 40)]
    row = world.row(KPI, segments=("ent",), channels=("inbound",))
    assert (row["numerator"], row["denominator"]) == (20, 40)


def test_a_dial_without_a_lead_stands_under_unknown(story):
    world = story(AS_OF)
    for _ in range(30):
        dial(world, None, ["voicemail"])
    row = world.row(KPI, "unknown")
    assert (row["denominator"], row["lead_count"]) == (30, 30)


@pytest.mark.parametrize("column", ["started_at", "direction", "outcome_code"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    dial(world, world.lead(), ["qualified"] * 40)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert result.rows.select("status", "estimate", "low").rows() == [("not_available", None, None)] * 2
