"""Settings as rows (name, value), the form in which queries read them: settings are data of a snapshot, not of a process."""

from __future__ import annotations

from typing import Any

from leadquality.settings.model import Settings


def setting_rows(settings: Settings, zone: str = "UTC") -> list[tuple[str, str]]:
    """One row per value: `sla.touch_days`, and one row for each member of a list.

    zone is the mapping's: the clock the moments of the facts are read on. It is kept as `reporting.zone`.
    """
    return [*_flat("", settings.model_dump(mode="json")), ("reporting.zone", zone)]


def _flat(prefix: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [
            row
            for key, inner in value.items()
            for row in _flat(f"{prefix}.{key}" if prefix else str(key), inner)
        ]
    if isinstance(value, list):
        return [row for inner in value for row in _flat(prefix, inner)]
    return [(prefix, str(value))]
