"""Discovery call duration: the median talk time of the first real conversation with a lead."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from scipy.stats import binom

KPI = "discovery_duration"
AS_OF = date(2026, 12, 31)


def talk(world, seconds, channel="inbound", started="2026-06-01", **values):
    """One lead for each length, with one conversation of that length."""
    for length in seconds:
        lead = world.lead(channel, "2026-01-01", **values)
        world.call(lead, started, "no_fit", talk_seconds=length)


def test_the_median_of_25_conversations_of_100_to_2500_seconds(story):
    world = story(AS_OF)
    talk(world, [100 * place for place in range(1, 26)])
    # Median: the 13th. P(Binomial(25, 1/2) <= 7) = .0216 and <= 8 is .0539, so the interval runs from the 8th
    # to the 18th. Type-7 quartiles stand at 1 + 24/4 = 7 and 1 + 24 x 3/4 = 19.
    assert world.run(KPI).rows.to_dicts() == [
        {
            "slice": "all",
            "channel": "inbound",
            "numerator": None,
            "denominator": 25,
            "estimate": 1300.0,
            "low": 800.0,
            "high": 1800.0,
            "n_old_enough": 25,
            "status": "ok",
            "first_quartile": 700.0,
            "third_quartile": 1900.0,
            "unknown_length_count": 0,
        }
    ]


@pytest.mark.parametrize("count", [10, 11, 40, 99])
def test_the_ranks_are_those_of_the_exact_binomial(story, count):
    world = story(AS_OF)
    talk(world, (np.random.default_rng(3).permutation(count) + 1001).tolist())
    rank = int(binom.ppf(0.025, count, 0.5))
    row = world.row(KPI)
    assert [row["low"], row["high"]] == [1000 + rank, 1000 + count + 1 - rank]
    assert row["estimate"] == 1000 + (count + 1) / 2


def test_nine_conversations_give_no_length_and_ten_do(story):
    world = story(AS_OF)
    talk(world, [100] * 9, "inbound")
    talk(world, [100] * 10, "outbound")
    few, enough = world.run(KPI).rows.to_dicts()
    hidden = ("estimate", "low", "high", "first_quartile", "third_quartile")
    assert (few["status"], few["denominator"], [few[name] for name in hidden]) == ("too_few", 9, [None] * 5)
    assert (enough["status"], [enough[name] for name in hidden]) == ("ok", [100.0] * 5)


def test_only_the_first_conversation_of_a_minute_counts(story):
    world = story(AS_OF)
    for lead in world.leads(10, "inbound"):
        world.call(lead, "2026-03-01", "voicemail", talk_seconds=900)  # nobody spoke
        world.call(lead, "2026-03-02", "no_fit", talk_seconds=59)  # a second too short
        world.call(lead, "2026-03-04", "qualified", talk_seconds=500, started_at=datetime(2026, 3, 4, 15))
        world.call(lead, "2026-03-04", "no_fit", talk_seconds=60, started_at=datetime(2026, 3, 4, 9))
        world.call(lead, "2026-03-03", "no_fit")  # its length is unknown
    row = world.row(KPI)
    assert (row["denominator"], row["estimate"], row["unknown_length_count"]) == (10, 60.0, 10)


def test_a_site_may_set_another_length_of_a_real_call(story):
    world = story(AS_OF)
    for lead in world.leads(10, "inbound"):
        world.call(lead, "2026-03-02", "no_fit", talk_seconds=20)
        world.call(lead, "2026-03-03", "no_fit", talk_seconds=90)
    world.database().execute(
        "update snapshot.settings set value = '20' where name = 'effort.first_call_seconds'"
    )
    assert world.row(KPI)["estimate"] == 20.0


def test_a_second_conversation_does_not_become_the_first_of_a_later_window(story):
    world = story(AS_OF)
    for lead in world.leads(10, "inbound"):
        world.call(lead, "2026-03-02", "no_fit", talk_seconds=100)
        world.call(lead, "2026-04-02", "no_fit", talk_seconds=900)
    assert world.run(KPI, from_on="2026-04-01").rows.height == 0
    assert world.row(KPI, from_on="2026-03-02", to_on="2026-03-02")["estimate"] == 100.0


def test_a_conversation_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    talk(world, [100] * 10, started=AS_OF)
    talk(world, [900] * 30, started=AS_OF + timedelta(days=1))
    row = world.row(KPI)
    assert (row["denominator"], row["estimate"]) == (10, 100.0)
    assert world.run(KPI, as_of=AS_OF - timedelta(days=1)).rows.height == 0


def test_no_conversation_gives_no_row(story):
    world = story(AS_OF)
    world.leads(50, "inbound")
    for _ in range(20):
        world.call(None, "2026-03-01", "no_fit", talk_seconds=100)  # whose first conversation? nobody knows
    assert world.run(KPI).rows.height == 0


def test_filters_and_slices(story):
    world = story(AS_OF)
    talk(world, [100] * 10, "inbound", segment="smb")
    talk(world, [200] * 10, "inbound", segment="ent")
    talk(world, [300] * 10, "outbound", segment="ent")
    rows = world.run(KPI, slice_by="segment").rows.to_dicts()
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == [
        ("ent", "inbound", 200.0),
        ("ent", "outbound", 300.0),
        ("smb", "inbound", 100.0),
    ]
    assert world.row(KPI, segments=("smb",))["estimate"] == 100.0


@pytest.mark.parametrize("column", ["talk_s", "outcome_code", "lead_id"])
def test_without_its_data_it_is_not_available(story, column):
    world = story(AS_OF)
    talk(world, [100] * 10)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'calls' and column_name = ?", [column]
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract calls"
    assert (
        result.rows.select("status", "estimate", "denominator").rows() == [("not_available", None, None)] * 2
    )
