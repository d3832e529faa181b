"""From a folder of files to a mapping: every file named, its preset fitted, and what cannot be decided asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from leadquality.catalogue import load_extracts
from leadquality.contracts import InputRefused
from leadquality.formats import clipped, shown
from leadquality.intake.columns import Column
from leadquality.intake.decisions import Filling, named_in
from leadquality.intake.declared import Read
from leadquality.intake.fit import Fitted, fit
from leadquality.intake.folder import Unread, listed, no_tables
from leadquality.intake.look import NOBODYS, Look, fold_name, look, peek
from leadquality.intake.mapping import NOT_READ, Answers
from leadquality.intake.mapping import Mapping as Rules
from leadquality.intake.mapping import listed as the_answers
from leadquality.intake.presets import OWN, Layout, Presets, PresetSource, load_presets
from leadquality.intake.recognise import Question, Recognised, recognise
from leadquality.intake.several import added, differing, downloads, together, two_systems, without_copies
from leadquality.intake.suggest import suggested, undecided

READ_AS_A_WHOLE: Final = 50
"""So many files that nobody named are read as a whole, each in a process of its own, to learn what they are."""
MANY: Final = 20
"""So many tables that nobody knows are told one by one."""
NEEDLESS: Final = "no figure needs it"
SAY: Final = (
    'If it is an extract, say which under [answers] of mapping.toml, as in "my calls.csv" = "own/calls/own columns"; '
    'to leave it aside for good: "my calls.csv" = "not read".'
)


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

    @property
    def missing(self) -> Iterator[str]:
        """Each required column that nothing fills: file, column, remedy."""
        look = self.recognised.look
        for gap in self.fitted.missing:
            guess = f" (did you mean {gap.closest!r}?)" if gap.closest else ""
            remedy = f"Add the column, or map it in mapping.toml under [source.columns] of {gap.extract}"
            yield (
                f"{self.file}, line 1: required column '{gap.column}' is missing{guess}; it was read as {self.layout.preset}"
                f"{look.unnamed}, and the header has {clipped(', '.join(look.header), 2000)}. {gap.remedy or remedy}"
            )

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

    def undecided(
        self, decided: Collection[str] = (), settled: Collection[str] = ()
    ) -> Mapping[str, tuple[str, ...]]:
        """The columns that decide and that nothing fills, with the columns of the file that may be them. decided: columns of ours
        that are filled besides; settled: names of the file that are used or ignored. What a vendor's table is known to have means
        something else."""
        look, fitted = self.recognised.look, self.fitted.body.get("columns", {})
        own = {name for name in look.header if name in load_extracts()[self.fitted.extract].columns}
        known = {fold_name(name) for name in self.layout.columns} if self.layout.vendor != OWN else set()
        used = {name for theirs in fitted.values() for name in named_in(theirs)}
        used |= {name for name in look.header if fold_name(name) in known}
        return undecided(self.fitted.extract, look, {*own, *fitted, *decided}, {*own, *used, *settled})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the files of a folder are, the sources they make, the files that are not used with the reason, and open questions.

    together: by extract the files that are read as one, because nobody said otherwise.
    """

    recognised: tuple[Recognised, ...]
    sources: tuple[Planned, ...]
    unread: tuple[Unread, ...]
    questions: tuple[Question, ...]
    channel: tuple[dict[str, Any], ...]
    together: Mapping[str, tuple[str, ...]]

    @property
    def vendors(self) -> tuple[str, ...]:
        """Vendors of the files that are read, in order; our own column names are none."""
        return tuple(sorted({planned.layout.vendor for planned in self.sources} - {OWN}))

    @property
    def missing(self) -> tuple[str, ...]:
        """Each required column that nothing fills: file, column, remedy."""
        return tuple(text for planned in self.sources for text in planned.missing)


def propose(
    folder: Path,
    answers: Answers | None = None,
    reads: Mapping[str, Read] | None = None,
    rules: Rules | None = None,
    *,
    every: bool = True,
) -> Proposal:
    """Recognise the tables of the folder and fit their presets. answers: file to preset or `not read`; reads: what is known of
    the reading of a file.

    rules: the mapping there is. What it names is read as it says; of the other files one is added that brings what the mapping
    lacks. every: look at the files that it names as well.

    Raises InputRefused when the folder does not exist or an answer names no preset.
    """
    presets = load_presets()
    known = tuple(sorted({name for layout in presets.layouts for name in layout.columns}))
    said = {file: [*the_answers(told)] for file, told in (answers or {}).items()}
    _refuse_unknown(said, presets)
    listing = listed(folder)
    named = _named(rules, listing.tables)
    used = {source.file: source.names for source in rules.source} if rules else {}
    looks = _Looks(folder, known, said, reads or {}, used)
    aside = {
        name
        for name in listing.tables
        if NOT_READ in said.get(name, ()) or (rules and rules.leaves_aside(name))
    }
    answered = {file: _extracts(filter(None, map(presets.named, names))) for file, names in said.items()}
    settled = {file for file in named if answered.get(file, set()) <= {*named[file]}} | aside
    found = _recognised(looks, presets, [name for name in listing.tables if name not in settled])
    if rules is None:
        _name_by_file(looks, presets, found)
    if every or any(layout.is_joined for each in found.values() for layout in each.layouts):
        found |= _recognised(looks, presets, [name for name in listing.tables if name in settled])
        found = {name: _as_said(found[name], rules, named, presets) for name in listing.tables}
    questions = (
        [] if rules else [each.question for each in found.values() if _is_needed(each) and each.question]
    )
    planned = _planned(found, rules, questions)
    unread: list[Unread] = []
    if rules is None:
        planned, copies = without_copies(folder, planned, said)
        unread += [
            Unread((file,), f"it holds the same as {twin}", "Nothing to do.") for file, twin in copies.items()
        ]
        questions += [*downloads(planned, said), *two_systems(planned), *differing(planned, said)]
    else:
        planned, unread = added(folder, rules, planned, said, named)
    read = {each.file for each in planned} | {file for each in planned for file in each.fitted.joined}
    told = read | settled | {file for question in questions for file, _ in question.answers}
    told |= {file for each in unread for file in each.files}
    unread += _aside([each for each in found.values() if each.file not in told])
    unread += [*_strangers(folder, listing.foreign, known, presets), *listing.unread]
    if rules is not None:
        unread = [left for each in unread if (left := each.but(rules.leaves_aside)).files]
    vendors = dict.fromkeys(planned.layout.vendor for planned in planned if planned.fitted.extract == "leads")
    return Proposal(
        tuple(found.values()),
        tuple(planned),
        tuple(unread),
        tuple(dict.fromkeys(questions)),
        tuple(rule.model_dump() for vendor in vendors for rule in presets.channel.get(vendor, ())),
        {} if rules else together(planned, said),
    )


def _recognised(looks: _Looks, presets: Presets, names: Iterable[str]) -> dict[str, Recognised]:
    """What files are, as far as their columns, or the answers, tell."""
    return {name: recognise(looks.of(name), presets, looks.said.get(name, ())) for name in names}


def _name_by_file(looks: _Looks, presets: Presets, found: dict[str, Recognised]) -> None:
    """Where no vendor's table lies, a table that nobody knows is the extract of ours that it is named after."""
    if any(layout.vendor != OWN for each in found.values() for layout in each.layouts):
        return
    for name, each in found.items():
        preset = _preset_by_name(name)
        if each.state == "unknown" and preset and name not in looks.said:
            seen = recognise(looks.of(name, is_table=True), presets, (preset,))
            found[name] = replace(seen, reason=each.look.problem or f"its name says so, and {NOBODYS}")


def _planned(
    found: Mapping[str, Recognised], rules: Rules | None, questions: list[Question]
) -> list[Planned]:
    """The sources that the files make. Where no leads are given, no row needs to name one."""
    planned = [
        Planned(each, layout, source, fit(source, each.look, _Finder(each, layout, found, questions)))
        for each in found.values()
        for layout in (each.layouts if each.state in ("recognised", "mapped") else ())
        for source in (layout.meaning.source if layout.meaning else ())
    ]
    extracts = {each.fitted.extract for each in planned} | {
        each.extract for each in (rules.source if rules else ())
    }
    if "leads" in extracts or (rules and rules.leads):
        return planned
    return [replace(each, fitted=each.fitted.without_leads) for each in planned]


def _refuse_unknown(said: Mapping[str, list[str]], presets: Presets) -> None:
    for file, names in said.items():
        for name in names:
            if name != NOT_READ and presets.named(name) is None:
                raise InputRefused(
                    f'mapping: answers."{shown(file)}" = "{name}" names no preset; presets are in data/mappings/presets'
                )


def _named(rules: Rules | None, tables: Collection[str]) -> dict[str, list[str]]:
    """The files that a mapping reads or joins, with the extracts that it reads from each."""
    named: dict[str, list[str]] = {}
    for source in rules.over(tables).source if rules else ():
        named.setdefault(source.file, []).append(source.extract)
        for file in source.looked_into:
            named.setdefault(file, [])
    return named


def _extracts(layouts: Iterable[Layout]) -> set[str]:
    """The extracts that tables give."""
    return {source.extract for layout in layouts if layout.meaning for source in layout.meaning.source}


def _as_said(
    each: Recognised, rules: Rules | None, named: Mapping[str, list[str]], presets: Presets
) -> Recognised:
    """What the mapping says of a file: that it is left aside, or that it is another table than recognition knows."""
    if rules is not None and rules.leaves_aside(each.file):
        return replace(each, state="unknown", layouts=(), reason="left aside by [not_read]")
    extracts = named.get(each.file)
    if extracts is None or (each.layouts and {*extracts} <= _extracts(each.layouts)):
        return each
    layouts = [presets.named(f"{OWN}/{extract}/own columns") for extract in extracts]
    reason = f"the mapping reads it as {' and '.join(extracts)}" if extracts else "the mapping joins it"
    return replace(each, state="mapped", layouts=tuple(filter(None, layouts)), reason=reason)


@dataclass(slots=True)
class _Looks:
    """Looks at files. Of those whose head does not tell enough, only so many are read as a whole that nobody asked for.

    used: the columns that the mapping uses, by the file that it reads.
    """

    folder: Path
    known: tuple[str, ...]
    said: Mapping[str, list[str]]
    reads: Mapping[str, Read]
    used: Mapping[str, tuple[str, ...]]
    left: int = READ_AS_A_WHOLE

    def of(self, name: str, is_table: bool = False) -> Look:
        """The look at a file. Where none of its names is known, and somebody knows the table, they stand in the first line, or
        there are none, unless told otherwise."""
        is_wanted = is_table or name in self.said or name in self.used
        told = self.reads.get(name)
        seen = self._look(name, told, is_wanted)
        is_said = bool(self.said.get(name)) and NOT_READ not in self.said[name]
        is_table = is_table or is_said or name in self.used
        if is_table and seen.code == "NO_HEADER":
            seen = self._look(name, (told or Read()).model_copy(update={"head_lines": 0}), is_wanted)
        if is_table and seen.code == "NO_NAMES":
            seen = self._look(name, (told or Read()).model_copy(update={"header": False}), is_wanted)
        return seen

    def _look(self, name: str, told: Read | None, is_wanted: bool) -> Look:
        known = self.known + self.used.get(name, ())
        return look(self.folder / name, known, declared=told, may_read=is_wanted or self._may_read)

    def _may_read(self) -> bool:
        self.left -= 1
        return self.left >= 0


def _preset_by_name(name: str) -> str:
    """The extract of ours that a file is named after; '' for others."""
    stem = name.partition(".")[0]
    return f"{OWN}/{stem}/own columns" if stem in load_extracts() else ""


def _is_needed(each: Recognised) -> bool:
    """What no figure needs, whichever of its tables it is, is no question."""
    return bool(each.look.problem) or any(candidate.layout.meaning for candidate in each.candidates)


def _aside(found: list[Recognised]) -> Iterator[Unread]:
    """Tables that are not used: each with the reason; those that nobody knows are told as one where they are many."""
    strange = [each for each in found if not each.layouts and not each.question]
    if len(strange) > MANY:
        files = tuple(each.file for each in strange)
        yield Unread(files, f"{len(files):,} tables that nobody knows", SAY)
    for each in found:
        if each.layout is not None:
            meaning = each.layout.meaning
            why = (
                f"{meaning.joins}; nothing here is joined with it" if meaning and meaning.joins else NEEDLESS
            )
            yield Unread((each.file,), f"{each.layout.preset}: {why}", "Nothing to do.")
        elif each.question:
            asked = each.question.text.removeprefix(f"{each.file}: ")
            yield Unread((each.file,), asked, f"Answer under [answers]: {each.question.listed}.")
        elif len(strange) <= MANY:
            names = clipped(", ".join(each.look.header), 200)
            reason = f"{each.reason} ({names})" if names and each.reason == NOBODYS else each.reason
            closest = f"; closest: {each.candidates[0].layout.preset}" if each.candidates else ""
            yield Unread((each.file,), f"{reason}{closest}", SAY)


def _strangers(
    folder: Path, foreign: Sequence[str], known: tuple[str, ...], presets: Presets
) -> Iterator[Unread]:
    """Files whose name promises no table: one that holds one all the same by its own name, the others as one."""
    tables = {}
    for name in foreign:
        if names := peek(folder / name, known):
            found = recognise(Look(name, False, names, ()), presets)
            if found.layout is not None and found.layout.meaning is not None:
                tables[name] = found.layout.preset
    for name, preset in tables.items():
        reason = f"its name promises no table, and it looks like {preset}"
        yield Unread((shown(name),), reason, "Let its name end in .csv.")
    yield from no_tables([name for name in foreign if name not in tables])


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the one file of the folder that is a table of the same vendor; several of one kind are asked."""

    asking: Recognised
    layout: Layout
    found: Mapping[str, Recognised]
    questions: list[Question]

    def __call__(self, tables: str | list[str]) -> Look | None:
        for table in [tables] if isinstance(tables, str) else tables:
            fitting = [
                each
                for each in self.found.values()
                if any((one.vendor, one.name) == (self.layout.vendor, table) for one in each.layouts)
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
