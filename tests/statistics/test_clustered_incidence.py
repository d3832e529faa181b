"""Influence of each unit on a share, and standard errors that know which units belong to one account."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given

from leadquality.scope import Scope
from tests.asking import asked_rows
from tests.statistics.units import AS_OF, LOST, OPEN, SMALL, WON, Unit, asked, asked_of_each, drawn

AGE = 15


def clustered(units, age=AGE, **scope):
    """The row of each channel at an age, and that of their difference."""
    curve, gaps = asked_of_each(
        units, "clustered_incidence('won', $scope)", f"clustered_difference('won', $scope, [{age}])", **scope
    )
    rows = {
        row["channel"]: row
        for row in sorted(curve, key=lambda row: row["age_days"])
        if row["age_days"] <= age
    }
    if gaps:
        rows["difference"] = gaps[0] | {"share": gaps[0]["difference"]}
    return rows


def alone(units):
    """The same units, each an account of its own."""
    return [replace(unit, account=None) for unit in units]


def by_definition(units, age):
    """Influence of every unit on the share by `age`, unit by unit as statistics.md 5.9 writes it, and the share."""
    risk = [unit for unit in units if unit.time > unit.entry]
    days = range(max((unit.time for unit in risk), default=0) + 1)
    n = {day: sum(unit.entry < day <= unit.time for unit in risk) for day in days}
    d1 = {day: sum(unit.time == day and unit.cause == WON for unit in risk) for day in days}
    d = {day: sum(unit.time == day and unit.cause != OPEN for unit in risk) for day in days}
    before, share, level, reached = {}, {}, 1.0, 0.0
    for day in days:
        before[day] = level
        if n[day]:
            reached += level * d1[day] / n[day]
            level *= 1 - d[day] / n[day]
        share[day] = reached
    at = share[min(age, days[-1])]
    values = []
    for unit in risk:
        lived = [s for s in days if unit.entry < s <= min(unit.time, age)]
        value = -sum(before[s] * d1[s] / n[s] ** 2 for s in lived)
        value += sum((at - share[s]) * d[s] / (n[s] * (n[s] - d[s])) for s in lived if n[s] > d[s])
        if unit.time <= age and unit.cause == WON:
            value += before[unit.time] / n[unit.time]
        if unit.time <= age and unit.cause != OPEN and n[unit.time] > d[unit.time]:
            value -= (at - share[unit.time]) / (n[unit.time] - d[unit.time])
        values.append(value)
    return at, risk, values


def test_influences_of_r_worked_by_hand(published):
    data = published("aj_r_testci")
    causes = [{2: WON, 1: LOST, 0: OPEN}[cause] for cause in data["data"]["cause"]]
    # two copies of a unit in one account, everybody else alone: the sum of squares grows as the definition says it does
    units = [Unit(time, cause) for time, cause in zip(data["data"]["time"], causes, strict=True)]
    influences = data["expected"]["influence_F2_at_3"]
    for first in range(len(units)):
        for second in range(first + 1, len(units)):
            pair = [
                replace(unit, account="a" if place in (first, second) else None)
                for place, unit in enumerate(units)
            ]
            row = clustered(pair, 3)["inbound"]
            squares = sum(value**2 for value in influences) + 2 * influences[first] * influences[second]
            assert row["influence_squares"] == pytest.approx(squares, abs=1e-12)
            assert row["share"] == pytest.approx(12 / 35, abs=1e-12)
    assert clustered(units, 3)["inbound"]["influence_squares"] == pytest.approx(
        data["expected"]["se2"][2] ** 2, abs=1e-12
    )


@SMALL
@given(drawn())
def test_they_are_what_their_definition_says(units):
    found = clustered(units)
    shares, squares, both = {}, {}, defaultdict(float)
    products = defaultdict(lambda: {"inbound": 0.0, "outbound": 0.0})
    for channel, sign in (("inbound", -1), ("outbound", 1)):
        own = [unit for unit in units if unit.channel == channel]
        share, risk, values = by_definition(own, AGE)
        if not any(unit.entry < AGE for unit in risk):
            assert channel not in found
            continue
        sums = defaultdict(float)
        for unit, value in zip(risk, values, strict=True):
            # at risk only after AGE: no part in the curve up to it
            if unit.entry < AGE:
                account = unit.account or f"unit {units.index(unit)} {id(unit)}"
                sums[account] += value
                both[account] += sign * value
                products[account][channel] += value
        row, shares[channel] = found[channel], share
        squares[channel] = sum(value**2 for value in sums.values())
        assert row["share"] == pytest.approx(share, abs=1e-12)
        assert row["influence_squares"] == pytest.approx(squares[channel], abs=1e-12)
        assert (row["cluster_count"], row["unit_count"]) == (
            len(sums),
            sum(unit.entry < AGE for unit in risk),
        )
        check_clustered(row, sums)
    if len(shares) == 2:
        row = found["difference"]
        assert row["share"] == pytest.approx(shares["outbound"] - shares["inbound"], abs=1e-12)
        assert row["cluster_count"] == len(both)
        check_clustered(row, both)
        product = sum(each["inbound"] * each["outbound"] for each in products.values())
        scale = sqrt(squares["inbound"] * squares["outbound"])
        if min(squares.values()) > 1e-12:
            assert row["correlation"] == pytest.approx(product / scale, abs=1e-6)
    else:
        assert "difference" not in found


def check_clustered(row, sums):
    groups = len(sums)
    if groups == 1:
        assert row["clustered_se"] is None
    else:
        expected = sum(value**2 for value in sums.values()) * groups / (groups - 1)
        assert row["clustered_se"] ** 2 == pytest.approx(expected, abs=1e-12)


@SMALL
@given(drawn(channels=("inbound",), entries=False))
def test_without_delayed_entry_the_squares_are_the_greenwood_type_variance(units):
    curve = asked(units, "incidence_curve('won', $scope)")
    # at every age of the curve, everybody an account of their own
    rows = {row["age_days"]: row for row in asked(alone(units), "clustered_incidence('won', $scope)")}
    for point in curve:
        row = rows[point["age_days"]]
        assert row["share"] == pytest.approx(point["reached_share"], abs=1e-12)
        assert row["influence_squares"] == pytest.approx(point["reached_se"] ** 2, abs=1e-12)
        assert row["cluster_count"] == row["unit_count"] == len(units)


@SMALL
@given(drawn())
def test_copies_in_one_account_add_no_knowledge(units):
    units = [replace(unit, account=unit.account or f"own {place}") for place, unit in enumerate(units)]
    once, twice = clustered(units), clustered(units * 2)
    assert once.keys() == twice.keys()
    for channel, row in once.items():
        double = twice[channel]
        assert double["share"] == pytest.approx(row["share"], abs=1e-12)
        assert double["cluster_count"] == row["cluster_count"]
        if row["clustered_se"] is None:
            assert double["clustered_se"] is None
        else:
            assert double["clustered_se"] == pytest.approx(row["clustered_se"], abs=1e-7)


@SMALL
@given(drawn())
def test_with_the_channels_swapped_the_difference_is_negated_and_its_error_kept(units):
    swapped = [
        replace(unit, channel="inbound" if unit.channel == "outbound" else "outbound") for unit in units
    ]
    one, other = clustered(units), clustered(swapped)
    assert ("difference" in one) == ("difference" in other)
    if "difference" in one:
        assert other["difference"]["share"] == pytest.approx(-one["difference"]["share"], abs=1e-12)
        assert other["difference"]["correlation"] == pytest.approx(one["difference"]["correlation"], abs=1e-9)
        if one["difference"]["clustered_se"] is not None:
            assert other["difference"]["clustered_se"] == pytest.approx(
                one["difference"]["clustered_se"], abs=1e-7
            )


def test_by_pencil_four_leads_of_two_accounts():
    # 2 of 4 won, nobody censored: influence (1 - 1/2)/4 for the won and -(1/2)/4 for the lost
    units = [
        Unit(3, WON, account="a"),
        Unit(4, WON, account="a"),
        Unit(5, LOST, account="b"),
        Unit(6, LOST, account="b"),
    ]
    row = clustered(units)["inbound"]
    assert clustered(alone(units))["inbound"]["influence_squares"] == pytest.approx(4 / 64, abs=1e-12)
    # account sums 1/4 and -1/4, times 2/1
    assert row["clustered_se"] == pytest.approx(sqrt(2 * 2 / 16), abs=1e-12)
    mixed = [replace(unit, account="ab"[place % 2]) for place, unit in enumerate(units)]
    # one won and one lost in each account: they cancel
    assert clustered(mixed)["inbound"]["clustered_se"] == pytest.approx(0, abs=1e-9)


def test_an_account_met_by_both_channels_counts_once_in_the_difference():
    units = [
        Unit(3, WON, account="a"),
        Unit(5, LOST, account="b"),
        Unit(3, WON, account="a", channel="outbound"),
        Unit(5, LOST, account="b", channel="outbound"),
    ]
    row = clustered(units)["difference"]
    # both channels move together with the accounts: their difference does not vary at all
    assert (row["share"], row["cluster_count"], row["unit_count"]) == (0, 2, 4)
    assert row["clustered_se"] == pytest.approx(0, abs=1e-9)
    assert row["correlation"] == pytest.approx(1, abs=1e-9)
    apart = clustered(alone(units))["difference"]
    # influences +-1/4: four accounts of 1/16 each, times 4/3
    assert apart["clustered_se"] == pytest.approx(sqrt(4 / 16 * 4 / 3), abs=1e-12)
    assert apart["correlation"] == 0


def test_slices_filters_other_channels_and_an_empty_scope():
    units = [
        Unit(3, WON, account="a"),
        Unit(5, LOST, account="b"),
        Unit(5, LOST, account="b", channel="other"),
        Unit(3, WON, account="c", channel="outbound", segment="ent"),
    ]
    rows = asked(units, "clustered_incidence('won', $scope)", slice_by="segment")
    assert {(row["slice"], row["channel"], row["cluster_count"]) for row in rows} == {
        ("ent", "outbound", 1),
        ("smb", "inbound", 2),
        ("smb", "other", 1),
    }
    assert list(clustered(units, channels=("outbound",))) == ["outbound"]
    assert clustered(units, segments=("none",)) == {}


def test_leads_that_arrive_today_rows_never_at_risk_and_later_outcomes_change_nothing():
    units = [Unit(3, WON, account="a"), Unit(5, LOST, account="b"), Unit(30, WON, account="c")]
    more = [Unit(0, OPEN, account="d"), Unit(4, WON, entry=4, account="e")]
    # the third is won only after as_of
    late = [*units[:2], Unit(40, WON, account="c", followed=30)]
    opened = [*units[:2], Unit(30, OPEN, account="c")]
    assert clustered(units + more) == clustered(units)
    assert clustered(late, 60) == clustered(opened, 60)


def test_counts_and_rows_agree(story):
    world = story(AS_OF)
    for place in range(80):
        unit = Unit(3 + place % 17, place % 3, channel=("inbound", "outbound")[place % 2])
        lead = world.lead(unit.channel, unit.created, account_id=str(place % 11) if place % 5 else None)
        if unit.cause == WON:
            world.won(lead, AS_OF)
        elif unit.cause == LOST:
            world.lost(lead, AS_OF)
    for asked_for in ("clustered_incidence('won', $scope)", "clustered_difference('won', $scope, [5, 15])"):
        found = [
            asked_rows(
                world.journeys("won"),
                f"select * from {asked_for} order by all",
                Scope(AS_OF, reads=reads),
                {"won"},
            )
            for reads in ("counts", "facts")
        ]
        assert len(found[0]) > 1 and found[0] == found[1]
