"""Writes the sample: the same seed gives the same bytes. Large worlds are made and written block after block."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final, TypedDict

import polars as pl

from leadquality.sample import budget
from leadquality.sample.account_sets import set_rows
from leadquality.sample.answers import answer_rows
from leadquality.sample.calls import call_rows, talk_ids
from leadquality.sample.changes import change_rows
from leadquality.sample.checks import check_rows
from leadquality.sample.contacts import contact_rows
from leadquality.sample.customers import revenue_rows
from leadquality.sample.deals import deal
from leadquality.sample.dirt import Extracts, soil
from leadquality.sample.forecast import foresee
from leadquality.sample.handoffs import hand_over, handoff_rows
from leadquality.sample.hours import hour_rows
from leadquality.sample.leads import lead_rows
from leadquality.sample.lives import Lives, live
from leadquality.sample.meetings import meeting_rows
from leadquality.sample.opportunities import opportunity_rows
from leadquality.sample.phones import number
from leadquality.sample.profile import describe
from leadquality.sample.scores import score_rows
from leadquality.sample.streams import Streams
from leadquality.sample.talks import talk
from leadquality.sample.world import World, load

SEED: Final = 20261122
"""The seed of the golden values."""


class Planted(TypedDict):
    """What write_sample planted: rows per defect (empty for the clean twin) and data rows per file."""

    defects: dict[str, int]
    rows: dict[str, int]


def write_sample(folder: Path, seed: int = SEED, leads: int | None = None, dirty: bool = True) -> Planted:
    """Writes every extract to `folder`, which is made if need be, one CSV file each.

    leads=None is the specified world; a number shares itself out over the sources in proportion. dirty=False is
    the clean twin: what is left of the dirty files after cleaning as documented. Raises InputRefused when there
    are too few leads to hold the defects (some 500 are enough).
    """
    world = load().scaled(leads)
    folder.mkdir(parents=True, exist_ok=True)
    rows: Counter[str] = Counter()
    for block in world.blocks():
        for name, frame in _extracts(block, Streams(seed, block.block), dirty).items():
            with (folder / f"{name}.csv").open("ab" if block.block else "wb") as file:
                frame.write_csv(file, include_header=not block.block, line_terminator="\n")
            rows[name] += frame.height
    return {"defects": dict(world.table("dirt")) if dirty else {}, "rows": dict(rows)}


def _extracts(world: World, streams: Streams, dirty: bool) -> dict[str, pl.DataFrame]:
    """One block. The defects are few and stand in the first."""
    lives = live(world, streams)
    core, others = _clean(world, lives, streams)
    if dirty and not world.block:
        core = soil(core, world, lives, streams.of("dirt"))
    return core.named() | others | ({} if world.block else _budgets(world))


def _budgets(world: World) -> dict[str, pl.DataFrame]:
    return {
        "spend": budget.spend_rows(world),
        "capacity": budget.capacity_rows(world),
        "targets": budget.target_rows(world),
    }


def _clean(world: World, lives: Lives, streams: Streams) -> tuple[Extracts, dict[str, pl.DataFrame]]:
    talks = talk(world, lives, streams)
    phones = number(world, lives, streams.of("phones"))
    profile = describe(world, lives, streams.of("profile"))
    handoffs = hand_over(world, lives, talks, streams.of("handoffs"))
    deals = deal(world, lives, streams.of("opportunities"))
    forecast = foresee(world, deals, streams.of("forecast"))
    calls = call_rows(world, lives, talks, phones, profile, streams)
    spoken = talk_ids(calls, lives, world)
    core = Extracts(
        leads=lead_rows(world, lives, talks, profile, handoffs, streams.of("leads")),
        calls=calls,
        meetings=meeting_rows(world, lives, talks, streams.of("meetings")),
        opportunities=opportunity_rows(world, lives, deals, forecast, streams.of("outcomes")),
    )
    return core, {
        "handoffs": handoff_rows(world, lives, handoffs),
        "call_answers": answer_rows(world, lives, talks, profile, spoken, streams.of("answers")),
        "call_scores": score_rows(world, lives, talks, spoken, streams.of("scores")),
        "opportunity_changes": change_rows(world, deals, forecast, streams.of("changes")),
        "opportunity_contacts": contact_rows(world, lives, deals, streams.of("contacts")),
        "revenue": revenue_rows(world, lives, streams.of("customers")),
        "account_sets": set_rows(world, lives, streams.of("account_sets")),
        "data_checks": check_rows(world, lives, phones, streams.of("checks")),
        "time_log": hour_rows(world, lives, talks, streams.of("hours")),
    }
