"""leadforge (synthetic, MIT), loaded: the figures of expected/data/leadforge_intro.json; no channel better.

Tolerances are those of the file: 1e-6 for shares, 0.01 for money.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import ROOT
from leadquality.engine import Result, run
from leadquality.load import load
from leadquality.scope import Scope
from leadquality.snapshot import Home, Snapshot, open_snapshot
from tests.conftest import SHARED

AS_OF = date(2024, 7, 27)
CHANNEL = {"inbound": "inbound_marketing", "outbound": "sdr_outbound", "other": "partner_referral"}
WON_BY = (30, 60, 90, 120, 180)
OPENED_BY = (7, 14, 30, 60, 90)

Kpis = Callable[..., Result]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    folder = SHARED / "data" / "leadforge_intro"
    if not folder.is_dir():
        pytest.skip("the shared reference data are not on this machine (set LEADQUALITY_SHARED)")
    home = Home(tmp_path_factory.mktemp("leadforge"))
    load(home, folder, ROOT / "data" / "mappings" / "leadforge.toml", AS_OF)
    opened = open_snapshot(home)
    yield opened
    opened.con.close()


@pytest.fixture(scope="module")
def kpi(snapshot: Snapshot) -> Kpis:
    scope = Scope(AS_OF).backed(AS_OF)
    return lambda name, horizon=None: run(snapshot.cursor(), load_kpis()[name], scope, horizon)


@pytest.fixture
def expected(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "expected" / "data" / "leadforge_intro.json").read_text("utf-8"))


def row(result: Result, channel: str, **where: object) -> dict[str, Any]:
    found = result.row(channel, **where)
    assert found is not None, (channel, where)
    return found


def test_every_row_is_used_or_belongs_to_another_extract(snapshot, expected):
    tables = snapshot.manifest.tables
    activities = expected["values"]["activity_type"]
    used = {name: table["used"] for name, table in tables.items()}
    assert used == {
        "leads": 5000,
        "calls": activities["call"],
        "meetings": activities["meeting"] + activities["demo"],
        "opportunities": expected["rows"]["opportunities"],
    }
    assert [tables[name]["read"] for name in ("calls", "meetings")] == [
        expected["rows"]["sales_activities"]
    ] * 2
    assert {name: table["rejected"] + table["merged"] for name, table in tables.items()} == dict.fromkeys(
        used, 0
    )


@pytest.mark.parametrize("channel", CHANNEL)
def test_leads_of_the_channel(kpi, expected, channel):
    truth = expected["by_source"][CHANNEL[channel]]
    assert row(kpi("close_rate_at_equal_age"), channel, age_days=180)["denominator"] == truth["leads"]


@pytest.mark.parametrize("channel", CHANNEL)
def test_won_deals_and_what_they_are_worth(kpi, expected, channel):
    truth = expected["by_source"][CHANNEL[channel]]
    deals = row(kpi("average_contract_value"), channel)
    assert deals["denominator"] == truth["lead_to_win"]["k"]
    assert deals["numerator"] == pytest.approx(truth["amount_won"], abs=0.01)
    assert deals["estimate"] == pytest.approx(truth["median_won_acv"], abs=0.01)
    assert deals["mean_amount"] == pytest.approx(truth["mean_won_acv"], abs=0.01)
    assert (deals["currency"], deals["status"]) == ("USD", "ok")


@pytest.mark.parametrize("channel", CHANNEL)
def test_won_and_closed_per_lead_so_far(kpi, expected, channel):
    truth = expected["by_source"][CHANNEL[channel]]
    per_lead = row(kpi("same_kpi_distortion"), channel, measure="won_per_lead_so_far")
    assert (per_lead["numerator"], per_lead["denominator"]) == (
        truth["lead_to_win"]["k"],
        truth["lead_to_win"]["n"],
    )
    assert [per_lead["low"], per_lead["high"]] == pytest.approx(truth["lead_to_win"]["wilson95"], abs=1e-6)
    of_closed = row(kpi("same_kpi_distortion"), channel, measure="won_of_closed_so_far")
    assert of_closed["estimate"] == pytest.approx(truth["win_rate_of_closed"]["rate"], abs=1e-6)
    assert [of_closed["low"], of_closed["high"]] == pytest.approx(
        truth["win_rate_of_closed"]["wilson95"], abs=1e-6
    )


@pytest.mark.parametrize("age", WON_BY)
@pytest.mark.parametrize("channel", CHANNEL)
def test_won_and_lost_at_an_age(kpi, expected, channel, age):
    truth = expected["by_source"][CHANNEL[channel]]["aj_from_lead_created"][str(age)]
    at_age = row(kpi("close_rate_at_equal_age"), channel, age_days=age)
    assert at_age["estimate"] == pytest.approx(truth["won"], abs=1e-6)
    assert at_age["lost_share"] == pytest.approx(truth["lost"], abs=1e-6)
    assert at_age["open_share"] == pytest.approx(1 - truth["won"] - truth["lost"], abs=1e-6)
    assert at_age["estimate"] < truth["km_won_lost_as_censored"] - 1e-4


@pytest.mark.parametrize("age", OPENED_BY)
@pytest.mark.parametrize("channel", CHANNEL)
def test_opportunity_by_an_age(kpi, expected, channel, age):
    truth = expected["by_source"][CHANNEL[channel]]["km_lead_to_opportunity"][str(age)]
    by_age = row(kpi("lead_to_opportunity", horizon=age), channel)
    assert by_age["estimate"] == pytest.approx(1 - truth["S"], abs=1e-6)
    # no lead competes with its opportunity here, so the log(-log) limits are those of Kaplan-Meier
    assert by_age["horizon_days"] == age


def test_at_no_age_is_a_channel_better(kpi):
    gaps = [gap for gap in kpi("close_rate_at_equal_age").rows.to_dicts() if gap["channel"] == "difference"]
    judged = [gap for gap in gaps if gap["estimate"] is not None]
    assert {gap["age_days"] for gap in judged} >= {*WON_BY, 7, 14, 45}
    for gap in judged:
        assert gap["low"] <= 0 <= gap["high"], gap["age_days"]
        assert gap["low_99"] <= gap["low"] and gap["high"] <= gap["high_99"]


@pytest.mark.parametrize("name", ["early_stage_conversion", "time_to_first_meeting"])
def test_what_rests_on_held_meetings_is_not_available_and_says_why(kpi, name):
    result = kpi(name)
    assert result.unavailable == "needs the column held_at of the extract meetings"
    assert set(result.rows["status"]) == {"not_available"}
    assert result.rows["estimate"].null_count() == result.rows.height == 2
