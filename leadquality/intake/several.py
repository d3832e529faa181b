"""Several files of one table: copies, second downloads and parts of one extract; and files that a mapping does not name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leadquality.catalogue import load_extracts
from leadquality.intake.folder import Unread
from leadquality.intake.mapping import NOT_READ
from leadquality.intake.mapping import Mapping as Rules
from leadquality.intake.presets import OWN
from leadquality.intake.recognise import Question, answer_line

if TYPE_CHECKING:
    from leadquality.intake.propose import Planned

ONE_SYSTEM: Final = ("leads", "opportunities")
"""Extracts whose ids come from one system: two of them in one folder is a question."""
COPY: Final = re.compile(
    r"(?P<stem>.+?) ?(\(\d+\)|- (Copy|Kopie|Copie|Copia)( ?\(\d+\))?)(?P<ending>(\.\w+)+)"
)
"""A name that a browser or a file manager gives to a second copy."""

Said = Mapping[str, list[str]]
"""What a person said of a file, by its name."""


def two_systems(planned: list[Planned]) -> list[Question]:
    """Leads (or deals) of two systems: their ids are two sets, and joining them would be a guess."""
    questions = []
    for extract in ONE_SYSTEM:
        files = {each.layout.vendor: each.file for each in planned if each.fitted.extract == extract}
        if len(files) > 1:
            listed = " and ".join(f"{file} ({vendor})" for vendor, file in files.items())
            questions.append(
                Question(
                    f"{listed} both hold {extract}, with ids of two systems: one of them is not to be read",
                    tuple((file, NOT_READ) for file in files.values()),
                )
            )
    return questions


def without_copies(folder: Path, planned: list[Planned], said: Said) -> tuple[list[Planned], dict[str, str]]:
    """The sources without the files that hold the same bytes as another of their table, and these files with that one."""
    kept: list[Planned] = []
    copies: dict[str, str] = {}
    for each in _shortest_first(planned):
        twins = [
            other.file
            for other in kept
            if other.layout is each.layout and other.file != each.file and each.file not in said
        ]
        twin = next((file for file in twins if _are_equal(folder / file, folder / each.file)), None)
        if twin is None:
            kept.append(each)
        else:
            copies[each.file] = twin
    return [each for each in planned if each.file not in copies], copies


def downloads(planned: list[Planned], said: Said) -> Iterator[Question]:
    """Two downloads of one table: the rows of the older one contradict those of the newer."""
    files = {each.file: each for each in planned}
    for file, each in files.items():
        found = COPY.fullmatch(file)
        first = files.get(f"{found['stem']}{found['ending']}") if found else None
        if first is not None and first.layout is each.layout and file not in said:
            yield Question(
                f"{first.file} and {file} differ, and look like two downloads of one table: leave the older one aside, or say "
                "that both are read",
                ((first.file, NOT_READ), (file, NOT_READ), (file, each.layout.preset)),
            )


def differing(planned: list[Planned], said: Said) -> Iterator[Question]:
    """Files of one extract under our own names of which some lack a column that decides: one may be no part of it."""
    for extract, files in _own_files(planned).items():
        known = load_extracts()[extract]
        first = files[0]
        for other in files[1:]:
            differ = {*first.recognised.look.header} ^ {*other.recognised.look.header}
            columns = [name for name in (*known.required, *known.decides) if name in differ]
            if columns and other.file not in said:
                yield Question(
                    f"{first.file} and {other.file} both hold {extract}, and only one of them has {', '.join(columns)}: are both to "
                    "be read?",
                    ((other.file, other.layout.preset), (other.file, NOT_READ)),
                )


def together(planned: list[Planned], said: Said) -> dict[str, tuple[str, ...]]:
    """Files of one extract under our own names that are read as one, and not because somebody said so."""
    return {
        extract: tuple(each.file for each in files)
        for extract, files in _own_files(planned).items()
        if len(files) > 1 and any(each.file not in said for each in files[1:])
    }


def _own_files(planned: list[Planned]) -> dict[str, list[Planned]]:
    """By extract the files with our own column names, the one of the shortest name first."""
    files: dict[str, list[Planned]] = {}
    for each in _shortest_first(planned):
        if each.layout.vendor == OWN:
            files.setdefault(each.fitted.extract, []).append(each)
    return files


def added(
    folder: Path, rules: Rules, planned: list[Planned], said: Said, named: Mapping[str, list[str]]
) -> tuple[list[Planned], list[Unread]]:
    """Of the sources that recognition finds, those that a mapping has or lacks; and the files of the others.

    It lacks what somebody answered, and an extract of which it does not speak: of such files one is taken. named: the extracts that
    the mapping reads, by file."""
    brings = {source.extract: source.file for source in rules.source}
    if rules.leads:
        brings["leads"] = f"the {rules.leads}"
    kept: list[Planned] = []
    aside: dict[str, Unread] = {}
    globbed = named.keys() - {source.file for source in rules.source}
    for each in _shortest_first([each for each in planned if each.file not in globbed]):
        extract = each.fitted.extract
        if each.file in said or extract in named.get(each.file, ()):
            kept.append(each)
        elif each.file not in named and extract not in brings and not each.fitted.missing:
            kept.append(each)
            brings[extract] = each.file
        elif each.file not in named:
            aside[each.file] = _beside(folder, each, brings.get(extract, ""))
    files = {each.file for each in kept}
    kept.sort(key=planned.index)
    return kept, [each for file, each in aside.items() if file not in files]


def _beside(folder: Path, each: Planned, other: str) -> Unread:
    """A table that a mapping does not name, and why it is not read. other: where the mapping has the extract from; '' for nowhere."""
    if other and (folder / other).is_file() and _are_equal(folder / other, folder / each.file):
        return Unread((each.file,), f"it holds the same as {other}", "Nothing to do.")
    why = (
        f"{each.fitted.extract} are read from {other}"
        if other
        else f"it lacks {each.fitted.missing[0].column}"
    )
    return Unread(
        (each.file,),
        f"it is {each.layout.preset}, but {why}",
        f"To read it as well: {answer_line(each.file, each.layout.preset)} under [answers] of mapping.toml, or a glob under "
        f"its [[source]]; to leave it aside for good: {answer_line(each.file, NOT_READ)}.",
        is_open=True,
    )


def _shortest_first(planned: list[Planned]) -> list[Planned]:
    """The sources by file, the shortest name first: it is the one that no browser changed."""
    return sorted(planned, key=lambda each: (len(each.file), each.file))


def _are_equal(one: Path, other: Path) -> bool:
    if one.lstat().st_size != other.lstat().st_size:
        return False
    digests = []
    for path in (one, other):
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").digest())
    return digests[0] == digests[1]
