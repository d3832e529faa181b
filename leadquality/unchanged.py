"""A load of what the snapshot in force has already: it would give the same figures, so it is refused before it costs anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from leadquality import __version__
from leadquality.catalogue import definitions_hash
from leadquality.intake import Mapping
from leadquality.intake.folder import Unread
from leadquality.intake.loaded import holds_nothing_new, holds_the_same
from leadquality.intake.mapping import MAPPING
from leadquality.snapshot import ENGINE, ROWS, Manifest, Unchanged
from leadquality.snapshot.manifest import sha256_of
from leadquality.snapshot.restate import Earlier


def refuse_unchanged(
    before: Earlier,
    folders: Sequence[Path],
    mapping: Mapping,
    declared: str,
    settings_digest: str,
    aside: Iterable[Unread] = (),
) -> None:
    """Raise Unchanged when the snapshot in force was made of these very files, by the same mapping, settings, definitions, engine
    and product, and for the same declared as-of day; never when anything of it is damaged, for then a load is the remedy.

    aside: the files that are not read; those that were not told with the snapshot are told now."""
    made = before.manifest
    if made is None:
        return
    own = (made.mapping_digest, made.settings_digest, made.declared)
    rules = (made.product, made.engine, made.definitions)
    if (
        own == (mapping.digest, settings_digest, declared)
        and rules == (__version__, ENGINE, definitions_hash())
        and holds_the_same(folders, mapping, made.files)
        and _is_whole(before.path.parent, made)
    ):
        news = "".join(f". Not read: {each}" for each in aside if each.as_json() not in made.unread)
        raise Unchanged(
            f"already loaded: nothing has changed since the snapshot {made.snapshot} was made of these files; it stays in force{news}"
        )


def refuse_all_loaded(last: Manifest, folders: Sequence[Path], mapping: Mapping) -> None:
    """Raise Unchanged when a delivery to the last snapshot holds only files that were loaded before."""
    if holds_nothing_new(folders, mapping, last.files):
        raise Unchanged(
            f"already loaded: every file that is read of this delivery stands in the snapshot {last.snapshot}; it stays in force"
        )


def _is_whole(folder: Path, manifest: Manifest) -> bool:
    """Whether what stands beside the figures is whole too: the rows and the mapping that a delivery is added to."""
    wanted = {ROWS: manifest.rows_sha256, MAPPING: manifest.mapping_digest}
    return all(
        (folder / name).is_file() and sha256_of(folder / name) == digest for name, digest in wanted.items()
    )
