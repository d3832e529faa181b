"""Reads leadquality.toml over the defaults and says what is wrong with it: file, key, value, remedy."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from leadquality.contracts import InputRefused, NotToml, toml_of
from leadquality.settings.model import Settings

DEFAULTS: Final = Path(__file__).with_name("defaults.toml")


def read_settings(path: Path | None = None) -> tuple[Settings, str]:
    """The settings in force and the SHA-256 of the files they come from. path None: the defaults alone.

    A table given in `path` replaces the keys it names and leaves the others; a list is replaced whole.
    Raises InputRefused.
    """
    raw = DEFAULTS.read_bytes()
    values = toml_of(raw)
    if path is not None:
        try:
            own = path.read_bytes()
            values = _merged(values, toml_of(own))
        except OSError as error:
            raise InputRefused(
                f"{path.name}: cannot be read ({error.strerror}); give the path of a settings file"
            ) from error
        except NotToml as error:
            raise InputRefused(f"{path.name}: not readable as TOML: {error}") from error
        raw += own
    try:
        return Settings.model_validate(values), hashlib.sha256(raw).hexdigest()
    except ValidationError as error:
        name = (path or DEFAULTS).name
        raise InputRefused("; ".join(_problem(name, item) for item in error.errors())) from error


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _problem(name: str, item: Any) -> str:
    key = ".".join(str(part) for part in item["loc"] if part != "[key]")
    if item["type"] == "extra_forbidden":
        return f"{name}: unknown key '{key}'; remove it or correct its spelling"
    if item["type"] == "missing":
        return f"{name}: key '{key}' is missing; add it"
    said = item["msg"].removeprefix("Value error, ")
    if not key:
        return f"{name}: {said}"
    return f"{name}: key '{key}' = {str(item['input'])[:60]!r}: {said[:1].lower()}{said[1:]}"
