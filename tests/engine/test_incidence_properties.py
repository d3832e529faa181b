"""What must hold of the curve of any leads (statistics.md, section 16), on leads hypothesis makes up."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import sqrt

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leadquality.catalogue import load_kpis
from leadquality.engine import run
from leadquality.scope import Scope
from tests.asking import asked_rows
from tests.story import Story, counted

AS_OF = date(2026, 12, 31)
SMALL = settings(deadline=None, max_examples=12, derandomize=True)
OPEN, WON, LOST = 0, 1, 2
CURVE = load_kpis()["close_rate_at_equal_age"]

# A lead: days it could be followed, age and kind of its end (seen only if it came in time), age of entry.
followed = st.integers(1, 30)
leads = st.lists(
    st.tuples(followed, st.integers(0, 30), st.sampled_from([OPEN, WON, WON, LOST]), st.just(-1)),
    min_size=1,
    max_size=60,
)
late_leads = st.lists(
    st.tuples(followed, st.integers(0, 30), st.sampled_from([OPEN, WON, WON, LOST]), st.integers(-1, 12)),
    min_size=1,
    max_size=60,
)
uncensored = st.lists(
    st.tuples(st.just(40), st.integers(0, 30), st.sampled_from([OPEN, WON, LOST]), st.just(-1)),
    min_size=1,
    max_size=60,
)


def tell(world, rows, channel="inbound", **values):
    for days, age, kind, entry in rows:
        created = AS_OF - timedelta(days=days)
        lead = world.lead(channel, created, entry_age=entry, **values)
        if kind == WON:
            world.won(lead, created + timedelta(days=age))
        elif kind == LOST:
            world.lost(lead, created + timedelta(days=age))


@cache
def stage():
    """One database for all examples: its macros are made once, its rows are exchanged."""
    return Story(AS_OF).database()


def on_stage(world):
    for table in ("fact_leads", "fact_opportunities"):
        stage().execute(f"delete from snapshot.{table}")
        if world.rows[table]:
            frame = pl.DataFrame(world.rows[table], infer_schema_length=None)  # noqa: F841 (DuckDB reads it)
            stage().execute(f"insert into snapshot.{table} by name select * from frame")
    counted(stage())
    return stage()


def asked(con, sql, day=AS_OF, **scope):
    """The rows of a statement, from what the snapshot tells of any day."""
    return asked_rows(con, sql, Scope(day, reads="events", **scope), CURVE.journeys)


def curves(slice_by=None, **groups):
    """The curve of `won` of each group of rows, as {age: row}; groups are told in one world, as sources."""
    world = Story(AS_OF)
    for name, rows in groups.items():
        tell(world, rows, source=name)
    found = asked(
        on_stage(world), "select * from incidence_curve('won', $scope) order by age_days", slice_by="source"
    )
    by_group = {name: {} for name in groups}
    for row in found:
        by_group[row["slice"]][row["age_days"]] = row
    return by_group


def figures(curve):
    return {
        age: [row[name] for name in ("reached_share", "ended_share", "open_share", "reached_se", "open_se")]
        for age, row in curve.items()
    }


def close(one, other):
    assert one.keys() == other.keys()
    for age, row in figures(one).items():
        assert row == pytest.approx(figures(other)[age], abs=1e-9)


def ends(rows):
    """(entry, exit, kind) of each lead that was ever at risk."""
    seen = [
        (entry, age, kind) if kind and age <= days else (entry, days, OPEN) for days, age, kind, entry in rows
    ]
    return [lead for lead in seen if lead[1] > lead[0]]


def by_definition(rows):
    """Kaplan-Meier, Aalen-Johansen and their Greenwood-type variances, age by age as section 5 writes
    them."""
    risk = ends(rows)
    ages = sorted({age for entry, exit_age, _ in risk for age in (entry + 1, exit_age)})
    steps, still, won, lost = [], 1.0, 0.0, 0.0
    for age in ages:
        n = sum(entry < age <= exit_age for entry, exit_age, _ in risk)
        d1 = sum(exit_age == age and kind == WON for _, exit_age, kind in risk)
        d2 = sum(exit_age == age and kind == LOST for _, exit_age, kind in risk)
        if not n:
            continue
        before, d = still, d1 + d2
        won, lost, still = won + before * d1 / n, lost + before * d2 / n, before * (1 - d / n)
        steps.append((age, n, d1, d, before, won, lost, still))
    expected = {}
    for age, _, _, _, _, share, ended, open_share in steps:
        variance = greenwood = 0.0
        for s, n, d1, d, before, at_s, _, _ in steps:
            if s > age:
                break
            rest = share - at_s
            if n > d:
                variance += rest**2 * d / (n * (n - d))
                greenwood += d / (n * (n - d))
            variance += before**2 * d1 * (n - d1) / n**3 - 2 * rest * before * d1 / n**2
        se = sqrt(max(0.0, variance))
        expected[age] = [share, ended, open_share, se, open_share * sqrt(greenwood)]
    return expected


@SMALL
@given(late_leads)
def test_the_curve_is_what_its_definition_says(rows):
    curve, expected = curves(told=rows)["told"], by_definition(rows)
    assert list(curve) == list(expected)
    for age, row in figures(curve).items():
        # a variance of 0 comes out as some 1e-17, its root as some 1e-9
        assert row == pytest.approx(expected[age], abs=1e-7)


@SMALL
@given(late_leads)
def test_won_lost_and_open_add_up_and_never_turn_back(rows):
    before = {"reached_share": 0.0, "ended_share": 0.0, "open_share": 1.0}
    for row in curves(told=rows)["told"].values():
        assert row["reached_share"] + row["ended_share"] + row["open_share"] == pytest.approx(1.0, abs=1e-12)
        for name, last in before.items():
            assert -1e-12 <= row[name] <= 1 + 1e-12
            assert (row[name] - last) * (-1 if name == "open_share" else 1) >= -1e-12
            before[name] = row[name]


@SMALL
@given(late_leads)
def test_the_share_is_never_above_one_minus_kaplan_meier_with_the_lost_censored(rows):
    risk, still = ends(rows), 1.0
    for age, row in curves(told=rows)["told"].items():
        at_risk = sum(entry < age <= exit_age for entry, exit_age, _ in risk)
        still *= 1 - sum(exit_age == age and kind == WON for _, exit_age, kind in risk) / at_risk
        assert row["reached_share"] <= 1 - still + 1e-12
        if not any(kind == LOST for _, _, kind in risk):
            assert row["reached_share"] == pytest.approx(1 - still, abs=1e-12)


@SMALL
@given(uncensored)
def test_without_censoring_it_is_the_plain_proportion(rows):
    for age, row in curves(told=rows)["told"].items():
        share = sum(kind == WON and at <= age for _, at, kind, _ in rows) / len(rows)
        lost = sum(kind == LOST and at <= age for _, at, kind, _ in rows) / len(rows)
        assert [row["reached_share"], row["ended_share"]] == pytest.approx([share, lost], abs=1e-12)
        assert row["reached_se"] ** 2 == pytest.approx(share * (1 - share) / len(rows), abs=1e-12)


@SMALL
@given(late_leads)
def test_every_lead_twice_gives_the_same_shares_and_errors_smaller_by_root_two(rows):
    found = curves(once=rows, twice=rows * 2)
    assert found["once"].keys() == found["twice"].keys()
    for age, row in found["once"].items():
        double = found["twice"][age]
        for name in ("reached_share", "ended_share", "open_share"):
            assert double[name] == pytest.approx(row[name], abs=1e-12)
        for name in ("reached_se", "open_se"):
            assert double[name] == pytest.approx(row[name] / sqrt(2), abs=1e-8)


@SMALL
@given(late_leads.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_rows_does_not_matter(drawn):
    rows, shuffled = drawn
    found = curves(told=rows, shuffled=shuffled)
    assert figures(found["told"]) == figures(found["shuffled"])


@SMALL
@given(leads)
def test_followed_from_creation_is_no_truncation(rows):
    # the definition without any entry: n is simply who has not ended yet
    risk = ends(rows)
    for age, row in curves(told=rows)["told"].items():
        assert row["risk_count"] == sum(exit_age >= age for _, exit_age, _ in risk)


@SMALL
@given(late_leads, st.lists(st.tuples(followed, st.sampled_from([OPEN, WON, LOST])), min_size=1, max_size=20))
def test_a_lead_that_was_never_at_risk_has_no_effect(rows, gone):
    # it ended, or was last seen, by the age at which it would have entered
    never = [(days, days, kind, days) for days, kind in gone]
    assume(ends(rows))
    found = curves(told=rows, more=[*rows, *never])
    assert figures(found["told"]) == figures(found["more"])


def closing(rows, channels):
    """Rows of the close rate curve of two groups, by channel and age."""
    world = Story(AS_OF)
    for group, channel in zip(rows, channels, strict=True):
        tell(world, group, channel)
    result = run(on_stage(world), CURVE, Scope(AS_OF), 20)
    return {(row["channel"], row["age_days"]): row for row in result.rows.to_dicts()}


@settings(deadline=None, max_examples=15, derandomize=True)
@given(st.lists(late_leads, min_size=2, max_size=2))
def test_channels_swapped_give_swapped_rows_and_the_difference_mirrored(groups):
    groups = [rows + [(30, 5, WON, -1)] * 12 + [(30, 30, OPEN, -1)] * 30 for rows in groups]
    one, other = closing(groups, ("inbound", "outbound")), closing(groups, ("outbound", "inbound"))
    swapped = {"inbound": "outbound", "outbound": "inbound", "difference": "difference"}
    assert {(swapped[channel], age) for channel, age in one} == other.keys()
    for (channel, age), row in one.items():
        mirror = other[swapped[channel], age]
        if channel != "difference":
            assert mirror == row | {"channel": swapped[channel]}
            continue
        turned = {
            "estimate": "estimate",
            "low": "high",
            "high": "low",
            "low_99": "high_99",
            "high_99": "low_99",
        }
        assert row["estimate"] is not None
        for name, mirrored in turned.items():
            assert mirror[mirrored] == pytest.approx(-row[name], abs=1e-12)
        assert row["low_99"] <= row["low"] <= row["estimate"] <= row["high"] <= row["high_99"]
        same = ("n_old_enough", "status", "judge_on", "sign_kept_from")
        assert [mirror[name] for name in same] == [row[name] for name in same]


@SMALL
@given(late_leads)
def test_limits_hold_the_share_and_lie_between_0_and_1(rows):
    world = Story(AS_OF)
    tell(world, rows + [(30, 30, OPEN, -1)] * 30)
    for row in asked(on_stage(world), "select * from incidence_at('won', $scope, range(0, 31))"):
        order = [0, row["low_99"], row["low"], row["share"], row["high"], row["high_99"], 1]
        assert all(one <= next_one + 1e-12 for one, next_one in pairwise(order))
        assert row["share"] + row["ended_share"] + row["open_share"] == pytest.approx(1.0, abs=1e-12)
        if row["events"] == 0:
            assert (row["share"], row["low"], row["low_99"]) == (0.0, 0.0, 0.0)


@SMALL
@given(late_leads)
def test_where_nobody_is_lost_the_share_is_one_minus_kaplan_meier(rows):
    kept = [(days, age, OPEN if kind == LOST else kind, entry) for days, age, kind, entry in rows]
    for row in curves(told=kept)["told"].values():
        assert row["ended_share"] == 0
        assert row["reached_share"] == pytest.approx(1 - row["open_share"], abs=1e-12)
        assert row["reached_se"] == pytest.approx(row["open_se"], abs=1e-7)


@SMALL
@given(late_leads, st.integers(1, 50))
def test_open_leads_that_arrive_today_change_no_share_no_error_and_no_age(rows, count):
    ages = "[0, 1, 5, 15, 30]"
    sql = f"select * exclude unit_count from incidence_at('won', $scope, {ages}) order by all"
    found = []
    for more in ([], [(0, 0, OPEN, -1)] * count):
        world = Story(AS_OF)
        # thirty old leads, so that the figures are shown
        tell(world, [*rows, *[(30, 30, OPEN, -1)] * 30, *more])
        found.append(asked(on_stage(world), sql))
    assert found[0] == found[1]
    assert len(found[0]) == 5


def seen_on(con, day):
    """The curve of `won` as known on an earlier or later day of the same world."""
    return asked(con, "select * from incidence_curve('won', $scope) order by all", day)


@settings(deadline=None, max_examples=15, derandomize=True)
@given(late_leads, st.integers(1, 29))
def test_an_earlier_day_knows_nothing_of_later_ones_and_back_again_all_is_as_it_was(rows, back):
    day = AS_OF - timedelta(days=back)

    def deals(as_of, rows):
        """Each lead with a deal that is open from the start: only its closing tells the days apart."""
        world = Story(as_of)
        for days, age, kind, entry in rows:
            created = as_of - timedelta(days=days)
            lead = world.lead("inbound", created, entry_age=entry)
            outcome, closed = {OPEN: ("open", None), WON: ("won", age), LOST: ("lost", age)}[kind]
            world.opportunity(
                lead, created, outcome, created + timedelta(days=closed) if closed is not None else None, 5
            )
        return world

    # the same leads told on that day: those created since are not there, what came later has not come
    until_then = [
        (days - back, age, kind if age <= days - back else OPEN, entry)
        for days, age, kind, entry in rows
        if days >= back
    ]
    expected = seen_on(on_stage(deals(day, until_then)), day)
    world = deals(AS_OF, rows)
    con = on_stage(world)
    today = seen_on(con, AS_OF)
    assert seen_on(con, day) == expected
    # forward again, worked out anew and not from what was kept
    assert seen_on(on_stage(world), AS_OF) == today
