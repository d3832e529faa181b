"""Both curves as a whole: crossing, or not and then tested, from counts and from rows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from lifelines.statistics import logrank_test, multivariate_logrank_test

from leadquality.engine import source_curves, whole_curves
from leadquality.scope import Scope
from leadquality.statistics import gray

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


def test_ten_wins_are_needed_for_a_test(story):
    for wins, is_enough in ((4, False), (5, True)):
        world = story(AS_OF)
        told(world, "inbound", {20: wins})
        told(world, "outbound", {60: 5})
        found = asked(world)
        assert (found.basis.event_count, found.basis.unit_count) == (wins + 5, 200)
        assert found.basis.is_enough is is_enough
        assert (found.logrank_p is None, found.gray_p is None) == (not is_enough, not is_enough)


# ---------------------------------------------------------------- sources


def sourced(world, **scope):
    found = [
        source_curves(world.journeys("won"), Scope(AS_OF, reads=reads, **scope))
        for reads in ("facts", "counts")
    ]
    assert found[0] == found[1]
    return {each.channel: each for each in found[0]}


def lives(seed, sizes, born=400):
    """(source, age, ending) by source: won or lost at some age, or open; the later sources later."""
    draw = np.random.default_rng(seed)
    for place, (source, count) in enumerate(sizes.items()):
        for _ in range(count):
            age, ending = (
                int(draw.integers(5, 250) + 50 * place),
                int(draw.choice([0, 1, 2], p=[0.2, 0.3, 0.5])),
            )
            yield source, age if ending else born, ending


def lived(world, channel, units, born=400):
    for source, age, ending in units:
        lead = world.lead(channel, days_before(born), source=source)
        if ending:
            (world.won if ending == 1 else world.lost)(lead, days_before(born - age))


def test_sources_are_tested_within_their_channel_by_gray(story):
    world = story(AS_OF)
    units = list(lives(5, {"fair": 80, "list": 70, "web": 90}))
    lived(world, "inbound", units)
    lived(world, "outbound", lives(6, {"list": 40, "sdr": 60}))
    # too few to be compared, and leads of which nobody knows the source
    told(world, "inbound", {10: 29}, n=29, source="podcast")
    told(world, "inbound", {10: 60}, n=60, source=None)
    found = sourced(world)
    inbound = found["inbound"]
    assert (inbound.basis.compared, inbound.basis.left_out) == (("fair", "list", "web"), ("podcast",))
    assert (inbound.basis.unit_count, inbound.basis.event_count) == (
        240,
        sum(end == 1 for _, _, end in units),
    )
    sources, ages, endings = zip(*units, strict=True)
    expected = gray(ages, endings, sources)
    assert (inbound.p, expected.df) == (pytest.approx(expected.p, abs=1e-12), 2)
    assert found["outbound"].basis.compared == ("list", "sdr")
    assert set(sourced(world, channels=("outbound",))) == {"outbound"}
    assert sourced(world, slice_by="segment") == found
    assert sourced(story(AS_OF)) == {}


def test_without_competition_it_is_near_the_log_rank_test_of_lifelines(story):
    world = story(AS_OF)
    units = [
        (source, age, 1) for source, age, _ in lives(7, {"fair": 60, "list": 60, "web": 60}) if age < 400
    ]
    lived(world, "inbound", units)
    sources, ages, _ = zip(*units, strict=True)
    oracle = multivariate_logrank_test(ages, sources)
    # the score is that of the log-rank test, its variance another estimate
    assert 0.2 < np.log(sourced(world)["inbound"].p) / np.log(oracle.p_value) < 5


def test_sources_that_cross_are_named_and_not_tested(story):
    world = story(AS_OF)
    told(world, "inbound", {20: 40}, source="early")
    told(world, "inbound", {200: 80}, source="late")
    told(world, "inbound", {20: 20, 200: 20}, source="steady")
    inbound = sourced(world)["inbound"]
    # at 30 days .4 to 0, at 270 days .4 to .8: more than two standard errors either way
    assert (inbound.crossing, inbound.p) == (("early", "late"), None)


def test_one_source_few_wins_late_entries_and_shared_accounts(story):
    world = story(AS_OF)
    told(world, "inbound", {20: 30}, source="web")
    assert (sourced(world)["inbound"].basis.is_enough, sourced(world)["inbound"].p) == (False, None)
    told(world, "outbound", {20: 5}, source="sdr")
    told(world, "outbound", {40: 4}, source="list", account_id="a1")
    outbound = sourced(world)["outbound"]
    assert (outbound.basis.event_count, outbound.basis.is_enough, outbound.p) == (9, False, None)
    assert outbound.basis.has_shared_accounts is True
    told(world, "outbound", {20: 5}, source="sdr", entry_age=3)
    outbound = sourced(world)["outbound"]
    assert (outbound.basis.is_enough, outbound.basis.has_late_entries, outbound.p) == (True, True, None)
    # of one account each in its own source: they meet in the channel
    world = story(AS_OF)
    for source in ("a", "b"):
        told(world, "inbound", {20: 10}, n=30, source=source)
    assert sourced(world)["inbound"].basis.has_shared_accounts is False
    for source in ("a", "b"):
        told(world, "inbound", {20: 1}, n=1, source=source, account_id="both")
    assert sourced(world)["inbound"].basis.has_shared_accounts is True
