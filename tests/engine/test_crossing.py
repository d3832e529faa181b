"""Both curves as a whole: crossing, or not and then tested, from counts and from rows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from lifelines.statistics import logrank_test

from leadquality.engine import whole_curves
from leadquality.scope import Scope

AS_OF = date(2026, 12, 31)


def days_before(days):
    return AS_OF - timedelta(days=days)


def told(world, channel, wins, n=100, born=400, **values):
    """n leads, of which so many are won at an age."""
    leads = iter(world.leads(n, channel, days_before(born), **values))
    for age, count in wins.items():
        for _ in range(count):
            world.won(next(leads), days_before(born - age))


def asked(world, **scope):
    found = [
        whole_curves(world.journeys("won"), Scope(AS_OF, reads=reads, **scope))
        for reads in ("facts", "counts")
    ]
    assert found[0] == found[1]
    return found[0]


def test_curves_that_cross_get_their_crossover_and_no_test(story):
    world = story(AS_OF)
    told(world, "inbound", {20: 30})
    told(world, "outbound", {200: 70})
    found = asked(world)
    assert (found.is_crossing, found.last_age, found.logrank_p, found.gray_p) == (True, 365, None, None)
    assert (found.crossover.age, found.crossover.low, found.crossover.high) == (200, 200, 200)


def test_curves_that_do_not_cross_are_tested(story):
    world, draw = story(AS_OF), np.random.default_rng(2)
    units = {channel: draw.integers(5, 350, 60) for channel in ("inbound", "outbound")}
    units["outbound"] = units["outbound"] * 3 // 4
    for channel, ages in units.items():
        told(world, channel, {}, n=0)
        for age in ages:
            world.won(world.lead(channel, days_before(400)), days_before(400 - int(age)))
    found = asked(world)
    test = logrank_test(units["inbound"], units["outbound"])
    assert found.is_crossing is False
    assert found.logrank_p == pytest.approx(test.p_value, abs=1e-12)
    # nothing competes and nothing is censored: Gray's score is that of the log-rank test, its variance another estimate
    assert 0.3 < found.gray_p / test.p_value < 3


def test_a_change_of_sign_within_chance_is_no_crossing_but_has_its_age(story):
    world = story(AS_OF)
    told(world, "inbound", {20: 30, 100: 2})
    told(world, "outbound", {22: 29, 100: 12})
    found = asked(world)
    assert (found.is_crossing, found.crossover.age) == (False, 100)
    assert found.crossover.high is None
    assert found.logrank_p is not None


def test_accounts_slices_and_delayed_entry(story):
    world = story(AS_OF)
    for account in range(10):
        told(world, "inbound", {20: 3}, segment="smb", account_id=f"a{account}")
    told(world, "outbound", {20: 20}, segment="ent", entry_age=3)
    found = asked(world, slice_by="segment")
    # the slices are taken together; Gray's test knows no delayed entry, the log-rank test does
    assert (found.gray_p, found.logrank_p is None) == (None, False)
    assert asked(world, segments=("smb",)) is None
    assert asked(story(AS_OF)) is None
