"""Less than leads: calls alone, deals alone, deals that name no lead, and leads that are made of calls or deals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import InputRefused
from leadquality.engine import run
from leadquality.load import load
from leadquality.scope import Scope
from leadquality.snapshot import Home, open_snapshot
from tests.intake.folders import LEADS, RULES, Loaded, loaded, told

CALLS = "call_id,started_at,direction,outcome_code,rep_id\n" + "".join(
    f"C{at},2025-02-{at % 28 + 1:02} 10:00,outbound,{'connected' if at % 5 < 2 else 'no_answer'},R{at % 3}\n" for at in range(50)
)  # fmt: skip
DEALS = "opportunity_id,lead_id,created_at,closed_at,outcome,acv\n" + "".join(
    f"O{at},{{}},2025-02-{at % 28 + 1:02},2025-03-01,{'won' if at % 2 else 'lost'},{1000 + 10 * at}\n" for at in range(60)
)  # fmt: skip


def answers(end: Loaded, kpi: str) -> tuple[str, list[dict[str, Any]]]:
    """Why a KPI is not given ('' when it is), and its rows."""
    snapshot = open_snapshot(end.home)
    try:
        result = run(snapshot.cursor(), load_kpis()[kpi], Scope(snapshot.as_of))
        return result.unavailable, result.rows.to_dicts()
    finally:
        snapshot.con.close()


def only(end: Loaded, kpi: str) -> dict[str, Any]:
    why, rows = answers(end, kpi)
    assert why == "" and len(rows) == 1, (why, rows)
    return rows[0]


def test_calls_alone_give_what_needs_no_lead(tmp_path):
    end = loaded(tmp_path, calls=CALLS)
    assert end.used() == {"calls": 50} and end.manifest.as_of == "2025-02-28"
    assert end.manifest.findings.keys() == {"no_leads", "values_rewritten"}
    row = only(end, "connect_rate")
    assert (row["channel"], row["numerator"], row["denominator"]) == ("unknown", 20, 50)
    assert {row["extract"] for row in answers(end, "extract_integrity")[1]} == {"calls"}
    for kpi in ("contact_rate", "close_rate_at_equal_age", "record_completeness", "response_within_sla"):
        assert answers(end, kpi)[0].startswith("needs the column"), kpi


@pytest.mark.parametrize("lead", ["L1", ""])
def test_deals_alone_give_their_sizes(tmp_path, lead):
    end = loaded(tmp_path, opportunities=DEALS.format(*[lead] * 60))
    assert end.used() == {"opportunities": 60}
    row = only(end, "average_contract_value")
    # the won deals are the odd ones: 1,010 to 1,590, in steps of 20
    assert (row["channel"], row["denominator"], row["mean_amount"]) == (
        "unknown",
        30,
        sum(range(1010, 1600, 20)) / 30,
    )
    assert answers(end, "deal_size_consistency")[0] == ""
    assert answers(end, "close_rate_at_equal_age")[0].startswith(
        "needs the column created_at of the extract leads"
    )


def test_deals_that_name_no_lead_count_where_no_lead_is_needed_and_nowhere_else(tmp_path):
    leads = ["L1"] * 9 + ["L2"] * 8 + ["L3"] * 8 + [""] * 25 + ["L77"] * 10
    end = loaded(tmp_path, leads=LEADS, opportunities=DEALS.format(*leads))
    account = end.manifest.tables["opportunities"]
    assert (account["used"], account["reasons"]) == (50, {"LEAD_NOT_FOUND": 10})
    assert end.rows("select count(*), count(lead_id) from snapshot.fact_opportunities") == [(50, 25)]
    _, rows = answers(end, "average_contract_value")
    assert {row["channel"]: row["denominator"] for row in rows} == {"inbound": 12, "unknown": 13}
    assert end.rows("select lead_id, won_on is not null from leads_as_of(date '2025-03-02') order by 1") == [
        ("L1", True),
        ("L2", True),
        ("L3", True),
    ]
    why, _ = answers(
        loaded(_in(tmp_path, "none"), leads=LEADS, opportunities=DEALS.format(*[""] * 60)),
        "close_rate_at_equal_age",
    )
    assert why == "needs the column lead_id of the extract opportunities"


def _in(folder, name):
    (folder / name).mkdir()
    return folder / name


def test_a_file_of_leads_that_the_mapping_names_must_be_there(tmp_path):
    mapping = (
        'name = "m"\n'
        + RULES
        + '[[source]]\nextract = "leads"\nfile = "people.csv"\n[[source]]\nextract = "calls"\nfile = "calls.csv"\n'
    )
    with pytest.raises(InputRefused, match=r"people\.csv: not found, and the mapping names it for leads"):
        loaded(tmp_path, mapping, calls=CALLS)


def test_a_load_that_lost_its_leads_is_not_taken_for_one_without(tmp_path):
    home, folder = Home(tmp_path / "home"), told(tmp_path, leads=LEADS, calls=CALLS)
    load(home, folder)
    (folder / "leads.csv").unlink()
    with pytest.raises(
        InputRefused, match=r"leads: 0 usable rows, fewer than half of the 3 of the last load"
    ):
        load(home, folder)


FROM_CALLS = """name = "m"
leads = "calls"
[channel]
rules = [
    { id = "called us", channel = "inbound", when = { Way = ["in"] } },
    { id = "we called", channel = "outbound", when = { direction = ["outbound"] } },
]
[[source]]
extract = "calls"
file = "a.csv"
glob = "b*.csv"
columns = { call_id = "Nr", started_at = "When", direction = "Way" }
time.date_order = "dmy"
values.direction = { inbound = ["in"], outbound = ["out"] }
person.phone = ["Caller", "Callee"]
person.country_code = "49"
exclude.internal = { column = "Caller", values = ["internal"] }
"""


def test_each_caller_is_a_lead_created_at_the_first_call_with_the_channel_by_rules(tmp_path):
    header = "Nr,When,Way,Caller,Callee\n"
    first = (
        "1,03.02.2025 10:00,out,+49 30 1110001,\n2,01.02.2025 09:00,in,030 2220002,\n"
        "3,02.02.2025 09:00,in,0301110001,\n4,01.02.2025 08:00,in,,\n"
    )
    second = "5,31.01.2025 10:00,out,,0049 30 2220002\n6,05.02.2025 10:00,out,030 3330003,\n7,01.01.2025 10:00,in,internal,\n"
    end = loaded(tmp_path, FROM_CALLS, a=header + first, b2=header + second)
    assert end.used() == {"leads": 3, "calls": 6} and end.manifest.tables["leads"]["read"] == 3
    calls = end.rows("select call_id, lead_id from snapshot.fact_calls order by 1")
    leads = dict(calls)
    assert leads["1"] == leads["3"] and leads["2"] == leads["5"] and leads["4"] is None
    found = {
        lead: (created.isoformat(" ", "minutes"), channel, rule)
        for lead, created, channel, rule in end.rows(
            "select lead_id, created_at, channel, channel_rule from snapshot.fact_leads"
        )
    }
    assert found == {
        leads["3"]: ("2025-02-02 09:00", "inbound", "called us"),
        leads["5"]: ("2025-01-31 10:00", "outbound", "we called"),
        leads["6"]: ("2025-02-05 10:00", "outbound", "we called"),
    }
    assert "leads_derived" in end.manifest.findings
    kept = (end.home.snapshots / end.manifest.snapshot / "rows.duckdb").read_bytes() + end.mapping.encode()
    assert b"301110001" not in kept and b"1110001" not in kept, "no number is kept"
    unruled = FROM_CALLS.replace('{ id = "called us", channel = "inbound", when = { Way = ["in"] } },', "")
    end = loaded(
        tmp_path,
        unruled.replace(
            '{ id = "we called", channel = "outbound", when = { direction = ["outbound"] } },', ""
        ),
    )
    assert end.rows("select distinct channel from snapshot.fact_leads") == [("unknown",)], (
        "a call decides nothing by itself"
    )


def test_callers_by_the_id_that_calls_carry(tmp_path):
    mapping = FROM_CALLS.replace('person.phone = ["Caller", "Callee"]\n', "")
    mapping = mapping.replace("columns = { call_id", 'columns = { lead_id = "Caller", call_id')
    rows = "1,03.02.2025 10:00,out,K1,\n2,01.02.2025 09:00,in,K1,\n3,02.02.2025 09:00,in,K2,\n"
    end = loaded(tmp_path, mapping, a="Nr,When,Way,Caller,Callee\n" + rows)
    assert end.rows("select lead_id, created_on from snapshot.fact_leads order by 1") == [
        ("K1", dt.date(2025, 2, 1)),
        ("K2", dt.date(2025, 2, 2)),
    ]
    with pytest.raises(InputRefused, match=r'leads = "calls" needs the callers of a\.csv'):
        loaded(tmp_path, mapping.replace('lead_id = "Caller", ', ""))
    with pytest.raises(InputRefused, match="which calls came first can be told only of all together"):
        load(
            end.home,
            told(_in(tmp_path, "more"), a="Nr,When,Way,Caller,Callee\n8,03.03.2025 10:00,out,K1,\n"),
            add=True,
        )


FROM_DEALS = 'name = "m"\nleads = "opportunities"\n' + RULES.replace("channel = [", "source = [").replace('["inbound"]', '["web"]') + (
    '[[source]]\nextract = "opportunities"\nfile = "deals.csv"\n'
)  # fmt: skip


def test_each_deal_stands_for_its_lead(tmp_path):
    deals = (
        "opportunity_id,lead_id,created_at,closed_at,outcome,acv,source\nO1,,2025-01-05,2025-02-01,won,5,web\n"
        "O2,L9,2025-01-07,2025-02-01,lost,5,web\nO3,L9,2025-01-06,2025-02-01,won,5,fair\n"
    )
    end = loaded(tmp_path, FROM_DEALS, deals=deals)
    assert end.used() == {"leads": 2, "opportunities": 3}
    assert end.rows("select lead_id, created_on, channel, source from snapshot.fact_leads order by 1") == [
        ("L9", dt.date(2025, 1, 6), "unknown", "fair"),
        ("O1", dt.date(2025, 1, 5), "inbound", "web"),
    ]
    assert answers(end, "close_rate_at_equal_age")[0] == ""


def test_leads_from_a_file_and_from_other_rows_exclude_each_other(tmp_path):
    with pytest.raises(
        InputRefused, match=r'leads = "opportunities" and a \[\[source\]\] of leads exclude each other'
    ):
        loaded(tmp_path, FROM_DEALS + '[[source]]\nextract = "leads"\nfile = "leads.csv"\n', leads=LEADS)
    end = loaded(tmp_path, FROM_DEALS, deals=DEALS.format(*["L1", "L2", "L3"] * 20))
    assert [each["files"] for each in end.manifest.unread] == [["leads.csv"]]
    with pytest.raises(InputRefused, match=r'leads = "calls", and no file of calls is there'):
        loaded(tmp_path, FROM_DEALS.replace('leads = "opportunities"', 'leads = "calls"'))
