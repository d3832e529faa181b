"""Headers of query files: `-- key: text` lines before the first statement, parsed and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ENTRY = re.compile(r"^-- ([a-z_]+):(?: +(.*))?$")
CONTINUED = re.compile(r"^--  +(.*)$")


class CatalogueError(ValueError):
    """A query file that cannot be read; the message lists every problem with file and line."""


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header. Values are stripped; a key that may repeat holds each of its lines."""

    path: Path
    entries: dict[str, tuple[str, ...]]

    def text(self, key: str) -> str:
        """The value of a key that stands once; empty when it is absent."""
        return self.entries.get(key, ("",))[0]

    def words(self, key: str) -> tuple[str, ...]:
        """A comma-separated value as a tuple; empty when absent or `none`."""
        value = self.text(key)
        return () if value in {"", "none"} else tuple(part.strip() for part in value.split(","))


def parse_header(
    path: Path, text: str, required: set[str], optional: set[str], repeatable: set[str]
) -> Header:
    """Parse the comment lines at the top of `text`. Raises CatalogueError naming all problems at once.

    A line `--   more` that follows an entry continues it. Comment lines that are neither are prose and are
    allowed only after the last entry.
    """
    entries: dict[str, list[str]] = {}
    problems: list[str] = []
    last = ""
    known = required | optional
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("--"):
            break
        entry = ENTRY.match(line)
        if entry:
            last, value = entry[1], (entry[2] or "").strip()
            if last not in known:
                problems.append(
                    f"{path.name}:{number}: unknown key '{last}'; known are {', '.join(sorted(known))}"
                )
            elif last in entries and last not in repeatable:
                problems.append(f"{path.name}:{number}: '{last}' stands twice; merge the two lines")
            elif not value:
                problems.append(f"{path.name}:{number}: '{last}' says nothing; give it a value")
            entries.setdefault(last, []).append(value)
        elif last and (more := CONTINUED.match(line)):
            entries[last][-1] += " " + more[1].strip()
    absent = sorted(required - entries.keys())
    problems += [f"{path.name}:1: '{key}' is missing; add a line '-- {key}: ...'" for key in absent]
    if problems:
        raise CatalogueError("\n".join(problems))
    return Header(path, {key: tuple(values) for key, values in entries.items()})
