"""The same rows as a file of each kind that people have: CSV, a workbook, Parquet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

KINDS = ("csv", "xlsx", "parquet")


def written(folder: Path, name: str, kind: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write rows of text; returns the name of the file."""
    path = folder / f"{name}.{kind}"
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        for row in [header, *rows]:
            book.active.append(list(row))
        book.save(path)
    else:
        pq.write_table(pa.table({name: [row[at] for row in rows] for at, name in enumerate(header)}), path)
    return path.name


def mapping_of(files: dict[str, str], more: str = "") -> str:
    """A mapping of one file for each extract, under our own column names; `more` is said of the last of them."""
    sources = "".join(f'[[source]]\nextract = "{name}"\nfile = "{file}"\n' for name, file in files.items())
    rules = '[channel]\nrules = [{ id = "said", channel = "inbound", when = { channel = ["inbound"] } }]\n'
    return f'name = "t"\n{rules}{sources}{more}'
