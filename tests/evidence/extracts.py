"""Small extracts told by rules, as CSV text: one row a day, so that a test can say what is missing from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from leadquality.catalogue import load_kpis
from leadquality.engine import Result, run
from leadquality.load import load
from leadquality.scope import Scope
from leadquality.snapshot import Home, Snapshot, open_snapshot

FIRST = date(2025, 1, 1)
MAPPING = """
[channel]
rules = [
    { id = "in", channel = "inbound", when = { channel = ["inbound"] } },
    { id = "out", channel = "outbound", when = { channel = ["outbound"] } },
]
"""
Day = Callable[[int], date]


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def csv(header: str, rows: Iterable[Iterable[Any]]) -> str:
    return (
        "\n".join([header, *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)])
        + "\n"
    )


def leads(numbers: Iterable[int], channel: str = "inbound", per_day: int = 1, prefix: str = "L") -> str:
    """One lead a day (or more), `L7` created on day 7."""
    return csv(
        "lead_id,created_at,channel",
        ((f"{prefix}{number}", f"{on(number // per_day)} 09:00:00", channel) for number in numbers),
    )


def calls(
    numbers: Iterable[int], lead: Callable[[int], str | None] = lambda number: f"L{number}", minutes: int = 10
) -> str:
    """Each of these leads is called ten minutes after it was created."""
    return csv(
        "call_id,lead_id,started_at,direction,outcome_code",
        (
            (f"C{number}", lead(number), f"{on(number)} 09:{minutes}:00", "outbound", "connected")
            for number in numbers
        ),
    )


def meetings(
    numbers: Iterable[int], after: int = 5, lead: Callable[[int], str] = lambda number: f"L{number}"
) -> str:
    return csv(
        "meeting_id,lead_id,booked_at,held_at,status",
        ((f"M{number}", lead(number), on(number), on(number + after), "held") for number in numbers),
    )


def deals(
    numbers: Iterable[int], lead: Callable[[int], str | None] = lambda number: f"L{number}", after: int = 5
) -> str:
    """Each of these leads becomes a deal some days after it was created, won twenty days later."""
    return csv(
        "opportunity_id,lead_id,created_at,closed_at,outcome,amount,acv",
        (
            (f"D{number}", lead(number), on(number + after), on(number + after + 20), "won", 100, 100)
            for number in numbers
        ),
    )


def loaded(folder: Path, until: int, mapping: str = "", settings: str = "", **files: str) -> Snapshot:
    """Load the files as complete up to a day; the mapping may add what it says of them."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    own = "\n".join(
        f'[[source]]\nextract = "{name}"\nfile = "{name}.csv"\n'
        for name in files
        if f'"{name}"' not in mapping
    )
    (folder / "mapping.toml").write_text(f'name = "told"\n{MAPPING}\n{own}\n{mapping}', "utf-8")
    if settings:
        (folder / "leadquality.toml").write_text(settings, "utf-8")
    home = Home(folder / "home")
    load(home, folder, as_of=on(until), confirmed=True)
    return open_snapshot(home)


def ask(snapshot: Snapshot, kpi_id: str, **scope: Any) -> Result:
    asked = Scope(snapshot.as_of, **scope).backed(snapshot.as_of)
    return run(snapshot.cursor(), load_kpis()[kpi_id], asked)


def told(snapshot: Snapshot, code: str) -> list[tuple[str, str, str]]:
    """Title, remedy and what was found of the findings with a code."""
    return (
        snapshot.cursor()
        .sql(f"select title, remedy, found from snapshot.findings where code = '{code}' order by all")
        .fetchall()
    )


def link(snapshot: Snapshot, name: str) -> dict[str, Any]:
    """The link of that name, `calls.lead`, by id."""
    return next(
        link
        for link in snapshot.manifest.evidence["links"]
        if f"{link['extract']}.{link['partner']}" == name and link["kind"] != "person"
    )


def window(snapshot: Snapshot, stream: str) -> tuple[str | None, str | None]:
    """from and until of a stream, None where nothing is missing."""
    found = next(each for each in snapshot.manifest.evidence["windows"] if each["stream"] == stream)
    return found.get("from_on"), found.get("until_on")
