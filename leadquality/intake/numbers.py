"""Numbers and amounts of a file: thousands, decimal marks, currencies and signs become plain figures."""

from __future__ import annotations

from leadquality.contracts import InputRefused
from leadquality.intake.expressions import literal
from leadquality.intake.survey import decimal_mark
from leadquality.intake.typed import Column, Typed, problem

REASONS = (
    "case {0} when 'not_finite' then 'NOT_FINITE' when 'exponent' then 'NOT_FINITE' when 'excel_error' then 'EXCEL_ERROR' "
    "when 'formula' then 'FORMULA_NO_VALUE' else 'BAD_NUMBER' end"
)


def read(column: Column, value: str) -> Typed:
    """Read a column of numbers. Raises InputRefused when its decimal mark is in doubt."""
    value = column.layer("value", value)
    core = column.layer("core", f"number_core({value})")
    shape = column.layer("shape", f"number_shape({core})")
    shapes = column.shapes(shape, value)
    is_money = column.kind == "money"
    mark = decimal_mark(column.where, shapes, is_money, column.source.number.decimal)
    figures = column.layer("figures", f"number_text({core}, {shape}, {literal(mark)})")
    if is_money:
        # An amount has two decimals; more of them are the noise of a binary number.
        longer = rf"regexp_matches({figures}, '\.\d{{3,}}$')"
        plain = f"case when {longer} then try_cast({figures} as decimal(18, 2))::varchar else {figures} end"
    else:
        plain = rf"regexp_replace({figures}, '\.0+$', '')"
    plain = column.layer("plain", plain)
    typed = Typed(column.layer("read", f"coalesce({plain}, {value})"))
    if is_money:
        typed.faults += _currency(column, value, shape)
    wrong = f"{value} is not null and {plain} is null"
    if column.ask("1", f"{wrong} limit 1"):
        typed.faults.append(f"problem({wrong}, {REASONS.format(shape)}, '{column.name}', {value})")
    column.tell_rewritten(typed.value)
    return typed


def _currency(column: Column, value: str, shape: str) -> list[str]:
    """An amount that names another currency than the mapping's is not added up with the others."""
    currency = column.layer(
        "currency",
        f"case when {shape} not in ('excel_error', 'not_finite', 'formula', 'other') then currency_of({value}) end",
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
