"""Macros of queries/functions and queries/scopes in the order they need each other, and the hash that pins all definitions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from leadquality.contracts import QUERIES

COMMENT = re.compile(r"--[^\n]*")
WORD = re.compile(r"\w+")


def ordered(paths: list[Path]) -> list[Path]:
    """The files so that each stands after those whose stem it mentions; DuckDB binds a macro when it is created."""
    by_stem = {path.stem: path for path in sorted(paths)}
    graph = {stem: _mentioned(path, by_stem) for stem, path in by_stem.items()}
    return [by_stem[stem] for stem in TopologicalSorter(graph).static_order()]


def needed(paths: list[Path], readers: list[Path]) -> list[Path]:
    """Those of `paths` that are readers or that readers mention, and those that these mention in turn, in the order they need
    each other. A macro costs as much to make as a query that calls it costs to plan."""
    stems = {path.stem for path in paths}
    wanted = {path.stem for path in paths if path in readers}
    wanted.update(*(_mentioned(reader, stems) for reader in readers))
    in_order = ordered(paths)
    for path in reversed(in_order):
        if path.stem in wanted:
            wanted |= _mentioned(path, stems)
    return [path for path in in_order if path.stem in wanted]


def _mentioned(path: Path, stems: Iterable[str]) -> set[str]:
    """Which other stems the text of a file holds as a word, comments aside."""
    return set(WORD.findall(COMMENT.sub("", path.read_text("utf-8")))).intersection(stems) - {path.stem}


@cache
def mentions(macro: str | None = None) -> frozenset[str]:
    """The macros that one mentions, and those that these mention in turn; of None the names of all macros of queries/scopes."""
    paths = {path.stem: path for path in (QUERIES / "scopes").glob("*.sql")}
    if macro is None:
        return frozenset(paths)
    direct = _mentioned(paths[macro], paths) if macro in paths else set()
    return frozenset(direct.union(*(mentions(name) for name in direct)))


@cache
def reached(macro: str, stops: frozenset[str]) -> frozenset[str]:
    """Those of `stops` that a macro comes to without passing through another of them."""
    paths = {path.stem: path for path in (QUERIES / "scopes").glob("*.sql")}
    direct = _mentioned(paths[macro], paths) if macro in paths else set()
    return frozenset((direct & stops).union(*(reached(name, stops) for name in direct - stops)))


def macro_statements(folder: Path = QUERIES) -> list[str]:
    """Every `create macro` statement, each after those it calls."""
    paths = [path for room in ("functions", "scopes") for path in (folder / room).glob("*.sql")]
    return [path.read_text("utf-8") for path in ordered(paths)]


def definitions_hash(folder: Path = QUERIES) -> str:
    """SHA-256 over the path and text of every query file: two snapshots with one hash were built by one set of rules."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.sql")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
