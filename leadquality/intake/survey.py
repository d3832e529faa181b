"""How the dates and numbers of a column are written: decided over the whole column, asked where it can be read in two ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from leadquality.contracts import InputRefused
from leadquality.formats import clipped

ISO: Final = ("iso_utc", "iso_offset", "iso_local", "iso_day", "iso_spelt")
NO_DATE: Final = ("other", "excel_error", "formula", "day_zero", "zone_name")
"""Shapes that say nothing of how the other values of the column are written."""

Order = Literal["dmy", "mdy"]
DateStyle = Literal[
    "iso", "dmy", "mdy", "year_first", "named", "compact", "serial", "epoch_seconds", "epoch_milliseconds"
]


@dataclass(frozen=True, slots=True)
class Seen:
    """Values of one shape in a column: how many, the line of the first, and one of them."""

    count: int
    line: int
    example: str


def date_style(
    where: str,
    shapes: Mapping[str, Seen],
    days_first: int,
    days_second: int,
    declared: Order | None,
    century: bool,
) -> DateStyle:
    """The one way in which the dates of a column are written.

    days_first and days_second: of dates such as 13/02/2026, how many have a number above 12 in the first and in the second
    place. Raises InputRefused with the question and the key of the mapping that answers it.
    """
    found = {name: seen for name, seen in shapes.items() if name not in NO_DATE}
    iso = sum(seen.count for name, seen in found.items() if name in ISO)
    others = {name: seen for name, seen in found.items() if name not in ISO}
    if not others or sum(seen.count for seen in others.values()) <= iso:
        return "iso"
    kinds = {_kind(name) for name in others} | ({"iso"} if iso else set())
    if len(kinds) > 1:
        shown = ", ".join(f"'{clipped(seen.example, 30)}' (line {seen.line})" for seen in found.values())
        raise InputRefused(
            f"{where}: dates are written in several ways ({shown}); export the column in one date format, "
            "or declare all of them: date_formats",
            "MIXED_DATE_FORMAT",
        )
    kind = kinds.pop()
    seen = next(iter(others.values()))
    if kind == "short_year" and not century:
        raise InputRefused(
            f"{where}, line {seen.line}: '{clipped(seen.example, 30)}' has a year of two digits; export it with four, "
            'or declare the format: date_formats, as in ["%d/%m/%y"]',
            "BAD_DATE",
        )
    if kind in ("day_month", "short_year"):
        return _order(where, seen, days_first, days_second, declared)
    styles: dict[str, DateStyle] = {
        "named": "named",
        "year_first": "year_first",
        "compact": "compact",
        "serial": "serial",
        "epoch_seconds": "epoch_seconds",
        "epoch_milliseconds": "epoch_milliseconds",
    }
    return styles[kind]


def _kind(shape: str) -> str:
    return "named" if shape in ("day_name", "name_day") else shape


def _order(where: str, seen: Seen, days_first: int, days_second: int, declared: Order | None) -> Order:
    if days_first and days_second:
        raise InputRefused(
            f"{where}: some dates have the day first and some the month ('{clipped(seen.example, 30)}', line {seen.line}, and others): "
            "no order fits all; export the column again in one date format",
            "MIXED_DATE_FORMAT",
        )
    if declared is not None:
        return declared
    if days_first or days_second:
        return "dmy" if days_first else "mdy"
    raise InputRefused(
        f"{where}, line {seen.line}: the date '{clipped(seen.example, 30)}' may have the day first or the month; "
        'say which: time.date_order = "dmy" or "mdy"',
        "AMBIGUOUS_DATE",
    )


def decimal_mark(
    where: str, shapes: Mapping[str, Seen], is_money: bool, declared: Literal[".", ","] | None
) -> Literal[".", ","]:
    """The decimal mark of a column of numbers. Raises InputRefused when it cannot be told, or is not one.

    Only an amount such as 1.234 is taken to be in doubt: seconds and scores have three decimals where somebody measured them.
    """
    point, comma = shapes.get("point_decimal"), shapes.get("comma_decimal")
    if declared is not None:
        return declared
    if point and comma:
        raise InputRefused(
            f"{where}: numbers are written in two formats ('{clipped(point.example, 30)}', line {point.line}; "
            f"'{clipped(comma.example, 30)}', line {comma.line}); export the column in one format",
            "MIXED_NUMBER_FORMAT",
        )
    if point or comma:
        return "." if point else ","
    doubt = shapes.get("comma_three") or (shapes.get("point_three") if is_money else None)
    if doubt is None:
        return "."
    raise InputRefused(
        f"{where}, line {doubt.line}: '{clipped(doubt.example, 30)}' may have a decimal mark or one of thousands; "
        'say which: number.decimal = "." or ","',
        "AMBIGUOUS_NUMBER",
    )
