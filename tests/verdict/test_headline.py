"""Titles of a page: the finding, or the question."""

from __future__ import annotations

from itertools import combinations

from leadquality.verdict import QUESTION, TITLE_LIMIT, compare, forbidden, headline
from tests.verdict.worlds import (
    AT_90,
    AT_180,
    AT_270,
    AT_365,
    AT_540,
    GAP_90,
    GAP_180,
    GAP_270,
    GAP_365,
    GAP_540,
)

EARLY = compare(*AT_90, GAP_90, 90)
INBOUND = compare(*AT_180, GAP_180, 180)
LEANING = compare(*AT_270, GAP_270, 270)
CLOSE = compare(*AT_365, GAP_365, 365)
OUTBOUND = compare(*AT_540, GAP_540, 540)
ALONE = compare(None, AT_540[1], None, 540)


def test_the_finding_with_the_crossing_golden() -> None:
    assert headline([INBOUND, OUTBOUND], 317) == (
        "Inbound ahead at 180 days, outbound at 540; the curves cross near day 317"
    )
    assert headline([OUTBOUND, INBOUND], 317) == headline([INBOUND, OUTBOUND], 317)


def test_the_question_when_nothing_can_be_said() -> None:
    assert headline([], 317) == headline([ALONE]) == QUESTION == "Which channel brings more, at the same age?"


def test_too_close_golden() -> None:
    close_at_90 = compare(*AT_365, GAP_365, 90)
    assert headline([close_at_90]) == "Too close to call at 90 days: no channel is ahead"
    assert headline([close_at_90, CLOSE], 317) == "Too close to call at 90 and 365 days: no channel is ahead"


def test_one_side_ahead_and_the_rest() -> None:
    assert headline([OUTBOUND]) == "Outbound ahead at 540 days"
    assert headline([EARLY, INBOUND]) == "Inbound ahead at 90 and 180 days"
    assert headline([INBOUND, CLOSE]) == "Inbound ahead at 180 days, too close to call at 365 days"
    assert headline([LEANING]) == "Leaning to inbound at 270 days"
    assert headline([ALONE, OUTBOUND]) == "Outbound ahead at 540 days"


def test_what_is_too_long_keeps_who_is_ahead() -> None:
    everything = [EARLY, INBOUND, LEANING, CLOSE, OUTBOUND]
    assert headline(everything, 317) == (
        "Inbound ahead at 180 days, outbound at 540, leaning to inbound at 270 days"
    )


def test_any_mix_fits_and_is_clean() -> None:
    everything = [EARLY, INBOUND, LEANING, CLOSE, OUTBOUND, ALONE]
    for size in range(7):
        for some in combinations(everything, size):
            for crossing in (None, 317):
                title = headline(some, crossing)
                assert len(title) <= TITLE_LIMIT
                assert forbidden(title) == []
