"""Files that are packed, locked, nested or laid out in ways of their own: refused with the true cause, or read as what they are."""

from __future__ import annotations

import gzip
import resource
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from leadquality.contracts import InputRefused
from leadquality.load import load
from leadquality.snapshot import Home, Manifest
from tests.intake.folders import LEADS, RULES

MAPPED = 'name = "test"\n' + RULES + '[[source]]\nextract = "leads"\nfile = "{leads}"\n'
HEADER = "lead_id,created_at,channel\n"


def loaded(folder: Path, leads: str = "leads.csv", more: str = "") -> Manifest:
    (folder / "mapping.toml").write_text(MAPPED.replace("{leads}", leads) + more)
    return load(Home(folder / "home"), folder)


def refusal(folder: Path, leads: str = "leads.csv", more: str = "") -> str:
    with pytest.raises(InputRefused) as error:
        loaded(folder, leads, more)
    return str(error.value)


@pytest.mark.parametrize("statistics", [True, False])
@pytest.mark.parametrize("writer", ["duckdb", "arrow"])
def test_a_file_that_unpacks_to_gigabytes_is_refused_before_it_is_read(tmp_path, writer, statistics):
    place = tmp_path / "leads.parquet"
    if writer == "duckdb":
        text = ", ".join(
            f"'{name}' || repeat('x', 300) as {name}" for name in ("lead_id", "created_at", "channel")
        )
        duckdb.sql(f"copy (select {text} from range(900000)) to '{place}' (format parquet, compression zstd)")
    else:
        column = pa.DictionaryArray.from_arrays(pa.array([0] * 900_000, pa.int32()), ["x" * 300])
        table = pa.table(dict.fromkeys(("lead_id", "created_at", "channel"), column))
        pq.write_table(table, place, compression="zstd", write_statistics=statistics)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "too large once unpacked" in refusal(tmp_path, "leads.parquet")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 20


def test_a_file_of_few_words_is_no_bomb(tmp_path):
    """Words that repeat pack well: a hundred times smaller is usual."""
    place = tmp_path / "leads.parquet"
    duckdb.sql(
        f"copy (select 'L' || i as lead_id, '2026-01-01' as created_at, 'inbound' as channel, repeat('web', 30) as source "
        f"from range(20000) t(i)) to '{place}' (format parquet, compression zstd)"
    )
    assert loaded(tmp_path, "leads.parquet").tables["leads"]["used"] == 20_000


def test_an_encrypted_file_is_said_to_be_one(tmp_path):
    place = tmp_path / "leads.parquet"
    duckdb.sql("set force_mbedtls_unsafe = 'true'")
    duckdb.sql("pragma add_parquet_key('k', '0123456789112345')")
    duckdb.sql(
        "copy (select 'L' || i as lead_id, '2026-01-01' as created_at, 'inbound' as channel from range(9) t(i)) "
        f"to '{place}' (format parquet, encryption_config {{footer_key: 'k'}})"
    )
    assert "encrypted" in refusal(tmp_path, "leads.parquet")


@pytest.mark.parametrize(
    ("column", "kind"),
    [("created_at", "struct"), ("lead_id", "list"), ("lead_id", "map")],
)
def test_a_nested_column_that_is_wanted_is_named(tmp_path, column, kind):
    value = {"struct": "{'at': '2026-01-01'}", "list": "['L1']", "map": "map {'a': 'L1'}"}[kind]
    columns = {"lead_id": "'L' || i", "created_at": "'2026-01-01'", "channel": "'inbound'"} | {column: value}
    written = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    duckdb.sql(
        f"copy (select {written} from range(9) t(i)) to '{tmp_path / 'leads.parquet'}' (format parquet)"
    )
    said = refusal(tmp_path, "leads.parquet")
    assert f"'{column}' is nested" in said and "missing" not in said


def test_a_nested_column_that_nobody_wants_is_a_finding(tmp_path):
    duckdb.sql(
        "copy (select 'L' || i as lead_id, '2026-01-01' as created_at, 'inbound' as channel, {'a': 1} as extra from range(9) t(i)) "
        f"to '{tmp_path / 'leads.parquet'}' (format parquet)"
    )
    found = loaded(tmp_path, "leads.parquet")
    assert found.tables["leads"]["used"] == 9 and found.findings["unknown_columns"] == 1


@pytest.mark.parametrize("far", [(1_048_575, 16_383), (900_000, 2), (5, 16_383)])
@pytest.mark.parametrize("what", ["blank", "format"])
def test_a_cell_that_somebody_clicked_into_is_no_part_of_the_table(tmp_path, far, what):
    with xlsxwriter.Workbook(tmp_path / "leads.xlsx") as book:
        sheet = book.add_worksheet()
        for place, row in enumerate((HEADER + "L1,2026-01-01,inbound\nL2,2026-01-02,inbound").splitlines()):
            sheet.write_row(place, 0, row.split(","))
        sheet.write_blank(*far, None, book.add_format({"bold": what == "format"}))
    account = loaded(tmp_path, "leads.xlsx").tables["leads"]
    assert (account["read"], account["used"]) == (2, 2)


def test_a_value_at_the_far_end_is_refused_with_how_far_it_lies(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "leads.xlsx") as book:
        sheet = book.add_worksheet()
        for place, row in enumerate((HEADER + "L1,2026-01-01,inbound").splitlines()):
            sheet.write_row(place, 0, row.split(","))
        sheet.write(1_048_575, 16_383, "x")
    assert "1,048,576 rows" in refusal(tmp_path, "leads.xlsx")


@pytest.mark.parametrize("name", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"])
def test_wide_letters_are_read_by_their_mark_and_named_without(tmp_path, name):
    text = LEADS.replace("L1", "Łódź")
    mark = "\ufeff".encode(name)
    (tmp_path / "leads.csv").write_bytes(mark + text.encode(name))
    assert loaded(tmp_path).tables["leads"]["used"] == 3
    (tmp_path / "leads.csv").write_bytes(text.encode(name))
    said = refusal(tmp_path)
    assert f'read.encoding = "{name}"' in said and "no text" not in said
    assert loaded(tmp_path, more=f'read.encoding = "{name}"\n').tables["leads"]["used"] == 3


@pytest.mark.parametrize("kind", ["gzip", "zip", "parquet"])
def test_a_packed_file_in_a_packed_file_is_said_to_be_one(tmp_path, kind):
    inner = tmp_path / "inner"
    if kind == "gzip":
        inner.write_bytes(gzip.compress(LEADS.encode()))
    elif kind == "zip":
        with zipfile.ZipFile(inner, "w") as archive:
            archive.writestr("leads.csv", LEADS)
    else:
        pq.write_table(pa.table({"lead_id": ["L1"]}), inner)
    (tmp_path / "leads.csv.gz").write_bytes(gzip.compress(inner.read_bytes()))
    inner.unlink()
    said = refusal(tmp_path, "leads.csv.gz")
    assert "packed twice" in said and "NUL" not in said


def test_bytes_that_are_no_text_are_not_taken_for_wide_letters(tmp_path):
    (tmp_path / "leads.csv").write_bytes(LEADS.encode() + b"\0\x01\x02")
    assert "so it is not a text file" in refusal(tmp_path)
