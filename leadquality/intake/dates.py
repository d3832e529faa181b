"""Dates of a file: whatever way a column is written in, they become ISO 8601; what no clock shows is a fault."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
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
    value = column.layer("value", value)
    declared = column.source.date_formats
    if declared:
        formats = ", ".join(map(literal, declared))
        value = column.layer(
            "declared", f"coalesce(strftime(try_strptime({value}, [{formats}]), {STAMP}), {value})"
        )
    shape = column.layer("shape", f"date_shape({value})")
    shapes = column.shapes(shape, value)
    style: DateStyle = "iso" if declared else _style(column, value, shape, shapes)
    typed = Typed(value)
    typed.faults += [
        problem(f"{shape} = '{name}'", reason, column.name, value)
        for name, reason in FAULTS.items()
        if name in shapes
    ]
    if style != "iso":
        moment = column.layer("moment", _in_iso(value, style))
        # What is written in another way than the column is not guessed at.
        typed.faults.append(
            problem(f"{value} is not null and {moment} is null", "BAD_DATE", column.name, value)
        )
        typed.value = column.layer("read", f"coalesce({moment}, {value})")
        shape = column.layer("read shape", f"date_shape({typed.value})")
    column.tell_rewritten(typed.value)
    if style == "serial":
        column.tell(
            shapes["serial"].line,
            f"{shapes['serial'].count}, as {shapes['serial'].example}",
            "excel_serial_dates",
        )
    if style == "iso":
        _tell(column, value, shape, shapes)
    typed.faults += _local_times(column, typed.value, shape)
    return typed


def moments(column: Column, value: str) -> Callable[[str], str]:
    """How SQL makes moments of a column of dates, as a function of what stands for the column. Raises InputRefused as `read`."""
    if column.source.date_formats:
        formats = ", ".join(map(literal, column.source.date_formats))
        return lambda text: f"coalesce(try_strptime({text}, [{formats}]), moment({text}))"
    shape = f"date_shape({value})"
    style = _style(column, value, shape, column.shapes(shape, value))
    return lambda text: f"moment({text if style == 'iso' else _in_iso(text, style)})"


def _style(column: Column, value: str, shape: str, shapes: dict[str, Seen]) -> DateStyle:
    first = second = 0
    if {"day_month", "short_year"} & shapes.keys():
        parts = rf"regexp_extract({value}, '^(\d+)[/.-](\d+)', %d)::integer > 12"
        first, second = column.ask(
            f"count(*) filter ({parts % 1}), count(*) filter ({parts % 2})",
            f"{shape} in ('day_month', 'short_year')",
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


def _tell(column: Column, value: str, shape: str, shapes: dict[str, Seen]) -> None:
    """Note stamps without an offset, dates without a time among stamps, and several offsets."""
    timed = any(name in ISO and name != "iso_day" for name in shapes)
    if timed and "iso_day" in shapes:
        column.tell(shapes["iso_day"].line, f"{shapes['iso_day'].count} without a time of day")
    # The dates of a workbook never carry an offset, so theirs are as they must be.
    if "iso_local" in shapes and column.table.reading.kind != "workbook":
        column.tell(shapes["iso_local"].line, f"{shapes['iso_local'].count} in {column.mapping.zone}")
    if "iso_offset" in shapes:
        offset = rf"regexp_extract({value}, '[+-]\d\d:?\d*$')"
        (count,) = column.ask(f"count(distinct {offset})", f"{shape} = 'iso_offset'")[0]
        if count > 1:
            column.tell(shapes["iso_offset"].line, f"{count} offsets, as {shapes['iso_offset'].example[-6:]}")


def _local_times(column: Column, value: str, shape: str) -> list[str]:
    """The fault of a stamp without an offset in an hour that the clock skips or repeats."""
    zone = column.mapping.zone
    local = f"{shape} = 'iso_local'"
    years = column.ask(f"min(left({value}, 4))::integer, max(left({value}, 4))::integer", local)[0]
    days = ", ".join(f"'{day}'" for day in changeovers(zone, *years)) if years[0] is not None else ""
    if not days or not column.ask("1", f"left({value}, 10) in ({days}) and {local} limit 1"):
        return []
    wrong = column.layer(
        "clock",
        f"case when left({value}, 10) in ({days}) and {local} then local_fault({value}, {literal(zone)}) end",
    )
    kept = " and {wrong} <> 'AMBIGUOUS_TIME'" if column.source.time.ambiguous_hour == "later" else ""
    return [
        f"problem({wrong} is not null{kept.format(wrong=wrong)}, {wrong}, '{column.name}', {column.name})"
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
