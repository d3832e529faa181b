"""Targeted accounts worked so far: who has had a call of ours, a meeting or an opportunity, and who is untouched."""

from __future__ import annotations

from datetime import date

import pytest
from statsmodels.stats.proportion import proportion_confint

REPORT = "worked_accounts"
AS_OF = date(2026, 12, 31)
TARGETED = date(2026, 3, 2)


def targeted(world, count, set_id="named", on=TARGETED, prefix="a"):
    accounts = [f"{set_id}-{prefix}{at}" for at in range(count)]
    for account in accounts:
        world.add("account_sets", account_id=account, set_id=set_id, targeted_on=on)
    return accounts


def lead_of(world, account, **values):
    return world.lead("outbound", date(2026, 1, 5), account_id=account, **values)


def opened(world, account, on, outcome="open", closed=None):
    return world.opportunity(lead_of(world, account), on, outcome, closed, account_id=account)


def test_touched_and_untouched_accounts_add_up(story):
    world = story(AS_OF)
    accounts = targeted(world, 40)
    for account in accounts[:10]:
        world.call(lead_of(world, account), "2026-03-10", direction="outbound")
    world.meeting(lead_of(world, accounts[10]), "2026-04-01")
    opened(world, accounts[11], "2026-05-01")
    world.call(None, "2026-06-01", account_id=accounts[12], direction="outbound")
    row = world.row(REPORT, "outbound")
    # ten calls to leads, one meeting, one opportunity, one call to the account itself
    assert (row["numerator"], row["denominator"], row["untouched_count"]) == (13, 40, 27)
    assert (row["opportunity_count"], row["already_open_count"], row["status"]) == (1, 0, "ok")
    low, high = proportion_confint(13, 40, method="wilson")
    assert [row["estimate"], row["low"], row["high"]] == pytest.approx([13 / 40, low, high], abs=1e-12)


def test_what_is_no_work_of_ours_since_the_targeting(story):
    world = story(AS_OF)
    before, theirs, later, booked = targeted(world, 4)
    world.call(lead_of(world, before), "2026-03-01", direction="outbound")  # the day before it was targeted
    world.call(lead_of(world, theirs), "2026-03-10", direction="inbound")  # they called
    world.call(lead_of(world, later), "2027-01-01", direction="outbound")  # after as_of
    world.meeting(lead_of(world, booked), None, booked_on=date(2026, 4, 1))  # booked, not held
    row = world.row(REPORT, "outbound")
    assert (row["numerator"], row["untouched_count"], row["status"]) == (0, 4, "too_few")
    assert row["estimate"] is None


def test_a_call_without_a_direction_and_one_on_the_day_itself_count(story):
    world = story(AS_OF)
    first, second = targeted(world, 2)
    world.call(lead_of(world, first), TARGETED, direction="outbound")
    world.call(lead_of(world, second), "2026-03-10")
    assert world.row(REPORT, "outbound")["numerator"] == 2


def test_an_account_that_was_open_before_is_counted_and_named(story):
    world = story(AS_OF)
    accounts = targeted(world, 30)
    opened(world, accounts[0], "2026-02-01")
    opened(world, accounts[1], "2026-02-01", "lost", "2026-02-20")
    row = world.row(REPORT, "outbound")
    assert (row["denominator"], row["already_open_count"], row["opportunity_count"]) == (30, 1, 0)
    # what the rates leave out is what is named here
    rate = world.row("opportunity_creation_rate", "outbound")
    assert rate["denominator"] + row["already_open_count"] == row["denominator"]


def test_sets_are_told_apart_and_an_account_of_two_counts_in_each(story):
    world = story(AS_OF)
    targeted(world, 30, "ent")
    world.add("account_sets", account_id="ent-a0", set_id="mid", targeted_on=date(2026, 6, 1))
    world.call(lead_of(world, "ent-a0"), "2026-04-01", direction="outbound")
    rows = {row["slice"]: row for row in world.run(REPORT, slice_by="source").rows.to_dicts()}
    # the call came before the account was put into the second set
    assert [(rows[name]["numerator"], rows[name]["denominator"]) for name in ("ent", "mid")] == [
        (1, 30),
        (0, 1),
    ]
    assert world.row(REPORT, "outbound")["denominator"] == 31


def test_days_of_targeting_and_filters(story):
    world = story(AS_OF)
    targeted(world, 30)
    targeted(world, 30, "late", on=date(2026, 9, 1))
    lead_of(world, "late-a0", segment="ent")
    assert world.row(REPORT, "outbound", from_on="2026-08-01")["denominator"] == 30
    assert world.row(REPORT, "outbound", segments=("ent",))["denominator"] == 1
    assert world.row(REPORT, "outbound", sources=("late",))["denominator"] == 30
    assert world.run(REPORT, channels=("inbound",)).rows.height == 0


def test_an_account_targeted_today_joins_tomorrow(story):
    world = story(AS_OF)
    targeted(world, 30, on=AS_OF)
    assert world.run(REPORT).rows.height == 0


def test_without_account_sets_it_is_not_available(story):
    world = story(AS_OF)
    world.lead()
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = 'account_sets'")
    assert world.run(REPORT).unavailable == "needs the column targeted_from of the extract account_sets"
