"""Joins between the files of a folder: lookups by a key, leads by their telephone number; and how many rows each finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import duckdb

from leadquality.contracts import InputRefused
from leadquality.intake.columns import Dated, Lookup, Person
from leadquality.intake.expressions import LINE, Names, in_form, literal, near, quoted, text, value
from leadquality.intake.files import Table
from leadquality.intake.mapping import Source

JOIN_RATES: Final = (
    "create table if not exists join_rates (extract varchar, file varchar, lookup varchar, other_file varchar, row_count bigint, "
    "asked_count bigint, found_count bigint, several_count bigint, many varchar, is_rare boolean)"
)
"""asked: rows with a value to look up; found: of these, rows with a match; several: rows that more than one row fits."""


UNMATCHED: Final = (
    "create table if not exists unmatched_lookups "
    "(extract varchar, file varchar, line bigint, lookup_file varchar, found varchar)"
)
"""Values that the file they refer to does not know: their row stays, the looked-up columns are unknown."""


def join(names: Names, name: str, lookup: Lookup, found: Table, dated: Table | None, raw: str) -> str:
    """SQL that joins one lookup as `lookup <name>`, at most one row to each of ours. Raises InputRefused."""
    for column in (lookup.key, lookup.split.column if lookup.split else lookup.key):
        _standing(column, found, name)
    by = in_form(text(names.sql(lookup.by, f"of lookup '{name}'")), lookup.form)
    rows = raw
    if lookup.split:
        cell, separator = quoted(lookup.split.column), literal(lookup.split.separator)
        rows = f"(select * replace (unnest(string_split({cell}, {separator})) as {cell}) from {raw})"
    date, dates = _date(name, lookup, found, dated)
    key = in_form(text(f"rows.{quoted(lookup.key)}"), lookup.form)
    chosen = (
        "several_count = 1"
        if lookup.many == "none"
        else 'row_number() over (partition by this_key order by this_date nulls last, "#record") = 1'
    )
    joined = quoted("lookup " + name)
    return (
        f" left join (select *, count(*) over (partition by this_key) as several_count from "
        f"(select rows.*, {key} as this_key, {date} as this_date from {rows} as rows{dates}) "
        f"where this_key is not null qualify {chosen}) as {joined} on {by} = {joined}.this_key"
    )


def _date(name: str, lookup: Lookup, found: Table, dated: Table | None) -> tuple[str, str]:
    """The date by which the earliest match is chosen, and the join that brings it from a third file."""
    if isinstance(lookup.dated, str):
        _standing(lookup.dated, found, name)
        return f"moment({text(f'rows.{quoted(lookup.dated)}')})", ""
    if not isinstance(lookup.dated, Dated) or dated is None:
        return "null::timestamp", ""
    _standing(lookup.dated.by, found, name)
    for column in (lookup.dated.key, lookup.dated.column):
        _standing(column, dated, name)
    first = (
        f"select {text(quoted(lookup.dated.key))} as this_key, min(moment({text(quoted(lookup.dated.column))})) as this_date "
        f"from {dated.raw} group by 1"
    )
    by = text(f"rows.{quoted(lookup.dated.by)}")
    return "dates.this_date", f" left join ({first}) as dates on {by} = dates.this_key"


def _standing(column: str, table: Table, name: str) -> None:
    if column not in table.header:
        raise InputRefused(
            f"{table.path.name}: column '{column}' of lookup '{name}' is missing{near(column, table.header)}"
        )


def person_join(names: Names, person: Person) -> str:
    """SQL that joins the only lead with a row's telephone number; a number of several leads is a match for none."""
    people = (
        "select phone as this_key, count(distinct lead_id) as several_count, "
        "case when count(distinct lead_id) = 1 then min(lead_id) end as only_lead_id from lead_phones group by phone"
    )
    return (
        f' left join ({people}) as "lookup person" on {number_of(names, person)} = "lookup person".this_key'
    )


def number_of(names: Names, person: Person) -> str:
    """SQL of the telephone number by which a row names its lead, in comparable form; null where it has none."""
    numbers = ", ".join(value(names, phone, "of person.phone") for phone in person.phone)
    return f"phone_key(coalesce({numbers}, null), {_code(person)})"


def keep_phones(
    con: duckdb.DuckDBPyConnection, names: Names, person: Person, lead_id: str, rows: str
) -> None:
    """Remember the numbers of the leads while the load runs; they go with its work database."""
    for phone in person.phone:
        number = f"phone_key({value(names, phone, 'of person.phone')}, {_code(person)})"
        con.execute(
            f"insert into lead_phones select distinct {number}, {lead_id} {rows} where {number} is not null"
        )


def phone_faults(
    con: duckdb.DuckDBPyConnection, names: Names, person: Person, rows: str
) -> Iterator[tuple[str, int, str]]:
    """Telephone numbers that are none, by column: the code of the finding, the first line, and how many."""
    for phone in person.phone:
        number = value(names, phone, "of person.phone")
        damaged = f"regexp_matches({number}, {literal(POWER)})"
        made_up = f"is_made_up({number}, {_code(person)})"
        asked = ", ".join(
            f"count(*) filter ({fault}), min(raw.{LINE}) filter ({fault})" for fault in (damaged, made_up)
        )
        many, line, many_made_up, line_made_up = con.execute(f"select {asked} {rows}").fetchall()[0]
        name = phone if isinstance(phone, str) else "person.phone"
        if many:
            yield "phone_damaged", line, f"{name}: {many} taken as missing"
        if many_made_up:
            yield "phone_placeholder", line_made_up, f"{name}: {many_made_up} taken as missing"


POWER: Final = r"^\d([.,]\d+)?[eE][+]?\d+$"
"""What a spreadsheet makes of a long number."""


def keep_callers(
    con: duckdb.DuckDBPyConnection, names: Names, person: Person, lead_id: str, rows: str
) -> None:
    """Remember the numbers of the rows as those of leads: of the lead that a row names, else of a lead without a name. The number
    of that lead tells nothing but the order in which callers stand in the files."""
    number = number_of(names, person)
    con.execute(
        f"insert into lead_phones select distinct {number}, {lead_id} {rows} where {number} is not null and {lead_id} is not null"
    )
    con.execute(
        "insert into lead_phones select phone, 'caller-' || (row_number() over (order by first_record) + "
        "(select count(*) from lead_phones where starts_with(lead_id, 'caller-'))) from "
        f'(select {number} as phone, min(raw."#record") as first_record {rows} group by 1) '
        "where phone is not null and phone not in (select phone from lead_phones)"
    )


def _code(person: Person) -> str:
    return "null" if person.country_code is None else literal(person.country_code)


def keep_rates(
    con: duckdb.DuckDBPyConnection,
    names: Names,
    extract: str,
    source: Source,
    rows: str,
    file: str,
    left_out: str,
) -> None:
    """Count for each join of a source how many rows asked, found and found several; keep the values that found nothing, masked.

    file: the label of the source's file; left_out: SQL of the exclusion of a row. Where finding nothing is right (`rare`) no value
    is kept, nor is the telephone number of a person.
    """
    asked = {
        name: in_form(text(names.sql(lookup.by, f"of lookup '{name}'")), lookup.form)
        for name, lookup in source.lookups.items()
        if names.lookups[name][1]
    }
    if source.person.phone and extract != "leads":
        asked["person"] = number_of(names, source.person)
    for name, by in asked.items():
        lookup = source.lookups.get(name)
        joined = quoted("lookup " + name)
        found = f"{joined}.this_key" if lookup else f"{joined}.only_lead_id"
        con.execute(
            f"insert into join_rates select $extract, $file, $lookup, $other, count(*), count({by}), count({found}), "
            f"count(*) filter ({joined}.several_count > 1), $many, $rare {rows}",
            {
                "extract": extract,
                "file": file,
                "lookup": name,
                "other": lookup.file if lookup else None,
                "many": lookup.many if lookup else "none",
                "rare": lookup.rare if lookup else False,
            },
        )
        if lookup and not lookup.rare:
            con.execute(
                f"insert into unmatched_lookups select $extract, $file, line, $other, mask(asked) from "
                f"(select raw.{LINE} as line, {by} as asked, "
                f"{found} as answer, {left_out} as left_out {rows}) "
                "where asked is not null and answer is null and left_out is null",
                {"extract": extract, "file": file, "other": lookup.file},
            )
