"""What is told by first events and by pairs of accounts is what the facts and rows alone tell, on random worlds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadquality.engine.kept import asking
from leadquality.engine.run import answer
from leadquality.scope import Scope
from tests.engine.everything import AS_OF as END
from tests.engine.everything import everything
from tests.oracle.accounts import AS_OF, Shape, written
from tests.oracle.rows_alone import oracle_rows, prepare, rows_as_of

CALLS = (
    "incidence_curve($journey, $scope)",
    "clustered_incidence($journey, $scope)",
    "clustered_difference($journey, $scope, range(-1, 130))",
)
KEYS = ("slice", "channel", "age_days")
EXACT = (*KEYS, "cluster_count", "unit_count", "risk_count", "reached", "ended", "reached_so_far")

seeds = st.integers(0, 2**32)
shapes = st.builds(
    Shape,
    leads=st.sampled_from([3, 12, 60, 150]),
    days=st.sampled_from([6, 25, 120]),
    late=st.sampled_from([0.0, 0.0, 0.1, 0.6]),
    is_skewed=st.booleans(),
    is_apart=st.booleans(),
    sizes=st.sampled_from([(1, 2), (1, 1, 2, 3, 5, 8), (1, 2, 8, 9, 10, 30), (2,), (12,)]),
)


def same(found, expected, journey):
    """Figures to 1e-9 of their size or of a whole (a share, a correlation), everything else exactly. A standard error of nothing is
    the root of what rounding left: neither may be anything."""

    def keyed(rows):
        return {tuple(row.get(key) for key in KEYS): row for row in rows}

    one, other = keyed(found), keyed(expected)
    assert one.keys() == other.keys()
    for key, row in other.items():
        for name, value in row.items():
            told = one[key][name]
            if name in EXACT or value is None or told is None:
                assert told == value, (journey, key, name)
            elif not (name.endswith("_se") and max(told, value) < 1e-7):
                assert abs(told - value) <= 1e-9 * max(1, abs(value)), (journey, key, name, told, value)


def compare_curves(con, scope, *journeys):
    """All that is told of each journey at every age, steps asked once for all of it."""
    for journey in journeys:
        values = {"journey": journey}
        with asking(con, scope, " ".join(CALLS), {journey.removesuffix("_time")}, values=values) as own:
            for call in CALLS:
                expected = oracle_rows(con, f"select * from oracle_{call}", scope, **values)
                columns = ", ".join(expected[0]) if expected else "*"
                bound = {"scope": scope.parameters()} | values
                same(answer(own, f"select {columns} from {call}", bound).to_dicts(), expected, journey)


def compare_facts(con, day):
    """What was known of leads, and every journey, column by column."""
    for name in ("leads_as_of", "journeys_as_of"):
        expected = con.execute(f"select * from oracle_{name}($day) order by all", {"day": day})
        columns, rows = ", ".join(column[0] for column in expected.description), expected.fetchall()
        found = con.execute(f"select {columns} from {name}($day) order by all", {"day": day}).fetchall()
        assert found == rows, name


def compare(seed, shape, reads, slice_by, back, journeys):
    con, day = written(seed, shape), AS_OF - timedelta(days=back)
    rows_as_of(con, day)
    compare_facts(con, day)
    compare_curves(con, Scope(day, slice_by=slice_by, reads=reads), *journeys)


cases = given(
    seeds,
    shapes,
    st.sampled_from(["facts", "events"]),
    st.sampled_from([None, "segment"]),
    st.integers(0, 4),
    st.sampled_from([("won",), ("meeting_time",), ("decided",), ("accepted",)]),
)


@settings(deadline=None, max_examples=6, derandomize=True)
@cases
@example(1, Shape(leads=120, late=0.1, is_skewed=True), "events", None, 0, ("won",))
@example(2, Shape(leads=120), "events", "segment", 1, ("won_time",))
@example(3, Shape(leads=60, days=6, late=0.6), "facts", None, 0, ("won",))
def test_leads_and_curves(seed, shape, reads, slice_by, back, journeys):
    compare(seed, shape, reads, slice_by, back, journeys)


@pytest.mark.slow
@settings(deadline=None, max_examples=150, derandomize=True)
@cases
def test_leads_and_curves_of_many_worlds(seed, shape, reads, slice_by, back, journeys):
    compare(seed, shape, reads, slice_by, back, journeys)


def test_a_world_with_every_extract():
    """All journeys, also those that do not begin with a lead; on the day of the snapshot their cells answer too."""
    con = everything().journeys("won", "deal_won", "account_opportunity")
    prepare(con)
    for back in (200, 0):
        compare_facts(con, END - timedelta(days=back))
    rows_as_of(con, END)
    compare_curves(
        con, Scope(END, reads="counts", segments=("smb",)), "won", "deal_won", "account_opportunity_time"
    )
