"""Reason codes of rows that are not used: what each means and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

REMEDIES: Final = {
    "DUPLICATE_EXACT": "the row stands twice; one is used",
    "SAME_CONTACT": "one contact under two lead ids, all else equal; merged by the policy of the mapping",
    "CALL_LEG": "another leg of a transferred call; both count as one conversation",
    "OLDER_VERSION": "a newer version of the same record is used",
    "LEAD_NOT_FOUND": "no lead with this id was used; add the lead, or correct the id",
    "CALL_NOT_FOUND": "no call with this id was used; add the call, or correct the id",
    "OPPORTUNITY_NOT_FOUND": "no opportunity with this id was used; add it, or correct the id",
    "AFTER_AS_OF": "later than the as-of date; it counts with the next load",
    "MISSING_VALUE": "a required value is blank; fill it in the source system",
    "BAD_DATE": 'not a date that can be read; say in the mapping how it is written, as in date_formats = ["%d.%m.%Y"]',
    "AMBIGUOUS_ZONE": "the name of a time zone stands for several zones; say which is meant in the mapping: date_formats with the name "
    'as it is written, as in ["%m/%d/%Y %I:%M %p EST"], and the zone of the column, as in columns.created_at = '
    '{ from = "Created", zone = "America/New_York" }',
    "AMBIGUOUS_TIME": "the clock went back and this hour was there twice; export with an offset, or set time.ambiguous_hour in the mapping",
    "NONEXISTENT_TIME": "the clock went forward and this hour never was; export with an offset, or correct the zone of the mapping",
    "TOTALS_ROW": "a row that adds up the others; it is no record",
    "FUTURE": "dated after the day up to which the files are known; correct it, or declare a later as_of",
    "DATE_RANGE": "the year is not between 1990 and 2100; correct it at the source",
    "BAD_NUMBER": "not a number; correct it, or map another column",
    "NOT_FINITE": "a number cannot be infinite or written with an exponent; export it in full",
    "EXCEL_ERROR": "the spreadsheet holds an error in this cell; correct the formula, then export again",
    "FORMULA_NO_VALUE": "the cell holds a formula and no value; save the file with its values",
    "ID_DAMAGED": "a spreadsheet turned the id into a power of ten; export ids as text, and do not open the file in a spreadsheet",
    "INVALID_ENCODING": "letters that cannot be read; export the file as UTF-8",
    "OUT_OF_RANGE": "beyond what the column can hold; correct it, name its unit in the mapping, or raise max_amount if it is an amount",
    "PHONE_NUMBER": "a telephone number in the place of an amount; the columns of the row have slipped, or another column is meant",
    "NEGATIVE_AMOUNT": "an amount below 0; correct it, or leave it blank when unknown",
    "AMOUNT_NOT_POSITIVE": "a deal needs an amount above 0; leave it blank when unknown",
    "CLOSED_WITHOUT_DATE": "won or lost without a closing date; add the date",
    "CONFLICTING_ROWS": "one id with different contents; nobody can say which is right",
    "UNKNOWN_VALUE": "a word without a meaning; give it one on the page Load, step 4, or under values in the mapping",
    "TOO_LONG": "an id or a name of more than 500 characters; a quote may be missing in this line or the one before",
    "CURRENCY_MISMATCH": "another currency than the mapping's; convert it first",
    "HELD_BUT_NOT": "a held date on a meeting marked as not held",
    "ROW_WIDTH": "another number of fields than the header; check quotes and delimiters",
}


def remedy_of(reason: str) -> str:
    """What a reason means and what to do. One that is none of ours is the name of an exclusion of the mapping."""
    return REMEDIES.get(
        reason,
        f"left out by the exclusion '{reason}' of the mapping; change it there if these rows are wanted",
    )


def reason_said(reason: str, count: int, first: str) -> str:
    """A reason with its count, its first row and what to do, on one line."""
    return f"{count:,} {reason}{f', first in {first}' if first else ''}: {remedy_of(reason)}"


def finding_said(code: str, count: int, told: Mapping[str, Any]) -> str:
    """A finding with its count, what it is, its first row and what to do, on one line. told: its title, remedy, file, line and
    what was found."""
    first = example(told["file"], told["line"], None, told["found"])
    said = [f"{told['title'].rstrip('.')}.", f"First: {first.rstrip('.')}." if first else "", told["remedy"]]
    return f"{count:,} {code}: {' '.join(filter(None, said))}"


def example(file: str | None, line: int | None, column: str | None, found: str | None) -> str:
    """Where a row stands and what is in it: 'leads.csv, line 2, created_at = "soon"'."""
    place = (file or "") + (f", line {line:,}" if line is not None else "")
    value = f'"{found}"' if found else ""
    told = f"{column} = {value}" if column and value else column or value
    return ", ".join(filter(None, [place, told]))
