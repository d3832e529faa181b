"""spend.csv, capacity.csv, targets.csv: what was planned to be spent and to be won, and who was there to do it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from leadquality.sample.world import Source, World


def spend_rows(world: World) -> pl.DataFrame:
    """A row per month, source and kind of cost: the planned cost of a lead times the leads planned for the month."""
    rows = []
    for first, days in _months(world):
        for source in world.sources:
            planned = _planned(world, source, *days) * world.whole / world.leads
            rows += [
                (first, source.channel, source.name, round(planned * costs[source.name], 2), kind)
                for kind, costs in world.table("spend").items()
            ]
    return pl.DataFrame(rows, schema=["month", "channel", "source", "cost", "kind"], orient="row")


def _months(world: World) -> list[tuple[str, tuple[int, int]]]:
    """First day of each month, and the days of the world that fall into it: from, to."""
    months = []
    first = world.day_zero.replace(day=1)
    while first <= world.as_of:
        following = (first + timedelta(days=32)).replace(day=1)
        start, end = ((day - world.day_zero).days for day in (first, following))
        months.append((first.isoformat(), (max(start, 0), min(end, world.days))))
        first = following
    return months


def _planned(world: World, source: Source, start: int, end: int) -> float:
    """Leads of the source that are to arrive from one day to another: created = days * u ** power."""
    power: float = world.table("arrival")[source.channel]
    share: float = (end / world.days) ** (1 / power) - (start / world.days) ** (1 / power)
    return source.leads * share


def target_rows(world: World) -> pl.DataFrame:
    """A row per month and channel, months to come included; a larger world has larger targets."""
    plan = world.table("targets")
    rows = []
    for channel, first in plan["first_month"].items():
        months = pl.date_range(first, plan["last_month"], "1mo", eager=True)
        for turn, month in enumerate(months):
            amount = (plan["first"][channel] + turn * plan["step"][channel]) * world.whole / world.usual
            rows.append((month.isoformat(), channel, max(1000, round(amount, -3))))
    return pl.DataFrame(rows, schema=["month", "channel", "target"], orient="row").sort("month", "channel")


def capacity_rows(world: World) -> pl.DataFrame:
    """A row per day, hour and language; a larger world has more people in each hour."""
    plan = world.table("capacity")
    minutes = round(plan["minutes"] * max(1.0, world.whole / world.usual))
    rows = []
    for number in range(world.days + 1):
        day = world.day_zero + timedelta(days=number)
        rota = plan["weekend"] if _is_weekend(day) else plan["weekday"]
        rows += [
            (day.isoformat(), hour, language, minutes)
            for language, (start, end) in rota.items()
            for hour in range(start, end)
        ]
    return pl.DataFrame(rows, schema=["date", "hour", "language", "staffed_min"], orient="row")


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5
