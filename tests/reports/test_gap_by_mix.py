"""The gap of the channels split into what remains like for like and what the mix makes of it."""

from __future__ import annotations

from datetime import date, timedelta
from math import log

import pytest

from tests.statistics.limits import mover, standardised

REPORT = "gap_by_mix"
AS_OF = date(2026, 12, 31)


def told(world, channel, segment, won, n, born=600, **values):
    day = AS_OF - timedelta(days=born)
    for place, lead in enumerate(world.leads(n, channel, day, segment=segment, **values)):
        (world.won if place < won else world.lost)(lead, day + timedelta(days=10))


def simpson(story):
    # weights .8 and .2 with 40 and 10 of 100 won, against .2 and .8 with 45 and 15 (features.md, X6), 500 leads a channel
    world = story(AS_OF)
    told(world, "inbound", "smb", 160, 400)
    told(world, "inbound", "ent", 10, 100)
    told(world, "outbound", "smb", 45, 100)
    told(world, "outbound", "ent", 60, 400)
    return world


def lines(world, **asked):
    return {row["measure"]: row for row in world.run(REPORT, **asked).rows.to_dicts()}


def test_rate_and_mix_add_up_and_the_reversal_is_told(story):
    found = lines(simpson(story))
    total = found["all"]
    # overall .34 and .21; rate .05 in both strata; mix (.425 x -.6 + .125 x .6)
    assert [
        total[name] for name in ("inbound_share", "outbound_share", "estimate", "rate", "mix")
    ] == pytest.approx([0.34, 0.21, -0.13, 0.05, -0.18], abs=1e-12)
    assert (total["is_reversed"], total["overlap_share"], total["status"]) == (True, 1.0, "ok")
    assert (total["inbound_count"], total["outbound_count"], total["denominator"]) == (500, 500, 1000)
    # half of all leads are smb: (.4 + .1) / 2 and (.45 + .15) / 2
    assert total["inbound_like_for_like"] == pytest.approx(0.25, abs=1e-12)
    assert total["outbound_like_for_like"] == pytest.approx(0.30, abs=1e-12)
    smb, ent = found["smb"], found["ent"]
    assert [smb["rate"], smb["mix"]] == pytest.approx([0.5 * 0.05, 0.425 * -0.6], abs=1e-12)
    assert [ent["rate"], ent["mix"]] == pytest.approx([0.5 * 0.05, 0.125 * 0.6], abs=1e-12)
    assert smb["is_reversed"] is None


def test_every_part_has_its_range(story):
    total = lines(simpson(story))["all"]
    inbound = ([0.4, 0.1], [0.4 * 0.6 / 400, 0.1 * 0.9 / 100], [400, 100])
    outbound = ([0.45, 0.15], [0.45 * 0.55 / 100, 0.15 * 0.85 / 400], [100, 400])
    crude = mover(standardised(*outbound, [1, 4]), standardised(*inbound, [4, 1]))
    # the mean of both mixes, and that of all leads, is half and half
    alike = [standardised(*channel, [1, 1]) for channel in (inbound, outbound)]
    # outbound has .6 more of its leads in ent and .6 fewer in smb, at shares of .125 and .425
    smb = standardised([0.425], [(inbound[1][0] + outbound[1][0]) / 4], [200], [1])
    ent = standardised([0.125], [(inbound[1][1] + outbound[1][1]) / 4], [200], [1])
    expected = {
        "": crude,
        "rate_": mover(alike[1], alike[0]),
        "mix_": [0.6 * limit for limit in mover(ent, smb)],
        "inbound_like_for_like_": alike[0][1:],
        "outbound_like_for_like_": alike[1][1:],
    }
    for name, limits in expected.items():
        assert [total[f"{name}low"], total[f"{name}high"]] == pytest.approx(limits, abs=1e-9), name


def test_a_segment_without_a_win_keeps_the_range_open(story):
    world = story(AS_OF)
    told(world, "inbound", "smb", 30, 100)
    told(world, "inbound", "ent", 0, 20)
    told(world, "outbound", "smb", 30, 100)
    told(world, "outbound", "ent", 0, 20)
    found = lines(world)
    # by share -+ z SE nobody in ent could ever be won: 0 to 0; one win of 20 in either channel would turn it
    # (the chance to see none in 20 falls to 2.5 % where 20 times the share is -ln .025)
    limit = -log(0.025) / 20
    assert found["ent"]["estimate"] == 0
    assert [found["ent"]["low"], found["ent"]["high"]] == pytest.approx([-limit, limit], abs=1e-9)
    both = standardised([0.3, 0.0], [0.3 * 0.7 / 100, 0.0], [100, 20], [100, 20])
    total = found["all"]
    assert [total["inbound_like_for_like_low"], total["inbound_like_for_like_high"]] == pytest.approx(
        both[1:], abs=1e-9
    )


def test_leads_of_one_account_widen_the_ranges(story):
    alone, together = simpson(story), simpson(story)
    for place, row in enumerate(together.rows["fact_leads"]):
        row["account_id"] = f"a{place // 5}"
    first, second = lines(alone)["all"], lines(together)["all"]
    assert second["estimate"] == pytest.approx(first["estimate"], abs=1e-12)
    # five leads of an account end alike but for one account a cell: as if a fifth as many stood on their own
    inbound = ([0.4, 0.1], [5 * 0.4 * 0.6 / 400, 5 * 0.1 * 0.9 / 100], [80, 20])
    outbound = ([0.45, 0.15], [5 * 0.45 * 0.55 / 100, 5 * 0.15 * 0.85 / 400], [20, 80])
    low, high = mover(standardised(*outbound, [1, 4]), standardised(*inbound, [4, 1]))
    assert [second["low"], second["high"]] == pytest.approx([low, high], abs=0.004)
    assert (second["high"] - second["low"]) / (first["high"] - first["low"]) > 2.2


def test_a_segment_without_overlap_is_listed_and_left_out(story):
    world = simpson(story)
    told(world, "inbound", "mid", 50, 100)
    told(world, "outbound", "mid", 9, 9)
    found = lines(world)
    assert found["all"]["rate"] == pytest.approx(0.05, abs=1e-12)
    # 600 inbound and 509 outbound leads, of which 500 each remain
    assert found["all"]["overlap_share"] == pytest.approx(1000 / 1109, abs=1e-12)
    left_out = found["mid"]
    assert (left_out["status"], left_out["estimate"], left_out["rate"]) == ("too_few", None, None)
    assert (left_out["inbound_count"], left_out["outbound_count"]) == (100, 9)


def test_without_any_overlap_nothing_is_given(story):
    world = story(AS_OF)
    told(world, "inbound", "smb", 5, 50)
    told(world, "outbound", "ent", 5, 50)
    total = lines(world)["all"]
    assert [total[name] for name in ("status", "estimate", "rate", "low", "is_reversed")] == [
        "too_few",
        *[None] * 4,
    ]


def test_another_dimension_an_earlier_day_and_another_age(story):
    world = story(AS_OF)
    for channel, won in (("inbound", 30), ("outbound", 60)):
        told(world, channel, "smb", won, 100, region="north")
        told(world, channel, "smb", won, 100, region="south")
    assert set(lines(world, slice_by="region")) == {"all", "north", "south"}
    assert set(lines(world)) == {"all", "smb"}
    assert lines(world, horizon=90)["all"]["horizon_days"] == 90
    # seen from day 9 of their lives nobody is won, and nobody is 540 days old
    early = lines(world, as_of=AS_OF - timedelta(days=591))
    assert (early["smb"]["status"], early["all"]["estimate"]) == ("too_few", None)
    assert lines(world, regions=("none",)) == {}
