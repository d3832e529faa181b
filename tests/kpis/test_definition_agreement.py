"""Agreement on "qualified": marketing (interest), sales (timeline, budget) and operations (fit, role) on the same leads."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "definition_agreement"
AS_OF = date(2026, 12, 31)
Z = 1.959963984540054
QUESTIONS = {
    "marketing": ("interest",),
    "sales": ("timeline", "budget"),
    "operations": ("firmographic_fit", "role_relevance"),
}


def answers(world, lead, day="2025-02-01", **given):
    """One call; each answer is given as question=code."""
    call_id = f"call {len(world.rows['fact_calls'])}"
    world.call(lead, day, "connected_no_result", call_id=call_id)
    for question, code in given.items():
        world.add("call_answers", call_id=call_id, question_id=question, answer_code=code)


def judged(world, count, marketing, sales, operations, channel="inbound", day="2025-02-01", **values):
    """Leads of which each party says yes (1) or no (0) by all of its criteria."""
    for lead in world.leads(count, channel, **values):
        verdicts = {"marketing": marketing, "sales": sales, "operations": operations}
        given = {
            question: "yes" if verdicts[party] else "no"
            for party, questions in QUESTIONS.items()
            for question in questions
        }
        answers(world, lead, day, **given)


def lines(world, channel="inbound", **asked):
    rows = world.run(KPI, **asked).rows.to_dicts()
    return {row["measure"]: row for row in rows if row["channel"] == channel}


PATTERNS = {
    (1, 1, 1): 20,
    (1, 1, 0): 7,
    (1, 0, 1): 9,
    (1, 0, 0): 14,
    (0, 1, 1): 3,
    (0, 1, 0): 5,
    (0, 0, 1): 4,
    (0, 0, 0): 38,
}


@pytest.fixture(scope="module")
def patterns():
    world = Story(AS_OF)
    for verdicts, count in PATTERNS.items():
        judged(world, count, *verdicts)
    return world


@pytest.mark.parametrize(
    ("measure", "first", "second"),
    [("marketing and operations", 0, 2), ("marketing and sales", 0, 1), ("operations and sales", 2, 1)],
)
def test_each_pair_has_the_kappa_of_its_table(patterns, measure, first, second):
    table = np.zeros((2, 2))
    for verdicts, count in PATTERNS.items():
        table[1 - verdicts[first], 1 - verdicts[second]] += count
    oracle = cohens_kappa(table)
    row = lines(patterns)[measure]
    expected = [oracle.kappa, oracle.kappa - Z * oracle.std_kappa, oracle.kappa + Z * oracle.std_kappa]
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx(expected, abs=1e-9)
    cells = [row[name] for name in ("both_count", "first_only_count", "second_only_count", "neither_count")]
    assert cells == table.ravel().tolist()
    agreed = table[0, 0] + table[1, 1]
    limits = proportion_confint(agreed, 100, method="wilson")
    found = [row["observed_agreement"], row["observed_low"], row["observed_high"], row["pabak"]]
    assert found == pytest.approx([agreed / 100, *limits, 2 * agreed / 100 - 1], abs=1e-9)
    assert [row["first_share"], row["second_share"]] == pytest.approx(
        [table[0].sum() / 100, table[:, 0].sum() / 100]
    )


def test_all_three_have_the_kappa_of_fleiss(patterns):
    row = lines(patterns)["all three"]
    units = [[sum(verdicts), 3 - sum(verdicts)] for verdicts, count in PATTERNS.items() for _ in range(count)]
    assert row["estimate"] == pytest.approx(fleiss_kappa(np.array(units)), abs=1e-12)
    assert row["low"] < row["estimate"] < row["high"]
    assert (row["numerator"], row["denominator"]) == (58, 100)  # 20 all yes and 38 all no
    assert (row["both_count"], row["neither_count"], row["status"]) == (20, 38, "ok")


def test_by_pencil(story):
    world = story(AS_OF)
    judged(world, 20, 1, 1, 1)
    judged(world, 5, 1, 0, 1)
    judged(world, 10, 0, 1, 0)
    judged(world, 15, 0, 0, 0)
    found = lines(world)
    # observed 35/50 = .7; by chance (25 x 30 + 25 x 20)/2500 = .5; kappa = .2/.5
    assert found["marketing and sales"]["estimate"] == pytest.approx(0.4, abs=1e-12)
    assert found["marketing and operations"]["estimate"] == pytest.approx(1.0, abs=1e-12)


def test_one_criterion_missed_says_no_and_one_unknown_leaves_it_open(story):
    world = story(AS_OF)
    common = {"interest": "yes", "firmographic_fit": "yes", "role_relevance": "yes"}
    for lead in world.leads(30):
        answers(world, lead, timeline="no", **common)  # budget unknown: no all the same
    for lead in world.leads(30):
        answers(world, lead, timeline="yes", **common)  # budget unknown: sales cannot tell
    row = lines(world)["marketing and sales"]
    assert (row["denominator"], row["first_only_count"], row["lead_count"]) == (30, 30, 60)


def test_where_all_get_one_verdict_there_is_no_kappa_but_the_share_agreed(story):
    world = story(AS_OF)
    judged(world, 40, 1, 1, 1)
    row = lines(world)["marketing and sales"]
    assert (row["estimate"], row["low"], row["high"], row["observed_agreement"]) == (None, None, None, 1.0)
    # nearly all qualified: 36 of 40 agree, kappa is below nought, pabak .8
    judged(world, 2, 1, 0, 1)
    judged(world, 2, 0, 1, 1)
    row = lines(world)["marketing and sales"]
    assert row["estimate"] < 0 < row["pabak"]
    assert row["observed_agreement"] == pytest.approx(40 / 44, abs=1e-12)


@pytest.mark.parametrize("outcome", ["sql_on", "disqualified", "won"])
def test_answers_given_after_the_outcome_do_not_define_it(story, outcome):
    world = story(AS_OF)
    for told_on in ("2025-02-01", "2025-02-02"):
        values = {} if outcome == "won" else {outcome: date(2025, 2, 1)}
        judged(world, 30, 1, 1, 1, day=told_on, **values)
    if outcome == "won":
        for row in list(world.rows["fact_leads"]):
            world.won(row["lead_id"], "2025-02-01")
    assert lines(world)["all three"]["denominator"] == 30


def test_answers_after_as_of_are_not_seen(story):
    world = story(AS_OF)
    judged(world, 30, 1, 1, 1, day=AS_OF)
    judged(world, 30, 1, 0, 1, day=AS_OF + timedelta(days=1))
    assert lines(world)["all three"]["denominator"] == 30
    assert lines(world)["all three"]["lead_count"] == 60


def test_a_party_without_a_definition_makes_it_not_available(story):
    world = story(AS_OF)
    judged(world, 40, 1, 0, 1)
    criteria = dict(world.settings.criteria)
    for name, asked in criteria.items():
        criteria[name] = asked.model_copy(
            update={"required_by": [party for party in asked.required_by if party != "sales"]}
        )
    world.settings = world.settings.model_copy(update={"criteria": criteria})
    world.con = None
    for row in lines(world).values():
        assert (row["status"], row["estimate"], row["observed_agreement"]) == ("not_available", None, None)


@pytest.mark.parametrize(
    ("known", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_the_gate_counts_leads_all_three_can_judge(story, known, status):
    world = story(AS_OF)
    judged(world, known - 4, 1, 1, 1)
    judged(world, 4, 0, 0, 0)
    world.leads(50)
    for row in lines(world).values():
        assert (row["status"], row["n_old_enough"]) == (status, known)
        assert [row["estimate"] is None, row["low"] is None, row["high"] is None] == [known < 10] * 3


def test_no_lead_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    world.leads(100)
    assert world.run(KPI, from_on="2026-02-01").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0
    assert {row["status"] for row in lines(world).values()} == {"too_few"}


def test_filters_and_slices_choose_leads(story):
    world = story(AS_OF)
    judged(world, 15, 1, 1, 1, source="web", segment="smb")
    judged(world, 15, 0, 0, 0, source="web", segment="smb")
    judged(world, 20, 1, 0, 1, "outbound", source="list", segment="ent")
    judged(world, 20, 0, 1, 0, "outbound", source="list", segment="ent")
    assert "all three" not in lines(world, "outbound", sources=("web",))
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    found = [
        (row["slice"], row["channel"], row["estimate"])
        for row in rows
        if row["measure"] == "marketing and sales"
    ]
    assert found == [("ent", "outbound", pytest.approx(-1)), ("smb", "inbound", pytest.approx(1))]


def test_without_its_data_it_is_not_available(story):
    world = story(AS_OF)
    world.leads(100)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'call_answers' and column_name = 'answer_code'"
    )
    result = world.run(KPI)
    assert result.unavailable == "needs the column answer_code of the extract call_answers"
    assert result.rows["status"].to_list() == ["not_available"] * 2
    assert result.rows["estimate"].to_list() == [None, None]
