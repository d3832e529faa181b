"""What Python adds to shrunken rates: limits of the posterior, and how often a source would be the highest."""

from __future__ import annotations

import dataclasses
from datetime import date

import polars as pl
import pytest
from scipy.stats import beta

from leadquality.catalogue import load_reports
from leadquality.engine import Result, posteriors
from leadquality.scope import Scope


def result(*rows):
    columns = {"channel": pl.String, "alpha": pl.Float64, "beta": pl.Float64, "place": pl.Int64}
    frame = pl.DataFrame([dict(zip(columns, row, strict=True)) for row in rows], schema=columns)
    return Result(load_reports()["source_verdicts"], Scope(date(2026, 1, 1)), None, frame, "", {})


def test_the_limits_are_quantiles_of_the_posterior():
    # 4 of 12 drawn to a mean of .0694 worth 28.5 leads: 15 of 100, 6 to 27 (statistics.md, 11)
    alpha, worth = 0.0694 * 28.5 + 4, 28.5 + 12
    found = posteriors(result(("inbound", alpha, worth - alpha, None))).row(0, named=True)
    assert [round(100 * found[name]) for name in ("shrunken_low", "shrunken_high")] == [6, 27]
    assert found["shrunken_low"] == pytest.approx(beta.ppf(0.025, alpha, worth - alpha))


def test_how_often_each_ranked_source_would_be_the_highest_adds_up_to_one():
    rows = [
        ("inbound", 30.0, 70.0, 1),
        ("inbound", 20.0, 80.0, 2),
        ("inbound", 5.0, 9.0, None),
        ("outbound", 9.0, 9.0, 1),
    ]
    shares = posteriors(result(*rows))["highest_share"].to_list()
    draws = beta.rvs([30, 20], [70, 80], size=(200_000, 2), random_state=5)
    assert shares[0] == pytest.approx((draws[:, 0] > draws[:, 1]).mean(), abs=0.005)
    assert shares[0] + shares[1] == pytest.approx(1)
    # not ranked, and alone in its channel: nothing is said
    assert shares[2:] == [None, None]


def test_without_a_posterior_there_are_no_limits():
    found = posteriors(result(("inbound", None, None, None))).row(0, named=True)
    assert (found["shrunken_low"], found["shrunken_high"], found["highest_share"]) == (None, None, None)
    nothing = dataclasses.replace(result(), rows=result().rows)
    assert posteriors(nothing).height == 0
