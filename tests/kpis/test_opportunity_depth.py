"""Opportunity depth: how many people of the customer stand on an opportunity when it is 30 days old."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import binom

from tests.story import Story

KPI = "opportunity_depth"
AS_OF = date(2026, 12, 31)
OPENED = date(2026, 3, 2)


def deal(world, people=0, channel="outbound", opened=OPENED, roles=("buyer",), after=5, **values):
    """An opportunity with so many contacts, whose roles repeat, added so many days after it was opened."""
    lead = world.lead(channel, opened, **values)
    key = f"deal of {lead}"
    world.opportunity(lead, opened, opportunity_id=key, account_id=None)
    for place in range(people):
        person(world, key, f"p{place}", roles[place % len(roles)], opened + timedelta(days=after))
    return lead, key


def person(world, key, contact, role, added):
    world.add("opportunity_contacts", opportunity_id=key, contact_id=contact, role=role, added_on=added)


def change(world, key, stage, day):
    world.add("opportunity_changes", opportunity_id=key, stage=stage, changed_on=day)


def line(world, measure="contacts", channel="outbound", **asked):
    return world.run(KPI, **asked).row(channel, measure=measure)


def test_contacts_roles_and_stages_of_40_opportunities(story):
    world = story(AS_OF)
    counts = [1] * 10 + [2] * 14 + [3] * 10 + [6] * 6
    for people in counts:
        _, key = deal(world, people, roles=("buyer", "user"))
        change(world, key, "Discovery", OPENED)
        change(world, key, "discovery ", OPENED + timedelta(days=20))
        change(world, key, "Proposal", OPENED + timedelta(days=30))
        change(world, key, "Won", OPENED + timedelta(days=31))
    # every account has one opportunity: the variance of the mean is that of the sample, s^2 / n
    mean, error = np.mean(counts), np.std(counts, ddof=1) / np.sqrt(40) * 1.959963984540054
    rank = int(binom.ppf(0.025, 40, 0.5))
    found = line(world)
    assert found == {
        "slice": "all",
        "channel": "outbound",
        "numerator": 104,
        "denominator": 40,
        "estimate": pytest.approx(2.6, abs=1e-12),
        "low": pytest.approx(mean - error, abs=1e-12),
        "high": pytest.approx(mean + error, abs=1e-12),
        "n_old_enough": 40,
        "status": "ok",
        "measure": "contacts",
        "horizon_days": 30,
        "median_value": 2.0,
        "median_low": sorted(counts)[rank - 1],
        "median_high": sorted(counts)[40 - rank],
    }
    # ten opportunities have the buyer only; all have two spellings of one stage and a second one on day 30
    assert line(world, "roles")["estimate"] == pytest.approx((10 + 2 * 30) / 40, abs=1e-12)
    assert line(world, "stages")["estimate"] == 2.0


def test_contacts_added_after_day_30_do_not_count(story):
    # pitfall: contacts gather with age
    world = story(AS_OF)
    for _ in range(30):
        _, key = deal(world, 2, after=30)
        person(world, key, "late", "champion", OPENED + timedelta(days=31))
    assert line(world)["estimate"] == 2.0
    assert line(world, horizon=31)["estimate"] == 3.0
    assert (line(world, horizon=31)["horizon_days"], line(world, "roles", horizon=31)["estimate"]) == (
        31,
        2.0,
    )


def test_people_in_copy_and_the_same_person_twice_do_not_count(story):
    world = story(AS_OF)
    for _ in range(30):
        _, key = deal(world, 2)
        for role in ("cc", "in copy", "CC"):
            person(world, key, f"copied as {role}", role, OPENED)
        person(world, key, "p0", "champion", OPENED)
        person(world, key, "nameless", None, OPENED)
    # p0, p1 and the one without a role; roles: buyer and champion
    assert (line(world)["estimate"], line(world, "roles")["estimate"]) == (3.0, 2.0)


def test_young_opportunities_wait(story):
    world = story(AS_OF)
    for _ in range(30):
        deal(world, 2, opened=AS_OF - timedelta(days=30))
        deal(world, 9, opened=AS_OF - timedelta(days=29))
    assert [line(world)[name] for name in ("estimate", "n_old_enough", "denominator")] == [2.0, 30, 30]
    assert world.run(KPI, as_of=AS_OF - timedelta(days=1)).rows.height == 0


def test_opportunities_of_one_account_are_one_cluster(story):
    world = story(AS_OF)
    for account in range(20):
        for _ in range(2):
            deal(world, 1 + 2 * (account % 2), account_id=f"a{account}")
    # 20 accounts of two alike: the mean 2 varies as that of 20 values 1 and 3, s^2/n = (20/19)/20
    error = 1.959963984540054 * np.sqrt(1 / 19)
    assert (line(world)["low"], line(world)["high"]) == pytest.approx((2 - error, 2 + error), abs=1e-12)


def test_an_opportunity_without_contacts_has_none(story):
    world = story(AS_OF)
    for place in range(30):
        deal(world, 3 if place < 10 else 0)
    assert (line(world)["estimate"], line(world)["median_value"]) == (1.0, 0.0)
    # nothing is recorded of their stages: not known, which is not none
    assert [line(world, "stages")[name] for name in ("estimate", "denominator", "status")] == [
        None,
        0,
        "too_few",
    ]


def test_criteria_are_those_answered_yes_on_calls(story):
    world = story(AS_OF)
    deals = [deal(world, 1) for _ in range(30)]
    assert [line(world, "criteria")[name] for name in ("status", "estimate", "numerator")] == [
        "not_available",
        None,
        None,
    ]
    for place, (lead, _) in enumerate(deals):
        for name, day in (("soon", 30), ("late", 31)):
            world.call(lead, OPENED + timedelta(days=day), call_id=f"{name} {place}")
        for call, question, code in (
            ("soon", "interest", "Yes"),
            ("soon", "Budget", "1"),
            ("soon", "timeline", "no"),
            ("soon", "weather", "yes"),
            ("late", "compliance", "yes"),
        ):
            world.add("call_answers", call_id=f"{call} {place}", question_id=question, answer_code=code)
    assert [line(world, "criteria")[name] for name in ("status", "estimate")] == ["ok", 2.0]


@pytest.mark.parametrize(
    ("count", "status"), [(9, "too_few"), (10, "provisional"), (29, "provisional"), (30, "ok")]
)
def test_ten_are_needed_to_show_and_thirty_to_judge(story, count, status):
    world = story(AS_OF)
    for _ in range(count):
        deal(world, 2)
    row = line(world)
    assert (row["status"], row["n_old_enough"]) == (status, count)
    assert [row[name] for name in ("estimate", "low", "high")] == [None if count == 9 else 2.0] * 3


def test_no_opportunity_in_the_window_gives_no_row(story):
    world = story(AS_OF)
    for _ in range(30):
        deal(world, 2)
    assert world.run(KPI, from_on="2026-03-09").rows.height == 0
    assert story(AS_OF).run(KPI).rows.height == 0


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    for people, channel, source, segment in (
        (1, "inbound", "web", "smb"),
        (3, "inbound", "webinar", "ent"),
        (5, "outbound", "sdr", "ent"),
    ):
        for _ in range(10):
            deal(world, people, channel, source=source, segment=segment)
    return world


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channels": ("outbound",)}, [("all", "outbound", 5.0)]),
        ({"segments": ("ent",)}, [("all", "inbound", 3.0), ("all", "outbound", 5.0)]),
        ({"sources": ("web", "webinar")}, [("all", "inbound", 2.0)]),
        (
            {"slice_by": "segment"},
            [("ent", "inbound", 3.0), ("ent", "outbound", 5.0), ("smb", "inbound", 1.0)],
        ),
    ],
)
def test_filters_and_slices(mixed, asked, expected):
    rows = [row for row in mixed.run(KPI, **asked).rows.to_dicts() if row["measure"] == "contacts"]
    assert [(row["slice"], row["channel"], row["estimate"]) for row in rows] == expected


def test_the_first_line_of_a_channel_is_that_of_the_contacts(mixed):
    measures = mixed.run(KPI, channels=("inbound",)).rows["measure"].to_list()
    assert measures == ["contacts", "criteria", "roles", "stages"]


@pytest.mark.parametrize(
    ("extract", "column"), [("opportunity_contacts", "added_at"), ("opportunity_changes", "stage")]
)
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    deal(world, 2)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    rows = result.rows.select("channel", "status", "numerator", "estimate").rows()
    assert rows == [("inbound", "not_available", None, None), ("outbound", "not_available", None, None)]


def test_one_account_alone_tells_nothing_of_the_spread_between_accounts(story):
    world = story(AS_OF)
    for _ in range(40):
        deal(world, 2, account_id="acme")
    row = line(world)
    # neither end of the range is known, not even 0
    assert (row["estimate"], row["low"], row["high"]) == (2.0, None, None)
