"""The gap of the channels split into what remains like for like and what the mix makes of it."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

import pytest

REPORT = "gap_by_mix"
AS_OF = date(2026, 12, 31)
Z = 1.959963984540054


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
    smb = (0.4 * 0.6 / 400, 0.45 * 0.55 / 100)
    ent = (0.1 * 0.9 / 100, 0.15 * 0.85 / 400)
    # weights taken as given: rate .5 each, mix .3 each, crude .8/.2 and .2/.8, like for like .5 each
    both = sum(smb) + sum(ent)
    crude = sqrt(0.64 * smb[0] + 0.04 * ent[0] + 0.04 * smb[1] + 0.64 * ent[1])
    for name, se in (("rate", 0.5 * sqrt(both)), ("mix", 0.3 * sqrt(both))):
        assert total[f"{name}_low"] == pytest.approx(total[name] - Z * se, abs=1e-12)
        assert total[f"{name}_high"] == pytest.approx(total[name] + Z * se, abs=1e-12)
    assert [total["low"], total["high"]] == pytest.approx([-0.13 - Z * crude, -0.13 + Z * crude], abs=1e-12)
    own = Z * 0.5 * sqrt(smb[0] + ent[0])
    assert total["inbound_like_for_like_high"] == pytest.approx(0.25 + own, abs=1e-12)
    assert total["inbound_like_for_like_low"] == pytest.approx(0.25 - own, abs=1e-12)


def test_leads_of_one_account_widen_the_ranges(story):
    alone, together = simpson(story), simpson(story)
    for place, row in enumerate(together.rows["fact_leads"]):
        row["account_id"] = f"a{place // 5}"
    first, second = lines(alone)["all"], lines(together)["all"]
    assert second["estimate"] == pytest.approx(first["estimate"], abs=1e-12)
    # five leads of an account end alike but for one account a cell: the variance is five times as large
    width = (second["high"] - second["low"]) / (first["high"] - first["low"])
    assert width == pytest.approx(sqrt(5), rel=0.02)


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
