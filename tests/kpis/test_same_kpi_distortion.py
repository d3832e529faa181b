"""Same-KPI distortion: what the usual one-size figures say of a channel, beside what is true at equal age."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "same_kpi_distortion"
AS_OF = date(2026, 12, 31)


def days_before(days):
    return AS_OF - timedelta(days=days)


def closes(world, leads, created, day, how="won"):
    for lead in leads:
        getattr(world, how)(lead, created + timedelta(days=day))


def by_measure(rows, channel="inbound"):
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def test_two_usual_figures_beside_the_fair_one(story):
    created = date(2025, 1, 1)
    world = story(AS_OF)
    old = world.leads(100, "inbound", created)
    world.leads(100, "inbound", days_before(90))
    closes(world, old[:60], created, 100, "lost")
    closes(world, old[60:80], created, 200)
    # So far 20 of 200 are won, 20 of the 80 that closed. At equal age: the 100 young ones leave on day 90
    # unseen; day 100: 60 of 100 lost, S = .4; day 200: 20 of 40 won, F = .4 x .5 = .2.
    rows = by_measure(world.run(KPI).rows.to_dicts())
    common = {
        "slice": "all",
        "channel": "inbound",
        "n_old_enough": 100,
        "status": "ok",
        "horizon_days": 540,
        "judge_on": date(2025, 1, 1) + timedelta(days=540),
    }
    for measure, denominator in (("won_per_lead_so_far", 200), ("won_of_closed_so_far", 80)):
        low, high = proportion_confint(20, denominator, method="wilson")
        assert rows.pop(measure) == common | {
            "numerator": 20,
            "denominator": denominator,
            "estimate": pytest.approx(20 / denominator, abs=1e-12),
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "measure": measure,
            "is_fair": False,
        }
    # Until the young ones left nothing happened, so .2 is the plain 20 of 100, variance p(1 - p)/100.
    se = sqrt(0.2 * 0.8 / 100)
    assert rows == {
        "won_at_equal_age": common
        | {
            "numerator": 20,
            "denominator": 200,
            "estimate": pytest.approx(0.2, abs=1e-12),
            "low": pytest.approx(0.2 ** exp(-1.959963984540054 * se / (0.2 * log(0.2))), abs=1e-12),
            "high": pytest.approx(0.2 ** exp(1.959963984540054 * se / (0.2 * log(0.2))), abs=1e-12),
            "measure": "won_at_equal_age",
            "is_fair": True,
        }
    }


def test_the_usual_figures_prefer_the_old_channel_where_the_fair_one_prefers_the_young(story):
    created = date(2025, 1, 1)
    world = story(AS_OF)
    inbound, outbound = world.leads(200, "inbound", created), world.leads(100, "outbound", created)
    world.leads(300, "outbound", days_before(30))
    closes(world, inbound[:30], created, 20)
    closes(world, outbound[:30], created, 300)
    closes(world, outbound[30:90], created, 60, "lost")
    rows = world.run(KPI).rows.to_dicts()
    found = {
        measure: (
            by_measure(rows, "inbound")[measure]["estimate"],
            by_measure(rows, "outbound")[measure]["estimate"],
        )
        for measure in ("won_per_lead_so_far", "won_of_closed_so_far", "won_at_equal_age")
    }
    assert found == {
        "won_per_lead_so_far": pytest.approx((30 / 200, 30 / 400), abs=1e-12),
        "won_of_closed_so_far": pytest.approx((1.0, 30 / 90), abs=1e-12),
        "won_at_equal_age": pytest.approx((0.15, 0.30), abs=1e-12),
    }


def test_nothing_closed_leaves_the_closed_only_rate_unknown(story):
    world = story(AS_OF)
    world.leads(100, "inbound", days_before(600))
    rows = by_measure(world.run(KPI).rows.to_dicts())
    closed = rows["won_of_closed_so_far"]
    assert (closed["numerator"], closed["denominator"]) == (0, 0)
    assert [closed[name] for name in ("estimate", "low", "high")] == [None] * 3
    assert rows["won_per_lead_so_far"]["estimate"] == rows["won_at_equal_age"]["estimate"] == 0.0


def test_a_win_after_as_of_is_in_none_of_the_figures(story):
    world = story(AS_OF)
    leads = world.leads(100, "inbound", days_before(540))
    world.won(leads[0], AS_OF)
    tomorrow = AS_OF + timedelta(days=1)
    for lead, outcome in zip(leads[1:3], ("won", "lost"), strict=True):
        world.opportunity(lead, days_before(5), outcome, tomorrow, 1000)
    for lead, outcome in zip(leads[3:5], ("won", "lost"), strict=True):
        world.opportunity(lead, tomorrow, outcome, tomorrow, 1000)
    rows = world.run(KPI).rows.to_dicts()
    assert {row["measure"]: (row["numerator"], row["denominator"]) for row in rows} == {
        "won_per_lead_so_far": (1, 100),
        "won_of_closed_so_far": (1, 1),
        "won_at_equal_age": (1, 100),
    }


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-05")
    assert world.run(KPI, to_on="2026-01-04").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    """Four groups of 40 leads of which 4, 8, 12 and 16 are won on day 50 and 4 are lost on day 60."""
    world = Story(AS_OF)
    groups = (
        (4, "inbound", date(2025, 1, 6), {"source": "web", "segment": "smb"}),
        (8, "inbound", date(2025, 1, 20), {"source": "webinar", "segment": "ent"}),
        (12, "outbound", date(2025, 2, 3), {"source": "sdr", "segment": "smb"}),
        (16, "outbound", date(2025, 2, 17), {"source": "list", "segment": "ent"}),
    )
    for won, channel, created, values in groups:
        leads = world.leads(40, channel, created, **values)
        closes(world, leads[:won], created, 50)
        closes(world, leads[won : won + 4], created, 60, "lost")
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, {"outbound": (28, 80, 36)}),
        ({"sources": ("web", "list")}, {"inbound": (4, 40, 8), "outbound": (16, 40, 20)}),
        ({"segments": ("smb",)}, {"inbound": (4, 40, 8), "outbound": (12, 40, 16)}),
        (
            {"from_on": "2025-01-20", "to_on": "2025-02-03"},
            {"inbound": (8, 40, 12), "outbound": (12, 40, 16)},
        ),
    ],
)
def test_filters_choose_leads(mixed, asked, expected):
    rows = mixed.run(KPI, **asked).rows.to_dicts()
    assert {row["channel"] for row in rows} == expected.keys()
    for channel, (won, leads, closed) in expected.items():
        measures = by_measure(rows, channel)
        assert measures["won_per_lead_so_far"]["estimate"] == pytest.approx(won / leads, abs=1e-12)
        assert measures["won_of_closed_so_far"]["estimate"] == pytest.approx(won / closed, abs=1e-12)
        assert measures["won_at_equal_age"]["estimate"] == pytest.approx(won / leads, abs=1e-12)


def test_a_slice_gives_three_lines_for_each_of_its_values_and_channels(mixed):
    rows = mixed.run(KPI, slice_by="segment").rows.to_dicts()
    measures = ["won_at_equal_age", "won_of_closed_so_far", "won_per_lead_so_far"]
    assert [(row["slice"], row["channel"], row["measure"]) for row in rows] == [
        (segment, channel, measure)
        for segment in ("ent", "smb")
        for channel in ("inbound", "outbound")
        for measure in measures
    ]
    assert [row["numerator"] for row in rows] == [8] * 3 + [16] * 3 + [4] * 3 + [12] * 3


def test_the_gate_counts_leads_that_are_540_days_old_and_closes_the_fair_line_only(story):
    # created exactly 540 days before as_of is old enough, the day after is not
    world = story(AS_OF)
    cases = {29: "too_early", 30: "provisional", 99: "provisional", 100: "ok"}
    for old in cases:
        leads = world.leads(old, "inbound", days_before(540), source=f"{old} old")
        closes(world, leads[:10], days_before(540), 5)
        world.leads(20, "inbound", days_before(539), source=f"{old} old")
    rows = world.run(KPI, slice_by="source").rows.to_dicts()
    for old, status in cases.items():
        measures = {row["measure"]: row for row in rows if row["slice"] == f"{old} old"}
        assert {(row["n_old_enough"], row["status"]) for row in measures.values()} == {(old, status)}
        fair = pytest.approx(10 / (old + 20), abs=1e-12) if old >= 30 else None
        assert measures["won_at_equal_age"]["estimate"] == fair
        assert measures["won_per_lead_so_far"]["estimate"] == pytest.approx(10 / (old + 20), abs=1e-12)


def test_leads_created_on_as_of_change_the_denominator_of_the_fair_line_only(story):
    created = date(2025, 1, 1)
    world = story(AS_OF)
    closes(world, world.leads(100, "inbound", created)[:40], created, 30)
    before = by_measure(world.run(KPI).rows.to_dicts())
    closes(world, world.leads(50, "inbound", AS_OF), AS_OF, 0)
    before["won_at_equal_age"]["denominator"] = 150
    assert by_measure(world.run(KPI).rows.to_dicts()) == before


@pytest.mark.parametrize("column", ["outcome", "closed_at"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    world.leads(100, "inbound", "2026-01-01")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunities"
    rows = result.rows.select("channel", "status", "numerator", "estimate", "measure", "is_fair").rows()
    assert rows == [
        ("inbound", "not_available", None, None, None, None),
        ("outbound", "not_available", None, None, None, None),
    ]
