"""KPI files: one KPI, one file; the stem is the id, the header says what it is, the rest is the query that runs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from leadquality.catalogue.header import CatalogueError, Header, parse_header
from leadquality.catalogue.vocabulary import (
    DIRECTIONS,
    HEADLINES,
    LINKS,
    OPTIONAL,
    PAGES,
    PLACES,
    REQUIRED,
    STAGES,
    STREAMS,
    UNITS,
)
from leadquality.contracts import CONTRACT, QUERIES, InputRefused

HORIZON = re.compile(r"inbound (\d+), outbound (\d+)")
PARAMETER = re.compile(r"\$([a-z_]+)")
JOURNEY = re.compile(
    r"\b(?:scope_\w+|incidence_\w+|value_\w+|restricted_\w+|logrank\w*|kitagawa_\w+|clustered_\w+|journey_\w+)\(\s*'([a-z_]+)'"
)
COMMENT = re.compile(r"--[^\n]*")


@dataclass(frozen=True, slots=True)
class Kpi:
    """One entry of the catalogue.

    home is the page and the place on it; rows is the FROM expression of the units behind the figure, empty where none is
    given; of names what the denominator counts, in the plural; needs holds `extract` or `extract.column` names; links those
    it rests on (`extract.partner`) windows the streams in whose time it may be read, and whole those that must be covered
    from the first lead on, because it counts what is there and not what began (queries/evidence); horizon is days for
    inbound and outbound, or None; counter is the KPI read beside it; first is the measure that a card shows where there are
    several; per holds the words after its number ('per 100 calls'), empty where the unit says it; withheld why its own text
    may answer `not_available`; apart why all channels are never taken together, empty where they may be; journeys are those
    it asks the scope macros for; columns are all result columns in order: the contract, then what `also` adds; sql is the
    file's text.
    """

    kpi_id: str
    title: str
    stage: str
    home: tuple[str, str]
    rows: str
    headline: str
    unit: str
    of: str
    direction: str
    reads: str
    needs: tuple[str, ...]
    links: tuple[str, ...]
    windows: tuple[str, ...]
    whole: tuple[str, ...]
    horizon: tuple[int, int] | None
    across: str
    apart: str
    answers: tuple[str, ...]
    caveats: tuple[str, ...]
    counter: str
    first: str
    per: str
    withheld: str
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
    return _parsed(path, path.read_text("utf-8"))


@cache
def _parsed(path: Path, sql: str) -> Kpi:
    """The same text is read once: a page, the settings and the tests ask for the catalogue again and again."""
    header = parse_header(path, sql, REQUIRED, OPTIONAL, {"caveat"})
    if problems := _problems(path, sql, header):
        raise CatalogueError("\n".join(problems))
    horizon = HORIZON.fullmatch(header.text("horizon"))
    page, place = header.words("home")
    return Kpi(
        kpi_id=path.stem,
        title=header.text("title"),
        stage=header.text("stage"),
        home=(page, place),
        rows=header.text("rows"),
        headline=header.text("headline"),
        unit=header.text("unit"),
        of=header.text("of"),
        direction=header.text("direction"),
        reads=header.text("reads"),
        needs=header.words("needs"),
        links=header.words("links"),
        windows=header.words("windows"),
        whole=header.words("whole"),
        horizon=(int(horizon[1]), int(horizon[2])) if horizon else None,
        across=header.text("across"),
        apart=header.text("apart"),
        answers=header.words("answers"),
        caveats=header.entries.get("caveat", ()),
        counter=header.text("counter"),
        first=header.text("first"),
        per=header.text("per"),
        withheld=header.text("withheld"),
        columns=CONTRACT + header.words("also"),
        parameters=frozenset(named_parameters(sql)),
        journeys=frozenset(
            name.removesuffix("_time")
            for name in JOURNEY.findall(f"{COMMENT.sub('', sql)}\n{header.text('rows')}")
        ),
        sql=sql,
        path=path,
    )


def _problems(path: Path, sql: str, header: Header) -> list[str]:
    """What the header says and may not, each with file and line."""
    page, _, place = (part.strip() for part in header.text("home").partition(","))
    problems = [
        f"{path.name}:{_line(sql, key)}: {key} '{found}' is not one of {', '.join(allowed)}"
        for key, found, allowed in (
            ("stage", header.text("stage"), STAGES),
            ("home", page, PAGES),
            ("home", place, PLACES),
            ("headline", header.text("headline"), HEADLINES),
            ("unit", header.text("unit"), UNITS),
            ("direction", header.text("direction"), DIRECTIONS),
        )
        if found not in allowed
    ]
    for key, allowed in (("links", LINKS), ("windows", STREAMS), ("whole", STREAMS)):
        problems += [
            f"{path.name}:{_line(sql, key)}: {key} '{found}' is not one of {', '.join(allowed)}"
            for found in header.words(key)
            if found not in allowed
        ]
    horizon = header.text("horizon")
    if horizon != "none" and not HORIZON.fullmatch(horizon):
        problems.append(
            f"{path.name}:1: horizon '{horizon}' is neither 'none' nor 'inbound DAYS, outbound DAYS'"
        )
    if "'not_available'" in COMMENT.sub("", sql) and not header.text("withheld"):
        problems.append(
            f"{path.name}:1: answers not_available and does not say why; add a line '-- withheld: ...'"
        )
    for line, text in ((1, sql), (_line(sql, "rows"), header.text("rows"))):
        if unknown := sorted(named_parameters(text) - {"scope", "horizon"}):
            problems.append(
                f"{path.name}:{line}: unknown parameter ${', $'.join(unknown)}; there are $scope and $horizon"
            )
    return problems


def named_parameters(sql: str) -> set[str]:
    """The $names a text asks for, comments left out."""
    return set(PARAMETER.findall(COMMENT.sub("", sql)))


def _line(sql: str, key: str) -> int:
    """The line on which a key of the header stands, 1 where it is absent."""
    marks = [row.startswith(f"-- {key}:") for row in sql.splitlines()]
    return 1 + marks.index(True) if True in marks else 1


def load_kpis(folder: Path = QUERIES / "kpis") -> dict[str, Kpi]:
    """All KPI files of a folder by id, in alphabetical order. Raises CatalogueError with the problems of all files."""
    kpis: dict[str, Kpi] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.sql")):
        try:
            kpis[path.stem] = load_kpi(path)
        except CatalogueError as error:
            problems.append(str(error))
    problems += [
        f"{kpi.path.name}:{_line(kpi.sql, 'counter')}: counter '{kpi.counter}' is no KPI of {folder.name}"
        for kpi in kpis.values()
        if kpi.counter and not (folder / f"{kpi.counter}.sql").is_file()
    ]
    if problems:
        raise CatalogueError("\n".join(problems))
    return kpis


def load_reports() -> dict[str, Kpi]:
    """Queries of queries/reports by id: what a page draws beside the KPIs, with the same header and the same contract."""
    return load_kpis(QUERIES / "reports")


def named(kpi_id: str, kpis: dict[str, Kpi]) -> Kpi:
    """The KPI of that id; InputRefused with the ids that exist when there is none."""
    if kpi_id not in kpis:
        raise InputRefused(f"no KPI '{kpi_id}'; there are: {', '.join(kpis)}")
    return kpis[kpi_id]
