"""The sentences of experience.md, section 2, for one channel's figure."""

from __future__ import annotations

from datetime import date

import pytest

from leadquality.verdict import forbidden, judged, stated, too_short
from leadquality.verdict.parts import Side
from leadquality.verdict.states import not_enough_leads, stale


def test_the_states_of_one_channel_golden() -> None:
    assert stated("too_early", 22, 5_000, date(2027, 3, 14), 540, "outbound") == (
        "Too early: 22 of 5,000 outbound leads are 540 days old. Judge on 14 Mar 2027."
    )
    assert stated("provisional", 46, 5_000, date(2027, 1, 9), 540, "outbound") == (
        "Provisional: 46 outbound leads are old enough, 100 are needed. "
        "Shown, not judged. Judge on 9 Jan 2027."
    )
    assert stated("too_few", 18, 18, None, 90, numerator=7) == (
        "Small: 7 of 18. Not ranked, not coloured (30 are needed)."
    )
    assert stated("too_few", 9, 9, None, 90) == "Withheld: 9 leads, 10 are needed."
    assert stated("not_available", 0, 0, None, 90, needs={"spend": ("month", "cost")}) == (
        "Not available: needs the extract `spend` (month, cost). "
        "Nothing is put in its place. How to add it: see Data."
    )
    assert stated("ok", 947, 4_412, None, 540, "inbound") == ""


def test_a_state_without_a_date_gives_none() -> None:
    assert stated("too_early", 1, 5_000, None, 540, "outbound") == (
        "Too early: 1 of 5,000 outbound leads is 540 days old."
    )


def test_things_other_than_leads_are_named() -> None:
    assert stated("too_few", 1, 1, None, 90, "outbound", things="opportunities") == (
        "Withheld: 1 outbound opportunity, 10 are needed."
    )
    assert stated("too_few", 22, 5_000, None, 540, "outbound") == (
        "Too few: 22 of 5,000 outbound leads are 540 days old, 30 are needed."
    )


@pytest.mark.parametrize(
    ("status", "old", "said"),
    [
        ("too_few", 12, "Too few: 12 inbound leads are 45 days old, with 18 calls."),
        (
            "too_early",
            1,
            "Too early: 1 inbound lead is 45 days old, with 18 calls so far. Judge on 9 Jan 2027.",
        ),
        (
            "provisional",
            46,
            "Provisional: 46 inbound leads are old enough, 100 are needed. Shown, not judged. Judge on 9 Jan 2027.",
        ),
        ("too_few", 0, "Too few: no inbound lead is 45 days old, with 18 calls."),
        ("ok", 947, ""),
    ],
)
def test_what_comes_from_leads_says_how_many_leads_are_old_enough(status, old, said) -> None:
    side = Side("inbound", None, None, None, old, 0, 0, status)
    assert not_enough_leads(status, side, 45, date(2027, 1, 9), "18 calls") == said


def test_a_status_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="'fine' is not known"):
        stated("fine", 1, 1, None, 90)


def test_a_kpi_judged_for_one_channel_says_why_the_other_is_grey() -> None:
    reason = "No prospect is waiting there."
    assert judged("Speed to lead", "inbound", "outbound", reason) == (
        "Judged for inbound only. Outbound is in grey: no prospect is waiting there."
    )
    assert judged("Speed to lead", "inbound", "outbound", "A slow meeting is timing.").endswith(
        "Outbound is in grey: a slow meeting is timing."
    )
    assert judged("Speed to lead", "inbound", "inbound", reason) == ""
    assert judged("Close rate", "both", "outbound", reason) == ""
    assert judged("Dials", "neither", "inbound", "ICP is no matter here") == (
        "Dials: a diagnostic, not a verdict on either channel. Inbound is in grey: ICP is no matter here."
    )


def test_a_range_too_short_golden() -> None:
    assert too_short(91, 540, 30) == (
        "The chosen leads are at most 91 days old, so 540 days cannot be judged. "
        "Judge at 30 days, or widen the dates."
    )
    assert too_short(3, 540, None).endswith("cannot be judged. Widen the dates.")


@pytest.mark.parametrize("status", ["provisional", "too_early", "too_few", "not_available"])
@pytest.mark.parametrize("n", [0, 1, 9, 10, 29, 30, 99])
def test_no_state_uses_a_forbidden_word(status: str, n: int) -> None:
    for judge_on in (None, date(2027, 3, 14)):
        assert forbidden(stated(status, n, 5_000, judge_on, 540, "outbound")) == []


@pytest.mark.parametrize(
    ("age", "failed_on", "said"),
    [
        (8, None, ""),
        (9, None, "The data are 9 days old (as of 13 Nov 2026). Load newer extracts."),
        (
            9,
            date(2026, 11, 20),
            "The data are 9 days old (as of 13 Nov 2026). The load of 20 Nov 2026 failed: calls.csv is empty.",
        ),
        (
            1,
            date(2026, 11, 14),
            "The data are 1 day old (as of 13 Nov 2026). The load of 14 Nov 2026 failed: calls.csv is empty.",
        ),
        (
            0,
            date(2026, 11, 13),
            "The data are of today (as of 13 Nov 2026). The load of 13 Nov 2026 failed: calls.csv is empty.",
        ),
    ],
)
def test_old_data_and_a_failed_load_are_said(age, failed_on, said):
    assert stale(age, date(2026, 11, 13), failed_on, "calls.csv is empty.") == said
