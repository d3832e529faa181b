"""Agreement of double-scored calls: kappa for codes, intraclass correlation for scores, observed agreement beside both."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

KPI = "disposition_agreement"
AS_OF = date(2026, 12, 31)
Z = 1.959963984540054


def scored(world, given, item="disposition", count=1, day="2026-03-02", channel="inbound", **values):
    """Calls to one new lead, each with the scores {scorer: value}."""
    lead = world.lead(channel, **values)
    for _ in range(count):
        call_id = f"call {len(world.rows['fact_calls'])}"
        world.call(lead, day, "qualified", call_id=call_id)
        for scorer, value in given.items():
            world.add("call_scores", call_id=call_id, scorer_id=scorer, item=item, value=str(value))


def line(world, item="disposition", channel="inbound", **asked):
    return world.run(KPI, **asked).row(channel, measure=item)


def two_by_two(world, both=20, first=5, second=10, neither=15, **values):
    """ann in the rows, bob in the columns."""
    for count, ann, bob in (
        (both, "qualified", "qualified"),
        (first, "qualified", "no_fit"),
        (second, "no_fit", "qualified"),
        (neither, "no_fit", "no_fit"),
    ):
        scored(world, {"ann": ann, "bob": bob}, count=count, **values)


def test_two_scorers_have_the_kappa_of_cohen(story):
    world = story(AS_OF)
    two_by_two(world)
    row, oracle = line(world), cohens_kappa(np.array([[20, 5], [10, 15]]))
    # observed 35/50, by chance .5, kappa .4; PABAK 2 x .7 - 1; 55 of the 100 codes are `qualified`
    assert oracle.kappa == pytest.approx(0.4)
    expected = [0.4, 0.4 - Z * oracle.std_kappa, 0.4 + Z * oracle.std_kappa]
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(expected, abs=1e-9)
    limits = proportion_confint(35, 50, method="wilson")
    found = [row["observed_agreement"], row["observed_low"], row["observed_high"], row["pabak"]]
    assert found == pytest.approx([0.7, *limits, 0.4], abs=1e-9)
    assert (row["numerator"], row["denominator"], row["status"]) == (35, 50, "ok")
    assert (row["statistic"], row["scorer_count"], row["commonest_share"]) == ("kappa_cohen", 2, 0.55)


def test_nearly_all_of_one_code_gives_a_low_kappa_and_a_high_pabak(story):
    world = story(AS_OF)
    two_by_two(world, 90, 5, 5, 0)
    row = line(world)
    # 90 of 100 agree; by chance .95 x .95 + .05 x .05 = .905; kappa -.0526
    assert [
        row["estimate"],
        row["pabak"],
        row["observed_agreement"],
        row["commonest_share"],
    ] == pytest.approx([-0.005 / 0.095, 0.8, 0.9, 0.95], abs=1e-12)


def test_more_scorers_have_the_kappa_of_fleiss(story):
    world = story(AS_OF)
    codes = ["no_fit", "qualified", "voicemail"]
    draw = np.random.default_rng(4)
    units = []
    for _ in range(60):
        given = draw.choice(codes, 3, p=[0.2, 0.6, 0.2])
        units.append([int((given == code).sum()) for code in codes])
        scored(world, dict(zip(("ann", "bob", "cho"), given, strict=True)))
    row = line(world)
    assert row["estimate"] == pytest.approx(fleiss_kappa(np.array(units)), abs=1e-12)
    assert (row["statistic"], row["scorer_count"]) == ("kappa_fleiss", 3)
    assert row["low"] < row["estimate"] < row["high"]
    agreed = sum(max(unit) == 3 for unit in units)
    assert row["observed_agreement"] == pytest.approx(agreed / 60, abs=1e-12)


def test_changing_pairs_of_three_people_are_not_one_table_of_two(story):
    world = story(AS_OF)
    for pair in (("ann", "bob"), ("bob", "cho"), ("cho", "ann")):
        for first, second, count in (
            ("qualified", "qualified", 6),
            ("qualified", "no_fit", 2),
            ("no_fit", "qualified", 1),
            ("no_fit", "no_fit", 3),
        ):
            scored(world, dict(zip(pair, (first, second), strict=True)), count=count)
    # 27 of 36 agree; 45 of 72 codes are `qualified`: chance .625^2 + .375^2 = .53125
    assert line(world)["statistic"] == "kappa_fleiss"
    assert line(world)["estimate"] == pytest.approx((0.75 - 0.53125) / (1 - 0.53125), abs=1e-12)


def test_two_spellings_of_one_outcome_agree(story):
    world = story(AS_OF)
    scored(world, {"ann": "SQL", "bob": "qualified"}, count=20)
    scored(world, {"ann": "not a fit", "bob": "No-Fit"}, count=20)
    assert line(world)["estimate"] == pytest.approx(1.0, abs=1e-12)


def test_scores_have_the_correlation_of_two_judges(story):
    world = story(AS_OF)
    draw = np.random.default_rng(8)
    table = []
    for _ in range(50):
        truth = draw.integers(1, 5)
        pair = [int(truth), int(np.clip(truth + draw.integers(0, 2), 1, 5))]
        table.append(pair)
        scored(world, dict(zip(("ann", "bob"), pair, strict=True)), "empathy")
    scores = np.array(table, float)
    n, k = scores.shape
    total = ((scores - scores.mean()) ** 2).sum()
    rows = k * ((scores.mean(axis=1) - scores.mean()) ** 2).sum()
    columns = n * ((scores.mean(axis=0) - scores.mean()) ** 2).sum()
    bms, jms, ems = rows / (n - 1), columns / (k - 1), (total - rows - columns) / ((n - 1) * (k - 1))
    icc = (bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n)
    row = line(world, "empathy")
    assert (row["statistic"], row["estimate"]) == ("icc21", pytest.approx(icc, abs=1e-12))
    wide = Z * (1 - icc**2) / np.sqrt(n - 1)
    assert [row["low"], row["high"]] == pytest.approx([icc - wide, min(1, icc + wide)], abs=1e-9)
    levels = sorted({*scores.ravel()})
    places = {level: place for place, level in enumerate(levels)}
    counts = np.zeros((len(levels), len(levels)))
    for first, second in scores:
        counts[places[first], places[second]] += 1
    assert levels == [1, 2, 3, 4, 5]
    assert row["weighted_kappa"] == pytest.approx(cohens_kappa(counts, wt="fc").kappa, abs=1e-12)
    assert row["weighted_low"] < row["weighted_kappa"] < row["weighted_high"]
    assert row["pabak"] is None


def test_scores_of_changing_people_have_the_one_way_correlation(story):
    world = story(AS_OF)
    draw = np.random.default_rng(1)
    table = []
    for place in range(45):
        pair = [("ann", "bob"), ("bob", "cho"), ("ann", "cho")][place % 3]
        values = (draw.integers(1, 6) + draw.integers(0, 2, 2)).tolist()
        table.append(values)
        scored(world, dict(zip(pair, values, strict=True)), "clarity")
    scores = np.array(table, float)
    bms = 2 * ((scores.mean(axis=1) - scores.mean()) ** 2).sum() / 44
    wms = ((scores - scores.mean(axis=1, keepdims=True)) ** 2).sum() / 45
    row = line(world, "clarity")
    assert (row["statistic"], row["scorer_count"]) == ("icc11", 3)
    assert row["estimate"] == pytest.approx((bms - wms) / (bms + wms), abs=1e-12)
    assert row["weighted_kappa"] is None


def test_negative_scores_keep_their_sign(story):
    world = story(AS_OF)
    for place in range(30):
        value = place % 3 - 1
        scored(world, {"ann": value, "bob": f"{value}.0"}, "mood")
    assert line(world, "mood")["estimate"] == pytest.approx(1.0, abs=1e-12)
    assert (line(world, "mood")["numerator"], line(world, "mood")["commonest_share"]) == (
        30,
        pytest.approx(1 / 3),
    )


def test_calls_scored_once_and_people_of_two_minds_do_not_count(story):
    world = story(AS_OF)
    two_by_two(world)
    scored(world, {"ann": "qualified"}, count=100)
    scored(world, {"ann": "qualified", "bob": "qualified"})
    world.add(
        "call_scores",
        call_id=world.rows["fact_calls"][-1]["call_id"],
        scorer_id="bob",
        item="disposition",
        value="no_fit",
    )
    assert line(world)["denominator"] == 50


def test_the_reader_is_told_that_the_second_person_must_not_see_the_first_score(story):
    assert "does not see the first score" in " ".join(story(AS_OF).run(KPI).kpi.caveats)


def test_one_line_for_each_item(story):
    world = story(AS_OF)
    two_by_two(world)
    scored(world, {"ann": "yes", "bob": "no"}, "budget", 40)
    assert world.run(KPI).rows["measure"].to_list() == ["budget", "disposition"]


@pytest.mark.parametrize(
    ("calls", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_double_scored_calls(story, calls, status):
    world = story(AS_OF)
    two_by_two(world, calls - 6, 1, 1, 4)
    row = line(world)
    assert (row["status"], row["n_old_enough"]) == (status, calls)
    figures = ("estimate", "low", "high", "observed_agreement", "pabak", "commonest_share")
    assert [row[name] is None for name in figures] == [calls < 10] * 6


def test_calls_of_other_days_and_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    two_by_two(world, day="2026-03-02")
    two_by_two(world, day="2026-05-04")
    two_by_two(world, day=AS_OF + timedelta(days=1))
    assert line(world)["denominator"] == 100
    assert line(world, from_on="2026-05-01")["denominator"] == 50
    assert world.run(KPI, from_on="2026-06-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


def test_filters_and_slices_choose_calls_by_their_lead(story):
    world = story(AS_OF)
    two_by_two(world, 20, 0, 0, 20, source="web", segment="smb")
    two_by_two(world, 0, 20, 20, 0, channel="outbound", source="list", segment="ent")
    assert line(world, channel="outbound", sources=("web",)) is None
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "outbound", pytest.approx(-1)),
        ("smb", "inbound", pytest.approx(1)),
    ]


@pytest.mark.parametrize(("extract", "column"), [("call_scores", "value"), ("calls", "started_at")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    two_by_two(world)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
