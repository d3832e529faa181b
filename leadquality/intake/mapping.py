"""The mapping file: which file is which extract, which column is which, and the rules that a person wrote down."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, ValidationError, field_validator

from leadquality.contracts import InputRefused
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
    zones,
)
from leadquality.intake.declared import Keys, Limits, Number, Read, Time

MAPPING: Final = "mapping.toml"
"""The mapping in force stands beside the extracts, and beside the snapshot that was made by it."""
EVIDENCE = ("channel", "source", "first_touch_channel", "campaign_id")


class ChannelRule(Strict):
    """One written rule of the channel of origin: the first that fits decides."""

    id: Name
    channel: Literal["inbound", "outbound", "other"]
    when: dict[Literal["channel", "source", "first_touch_channel", "campaign_id"], list[str]]


class Channel(Strict):
    """How the channel of origin is decided. No rule fits: unknown."""

    rules: list[ChannelRule]


class Policy(Strict):
    """Decisions that a site makes once."""

    same_contact: Literal["merge", "report"] = "report"
    """Leads equal in everything but their id: merge them, or only report them."""
    orphan_calls: Literal["keep", "exclude"] = "keep"
    """Calls that point to no lead: keep them as activity, or leave them out."""
    max_amount: Decimal = Decimal(1_000_000_000)
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = None
    minimum_join_rate: float = Field(default=0.5, ge=0, le=1)
    """A join that finds fewer of its rows than this is a finding."""
    zero_amount: Literal["keep", "refuse"] = "keep"
    """Deals of amount 0: used as they are and reported, or refused."""
    future_tolerance_days: int = Field(default=1, ge=0)
    """Events later than as_of plus so many days cannot be known yet: their date is wrong, the row is refused."""
    smaller_load: Literal["refuse", "accept"] = "refuse"
    """An extract with less than half the usable rows of the last load, or that ends before it: refused, or taken all the same."""
    max_rejected_share: float = Field(default=0.5, ge=0, le=1)
    """An extract of which a larger share of the rows is rejected is not published unless it is confirmed."""


class Source(Strict):
    """One file of one extract. columns is ours = theirs; a column left out is taken under our own name when it is there."""

    extract: Name
    file: File
    glob: File | None = None
    """Names of further files that are read like this one, with * for any letters: later exports of the same table."""
    preset: Name | None = None
    """The preset it was made from, vendor/object/style: its traps are told with every load."""
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    """None: detected."""
    wrapped: bool = False
    """Every line stands in one pair of quotes, as a spreadsheet writes a file whose delimiter it did not know."""
    columns: dict[str, str | Column] = Field(default_factory=dict)
    date_formats: list[str] = Field(default_factory=list)
    values: dict[str, dict[str, list[str]] | list[Rule]] = Field(default_factory=dict)
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    person: Person = Person()
    exclude: dict[str, Exclusion] = Field(default_factory=dict)
    repeat: Repeat | None = None
    read: Read = Read()
    time: Time = Time()
    number: Number = Number()
    keys: Keys = Keys()
    limits: Limits = Field(default_factory=dict)
    covers_from: date | None = None
    """The day from which the file records, where its first row does not say it: nothing earlier is missing."""
    covers_until: date | None = None
    """The day up to which the file records, where its last row does not say it."""
    covers: Literal["all", "some"] = "some"
    """Whether a file of calls that names leads by telephone number holds all calls with leads."""
    required: list[Name] = Field(default_factory=list)
    """Our columns that every row of this source must fill, beside those that the extract itself requires."""
    optional: list[Name] = Field(default_factory=list)
    """Our columns that this source usually carries: without one the load goes on and says so."""
    ignore: list[Name] = Field(default_factory=list)
    """Their columns that are known and not needed."""

    @property
    def looked_into(self) -> set[str]:
        """The files that its lookups look into."""
        dated = {each.dated.file for each in self.lookups.values() if isinstance(each.dated, Dated)}
        return dated | {lookup.file for lookup in self.lookups.values()}


class Mapping(Strict):
    """All of a site's mapping. as_of: the day up to which the extracts are complete, when the site declares one."""

    name: Name
    version: int = 1
    as_of: date | None = None
    zone: str = "UTC"
    channel: Channel
    policy: Policy = Policy()
    source: list[Source]
    answers: dict[Name, str] = Field(default_factory=dict)
    """What a person said of a file that fits several tables: the preset's name, or `not read`."""
    not_read: dict[Name, str] = Field(default_factory=dict)
    """Files of the folder that are no extract, each with the reason why it is left aside."""
    digest: str = ""

    def over(self, names: Iterable[str]) -> Mapping:
        """The mapping with a source of its own for every file of these names that a `glob` fits. A file that the mapping names,
        be it to leave it aside, is what it is said to be. Raises InputRefused when a name fits the globs of several files."""
        lookups = {file for source in self.source for file in source.looked_into}
        named = {source.file for source in self.source} | lookups | self.not_read.keys() | self.answers.keys()
        further: list[Source] = []
        for name in sorted({*names} - named):
            fitting = [source for source in self.source if source.glob and fnmatchcase(name, source.glob)]
            if len({source.file for source in fitting}) > 1:
                raise InputRefused(
                    f"mapping: '{shown(name)}' fits the globs of {' and '.join(shown(source.file) for source in fitting)}; "
                    "make them narrower, or name the file under a [[source]] of its own"
                )
            further += [source.model_copy(update={"file": name}) for source in fitting]
        return self.model_copy(update={"source": [*self.source, *further]}) if further else self

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


def answers_only(raw: bytes) -> dict[str, str] | None:
    """The answers of a file that holds nothing else; None for a whole mapping or what is no TOML."""
    try:
        values = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
    answers = values.get("answers")
    return answers if list(values) == ["answers"] and isinstance(answers, dict) else None


def parse_mapping(raw: bytes, path: Path) -> Mapping:
    """The mapping in these bytes. Raises InputRefused; `path` names it in the message."""
    try:
        values = tomllib.loads(raw.decode("utf-8"))
        return Mapping.model_validate({**values, "digest": hashlib.sha256(raw).hexdigest()})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
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
