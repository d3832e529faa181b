"""The mapping file: which file is which extract, which column is which, and the rules that a person wrote down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError, field_validator, model_validator

from leadquality.contracts import InputRefused, NotToml, toml_of
from leadquality.formats import shown
from leadquality.intake.columns import (
    KINDS,
    Column,
    Dated,
    Exclusion,
    File,
    Lookup,
    Name,
    Person,
    Repeat,
    Rule,
    Strict,
    names_in,
    zones,
)
from leadquality.intake.declared import Keys, Limits, Number, Read, Time

MAPPING: Final = "mapping.toml"
"""The mapping in force stands beside the extracts, and beside the snapshot that was made by it."""
EVIDENCE = ("channel", "source", "first_touch_channel", "campaign_id")
NOT_READ: Final = "not read"
"""The answer that leaves a file aside."""
Answers = dict[Name, str | list[str]]
ANSWERS: Final = TypeAdapter(Answers)


class ChannelRule(Strict):
    """One written rule of the channel of origin: the first that fits decides."""

    id: Name
    """Its name: it stands with every lead that it decided."""
    channel: Literal["inbound", "outbound", "other"]
    """What it decides."""
    when: dict[Name, list[str]]
    """By column of the leads, ours or one of the file, the words of which one must stand in it; of several columns one is enough."""


class Channel(Strict):
    """How the channel of origin is decided."""

    rules: list[ChannelRule]
    """The first that fits decides; none fits: unknown. The direction of a call decides nothing unless a rule names it."""


class Policy(Strict):
    """Decisions that a site makes once."""

    same_contact: Literal["merge", "report"] = "report"
    """Leads of one `contact_id` that are equal in everything but their id: merge them, or only report them."""
    orphan_calls: Literal["keep", "exclude"] = "keep"
    """Calls that point to no lead: keep them as activity, or exclude them."""
    max_amount: Decimal = Decimal(1_000_000_000)
    """A deal of a larger amount is rejected."""
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = None
    """The currency of the amounts, as in `EUR`; a deal in another is rejected."""
    minimum_join_rate: float = Field(default=0.5, ge=0, le=1)
    """A join that finds fewer of its rows than this share is a finding."""
    zero_amount: Literal["keep", "refuse"] = "keep"
    """Deals of amount 0: used as they are and reported, or rejected."""
    future_tolerance_days: int = Field(default=1, ge=0)
    """Events later than `as_of` plus so many days cannot be known yet: their date is wrong, the row is rejected."""
    smaller_load: Literal["refuse", "accept"] = "refuse"
    """An extract with less than half the usable rows of the last load, or that ends before it: refused, or taken all the same."""
    max_rejected_share: float = Field(default=0.5, ge=0, le=1)
    """An extract of which a larger share of the rows is rejected is not published unless it is confirmed."""


class Source(Strict):
    """One file of one extract."""

    extract: Name
    """The extract: `leads`, `calls`, `meetings`, `opportunities`, or another file of `queries/staging/`."""
    file: File
    """The name of the file in the folder: `.csv`, `.tsv`, `.txt` (also `.gz` or `.zst`), `.xlsx` or `.parquet`."""
    glob: File | None = None
    """Names of further files that are read like this one, with `*` for any letters: later exports of the same table."""
    preset: Name | None = None
    """The preset it was made from, vendor/object/style: its traps are told with every load."""
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    """What stands between two fields, where it is none of comma, semicolon, tab and bar, or is not found."""
    wrapped: bool = False
    """Every line stands in one pair of quotes, as a spreadsheet writes a file whose delimiter it did not know."""
    columns: dict[str, str | Column] = Field(default_factory=dict)
    """Ours = theirs, a name or a table (see *A column*). A column left out is taken under our own name when it is there."""
    date_formats: list[str] = Field(default_factory=list)
    """How dates are written that are not ISO: `["%d/%m/%Y"]`."""
    values: dict[str, dict[str, list[str]] | list[Rule]] = Field(default_factory=dict)
    """By our column, our word = their words (case, space, dash and underscore do not matter; `"" = [...]` lists words that mean
    nothing), or a list of rules."""
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    """Files that add columns to this one, by a name of your own."""
    person: Person = Person()
    """How rows find their lead by telephone."""
    exclude: dict[str, Exclusion] = Field(default_factory=dict)
    """Rows that are left out, by the name under which their count is shown."""
    repeat: Repeat | None = None
    """One row stands for several."""
    read: Read = Read()
    """How the file is put together."""
    time: Time = Time()
    """How dates are written."""
    number: Number = Number()
    """How numbers are written."""
    keys: Keys = Keys()
    """What makes a row the same as another."""
    limits: Limits = Field(default_factory=dict)
    """How much of the file may be read."""
    covers_from: date | None = None
    """The day from which the file records, where its first row does not say it: nothing earlier is missing."""
    covers_until: date | None = None
    """The day up to which the file records, where its last row does not say it."""
    covers: Literal["all", "some"] = "some"
    """Whether a file of calls that names leads by telephone number holds all calls with leads."""
    required: list[Name] = Field(default_factory=list)
    """Our columns that every row of this source must fill, beside those that the extract itself requires."""
    optional: list[Name] = Field(default_factory=list)
    """Our columns that some of these files lack, or their lookups: the load goes on without one, and says so."""
    ignore: list[Name] = Field(default_factory=list)
    """Their columns that are known and not needed: nothing is said of them."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the file's own columns that it speaks of, in order."""
        return tuple(dict.fromkeys(self._names()))

    def _names(self) -> Iterator[str]:
        for column in (*self.columns.values(), *self.person.phone):
            yield from names_in(column)
        for rule in self.exclude.values():
            yield from rule.names
        for words in self.values.values():
            for entry in words if isinstance(words, list) else []:
                yield from entry.when
        yield from (lookup.by for lookup in self.lookups.values())
        yield from self.keys.primary
        yield from [self.keys.latest_by] if self.keys.latest_by else []
        yield from [self.repeat.column] if self.repeat else []

    @property
    def looked_into(self) -> set[str]:
        """The files that its lookups look into."""
        dated = {each.dated.file for each in self.lookups.values() if isinstance(each.dated, Dated)}
        return dated | {lookup.file for lookup in self.lookups.values()}


def listed(told: str | Sequence[str]) -> Sequence[str]:
    """The answers about a file, of which there is mostly one."""
    return (told,) if isinstance(told, str) else told


class Mapping(Strict):
    """All of a site's mapping. digest: the SHA-256 of its text."""

    name: Name
    """The name under which snapshots list it."""
    version: int = 1
    """A number of your own."""
    as_of: date | None = None
    """The day up to which the extracts are complete; else the last event in them."""
    zone: str = "UTC"
    """The zone of time stamps that carry no offset, and of the days."""
    channel: Channel
    """How the channel of origin is decided."""
    leads: Literal["calls", "opportunities"] | None = None
    """Where leads come from when no file lists them. `calls`: each caller is a lead, by `lead_id` or else by the number under
    `person.phone`, created at the first call. `opportunities`: each deal is a lead, or each `lead_id` that deals name."""
    policy: Policy = Policy()
    """Decisions that a site makes once."""
    source: list[Source]
    """The files, each as `[[source]]`."""
    answers: Answers = Field(default_factory=dict)
    """What a person said of a file: the name of its preset, a list of them where it holds several extracts, or `not read`."""
    not_read: dict[Name, str] = Field(default_factory=dict)
    """Files of the folder that are no extract, each with the reason why it is left aside; `*` stands for any letters."""
    digest: str = ""

    def over(self, names: Iterable[str]) -> Mapping:
        """The mapping with a source of its own for every file of these names that a `glob` fits. A file that the mapping names,
        be it to leave it aside, is what it is said to be. Raises InputRefused when a name fits the globs of several files."""
        lookups = {file for source in self.source for file in source.looked_into}
        named = {source.file for source in self.source} | lookups | self.answers.keys()
        further: list[Source] = []
        for name in sorted({name for name in {*names} - named if not self.leaves_aside(name)}):
            fitting = [source for source in self.source if source.glob and fnmatchcase(name, source.glob)]
            if len({source.file for source in fitting}) > 1:
                raise InputRefused(
                    f"mapping: '{shown(name)}' fits the globs of {' and '.join(shown(source.file) for source in fitting)}; "
                    "make them narrower, or name the file under a [[source]] of its own"
                )
            further += [source.model_copy(update={"file": name}) for source in fitting]
        return self.model_copy(update={"source": [*self.source, *further]}) if further else self

    def leaves_aside(self, name: str) -> bool:
        """Whether somebody said that a file is not to be read."""
        return NOT_READ in listed(self.answers.get(name, ())) or any(
            name == aside or fnmatchcase(name, aside) for aside in self.not_read
        )

    def goes_on(self, other: Mapping) -> bool:
        """Whether this is the other mapping, with nothing but further sources behind its own."""
        own = {"source": self.source[: len(other.source)], "digest": other.digest}
        return self.model_copy(update=own) == other

    @model_validator(mode="after")
    def leads_come_from_one_place(self) -> Self:
        if self.leads and any(source.extract == "leads" for source in self.source):
            raise ValueError(
                f'leads = "{self.leads}" and a [[source]] of leads exclude each other; remove one'
            )
        return self

    @field_validator("zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        if zone not in zones():
            raise ValueError(f"'{zone}' is no time zone; write it as in Europe/Berlin")
        return str(ZoneInfo(zone))


def read_text(path: Path) -> bytes:
    """The bytes of a mapping file. Raises InputRefused."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(
            f"{path}: cannot be read ({error.strerror}); give the path of a mapping file"
        ) from error


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises InputRefused with file, key, value and remedy of every problem."""
    return parse_mapping(read_text(path), path)


def answers_only(raw: bytes) -> Answers | None:
    """The answers of a file that holds nothing else; None for a whole mapping or what is no TOML. Raises InputRefused."""
    try:
        values = toml_of(raw)
    except NotToml:
        return None
    if list(values) != ["answers"]:
        return None
    try:
        return ANSWERS.validate_python(values["answers"])
    except ValidationError as error:
        raise InputRefused(
            "; ".join(
                _problem(Path(MAPPING), values, ("answers", *item["loc"]), item) for item in error.errors()
            )
        ) from error


def parse_mapping(raw: bytes, path: Path) -> Mapping:
    """The mapping in these bytes. Raises InputRefused; `path` names it in the message."""
    try:
        values = toml_of(raw)
        return Mapping.model_validate({**values, "digest": hashlib.sha256(raw).hexdigest()})
    except NotToml as error:
        raise InputRefused(f"{path.name}: not readable as TOML: {error}") from error
    except ValidationError as error:
        raise InputRefused(
            "; ".join(_problem(path, values, item["loc"], item) for item in error.errors())
        ) from error


def _problem(path: Path, values: object, location: tuple[int | str, ...], item: object) -> str:
    """One validation problem in the words of the file: its key, the value found, and what to do."""
    assert isinstance(item, dict)
    key = ".".join(str(part) for part in location if str(part) not in KINDS and "[" not in str(part))
    if item["type"] == "extra_forbidden":
        return f"{path.name}: unknown key '{key}'; remove it or correct its spelling"
    if item["type"] == "missing":
        return f"{path.name}: key '{key}' is missing; add it"
    return (
        f"{path.name}: key '{key}' = {str(item['input'])[:60]!r}: {item['msg'].removeprefix('Value error, ')}"
    )
