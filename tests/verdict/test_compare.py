"""Golden sentences of experience.md, sections 2 and 5, and which evidence earns which word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadquality.verdict import (
    DECIDED,
    QUESTION,
    TITLE_LIMIT,
    Gap,
    Side,
    Verdict,
    compare,
    forbidden,
    lacking,
)
from tests.verdict import worlds
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

MARCH, JANUARY = date(2027, 3, 14), date(2027, 1, 9)


def test_ahead_golden() -> None:
    verdict = compare(*AT_540, GAP_540, 540)
    assert (verdict.kind, verdict.ahead) == ("ahead", "outbound")
    assert verdict.sentence == (
        "Outbound is ahead at 540 days: 92 won of 1,000 leads against 72, a gap of 21 (7 to 35). "
        "Old enough: 158 outbound, 947 inbound."
    )
    assert verdict.title == "Outbound is ahead at 540 days: 92 won of 1,000 leads against 72"


def test_leaning_golden() -> None:
    verdict = compare(*AT_270, GAP_270, 270)
    assert (verdict.kind, verdict.ahead) == ("leaning", "inbound")
    assert verdict.sentence == (
        "Leaning to inbound at 270 days: 72 won of 1,000 leads against 58, a gap of 14 (2 to 25). "
        "Not firm enough to act on. Old enough: 1,699 outbound, 2,675 inbound."
    )


def test_too_close_golden() -> None:
    verdict = compare(*AT_365, GAP_365, 365)
    assert (verdict.kind, verdict.ahead) == ("too_close", None)
    assert verdict.sentence == (
        "Too close to call at 365 days: outbound 82 won of 1,000 leads, inbound 72; "
        "the gap lies between 3 fewer and 23 more. Old enough: 946 outbound, 2,059 inbound."
    )
    later = compare(*AT_365, GAP_365, 365, told_by=date(2027, 5, 20))
    assert later.sentence == verdict.sentence + " At today's volume this can be told around May 2027."


def test_as_good_as_equal_needs_a_margin_and_the_whole_interval_inside_it() -> None:
    sides = (
        worlds.inbound(0.0716, 0.064, 0.080, 3_858, 258),
        worlds.outbound(0.0721, 0.065, 0.080, 3_727, 260),
    )
    gap = worlds.wider(0.0006, -0.003, 0.004)
    verdict = compare(*sides, gap, 90, margin=0.005)
    assert verdict.kind == "as_good_as_equal"
    assert verdict.sentence == (
        "As good as equal at 90 days: the gap of 0.6 lies between 3 fewer and 4 more of 1,000, "
        "inside the margin of 5. Old enough: 3,727 outbound, 3,858 inbound."
    ).replace("0.6", "1")
    assert compare(*sides, gap, 90).kind == "too_close"
    assert compare(*sides, gap, 90, margin=0.0035).kind == "too_close"


def test_with_fewer_than_five_events_the_sign_is_told_but_no_gap() -> None:
    verdict = compare(*AT_90, GAP_90, 90)
    assert (verdict.kind, verdict.ahead) == ("ahead", "inbound")
    assert verdict.sentence == (
        "Inbound is ahead at 90 days: 626 won of 10,000 leads (555 to 702) against 5 (1 to 19). "
        "Outbound has 2 wins so far: with fewer than 5, no gap is given. "
        "Old enough: 3,727 outbound, 3,858 inbound."
    )
    single = compare(AT_90[0], replace(AT_90[1], numerator=1), GAP_90, 90)
    assert "Outbound has 1 win so far: with fewer than 5, no gap is given." in single.sentence


def test_no_event_at_all_shows_the_upper_limit_rather_than_a_bare_zero() -> None:
    none = worlds.outbound(0.0, 0.0, 0.0008, 4_563, 0)
    verdict = compare(
        worlds.inbound(0.0087, 0.0062, 0.0118, 4_231, 37), none, worlds.wider(-0.0087, -0.0118, -0.0061), 30
    )
    assert (
        "87 won of 10,000 leads (62 to 118) against 0 (0 to 8). Outbound has 0 wins so far"
        in verdict.sentence
    )


def test_too_early_golden() -> None:
    young = Side("outbound", None, None, None, 22, 0, 5_000, "too_early")
    verdict = compare(AT_540[0], young, None, 540, judge_on=MARCH)
    assert verdict.kind == "too_early"
    assert verdict.sentence == "Too early: 22 of 5,000 outbound leads are 540 days old. Judge on 14 Mar 2027."
    assert (verdict.judge_on, verdict.title) == (MARCH, QUESTION)


def test_provisional_golden() -> None:
    waiting = replace(AT_540[1], n_old_enough=46, status="provisional")
    verdict = compare(AT_540[0], waiting, GAP_540, 540, judge_on=JANUARY)
    assert verdict.kind == "provisional"
    assert verdict.sentence == (
        "Provisional: 46 outbound leads are old enough, 100 are needed. "
        "Shown, not judged. Judge on 9 Jan 2027."
    )
    both = compare(replace(AT_540[0], n_old_enough=58), waiting, GAP_540, 540)
    assert both.sentence.startswith(
        "Provisional: 58 inbound and 46 outbound leads are old enough, 100 of each"
    )


def test_one_channel_golden() -> None:
    verdict = compare(None, AT_540[1], None, 540)
    assert verdict.kind == "one_channel"
    assert verdict.sentence == (
        "Only outbound leads in this scope, so there is nothing to compare. Outbound's own figures follow."
    )
    no_leads = Side("inbound", None, None, None, 0, 0, 0, "too_few")
    assert compare(no_leads, AT_540[1], None, 540).sentence == verdict.sentence


def test_nothing_and_a_missing_extract_are_not_available() -> None:
    empty = compare(None, None, None, 540)
    assert (empty.kind, empty.sentence) == (
        "not_available",
        "No leads match. Widen the dates or press Reset.",
    )
    missing = replace(AT_540[0], status="not_available")
    spend = {"spend": ("month", "channel", "source", "cost", "kind")}
    assert compare(missing, AT_540[1], None, 540, needs=spend).sentence == (
        "Not available: needs the extract `spend` (month, channel, source, cost, kind). "
        "Nothing is put in its place. How to add it: see Data."
    )


def test_a_changed_definition_silences_the_numbers() -> None:
    reason = "across 1 Sep 2026: the criteria changed from v3 to v4"
    verdict = compare(*AT_540, GAP_540, 540, incomparable=reason)
    assert verdict.kind == "not_comparable"
    assert verdict.sentence == (
        "Not comparable across 1 Sep 2026: the criteria changed from v3 to v4. Each side is shown alone."
    )
    assert compare(*AT_540, None, 540).kind == "not_comparable"


@pytest.mark.parametrize(
    "old_enough", [(100, 100), (99, 5_000), (5_000, 99), (30, 100), (29, 100), (100, 29)]
)
def test_both_channels_need_a_hundred(old_enough: tuple[int, int]) -> None:
    inbound, outbound = (replace(s, n_old_enough=n) for s, n in zip(AT_540, old_enough, strict=True))
    kind = compare(inbound, outbound, GAP_540, 540, judge_on=MARCH).kind
    fewest = min(old_enough)
    assert kind == ("ahead" if fewest >= 100 else "provisional" if fewest >= 30 else "too_early")


def test_too_few_when_time_alone_will_not_help() -> None:
    few = replace(AT_540[1], n_old_enough=22, status="too_few")
    assert compare(AT_540[0], few, None, 540, judge_on=MARCH).kind == "too_few"
    assert compare(AT_540[0], replace(few, status="ok"), None, 540).kind == "too_few"


def test_the_better_direction_decides_who_is_ahead() -> None:
    lower = compare(*AT_540, GAP_540, 540, noun="lost", direction="lower_is_better")
    assert lower.ahead == "inbound"
    assert "72 lost of 1,000 leads against 92, a gap of 21 (7 to 35)" in lower.sentence
    neutral = compare(*AT_540, GAP_540, 540, direction="none")
    assert neutral.sentence.startswith("Outbound is higher at 540 days:")


def test_money_is_compared_in_its_own_unit() -> None:
    inbound = Side("inbound", 1_392, 1_201, 1_610, 2_059, 291, 4_412)
    outbound = Side("outbound", 3_337, 2_850, 3_900, 946, 178, 5_000)
    verdict = compare(
        inbound, outbound, worlds.wider(1_945, 1_400, 2_500), 365, "per lead", unit="money", currency="EUR"
    )
    assert verdict.sentence == (
        "Outbound is ahead at 365 days: EUR 3,337 per lead against EUR 1,392, "
        "a gap of EUR 1,945 (EUR 1,400 to 2,500). Old enough: 946 outbound, 2,059 inbound."
    )


def test_without_a_99_interval_nobody_is_ahead() -> None:
    assert compare(*AT_540, Gap(0.0209, 0.0071, 0.0350), 540).kind == "leaning"


rates = st.floats(0, 1)
sizes = st.integers(0, 20_000)


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    sides = []
    for channel in ("inbound", "outbound"):
        low, estimate, high = sorted(draw(st.tuples(rates, rates, rates)))
        n, wins = draw(sizes), draw(st.integers(0, 300))
        sides.append(
            Side(
                channel,
                estimate,
                low,
                high,
                n,
                wins,
                n + draw(sizes),
                draw(st.sampled_from(["ok", "too_early"])),
            )
        )
    low_99, low, estimate, high, high_99 = sorted(draw(st.tuples(*[st.floats(-1, 1)] * 5)))
    return compare(
        sides[0],
        sides[1],
        Gap(estimate, low, high, low_99, high_99),
        draw(st.sampled_from([7, 90, 540])),
        judge_on=draw(st.sampled_from([None, MARCH])),
        margin=draw(st.sampled_from([None, 0.02, 0.5])),
        direction=draw(st.sampled_from(["higher_is_better", "lower_is_better", "none"])),
    )


@given(verdicts())
def test_every_sentence_is_clean_and_every_verdict_names_value_n_age_and_range(verdict: Verdict) -> None:
    assert forbidden(verdict.sentence) == forbidden(verdict.title) == []
    assert len(verdict.title) <= TITLE_LIMIT
    assert verdict.sentence.endswith(".")
    if verdict.kind in DECIDED:
        assert lacking(verdict.sentence) == []
        assert min(side.n_old_enough for side in verdict.sides) >= 100


@given(verdicts())
def test_ahead_is_said_only_when_both_intervals_exclude_zero(verdict: Verdict) -> None:
    gap = verdict.gap
    assert gap is not None and gap.low_99 is not None and gap.high_99 is not None
    if verdict.kind == "ahead":
        assert gap.low_99 > 0 or gap.high_99 < 0
    if verdict.kind == "leaning":
        assert (gap.low > 0 or gap.high < 0) and gap.low_99 <= 0 <= gap.high_99
    assert (verdict.ahead is not None) == (verdict.kind in ("ahead", "leaning"))


def test_swapped_channels_swap_the_verdict() -> None:
    first = compare(*AT_180, GAP_180, 180)
    swapped = compare(
        replace(AT_180[1], channel="inbound"),
        replace(AT_180[0], channel="outbound"),
        Gap(-GAP_180.estimate, -GAP_180.high, -GAP_180.low, -(GAP_180.high_99 or 0), -(GAP_180.low_99 or 0)),
        180,
    )
    assert (first.ahead, swapped.ahead) == ("inbound", "outbound")
    assert swapped.sentence.split(". Old")[0] == first.sentence.split(". Old")[0].replace(
        "Inbound", "Outbound"
    )
