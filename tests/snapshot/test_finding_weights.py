"""What rests on a finding, or on rows left out: their leads and the money of the deals, each once, unknown where unknown."""

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
L4,2025-01-10,inbound,web,
L4,2025-01-10,inbound,fair,
L3,2025-01-10,inbound,web,
"""
CALLS = """call_id,started_at,lead_id,talk_s,outcome_code,direction
K1,2025-01-11,L1,0,qualified,
K2,2025-01-11,L1,0,qualified,
K3,2025-01-11,L3,0,qualified,In-Bound
K4,2025-01-11,L9,60,voicemail,
"""
DEALS = """opportunity_id,lead_id,created_at,amount,currency,source,closed_at,outcome
O1,L1,2025-01-10,100.50,EUR,,,
O2,L1,2025-01-10,,EUR,,,
O3,L2,2025-01-10,50,EUR,,,
O4,L3,2025-01-10,7,USD,fair,,
O5,L3,2025-01-10,0,EUR,WEB,,
O6,L4,2025-01-10,30,EUR,,,
O7,L1,2025-01-10,20,EUR,,,lost
O8,L2,2025-01-10,1,EUR,,,
O8,L2,2025-01-10,2,EUR,,,
O9,L2,2025-01-10,-9,EUR,,,
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
    # both rows of L4 are refused, since they disagree, and its deal O6 with it: on the row of O6 no lead rests that is known
    "leads CONFLICTING_ROWS": (1, 1, 0, 1, "EUR", 30),
    "opportunities LEAD_NOT_FOUND": (0, 1, 0, 1, "EUR", 30),
    # O7 is what is left out, not the other deals of L1
    "opportunities CLOSED_WITHOUT_DATE": (1, 1, 0, 1, "EUR", 20),
    # one deal, whose two rows disagree about the amount
    "opportunities CONFLICTING_ROWS": (1, 1, 1, 0, None, None),
    # an amount that was refused is none that is known
    "opportunities NEGATIVE_AMOUNT": (1, 1, 1, 0, None, None),
    # it is about all rows of an extract
    "link_partial": (None, None, None, None, None, None),
    # it names the first row of its kind, as an example
    "direction_spelling_folded": (None, None, None, None, None, None),
    "several_currencies": (None, None, None, None, None, None),
    "spellings_folded": (None, None, None, None, None, None),
    # about the file: it names no row
    "unknown_columns": (None, None, None, None, None, None),
}


def test_leads_and_money_are_those_of_the_rows_each_counted_once(tmp_path):
    for name, text in (("leads", LEADS), ("calls", CALLS), ("opportunities", DEALS)):
        (tmp_path / f"{name}.csv").write_text(text)
    weights = load(Home(tmp_path / "home"), tmp_path).weights
    assert weights == {code: dict(zip(COLUMNS, row, strict=True)) for code, row in RESTS.items()}


def test_without_opportunities_the_money_is_unknown_and_not_nothing(tmp_path):
    (tmp_path / "leads.csv").write_text(
        "lead_id,created_at,channel,source\nL1,2025-01-10,inbound,\nL2,2025-01-10,inbound,\nL3,2025-01-10,inbound,web\n"
    )
    assert load(Home(tmp_path / "home"), tmp_path).weights == {
        "leads_without_source": dict(zip(COLUMNS, (2, None, None, None, None, None), strict=True))
    }


@pytest.mark.parametrize("name", load_extracts())
def test_every_extract_whose_rows_belong_to_a_lead_is_looked_at(name):
    sql = (QUERIES / "trust" / "finding_weights.sql").read_text("utf-8")
    assert (f"staged_{name}" in sql) == (name not in {"spend", "targets", "capacity"})
