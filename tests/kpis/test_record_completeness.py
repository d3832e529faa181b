"""Record completeness: filled required fields over required fields, placeholders counted as missing."""

from __future__ import annotations

from datetime import date
from math import sqrt

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "record_completeness"
AS_OF = date(2026, 12, 31)
FIELDS = [
    "account_id",
    "country",
    "employee_band",
    "industry",
    "region",
    "segment",
    "seniority",
    "source",
    "title",
]
FULL = {
    "country": "DE",
    "employee_band": "50-99",
    "industry": "retail",
    "seniority": "head",
    "title": "Head of IT",
}


def by_measure(world, channel="inbound", **asked):
    return {
        row["measure"]: row for row in world.run(KPI, **asked).rows.to_dicts() if row["channel"] == channel
    }


def test_every_field_and_all_of_them(story):
    world = story(AS_OF)
    world.leads(30, **FULL)
    world.leads(10, **(FULL | {"title": None, "industry": None, "country": " "}))
    found = by_measure(world)
    assert sorted(found) == sorted([*FIELDS, "all fields"])
    for field in FIELDS:
        filled = 30 if field in ("title", "industry", "country") else 40
        row = found[field]
        assert (row["numerator"], row["denominator"], row["estimate"]) == (filled, 40, filled / 40)
        low, high = proportion_confint(filled, 40, method="wilson")
        assert [row["low"], row["high"]] == pytest.approx([low, high], abs=1e-9)
        assert (row["n_old_enough"], row["status"], row["field_count"]) == (40, "ok", 1)
    # 30 x 9 + 10 x 6 = 330 of 360. Shares by lead: 30 of 1, 10 of 2/3; variance of their mean s2/40
    row = found["all fields"]
    assert (row["numerator"], row["denominator"], row["lead_count"], row["field_count"]) == (330, 360, 40, 9)
    share = 330 / 360
    variance = np.var([1.0] * 30 + [2 / 3] * 10, ddof=1) / 40
    worth = share * (1 - share) / variance
    assert worth < 360 / 2
    # Wilson, written out
    z = 1.959963984540054
    middle = (share + z * z / (2 * worth)) / (1 + z * z / worth)
    half = z * sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth)) / (1 + z * z / worth)
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(
        [share, middle - half, middle + half], abs=1e-9
    )


@pytest.mark.parametrize(
    "content",
    [
        "n/a",
        "N/A",
        "na",
        "n.a.",
        "none",
        "NULL",
        "test",
        "Test",
        "0000",
        "0",
        "-",
        "--",
        "?",
        "TBD",
        "unknown",
        "xxx",
        "...",
        "",
        "not known",
    ],
)
def test_placeholders_are_missing(story, content):
    world = story(AS_OF)
    world.leads(30, **(FULL | {"title": content}))
    assert by_measure(world)["title"]["numerator"] == 0


@pytest.mark.parametrize(
    "content", ["Tester", "Naomi", "Null Island Ltd", "10000", "CEO", "X-ray assistant", "0800", "é"]
)
def test_real_values_that_resemble_placeholders_are_filled(story, content):
    world = story(AS_OF)
    world.leads(30, **(FULL | {"title": content}))
    assert by_measure(world)["title"]["numerator"] == 30


def test_a_field_that_the_export_does_not_carry_is_not_required(story):
    world = story(AS_OF)
    world.leads(30, **(FULL | {"seniority": None}))
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'leads' and column_name = 'seniority'"
    )
    found = by_measure(world)
    assert "seniority" not in found
    assert (found["all fields"]["numerator"], found["all fields"]["denominator"]) == (240, 240)
    # nobody misses anything: thirty leads speak for themselves, not 240 fields
    assert found["all fields"]["low"] == pytest.approx(
        proportion_confint(30, 30, method="wilson")[0], abs=1e-9
    )
    assert found["all fields"]["high"] == 1.0


def test_the_gate_counts_leads_not_fields(story):
    for count, status in ((9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")):
        world = story(AS_OF)
        world.leads(count, **FULL)
        for row in by_measure(world).values():
            assert (row["status"], row["n_old_enough"]) == (status, count)
            assert [row[name] is None for name in ("estimate", "low", "high")] == [status == "too_few"] * 3


def test_leads_created_after_as_of_or_on_it_are_not_seen(story):
    world = story(AS_OF)
    world.leads(30, **FULL)
    world.leads(30, "inbound", AS_OF, title=None)
    world.leads(30, "inbound", "2027-01-01", title=None)
    assert by_measure(world)["title"]["denominator"] == 30


def test_no_lead_in_the_window_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    world.leads(30, **FULL)
    assert world.run(KPI, from_on="2026-01-01").rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    world.leads(30, source="form", **FULL)
    world.leads(30, "outbound", source="list", **(FULL | {"title": "n/a"}))
    rows = [row for row in world.run(KPI, slice_by="source").rows.to_dicts() if row["measure"] == "title"]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("form", "inbound", 1.0),
        ("list", "outbound", 0.0),
    ]
    assert world.run(KPI, channels=("outbound",)).rows["channel"].unique().to_list() == ["outbound"]


def test_without_leads_it_is_not_available(story):
    world = story(AS_OF)
    world.leads(30, **FULL)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'leads' and column_name = 'lead_id'"
    )
    result = world.run(KPI)
    assert result.unavailable == "needs the column lead_id of the extract leads"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None] * 2


def test_leads_may_miss_every_field():
    world = Story(AS_OF)
    world.leads(30, account_id=None, source="unknown", segment="unknown", region="unknown")
    row = by_measure(world)["all fields"]
    assert (row["numerator"], row["denominator"], row["estimate"], row["low"]) == (0, 270, 0.0, 0.0)
    assert row["high"] == pytest.approx(proportion_confint(0, 30, method="wilson")[1], abs=1e-9)
