"""The findings of the calling pages: golden sentences, lengths of titles, and no forbidden word in any of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leadquality.verdict import TITLE_LIMIT, calling, forbidden


def accepted(channel: str, share: float | None, status: str = "ok", days: int = 5) -> dict[str, Any]:
    return {
        "channel": channel,
        "measure": "accepted_in_time",
        "estimate": share,
        "status": status,
        "horizon_days": days,
    }


def rep(name: str, channel: str, share: float, outside: bool) -> dict[str, Any]:
    return {
        "channel": channel,
        "measure": name,
        "share": share,
        "denominator": 286,
        "limit_low_998": 0.2517,
        "limit_high_998": 0.4282,
        "is_outside_998": outside,
    }


LINES = {"channel": "inbound", "measure": "all_reps", "share": 0.36, "limit_low_998": None}
REPS = [
    LINES,
    rep("R07", "inbound", 0.619, True),
    rep("R01", "inbound", 0.35, False),
    rep("R07", "outbound", 0.6, True),
]
BOTH = [accepted("outbound", 0.7212), accepted("inbound", 0.7047), accepted("unknown", 0.5)]


def kept(channel: str, share: float | None) -> dict[str, Any]:
    return {
        "channel": channel,
        "measure": "kept_on_time",
        "estimate": share,
        "status": "ok",
        "tolerance_minutes": 15.0,
    }


def tenth(number: int, minutes: float | None, status: str = "ok", channel: str = "inbound") -> dict[str, Any]:
    return {
        "channel": channel,
        "tenth": number,
        "estimate": minutes,
        "low": None if minutes is None else minutes * 0.8,
        "high": None if minutes is None else minutes * 1.5,
        "status": status,
        "denominator": 600,
    }


TENTHS = [tenth(10, 159.3), tenth(1, 87.5), tenth(5, 90.0), tenth(10, 9.0, channel="outbound")]


@pytest.mark.parametrize(
    ("rows", "reps", "title"),
    [
        (
            BOTH,
            REPS,
            "Sales accepts 70 of 100 inbound, 72 outbound hand-offs in 5 days; 1 rep outside limits",
        ),
        (
            BOTH,
            REPS[:1],
            "Sales accepts 70 of 100 inbound and 72 of 100 outbound hand-offs within 5 days",
        ),
        (
            BOTH[:1],
            REPS[2:3],
            "Sales accepts 72 of 100 outbound hand-offs within 5 days; no rep outside limits",
        ),
        ([accepted("inbound", None, "too_few")], REPS, "1 rep is outside the limits of chance"),
        ([accepted("inbound", 0.7, "provisional")], [], calling.QUALIFICATION),
        ([], [], calling.QUALIFICATION),
        ([accepted("inbound", None, "too_early")], REPS[2:3], calling.QUALIFICATION),
    ],
)
def test_the_title_of_qualification(rows, reps, title):
    assert calling.qualification_title(rows, reps) == title


@pytest.mark.parametrize(
    ("callbacks", "tenths", "title"),
    [
        (
            [kept("outbound", 0.6986), kept("inbound", 0.6641)],
            TENTHS,
            "66 of 100 inbound, 70 outbound callbacks made in 15 min; on busy days 1 in 10 waits 2.7 h",
        ),
        (
            [kept("inbound", 0.6641)],
            [],
            "66 of 100 inbound callbacks made within 15 min of the time promised",
        ),
        ([], TENTHS, "On the busiest days 1 in 10 inbound leads waits 2.7 h or longer"),
        ([kept("inbound", None)], [tenth(10, None)], calling.OPERATIONS),
    ],
)
def test_the_title_of_operations(callbacks, tenths, title):
    assert calling.operations_title(callbacks, tenths) == title


def test_titles_are_short_enough_whatever_the_figures():
    rows = [accepted("inbound", 1.0, days=3650), accepted("outbound", 1.0, days=3650)]
    many = [rep(f"R{number}", "inbound", 0.9, True) for number in range(1234)]
    titles = [
        calling.qualification_title(rows, many),
        calling.operations_title([kept("inbound", 1.0), kept("outbound", 1.0)], [tenth(10, 10_079.0)]),
        calling.QUALIFICATION,
        calling.OPERATIONS,
    ]
    assert [title for title in titles if len(title) > TITLE_LIMIT] == []


def test_who_is_outside_is_told_with_rate_n_and_limits():
    assert calling.reps_sentence(REPS) == (
        "Of 2 inbound and 1 outbound reps, outside the limits that chance draws (99.8 %): "
        "inbound R07, 62 of 100 in 286 conversations (by chance 25.2 to 42.8 %); "
        "outbound R07, 60 of 100 in 286 conversations (by chance 25.2 to 42.8 %). To be talked over, not ranked."
    )
    assert calling.reps_sentence(REPS[2:3]) == (
        "Of 1 inbound reps nobody is outside the limits that chance draws (99.8 %)."
    )
    assert "5 reps with 20 conversations" in calling.reps_sentence([LINES])


def mix(channel: str, name: str, count: int, whole: int = 200, codes: str = "") -> dict[str, Any]:
    return {
        "channel": channel,
        "measure": name,
        "numerator": count,
        "denominator": whole,
        "estimate": count / whole if whole >= 10 else None,
        "codes": codes,
    }


def test_the_three_most_frequent_endings():
    rows = [
        mix("outbound", "unreachable", 120),
        mix("outbound", "gatekeeper_block", 80),
        mix("inbound", "no_fit", 20),
        mix("inbound", "qualified", 90),
        mix("inbound", "callback_requested", 50),
        mix("inbound", "voicemail", 40),
    ]
    assert calling.outcomes_sentence(rows) == (
        "Of 100 inbound calls 45 end qualified, 25 with a callback requested, 20 in a voicemail (200 calls in all). "
        "Of 100 outbound calls 60 end unreachable, 40 at a gatekeeper (200 calls in all)."
    )
    assert calling.outcomes_sentence([mix("inbound", "qualified", 9, 9)]) == (
        "No mix: fewer than 10 calls of either channel."
    )


def test_unmapped_calls_are_told_in_the_words_of_the_specification():
    rows = [mix("inbound", "unmapped", 200, 900, "NI2, CBX"), mix("outbound", "unmapped", 14, 900, "NI2")]
    # experience.md, section 2
    assert calling.unmapped_sentence(rows) == (
        "Withheld: 214 calls carry outcomes that are not mapped (CBX, NI2). Map them, then load again."
    )
    assert calling.unmapped_sentence([mix("inbound", "unmapped", 1, 900, "X")]).startswith(
        "Withheld: 1 call carries"
    )
    assert calling.unmapped_sentence([mix("inbound", "qualified", 9)]) == ""


def half(measure: str, low: float, high: float, channel: str = "inbound") -> dict[str, Any]:
    return {
        "channel": channel,
        "measure": measure,
        "estimate": (low + high) / 2,
        "low": low,
        "high": high,
        "later_share": 0.5,
        "earlier_share": 0.3 if low > 0 else 0.8,
        "denominator": 100,
        "earlier_count": 90,
        "split_on": date(2026, 4, 1),
    }


@pytest.mark.parametrize(
    ("passed", "accepted_", "is_told"),
    [
        ((0.01, 0.3), (-0.3, -0.01), True),
        ((-0.01, 0.3), (-0.3, -0.01), False),  # the rise may be chance
        ((0.01, 0.3), (-0.3, 0.01), False),  # the fall may be
        ((-0.3, -0.01), (0.01, 0.3), False),
    ],
)
def test_the_bar_may_have_moved_only_where_both_are_beyond_chance(passed, accepted_, is_told):
    told = calling.bar_sentence([half("passed", *passed), half("accepted", *accepted_)])
    assert bool(told) == is_told
    if is_told:
        assert told == (
            "Pass rate rises while later acceptance falls: the bar may have moved. Inbound since 1 Apr 2026: "
            "50 of 100 conversations pass against 30 before (of 100 and 90); "
            "50 of 100 hand-offs are accepted against 80 before (of 100 and 90)."
        )


def test_a_rise_in_one_channel_and_a_fall_in_the_other_say_nothing():
    rows = [half("passed", 0.01, 0.3), half("accepted", -0.3, -0.1, "outbound")]
    assert calling.bar_sentence(rows) == ""


def waiting(channel: str, late: int, whole: int, barred: int = 0, closed: int = 0) -> dict[str, Any]:
    return {
        "channel": channel,
        "numerator": late,
        "denominator": whole,
        "do_not_call_count": barred,
        "closed_count": closed,
        "acceptance_days": 5,
        "touch_days": 2,
    }


def test_waiting_hand_offs_and_what_is_left_out():
    rows = [waiting("outbound", 27, 33, closed=72), waiting("inbound", 10, 10, barred=3, closed=101)]
    assert calling.waiting_sentence(rows) == (
        "Waiting longer than agreed (5 days for an answer, 2 days for the first touch): 10 of 10 inbound, 27 of 33 outbound "
        "open hand-offs. Left out: 173 whose lead is won or lost and 3 whose lead asked not to be called."
    )
    assert calling.waiting_sentence([]) == "No hand-off waits for sales."
    assert calling.promises_sentence([waiting("inbound", 1, 4)], rows[:1]) == (
        "Overdue: 1 of 4 inbound open callbacks; 27 of 33 outbound open hand-offs. "
        "Left out: 72 whose lead is won or lost."
    )
    assert calling.promises_sentence([], []) == "Nothing is open: no callback and no hand-off waits."
    assert calling.promises_sentence(None, []) == "Nothing is open: no hand-off waits."
    assert calling.promises_sentence(None, None) == ""
    assert "Nothing is left out." in calling.promises_sentence([waiting("inbound", 1, 4)], [])
    assert "Overdue: none of the open callbacks." in calling.promises_sentence(
        [waiting("inbound", 0, 0, closed=2)], []
    )


def test_the_wait_of_the_slowest_with_ranges_and_counts():
    assert calling.load_sentence(TENTHS) == (
        "90 of 100 inbound leads have a response on the calmest tenth of days within 1.5 h (1.2 to 2.2 h), 600 leads; "
        "on the busiest tenth of days within 2.7 h (2.1 to 4.0 h), 600 leads."
    )
    assert "on the busiest tenth of days not within a week" in calling.load_sentence(
        [tenth(1, 60.0), tenth(10, None)]
    )
    assert calling.load_sentence([tenth(1, 9.0, channel="outbound")]).startswith(
        "No inbound leads in this scope"
    )
    assert calling.load_sentence([tenth(1, None, "too_few")]).startswith(
        "No tenth of days has 30 inbound leads"
    )


def whole(zone: int, unknown: int, staffed: int = 1323, count: int = 3963) -> dict[str, Any]:
    known = count >= 10
    return {
        "channel": "inbound",
        "measure": "all hours",
        "numerator": staffed,
        "denominator": count,
        "estimate": staffed / count if known else None,
        "low": 0.319 if known else None,
        "high": 0.349 if known else None,
        "without_zone_count": zone,
        "unknown_count": unknown,
    }


def test_arrivals_and_who_is_left_out_of_the_map():
    assert calling.arrivals_sentence([whole(6, 1)]) == (
        "At work when they arrive, in their language: 33 of 100 (31.9 to 34.9 %): 1,323 of 3,963 inbound arrivals. "
        "6 leads carry no time zone and are left out of the map. "
        "1 more without a language or on days without recorded staff is left out too."
    )
    assert calling.arrivals_sentence([whole(0, 0, 2, 9)]) == (
        "At work when they arrive, in their language: 2 of 9 inbound arrivals."
    )
    assert calling.arrivals_sentence([]).startswith("No map")


def test_no_sentence_says_what_it_must_not():
    said = [
        calling.qualification_title(BOTH, REPS),
        calling.operations_title([kept("inbound", 0.66)], TENTHS),
        calling.reps_sentence(REPS),
        calling.outcomes_sentence([mix("inbound", name, 20, 240) for name in calling.ENDINGS]),
        calling.unmapped_sentence([mix("inbound", "unmapped", 3, codes="X")]),
        calling.bar_sentence([half("passed", 0.01, 0.3), half("accepted", -0.3, -0.01)]),
        calling.waiting_sentence([waiting("inbound", 1, 2, 3, 4)]),
        calling.load_sentence(TENTHS),
        calling.arrivals_sentence([whole(6, 2)]),
    ]
    assert {text: words for text in said if (words := forbidden(text))} == {}


def answer(channel: str, share: float | None) -> dict[str, Any]:
    limits = {"low": 0.71, "high": 0.79} if share is not None else {"low": None, "high": None}
    return {"channel": channel, "estimate": share, "numerator": 300, "denominator": 400, **limits}


def hang_ups(channel: str, status: str = "ok", half: float | None = 95.0, high: float | None = 130.0) -> list:
    told = {"patience_seconds": half, "patience_low": 80.0, "patience_high": high, "channel": channel}
    return [
        told | {"within_seconds": None, "status": "ok", "estimate": 0.2},
        told | {"within_seconds": 20, "status": status, "estimate": 0.1 if status == "ok" else None},
    ]


def test_callers_are_told_with_what_they_bear():
    said = calling.callers_sentence(
        [answer("inbound", 0.75), answer("outbound", None), answer("unknown", 0.1)],
        [*hang_ups("inbound"), *hang_ups("outbound", high=None)],
    )
    assert said == (
        "Answered: 75 of 100 inbound calls (71.0 to 79.0 %), 300 of 400. "
        "Half of the inbound callers would hang up by 1.6 min (1.3 to 2.2 min). "
        "Half of the outbound callers would hang up by 1.6 min (1.3 min to not reached)."
    )
    assert calling.callers_sentence([], []) == ""
    assert forbidden(said) == []


def test_patience_that_is_not_known_is_said():
    said = calling.callers_sentence([], hang_ups("inbound", "not_available", None))
    assert (
        said == "Their patience is not known: waits are missing, or missing more often where callers hang up."
    )
    assert calling.callers_sentence([], hang_ups("inbound", "too_few", None)) == ""


def test_attempts_for_each_conversion_are_told_by_channel():
    known = {
        "attempts_per_conversion": 6.04,
        "attempts_per_conversion_low": 4.5,
        "attempts_per_conversion_high": 7.9,
    }
    rows = [{"channel": channel, **known} for channel in ("outbound", "outbound", "other")]
    assert calling.attempts_sentence(rows) == "Outbound: 6.0 attempts for each conversion (4.5 to 7.9)."
    unknown = [{"channel": "inbound", **dict.fromkeys(known)}]
    assert calling.attempts_sentence(unknown) == (
        "Fewer than 10 conversions in either channel: no number of attempts is given."
    )
