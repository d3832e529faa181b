"""A column that decides, and that nothing fills, is told with the one that may be it, and never ignored by itself."""

from __future__ import annotations

import tomllib

import pytest

from leadquality.intake.look import Look
from leadquality.intake.plan import plan
from leadquality.intake.presets import load_presets
from leadquality.intake.suggest import undecided
from tests.intake.folders import LEADS, RULES, loaded, told

DAYS = ["2025-01-01", "2025-02-03"]


@pytest.mark.parametrize(
    ("extract", "name", "values", "column"),
    [
        ("opportunities", "close_outcome", ["won", "lost"], "outcome"),
        ("opportunities", "FinalOutcome", ["yes", "no"], "outcome"),
        ("opportunities", "state of play", ["Won", "Closed lost"], "outcome"),
        ("opportunities", "estimated_acv", ["900", "1,200.50"], "acv"),
        ("opportunities", "Deal value (EUR)", ["EUR 900", "50 EUR"], "amount"),
        ("opportunities", "date_closed", DAYS, "closed_at"),
        ("meetings", "held_on", DAYS, "held_at"),
        ("meetings", "HELD DAY", DAYS, "held_at"),
        ("calls", "result_code", ["17", "18"], "outcome_code"),
        ("calls", "disposition text", ["a", "b"], "outcome_code"),
        ("calls", "talk duration", ["00:01:30", "00:02:00"], "talk_s"),
        ("calls", "way", ["Incoming", "Dialled"], "direction"),
        ("calls", "customer nr", ["L1", "L2"], "lead_id"),
        ("leads", "utm_source", ["web", "fair"], "source"),
        ("handoffs", "accepted_on", DAYS, "accepted_at"),
    ],
)
def test_a_column_that_may_decide_is_seen(extract, name, values, column):
    look = Look("f.csv", False, (name, "shirt size"), tuple((value, "M") for value in values))
    assert undecided(extract, look, (), ()) == {column: (name,)}
    assert undecided(extract, look, (column,), ()) == undecided(extract, look, (), (name,)) == {}


@pytest.mark.parametrize(
    ("extract", "name", "values"),
    [
        ("opportunities", "outcome_date", DAYS),
        ("opportunities", "close_outcome", ["", ""]),
        ("opportunities", "amount_text", ["much", "little"]),
        ("opportunities", "colour", ["red", "blue"]),
        ("opportunities", "closed_by", ["Ann", "Bo"]),
        ("meetings", "held_at_place", ["Room 1", "Room 2"]),
        ("calls", "recording", ["a.mp3", "b.mp3"]),
        ("calls", "notes on the outcome", ["said no", "said yes"]),
        ("leads", "shirt_size", ["M", "L"]),
        ("leads", "resources", ["1", "2"]),
    ],
)
def test_a_harmless_column_is_no_question(extract, name, values):
    assert (
        undecided(extract, Look("f.csv", False, (name,), tuple((value,) for value in values)), (), ()) == {}
    )


DEALS = "opportunity_id,lead_id,created_at,closed_at,close_outcome,amount,colour\nO1,L1,2025-01-02,2025-02-01,won,5,red\n"
OURS = (
    'name = "m"\n'
    + RULES
    + '[[source]]\nextract = "leads"\nfile = "leads.csv"\n[[source]]\nextract = "opportunities"\n'
)


def test_a_load_tells_it_and_gives_no_wrong_advice_and_an_answer_settles_it(tmp_path):
    end = loaded(tmp_path, leads=LEADS, opportunities=DEALS)
    (said,) = end.manifest.undecided
    assert said.startswith(
        "opportunities from opportunities.csv: outcome: nothing fills it, and 'close_outcome' may be it. Map it"
    )
    findings = dict(end.rows("select code, found from snapshot.findings"))
    assert findings.keys() == {"deciding_column", "outcome_not_given", "unknown_columns"}
    mapped = OURS + 'file = "opportunities.csv"\n'
    end = loaded(tmp_path, mapped + 'columns.outcome = "close_outcome"\n')
    assert end.manifest.undecided == [] and end.rows("select outcome from snapshot.fact_opportunities") == [
        ("won",)
    ]
    end = loaded(tmp_path, mapped + 'ignore = ["close_outcome", "colour"]\n')
    assert end.manifest.undecided == [] and end.manifest.findings == {"outcome_not_given": 1}


def test_a_mapping_that_is_written_offers_it_and_ignores_only_the_rest(tmp_path):
    told(tmp_path, leads=LEADS, deals=DEALS)
    answers = (
        b'[answers]\n"deals.csv" = "own/opportunities/own columns"\n"leads.csv" = "own/leads/own columns"\n'
    )
    text = plan(tmp_path, answers, is_written=True).text
    assert '# columns.outcome = "close_outcome"\n' in text
    (deals,) = (source for source in tomllib.loads(text)["source"] if source["extract"] == "opportunities")
    assert deals["ignore"] == ["colour"]


def test_what_a_vendors_table_is_known_to_have_means_something_else(tmp_path):
    layout = load_presets().named("salesforce/Opportunity (SOQL/Data Loader)/api")
    columns = [name for name in layout.columns if name != "Amount"] + ["Our deal amount"]
    assert "ExpectedRevenue" in columns
    told(tmp_path, leads=LEADS, deals=",".join(columns) + "\n" + ",".join(["5"] * len(columns)) + "\n")
    sources = {each.fitted.extract: each for each in plan(tmp_path, is_written=True).proposal.sources}
    assert sources["opportunities"].layout is layout
    assert sources["opportunities"].undecided()["amount"] == ("Our deal amount",)
