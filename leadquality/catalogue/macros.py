"""Macros of queries/functions and queries/scopes in the order they need each other, and the hash that pins all definitions."""

from __future__ import annotations

import hashlib
import re
from graphlib import TopologicalSorter
from pathlib import Path

from leadquality.contracts import QUERIES

COMMENT = re.compile(r"--[^\n]*")


def ordered(paths: list[Path]) -> list[Path]:
    """The files so that each stands after those whose stem it mentions; DuckDB binds a macro when it is created."""
    by_stem = {path.stem: path for path in sorted(paths)}
    graph: dict[str, set[str]] = {}
    for stem, path in by_stem.items():
        words = set(re.findall(r"\w+", COMMENT.sub("", path.read_text("utf-8"))))
        graph[stem] = {other for other in by_stem if other != stem and other in words}
    return [by_stem[stem] for stem in TopologicalSorter(graph).static_order()]


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
