"""The sentences under a verdict: crossing curves, what it hangs on, and a reversal by mix."""

from __future__ import annotations

import pytest

from leadquality.verdict import forbidden
from leadquality.verdict.strip import Held, crossing, holds, reversed_by_mix


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ((317, 250, 420, 540), "The curves cross near day 317 (250 to 420), so no overall verdict is given."),
        (
            (317, 250, None, 540),
            "The curves cross near day 317 (not before day 250, perhaps not by day 540), so no overall verdict is given.",
        ),
        (
            (1_317, None, None, 2_540),
            "The curves cross near day 1,317 (resampled, mostly not by day 2,540), so no overall verdict is given.",
        ),
        ((None, None, None, 540), ""),
    ],
)
def test_curves_that_cross(found, sentence):
    assert crossing(*found) == sentence
    assert forbidden(sentence) == []


def test_a_verdict_that_every_choice_keeps():
    held = [
        Held(choice, 540, "outbound", True)
        for choice in ("last_touch", "without_mixed", "without_largest_deal")
    ]
    assert holds("outbound", held) == ["Holds: by last touch, without mixed leads, without the largest deal."]


def test_a_verdict_that_changes_at_another_age():
    held = [
        Held("dormant_lost", 540, "outbound", True),
        Held("other_age", 365, None, False),
    ]
    lines = holds("outbound", held)
    assert lines == ["Holds: with dormant leads as lost. Changes: too close to call at 365 days."]
    assert forbidden(lines[0]) == []


def test_a_verdict_that_depends_on_attribution():
    held = [
        Held("first_touch", 540, "outbound", True),
        Held("last_touch", 540, "inbound", False),
        Held("without_mixed", 540, None, False),
    ]
    lines = holds("outbound", held)
    assert lines == [
        (
            "Depends on attribution: outbound ahead by channel of origin, inbound ahead by last touch, "
            "too close to call without mixed leads."
        ),
        "Holds: by first touch. Changes: inbound ahead by last touch, too close to call without mixed leads.",
    ]
    assert [word for line in lines for word in forbidden(line)] == []


def test_nothing_known_says_nothing():
    assert holds(None, []) == []
    assert holds(None, [Held("other_age", 30, "inbound", False)]) == ["Changes: inbound ahead at 30 days."]


def test_a_reversal_counts_the_segments_that_say_the_other():
    sentence = reversed_by_mix((0.354, 0.277), [(0.40, 0.45), (0.28, 0.33), (0.15, 0.20)])
    assert sentence == (
        "Reversed by mix: outbound lower overall (28 against 35 of 100), higher in 3 of 3 segments."
    )
    other = reversed_by_mix((0.02, 0.03), [(0.05, 0.04), (0.01, 0.02), (0.03, 0.01)])
    assert other == (
        "Reversed by mix: outbound higher overall (30 against 20 of 1,000), lower in 2 of 3 segments."
    )
    assert forbidden(sentence) == forbidden(other) == []
