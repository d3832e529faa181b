"""Quarter-over-quarter contribution: what of a quarter's won contract value came from each channel."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.story import Story

KPI = "qoq_revenue_contribution"
AS_OF = date(2026, 12, 31)
Z95 = 1.959963984540054


def win(world, amounts, channel="inbound", created="2026-01-10", closed="2026-02-10", **values):
    leads = world.leads(len(amounts), channel, created, **values)
    for lead, amount in zip(leads, amounts, strict=True):
        world.won(lead, closed, amount)
    return leads


def by_line(world, **asked):
    return {(row["measure"], row["channel"]): row for row in world.run(KPI, **asked).rows.to_dicts()}


def logit_limits(ours, total):
    """Limits of sum(ours)/sum(total) over accounts: linearised, on the logit scale."""
    ours, total = np.array(ours, dtype=float), np.array(total, dtype=float)
    share, n = ours.sum() / total.sum(), len(total)
    se = sqrt(np.square(ours - share * total).sum() * n / (n - 1)) / total.sum() / (share * (1 - share))
    return [1 / (1 + exp(-(log(share / (1 - share)) + sign * Z95 * se))) for sign in (-1, 1)]


def test_share_and_level_by_quarter_of_closing(story):
    world = story(AS_OF)
    win(world, [1000, 2000, 3000, 4000, 5000])
    win(world, [5000] * 9, "outbound", created="2025-11-10")
    win(world, [6000] * 5, "inbound", closed="2026-05-01")
    found = by_line(world)
    # first quarter: 15,000 of 60,000; every deal is an account of its own
    row = found["closed 2026-Q1", "inbound"]
    low, high = logit_limits(
        [1000, 2000, 3000, 4000, 5000] + [0] * 9, [1000, 2000, 3000, 4000, 5000] + [5000] * 9
    )
    assert row == {
        "slice": "all",
        "channel": "inbound",
        "numerator": 15_000.0,
        "denominator": 60_000.0,
        "estimate": 0.25,
        "low": pytest.approx(low, rel=1e-9),
        "high": pytest.approx(high, rel=1e-9),
        "n_old_enough": 14,
        "status": "ok",
        "measure": "closed 2026-Q1",
        "closed_quarter": date(2026, 1, 1),
        "created_quarter": None,
        "is_partial": False,
        "deal_count": 5,
        "previous_amount": None,
        "currency": "EUR",
    }
    other = found["closed 2026-Q1", "outbound"]
    assert [other["estimate"], other["low"], other["high"]] == pytest.approx(
        [0.75, 1 - high, 1 - low], rel=1e-9
    )
    # second quarter: all of it inbound, twice the level of the quarter before; outbound has won nothing
    row = found["closed 2026-Q2", "inbound"]
    assert (row["estimate"], row["numerator"], row["previous_amount"]) == (1.0, 30_000.0, 15_000.0)
    assert [row["low"], row["high"]] == pytest.approx(proportion_confint(5, 5, method="wilson"), abs=1e-9)
    row = found["closed 2026-Q2", "outbound"]
    assert (row["numerator"], row["deal_count"], row["status"], row["estimate"]) == (0.0, 0, "too_few", None)
    assert row["previous_amount"] == 45_000.0
    row = found["all quarters", "inbound"]
    assert (row["numerator"], row["denominator"], row["estimate"]) == (45_000.0, 90_000.0, 0.5)
    assert row["closed_quarter"] is None


def test_the_triangle_adds_up_to_the_same_total(story):
    world = story(AS_OF)
    for created, closed in (
        ("2025-08-10", "2026-02-10"),
        ("2026-01-10", "2026-02-10"),
        ("2026-01-10", "2026-05-01"),
    ):
        win(world, [1000] * 5, "inbound", created, closed)
        win(world, [3000] * 5, "outbound", created, closed)
    found = by_line(world)
    cells = {
        name: row for (name, channel), row in found.items() if channel == "inbound" and row["created_quarter"]
    }
    assert list(cells) == [
        "created 2025-Q3, closed 2026-Q1",
        "created 2026-Q1, closed 2026-Q1",
        "created 2026-Q1, closed 2026-Q2",
    ]
    assert all((row["numerator"], row["estimate"]) == (5000.0, 0.25) for row in cells.values())
    first, total = found["closed 2026-Q1", "inbound"], found["all quarters", "inbound"]
    assert (first["numerator"], total["numerator"]) == (10_000.0, 15_000.0)
    assert cells["created 2025-Q3, closed 2026-Q1"]["created_quarter"] == date(2025, 7, 1)


def test_a_share_falls_when_the_other_channel_grows(story):
    world = story(AS_OF)
    for closed, other in (("2026-02-10", 1000), ("2026-05-10", 9000)):
        win(world, [1000] * 10, "inbound", closed=closed)
        win(world, [other] * 10, "outbound", closed=closed)
    found = by_line(world)
    before, now = (found[f"closed 2026-Q{quarter}", "inbound"] for quarter in (1, 2))
    assert (before["estimate"], now["estimate"]) == (0.5, 0.1)
    # nothing became of less worth: the level is told beside the share
    assert now["numerator"] == now["previous_amount"] == before["numerator"] == 10_000.0


def test_the_current_quarter_is_partial_and_its_triangle_waits(story):
    for day, is_partial in (("2026-12-31", False), ("2026-12-30", True)):
        world = story(day)
        win(world, [1000] * 5, closed="2026-11-10")
        win(world, [1000] * 5, "outbound", closed="2026-11-10")
        found = by_line(world)
        row = found["closed 2026-Q4", "inbound"]
        assert (row["is_partial"], row["status"]) == (is_partial, "provisional" if is_partial else "ok")
        assert row["estimate"] == 0.5
        cell = found["created 2026-Q1, closed 2026-Q4", "inbound"]
        assert (cell["status"], cell["estimate"]) == (("too_early", None) if is_partial else ("ok", 0.5))
        assert found["all quarters", "inbound"]["is_partial"] is False


def test_from_and_to_are_days_of_closing_and_cut_quarters(story):
    world = story(AS_OF)
    win(world, [1000] * 5, created="2025-01-10", closed="2026-02-10")
    win(world, [1000] * 5, "outbound", created="2025-01-10", closed="2026-02-10")
    win(world, [7000] * 5, closed="2026-05-10")
    whole = by_line(world, from_on="2026-01-01", to_on="2026-03-31")
    assert {name for name, _ in whole} == {
        "all quarters",
        "closed 2026-Q1",
        "created 2025-Q1, closed 2026-Q1",
    }
    assert whole["closed 2026-Q1", "inbound"]["status"] == "ok"
    for asked in ({"from_on": "2026-01-02"}, {"to_on": "2026-03-30"}):
        row = by_line(world, **asked)["closed 2026-Q1", "inbound"]
        assert (row["is_partial"], row["status"], row["estimate"]) == (True, "provisional", 0.5)
    # a quarter cut short is no level to compare the next with
    assert by_line(world)["closed 2026-Q2", "inbound"]["previous_amount"] == 5000.0
    assert by_line(world, from_on="2026-01-02")["closed 2026-Q2", "inbound"]["previous_amount"] is None


def test_five_deals_are_needed(story):
    world = story(AS_OF)
    win(world, [1000] * 4)
    win(world, [1000] * 6, "outbound")
    found = by_line(world)
    few, enough = found["closed 2026-Q1", "inbound"], found["closed 2026-Q1", "outbound"]
    assert (few["status"], few["deal_count"], few["numerator"]) == ("too_few", 4, 4000.0)
    assert [few[name] for name in ("estimate", "low", "high")] == [None] * 3
    assert (enough["status"], enough["estimate"]) == ("ok", 0.6)


def test_several_deals_of_one_account_count_once_for_the_range(story):
    world = story(AS_OF)
    for name, channel in (("A", "inbound"), ("B", "inbound"), ("C", "outbound"), ("A", "outbound")):
        win(world, [1000] * 5, channel, account_id=name)
    row = by_line(world)["closed 2026-Q1", "inbound"]
    # accounts A (5 of 10 thousand), B (5 of 5), C (0 of 5)
    assert [row["low"], row["high"]] == pytest.approx(logit_limits([5, 5, 0], [10, 5, 5]), rel=1e-9)
    one = story(AS_OF)
    win(one, [1000] * 9, account_id="A")
    assert by_line(one)["closed 2026-Q1", "inbound"]["status"] == "too_few"


def test_a_deal_closed_after_as_of_is_not_seen(story):
    world = story(AS_OF)
    win(world, [1000] * 5)
    for lead in world.leads(5, "inbound", "2026-01-10"):
        world.opportunity(lead, "2026-01-11", "won", AS_OF + timedelta(days=1), 9000)
    assert {name for name, _ in by_line(world) if name.startswith("closed")} == {"closed 2026-Q1"}
    assert by_line(world, as_of="2026-02-09") == {}


def test_nothing_won_gives_no_row(story):
    assert story(AS_OF).run(KPI).rows.height == 0
    world = story(AS_OF)
    world.leads(50)
    win(world, [None] * 5)
    assert world.run(KPI).rows.height == 0


def test_a_filter_on_the_channel_hides_lines_and_keeps_the_shares(story):
    world = story(AS_OF)
    win(world, [1000] * 5, segment="smb")
    win(world, [3000] * 5, "outbound", segment="smb")
    win(world, [3000] * 5, "inbound", segment="ent")
    chosen = by_line(world, channels=("outbound",))
    assert {channel for _, channel in chosen} == {"outbound"}
    assert chosen["closed 2026-Q1", "outbound"]["denominator"] == 35_000.0
    assert by_line(world, segments=("smb",))["closed 2026-Q1", "inbound"]["estimate"] == 0.25
    sliced = world.run(KPI, slice_by="segment").rows.to_dicts()
    found = {
        (row["slice"], row["channel"]): row["estimate"]
        for row in sliced
        if row["measure"] == "closed 2026-Q1"
    }
    assert found == {("ent", "inbound"): 1.0, ("smb", "inbound"): 0.25, ("smb", "outbound"): 0.75}


def test_amounts_of_two_currencies_are_not_added_up(story):
    world = story(AS_OF)
    win(world, [1000] * 5)
    for lead in world.leads(5, "outbound"):
        world.opportunity(lead, "2026-02-01", "won", "2026-02-02", 1000, currency="USD")
    row = by_line(world)["closed 2026-Q1", "inbound"]
    assert (row["status"], row["currency"]) == ("not_available", None)
    assert [row[name] for name in ("numerator", "denominator", "estimate", "low", "high")] == [None] * 5


@pytest.mark.parametrize("column", ["outcome", "closed_at", "acv"])
def test_without_its_data_it_is_not_available(column):
    world = Story(AS_OF)
    win(world, [1000] * 5)
    world.database().execute(
        "update snapshot.coverage set known_count = 0 where extract = 'opportunities' and column_name = ?",
        [column],
    )
    result = world.run(KPI)
    assert result.unavailable == f"needs the column {column} of the extract opportunities"
    assert result.rows.select("channel", "status", "estimate", "low").rows() == [
        ("inbound", "not_available", None, None),
        ("outbound", "not_available", None, None),
    ]
