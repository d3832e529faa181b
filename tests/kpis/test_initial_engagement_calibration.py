"""Does the engagement score foretell wins: an index over all scores, and the share won band by band."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from statsmodels.stats.proportion import proportion_confint

KPI = "initial_engagement_calibration"
AS_OF = date(2026, 12, 31)
FIRST = date(2025, 1, 1)
INDEX = "all scores: index"
Z = 1.959963984540054


def days_before(days):
    return AS_OF - timedelta(days=days)


def scored(world, scores, won=(), channel="inbound", created=FIRST, day=30, **values):
    """Leads with these scores; those whose place is in `won` are won `day` days after creation."""
    for place, score in enumerate(scores):
        lead = world.lead(channel, created, engagement_score=score, **values)
        if place in won:
            world.won(lead, created + timedelta(days=day))


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


def delong(winners, others):
    """The area and its standard error, pair by pair as DeLong et al. define them."""
    wins, rest = np.array(winners, float)[:, None], np.array(others, float)[None, :]
    psi = (wins > rest) + 0.5 * (wins == rest)
    variance = psi.mean(axis=1).var(ddof=1) / len(winners) + psi.mean(axis=0).var(ddof=1) / len(others)
    return psi.mean(), variance**0.5


def test_the_index_and_its_range_are_those_of_delong(story):
    draw = np.random.default_rng(2)
    winners, others = (draw.normal(60, 15, 40)).round().tolist(), (draw.normal(50, 15, 160)).round().tolist()
    world = story(AS_OF)
    scored(world, winners + others, range(40))
    area, se = delong(winners, others)
    assert area == pytest.approx(mannwhitneyu(winners, others).statistic / (40 * 160), abs=1e-12)
    logit, wide = log(area / (1 - area)), Z * se / (area * (1 - area))
    row = lines(world)[INDEX]
    expected = [area, 1 / (1 + exp(-(logit - wide))), 1 / (1 + exp(-(logit + wide)))]
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(expected, abs=1e-12)
    assert (row["numerator"], row["denominator"], row["status"], row["horizon_days"]) == (40, 200, "ok", 180)


def test_ten_bands_of_equal_size_with_the_share_won_in_each(story):
    world = story(AS_OF)
    # scores 1 to 400: of the first 40 none wins, of the next 40 four, then eight ... up to 36 of the last
    won = {band * 40 + place for band in range(10) for place in range(4 * band)}
    scored(world, range(1, 401), won)
    found = lines(world)
    assert len(found) == 11
    for band in range(10):
        row = found[f"band {band + 1:02d}: share won"]
        limits = proportion_confint(4 * band, 40, method="wilson")
        assert (row["numerator"], row["denominator"], row["status"]) == (4 * band, 40, "ok")
        assert [row["estimate"], row["low"], row["high"]] == pytest.approx([band / 10, *limits], abs=1e-9)
        assert (row["lowest_score"], row["highest_score"]) == (40 * band + 1, 40 * band + 40)


def test_a_band_means_the_same_scores_in_both_channels(story):
    world = story(AS_OF)
    scored(world, range(1, 201), range(100, 140), "inbound")
    scored(world, range(201, 401), range(40), "outbound", created=date(2024, 1, 1))
    # inbound holds the five low bands, outbound the five high ones
    assert sorted(lines(world)) == [INDEX] + [f"band {band:02d}: share won" for band in range(1, 6)]
    assert sorted(lines(world, "outbound")) == [INDEX] + [
        f"band {band:02d}: share won" for band in range(6, 11)
    ]


def test_leads_of_one_score_stay_in_one_band(story):
    world = story(AS_OF)
    scored(world, [50] * 120, range(30))
    found = lines(world)
    assert sorted(found) == [INDEX, "band 01: share won"]
    assert found["band 01: share won"]["estimate"] == pytest.approx(0.25, abs=1e-12)
    assert found[INDEX]["estimate"] == pytest.approx(0.5, abs=1e-12)


def test_full_separation_has_a_range_too(story):
    world = story(AS_OF)
    scored(world, [1] * 80 + [2] * 20, range(80, 100))
    row = lines(world)[INDEX]
    assert (row["estimate"], row["high"]) == (1.0, 1.0)
    assert row["low"] == pytest.approx(proportion_confint(20, 20, method="wilson")[0], abs=1e-9)


def test_a_win_after_the_horizon_is_none(story):
    world = story(AS_OF)
    scored(world, range(100), range(50), day=180)
    scored(world, range(100), range(50), day=181)
    assert lines(world)[INDEX]["numerator"] == 50
    assert lines(world, horizon=200)[INDEX]["numerator"] == 100


@pytest.mark.parametrize(("wins", "status"), [(19, "too_few"), (20, "ok")])
def test_twenty_wins_are_needed(story, wins, status):
    world = story(AS_OF)
    scored(world, range(200), range(wins))
    for row in lines(world).values():
        assert row["status"] == (status if status == "too_few" or row["measure"] == INDEX else "provisional")
        assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [wins < 20] * 3


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
def test_the_gate_counts_leads_that_are_180_days_old(story, old, young, status):
    world = story(AS_OF)
    scored(world, range(old), range(20), created=days_before(180))
    scored(world, range(young), created=days_before(179))
    row = lines(world)[INDEX]
    assert (row["n_old_enough"], row["status"]) == (old, status)
    assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [old < 30] * 3


def test_a_channel_where_every_lead_is_won_has_no_index(story):
    world = story(AS_OF)
    scored(world, range(120), range(120))
    row = lines(world)[INDEX]
    assert (row["status"], row["estimate"], row["low"]) == ("too_few", None, None)


def test_leads_without_a_score_and_late_comers_are_left_out(story):
    world = story(AS_OF)
    scored(world, range(100), range(30))
    scored(world, [None] * 50, range(50))
    scored(world, range(50), range(50), entry_age=20)
    assert (lines(world)[INDEX]["numerator"], lines(world)[INDEX]["denominator"]) == (30, 100)


def test_the_reader_is_told_that_the_score_must_be_that_of_creation(story):
    caveats = " ".join(story(AS_OF).run(KPI).kpi.caveats)
    assert "engagement score given at creation" in caveats


def test_a_win_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    scored(world, range(100), range(40), created=days_before(180), day=180)
    scored(world, range(100), range(40), created=days_before(180), day=181)
    assert lines(world, horizon=180)[INDEX]["numerator"] == 40


def test_no_scored_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    scored(world, range(100))
    assert world.run(KPI, from_on="2026-02-01").rows.height == 0
    world = story(AS_OF)
    world.leads(100)
    assert world.run(KPI).rows.height == 0


def test_filters_and_slices_choose_leads(story):
    world = story(AS_OF)
    scored(world, range(100), range(40), source="web", segment="smb")
    scored(world, range(100), range(60, 100), source="webinar", segment="ent")
    assert lines(world, sources=("web",))[INDEX]["estimate"] == 0.0
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    found = [(row["slice"], row["estimate"]) for row in rows if row["measure"] == INDEX]
    assert found == [("ent", 1.0), ("smb", 0.0)]


@pytest.mark.parametrize(
    ("extract", "column"),
    [("leads", "engagement_score"), ("opportunities", "outcome"), ("opportunities", "closed_at")],
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    scored(world, range(100))
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
