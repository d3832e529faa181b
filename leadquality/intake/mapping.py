"""The mapping file: which file is which extract, which column is which, and the rules that a person wrote down."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from leadquality.contracts import InputRefused

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
EVIDENCE = ("channel", "source", "first_touch_channel", "campaign_id")


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt rule must not be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


class Lookup(Strict):
    """A second file that adds columns to this one: its rows are found by `key`, from our column `by`."""

    file: Name
    key: Name
    by: Name


class FromLookup(Strict):
    """A column taken from a lookup file."""

    lookup: Name
    column: Name


class Exclusion(Strict):
    """A visible rule that leaves rows out; its count is shown under its name."""

    column: Name
    values: list[str] = Field(default_factory=list)
    values_other_than: list[str] = Field(default_factory=list)


class Source(Strict):
    """One file of one extract. columns is ours = theirs; a column left out is taken under our own name when it is there."""

    extract: Name
    file: Name
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    columns: dict[str, str | FromLookup] = Field(default_factory=dict)
    date_formats: list[str] = Field(default_factory=list)
    values: dict[str, dict[str, list[str]]] = Field(default_factory=dict)
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    exclude: dict[str, Exclusion] = Field(default_factory=dict)


class Mapping(Strict):
    """All of a site's mapping. as_of: the day up to which the extracts are complete, when the site declares one."""

    name: Name
    version: int = 1
    as_of: date | None = None
    zone: str = "UTC"
    channel: Channel
    policy: Policy = Policy()
    source: list[Source]
    digest: str = ""

    @field_validator("zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"'{zone}' is no time zone; write it as in Europe/Berlin")
        return str(ZoneInfo(zone))


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file. Raises InputRefused with file, key, value and remedy of every problem."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputRefused(
            f"{path}: cannot be read ({error.strerror}); give the path of a mapping file"
        ) from error
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
    key = ".".join(str(part) for part in location if part not in {"str", "FromLookup"})
    if item["type"] == "extra_forbidden":
        return f"{path.name}: unknown key '{key}'; remove it or correct its spelling"
    if item["type"] == "missing":
        return f"{path.name}: key '{key}' is missing; add it"
    return (
        f"{path.name}: key '{key}' = {str(item['input'])[:60]!r}: {item['msg'].removeprefix('Value error, ')}"
    )
