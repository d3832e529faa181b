"""Spend without leads, leads without spend: both are listed."""

from __future__ import annotations

from datetime import date

REPORT = "spend_gaps"
AS_OF = date(2026, 12, 31)


def spend(world, source, cost=500, month="2026-03-01", channel="inbound"):
    world.add(
        "spend",
        month_on=date.fromisoformat(month),
        source=source,
        cost_amount=cost,
        channel=channel,
        kind="media",
    )


def lines(world, **asked):
    return {
        (row["measure"], row["slice"]): (row["numerator"], row["cost_amount"])
        for row in world.run(REPORT, **asked).rows.to_dicts()
    }


def test_both_sides_are_listed(story):
    world = story(AS_OF)
    world.leads(3, created="2026-03-10", source="Paid Search")
    world.leads(2, created="2026-03-10", source="web")
    spend(world, "Paid Search")
    spend(world, "fairs", 700)
    spend(world, "fairs", 300, "2026-04-01")
    assert lines(world) == {
        ("spend without leads", "fairs"): (0, 1000.0),
        ("leads without spend", "web"): (2, None),
    }


def test_spend_that_names_no_source_is_named(story):
    world = story(AS_OF)
    world.leads(2, created="2026-03-10", source="web")
    spend(world, "web")
    spend(world, None, 90)
    assert lines(world) == {("spend without leads", "no source"): (0, 90.0)}


def test_months_that_the_chosen_days_touch(story):
    world = story(AS_OF)
    world.leads(2, created="2026-03-10", source="web")
    spend(world, "web", month="2026-03-01")
    spend(world, "fairs", month="2026-02-01")
    spend(world, "later", month="2027-01-01")
    assert lines(world) == {("spend without leads", "fairs"): (0, 500.0)}
    assert lines(world, from_on="2026-03-05", to_on="2026-03-20") == {}


def test_filters(story):
    world = story(AS_OF)
    world.leads(2, created="2026-03-10", source="web")
    spend(world, "fairs", channel="outbound")
    assert set(lines(world, channels=("inbound",))) == {("leads without spend", "web")}
    assert set(lines(world, sources=("web",))) == {("leads without spend", "web")}
    assert lines(world, segments=("smb",)) == {}


def test_without_spend_it_is_not_available(story):
    world = story(AS_OF)
    world.lead()
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = 'spend'")
    assert world.run(REPORT).unavailable == "needs the columns month and cost of the extract spend"
