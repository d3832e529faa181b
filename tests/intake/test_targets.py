"""Targets: one per month and channel; what is wrong with a row is named."""

from __future__ import annotations

from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot

ROWS = [
    ("2026-11-01,Out-bound,90000", None),
    ("2026-11-01,Out-bound,90000", ("merged", "DUPLICATE_EXACT", None, None)),
    ("2026-12-15,inbound,5000.50", None),  # any day of the month
    ("2027-03-01,other,1", None),  # a plan ahead is no event
    (",inbound,5", ("rejected", "MISSING_VALUE", "month", None)),
    ("2026-10-01,,5", ("rejected", "MISSING_VALUE", "channel", None)),
    ("2026-10-01,inbound,", ("rejected", "MISSING_VALUE", "target", None)),
    ("October,inbound,5", ("rejected", "BAD_DATE", "month", "October")),
    ("1899-10-01,inbound,5", ("rejected", "DATE_RANGE", "month", "1899-10-01")),
    ("2026-10-01,partner,5", ("rejected", "UNKNOWN_VALUE", "channel", "partner")),
    ("2026-10-01,inbound,much", ("rejected", "BAD_NUMBER", "target", "much")),
    ("2026-10-01,inbound,0", ("rejected", "AMOUNT_NOT_POSITIVE", "target", "0")),
    ("2026-09-01,inbound,5", ("rejected", "CONFLICTING_ROWS", "month", "2026-09-01")),
    ("2026-09-02,Inbound,6", ("rejected", "CONFLICTING_ROWS", "month", "2026-09-02")),
]


def test_each_row_is_used_or_says_why_not(tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id,created_at,channel,source\nL1,2026-01-01,inbound,web\n")
    (tmp_path / "targets.csv").write_text("month,channel,target\n" + "\n".join(row for row, _ in ROWS) + "\n")
    home = Home(tmp_path / "home")
    manifest = load(home, tmp_path, confirmed=True)  # most rows are there to be rejected
    ask = open_snapshot(home).cursor()
    assert ask.sql(
        "select line, fate, reason, field, found from snapshot.left_out_rows order by line"
    ).fetchall() == [(line, *fate) for line, (_, fate) in enumerate(ROWS, start=2) if fate]
    assert ask.sql(
        "select month_on::varchar, channel, target_amount from snapshot.fact_targets"
    ).fetchall() == [
        ("2026-11-01", "outbound", 90000),
        ("2026-12-01", "inbound", 5000.5),
        ("2027-03-01", "other", 1),
    ]
    # a target is no event: the data end with the last one that is
    assert manifest.as_of == "2026-01-01"
