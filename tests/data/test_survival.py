"""Published survival data (CAMIS, lifelines) through the product's own curves: expected/data/survival.json.

An event stands for won, the competing outcome (death after a transplant) for lost, the time for the age of a lead. Tolerances
are those of the file: 1e-6, published values half of their last printed digit.
"""

from __future__ import annotations

import json
from math import exp
from typing import Any

import polars as pl
import pytest
from lifelines.statistics import logrank_test

from leadquality.statistics import chi_square_p, gray
from tests.conftest import SHARED
from tests.statistics.units import LOST, OPEN, WON, Unit, asked, stage

Z = 1.959963984540054
CHANNELS = ("inbound", "outbound")


def table(name: str) -> list[dict[str, Any]]:
    path = SHARED / "data" / "survival" / name
    if not path.is_file():
        pytest.skip("the shared reference data are not on this machine (set LEADQUALITY_SHARED)")
    return pl.read_csv(path).to_dicts()


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    path = SHARED / "expected" / "data" / "survival.json"
    if not path.is_file():
        pytest.skip("the shared reference data are not on this machine (set LEADQUALITY_SHARED)")
    return json.loads(path.read_text("utf-8"))


class Curve:
    """Rows of incidence_curve of one group, read at any age."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = sorted(rows, key=lambda row: row["age_days"])

    def at(self, age: float) -> dict[str, Any]:
        return [row for row in self.rows if row["age_days"] <= age][-1]

    def at_risk(self, age: float) -> int:
        """Nobody comes or goes between two rows, so who is at risk at an age is at risk at the next row."""
        return next(row["risk_count"] for row in self.rows if row["age_days"] >= age)

    def quantile(self, share: float) -> int | None:
        """Smallest age at which that share is no longer open (statistics.md, 5.6)."""
        return next((row["age_days"] for row in self.rows if row["open_share"] <= 1 - share + 1e-12), None)


def curves(units: list[Unit], by: str = "channel") -> dict[str, Curve]:
    scope = {"slice_by": "segment"} if by == "slice" else {}
    rows = asked(units, "incidence_curve('won', $scope)", **scope)
    return {key: Curve([row for row in rows if row[by] == key]) for key in {row[by] for row in rows}}


def loglog(share: float, se: float) -> list[float]:
    """Limits of a share that is no longer open, from those of the share still open."""
    low, high = (
        stage().execute(f"select loglog_{side}($1, $2, z_of(95))", [share, se]).fetchall()[0][0]
        for side in ("low", "high")
    )
    return [1 - high, 1 - low]


def log(share: float, se: float) -> list[float]:
    """The same on the log scale, which R takes by default."""
    return [1 - share * exp(sign * Z * se / share) for sign in (1, -1)]


def check(curve: Curve, age: float, expected: dict[str, Any]) -> None:
    row = curve.at(age)
    share, se = row["open_share"], row["open_se"]
    assert [share, row["reached_share"], se] == pytest.approx(
        [expected["S"], expected["F"], expected["se_S"]], abs=1e-6
    )
    assert curve.at_risk(age) == expected["n_risk"]
    assert loglog(share, se) == pytest.approx(expected["F_loglog95"], abs=1e-6)
    assert log(share, se) == pytest.approx(expected["F_log95"], abs=1e-6)


# ---------------------------------------------------------------- heart attacks, by atrial fibrillation


@pytest.fixture(scope="module")
def heart() -> list[Unit]:
    """Ages are hundredths of a year: the published times are rounded to them, which makes ties."""
    units = []
    for row in table("camis/whas500.csv"):
        age, died = round(round(row["LENFOL"] / 365.25, 2) * 100), row["FSTAT"] == 1
        units.append(
            Unit(
                age, WON if died else OPEN, channel=CHANNELS[int(row["AFB"])], followed=700 if died else None
            )
        )
    return units


def test_heart_attacks_kaplan_meier_with_intervals_and_quantiles(heart, told):
    found = curves(heart)
    for place, channel in enumerate(CHANNELS):
        expected, curve = told["whas500_km"]["computed"][f"AFB={place}"], found[channel]
        own = [unit for unit in heart if unit.channel == channel]
        assert (len(own), curve.rows[-1]["reached_so_far"]) == (expected["n"], expected["events"])
        for years, values in expected["at"].items():
            check(curve, 100 * int(years), values)
        assert {share: curve.quantile(float(share)) for share in expected["quantiles"]} == {
            share: round(100 * years) for share, years in expected["quantiles"].items()
        }


def test_heart_attacks_as_printed_by_r_and_sas(heart, told):
    published, found = told["whas500_km"]["published"], curves(heart)
    landmarks = published["landmarks (n.risk,n.event,S,se,lo,hi) with log CI"]
    for place, channel in enumerate(CHANNELS):
        before = 0
        for years, (n_risk, n_event, share, se, low, high) in landmarks[str(place)].items():
            row = found[channel].at(100 * int(years))
            assert found[channel].at_risk(100 * int(years)) == n_risk
            assert row["reached_so_far"] - before == n_event
            before = row["reached_so_far"]
            band = [1 - limit for limit in log(row["open_share"], row["open_se"])[::-1]]
            assert [row["open_share"], *band] == pytest.approx([share, low, high], abs=5e-4)
            assert row["open_se"] == pytest.approx(se, abs=5e-5)
        assert found[channel].quantile(0.5) == round(100 * published["medians"][f"AFB={place}"])


def test_heart_attacks_log_rank(heart, told):
    (row,) = asked(heart, "logrank_of('won', $scope)")
    expected, published = told["whas500_km"]["logrank"], told["whas500_km"]["published"]
    assert row["chi2"] == pytest.approx(expected["chi2"], rel=1e-6)
    assert chi_square_p(row["chi2"]) == pytest.approx(expected["p"], rel=1e-6)
    assert row["chi2"] == pytest.approx(published["logrank_chisq"], abs=0.05)
    assert chi_square_p(row["chi2"]) == pytest.approx(published["logrank_p"], abs=5e-11)


# ---------------------------------------------------------------- lung cancer, by sex


@pytest.fixture(scope="module")
def lung() -> list[Unit]:
    return [
        Unit(row["time"], WON if row["status"] else OPEN, channel=CHANNELS[row["sex"] - 1])
        for row in table("lifelines/lung.csv")
    ]


def test_lung_cancer_kaplan_meier_with_intervals_and_medians(lung, told):
    found, printed = curves(lung), {1: (270, 138, 112, 0.3361), 2: (426, 90, 53, 0.5265)}
    for place, channel in enumerate(CHANNELS):
        expected, curve = told["lung_km"]["computed"][f"sex={place + 1}"], found[channel]
        own = [unit for unit in lung if unit.channel == channel]
        assert (len(own), curve.rows[-1]["reached_so_far"]) == (expected["n"], expected["events"])
        assert curve.quantile(0.5) == expected["median"]
        check(curve, 365, expected["at_365"])
        # as R prints them
        median, n, events, share = printed[place + 1]
        assert (curve.quantile(0.5), len(own), curve.rows[-1]["reached_so_far"]) == (median, n, events)
        assert curve.at(365)["open_share"] == pytest.approx(share, abs=5e-5)


def test_lung_cancer_log_rank(lung):
    # the file holds none: lifelines finds it, and R prints 10.3 (survdiff(Surv(time, status) ~ sex, lung))
    (row,) = asked(lung, "logrank_of('won', $scope)")
    men, women = ([unit for unit in lung if unit.channel == channel] for channel in CHANNELS)
    oracle = logrank_test(
        *([unit.time for unit in sex] for sex in (men, women)),
        *([unit.cause == WON for unit in sex] for sex in (men, women)),
    )
    assert row["chi2"] == pytest.approx(oracle.test_statistic, rel=1e-6)
    assert chi_square_p(row["chi2"]) == pytest.approx(oracle.p_value, rel=1e-6)
    assert row["chi2"] == pytest.approx(10.3, abs=0.05)


# ---------------------------------------------------------------- bone marrow transplants: relapse, death, censored


@pytest.fixture(scope="module")
def transplants() -> list[dict[str, Any]]:
    return table("camis/bmt.csv")


def relapses(rows: list[dict[str, Any]], causes: tuple[int, int, int] = (OPEN, WON, LOST)) -> list[Unit]:
    return [Unit(int(row["T"]), causes[int(row["Status"])], segment=str(int(row["Group"]))) for row in rows]


def test_transplants_aalen_johansen_of_relapse_and_death(transplants, told):
    found = curves(relapses(transplants), by="slice")
    # relapse alone, death as censored: one minus Kaplan-Meier, which is not the share that relapses
    alone = curves(relapses(transplants, (OPEN, WON, OPEN)), by="slice")
    for name, expected in told["bmt_aalen_johansen"]["computed"].items():
        group = name.removeprefix("Group=")
        own = [row for row in transplants if str(int(row["Group"])) == group]
        counts = [sum(row["Status"] == status for row in own) for status in (1, 2, 0)]
        assert [len(own), *counts] == [expected[key] for key in ("n", "relapse", "death", "censored")]
        assert found[group].rows[-1]["reached_so_far"] == expected["relapse"]
        for years, values in expected["at_years"].items():
            row = found[group].at(float(years) * 365.25)
            assert [row["reached_share"], row["ended_share"]] == pytest.approx(
                [values["relapse"], values["death"]], abs=1e-6
            )
            wrong = 1 - alone[group].at(float(years) * 365.25)["open_share"]
            assert wrong == pytest.approx(values["one_minus_km_relapse_WRONG"], abs=1e-6)
            if values["relapse"] and values["death"]:
                assert row["reached_share"] < wrong


def test_transplants_as_printed_by_sas(transplants, told):
    published = told["bmt_aalen_johansen"]["published"]
    low_risk = curves(relapses(transplants), by="slice")["2"]
    for years, share in published["AML-Low Risk relapse CIF"].items():
        assert low_risk.at(float(years) * 365.25)["reached_share"] == pytest.approx(share, abs=5e-5)
    columns = [[row[name] for row in transplants] for name in ("T", "Status", "Group")]
    for event, name in ((1, "relapse"), (2, "death")):
        causes = [{0: OPEN, event: WON}.get(int(status), LOST) for status in columns[1]]
        test, expected = gray(columns[0], causes, columns[2]), published["grays_test"][name]
        assert test.statistic == pytest.approx(expected["chi2"], abs=5e-7)
        assert (test.df, test.p) == (expected["df"], pytest.approx(expected["p"], abs=5e-8))
