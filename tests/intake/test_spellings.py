"""Spellings: a category is one value however it is written, in every extract and delivery; near ones are told, never taken."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import duckdb
import pytest

from leadquality.catalogue.macros import ordered
from leadquality.cli import main
from leadquality.contracts import QUERIES
from tests.intake.folders import LEADS, loaded
from tests.intake.test_deliveries import added, delivery, rows
from tests.intake.written import KINDS, mapping_of, written

FOLDED = "select extract, line, found from snapshot.findings where code = 'spellings_folded' order by all"
NEAR = "select extract, line, found from snapshot.findings where code = 'spellings_near' order by all"


@pytest.fixture(scope="module")
def macros():
    con = duckdb.connect()
    paths = [QUERIES / "functions" / "category_key.sql", QUERIES / "reading" / "is_near_spelling.sql"]
    for path in ordered(paths):
        con.execute(path.read_text("utf-8"))
    return con


@pytest.mark.parametrize(
    "same",
    [
        ("Google Ads", "google ads", " GOOGLE  ADS", "Google-Ads", "google_ads", "GoogleAds", "Google – Ads"),
        ("École", "ÉCOLE", "e\u0301cole"),
        ("1-150", "1 - 150", "1_150"),
        ("Tier 1", "tier1"),
    ],
)
def test_spellings_of_one_value(macros, same):
    assert len({macros.execute("select category_key($1)", [each]).fetchall()[0][0] for each in same}) == 1


@pytest.mark.parametrize(
    "different",
    [
        ("1-150", "11-50", "1150"),
        ("2024-1-1", "2024-11"),
        ("Northfair", "Northfair Online"),
        ("00Q1G00000nDnM7", "00Q1G00000nDnm7"),
        ("Google Ads", "Goggle Ads"),
    ],
)
def test_spellings_of_several_values(macros, different):
    keys = {macros.execute("select category_key($1)", [each]).fetchall()[0][0] for each in different}
    assert len(keys) == len(different)


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("Google Ads", "Goggle Ads", True),
        ("Retail", "Retial", True),
        ("Manufacturing", "Manufcturing", True),
        ("Partner", "Partners", True),
        ("Northfair", "Northfair Online", False),
        ("Segment A", "Segment B", False),
        ("webinar-a", "webinar-b", False),
        ("Fair 2024", "Fair 2025", False),
        ("North", "South", False),
        ("Northeast", "Northwest", False),
        ("Online", "Offline", False),
        ("Austria", "Australia", False),
        ("East", "West", False),
    ],
)
def test_what_may_be_mistyped(macros, one, other, is_near):
    found = macros.execute("select is_near_spelling($1, $2), is_near_spelling($2, $1)", [one, other])
    assert found.fetchall()[0] == (is_near, is_near)


@pytest.mark.parametrize("kind", KINDS)
def test_all_extracts_and_files_share_one_spelling(tmp_path, kind):
    told = {
        "leads": "lead_id,created_at,channel,source,campaign_id,language_pref|L0,2025-01-01,inbound,Google Ads,Spring,DE|"
        "L1,2025-01-01,inbound,google ads,Spring,DE|L2,2025-01-01,inbound,GOOGLE_ADS,Spring,DE|L3,2025-01-01,inbound,fair,Spring,DE",
        "calls": "call_id,started_at,lead_id,campaign,rep_id,language|K1,2025-01-02,L0,spring,Kim,de|K2,2025-01-02,L1,SPRING,KIM,de",
        "spend": "month,source,cost,kind|2025-01-01,google ads,10,Media|2025-01-01,google-ads,10,media|2025-01-01,FAIR,5,media",
        "time_log": "rep_id,date,minutes|kim,2025-01-02,5|Kim,2025-01-03,5",
    }
    cells = {name: [row.split(",") for row in text.split("|")] for name, text in told.items()}
    files = {name: written(tmp_path, name, kind, header, lines) for name, (header, *lines) in cells.items()}
    end = loaded(tmp_path, mapping_of(files))
    # of equally many spellings the first in order is shown: FAIR and fair stand once each
    asked = "select source, count(*) from snapshot.fact_leads group by all order by all"
    assert end.rows(asked) == [("FAIR", 1), ("google ads", 3)]
    asked = "select source, sum(cost_amount)::int from snapshot.fact_spend group by all order by all"
    assert end.rows(asked) == [("FAIR", 5), ("google ads", 20)]
    for table in ("calls", "time_log"):
        assert end.rows(f"select distinct rep_id from snapshot.fact_{table}") == [("Kim",)]
    assert end.rows("select distinct language from snapshot.fact_calls") == [("DE",)]
    first = {"csv": 2, "xlsx": 2, "parquet": 1}[kind]
    assert end.rows(FOLDED) == [
        ("calls", first, 'campaign: "Spring" is also written "SPRING" (1 rows), "spring" (1 rows)'),
        ("calls", first, 'language: "DE" is also written "de" (2 rows)'),
        ("calls", first + 1, 'rep_id: "Kim" is also written "KIM" (1 rows)'),
        ("leads", first, 'source: "google ads" is also written "GOOGLE_ADS" (1 rows), "Google Ads" (1 rows)'),
        ("leads", first + 3, 'source: "FAIR" is also written "fair" (1 rows)'),
        ("spend", first, 'kind: "media" is also written "Media" (1 rows)'),
        ("spend", first + 1, 'source: "google ads" is also written "google-ads" (1 rows)'),
        ("time_log", first, 'rep_id: "Kim" is also written "kim" (1 rows)'),
    ]


def test_a_value_that_may_be_mistyped_is_told_and_stays(tmp_path):
    sources = ["Google Ads"] * 3 + ["Goggle Ads"] + ["Northfair", "Northfair Online"]
    leads = "".join(f"L{at},2025-01-01,inbound,{source}\n" for at, source in enumerate(sources))
    calls = "call_id,started_at,rep_id\nK1,2025-01-02,Anna Meier\nK2,2025-01-02,Anna Meier\nK3,2025-01-02,A. Meier\n"
    end = loaded(tmp_path, leads="lead_id,created_at,channel,source\n" + leads, calls=calls)
    assert end.rows("select count(distinct source) from snapshot.fact_leads") == [(4,)]
    assert end.rows(NEAR) == [
        ("calls", 4, 'rep_id: "A. Meier" (1 rows) beside "Anna Meier" (2 rows)'),
        ("leads", 5, 'source: "Goggle Ads" (1 rows) beside "Google Ads" (3 rows)'),
    ]


def test_filters_and_slices_take_any_spelling(tmp_path, capsys):
    leads = "lead_id,created_at,channel,source\n" + "".join(
        f"L{at},2025-01-0{at + 1},inbound,{source}\n"
        for at, source in enumerate(["Google Ads", "google-ads", "fair"])
    )
    end = loaded(tmp_path, leads=leads)
    asked = ["kpi", "record_completeness", "--home", str(end.home.path), "--csv", "--where"]
    for spelling in ("Google Ads", "google ads", "GOOGLE_ADS"):
        assert main([*asked, f"source={spelling}"]) == 0
        assert ",2," in capsys.readouterr().out
    assert main([*asked, "source=goggle ads"]) == 2
    assert "source is one of Google Ads, fair" in capsys.readouterr().err


def test_a_rep_by_an_id_that_differs_in_case_alone_is_another_rep(tmp_path):
    calls = "call_id,started_at,rep_id\nK1,2025-01-02,0051G000000nDnM\nK2,2025-01-02,0051G000000nDnm\n"
    end = loaded(tmp_path, leads=LEADS, calls=calls)
    assert end.rows("select count(distinct rep_id) from snapshot.fact_calls") == [(2,)]


# --- deliveries -----------------------------------------------------------------------------------

LEAD = "lead_id,created_at,channel,source"


def test_a_later_delivery_may_change_the_spelling_that_is_shown_of_rows_before(tmp_path):
    later = range(3, 6)
    first = {
        "leads": f"{LEAD} L1,2025-01-01,inbound,Web-form L2,2025-01-01,inbound,fair",
        "calls": "call_id,started_at,lead_id,team K1,2025-01-02,L1,North K2,2025-01-02,L2,South",
        "spend": "month,source,cost 2025-01-01,Web-form,5",
    }
    second = {
        "leads": " ".join([LEAD, *(f"L{at},2025-01-03,inbound,web_form" for at in later)]),
        "calls": "call_id,started_at,lead_id,team K3,2025-01-03,L3,NORTH K4,2025-01-03,L3,NORTH",
    }
    third = {"leads": " ".join([LEAD, *(f"L{at},2025-01-03,inbound,fair" for at in later)])}
    folders = [delivery(tmp_path / "first", **first), delivery(tmp_path / "second", **second)]
    home = added(tmp_path, *folders)
    # of leads and spend together two say Web-form, three web_form
    shown = "select lead_id, source from snapshot.fact_leads order by all"
    assert rows(home, shown) == [
        ("L1", "web_form"),
        ("L2", "fair"),
        *((f"L{at}", "web_form") for at in later),
    ]
    assert rows(home, "select source from snapshot.fact_spend") == [("web_form",)]
    teams = rows(home, "select team from snapshot.fact_calls order by call_id")
    assert teams == [("NORTH",), ("South",), ("NORTH",), ("NORTH",)]
    other = tmp_path / "again"
    other.mkdir()
    home = added(other, *folders, delivery(tmp_path / "third", **third))
    # the rows that said web_form say fair now: the first spelling is the only one that is left
    assert rows(home, shown) == [("L1", "Web-form"), *((f"L{at}", "fair") for at in (2, *later))]
    assert rows(home, "select source from snapshot.fact_spend") == [("Web-form",)]


SPELLINGS = {
    "source": ["web", "Web", "WEB", "web-form", "Web_Form", "WEBFORM", "fair"],
    "segment": ["smb", "SMB", "Smb", ""],
    "rep_id": ["Kim", "KIM", "kim", "Lee"],
    "stage": ["demo", "Demo", "DEMO", "offer"],
}


@pytest.mark.parametrize("seed", [3, 4])
def test_deliveries_show_the_spellings_of_a_full_load(tmp_path, seed):
    chance = random.Random(seed)
    folders = []
    for number in range(3):
        folder = delivery(tmp_path / f"delivery{number}")
        folders.append(folder)
        columns = {
            "leads": ("lead_id", "created_at", "channel", "source", "segment"),
            "calls": ("call_id", "started_at", "lead_id", "rep_id"),
            "opportunities": ("opportunity_id", "lead_id", "created_at", "stage", "source"),
            "spend": ("month", "source", "cost"),
        }
        for name, header in columns.items():
            drawn = [
                [_cell(chance, column, f"{name[0]}{chance.randrange(25)}", number) for column in header]
                for _ in range(12)
            ]
            unique = {row[0] if name != "spend" else tuple(row[:2]): row for row in drawn}
            _write(folder / f"{name}.csv", header, [*unique.values()])
    added(tmp_path, *folders)


def _cell(chance: random.Random, column: str, key: str, number: int) -> str:
    if column in SPELLINGS:
        return chance.choice(SPELLINGS[column])
    if column == "lead_id" and not key.startswith("l"):
        return f"l{chance.randrange(25)}"
    other = {"channel": "inbound", "month": f"2025-0{number + 1}-01", "cost": str(chance.randrange(1, 99))}
    other |= {column: f"2025-0{number + 1}-1{chance.randrange(9)}" for column in ("created_at", "started_at")}
    return other.get(column, key)


def _write(path: Path, header: tuple[str, ...], lines: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *lines])
