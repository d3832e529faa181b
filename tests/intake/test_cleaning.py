"""One cleaning for every column: hidden characters, blanks, Unicode forms, and words that stand for nothing."""

from __future__ import annotations

import re

import duckdb
import pytest

from leadquality.contracts import BLANK, QUERIES
from leadquality.intake.cleaning import Span, may_begin
from leadquality.intake.declared import NULL_MARKERS
from tests.intake.folders import LEADS, RULES, loaded
from tests.intake.written import KINDS, mapping_of, written

HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(scope="module")
def cleaned():
    con = duckdb.connect()
    for macro in ("strip_hidden", "clean"):
        con.execute((QUERIES / "reading" / f"{macro}.sql").read_text("utf-8"))
    return lambda text: con.execute("select clean($1)", [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("L\x071", "L1"),
        ("\x1b[31mweb\x1b[0m", "[31mweb[0m"),
        ("L0\u202e", "L0"),
        ("\ufeffL\u00ad0\u200b", "L0"),
        ("L\u200d0", "L0"),
        ("L\ufe0f0", "L0"),
        ("web\U000e0041", "web"),
        ("a\u0085b\u009bc", "a bc"),
        ("\u00a0Google\u2003Ads\u3000", "Google Ads"),
        ("one\r\ntwo\tthree", "one two three"),
        ("Jose\u0301", "José"),
        ("\u200b \u2060", None),
        # letters of the world and emoji are none of these
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3", "👩\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e007f", "🏴\U000e0067\U000e0062\U000e0065\U000e007f"),
        ("東京展 Ελλάδα Straße", "東京展 Ελλάδα Straße"),
    ],
)  # fmt: skip
def test_what_nobody_sees_goes_and_what_is_a_letter_stays(cleaned, text, plain):
    assert cleaned(text) == plain


def shown_everywhere(end):
    """Every text of the snapshot, its settings apart."""
    tables = end.rows(
        "select table_name from duckdb_tables() where database_name = 'snapshot' and table_name <> 'settings'"
    )
    return [str(cell) for (name,) in tables for row in end.rows(f"from snapshot.{name}") for cell in row]


@pytest.mark.parametrize("kind", KINDS)
def test_ids_match_and_no_hidden_character_is_kept_whatever_the_file(tmp_path, kind):
    mark = "\u202e" if kind == "xlsx" else "\x1b"  # a workbook cannot hold controls
    files = {
        "leads": written(
            tmp_path,
            "leads",
            kind,
            ("lead_id", "created_at", "channel", "source", "title"),
            [
                (f"L{mark}1", "2025-01-01", "inbound", f"{mark}[31mweb", f"{mark}Head"),
                ("L2", "2025-01-01", "inbound", "[31mweb", "Head"),
            ],
        ),
        "calls": written(
            tmp_path,
            "calls",
            kind,
            ("call_id", "started_at", "lead_id", "rep_id", "outcome_code"),
            [
                ("K1", "2025-01-02T10:00:00Z", "L1", f"Kim{mark}", "qualified"),
                ("K2", "2025-01-02T11:00:00Z", f"L2{mark}", "Kim", "x"),
            ],
        ),
        "opportunities": written(
            tmp_path,
            "opportunities",
            kind,
            ("opportunity_id", "lead_id", "created_at"),
            [("O1", f"{mark}L1", "2025-01-03")],
        ),
    }
    end = loaded(tmp_path, mapping_of(files))
    assert end.used() == {"leads": 2, "calls": 2, "opportunities": 1}
    assert end.rows("select lead_id, rep_id from snapshot.fact_calls order by call_id") == [
        ("L1", "Kim"),
        ("L2", "Kim"),
    ]
    assert end.rows("select distinct source, title from snapshot.fact_leads") == [("[31mweb", "Head")]
    assert not [text for text in shown_everywhere(end) if HIDDEN.search(text)]
    found = end.rows(
        "select extract, line, found from snapshot.findings where code = 'hidden_characters' order by all"
    )
    seen = "\\u202e" if kind == "xlsx" else "\\x1b"
    first = {"csv": 2, "xlsx": 2, "parquet": 1}[kind]
    assert found == [
        ("calls", first, f"rep_id: 1, as 'Kim{seen}'"),
        ("calls", first + 1, f"lead_id: 1, as 'L2{seen}'"),
        ("leads", first, f"lead_id: 1, as 'L{seen}1'"),
        ("leads", first, f"source: 1, as '{seen}[31mweb'"),
        ("leads", first, f"title: 1, as '{seen}Head'"),
        ("opportunities", first, f"lead_id: 1, as '{seen}L1'"),
    ]


LOOKED_UP = f"""name = "t"
{RULES}[[source]]
extract = "leads"
file = "leads.csv"
columns.industry = {{ lookup = "companies", column = "Sector" }}
columns.region = {{ first_of = ["area", "zone"] }}
columns.segment = {{ from = "size", when = {{ kind = ["Gro\u0308ße"] }} }}
lookups.companies = {{ file = "companies.csv", key = "Company", by = "account_id" }}
exclude.try_out = {{ column = "kind", values = ["Pru\u0308fung"] }}
"""


def test_lookups_conditions_and_places_see_cleaned_values_on_both_sides(tmp_path):
    leads = (
        "lead_id,created_at,channel,account_id,area,zone,kind,size\n"
        "L1,2025-01-01,inbound,A\u200b1,N/A,north,Größe,small\n"
        "L2,2025-01-01,inbound,NULL,south,north,Größe\u00a0,small\n"
        "L3,2025-01-01,inbound,Jose\u0301,(blank),--,other,small\n"
        "L4,2025-01-01,inbound,,,,Prüfung,small\n"
    )
    companies = "Company,Sector\nA1\u202c,retail\nNULL,none of ours\nJosé,N/A\n"
    end = loaded(tmp_path, LOOKED_UP, leads=leads, companies=companies)
    assert end.rows(
        "select lead_id, account_id, industry, region, segment from snapshot.fact_leads order by 1"
    ) == [
        ("L1", "A1", "retail", "north", "small"),
        ("L2", None, None, "south", "small"),
        ("L3", "José", None, BLANK, BLANK),
    ]
    assert end.reasons("leads") == {"try_out": 1}


WORDS = [
    "NULL",
    "null",
    "N/A",
    "#N/A",
    "n.a.",
    "-",
    "--",
    "—",
    "nan",
    "NaN",
    "None",
    "nil",
    "(blank)",
    "\\N",
    "?",
    "<null>",
    " NULL ",
]


@pytest.mark.parametrize("kind", KINDS)
def test_words_for_nothing_are_blank_in_every_column_ids_included(tmp_path, kind):
    # every word stands twice: once, a dash may be a text; of a workbook a failed cell is told apart below
    words = [word for word in WORDS for _ in range(2) if (kind, word) != ("xlsx", "#N/A")]
    leads = written(
        tmp_path,
        "leads",
        kind,
        (
            "lead_id",
            "created_at",
            "channel",
            "account_id",
            "contact_id",
            "source",
            "title",
            "engagement_score",
            "mql_at",
        ),
        [(f"L{at}", "2025-01-01", "inbound", *[word] * 6) for at, word in enumerate(words)],
    )
    calls = written(
        tmp_path,
        "calls",
        kind,
        ("call_id", "started_at", "lead_id", "rep_id", "team", "transferred", "callback_of"),
        [(f"K{at}", "2025-01-02T10:00:00Z", *[word] * 5) for at, word in enumerate(words)],
    )
    end = loaded(tmp_path, mapping_of({"leads": leads, "calls": calls}))
    assert end.used() == {"leads": len(words), "calls": len(words)}
    asked = "select distinct account_id, source, title, engagement_score, mql_on from snapshot.fact_leads"
    assert end.rows(asked) == [(None, BLANK, None, None, None)]
    asked = "select distinct lead_id, rep_id, team, is_transferred, callback_of from snapshot.fact_calls"
    assert end.rows(asked) == [(None, None, None, None, None)]
    asked = "select found from snapshot.findings where code = 'values_rewritten' and starts_with(found, 'lead_id')"
    assert "4 'NULL'" in end.rows(asked)[0][0]
    # nothing is told of placeholders: these words are blank before anything looks for those
    assert end.rows("select 1 from snapshot.findings where code = 'placeholder_values'") == []


def test_a_failed_cell_of_a_workbook_is_an_error_where_a_number_is_wanted(tmp_path):
    header = ("lead_id", "created_at", "channel", "engagement_score", "account_id")
    leads = written(
        tmp_path,
        "leads",
        "xlsx",
        header,
        [("L1", "2025-01-01", "inbound", "5", "A1"), ("L2", "2025-01-01", "inbound", "#N/A", "#N/A")],
    )
    end = loaded(tmp_path, mapping_of({"leads": leads}))
    assert end.rows("select reason, field from snapshot.left_out_rows") == [
        ("EXCEL_ERROR", "engagement_score")
    ]


def test_what_only_looks_like_a_word_for_nothing_stays(tmp_path):
    leads = (
        "lead_id,created_at,channel,account_id,source,region\n"
        "L1,2025-01-01,inbound,NULLARBOR,None Such Fair,NA\nL2,2025-01-01,inbound,NA-100,N/A Media Ltd,NA\n"
    )
    end = loaded(tmp_path, leads=leads)
    assert end.rows("select account_id, source, region from snapshot.fact_leads order by 1 desc") == [
        ("NULLARBOR", "None Such Fair", "NA"),
        ("NA-100", "N/A Media Ltd", "NA"),
    ]
    assert end.manifest.findings == {}


REPS = "select rep_id, count(*) from snapshot.fact_calls group by all order by all nulls last"


def calls_of(*reps: str) -> str:
    return "call_id,started_at,rep_id\n" + "".join(f"K{at},2025-01-02,{rep}\n" for at, rep in enumerate(reps))


@pytest.mark.parametrize(
    ("reps", "found"),
    [
        (["Kim", "Kim", "Lee", "Nan", "Nan"], [("Kim", 2), ("Lee", 1), ("Nan", 2)]),
        (["Kim", "Lee", "NULL", "nan"], [("Kim", 1), ("Lee", 1), (None, 2)]),
        (["Anna Meier", "Bo Chen", "None"], [("Anna Meier", 1), ("Bo Chen", 1), (None, 1)]),
        (["R07", "R08", "Null"], [("R07", 1), ("R08", 1), (None, 1)]),
        (["Kim", "None", "None"], [("Kim", 1), (None, 2)]),
    ],
)
def test_a_lone_name_of_the_team_may_read_like_a_word_for_nothing(tmp_path, reps, found):
    assert loaded(tmp_path, leads=LEADS, calls=calls_of(*reps)).rows(REPS) == found


def test_none_is_an_answer_where_answers_are_given(tmp_path):
    calls = "call_id,started_at,content_used\nK1,2025-01-02,none\nK2,2025-01-02,NULL\nK3,2025-01-02,n/a\n"
    answers = "call_id,question_id,answer_code\nK1,budget,none\nK1,timeline,NULL\n"
    end = loaded(tmp_path, leads=LEADS, calls=calls, call_answers=answers)
    assert end.rows("select content_used from snapshot.fact_calls order by call_id") == [
        ("none",),
        (None,),
        ("n/a",),
    ]
    assert end.rows("select answer_code from snapshot.fact_call_answers order by question_id") == [
        ("none",),
        (None,),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        'values.source = { "cold call" = ["None"] }',
        'exclude.walk_in = { column = "source", values = ["None"] }',
        'columns.segment = { from = "segment", when = { source = ["None"] } }',
        'read.real_values = ["None"]',
    ],
)
def test_a_word_to_which_the_mapping_gives_a_meaning_keeps_it(tmp_path, rule):
    leads = "lead_id,created_at,channel,source,segment\nL1,2025-01-01,inbound,None,smb\nL2,2025-01-01,inbound,NULL,smb\n"
    end = loaded(tmp_path, mapping_of({"leads": "leads.csv"}, rule + "\n"), leads=leads)
    found = dict(end.rows("select lead_id, (source, segment)::varchar from snapshot.fact_leads"))
    kept = {
        "values": {"L1": "(cold call, smb)", "L2": "('(blank)', smb)"},
        "exclude": {"L2": "('(blank)', smb)"},
        "columns": {"L1": "(None, smb)", "L2": "('(blank)', '(blank)')"},
        "read": {"L1": "(None, smb)", "L2": "('(blank)', smb)"},
    }[rule.partition(".")[0]]
    assert {lead: text.replace("'", "") for lead, text in found.items()} == {
        lead: text.replace("'", "") for lead, text in kept.items()
    }


def test_the_words_are_those_of_the_mapping_and_the_label_of_blanks_is_never_a_value(tmp_path):
    leads = "lead_id,created_at,channel,source\n" + "".join(
        f"L{at},2025-01-01,inbound,{word}\n" for at, word in enumerate(["NIX", "nix", "None", "(Blank)"])
    )
    end = loaded(
        tmp_path,
        mapping_of({"leads": "leads.csv"}, 'read.null_markers = ["nix"]\nread.real_values = ["none"]\n'),
        leads=leads,
    )
    assert end.rows("select source, count(*) from snapshot.fact_leads group by all order by all") == [
        (BLANK, 3),
        ("None", 1),
    ]


def test_leads_without_an_account_are_no_cluster_and_without_a_contact_not_merged(tmp_path):
    merging = mapping_of({"leads": "leads.csv"}).replace(
        'name = "t"', 'name = "t"\npolicy.same_contact = "merge"'
    )
    leads = "lead_id,created_at,channel,account_id,contact_id\n" + "".join(
        f"L{at},2025-01-01,inbound,NULL,N/A\n" for at in range(40)
    )
    end = loaded(tmp_path, merging, leads=leads)
    assert end.used() == {"leads": 40}
    assert end.rows("select count(*) from snapshot.lead_events where account is not null") == [(0,)]


def test_every_word_is_in_the_form_in_which_it_is_compared():
    assert [word for word in NULL_MARKERS if word != word.strip()] == []
    assert len({word.lower() for word in NULL_MARKERS}) == len(NULL_MARKERS)


def test_the_label_of_blanks_is_one():
    con = duckdb.connect()
    con.execute((QUERIES / "functions" / "or_blank.sql").read_text("utf-8"))
    assert con.sql("select or_blank(null), or_blank('x')").fetchall() == [(BLANK, "x")]


@pytest.mark.parametrize(
    ("low", "high", "initials", "is_possible"),
    [
        (None, None, "n", False),
        ("K1", "K9", "n", False),
        ("K1", "K9", "k", True),
        ("2024", "2025", "n#-", False),
        ("-5", "9", "-", True),
        (" nan", "zero", "q", True),
        ("", "zero", "q", True),
        ("Anna", "Zoé", "n", True),
        ("Anna", "Émile", "-", True),
        ("inbound", "outbound", "n", True),
    ],
)
def test_what_a_column_may_hold_is_told_by_its_least_and_greatest_value(low, high, initials, is_possible):
    assert may_begin(Span(low, high), initials) == is_possible
