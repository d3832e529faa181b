"""What a mapping may say of a column: where its value stands, in which unit, under which condition."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
File = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Unit = Literal["s", "ms", "min", "hh:mm:ss", "hh:mm", "epoch s", "epoch ms"]
Form = Literal["salesforce id", "zoho id", "text"]


@cache
def zones() -> frozenset[str]:
    """The time zones that this machine knows: looked up once, in a thousand files."""
    return frozenset(available_timezones())


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt rule must not be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class OtherThan(Strict):
    """The value is none of these words; `""` stands for blank."""

    other_than: list[str]
    """None of these words."""


class SameDay(Strict):
    """Both columns hold a moment of one day."""

    same_day_as: Name
    """The other column."""


Condition = Literal["*", ""] | list[str] | OtherThan | SameDay
"""`"*"`: not blank; `""`: blank; a list: one of these words (case, space, dash and underscore do not matter)."""


class Column(Strict):
    """What fills one of our columns where a name alone does not say it. It has exactly one place: `from`, `lookup`, `first_of`,
    `joined`, `seconds_between`, `constant`, `stand_in` or `row`."""

    from_: Name | None = Field(default=None, alias="from")
    """Their column, where more is to be said of it."""
    lookup: Name | None = None
    """The name of a lookup of this source, with `column`: `{ lookup = "stages", column = "label" }`."""
    column: Name | None = None
    """The column of the lookup."""
    first_of: list[str | Column] = Field(default_factory=list)
    """The first of these that is not blank in the row: `["Won time", "Lost time"]`, or tables such as this one."""
    joined: list[Name] = Field(default_factory=list)
    """Columns set side by side with a space between: `["Due date", "Due time"]`."""
    seconds_between: list[Name] = Field(default_factory=list, max_length=2)
    """The seconds from the first to the second: of two moments, of two times of the day (the second may lie past midnight), or of two
    counts of seconds. What cannot be read is rejected as `BAD_NUMBER`."""
    constant: str | None = None
    """The same in every row, because the whole file means it: `"outbound"` of a dialer, `"won"` of a list of won deals."""
    stand_in: str | Column | None = None
    """A date that the file does not have: a day, `"2010-11-30"`, or another column, `{ from = "Close date" }`. Rows can be counted,
    and no KPI that needs the date is given."""
    row: str | None = None
    """A key made of this text and the number of the row, for files without one: `"client-"`."""
    unit: Unit | None = None
    """Of a length `s`, `ms`, `min`, `hh:mm:ss` or `hh:mm`; of a moment `epoch s` or `epoch ms`."""
    zone: str | None = None
    """The zone of stamps that carry no offset, where it is not that of the mapping: `"Europe/Berlin"`."""
    form: Form | None = None
    """One spelling of an id: `salesforce id` (15 of 18 characters), `zoho id` (without `zcrm_`), `text` (without case and spaces)."""
    when: dict[Name, Condition] = Field(default_factory=dict)
    """Only in rows that fit; blank in the others: `{ IsClosed = ["true"] }`."""

    @property
    def stands_in(self) -> bool:
        """Does it fill a column with a date that the file does not have?"""
        return self.stand_in is not None or any(
            isinstance(part, Column) and part.stands_in for part in self.first_of
        )

    @property
    def says_unit(self) -> bool:
        """Is it said in which unit a length is?"""
        parts = [part for part in self.first_of if isinstance(part, Column)]
        return self.unit is not None or bool(self.seconds_between) or any(part.says_unit for part in parts)

    @model_validator(mode="after")
    def one_place(self) -> Self:
        places = [self.from_, self.lookup, self.constant, self.stand_in, self.row]
        given = sum(place is not None for place in places) + bool(self.first_of) + bool(self.joined)
        given += bool(self.seconds_between)
        if given != 1:
            raise ValueError(
                "needs exactly one of from, lookup, first_of, joined, seconds_between, constant, stand_in, row"
            )
        if len(self.seconds_between) == 1:
            raise ValueError("seconds_between needs two columns: its start and its end")
        if (self.lookup is None) != (self.column is None):
            raise ValueError("a lookup needs its column: { lookup = ..., column = ... }")
        if self.zone is not None and self.zone not in zones():
            raise ValueError(f"'{self.zone}' is no time zone; write it as in Europe/Berlin")
        return self

    @property
    def names(self) -> Iterator[str]:
        """Names of the file's own columns that it speaks of."""
        yield from [self.from_] if self.from_ else []
        yield from (*self.joined, *self.seconds_between, *self.when)
        for part in (*self.first_of, *([self.stand_in] if isinstance(self.stand_in, Column) else [])):
            yield from names_in(part)


def names_in(column: str | Column) -> Iterator[str]:
    """Names of the file's own columns that fill one of ours."""
    yield from [column] if isinstance(column, str) else column.names


class Rule(Strict):
    """One of the rules under `values`: the first that fits decides, none fits: the column's own value."""

    when: dict[Name, Condition]
    """Conditions that all hold."""
    then: str
    """Our word."""


class Dated(Strict):
    """Where the date stands by which the earliest of several matches is chosen: a column of a third file."""

    file: File
    """The third file."""
    key: Name
    """Its column that `by` is looked up in."""
    by: Name
    """The column of the lookup's file that refers to it."""
    column: Name
    """Its column that holds the date."""


class Split(Strict):
    """One cell of the lookup holds several keys."""

    column: Name
    """The column of the lookup's file."""
    separator: Annotated[str, StringConstraints(min_length=1, max_length=3)] = ";"
    """What stands between two keys."""


class Lookup(Strict):
    """A second file that adds columns to this one."""

    file: File
    """The second file, in the same folder."""
    key: Name
    """Its column that is looked in."""
    by: Name
    """The column of this file that is looked up, or `lookup.column` of a lookup above."""
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    """The delimiter of the second file, where it is not that of this one."""
    form: Form | None = None
    """One spelling into which both sides are brought before they are compared, as of a column."""
    split: Split | None = None
    """One cell holds several keys: `{ column, separator = ";" }`."""
    many: Literal["first", "earliest", "none"] = "first"
    """Several rows fit: the first of the file, the one dated earliest (by `dated`), or none of them."""
    dated: Name | Dated | None = None
    """The date that makes one the earliest: a column, or `{ file, key, by, column }` of a third file."""
    rare: bool = False
    """Most rows find nothing, and that is right: merged contacts, for example. Then it is no finding."""

    @model_validator(mode="after")
    def earliest_has_a_date(self) -> Self:
        if (self.many == "earliest") != (self.dated is not None):
            raise ValueError('many = "earliest" and dated go together')
        return self


def _as_list(value: object) -> object:
    return [value] if isinstance(value, (str, dict)) else value


class Person(Strict):
    """Columns by which rows find their lead where no id does. The number itself is never kept."""

    phone: Annotated[list[str | Column], BeforeValidator(_as_list)] = Field(default_factory=list)
    """Columns with telephone numbers. Of the leads each holds a number of the lead; of others the first that is not blank is taken:
    `[{ from = "ANI", when = { "CALL TYPE" = ["Inbound"] } }, "DNIS"]`. Numbers are compared as digits; a number of several leads
    finds none."""
    country_code: Annotated[str, StringConstraints(pattern="^[1-9][0-9]{0,2}$")] | None = None
    """The country of numbers written without one, as it is dialed: `"49"` for Germany."""


class FirstOf(Strict):
    """Of several columns the first that is not blank in the row."""

    first_of: list[Name] = Field(min_length=1)
    """The columns, in this order."""


class Exclusion(Strict):
    """A visible rule that leaves rows out; its count is shown under its name."""

    column: Name | None = None
    """Their column, with `values` or `values_other_than`."""
    values: list[str] = Field(default_factory=list)
    """Rows with one of these words are excluded; `""` stands for blank."""
    values_other_than: list[str] = Field(default_factory=list)
    """Rows with any other word are excluded."""
    when: dict[Name, Condition] = Field(default_factory=dict)
    """Rows for which all conditions hold are excluded."""
    repeats: list[Name | FirstOf] = Field(default_factory=list)
    """Rows that are equal in all of these columns are one thing, and one of them stays. `{ first_of = [...] }` stands for the first
    that is not blank. A row in which one of them is blank repeats nothing; where only some are, that is a finding."""
    keep: Name | None = None
    """Of repeats the row with the largest number or length, or the latest date, in this column stays; else the first of the file. A
    column that is neither in most rows is refused."""

    @property
    def names(self) -> Iterator[str]:
        """Names of the file's own columns that it speaks of."""
        yield from (*([self.column] if self.column else []), *self.when)
        for part in self.repeats:
            yield from [part] if isinstance(part, str) else part.first_of
        yield from [self.keep] if self.keep else []

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        if (self.column is not None) + bool(self.when) + bool(self.repeats) != 1:
            raise ValueError("needs exactly one of column, when, repeats")
        return self


class Repeat(Strict):
    """One row stands for several: a lead's attempts, for example. The account then counts these."""

    column: Name
    """Their column with the number, at least 1."""
    only_last: list[Name] = Field(default_factory=list)
    """Our columns that are known of the last only, such as `talk_s`; of the others nothing is known but that they happened."""


KINDS = {
    "str",
    "list[str]",
    *(kind.__name__ for kind in (Column, OtherThan, SameDay, Dated, FirstOf)),
    "literal['*','']",
    "constrained-str",
}
"""Names that pydantic puts into the path of a problem when a value may be of several kinds."""
