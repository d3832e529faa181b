"""Reps and owners: an open set of names. The mapping may join spellings; a near one is suggested, never taken."""

from __future__ import annotations

import duckdb
import pytest

from leadquality.contracts import QUERIES
from leadquality.load import map_folder
from leadquality.snapshot import Home
from tests.intake.folders import LEADS, RULES, loaded, told

MAPPED = f'name = "t"\n{RULES}[[source]]\nextract = "leads"\nfile = "leads.csv"\n[[source]]\nextract = "calls"\nfile = "calls.csv"\n'
CALLS = (
    "call_id,started_at,rep_id,lead_id\n"
    "C1,2025-01-04,Anna Meier,L1\nC2,2025-01-04,anna-meier,L1\nC3,2025-01-05,A. Meier,L2\nC4,2025-01-05,Bob,L2\nC5,2025-01-05,,L3\n"
    # one call, told twice under two spellings of one name
    "C6,2025-01-06,Anna Meier,L3\nC6,2025-01-06,A. Meier,L3\n"
)
REPS = "select rep_id, count(*) from snapshot.fact_calls group by all order by all nulls last"


def test_without_an_entry_a_name_is_one_but_for_case_and_dash_and_no_more(tmp_path):
    found = loaded(tmp_path, MAPPED, leads=LEADS, calls=CALLS)
    assert found.rows(REPS) == [("A. Meier", 1), ("Anna Meier", 2), ("Bob", 1), (None, 1)]
    assert found.manifest.tables["calls"] | {"reasons": None, "examples": None} == {
        "read": 7, "used": 5, "merged": 0, "excluded": 0, "rejected": 2, "reasons": None, "examples": None,
    }  # fmt: skip


def test_spellings_that_the_mapping_joins_are_one_person_and_no_row_is_lost(tmp_path):
    words = 'values.rep_id = { "Anna Meier" = ["A. Meier", "Anna Meier"] }\n'
    found = loaded(tmp_path, MAPPED + words, leads=LEADS, calls=CALLS)
    # 'anna-meier' is 'Anna Meier' but for case and dash; the two rows of C6 now say the same, so that one of them is merged
    assert found.rows(REPS) == [("Anna Meier", 4), ("Bob", 1), (None, 1)]
    assert found.manifest.tables["calls"] == {
        "read": 7, "used": 6, "merged": 1, "excluded": 0, "rejected": 0, "reasons": {"DUPLICATE_EXACT": 1},
        "examples": {"DUPLICATE_EXACT": "calls.csv, line 8"},
    }  # fmt: skip


def test_a_list_of_reps_can_be_read_as_a_team(tmp_path):
    words = 'values.rep_id = { North = ["Anna Meier", "A. Meier"], South = ["Bob"], "" = ["nobody"] }\n'
    calls = CALLS + "C7,2025-01-06,nobody,L3\n"
    found = loaded(tmp_path, MAPPED + words, leads=LEADS, calls=calls)
    assert found.rows(REPS) == [("North", 4), ("South", 1), (None, 2)]


def test_every_name_without_an_entry_is_listed_with_its_count_and_a_near_one(tmp_path):
    told(
        tmp_path,
        leads=LEADS,
        calls=CALLS,
        opportunities="opportunity_id,lead_id,created_at\nO1,L1,2025-01-04\n",
        opportunity_changes="opportunity_id,changed_at,stage,owner\nO1,2025-01-05,demo,a.meier@site.example\nO1,2025-01-06,Angebot,Bob\n",
    )
    tried = map_folder(Home(tmp_path / "home"), tmp_path).rehearsal
    # counted by hand; 'A. Meier' and 'Anna Meier' stand twice each, and the longer of the two says more
    assert [(each.column, each.value, each.count, each.suggestion) for each in tried.owners] == [
        ("rep_id", "A. Meier", 2, "Anna Meier"),
        ("rep_id", "Anna Meier", 2, ""),
        ("rep_id", "Bob", 1, ""),
        ("rep_id", "anna-meier", 1, "Anna Meier"),
        ("owner", "Bob", 1, ""),
        ("owner", "a.meier@site.example", 1, "Anna Meier"),
    ]
    # a stage is one of a known set; a name is none
    assert [(each.value, each.count) for each in tried.unmapped if each.column == "stage"] == [("Angebot", 1)]
    assert not {each.place for each in tried.unmapped} & {each.place for each in tried.owners}


def test_a_name_that_has_an_entry_is_listed_no_more(tmp_path):
    told(tmp_path, leads=LEADS, calls=CALLS)
    words = 'values.rep_id = { "Anna Meier" = ["A. Meier"] }\n'
    tried = map_folder(Home(tmp_path / "home"), tmp_path, (MAPPED + words).encode()).rehearsal
    assert [each.value for each in tried.owners] == ["Bob", "anna-meier"]
    named = [each for each in tried.values if each.place == ("calls", "rep_id") and each.meaning]
    assert [(each.value, each.count, each.meaning) for each in named] == [("Anna Meier", 4, "Anna Meier")]


def test_of_equally_frequent_spellings_a_full_name_is_suggested(tmp_path):
    reps = ["C. Braun", "Carla Braun", "carla.braun@site.example"]
    calls = "call_id,started_at,rep_id\n" + "".join(
        f"C{at},2025-01-04,{rep}\n" for at, rep in enumerate(reps)
    )
    tried = map_folder(Home(tmp_path / "home"), told(tmp_path, leads=LEADS, calls=calls)).rehearsal
    assert {each.value: each.suggestion for each in tried.owners} == {
        "C. Braun": "Carla Braun",
        "Carla Braun": "",
        "carla.braun@site.example": "Carla Braun",
    }


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [("inbuond", "inbound"), ("not inbound or so", ""), ("OUT", "outbound"), ("OU", "")],
)
def test_a_word_is_suggested_only_where_it_is_near(tmp_path, word, suggestion):
    calls = f"call_id,started_at,direction,outcome_code\nC1,2025-01-04,{word},Not interested\n"
    tried = map_folder(Home(tmp_path / "home"), told(tmp_path, leads=LEADS, calls=calls)).rehearsal
    said = {each.value: each.suggestion for each in tried.unmapped}
    # 'not interested' says too little to be anything, and is nothing like 'not answered'
    assert (said[word], said["Not interested"]) == (suggestion, "")


@pytest.fixture(scope="module")
def is_near():
    con = duckdb.connect()
    for macro in ("name_key", "is_near_name"):
        con.execute((QUERIES / "reading" / f"{macro}.sql").read_text("utf-8"))
    return lambda *names: con.execute(
        "select is_near_name($1, $2), is_near_name($2, $1)", list(names)
    ).fetchall()[0]


@pytest.mark.parametrize(
    ("one", "other", "may_be_one"),
    [
        ("Anna Meier", "anna-meier", True),
        ("Anna.Meier@site.example", "Anna Meier", True),
        ("J. Smith", "John Smith", True),
        ("jsmith@site.example", "John Smith", True),
        ("Anna Meier", "Anna Maier", True),
        ("Anna Meier", "Anna Mieer", True),
        ("Müller", "Mu\u0308ller", True),
        ("r-01", "R01", True),
        ("R01", "R02", False),
        ("00123", "123", False),
        ("76543210", "76543211", False),
        ("rep7@site.example", "rep8@site.example", False),
        ("Ann", "Anna", False),
        ("Anna Meier", "Hans Meier", False),
        ("A. Meier", "B. Meier", False),
        ("Jane Smith", "John Smith", False),
        ("@site.example", "@other.example", False),
        ("", "Anna", False),
    ],
)
def test_spellings_are_near_or_not_whichever_stands_first(is_near, one, other, may_be_one):
    assert is_near(one, other) == (may_be_one, may_be_one)
