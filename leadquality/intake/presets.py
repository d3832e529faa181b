"""Presets: what the tables of known vendors are called, which columns they have, what they mean, and where they mislead."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from leadquality.catalogue import load_extracts
from leadquality.contracts import ROOT
from leadquality.intake.columns import Name, Strict
from leadquality.intake.mapping import ChannelRule, read_mapping

HEADERS = ROOT / "data" / "mappings" / "headers"
PRESETS = ROOT / "data" / "mappings" / "presets"
OWN_COLUMNS = ROOT / "data" / "mappings" / "own_columns.toml"
OWN = "own"


class Trap(Strict):
    """Where a table misleads. needs and lacks: it concerns only files with, or without, all of these columns."""

    code: Name
    text: str
    remedy: str
    needs: list[str] = Field(default_factory=list)
    lacks: list[str] = Field(default_factory=list)


class PresetSource(Strict):
    """A [[source]] of a mapping before it is fitted to a file: `object` in place of a file, lists where names differ."""

    extract: Name
    wanted: dict[str, str] = Field(default_factory=dict)
    """Our columns without which the file is not taken, with what to do where they have no column of theirs."""
    date_formats: list[str] = Field(default_factory=list)
    columns: dict[str, Any]
    values: dict[str, Any] = Field(default_factory=dict)
    lookups: dict[str, dict[str, Any]] = Field(default_factory=dict)
    person: dict[str, Any] = Field(default_factory=dict)
    exclude: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Meaning(Strict):
    """What one table of a vendor means: the extracts it gives, or what others look up in it."""

    name: Name
    style: Name
    joins: str = ""
    row_limit: int | None = None
    """An export of this kind stops at so many rows: a file that holds exactly as many is suspected to be cut off."""
    traps: list[Trap] = Field(default_factory=list)
    source: list[PresetSource] = Field(default_factory=list)


class Vendor(Strict):
    channel: list[ChannelRule] = Field(default_factory=list)
    object: list[Meaning]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A table that can be recognised. columns are as the vendor spells them; tell: words that a column must hold."""

    vendor: str
    name: str
    style: str
    columns: tuple[str, ...]
    tell: dict[str, tuple[str, ...]]
    meaning: Meaning | None

    @property
    def preset(self) -> str:
        """Its name in a mapping: vendor/object/style."""
        return f"{self.vendor}/{self.name}/{self.style}"

    @property
    def is_joined(self) -> bool:
        """Does what it means rest on other tables too?"""
        return self.meaning is not None and any(source.lookups for source in self.meaning.source)


@dataclass(frozen=True, slots=True, eq=False)
class Presets:
    """All that is known: every layout, and the channel rules of each vendor."""

    layouts: tuple[Layout, ...]
    channel: dict[str, tuple[ChannelRule, ...]]

    def named(self, preset: str) -> Layout | None:
        return next((layout for layout in self.layouts if layout.preset == preset), None)


@cache
def load_presets(headers: Path = HEADERS, presets: Path = PRESETS) -> Presets:
    """Read both folders; a vendor of the second needs its tables in the first. Our own extracts are layouts too.

    Raises ValueError, naming file and key, when a file is wrong: they are ours, so this is a defect.
    """
    vendors = {path.stem: _vendor(path) for path in sorted(presets.glob("*.toml"))}
    layouts = [
        Layout(OWN, name, "own columns", extract.columns, {}, _own(name))
        for name, extract in load_extracts().items()
    ]
    for path in sorted(headers.glob("*.toml")):
        meanings = {(item.name, item.style): item for item in vendors[path.stem].object}
        for table in tomllib.loads(path.read_text("utf-8"))["table"]:
            tell = {column: tuple(words) for column, words in table.get("tell", {}).items()}
            meaning = meanings.pop((table["object"], table["style"]), None)
            layouts.append(
                Layout(path.stem, table["object"], table["style"], tuple(table["columns"]), tell, meaning)
            )
        if meanings:
            raise ValueError(f"{path.stem}.toml: no header list for {', '.join(map(str, meanings))}")
    channel = {name: tuple(vendor.channel) for name, vendor in vendors.items()}
    channel[OWN] = tuple(read_mapping(OWN_COLUMNS).channel.rules)
    return Presets(tuple(layouts), channel)


def _vendor(path: Path) -> Vendor:
    try:
        return Vendor.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _own(name: str) -> Meaning:
    return Meaning(name=name, style="own columns", source=[PresetSource(extract=name, columns={})])
