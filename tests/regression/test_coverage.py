"""How often the product's 95 % intervals hold the truth: 200 worlds of other seeds, judged by the product's own SQL.

A world is reduced to what the estimators see of it, the additive counts of the journey `won`; all worlds stand in one
database, each as a source of its own, so that one run of a KPI sliced by source judges all of them.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import polars as pl
import pytest

from leadquality.catalogue import load_kpis
from leadquality.engine import run
from leadquality.sample.draws import draw
from leadquality.sample.world import load
from leadquality.scope import Scope
from tests.story import Story, counted
from tests.worlds import AS_OF

SEEDS = range(1, 201)
# expected/statistics/synthetic_truth.json
WON = {
    "inbound": {
        30: 0.009625,
        60: 0.044423,
        90: 0.060045,
        180: 0.067203,
        270: 0.067549,
        365: 0.06758,
        540: 0.067589,
    },
    "outbound": {
        30: 0.0,
        60: 3e-06,
        90: 0.000307,
        180: 0.019851,
        270: 0.059247,
        365: 0.083612,
        540: 0.095659,
    },
}
VALUE = {
    "inbound": {90: 1127.236023, 180: 1263.625, 365: 1271.056591},
    "outbound": {180: 787.7579, 270: 2386.1861, 365: 3394.8143},
}

pytestmark = pytest.mark.slow


def lives_of(seed: int) -> pl.DataFrame:
    """One row per lead: day created, age at the end of follow-up, how it ended, what was won."""
    world = load()
    drawn = draw(world, seed)
    potential = world.days - drawn.created
    seen = drawn.ended <= potential
    won = seen & drawn.won
    return pl.DataFrame(
        {
            "source": np.full(len(seen), f"{seed:03}"),
            "channel": np.array([source.channel for source in world.sources])[drawn.source],
            "started_on": drawn.created,
            "exit_age": np.where(seen, drawn.ended, potential),
            "ending": np.select([won, seen], ["reached", "ended"], "open"),
            "account_id": pl.Series(drawn.account).cast(pl.String) + f" of {seed}",
            "amount": np.where(won, drawn.acv, 0),
        }
    ).with_columns(started_on=pl.lit(AS_OF - timedelta(days=world.days)) + pl.duration(days="started_on"))


@pytest.fixture(scope="module")
def judged():
    """judged(kpi_id): rows of the KPI over all worlds, the seed as the slice."""
    lives = pl.concat(lives_of(seed) for seed in SEEDS)
    lives = lives.with_row_index("lead").with_columns(
        lead_id=pl.format("lead-{}", "lead"), ended_on=pl.col("started_on") + pl.duration(days="exit_age")
    )
    leads = lives.select(
        "lead_id",
        "account_id",
        "source",
        "channel",
        created_on="started_on",
        segment=pl.lit("all"),
        region=pl.lit("all"),
        entry_age=pl.lit(-1),
        disqualified_on=pl.when(pl.col("ending") == "ended").then("ended_on"),
    )
    deals = lives.filter(pl.col("ending") == "reached").select(
        "lead_id",
        opportunity_id="lead_id",
        created_on="ended_on",
        closed_on="ended_on",
        outcome=pl.lit("won"),
        acv="amount",
    )
    story = Story(AS_OF)
    con = story.database()
    for table, frame in (("fact_leads", leads), ("fact_opportunities", deals)):
        con.register("given", frame.to_arrow())
        con.execute(f"insert into snapshot.{table} by name select * from given")
        con.unregister("given")
    counted(con)
    scope = Scope(AS_OF, slice_by="source", reads="counts")

    @cache
    def rows(kpi_id: str) -> pl.DataFrame:
        return run(story.database(), load_kpis()[kpi_id], scope).rows

    return rows


def coverage(rows: pl.DataFrame, channel: str, age: int, truth: float) -> float:
    chosen = rows.filter(channel=channel, age_days=age)
    assert chosen.height == len(SEEDS) and chosen["low"].null_count() == 0
    return float((chosen["low"].le(truth) & chosen["high"].ge(truth)).mean())


def gap(truths: dict[str, dict[int, float]], age: int) -> float:
    return truths["outbound"][age] - truths["inbound"][age]


def test_the_worlds_are_those_of_the_specification(judged):
    # means over 200 seeds within 4 standard errors of the truth; the staged source adds (4/12 - .068) 12/4412 to inbound
    rows = judged("close_rate_at_equal_age").filter(age_days=365)
    for channel in ("inbound", "outbound"):
        shares = rows.filter(channel=channel)["estimate"]
        assert abs(shares.mean() - WON[channel][365]) < 4 * shares.std() / np.sqrt(len(SEEDS)) + 0.00072


def test_intervals_of_the_close_rate_hold_the_truth_as_often_as_they_say(judged):
    rows = judged("close_rate_at_equal_age")
    found = {
        (channel, age): coverage(rows, channel, age, truth)
        for channel, truths in WON.items()
        for age, truth in truths.items()
    }
    print("coverage of the close rate", found)
    # n_pot >= 900, statistics.md 18.6; outbound before day 90 has no or hardly an event
    judged_ages = [("inbound", age) for age in WON["inbound"]] + [
        ("outbound", age) for age in (180, 270, 365)
    ]
    assert all(0.91 <= found[key] <= 0.98 for key in judged_ages), found
    # fewer than five events: Wilson, which errs on the safe side; and 158 leads old enough (.913 in the specification)
    assert all(found["outbound", age] >= 0.97 for age in (30, 60, 90))
    assert found["outbound", 540] >= 0.88


def test_intervals_of_the_gap_hold_the_truth_as_often_as_they_say(judged):
    rows = judged("close_rate_at_equal_age")
    found = {age: coverage(rows, "difference", age, gap(WON, age)) for age in (30, 90, 180, 270, 365, 540)}
    print("coverage of the gap of close rates", found)
    # early on outbound has hardly an event: its side is Wilson's, which errs on the safe side
    assert all(share >= 0.91 for share in found.values()), found
    assert all(share <= 0.98 for age, share in found.items() if age >= 180), found


def test_intervals_of_the_value_per_lead_hold_the_truth_as_often_as_they_say(judged):
    rows = judged("revenue_per_lead_at_age")
    found = {
        (channel, age): coverage(rows, channel, age, truth)
        for channel, truths in VALUE.items()
        for age, truth in truths.items()
    }
    found |= {("difference", age): coverage(rows, "difference", age, gap(VALUE, age)) for age in (180, 365)}
    print("coverage of the value per lead", found)
    assert all(0.91 <= share <= 0.98 for share in found.values()), found


def test_the_naive_verdict_is_wrong_in_every_world_and_the_fair_one_right(judged):
    naive = judged("same_kpi_distortion").filter(measure="won_per_lead_so_far")
    shares = naive.pivot("channel", index="slice", values="estimate")
    assert (shares["inbound"] > shares["outbound"]).mean() == 1.0
    rows = judged("close_rate_at_equal_age").filter(channel="difference")
    late, early = (rows.filter(age_days=age) for age in (540, 90))
    # statistics.md, section 4: right sign in all, significant in 96 %; at 90 days inbound is ahead in all
    assert (late["estimate"] > 0).mean() >= 0.99
    assert (late["low"] > 0).mean() == pytest.approx(0.96, abs=0.04)
    assert (early["high"] < 0).mean() == 1.0
