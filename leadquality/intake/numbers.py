"""Numbers and amounts of a file: thousands, decimal marks, currencies and signs become plain figures within their bounds."""

from __future__ import annotations

from typing import Final

from leadquality.contracts import InputRefused
from leadquality.formats import clipped
from leadquality.intake.expressions import CLOCK, in_minutes, in_seconds, literal
from leadquality.intake.survey import decimal_mark
from leadquality.intake.typed import Column, Typed, problem

REASONS: Final = (
    "case {0} when 'not_finite' then 'NOT_FINITE' when 'exponent' then 'NOT_FINITE' when 'excel_error' then 'EXCEL_ERROR' "
    "when 'formula' then 'FORMULA_NO_VALUE' when 'dialed' then 'PHONE_NUMBER' else 'BAD_NUMBER' end"
)
PLAIN: Final = {
    "number": r"-?(\d+|\d+\.\d*[1-9])",
    "money": r"-?\d{1,15}(\.\d{1,2})?",
}
"""Figures that are read as they stand."""
HOURS_OF_A_DAY: Final = 24
LARGER: Final = {"s": "milliseconds", "min": "seconds"}
"""By the unit of a column the one in which its lengths are written where many are a thousand, or sixty, times too long."""
MANY: Final = 0.1
SOME: Final = 0.01
FEW: Final = 3
"""Shares of lengths that are too long to be true: from MANY on the unit is asked for, from SOME on (and FEW of them) it is doubted."""


def clean(column: Column) -> str:
    """SQL that holds for a value that can be taken as it stands: plain figures, fewer of them than the largest number has."""
    low, high = column.limits
    sign, figures = ("-?" if low < 0 else ""), len(str(int(high))) - 1
    decimals = r"(\.\d{1,2})?" if column.kind == "money" else r"(\.\d*[1-9])?"
    return rf"regexp_full_match({column.name}, '{sign}\d{{1,{figures}}}{decimals}')" if figures else "false"


def is_plain(column: Column) -> bool:
    """Are all values plain figures, so that only their bounds are to be looked at?"""
    return not column.ask("1", f"not regexp_full_match({column.name}, '{PLAIN[column.kind]}') limit 1")


def read(column: Column, value: str) -> Typed:
    """Read a column of numbers. Raises InputRefused when its decimal mark or its unit is in doubt."""
    value = column.layer("value", value)
    is_money = column.kind == "money"
    core = column.layer("core", f"number_core({f'unscaled({value})' if is_money else value})")
    shape = column.layer("shape", _shape(column, value, core))
    shapes = column.shapes(shape, value)
    mark = decimal_mark(column.where, shapes, is_money, column.source.number.decimal)
    figures = column.layer("figures", f"number_text({core}, {shape}, {literal(mark)})")
    if is_money:
        scaled = f"try_cast({figures} as decimal(26, 12)) * number_scale({value})::decimal(10, 0)"
        figures = column.layer(
            "scaled", f"case when number_scale({value}) > 1 then ({scaled})::varchar else {figures} end"
        )
        # An amount has two decimals; more of them are the noise of a binary number.
        longer = rf"regexp_matches({figures}, '\.\d{{3,}}$')"
        plain = f"case when {longer} then try_cast({figures} as decimal(18, 2))::varchar else {figures} end"
    else:
        plain = rf"regexp_replace({figures}, '\.0+$', '')"
    if "clock" in shapes:
        _refuse_clock(column, shape, value)
        plain = f"case when {shape} = 'clock' then {_of_clock(column, value)} else {plain} end"
        seen = shapes["clock"]
        column.tell(
            seen.line, f"{seen.count} as a clock, as '{clipped(seen.example, 20)}'", "length_as_clock"
        )
    plain = column.layer("plain", plain)
    typed = Typed(column.layer("read", f"coalesce({plain}, {value})"))
    if is_money:
        typed.faults += _currency(column, value, shape)
    wrong = f"{value} is not null and {plain} is null"
    if column.ask("1", f"{wrong} limit 1"):
        typed.faults.append(f"problem({wrong}, {REASONS.format(shape)}, '{column.name}', {value})")
    column.tell_rewritten(typed.value)
    bounded(column, typed)
    return typed


def bounded(column: Column, typed: Typed) -> None:
    """Add the problem of values beyond the bounds of the column. Raises InputRefused when its unit is in doubt."""
    low, high = column.limits
    number = f"try_cast({typed.value} as double)"
    least, most = column.ask(f"min({number}), max({number})", f"isfinite({number})")[0]
    if least is None:
        return
    _refuse_unit(column, number, typed.value)
    below = "NEGATIVE_AMOUNT" if column.kind == "money" and low == 0 else "OUT_OF_RANGE"
    if least < low:
        typed.faults.append(problem(f"{number} < {low}", below, column.name, typed.value))
    if most > high:
        typed.faults.append(problem(f"{number} > {high}", "OUT_OF_RANGE", column.name, typed.value))


def _shape(column: Column, value: str, core: str) -> str:
    """SQL of how a number is written: number_shape, an amount that is a telephone number, a length on a clock."""
    shape = f"number_shape({core})"
    if column.kind == "money":
        return f"case when is_dialed({value}) then 'dialed' else {shape} end"
    if column.bound.unit and not column.has_unit:
        return f"case when regexp_matches({value}, {literal(CLOCK)}) then 'clock' else {shape} end"
    return shape


def _of_clock(column: Column, value: str) -> str:
    """SQL of a length that is written as on a clock, in the unit of the column."""
    seconds = in_seconds(value, "hh:mm:ss")
    return seconds if column.bound.unit == "s" else in_minutes(seconds)


def _refuse_clock(column: Column, shape: str, value: str) -> None:
    """Ask for the unit of lengths such as 02:11: minutes and seconds where others have hours too, or a day would be too short."""
    places = f"string_split({value}, ':')"
    longest, most, line, example = column.ask(
        f'max(len({places})), max(try_cast({places}[1] as double)), min("#line"), arg_min({value}, "#line")',
        f"{shape} = 'clock'",
    )[0]
    if longest < 3 and most < HOURS_OF_A_DAY:
        raise InputRefused(
            f"{column.where} ({column.extract}.{column.name}), line {line}: '{clipped(example, 20)}' may be minutes and seconds, or "
            f"hours and minutes; say which in the mapping: columns.{column.name} = "
            f'{{ from = "{clipped(column.theirs)}", unit = "hh:mm:ss" }}, or "hh:mm"',
            "AMBIGUOUS_UNIT",
        )


def _refuse_unit(column: Column, number: str, value: str) -> None:
    """Ask for the unit where many lengths are too long for the one of the column; tell where some are."""
    rarely = column.bound.rarely
    if rarely is None or column.has_unit:
        return
    long = f"{number} >= {rarely}"
    every, many, line, example = column.ask(
        f'count(*), count(*) filter ({long}), min("#line") filter ({long}), arg_min({value}, "#line") filter ({long})',
        f"{number} > 0",
    )[0]
    if many < max(FEW, SOME * every):
        return
    unit = LARGER[column.bound.unit]
    what = f"{many:,} of {every:,} lengths are {rarely:,} {column.bound.unit} or more, as '{clipped(example, 20)}'"
    if many < MANY * every:
        column.tell(line, f"{what}; are these {unit}?", "length_in_doubt")
        return
    short = "ms" if column.bound.unit == "s" else "s"
    raise InputRefused(
        f"{column.where} ({column.extract}.{column.name}), line {line}: {what}: are these {unit}? Say the unit in the mapping: "
        f'columns.{column.name} = {{ from = "{clipped(column.theirs)}", unit = "{short}" }}, or "{column.bound.unit}" if they are right',
        "AMBIGUOUS_UNIT",
    )


def _currency(column: Column, value: str, shape: str) -> list[str]:
    """An amount that names another currency than the mapping's is not added up with the others."""
    currency = column.layer(
        "currency",
        f"case when {shape} not in ('excel_error', 'not_finite', 'formula', 'other') then currency_of(unscaled({value})) end",
    )
    found = column.ask(f"distinct {currency}", f"{currency} is not null")
    base = column.mapping.policy.currency
    if base is None and len(found) > 1:
        named = ", ".join(sorted(name for (name,) in found))
        raise InputRefused(
            f"{column.where}: amounts in several currencies ({named}); say which one counts: policy.currency",
            "CURRENCY_MISMATCH",
        )
    if base is None or all(name == base for (name,) in found):
        return []
    return [problem(f"{currency} <> {literal(base)}", "CURRENCY_MISMATCH", column.name, value)]
