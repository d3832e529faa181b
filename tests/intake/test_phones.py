"""Rows that find their lead by telephone: spellings of one number are one, what is no number finds nobody and is told."""

from __future__ import annotations

from pathlib import Path

from tests.intake.folders import RULES, loaded

MAPPING = f"""name = "t"\nas_of = 2026-04-30\n{RULES}
[[source]]
extract = "leads"
file = "leads.csv"
person = {{ phone = ["Phone", "Mobile"], country_code = "7" }}
[[source]]
extract = "calls"
file = "calls.csv"
columns.started_at = "Start"
person = {{ phone = [{{ from = "To", when = {{ direction = ["outbound"] }} }}, "From"], country_code = "7" }}
"""
LEADS = """lead_id,created_at,channel,Phone,Mobile
L1,2026-01-01,inbound,8 (912) 000-10-01,
L2,2026-01-01,inbound,0000000000,+7 912 000 10 02
L3,2026-01-01,inbound,9.12E+09,7777777777
L4,2026-01-01,inbound,7777777777,
"""
CALLS = {
    "tel:+79120001001": "L1",
    "9120001002 ext. 4": "L2",
    "0000000000": None,
    "7777777777": None,
    "9.12E+09": None,
    "8-912-000-10-99": None,
}


def test_calls_find_their_lead_in_any_spelling_and_no_number_is_nobody(tmp_path: Path):
    rows = "".join(
        f"C{n},outbound,2026-01-02 10:00,{number},\n"
        if n % 2
        else f"C{n},inbound,2026-01-02 10:00,,{number}\n"
        for n, number in enumerate(CALLS)
    )
    found = loaded(tmp_path, MAPPING, leads=LEADS, calls="call_id,direction,Start,To,From\n" + rows)
    assert found.rows("select lead_id from snapshot.fact_calls order by call_id") == [
        (lead,) for lead in CALLS.values()
    ]
    assert found.manifest.findings["orphan_calls"] == 4
    told = found.rows(
        "select code, file, line, found from snapshot.findings where code like 'phone%' order by all"
    )
    assert told == [
        ("phone_damaged", "calls.csv", 6, "From: 1 taken as missing"),
        ("phone_damaged", "leads.csv", 4, "Phone: 1 taken as missing"),
        ("phone_placeholder", "calls.csv", 4, "From: 1 taken as missing"),
        ("phone_placeholder", "calls.csv", 5, "person.phone: 1 taken as missing"),
        ("phone_placeholder", "leads.csv", 3, "Phone: 2 taken as missing"),
        ("phone_placeholder", "leads.csv", 4, "Mobile: 1 taken as missing"),
    ]
