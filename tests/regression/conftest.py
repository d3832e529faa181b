"""Small extracts loaded through the real intake."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot

RULES = '[channel]\nrules = [{ id = "declared", channel = "inbound", when = { channel = ["inbound"] } }]\n'


@pytest.fixture
def loaded(tmp_path: Path):
    """loaded(mapping, settings, leads=.., calls=..) -> query over the published snapshot, and its manifest."""

    def run(mapping: str = "", settings: str = "", rules: str = RULES, **extracts: str):
        folder = tmp_path / "extracts"
        folder.mkdir(exist_ok=True)
        sources = ""
        for name, text in extracts.items():
            (folder / f"{name}.csv").write_text(text, "utf-8")
            sources += (
                f'[[source]]\nextract = "{name}"\nfile = "{name}.csv"\n{mapping if name == "leads" else ""}'
            )
        (folder / "mapping.toml").write_text(f'name = "case"\n{rules}{sources}', "utf-8")
        home = Home(tmp_path / "home")
        home.path.mkdir(exist_ok=True)
        (home.path / "leadquality.toml").write_text(settings, "utf-8")
        manifest = load(home, folder)
        con = open_snapshot(home).con
        return lambda sql: con.cursor().sql(sql).fetchall(), manifest

    return run
