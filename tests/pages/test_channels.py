"""Inbound, Outbound and Sources: their findings, what a choice opens, and what each page says in each state."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from leadquality.statistics import gray
from leadquality.ui.choosing import clicked
from tests.pages.conftest import texts

INBOUND, OUTBOUND, SOURCES = (f"pages/channels/{name}.py" for name in ("inbound", "outbound", "sources"))
TITLES = {
    INBOUND: "46 of 100 inbound leads meet us within 30 days; paid_broad meets often and wins rarely",
    OUTBOUND: "92 of 1,000 outbound leads are won by 540 days; half of the deals lie between 28k and 50k",
    SOURCES: "4 sources to keep, 1 to fix, 4 too early",
}
QUESTIONS = {
    INBOUND: "Do inbound leads move early, and do the early movers last?",
    OUTBOUND: "Do targeted accounts become opportunities, and large, steady deals?",
    SOURCES: "Which sources to keep, fix or stop, and which are too young?",
}


def shown(test: AppTest) -> str:
    return texts(test).replace("\\", "")


def title(test: AppTest) -> str:
    return test.title[0].value.replace("\\", "")


def rows_of(test: AppTest, key: str) -> list[dict]:
    """The rows of the table whose first column is `key`."""
    return next(
        records
        for records in (frame.value.to_dict("records") for frame in test.dataframe)
        if records and next(iter(records[0])) == key
    )


@pytest.mark.slow
@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("page", TITLES)
def test_the_title_is_the_finding_in_the_frame_and_alone(serve, sample_home, page, alone):
    test = serve(sample_home, page, alone)
    assert not test.exception
    assert title(test) == TITLES[page]
    assert len(test.get("plotly_chart")) == (1 if page == INBOUND else 2)
    assert len(test.metric) == {INBOUND: 6, OUTBOUND: 6, SOURCES: 0}[page]


def test_inbound_says_what_its_cards_and_its_table_rest_on(serve, sample_home):
    test = serve(sample_home, INBOUND)
    said = shown(test)
    assert "Leads never answered stay in: 249 of 4,412." in said
    # the card of a KPI that lists sources shows all of them, not the first by name
    assert "EUR 1,392" in said
    lines = rows_of(test, "Source")
    assert [line["Source"] for line in lines][:3] == ["all inbound", "paid_broad", "organic"]
    assert lines[0]["Leads"] == sum(line["Leads"] for line in lines[1:]) == 4412


def test_a_source_opens_its_stages_and_its_rows(serve, sample_home):
    test = serve(sample_home, INBOUND)
    test.selectbox(key="chosen_slope").set_value("paid_broad")
    test.run()
    assert not test.exception
    assert [line["Stage"] for line in rows_of(test, "Stage")] == [
        "Met us by 30 days",
        "Became an opportunity by 45 days",
        "Won by 180 days",
        "Ended in silence, of those met or opened early by 180 days",
    ]
    assert "1,300 inbound leads, 715 of them counted." in shown(test)
    test.selectbox(key="stage_inbound").set_value("long_term_close_rate")
    test.run()
    assert "1,300 inbound leads, 20 of them counted." in shown(test)


def test_a_half_year_a_deal_and_an_account_set_open_their_rows(serve, sample_home):
    test = serve(sample_home, OUTBOUND)
    test.selectbox(key="chosen_cohorts").set_value("2025-H1")
    test.selectbox(key="chosen_sizes").set_value(
        test.selectbox(key="chosen_sizes").options[0].split("deal ")[1].split(",")[0]
    )
    test.selectbox(key="chosen_sets").set_value("list_1")
    test.run()
    assert not test.exception
    said = shown(test)
    assert "245 outbound leads" in said
    assert "513 outbound targeted accounts, 463 of them counted." in said
    assert rows_of(test, "opportunity id")[0]["acv"] == 95_300


def test_outbound_lists_sets_with_untouched_accounts_and_the_final_rate(serve, sample_home):
    test = serve(sample_home, OUTBOUND)
    assert ("◆ outbound", "92 and 101 of 1,000") in [(metric.label, metric.value) for metric in test.metric]
    lines = rows_of(test, "Account set")
    assert all(line["Accounts"] == line["Worked so far"] + line["Untouched"] for line in lines)
    assert lines[0]["Accounts"] == sum(line["Accounts"] for line in lines[1:])


def test_sources_says_keep_fix_or_too_early_with_its_reason(serve, sample_home):
    test = serve(sample_home, SOURCES)
    lines = {line["Source"]: line for line in rows_of(test, "Source")}
    assert (lines["paid_broad"]["Verdict"], lines["paid_broad"]["Bands"]) == ("fix", "A, C")
    assert lines["paid_broad"]["Reason"] == "below the others late, above them early"
    assert lines["referral"]["Verdict"] == "keep"
    assert lines["bought_list"]["Verdict"] == "too early, judge on 29 Mar 2027"
    said = shown(test)
    assert "partner_podcast: 4 of 12. Shrunken to 15 of 100" in said
    assert "Outbound: Too few sources to borrow strength from: ranges only." in said
    # planted: paid_broad is won far less often; partner_podcast has 12 leads
    assert "Inbound: if leads of all 5 sources were won alike at every age, curves this far apart" in said
    assert (
        "(Gray's test, p below 0.001; 4,400 leads, 287 won). Leads of one account are taken as unrelated"
        in said
    )
    assert "It names no source. Left out, with fewer than 30 leads: partner_podcast." in said
    assert "Outbound: if leads of all 3 sources were won alike at every age" in said


def test_sources_that_cannot_be_tested_are_said_to_be_so(serve, bare_home):
    said = shown(serve(bare_home, SOURCES, alone=True))
    # web: 24 of 120 won on day 91 and 60 lost on day 60; paid: 6 of 120 won and 30 lost
    ages = [91] * 24 + [60] * 60 + [393] * 36 + [91] * 6 + [60] * 30 + [393] * 84
    endings = [1] * 24 + [2] * 60 + [0] * 36 + [1] * 6 + [2] * 30 + [0] * 84
    p = gray(ages, endings, ["web"] * 120 + ["paid"] * 120).p
    assert p < 0.001
    assert "Inbound: if leads of all 2 sources were won alike" in said
    assert "(Gray's test, p below 0.001; 240 leads, 30 won)" in said
    assert (
        "Outbound: whether its sources differ at all is not tested: fewer than two sources have 30 leads."
        in said
    )


def test_a_source_opens_its_campaigns_and_its_drop_outs(serve, sample_home):
    test = serve(sample_home, SOURCES)
    test.selectbox(key="chosen_ranking").set_value("inbound: paid_broad")
    test.selectbox(key="chosen_reasons").set_value("inbound: paid_broad")
    test.run()
    assert not test.exception
    campaigns = rows_of(test, "Campaign")
    assert sum(line["Leads"] for line in campaigns) == 1300
    assert "1,300 inbound leads, 20 of them counted." in shown(test)


@pytest.mark.parametrize("page", QUESTIONS)
def test_an_empty_scope_says_so_and_draws_nothing(serve, sample_home, page):
    test = serve(sample_home, page)
    test.query_params["from"] = "2024-01-01"
    test.query_params["to"] = "2024-01-07"
    test.run()
    assert not test.exception
    assert title(test) == QUESTIONS[page]
    assert "No leads match: created from 1 Jan 2024 to 7 Jan 2024. Widen the dates or press Reset." in shown(
        test
    )
    assert len(test.get("plotly_chart")) == len(test.metric) == 0


@pytest.mark.parametrize(
    ("page", "own", "other"), [(INBOUND, "inbound", "outbound"), (OUTBOUND, "outbound", "inbound")]
)
def test_one_channel_only(serve, sample_home, page, own, other):
    test = serve(sample_home, page)
    test.multiselect(key="channel").set_value([own])
    test.run()
    assert not test.exception
    assert title(test) == TITLES[page]
    assert (
        f"Only {own} leads in this scope, so there is nothing to compare. {own.capitalize()}'s own figures follow."
        in shown(test)
    )
    test.multiselect(key="channel").set_value([other])
    test.run()
    assert not test.exception
    assert f"No {own} leads match: created from" in shown(test)
    assert len(test.get("plotly_chart")) == 0


def test_too_young_and_a_range_too_short_say_when_or_at_what_age(serve, bare_home):
    test = serve(bare_home, OUTBOUND, alone=True)
    assert not test.exception
    assert title(test) == QUESTIONS[OUTBOUND]
    # 60 leads of 1 April 2026, 540 days later
    assert "Too early: 0 of 60 outbound leads are 540 days old. Judge on 23 Sep 2027." in shown(test)
    test = serve(bare_home, OUTBOUND)
    test.query_params["from"] = "2026-03-30"
    test.run()
    assert (
        "The chosen leads are at most 92 days old, so 540 days cannot be judged. Judge at 90 days, or widen the dates."
        in shown(test)
    )


def test_missing_extracts_are_named_and_nothing_is_put_in_their_place(serve, bare_home):
    inbound = serve(bare_home, INBOUND, alone=True)
    assert not inbound.exception
    said = shown(inbound)
    assert said.count("Not available: needs") >= 2
    assert "of the extract spend" in said
    assert "62 of 100 inbound leads meet us within 30 days" in title(inbound)
    outbound = shown(serve(bare_home, OUTBOUND, alone=True))
    assert outbound.count("of the extract account_sets") >= 3  # two cards and the table
    sources = serve(bare_home, SOURCES, alone=True)
    assert not sources.exception
    assert "Not available: needs the columns month and cost of the extract spend." in shown(sources)
    assert title(sources) == "1 source to keep, 1 to fix, 1 too early"


def test_a_filter_and_an_age_move_the_finding(serve, sample_home):
    test = serve(sample_home, OUTBOUND)
    test.selectbox(key="age").set_value("365")
    test.run()
    assert not test.exception
    assert title(test).startswith("82 of 1,000 outbound leads are won by 365 days")


def event(*customdata):
    return {"selection": {"points": [SimpleNamespace(customdata=customdata).__dict__]}}


def test_a_click_is_the_option_that_its_point_names():
    options = ["web", "<b>x</b>"]
    assert clicked(event("web", "web"), options) == "web"
    assert clicked(event("&lt;b&gt;x&lt;/b&gt;"), options) == "<b>x</b>"
    for nothing in (None, {}, {"selection": {"points": []}}, event("gone"), event()):
        assert clicked(nothing, options) is None


def test_of_few_leads_no_card_says_that_more_are_old_enough_than_there_are(serve, sample_home):
    """12 leads of one source, whose 18 calls and 4 qualified conversations are fewer or more than they."""
    test = serve(sample_home, INBOUND)
    test.multiselect(key="source").set_value(["partner_podcast"]).run()
    said = shown(test)
    assert "Too few: 12 inbound leads are 45 days old, with 18 calls." in said
    assert "12 inbound leads are 30 days old, with 4 qualified conversations" in said
    assert "12 of 18" not in said and "12 of 4 " not in said
