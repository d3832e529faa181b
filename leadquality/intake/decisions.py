"""What a person decided about a folder, beside the file, written into the mapping: the same text that a pen would write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import tomlkit
from tomlkit.items import Table

from leadquality.contracts import InputRefused
from leadquality.formats import fold
from leadquality.intake.columns import Column
from leadquality.intake.declared import Read
from leadquality.intake.mapping import Answers

FROM_SOURCE: Final = ("leads", "source")
"""The values that have no words of ours but a channel: rules decide on them."""

Place = tuple[str, str]
"""A file and the extract that it is read as."""

Filling = str | dict[str, Any]
"""What fills a column of ours, as the mapping says it: a column of theirs, or a table such as { from = ..., unit = ... }."""


@dataclass(slots=True)
class Decisions:
    """Answers that only a person can give.

    answers: file to preset or `not read`; reads: how a file is read; columns: of a place, our column to what fills it, as the
    mapping says it; ignored: of a place, their columns that decide nothing; values: of (extract, column), their value to our word;
    date_order and decimal: of a file.
    """

    answers: Answers = field(default_factory=dict)
    reads: dict[str, Read] = field(default_factory=dict)
    zone: str = ""
    columns: dict[Place, dict[str, Filling]] = field(default_factory=dict)
    ignored: dict[Place, list[str]] = field(default_factory=dict)
    values: dict[Place, dict[str, str]] = field(default_factory=dict)
    date_order: dict[str, str] = field(default_factory=dict)
    decimal: dict[str, str] = field(default_factory=dict)

    @property
    def filled(self) -> frozenset[tuple[str, str, str]]:
        """(file, extract, column) of every column that a decision fills."""
        return frozenset((*place, ours) for place, columns in self.columns.items() for ours in columns)


def named_in(theirs: Filling | Column) -> list[str]:
    """The columns of a file that fill one of ours."""
    if isinstance(theirs, str):
        return [theirs]
    if isinstance(theirs, Column):
        return [*([theirs.from_] if theirs.from_ else []), *theirs.joined]
    return [*([theirs["from"]] if "from" in theirs else []), *theirs.get("joined", [])]


def settled(words: dict[str, str], spellings: Iterable[str]) -> dict[str, str]:
    """The words chosen for a column, each as far as it leads: A is B and B is C, so A is C. Of the spellings there are, those that
    are alike but for case, space, dash and underscore get one word, for the mapping reads them as one.

    Raises InputRefused for a circle, and for alike spellings with two words.
    """
    ends = {value: _end(value, words) for value in words}
    alike: dict[str, str] = {}
    for value, word in ends.items():
        if alike.setdefault(fold(value), word) != word:
            raise InputRefused(
                f"'{value}' is spelt like another but for case, space or dash, and is read like it: choose the same for both"
            )
    return ends | {
        value: alike[fold(value)]
        for value in spellings
        if value not in ends and alike.get(fold(value), value) != value
    }


def _end(value: str, words: dict[str, str]) -> str:
    passed = [value]
    while (word := words.get(passed[-1], passed[-1])) != passed[-1]:
        if word in passed:
            raise InputRefused(f"{' and '.join(passed)}: each is said to be the other; leave one as it is")
        passed.append(word)
    return passed[-1]


def decided_text(text: str, decisions: Decisions) -> str:
    """The mapping with the decisions in it; all that stood there stays. A decision on a file that is not in it is left out."""
    document = tomlkit.parse(text)
    if decisions.zone:
        document["zone"] = decisions.zone
    if decisions.answers:
        answers = _table_in(document, "answers")
        for file, answer in decisions.answers.items():
            answers[file] = answer
    for source in _sources(document):
        _source(source, decisions)
    _channels(document, decisions.values.get(FROM_SOURCE, {}))
    return tomlkit.dumps(document)


def _sources(document: tomlkit.TOMLDocument) -> Iterator[Any]:
    yield from document.get("source", [])


def _source(source: Any, decisions: Decisions) -> None:
    file, extract = str(source.get("file")), str(source.get("extract"))
    for ours, theirs in decisions.columns.get((file, extract), {}).items():
        columns = _table_in(source, "columns")
        if isinstance(theirs, str):
            columns[ours] = theirs
        else:
            columns[ours] = tomlkit.inline_table()
            columns[ours].update(theirs)
        for name in named_in(theirs):
            if name in source.get("ignore", []):
                source["ignore"].remove(name)
    for name in decisions.ignored.get((file, extract), []):
        if "ignore" not in source:
            source["ignore"] = tomlkit.array()
        if name not in source["ignore"]:
            source["ignore"].append(name)
    if order := decisions.date_order.get(file):
        _table_in(source, "time")["date_order"] = order
    if mark := decisions.decimal.get(file):
        _table_in(source, "number")["decimal"] = mark
    for (where, column), words in decisions.values.items():
        if where == extract and (where, column) != FROM_SOURCE:
            _words(source, column, words)


def _words(source: Any, column: str, words: dict[str, str]) -> None:
    """Add their values to ours: to the lists of words, or as rules after the rules there are."""
    theirs = source.get("columns", {}).get(column, column)
    known = source.get("values", {}).get(column)
    if isinstance(known, list):
        name = theirs if isinstance(theirs, str) else theirs.get("from")
        for value, ours in words.items() if name else ():
            rule = tomlkit.inline_table()
            condition = tomlkit.inline_table()
            condition[str(name)] = [value]
            rule.update({"when": condition, "then": ours})
            known.append(rule)
        return
    values = _table_in(source, "values")
    if column not in values:
        # Inline, because a table under a dotted key would be written outside its source.
        values[column] = tomlkit.inline_table()
    table = values[column]
    for value, ours in words.items():
        table[ours] = [*table.get(ours, []), value]


def _channels(document: tomlkit.TOMLDocument, chosen: dict[str, str]) -> None:
    """One rule for each channel that was chosen, after the rules there are: the first that fits decides."""
    rules: Any = document.get("channel", {}).get("rules")
    for channel in dict.fromkeys(chosen.values()) if rules is not None else ():
        rule, when = tomlkit.inline_table(), tomlkit.inline_table()
        when["source"] = [value for value, ours in chosen.items() if ours == channel]
        rule.update({"id": f"said to be {channel}", "channel": channel, "when": when})
        rules.append(rule)


def _table_in(parent: Any, name: str) -> Any:
    """The table of that name, made where it is not there."""
    if name not in parent:
        table: Table = tomlkit.table()
        parent[name] = table
    return parent[name]
