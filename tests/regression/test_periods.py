"""Mistakes of other products about periods, limits and missing times (P3, P9, P17a, P19c)."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from leadquality.catalogue import load_kpis
from leadquality.cli import main
from leadquality.contracts import InputRefused
from leadquality.engine import rows_behind
from leadquality.scope import Scope
from leadquality.snapshot import Home, open_snapshot


def test_p3_the_period_before_has_as_many_days_and_the_same_weekdays(story):
    # 10 leads on every day; 1 to 31 March has 31 days, and so has the period before
    world = story("2026-04-30")
    for place in range(90):
        world.leads(10, "inbound", date(2026, 1, 11) + timedelta(days=place))
    march = Scope(date(2026, 4, 30), date(2026, 3, 1), date(2026, 3, 31))
    before = march.previous()
    assert (before.from_on, before.to_on) == (date(2026, 1, 25), date(2026, 2, 24))
    assert before.from_on.weekday() == march.from_on.weekday()
    found = [
        world.row("judged_too_early_share", from_on=scope.from_on, to_on=scope.to_on)["denominator"]
        for scope in (march, before)
    ]
    assert found == [310, 310]


@pytest.mark.parametrize(
    ("days", "shift"), [(1, 7), (7, 7), (8, 14), (28, 28), (29, 35), (366, 371)], ids=str
)
def test_p3_no_day_is_in_both_periods(days, shift):
    scope = Scope(
        date(2027, 12, 31), date(2026, 3, 1), date(2026, 3, 1) + timedelta(days=days - 1), sources=("web",)
    )
    before = scope.previous()
    assert scope.from_on - before.from_on == scope.to_on - before.to_on == timedelta(days=shift)
    assert before.to_on < scope.from_on
    assert before.sources == ("web",)


def test_p3_an_open_period_has_none_before_it():
    for scope in (Scope(date(2026, 4, 30)), Scope(date(2026, 4, 30), date(2026, 3, 1))):
        with pytest.raises(InputRefused, match="give from and to"):
            scope.previous()


def test_p3_the_command_line_asks_for_the_period_before(loaded, tmp_path, capsys):
    days = [date(2026, 3, 2) + timedelta(days=place) for place in range(14)]
    loaded(leads="lead_id,created_at,channel\n" + "".join(f"L{day},{day},inbound\n" for day in days))
    asked = [
        "kpi",
        "judged_too_early_share",
        "--home",
        str(tmp_path / "home"),
        "--json",
        "--as-of",
        "2026-03-15",
    ]
    assert main([*asked, "--from", "2026-03-09", "--to", "2026-03-14", "--previous"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["scope"]["from_on"], answer["scope"]["to_on"]) == ("2026-03-02", "2026-03-07")
    assert answer["rows"][0]["denominator"] == 6
    assert main([*asked, "--previous"]) == 2
    assert "give from and to" in capsys.readouterr().err


def test_p9_nobody_has_a_rate_of_closed_deals_before_one_is_closed(story):
    # a company whose only rep has 5 open deals and no closed one
    world = story("2026-12-31")
    for lead in world.leads(5, "outbound", "2026-03-02"):
        world.call(lead, "2026-03-10", "connected_no_result", rep_id="ann")
        world.opportunity(lead, "2026-03-20", acv=1000)
    company = {row["measure"]: row for row in world.run("same_kpi_distortion").rows.to_dicts()}[
        "won_of_closed_so_far"
    ]
    assert (company["numerator"], company["denominator"]) == (0, 0)
    assert (company["estimate"], company["low"], company["high"]) == (None, None, None)
    for kpi in ("average_contract_value", "deal_size_consistency"):
        assert {row["estimate"] for row in world.run(kpi).rows.to_dicts()} <= {None}
    cycle = world.row("sales_cycle_length", "outbound")
    assert (cycle["numerator"], cycle["denominator"], cycle["estimate"], cycle["status"]) == (
        0,
        5,
        None,
        "too_few",
    )
    # the rep has no rate and no place: 20 conversations are needed
    assert {row["estimate"] for row in world.run("rep_consistency").rows.to_dicts()} <= {None}


def test_p17a_a_total_stands_on_all_rows(loaded, tmp_path, capsys):
    leads = "".join(f"L{number},2026-01-01,inbound\n" for number in range(2001))
    deals = "".join(f"O{number},L{number},2026-01-02,2026-02-01,won,1,1\n" for number in range(2001))
    ask, manifest = loaded(
        leads=f"lead_id,created_at,channel\n{leads}",
        opportunities=f"opportunity_id,lead_id,created_at,closed_at,outcome,amount,acv\n{deals}",
    )
    assert manifest.tables["opportunities"]["used"] == 2001
    assert ask("select sum(amount) from snapshot.fact_opportunities") == [(2001,)]
    assert main(["kpi", "average_contract_value", "--home", str(tmp_path / "home"), "--json"]) == 0
    rows = {row["channel"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert (rows["inbound"]["numerator"], rows["inbound"]["denominator"]) == (2001, 2001)
    # a list of the rows behind it holds the first 500 and says of how many
    opened = open_snapshot(Home(tmp_path / "home"))
    behind = rows_behind(opened.cursor(), load_kpis()["average_contract_value"], Scope(opened.as_of))
    assert (behind.frame.height, behind.total) == (500, 2001)


def test_p19c_a_win_dated_before_its_lead_is_counted_and_listed(loaded, tmp_path, capsys):
    # five won leads, one of them won two days before it was created
    leads = "".join(f"L{number},2026-03-10,inbound\n" for number in range(5))
    deals = "".join(f"O{number},L{number},2026-03-12,2026-03-{20 + number},won,5\n" for number in range(1, 5))
    ask, manifest = loaded(
        leads=f"lead_id,created_at,channel\n{leads}",
        opportunities="opportunity_id,lead_id,created_at,closed_at,outcome,amount\n"
        f"O0,L0,2026-03-08,2026-03-08,won,5\n{deals}",
    )
    assert manifest.tables["opportunities"]["used"] == 5
    asked = ["kpi", "same_kpi_distortion", "--home", str(tmp_path / "home"), "--json"]
    assert main(asked) == 0
    rows = {row["measure"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert (rows["won_per_lead_so_far"]["numerator"], rows["won_per_lead_so_far"]["denominator"]) == (5, 5)
    listed = "select line, found from snapshot.findings where code = 'opportunities_before_their_lead'"
    assert ask(listed) == [(2, "2026-03-08")]
    # Its true age is not known. A house decision (glossary, journeys_as_of): it counts at age 0, the earliest it can be.
    ages = ask("select exit_age from journeys_as_of(date '2026-12-31') where journey = 'won' order by 1")
    assert ages == [(0,), (11,), (12,), (13,), (14,)]
