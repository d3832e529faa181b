"""Mean cumulative value from additive cells: as computed unit by unit, as the plain mean, as the printed golden values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import sqrt

import numpy as np
import pytest

from leadquality.contracts import AGE_GRID
from leadquality.scope import Scope
from tests.asking import asked_rows
from tests.story import Story

AS_OF = date(2026, 12, 31)
Z95, Z99 = 1.959963984540054, 2.5758293035489004
WON, LOST, OPEN = 1, 2, 0


def value_at(con, scope, ages):
    """The rows of the macro by channel and age."""
    asked = "select * from value_at('won', $scope, $ages) order by slice, channel, age_days"
    found = asked_rows(con, asked, scope, {"won"}, ages=list(ages))
    return {(row["slice"], row["channel"], row["age_days"]): row for row in found}


def asked_of(world, ages, **scope):
    """From the rows and from the counts, which must agree to the last bit."""
    wanted = Scope(world.as_of, **scope)
    rows = value_at(world.journeys("won"), wanted, ages)
    assert value_at(world.journeys("won"), replace(wanted, reads="counts"), ages) == rows
    return rows


def directly(entry, exit_age, cause, amount, age):
    """M(h) and the sum of squared influences, unit by unit as statistics.md 5.8 and 5.9 write them."""
    at_risk = exit_age > entry
    entry, exit_age, cause, amount = (part[at_risk] for part in (entry, exit_age, cause, amount))
    times = np.unique(exit_age[cause != OPEN])
    n = np.array([np.sum((entry < t) & (t <= exit_age)) for t in times], dtype=float)
    d = np.array([np.sum((exit_age == t) & (cause != OPEN)) for t in times], dtype=float)
    w = np.array([amount[(exit_age == t) & (cause == WON)].sum() for t in times])
    open_before = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]])
    mean = np.cumsum(open_before * w / n)
    by_age = times <= age
    at_age = mean[by_age][-1] if by_age.any() else 0.0
    influences = []
    for entered, left, how, brought in zip(entry, exit_age, cause, amount, strict=True):
        here = by_age & (times > entered) & (times <= left)
        influence = -np.sum((open_before * w / n**2)[here])
        influence += sum(
            (at_age - mean[k]) * d[k] / (n[k] * (n[k] - d[k])) for k in np.flatnonzero(here) if n[k] > d[k]
        )
        if left <= age and how != OPEN:
            k = int(np.searchsorted(times, left))
            if how == WON:
                influence += brought * open_before[k] / n[k]
            if n[k] > d[k]:
                influence -= (at_age - mean[k]) / (n[k] - d[k])
        influences.append(influence)
    return at_age, sqrt(sum(np.square(influences)))


def drawn(seed, count=160, delayed=False):
    """A world of one channel with ties, competing losses, leads still open, a few very large amounts, and its units."""
    draw = np.random.default_rng(seed)
    world = Story(AS_OF)
    units = []
    for _ in range(count):
        potential = int(draw.integers(0, 90))
        created = AS_OF - timedelta(days=potential)
        entry = int(draw.choice([-1, 5, 20])) if delayed else -1
        time, cause = int(draw.integers(0, 60)), int(draw.choice([WON, WON, LOST]))
        amount = round(float(draw.lognormal(9, 1.2)), 2)
        lead = world.lead("inbound", created, entry_age=entry)
        if time > potential:
            time, cause = potential, OPEN
        elif cause == WON:
            world.won(lead, created + timedelta(days=time), amount)
        else:
            world.lost(lead, created + timedelta(days=time))
        # a lead of today is followed from tomorrow
        units.append((entry, time if potential else entry, cause, amount if cause == WON else 0.0))
    return world, tuple(np.array(part) for part in zip(*units, strict=True))


@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_cells_give_what_the_units_give(seed, delayed):
    world, units = drawn(seed, delayed=delayed)
    ages = (12, 21, 30, 45, 55)
    rows = asked_of(world, ages)
    for age in ages:
        row = rows["all", "inbound", age]
        mean, se = directly(*units, age)
        assert row["n_old_enough"] >= 30 and row["events"] >= 1
        assert row["mean_amount"] == pytest.approx(mean, rel=1e-9)
        assert row["se"] == pytest.approx(se, rel=1e-9)
        limits = [row[name] for name in ("low", "high", "low_99", "high_99")]
        assert limits == pytest.approx([mean + z * se for z in (-Z95, Z95, -Z99, Z99)], rel=1e-9)
        won = (units[2] == WON) & (units[1] <= age) & (units[1] > units[0])
        assert (row["events"], row["amount_so_far"]) == (won.sum(), pytest.approx(units[3][won].sum()))


def test_nothing_censored_gives_the_plain_mean_and_its_variance(story):
    # 40 leads of 100 win 1,000, 2,000 ... 40,000 on one of three days, 25 are lost, the others open at 200 days
    world = story(AS_OF)
    created = AS_OF - timedelta(days=200)
    leads = world.leads(100, "outbound", created)
    amounts = np.zeros(100)
    for place, lead in enumerate(leads[:40]):
        amounts[place] = 1000 * (place + 1)
        world.won(lead, created + timedelta(days=(10, 40, 90)[place % 3]), amounts[place])
    for lead in leads[40:65]:
        world.lost(lead, created + timedelta(days=25))
    row = asked_of(world, [120])["all", "outbound", 120]
    assert row["mean_amount"] == pytest.approx(amounts.mean(), rel=1e-12)
    # mean of (x - mean)^2, over n: what p(1 - p)/n is for shares
    assert row["se"] == pytest.approx(sqrt(amounts.var() / 100), rel=1e-9)
    assert (row["events"], row["unit_count"], row["n_old_enough"], row["status"]) == (40, 100, 100, "ok")
    assert row["judge_on"] == created + timedelta(days=120)


def test_with_amounts_of_one_it_is_the_cumulative_incidence_and_its_error(story):
    world, _ = drawn(3)
    for row in world.rows["fact_opportunities"]:
        row["acv"] = 1
    ages = list(AGE_GRID[:5])
    found = asked_of(world, ages)
    asked = "select age_days, share, share_se from incidence_at('won', $scope, $ages) order by age_days"
    for told in asked_rows(world.journeys("won"), asked, Scope(AS_OF), {"won"}, ages=ages):
        age, share, se = told.values()
        row = found["all", "inbound", age]
        assert (row["mean_amount"], row["se"]) == (
            pytest.approx(share, rel=1e-9),
            pytest.approx(se, rel=1e-9),
        )


def test_every_unit_twice_gives_the_same_mean_and_the_error_over_root_two():
    world, _ = drawn(5)
    twice = Story(AS_OF)
    for copy in ("", " again"):
        for table, rows in world.rows.items():
            twice.rows[table] += [
                row | {name: row[name] + copy for name in ("lead_id", "opportunity_id") if name in row}
                for row in rows
            ]
    once, doubled = (asked_of(told, [30])["all", "inbound", 30] for told in (world, twice))
    assert doubled["mean_amount"] == pytest.approx(once["mean_amount"], rel=1e-12)
    assert doubled["se"] == pytest.approx(once["se"] / sqrt(2), rel=1e-9)
    assert doubled["events"] == 2 * once["events"]


def test_too_few_old_leads_give_no_amount_and_nothing_won_gives_no_limits(story):
    world = story(AS_OF)
    old = AS_OF - timedelta(days=40)
    for lead in world.leads(29, "inbound", old):
        world.won(lead, old, 500)
    world.leads(30, "outbound", old)
    rows = asked_of(world, [30])
    inbound, outbound = rows["all", "inbound", 30], rows["all", "outbound", 30]
    amounts = ("mean_amount", "se", "low", "high", "low_99", "high_99")
    assert [inbound[name] for name in amounts] == [None] * 6
    assert (inbound["status"], inbound["events"], inbound["amount_so_far"]) == ("too_few", 29, 14500.0)
    assert [outbound[name] for name in amounts] == [0.0] + [None] * 5
    assert (outbound["status"], outbound["events"]) == ("provisional", 0)


def test_the_golden_values_of_the_synthetic_world(twin):
    # statistics.md, section 4: M(365) is 1,392 inbound and 3,337 outbound
    rows = value_at(twin.snapshot.cursor(), Scope(date(2026, 11, 22), reads="counts"), [365])
    inbound, outbound = rows["all", "inbound", 365], rows["all", "outbound", 365]
    assert (round(inbound["mean_amount"]), round(outbound["mean_amount"])) == (1392, 3337)
    # truth by 365 days: 1,271 and 3,395, within four standard errors (section 18.6)
    assert abs(inbound["mean_amount"] - 1271) < 4 * inbound["se"]
    assert abs(outbound["mean_amount"] - 3395) < 4 * outbound["se"]
    # section 4: wins by 365 days and potential follow-up
    assert (inbound["events"], outbound["events"]) == (291, 178)
    assert (inbound["n_old_enough"], outbound["n_old_enough"]) == (2059, 946)
    # value per lead to date, 1,287 and 1,511: the gap of 2.7 times shrinks to 1.2 (291 and 185 wins of all ages)
    all_won = value_at(twin.snapshot.cursor(), Scope(date(2026, 11, 22), reads="counts"), [690])
    to_date = [
        all_won["all", name, 690]["amount_so_far"] / n for name, n in (("inbound", 4412), ("outbound", 5000))
    ]
    assert [round(value) for value in to_date] == [1287, 1511]
