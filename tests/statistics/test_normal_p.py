"""Two-sided p-values in SQL, against the error function of the standard library."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from leadquality.statistics import normal_p
from tests.statistics.units import stage


def p_of(z):
    return stage().sql("select normal_p($z)", params={"z": z}).fetchall()[0][0]


@settings(deadline=None, max_examples=60)
@given(st.floats(-12, 12))
def test_it_is_the_tail_of_the_normal_distribution(z):
    found = p_of(z)
    # the bound of the published approximation, 1.5e-7 on the error function
    assert abs(found - math.erfc(abs(z) / math.sqrt(2))) <= 1.5e-7
    assert abs(found - normal_p(z)) <= 1.5e-7
    assert 0 <= found <= 1 + 1.5e-7


def test_no_z_is_no_p():
    assert p_of(None) is None
