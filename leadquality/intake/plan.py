"""The plan of a load: what becomes of every file of a folder, and the mapping by which the rows are read.

`load`, `map` and the page Load decide by it, so that what one shows is what the other does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomlkit

from leadquality.contracts import InputRefused
from leadquality.formats import shown
from leadquality.intake.decisions import Decisions, decided_text
from leadquality.intake.declared import Read
from leadquality.intake.files import label_of
from leadquality.intake.findings import Told
from leadquality.intake.fit import Missing
from leadquality.intake.folder import Unread
from leadquality.intake.mapping import MAPPING, Mapping, answers_only, parse_mapping
from leadquality.intake.presets import OWN_COLUMNS
from leadquality.intake.propose import Planned, Proposal, propose
from leadquality.intake.recognise import answer_line
from leadquality.intake.write import mapping_text, questions_text

UNKNOWN: Final = (
    "none of these files is recognised; say what each holds under [answers] of mapping.toml, as in "
    '"my calls.csv" = "own/calls/own columns", or answer on the page Load'
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the files are, the text of the mapping (or of the questions), and the mapping, unless something is asked.

    missing: required columns that nothing fills yet, by file; refused: why nothing can be loaded by it, '' when it can.
    """

    proposal: Proposal
    text: str
    rules: Mapping | None
    missing: tuple[tuple[str, Missing], ...] = ()
    refused: str = ""

    def demand(self) -> Mapping:
        """The mapping. Raises InputRefused when something is asked or missing: nothing is guessed."""
        if self.refused or self.rules is None:
            raise InputRefused(self.refused)
        return self.rules


def plan(
    folder: Path,
    before: bytes = b"",
    decisions: Decisions | None = None,
    where: Path | None = None,
    *,
    is_written: bool = False,
) -> Plan:
    """The plan for a folder. before: the mapping there is, which stands in `where`; what it says holds, and is only added to.
    decisions: what a person decided since; is_written: the text is for a person, who may correct it.

    Raises InputRefused when `before` is no mapping, or there is no folder.
    """
    decisions = decisions or Decisions()
    where = where or folder / MAPPING
    answers = answers_only(before) if before else {}
    there = None
    if answers is None:
        there = parse_mapping(before, where)
        answers = there.answers
    reads = {source.file: source.read for source in there.source if source.read != Read()} if there else {}
    proposal = propose(folder, answers | decisions.answers, reads | decisions.reads, there, every=is_written)
    if proposal.questions:
        asked = "; ".join(map(str, proposal.questions))
        return Plan(proposal, questions_text(proposal, before.decode()), None, refused=asked)
    own = parse_mapping(OWN_COLUMNS.read_bytes(), OWN_COLUMNS)
    is_there = {source.extract for source in own.source if os.path.lexists(folder / source.file)}
    if not proposal.sources and there is None and not is_there:
        named = "; ".join(map(str, proposal.unread))
        why = (
            f"{UNKNOWN}: {named}"
            if named
            else f"{shown(folder.name)}: holds no table; put the extracts there"
        )
        return Plan(proposal, before.decode(), None, refused=why)
    text, rules = before.decode(), there
    # Where nothing is added it is taken letter by letter, as a person wrote it.
    if rules is None or is_written or _new(proposal, rules) or decisions != Decisions():
        if rules is None and not (proposal.vendors or answers or decisions.answers):
            has_leads = "leads" in is_there | {planned.fitted.extract for planned in proposal.sources}
            text = own_columns(has_leads)
        text = decided_text(mapping_text(proposal, text, decisions.filled, has_notes=is_written), decisions)
        rules = parse_mapping(text.encode(), where)
    filled = {(source.file, source.extract, ours) for source in rules.source for ours in source.columns}
    missing = tuple(
        (planned.file, gap)
        for planned in proposal.sources
        for gap in planned.fitted.missing
        if (planned.file, gap.extract, gap.column) not in filled
    )
    # What the mapping reads already is judged when it is read: it may fill a column in more ways than a look can tell.
    lacking = [text for planned in _new(proposal, there) for text in planned.missing] if missing else []
    return Plan(proposal, text, rules, missing, "; ".join(lacking))


def _new(proposal: Proposal, rules: Mapping | None) -> list[Planned]:
    """The sources of a proposal that a mapping does not have."""
    there = {(source.file, source.extract) for source in (rules.source if rules else ())}
    return [planned for planned in proposal.sources if (planned.file, planned.fitted.extract) not in there]


def own_columns(has_leads: bool) -> str:
    """The mapping of files under our own names. Without a file of leads it asks for none."""
    document = tomlkit.parse(OWN_COLUMNS.read_text("utf-8"))
    sources: Any = document["source"]
    for place, source in enumerate(sources):
        if source["extract"] == "leads" and not has_leads:
            del sources[place]
            break
    return tomlkit.dumps(document)


def unread(folder: Path, rules: Mapping) -> tuple[Unread, ...]:
    """The files of a further folder that the mapping in force does not use."""
    proposal = propose(folder, rules.answers, rules=rules, every=False)
    read = {source.file for source in rules.source}
    further = [planned for planned in proposal.sources if planned.file not in read]
    return (*proposal.unread, *(_unnamed(planned.file, planned.layout.preset) for planned in further))


def _unnamed(file: str, preset: str) -> Unread:
    return Unread(
        (file,),
        f"it is {preset}, and the mapping in force does not name it",
        f"Load all folders together by a mapping that does: {answer_line(file, preset)} under [answers].",
    )


def told(
    folders: Sequence[Sequence[Unread]], proposal: Proposal | None = None, first: int = 1
) -> Iterator[Told]:
    """The findings of a plan: the files of each delivery that are not used, and those that are read as one."""
    for number, aside in enumerate(folders, start=first):
        for each in aside:
            file = label_of(each.file, number) if each.file else None
            title = f"Not read: {file or each.named}: {each.reason}"
            yield Told("file_not_read", title, each.remedy, "", file, None)
    for extract, files in proposal.together.items() if proposal else ():
        yield Told(
            "files_read_together",
            f"Several files are read as one extract: {', '.join(files)}",
            "Nothing to do, if that is meant; else leave one aside under [not_read] of mapping.toml.",
            extract,
            files[-1],
            None,
        )
