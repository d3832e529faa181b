"""Each KPI has exactly one home page, and the places are those of the specification (experience.md, section 3)."""

from __future__ import annotations

from collections import Counter

import pytest

from leadquality.catalogue import load_kpis
from leadquality.catalogue.vocabulary import PAGES, PLACES

KPIS = load_kpis()

# Typed from experience.md, 3.1 to 3.10. What a page only quotes has its home elsewhere.
SPECIFIED = {
    "review, beside": "trend_by_segment judged_too_early_share",
    "compare, headline": "close_rate_at_equal_age revenue_per_lead_at_age same_kpi_distortion",
    "compare, beside": "volume_predictability efficiency",
    "compare, detail": "mixed_touch_share",
    "inbound, headline": "time_to_first_meeting early_stage_conversion call_to_opportunity_ratio lead_to_opportunity "
    "cost_per_qualified_conversation revenue_per_traffic_source",
    "inbound, beside": "time_to_first_response midfunnel_silent_failure time_wasted_midfunnel mql_to_sql_rate",
    "inbound, detail": "response_within_sla conversion_by_response_delay time_to_qualification entry_context_rate "
    "misrouted_inbound_rate overchase_effort_share initial_engagement_calibration discovery_duration",
    "outbound, headline": "long_term_close_rate average_contract_value deal_size_consistency opportunity_creation_rate "
    "pipeline_per_account_set",
    "outbound, beside": "opportunity_depth expansion_potential followups_per_conversion decision_maker_reach_rate",
    "outbound, detail": "icp_fit_rate account_research_coverage objection_handled_rate gatekeeper_block_rate "
    "interested_not_ready_yield nurture_dependency premature_dismissal_rate net_revenue_retention",
    "sources, beside": "disqualification_reasons message_offer_match",
    "qualification, headline": "qualification_rate sales_acceptance_rate context_completeness handoff_followthrough",
    "qualification, beside": "rep_consistency question_coverage definition_agreement disposition_taxonomy",
    "qualification, detail": "inquiry_to_sales_ready fit_intent_matrix fit_component_rates buying_signal_capture "
    "disposition_agreement feedback_loop_rate",
    "operations, headline": "callback_kept_rate capacity_vs_spike coverage_grid",
    "operations, diagnostic": "dial_volume connect_rate contact_rate",
    "operations, detail": "unreachable_vs_callback_split language_match_rate escalation_time selling_time_saved",
    "pipeline, headline": "forecast_stability stage_friction qoq_revenue_contribution",
    "pipeline, beside": "meeting_held_rate",
    "pipeline, diagnostic": "sales_cycle_length pipeline_velocity",
    "data, headline": "extract_integrity database_accuracy record_completeness crm_update_lag",
    "data, detail": "contact_validation_rate",
    "definitions, beside": "definition_change_log",
}

# Rows of features.md that kpis.json has no entry for, and figures that a call centre asks for.
BEYOND = {
    "compare, detail": "channel_interplay",  # B30, X25
    "inbound, detail": "entry_stage inbound_answer_rate",  # A18
    "outbound, detail": "enablement_content_use leads_needed_for_target",  # B25, B20
    "operations, detail": "inbound_abandonment conversion_by_attempt",  # A21, B27 (X17)
    "pipeline, detail": "stage_ladder target_attainment",  # A5, D19 to D21; F14
}

# statistics.md, rule 10, and the pitfalls of kpis.json: what is read beside what.
PAIRED = {
    "response_within_sla": "decision_maker_reach_rate",
    "time_to_first_response": "decision_maker_reach_rate",
    "qualification_rate": "sales_acceptance_rate",
    "question_coverage": "context_completeness",
    "sales_acceptance_rate": "handoff_followthrough",
    "early_stage_conversion": "midfunnel_silent_failure",
    "average_contract_value": "deal_size_consistency",
    "volume_predictability": "efficiency",
}


@pytest.mark.parametrize("home", SPECIFIED)
def test_every_place_holds_what_the_specification_puts_there(home):
    page, place = home.split(", ")
    found = {kpi_id for kpi_id, kpi in KPIS.items() if kpi.home == (page, place)}
    assert found - set(BEYOND.get(home, "").split()) == set(SPECIFIED[home].split())


@pytest.mark.parametrize("home", BEYOND)
def test_what_the_features_ask_for_beyond_has_its_place(home):
    for kpi_id in BEYOND[home].split():
        assert KPIS[kpi_id].home == tuple(home.split(", "))


def test_each_of_the_81_has_exactly_one_home():
    named = " ".join(SPECIFIED.values()).split()
    assert len(named) == len(set(named)) == 81
    assert {*named, *" ".join(BEYOND.values()).split()} == KPIS.keys()


def test_a_page_has_at_most_six_headline_kpis():
    headlines = Counter(kpi.home[0] for kpi in KPIS.values() if kpi.home[1] == "headline")
    assert max(headlines.values()) == 6


def test_the_headlines_of_a_channel_may_judge_it():
    for channel in ("inbound", "outbound"):
        headlines = [kpi for kpi in KPIS.values() if kpi.home == (channel, "headline")]
        assert {kpi.headline for kpi in headlines} == {channel}


def test_no_page_and_no_place_is_named_for_nothing():
    assert {kpi.home[0] for kpi in KPIS.values()} == set(PAGES)
    # a report is drawn beside the KPIs (queries/reports) and is none of them
    assert {kpi.home[1] for kpi in KPIS.values()} == set(PLACES) - {"report"}


@pytest.mark.parametrize("kpi_id", PAIRED)
def test_a_kpi_is_read_beside_its_counter(kpi_id):
    assert KPIS[kpi_id].counter == PAIRED[kpi_id]


def test_every_headline_of_inbound_has_a_counter():
    # experience.md 3.3: "the 6 headline KPIs, 3 x 2, each with its counter-KPI"
    headlines = [kpi for kpi in KPIS.values() if kpi.home == ("inbound", "headline")]
    assert [kpi.kpi_id for kpi in headlines if not kpi.counter] == []
