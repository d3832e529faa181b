"""What rests on a finding: the leads of its rows and the money of their deals, each counted once, unknown where unknown."""

from __future__ import annotations

import pytest

from leadquality.catalogue import load_extracts
from leadquality.contracts import QUERIES
from leadquality.load import load
from leadquality.snapshot import Home

LEADS = """lead_id,created_at,channel,source,colour
L1,2025-01-10,inbound,,red
L2,2025-01-10,inbound,,
L3,2025-01-10,inbound,web,
"""
CALLS = """call_id,started_at,lead_id,talk_s,outcome_code
K1,2025-01-11,L1,0,qualified
K2,2025-01-11,L1,0,qualified
K3,2025-01-11,L3,0,qualified
K4,2025-01-11,L9,60,voicemail
"""
DEALS = """opportunity_id,lead_id,created_at,amount,currency,source
O1,L1,2025-01-10,100.50,EUR,
O2,L1,2025-01-10,,EUR,
O3,L2,2025-01-10,50,EUR,
O4,L3,2025-01-10,7,USD,fair
O5,L3,2025-01-10,0,EUR,WEB
"""
COLUMNS = ("lead_count", "deal_count", "without_amount_count", "currency_count", "currency", "amount")
RESTS = {
    # L1 and L2 with O1, O2, O3; O2 has no amount
    "leads_without_source": (2, 3, 1, 1, "EUR", 150.50),
    # three calls of L1 and L3 with O1, O2, O4, O5: euros and dollars are not added
    "conversations_without_talk_time": (2, 4, 1, 2, None, None),
    # it belongs to no lead, and that is known
    "orphan_calls": (0, 0, 0, 0, None, None),
    # the row is a deal: L3 has another one, which does not rest on it
    "source_conflict": (1, 1, 0, 1, "USD", 7),
    "zero_amount": (1, 1, 0, 1, "EUR", 0),
    # about the file: it names no row
    "unknown_columns": (None, None, None, None, None, None),
}


def test_leads_and_money_are_those_of_the_rows_each_counted_once(tmp_path):
    for name, text in (("leads", LEADS), ("calls", CALLS), ("opportunities", DEALS)):
        (tmp_path / f"{name}.csv").write_text(text)
    weights = load(Home(tmp_path / "home"), tmp_path).weights
    assert weights == {code: dict(zip(COLUMNS, row, strict=True)) for code, row in RESTS.items()}


def test_without_opportunities_the_money_is_unknown_and_not_nothing(tmp_path):
    (tmp_path / "leads.csv").write_text(LEADS.replace(",colour", ",segment"))
    assert load(Home(tmp_path / "home"), tmp_path).weights == {
        "leads_without_source": dict(zip(COLUMNS, (2, None, None, None, None, None), strict=True))
    }


@pytest.mark.parametrize("name", load_extracts())
def test_every_extract_whose_rows_belong_to_a_lead_is_looked_at(name):
    sql = (QUERIES / "trust" / "finding_weights.sql").read_text("utf-8")
    assert (f"staged_{name}" in sql) == (name not in {"spend", "targets", "capacity"})
