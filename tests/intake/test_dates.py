"""Dates and times of day, in whatever spelling and zone: read as the moment they are, or rejected with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from leadquality.contracts import QUERIES, InputRefused
from tests.intake.folders import LEADS, RULES, loaded

SPELLINGS = {
    "2026-03-02 09:05 AM": "2026-03-02T09:05",
    "2026-03-02 09:05 pm": "2026-03-02T21:05",
    "2026-03-02T9:05:07 PM": "2026-03-02T21:05:07",
    "2026-03-02 9:05 p.m.": "2026-03-02T21:05",
    "2026-03-02 12:05 AM": "2026-03-02T00:05",
    "2026-03-02 12:05:09 PM": "2026-03-02T12:05:09",
    "2026-03-02, 12:00 AM": "2026-03-02T00:00",
    "2026-03-02T09:05:00-0530": "2026-03-02T09:05:00-05:30",
    "2026-03-02 09:05 +05": "2026-03-02T09:05:00+05:00",
    "2026-03-02t09:05:00z": "2026-03-02T09:05Z",
    "2026-03-02t09:05:00.250+0200": "2026-03-02T09:05:00.250+02:00",
    "2026-03-02 09:05:00 Z": "2026-03-02T09:05Z",
    "2026-03-02 09:05:00 gmt": "2026-03-02T09:05Z",
    "2026-03-02 09:05 PM UTC": "2026-03-02T21:05Z",
    "2026-03-02 09:05 PM GMT+2": "2026-03-02T21:05+02:00",
    "2026-03-02 09:05:00 UTC-03:30": "2026-03-02T09:05-03:30",
}
NO_TIMES = ("2026-03-02 13:05 PM", "2026-03-02 00:05 AM", "2026-03-02 24:00", "2026-03-02 09:65 PM")


def leads(values: tuple[str, ...], column: str = "created_at") -> str:
    created = "" if column == "created_at" else "2026-01-01;"
    rows = "".join(f"L{number};{created}{value};inbound\n" for number, value in enumerate(values))
    return f"lead_id;{'created_at;' if created else ''}{column};channel\n{rows}"


def semicolons(zone: str, more: str = "", after: str = "") -> str:
    return f'name = "t"\nzone = "{zone}"\n{RULES}[[source]]\nextract = "leads"\nfile = "leads.csv"\ndelimiter = ";"\n{more}\n{after}'


def test_an_iso_day_is_read_with_any_time_behind_it(tmp_path: Path):
    found = loaded(tmp_path, semicolons("UTC"), leads=leads((*SPELLINGS, *NO_TIMES)))
    expected = [datetime.fromisoformat(text) for text in SPELLINGS.values()]
    moments = [
        moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment for moment in expected
    ]
    read = found.rows("select created_at from snapshot.fact_leads order by lead_id[2:]::integer")
    assert [moment for (moment,) in read] == moments
    assert found.reasons("leads") == {"BAD_DATE": len(NO_TIMES)}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Africa/Cairo", "2024-04-26"),  # midnight did not exist
        ("Asia/Beirut", "2024-03-31"),
        ("America/Sao_Paulo", "2017-10-15"),
        ("America/Havana", "2024-11-03"),  # midnight was there twice
        ("Pacific/Apia", "2011-12-30"),  # the whole day did not exist
    ],
)
def test_a_day_is_a_day_in_every_zone_however_it_is_written(tmp_path: Path, zone: str, day: str):
    year, month, number = day.split("-")
    name = datetime.fromisoformat(day).strftime("%b")
    serial = (datetime.fromisoformat(day) - datetime(1899, 12, 30)).days
    written = {
        "mql_at": f"{number}/{month}/{year}",
        "sql_at": f"{number} {name} {year}",
        "recycled_at": f"{year}{month}{number}",
        "rejected_at": f"{year}/{month}/{number}",
        "priority_at": str(serial),
        "research_company_at": f"{day} 00:00:00",
        "research_contact_at": f"{month}/{number}/{year} 12:00:00 AM",
    }
    header = ",".join(["lead_id", "created_at", *written])
    rows = f"{header}\nL1,{day},{','.join(written.values())}\n"
    # A second row shows the order of day and month.
    rows += "L2,2011-01-01," + ",".join(
        {"mql_at": "31/12/2024", "research_contact_at": "12/31/2024 12:00:00 AM"}.get(column, "")
        for column in written
    )
    mapping = f'name = "t"\nas_of = 2025-12-31\nzone = "{zone}"\n{RULES}[[source]]\nextract = "leads"\nfile = "leads.csv"\n'
    found = loaded(tmp_path, mapping, leads=rows + "\n")
    columns = "created_at, mql_on, sql_on, recycled_on, rejected_on, priority_at, research_company_at, research_contact_at"
    (row,) = found.rows(f"select {columns} from snapshot.fact_leads where lead_id = 'L1'")
    assert {str(value)[:10] for value in row} == {day}


@pytest.mark.parametrize("form", ["%d.%m.%Y", "%Y%m%d", "%d-%b-%y"])
def test_a_declared_day_is_a_day_where_midnight_did_not_exist(tmp_path: Path, form: str):
    days = ("2024-03-09", "2024-03-10", "2024-03-11")
    written = tuple(datetime.fromisoformat(day).strftime(form) for day in days)
    found = loaded(tmp_path, semicolons("America/Havana", f'date_formats = ["{form}"]'), leads=leads(written))
    assert found.rows("select created_on::varchar from snapshot.fact_leads order by 1") == [
        (day,) for day in days
    ]


@pytest.mark.parametrize("written", ["2024-03-10 00:30:00", "03/10/2024 12:30 AM", "2024-03-10 00:00:00"])
def test_a_written_time_that_did_not_exist_is_rejected(tmp_path: Path, written: str):
    other = "03/25/2024 1:30 PM" if "/" in written else "2024-03-25 13:30:00"
    found = loaded(tmp_path, semicolons("America/Havana"), leads=leads((written, other)))
    assert found.reasons("leads") == {"NONEXISTENT_TIME": 1}


def test_a_zone_behind_any_date_is_read_when_it_is_an_offset(tmp_path: Path):
    written = ("25/03/2026 12:30 PM UTC", "26/03/2026 12:30 PM GMT+2", "27/03/2026 12:30 PM +0530")
    found = loaded(tmp_path, semicolons("Europe/Berlin"), leads=leads(written))
    read = found.rows("select created_at::varchar from snapshot.fact_leads order by 1")
    assert read == [("2026-03-25 13:30:00",), ("2026-03-26 11:30:00",), ("2026-03-27 08:00:00",)]


def test_a_compact_stamp_keeps_its_offset(tmp_path: Path):
    found = loaded(
        tmp_path, semicolons("Europe/Berlin"), leads=leads(("20260325T123000Z", "20260326T1230", "20260327"))
    )
    read = found.rows("select created_at::varchar from snapshot.fact_leads order by 1")
    assert read == [("2026-03-25 13:30:00",), ("2026-03-26 12:30:00",), ("2026-03-27 00:00:00",)]


@pytest.mark.parametrize(
    "written", ["1/20/2026 12:30 PM EST", "2026-01-20 12:30 CET", "20 Jan 2026 12:30 (IST)"]
)
def test_the_name_of_a_zone_is_ambiguous_and_the_message_says_what_reads_it(tmp_path: Path, written: str):
    with pytest.raises(InputRefused) as refusal:
        loaded(tmp_path, semicolons("UTC"), leads=leads((written,)))
    for part in ("leads.csv", "created_at", written, "line 2", "date_formats", "zone"):
        assert part in str(refusal.value)
    name = written.rsplit(maxsplit=1)[-1]
    form = {"EST": "%m/%d/%Y %I:%M %p EST", "CET": "%Y-%m-%d %H:%M CET"}.get(name, "%d %b %Y %H:%M (IST)")
    declared = (
        f'date_formats = ["{form}"]\ncolumns.created_at = {{ from = "created_at", zone = "Asia/Kolkata" }}'
    )
    found = loaded(tmp_path, semicolons("UTC", declared), leads=leads((written,)))
    assert found.rows("select created_at::varchar from snapshot.fact_leads") == [("2026-01-20 07:00:00",)]


def test_the_zone_of_a_column_holds_for_dates_that_are_not_iso_and_moves_no_day(tmp_path: Path):
    zone = 'columns.mql_at = { from = "mql_at", zone = "Asia/Tokyo" }'
    rows = "lead_id;created_at;mql_at\nL1;2026-01-01;25.03.2026 01:30\nL2;2026-01-01;26.03.2026\nL3;2026-01-01;2026-03-27\n"
    found = loaded(tmp_path, semicolons("UTC", zone), leads=rows.replace("L3;2026-01-01;2026-03-27\n", ""))
    assert found.rows("select mql_on::varchar from snapshot.fact_leads order by lead_id") == [
        ("2026-03-24",),
        ("2026-03-26",),
    ]
    iso = rows.replace("25.03.2026 01:30", "2026-03-25 01:30").replace("26.03.2026", "2026-03-26 09:00")
    found = loaded(tmp_path, semicolons("UTC", zone), leads=iso)
    assert found.rows("select mql_on::varchar from snapshot.fact_leads order by lead_id") == [
        ("2026-03-24",),
        ("2026-03-26",),
        ("2026-03-27",),
    ]


def test_a_day_with_midnight_and_a_time_of_day_are_one_moment(tmp_path: Path):
    days = {
        "2026-03-02 00:00:00;0:10:10": "00:10:10",
        "2026-03-02T00:00:00.000;14:05:00": "14:05:00",
        "2026-03-02 00:00:00+00:00;14:05": "14:05:00",
        "2026-03-02 0:00;2:05 PM": "14:05:00",
        "2026-03-02 12:00:00 AM;1899-12-30 14:05:00": "14:05:00",
        "2026-03-02;14:05:00": "14:05:00",
        "2026-03-02 00:00:00;": "00:00:00",
        "2026-03-02 11:15:00;": "11:15:00",
    }
    rows = "".join(f"M{number};L1;{both}\n" for number, both in enumerate(days))
    mapping = f"""name = "t"\nas_of = 2026-04-30\n{RULES}[[source]]
extract = "leads"\nfile = "leads.csv"
[[source]]
extract = "meetings"\nfile = "meetings.csv"\ndelimiter = ";"
columns.held_at = {{ joined = ["day", "clock"] }}
columns.booked_at = {{ joined = ["day", "clock"] }}
"""
    found = loaded(tmp_path, mapping, leads=LEADS, meetings="meeting_id;lead_id;day;clock\n" + rows)
    assert found.used()["meetings"] == len(days)
    # The facts hold days; what was read is kept with the findings of the file.
    assert found.rows("select count(*) from snapshot.fact_meetings where held_on = '2026-03-02'") == [(8,)]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-01-05T09:00:00Z", True),
        ("2026-02-29T09:00:00Z", False),
        ("2026-01-05T24:00:00Z", False),
        ("2026-01-05T23:59:60Z", False),
        ("2026-01-05T 9:00:00Z", False),
        ("2026-01-05T09:00: 0Z", False),
        ("2026-01-05T09:00:6.Z", False),
        ("2026-+1-05T09:00:00Z", False),
        (" 026-01-05T09:00:00Z", False),
    ],
)
def test_a_stamp_in_the_usual_form_is_one_in_every_zone_or_in_none(text, is_one, zone):
    with duckdb.connect() as con:
        con.execute(f"set timezone = '{zone}'")
        con.execute((QUERIES / "functions" / "moment.sql").read_text("utf-8"))
        (found,) = con.execute("select moment($1)", [text]).fetchall()[0]
    assert (found is not None) == is_one
