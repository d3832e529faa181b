"""Agreement of scorers: the macros of kappa and intraclass correlation against published values and independent libraries."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from leadquality.contracts import QUERIES


@pytest.fixture(scope="module")
def con():
    connection = duckdb.connect()
    for name in ("kappa_cohen", "kappa_fleiss", "icc_shrout_fleiss"):
        connection.execute((QUERIES / "functions" / f"{name}.sql").read_text("utf-8"))
    return connection


def cells(table, names=None):
    """The cells of a table of counts, the empty ones left out as a `group by` leaves them out."""
    names = names or [str(place) for place in range(len(table))]
    return [
        {"first_code": names[row], "second_code": names[column], "cell_count": int(count)}
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        if count
    ]


def cohen(con, table, weighting="none", names=None):
    return con.execute("select kappa_cohen($1, $2)", [cells(table, names), weighting]).fetchall()[0][0]


def fleiss(con, units):
    return con.execute("select kappa_fleiss($1)", [units]).fetchall()[0][0]


def icc(con, scores):
    return con.execute("select icc_shrout_fleiss($1::double[][])", [scores]).fetchall()[0][0]


def test_cohen_of_the_sas_printout(con, published):
    data = published("kappa")
    for case in data["cohen"]:
        found = cohen(con, case["table"])
        assert found["kappa"] == pytest.approx(case["kappa"], abs=data["tolerance"]["cohen"])
        if "ase" in case:
            limits = [found["kappa"] + side * 1.959963984540054 * found["se"] for side in (-1, 1)]
            assert found["se"] == pytest.approx(case["ase"], abs=data["tolerance"]["cohen"])
            assert limits == pytest.approx([case["lower"], case["upper"]], abs=data["tolerance"]["cohen"])
        if "ase0" in case:
            # The test of "no agreement" has an error of its own, which the product does not show.
            assert cohens_kappa(np.array(case["table"])).std_kappa0 == pytest.approx(case["ase0"], abs=5e-5)
            assert found["kappa"] / case["ase0"] == pytest.approx(case["z"], rel=5e-5 / case["ase0"])


def test_cohen_of_20_5_10_15_by_pencil(con):
    # observed 35/50 = .7; by chance (25 x 30 + 25 x 20)/2500 = .5; kappa .2/.5 = .4; PABAK 2 x .7 - 1 = .4
    found = cohen(con, [[20, 5], [10, 15]])
    assert found["unit_count"] == 50
    values = [found[name] for name in ("observed", "expected", "kappa", "pabak")]
    assert values == pytest.approx([0.7, 0.5, 0.4, 0.4], abs=1e-12)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_cohen_and_its_error_are_those_of_statsmodels(con, size):
    draw = np.random.default_rng(size)
    for _ in range(20):
        table = draw.integers(1, 30, (size, size))
        oracle = cohens_kappa(table)
        found = cohen(con, table)
        assert [found["kappa"], found["se"]] == pytest.approx([oracle.kappa, oracle.std_kappa], abs=1e-12)


def test_weighted_cohen_and_its_error_are_those_of_statsmodels(con):
    draw = np.random.default_rng(5)
    for _ in range(20):
        table = draw.integers(0, 30, (4, 4)) + np.eye(4, dtype=int)
        oracle = cohens_kappa(table, wt="fc")  # Fleiss-Cohen weights: 1 - (i - j)^2 / (k - 1)^2
        found = cohen(con, table, "quadratic", ["1", "2", "3", "4"])
        assert [found["kappa"], found["se"]] == pytest.approx([oracle.kappa, oracle.std_kappa], abs=1e-12)


def test_cohen_where_only_one_code_was_given_does_not_exist(con):
    found = cohen(con, [[40]])
    assert [found["observed"], found["kappa"], found["se"], found["pabak"]] == [1.0, None, None, None]


def test_full_agreement_is_one_without_error(con):
    found = cohen(con, [[7, 0], [0, 13]])
    assert [found["kappa"], found["se"], found["pabak"]] == pytest.approx([1.0, 0.0, 1.0], abs=1e-12)


def test_rare_codes_make_kappa_low_while_nearly_all_agree(con):
    # Feinstein and Cicchetti 1990: 90 of 100 agree; chance .95 x .95 + .05 x .05 = .905; kappa -.0526, PABAK .8
    found = cohen(con, [[90, 5], [5, 0]])
    values = [found[name] for name in ("observed", "kappa", "pabak")]
    assert values == pytest.approx([0.9, -0.005 / 0.095, 0.8], abs=1e-12)


def test_fleiss_1971(con, published):
    data = published("kappa")
    found = fleiss(con, data["fleiss"]["table"])
    assert found["kappa"] == pytest.approx(data["fleiss"]["exact"], abs=data["tolerance"]["fleiss_exact"])
    assert found["kappa"] == pytest.approx(data["fleiss"]["kappa"], abs=5e-4)
    assert found["kappa"] == pytest.approx(fleiss_kappa(np.array(data["fleiss"]["table"])), abs=1e-12)


def test_the_error_of_fleiss_is_near_that_of_the_jackknife(con):
    draw = np.random.default_rng(3)
    units = [draw.multinomial(3, share).tolist() for share in draw.dirichlet([1, 1, 1], 200)]
    left_out = np.array([fleiss_kappa(np.array(units[:place] + units[place + 1 :])) for place in range(200)])
    jackknife = np.sqrt(199 / 200 * ((left_out - left_out.mean()) ** 2).sum())
    assert fleiss(con, units)["se"] == pytest.approx(jackknife, rel=0.02)


def test_fleiss_leaves_out_units_scored_once(con):
    units = [[2, 0], [0, 2], [1, 1], [2, 0], [0, 2]]
    assert fleiss(con, [*units, [1, 0], [0, 1]]) == fleiss(con, units)
    # 4 of 5 agree; half of the scores each: (.8 - .5)/(1 - .5) = .6
    assert fleiss(con, units)["kappa"] == pytest.approx(0.6, abs=1e-12)


def test_fleiss_where_only_one_code_was_given_does_not_exist(con):
    found = fleiss(con, [[2, 0], [3, 0]])
    assert [found["unit_count"], found["observed"], found["kappa"], found["se"]] == [2, 1.0, None, None]


def test_the_six_correlations_of_shrout_and_fleiss_1979(con, published):
    data = published("icc_shrout_fleiss")
    found = icc(con, data["data"])
    for name, value in data["expected"].items():
        assert found[name.lower()] == pytest.approx(value, abs=data["tolerance"]["expected"]), name
    for name, value in data["published"].items():
        assert found[name] == pytest.approx(value, abs=data["tolerance"]["published"]), name


def test_one_target_has_no_correlation(con):
    found = icc(con, [[1.0, 2.0]])
    assert [found["icc11"], found["icc21"], found["se21"]] == [None, None, None]


def test_fishers_error_of_a_correlation_between_two_judges(con):
    # k = 2: (1 - r^2) / sqrt(n - 1), as for a product-moment correlation
    draw = np.random.default_rng(9)
    truth = draw.normal(size=60)
    found = icc(con, np.column_stack([truth + draw.normal(size=60), truth + draw.normal(size=60)]).tolist())
    assert found["se11"] == pytest.approx((1 - found["icc11"] ** 2) / np.sqrt(59), abs=1e-12)
