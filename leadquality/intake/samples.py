"""A few values of a file as they may be shown before it is loaded: what is personal is covered."""

from __future__ import annotations

import re
from typing import Final

import duckdb

from leadquality.contracts import QUERIES
from leadquality.intake.look import Look

ROWS: Final = 5
COVERED: Final = "…"
PERSONAL: Final = re.compile(
    r"(first|last|full|middle|sur|vor|nach|contact|caller|customer|lead) ?name|^name$|^(contact|kontakt) ?(person)?$|"
    r"ansprechpartner|phone|telef|mobil|handy|fax|mail|"
    r"street|stra(ss|ß)e|addres|birth|note|notiz|comment|kommentar|descri|transcri|record(ing)? ?ur[li]",
    re.IGNORECASE,
)
"""Names of columns whose values are a person's own: nothing of them is shown."""


def masked_rows(look: Look) -> list[dict[str, str]]:
    """The first rows of a file by column name, every value masked as in findings; columns of names and free text covered."""
    rows = look.sample[:ROWS]
    con = duckdb.connect()
    try:
        for macro in ("cover", "mask"):
            con.execute((QUERIES / "functions" / f"{macro}.sql").read_text("utf-8"))
        shown = [
            con.execute(
                "select list_transform($cells, lambda cell: mask(cell))", {"cells": list(row)}
            ).fetchall()
            for row in rows
        ]
    finally:
        con.close()
    covered = {name for name in look.header if PERSONAL.search(name)}
    if (
        look.unnamed
    ):  # no name says which column holds persons: only words that come again and again are shown
        covered |= {name for name in look.header if 2 * len(set(look.values(name))) > len(look.values(name))}
    return [
        {
            name: COVERED if name in covered and cell else cell
            for name, cell in zip(look.header, cells, strict=False)
        }
        for [(cells,)] in shown
    ]


def samples_of(look: Look) -> dict[str, tuple[str, ...]]:
    """Up to five different masked values of each column, blanks left out."""
    rows = masked_rows(look)
    return {
        name: tuple(dict.fromkeys(row[name] for row in rows if row.get(name, "").strip()))
        for name in look.header
    }
