"""Dates of a file: whatever way a column is written in, they become ISO 8601. Local times that do not exist are rejected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Final
from zoneinfo import ZoneInfo

from leadquality.intake.expressions import in_zone, literal
from leadquality.intake.survey import ISO, DateStyle, Seen, date_style
from leadquality.intake.typed import Column, Typed, problem

STAMP: Final = "%Y-%m-%d %H:%M:%S"
DAY: Final = "%Y-%m-%d"
DAYS: Final[dict[str, tuple[str, ...]]] = {
    "dmy": ("%d/%m/%Y", "%d/%m/%y"),
    "mdy": ("%m/%d/%Y", "%m/%d/%y"),
    "year_first": ("%Y/%m/%d",),
    "named": ("%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y"),
    "compact": ("%Y%m%d",),
}
SLASHED: Final = r"regexp_replace({0}, '[.-]', '/', 'g')"
WORDED: Final = r"regexp_replace({0}, '[-., ]+', ' ', 'g')"
SPACED: Final = (
    r"regexp_replace(regexp_replace({0}, '^(\d{{8}})T?(\d\d)(\d\d)(\d\d)', '\1 \2:\3:\4'), "
    r"'^(\d{{8}})T?(\d\d)(\d\d)($|[^\d:])', '\1 \2:\3\4')"
)
TIMED: Final = re.compile(r"%-?[HIMSpfgnzZcX]")
"""What of a declared format tells a time of day: without it the column holds days."""
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
        readings = ", ".join(_declared(value, written) for written in declared)
        value = column.layer("declared", f"coalesce({readings}, {value})")
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
    elif "iso_spelt" in shapes:
        moment = column.layer("moment", _spelt(value, shape))
    else:
        moment = ""
    if moment:
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
        _tell(column, typed.value, shape, column.shapes(shape, typed.value) if moment else shapes)
    _local_times(column, typed, shape)
    return typed


def _declared(value: str, written: str) -> str:
    """SQL of a date in a declared format as ISO text; one without a time of day is a day."""
    form = STAMP if TIMED.search(written) else DAY
    if "%z" in written.lower():
        form += "%z"
    return f"strftime(try_strptime({value}, {literal(written)}), {literal(form)})"


def moments(column: Column, value: str) -> Callable[[str], str]:
    """How SQL makes moments of a column of dates, as a function of what stands for the column. Raises InputRefused as `read`."""
    if declared := column.source.date_formats:
        return lambda text: (
            f"moment(coalesce({', '.join(_declared(text, written) for written in declared)}, {text}))"
        )
    shape = f"date_shape({value})"
    style = _style(column, value, shape, column.shapes(shape, value))
    return lambda text: (
        f"moment({_spelt(text, f'date_shape({text})') if style == 'iso' else _in_iso(text, style)})"
    )


def _spelt(value: str, shape: str) -> str:
    """SQL of a date of ISO form whose time is written in a way of its own, as ISO text."""
    return f"case when {shape} = 'iso_spelt' then left({value}, 10) || stamp_tail({value}) else {value} end"


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
    """SQL of a date as ISO text; null when it is not written in this style, or does not exist. A day without a time stays a day."""
    match style:
        case "serial":
            days = f"try_cast({value} as double)"
            stamp = f"strftime({SERIAL_START} + to_seconds(round({days} * 86400)), {literal(STAMP)})"
            return f"left({stamp}, case when {days} = floor({days}) then 10 else 19 end)"
        case "epoch_seconds" | "epoch_milliseconds":
            factor = 1_000_000 if style == "epoch_seconds" else 1_000
            return f"strftime(make_timestamp((try_cast({value} as decimal(24, 6)) * {factor})::bigint), '%Y-%m-%dT%H:%M:%SZ')"
        case _:
            written = SPACED.format(value) if style == "compact" else value
            spelling = {"named": WORDED, "compact": "{0}"}.get(style, SLASHED).format(f"day_text({written})")
            formats = ", ".join(map(literal, DAYS[style]))
            return f"strftime(try_strptime({spelling}, [{formats}]), {literal(DAY)}) || stamp_tail({written})"


def _tell(column: Column, value: str, shape: str, shapes: dict[str, Seen]) -> None:
    """Note stamps without an offset, dates without a time among stamps, and several offsets."""
    timed = any(name in ISO and name != "iso_day" for name in shapes)
    if timed and "iso_day" in shapes:
        column.tell(shapes["iso_day"].line, f"{shapes['iso_day'].count} without a time of day")
    # The dates of a workbook never carry an offset, so theirs are as they must be.
    if "iso_local" in shapes and column.table.reading.kind != "workbook":
        zone = column.zone or column.mapping.zone
        column.tell(shapes["iso_local"].line, f"{shapes['iso_local'].count} in {zone}")
    if "iso_offset" in shapes:
        offset = rf"regexp_extract({value}, '[+-]\d\d:?\d*$')"
        (count,) = column.ask(f"count(distinct {offset})", f"{shape} = 'iso_offset'")[0]
        if count > 1:
            column.tell(shapes["iso_offset"].line, f"{count} offsets, as {shapes['iso_offset'].example[-6:]}")


def _local_times(column: Column, typed: Typed, shape: str) -> None:
    """The fault of a stamp without an offset in an hour that the clock skips or repeats, on the clock of its zone. A column whose
    stamps all say midnight holds days, and a day is there on every clock."""
    value, zone = typed.value, column.zone or column.mapping.zone
    local = f"{shape} = 'iso_local'"
    years = column.ask(f"min(left({value}, 4))::integer, max(left({value}, 4))::integer", local)[0]
    days = ", ".join(f"'{day}'" for day in changeovers(zone, *years)) if years[0] is not None else ""
    if days and column.ask("1", f"left({value}, 10) in ({days}) and {local} limit 1"):
        midnight = rf"regexp_full_match({value}, '.{{10}}[T ]0?0:00(:00(\.0+)?)?')"
        if not column.ask("1", f"{local} and not {midnight} limit 1"):
            typed.value = column.layer("day", f"case when {local} then left({value}, 10) else {value} end")
            return
        wrong = column.layer(
            "clock",
            f"case when left({value}, 10) in ({days}) and {local} then local_fault({value}, {literal(zone)}) end",
        )
        kept = f" and {wrong} <> 'AMBIGUOUS_TIME'" if column.source.time.ambiguous_hour == "later" else ""
        typed.faults.append(f"problem({wrong} is not null{kept}, {wrong}, '{column.name}', {column.name})")
    if column.zone and years[0] is not None:
        typed.value = column.layer(
            "zoned", f"case when {local} then {in_zone(value, column.zone)} else {value} end"
        )


def changeovers(zone: str, first: int, last: int) -> Iterable[str]:
    """Days between the years (of 1990 to 2100) on which the clocks of a zone are put forward or back."""
    here, a_day = ZoneInfo(zone), dt.timedelta(days=1)
    for year in range(max(first, 1990), min(last, 2100) + 1):
        day = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
        while day.year == year:
            after = day + a_day
            if day.astimezone(here).utcoffset() != after.astimezone(here).utcoffset():
                first_on = day.astimezone(here).date()
                days = (after.astimezone(here).date() - first_on).days
                yield from ((first_on + dt.timedelta(days=step)).isoformat() for step in range(days + 1))
            day = after
