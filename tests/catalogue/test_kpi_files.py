"""What a KPI file must look like, and how it is refused when it does not."""

from __future__ import annotations

import re

import pytest

from leadquality.catalogue import CatalogueError, load_kpi, load_kpis
from leadquality.engine.rows import steps

KPIS = load_kpis()
GOOD = KPIS["early_stage_conversion"].sql


def written(folder, sql, name="some_rate"):
    path = folder / f"{name}.sql"
    path.write_text(sql, "utf-8")
    return path


@pytest.mark.parametrize("kpi_id", KPIS)
def test_the_final_select_alone_begins_a_line(kpi_id):
    # rows_behind cuts the file there: everything before it is CTEs, everything after it belongs to it
    kpi = KPIS[kpi_id]
    before, final = steps(kpi), kpi.sql[len(steps(kpi)) :]
    code = [line for line in before.splitlines() if line and not line.startswith("--")]
    assert code[0] == "with"
    assert code[-1] == ")"
    assert all(re.match(r" |\)|with$|\w+ as \($", line) for line in code)
    assert all(
        re.match(
            r" |\)|--|select$|union all$|from |inner join |left join |cross join |where$|where |group by ",
            line,
        )
        for line in final.splitlines()
        if line
    )
    assert len(re.findall(r"^select$", final, re.MULTILINE)) == 1 + final.count("\nunion all\n")


@pytest.mark.parametrize(
    ("right", "wrong", "report"),
    [
        (
            "home:      inbound, headline",
            "home:      inbond, headline",
            "3: home 'inbond' is not one of review",
        ),
        (
            "home:      inbound, headline",
            "home:      inbound, corner",
            "3: home 'corner' is not one of headline",
        ),
        ("home:      inbound, headline", "home:      inbound", "3: home '' is not one of headline"),
        ("-- home:      inbound, headline\n", "", "1: 'home' is missing; add a line '-- home: ...'"),
        ("$scope, $horizon)", "$scope, $age)", "4: unknown parameter $age; there are $scope and $horizon"),
        ("unit:      ratio", "unit:      apples", "7: unit 'apples' is not one of ratio"),
    ],
)
def test_a_wrong_value_is_refused_with_file_and_line(tmp_path, right, wrong, report):
    assert GOOD.count(right) == 1
    with pytest.raises(CatalogueError) as refused:
        load_kpi(written(tmp_path, GOOD.replace(right, wrong)))
    assert f"some_rate.sql:{report}" in str(refused.value)


def test_a_counter_that_does_not_exist_is_refused_with_file_and_line(tmp_path):
    counted = GOOD.replace("-- counter:   midfunnel_silent_failure", "-- counter:   another_rate")
    written(tmp_path, counted)
    with pytest.raises(CatalogueError, match=r"some_rate\.sql:5: counter 'another_rate' is no KPI"):
        load_kpis(tmp_path)
    written(tmp_path, GOOD.replace("-- counter:   midfunnel_silent_failure\n", ""), "another_rate")
    assert load_kpis(tmp_path)["some_rate"].counter == "another_rate"


def test_home_and_rows_are_read(tmp_path):
    plain = load_kpi(written(tmp_path, re.sub(r"-- rows: .*\n", "", GOOD)))
    assert (plain.home, plain.rows) == (("inbound", "headline"), "")
    long = "-- rows:      (select *, true as is_counted\n--            from journey_units('won', $scope, $horizon))\n"
    kpi = load_kpi(written(tmp_path, re.sub(r"-- rows: .*\n", long, GOOD)))
    assert kpi.rows == "(select *, true as is_counted from journey_units('won', $scope, $horizon))"
    # the journeys of the rows are filled too
    assert kpi.journeys == {"meeting", "won"}
