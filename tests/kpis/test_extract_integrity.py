"""Extract integrity: every row that is not used or doubtful, counted under its rule."""

from __future__ import annotations

from datetime import date, timedelta

from leadquality.catalogue import load_extracts
from tests.story import Story

KPI = "extract_integrity"
AS_OF = date(2026, 12, 31)


def integrity(world, left_out=(), findings=(), **asked):
    """Rows by measure; the two tables of a load as leadquality/snapshot/build.py makes them."""
    con = world.database()
    con.execute(
        "create or replace table snapshot.left_out_rows (extract varchar, file varchar, line bigint, fate varchar, "
        "reason varchar, field varchar, found varchar)"
    )
    con.execute(
        "create or replace table snapshot.findings (code varchar, title varchar, remedy varchar, extract varchar, "
        "file varchar, line bigint, found varchar)"
    )
    for line, (extract, fate, reason) in enumerate(left_out):
        con.execute(
            "insert into snapshot.left_out_rows values (?, 'f.csv', ?, ?, ?, null, null)",
            [extract, line, fate, reason],
        )
    for line, (extract, code) in enumerate(findings):
        con.execute(
            "insert into snapshot.findings values (?, 'A title', 'A remedy', ?, 'f.csv', ?, null)",
            [code, extract, line],
        )
    return {row["measure"]: row for row in world.run(KPI, **asked).rows.to_dicts()}


def small(story):
    """96 leads, each with two calls, and ten calls of nobody."""
    world = story(AS_OF)
    for lead in world.leads(96):
        world.call(lead, "2026-01-02")
        world.call(lead, "2026-01-03")
    for _ in range(10):
        world.call(None, "2026-01-02")
    return world


def test_rows_left_out_and_found_rule_by_rule(story):
    found = integrity(
        small(story),
        [("leads", "merged", "DUPLICATE_EXACT")] * 3 + [("leads", "rejected", "BAD_DATE")] * 1,
        [("calls", "orphan_calls")] * 10,
    )
    assert {name: (row["numerator"], row["denominator"]) for name, row in found.items()} == {
        # 96 in use and 4 that are not; 192 + 10 calls, all in use
        "leads: rows not used": (4, 100),
        "leads: DUPLICATE_EXACT, merged": (3, 100),
        "leads: BAD_DATE, rejected": (1, 100),
        "calls: rows not used": (0, 202),
        "calls: orphan_calls": (10, 202),
    }
    assert found["leads: DUPLICATE_EXACT, merged"] == {
        "slice": "all",
        "channel": "unknown",
        "numerator": 3,
        "denominator": 100,
        "estimate": 3.0,
        "low": 3.0,
        "high": 3.0,
        "n_old_enough": 96,
        "status": "ok",
        "measure": "leads: DUPLICATE_EXACT, merged",
        "extract": "leads",
        "rule": "DUPLICATE_EXACT",
        "fate": "merged",
        "remedy": None,
        "share": 0.03,
    }
    assert (found["calls: orphan_calls"]["remedy"], found["calls: orphan_calls"]["fate"]) == (
        "A remedy",
        "used",
    )


def test_no_row_is_dropped_in_silence(story):
    rows = [
        ("leads", "merged", "SAME_CONTACT"),
        ("leads", "excluded", "test_record"),
        ("leads", "rejected", "BAD_DATE"),
    ]
    found = integrity(small(story), rows * 2)
    parts = [
        row["numerator"]
        for row in found.values()
        if row["extract"] == "leads" and row["rule"] != "rows not used"
    ]
    total = found["leads: rows not used"]
    assert sum(parts) == total["numerator"] == total["denominator"] - total["n_old_enough"] == 6


def test_an_extract_of_which_no_row_is_used_is_there(story):
    found = integrity(story(AS_OF), [("spend", "rejected", "BAD_DATE")] * 2)
    assert {name: (row["numerator"], row["denominator"], row["share"]) for name, row in found.items()} == {
        "spend: rows not used": (2, 2, 1.0),
        "spend: BAD_DATE, rejected": (2, 2, 1.0),
    }


def test_every_extract_there_is_has_its_line():
    world = Story(AS_OF)
    rows = [(name, "rejected", "BAD_DATE") for name in load_extracts()]
    found = integrity(world, rows)
    assert {row["extract"] for row in found.values()} == set(load_extracts())
    assert {row["denominator"] for row in found.values()} == {1}


def test_nothing_loaded_gives_no_row(story):
    assert integrity(story(AS_OF)) == {}


def test_rows_after_as_of_and_the_leads_of_today_are_not_among_those_read(story):
    world = small(story)
    for lead in world.leads(7, "inbound", AS_OF):
        world.meeting(lead, AS_OF)
        world.opportunity(lead, AS_OF)
        world.call(lead, AS_OF)
    lead = world.lead()
    world.call(lead, AS_OF)
    world.call(lead, AS_OF + timedelta(days=1))
    world.meeting(lead, AS_OF + timedelta(days=1))
    world.opportunity(lead, AS_OF + timedelta(days=1))
    found = integrity(world)
    assert {row["extract"]: row["denominator"] for row in found.values()} == {
        "leads": 97,
        "calls": 203,
        "meetings": 1,
    }
    earlier = integrity(world, as_of="2026-01-02")
    assert {row["extract"]: row["denominator"] for row in earlier.values()} == {
        "leads": 97,
        "calls": 106,
        "meetings": 1,
    }


def test_filters_and_slices_leave_the_report_as_it_is(story):
    world = small(story)
    whole = integrity(world, [("leads", "merged", "SAME_CONTACT")])
    rows = [("leads", "merged", "SAME_CONTACT")]
    for asked in ({"channels": ("outbound",)}, {"slice_by": "segment"}, {"from_on": "2026-06-01"}):
        assert integrity(world, rows, **asked) == whole


def test_without_leads_it_is_given_all_the_same(story):
    world = small(story)
    before = world.run(KPI).rows
    world.database().execute("update snapshot.coverage set known_count = 0 where extract = 'leads'")
    result = world.run(KPI)
    assert result.unavailable == "" and result.rows.equals(before)


def test_the_planted_dirt_of_the_sample_is_counted_exactly(sample):
    found = {row["measure"]: row for row in sample.ask(KPI).rows.to_dicts()}
    # statistics.md, 18.5
    assert {name: row["numerator"] for name, row in found.items() if row["numerator"]} == {
        "leads: rows not used": 45,
        "leads: DUPLICATE_EXACT, merged": 25,
        "leads: SAME_CONTACT, merged": 15,
        "leads: test_record, excluded": 5,
        "leads: channel_spelling_folded": 12,
        "leads: stage_order_wrong": 3,
        "calls: rows not used": 13,
        "calls: FUTURE, rejected": 3,
        "calls: LEAD_NOT_FOUND, excluded": 10,
        "calls: mixed_timezone": 6,
        "calls: values_rewritten": 1,
        "calls: unmapped_dispositions": 7,
        "meetings: rows not used": 2,
        "meetings: FUTURE, rejected": 2,
        "opportunities: rows not used": 21,
        "opportunities: NEGATIVE_AMOUNT, rejected": 2,
        "opportunities: AMOUNT_NOT_POSITIVE, rejected": 2,
        "opportunities: CLOSED_WITHOUT_DATE, rejected": 9,
        "opportunities: LEAD_NOT_FOUND, excluded": 6,
        "opportunities: OUT_OF_RANGE, rejected": 2,
        "opportunities: reopened_opportunities": 11,
    }
