"""The header: the first line, unless several known names stand further down; a file without one is said to be one."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from leadquality.contracts import InputRefused
from leadquality.formats import read_here
from leadquality.intake.look import NOBODYS, Look, look
from leadquality.intake.presets import load_presets
from tests.intake.folders import RULES, loaded

KNOWN = tuple(sorted({name for layout in load_presets().layouts for name in layout.columns}))
FORMS = ["comma", "semicolon", "tab", "xlsx"]
MARKS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def written(folder: Path, form: str, rows: list[str]) -> Path:
    """Rows, cells divided by bars, as a file of this form."""
    cells = [row.split("|") for row in rows]
    path = folder / ("table.xlsx" if form == "xlsx" else "table.csv")
    if form == "xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for place, row in enumerate(cells):
                sheet.write_row(place, 0, row)
        return path
    path.write_text("".join(MARKS[form].join(row) + "\n" for row in cells), "utf-8")
    return path


def seen(folder: Path, form: str, *rows: str) -> Look:
    return look(written(folder, form, list(rows)), KNOWN, read_here)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "row", ["1|2026-01-05|industry|x", "1|2026-01-05|industry|", "1|title|shop|status", "2|status|b|c"]
)
def test_known_words_in_a_row_of_data_are_no_header(tmp_path, form, row):
    found = seen(tmp_path, form, "ref|first seen|trade|remark", row, "2|2026-01-06|retail|y")
    assert found.problem == NOBODYS
    found = seen(tmp_path, form, "Record ID|first seen|trade|remark", row, "2|2026-01-06|retail|y")
    assert found.header == ("Record ID", "first seen", "trade", "remark")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("above", [["A report"], ["Made on|2026-01-05"], ["Leads", "Period|2026|all", "x"]])
def test_several_known_names_further_down_are_the_header(tmp_path, form, above):
    found = seen(tmp_path, form, *above, "lead_id|created_at|colour|size|age", "1|2026-01-05|red|M|4")
    assert found.header == ("lead_id", "created_at", "colour", "size", "age")
    assert found.sample == (("1", "2026-01-05", "red", "M", "4"),)


HEADERLESS = {
    "a telephone number and a day": ("4930123400|Anna|2026-01-20 15:33:20|17", "4930123401|Bo|2026-01-21 15:33:20|8"),
    "an e-mail address": ("anna@site.example|12", "bo@site.example|13"),
    "amounts": ("A|1200.50|20.01.2026", "B|90.00|21.01.2026"),
    "one line only": ("2026-01-20|4930123400|x",),
    "a known word among the values": ("4930123400|title|2026-01-20", "4930123401|status|2026-01-21"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", HEADERLESS.values(), ids=HEADERLESS)
def test_a_file_without_a_header_is_said_to_be_one_and_shows_no_value(tmp_path, form, rows):
    found = seen(tmp_path, form, *rows)
    assert found.code == "NO_NAMES" and "read.header = false" in found.problem
    assert not any(cell in found.problem for row in rows for cell in row.split("|") if len(cell) > 3)
    assert found.header == ()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "rows",
    [
        ("Zone of sale|2026-01-01|2026-02-01|2026-03-01", "North|12|13|14"),
        ("1|2|3|4", "5|6|7|8"),
        ("2024|2025|2026", "12|11|9"),
    ],
)
def test_days_and_numbers_over_other_values_are_names(tmp_path, form, rows):
    assert seen(tmp_path, form, *rows).problem == NOBODYS


CALLS = """
[[source]]
extract = "calls"
file = "calls.csv"
{}columns = {{ call_id = "{}", started_at = "{}", rep_id = "{}" }}
"""
LEADS = 'name = "a"\n' + RULES + '[[source]]\nextract = "leads"\nfile = "leads.csv"\n'


def test_a_file_without_a_header_is_read_where_the_mapping_says_so(tmp_path):
    leads = "lead_id,created_at,channel\nL1,2026-01-01,inbound\n"
    rows = "7001,Ann,2026-01-20 15:33:20,4930123400\n7002,Bo,2026-01-21 15:33:20,4930123401\n"
    mapping = LEADS + CALLS.format("read.header = false\n", "Column 1", "column 3", "column 2")
    end = loaded(tmp_path, mapping, leads=leads, calls=rows)
    assert end.rows("select call_id, rep_id, started_at::varchar from snapshot.fact_calls order by 1") == [
        ("7001", "Ann", "2026-01-20 15:33:20"),
        ("7002", "Bo", "2026-01-21 15:33:20"),
    ]
    with pytest.raises(
        InputRefused, match=r"no header: line 1 holds values.*read\.header = false"
    ) as refused:
        loaded(tmp_path, mapping.replace("read.header = false\n", ""), calls=rows)
    assert "4930123400" not in str(refused.value)


def test_the_names_that_the_mapping_uses_decide(tmp_path):
    leads = "lead_id,created_at,channel\nL1,2026-01-01,inbound\n"
    rows = "stage,Nr,When,Who\nstatus,1,2026-01-20 15:33:20,title\nowner,2,2026-01-21 15:33:20,b\n"
    end = loaded(tmp_path, LEADS + CALLS.format("", "Nr", "When", "Who"), leads=leads, calls=rows)
    assert end.used() == {"leads": 1, "calls": 2}
    above = "title,status,owner,stage\n" + rows.replace("stage,", "x,")
    end = loaded(tmp_path, LEADS + CALLS.format("", "Nr", "When", "Who"), calls=above)
    assert end.used() == {"leads": 1, "calls": 2}
    assert ("preamble_skipped",) in end.rows("select code from snapshot.findings")


@pytest.mark.parametrize(
    "leads",
    [
        "lead_id,created_at,channel,\nL1,2026-01-01,inbound,\nL2,2026-01-02,inbound,\n",
        "lead_id,created_at,channel,,\nL1,2026-01-01,inbound\nL2,2026-01-02,inbound,\n",
        "lead_id;;created_at;;channel;x\nL1;;2026-01-01;;inbound;a\nL2;;2026-01-02;;inbound;b\n",
    ],
)
def test_blank_columns_without_a_name_are_dropped(tmp_path, leads):
    end = loaded(tmp_path, leads=leads)
    assert end.used() == {"leads": 2} and end.manifest.tables["leads"]["read"] == 2
    assert look(tmp_path / "leads.csv", KNOWN).header[:3] == ("lead_id", "created_at", "channel")


def test_a_column_without_a_name_that_holds_values_is_asked_for(tmp_path):
    with pytest.raises(InputRefused, match=r"leads\.csv, line 1: column 3 has no name"):
        loaded(tmp_path, leads="lead_id,created_at,\nL1,2026-01-01,note\nL2,2026-01-02,\n")
