"""A delivery that is added to the snapshot in force: what is taken from that snapshot, and when it cannot be done."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from leadquality.catalogue import definitions_hash
from leadquality.contracts import InputRefused
from leadquality.intake import Mapping, parse_mapping
from leadquality.intake.deliveries import Earlier, refuse_people
from leadquality.intake.mapping import MAPPING, answers_only, read_text
from leadquality.settings import read_settings
from leadquality.snapshot import ENGINE, ROWS, Home, Manifest, NoSnapshot
from leadquality.snapshot.manifest import sha256_of
from leadquality.snapshot.publish import DATA

ALL: Final = "load all folders together: leadquality load DIR1 DIR2 ..."


@dataclass(frozen=True, slots=True)
class Last:
    """The snapshot in force, and the mapping it was made by with its text."""

    folder: Path
    manifest: Manifest
    rules: Mapping
    text: bytes

    @property
    def earlier(self) -> Earlier:
        """What is loaded already."""
        files = self.manifest.files
        return Earlier(
            frozenset(self.manifest.given),
            max(file["delivery"] for file in files.values()),
            {file["sha256"]: name for name, file in files.items()},
        )

    def copy(self, building: Path) -> None:
        """Copy its two databases, to be changed there."""
        for name in (DATA, ROWS):
            shutil.copyfile(self.folder / name, building / name)


def last_snapshot(home: Home) -> Last:
    """The snapshot in force, if a delivery can be added to it. Raises InputRefused: there is none, it was made by other rules,
    or its mapping needs what is not kept."""
    folder, manifest = home.verified()
    if (manifest.engine, manifest.definitions) != (ENGINE, definitions_hash()):
        raise InputRefused(
            f"the snapshot {manifest.snapshot} was made by another version of the product; {ALL}"
        )
    if not (folder / ROWS).is_file() or sha256_of(folder / ROWS) != manifest.rows_sha256:
        raise NoSnapshot(f"snapshot {manifest.snapshot}: {ROWS} is missing or damaged; {ALL}")
    text = (folder / MAPPING).read_bytes()
    last = Last(folder, manifest, parse_mapping(text, folder / MAPPING), text)
    if last.rules.digest != manifest.mapping_digest:
        raise NoSnapshot(f"snapshot {manifest.snapshot}: its {MAPPING} is damaged; {ALL}")
    refuse_people(last.rules)
    return last


def refuse_other_mapping(rules: Mapping, given: bytes, paths: Iterable[Path]) -> None:
    """Raise InputRefused when one of these files, where it exists, is another mapping than that in force: one mapping reads all.

    given: the text that it was made of, to which what the files are was only added."""
    for path in paths:
        own = read_text(path) if path.exists() else given
        if own == given or answers_only(own) is not None:
            continue
        if not rules.goes_on(parse_mapping(own, path)):
            raise InputRefused(
                f"{path}: another mapping than that of the deliveries before, whose rows would have to be read anew; "
                f"remove it, or write one mapping and {ALL} --mapping FILE"
            )


def refuse_other_rules(last: Last, settings: Path | None, as_of: date | None) -> None:
    """Raise InputRefused when a settings file is not the one of the snapshot, or it is known up to a later day than as_of."""
    if settings is not None and read_settings(settings)[1] != last.manifest.settings_digest:
        raise InputRefused(f"{settings}: other settings than those of the last snapshot; {ALL}")
    if as_of is not None and as_of.isoformat() < last.manifest.as_of:
        raise InputRefused(
            f"as of {as_of}: the last snapshot is known up to {last.manifest.as_of} already; give that day or a later one, or {ALL}"
        )
