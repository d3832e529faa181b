"""Pipeline: its finding, what a choice opens, and what it says in each state."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from leadquality.verdict.pipeline import NO_HISTORY, QUESTION
from tests.pages.conftest import texts

PIPELINE = "pages/review/pipeline.py"


def shown(test: AppTest) -> str:
    return texts(test).replace("\\", "")


def rows_of(test: AppTest, key: str) -> list[dict]:
    return next(
        records
        for records in (frame.value.to_dict("records") for frame in test.dataframe)
        if records and next(iter(records[0])) == key
    )


@pytest.mark.parametrize("alone", [False, True])
def test_the_title_is_the_finding_in_the_frame_and_alone(serve, sample_home, alone):
    test = serve(sample_home, PIPELINE, alone)
    assert not test.exception
    assert test.title[0].value.replace("\\", "") == (
        "Pipeline due this quarter grew by 1.7 M; 35 of 100 inbound deals are pushed, 15 outbound"
    )
    assert len(test.get("plotly_chart")) == 2
    said = shown(test)
    assert "240 deals, 6 quarters" in said
    assert "4 quarters: a range, not a distribution" in said
    assert not test.error


def money(text: str) -> float:
    return float(
        text.split(",  ", maxsplit=1)[0]
        .rpartition(", ")[0]
        .removeprefix("EUR ")
        .replace(",", "")
        .replace("\u2212", "-")
    )


def test_the_waterfall_ties_to_the_cent_on_the_page(serve, sample_home):
    lines = {line["Step"]: line for line in rows_of(serve(sample_home, PIPELINE, alone=True), "Step")}
    inside = ("start", "created", "pulled in", "amount changed", "pushed", "lost", "won")
    for channel in ("Inbound", "Outbound"):
        assert sum(money(lines[step][channel]) for step in inside) == money(lines["end"][channel])


def test_a_step_a_quarter_and_a_stage_open_their_deals(serve, sample_home):
    test = serve(sample_home, PIPELINE, alone=True)
    test.selectbox(key="chosen_movement").set_value("inbound: won")
    test.run()
    assert not test.exception
    assert "23 inbound opportunities." in shown(test)
    columns = next(frame.value.columns for frame in test.dataframe if "moved amount" in frame.value.columns)
    assert {"old amount", "new amount", "old expected on", "new expected on"} <= set(columns)
    test.selectbox(key="chosen_booked").set_value("closed 2026-Q3")
    test.selectbox(key="chosen_stage").set_value("inbound: discovery")
    test.run()
    assert not test.exception
    assert "113 contract value" in shown(test)
    assert "99 inbound open opportunities, 40 of them counted." in shown(test)


def test_booked_quarters_add_up_to_the_card(serve, sample_home):
    test = serve(sample_home, PIPELINE, alone=True)
    lines = rows_of(test, "Quarter")
    assert lines[0]["Quarter"] == "2026-Q4, not complete"
    assert sum(int(line["Inbound"].split(", ")[1].split(" ")[0]) for line in lines) == 291


def test_forecast_is_judged_for_outbound_only(serve, sample_home):
    assert "Judged for outbound only. Inbound is in grey" in shown(serve(sample_home, PIPELINE, alone=True))


def test_without_recorded_changes_only_the_pipeline_of_today_is_shown(serve, bare_home):
    test = serve(bare_home, PIPELINE, alone=True)
    assert not test.exception
    assert test.title[0].value.replace("\\", "") == QUESTION
    assert NO_HISTORY in shown(test)
    assert len(test.get("plotly_chart")) == 1
    assert rows_of(test, "Stage") == [
        {
            "Stage": "no stage",
            "Channel": "outbound",
            "Deals": 1,
            "Value": "\u2014 (no amount known)",
            "Quiet": "1 of 1",
            "Median age": "60 days",
            "Oldest": "60 days",
            "Overdue": 0,
            "No date": 1,
        }
    ]


def test_an_empty_scope_says_so_and_draws_nothing(serve, sample_home):
    test = serve(sample_home, PIPELINE)
    test.query_params["from"] = "2024-01-01"
    test.query_params["to"] = "2024-01-07"
    test.run()
    assert not test.exception
    assert "No leads match: created from 1 Jan 2024 to 7 Jan 2024. Widen the dates or press Reset." in shown(
        test
    )
    assert len(test.get("plotly_chart")) == 0


def test_one_channel_only(serve, sample_home):
    test = serve(sample_home, PIPELINE)
    test.multiselect(key="channel").set_value(["outbound"])
    test.run()
    assert not test.exception
    assert "Only outbound leads in this scope, so there is nothing to compare." in shown(test)
    assert "15 of 100 outbound deals are pushed" in test.title[0].value.replace("\\", "")
