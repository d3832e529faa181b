"""One figure in words: its unit stands behind it, what is not known is never 0, and nothing is said twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leadquality.catalogue import load_kpis
from leadquality.verdict.figure import figure

KPIS = load_kpis()


def row(**more: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("numerator", "estimate", "low", "high", "horizon_days", "judge_on"))
    return {"channel": "inbound", "status": "too_few", **nothing, **more}


def test_what_there_are_so_many_of_stands_behind_the_number():
    known = {"estimate": 18.3, "low": 17.3, "high": 19.5, "status": "ok", "numerator": 958}
    told = figure(
        KPIS["call_to_opportunity_ratio"],
        row(denominator=5_225, n_old_enough=4_134, horizon_days=45, **known),
    )
    assert (told.value, told.span) == ("18.3 per 100 calls", "17.3 to 19.5")
    assert told.basis == "958 for 5,225 calls, 4,134 old enough (45 days)."


def test_only_the_measure_on_the_card_has_these_words():
    kpi = KPIS["time_wasted_midfunnel"]
    known = {
        "estimate": 0.5,
        "low": 0.3,
        "high": 0.7,
        "status": "ok",
        "numerator": 5.0,
        "denominator": 10,
        "n_old_enough": 40,
    }
    assert figure(kpi, row(measure=kpi.first, **known)).value == "0.5 hours per deal"
    assert figure(kpi, row(measure="hours_share", **known)).value == "0.5"


@pytest.mark.parametrize("kpi_id", [kpi.kpi_id for kpi in KPIS.values() if kpi.unit == "per_unit"])
def test_every_number_per_something_says_of_what(kpi_id):
    assert KPIS[kpi_id].per


def test_a_sum_of_money_has_its_currency():
    known = {"estimate": 0.429, "low": 0.374, "high": 0.485, "status": "ok", "currency": "EUR"}
    told = figure(
        KPIS["qoq_revenue_contribution"],
        row(numerator=5_676_800, denominator=13_233_200, n_old_enough=291, **known),
    )
    assert told.basis == "EUR 5.68 M of EUR 13.23 M contract value."
    few = figure(KPIS["qoq_revenue_contribution"], row(numerator=52_000, denominator=52_000, n_old_enough=4))
    assert (few.basis, few.state) == ("", "Too few deals: no figure is given.")


def test_what_is_too_early_is_said_once():
    told = figure(
        KPIS["long_term_close_rate"],
        row(
            status="too_early",
            numerator=0,
            denominator=1_285,
            n_old_enough=0,
            horizon_days=540,
            judge_on=date(2028, 2, 22),
        ),
    )
    assert (told.value, told.basis, told.extras) == ("—", "", ())
    assert told.state == "Too early: 0 of 1,285 inbound leads are 540 days old. Judge on 22 Feb 2028."


def test_leads_that_are_there_but_young_are_not_withheld_as_if_there_were_none():
    told = figure(
        KPIS["early_stage_conversion"], row(numerator=3, denominator=15, n_old_enough=0, horizon_days=30)
    )
    assert told.state == "Too few: 0 of 15 inbound leads are 30 days old, 30 are needed."


def test_none_that_is_old_enough_is_not_none_of_nothing():
    told = figure(
        KPIS["pipeline_per_account_set"],
        row(status="too_early", channel="outbound", denominator=0, n_old_enough=0, horizon_days=180),
    )
    assert told.state == "Too early: of the outbound targeted accounts none is 180 days old."
    nothing = figure(KPIS["meeting_held_rate"], row(denominator=0, n_old_enough=0))
    assert nothing.state == "No inbound meetings in this scope. Widen the dates or press Reset."


def test_money_counts_no_events():
    told = figure(
        KPIS["revenue_per_traffic_source"],
        row(numerator=None, denominator=12, n_old_enough=12, horizon_days=180),
    )
    assert told.state == "Small: 12 inbound leads. Not ranked, not coloured (30 are needed)."


@pytest.mark.parametrize(
    ("kpi_id", "numbers", "said"),
    [
        ("callback_kept_rate", (10, 16, 16), "Small: 10 of 16 inbound promised callbacks."),
        ("record_completeness", (107, 108, 12), "Small: rests on 12."),
    ],
)
def test_from_10_to_29_is_small_whatever_the_status_is_called(kpi_id, numbers, said):
    numerator, denominator, old = numbers
    told = figure(
        KPIS[kpi_id],
        row(
            status="provisional",
            estimate=0.6,
            low=0.4,
            high=0.8,
            numerator=numerator,
            denominator=denominator,
            n_old_enough=old,
        ),
    )
    assert told.state == f"{said} Not ranked, not coloured (30 are needed)."


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"status": "too_early", "denominator": 40, "n_old_enough": 3}, "too early"),
        ({"status": "too_few", "denominator": 12, "n_old_enough": 12, "numerator": 5}, "small"),
        ({"status": "too_few", "denominator": 0, "n_old_enough": 0}, "too few"),
    ],
)
def test_a_dash_has_its_reason(more, said):
    assert figure(KPIS["early_stage_conversion"], row(horizon_days=30, **more)).why == said
