"""Benjamini-Hochberg q-values of a list of p-values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from tests.statistics.units import SMALL, stage


def q_values(p_values):
    return stage().sql("select false_discovery_q($p)", params={"p": p_values}).fetchall()[0][0]


def test_benjamini_and_hochberg_1995(published):
    data = published("bh_1995")
    found = q_values(data["p"])
    assert found == pytest.approx(data["expected"]["q"], abs=1e-12)
    assert sum(q <= 0.05 for q in found) == data["expected"]["rejected_bh_05"]
    bonferroni = sum(p <= 0.05 / len(data["p"]) for p in data["p"])
    assert bonferroni == data["expected"]["rejected_bonferroni_05"]


# Hundredths, so that many tie
p_lists = st.lists(st.integers(0, 100).map(lambda hundredths: hundredths / 100), min_size=1, max_size=40)


@SMALL
@given(p_lists)
def test_statsmodels_finds_the_same_with_ties(p_values):
    assert q_values(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1], abs=1e-12)


@SMALL
@given(p_lists)
def test_they_never_lie_below_p_and_keep_its_order(p_values):
    found = q_values(p_values)
    assert all(p - 1e-12 <= q <= 1 for p, q in zip(p_values, found, strict=True))
    ordered = [q for _, q in sorted(zip(p_values, found, strict=True))]
    assert ordered == sorted(ordered)


def test_equal_p_values_share_the_last_rank_among_them():
    # .02 is third of four: .02 x 4 / 3; the first is drawn down to it from .01 x 4 = .04
    assert q_values([0.02, 0.5, 0.01, 0.02]) == pytest.approx([0.08 / 3, 0.5, 0.08 / 3, 0.08 / 3], abs=1e-12)


def test_what_was_not_tested_counts_for_nothing():
    assert q_values([0.02, None, 0.04]) == [0.04, None, 0.04]
    assert q_values([None]) == [None] and q_values([]) is None
