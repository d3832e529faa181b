"""Script and criteria changes: the first day of each version, and how complete the record is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "definition_change_log"
AS_OF = date(2026, 12, 31)


def use(world, count, created, criteria=None, script=None, channel="inbound", **values):
    """`count` leads under one version of the criteria, each called the next day by one version of the script."""
    day = date.fromisoformat(created)
    for lead in world.leads(count, channel, day, criteria_version=criteria, **values):
        world.call(lead, day + timedelta(days=1), script_version=script)


def by_measure(result, channel="inbound"):
    return {row["measure"]: row for row in result.rows.to_dicts() if row["channel"] == channel}


def test_the_first_day_of_each_version(story):
    world = story(AS_OF)
    use(world, 10, "2026-01-05", "v1", "A")
    use(world, 20, "2026-03-02", "v2", "A")
    use(world, 10, "2026-04-06", "v2", "B")
    rows = by_measure(world.run(KPI))
    logged = {
        name: (row["first_on"], row["last_on"], row["numerator"], row["denominator"], row["is_first"])
        for name, row in rows.items()
        if row["version"] is not None
    }
    assert logged == {
        "criteria version v1": (date(2026, 1, 5), date(2026, 1, 5), 10, 40, True),
        "criteria version v2": (date(2026, 3, 2), date(2026, 4, 6), 30, 40, False),
        "script version A": (date(2026, 1, 6), date(2026, 3, 3), 30, 40, True),
        "script version B": (date(2026, 4, 7), date(2026, 4, 7), 10, 40, False),
    }
    for row in rows.values():
        if row["version"] is not None:
            assert (row["estimate"], row["low"], row["high"], row["status"]) == (None, None, None, "ok")


def test_what_nobody_recorded_is_said(story):
    world = story(AS_OF)
    use(world, 30, "2026-01-05", "v1", None)
    use(world, 10, "2026-01-05", " ", "A")
    rows = by_measure(world.run(KPI))
    for kind, known in (("criteria version", 30), ("script version", 10)):
        low, high = proportion_confint(known, 40, method="wilson")
        assert rows[f"recorded: {kind}"] == {
            "slice": "all",
            "channel": "inbound",
            "numerator": known,
            "denominator": 40,
            "estimate": known / 40,
            "low": pytest.approx(low, abs=1e-9),
            "high": pytest.approx(high, abs=1e-9),
            "n_old_enough": 40,
            "status": "ok",
            "measure": f"recorded: {kind}",
            "kind": kind,
            "version": None,
            "first_on": None,
            "last_on": None,
            "is_first": None,
        }


def test_a_version_in_use_before_the_window_is_no_change_in_it(story):
    # a break in the series is dated where it was, not where the window begins
    world = story(AS_OF)
    use(world, 10, "2026-01-05", "v1", "A")
    use(world, 10, "2026-03-02", "v1", "A")
    use(world, 10, "2026-04-06", "v2", "A")
    rows = by_measure(world.run(KPI, from_on="2026-02-01"))
    assert [name for name, row in rows.items() if row["version"]] == ["criteria version v2"]
    assert rows["criteria version v2"]["is_first"] is False
    assert rows["recorded: criteria version"]["denominator"] == 20
    assert "criteria version v2" not in by_measure(world.run(KPI, to_on="2026-04-05"))


def test_a_version_that_begins_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    lead, *_ = world.leads(20, "inbound", "2026-01-05", criteria_version="v1")
    world.call(lead, AS_OF, script_version="A")
    world.call(lead, AS_OF + timedelta(days=1), script_version="B")
    world.lead("inbound", AS_OF, criteria_version="v2")  # the leads of today join tomorrow
    versions = [row["version"] for row in world.run(KPI).rows.to_dicts() if row["version"]]
    assert versions == ["v1", "A"]
    versions = [
        row["version"] for row in world.run(KPI, as_of="2026-12-30").rows.to_dicts() if row["version"]
    ]
    assert versions == ["v1"]


@pytest.mark.parametrize(("count", "status"), [(9, "too_few"), (10, "provisional"), (30, "ok")])
def test_the_edges_of_the_sample(story, count, status):
    world = story(AS_OF)
    use(world, count, "2026-01-05", "v1", "A")
    rows = by_measure(world.run(KPI))
    row = rows["recorded: script version"]
    assert (row["status"], row["estimate"]) == (status, None if status == "too_few" else 1.0)
    assert rows["script version A"]["status"] == "ok"  # a date needs no sample


@pytest.fixture(scope="module")
def mixed():
    world = Story(AS_OF)
    use(world, 10, "2026-01-05", "v1", "A", segment="smb")
    use(world, 10, "2026-03-02", "v2", "A", segment="ent")
    use(world, 10, "2026-02-02", "v2", "B", "outbound", segment="ent")
    return world


def test_filters_and_slices_choose_whose_versions(mixed):
    def logged(**asked):
        rows = mixed.run(KPI, **asked).rows.to_dicts()
        return [(row["slice"], row["channel"], row["version"]) for row in rows if row["version"]]

    assert logged(channels=("outbound",)) == [("all", "outbound", "v2"), ("all", "outbound", "B")]
    assert logged(segments=("smb",)) == [("all", "inbound", "v1"), ("all", "inbound", "A")]
    assert logged(slice_by="segment") == [
        ("ent", "inbound", "v2"),
        ("ent", "inbound", "A"),
        ("ent", "outbound", "v2"),
        ("ent", "outbound", "B"),
        ("smb", "inbound", "v1"),
        ("smb", "inbound", "A"),
    ]


def test_nothing_recorded_gives_no_version(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    use(world, 10, "2026-01-05")
    assert list(by_measure(world.run(KPI))) == ["recorded: criteria version", "recorded: script version"]


@pytest.mark.parametrize(("extract", "column"), [("calls", "script_version"), ("leads", "criteria_version")])
def test_without_its_data_it_is_not_available(story, extract, column):
    world = story(AS_OF)
    use(world, 10, "2026-01-05", "v1", "A")
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = ? and column_name = ?",
        [extract, column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract {extract}"
    assert result.rows.select("channel", "status", "estimate").rows() == [
        ("inbound", "not_available", None),
        ("outbound", "not_available", None),
    ]
