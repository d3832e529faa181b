"""Recognition: every table of vendor_headers.json is named, whatever its case and order; what is not clear is asked."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

import pytest
import xlsxwriter

from leadquality.formats import read_here
from leadquality.intake.folder import tables
from leadquality.intake.look import Look, look
from leadquality.intake.mapping import NOT_READ
from leadquality.intake.presets import load_presets
from leadquality.intake.recognise import Recognised, recognise
from tests.conftest import SHARED

PRESETS = load_presets()
KNOWN = {name for layout in PRESETS.layouts for name in layout.columns}
TWINS = {"engagement_call", "engagement_communication"}
"""Two tables with the same columns: without rows and without a telling file name nobody can say which one it is."""


def entries() -> list[Any]:
    path = SHARED / "spec" / "vendor_headers.json"
    if not path.is_file():
        return []
    vendors = json.loads(path.read_text("utf-8"))
    return [
        pytest.param(vendor, entry, id=f"{vendor}/{entry['object']}/{entry['style']}")
        for vendor, listed in vendors.items()
        if not vendor.startswith("_")
        for entry in listed
    ]


ENTRIES = entries()
needs_entries = pytest.mark.skipif(not ENTRIES, reason="the shared reference data are not on this machine")


def seen(*columns: str, file: str = "export.csv", rows: tuple[tuple[str, ...], ...] = ()) -> Recognised:
    return recognise(Look(file, False, columns, rows), PRESETS)


@needs_entries
def test_every_list_of_headers_is_covered():
    covered = {layout.preset for layout in PRESETS.layouts}
    assert [item.id for item in ENTRIES if item.id not in covered] == []


@pytest.mark.parametrize(("vendor", "entry"), ENTRIES)
def test_the_table_is_named_with_the_reason(vendor, entry):
    found = seen(*entry["columns"])
    if entry["object"] in TWINS:
        assert {candidate.layout.name for candidate in found.candidates} == TWINS
        return
    assert found.state == "recognised" and found.layout is not None, found.reason
    assert found.layout.preset == f"{vendor}/{entry['object']}/{entry['style']}"
    ours = {column.lower() for column in found.layout.columns}
    common = sum(column.strip().lower() in ours for column in entry["columns"])
    assert found.reason.startswith(
        f"{common} of its {entry['n']} column names are among the {len(ours)} we know of this table"
    )


@needs_entries
def test_case_order_spaces_and_own_columns_do_not_matter():
    chance = random.Random(1)
    for item in ENTRIES:
        entry = item.values[1]
        if entry["object"] not in TWINS:
            columns = [f" {name.upper()} " for name in entry["columns"]] + ["Our own field", "site__c"]
            chance.shuffle(columns)
            found = seen(*columns)
            assert found.layout is not None and found.layout.preset == item.id, (item.id, found.reason)


@needs_entries
@pytest.mark.parametrize("kept", [0.7, 0.5, 0.3])
def test_with_columns_missing_a_table_is_never_taken_for_another(kept):
    chance = random.Random(20261122)
    answers = Counter()
    for item in ENTRIES * 5:
        columns = item.values[1]["columns"]
        some = chance.sample(columns, max(min(2, len(columns)), int(len(columns) * kept)))
        found = seen(*some, "Our own field")
        assert found.layout is None or found.layout.preset == item.id, (item.id, some, found.reason)
        answers[found.state] += 1
    # ... and not by keeping silent: counted once, by hand of the whole list, it is two in three down to half in half.
    assert answers["recognised"] > (0.45 if kept < 0.5 else 0.6) * answers.total()


@pytest.mark.parametrize(
    ("folder", "style"),
    [("fivetran_hubspot", "hubspot/{}/connector"), ("fivetran_salesforce", "salesforce/{}/connector")],
)
def test_the_seed_files_are_named(shared, folder, style):
    files = tables(shared / "data" / folder)
    assert len(files) == len(list((shared / "data" / folder).glob("*.csv")))
    for file in files:
        found = recognise(look(shared / "data" / folder / file, KNOWN), PRESETS)
        assert found.layout is not None, (file, found.reason)
        assert found.layout.preset == style.format(file.removesuffix("_data.csv"))


@pytest.mark.parametrize(
    "file", ["leadforge_intro/leads.csv", "maven_crm/sales_pipeline.csv", "uci_bank/bank.csv"]
)
def test_the_tables_of_nobody_are_nobodys(shared, file):
    found = recognise(look(shared / "data" / file, KNOWN), PRESETS)
    assert (found.state, found.layout) == ("unknown", None)


def test_ordinary_words_are_no_vendors_table():
    found = seen(
        "id",
        "name",
        "type",
        "status",
        "amount",
        "currency",
        "country",
        "phone",
        "items",
        "shipped",
        "total",
        "owner_id",
    )
    assert (found.state, found.layout) == ("unknown", None)
    assert len(found.candidates[0].matched) > 5, "the closest is told"


COLUMNS = (
    "engagement_id",
    "_fivetran_deleted",
    "_fivetran_synced",
    "property_hs_createdate",
    "property_hs_timestamp",
    "type",
)


def test_twins_are_told_apart_by_the_words_of_their_type():
    row = ("1", "false", "", "", "", "Call")
    found = seen(*COLUMNS, rows=(row, row))
    assert found.layout is not None and found.layout.name == "engagement_call"
    assert "the values of its type column decide" in found.reason
    mixed = seen(*COLUMNS, rows=(row, (*row[:-1], "SMS")))
    assert mixed.state == "ambiguous"


def test_twins_are_told_apart_by_the_name_of_the_file():
    found = seen(*COLUMNS, file="2026-11_engagement-communication.csv")
    assert found.layout is not None and found.layout.name == "engagement_communication"
    assert "the name of the file decides" in found.reason


def test_what_fits_two_tables_is_asked_and_the_answer_is_taken():
    asked = seen(*COLUMNS)
    assert asked.state == "ambiguous" and asked.question is not None
    preset = "hubspot/engagement_call/connector"
    assert f'"export.csv" = "{preset}"' in str(asked.question) and "[answers]" in str(asked.question)
    assert ("export.csv", NOT_READ) in asked.question.answers
    told = recognise(asked.look, PRESETS, (preset,))
    assert told.layout is not None and told.layout.preset == preset and told.question is None


def test_our_own_columns_are_recognised_as_ours():
    found = seen("lead_id", "created_at", "channel", "source", "segment")
    assert found.layout is not None and found.layout.preset == "own/leads/own columns"
    assert seen("lead_id", "channel", "source", "segment").layout is None


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("lead_id", "created_at", "channel"), "3 of its 3 column names are ours"),
        ((" LEAD_ID", "lead_id", "created_at", "Farbe", ""), "2 of its 3 column names are ours"),
        (("lead_id", "created_at", *(f"x{at}" for at in range(998))), "2 of its 1,000 column names are ours"),
    ],
)
def test_the_reason_counts_the_names_of_the_file(columns, said):
    assert seen(*columns).reason == said


@pytest.mark.parametrize(
    ("content", "wrapped", "header"),
    [
        (b"Record ID;Create Date;Original Source\n1;2;3\n", False, ("Record ID", "Create Date", "Original Source")),
        ("\ufeffRecord ID\tCreate Date\n1\t2\n".encode(), False, ("Record ID", "Create Date")),
        (b'"a, b";"Record ID"\n"x, y";2\n', False, ("a, b", "Record ID")),
        (b'"Record ID","Create Date"\n"1","2"\n', False, ("Record ID", "Create Date")),
        (b'"Record ID;""Create Date"";y"\r\n"30;""x"";no"\r\n', True, ("Record ID", "Create Date", "y")),
    ],
)  # fmt: skip
def test_the_first_look_finds_the_header_of_a_plain_file(tmp_path, content, wrapped, header):
    (tmp_path / "f.csv").write_bytes(content)
    found = look(tmp_path / "f.csv", KNOWN, never)
    assert (found.wrapped, found.header, found.problem) == (wrapped, header, "")
    assert len(found.sample) == 1 and len(found.sample[0]) == len(header)


def never(*_: object) -> NoReturn:
    raise AssertionError("a plain file needs no thorough look")


def test_what_does_not_begin_with_its_header_is_looked_at_thoroughly(tmp_path):
    """A title above the header, a workbook, another encoding: the room of formats reads them."""
    columns = ["Lead ID", "Create Date", "Lead Source", "Lead Status", "Company / Account"]
    row = ["00Q000000000001", "2025-01-01", "Web", "Open", "Müller"]
    text = ",".join(columns) + "\n" + ",".join(row) + "\n"
    (tmp_path / "title.csv").write_text("Leads of the week\n\n" + text, "utf-8")
    (tmp_path / "utf16.csv").write_bytes(text.encode("utf-16"))
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet("report")
        sheet.write_row(0, 0, columns)
        sheet.write_row(1, 0, row)
    for name in ("title.csv", "utf16.csv", "book.xlsx"):
        seen_thoroughly = look(tmp_path / name, KNOWN, read_here)
        assert seen_thoroughly.header == tuple(columns), name
        assert seen_thoroughly.sample == (tuple(row),), name
        found = recognise(seen_thoroughly, PRESETS)
        assert found.layout is not None and found.layout.name == "Lead labels (report export)"


@pytest.mark.parametrize(
    ("name", "content", "is_damaged", "is_asked"),
    [
        ("f.csv", b"", False, False),
        ("f.csv", b"one\n2\n", False, False),
        ("f.csv", b"a,b\n1,2\n", False, False),
        ("f.csv", b"Record ID,Create Date,Lead Status,Lifecycle Stage,Original Source\n1,\0\n", True, True),
        ("calls.csv", b"a,b\n1,\0\n", True, False),
        ("f.csv", b"a,b\n1,\xfc\n", True, False),
        ("f.xlsx", b"PK\x03\x04 cut off", True, False),
        ("All deals.xlsx", b"PK\x03\x04 cut off", True, True),
        ("f.xls", b"<html><table>", False, False),
    ],
)
def test_what_cannot_be_read_is_said_and_what_may_be_missed_is_asked(
    tmp_path, name, content, is_damaged, is_asked
):
    path = tmp_path / name
    path.write_bytes(content)
    found = recognise(look(path, KNOWN, read_here), PRESETS)
    assert found.reason == found.look.problem != "" and found.look.is_damaged is is_damaged
    assert found.state == ("ambiguous" if is_asked else "unknown")
    if is_asked:
        assert found.reason in str(found.question) and f'"{name}" = "not read"' in str(found.question)
        assert recognise(found.look, PRESETS, (NOT_READ,)).question is None


def test_a_link_that_leads_nowhere_is_said(tmp_path):
    (tmp_path / "link.csv").symlink_to(Path("nowhere"))
    assert look(tmp_path / "link.csv", KNOWN, read_here).problem


def test_temporary_files_are_passed_over(tmp_path):
    for name in ("a.csv", "~$a.xlsx", ".b.csv", "c.csv.part", "README.md", "B.CSV"):
        (tmp_path / name).write_text("x")
    assert tables(tmp_path) == ["B.CSV", "a.csv"]
