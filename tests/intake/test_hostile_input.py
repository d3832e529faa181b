"""Names and values from files and mappings stay text, whatever SQL or pattern they spell."""

from __future__ import annotations

import pytest

from leadquality.contracts import InputRefused
from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot

HOSTILE = [
    "'); drop table source_leads; --",
    '"; drop table staged_leads; --',
    "x' or '1'='1",
    "${scope} $as_of ? {{ 7 * 7 }}",
    "read_csv('/etc/passwd')",
    '=HYPERLINK("http://x")',
    "\\'; select 1; --",
    "'' || (select 1) || ''",
    "%s %(x)s {0}",
]


def in_csv(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def in_toml(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def asked(home: Home, sql: str) -> list[tuple[object, ...]]:
    return open_snapshot(home).cursor().sql(sql).fetchall()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_as_header_value_rule_and_map(tmp_path, text):
    """The one text is a column, a lead's id and source, a word of a rule, a value map and an exclusion."""
    word = in_csv(text)
    lead = "L1" if text.startswith("=") else text  # an id that is a formula is refused (see the next test)
    key = in_csv(lead)
    (tmp_path / "leads.csv").write_text(
        f"{word},created_at,source,segment\n{key},2025-01-01,{word},{word}\nL2,2025-01-01,a,b\nL3,{word},a,b\n"
    )
    (tmp_path / "calls.csv").write_text(
        f"call_id,started_at,lead_id,team\nK1,2025-01-02,{key},a\nK2,2025-01-02,L2,{word}\n"
    )
    name = in_toml(text)
    (tmp_path / "mapping.toml").write_text(
        f"""name = {name}
[channel]
rules = [{{ id = {name}, channel = "outbound", when = {{ source = [{name}] }} }}]
[[source]]
extract = "leads"
file = "leads.csv"
columns.lead_id = {name}
values.segment = {{ {name} = [{name}], c = ["b"] }}
[[source]]
extract = "calls"
file = "calls.csv"
exclude.{name} = {{ column = "team", values = [{name}] }}
"""
    )
    home = Home(tmp_path / "home")
    manifest = load(home, tmp_path)
    leads = asked(
        home,
        "select lead_id, source, segment, channel, channel_rule from snapshot.fact_leads order by channel",
    )
    assert leads == [(lead, text, text, "outbound", text), ("L2", "a", "c", "unknown", "no rule fits")]
    assert asked(home, "select call_id, lead_id from snapshot.fact_calls") == [("K1", lead)]
    reason = "FORMULA_NO_VALUE" if text.startswith("=") else "BAD_DATE"
    assert manifest.tables["leads"]["reasons"] == {reason: 1}
    assert manifest.tables["calls"]["reasons"] == {text: 1}


def test_an_id_that_is_a_formula_is_refused_by_name(tmp_path):
    (tmp_path / "leads.csv").write_text(
        'lead_id,created_at\nL1,2025-01-01\n"=HYPERLINK(""http://x"")",2025-01-01\n'
    )
    home = Home(tmp_path / "home")
    assert load(home, tmp_path).tables["leads"]["reasons"] == {"FORMULA_NO_VALUE": 1}
    assert asked(home, "select lead_id from snapshot.fact_leads order by all") == [("L1",)]


@pytest.mark.parametrize("name", ["le'ads", "l[ea]ds", "le*ds", "le?ds", "leads;--", "lé ads", "$leads"])
def test_a_strange_file_name_means_the_file_of_that_name_and_no_other(tmp_path, name):
    folder = tmp_path / f"in {name}"
    folder.mkdir()
    header = "lead_id,created_at\n"
    (folder / f"{name}.csv").write_text(header + "right,2025-01-01\n")
    for other in ("leads", "leds", "lexds", "lads"):
        (folder / f"{other}.csv").write_text(header + "wrong,2025-01-01\n")
    (folder / "mapping.toml").write_text(
        f'name = "t"\n[channel]\nrules = []\n[[source]]\nextract = "leads"\nfile = {in_toml(name + ".csv")}\n'
    )
    home = Home(tmp_path / "home of 'x'; [a]*")
    load(home, folder)
    assert asked(home, "select lead_id from snapshot.fact_leads") == [("right",)]


def test_columns_named_like_our_own_helpers_are_ordinary_columns(tmp_path):
    (tmp_path / "leads.csv").write_text(
        "file,line,fate,reason,excluded_by,content,record_number,raw,lead_id,created_at\n"
        "a,b,c,d,e,f,g,h,L1,2025-01-01\na,b,c,d,e,f,g,h,L2,soon\n"
    )
    home = Home(tmp_path / "home")
    load(home, tmp_path)
    assert asked(home, "select file, line, fate, reason from snapshot.left_out_rows") == [
        ("leads.csv", 3, "rejected", "BAD_DATE")
    ]


def test_a_home_with_a_question_mark_is_refused(tmp_path):
    # DuckDB takes what follows ? in a path for options
    (tmp_path / "leads.csv").write_text("lead_id,created_at\nL1,2025-01-01\n")
    with pytest.raises(InputRefused, match=r"why\?home: a path with '\?' cannot hold a snapshot"):
        load(Home(tmp_path / "why?home"), tmp_path)


def test_a_date_format_that_does_not_exist_is_refused(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at\nL1,2025-01-01\n")
    (tmp_path / "mapping.toml").write_text(
        'name = "t"\nchannel.rules = []\n[[source]]\nextract = "leads"\n'
        'file = "leads.csv"\ndate_formats = ["%s"]\n'
    )
    with pytest.raises(InputRefused, match="%s"):
        load(Home(tmp_path / "home"), tmp_path)
