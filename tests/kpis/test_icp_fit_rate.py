"""Fit with the ideal customer profile: three-valued, with bounds for what is not known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "icp_fit_rate"
AS_OF = date(2026, 12, 31)


def with_profile(world, **lists):
    profile = world.settings.ideal_customer.model_copy(update=lists)
    world.settings = world.settings.model_copy(update={"ideal_customer": profile})
    world.con = None
    return world


@pytest.fixture
def told(story):
    """A world whose ideal customer is a bank or an insurer of band 200+."""
    return with_profile(story(AS_OF), industry=["Banking", "Insurance"], employee_band=["200+"])


def test_fit_leads_over_leads_whose_fit_is_known(told):
    told.leads(20, industry="banking", employee_band="200+")
    told.leads(10, industry="INSURANCE ", employee_band="200+")  # spelling does not matter
    told.leads(15, industry="banking", employee_band="1-10")
    told.leads(5, industry="retail")  # one point missed rules out, whatever the size is
    told.leads(30, industry="banking")  # size not known: fit not known
    told.leads(20)
    low, high = proportion_confint(30, 50, method="wilson")
    assert told.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": 30,
            "denominator": 50,
            "estimate": pytest.approx(0.6, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 50,
            "status": "ok",
            "lead_count": 100,
            "unknown_count": 50,
            "known_share": pytest.approx(0.5, abs=1e-12),
            "lower_bound": pytest.approx(0.3, abs=1e-12),  # none of the 50 fits
            "upper_bound": pytest.approx(0.8, abs=1e-12),  # all of them do
            "profile_columns": 2,
        }
    ]


def test_without_any_list_there_is_no_profile_and_no_figure(story):
    world = story(AS_OF)
    world.leads(100, industry="banking", employee_band="200+")
    row = world.row(KPI)
    assert (row["status"], row["profile_columns"], row["lead_count"]) == ("not_available", 0, 100)
    names = (
        "numerator",
        "denominator",
        "estimate",
        "low",
        "high",
        "known_share",
        "lower_bound",
        "upper_bound",
    )
    assert [row[name] for name in names] == [None] * 8


def test_a_column_with_an_empty_list_is_left_out(story):
    world = with_profile(story(AS_OF), segment=["ent"])
    world.leads(20, segment="ent", industry="retail")
    world.leads(20, segment="smb")
    world.leads(10, segment="unknown")
    row = world.row(KPI)
    assert (row["numerator"], row["denominator"], row["unknown_count"], row["estimate"]) == (20, 40, 10, 0.5)


def test_enrichment_of_worked_leads_only_shows_in_the_bounds(told):
    told.leads(40, industry="banking", employee_band="200+")  # those that were called
    told.leads(160)
    row = told.row(KPI)
    assert (row["estimate"], row["known_share"]) == (1.0, 0.2)
    assert [row["lower_bound"], row["upper_bound"]] == pytest.approx([0.2, 1.0], abs=1e-12)


def test_who_bought_does_not_enter(told):
    leads = told.leads(50, industry="retail", employee_band="1-10")
    for lead in leads[:40]:
        told.won(lead, "2025-03-01")
    assert told.row(KPI)["estimate"] == 0.0


@pytest.mark.parametrize(
    ("known", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_leads_whose_fit_is_known(told, known, status):
    told.leads(known, industry="banking", employee_band="200+")
    told.leads(50)
    row = told.row(KPI)
    assert (row["status"], row["n_old_enough"]) == (status, known)
    assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [known < 10] * 3


def test_leads_of_today_and_of_tomorrow_are_not_counted(told):
    told.leads(30, industry="banking", employee_band="200+")
    told.leads(5, created=AS_OF, industry="retail")
    told.leads(5, created=AS_OF + timedelta(days=1), industry="retail")
    assert (told.row(KPI)["denominator"], told.row(KPI)["lead_count"]) == (30, 30)


def test_no_lead_in_the_window_gives_no_row(told, story):
    told.leads(100, industry="banking")
    assert told.run(KPI, from_on="2026-02-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = with_profile(Story(AS_OF), country=["DE"])
    for fits, channel, source, segment in (
        (10, "inbound", "web", "smb"),
        (20, "inbound", "webinar", "ent"),
        (30, "outbound", "list", "ent"),
    ):
        world.leads(fits, channel, source=source, segment=segment, country="de")
        world.leads(40 - fits, channel, source=source, segment=segment, country="fr")
    return world


def test_filters_choose_leads(mixed):
    rows = mixed.run(KPI, sources=("web", "list")).rows.to_dicts()
    found = [(row["channel"], row["numerator"], row["denominator"]) for row in rows]
    assert found == [("inbound", 10, 40), ("outbound", 30, 40)]
    assert mixed.run(KPI, regions=("south",)).rows.height == 0


def test_a_slice_gives_one_row_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 0.5),
        ("ent", "outbound", 0.75),
        ("smb", "inbound", 0.25),
    ]


def test_without_its_data_it_is_not_available(told):
    told.leads(100, industry="banking", employee_band="200+")
    told.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'leads' and column_name = 'lead_id'"
    )
    result = told.run(KPI)
    assert result.unavailable == "needs the column lead_id of the extract leads"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
