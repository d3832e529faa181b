"""Answers of the engine as JSON and back, to the last bit. Only the classes named here are made again."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Final

import polars as pl

from leadquality import engine
from leadquality.catalogue import Kpi
from leadquality.engine import evidence
from leadquality.scope import Scope
from leadquality.ui.served import kpis, reports

MADE: Final[dict[str, type[Any]]] = {
    each.__name__: each
    for each in (
        Scope,
        engine.AllChannels,
        engine.Compared,
        engine.Crossover,
        engine.GroupCurves,
        engine.Known,
        engine.Reading,
        engine.Result,
        engine.Rows,
        engine.Sensitivity,
        engine.WholeCurves,
        evidence.Evidence,
        evidence.LeftOut,
        evidence.Link,
        evidence.Window,
    )
}
TAG: Final = "is"
"""Key of an object that stands for what JSON does not know."""


def dumped(value: Any) -> str:
    """The value as one line of JSON in ASCII. Raises TypeError where it holds something of another kind."""
    return json.dumps(_plain(value), sort_keys=True)


def loaded(text: str) -> Any:
    """What `dumped` was given. Raises ValueError, KeyError or TypeError where the text is none of its making."""
    return _value(json.loads(text))


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return {TAG: "moment", "of": value.isoformat()}
        case date():
            return {TAG: "day", "of": value.isoformat()}
        case list():
            return [_plain(each) for each in value]
        case tuple():
            return {TAG: "tuple", "of": [_plain(each) for each in value]}
        case dict():
            return {TAG: "dict", "of": [[_plain(key), _plain(each)] for key, each in value.items()]}
        case pl.DataFrame():
            file = io.BytesIO()
            value.write_ipc(file, compression="zstd")
            return {TAG: "frame", "of": base64.b64encode(file.getvalue()).decode()}
        case Kpi():
            return {TAG: "kpi", "of": value.kpi_id}
    if is_dataclass(value) and type(value).__name__ in MADE:
        told = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {TAG: type(value).__name__, "of": told}
    raise TypeError(f"{type(value).__name__}: nothing that an answer holds")


def _value(told: Any) -> Any:
    if isinstance(told, list):
        return [_value(each) for each in told]
    if not isinstance(told, dict):
        return told
    of = told["of"]
    match told[TAG]:
        case "moment":
            return datetime.fromisoformat(of)
        case "day":
            return date.fromisoformat(of)
        case "tuple":
            return tuple(_value(each) for each in of)
        case "dict":
            return {_value(key): _value(each) for key, each in of}
        case "frame":
            return pl.read_ipc(io.BytesIO(base64.b64decode(of)))
        case "kpi":
            return kpis().get(of) or reports()[of]
        case name:
            return MADE[name](**{key: _value(each) for key, each in of.items()})
