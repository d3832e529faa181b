"""The manifest: what a snapshot was made of and by which rules. It holds no time of day: the as-of date is the date."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Manifest:
    """files: per file its SHA-256, size and delivery; tables: per extract the row account; definitions: hash over queries/;
    ends: per extract the day of its last event; rows_sha256: of the rows that a later delivery is added to; weights: what rests on
    a finding or on rows left out (queries/trust/finding_weights.sql); restated: what became of earlier weeks
    (snapshot/restate.py), empty in a snapshot of an older version; declared: the as-of day that was asked for, '' where it is
    the last event's, null in a snapshot of an older version; unread: the files of the folders that were not used, with the reason
    and the remedy; undecided: columns that decide and were not read, each in a line; evidence: links, windows and gaps of
    the extracts (queries/evidence); told: title, remedy and first row of each finding."""

    snapshot: str
    as_of: str
    zone: str
    product: str
    engine: str
    definitions: str
    mapping: str
    mapping_digest: str
    settings_digest: str
    given: list[str]
    files: dict[str, dict[str, Any]]
    tables: dict[str, dict[str, Any]]
    findings: dict[str, int]
    data_sha256: str = ""
    rows_sha256: str = ""
    ends: dict[str, str] = field(default_factory=dict)
    weights: dict[str, dict[str, Any]] = field(default_factory=dict)
    restated: dict[str, Any] = field(default_factory=dict)
    declared: str | None = None
    evidence: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    unread: list[dict[str, Any]] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """Stable text: sorted keys, so that the same load gives the same bytes."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Parse a manifest file. Raises OSError, ValueError or TypeError when it is not one."""
        return cls(**json.loads(path.read_text("utf-8")))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
