"""From a folder of files to a mapping: every file named, its preset fitted, and what cannot be decided asked."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from leadquality.catalogue import load_extracts
from leadquality.contracts import InputRefused
from leadquality.intake.columns import Column
from leadquality.intake.decisions import Filling, named_in
from leadquality.intake.declared import Read
from leadquality.intake.fit import Fitted, fit
from leadquality.intake.folder import tables
from leadquality.intake.look import Look, look
from leadquality.intake.presets import OWN, Layout, PresetSource, load_presets
from leadquality.intake.recognise import NOT_READ, Question, Recognised, recognise
from leadquality.intake.suggest import suggested

ONE_SYSTEM: Final = ("leads", "opportunities")
"""Extracts whose ids come from one system: two of them in one folder is a question."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One source of the mapping to be: the file, what it was recognised as, and the preset fitted to it."""

    recognised: Recognised
    layout: Layout
    preset: PresetSource
    fitted: Fitted

    @property
    def file(self) -> str:
        return self.recognised.file

    def suggested(self, decided: Mapping[str, Filling | Column] | None = None) -> Mapping[str, Filling]:
        """What may fill the columns that nothing fills. decided: what is filled besides what the file names as we do.

        Nothing of a vendor's table that has all it needs: what its preset does not name means something else.
        """
        if self.layout.vendor != OWN and not self.fitted.missing:
            return {}
        look, decided = self.recognised.look, decided or {}
        own = {name for name in look.header if name in load_extracts()[self.fitted.extract].columns}
        used = {name for theirs in decided.values() for name in named_in(theirs)}
        return suggested(self.fitted.extract, look, frozenset(own | set(decided)), frozenset(own | used))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the files of a folder are, the sources they make, the files left aside with the reason, and open questions."""

    recognised: tuple[Recognised, ...]
    sources: tuple[Planned, ...]
    not_read: Mapping[str, str]
    questions: tuple[Question, ...]
    channel: tuple[dict[str, Any], ...]

    @property
    def vendors(self) -> tuple[str, ...]:
        """Vendors of the files that are read, in order; our own column names are none."""
        return tuple(sorted({planned.layout.vendor for planned in self.sources} - {OWN}))

    @property
    def is_of_vendors(self) -> bool:
        """Is there a vendor's table among the files, or what may be one? Else our own names are meant."""
        asked = [each for each in self.recognised if each.state == "ambiguous"]
        return bool(self.vendors) or any(
            candidate.layout.vendor != OWN for each in asked for candidate in each.candidates
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """Each required column that nothing fills: file, column, remedy."""
        return tuple(
            f"{planned.file}, line 1: nothing in it is {gap.extract}.{gap.column}, which is required"
            f"{f' (did you mean {gap.closest!r}?)' if gap.closest else ''}; it was read as {planned.layout.preset}. "
            f"{gap.remedy or f'Map it in mapping.toml under [source.columns] of {gap.extract}'}"
            for planned in self.sources
            for gap in planned.fitted.missing
        )

    def demand(self) -> None:
        """Raises InputRefused when something is asked or missing: nothing is guessed."""
        if problems := (*map(str, self.questions), *self.missing):
            raise InputRefused("; ".join(problems))


def propose(
    folder: Path,
    answers: Mapping[str, str] | None = None,
    reads: Mapping[str, Read] | None = None,
    passed: Container[str] = frozenset(),
) -> Proposal:
    """Recognise every table of the folder and fit its preset. answers: file to preset or `not read`; reads: what is known of
    the reading of a file; passed: files about which nothing is to be said.

    Raises InputRefused when the folder does not exist or an answer names no preset.
    """
    presets = load_presets()
    known = {name for layout in presets.layouts for name in layout.columns}
    answers, reads = answers or {}, reads or {}
    for file, answer in answers.items():
        if answer != NOT_READ and presets.named(answer) is None:
            raise InputRefused(
                f'mapping: answers."{file}" = "{answer}" names no preset; presets are in data/mappings/presets'
            )
    looks = []
    for name in tables(folder):
        if name not in passed:
            seen = look(folder / name, known, declared=reads.get(name))
            if seen.code == "NO_HEADER" and answers.get(name, NOT_READ) != NOT_READ:
                # None of its names is known, but somebody knows the table: they stand in the first line, unless told otherwise.
                told = reads.get(name) or Read()
                seen = look(folder / name, known, declared=told.model_copy(update={"head_lines": 0}))
            looks.append(seen)
    found = tuple(recognise(seen, presets, answers.get(seen.file, "")) for seen in looks)
    # What no figure needs, whichever of its tables it is, is no question.
    asked = [
        each
        for each in found
        if each.look.is_damaged or any(candidate.layout.meaning for candidate in each.candidates)
    ]
    questions = [each.question for each in asked if each.question]
    planned: list[Planned] = []
    for each in found:
        layout = each.layout
        if layout is not None and layout.meaning is not None:
            find = _Finder(each, layout, found, questions)
            planned += [
                Planned(each, layout, source, fit(source, each.look, find))
                for source in layout.meaning.source
            ]
    questions += _two_systems(planned)
    vendors = dict.fromkeys(planned.layout.vendor for planned in planned if planned.fitted.extract == "leads")
    rules = [rule.model_dump() for vendor in vendors for rule in presets.channel.get(vendor, ())]
    read = {each.file for each in planned} | {file for each in planned for file in each.fitted.joined}
    open_files = {file for question in questions for file, _ in question.answers}
    aside = {each.file: _aside(each) for each in found if each.file not in read | open_files}
    return Proposal(found, tuple(planned), aside, tuple(dict.fromkeys(questions)), tuple(rules))


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the one file of the folder that is a table of the same vendor; several of one kind are asked."""

    asking: Recognised
    layout: Layout
    found: tuple[Recognised, ...]
    questions: list[Question]

    def __call__(self, tables: str | list[str]) -> Look | None:
        for table in [tables] if isinstance(tables, str) else tables:
            fitting = [
                each
                for each in self.found
                if each.layout is not None
                and (each.layout.vendor, each.layout.name) == (self.layout.vendor, table)
            ]
            if len(fitting) > 1:
                files = " and ".join(each.file for each in fitting)
                self.questions.append(
                    Question(
                        f"{files} are both {self.layout.vendor}/{table}: {self.asking.file} is joined with one of them, "
                        "and the others are not to be read",
                        tuple((each.file, NOT_READ) for each in fitting),
                    )
                )
            if fitting:
                return fitting[0].look
        return None


def _two_systems(planned: list[Planned]) -> list[Question]:
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


def _aside(each: Recognised) -> str:
    if each.layout is None:
        return each.reason
    if each.reason.endswith(f"({NOT_READ})"):
        return "left aside by [answers]"
    joins = each.layout.meaning.joins if each.layout.meaning else ""
    return f"{each.layout.preset}: {f'{joins}; nothing here is joined with it' if joins else 'no figure needs it'}"
