"""Publishing: a snapshot appears whole under a new path, then one pointer file is replaced; nothing is edited in place."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from leadquality.contracts import InputRefused
from leadquality.faults import ROOM
from leadquality.snapshot.manifest import Manifest, sha256_of
from leadquality.snapshot.workspace import ROWS

DATA = "data.duckdb"
MANIFEST = "manifest.json"
BUILDING = ".building-"


class NoSnapshot(InputRefused):
    """Nothing has been loaded yet, or what CURRENT names is damaged."""


class Unchanged(InputRefused):
    """A load of just what the current snapshot has: there is nothing to do, and nothing is wrong."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "ALREADY_LOADED")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds snapshots/, CURRENT and .lock; answers/ with what the pages ask first of the current one
    (leadquality/ui/answers.py); tokens.key once a load needed it; REFUSED with the reason after a load that was refused."""

    path: Path

    @property
    def snapshots(self) -> Path:
        return self.path / "snapshots"

    @property
    def pointer(self) -> Path:
        return self.path / "CURRENT"

    @property
    def refused(self) -> Path:
        """Why the last load was refused; absent when it was not. Its time of writing is that of the load."""
        return self.path / "REFUSED"

    @contextlib.contextmanager
    def noting_refusal(self) -> Iterator[None]:
        """Keep the reason of an InputRefused for the pages, which go on showing the snapshot there is.

        After Unchanged they show all that there is to load, as after a load that was made: no reason stays.
        """
        try:
            yield
        except Unchanged:
            self.refused.unlink(missing_ok=True)
            raise
        except InputRefused as error:
            with contextlib.suppress(OSError):  # the disk may be full
                if self.pointer.exists():
                    self.refused.write_text(f"{error}\n", "utf-8")
            raise
        self.refused.unlink(missing_ok=True)

    @property
    def inbox(self) -> Path:
        """Where people put the files that are to be loaded."""
        return self.path / "inbox"

    def token_key(self) -> bytes:
        """The key of the tokens that stand for what is personal, made when it is first asked for. No snapshot holds it."""
        path = self.path / "tokens.key"
        if not path.exists():
            draft = path.with_suffix(".tmp")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        try:
            return bytes.fromhex(path.read_text("utf-8"))
        except ValueError as error:
            raise InputRefused(
                f"{path}: damaged; restore it, or remove it and load all folders together"
            ) from error

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One load at a time. Raises InputRefused at once when another one holds the lock; also clears its left-overs."""
        self.snapshots.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InputRefused(f"{self.path}: another load is running; wait until it ends") from error
            for left_over in self.snapshots.glob(f"{BUILDING}*"):
                shutil.rmtree(left_over)
            if self.pointer.exists():
                kept = set(self.ever())
                for folder in self.snapshots.glob("[!.]*"):
                    if folder.name not in kept and folder.is_dir() and not folder.is_symlink():
                        shutil.rmtree(folder)
            yield

    def current(self) -> tuple[str, str] | None:
        """(snapshot id, SHA-256 of its manifest), or None before the first load. Raises NoSnapshot when unreadable."""
        try:
            values = json.loads(self.pointer.read_text("utf-8"))
            return str(values["snapshot"]), str(values["manifest_sha256"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NoSnapshot(f"{self.pointer}: unreadable; load the extracts again") from error

    def ever(self) -> list[str]:
        """Ids of all snapshots that were published; a folder that is not among them was cut off before it was.

        With an unreadable pointer nobody can say, so every folder counts: nothing is lost by doubt.
        """
        try:
            return [str(name) for name in json.loads(self.pointer.read_text("utf-8"))["published"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError):
            return sorted(path.name for path in self.snapshots.glob("[!.]*") if path.is_dir())

    def published(self) -> list[Manifest]:
        """Manifests of all published snapshots, by as-of date and id. Raises NoSnapshot naming a damaged one."""
        found = []
        for name in self.ever():
            try:
                found.append(Manifest.read(self.snapshots / name / MANIFEST))
            except (OSError, ValueError, TypeError) as error:
                raise NoSnapshot(
                    f"snapshot {name}: its manifest is damaged; remove the folder and load again"
                ) from error
        return sorted(found, key=lambda manifest: (manifest.as_of, manifest.snapshot))

    def verified(self) -> tuple[Path, Manifest]:
        """Folder and manifest of the current snapshot, all hashes checked. Raises NoSnapshot with the remedy."""
        pointer = self.current()
        if pointer is None:
            raise NoSnapshot(
                "no data yet; load your extracts with `leadquality load DIR`, or the sample with `make sample`"
            )
        snapshot, manifest_sha256 = pointer
        folder = self.snapshots / snapshot
        try:
            manifest = Manifest.read(folder / MANIFEST)
            if (
                sha256_of(folder / MANIFEST) == manifest_sha256
                and sha256_of(folder / DATA) == manifest.data_sha256
            ):
                return folder, manifest
        except (OSError, ValueError, TypeError) as error:
            raise NoSnapshot(f"snapshot {snapshot}: damaged ({error}); load the extracts again") from error
        raise NoSnapshot(
            f"snapshot {snapshot}: damaged (its hash differs from the manifest); load the extracts again"
        )


def snapshot_id(manifest: Manifest) -> str:
    """as-of date and a digest of everything that went in: the same inputs and rules give the same id.

    The load before is no part of it: it changes no figure, only what is said of earlier weeks.
    """
    inputs = replace(manifest, snapshot="", data_sha256="", rows_sha256="", restated={})
    return f"{manifest.as_of}-{hashlib.sha256(inputs.to_json().encode()).hexdigest()[:10]}"


def publish(home: Home, building: Path, manifest: Manifest, step: Callable[[str], None]) -> Manifest:
    """Give the finished `building` folder its name and point CURRENT to it. `step` is called before each action.

    A process killed at any step leaves the previous snapshot current. Call inside home.locked().
    """
    step("sync data")
    data, rows = building / DATA, building / ROWS
    for database in (data, rows):
        if database.with_name(f"{database.name}.wal").exists():
            raise InputRefused(f"{home.path}: {database.name} could not be written in full; {ROOM}")
        _sync(database)
    step("write manifest")
    named = replace(
        manifest,
        snapshot=_free_name(home, snapshot_id(manifest)),
        data_sha256=sha256_of(data),
        rows_sha256=sha256_of(rows),
    )
    (building / MANIFEST).write_text(named.to_json(), "utf-8")
    _sync(building / MANIFEST)
    for file in (data, rows, building / MANIFEST):
        file.chmod(0o444)
    _sync(building)
    step("rename snapshot")
    building.rename(home.snapshots / named.snapshot)
    _sync(home.snapshots)
    step("write pointer")
    point(home, named.snapshot, step)
    step("published")
    return named


def point(home: Home, snapshot: str, step: Callable[[str], None]) -> None:
    """Make a snapshot folder the current one; the replacement of CURRENT is the moment of publication."""
    pointer = {
        "published": [*home.ever(), snapshot],
        "snapshot": snapshot,
        "manifest_sha256": sha256_of(home.snapshots / snapshot / MANIFEST),
    }
    draft = home.path / "CURRENT.tmp"
    draft.write_text(json.dumps(pointer) + "\n", "utf-8")
    _sync(draft)
    step("replace pointer")
    draft.replace(home.pointer)
    _sync(home.path)


def _free_name(home: Home, name: str) -> str:
    """The name, or name-2, name-3 ... : a path that a reader may have open is never used again."""
    taken, number = name, 1
    while (home.snapshots / taken).exists():
        number += 1
        taken = f"{name}-{number}"
    return taken


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
