"""Mistakes of other products about calls: outcome codes of another campaign, labels of the telephone system (P12, P13)."""

from __future__ import annotations


def test_p12_a_code_means_a_sale_only_in_its_own_campaign(loaded):
    leads = "".join(f"L{number},2026-01-01,{'one' if number < 10 else 'two'}\n" for number in range(20))
    # XFER is a sale in campaign one, elsewhere a person who was put through: 20 of 100 and 30 of 100 calls
    calls = "".join(
        f"C{campaign}-{number},2026-01-02,L{10 * campaign + number % 10},"
        f"{'XFER' if number < (20, 30)[campaign] else 'no answer'}\n"
        for campaign in (0, 1)
        for number in range(100)
    )
    ask, _ = loaded(
        settings='[dispositions]\nconnected_no_result = ["xfer"]\n[campaign_dispositions.ONE]\nqualified = ["XFER"]\n',
        leads=f"lead_id,created_at,campaign_id\n{leads}",
        calls=f"call_id,started_at,lead_id,outcome_code\n{calls}",
    )
    shares = (
        "select campaign_id, count(*) filter (where disposition = 'qualified') / count(*) "
        "from snapshot.fact_calls inner join snapshot.fact_leads using (lead_id)"
    )
    assert ask(f"{shares} group by rollup (campaign_id) order by 1") == [
        ("one", 0.2),
        ("two", 0),
        (None, 0.1),
    ]
    # in the other campaign it is still what it is everywhere
    assert ask("select count(*) from snapshot.fact_calls where disposition = 'connected_no_result'") == [
        (30,)
    ]


def test_p12_the_campaign_of_the_call_goes_before_that_of_its_lead(loaded):
    ask, _ = loaded(
        settings='[campaign_dispositions.one]\nqualified = ["XFER"]\n',
        leads="lead_id,created_at,campaign_id\nL1,2026-01-01,one\nL2,2026-01-01,two\n",
        calls="call_id,started_at,lead_id,campaign,outcome_code\nC1,2026-01-02,L1,two,XFER\nC2,2026-01-02,L2,one,XFER\n"
        "C3,2026-01-02,,one,XFER\nC4,2026-01-02,L1,,XFER\n",
    )
    assert ask("select call_id, disposition from snapshot.fact_calls order by 1") == [
        ("C1", "unmapped"),
        ("C2", "qualified"),
        ("C3", "qualified"),
        ("C4", "qualified"),
    ]


def test_p12_a_code_that_only_one_campaign_knows_stays_unmapped_elsewhere(loaded):
    ask, manifest = loaded(
        settings='[campaign_dispositions."Spring fair v1.2"]\nqualified = ["XFER"]\n',
        leads="lead_id,created_at,campaign_id\nL1,2026-01-01,spring-fair v1.2\nL2,2026-01-01,\n",
        calls="call_id,started_at,lead_id,outcome_code\nC1,2026-01-02,L1,xfer\nC2,2026-01-02,L2,xfer\nC3,2026-01-02,,xfer\n",
    )
    assert ask("select call_id, disposition from snapshot.fact_calls order by 1") == [
        ("C1", "qualified"),
        ("C2", "unmapped"),
        ("C3", "unmapped"),
    ]
    assert manifest.findings["unmapped_dispositions"] == 2


def test_p13_legs_are_one_conversation_and_an_automatic_voice_is_none(loaded):
    # Lead 1: answered by a person, transferred, and the second leg logged as inbound. Lead 2: an automatic voice for 12 seconds.
    ask, manifest = loaded(
        rules='[channel]\nrules = [{ id = "list", channel = "outbound", when = { source = ["list"] } }]\n',
        leads="lead_id,created_at,source\nL1,2026-01-01,list\nL2,2026-01-01,list\n",
        calls="call_id,started_at,lead_id,direction,answered_at,ended_at,talk_s,transferred,outcome_code\n"
        "A1,2026-01-05 10:00:00,L1,outbound,2026-01-05 10:00:09,2026-01-05 10:02:00,111,true,connected\n"
        "A2,2026-01-05 10:02:05,L1,inbound,2026-01-05 10:02:05,2026-01-05 10:09:05,420,false,connected\n"
        "B1,2026-01-05 11:00:00,L2,outbound,2026-01-05 11:00:09,2026-01-05 11:00:21,12,false,voicemail\n",
    )
    assert ask("select lead_id, channel from snapshot.fact_leads order by 1") == [
        ("L1", "outbound"),
        ("L2", "outbound"),
    ]
    assert ask(
        "select call_id, direction, is_conversation, talk_seconds from snapshot.fact_calls order by 1"
    ) == [("A1", "outbound", True, 531), ("B1", "outbound", False, 12)]
    account = manifest.tables["calls"]
    assert (account["read"], account["used"], account["reasons"]) == (3, 2, {"CALL_LEG": 1})
    assert ask("select line, found from snapshot.findings where code = 'legs_in_other_direction'") == [
        (3, "inbound")
    ]


def test_p13_only_what_follows_a_transfer_within_a_minute_is_a_leg(loaded):
    started = "2026-01-05 10:"
    ask, manifest = loaded(
        leads="lead_id,created_at\nL1,2026-01-01\nL2,2026-01-01\n",
        calls="call_id,started_at,lead_id,ended_at,talk_s,transferred,outcome_code\n"
        f"A1,{started}00:00,L1,{started}02:00,60,true,connected\n"
        f"A2,{started}03:00,L1,,60,true,connected\n"  # a minute after the end, and transferred once more
        f"A3,{started}05:00,L1,{started}06:00,60,,connected\n"  # a minute after the 60 seconds of talk
        f"A4,{started}06:30,L1,,60,,connected\n"  # soon, but nothing was transferred
        f"A5,{started}20:00,L1,{started}21:00,60,true,connected\n"
        f"A6,{started}22:01,L1,,60,,connected\n"  # a minute and a second later
        f"B1,{started}21:30,L2,,60,,connected\n"  # another lead
        f"O1,{started}00:00,,{started}02:00,60,true,connected\n"
        f"O2,{started}02:10,,,60,,connected\n",  # of no lead: nobody can say that it goes on
    )
    assert ask("select call_id from snapshot.fact_calls order by 1") == [
        ("A1",),
        ("A4",),
        ("A5",),
        ("A6",),
        ("B1",),
        ("O1",),
        ("O2",),
    ]
    assert ask("select talk_seconds, ended_at::varchar from snapshot.fact_calls where call_id = 'A1'") == [
        (180, "2026-01-05 10:06:00")
    ]
    assert "legs_in_other_direction" not in manifest.findings
