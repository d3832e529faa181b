"""Personal data in columns that are kept: keyed tokens stand for addresses and numbers, and no file of the home holds one."""

from __future__ import annotations

import hashlib
import hmac
import re
import stat
from pathlib import Path

import duckdb
import pytest

from leadquality.catalogue import load_extracts
from leadquality.catalogue.macros import ordered
from leadquality.contracts import QUERIES, InputRefused
from leadquality.intake.tokens import Tokens
from leadquality.load import load, map_folder
from leadquality.snapshot import Home, open_snapshot
from tests.intake.folders import LEADS, Loaded, loaded, told
from tests.intake.test_deliveries import added, delivery, kept, rows
from tests.intake.written import KINDS, mapping_of, written

TOLD = "select extract, found from snapshot.findings where code = 'sensitive_in_text' order by all"
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def macros():
    con = duckdb.connect()
    Tokens(con, lambda: KEY).demand()
    stems = (
        "email_pattern",
        "phone_in_id_pattern",
        "phone_pattern",
        "tokenised",
        "person_token",
        "is_personal",
    )
    for path in ordered([QUERIES / "reading" / f"{stem}.sql" for stem in stems]):
        con.execute(path.read_text("utf-8"))
    return lambda sql, *values: con.execute(f"select {sql}", [*values]).fetchall()[0][0]


def token(kind: str, text: str) -> str:
    """The token by another road: the standard library's HMAC."""
    return f"{kind}-{hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()[:16]}"


@pytest.mark.parametrize("text", ["", "Jäne Doe", "x" * 200])
def test_the_keyed_hash_is_that_of_the_standard(macros, text):
    assert macros("keyed_hash($1)", text) == hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("text", "kind", "plain"),
    [
        ("Jane.Doe@Example.com", "email", "jane.doe@example.com"),
        ("jane@mail.example.co.uk", "email", "jane@mail.example.co.uk"),
        ("+49 1555 01699 9169", "phone", "491555016999169"),
        ("0049 1555 01699 9169", "phone", "491555016999169"),
        ("+49-(1555)-016999169", "phone", "491555016999169"),
        ("0170/5550101", "phone", "01705550101"),
        ("(030) 5550101", "phone", "0305550101"),
        ("(212) 555-0123", "phone", "2125550123"),
        ("212-555-0123", "phone", "2125550123"),
        ("01 23 45 67 89", "phone", "0123456789"),
        ("1555 01699 9169", "phone", "1555016999169"),
    ],
)  # fmt: skip
def test_an_address_or_number_is_one_token_however_it_is_written(macros, text, kind, plain):
    assert macros("tokenised($1, phone_in_id_pattern())", text) == token(kind, plain)
    assert macros("is_personal($1)", text)


IDS = """
L-1|00123|0012345678|0042-000123|2024-000123|76543210|491705550101|550e8400-e29b-41d4-a716-446655440000|00Q1G00000nDnM7|2025-01-02
01/02/2025 10:30|2025-01-02T10:00:00+01:00|12345-67890-12345|A+B|@home|1 234 567,50
"""


@pytest.mark.parametrize("text", IDS.strip().replace("\n", "|").split("|"))
def test_ids_dates_and_amounts_are_none(macros, text):
    assert macros("tokenised($1, phone_in_id_pattern())", text) == text


@pytest.mark.parametrize(
    "text",
    ["2025-01-02 10:30:00", "01-02-2025", "Webinar 2025-03-01 2025-03-05", "Top 100 200 300", "12345678"],
)
def test_texts_without_a_number_stay(macros, text):
    assert macros("tokenised($1, phone_pattern())", text) == text


def test_what_stands_beside_it_stays(macros):
    found = macros("tokenised($1, phone_pattern())", "by jane@example.com, ring 0170-5550101 or 491705550102")
    assert (
        found
        == f"by {token('email', 'jane@example.com')}, ring {token('phone', '01705550101')} or {token('phone', '491705550102')}"
    )


def test_a_member_of_the_team_keeps_the_name_in_the_address(macros):
    found = [
        macros("person_token($1, phone_in_id_pattern())", text)
        for text in ("a.meier@Site.example", "a.meier@site.example", "a.meier@other.example", "Anna Meier")
    ]
    assert re.fullmatch(r"a\.meier@[0-9a-f]{8}", found[0]) and found[0] == found[1] != found[2]
    assert found[3] == "Anna Meier"


# --- loads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_rows_still_find_their_lead_by_tokens(tmp_path, kind):
    told = {
        "leads": "lead_id,created_at,channel,account_id|jane@example.com,2025-01-01,inbound,+49 30 5550101|L2,2025-01-01,inbound,A2",
        "calls": "call_id,started_at,lead_id,rep_id|K1,2025-01-02,Jane@Example.com,kim@site.example|K2,2025-01-02,L2,Kim",
        "opportunities": "opportunity_id,lead_id,created_at,account_id|O1,jane@example.com,2025-01-03,0049 30 5550101",
        "revenue": "account_id,booked_at,arr_delta|+49 (30) 555-0101,2025-01-04,5",
    }
    cells = {name: [row.split(",") for row in text.split("|")] for name, text in told.items()}
    files = {name: written(tmp_path, name, kind, header, lines) for name, (header, *lines) in cells.items()}
    end = loaded(tmp_path, mapping_of(files))
    assert end.used() == {"leads": 2, "calls": 2, "opportunities": 1, "revenue": 1}
    lead, account = end.rows("select lead_id, account_id from snapshot.fact_leads where lead_id <> 'L2'")[0]
    assert re.fullmatch("email-[0-9a-f]{16}", lead) and re.fullmatch("phone-[0-9a-f]{16}", account)
    assert end.rows("select lead_id from snapshot.fact_calls order by call_id") == [(lead,), ("L2",)]
    assert end.rows("select lead_id, account_id from snapshot.fact_opportunities") == [(lead, account)]
    assert end.rows("select account_id from snapshot.fact_revenue") == [(account,)]
    assert end.rows("select rep_id from snapshot.fact_calls where call_id = 'K1'")[0][0].startswith("kim@")
    assert ("calls", "lead_id: 1 replaced by tokens (1 with an e-mail address)") in end.rows(TOLD)


MAIL, NUMBER = "canary.person@canary.example", "+49 1555 01699 9169"
TRACES = (MAIL, MAIL.upper(), NUMBER, "491555016999169", "1555016999169", "1555 01699 9169", "01699 9169")
VALID = {
    "created_at": "2025-01-01",
    "started_at": "2025-01-02T10:00:00Z",
    "held_at": "2025-01-03",
    "lead_id": "L1",
}
VALID |= {
    "opportunity_id": "O1",
    "call_id": "K1",
    "amount": "5",
    "cost": "5",
    "minutes": "5",
    "arr_delta": "5",
    "target": "5",
}
VALID |= {
    "month": "2025-01-01",
    "date": "2025-01-02",
    "channel": "inbound",
    "outcome": "open",
    "status": "held",
    "staffed_min": "60",
}
VALID |= dict.fromkeys(
    ("changed_at", "handed_at", "booked_at", "checked_at", "targeted_from", "added_at"), "2025-01-04"
)
OPTIONAL = {"opportunities": ("amount", "outcome"), "meetings": ("held_at", "status")}


def canaries(folder: Path, kind: str) -> dict[str, str]:
    """A file for every extract: a plain row, and for each column a row in which an address stands, one with a number, and one with
    both in a sentence."""
    files = {}
    for name, extract in load_extracts().items():
        plain = {column: VALID.get(column, "x") for column in (*extract.required, *OPTIONAL.get(name, ()))}
        cells = [plain | {extract.key: VALID.get(extract.key, "M1")}]
        figures = {
            *extract.numbers,
            *extract.money,
        }  # a number there is a figure; an amount that is none: test_numbers.py
        for column in extract.columns:
            for value in (MAIL, f"ask {MAIL} or {NUMBER}", *(() if column in figures else (NUMBER,))):
                own = (
                    {}
                    if name in ("handoffs", "revenue", "spend", "targets", "capacity")
                    else {extract.key: f"{column} {len(cells)}"}
                )
                cells.append(plain | own | {column: value})
        lines = [[row.get(column, "") for column in extract.columns] for row in cells]
        files[name] = written(folder, name, kind, extract.columns, lines)
    return files


def everything_in(home: Path) -> str:
    """All bytes of all files of a home, and all that the databases among them say."""
    found = []
    for path in (path for path in home.rglob("*") if path.is_file()):
        found.append(path.read_bytes().decode("utf-8", "replace"))
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                for (table,) in con.sql("select table_name from duckdb_tables()").fetchall():
                    found += [str(row) for row in con.sql(f'from "{table}"').fetchall()]
    return "\n".join(found)


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_of_the_home_holds_an_address_or_a_number_wherever_it_stood(tmp_path, kind):
    mapping = mapping_of(canaries(tmp_path, kind))
    end = loaded(tmp_path, mapping)
    assert set(end.manifest.tables) == set(load_extracts())
    text = everything_in(end.home.path)
    assert [trace for trace in TRACES if trace in text] == []
    assert "email-" in text and "phone-" in text
    assert end.home.path.joinpath("tokens.key").read_text() not in text.replace(
        end.home.path.joinpath("tokens.key").read_text(), "", 1
    )


def test_a_refusal_names_no_person(tmp_path):
    calls = (
        "call_id,started_at\n"
        + "".join(f"K{at},{MAIL if at else NUMBER}\n" for at in range(3))
        + "K9,2025/01/02\nK8,02.01.2025\n" * 3
    )
    with pytest.raises(InputRefused) as refused:
        loaded(tmp_path, leads=LEADS, calls=calls)
    assert not [trace for trace in TRACES if trace in str(refused.value)]


def test_the_example_of_a_rewritten_amount_shows_an_amount_and_no_person(tmp_path):
    revenue = 'account_id,booked_at,arr_delta\nA1,2025-01-02,{}\nA2,2025-01-02,"1,300.50"\nA3,2025-01-02,7\n'
    found = {}
    for name, first in (("person", NUMBER), ("amount", '"1,200.50"')):
        (tmp_path / name).mkdir()
        end = loaded(tmp_path / name, leads=LEADS, revenue=revenue.replace("{}", first))
        found[name] = str(end.rows("from snapshot.findings"))
    assert "'1,200.50' is '1200.50'" in found["amount"]
    assert not [trace for trace in TRACES if trace in found["person"]]


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("amount", "2000000000000.5", None),
        ("amount", "12345678 EUROS", "12345678 EUROS"),
        ("amount", "1.234.567,89,1", "1.234.567,89,1"),
        ("created_at", "2025.02.30 10:00", "2025.02.30 10:00"),
        ("created_at", "20250230", "20250230"),
        ("created_at", NUMBER, "+…"),
        ("amount", MAIL, "…@…"),
        ("amount", "491555016999169 x", "… x"),
    ],
)
def test_a_date_or_an_amount_that_must_be_mended_is_shown_and_a_person_is_not(tmp_path, column, value, shown):
    row = {"opportunity_id": "O2", "lead_id": "L1", "created_at": "2025-01-02", "amount": "5"} | {
        column: value
    }
    deals = "opportunity_id;lead_id;created_at;amount\nO1;L1;2025-01-02;5\n" + ";".join(row.values()) + "\n"
    end = loaded(tmp_path, leads=LEADS, opportunities=deals)
    found = end.rows("select found from snapshot.left_out_rows where extract = 'opportunities'")
    assert found == [(shown if shown is not None else "…",)] or shown is None


def test_the_key_is_made_once_when_it_is_needed_and_nobody_else_reads_it(tmp_path):
    def held(name: str, leads: str) -> Loaded:
        (tmp_path / name).mkdir(exist_ok=True)
        return loaded(tmp_path / name, leads=leads)

    asked = "select lead_id from snapshot.fact_leads where starts_with(lead_id, 'email')"
    leads = LEADS.replace("L3", MAIL)
    key = held("plain", LEADS).home.path / "tokens.key"
    assert not key.exists()
    one, two = held("one", leads), held("two", leads)
    key = one.home.path / "tokens.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text() != (two.home.path / "tokens.key").read_text() and one.rows(asked) != two.rows(
        asked
    )
    # the same key gives the same tokens
    later = leads + "L4,2025-01-04,inbound\n"
    assert held("one", later).rows(asked) == one.rows(asked)
    with_key(Home(tmp_path / "two" / "home"), key.read_text())
    assert kept(held("two", later).home) == kept(one.home)


def test_a_trial_writes_nothing_and_shows_the_team_as_it_is_spelt(tmp_path):
    told(
        tmp_path,
        leads=LEADS.replace("L3", MAIL),
        calls="call_id,started_at,rep_id,team\nK1,2025-01-02,a.meier@site.example,ring 030 1234567\n",
    )
    home = Home(tmp_path / "home")
    tried = map_folder(home, tmp_path).rehearsal
    assert [each.value for each in tried.owners] == ["a.meier@site.example"] and not home.path.exists()
    assert not [trace for trace in TRACES if trace in str(tried)] and "030 1234567" not in str(tried)


def test_an_entry_of_the_mapping_names_a_rep_by_an_address(tmp_path):
    words = 'values.rep_id = { "Anna Meier" = ["a.meier@site.example"] }\n'
    calls = "call_id,started_at,rep_id\nK1,2025-01-02,A.Meier@site.example\nK2,2025-01-02,Anna Meier\nK3,2025-01-02,bo@site.example\n"
    end = loaded(
        tmp_path, mapping_of({"leads": "leads.csv", "calls": "calls.csv"}, words), leads=LEADS, calls=calls
    )
    assert [
        name.partition("@")[0]
        for (name,) in end.rows("select rep_id from snapshot.fact_calls order by call_id")
    ] == ["Anna Meier", "Anna Meier", "bo"]


def with_key(home: Home, key: str = KEY.hex()) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    (home.path / "tokens.key").write_text(key)


def test_a_delivery_finds_rows_of_the_loads_before_by_their_tokens(tmp_path):
    first = delivery(tmp_path / "first", leads=f"lead_id,created_at,channel {MAIL},2025-01-01,inbound")
    second = delivery(tmp_path / "second", calls=f"call_id,started_at,lead_id K1,2025-01-02,{MAIL.upper()}")
    with_key(Home(tmp_path / "one by one"))
    with_key(Home(tmp_path / "all"))
    home = added(tmp_path, first, second)
    wanted = (token("email", MAIL),)
    assert (
        rows(home, "select lead_id from snapshot.fact_leads")
        == rows(home, "select lead_id from snapshot.fact_calls")
        == [wanted]
    )


def test_with_another_key_nothing_is_added(tmp_path):
    home = Home(tmp_path / "home")
    load(home, delivery(tmp_path / "first", leads=f"lead_id,created_at {MAIL},2025-01-01"))
    (home.path / "tokens.key").unlink()
    with pytest.raises(InputRefused, match=r"restore tokens\.key"):
        load(home, delivery(tmp_path / "second", leads=f"lead_id,created_at x{MAIL},2025-01-02"), add=True)
    plain = delivery(tmp_path / "third", leads="lead_id,created_at L7,2025-01-02")
    load(home, plain, add=True)  # needs no key
    snapshot = open_snapshot(home)
    assert snapshot.cursor().sql("select count(*) from snapshot.fact_leads").fetchall() == [(2,)]
    snapshot.con.close()


def test_a_damaged_key_is_refused_in_one_line(tmp_path):
    home = Home(tmp_path / "home")
    home.path.mkdir()
    (home.path / "tokens.key").write_text("no key")
    with pytest.raises(InputRefused, match=r"tokens\.key: damaged"):
        load(home, delivery(tmp_path / "first", leads=f"lead_id,created_at {MAIL},2025-01-01"))
