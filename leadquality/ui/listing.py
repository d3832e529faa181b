"""The catalogue on a page: every KPI with its sentence, whom it judges, and whether the data for it are there."""

from __future__ import annotations

from datetime import date
from typing import Any

from leadquality import words
from leadquality.engine import Result, missing
from leadquality.ui.frame import Frame
from leadquality.ui.kept import known
from leadquality.ui.served import kpis

ROWS_SHOWN = 500


def kpi_names() -> list[str]:
    """Ids of all KPIs, by title."""
    return sorted(kpis(), key=lambda kpi_id: kpis()[kpi_id].title)


def kpi_title(kpi_id: str) -> str:
    """The title of a KPI, for a select box."""
    return words.one_line(kpis()[kpi_id].title)


def judged_for(result: Result) -> str:
    """Which channel the KPI may judge, at which age, in one line."""
    who = {"both": "both channels", "none": "neither channel: a diagnostic"}.get(
        result.kpi.headline, f"{result.kpi.headline} only"
    )
    age = (
        f" At {result.horizon[0]} days for inbound, {result.horizon[1]} for outbound."
        if result.horizon
        else ""
    )
    return f"Judges {who}.{age} As of {words.day(result.scope.as_of)}."


def contract_table(result: Result) -> list[dict[str, Any]]:
    """The rows of a result as they are, in words: the contract first, then what the KPI adds."""
    unit = result.kpi.unit if result.kpi.unit in {"ratio", "days", "money", "index"} else "index"
    shown = []
    for row in result.lines[:ROWS_SHOWN]:
        currency = row.get("currency")
        line = {"Channel": row["channel"]}
        if row["slice"] not in {None, "all"}:
            line["Slice"] = words.one_line(row["slice"])
        for key in ("measure", "age_days"):
            if row.get(key) is not None:
                line[key.replace("_", " ").capitalize()] = words.one_line(str(row[key]))
        line["Value"] = words.value(unit, row["estimate"], currency)
        line["Range"] = (
            words.span(unit, row["low"], row["high"], currency) if row["low"] is not None else words.missing()
        )
        line["Counted"] = _counted(row["numerator"], row["denominator"])
        line["Old enough"] = words.count(row["n_old_enough"])
        line["Status"] = str(row["status"]).replace("_", " ")
        shown.append(line)
    return shown


def catalogue_table(frame: Frame) -> list[dict[str, Any]]:
    """All KPIs: the sentence, whom they judge, and what they wait for."""
    return [
        {
            "KPI": kpis()[name].title,
            "Reads": kpis()[name].reads,
            "Judges": kpis()[name].headline,
            "Available": missing(known(frame.snapshot), kpis()[name]) or "yes",
        }
        for name in kpi_names()
    ]


def _counted(numerator: float | date | None, denominator: float | None) -> str:
    if denominator is None:
        return words.missing()
    if not isinstance(numerator, int | float):
        return words.plain(denominator)
    return f"{words.plain(numerator, 0 if numerator == int(numerator) else 1)} of {words.plain(denominator)}"
