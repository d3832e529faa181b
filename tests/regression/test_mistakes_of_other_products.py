"""Mistakes seen in other products (P1 to P21 of the feature specification): the input, and the right answer.

The cases that are not here yet are listed as open in docs/traceability.md.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest

from leadquality.catalogue import CatalogueError, load_extracts, load_kpi
from leadquality.catalogue.kpis import load_kpis
from leadquality.cli import main
from leadquality.contracts import ROOT


def test_p1_unknown_and_blank_sources_keep_a_row_of_their_own(loaded):
    ask, _ = loaded(
        mapping='values.source = { unknown = ["Missing source_type"] }\n',
        leads="lead_id,created_at,source\nL1,2026-01-01,\nL2,2026-01-01,Missing source_type\n"
        "L3,2026-01-01,Other\nL4,2026-01-01,Web Direct\n",
    )
    rows = ask("select source, count(*) from snapshot.fact_leads group by all order by 1")
    assert rows == [("(blank)", 1), ("Other", 1), ("Web Direct", 1), ("unknown", 1)]


def test_p2_outcomes_stay_apart(loaded):
    ask, manifest = loaded(
        settings="[dispositions]\n"
        'gatekeeper_block = ["Automated Switchboard", "Main Company Line - Can\'t Transfer Line"]\n'
        'wrong_contact = ["Incorrect Contact: Not Answered/Other"]\nunreachable = ["Call - No Answer"]\n',
        leads="lead_id,created_at\nL1,2026-01-01\n",
        calls="call_id,started_at,lead_id,outcome_code\nC1,2026-01-02,L1,\nC2,2026-01-02,L1,Automated Switchboard\n"
        "C3,2026-01-02,L1,Main Company Line - Can't Transfer Line\n"
        "C4,2026-01-02,L1,Incorrect Contact: Not Answered/Other\nC5,2026-01-02,L1,Call - No Answer\n",
    )
    rows = ask("select disposition, count(*) from snapshot.fact_calls group by all order by 1")
    assert rows == [("gatekeeper_block", 2), ("unmapped", 1), ("unreachable", 1), ("wrong_contact", 1)]
    assert manifest.findings["unmapped_dispositions"] == 1


def test_p5_a_cohort_counts_its_own_opportunities_only(story):
    # 100 leads of March give 12 opportunities in March; 18 more come from leads of January
    world = story("2026-03-31")
    earlier = world.leads(50, "inbound", "2026-01-10")
    march = world.leads(100, "inbound", "2026-03-02")
    for lead in earlier[:18] + march[:12]:
        world.opportunity(lead, "2026-03-20")
    row = world.row("lead_to_opportunity", from_on="2026-03-01", to_on="2026-03-31", horizon=20)
    assert (row["numerator"], row["denominator"], row["n_old_enough"]) == (12, 100, 100)
    assert row["estimate"] == pytest.approx(0.12, abs=1e-12)


def test_p8_no_won_deal_is_no_size_and_not_0(story):
    world = story("2026-03-31")
    world.leads(100, "outbound", "2026-01-01")
    for kpi in ("average_contract_value", "deal_size_consistency"):
        assert [
            row["estimate"] for row in world.run(kpi).rows.to_dicts() if row["estimate"] is not None
        ] == []


def test_p10_open_deals_are_neither_lost_nor_left_out(story):
    # ten times the case: 100 outbound leads of one day, 40 lost by day 30, 30 won between day 120 and 150, 30 open
    start = date(2026, 1, 1)

    def world(as_of: date):
        told = story(as_of)
        leads = told.leads(100, "outbound", start)
        for lead in leads[:40]:
            told.lost(lead, start + timedelta(days=30))
        for place, lead in enumerate(leads[40:70]):
            told.won(lead, start + timedelta(days=120 + place))
        return told

    early = world(start + timedelta(days=60)).row("close_rate_at_equal_age", "outbound", age_days=180)
    assert (early["estimate"], early["n_old_enough"], early["status"]) == (None, 0, "too_early")
    assert early["judge_on"] == start + timedelta(days=180)
    late = world(start + timedelta(days=200)).row("close_rate_at_equal_age", "outbound", age_days=180)
    assert [late["estimate"], late["lost_share"], late["open_share"]] == pytest.approx(
        [0.3, 0.4, 0.3], abs=1e-12
    )


def test_p14a_outcomes_that_nobody_mapped_are_not_contacts(loaded):
    ask, manifest = loaded(
        leads="lead_id,created_at\nL1,2026-01-01\n",
        calls="call_id,started_at,lead_id,outcome_code\nC1,2026-01-02,L1,no_answer\nC2,2026-01-02,L1,xyz\nC3,2026-01-02,L1,\n",
    )
    assert ask("select count(*) from snapshot.fact_calls where is_conversation") == [(0,)]
    assert manifest.findings["unmapped_dispositions"] == 2


def test_p14b_a_bad_date_is_counted_with_its_line(loaded):
    rows = "".join(f"C{number},2026-02-0{number},L1\n" for number in (1, 2, 3))
    ask, manifest = loaded(
        leads="lead_id,created_at\nL1,2026-01-01\n",
        calls=f"call_id,started_at,lead_id\n{rows}C4,31/02/2026,L1\n",
    )
    account = manifest.tables["calls"]
    assert (account["read"], account["used"], account["rejected"]) == (4, 3, 1)
    assert ask("select line, reason, field, found from snapshot.left_out_rows") == [
        (5, "BAD_DATE", "started_at", "31/02/2026")
    ]


def test_p14c_calls_without_a_lead_make_no_lead(loaded):
    ask, manifest = loaded(
        leads="lead_id,created_at\nL1,2026-01-01\n",
        calls="call_id,started_at,lead_id\nC1,2026-01-02,\nC2,2026-01-02,\nC3,2026-01-02,\n",
    )
    assert ask("select count(*) from snapshot.fact_leads") == [(1,)]
    assert manifest.findings["orphan_calls"] == 3


def test_p14f_no_personal_trait_is_kept_or_guessed():
    traits = {"gender", "first_name", "last_name", "contact_name", "phone", "email", "age", "notes"}
    read = {column for extract in load_extracts().values() for column in extract.columns}
    # two are read for checks alone (numbers that a spreadsheet damaged, what must not stand in free text) and end there
    assert read & traits == {"phone", "notes"}
    kept = {path.stem: path.read_text("utf-8") for path in (ROOT / "queries" / "facts").glob("*.sql")}
    assert len(kept) > 10
    assert not [
        name for name, text in kept.items() if traits & set(re.findall(r"\w+", text.lower())) - {"age"}
    ]


def test_p15b_one_lead_with_three_events_is_one_lead(story):
    world = story("2026-12-31")
    for lead in world.leads(100, "inbound", "2026-01-01"):
        for day in ("2026-01-05", "2026-01-06", "2026-01-07"):
            world.meeting(lead, day)
    row = world.row("early_stage_conversion")
    assert (row["numerator"], row["denominator"], row["estimate"]) == (100, 100, 1.0)


def test_p15c_each_channel_has_its_own_denominator(story):
    # ten times the case: 100 inbound leads give 10 opportunities, 50 outbound ones give 20
    world = story("2026-12-31")
    for channel, count, opportunities in (("inbound", 100, 10), ("outbound", 50, 20)):
        for lead in world.leads(count, channel, "2026-01-01")[:opportunities]:
            world.opportunity(lead, "2026-01-20")
    rows = {
        row["channel"]: (row["numerator"], row["denominator"])
        for row in world.run("lead_to_opportunity").rows.to_dicts()
    }
    assert rows == {"inbound": (10, 100), "outbound": (20, 50)}


def test_p15e_a_duplicate_pair_is_listed(loaded):
    leads = "".join(f"L{number},2026-01-01,C{number}\n" for number in range(999))
    ask, manifest = loaded(leads=f"lead_id,created_at,contact_id\n{leads}L999,2026-01-01,C5\n")
    assert manifest.findings["same_contact_leads"] >= 1
    assert ask("select count(*) from snapshot.fact_leads") == [
        (1000,)
    ]  # reported, not merged without being told to


def test_p15f_a_name_that_stands_twice_is_refused_with_its_place(tmp_path):
    path = tmp_path / "twice.sql"
    text = load_kpis()["early_stage_conversion"].sql
    path.write_text(text.replace("-- stage:", "-- title:     Another name\n-- stage:", 1), "utf-8")
    with pytest.raises(CatalogueError, match=r"twice\.sql:2: 'title' stands twice"):
        load_kpi(path)


def test_p17b_leads_that_are_too_young_do_not_dilute(story):
    as_of = date(2026, 12, 31)
    world = story(as_of)
    for lead in world.leads(100, "inbound", as_of - timedelta(days=400))[:20]:
        world.won(lead, as_of - timedelta(days=400 - 60))
    world.leads(100, "inbound", as_of - timedelta(days=5))
    row = world.row("close_rate_at_equal_age", age_days=90)
    assert row["estimate"] == pytest.approx(0.2, abs=1e-12)
    assert (row["n_old_enough"], row["denominator"] - row["n_old_enough"]) == (100, 100)
    assert row["low"] < 0.2 < row["high"]


def test_p18_a_window_that_has_not_closed_is_too_early_and_says_when(story):
    world = story("2026-03-04")
    world.leads(50, "inbound", "2026-03-01")
    row = world.row("early_stage_conversion", horizon=14)
    assert (row["estimate"], row["n_old_enough"], row["status"]) == (None, 0, "too_early")
    assert row["judge_on"] == date(2026, 3, 15)


def test_p19a_the_same_extract_gives_the_same_bytes(loaded, tmp_path, capsys):
    leads = "".join(f"L{number},2026-01-01,inbound\n" for number in range(40))
    loaded(
        leads=f"lead_id,created_at,channel\n{leads}",
        opportunities="opportunity_id,lead_id,created_at\nO1,L1,2026-01-09\n",
    )
    answers = []
    for _ in range(2):
        assert main(["kpi", "lead_to_opportunity", "--home", str(tmp_path / "home"), "--json"]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]
    assert (
        json.loads(answers[0])["as_of"] == "2026-01-09"
    )  # the last event of the files, not the day of the run


def test_p19b_a_small_group_keeps_its_row(story):
    world = story("2026-12-31")
    world.leads(100, "inbound", "2026-01-01", source="large")
    world.leads(3, "inbound", "2026-01-01", source="small")
    rows = {
        row["slice"]: row for row in world.run("early_stage_conversion", slice_by="source").rows.to_dicts()
    }
    assert sum(row["denominator"] for row in rows.values()) == 103
    assert (rows["small"]["denominator"], rows["small"]["estimate"], rows["small"]["status"]) == (
        3,
        None,
        "too_few",
    )


def test_p20_a_key_that_stands_twice_changes_no_sum(loaded):
    ask, manifest = loaded(
        leads="lead_id,created_at\nL1,2026-01-01\n",
        opportunities="opportunity_id,lead_id,created_at,amount\nO1,L1,2026-01-02,100\nO1,L1,2026-01-02,100\n",
    )
    assert ask("select sum(amount)::integer from snapshot.fact_opportunities") == [(100,)]
    assert manifest.tables["opportunities"]["reasons"] == {"DUPLICATE_EXACT": 1}
