"""What is told of a file: how it was put together, what was rewritten, and what looks wrong though nothing is refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot
from tests.intake.test_checks import OF_FILES

MAPPING = """name = "test"
as_of = 2025-06-30
zone = "Europe/Berlin"
channel.rules = [{ id = "all", channel = "inbound", when = { channel = ["inbound"] } }]
[[source]]
extract = "leads"
file = "leads.csv"
[[source]]
extract = "calls"
file = "calls.csv"
"""
HEADER = "call_id,started_at,lead_id,talk_s\n"
ROW = "K1,2025-01-02T10:00:00Z,L1,5\n"

# What stands in calls.csv, beside each finding: its code, line and text.
CASES: dict[str, tuple[str | bytes, str, list[tuple[str, int | None, str]]]] = {
    "UTF-16": ((HEADER + ROW).encode("utf-16"), "", [("encoding_converted", None, "utf-16")]),
    "a code page that is declared": (
        (HEADER + ROW.replace("K1", "Kä")).encode("cp1252"),
        'read.encoding = "cp1252"',
        [("encoding_converted", None, "cp1252")],
    ),
    "UTF-8 is UTF-8 whatever is declared": (
        HEADER + ROW.replace("K1", "Kä"),
        'read.encoding = "cp1252"',
        [],
    ),
    "a title": ("Calls of May\n\n" + HEADER + ROW, "", [("preamble_skipped", 1, "Calls of May")]),
    "an index column": (
        "," + HEADER + "0," + ROW,
        "",
        [("layout_tidied", 1, "column 1 has no name and only numbers the rows: left out")],
    ),
    "a delimiter too many": (
        HEADER + ROW.replace("5\n", "5,\n"),
        "",
        [("layout_tidied", None, "1 rows end in a delimiter more than the header")],
    ),
    "names in another spelling": (
        HEADER.replace("talk_s", " Talk S ") + ROW,
        "",
        [("layout_tidied", 1, "column 'Talk S' is read as 'talk_s'")],
    ),
    "a last line cut off": (
        HEADER + ROW + "K2,2025-01",
        "",
        [("truncated_suspected", 3, "the last line ends early")],
    ),
    "a foreign column": (
        HEADER.replace("\n", ",<b>x</b>,y\n") + ROW.replace("\n", ",1,2\n"),
        "",
        [("unknown_columns", 1, "2: <b>x</b>, y")],
    ),
    "a column that may decide": (
        HEADER.replace("\n", ",result\n") + ROW.replace("\n", ",ok\n"),
        "",
        [
            ("deciding_column", 1, "outcome_code: nothing fills it, and 'result' may be it"),
            ("unknown_columns", 1, "1: result"),
        ],
    ),
    "a key of repeats that is blank in part": (
        HEADER.replace("talk_s", "line") + ROW.replace("5", "") + ROW.replace("K1", "K2"),
        'exclude.again = { repeats = ["lead_id", "line"] }',
        [("repeats_blank_in_part", 2, "again: 1 rows")],
    ),
    "a column to ignore": (HEADER.replace("\n", ",x\n") + ROW.replace("\n", ",1\n"), 'ignore = ["X"]', []),
    "a usual column is missing": (
        HEADER + ROW,
        'optional = ["notes"]',
        [("optional_column_missing", 1, "notes")],
    ),
    "serial dates": (
        HEADER + "K1,45659.4375,L1,5\n",
        "",
        [
            ("excel_serial_dates", 2, "started_at: 1, as 45659.4375"),
            ("values_rewritten", 2, "started_at: 1, '45659.4375' is '2025-01-02 10:30:00'"),
        ],
    ),
    "ids with a point": (
        HEADER + "1001.0,2025-01-02T10:00:00Z,L1,5\n",
        "",
        [
            ("id_format", 2, "call_id: 1, as '1001.0'"),
            ("values_rewritten", 2, "call_id: 1, '1001.0' is '1001'"),
        ],
    ),
    "an id like a date": (
        HEADER + "3-Jan,2025-01-02T10:00:00Z,L1,5\n",
        "",
        [("id_format", 2, "call_id: 1, as '3-Jan'")],
    ),
    "a telephone number of a spreadsheet": (
        HEADER.replace("\n", ",phone\n") + ROW.replace("\n", ",4.91E+11\n"),
        "",
        [("phone_damaged", 2, "phone: 1 taken as missing")],
    ),
    "marks that cannot be seen": (
        HEADER + ROW.replace("K1", "K\u200b1"),
        "",
        [("hidden_characters", 2, "call_id: 1, as 'K\\u200b1'")],
    ),
    "broken letters": (
        HEADER.replace("\n", ",team\n") + ROW.replace("\n", ",JosÃ©\n"),
        "",
        [("mojibake_suspected", 2, "team: 1")],
    ),
    "two Unicode forms": (
        HEADER.replace("\n", ",team\n") + ROW.replace("\n", ",Jose\u0301\n"),
        "",
        [("values_rewritten", 2, "team: 1 in one Unicode form")],
    ),
    "what stands for nothing": (
        HEADER.replace("\n", ",team\n")
        + ROW.replace("\n", ",N/A\n")
        + ROW.replace("K1", "K2").replace("\n", ",-\n"),
        "",
        [("values_rewritten", 2, "team: missing: 1 '-', 1 'N/A'")],
    ),
    "a lone dash is text": (HEADER.replace("\n", ",team\n") + ROW.replace("\n", ",-\n"), "", []),
    "dates in words": (
        HEADER + "K1,2 Jan 2025 10:00,L1,5\n",
        "",
        [("values_rewritten", 2, "started_at: 1, '2 Jan 2025 10:00' is '2025-01-02 10:00:00'")],
    ),
    "stamps without an offset": (
        HEADER + "K1,2025-01-02 10:00:00,L1,5\n",
        "",
        [("values_rewritten", 2, "started_at: 1 in Europe/Berlin")],
    ),
    "a tab behind a date": (
        HEADER + ROW.replace("Z,", "Z\t,"),
        "",
        [("values_rewritten", 2, "started_at: 1 with tabs or line ends, which are blanks")],
    ),
    "a letter in the place of a word": (
        HEADER.replace("\n", ",team\n") + ROW.replace("\n", f",{'word ' * 101}\n"),
        "",
        [("values_rewritten", 2, "team: 1 cut after 500 characters")],
    ),
    "a form that nobody filled in": (
        HEADER.replace("\n", ",team\n") + ROW.replace("\n", ",-- Select --\n"),
        "",
        [("placeholder_values", 2, "team: '-- Select --' on 1 of 1 rows, taken as blank")],
    ),
    "persons in a campaign": (
        HEADER.replace("\n", ",campaign\n")
        + ROW.replace("\n", ",ann@example.com\n")
        + ROW.replace("K1", "K2").replace("\n", ",ring 030 1234567\n"),
        "",
        [
            (
                "sensitive_in_text",
                2,
                "campaign: 2 replaced by tokens (1 with an e-mail address, 1 with a telephone number)",
            )
        ],
    ),
    "numbers with a point": (
        HEADER + ROW.replace("5\n", "5.0\n"),
        "",
        [("values_rewritten", 2, "talk_s: 1, '5.0' is '5'")],
    ),
}


def told(folder: Path, sources: str = "") -> list[tuple[Any, ...]]:
    """Findings about calls after a load of the folder; `sources` is added to the source of the calls."""
    (folder / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-01,inbound\n")
    (folder / "mapping.toml").write_text(MAPPING + sources)
    home = Home(folder / "home")
    load(home, folder)
    return (
        open_snapshot(home)
        .cursor()
        .sql(
            "select code, line, found from snapshot.findings where extract = 'calls' "
            "and code not in ('unmapped_dispositions', 'conversations_without_talk_time') order by all"
        )
        .fetchall()
    )


@pytest.mark.parametrize("case", CASES)
def test_a_file_is_told_as_it_is(tmp_path, case):
    content, declared, expected = CASES[case]
    (tmp_path / "calls.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert told(tmp_path, declared) == expected


def test_hidden_sheets_and_rows_of_a_workbook_are_told_and_its_rows_read(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [
        "call_id,started_at,lead_id,talk_s",
        "K1,2025-01-02T10:00:00Z,L1,5",
        "K2,2025-01-02T11:00:00Z,L1,6",
    ]:
        book.active.append(row.split(","))
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("old").sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    (tmp_path / "calls.xlsx").write_bytes(content.getvalue())
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-01,inbound\n")
    (tmp_path / "mapping.toml").write_text(MAPPING.replace("calls.csv", "calls.xlsx"))
    home = Home(tmp_path / "home")
    assert load(home, tmp_path).tables["calls"]["used"] == 2
    asked = "select code, line, found from snapshot.findings where extract = 'calls' and code <> 'unmapped_dispositions' order by all"
    assert open_snapshot(home).cursor().sql(asked).fetchall() == [
        ("hidden_rows", 3, "1 hidden rows, counted like the others"),
        ("hidden_sheet", None, "old"),
        ("values_rewritten", None, "started_at: 2 cells hold text"),
        ("values_rewritten", None, "talk_s: 2 cells hold text"),
    ]


def test_every_finding_of_files_is_told_above():
    in_workbooks = {"hidden_rows", "hidden_sheet"}
    assert {code for _, _, expected in CASES.values() for code, *_ in expected} | in_workbooks == OF_FILES
