"""`load DIR` alone over folders as vendors export them: files recognised, joined, loaded; what is unclear is asked."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadquality.contracts import InputRefused
from leadquality.formats import read_here
from leadquality.intake import parse_mapping, stage
from leadquality.intake.plan import plan
from tests.intake.folders import Loaded, loaded, told

CONTACTS = (
    "id,_fivetran_deleted,property_createdate,property_hs_analytics_source,property_hs_merged_object_ids,property_jobtitle\n"
    "C1,FALSE,2025-01-01 8:00:00,ORGANIC_SEARCH,C2;C9,Buyer\n"
    "C2,FALSE,2024-12-01 8:00:00,OFFLINE,,\n"
    "C3,FALSE,2025-01-03 8:00:00,OFFLINE,,\n"
    "C4,FALSE,2025-01-02 8:00:00,PAID_SEARCH,,\n"
    "C5,TRUE,2025-01-02 8:00:00,PAID_SEARCH,,\n"
)
DEALS = (
    "deal_id,is_deleted,deal_pipeline_id,deal_pipeline_stage_id,owner_id,property_amount,property_closedate,property_createdate\n"
    "D1,false,p,s_won,o,1000,2025-03-01 0:00:00,2025-02-01 9:00:00\n"
    "D2,false,p,s_lost,o,500,2025-03-02 0:00:00,2025-02-02 9:00:00\n"
    "D3,false,p,s_open,o,700,2025-12-31 0:00:00,2025-02-03 9:00:00\n"
    "D4,true,p,s_won,o,900,2025-03-01 0:00:00,2025-02-04 9:00:00\n"
    "D5,false,p,s_won,o,900,2025-03-01 0:00:00,2025-02-05 9:00:00\n"
    "D6,false,p,s_won,o,900,2025-03-01 0:00:00,2025-02-06 9:00:00\n"
)
STAGES = (
    "_fivetran_deleted,active,closed_won,is_closed,display_order,stage_id,label,pipeline_id\n"
    "FALSE,TRUE,TRUE,TRUE,1,s_won,Signed,p\nFALSE,TRUE,FALSE,TRUE,2,s_lost,No deal,p\nFALSE,TRUE,FALSE,FALSE,3,s_open,Talks,p\n"
)
# D1 names C3 and C4: C4 was created first. D2 names C2, which was merged into C1. D5 names nobody; D6 was merged into D1.
DEAL_CONTACTS = (
    "contact_id,deal_id,_fivetran_synced,type_id,category\n"
    "C3,D1,,1,H\nC4,D1,,1,H\nC2,D2,,1,H\nC1,D3,,1,H\nC1,D4,,1,H\nC1,D6,,1,H\n"
)
CALLS = (
    "engagement_id,_fivetran_deleted,_fivetran_synced,property_hs_createdate,property_hs_timestamp,type,"
    "property_hs_call_direction,property_hs_call_disposition,property_hs_call_duration\n"
    "K1,false,,2025-01-05 10:05:00.000000,2025-01-05 10:00:00.000000,CALL,OUTBOUND,f240bbac-87c9-4f6e-bf70-924b57d47db7,93500\n"
    "K2,false,,2025-01-06 10:05:00.000000,2025-01-06 10:00:00.000000,CALL,OUTBOUND,b2cf5968-551e-4856-9783-52b3da59a7d0,20000\n"
    "K3,false,,2025-01-06 10:05:00.000000,2025-01-06 11:00:00.000000,CALL,INBOUND,00000000-aaaa-bbbb-cccc-000000000000,\n"
    "K4,true,,2025-01-06 10:05:00.000000,2025-01-06 12:00:00.000000,CALL,INBOUND,,\n"
)
ENGAGEMENTS = (
    "contact_id,engagement_id,engagement_type,type_id,_fivetran_synced,category\n"
    "C1,K1,CALL,1,,H\nC2,K2,CALL,1,,H\nC4,M1,MEETING,1,,H\nC4,M2,MEETING,1,,H\n"
)
MEETINGS = (
    "engagement_id,_fivetran_synced,created_from_link_id,end_time,source,source_id,start_time,meeting_outcome,body,external_url,title\n"
    "M1,,,,,,2025-01-10 09:00:00,COMPLETED,,,\nM2,,,,,,2025-01-11 09:00:00,NO_SHOW,,,\n"
)
HISTORY = (
    "deal_id,timestamp,_fivetran_synced,source,name,source_id,value\n"
    "D1,2025-02-01 9:00:00.000,,CRM,dealstage,,s_open\nD1,2025-02-02 9:00:00.000,,CRM,amount,,800\n"
    "D1,2025-02-03 9:00:00.000,,CRM,closedate,,1743465600000\nD1,2025-02-04 9:00:00.000,,CRM,hs_forecast,,x\n"
)
STAGE_HISTORY = (
    "_fivetran_start,deal_id,_fivetran_active,_fivetran_end,_fivetran_synced,date_entered,source,source_id,value\n"
    "2025-02-01 9:00:00,D1,FALSE,2025-03-01 9:00:00,,2025-02-01 9:00:00,,,s_open\n"
    "2025-03-01 9:00:00,D1,TRUE,2050-01-01 0:00:00,,2025-03-01 9:00:00,,,s_won\n"
)


@pytest.fixture(scope="module")
def hubspot(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded(
        tmp_path_factory.mktemp("hubspot"),
        contact=CONTACTS,
        deal=DEALS,
        deal_pipeline_stage=STAGES,
        deal_contact=DEAL_CONTACTS,
        engagement_call=CALLS,
        engagement_contact=ENGAGEMENTS,
        engagement_meeting=MEETINGS,
        deal_property_history=HISTORY,
        deal_stage=STAGE_HISTORY,
        merged_deal="deal_id,merged_deal_id,_fivetran_synced\nD1,D6,\n",
        contact_merge_audit="canonical_vid,contact_id,vid_to_merge,_fivetran_synced,entity_id,num_properties_moved\nC1,C1,C9,,,2\n",
        team="id,name,_fivetran_synced\n1,North,\n",
    )


def test_hubspot_contacts_are_leads_and_their_source_decides_the_channel(hubspot):
    # C2 was merged into C1, C5 is deleted; OFFLINE decides nothing.
    assert hubspot.rows("select lead_id, channel, channel_evidence from snapshot.fact_leads order by 1") == [
        ("C1", "inbound", "source = ORGANIC_SEARCH"),
        ("C3", "unknown", None),
        ("C4", "inbound", "source = PAID_SEARCH"),
    ]
    assert hubspot.reasons("leads") == {"deleted": 1, "merged_contact": 1}
    assert hubspot.manifest.findings["channel_unknown"] == 1


def test_hubspot_deals_belong_to_the_contact_that_came_first(hubspot):
    deals = "select opportunity_id, lead_id, stage, outcome, closed_on::varchar, expected_close_on::varchar, amount::double"
    assert hubspot.rows(f"{deals} from snapshot.fact_opportunities order by 1") == [
        ("D1", "C4", "Signed", "won", "2025-03-01", "2025-03-01", 1000),
        ("D2", "C1", "No deal", "lost", "2025-03-02", "2025-03-02", 500),
        ("D3", "C1", "Talks", "open", None, "2025-12-31", 700),
        ("D5", None, "Signed", "won", "2025-03-01", "2025-03-01", 900),
    ]
    assert hubspot.reasons("opportunities") == {"deleted": 1, "merged_deal": 1}


def test_hubspot_calls_and_meetings_hang_on_contacts_by_the_association_table(hubspot):
    calls = "select call_id, lead_id, direction, talk_seconds, disposition, is_conversation from snapshot.fact_calls order by 1"
    assert hubspot.rows(calls) == [
        ("K1", "C1", "outbound", 93.5, "connected_no_result", True),
        ("K2", "C1", "outbound", 20.0, "voicemail", False),
        ("K3", None, "inbound", None, "unmapped", False),
    ]
    meetings = "select meeting_id, lead_id, held_on::varchar, status from snapshot.fact_meetings order by 1"
    assert hubspot.rows(meetings) == [("M1", "C4", "2025-01-10", "held"), ("M2", "C4", None, "no_show")]


def test_hubspot_stage_history_is_told_once(hubspot):
    # the stage comes from deal_stage, amount and expected close from the property history: 1743465600000 ms = 2025-04-01
    changes = "select changed_on::varchar, stage, amount::double, expected_close_on::varchar from snapshot.fact_opportunity_changes"
    assert hubspot.rows(f"{changes} order by 1, 2") == [
        ("2025-02-01", "Talks", None, None),
        ("2025-02-02", None, 800, None),
        ("2025-02-03", None, None, "2025-04-01"),
        ("2025-03-01", "Signed", None, None),
    ]
    assert hubspot.reasons("opportunity_changes") == {"another_property": 1, "stage_is_in_deal_stage": 1}


def test_hubspot_says_what_it_left_aside_and_where_it_may_mislead(hubspot):
    findings = dict(hubspot.rows("select code, min(title) from snapshot.findings group by 1"))
    assert {
        "hubspot_dispositions_are_guids",
        "hubspot_merged_contacts",
        "hubspot_duration_in_milliseconds",
    } <= set(findings)
    assert "hubspot_no_original_source" not in findings
    left = dict(hubspot.rows("select file, title from snapshot.findings where code = 'file_not_read'"))
    assert left == {"team.csv": "Not read: team.csv: hubspot/team/connector: no figure needs it"}
    assert findings["join_finds_several"].startswith("1 rows find several answers in deal_contact.csv")


def test_the_mapping_beside_the_snapshot_loads_the_same_again(hubspot, tmp_path):
    folder = hubspot.home.path.parent
    rules = parse_mapping(hubspot.mapping.encode(), Path("mapping.toml"))
    assert rules.digest == hubspot.manifest.mapping_digest
    assert plan(folder).text == hubspot.mapping
    assert "# Note: Call outcomes are GUIDs." in hubspot.mapping


LEADS_18 = (
    "Id,IsDeleted,LastName,Company,LeadSource,Status,OwnerId,IsConverted,ConvertedDate,ConvertedAccountId,ConvertedContactId,"
    "ConvertedOpportunityId,CreatedDate,Phone\n"
    "00Q1G00000nDnM5UAK,false,A,X,Web,Converted,o,true,2025-02-01,001A,0031G00001QtDPlQAN,0061G00000N31HAQAZ,"
    "2025-01-01T10:00:00.000Z,\n"
    "00Q1G00000nDnM6UAK,false,B,Y,Purchased List,Open,o,false,,,,,2025-01-02T10:00:00.000Z,\n"
    "00Q1G00000nDnM7UAK,false,C,Z,Our own word,Open,o,false,,,,,2025-01-02T10:00:00.000Z,\n"
    "00Q1G00000nDnM8UAK,true,D,Z,Web,Open,o,false,,,,,2025-01-02T10:00:00.000Z,\n"
)


def test_salesforce_calls_on_the_contact_and_the_opportunity_belong_to_the_converted_lead(tmp_path):
    end = loaded(
        tmp_path,
        Lead=LEADS_18,
        Opportunity=(
            "ID,ISDELETED,ACCOUNTID,NAME,STAGENAME,AMOUNT,CLOSEDATE,LEADSOURCE,ISCLOSED,ISWON,OWNERID,CREATEDDATE,FORECASTCATEGORY\n"
            "0061G00000N31HAQAZ,false,001A,n,Closed Won,5000,2025-03-01,Partner,true,true,o,2025-02-01T10:00:00.000Z,Closed\n"
            "0061G00000N99HAQAZ,false,001A,n,Talks,900,2025-09-01,Web,false,false,o,2025-02-02T10:00:00.000Z,Pipeline\n"
        ),
        OpportunityHistory=(
            "Id,OpportunityId,CreatedById,CreatedDate,StageName,Amount,ExpectedRevenue,CloseDate,Probability,ForecastCategory,SystemModstamp,IsDeleted\n"
            "008A,0061G00000N31HA,u,2025-02-10T10:00:00.000Z,Talks,4000,1,2025-04-01,10,Pipeline,,false\n"
        ),
        Task=(
            "Id,WhoId,WhatId,Subject,ActivityDate,Status,OwnerId,Type,IsDeleted,IsClosed,CreatedDate,CallDurationInSeconds,CallType,CallDisposition,TaskSubtype\n"
            "T1,0031G00001QtDPlQAN,,s,2025-02-03,Completed,r1,,false,true,2025-02-03T10:00:00.000Z,120,Outbound,Connected,Call\n"
            "T2,00Q1G00000nDnM6,,s,2025-02-03,Completed,r1,Call,false,true,2025-02-03T11:00:00.000Z,,,,Task\n"
            "T3,00Q1G00000nDnM6UAK,,s,2025-02-03,Completed,r1,Email,false,true,2025-02-03T11:00:00.000Z,,,,Email\n"
            "T4,00Q1G00000nDnM6UAK,,s,2025-02-03,Completed,r1,,false,true,2025-02-03T11:00:00.000Z,5,Internal,,Call\n"
            "T5,00Q1G00000nDnM6UAK,,s,2025-02-03,Not Started,r1,Call,false,false,2025-02-03T11:00:00.000Z,,,,Call\n"
        ),
        Event=(
            "Id,WhoId,WhatId,Subject,StartDateTime,EndDateTime,ActivityDateTime,OwnerId,Type,IsDeleted,IsChild,IsGroupEvent,CreatedDate,EventSubtype\n"
            "E1,0031G00001QtDPlQAN,,s,2025-02-05T10:00:00.000Z,,,r1,Meeting,false,false,false,2025-02-04T10:00:00.000Z,Event\n"
            "E2,0031G00001QtDPlQAN,,s,2025-02-05T10:00:00.000Z,,,r1,Meeting,false,true,true,2025-02-04T10:00:00.000Z,Event\n"
        ),
    )  # fmt: skip
    assert end.rows("select lead_id, channel, channel_rule from snapshot.fact_leads order by 1") == [
        ("00Q1G00000nDnM5", "inbound", "lead source is inbound"),
        ("00Q1G00000nDnM6", "outbound", "lead source is a list"),
        ("00Q1G00000nDnM7", "unknown", "no rule fits"),
    ]
    opportunities = (
        "select opportunity_id, lead_id, outcome, closed_on::varchar from snapshot.fact_opportunities"
    )
    # the second was not made by a conversion: it is a deal, and nobody knows of which lead
    assert end.rows(f"{opportunities} order by 1") == [
        ("0061G00000N31HA", "00Q1G00000nDnM5", "won", "2025-03-01"),
        ("0061G00000N99HA", None, "open", None),
    ]
    # what the lead says of its source stands; that the opportunity says something else is told
    assert end.rows("select found from snapshot.findings where code = 'source_conflict'") == [
        ("Partner (lead: Web)",)
    ]
    assert end.rows(
        "select opportunity_id, stage, amount::double from snapshot.fact_opportunity_changes"
    ) == [("0061G00000N31HA", "Talks", 4000)]
    assert end.rows("select call_id, lead_id, talk_seconds from snapshot.fact_calls order by 1") == [
        ("T1", "00Q1G00000nDnM5", 120),
        ("T2", "00Q1G00000nDnM6", None),
    ]
    assert end.reasons("calls") == {"internal_call": 1, "not_a_call": 1, "not_done": 1}
    assert end.rows("select meeting_id, lead_id, held_on from snapshot.fact_meetings") == [
        ("E1", "00Q1G00000nDnM5", None)
    ]
    assert end.reasons("meetings") == {"copy_for_an_attendee": 1}


@pytest.mark.parametrize(("rows", "suspected"), [(2000, True), (1999, False)])
def test_a_salesforce_report_of_exactly_2000_rows_is_suspected_to_be_cut_off(tmp_path, rows, suspected):
    leads = "".join(f"00Q{number:012d},2025-01-01,Web,Open,Acme\n" for number in range(rows))
    end = loaded(tmp_path, report="Lead ID,Create Date,Lead Source,Lead Status,Company / Account\n" + leads)
    assert end.used() == {"leads": rows}
    assert end.manifest.findings.get("export_limit_suspected", 0) == suspected
    if suspected:
        assert end.rows(
            "select file, found from snapshot.findings where code = 'export_limit_suspected'"
        ) == [("report.csv", "2000 rows")]


# --- telephony: by header and one row each ----------------------------------------------------------

NUMBERED = "lead_id,created_at,channel,phone\n"
TELEPHONE: dict[str, tuple[str, list[dict[str, str]], list[tuple[Any, ...]]]] = {
    "aircall csv": (
        ("line,datetime (utc),direction,from,to,answered,missed_call_reason,user,duration (total),duration (in call),voicemail,"
        "team,call direction - type,call end time,aircall number,customer number,call id,call type,waiting time,time to answer"),
        [
            {"call id": "1", "direction": "outbound", "answered": "Yes", "duration (in call)": "61", "customer number": "4930111"},
            {"call id": "2", "direction": "inbound", "answered": "Yes", "duration (in call)": "62", "waiting time": "7"},
            {"call id": "3", "direction": "inbound", "answered": "No", "missed_call_reason": "abandoned_in_ivr"},
            {"call id": "4", "direction": "outbound", "answered": "Yes", "voicemail": "https://x"},
            {"call id": "5", "direction": "outbound", "call type": "internal"},
        ],
        [
            ("1", "outbound", "2025-02-01 09:00:00", 61, "answered by a person or a machine", "used"),
            ("2", "inbound", "2025-02-01 09:00:00", 62, "connected_no_result", "used"),
            ("3", "inbound", "2025-02-01 09:00:00", None, "unreachable", "used"),
            ("4", "outbound", "2025-02-01 09:00:00", None, "voicemail", "used"),
            ("5", "outbound", "2025-02-01 09:00:00", None, None, "internal_call"),
        ],
    ),
    "aircall api": (
        ("id,country_code_a2,pricing_type,direct_link,direction,status,missed_call_reason,started_at,answered_at,ended_at,duration,"
        "voicemail,recording,asset,raw_digits,user,contact"),
        [
            {"id": "1", "direction": "inbound", "started_at": "1738400400", "answered_at": "1738400410"}
            | {"ended_at": "1738400470", "duration": "70"}
        ],
        # 70 s from ringing to the end, 60 s of talk
        [("1", "inbound", "2025-02-01 09:00:00", 60, "connected_no_result", "used")],
    ),
    "five9": (
        "CALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,AGENT,DISPOSITION,ANI,DNIS,SESSION ID",
        [
            {"CALL ID": "1", "CALL TYPE": "Manual", "DISPOSITION": "Consult Set"},
            {"CALL ID": "2", "CALL TYPE": "Inbound", "DISPOSITION": "Caller Disconnected"},
        ],
        [
            ("1", "outbound", "2025-02-01 09:00:00", None, "meeting_booked", "used"),
            ("2", "inbound", "2025-02-01 09:00:00", None, "Caller Disconnected", "used"),
        ],
    ),
    "twilio": (
        "sid,date_created,parent_call_sid,account_sid,to,from,phone_number_sid,status,start_time,end_time,duration,direction,answered_by,queue_time",
        [
            {"sid": "1", "status": "completed", "direction": "outbound-api", "duration": "30", "answered_by": "human"},
            {"sid": "2", "status": "completed", "direction": "outbound-dial", "duration": "30", "parent_call_sid": "1"},
            {"sid": "3", "status": "no-answer", "direction": "outbound-dial", "duration": "0"},
            {"sid": "4", "status": "completed", "direction": "outbound-dial", "duration": "9", "answered_by": "machine_end_beep"},
        ],
        [
            ("1", "outbound", "2025-02-01 09:00:00", 30, "connected_no_result", "used"),
            ("2", "outbound", "2025-02-01 09:00:00", 30, "answered by a person or a machine", "other_leg"),
            ("3", "outbound", "2025-02-01 09:00:00", 0, "unreachable", "used"),
            ("4", "outbound", "2025-02-01 09:00:00", 9, "voicemail", "used"),
        ],
    ),
    "ringcentral": (
        "uri,id,sessionId,startTime,duration,type,direction,action,result,reason,reasonDescription,to,from,extension",
        [
            {"id": "1", "sessionId": "s", "duration": "5", "type": "Voice", "direction": "Inbound", "result": "Missed"},
            {"id": "2", "sessionId": "s", "duration": "50", "type": "Voice", "direction": "Inbound", "result": "Accepted"},
            {"id": "3", "sessionId": "t", "duration": "1", "type": "Fax", "direction": "Inbound", "result": "Accepted"},
        ],
        [
            ("1", "inbound", "2025-02-01 09:00:00", 5, "unreachable", "other_leg"),
            ("2", "inbound", "2025-02-01 09:00:00", 50, "connected_no_result", "used"),
            ("3", "inbound", "2025-02-01 09:00:00", 1, "connected_no_result", "not_a_call"),
        ],
    ),
    "dialpad": (
        ("call_id,contact,date_connected,date_ended,date_started,direction,duration,entry_point_call_id,external_number,internal_number,"
        "is_transferred,master_call_id,operator_call_id,state,target,total_duration"),
        [
            {"call_id": "1", "direction": "inbound", "duration": "90500", "state": "hangup"}
            | {"date_started": "1738400400000", "date_connected": "1738400401000"},
            {"call_id": "2", "direction": "inbound", "duration": "200", "state": "missed"}
            | {"date_started": "1738400400000", "master_call_id": "1"},
        ],
        # leg 2 names its master 1; the master names nobody and stands for itself: the longer of the two is the call
        [
            ("1", "inbound", "2025-02-01 09:00:00", 90.5, "hangup", "used"),
            ("2", "inbound", "2025-02-01 09:00:00", 0.2, "unreachable", "other_leg"),
        ],
    ),
    "callrail": (
        ("answered,business_phone_number,customer_phone_number,direction,duration,id,start_time,tracking_phone_number,voicemail,call_type,"
        "lead_status,source,value,agent_email"),
        [
            {"id": "1", "answered": "true", "voicemail": "false", "direction": "inbound", "duration": "44"},
            {"id": "2", "answered": "false", "voicemail": "true", "direction": "inbound", "duration": "4"},
        ],
        [
            ("1", "inbound", "2025-02-01 09:00:00", 44, "connected_no_result", "used"),
            ("2", "inbound", "2025-02-01 09:00:00", 4, "voicemail", "used"),
        ],
    ),
    "talkdesk": (
        ("Interaction ID,Call Type,Start Time,End Time,Talkdesk Phone Number,Customer Phone Number,Talk Time,Record,Wait Time,"
        "User ID,Agent Name,Disposition Code"),
        [
            {"Interaction ID": "1", "Call Type": "outbound", "Talk Time": "00:01:05", "Disposition Code": "Follow up"},
            {"Interaction ID": "2", "Call Type": "missed", "Talk Time": "00:00:00"},
        ],
        [
            ("1", "outbound", "2025-02-01 09:00:00", 65, "Follow up", "used"),
            ("2", "inbound", "2025-02-01 09:00:00", 0, "unreachable", "used"),
        ],
    ),
}  # fmt: skip
CLOCKS = {"datetime (utc)", "TIMESTAMP", "start_time", "startTime", "Start Time"}


@pytest.mark.parametrize("case", TELEPHONE)
def test_a_call_log_says_direction_time_length_and_outcome(tmp_path, case):
    header, rows, expected = TELEPHONE[case]
    columns = header.split(",")
    with (tmp_path / "calls.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(
            [{name: "2025-02-01 09:00:00" for name in columns if name in CLOCKS} | row for row in rows]
        )
    told(tmp_path, leads=NUMBERED + "L1,2025-01-01,inbound,+4930111\n")
    rules = plan(tmp_path).demand()
    with duckdb.connect() as con:
        stage(con, tmp_path, rules, None, lambda _: None, tmp_path / "work", read_here)
        found = con.sql(
            "select call_id, direction, started_at::varchar, talk_seconds, outcome_code, "
            "case when fate = 'used' then fate else reason end from staged_calls order by call_id"
        ).fetchall()
    assert found == expected


def test_aircall_calls_find_the_leads_of_a_hubspot_export_and_the_trap_is_told(tmp_path):
    end = loaded(
        tmp_path,
        contacts=(
            "Record ID,First Name,Phone Number,Lead Status,Lifecycle Stage,Original Source,Create Date,Associated Company IDs\n"
            "1,A,+49 30 1110001,NEW,lead,Organic Search,2025-01-01 09:14,77\n"
            "2,B,+49 30 1110002,NEW,lead,Offline Sources,2025-01-02 09:14,\n"
        ),
        aircall=(
            "call id,direction,datetime (utc),answered,voicemail,missed_call_reason,user,duration (in call),customer number,waiting time\n"
            "K1,outbound,2025-02-01 09:00:00.083,Yes,,,u,61,49301110001,\nK2,inbound,2025-02-02 09:00:00.083,Yes,,,u,10,49301110002,3\n"
            "K3,inbound,2025-02-02 09:00:00.083,Yes,,,u,10,49301119999,3\n"
        ),
    )
    assert end.rows("select call_id, lead_id, disposition from snapshot.fact_calls order by 1") == [
        ("K1", "1", "unmapped"),
        ("K2", "2", "connected_no_result"),
        ("K3", None, "connected_no_result"),
    ]
    said = dict(end.rows("select code, title from snapshot.findings where file = 'aircall.csv'"))
    assert "includes voicemail that picked up" in said["aircall_outbound_answered"]
    assert end.rows("select channel, source from snapshot.fact_leads order by lead_id") == [
        ("inbound", "Organic Search"),
        ("unknown", "Offline Sources"),
    ]


# --- asked, not guessed ----------------------------------------------------------------------------

TWIN = (
    "engagement_id,_fivetran_deleted,_fivetran_synced,property_hs_createdate,property_hs_timestamp,type\n"
    "K1,false,,,2025-01-05 10:00:00,\n"
)


def refused(folder: Path, **files: str) -> str:
    with pytest.raises(InputRefused) as error:
        loaded(folder, **files)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_table_that_fits_two_is_asked_and_the_answer_in_the_mapping_is_taken(tmp_path):
    said = refused(tmp_path, contact=CONTACTS, activities=TWIN)
    assert said.startswith(
        "activities.csv: which table is it, hubspot/engagement_call/connector or hubspot/engagement_communication"
    )
    assert (
        'Answer in mapping.toml under [answers]: "activities.csv" = "hubspot/engagement_call/connector" or'
        in said
    )
    answer = '# we asked the vendor\n[answers]\n"activities.csv" = "hubspot/engagement_call/connector"   # they are calls\n'
    end = loaded(tmp_path, answer)
    assert end.used() == {"leads": 3, "calls": 1}
    assert "# they are calls" in end.mapping
    aside = loaded(tmp_path, '[answers]\n"activities.csv" = "not read"\n')
    assert aside.used() == {"leads": 3}


def test_leads_of_two_systems_are_asked(tmp_path):
    said = refused(tmp_path, contact=CONTACTS, Lead=LEADS_18)
    assert "Lead.csv (salesforce)" in said and "contact.csv (hubspot)" in said and "both hold leads" in said
    end = loaded(tmp_path, '[answers]\n"Lead.csv" = "not read"\n')
    assert end.used() == {"leads": 3}


def test_two_files_of_a_table_that_is_joined_are_asked(tmp_path):
    said = refused(
        tmp_path, contact=CONTACTS, deal=DEALS, deal_contact=DEAL_CONTACTS, deal_contact_old=DEAL_CONTACTS
    )
    assert (
        "deal_contact.csv and deal_contact_old.csv are both hubspot/deal_contact" in said
        and '"not read"' in said
    )


def test_a_required_column_that_nothing_fills_is_refused_with_the_remedy(tmp_path):
    said = refused(tmp_path, contact=CONTACTS, deal=DEALS)
    assert "deal.csv, line 1: required column 'lead_id' is missing" in said
    assert "Give the table deal_contact in the same folder" in said


def test_a_column_that_is_near_is_suggested_and_not_taken(tmp_path):
    contacts = "Record ID,Creation Date,Lead Status,Lifecycle Stage,Original Source\n1,2025-01-01,NEW,lead,Organic Search\n"
    said = refused(tmp_path, contacts=contacts)
    assert "required column 'created_at'" in said and "did you mean 'Creation Date'?" in said


def test_an_answer_that_names_no_preset_is_refused(tmp_path):
    (tmp_path / "mapping.toml").write_text('[answers]\n"x.csv" = "hubspot/calls"\n')
    assert 'answers."x.csv" = "hubspot/calls" names no preset' in refused(tmp_path, contact=CONTACTS)


def test_a_folder_of_our_own_columns_is_loaded_as_before(tmp_path):
    end = loaded(tmp_path, leads="lead_id,created_at,channel\nL1,2025-01-01,inbound\n")
    assert end.manifest.mapping == "own columns" and end.manifest.findings == {}


def test_a_column_name_cannot_break_out_of_the_mapping(tmp_path):
    name = '"evil\x07\n[policy]\ncurrency = ""EUR"""'
    contacts = (
        f"Record ID,Create Date,Original Source,Lifecycle Stage,{name}\n1,2025-01-01,Organic Search,lead,x\n"
    )
    end = loaded(tmp_path, contacts=contacts)
    rules = parse_mapping(end.mapping.encode(), Path("m.toml"))
    assert rules.policy.currency is None
    assert rules.source[0].ignore == ["Lifecycle Stage", 'evil\x07\n[policy]\ncurrency = "EUR"']
