"""Inverting a curve: one macro, with a little slack for shares that are sums of fractions."""

from __future__ import annotations

import re

import duckdb
import pytest

from leadquality.contracts import QUERIES

MACRO = (QUERIES / "functions" / "quantile_age.sql").read_text("utf-8")


@pytest.mark.parametrize(
    ("curve", "q", "age"),
    [
        ([(3, 0.2), (1, 0.1), (7, 0.6)], 0.5, 7),
        ([(1, 0.1), (3, 0.5), (7, 0.6)], 0.5, 3),  # reached exactly
        ([(1, 0.3 + 0.6), (2, 0.95)], 0.9, 1),  # .3 + .6 is 1.1e-16 less than .9
        ([(1, 0.5 - 1e-9), (2, 0.6)], 0.5, 2),  # a real miss, however small
        ([(1, None), (2, 0.6)], 0.5, 2),  # a limit that is not known
        ([(1, 0.1), (2, 0.4)], 0.5, None),
        ([], 0.5, None),
    ],
)
def test_the_first_age_at_which_the_share_has_come_to_q(curve, q, age):
    con = duckdb.connect()
    con.execute(MACRO)
    con.execute("create table curve (age integer, share double)")
    if curve:
        con.executemany("insert into curve values (?, ?)", curve)
    assert con.execute("select quantile_age(age, share, ?) from curve", [q]).fetchall() == [(age,)]


def test_no_other_query_inverts_a_curve_by_itself():
    own = re.compile(
        r"min\(\w*(?:age|days|minutes)\w*\)\s+filter\s+\(where\s+[^)]*(?:share|low|high)\b[^)]*[<>]="
    )
    files = [path for path in QUERIES.rglob("*.sql") if path.stem != "quantile_age"]
    assert [path.name for path in files if own.search(path.read_text("utf-8"))] == []
    assert own.search(MACRO)  # the pattern knows an inversion when it sees one
