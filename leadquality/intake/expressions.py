"""From what a mapping says of a column to the SQL that reads it; every value stays text until the staging rules judge it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from leadquality.contracts import InputRefused
from leadquality.formats import clipped, fold, shown
from leadquality.intake.columns import Column, Condition, Exclusion, Form, OtherThan, Rule, SameDay, Unit

RECORD = '"#record"'
LINE = '"#line"'
"""The number of a row and the line it stands on, beside the columns of a file in its view."""
CLOCK = r"^\d+:\d{1,2}(:\d{1,2}(\.\d+)?)?$"
NO_TIME = (
    r"^(.*\d)[T ](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?[Aa][Mm])(?:[Zz]|\+00(?::?00)?)? "
    r"(?:(?:1899-12-3[01]|1900-01-0[01])[T ])?(\d{1,2}:\d{2}.*)$"
)
CLOCK_BEHIND = r"\1 \2"
"""A day that a spreadsheet or database wrote with midnight, before a time of day (perhaps with the day from which it counts)."""
LOCAL = r":\d{2}(\.\d+)?$"
"""How a stamp ends that carries a time of day and no offset."""


def quoted(name: str) -> str:
    """A name from a file as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A value from a mapping as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def near(name: str, names: tuple[str, ...]) -> str:
    """` (did you mean '...'?)` when one of the names is close, else nothing. A suggestion, never taken."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f" (did you mean '{clipped(close[0])}'?)" if close else ""


def spelt(name: str, header: tuple[str, ...], file: str) -> str | None:
    """The column of the header that a name means: exactly, else alike but for case, blanks, dashes and underscores.

    None when there is none. Raises InputRefused when several are alike.
    """
    if name in header:
        return name
    alike = [column for column in header if fold(column) == fold(name)]
    if len(alike) > 1:
        raise InputRefused(
            f"{shown(file)}: columns {listed(tuple(alike))} may all be '{clipped(name)}'; name the one that is meant in the mapping",
            "DUPLICATE_COLUMN",
        )
    return alike[0] if alike else None


def listed(header: tuple[str, ...]) -> str:
    """The names of a header for a message."""
    return clipped(", ".join(header), 2000)


@dataclass(frozen=True, slots=True)
class Names:
    """Where a name of the mapping stands: among the file's own columns, else as `lookup.column` in one of its lookups,
    else as `ours.column`, what one of our columns came to.

    lookups maps each lookup to the name and the header of its file; ours holds SQL; line is where the header stands; tidy are own
    columns in which no value is blank or has a blank at an end.
    """

    file: str
    header: tuple[str, ...]
    lookups: Mapping[str, tuple[str, tuple[str, ...]]]
    ours: Mapping[str, str]
    line: int = 1
    tidy: frozenset[str] = frozenset()

    def text(self, name: str, what: str) -> str:
        """The name as SQL of its value without surrounding space; blank is null. Raises InputRefused like `sql`."""
        found = self.sql(name, what)
        return found if spelt(name, self.header, self.file) in self.tidy else text(found)

    def sql(self, name: str, what: str) -> str:
        """The name as SQL. Raises InputRefused; `what` says what it is wanted for."""
        stands = spelt(name, self.header, self.file)
        if stands is not None:
            return f"raw.{quoted(stands)}"
        lookup, _, column = name.partition(".")
        if lookup == "ours":
            if column not in self.ours:
                raise InputRefused(
                    f"mapping, {self.file} {what}: 'ours.{column}' is none of our columns that stand on their own"
                )
            return self.ours[column]
        if lookup in self.lookups:
            return self.looked_up(lookup, column, what)
        raise InputRefused(
            f"{shown(self.file)}, line {self.line}: column '{clipped(name)}' {what} is missing{near(name, self.header)}; "
            f"the header has {listed(self.header)}",
            "MISSING_COLUMN",
        )

    def looked_up(self, lookup: str, column: str, what: str) -> str:
        """A column of a lookup as SQL. Raises InputRefused."""
        if lookup not in self.lookups:
            raise InputRefused(f"mapping, {self.file} {what}: no lookup '{lookup}'; declare it under lookups")
        file, header = self.lookups[lookup]
        stands = spelt(column, header, file)
        if stands is None:
            raise InputRefused(
                f"{file}: column '{clipped(column)}' {what} is missing{near(column, header)}",
                "MISSING_COLUMN",
            )
        return f"{quoted('lookup ' + lookup)}.{quoted(stands)}"


def text(expression: str) -> str:
    """The value without surrounding space; blank is null."""
    return f"nullif(trim({expression}), '')"


def value(names: Names, column: str | Column, what: str) -> str:
    """SQL for one of our columns. Raises InputRefused for a name that stands nowhere."""
    if isinstance(column, str):
        return names.text(column, what)
    found = shaped(column, place(names, column, what))
    return f"case when {condition(names, column.when, what)} then {found} end" if column.when else found


def stands(sql: Callable[..., object], *of: object) -> bool:
    """Whether the names stand, in the file and its lookups, that SQL is made of."""
    try:
        sql(*of)
    except InputRefused as refusal:
        if refusal.code != "MISSING_COLUMN":
            raise
        return False
    return True


def present(names: Names, column: Column, what: str) -> Column | None:
    """A column that a file may lack, as far as it is there: of several places those that stand. None: it is not."""
    parts = [part for part in column.first_of if stands(value, names, part, what)]
    if column.first_of:
        column = column.model_copy(update={"first_of": parts})
    return column if (parts or not column.first_of) and stands(value, names, column, what) else None


def place(names: Names, column: Column, what: str) -> str:
    """The value where the mapping says it stands, before unit, zone and form."""
    if column.from_ is not None:
        return names.text(column.from_, what)
    if column.lookup is not None and column.column is not None:
        return text(names.looked_up(column.lookup, column.column, what))
    if column.first_of:
        return f"coalesce({', '.join(value(names, part, what) for part in column.first_of)}, null)"
    if column.joined:
        side_by_side = f"concat_ws(' ', {', '.join(text(names.sql(part, what)) for part in column.joined)})"
        return text(f"regexp_replace({side_by_side}, {literal(NO_TIME)}, {literal(CLOCK_BEHIND)})")
    if column.seconds_between:
        start, end = (text(names.sql(part, what)) for part in column.seconds_between)
        return f"seconds_between({start}, {end})"
    if column.row is not None:
        return f'{literal(column.row)} || raw."#record"'
    if isinstance(column.stand_in, Column):
        return value(names, column.stand_in, what)
    return literal(column.constant or column.stand_in or "")


def shaped(column: Column, found: str) -> str:
    if column.unit is not None:
        found = in_seconds(found, column.unit)
    if column.zone is not None:
        is_local = f"regexp_matches({found}, {literal(LOCAL)})"
        found = f"case when {is_local} then coalesce({in_zone(found, column.zone)}, {found}) else {found} end"
    return in_form(found, column.form)


def in_zone(found: str, zone: str) -> str:
    """SQL of an ISO stamp on the clock of a zone, as text in UTC; null when it is none."""
    moved = f"timezone('UTC', timezone({literal(zone)}, try_cast({found} as timestamp)))"
    return f"strftime({moved}, '%Y-%m-%d %H:%M:%S.%g+00')"


def in_seconds(found: str, unit: Unit) -> str:
    """Seconds (or, of an epoch, the moment with its offset) as text; what cannot be read stays, so that its row is refused."""
    number = f"try_cast({found} as decimal(18, 3))"
    clock = f"list_transform(string_split({found}, ':'), lambda part: try_cast(part as bigint))"
    match unit:
        case "s":
            return found
        case "ms":
            read = _figures(f"{number} / 1000")
        case "min":
            read = _figures(f"{number} * 60")
        case "epoch s" | "epoch ms":
            factor = 1000 if unit == "epoch s" else 1
            read = f"strftime(epoch_ms(({number} * {factor})::bigint), '%Y-%m-%d %H:%M:%S.%g+00')"
        case _:
            units = (3600, 60, 1) if unit == "hh:mm:ss" else (3600, 60, 0)
            minutes = (60, 1, 0) if unit == "hh:mm:ss" else units
            three, two = (
                " + ".join(f"{clock}[{at}] * {factor}" for at, factor in enumerate(factors, 1) if factor)
                for factors in (units, minutes)
            )
            read = (
                f"case when regexp_matches({found}, {literal(CLOCK)}) then (case when len({clock}) = 3 "
                f"then {three} else {two} end)::varchar end"
            )
    return f"coalesce({read}, {found})"


def in_minutes(found: str) -> str:
    """Minutes as text, from seconds as text; what cannot be read stays."""
    return f"coalesce({_figures(f'try_cast({found} as decimal(18, 3)) / 60')}, {found})"


def _figures(number: str) -> str:
    """A number as text, without decimals that are none."""
    return rf"regexp_replace(({number})::varchar, '\.0+$', '')"


def in_form(found: str, form: Form | None) -> str:
    """One spelling of an id that a vendor writes in several."""
    if form == "salesforce id":
        return f"case when regexp_matches({found}, '^[A-Za-z0-9]{{18}}$') then left({found}, 15) else {found} end"
    if form == "zoho id":
        return f"regexp_replace({found}, '^zcrm_', '')"
    return f"fold({found})" if form == "text" else found


def condition(names: Names, when: Mapping[str, Condition], what: str) -> str:
    """All conditions as one SQL expression that is never null."""
    parts = []
    for name, wanted in when.items():
        found = text(names.sql(name, what))
        if isinstance(wanted, SameDay):
            other = text(names.sql(wanted.same_day_as, what))
            parts.append(f"coalesce(moment({found})::date = moment({other})::date, false)")
        elif isinstance(wanted, OtherThan):
            parts.append(f"not {one_of(found, wanted.other_than)}")
        elif isinstance(wanted, str):
            parts.append(f"{found} is {'not ' if wanted else ''}null")
        else:
            parts.append(one_of(found, wanted))
    return f"({' and '.join(parts) or 'true'})"


def one_of(found: str, words: list[str]) -> str:
    listed = ", ".join(f"coalesce(fold({literal(word)}), '')" for word in words)
    return f"(coalesce(fold({found}), '') in ({listed or literal('')}))"


def decided(names: Names, rules: list[Rule], otherwise: str, what: str) -> str:
    """The first rule that fits decides; none fits: `otherwise`."""
    branches = " ".join(
        f"when {condition(names, rule.when, what)} then {literal(rule.then)}" for rule in rules
    )
    return f"case {branches} else {otherwise} end" if branches else otherwise


def translated(found: str, words: Mapping[str, list[str]]) -> str:
    """Their words to ours; a word without an entry stays as it is. Those listed under "" say nothing: null."""
    branches = " ".join(
        f"when {one_of(found, theirs)} then {literal(ours) if ours else 'null'}"
        for ours, theirs in words.items()
        if theirs
    )
    return f"case {branches} else {found} end" if branches else found


def excluded(names: Names, rules: Mapping[str, Exclusion], order: Mapping[str, str]) -> str:
    """The name of the first exclusion that fits a row, or null. order: by exclusion, SQL of what the row that stays has most of."""
    branches = ""
    for name, rule in rules.items():
        before = f"case{branches} end" if branches else "null"
        branches += f" when {fits(names, name, rule, order.get(name), before)} then {literal(name)}"
    return f"case{branches} end" if branches else "null"


def fits(names: Names, name: str, rule: Exclusion, most: str | None, before: str) -> str:
    """SQL of whether an exclusion fits a row. before: the exclusion before it that fits: such a row is not the one that stays."""
    what = f"of exclusion '{name}'"
    if rule.when:
        return condition(names, rule.when, what)
    if rule.column is not None:
        found = text(names.sql(rule.column, what))
        return one_of(found, rule.values) if rule.values else f"not {one_of(found, rule.values_other_than)}"
    keys = repeated(names, rule, what)
    is_keyed = " and ".join(f"{key} is not null" for key in keys)
    order = f'{most} desc nulls last, raw."#record"' if most else 'raw."#record"'
    window = f"partition by {', '.join(keys)}, ({before}) is null order by {order}"
    return f"({is_keyed} and row_number() over ({window}) > 1)"


def repeated(names: Names, rule: Exclusion, what: str) -> list[str]:
    """SQL of the columns in which rows that repeat each other are equal."""
    named = [[part] if isinstance(part, str) else part.first_of for part in rule.repeats]
    return [f"coalesce({', '.join(text(names.sql(name, what)) for name in part)}, null)" for part in named]
