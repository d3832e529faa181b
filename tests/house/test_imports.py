"""Imports point one way: app, pages, ui, then the rooms that read and judge, then what all of them share."""

from __future__ import annotations

import ast
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]

SHARED = {
    "leadquality",
    "leadquality.contracts",
    "leadquality.scope",
    "leadquality.words",
    "leadquality.catalogue",
    "leadquality.faults",
}
ROOMS = {f"leadquality.{name}" for name in ("engine", "snapshot", "intake", "charts", "verdict", "settings")}
FOR_PAGES = {
    "leadquality",
    "leadquality.ui",
    "leadquality.charts",
    "leadquality.verdict",
    "leadquality.contracts",
    "leadquality.scope",
    "leadquality.words",
}
ON_CONTRACTS = {"leadquality", "leadquality.contracts"}
BESIDE_UI = SHARED | ROOMS | {"leadquality.sample"}

MAY_IMPORT: dict[str, set[str]] = {
    "app": FOR_PAGES,
    "pages": FOR_PAGES,
    "leadquality.ui": SHARED | ROOMS | {"leadquality.first_answers", "leadquality.load"},
    "leadquality.__main__": BESIDE_UI | {"leadquality.cli", "leadquality.load"},
    "leadquality.cli": BESIDE_UI | {"leadquality.first_answers", "leadquality.load"},
    "leadquality.load": BESIDE_UI | {"leadquality.adding", "leadquality.unchanged"},
    "leadquality.adding": BESIDE_UI,
    "leadquality.unchanged": BESIDE_UI,
    "leadquality.first_answers": ON_CONTRACTS | {"leadquality.snapshot"},
    **dict.fromkeys(ROOMS, SHARED),
    "leadquality.formats": ON_CONTRACTS | {"leadquality.faults"},
    "leadquality.faults": ON_CONTRACTS | {"leadquality.words"},
    "leadquality.intake": SHARED | {"leadquality.formats"},
    "leadquality.engine": SHARED | {"leadquality.statistics"},
    "leadquality.sample": ON_CONTRACTS,
    "leadquality.statistics": ON_CONTRACTS,
    "leadquality.catalogue": ON_CONTRACTS,
    "leadquality.scope": ON_CONTRACTS,
    "leadquality.words": ON_CONTRACTS,
    "leadquality.contracts": {"leadquality"},
    "leadquality": set(),
}

KNOWN_ONLY_BY: dict[str, set[str]] = {
    "streamlit": {"app", "pages", "leadquality.ui"},
    "duckdb": {
        "leadquality.faults",
        "leadquality.formats",
        "leadquality.intake",
        "leadquality.snapshot",
        "leadquality.engine",
    },
    "plotly": {"leadquality.charts"},
    "lifelines": set(),
    "statsmodels": set(),
}


def room_of(path: str) -> str:
    """The room a file stands in: `leadquality/charts/age.py` is in leadquality.charts, a page in pages."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:2]).removesuffix(".__init__") if parts[0] == "leadquality" else parts[0]


def imported(node: ast.AST) -> list[str]:
    """Full names that an import statement, or a call that imports by name, brings in; '?' where it cannot be read."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=0):
            return [f"{module}.{alias.name}" for alias in names]
        case (
            ast.ImportFrom()
            | ast.Call(func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"))
        ):
            return ["?"]
    return []


def room_named(name: str) -> str:
    """The room of ours behind a full name; the package itself for its own attributes such as __version__."""
    room = ".".join(name.split(".")[:2])
    return room if room in MAY_IMPORT else "leadquality"


def violations(path: str, source: str) -> list[str]:
    """Every import of the module that points the wrong way, as `path:line: what`. Imports inside functions count."""
    room = room_of(path)
    if room not in MAY_IMPORT:
        return [f"{path}:1: {room} has no place in the order of rooms; give it one in {Path(__file__).name}"]
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source, path)):
        for name in imported(node):
            line = getattr(node, "lineno", 0)
            top = name.split(".")[0]
            if name == "?":
                found.append((line, "imports by a relative or computed name, which hides where it points"))
            elif top == "leadquality":
                target = room_named(name)
                if target != room and target not in MAY_IMPORT[room]:
                    found.append((line, f"{room} may not import {target}"))
            elif top in ("app", "pages", "tests"):
                found.append((line, f"{room} may not import {top}"))
            elif top in KNOWN_ONLY_BY and room not in KNOWN_ONLY_BY[top]:
                found.append((line, f"{room} may not know {top}"))
    return [f"{path}:{line}: {what}" for line, what in sorted(set(found))]


def product_files() -> list[Path]:
    return sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "leadquality").rglob("*.py")])


def test_imports_point_one_way():
    found = [
        line
        for path in product_files()
        for line in violations(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    ]
    assert found == []


def test_every_room_is_looked_at():
    looked_at = {room_of(path.relative_to(ROOT).as_posix()) for path in product_files()}
    assert looked_at == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("path", "source", "report"),
    [
        (
            "leadquality/charts/age.py",
            "import math\nimport duckdb\n",
            "leadquality/charts/age.py:2: leadquality.charts may not know duckdb",
        ),
        (
            "leadquality/charts/age.py",
            "from duckdb import connect",
            "leadquality/charts/age.py:1: leadquality.charts may not know duckdb",
        ),
        (
            "leadquality/charts/age.py",
            "def draw():\n    import streamlit.components.v1 as c\n",
            "leadquality/charts/age.py:2: leadquality.charts may not know streamlit",
        ),
        (
            "leadquality/ui/cards.py",
            "import plotly.graph_objects as go",
            "leadquality/ui/cards.py:1: leadquality.ui may not know plotly",
        ),
        (
            "leadquality/verdict/pair.py",
            "from lifelines import KaplanMeierFitter",
            "leadquality/verdict/pair.py:1: leadquality.verdict may not know lifelines",
        ),
        (
            "pages/trust/data.py",
            "from leadquality import intake, ui",
            "pages/trust/data.py:1: pages may not import leadquality.intake",
        ),
        (
            "pages/trust/data.py",
            "from leadquality.engine.run import run",
            "pages/trust/data.py:1: pages may not import leadquality.engine",
        ),
        (
            "app.py",
            "import leadquality.snapshot",
            "app.py:1: app may not import leadquality.snapshot",
        ),
        (
            "leadquality/snapshot/build.py",
            "from leadquality.intake import stage",
            "leadquality/snapshot/build.py:1: leadquality.snapshot may not import leadquality.intake",
        ),
        (
            "leadquality/verdict/headline.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from leadquality.charts import age\n",
            "leadquality/verdict/headline.py:3: leadquality.verdict may not import leadquality.charts",
        ),
        (
            "leadquality/ui/server.py",
            "from leadquality.cli import main",
            "leadquality/ui/server.py:1: leadquality.ui may not import leadquality.cli",
        ),
        (
            "leadquality/load.py",
            "from leadquality import cli",
            "leadquality/load.py:1: leadquality.load may not import leadquality.cli",
        ),
        (
            "leadquality/cli.py",
            "from leadquality import ui",
            "leadquality/cli.py:1: leadquality.cli may not import leadquality.ui",
        ),
        (
            "leadquality/catalogue/kpis.py",
            "from leadquality.scope import Scope",
            "leadquality/catalogue/kpis.py:1: leadquality.catalogue may not import leadquality.scope",
        ),
        (
            "leadquality/contracts.py",
            "from leadquality.words import md",
            "leadquality/contracts.py:1: leadquality.contracts may not import leadquality.words",
        ),
        (
            "leadquality/sample/write.py",
            "from leadquality.catalogue import load_extracts",
            "leadquality/sample/write.py:1: leadquality.sample may not import leadquality.catalogue",
        ),
        (
            "leadquality/__init__.py",
            "from leadquality.contracts import ROOT",
            "leadquality/__init__.py:1: leadquality may not import leadquality.contracts",
        ),
        (
            "leadquality/engine/run.py",
            "from tests.story import Story",
            "leadquality/engine/run.py:1: leadquality.engine may not import tests",
        ),
        (
            "leadquality/charts/age.py",
            "from ..engine import run",
            "leadquality/charts/age.py:1: imports by a relative or computed name, which hides where it points",
        ),
        (
            "leadquality/charts/age.py",
            "import importlib\nimportlib.import_module('duckdb')",
            "leadquality/charts/age.py:2: imports by a relative or computed name, which hides where it points",
        ),
        (
            "leadquality/charts/age.py",
            "__import__('duckdb')",
            "leadquality/charts/age.py:1: imports by a relative or computed name, which hides where it points",
        ),
        (
            "leadquality/utils.py",
            "",
            "leadquality/utils.py:1: leadquality.utils has no place in the order of rooms; give it one in test_imports.py",
        ),
    ],
)
def test_an_arrow_that_points_up_or_across_is_reported_with_file_and_line(path, source, report):
    assert violations(path, source) == [report]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("app.py", "import streamlit as st\nfrom leadquality import ui"),
        (
            "pages/review/compare.py",
            "import streamlit as st\nfrom leadquality import charts, ui, verdict, words",
        ),
        (
            "leadquality/ui/ask.py",
            "import streamlit\nfrom leadquality.engine import run\nfrom leadquality.snapshot import Home",
        ),
        (
            "leadquality/cli.py",
            "from leadquality.load import load\nfrom leadquality.sample import write_sample",
        ),
        (
            "leadquality/engine/run.py",
            "import duckdb\nfrom leadquality.catalogue import Kpi\nfrom leadquality.engine.rows import rows",
        ),
        ("leadquality/snapshot/manifest.py", "from leadquality import __version__"),
        ("leadquality/scope.py", "from leadquality.contracts import DIMENSIONS"),
        ("leadquality/charts/age.py", "import plotly.graph_objects as go\nfrom leadquality.words import md"),
    ],
)
def test_an_arrow_that_points_down_is_let_through(path, source):
    assert violations(path, source) == []
