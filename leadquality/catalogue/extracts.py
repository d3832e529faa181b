"""Extracts: what each staging file says of the file it reads, so that a new extract is a new file and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from leadquality.catalogue.header import parse_header
from leadquality.contracts import QUERIES

KINDS = ("ids", "numbers", "money", "flags", "names", "decides")
ORDER = ("leads", "calls", "meetings", "opportunities")


@dataclass(frozen=True, slots=True)
class Extract:
    """One kind of file. key is the column that identifies a row; columns are required + optional, in that order.

    dates, ids, numbers, money and flags are columns that are brought into one form before the rules judge them; names are
    free text in which no word stands for nothing. decides: columns that are never
    left unread without a word. versions: SQL over the columns; a row of a later delivery that agrees in all of
    them is a newer version of the row. The key, unless it stands in many rows.
    """

    name: str
    title: str
    key: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    dates: tuple[str, ...]
    sql: str
    ids: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


def load_extracts(folder: Path = QUERIES / "staging") -> dict[str, Extract]:
    """All staging files by extract name; leads first, because the others refer to them."""
    extracts: dict[str, Extract] = {}
    for path in sorted(
        folder.glob("*.sql"), key=lambda item: (item.stem not in ORDER, item.stem != "leads", item.stem)
    ):
        extracts[path.stem] = _parsed(path, path.read_text("utf-8"))
    return extracts


@cache
def _parsed(path: Path, sql: str) -> Extract:
    """The same text is read once: every step of a load asks for the extracts."""
    header = parse_header(
        path, sql, {"title", "grain", "key", "required", "dates"}, {"optional", "versions", *KINDS}, set()
    )
    return Extract(
        name=path.stem,
        title=header.text("title"),
        key=header.text("key"),
        required=header.words("required"),
        optional=header.words("optional"),
        dates=header.words("dates"),
        sql=sql,
        versions=header.words("versions") or (header.text("key"),),
        **{kind: header.words(kind) for kind in KINDS},
    )
