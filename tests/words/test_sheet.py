"""Files for a spreadsheet: text stays text."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import pytest

from leadquality.words import cell, csv_bytes


@pytest.mark.parametrize(
    "live",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1+1",
        "＠x",
        " =1+1",
        "-",
        "=",
        "--1",
    ],
)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(live):
    assert cell(live).startswith("'")
    assert cell(live)[1:].strip() == live.strip()


@pytest.mark.parametrize("plain", ["-12", "+3.5", "12", "web", "a=b", "R07", "'quoted", ""])
def test_numbers_and_other_text_stay_as_they_are(plain):
    assert cell(plain) == plain


def test_unknown_is_empty_and_days_are_iso():
    assert [cell(value) for value in (None, date(2026, 11, 22), datetime(2026, 11, 22, 9, 5), 12, -3)] == [
        "",
        "2026-11-22",
        "2026-11-22 09:05",
        "12",
        "-3",
    ]


def test_a_file_reads_back_as_it_was_and_opens_as_utf_8():
    rows = [{"Lead": 'Ä, "x"', "Note": "=1+1"}, {"Lead": "two\nlines", "Note": None}]
    written = csv_bytes(rows)
    assert written.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert read == [["Lead", "Note"], ['Ä, "x"', "'=1+1"], ["two lines", ""]]
    assert csv_bytes([]) == b""
