"""Published results, recomputed by the product's own macros and KPI files (sources in shared/expected/statistics)."""

from __future__ import annotations

from fractions import Fraction

import duckdb
import pytest

from leadquality.catalogue.macros import ordered
from leadquality.contracts import QUERIES


@pytest.fixture(scope="module")
def con():
    connection = duckdb.connect()
    connection.execute("create schema snapshot")
    connection.execute("create table snapshot.settings (name varchar, value varchar)")
    for path in ordered(list((QUERIES / "functions").glob("*.sql"))):
        connection.execute(path.read_text("utf-8"))
    return connection


def curve(world, channel="inbound"):
    """The curve of `won` as {age: row}, from the scope macro itself, whatever the sample size."""
    from leadquality.scope import Scope
    from tests.asking import asked_rows

    rows = asked_rows(
        world.journeys("won"),
        "select * from incidence_curve('won', $scope) where channel = $channel",
        Scope(world.as_of),
        {"won"},
        channel=channel,
    )
    return {row["age_days"]: row for row in rows}


def loglog(con, share, se):
    """Both log(-log) limits of the product's macros."""
    low, high = (f"loglog_{side}({share!r}, {se!r}, z_of(95))" for side in ("low", "high"))
    return con.sql(f"select {low}, {high}").fetchall()[0]


def last_before(rows, age):
    return rows[max(known for known in rows if known <= age)]


def test_wilson_limits_of_newcombe_1998(con, published):
    data = published("proportions")
    for case in data["wilson"]:
        low, high = con.sql(
            f"select wilson_low({case['x']}, {case['n']}, z_of(95)), wilson_high({case['x']}, {case['n']}, z_of(95))"
        ).fetchall()[0]
        assert [low, high] == pytest.approx(case["exact"], abs=1e-12)
        tolerance = 0.5 * 10 ** -case["dp"] if "dp" in case else data["tolerance"]["published"]
        assert [low, high] == pytest.approx([case["lower"], case["upper"]], abs=tolerance)
        if case["x"] == 0:
            assert low == 0.0


def test_newcombe_method_10(con, published):
    data = published("proportions")
    for case in data["newcombe"]:
        low, high = con.sql(
            "select mover_low(p1, l1, p2, u2), mover_high(p1, u1, p2, l2) from (select "
            f"{case['x1']} / {case['n1']}::double as p1, {case['x2']} / {case['n2']}::double as p2, "
            f"wilson_low({case['x1']}, {case['n1']}, z_of(95)) as l1, wilson_high({case['x1']}, {case['n1']}, z_of(95)) as u1, "
            f"wilson_low({case['x2']}, {case['n2']}, z_of(95)) as l2, wilson_high({case['x2']}, {case['n2']}, z_of(95)) as u2)"
        ).fetchall()[0]
        assert [case["x1"] / case["n1"] - case["x2"] / case["n2"], low, high] == pytest.approx(
            case["exact"], abs=1e-12
        )
        tolerance = 0.5 * 10 ** -case["dp"] if "dp" in case else data["tolerance"]["published"]
        assert [low, high] == pytest.approx([case["lower"], case["upper"]], abs=tolerance)


def test_kaplan_meier_of_freireich(con, story, published):
    data = published("km_freireich")
    world = story("2025-12-31")
    world.units(data["data"]["treated"]["time"], data["data"]["treated"]["event"], "inbound")
    world.units(data["data"]["placebo"]["time"], data["data"]["placebo"]["event"], "outbound")
    rows, expected = curve(world), data["expected"]
    for place, age in enumerate(expected["t"]):
        row = rows[int(age)]
        assert row["risk_count"] == expected["n"][place]
        assert row["open_share"] == pytest.approx(expected["S"][place], abs=1e-9)
        assert row["open_se"] == pytest.approx(expected["se"][place], abs=1e-9)
        assert row["open_share"] == pytest.approx(data["published"]["S"][place], abs=5e-4)
        assert row["open_se"] == pytest.approx(data["published"]["se"][place], abs=5e-4)
        limits = loglog(con, row["open_share"], row["open_se"])
        assert limits == pytest.approx(
            (expected["loglog_lower"][place], expected["loglog_upper"][place]), abs=1e-9
        )
    # Median: first age with S <= .5; its interval where the log(-log) band crosses .5.
    for channel, name in (("inbound", "treated"), ("outbound", "placebo")):
        world_rows = curve(world, channel)
        assert (
            min(age for age, row in world_rows.items() if row["open_share"] <= 0.5)
            == expected[f"median_{name}"]
        )
        found = quantile_limits(con, world_rows, 0.5, "loglog")
        assert list(found) == expected[f"median_{name}_ci_loglog"]


def quantile_limits(con, rows, level, kind):
    """Ages at which the pointwise band of S crosses `level` (None: not reached)."""
    ages = {"low": [], "high": []}
    for age, row in rows.items():
        for side in ages:
            s, se = row["open_share"], row["open_se"]
            if kind == "loglog":
                limit = con.sql(f"select loglog_{side}({s!r}, {se!r}, z_of(95))").fetchall()[0][0]
            else:
                sign = -1 if side == "low" else 1
                limit = con.sql(
                    f"select {s!r} * exp({sign} * z_of(95) * {se!r} / nullif({s!r}, 0))"
                ).fetchall()[0][0]
            if limit is not None and limit <= level:
                ages[side].append(age)
    return min(ages["low"], default=None), min(ages["high"], default=None)


def test_quartiles_of_lung_as_r_prints_them(con, story, published):
    data = published("km_lung_quantiles_rmst")
    for group, expected in data["expected"].items():
        world = story("2025-12-31")
        world.units(data["data"][group]["time"], data["data"][group]["event"])
        rows = curve(world)
        for place, level in enumerate((0.75, 0.5, 0.25)):
            assert (
                min(age for age, row in rows.items() if row["open_share"] <= level)
                == expected["q25_50_75"][place]
            )
            assert quantile_limits(con, rows, level, "log") == (
                expected["ci_lower"][place],
                expected["ci_upper"][place],
            )


def test_quantile_on_a_flat_step_is_its_left_end(story, published):
    data = published("km_quantile_flats")
    world = story("2025-12-31")
    world.units(data["data"]["time"], data["data"]["event"])
    rows = curve(world)
    found = [
        min(
            (age for age, row in rows.items() if row["open_share"] <= float(Fraction(level)) + 1e-12),
            default=None,
        )
        for level in data["S_levels"]
    ]
    assert found == data["first_time_S_le"]
    # R takes the middle of the same flat step: up to the next drop, or to the end.
    middles = []
    for age, level in zip(found, data["S_levels"], strict=True):
        if age is None or rows[age]["open_share"] != pytest.approx(float(Fraction(level)), abs=1e-12):
            middles.append(age)
        else:
            drops = [at for at, row in rows.items() if row["open_share"] < rows[age]["open_share"] - 1e-12]
            middles.append((age + min(drops, default=max(rows))) / 2)
    assert middles == data["r_midpoint"]


def test_convoys_six_leads(story, published):
    data = published("km_convoys")
    world = story("2025-12-31")
    world.units(data["data"]["time"], data["data"]["event"])
    row = last_before(curve(world), 9)
    assert row["reached_share"] == pytest.approx(data["expected"]["F9"], abs=1e-12)
    # the share that the product does not show
    assert row["reached_so_far"] / len(data["data"]["time"]) == pytest.approx(
        data["expected"]["naive"], abs=1e-12
    )


def test_aalen_johansen_of_r_worked_by_hand(story, published):
    data = published("aj_r_testci")
    expected = data["expected"]
    for cause, share, se in ((1, "F1", "se1"), (2, "F2", "se2")):
        world = story("2025-12-31")
        world.units(
            data["data"]["time"], [1 if value == cause else value and 9 for value in data["data"]["cause"]]
        )
        rows = curve(world)
        for place, age in enumerate(expected["t"]):
            assert rows[age]["risk_count"] == expected["n_risk"][place]
            assert rows[age]["reached_share"] == pytest.approx(
                float(Fraction(expected[share][place])), abs=1e-12
            )
            assert rows[age]["open_share"] == pytest.approx(float(Fraction(expected["S"][place])), abs=1e-12)
            assert rows[age]["reached_se"] == pytest.approx(expected[se][place], abs=1e-12)


def aalen_se(rows, age):
    """Standard error in the form of Aalen 1978 (n - 1), from our own risk sets: what cmprsk and the SAS default print beside
    the Greenwood-type one, which is the product's."""
    seen = [row for at, row in sorted(rows.items()) if at <= age]
    share, variance, before = seen[-1]["reached_share"], 0.0, 1.0
    for row in seen:
        n, d1, d = row["risk_count"], row["reached"], row["reached"] + row["ended"]
        rest = share - row["reached_share"]
        if n > 1:
            variance += before**2 * d1 * (n - d1) / (n**2 * (n - 1))
            if n > d:
                variance += rest**2 * d / ((n - 1) * (n - d))
                variance -= 2 * rest * before * d1 * (n - d1) / (n * (n - d) * (n - 1))
        before = row["open_share"]
    return variance**0.5


def test_three_causes_of_stata(story, published):
    data = published("aj_three_causes_stata")
    for cause in (1, 2, 3):
        world = story("2025-12-31")
        world.units(
            data["data"]["time"], [1 if value == cause else value and 9 for value in data["data"]["cause"]]
        )
        rows, expected = curve(world), data["expected"][f"cause{cause}"]
        for place, age in enumerate(expected["t"]):
            assert rows[age]["reached_share"] == pytest.approx(expected["F"][place], abs=1e-8)
            assert rows[age]["reached_se"] == pytest.approx(expected["se"][place], abs=1e-8)
            assert aalen_se(rows, age) == pytest.approx(expected["se_aalen"][place], abs=1e-9)


def test_variance_and_interval_of_sas(con, story, published):
    data = published("aj_sas_six_rows")
    world = story("2025-12-31")
    world.units(data["data"]["time"], [1 if value == 2 else value and 9 for value in data["data"]["cause"]])
    rows, expected = curve(world), data["expected"]
    for place, age in enumerate(expected["t"]):
        row = rows[age]
        assert row["reached_share"] == pytest.approx(expected["F"][place], abs=1e-12)
        assert row["reached_se"] ** 2 == pytest.approx(expected["var"][place], abs=1e-12)
        limits = loglog(con, row["reached_share"], row["reached_se"])
        assert list(limits) == (
            [None, None]
            if expected["ci"][place][0] is None
            else pytest.approx(expected["ci"][place], abs=1e-8)
        )


def test_bone_marrow_transplants(con, story, published):
    data = published("aj_bmt_sas_gray")
    world = story("2035-12-31")
    picked = [place for place, group in enumerate(data["data"]["group"]) if group == 2]
    world.units(
        [data["data"]["T_days"][place] for place in picked],
        [data["data"]["status"][place] for place in picked],
    )
    rows = curve(world)
    for years, (share, se, low, high) in data["expected"]["group2_relapse_greenwood_computed"].items():
        row = last_before(rows, int(float(years) * 365.25))
        limits = loglog(con, row["reached_share"], row["reached_se"])
        assert [row["reached_share"], row["reached_se"], *limits] == pytest.approx(
            [share, se, low, high], abs=1e-9
        )
    # as SAS and tidycmprsk print it: Aalen's form, slightly larger than ours
    for years, printed in data["expected"]["group2_relapse_aalen"].items():
        age = int(float(years) * 365.25)
        share, se = last_before(rows, age)["reached_share"], aalen_se(rows, age)
        assert [share, se, *loglog(con, share, se)] == pytest.approx(
            [printed[name] for name in ("F", "se", "lower", "upper")],
            abs=data["tolerance"]["published_aalen"],
        )
        assert se > last_before(rows, age)["reached_se"]
