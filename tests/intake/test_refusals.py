"""Refusals: a file or a mapping that cannot be used stops the load with file, line, value and remedy."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from leadquality.contracts import InputRefused
from leadquality.load import load
from leadquality.snapshot import Home

GOOD = b"lead_id,created_at,channel\nL1,2025-01-01,inbound\nL2,2025-01-02,outbound\n"
CALLS = b"call_id,started_at,lead_id\nK1,2025-01-03,L1\n"
NAMED = 'name = "test"\n'
RULES = '[channel]\nrules = []\n[[source]]\nextract = "leads"\nfile = "leads.csv"\n'


def refusal(folder: Path, mapping: str | bytes | None = None, **extracts: bytes) -> str:
    """The message; it is one line, and nothing was published."""
    for name, content in extracts.items():
        (folder / f"{name}.csv").write_bytes(content)
    if mapping is not None:
        (folder / "mapping.toml").write_bytes(mapping if isinstance(mapping, bytes) else mapping.encode())
    home = Home(folder / "home")
    with pytest.raises(InputRefused) as refused:
        load(home, folder)
    assert home.current() is None
    assert not list(home.snapshots.glob("*"))
    assert "\n" not in str(refused.value)
    return str(refused.value)


def all_in(message: str, *words: str) -> None:
    absent = [word for word in words if word not in message]
    assert not absent, f"{absent} not in: {message}"


FILES = {
    "missing required column": (
        b"lead_idd,created_at\nL1,2025-01-01\n",
        ("leads.csv, line 1", "'lead_id'", "did you mean 'lead_idd'?", "Add the column, or map it"),
    ),
    "zero bytes": (b"", ("leads.csv", "empty", "export it again")),
    "blank": (b"  \n \n", ("leads.csv", "no text", "export it again")),
    "header only": (
        b"lead_id,created_at\n",
        ("leads.csv", "no data rows", "only a header", "export it again"),
    ),
    "no usable row": (
        b"lead_id,created_at\nL1,soon\n",
        ("leads.csv, line 2", "no usable row", "1 BAD_DATE", 'created_at = "soon"', "date_formats"),
    ),
    "one column": (b"lead_id\nL1\n", ("leads.csv, line 1", "one column only ('lead_id')", "two columns")),
    "duplicate column": (
        b"lead_id,created_at,lead_id\nL1,2025-01-01,L1\n",
        ("leads.csv, line 1", "'lead_id' stands twice", "rename one"),
    ),
    "column without a name": (
        b"lead_id,created_at,\nL1,2025-01-01,x\n",
        ("leads.csv, line 1", "column 3 has no name", "name it or remove it"),
    ),
    "HTML": (b"\n <!DOCTYPE html><html></html>", ("leads.csv", "HTML", "export it as CSV")),
    "JSON": (b'[{"lead_id": 1}]', ("leads.csv", "JSON", "export it as CSV")),
    "workbook": (b"PK\x03\x04\x14\x00", ("leads.csv", "workbook or zip archive", "save the sheet as CSV")),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1", ("leads.csv", "old Excel workbook", "save the sheet as CSV")),
    "Parquet": (b"PAR1\x15\x04", ("leads.csv", "Parquet", "export it as CSV")),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ("leads.csv", "a picture", "export the table as CSV")),
    "photograph": (b"\xff\xd8\xff\xe0\0\x10JFIF", ("leads.csv", "a picture", "export the table as CSV")),
    "PDF": (b"%PDF-1.7", ("leads.csv", "PDF", "export the table as CSV")),
    "NUL byte": (
        GOOD + b"L3,2025-01-0\0,inbound\n",
        ("leads.csv, line 4", "NUL byte", "export it as CSV UTF-8"),
    ),
    "invalid UTF-8": (
        GOOD + b"L3,2025-01-03,M\xfcnchen\n",
        ("leads.csv, line 4", "byte fc", "save it as CSV UTF-8"),
    ),
    "invalid UTF-8 in the header": (
        b"lead_id,created_at,St\xe4dte\nL1,2025-01-01,K\xc3\xb6ln\nL2,2025-01-01,Z\xc3\xbcrich\n",
        ("leads.csv, line 1", "the header holds a byte that is not UTF-8", "save it as CSV UTF-8"),
    ),
    "UTF-8 cut at the end": (GOOD + b"L3,2025-01-03,M\xc3", ("leads.csv", "cut off", "export it again")),
    "unclosed quote": (
        GOOD + b'L3,"2025-01-03,inbound\nL4,2025-01-04,inbound\n',
        ("leads.csv, line 4", "a quote is never closed", "export the file again"),
    ),
    "endless line": (
        GOOD + b"L3,2025-01-03," + b"x" * 10_000_000 + b"\n",
        ("leads.csv, line 4", "the line is too long", "export the file again"),
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_table_is_refused(tmp_path, case):
    content, words = FILES[case]
    all_in(refusal(tmp_path, leads=content), *words)


def test_the_second_file_is_guarded_like_the_first(tmp_path):
    message = refusal(tmp_path, leads=GOOD, calls=b"call_id,start\nK1,2025-01-01\n")
    all_in(message, "calls.csv, line 1", "required column 'started_at' is missing", "did you mean 'start'?")


def test_an_invalid_byte_past_the_first_megabyte_is_found_with_its_line(tmp_path):
    # 60,000 lines of 26 bytes; header is line 1, the last good line 60,001
    many = GOOD.splitlines(keepends=True)[0] + b"L,2025-01-01,inbound-------\n" * 60_000
    all_in(refusal(tmp_path, leads=many + b"L,2025-01-01,\xff\n"), "leads.csv, line 60002", "byte ff")


PACKED = NAMED + RULES.replace("leads.csv", "leads.csv.gz")


def damaged(content: bytes) -> bytes:
    return content[:15] + bytes([content[15] ^ 0xFF, content[16] ^ 0xFF]) + content[17:]


@pytest.mark.parametrize("broken", [lambda packed: packed[:-9], lambda packed: packed[:2], damaged])
def test_a_cut_or_damaged_gzip_file_is_refused(tmp_path, broken):
    (tmp_path / "leads.csv.gz").write_bytes(broken(gzip.compress(GOOD * 9)))
    all_in(refusal(tmp_path, PACKED), "leads.csv.gz", "damaged or cut off", "export it again")


def test_a_whole_gzip_file_is_read(tmp_path):
    (tmp_path / "leads.csv.gz").write_bytes(gzip.compress(GOOD))
    (tmp_path / "mapping.toml").write_text(PACKED)
    assert load(Home(tmp_path / "home"), tmp_path).tables["leads"]["used"] == 2


def test_a_gzip_file_named_csv_says_so(tmp_path):
    all_in(refusal(tmp_path, leads=gzip.compress(GOOD)), "leads.csv:", "gz")


def test_a_symbolic_link_is_refused(tmp_path):
    (tmp_path / "elsewhere").write_bytes(GOOD)
    (tmp_path / "leads.csv").symlink_to(tmp_path / "elsewhere")
    all_in(refusal(tmp_path), "leads.csv", "symbolic link", "check the path")


def test_a_symbolic_link_to_nowhere_is_refused_like_any_other(tmp_path):
    (tmp_path / "calls.csv").symlink_to(tmp_path / "nowhere")
    all_in(refusal(tmp_path, leads=GOOD), "calls.csv")


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "leads.csv")
    all_in(refusal(tmp_path), "leads.csv", "not a regular file", "give a CSV file")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "leads.csv").mkdir()
    all_in(refusal(tmp_path), "leads.csv", "not a regular file")


def test_columns_that_differ_in_case_only_are_refused(tmp_path):
    message = refusal(tmp_path, leads=b"lead_id,Lead_ID,created_at\nL1,L1,2025-01-01\n")
    all_in(message, "leads.csv, line 1", "twice")


def test_line_ends_of_an_old_mac_are_line_ends(tmp_path):
    (tmp_path / "leads.csv").write_bytes(GOOD.replace(b"\n", b"\r"))
    assert load(Home(tmp_path / "home"), tmp_path).tables["leads"]["used"] == 2


def test_line_ends_of_all_kinds_may_be_mixed(tmp_path):
    (tmp_path / "leads.csv").write_bytes(
        b"lead_id,created_at,channel\r\nL1,2025-01-01,inbound\n\rL2,2025-01-01,inbound\n"
    )
    manifest = load(Home(tmp_path / "home"), tmp_path)
    assert manifest.tables["leads"]["used"] == 2
    assert manifest.files["leads.csv"]["lines_skipped"] == 1


def test_another_delimiter_is_seen(tmp_path):
    (tmp_path / "leads.csv").write_bytes(b"lead_id;created_at\nL1;2025-01-01\n")
    assert load(Home(tmp_path / "home"), tmp_path).tables["leads"]["used"] == 1


def test_utf_16_is_converted_and_told(tmp_path):
    (tmp_path / "leads.csv").write_bytes(
        "lead_id,created_at,channel,segment\nL1,2025-01-01,inbound,Zürich\n".encode("utf-16")
    )
    manifest = load(Home(tmp_path / "home"), tmp_path)
    assert (manifest.tables["leads"]["used"], manifest.findings) == (1, {"encoding_converted": 1})


def test_a_file_without_rows_is_named(tmp_path):
    all_in(refusal(tmp_path, leads=b"lead_id,created_at\n"), "leads.csv")


def test_a_mapping_whose_leads_are_not_there_is_refused(tmp_path):
    all_in(
        refusal(tmp_path, NAMED + RULES, calls=CALLS),
        "leads.csv: not found",
        "the mapping names it for leads",
    )


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="nowhere: no such folder; give the folder"):
        load(Home(tmp_path / "home"), tmp_path / "nowhere")


MAPPINGS = {
    "unknown key": (
        NAMED + 'zon = "UTC"\n' + RULES,
        ("mapping.toml", "unknown key 'zon'", "correct its spelling"),
    ),
    "unknown key of a source": (
        NAMED + RULES + 'colums.lead_id = "id"\n',
        ("mapping.toml", "'source.0.colums'", "correct its spelling"),
    ),
    "several at once": ('zon = "UTC"\n' + RULES, ("unknown key 'zon'", "key 'name' is missing; add it")),
    "unknown zone": (
        NAMED + 'zone = "Europe/Berln"\n' + RULES,
        ("mapping.toml", "'zone' = 'Europe/Berln'", "write it as in Europe/Berlin"),
    ),
    "no TOML": ('name = "test\n', ("mapping.toml", "TOML", "line 1")),
    "no UTF-8": (b'name = "\xff"\n', ("mapping.toml", "0xff")),
    "unknown channel": (
        NAMED + RULES.replace("[]", '[{ id = "a", channel = "inbond", when = {} }]'),
        ("mapping.toml", "channel.rules.0.channel", "'inbond'", "'inbound', 'outbound' or 'other'"),
    ),
    "misspelt extract": (
        NAMED + RULES.replace('"leads"', '"lead"'),
        ("extract 'lead' is unknown", "there are leads, calls, meetings, opportunities"),
    ),
    "missing mapped column": (
        NAMED + RULES + 'columns.lead_id = "leadsid"\n',
        ("leads.csv, line 1", "'leadsid' (mapped to leads.lead_id) is missing", "did you mean 'lead_id'?"),
    ),
    "no column of ours": (
        NAMED + RULES + 'columns.leadid = "lead_id"\n',
        ("leads: 'leadid' is no column of ours", "did you mean 'lead_id'?"),
    ),
    "exclusion by a missing column": (
        NAMED + RULES + 'exclude.partners = { column = "chanel", values = ["x"] }\n',
        ("leads.csv, line 1", "'chanel' of exclusion 'partners'", "did you mean 'channel'?"),
    ),
    "undeclared lookup": (
        NAMED + RULES + 'columns.segment = { lookup = "firms", column = "size" }\n',
        ("leads.segment", "no lookup 'firms'", "declare it under lookups"),
    ),
    "lookup file missing": (
        NAMED + RULES + 'lookups.firms = { file = "firms.csv", key = "id", by = "lead_id" }\n',
        ("firms.csv", "No such file", "check the path"),
    ),
    "file missing": (
        NAMED + RULES.replace("leads.csv", "lead.csv"),
        ("lead.csv: not found", "correct the name"),
    ),
    "as_of before all data": (
        NAMED + "as_of = 2024-12-31\n" + RULES,
        ("as of 2024-12-31", "created on 2025-01-01", "give a later date"),
    ),
}


@pytest.mark.parametrize("case", MAPPINGS)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path, case):
    mapping, words = MAPPINGS[case]
    all_in(refusal(tmp_path, mapping, leads=GOOD), *words)


def test_a_mapping_cannot_reach_outside_the_folder(tmp_path):
    (tmp_path / "leads.csv").write_bytes(GOOD)
    inside = tmp_path / "inbox"
    inside.mkdir()
    message = refusal(inside, NAMED + RULES.replace("leads.csv", "../leads.csv"))
    all_in(message, "'../leads.csv'", "must be a plain name inside the folder")


def test_a_mapping_file_that_does_not_exist_is_refused(tmp_path):
    (tmp_path / "leads.csv").write_bytes(GOOD)
    with pytest.raises(InputRefused, match=r"cannot be read .*give the path of a mapping file"):
        load(Home(tmp_path / "home"), tmp_path, tmp_path / "nowhere.toml")


def test_a_workbook_with_a_cell_far_outside_is_refused_before_it_fills_the_memory(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="the workbook is written with openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["lead_id", "created_at"])
    book.active.append(["L1", "2025-01-01"])
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "leads.xlsx")
    message = refusal(tmp_path, NAMED + RULES.replace("leads.csv", "leads.xlsx"))
    all_in(message, "leads.xlsx", "spans 1,048,576 rows and 16,384 columns", "outside the table")
