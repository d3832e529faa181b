"""Placeholders: what a form shows where nobody chose, what people type to get past it, and one id on most of the rows."""

from __future__ import annotations

import duckdb
import pytest

from leadquality.catalogue.macros import ordered
from leadquality.contracts import BLANK, QUERIES
from tests.intake.folders import loaded
from tests.intake.written import KINDS, mapping_of, written

TOLD = "select extract, found from snapshot.findings where code = 'placeholder_values' order by all"


@pytest.fixture(scope="module")
def is_so():
    con = duckdb.connect()
    stems = ("word_key", "is_unset", "is_unknown", "is_placeholder", "is_digit_run")
    for path in ordered([QUERIES / "functions" / f"{stem}.sql" for stem in stems]):
        con.execute(path.read_text("utf-8"))
    return lambda macro, text: con.execute(f"select {macro}($1)", [text]).fetchall()[0][0]


UNSET = """
Select|-- please choose --|choose...|<Select one>|Please select a country|(not set)|TBD|Not specified|unassigned|[none]
Bitte wählen|Bitte Quelle wählen|keine Angabe|Veuillez sélectionner|Non renseigné|Seleccione una opción|Selecione
não informado|Seleziona|Maak een keuze|Wybierz|未設定|请选择
"""
REAL = """
Select Quote|Choose Energy|Selectronic|Test drive|Testimonials|X|Other|Direct|Nullarbor|Pickwick|none such fair|★|10|Tomorrow
"""


def listed(text: str) -> list[str]:
    return text.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("text", listed(UNSET))
def test_where_nobody_chose_in_many_languages(is_so, text):
    assert is_so("is_unset", text) and is_so("is_placeholder", text) and not is_so("is_unknown", text)


@pytest.mark.parametrize("text", ["test", "Dummy", "xxx", "asdf", "0", "00000", "???", "..."])
def test_what_is_typed_to_get_past_a_field(is_so, text):
    assert is_so("is_placeholder", text) and not is_so("is_unset", text)


@pytest.mark.parametrize("text", ["unknown", "Unbekannt", "inconnu", "Desconocido", "不明"])
def test_unknown_is_what_somebody_chose(is_so, text):
    assert is_so("is_unknown", text) and not is_so("is_placeholder", text)


@pytest.mark.parametrize("text", listed(REAL))
def test_names_that_begin_like_one_stay(is_so, text):
    assert not any(is_so(macro, text) for macro in ("is_unset", "is_placeholder", "is_unknown"))


@pytest.mark.parametrize("text", ["0", "0000000000", "1111111111", "99999", "123456789"])
def test_runs_of_digits(is_so, text):
    assert is_so("is_digit_run", text)


@pytest.mark.parametrize("text", ["1111", "1234", "10000", "4711", "A0"])
def test_numbers_that_are_no_run(is_so, text):
    assert not is_so("is_digit_run", text)


@pytest.mark.parametrize("kind", KINDS)
def test_no_placeholder_is_a_partner_a_cluster_or_a_group(tmp_path, kind):
    words = ["unknown", "0000000000", "1111111111", "Select", "test", "bitte wählen"]
    header = ("lead_id", "created_at", "channel", "account_id", "contact_id", "source", "region")
    leads = [
        (f"L{at}", "2025-01-01", "inbound", word, word, f"web {at}", "Select")
        for at, word in enumerate(words * 2)
    ]
    files = {
        "leads": written(tmp_path, "leads", kind, header, leads),
        "calls": written(
            tmp_path,
            "calls",
            kind,
            ("call_id", "started_at", "lead_id"),
            [(f"K{at}", "2025-01-02", word) for at, word in enumerate(words)],
        ),
        "opportunities": written(
            tmp_path,
            "opportunities",
            kind,
            ("opportunity_id", "lead_id", "account_id", "created_at"),
            [("O1", "L1", "n/a", "2025-01-02"), ("O2", "0", "A", "2025-01-02")],
        ),
    }
    merging = mapping_of(files).replace('name = "t"', 'name = "t"\npolicy.same_contact = "merge"')
    end = loaded(tmp_path, merging)
    assert end.used() == {"leads": 12, "calls": 6, "opportunities": 2}
    assert end.rows("select distinct account_id, region from snapshot.fact_leads") == [(None, BLANK)]
    assert end.rows("select distinct lead_id from snapshot.fact_calls") == [(None,)]
    told = end.rows(TOLD)
    assert ("leads", "account_id: '0000000000' on 2 of 12 rows, taken as blank") in told
    assert ("leads", "region: 'Select' on 12 of 12 rows, taken as blank") in told
    assert ("calls", "lead_id: 'unknown' on 1 of 6 rows, taken as blank") in told
    assert len(told) == 6 + 6 + 1 + 6 + 1


def test_a_run_of_digits_is_an_id_beside_its_neighbours_and_as_the_key_of_its_row(tmp_path):
    ids = ["0", "1", "2", "11111", "11112", "99999"]
    leads = "lead_id,created_at,channel,account_id\n" + "".join(
        f"{each},2025-01-01,inbound,{each}\n" for each in ids
    )
    calls = "call_id,started_at,lead_id\n" + "".join(
        f"K{at},2025-01-02,{each}\n" for at, each in enumerate([*ids[:3], "11111"])
    )
    end = loaded(tmp_path, leads=leads, calls=calls)
    # 99999 is the key of a lead; as an account nothing stands beside it, and so is 11111 among the calls
    assert end.used() == {"leads": 6, "calls": 4}
    assert end.rows("select account_id from snapshot.fact_leads order by all nulls last") == [
        (each,) for each in ["0", "1", "11111", "11112", "2"]
    ] + [(None,)]
    assert end.rows("select lead_id from snapshot.fact_calls order by call_id") == [
        ("0",),
        ("1",),
        ("2",),
        (None,),
    ]
    assert [found.partition("'")[2].partition("'")[0] for _, found in end.rows(TOLD)] == ["11111", "99999"]


def many(count: int, same: int, more: str = "") -> str:
    rows = (
        f"L{at},2025-01-01,inbound,{'ACME' if at < same else f'A{at}'},{'C0' if at < same else f'C{at}'}\n"
        for at in range(count)
    )
    return f"lead_id,created_at,channel,account_id,contact_id{more}\n" + "".join(rows)


@pytest.mark.parametrize(("count", "same", "is_one"), [(30, 16, True), (30, 15, False), (29, 20, False)])
def test_an_id_on_more_than_half_of_many_rows_refers_to_nothing(tmp_path, count, same, is_one):
    merging = mapping_of({"leads": "leads.csv"}).replace(
        'name = "t"', 'name = "t"\npolicy.same_contact = "merge"'
    )
    end = loaded(tmp_path, merging, leads=many(count, same))
    # else the leads of one contact, which differ in nothing but their id, are one
    assert end.used() == {"leads": count if is_one else count - same + 1}
    assert end.rows("select count(account_id) from snapshot.fact_leads") == [
        (count - same if is_one else count - same + 1,)
    ]
    told = [
        ("leads", f"{name}: '{value}' on {same} of {count} rows, taken as blank")
        for name, value in (("account_id", "ACME"), ("contact_id", "C0"))
    ]
    assert end.rows(TOLD) == (told if is_one else [])


def test_a_value_that_is_real_can_be_said_to_be(tmp_path):
    rules = mapping_of({"leads": "leads.csv"}, 'read.real_values = ["acme", "Test"]\n')
    leads = many(40, 30, ",source").replace("\n", ",Test\n").replace("source,Test", "source")
    end = loaded(tmp_path, rules, leads=leads)
    assert end.rows(
        "select count(account_id), count(*) filter (source = 'Test') from snapshot.fact_leads"
    ) == [(40, 40)]
    assert end.rows(TOLD) == [("leads", "contact_id: 'C0' on 30 of 40 rows, taken as blank")]


def test_the_key_of_a_table_in_which_it_stands_often_is_no_placeholder(tmp_path):
    changes = "opportunity_id,changed_at,stage\n" + "".join(
        f"O1,2025-01-02T10:{at}:00Z,demo\n" for at in range(10, 50)
    )
    end = loaded(
        tmp_path,
        leads="lead_id,created_at,channel\nL1,2025-01-01,inbound\n",
        opportunities="opportunity_id,lead_id,created_at\nO1,L1,2025-01-02\n",
        opportunity_changes=changes,
    )
    assert end.used()["opportunity_changes"] == 40 and end.rows(TOLD) == []


def test_test_is_a_reason_and_a_channel_rule_gives_a_word_its_meaning(tmp_path):
    leads = "lead_id,created_at,source,disqualified_at,dq_reason\n"
    leads += "L1,2025-01-01,dummy,2025-01-02,Test\nL2,2025-01-01,xxx,2025-01-02,Select\n"
    rules = '[channel]\nrules = [{ id = "r", channel = "inbound", when = { source = ["Dummy"] } }]\n'
    end = loaded(
        tmp_path, f'name = "t"\n{rules}[[source]]\nextract = "leads"\nfile = "leads.csv"\n', leads=leads
    )
    assert end.rows(
        "select source, channel, disqualified_reason from snapshot.fact_leads order by lead_id"
    ) == [
        ("dummy", "inbound", "Test"),
        (BLANK, "unknown", None),
    ]


def test_blank_and_unknown_are_two_groups_and_are_told(tmp_path):
    cells = ["unknown"] * 3 + ["", "N/A"] + ["Unbekannt"]
    rows = "".join(f"L{at},2025-01-01,inbound,web,{cell},north\n" for at, cell in enumerate(cells))
    end = loaded(tmp_path, leads="lead_id,created_at,channel,source,segment,region\n" + rows)
    asked = "select segment, count(*) from snapshot.fact_leads group by all order by all"
    assert end.rows(asked) == [(BLANK, 2), ("Unbekannt", 1), ("unknown", 3)]
    asked = "select extract, line, found from snapshot.findings where code = 'blank_and_unknown'"
    assert end.rows(asked) == [("leads", 2, 'segment: 4 say "unknown", 2 are blank')]
