"""The linter of result sentences: each forbidden word is found, and the product's own words are not."""

from __future__ import annotations

import pytest

from leadquality.verdict import forbidden, lacking


@pytest.mark.parametrize(
    "text",
    [
        "Speed causes wins.",
        "This drives revenue.",
        "Speed leads to wins.",
        "Higher due to speed.",
        "thanks to marketing",
        "because of segment",
        "The impact is 3.",
        "the effect of speed",
        "It boosts value.",
        "It improves at 30 days.",
        "This proves it.",
        "Guaranteed at 30 days.",
        "The best source",
        "Worst rep",
        "the winner",
        "Losers at 30 days",
        "Top source",
        "under-performing source",
        "poor sources",
        "disappointing week",
        "a significant gap",
        "Statistically equal",
        "p-value .03",
        "confidence interval",
        "likely ahead",
        "probably ahead",
        "dramatically higher",
        "a huge gap",
        "The win rate is 7 %.",
        "Conversion is higher.",
        "The score is 7.",
        "Inbound leads by 21.",
        "a trend upward",
        "21 ± 14",
        "worth None",
        "worth nan EUR",
    ],
)
def test_a_forbidden_word_is_named(text: str) -> None:
    assert len(forbidden(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Early-stage conversion by 30 days, week 2026-W42: 31 of 100 (142 leads), below its usual 38 to 52.",
        "Win rate at 540 days: 92 of 1,000.",
        "The engagement score is 7.",
        "Only outbound leads in this scope, so there is nothing to compare.",
        "22 of 5,000 outbound leads are 540 days old.",
        "Filters: none. Definitions v12.",
        "Stopped, driveway, bestow, unlikely.",
    ],
)
def test_plain_words_pass(text: str) -> None:
    assert forbidden(text) == []


def test_a_trend_needs_six_points() -> None:
    assert forbidden("The trend is upward.", points=5) == ["trend for 5 points"]
    assert forbidden("The trend is upward.", points=6) == []


def test_what_a_verdict_lacks_is_listed() -> None:
    whole = (
        "Outbound is ahead at 540 days: 92 won of 1,000 leads against 72, a gap of 21 (7 to 35). "
        "Old enough: 158 outbound, 947 inbound."
    )
    assert lacking(whole) == []
    assert lacking(whole.replace(" (7 to 35)", "")) == ["range"]
    assert lacking(whole.replace(" at 540 days", "")) == ["age"]
    assert lacking(whole.partition(" Old")[0]) == ["n"]
    assert lacking("Outbound is ahead.") == ["value", "n", "age", "range"]


def test_a_range_may_have_decimals_but_needs_both_ends() -> None:
    close = "Too close to call at 7 days: outbound 2 won of 1,000 leads, inbound 2; the gap lies between {}."
    counts = " Old enough: 158 outbound, 947 inbound."
    assert lacking(close.format("0.4 fewer and 0.3 more") + counts) == []
    assert lacking(close.format("3 fewer") + counts) == ["range"]
