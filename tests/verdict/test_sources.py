"""What the Sources page says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leadquality.verdict import TITLE_LIMIT, forbidden
from leadquality.verdict.sources import (
    QUESTION,
    few,
    gaps,
    ranking_sentence,
    reason_of,
    reasons_sentence,
    shrunken,
    title,
    verdict_of,
)


def source(name: str = "web", verdict: str = "keep", **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "slice": name, "channel": "inbound", "verdict": verdict, "numerator": 91, "denominator": 1100, "n_old_enough": 805,
        "judge_on": None, "horizon_days": 180, "estimate": 0.0911, "low": 0.074, "high": 0.11, "early_band": "B", "late_band": "B",
        "is_worth_less": False, "cost_per_lead": 60.0, "drop_count": 800, "repairable_reason": None, "repairable_share": None,
        "place": 1, "shrunken": 0.0906, "shrunken_low": 0.074, "shrunken_high": 0.109, "source_count": 6,
    }  # fmt: skip
    return row | more


def test_the_finding_golden() -> None:
    rows = [source("a"), source("b"), source("c", "fix"), *(source(name, "too early") for name in "def")]
    assert title(rows) == "2 sources to keep, 1 to fix, 3 too early"
    assert title([source("a", "stop")]) == "1 source to stop"
    assert title([source("a", "too early"), source("b", "stop")]) == "1 source to stop, 1 too early"
    # sources of no known channel are not judged
    assert title([source("a"), source("x", channel="unknown")]) == "1 source to keep"
    assert title([]) == title([source(channel="other")]) == QUESTION
    assert (
        len(title([source(str(at), verdict) for at in range(9999) for verdict in ("keep", "stop")]))
        <= TITLE_LIMIT
    )


def test_a_verdict_with_its_day_golden() -> None:
    assert verdict_of(source(verdict="stop")) == "stop"
    assert (
        verdict_of(source(verdict="too early", judge_on=date(2027, 3, 14)))
        == "too early, judge on 14 Mar 2027"
    )
    assert verdict_of(source(verdict="too early")) == "too early, too few leads"
    assert verdict_of(source(channel="unknown")) == "not judged: channel unknown"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (source(), "late not told apart from the others"),
        (source(late_band="A"), "above the others late"),
        (
            source(verdict="stop", late_band="C", is_worth_less=True),
            "below the others late; worth less than it costs",
        ),
        (source(verdict="fix", late_band="C", early_band="A"), "below the others late, above them early"),
        (
            source(late_band="C", cost_per_lead=None, is_worth_less=None),
            "below the others late; its cost is not known",
        ),
        (
            source(verdict="fix", repairable_reason="wrong contact", repairable_share=0.42),
            "42 of 100 of 800 drop-outs: wrong contact",
        ),
        (source(verdict="too early", n_old_enough=22, denominator=5000), "22 of 5,000 leads are old enough"),
    ],
)
def test_a_reason_names_what_speaks_for_the_verdict(row: dict[str, Any], said: str) -> None:
    assert reason_of(row) == said
    assert forbidden(said) == []


def test_small_sources_golden() -> None:
    podcast = {
        "numerator": 4,
        "denominator": 12,
        "place": None,
        "shrunken": 0.148,
        "shrunken_low": 0.057,
        "shrunken_high": 0.27,
    }
    # the example of experience.md, 3.5
    assert shrunken([source(), source("partner_podcast", "too early", **podcast)]) == [
        "partner_podcast: 4 of 12. Shrunken to 15 of 100 (6 to 27). Not ranked (30 are needed)."
    ]
    assert shrunken([source(shrunken=None, place=None)]) == []


def test_too_few_sources_golden() -> None:
    rows = [
        source(),
        source("list", channel="outbound", source_count=3),
        source("x", channel="unknown", source_count=1),
    ]
    assert few(rows) == ["Outbound: Too few sources to borrow strength from: ranges only."]
    assert few([source(source_count=None)]) == [
        "Inbound: Too few sources to borrow strength from: ranges only."
    ]


def test_the_dots_in_words_golden() -> None:
    late = {"place": 2, "shrunken": 0.0657, "shrunken_low": 0.05, "shrunken_high": 0.085}
    outbound = {
        "channel": "outbound",
        "place": None,
        "shrunken": None,
        "horizon_days": 540,
        "estimate": 0.109,
        "low": 0.093,
        "high": 0.126,
    }
    assert ranking_sentence([source("webinar", **late), source("web"), source("list", **outbound)]) == (
        "Inbound, won by 180 days, shrunken: web 91 of 1,000 (74 to 109), webinar 66 of 1,000 (50 to 85). "
        "Outbound, won by 540 days, not shrunken: list 11 of 100 (9 to 13)."
    )
    assert ranking_sentence([]) == "No source has 30 leads that are old enough."


def test_money_and_leads_that_do_not_meet_golden() -> None:
    rows = [
        {"slice": "fairs", "measure": "spend without leads", "cost_amount": 1000.0, "numerator": 0},
        {"slice": "web", "measure": "leads without spend", "cost_amount": None, "numerator": 1200},
    ]
    assert gaps(rows) == ["Spend without leads: fairs (1,000).", "Leads without spend: web (1,200 leads)."]
    assert gaps([]) == []


def test_reasons_in_words_golden() -> None:
    def line(name: str, reason: str, share: float | None) -> dict[str, Any]:
        return {
            "slice": name,
            "channel": "inbound",
            "measure": reason,
            "estimate": share,
            "horizon_days": 180,
        }

    rows = [
        line("web", "all reasons", 0.7),
        line("web", "no fit", 0.2),
        line("web", "no budget", 0.31),
        line("new", "no fit", None),
    ]
    assert (
        reasons_sentence(rows) == "The reason given most often: web: no budget, 31 of 100 leads by 180 days."
    )
    assert reasons_sentence([]) == "No source has 30 leads that are old enough."
    assert forbidden(reasons_sentence(rows)) == []
