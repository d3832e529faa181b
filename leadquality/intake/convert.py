"""From the text of a file to text that the staging rules can read: dates in ISO form, plain numbers, ids as they were given.

A column that is clean in every row is taken as it stands. What cannot be brought into form stays as it is and gets a fault;
what was rewritten is noted, with its count and an example.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import duckdb

from leadquality.catalogue import Bound, Extract
from leadquality.formats import clipped
from leadquality.intake import dates, numbers
from leadquality.intake.declared import LONE
from leadquality.intake.expressions import literal
from leadquality.intake.files import Table
from leadquality.intake.mapping import Mapping, Source
from leadquality.intake.typed import Column, Note, Typed, layered, problem

CLEAN: Final = {
    "date": r"regexp_full_match({0}, '\d{{4}}-\d{{2}}-\d{{2}}T\d{{2}}:\d{{2}}:\d{{2}}Z')",
    "id": r"not regexp_matches({0}, '\.0$|E\+|^[#=]|^\d+-...$|^...-\d\d$|\)$|[^ -~]')",
    "flag": "{0} in ('true', 'false')",
    "phone": "not contains({0}, 'E+')",
    "text": "{0} not in ({1})",
    "name": "true",
}
"""What must hold in every row of a column for it to be taken as it stands, without a second look; of numbers numbers.clean."""
NO_BOUND: Final = Bound("0", "0")


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
) -> Converted:
    """Bring the columns of one file into form. mapped: its rows under our names, as text; given: our columns that it fills.

    Raises InputRefused where a column can be read in two ways.
    """
    markers = ", ".join(map(literal, source.read.null_markers)) or "''"
    columns = [
        Column(con, mapping, source, table, mapped, extract.name, name, kind_of(extract, name), bound, note)
        for name, bound in ((name, extract.bounds.get(name, NO_BOUND)) for name in extract.columns)
    ]
    odd = _odd(con, mapped, [column for column in columns if column.name in given], extract.key, markers)
    done = Converted(mapped)
    if odd.pop("#total", 0):
        total = f'is_total({extract.key}) or is_total("#first")'
        done.faults.append(problem(total, "TOTALS_ROW", extract.key, f'coalesce({extract.key}, "#first")'))
    for column in columns:
        if column.name not in given:
            done.columns[column.name] = "null::varchar"
            continue
        typed = _typed(column, markers) if odd[column.name] else Typed(column.name)
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
    kinds |= {"flag": extract.flags, "name": extract.names}
    return next((kind for kind, names in kinds.items() if name in names), "text")


def _odd(
    con: duckdb.DuckDBPyConnection, mapped: str, columns: list[Column], key: str, markers: str
) -> dict[str, int]:
    """How many values of each column are not clean, in one look at all rows; `#total`: rows that look like sums."""
    counts = [f"count(*) filter (not ({_clean(column, markers)}))" for column in columns]
    counts.append(f'count(*) filter (is_total({key}) or is_total("#first"))')
    found = con.sql(f"select {', '.join(counts)} from {mapped}").fetchall()[0]
    return dict(zip([*(column.name for column in columns), "#total"], found, strict=True))


def _clean(column: Column, markers: str) -> str:
    """SQL that holds for a value that can be taken as it stands."""
    if column.kind in numbers.PLAIN:
        return numbers.clean(column)
    return CLEAN[column.kind].format(column.name, markers)


def _typed(column: Column, markers: str) -> Typed:
    """One column that is not clean, by its kind."""
    if column.kind == "name":
        return Typed(column.name)
    if column.kind == "phone":
        return _phone(column)
    if column.kind in numbers.PLAIN and numbers.is_plain(column):
        typed = Typed(column.name)
        numbers.bounded(column, typed)
        return typed
    value = column.name if column.kind == "text" else column.layer("bare", f"bare({column.name})")
    if column.kind != "id":
        value = _without_markers(column, value, markers)
    match column.kind:
        case "date":
            return dates.read(column, value)
        case "number" | "money":
            return numbers.read(column, value)
        case "id":
            return _id(column, value)
        case "flag":
            typed = Typed(column.layer("truth", f"truth({value})"))
            column.tell_rewritten(typed.value)
            return typed
    return Typed(value)


def _without_markers(column: Column, value: str, markers: str) -> str:
    """The value, with what stands for nothing taken as missing; the markers found are told with their counts."""
    found = column.ask(f'{value}, count(*), min("#line")', f"{value} in ({markers}) group by 1 order by 1")
    lone = column.kind == "text" and len(found) == 1 and found[0][0] in LONE and found[0][1] == 1
    if not found or lone:
        return value
    told = ", ".join(f"{count} '{clipped(marker, 20)}'" for marker, count, _ in found)
    column.tell(min(line for *_, line in found), f"missing: {told}")
    return column.layer("given", f"case when {value} in ({markers}) then null else {value} end")


def _id(column: Column, value: str) -> Typed:
    """Ids stay the text they are: only '.0' of a number type is dropped."""
    shape = column.layer("shape", f"id_shape({value})")
    shapes = column.shapes(shape, value)
    cut = f"left({value}, length({value}) - 2)"
    typed = Typed(
        column.layer(
            "read", f"case {shape} when 'point_zero' then {cut} when 'no_number' then null else {value} end"
        )
    )
    for name in ("point_zero", "date"):
        if name in shapes:
            seen = shapes[name]
            column.tell(seen.line, f"{seen.count}, as '{clipped(seen.example, 20)}'", "id_format")
    faults = {"exponent": "ID_DAMAGED", "excel_error": "EXCEL_ERROR", "formula": "FORMULA_NO_VALUE"}
    for name, reason in faults.items():
        if name in shapes:
            typed.faults.append(problem(f"{shape} = '{name}'", reason, column.name, value))
    column.tell_rewritten(typed.value)
    return typed


def _phone(column: Column) -> Typed:
    """A number that a spreadsheet made of a telephone number tells nothing: it is taken as missing."""
    count, line = column.ask('count(*), min("#line")', f"contains({column.name}, 'E+')")[0]
    column.tell(line, f"{count} taken as missing", "phone_damaged")
    return Typed(column.layer("read", f"case when not contains({column.name}, 'E+') then {column.name} end"))
