"""Snapshots: facts, counts and a manifest, published atomically under a new path and never edited."""

from leadquality.snapshot.build import build
from leadquality.snapshot.manifest import Manifest
from leadquality.snapshot.publish import Home, NoSnapshot, Unchanged, publish
from leadquality.snapshot.reading import Snapshot, open_snapshot
from leadquality.snapshot.restate import earlier_of, restate
from leadquality.snapshot.workspace import ENGINE, ROWS, workspace

__all__ = [
    "ENGINE",
    "ROWS",
    "Home",
    "Manifest",
    "NoSnapshot",
    "Snapshot",
    "Unchanged",
    "build",
    "earlier_of",
    "open_snapshot",
    "publish",
    "restate",
    "workspace",
]
