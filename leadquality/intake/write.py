"""Writes a mapping file: a proposal in the words of the mapping, with comments; what a person wrote before stays."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Container
from fnmatch import fnmatchcase
from typing import Any, Final

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from leadquality.intake.presets import OWN
from leadquality.intake.propose import Planned, Proposal

WIDE: Final = 100
ASIDE: Final = "Not read. Take the # from a line to leave that file aside for good, without a word."
DATED: Final = re.compile(r"(19|20)\d\d([-_. ]?\d\d)*")
"""A year, alone or with what follows of a date, in the name of a file."""


def mapping_text(
    proposal: Proposal,
    before: str = "",
    filled: Container[tuple[str, str, str]] = frozenset(),
    *,
    has_notes: bool = True,
) -> str:
    """The mapping of a proposal as TOML. before: a mapping file whose keys and comments are kept; only what it lacks is added;
    filled: (file, extract, column) of what will be filled by somebody, so that it is not said to be missing; has_notes: the files
    that are not read stand in it too, to be left aside for good.

    Raises tomlkit.exceptions.ParseError when `before` is no TOML.
    """
    document = tomlkit.parse(before)
    if list(document) in ([], ["answers"]):
        document = _opened(proposal, document.get("answers"))
    if has_notes:
        _perhaps_aside(document, proposal)
    sources: AoT = document.get("source") or tomlkit.aot()
    there = {(source.get("file"), source.get("extract")) for source in sources}
    new = [planned for planned in proposal.sources if (planned.file, planned.fitted.extract) not in there]
    for planned in new:
        sources.append(_source(planned, filled, later_names(planned, proposal)))
    if "source" not in document and new:
        document.add("source", sources)
    return tomlkit.dumps(document)


def _opened(proposal: Proposal, answers: Table | None) -> tomlkit.TOMLDocument:
    """A new mapping file up to its sources; the answers that were given stay."""
    document = tomlkit.document()
    document.add(
        tomlkit.comment(
            "Written by Lead Quality from the column names of the files. Read it, correct it, keep it"
        )
    )
    document.add(tomlkit.comment("beside them as mapping.toml. Every key: docs/mapping.md."))
    document.add("name", tomlkit.item(", ".join(proposal.vendors) or "own columns"))
    document.add("zone", tomlkit.item("UTC").comment("of time stamps that carry no offset"))
    document.add("channel", _channel(proposal))
    if answers is not None:
        document.add("answers", answers)
    return document


def questions_text(proposal: Proposal, before: str = "") -> str:
    """A mapping file that holds only [answers], one line to uncomment for each possible answer."""
    document = tomlkit.parse(before) if before else tomlkit.document()
    if not before:
        document.add(
            tomlkit.comment("Take the # from one line of each question, then run the same command again.")
        )
    table: Any = document.get("answers") or tomlkit.table()
    for question in proposal.questions:
        for line in _wrapped(question.text):
            table.add(tomlkit.comment(line))
        for file, answer in question.answers:
            table.add(tomlkit.comment(comment_of({file: answer})))
    if "answers" not in document:
        document.add("answers", table)
    return tomlkit.dumps(document)


def _channel(proposal: Proposal) -> Table:
    table = tomlkit.table()
    table.add(
        tomlkit.comment(
            "Where a lead came from: the first rule that fits decides, none fits: unknown. A call decides nothing."
        )
    )
    rules = tomlkit.array().multiline(True)
    for rule in proposal.channel:
        rules.append(_inline(rule))
    table.add("rules", rules)
    return table


def _perhaps_aside(document: tomlkit.TOMLDocument, proposal: Proposal) -> None:
    """The tables that are not read, one line each to uncomment: then no load speaks of them again."""
    said = tomlkit.dumps(document)
    told = [each for each in proposal.unread if each.file and not each.file.endswith("/")]
    lines = {comment_of({each.file: each.reason}): each for each in told}
    new = [line for line in lines if line not in said]
    if not new:
        return
    if "not_read" not in document:
        document.add("not_read", tomlkit.table())
        document["not_read"].add(tomlkit.comment(ASIDE))
    table: Any = document["not_read"]
    for line in new:
        table.add(tomlkit.comment(line))


def comment_of(line: dict[str, Any]) -> str:
    """A line of the mapping as a comment can hold it: what is not printable would end the comment."""
    return printable(tomlkit.dumps(line).strip())


def printable(text: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in text)


def _source(planned: Planned, filled: Container[tuple[str, str, str]], later: str) -> Table:
    look, layout = planned.recognised.look, planned.layout
    table = tomlkit.table()
    if layout.vendor != OWN:
        for line in _wrapped(f"{layout.vendor} {layout.name} ({layout.style}): {planned.recognised.reason}."):
            table.add(tomlkit.comment(line))
    for trap in layout.meaning.traps if layout.meaning else []:
        if concerns(trap.needs, trap.lacks, look.header):
            for line in _wrapped(f"Note: {trap.text} {trap.remedy}"):
                table.add(tomlkit.comment(line))
    table.add("extract", planned.fitted.extract)
    table.add("file", planned.file)
    if later:
        table.add("glob", tomlkit.item(later).comment("later exports are read like this one"))
    if layout.vendor != OWN:
        table.add("preset", layout.preset)
    if look.wrapped:
        table.add("wrapped", True)
    if look.declared is not None:
        table.add("read", _inline(look.declared.model_dump(exclude_defaults=True)))
    for key, part in planned.fitted.body.items():
        table.add(key, _table(part) if isinstance(part, dict) else _item(part))
    for gap in planned.fitted.missing:
        if (planned.file, gap.extract, gap.column) in filled:
            continue
        for line in _wrapped(f"MISSING: {gap.column}, which every row needs. {gap.remedy}"):
            table.add(tomlkit.comment(line))
    if not any((planned.file, planned.fitted.extract, ours) in filled for ours in planned.layout.columns):
        _perhaps(table, planned)
    if unused := _unused(planned):
        table.add("ignore", _array(unused))
    return table


def _perhaps(table: Table, planned: Planned) -> None:
    """What may fill the columns that nothing fills, one line each to uncomment."""
    suggested = {} if "columns" in planned.fitted.body else planned.suggested()
    lines = {f"columns.{ours} = {_item(theirs).as_string()}": None for ours, theirs in suggested.items()}
    for ours, names in planned.undecided().items():
        lines |= {
            f"columns.{ours} = {_item(name).as_string()}": None for name in names if ours not in suggested
        }
    if lines:
        table.add(tomlkit.comment("Perhaps, by names and values. Take the # from each line that is right:"))
    for line in lines:
        table.add(tomlkit.comment(printable(line)))


def later_names(planned: Planned, proposal: Proposal) -> str:
    """The name of a file with * for its date, where it has one and fits no other file of the folder; else ''."""
    name = planned.file
    glob = DATED.sub("*", name)
    others = {each.file for each in proposal.recognised} - {name}
    is_plain = glob != name and not set(name) & set("*?[")
    return glob if is_plain and not any(fnmatchcase(other, glob) for other in others) else ""


def concerns(needs: list[str], lacks: list[str], header: tuple[str, ...]) -> bool:
    """Does a trap concern a file with this header?"""
    names = {name.strip().casefold() for name in header}
    return {name.casefold() for name in needs} <= names and not (
        lacks and {name.casefold() for name in lacks} <= names
    )


def _unused(planned: Planned) -> list[str]:
    """Columns of the file that nothing in the source names, but for those that may decide: a person ignores these."""
    said = _strings(planned.fitted.body).union(*planned.undecided().values())
    own = planned.layout.columns if planned.layout.vendor == OWN else ()
    return [name for name in planned.recognised.look.header if name not in said and name not in own]


def _strings(part: Any) -> set[str]:
    if isinstance(part, str):
        return {part}
    if isinstance(part, dict):
        return set().union(*(_strings(value) for value in part.values()), part)
    return set().union(*map(_strings, part)) if isinstance(part, list) else set()


def _table(part: dict[str, Any]) -> Table:
    """A table whose values stand on one line each, but rules, of which each has its own."""
    table = tomlkit.table()
    for key, value in part.items():
        table.add(key, _item(value))
    return table


def _item(value: Any) -> Any:
    if isinstance(value, dict):
        return _inline(value)
    return _array(value) if isinstance(value, list) else tomlkit.item(value)


def _array(values: list[Any]) -> Array:
    array = tomlkit.array()
    for value in values:
        array.append(_item(value))
    return array.multiline(sum(len(str(value)) for value in values) > WIDE)


def _inline(values: dict[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in values.items():
        table.add(key, _inline_array(value) if isinstance(value, list) else _item(value))
    return table


def _inline_array(values: list[Any]) -> Array:
    array = tomlkit.array()
    for value in values:
        array.append(_item(value))
    return array


def _wrapped(text: str) -> list[str]:
    """Lines for comments. A column name may hold anything: what is not printable would end the comment."""
    return textwrap.wrap(" ".join(printable(text).split()), WIDE + 16)
