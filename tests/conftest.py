"""Fixtures: the story of a small world, and the shared reference material where it is at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.story import Story

SHARED = Path(os.environ.get("LEADQUALITY_SHARED", Path(__file__).resolve().parents[2] / "shared"))


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
