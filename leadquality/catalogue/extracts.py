"""Extracts: what each staging file says of the file it reads, so that a new extract is a new file and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from leadquality.catalogue.header import CatalogueError, Header, parse_header
from leadquality.contracts import QUERIES

KINDS = ("ids", "numbers", "money", "flags", "people", "answers", "private", "decides")
ORDER = ("leads", "calls", "meetings", "opportunities")


LIMIT = r"-?(?:\d+ )?max_amount|-?\d+"
BOUND = re.compile(rf"(\w+) ({LIMIT})\.\.({LIMIT})(?: (s|min)(?: rarely (\d+))?)?")


@dataclass(frozen=True, slots=True)
class Bound:
    """What a numeric column can hold: from low to high, each a number or a multiple of the largest amount of a site.

    unit: `s` or `min` where the column holds a length of time; from `rarely` on a length is so rare that many of them are written
    in another unit.
    """

    low: str
    high: str
    unit: str = ""
    rarely: int | None = None

    def limits(self, max_amount: Decimal) -> tuple[Decimal, Decimal]:
        """The smallest and the largest value, for a site whose amounts go up to max_amount."""
        low, high = (_limit(text, max_amount) for text in (self.low, self.high))
        return low, high


def _limit(text: str, max_amount: Decimal) -> Decimal:
    times, amount, _ = text.partition("max_amount")
    return Decimal({"": "1", "-": "-1"}.get(times.strip(), times.strip())) * (max_amount if amount else 1)


@dataclass(frozen=True, slots=True)
class Extract:
    """One kind of file. key is the column that identifies a row; columns are required + optional, in that order.

    dates, ids, numbers, money and flags are columns that are brought into one form before the rules judge them; people name
    members of the team; in answers "none" is something that somebody said; of private columns nothing is kept. categories: the
    vocabulary of each column whose spellings are folded. decides: columns that are never left unread without a word. versions:
    SQL over the columns; a row of a later delivery that agrees in all of them is a newer version of the row. The key, unless it
    stands in many rows.

    bounds: what each number and amount can hold. order: chains of dates of which none can lie before one to its left.
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
    people: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[str, ...] = ()
    bounds: Mapping[str, Bound] = field(default_factory=dict)
    order: tuple[tuple[str, ...], ...] = ()

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
        path,
        sql,
        {"title", "grain", "key", "required", "dates"},
        {"optional", "versions", "bounds", "order", "apart", "categories", *KINDS},
        set(),
    )
    if problems := [*_unbounded(path, header), *_unordered(path, header)]:
        raise CatalogueError("\n".join(problems))
    return Extract(
        name=path.stem,
        title=header.text("title"),
        key=header.text("key"),
        required=header.words("required"),
        optional=header.words("optional"),
        dates=header.words("dates"),
        sql=sql,
        versions=header.words("versions") or (header.text("key"),),
        bounds=dict(_bounds(header)),
        order=tuple(_order(header)),
        categories=dict(map(_vocabulary, header.words("categories"))),
        **{kind: header.words(kind) for kind in KINDS},
    )


def _bounds(header: Header) -> Iterator[tuple[str, Bound]]:
    for told in header.words("bounds"):
        if found := BOUND.fullmatch(told):
            name, low, high, unit, rarely = found.groups()
            yield name, Bound(low, high, unit or "", int(rarely) if rarely else None)


def _order(header: Header) -> Iterator[tuple[str, ...]]:
    for chain in header.words("order"):
        yield tuple(part.strip() for part in chain.split("<="))


def _unbounded(path: Path, header: Header) -> Iterator[str]:
    """Numbers and amounts without bounds, and bounds of what is none or that cannot be read."""
    wanted, told = {*header.words("numbers"), *header.words("money")}, dict(_bounds(header))
    if len(told) < len(header.words("bounds")):
        yield f"{path.name}:1: bounds are written as in 'talk_s 0..86400 s rarely 10000' or 'amount 0..max_amount'"
    for name in sorted(wanted ^ told.keys()):
        yield f"{path.name}:1: '{name}' stands under bounds or under numbers and money, not under both"


def _unordered(path: Path, header: Header) -> Iterator[str]:
    """Dates beside others that stand in no order and are not said to stand apart, and what is no date of the extract."""
    dates, told = {*header.words("dates")}, {*header.words("apart")}
    told |= {name for chain in _order(header) for name in chain}
    for name in sorted(told - dates):
        yield f"{path.name}:1: '{name}' is no date of the extract"
    for name in sorted(dates - told) if len(dates) > 1 else ():
        yield f"{path.name}:1: the date '{name}' needs its place in order, or stands apart from the others"


def _vocabulary(entry: str) -> tuple[str, str]:
    """`campaign_id as campaign`: the column, and the vocabulary it shares with others; alone, one of its own name."""
    column, _, vocabulary = entry.partition(" as ")
    return column, vocabulary or column
