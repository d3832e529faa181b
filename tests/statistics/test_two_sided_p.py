"""The p-value of a z in SQL, which has no error function."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from scipy.stats import norm

from leadquality.contracts import QUERIES


def test_it_is_within_its_promise_of_scipy_even_far_out():
    con = duckdb.connect()
    con.execute((QUERIES / "functions" / "two_sided_p.sql").read_text("utf-8"))
    z = [*np.linspace(-8, 8, 401).tolist(), 0.0, 20.0, 37.0]
    found = con.execute("select two_sided_p(z) from (select unnest($z) as z)", {"z": z}).fetchall()
    assert [row[0] for row in found] == pytest.approx((2 * norm.sf(np.abs(z))).tolist(), rel=1.3e-7)
    assert con.execute("select two_sided_p(null)").fetchall() == [(None,)]
    assert con.execute("select two_sided_p(1.959963984540054)").fetchall() == [
        (pytest.approx(0.05, rel=1.3e-7),)
    ]
