"""For every KPI: a needed link broken, a needed extract reduced to rows that match nothing, a needed window cut in half. Never a
wrong number that looks sound: withheld with a reason, or the same number as in a world where nothing is missing, for the part that
is left. And what does not declare a link or window does not hang on it."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from leadquality.catalogue import Kpi, load_kpis, load_reports
from leadquality.catalogue.vocabulary import LINKS, STREAMS
from leadquality.contracts import ROOT
from leadquality.engine import Result, run
from leadquality.load import load
from leadquality.sample import write_sample
from leadquality.scope import Scope
from leadquality.snapshot import Home, Snapshot, open_snapshot

EVERY = {**load_kpis(), **load_reports()}
KEYS = {
    "calls.callback": "callback_of",
    "spend.source": "source",
    "revenue.account": "account_id",
    "account_sets.account": "account_id",
}
DAYS = {
    "calls": ["started_at"],
    "meetings": ["held_at", "scheduled_at", "booked_at"],
    "opportunities": ["created_at"],
    "handoffs": ["handed_at"],
    "opportunity_changes": ["changed_at"],
    "data_checks": ["checked_at"],
    "spend": ["month"],
    "revenue": ["booked_at"],
    "time_log": ["date"],
    "capacity": ["date"],
}
MIDDLE = "2025-12-15"
SOUND = ("ok", "provisional")
COUNTS_ROWS = frozenset(
    {
        # rows that were read, and what became of them
        "extract_integrity",
        # over calls, hand-offs, meetings or deals themselves: those that are in the file
        "average_contract_value",
        "buying_signal_capture",
        "connect_rate",
        "context_completeness",
        "crm_update_lag",
        "deal_size_consistency",
        "disposition_agreement",
        "disposition_taxonomy",
        "enablement_content_use",
        "handoff_followthrough",
        "inbound_abandonment",
        "inbound_answer_rate",
        "language_match_rate",
        "meeting_held_rate",
        "message_offer_match",
        "misrouted_inbound_rate",
        "objection_handled_rate",
        "outcome_mix",
        "rep_consistency",
        "sales_acceptance_rate",
        "waiting_handoffs",
        "feedback_loop_rate",
        # of deals and contacts recorded with them
        "opportunity_depth",
        "stage_ladder",
    }
)
COMPETING = frozenset(
    {
        "decision_maker_reach_rate",
        "disqualification_reasons",
        "mql_to_sql_rate",
        "qualification_rate",
        "time_to_qualification",
    }
)
"""Deals only end a lead's way elsewhere here: without them, and without their link, it is open for longer."""
EDGE = {
    # what is usual is measured by all recorded stays, of which there are fewer
    "stage_friction",
    # deals opened, or touches made, before the window by leads, accounts and deals within it
    "channel_interplay",
    "midfunnel_silent_failure",
    "opportunity_creation_rate",
    "opportunity_depth",
    "pipeline_per_account_set",
}
"""KPIs whose figure at the edge of a window differs by a few hundredths."""


def together(kind: str, declared: Callable[[Kpi], set[str]]) -> dict[str, tuple[str, ...]]:
    """The damages of the world in which each link or window is damaged. Of those in one world a KPI declares one at most, so what
    becomes of the KPI is due to that one: a load takes seconds, and five do for all."""
    declarations = [declared(kpi) for kpi in EVERY.values()]
    names = sorted(set().union(*declarations), key=lambda name: -sum(name in each for each in declarations))
    worlds: list[set[str]] = []
    for name in names:
        partners = set().union(*(each for each in declarations if name in each)) - {name}
        free = next((world for world in worlds if not world & partners), None)
        if free is None:
            worlds.append(free := set())
        free.add(name)
    return {
        name: tuple(f"{kind} {each}" for each in sorted(world)) for world in worlds for name in sorted(world)
    }


BROKEN = together("link", lambda kpi: {*kpi.links})
HALVED = together("window", lambda kpi: {*kpi.windows, *kpi.whole})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Snapshot]:
    """world() is the sample in small; world("link calls.lead", "window calls") lacks something. Each is loaded once."""
    place = tmp_path_factory.mktemp("evidence")
    whole = place / "whole"
    write_sample(whole, leads=1200, dirty=False)
    for name in ("mapping.toml", "leadquality.toml"):
        shutil.copy(ROOT / "data" / "sample" / name, whole / name)

    @cache
    def make(*damages: str) -> Snapshot:
        folder = place / "_".join(damages).replace(" ", "_").replace(".", "_") if damages else whole
        if damages:
            shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("home"))
        for damage in damages:
            kind, name = damage.split()
            (_rekey if kind == "link" else _cut)(folder, name)
        home = Home(folder / "home")
        load(home, folder, confirmed=True)
        return open_snapshot(home)

    return make


def _rewrite(path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    change(pl.read_csv(path, infer_schema=False)).write_csv(path)


def _rekey(folder: Path, link: str) -> None:
    """Every row names a partner of another system."""
    extract, _, partner = link.partition(".")
    column = pl.col(KEYS.get(link, f"{partner}_id"))
    named = pl.when(column.is_not_null() & (column != "")).then(pl.lit("other system ") + column)
    _rewrite(
        folder / f"{extract}.csv", lambda rows: rows.with_columns(named.alias(column.meta.output_name()))
    )


def _cut(folder: Path, stream: str) -> None:
    """The first half of the time is not in the file."""
    if stream == "call_answers":
        late = pl.read_csv(folder / "calls.csv", infer_schema=False).filter(pl.col("started_at") >= MIDDLE)
        _rewrite(
            folder / "call_answers.csv",
            lambda rows: rows.filter(pl.col("call_id").is_in(late["call_id"].to_list())),
        )
        return
    if stream == "closings":
        early = pl.col("closed_at") < MIDDLE
        blank = [
            pl.when(early).then(None).otherwise(pl.col(name)).alias(name) for name in ("outcome", "closed_at")
        ]
        _rewrite(folder / "opportunities.csv", lambda rows: rows.with_columns(blank))
        return
    given = [pl.when(pl.col(name) != "").then(pl.col(name)) for name in DAYS[stream]]
    _rewrite(folder / f"{stream}.csv", lambda rows: rows.filter(pl.coalesce(given) >= MIDDLE))


def asked(snapshot: Snapshot, kpi: Kpi, scope: Scope | None = None) -> Result:
    whole = Scope(snapshot.as_of).backed(snapshot.as_of)
    cursor = snapshot.cursor()
    try:
        return run(cursor, kpi, scope or whole)
    finally:
        cursor.close()


def figures(result: Result) -> dict[tuple[Any, ...], Any]:
    keys = ("slice", "channel", "measure", "age_days", "week_on")
    return {
        tuple(row.get(key) for key in keys): row["estimate"]
        for row in result.rows.to_dicts()
        if row["estimate"] is not None and row["status"] in SOUND
    }


def differences(truth: Result, found: Result, within: float = 1e-9) -> list[Any]:
    """Figures of `found` that look sound and are not those of `truth`."""
    true = figures(truth)
    return [
        (key, true.get(key), value)
        for key, value in figures(found).items()
        if key not in true or not math.isclose(true[key], value, rel_tol=within, abs_tol=within)
    ]


@pytest.mark.parametrize("kpi_id", sorted(kpi.kpi_id for kpi in EVERY.values() if kpi.links))
def test_a_broken_link_withholds_the_kpi_and_says_why(world, kpi_id):
    kpi = EVERY[kpi_id]
    for link in kpi.links:
        result = asked(world(*BROKEN[link]), kpi)
        assert result.unavailable and "match none" in result.reason, link
        assert set(result.rows["status"]) == {"not_available"} and not figures(result)


@pytest.mark.parametrize("kpi_id", sorted(kpi.kpi_id for kpi in EVERY.values() if kpi.windows))
def test_a_window_cut_in_half_leaves_the_true_figure_of_the_other_half(world, kpi_id):
    kpi = EVERY[kpi_id]
    if asked(world(), kpi).unavailable:
        return
    for stream in kpi.windows:
        result = asked(world(*HALVED[stream]), kpi)
        if stream in kpi.whole:
            assert result.unavailable, stream
            continue
        assert result.unavailable or result.evidence.left_out.before, stream
        if result.unavailable:
            continue
        truth = asked(world(), kpi, result.evidence.scope)
        assert not differences(truth, result, 0.06 if kpi_id in EDGE else 1e-9), stream


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage", [*(f"link {link}" for link in LINKS), *(f"window {stream}" for stream in STREAMS)]
)
def test_what_declares_neither_link_nor_window_does_not_hang_on_it(world, damage):
    kind, name = damage.split()
    snapshot = world(damage)
    for kpi in EVERY.values():
        declared = name in kpi.links if kind == "link" else name in (*kpi.windows, *kpi.whole)
        if declared or kpi.kpi_id in COUNTS_ROWS | COMPETING:
            continue
        result = asked(snapshot, kpi)
        if not result.unavailable and not result.evidence.is_narrowed:
            assert not differences(asked(world(), kpi), result), kpi.kpi_id
