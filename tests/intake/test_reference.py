"""docs/mapping.md names every key of a mapping, and what it says is what the models say."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from leadquality.formats import Limits
from leadquality.intake.declared import Limit
from leadquality.intake.mapping import Mapping
from leadquality.intake.reference import BEGIN, END, PLACE, SECTIONS, keys, renewed


def reachable(annotation: Any, found: set[type]) -> set[type]:
    """The models that a mapping is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in found:
        found.add(annotation)
        for field in annotation.model_fields.values():
            reachable(field.annotation, found)
    for part in get_args(annotation):
        reachable(part, found)
    return found


def test_every_model_has_a_section():
    assert reachable(Mapping, set()) == {kind for kind in SECTIONS.values() if not is_dataclass(kind)}
    assert {key for key, *_ in keys(Limits)} == {*get_args(Limit)}


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_says_what_it_is_for(title):
    assert [key for key, _, text in keys(SECTIONS[title]) if not text.strip()] == []


def test_the_document_is_up_to_date():
    text = PLACE.read_text("utf-8")
    assert renewed(text) == text, "run make docs"


def test_a_document_without_the_marks_is_not_written():
    with pytest.raises(ValueError, match="marks"):
        renewed("# The mapping file\n")
    assert renewed(f"a\n{BEGIN}old\n{END}b\n").startswith(f"a\n{BEGIN}\n### The file")
