"""What a KPI rests on: the links and windows that its header declares, and the part of a scope in which all of them hold.

A broken link withholds the KPI. A window narrows the scope: units that began before an extract records, or in one of its gaps, are
left out, neither yes nor no; the others are followed up to the day on which the first of the extracts ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

import duckdb

from leadquality.catalogue import Kpi
from leadquality.contracts import QUERIES
from leadquality.scope import Scope

CLOSING: Final = ("broken", "untied")
"""States of a link that withhold the KPIs that need it."""
UNDATED: Final = "leads.created_at"
"""What a KPI that measures time needs of its leads."""
MOST_COUNTED: Final = 1_000
"""Scopes of which it is kept how many leads the windows leave out."""
MEASURED: Final = (QUERIES / "evidence" / "measured.sql").read_text("utf-8")
LEFT_OUT: Final = (QUERIES / "evidence" / "left_out.sql").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of `extract` that name a `partner`, by `kind` of key: how many find it.

    queries/evidence/links.sql says what each state means.
    """

    extract: str
    partner: str
    kind: str
    state: str
    minimum: float
    unkeyed_count: int
    matched_count: int
    lost_count: int
    match_rate: float | None
    mendable_count: int
    mend: str | None
    is_rising: bool

    @property
    def name(self) -> str:
        return f"{self.extract}.{self.partner}"


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which a stream records; from_on and until_on are None where nothing is missing at that end."""

    stream: str
    first_on: date
    last_on: date
    from_on: date | None
    until_on: date | None
    gaps: tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Leads of the scope that a window leaves out: created before it, in or just before a gap, and after its end."""

    before: int = 0
    in_gaps: int = 0
    after: int = 0
    left: int = 0
    """How many remain."""

    @property
    def total(self) -> int:
        return self.before + self.in_gaps + self.after


@dataclass(frozen=True, slots=True)
class Evidence:
    """links and windows that a KPI declares, as far as they are known; scope: the part of what was asked in which all windows hold."""

    scope: Scope
    links: tuple[Link, ...] = ()
    windows: tuple[Window, ...] = ()
    left_out: LeftOut = LeftOut()
    cut: tuple[Window, ...] = ()
    """Streams that the KPI needs whole and that begin later than the leads."""

    def plain(self) -> dict[str, Any]:
        """As plain values, for sentences and JSON: links, windows, left_out, the scope that was computed, and why it is withheld."""
        return {
            "links": [asdict(link) for link in self.links],
            "windows": [asdict(window) for window in self.windows],
            "left_out": asdict(self.left_out),
            "from_on": self.scope.from_on,
            "as_of": self.scope.as_of,
            "reason": self.reason,
        }

    @property
    def broken(self) -> tuple[Link, ...]:
        """Links that withhold the KPI."""
        return tuple(link for link in self.links if link.state in CLOSING)

    @property
    def reason(self) -> str:
        """Why the KPI is withheld, in words; empty when it is not."""
        said = [_lost(link) for link in self.broken]
        said += [
            f"{window.stream.replace('_', ' ')} are in the files from {window.from_on} only, and what is open since before is missing"
            for window in self.cut
        ]
        if not said and self.is_empty:
            said = [
                f"no lead of these dates lies within the time that the files cover ({', '.join(map(_covered, self.limiting))})"
            ]
        return " and ".join(said)

    @property
    def limiting(self) -> tuple[Window, ...]:
        """Windows that leave something out."""
        return tuple(window for window in self.windows if window.from_on or window.until_on or window.gaps)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.left_out.total)

    @property
    def is_empty(self) -> bool:
        """Whether the windows leave out every lead."""
        return self.is_narrowed and not self.left_out.left


@dataclass(frozen=True, slots=True)
class Known:
    """What a snapshot says of itself, whatever is asked of it. Read once (known_of), it serves every question to the same snapshot.

    windows: by stream. coverage: how many rows of an extract fill a column, by (extract, column). horizons: the site's days by KPI and
    channel, as '<KPI>.<channel>'. undated_on: where leads have no creation date, the day that stands in for it.
    """

    links: tuple[Link, ...]
    windows: Mapping[str, Window]
    undated_on: date | None
    coverage: Mapping[tuple[str, str], int]
    horizons: Mapping[str, int]
    columns: dict[str, list[str]] = field(default_factory=dict)
    """By KPI the columns of the rows behind it, put here when they are first asked for (leadquality/engine/rows.py)."""
    left_out: dict[tuple[Scope, Scope], LeftOut] = field(default_factory=dict)
    """By what was asked and what the windows leave of it; every KPI that needs the same extracts asks the same."""


def known_of(con: duckdb.DuckDBPyConnection) -> Known:
    """Ask an open snapshot what it says of itself, in one statement."""
    links, windows, gaps, coverage, horizons, undated_on = con.execute(MEASURED).fetchall()[0]
    return Known(
        tuple(Link(**{name: row[name] for name in Link.__slots__}) for row in links or []),
        {
            row["stream"]: _window(row, [gap for gap in gaps or [] if gap["stream"] == row["stream"]])
            for row in windows or []
        },
        undated_on,
        {(row["extract"], row["column_name"]): row["known_count"] for row in coverage or []},
        {row["name"].removeprefix("horizons."): int(row["value"]) for row in horizons or []},
    )


def measured(
    con: duckdb.DuckDBPyConnection, known: Known, kpi: Kpi, scope: Scope, days: tuple[int, int] | None
) -> Evidence:
    """The evidence of `kpi` over `scope`, judged at `days` of age (inbound, outbound)."""
    links = tuple(link for link in known.links if link.name in kpi.links)
    if known.undated_on and UNDATED not in kpi.needs:
        # What measures no time is given for all leads: no dates of the reader's can be said to hold or not to hold them.
        last_on = max(scope.as_of, known.undated_on + timedelta(days=1))
        return Evidence(replace(scope, from_on=None, to_on=None, as_of=last_on, reads=_earlier(scope)), links)
    watched = tuple(window for stream, window in known.windows.items() if stream in kpi.windows)
    leads = known.windows.get("leads")
    cut = tuple(
        replace(window, gaps=())
        for stream in kpi.whole
        if leads
        and (window := known.windows.get(stream))
        and window.from_on
        and window.from_on > leads.first_on
    )
    narrowed = narrow(scope, watched, max(days or (0, 0)))
    left_out = LeftOut() if narrowed == scope else _left_out(con, known, scope, narrowed)
    return Evidence(narrowed if left_out.total else scope, links, watched, left_out, cut)


def _left_out(con: duckdb.DuckDBPyConnection, known: Known, asked: Scope, watched: Scope) -> LeftOut:
    """Leads of what was asked that are not in what is watched; counted once."""
    found = known.left_out.get((asked, watched))
    if found is None:
        bound = {"asked": asked.parameters(), "watched": watched.parameters()}
        found = LeftOut(*con.execute(LEFT_OUT, bound).fetchall()[0])
        if len(known.left_out) >= MOST_COUNTED:
            known.left_out.clear()
        known.left_out[asked, watched] = found
    return found


def narrow(scope: Scope, windows: tuple[Window, ...], age_days: int) -> Scope:
    """The part of a scope in which all windows hold. age_days: units are left out that had not reached it when a gap began."""
    froms = [window.from_on for window in windows if window.from_on]
    untils = [window.until_on for window in windows if window.until_on]
    from_on = max([*froms, *([scope.from_on] if scope.from_on else [])], default=None)
    as_of = min([*untils, scope.as_of])
    gaps = {
        (max(gap_from - timedelta(days=age_days), date.min), gap_to)
        for window in windows
        for gap_from, gap_to in window.gaps
    }
    gaps = {gap for gap in gaps if gap[0] <= as_of and (from_on is None or gap[1] >= from_on)}
    if (from_on, as_of) == (scope.from_on, scope.as_of) and not gaps:
        return scope
    if scope.to_on and from_on and from_on > scope.to_on:
        from_on = scope.to_on + timedelta(days=1)
        return replace(scope, from_on=from_on, to_on=from_on, as_of=scope.to_on, reads=_earlier(scope))
    narrowed = replace(
        scope, from_on=from_on, as_of=as_of, gaps=tuple(sorted(gaps)), covered_from=max(froms, default=None)
    )
    return narrowed if narrowed.as_of == scope.as_of else replace(narrowed, reads=_earlier(scope))


def _earlier(scope: Scope) -> str:
    """What answers for another day than the scope's."""
    return "facts" if scope.reads == "facts" else "events"


def _lost(link: Link) -> str:
    rows = link.extract.replace("_", " ")
    if link.state == "untied":
        every = link.unkeyed_count + link.matched_count + link.lost_count
        return f"only {link.matched_count:,} of {every:,} calls belong to a lead, so nobody knows which leads were called"
    by = " by telephone number" if link.kind == "person" else ""
    said = f"{link.lost_count:,} of {link.lost_count + link.matched_count:,} {rows} that name a {link.partner}{by} match none that is used"
    return said + (
        f" ({link.mendable_count:,} match {link.mend})"
        if link.mend and 2 * link.mendable_count > link.lost_count
        else ""
    )


def _covered(window: Window) -> str:
    start, end = window.from_on or window.first_on, window.until_on or window.last_on
    return f"{window.stream.replace('_', ' ')} from {start} to {end}"


def _window(row: dict[str, Any], gaps: list[dict[str, Any]]) -> Window:
    return Window(
        row["stream"],
        row["first_on"],
        row["last_on"],
        row["from_on"],
        row["until_on"],
        tuple((gap["from_on"], gap["to_on"]) for gap in gaps),
    )
