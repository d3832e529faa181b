"""Steps of a curve: put on a cursor only where something reads them, and never an answer from less than all."""

from __future__ import annotations

import pytest

from leadquality.catalogue import load_kpis
from leadquality.engine import kept, run
from leadquality.engine.kept import STEPS, Store, asking
from leadquality.scope import Scope
from tests.listening import Listening

CURVES = (
    "close_rate_at_equal_age",
    "long_term_close_rate",
    "time_to_first_meeting",
    "time_to_first_response",
    "same_kpi_distortion",
)


@pytest.fixture(autouse=True)
def store(monkeypatch) -> Store:
    own = Store()
    monkeypatch.setattr(kept, "STORE", own)
    return own


@pytest.fixture
def scope(sample) -> Scope:
    segment = sample.sql(
        "select segment from snapshot.fact_leads group by all order by count(*) desc limit 1"
    ).item()
    return Scope(sample.snapshot.as_of, segments=(segment,)).backed(sample.snapshot.as_of)


def rows(sample, scope, kpi_id):
    return run(sample.snapshot.cursor(), load_kpis()[kpi_id], scope).rows


def test_what_is_kept_is_put_back_without_what_it_was_made_of(sample, scope):
    def put() -> list[str]:
        heard: list[str] = []
        run(Listening(sample.snapshot.cursor(), heard), load_kpis()["long_term_close_rate"], scope)
        created = [
            each.split()[5].partition("(")[0]
            for each in heard
            if each.startswith("create or replace temp macro")
        ]
        return [name for name in created if name in STEPS]

    first, second = put(), put()
    assert {"scope_cells", "account_pairs", "clustered_incidence"} <= set(first)
    assert "clustered_incidence" in second and not {"account_pairs", "incidence_steps"} & set(second)


@pytest.mark.parametrize("kpi_id", CURVES)
def test_a_step_that_is_let_go_meanwhile_is_worked_out_again(sample, scope, store, monkeypatch, kpi_id):
    expected = rows(sample, scope, kpi_id)
    assert "ok" in expected["status"]
    store.clear()
    monkeypatch.setattr(Store, "holds", lambda store, key: True)
    assert rows(sample, scope, kpi_id).equals(expected)
    assert rows(sample, scope, kpi_id).equals(expected)


def test_units_are_read_from_one_place_while_steps_are_asked_and_from_all_afterwards(sample, scope):
    sql = "select count(*) from clustered_incidence('won', $scope), scope_units('won', $scope), scope_units('accepted', $scope)"
    units = "select (select count(*) from scope_units('won', $scope)), (select sum(unit_count) from scope_units('accepted', $scope))"
    bound = {"scope": scope.parameters()}
    with asking(sample.snapshot.cursor(), scope, sql) as own:
        found = own.execute(units, bound).fetchall()
    assert all(found[0])
    assert found == sample.snapshot.cursor().execute(units, bound).fetchall()
