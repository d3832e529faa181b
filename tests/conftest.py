"""Fixtures: the story of a small world, and the shared reference material where it is at hand."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from leadquality.catalogue import macro_statements
from leadquality.formats import read_apart, read_here
from tests.compiled import compiled
from tests.story import Story
from tests.worlds import World, side_world, write_and_load

SHARED = Path(os.environ.get("LEADQUALITY_SHARED", Path(__file__).resolve().parents[2] / "shared"))


MACROS = "leadquality.snapshot.reading.macro_statements"
READER = "leadquality.intake.staging.read_apart"
OPENER = "leadquality.first_answers.ask_first"


gc.disable()


def pytest_collection_finish() -> None:
    """What is imported and collected stays: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """What is never looked through cannot be let go, and the engine complains of it at the end."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def _macros_compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A snapshot that is opened gets its macros from a copy (tests/snapshot/test_hardened.py: they are the same)."""
    statements = compiled(tmp_path_factory.mktemp("macros") / "macros.duckdb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MACROS, lambda: statements)
        yield


@pytest.fixture(scope="session", autouse=True)
def _read_here() -> Iterator[None]:
    """Files of tests are known, so they are read in the test's own process, ten times quicker; nobody opens all pages after a load."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(READER, read_here)
        patch.setattr(OPENER, lambda home: "")
        yield


@pytest.fixture(autouse=True)
def _apart(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests marked `apart` read files in a child, and open a snapshot as it is opened outside tests."""
    if "apart" in request.keywords:
        monkeypatch.setattr(MACROS, macro_statements)
        monkeypatch.setattr(READER, read_apart)


@pytest.fixture
def story() -> Callable[..., Story]:
    """story("2025-12-31") begins a world that is known up to that day."""
    return Story


@pytest.fixture
def shared() -> Path:
    """The folder of reference data; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared reference data are not on this machine (set LEADQUALITY_SHARED)")
    return SHARED


@pytest.fixture
def published(shared: Path) -> Callable[[str], dict[str, Any]]:
    """Published statistical results by name, with their data and tolerance."""
    return lambda name: json.loads((shared / "expected" / "statistics" / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The sample as `leadquality sample` writes it, loaded once."""
    return write_and_load(tmp_path_factory.mktemp("sample"), dirty=True)


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Its clean twin, loaded once."""
    return write_and_load(tmp_path_factory.mktemp("twin"), dirty=False)


@pytest.fixture(scope="session")
def side(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., World]:
    """side("reps") is that side world, loaded; side("shows", 410) as known on day 410."""
    return cache(lambda name, days=None: side_world(tmp_path_factory.mktemp(name), name, days))
