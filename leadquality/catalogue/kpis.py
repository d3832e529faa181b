"""KPI files: one KPI, one file; the stem is the id, the header says what it is, the rest is the query that runs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from leadquality.catalogue.header import CatalogueError, parse_header
from leadquality.contracts import CONTRACT, QUERIES, InputRefused

REQUIRED = {
    "title",
    "stage",
    "headline",
    "unit",
    "direction",
    "reads",
    "needs",
    "horizon",
    "across",
    "answers",
}
OPTIONAL = {"also", "caveat", "counter", "min"}
STAGES = (
    "reach",
    "conversation",
    "qualification",
    "meeting",
    "opportunity",
    "close",
    "expansion",
    "data_quality",
    "operations",
)
HEADLINES = ("inbound", "outbound", "both", "none")
UNITS = ("ratio", "days", "minutes", "seconds", "money", "index", "count", "per_unit")
DIRECTIONS = ("higher_is_better", "lower_is_better", "none")
HORIZON = re.compile(r"inbound (\d+), outbound (\d+)")
PARAMETER = re.compile(r"\$([a-z_]+)")
JOURNEY = re.compile(
    r"\b(?:scope_\w+|incidence_\w+|value_\w+|restricted_\w+|logrank\w*|kitagawa_\w+|clustered_\w+|journey_\w+)\(\s*'([a-z_]+)'"
)
COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True, slots=True)
class Kpi:
    """One entry of the catalogue.

    needs holds `extract` or `extract.column` names; horizon is days for inbound and outbound, or None;
    journeys are those it asks the scope macros for; columns are all result
    columns in order: the contract, then what `also` adds; sql is the file's text.
    """

    kpi_id: str
    title: str
    stage: str
    headline: str
    unit: str
    direction: str
    reads: str
    needs: tuple[str, ...]
    horizon: tuple[int, int] | None
    across: str
    answers: tuple[str, ...]
    caveats: tuple[str, ...]
    counter: str
    columns: tuple[str, ...]
    parameters: frozenset[str]
    journeys: frozenset[str]
    sql: str
    path: Path

    @property
    def is_curve(self) -> bool:
        """Does it return a value per age?"""
        return "age_days" in self.columns

    @property
    def digest(self) -> str:
        """Hash of the text that runs, for the definition panel."""
        return hashlib.sha256(self.sql.encode()).hexdigest()[:12]


def load_kpi(path: Path) -> Kpi:
    """Read one KPI file. Raises CatalogueError with every problem of the file."""
    sql = path.read_text("utf-8")
    header = parse_header(path, sql, REQUIRED, OPTIONAL, {"caveat"})
    problems: list[str] = []
    for key, allowed in (
        ("stage", STAGES),
        ("headline", HEADLINES),
        ("unit", UNITS),
        ("direction", DIRECTIONS),
    ):
        if header.text(key) not in allowed:
            line = 1 + [row.startswith(f"-- {key}:") for row in sql.splitlines()].index(True)
            problems.append(
                f"{path.name}:{line}: {key} '{header.text(key)}' is not one of {', '.join(allowed)}"
            )
    horizon_text = header.text("horizon")
    horizon = HORIZON.fullmatch(horizon_text)
    if horizon is None and horizon_text != "none":
        problems.append(
            f"{path.name}:1: horizon '{horizon_text}' is neither 'none' nor 'inbound DAYS, outbound DAYS'"
        )
    parameters = frozenset(PARAMETER.findall(COMMENT.sub("", sql)))
    if unknown := sorted(parameters - {"scope", "horizon"}):
        problems.append(
            f"{path.name}:1: unknown parameter ${', $'.join(unknown)}; there are $scope and $horizon"
        )
    if problems:
        raise CatalogueError("\n".join(problems))
    return Kpi(
        kpi_id=path.stem,
        title=header.text("title"),
        stage=header.text("stage"),
        headline=header.text("headline"),
        unit=header.text("unit"),
        direction=header.text("direction"),
        reads=header.text("reads"),
        needs=header.words("needs"),
        horizon=(int(horizon[1]), int(horizon[2])) if horizon else None,
        across=header.text("across"),
        answers=header.words("answers"),
        caveats=header.entries.get("caveat", ()),
        counter=header.text("counter"),
        columns=CONTRACT + header.words("also"),
        parameters=parameters,
        journeys=frozenset(JOURNEY.findall(COMMENT.sub("", sql))),
        sql=sql,
        path=path,
    )


def load_kpis(folder: Path = QUERIES / "kpis") -> dict[str, Kpi]:
    """All KPI files of a folder by id, in alphabetical order. Raises CatalogueError with the problems of all files."""
    kpis: dict[str, Kpi] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.sql")):
        try:
            kpis[path.stem] = load_kpi(path)
        except CatalogueError as error:
            problems.append(str(error))
    if problems:
        raise CatalogueError("\n".join(problems))
    return kpis


def named(kpi_id: str, kpis: dict[str, Kpi]) -> Kpi:
    """The KPI of that id; InputRefused with the ids that exist when there is none."""
    if kpi_id not in kpis:
        raise InputRefused(f"no KPI '{kpi_id}'; there are: {', '.join(kpis)}")
    return kpis[kpi_id]
