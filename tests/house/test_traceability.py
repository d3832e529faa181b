"""Every statement of the source articles is traced to what answers it, or listed as open."""

from __future__ import annotations

import re

import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import ROOT
from leadquality.settings import Settings
from tests.house.traceability import DOCS, table, written

ITEMS = [f"I{number}" for number in range(1, 74)] + [f"Q{number}" for number in range(1, 61)]
PAGES = {path.stem for path in (ROOT / "pages").rglob("*.py")}


def test_every_item_stands_once_and_no_other():
    assert list(table()["items"]) == ITEMS


def test_the_page_is_the_table():
    assert (DOCS / "traceability.md").read_text("utf-8") == written()


@pytest.mark.parametrize("item", [*ITEMS, *table()["features"]])
def test_what_answers_an_item_exists(item):
    for name in (table()["items"] | table()["features"])[item]:
        kind, _, rest = name.partition(": ")
        known = {
            "page": rest in PAGES,
            "later": rest in PAGES,
            "setting": rest in Settings.model_fields,
            "rule": (ROOT / rest).is_file(),
        }.get(kind, name in load_kpis())
        assert known, f"{item}: {name} does not exist"


def test_the_features_are_those_marked_must(shared):
    text = (shared / "spec" / "features.md").read_text("utf-8")
    wanted = re.findall(r"^\| ([ABCDFG]\d+) \|.*\| MUST \|", text, re.MULTILINE)
    assert list(table()["features"]) == wanted


def test_a_feature_that_is_not_open_has_a_page():
    without = [
        item
        for item, names in table()["features"].items()
        if names and not any(name.startswith(("page: ", "setting: ", "later: ")) for name in names)
    ]
    assert without == []


def test_the_test_of_a_mistake_exists():
    for item, places in table()["mistakes"].items():
        for place in places:
            assert (ROOT / place).exists(), f"{item}: {place} does not exist"
