"""From the text of a file to text that the staging rules can read: dates in ISO form, plain numbers, ids as they were given.

A column that is clean in every row is taken as it stands. What cannot be brought into form stays as it is and gets a fault;
what was rewritten is noted, with its count and an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import duckdb

from leadquality.catalogue import Extract
from leadquality.formats import clipped
from leadquality.intake import dates, numbers, texts
from leadquality.intake.cleaning import may_begin, spans_of
from leadquality.intake.expressions import literal
from leadquality.intake.files import Table
from leadquality.intake.mapping import Mapping, Source
from leadquality.intake.tokens import Tokens
from leadquality.intake.typed import NO_BOUND, Column, Note, Typed, layered, problem

ID_DAMAGED: Final = r"regexp_matches({0}, '\.0$|E\+|^[#=]|^\d+-...$|^...-\d\d$|\)$|[^ -~]')"
"""Whether an id may bear the trace of a spreadsheet or a number type."""
PLAIN_ID: Final = "[A-Za-z]{1,12}[0-9]{1,18}"
"""Ids that bear no trace of anything, as most are: told by one short pattern."""
PLAIN_DAY: Final = r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
NO_DAY: Final = f"not regexp_full_match({{0}}, '{PLAIN_DAY.replace('{', '{{').replace('}', '}}')}') limit 1"
"""Whether a column holds anything but days; one of nothing but days in ISO form is taken as it stands."""
REPEATED: Final = ("id", "flag")
"""Kinds of columns, but the key, of which most values stand in many rows."""
TOTALS: Final = "gsrti"
"""How the words begin that is_total knows."""
CLEAN: Final = {
    "date": r"regexp_full_match({0}, '\d{{4}}-\d{{2}}-\d{{2}}T\d{{2}}:\d{{2}}:\d{{2}}Z')",
    "id": f"case when regexp_full_match({{0}}, '{PLAIN_ID.replace('{', '{{').replace('}', '}}')}') then true "
    f"else not ({ID_DAMAGED} or {texts.odd_text('id', '')}) end",
    "flag": "{0} in ('true', 'false')",
    "phone": "not contains({0}, 'E+')",
    "private": "true",
}
"""What must hold in every row of a column for it to be taken as it stands, without a second look; of numbers numbers.clean."""


@dataclass(slots=True)
class Converted:
    """SQL of the rows, of our columns over them, and of the first fault of a row: a problem, or null."""

    rows: str
    columns: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def fault(self) -> str:
        return f"coalesce({', '.join(self.faults)}, null)" if self.faults else "null"


def convert(
    con: duckdb.DuckDBPyConnection,
    mapping: Mapping,
    extract: Extract,
    source: Source,
    table: Table,
    mapped: str,
    given: list[str],
    note: Note,
    tokens: Tokens,
    named: frozenset[str],
) -> Converted:
    """Bring the columns of one file into form. mapped: its rows under our names, as text; given: our columns that it fills; named:
    words to which the mapping gives a meaning.

    Raises InputRefused where a column can be read in two ways.
    """
    columns = [
        Column(
            con,
            mapping,
            source,
            table,
            mapped,
            extract.name,
            name,
            kind_of(extract, name),
            extract.bounds.get(name, NO_BOUND),
            note,
            tokens,
            vocabulary=extract.categories.get(name, ""),
            is_key=name == extract.key,
            named=named,
        )
        for name in extract.columns
    ]
    odd = _odd(con, mapped, [column for column in columns if column.name in given], extract.key)
    done = Converted(mapped)
    if odd.pop("#total", 0):
        total = f'is_total({extract.key}) or is_total("#first")'
        done.faults.append(problem(total, "TOTALS_ROW", extract.key, f'coalesce({extract.key}, "#first")'))
    for column in columns:
        if column.name not in given:
            done.columns[column.name] = "null::varchar"
            continue
        typed = _typed(column) if odd[column.name] else Typed(column.name)
        column.tell_cells()
        if column.name in source.required:
            typed.faults.append(problem(f"{typed.value} is null", "MISSING_VALUE", column.name, "null"))
        done.columns[column.name] = typed.value
        done.faults += typed.faults
    done.rows = layered(mapped, columns)
    return done


def kind_of(extract: Extract, name: str) -> str:
    """What a column of ours holds; `text` when its extract says nothing of it."""
    if name == "phone":
        return "phone"
    kinds = {"date": extract.dates, "id": extract.ids, "number": extract.numbers, "money": extract.money}
    kinds |= {"flag": extract.flags, "private": extract.private, "people": extract.people}
    kinds |= {"category": tuple(extract.categories)}
    return next((kind for kind, names in kinds.items() if name in names), "text")


def _odd(con: duckdb.DuckDBPyConnection, mapped: str, columns: list[Column], key: str) -> dict[str, int]:
    """How many values of each column are not clean, in one look at all rows; `#total`: rows that look like sums. Categories,
    references and other text have few different values: of each it is looked at once."""
    spans = spans_of(con, mapped, (key, "#first"))
    is_summed = any(may_begin(span, TOTALS) for span in spans.values())
    counts = (
        [f'count(*) filter (is_total({key}) or is_total("#first")) as "#total"']
        if is_summed
        else ['0 as "#total"']
    )
    for column in columns:
        name, clean = column.name, _clean(column)
        if clean and (column.is_key or column.kind not in REPEATED):
            counts.append(f"count(*) filter (not ({clean})) as {name}")
        else:
            odd = f"not ({clean})" if clean else texts.odd_text(column.kind, column.vocabulary).format(name)
            different = f"select {name}, count(*) as row_count from {mapped} group by 1"
            counts.append(
                f"(select coalesce(sum(row_count), 0)::bigint from ({different}) where {odd}) as {name}"
            )
    looked = con.execute(f"select {', '.join(counts)} from {mapped}")
    names = [column[0] for column in looked.description or ()]
    odd_counts = dict(zip(names, looked.fetchall()[0], strict=True))
    for column in _with_majority(
        con, mapped, [column for column in columns if column.kind == "id" and not column.is_key]
    ):
        odd_counts[column.name] += 1
    return odd_counts


def _clean(column: Column) -> str:
    """SQL that holds for a value that can be taken as it stands; empty where each different value is looked at."""
    if column.kind in numbers.PLAIN:
        return numbers.clean(column)
    return CLEAN[column.kind].format(column.name) if column.kind in CLEAN else ""


def _with_majority(con: duckdb.DuckDBPyConnection, mapped: str, columns: list[Column]) -> Iterator[Column]:
    """Columns of ids in which one value stands for most of the rows; it is kept with the column."""
    if not columns:
        return
    most = ", ".join(f"approx_top_k({column.name}, 1)[1]" for column in columns)
    found = con.execute(f"select {most} from {mapped}").fetchall()[0]
    same = ", ".join(
        f"count(*) filter ({column.name} = {literal(value or '')}), count({column.name})"
        for column, value in zip(columns, found, strict=True)
    )
    counts = con.execute(f"select {same} from {mapped}").fetchall()[0]
    for column, value, count, filled in zip(columns, found, counts[::2], counts[1::2], strict=True):
        if filled >= texts.MANY and 2 * count > filled:
            column.majority = value
            yield column


def _typed(column: Column) -> Typed:
    """One column that is not clean, by its kind."""
    match column.kind:
        case "private":
            return Typed(column.name)
        case "phone":
            return _phone(column)
        case "people" | "category" | "text":
            return texts.read(column, column.name)
        case "id":
            return _id(column)
        case "number" | "money" if numbers.is_plain(column):
            typed = Typed(column.name)
            numbers.bounded(column, typed)
            return typed
        case "date" if not column.source.date_formats and not column.ask("1", NO_DAY.format(column.name)):
            return Typed(column.name)
    value = column.layer("bare", f"bare({column.name})")
    match column.kind:
        case "date":
            return dates.read(column, value)
        case "number" | "money":
            return numbers.read(column, value)
    typed = Typed(column.layer("truth", f"truth({value})"))
    column.tell_rewritten(typed.value)
    return typed


def _id(column: Column) -> Typed:
    """Ids stay the text they are: only '.0' of a number type is dropped."""
    if not column.ask("1", f"{ID_DAMAGED.format(column.name)} limit 1"):
        return texts.read(column, column.name)
    value = column.layer("bare", f"bare({column.name})")
    shape = column.layer("shape", f"id_shape({value})")
    shapes = column.shapes(shape, value)
    cut = f"left({value}, length({value}) - 2)"
    read = column.layer(
        "read", f"case {shape} when 'point_zero' then {cut} when 'no_number' then null else {value} end"
    )
    typed = texts.read(column, read)
    for name in ("point_zero", "date"):
        if name in shapes:
            seen = shapes[name]
            column.tell(seen.line, f"{seen.count}, as '{clipped(seen.example, 20)}'", "id_format")
    faults = {"exponent": "ID_DAMAGED", "excel_error": "EXCEL_ERROR", "formula": "FORMULA_NO_VALUE"}
    for name, reason in faults.items():
        if name in shapes:
            typed.faults.append(problem(f"{shape} = '{name}'", reason, column.name, value))
    column.tell_rewritten(read)
    return typed


def _phone(column: Column) -> Typed:
    """A number that a spreadsheet made of a telephone number tells nothing: it is taken as missing."""
    count, line = column.ask('count(*), min("#line")', f"contains({column.name}, 'E+')")[0]
    column.tell(line, f"{count} taken as missing", "phone_damaged")
    return Typed(column.layer("read", f"case when not contains({column.name}, 'E+') then {column.name} end"))
