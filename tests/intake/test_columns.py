"""What a mapping may say of a column: units, conditions, several places, ids in one form, lookups, legs of a call."""

from __future__ import annotations

import duckdb
import pytest

from leadquality.catalogue.macros import needed
from leadquality.contracts import QUERIES, InputRefused
from leadquality.intake.columns import Column
from leadquality.intake.expressions import Names, in_form, in_seconds, value
from tests.intake.folders import LEADS, RULES, loaded

NAMED = f'name = "t"\n{RULES}[[source]]\nextract = "leads"\nfile = "leads.csv"\n'
CALLS = '[[source]]\nextract = "calls"\nfile = "calls.csv"\n'
OPPORTUNITIES = '[[source]]\nextract = "opportunities"\nfile = "deals.csv"\n'


@pytest.fixture(scope="module")
def sql():
    con = duckdb.connect()
    functions = list((QUERIES / "functions").glob("*.sql"))
    for path in needed(
        functions, [path for path in functions if path.stem in {"fold", "moment", "phone_key"}]
    ):
        con.execute(path.read_text("utf-8"))
    con.execute("set timezone = 'UTC'")
    return lambda expression: con.sql(f"select {expression}").fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("93500", "ms", 93.5),
        ("2", "min", 120),
        ("1:02:03", "hh:mm:ss", 3723),
        ("02:03", "hh:mm:ss", 123),
        ("45", "hh:mm:ss", 45),
        ("01:30", "hh:mm", 5400),
        ("01:30:15", "hh:mm", 5400),
    ],
)
def test_a_length_becomes_seconds(sql, text, unit, seconds):
    assert float(sql(in_seconds(f"'{text}'", unit))) == seconds


@pytest.mark.parametrize("unit", ["ms", "min", "hh:mm:ss", "hh:mm", "epoch ms"])
def test_what_is_no_length_stays_so_that_its_row_can_be_refused(sql, unit):
    assert sql(in_seconds("'soon'", unit)) == "soon"


@pytest.mark.parametrize(("text", "unit"), [("1704103200", "epoch s"), ("1704103200000", "epoch ms")])
def test_a_count_since_1970_becomes_a_moment_of_utc(sql, text, unit):
    # 2024-01-01 10:00 UTC is 19,723 days and 10 hours after 1970: 19723 * 86400 + 36000 = 1,704,103,200 s
    assert str(sql(f"moment({in_seconds(repr(text), unit)})")) == "2024-01-01 10:00:00"


@pytest.mark.parametrize(
    ("text", "form", "read"),
    [
        ("00Q1G00000nDnM5UAK", "salesforce id", "00Q1G00000nDnM5"),
        ("00Q1G00000nDnM5", "salesforce id", "00Q1G00000nDnM5"),
        ("3QOHd+Q7F28PJtnwztV09Q==", "salesforce id", "3QOHd+Q7F28PJtnwztV09Q=="),
        ("zcrm_4711", "zoho id", "4711"),
        (" Ann  B ", "text", "annb"),
    ],
)
def test_an_id_that_a_vendor_spells_in_several_ways_is_read_in_one(sql, text, form, read):
    assert sql(in_form(f"'{text}'", form)) == read


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("+49 (0)170 123-4567", None, "491701234567"),
        ("0049 170 1234567", None, "491701234567"),
        ("491701234567", "49", "491701234567"),
        ("0170/1234567", "49", "491701234567"),
        ("0170/1234567", None, "01701234567"),
        ("(555) 010-4321", "1", "15550104321"),
        ("1-555-010-4321", "1", "15550104321"),
        ("011 49 170 1234567", "1", "491701234567"),
        # the prefix that is dialed inside the country
        ("8 (912) 000-10-02", "7", "79120001002"),
        ("812 000-10-02", "7", "78120001002"),
        ("79120001002", "7", "79120001002"),
        ("06 20 123 4567", "36", "36201234567"),
        ("8 612 34567", "370", "37061234567"),
        ("80 29 123 45 67", "375", "375291234567"),
        ("020 7946 0123", "44", "442079460123"),
        ("06 1234 5678", "39", "390612345678"),
        ("0170.123.4567", "49", "491701234567"),
        # what is put around a number
        ("tel:+49-170-1234567", "49", "491701234567"),
        ("TEL://0170 1234567", "49", "491701234567"),
        ("0170 1234567 x12", "49", "491701234567"),
        ("0170 1234567 Ext. 12", "49", "491701234567"),
        ("0170 1234567 (ext 12)", "49", "491701234567"),
        ("0170 1234567#12", "49", "491701234567"),
        ("tel:+491701234567;ext=12", None, "491701234567"),
        ("491701234567.0", None, "491701234567"),
        ("0170–123–4567", "49", "491701234567"),
        # what is no number, or nobody's
        ("4.91701E+11", "49", None),
        ("9.12e+9", None, None),
        ("anonymous", "49", None),
        ("110", "49", None),
        ("0000000000", None, None),
        ("0000000000", "49", None),
        ("+49 111 1111111", "49", None),
        ("(555) 555-5555", "1", None),
        ("1234567890", "1", None),
        ("0123456789", "49", None),
        ("987-654-3210", None, None),
        # a run of one digit inside a number is no sign of it
        ("+1 917 777 7777", "1", "19177777777"),
        ("0170 1234567", "49", "491701234567"),
        ("+49 30 123456", "49", "4930123456"),
    ],
)
def test_two_spellings_of_a_telephone_number_are_one(sql, text, code, key):
    assert sql(f"phone_key('{text}', {repr(code) if code else 'null'})") == key


def test_a_zone_is_for_stamps_that_carry_none(sql):
    names = Names("f", ("at",), {}, {})
    read = value(names, Column.model_validate({"from": "at", "zone": "Europe/Berlin"}), "")
    # Berlin is two hours ahead of UTC in July
    assert (
        str(sql(f"moment({read}) from (select '2024-07-01 12:00:00' as at) as raw")) == "2024-07-01 10:00:00"
    )
    assert (
        str(sql(f"moment({read}) from (select '2024-07-01T12:00:00Z' as at) as raw")) == "2024-07-01 12:00:00"
    )


def test_places_conditions_and_rules(tmp_path):
    mapping = NAMED + OPPORTUNITIES + (
        'columns.opportunity_id = { row = "D" }\n'
        'columns.created_at = { joined = ["day", "hour"] }\n'
        'columns.closed_at = { first_of = ["won at", "lost at"], when = { "ours.outcome" = ["won", "lost"] } }\n'
        'columns.currency = { constant = "EUR" }\n'
        'columns.stage = { from = "Phase", when = { Phase = { other_than = ["-"] }, day = "*" } }\n'
        "values.outcome = [\n"
        '    { when = { Phase = ["Closed Won"], Test = "" }, then = "won" },\n'
        '    { when = { Phase = ["closed-lost"] }, then = "lost" },\n'
        "]\n"
        'exclude.no_lead = { when = { lead_id = "" } }\n'
        'exclude.test = { when = { Test = "*", day = { same_day_as = "lost at" } } }\n'
    )  # fmt: skip
    deals = (
        "lead_id,day,hour,won at,lost at,Phase,Test\n"
        "L1,2025-02-01,10:30,2025-03-01,,closed won,\n"
        "L2,2025-02-01,,,2025-03-02,Closed Lost,\n"
        "L3,2025-02-01,,,2025-04-02,-,\n"
        ",2025-02-01,,,,,\n"
        "L1,2025-02-01,,,2025-02-01,Closed Won,x\n"
        "L1,2025-02-01,,,2025-02-02,Closed Won,x\n"
    )
    end = loaded(tmp_path, mapping, leads=LEADS, deals=deals)
    assert end.rows(
        "select opportunity_id, lead_id, stage, outcome, closed_on::varchar, currency from snapshot.fact_opportunities order by 1"
    ) == [
        ("D1", "L1", "Closed Won", "won", "2025-03-01", "EUR"),
        ("D2", "L2", "Closed Lost", "lost", "2025-03-02", "EUR"),
        ("D3", "L3", None, "open", None, "EUR"),
        ("D6", "L1", "Closed Won", "open", None, "EUR"),
    ]
    assert end.reasons("opportunities") == {"no_lead": 1, "test": 1}


LEGS = (
    "call,session,parent,began,ended,secs,lead_id\n"
    "K1,S1,,0,30,30,L1\n"
    "K2,S1,,10,100,90,L1\n"
    "K3,,,0,5,5,L2\n"
    "K4,,,0,6,6,L2\n"
    "K5,S2,K4,0,7,7,L3\n"
)


def test_of_the_legs_of_a_call_one_is_counted(tmp_path):
    # K1 and K2 share a session: the longer one stays. K3 and K4 have none: each is a call. K5 is a child.
    mapping = NAMED + CALLS + (
        'columns.call_id = "call"\ncolumns.started_at = { constant = "2025-02-01 09:00" }\n'
        'columns.talk_s = { seconds_between = ["began", "ended"] }\n'
        'exclude.child = { column = "parent", values_other_than = [""] }\n'
        'exclude.other_leg = { repeats = ["session"], keep = "secs" }\n'
    )  # fmt: skip
    end = loaded(tmp_path, mapping, leads=LEADS, calls=LEGS)
    assert end.rows("select call_id, talk_seconds from snapshot.fact_calls order by 1") == [
        ("K2", 90),
        ("K3", 5),
        ("K4", 6),
    ]
    assert end.reasons("calls") == {"child": 1, "other_leg": 1}


def test_a_row_that_stands_for_several_calls_is_as_many(tmp_path):
    mapping = NAMED + CALLS + (
        'repeat = { column = "tries", only_last = ["talk_s"] }\ncolumns.call_id = { row = "C" }\n'
        'columns.started_at = "at"\ncolumns.talk_s = "secs"\n'
    )  # fmt: skip
    calls = "lead_id,at,tries,secs\nL1,2025-02-01,3,60\nL2,2025-02-01,,20\n"
    end = loaded(tmp_path, mapping, leads=LEADS, calls=calls)
    rows = end.rows("select call_id, lead_id, talk_seconds from snapshot.fact_calls order by 1")
    assert rows == [("C1-1", "L1", None), ("C1-2", "L1", None), ("C1-3", "L1", 60), ("C2-1", "L2", 20)]
    assert end.manifest.findings["row_stands_for_several"] == 1


MANY = 'lookups.link = {{ file = "links.csv", key = "deal", by = "id", {} }}\n'
LINKS = "deal,contact,since\nD1,L2,2025-01-09\nD1,L1,2025-01-05\nD2,L3,\nD4,L1,x\nD4,L2,2025-01-01\n"


@pytest.mark.parametrize(
    ("how", "leads"),
    [
        ('many = "first"', {"D1": "L2", "D2": "L3", "D4": "L1"}),
        ('many = "earliest", dated = "since"', {"D1": "L1", "D2": "L3", "D4": "L2"}),
        (
            'many = "earliest", dated = { file = "leads.csv", key = "lead_id", by = "contact", column = "created_at" }',
            {"D1": "L1", "D2": "L3", "D4": "L1"},
        ),
        ('many = "none"', {"D2": "L3"}),
    ],
)
def test_of_several_matches_the_rule_chooses(tmp_path, how, leads):
    mapping = NAMED + OPPORTUNITIES + (
        'columns.opportunity_id = "id"\ncolumns.lead_id = { lookup = "link", column = "contact" }\n' + MANY.format(how)
    )  # fmt: skip
    deals = "id,created_at\nD1,2025-02-01\nD2,2025-02-01\nD3,2025-02-01\nD4,2025-02-01\n"
    end = loaded(tmp_path, mapping, leads=LEADS, deals=deals, links=LINKS)
    found = dict(end.rows("select opportunity_id, lead_id from snapshot.fact_opportunities"))
    assert found == dict.fromkeys(("D1", "D2", "D3", "D4")) | leads


def test_several_ids_in_one_cell_and_a_lookup_through_a_lookup(tmp_path):
    mapping = NAMED + OPPORTUNITIES + (
        'columns.opportunity_id = "id"\n'
        'columns.lead_id = { first_of = [{ lookup = "kept", column = "kept" }, { lookup = "cell", column = "people" }] }\n'
        'lookups.cell = { file = "deals.csv", key = "id", by = "id", split = { column = "people" } }\n'
        'lookups.kept = { file = "merged.csv", key = "gone", by = "cell.people", rare = true }\n'
    )  # fmt: skip
    deals = "id,created_at,people\nD1,2025-02-01,L2;L3\nD2,2025-02-01,L9\nD3,2025-02-01,\n"
    end = loaded(tmp_path, mapping, leads=LEADS, deals=deals, merged="gone,kept\nL9,L1\n")
    assert end.rows("select opportunity_id, lead_id from snapshot.fact_opportunities order by 1") == [
        ("D1", "L2"),
        ("D2", "L1"),
        ("D3", None),
    ]
    # "several": D1 names two people. "little": nothing, for two of the three deals name somebody.
    assert end.rows("select code, found from snapshot.findings where code like 'join%'") == [
        ("join_finds_several", "1 rows")
    ]


PHONES = (
    "lead_id,created_at,channel,phone,mobile\nL1,2025-01-01,inbound,+49 30 1111111,0170 1111111\n"
    "L2,2025-01-02,inbound,030/2222222,\nL3,2025-01-03,inbound,+49 30 3333333,\nL4,2025-01-03,inbound,(030) 333 3333,\n"
)


def test_calls_find_their_lead_by_telephone_and_a_shared_number_finds_none(tmp_path):
    mapping = (
        f'name = "t"\n{RULES}[[source]]\nextract = "leads"\nfile = "leads.csv"\n'
        'person = { phone = ["phone", "mobile"], country_code = "49" }\n' + CALLS +
        'person.country_code = "49"\n'
        'person.phone = [{ from = "from", when = { direction = ["inbound"] } }, "to"]\n'
    )  # fmt: skip
    calls = (
        "call_id,started_at,direction,from,to\nK1,2025-02-01,inbound,491701111111,49309\n"
        "K2,2025-02-01,outbound,49309,+4930 2222222\nK3,2025-02-01,inbound,4930 3333333,\nK4,2025-02-01,inbound,anonymous,\n"
    )
    end = loaded(tmp_path, mapping, leads=PHONES, calls=calls)
    assert end.rows("select call_id, lead_id from snapshot.fact_calls order by 1") == [
        ("K1", "L1"),
        ("K2", "L2"),
        ("K3", None),
        ("K4", None),
    ]
    # no number is kept anywhere in the snapshot
    tables = [
        row[0] for row in end.rows("select table_name from duckdb_tables() where database_name = 'snapshot'")
    ]
    assert "lead_phones" not in tables and tables
    for table in tables:
        assert "2222222" not in str(end.rows(f"from snapshot.{table}")), table


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ('columns.stage = { from = "Fase" }', ("deals.csv, line 1", "'Fase'", "did you mean 'Phase'?")),
        ('columns.stage = { lookup = "x", column = "y" }', ("no lookup 'x'", "declare it under lookups")),
        ('columns.stage = { from = "Phase", when = { "ours.stage" = "*" } }', ("'ours.stage'", "stand on their own")),
        ('exclude.a = { when = { Fase = "*" } }', ("of exclusion 'a'", "did you mean 'Phase'?")),
        ('lookups.a = { file = "leads.csv", key = "lead", by = "lead_id" }', ("leads.csv", "'lead'", "lookup 'a'")),
        ('columns.stage = { from = "Phase", unit = "hours" }', ("columns.stage.unit", "hours")),
        ('columns.stage = { from = "Phase", constant = "x" }', ("columns.stage", "exactly one of from")),
        ('columns.stage = { from = "Phase", zone = "Berlin" }', ("'Berlin' is no time zone",)),
        ('exclude.a = { column = "Phase", repeats = ["Phase"] }', ("exclude.a", "exactly one of column")),
        ('person.country_code = "+49"', ("person.country_code",)),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_meant_is_refused_with_its_key(tmp_path, columns, words):
    deals = "opportunity_id,lead_id,created_at,Phase\nD1,L1,2025-02-01,x\n"
    with pytest.raises(InputRefused) as refused:
        loaded(tmp_path, NAMED + OPPORTUNITIES + columns + "\n", leads=LEADS, deals=deals)
    assert [word for word in words if word not in str(refused.value)] == []
