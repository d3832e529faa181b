"""Dates of a file: whatever way a column is written in, they become ISO 8601; what no clock shows is a fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from leadquality.intake.expressions import literal
from leadquality.intake.survey import ISO, DateStyle, Seen, date_style
from leadquality.intake.typed import Column, Typed, problem

STAMP: Final = "'%Y-%m-%d %H:%M:%S'"
TIMES: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
DAYS: Final[dict[str, tuple[str, ...]]] = {
    "dmy": ("%d/%m/%Y", "%d/%m/%y"),
    "mdy": ("%m/%d/%Y", "%m/%d/%y"),
    "year_first": ("%Y/%m/%d",),
    "named": ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y"),
}
SLASHED: Final = (
    r"regexp_replace(regexp_replace({0}, '[T,]+ *', ' ', 'g'), '^(\d+)[.-](\d+)[.-](\d+)', '\1/\2/\3')"
)
WORDED: Final = r"regexp_replace(regexp_replace({0}, '[-.,]+ *', ' ', 'g'), ' +', ' ', 'g')"
SERIAL_START: Final = "timestamp '1899-12-30'"
FAULTS: Final = {
    "zone_name": "AMBIGUOUS_ZONE",
    "day_zero": "DATE_RANGE",
    "excel_error": "EXCEL_ERROR",
    "formula": "FORMULA_NO_VALUE",
}


def read(column: Column, value: str) -> Typed:
    """Read a column of dates. Raises InputRefused when it is written in ways that contradict each other or leave it open."""
    declared = column.source.date_formats
    if declared:
        formats = ", ".join(map(literal, declared))
        value = f"coalesce(strftime(try_strptime({value}, [{formats}]), {STAMP}), {value})"
    shapes = column.shapes(f"date_shape({value})", value)
    style: DateStyle = "iso" if declared else _style(column, value, shapes)
    read_as = value if style == "iso" else f"coalesce({_in_iso(value, style)}, {value})"
    typed = Typed(read_as)
    shape = f"date_shape({value})"
    typed.faults += [
        problem(f"{shape} = '{name}'", reason, column.name, value)
        for name, reason in FAULTS.items()
        if name in shapes
    ]
    if style != "iso":
        # What is written in another way than the column is not guessed at.
        typed.faults.append(
            problem(
                f"{value} is not null and ({_in_iso(value, style)}) is null", "BAD_DATE", column.name, value
            )
        )
    column.tell_rewritten(read_as)
    if style == "serial":
        seen = shapes["serial"]
        column.note(
            "excel_serial_dates", seen.line, f"{column.name}: {seen.count} values such as {seen.example}"
        )
    if style == "iso":
        _tell(column, value, shapes)
    if not style.startswith("epoch"):
        typed.faults += _local_times(column, read_as)
    return typed


def _style(column: Column, value: str, shapes: dict[str, Seen]) -> DateStyle:
    first = second = 0
    if {"day_month", "short_year"} & shapes.keys():
        parts = rf"regexp_extract({value}, '^(\d+)[/.-](\d+)', %d)::integer > 12"
        first, second = column.ask(
            f"count(*) filter ({parts % 1}), count(*) filter ({parts % 2})",
            f"date_shape({value}) in ('day_month', 'short_year')",
        )[0]
    time = column.source.time
    return date_style(column.where, shapes, first, second, time.date_order, time.century is not None)


def _in_iso(value: str, style: DateStyle) -> str:
    """SQL of a date as ISO text; null when it is not written in this style, or does not exist."""
    match style:
        case "serial":
            days = f"try_cast({value} as double)"
            return f"strftime({SERIAL_START} + to_seconds(round({days} * 86400)), {STAMP})"
        case "epoch_seconds" | "epoch_milliseconds":
            factor = 1_000_000 if style == "epoch_seconds" else 1_000
            return f"strftime(make_timestamp((try_cast({value} as decimal(24, 6)) * {factor})::bigint), '%Y-%m-%dT%H:%M:%SZ')"
        case "compact":
            formats = [f"%Y%m%d{time}" for time in ("", "T%H%M", "T%H%M%S", "%H%M", "%H%M%S", "T%H%M%SZ")]
            return f"strftime(try_strptime({value}, [{', '.join(map(literal, formats))}]), {STAMP})"
        case _:
            formats = [day + time for day in DAYS[style] for time in TIMES]
            spelling = (WORDED if style == "named" else SLASHED).format(value)
            return f"strftime(try_strptime({spelling}, [{', '.join(map(literal, formats))}]), {STAMP})"


def _tell(column: Column, value: str, shapes: dict[str, Seen]) -> None:
    """Note stamps without an offset, dates without a time among stamps, and several offsets."""
    zone = column.mapping.zone
    timed = sum(seen.count for name, seen in shapes.items() if name in ISO and name != "iso_day")
    if timed and "iso_day" in shapes:
        seen = shapes["iso_day"]
        told = f"{column.name}: {seen.count} dates without a time, read as their first moment"
        column.note("values_rewritten", seen.line, told)
    # The dates of a workbook never carry an offset, so theirs are as they must be.
    if "iso_local" in shapes and column.table.reading.kind != "workbook":
        seen = shapes["iso_local"]
        column.note(
            "values_rewritten",
            seen.line,
            f"{column.name}: {seen.count} stamps without an offset, read in {zone}",
        )
    if "iso_offset" in shapes:
        offset = rf"regexp_extract({value}, '[+-]\d\d:?\d*$')"
        (count,) = column.ask(f"count(distinct {offset})", f"date_shape({value}) = 'iso_offset'")[0]
        if count > 1:
            line = shapes["iso_offset"].line
            column.note("values_rewritten", line, f"{column.name}: {count} offsets, brought into {zone}")


def _local_times(column: Column, value: str) -> list[str]:
    """The fault of a stamp without an offset in an hour that the clock skips or repeats."""
    zone = column.mapping.zone
    local = f"date_shape({value}) = 'iso_local'"
    years = column.ask(f"min(left({value}, 4))::integer, max(left({value}, 4))::integer", local)[0]
    days = ", ".join(f"'{day}'" for day in changeovers(zone, *years)) if years[0] is not None else ""
    if not days or not column.ask("1", f"left({value}, 10) in ({days}) and {local} limit 1"):
        return []
    wrong = f"local_fault({value}, {literal(zone)})"
    if column.source.time.ambiguous_hour == "later":
        wrong = f"nullif({wrong}, 'AMBIGUOUS_TIME')"
    on_those_days = f"left({value}, 10) in ({days}) and {local}"
    return [
        f"case when {on_those_days} then problem({wrong} is not null, {wrong}, '{column.name}', {column.name}) end"
    ]


def changeovers(zone: str, first: int, last: int) -> Iterable[str]:
    """Days between the years (of 1990 to 2100) on which the clocks of a zone are put forward or back."""
    here, hour = ZoneInfo(zone), dt.timedelta(hours=1)
    for year in range(max(first, 1990), min(last, 2100) + 1):
        day = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
        while day.year == year:
            after = day + 24 * hour
            if day.astimezone(here).utcoffset() != after.astimezone(here).utcoffset():
                moments = (day + step * hour for step in range(25))
                yield from sorted({moment.astimezone(here).date().isoformat() for moment in moments})
            day = after
