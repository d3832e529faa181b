"""The same curves by other programs: statsmodels with ties, lifelines without ties between causes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from statsmodels.duration.survfunc import CumIncidenceRight

from leadquality.scope import Scope
from tests.asking import asked_rows
from tests.story import Story

AS_OF = date(2026, 12, 31)


def curve(times, causes):
    world = Story(AS_OF)
    world.units([int(time) for time in times], [int(cause) for cause in causes])
    return {row["age_days"]: row for row in rows_of(world)}


def rows_of(world):
    sql = "select * from incidence_curve('won', $scope) order by age_days"
    return asked_rows(world.database(), sql, Scope(AS_OF, reads="counts"))


@pytest.mark.parametrize("seed", range(4))
def test_statsmodels_finds_the_same_shares_and_errors_with_ties(seed):
    draw = np.random.default_rng(seed)
    times, causes = draw.integers(1, 40, 300), draw.choice([0, 1, 2], 300, p=[0.4, 0.25, 0.35])
    # 39 days for 300 leads tie throughout; one lead stays open, for statsmodels divides by 0 when the last
    # one ends
    times, causes = np.append(times, 45), np.append(causes, 0)
    rows = curve(times, causes)
    other = CumIncidenceRight(times, causes)
    assert set(other.times) <= rows.keys()
    for place, age in enumerate(other.times):
        row = rows[int(age)]
        assert row["reached_share"] == pytest.approx(other.cinc[0][place], abs=1e-9)
        assert row["ended_share"] == pytest.approx(other.cinc[1][place], abs=1e-9)
        assert row["reached_se"] == pytest.approx(other.cinc_se[0][place], abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_lifelines_finds_the_same_shares_and_variances_where_causes_do_not_tie(seed):
    # lifelines jitters a day on which both causes occur; here wins fall on even days, losses on odd ones
    draw = np.random.default_rng(100 + seed)
    causes = draw.choice([0, 1, 2], 300, p=[0.4, 0.25, 0.35])
    times = 2 * draw.integers(1, 30, 300) + (causes == 2)
    times, causes = np.append(times, 70), np.append(causes, 0)
    rows = curve(times, causes)
    fitted = AalenJohansenFitter(calculate_variance=True).fit(times, causes, event_of_interest=1)
    shares, variances = fitted.cumulative_density_.iloc[:, 0], fitted.variance_
    events = [age for age, row in rows.items() if row["reached"] + row["ended"]]
    assert len(events) > 50
    for age in events:
        assert rows[age]["reached_share"] == pytest.approx(shares[age], abs=1e-9)
        assert rows[age]["reached_se"] ** 2 == pytest.approx(variances[age], abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_lifelines_finds_the_same_kaplan_meier_with_delayed_entry(seed):
    draw = np.random.default_rng(200 + seed)
    times = draw.integers(10, 60, 300)
    entries = np.where(draw.random(300) < 0.5, -1, draw.integers(0, 9, 300))
    causes = draw.choice([0, 1], 300)
    world = Story(AS_OF)
    world.units(times.tolist(), causes.tolist(), entries=entries.tolist())
    # lifelines' entry is the last moment before risk, as entry_age is; -1 stands for always
    fitted = KaplanMeierFitter().fit(times, causes, entry=np.maximum(entries, 0))
    survival = fitted.survival_function_["KM_estimate"]
    rows = [row for row in rows_of(world) if row["reached"] > 0]
    assert rows
    for row in rows:
        assert row["open_share"] == pytest.approx(survival[row["age_days"]], abs=1e-9)
        assert row["risk_count"] == fitted.event_table["at_risk"][row["age_days"]]
