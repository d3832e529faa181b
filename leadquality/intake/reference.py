"""The reference of the mapping in docs/mapping.md: every key with its default and what it says, from the models and the docstrings of
their fields. `make docs` writes it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from leadquality.contracts import ROOT
from leadquality.formats import Limits
from leadquality.intake import columns, declared, mapping

PLACE: Final = ROOT / "docs" / "mapping.md"
BEGIN: Final = "<!-- Every key: `make docs` writes what follows from leadquality/intake. -->\n"
END: Final = "<!-- The end of every key. -->\n"
SECTIONS: Final[dict[str, type]] = {
    "The file": mapping.Mapping,
    "`[policy]`": mapping.Policy,
    "`[channel]`": mapping.Channel,
    "`[channel]`, a rule": mapping.ChannelRule,
    "`[[source]]`": mapping.Source,
    "A column": columns.Column,
    "A condition: other words": columns.OtherThan,
    "A condition: one day": columns.SameDay,
    "`values`, a rule": columns.Rule,
    "`lookups`": columns.Lookup,
    "`lookups`, `split`": columns.Split,
    "`lookups`, `dated`": columns.Dated,
    "`person`": columns.Person,
    "`exclude`": columns.Exclusion,
    "`exclude`, in `repeats`": columns.FirstOf,
    "`repeat`": columns.Repeat,
    "`read`": declared.Read,
    "`time`": declared.Time,
    "`number`": declared.Number,
    "`keys`": declared.Keys,
    "`limits`": Limits,
}
HIDDEN: Final = {"digest"}
"""Fields that no file gives."""


def reference() -> str:
    """The reference as Markdown."""
    return "".join(_section(title, kind) for title, kind in SECTIONS.items())


def renewed(text: str) -> str:
    """A document with the reference in its place. Raises ValueError when the marks are not there."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PLACE.name}: the marks {BEGIN.strip()} and {END.strip()} are not there")
    return f"{before}{begin}\n{reference()}{end}{after}"


def _section(title: str, kind: type) -> str:
    rows = [f"| `{key}` | {default} | {text} |" for key, default, text in keys(kind)]
    said = _one_line(kind.__doc__ or "").partition(" digest:")[0]
    return "\n".join(
        [f"### {title}", "", said, "", "| Key | Default | Says |", "|---|---|---|", *rows, "", ""]
    )


def keys(kind: type) -> Iterator[tuple[str, str, str]]:
    """Of every key its name, its default and what it says ('' where nobody wrote it)."""
    told = texts(kind)
    if is_dataclass(kind):
        for each in fields(kind):
            yield (
                each.name,
                _shown(None if each.default is MISSING else each.default),
                told.get(each.name, ""),
            )
        return
    assert issubclass(kind, BaseModel)
    for name, field in kind.model_fields.items():
        if name not in HIDDEN:
            default = (
                "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
            )
            text = told.get(name, "")
            words = [word for word in literals(field.annotation) if f"`{word}`" not in text]
            yield (
                field.alias or name,
                default,
                f"{text} One of {', '.join(f'`{word}`' for word in words)}." if words else text,
            )


def texts(kind: type) -> dict[str, str]:
    """The docstring of each field of a class, in one line."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            assert isinstance(field.target, ast.Name)
            found[field.target.id] = _one_line(str(after.value.value)).replace("|", "\\|")
    return found


def literals(annotation: Any) -> tuple[str, ...]:
    """The words that a key may be, where they are a fixed set."""
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    found = [literals(part) for part in get_args(annotation) if part is not type(None)]
    return found[0] if len(found) == 1 else ()


def _shown(default: object) -> str:
    """A default as the file would have it; nothing where it is that the key is absent."""
    if isinstance(default, BaseModel) or default in (None, [], {}, PydanticUndefined):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, (str, list)):
        return f"`{default!r}`".replace("'", '"').replace("|", "\\|")
    return f"`{default}`"


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    PLACE.write_text(renewed(PLACE.read_text("utf-8")), "utf-8")
