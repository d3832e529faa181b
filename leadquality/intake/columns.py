"""What a mapping may say of a column: where its value stands, in which unit, under which condition."""

from __future__ import annotations

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


class SameDay(Strict):
    """Both columns hold a moment of one day."""

    same_day_as: Name


Condition = Literal["*", ""] | list[str] | OtherThan | SameDay
"""`"*"`: not blank; `""`: blank; a list: one of these words (case, space, dash and underscore do not matter)."""


class Column(Strict):
    """One of our columns that is more than a column of theirs. Exactly one place: from, lookup, first_of, joined ..."""

    from_: Name | None = Field(default=None, alias="from")
    lookup: Name | None = None
    column: Name | None = None
    """The column of the lookup."""
    first_of: list[str | Column] = Field(default_factory=list)
    """The first of these that is not blank in the row."""
    joined: list[Name] = Field(default_factory=list)
    """Columns set side by side with a space between: a date and a time."""
    seconds_between: list[Name] = Field(default_factory=list, max_length=2)
    """The seconds from the first to the second of two moments (or of two counts of seconds)."""
    constant: str | None = None
    """The same in every row, because the whole file means it."""
    stand_in: str | None = None
    """A date that the file does not have: rows need one, nothing that rests on it is told."""
    row: str | None = None
    """A key made of this text and the number of the row, for files without one."""
    unit: Unit | None = None
    zone: str | None = None
    """The zone of stamps that carry no offset, where it is not the mapping's."""
    form: Form | None = None
    when: dict[Name, Condition] = Field(default_factory=dict)
    """Only in rows that fit; blank in the others."""

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


class Rule(Strict):
    """`{ when = { their column = words }, then = ours }`: the first rule that fits decides."""

    when: dict[Name, Condition]
    then: str


class Dated(Strict):
    """Where the date stands by which the earliest of several matches is chosen: a column of a third file."""

    file: File
    key: Name
    by: Name
    column: Name


class Split(Strict):
    """One cell of the lookup holds several keys."""

    column: Name
    separator: Annotated[str, StringConstraints(min_length=1, max_length=3)] = ";"


class Lookup(Strict):
    """A second file that adds columns to this one: its rows are found by `key`, from our column `by`."""

    file: File
    key: Name
    by: Name
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    form: Form | None = None
    """Both sides are brought into this form before they are compared."""
    split: Split | None = None
    many: Literal["first", "earliest", "none"] = "first"
    """Several rows fit: the first of the file, the one dated earliest, or none of them."""
    dated: Name | Dated | None = None
    rare: bool = False
    """Most rows find nothing, and that is right: merged contacts, for example."""

    @model_validator(mode="after")
    def earliest_has_a_date(self) -> Self:
        if (self.many == "earliest") != (self.dated is not None):
            raise ValueError('many = "earliest" and dated go together')
        return self


def _as_list(value: object) -> object:
    return [value] if isinstance(value, (str, dict)) else value


class Person(Strict):
    """Columns by which rows find their lead where no id does. The number itself is never kept.

    Of the leads' files every column holds a number of the lead; of the others the first that is not blank is taken.
    """

    phone: Annotated[list[str | Column], BeforeValidator(_as_list)] = Field(default_factory=list)
    country_code: Annotated[str, StringConstraints(pattern="^[1-9][0-9]{0,2}$")] | None = None
    """The country of numbers written without one, as it is dialled: "49" for Germany."""


class Exclusion(Strict):
    """A visible rule that leaves rows out; its count is shown under its name."""

    column: Name | None = None
    values: list[str] = Field(default_factory=list)
    values_other_than: list[str] = Field(default_factory=list)
    when: dict[Name, Condition] = Field(default_factory=dict)
    """All conditions hold."""
    repeats: list[Name] = Field(default_factory=list)
    """Rows that share the first of these that is not blank are one thing; one of them stays."""
    keep: Name | None = None
    """Of repeats the row with the largest number here stays, else the first."""

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        if (self.column is not None) + bool(self.when) + bool(self.repeats) != 1:
            raise ValueError("needs exactly one of column, when, repeats")
        return self


class Repeat(Strict):
    """One row stands for as many as `column` says; what only_last names is known of the last of them alone."""

    column: Name
    only_last: list[Name] = Field(default_factory=list)


KINDS = {
    "str",
    "list[str]",
    *(kind.__name__ for kind in (Column, OtherThan, SameDay, Dated)),
    "literal['*','']",
    "constrained-str",
}
"""Names that pydantic puts into the path of a problem when a value may be of several kinds."""
