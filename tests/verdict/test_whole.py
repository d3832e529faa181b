"""What is said of whole curves: how often chance would draw them so, and never who is ahead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leadquality.verdict import forbidden
from leadquality.verdict.whole import Apart, channels, sources

TESTED = Apart(
    compared=("inbound", "outbound"),
    small=(),
    lead_count=9_412,
    won_count=476,
    is_enough=True,
    has_late_entries=False,
    has_shared_accounts=False,
    crossing=None,
    test="Gray's",
    p=0.0312,
)
FIVE = replace(TESTED, compared=("a", "b", "c", "d", "e"))


def test_the_channels_golden() -> None:
    assert channels(TESTED) == (
        "As a whole: if leads of both channels were won alike at every age, curves this far apart would come about by chance in "
        "about 3 of 100 such reports (Gray's test, p 0.03; 9,412 leads, 476 won). It names no channel and no age."
    )


def test_the_sources_golden_with_what_is_left_out() -> None:
    said = sources("inbound", replace(FIVE, p=4e-22, small=("podcast", "f\nair", "x", "y", "z")))
    assert said == (
        "Inbound: if leads of all 5 sources were won alike at every age, curves this far apart would come about by chance in fewer "
        "than 1 of 1,000 such reports (Gray's test, p below 0.001; 9,412 leads, 476 won). It names no source. "
        "Left out, with fewer than 30 leads: podcast, f air, x and 2 more."
    )


@pytest.mark.parametrize(
    ("p", "often", "shown"),
    [
        (0.64, "about 64 of 100", "p 0.64"),
        (1.0, "about 100 of 100", "p 1.00"),
        (0.01, "about 1 of 100", "p 0.01"),
        (0.0099, "about 10 of 1,000", "p 0.01"),
        (0.0014, "about 1 of 1,000", "p 0.001"),
        (0.001, "about 1 of 1,000", "p 0.001"),
        (0.00099, "fewer than 1 of 1,000", "p below 0.001"),
        (0.0, "fewer than 1 of 1,000", "p below 0.001"),
    ],
)
def test_p_is_said_in_whole_reports_and_as_itself(p: float, often: str, shown: str) -> None:
    for said in (channels(replace(TESTED, p=p)), sources("outbound", replace(FIVE, p=p))):
        assert f"by chance in {often} such reports (Gray's test, {shown};" in said
        assert forbidden(said) == []


def test_leads_that_share_an_account_are_said_to_be_taken_as_unrelated() -> None:
    said = channels(replace(TESTED, has_shared_accounts=True, test="log-rank"))
    assert "(log-rank test, p 0.03;" in said
    assert "Leads of one account are taken as unrelated, so chance may do it more often than that." in said


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"crossing": ("web", "fair")},
            "the curves of web and fair cross, and one test over all ages would hide it",
        ),
        ({"compared": ("web",), "is_enough": False}, "fewer than two sources have 30 leads"),
        (
            {"is_enough": False, "won_count": 9, "lead_count": 300},
            "9 of 300 leads are won, 10 are needed",
        ),
        ({"has_late_entries": True}, "some leads are not known from the day of their creation on"),
        ({}, "not all of them are known up to the ages at which leads are won"),
    ],
)
def test_what_is_not_tested_says_why(change: dict[str, object], why: str) -> None:
    said = sources("outbound", replace(FIVE, p=None, **change))  # type: ignore[arg-type]
    assert said == f"Outbound: whether its sources differ at all is not tested: {why}."
    assert forbidden(said) == []


def test_channels_that_cross_are_told_elsewhere_and_too_few_are_told_here() -> None:
    assert channels(replace(TESTED, p=None, crossing=("inbound", "outbound"))) == ""
    few = replace(TESTED, p=None, is_enough=False, won_count=4, lead_count=120)
    assert channels(few) == (
        "Whether the curves differ as a whole is not tested: 4 of 120 leads are won, 10 are needed."
    )


def test_a_name_cannot_break_out_of_its_sentence() -> None:
    said = sources("inbound", replace(FIVE, small=("a" * 500, "\u202eevil")))
    assert len(said) < 700
    assert "\u202e" not in said
