"""Sources early and late: the rate of a source beside that of all leads of its channel, with the range of the ratio."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from leadquality.settings import read_settings
from leadquality.settings.model import Horizon

REPORT = "source_slope"
AS_OF = date(2026, 12, 31)
CREATED = date(2026, 3, 10)
ALL = ("estimate", "low", "high", "low_99", "high_99")


def source(world, name, count, met, won, channel="inbound", created=CREATED):
    """`count` leads of a source; the first `met` meet us on day 10, the first `won` are won on day 60."""
    leads = world.leads(count, channel, created, source=name)
    for lead in leads[:met]:
        world.meeting(lead, created + timedelta(days=10))
    for lead in leads[:won]:
        world.won(lead, created + timedelta(days=60))
    return leads


def lines(world, **asked):
    rows = world.run(REPORT, **asked).rows.to_dicts()
    return {(row["slice"], row["measure"]): row for row in rows if row["channel"] == "inbound"}


def test_a_source_that_falls_behind_between_meeting_and_win(story):
    world = story(AS_OF)
    source(world, "broad", 200, met=120, won=6)
    source(world, "brand", 200, met=80, won=34)
    found = lines(world)
    # all: 200 of 400 meet, 40 of 400 win. broad: .60 / .50 early, .03 / .10 late; brand: .40 / .50 and .17 / .10
    ratios = {line: row["estimate"] for line, row in found.items()}
    assert ratios == pytest.approx(
        {("broad", "meeting"): 1.2, ("broad", "won"): 0.3, ("brand", "meeting"): 0.8, ("brand", "won"): 1.7}
    )
    row = found["broad", "won"]
    assert (row["numerator"], row["denominator"], row["n_old_enough"], row["status"]) == (6, 200, 200, "ok")
    assert (row["share"], row["all_share"]) == (pytest.approx(0.03), pytest.approx(0.1))
    assert (found["broad", "meeting"]["horizon_days"], row["horizon_days"]) == (30, 180)


def test_the_range_is_that_of_the_ratio_drawn_again_and_again(story):
    world = story(AS_OF)
    source(world, "broad", 300, met=0, won=120)
    source(world, "brand", 500, met=0, won=250)
    source(world, "other", 200, met=0, won=100)
    found = lines(world)
    # every lead is old enough, so a share is a plain proportion: the ratio of binomial draws, 200,000 times
    draw = np.random.default_rng(7)
    wins = {
        name: draw.binomial(n, p, 200_000)
        for name, n, p in (("broad", 300, 0.4), ("brand", 500, 0.5), ("other", 200, 0.5))
    }
    everyone = sum(wins.values()) / 1000
    for name, n in (("broad", 300), ("brand", 500), ("other", 200)):
        row = found[name, "won"]
        drawn = np.log(wins[name] / n / everyone)
        assert np.log(row["high"] / row["low"]) / 2 / 1.959964 == pytest.approx(drawn.std(), rel=0.02)
        # and for the wider range
        assert np.log(row["high_99"] / row["low_99"]) / np.log(row["high"] / row["low"]) == pytest.approx(
            2.575829 / 1.959964, rel=1e-6
        )


def test_the_only_source_of_a_channel_is_all_of_it(story):
    world = story(AS_OF)
    source(world, "web", 200, met=120, won=20)
    row = lines(world)["web", "won"]
    # the whole against itself: 1, and nothing to be unsure about
    assert [row[name] for name in ALL] == pytest.approx([1.0] * 5, abs=1e-6)


@pytest.mark.parametrize(("won", "status"), [(4, "too_few"), (5, "ok")])
def test_fewer_than_five_events_give_no_comparison(story, won, status):
    world = story(AS_OF)
    source(world, "web", 200, met=100, won=30)
    source(world, "small", 100, met=50, won=won)
    row = lines(world)["small", "won"]
    assert row["status"] == status
    assert [row[name] is None for name in ALL] == [won < 5] * 5
    assert row["share"] == pytest.approx(won / 100)


def test_small_and_young_sources_say_why(story):
    world = story(AS_OF)
    source(world, "web", 200, met=100, won=30)
    source(world, "podcast", 12, met=9, won=4)
    source(world, "new", 200, met=100, won=20, created=AS_OF - timedelta(days=100))
    found = lines(world)
    assert found["podcast", "won"]["status"] == found["podcast", "meeting"]["status"] == "too_few"
    assert (found["new", "meeting"]["status"], found["new", "won"]["status"]) == ("ok", "too_early")
    assert found["new", "won"]["estimate"] is None
    # created 22 September 2026, 180 days later
    assert found["new", "won"]["judge_on"] == date(2027, 3, 21)


def test_a_source_is_compared_with_its_own_channel(story):
    world = story(AS_OF)
    source(world, "web", 200, met=100, won=20)
    source(world, "list", 200, met=0, won=100, channel="outbound", created=date(2025, 1, 10))
    assert lines(world)["web", "won"]["all_share"] == pytest.approx(0.1)


def test_what_happens_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    leads = source(world, "web", 200, met=100, won=20)
    world.won(leads[150], AS_OF + timedelta(days=1))
    assert lines(world)["web", "won"]["numerator"] == 20


def test_filters_narrow_both_sides(story):
    world = story(AS_OF)
    source(world, "web", 200, met=100, won=20)
    source(world, "brand", 200, met=100, won=60)
    # alone in the scope, web is all there is
    assert lines(world, sources=("web",))["web", "won"]["estimate"] == pytest.approx(1.0)
    assert lines(world)["web", "won"]["estimate"] == pytest.approx(0.5)


def test_the_ages_are_those_of_the_site_and_of_the_reader(story):
    world = story(AS_OF)
    own = {"early_stage_conversion": Horizon(inbound=7, outbound=7)}
    world.settings = read_settings()[0].model_copy(update={"horizons": own})
    source(world, "web", 200, met=100, won=20)
    found = lines(world, horizon=90)
    assert (found["web", "meeting"]["horizon_days"], found["web", "won"]["horizon_days"]) == (7, 90)
    # all meetings are of day 10
    assert found["web", "meeting"]["numerator"] == 0


def test_nothing_in_the_window(story):
    assert story(AS_OF).run(REPORT).rows.height == 0
