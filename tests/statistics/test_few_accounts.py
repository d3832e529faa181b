"""Fewer than 30 accounts: Student's t in the place of the normal quantile, and why not a bootstrap."""

from __future__ import annotations

from math import exp, log, sqrt

import duckdb
import numpy as np
import pytest
from scipy.stats import t

from leadquality.contracts import QUERIES
from tests.statistics.units import LOST, WON, Unit, asked


def loglog(share, se, quantile):
    return [share ** exp(sign * quantile * se / (share * log(share))) for sign in (-1, 1)]


def test_the_quantiles_are_those_of_scipy():
    con = duckdb.connect()
    con.execute((QUERIES / "functions" / "t_of.sql").read_text("utf-8"))
    asked_for = "select t_of(95, d), t_of(99, d) from range(1, 29) as degrees (d)"
    expected = [(t.ppf(0.975, d), t.ppf(0.995, d)) for d in range(1, 29)]
    assert con.sql(asked_for).fetchall() == [pytest.approx(pair, abs=1e-12) for pair in expected]
    assert con.sql("select t_of(95, 29), t_of(95, 0), t_of(95, null)").fetchall() == [(None, None, None)]


@pytest.mark.parametrize(
    ("accounts", "quantile"), [(8, t.ppf(0.975, 7)), (29, t.ppf(0.975, 28)), (30, 1.959963984540054)]
)
def test_limits_of_few_accounts(accounts, quantile):
    # five leads an account, all of every other account won, nobody censored
    units = [
        Unit(3, WON if account % 2 else LOST, account=f"a{account}")
        for account in range(accounts)
        for _ in range(5)
    ]
    row = asked(units, "incidence_at('won', $scope, [3])")[0]
    share = (accounts // 2) / accounts
    squares = sum(25 * ((account % 2) - share) ** 2 for account in range(accounts)) / (5 * accounts) ** 2
    se = sqrt(squares * accounts / (accounts - 1))
    assert (row["account_count"], row["share"]) == (accounts, pytest.approx(share, abs=1e-12))
    assert [row["low"], row["high"]] == pytest.approx(loglog(share, se, quantile), abs=1e-12)


@pytest.mark.parametrize("accounts", [1, 2, 7])
def test_fewer_than_eight_accounts_are_too_few_whatever_their_leads(accounts):
    units = [Unit(3, WON if place % 2 else LOST, account=f"a{place % accounts}") for place in range(140)]
    row = asked(units, "incidence_at('won', $scope, [3])")[0]
    assert (row["account_count"], row["n_old_enough"]) == (accounts, 140)
    assert (row["status"], row["share"], row["low"], row["high"]) == ("too_few", None, None, None)


def test_nobody_won_each_account_counts_once():
    units = [Unit(3, LOST, account=f"a{place % 12}") for place in range(60)]
    row = asked(units, "incidence_at('won', $scope, [3])")[0]
    quantile = t.ppf(0.975, 11)
    assert [row["low"], row["high"]] == pytest.approx([0, quantile**2 / (12 + quantile**2)], abs=1e-12)


@pytest.mark.slow
def test_students_t_covers_where_the_bootstrap_falls_short():
    draw = np.random.default_rng(20261122)
    true, rho, accounts, leads = 0.3, 0.2, 8, 7
    covered = {"t": 0, "bootstrap": 0}
    for _ in range(2000):
        rates = draw.beta(true * (1 / rho - 1), (1 - true) * (1 / rho - 1), accounts)
        won = draw.binomial(leads, rates)
        n, share = accounts * leads, won.sum() / (accounts * leads)
        if not 5 <= won.sum() < n:
            continue
        se = sqrt((((won - leads * share) / n) ** 2).sum() * accounts / (accounts - 1))
        low, high = loglog(share, max(se, sqrt(share * (1 - share) / n)), t.ppf(0.975, accounts - 1))
        covered["t"] += low <= true <= high
        resampled = draw.multinomial(accounts, [1 / accounts] * accounts, size=500) @ won / n
        low, high = np.quantile(resampled, [0.025, 0.975])
        covered["bootstrap"] += low <= true <= high
    assert covered["t"] / 2000 > 0.95
    assert covered["bootstrap"] / 2000 < 0.92
