"""Fit and intent at entry and at day 90, and how many leads with fit alone gain intent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

KPI = "fit_intent_matrix"
AS_OF = date(2026, 12, 31)
FIRST = date(2026, 1, 1)
CELLS = ("fit and intent", "fit only", "intent only", "neither")
TRANSITION = "transition: fit only to fit and intent"


def days_before(days):
    return AS_OF - timedelta(days=days)


def world_with_profile(world):
    profile = world.settings.ideal_customer.model_copy(update={"industry": ["bank"]})
    world.settings = world.settings.model_copy(update={"ideal_customer": profile})
    world.con = None
    return world


@pytest.fixture
def told(story):
    """A world whose ideal customer is a bank."""
    return world_with_profile(story(AS_OF))


def fits(world, count, channel="inbound", created=FIRST, **values):
    return world.leads(count, channel, created, industry="bank", **values)


def timeline(world, lead, day, code="yes"):
    call_id = f"call {len(world.rows['fact_calls'])}"
    world.call(lead, day, "connected_no_result", call_id=call_id)
    world.add("call_answers", call_id=call_id, question_id="timeline", answer_code=code)


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def counts(found, moment):
    return [found[f"{moment}: {cell}"]["numerator"] for cell in CELLS]


def test_four_cells_at_entry_and_at_day_90(told):
    fits(told, 10, entry_timeline="3-6 months")
    later = fits(told, 40)
    told.leads(20, "inbound", FIRST, industry="shop", entry_timeline="asap")
    told.leads(30, "inbound", FIRST, industry="shop")
    for lead in later[:15]:
        told.meeting(lead, FIRST + timedelta(days=90))  # in time
    for lead in later[15:20]:
        told.meeting(lead, FIRST + timedelta(days=91))
    found = lines(told)
    assert counts(found, "entry") == [10, 40, 20, 30]
    assert counts(found, "later") == [25, 25, 20, 30]
    for moment in ("entry", "later"):
        assert sum(found[f"{moment}: {cell}"]["estimate"] for cell in CELLS) == pytest.approx(1, abs=1e-12)
    row, limits = found[TRANSITION], proportion_confint(15, 40, method="wilson")
    assert (row["numerator"], row["denominator"], row["status"]) == (15, 40, "provisional")
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.375, *limits], abs=1e-9)
    row, limits = found["later: fit and intent"], proportion_confint(25, 100, method="wilson")
    assert (row["status"], row["horizon_days"], row["denominator"]) == ("ok", 90, 100)
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([0.25, *limits], abs=1e-9)


def test_intent_is_never_taken_from_the_channel(told):
    fits(told, 50, "inbound")
    fits(told, 50, "outbound")
    for channel in ("inbound", "outbound"):
        assert counts(lines(told, channel), "entry") == [0, 50, 0, 0]


@pytest.mark.parametrize(
    ("stated", "is_near"),
    [
        ("6 months", True),
        ("within 2 weeks", True),
        ("30 days", True),
        ("2 quarters", True),
        ("ASAP", True),
        ("7 months", False),
        ("6+ months", False),
        ("1 year", False),
        ("someday", False),
        ("n/a", False),
        (None, False),
    ],
)
def test_a_stated_timeline_of_six_months_or_less_is_intent(told, stated, is_near):
    fits(told, 30, entry_timeline=stated)
    assert lines(told)["entry: fit and intent"]["numerator"] == (30 if is_near else 0)


def test_a_timeline_told_on_a_call_counts_from_the_first_yes(told):
    for lead in fits(told, 100):
        timeline(told, lead, FIRST + timedelta(days=10), "no")
        timeline(told, lead, FIRST + timedelta(days=40), "yes")
    found = lines(told)
    assert found["entry: fit and intent"]["numerator"] == 0
    assert (found[TRANSITION]["numerator"], found[TRANSITION]["estimate"]) == (100, 1.0)
    assert lines(told, horizon=39)[TRANSITION]["numerator"] == 0


def test_a_lead_closed_before_it_showed_intent_stays_without(told):
    lost = fits(told, 50, disqualified=FIRST + timedelta(days=10))
    for lead in [*lost, *fits(told, 50)]:
        told.meeting(lead, FIRST + timedelta(days=20))
    assert lines(told)[TRANSITION]["estimate"] == pytest.approx(0.5, abs=1e-12)


def test_leads_of_unknown_fit_are_counted_apart_and_bound_the_cells(told):
    fits(told, 40)
    told.leads(10, "inbound", FIRST, entry_timeline="now")
    told.leads(30, "inbound", FIRST)
    row = lines(told)["entry: fit only"]
    # 40 known, all of them fit only; of the 40 unknown the 30 without intent could be fit only
    assert (row["denominator"], row["unknown_count"], row["estimate"]) == (40, 40, 1.0)
    assert [row["lower_bound"], row["upper_bound"]] == pytest.approx([40 / 80, 70 / 80], abs=1e-12)
    row = lines(told)["entry: fit and intent"]
    assert [row["estimate"], row["lower_bound"], row["upper_bound"]] == pytest.approx(
        [0, 0, 10 / 80], abs=1e-12
    )


def test_young_leads_stand_at_entry_and_not_at_day_90(told):
    fits(told, 100, created=days_before(90))
    fits(told, 50, created=days_before(89))
    found = lines(told)
    assert found["entry: fit only"]["denominator"] == 150
    assert (found["later: fit only"]["denominator"], found[TRANSITION]["denominator"]) == (100, 100)


def test_leads_that_came_in_late_are_left_out(told):
    fits(told, 40)
    fits(told, 40, entry_age=20)
    assert lines(told)["entry: fit only"]["denominator"] == 40


def test_without_a_profile_there_is_no_table(story):
    world = story(AS_OF)
    fits(world, 100)
    rows = world.run(KPI).rows
    assert rows.height == 9
    assert rows["status"].unique().to_list() == ["not_available"]
    for name in ("numerator", "denominator", "estimate", "low", "high", "lower_bound", "upper_bound"):
        assert rows[name].null_count() == 9


def test_what_comes_after_as_of_is_not_seen(told):
    leads = fits(told, 100, created=days_before(90))
    told.meeting(leads[0], AS_OF)
    told.meeting(leads[1], AS_OF + timedelta(days=1))
    timeline(told, leads[2], AS_OF + timedelta(days=1))
    assert lines(told, horizon=90)["later: fit and intent"]["numerator"] == 1


@pytest.mark.parametrize(
    ("old", "young", "status"),
    [
        (29, 0, "too_few"),
        (29, 1, "too_early"),
        (30, 0, "provisional"),
        (99, 0, "provisional"),
        (100, 0, "ok"),
    ],
)
def test_the_gate_counts_leads_that_are_ninety_days_old(told, old, young, status):
    fits(told, old, created=days_before(90))
    fits(told, young, created=days_before(89))
    found = lines(told)
    for row in (found["later: fit only"], found[TRANSITION]):
        assert (row["n_old_enough"], row["status"]) == (old, status)
        assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [old < 30] * 3


@pytest.mark.parametrize(("known", "status"), [(9, "too_few"), (10, "provisional"), (30, "ok")])
def test_at_entry_known_leads_are_enough(told, known, status):
    fits(told, known, created=days_before(1))
    row = lines(told)["entry: fit only"]
    assert (row["status"], row["estimate"]) == (status, None if known < 10 else 1.0)


def test_no_lead_in_the_window_gives_no_row(told, story):
    fits(told, 100)
    assert told.run(KPI, from_on="2026-02-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices_choose_leads(story):
    world = world_with_profile(story(AS_OF))
    fits(world, 40, source="web", segment="smb")
    fits(world, 50, source="webinar", segment="ent")
    fits(world, 60, "outbound", source="list", segment="ent")
    assert lines(world, sources=("web",))["entry: fit only"]["numerator"] == 40
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    found = [
        (row["slice"], row["channel"], row["numerator"])
        for row in rows
        if row["measure"] == "entry: fit only"
    ]
    assert found == [("ent", "inbound", 50), ("ent", "outbound", 60), ("smb", "inbound", 40)]


@pytest.mark.parametrize(("extract", "column"), [("leads", "created_at"), ("meetings", "held_at")])
def test_without_its_data_it_is_not_available(told, extract, column):
    fits(told, 100)
    told.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = told.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
