"""Numbers and dates in words: examples of experience.md, section 6, and what must never be printed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadquality import words


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (words.share(0.0716), "7.2 %"),
        (words.share(0.0), "0.0 %"),
        (words.share(-0.0), "0.0 %"),
        (words.points(0.0209), "2.1 points"),
        (words.points(-0.0137), "−1.4 points"),
        (words.counted(0.0716, 1_000), "72 of 1,000"),
        (words.money("EUR", 1_392), "EUR 1,392"),
        (words.money("EUR", 2_580_000), "EUR 2.58 M"),
        (words.money("EUR", 310_000), "EUR 310,000"),
        (words.money("EUR", 999_999.7), "EUR 1.00 M"),
        (words.money("EUR", 4.2), "EUR 4.20"),
        (words.money(None, -1_392), "−1,392"),
        (words.days(37), "37 days"),
        (words.days(1), "1 day"),
        (words.days(12.4), "12.4 days"),
        (words.elapsed(18), "18 min"),
        (words.elapsed(144), "2.4 h"),
        (words.elapsed(37 * 1_440), "37 days"),
        (words.seconds(45), "45 s"),
        (words.seconds(252), "4.2 min"),
        (words.seconds(7_200), "2.0 h"),
        (words.quantity(9_412), "9,412"),
        (words.quantity(2.15), "2.2"),
        (words.quantity(0.004), "0.004"),
        (words.index(0.384), "0.38"),
        (words.count(9_412), "9,412"),
        (words.day(date(2026, 11, 22)), "22 Nov 2026"),
        (words.month(date(2027, 5, 3)), "May 2027"),
        (words.week(date(2026, 11, 22)), "2026-W47"),
        (words.week(date(2027, 1, 1)), "2026-W53"),
    ],
)
def test_each_kind_of_number_reads_as_the_specification_says(written: str, wanted: str) -> None:
    assert written == wanted


@pytest.mark.parametrize(
    ("rates", "wanted"),
    [
        ((0.0716, 0.0925), 1_000),  # 7.16 of 100 is under 10, 71.6 of 1,000 is not
        ((0.1, 0.4), 100),  # exactly 10 of 100 is enough
        ((0.0005, 0.0626), 10_000),
        ((0.0, 0.0925), 1_000),  # a rate of 0 has no size
        ((0.0, 0.0009), 10_000),  # so its upper limit is given with it
        ((None, 0.3), 100),
        ((), 100),
    ],
)
def test_the_denominator_is_the_smallest_that_gives_the_smaller_rate_ten(
    rates: tuple[float | None, ...], wanted: int
) -> None:
    assert words.denominator_for(*rates) == wanted


def test_a_value_that_would_round_to_nothing_gets_one_more_digit() -> None:
    assert words.share(0.0002) == "0.02 %"
    assert words.span("ratio", 0.0002, 0.0064) == "0.02 to 0.6 %"
    assert words.counted(0.0003, 1_000) == "0.3 of 1,000"
    assert words.plain(1e-17) == "0"  # the noise of a float is nothing


@pytest.mark.parametrize(
    ("unit", "low", "high", "wanted"),
    [
        ("ratio", 0.0639, 0.0798, "6.4 to 8.0 %"),
        ("ratio", -0.0025, 0.0235, "−0.2 to 2.4 %"),  # -.25 and 2.35: ties go to the even digit
        ("days", 31, 45, "31 to 45 days"),
        ("days", 31, None, "31 days to not reached"),
        ("days", 31, float("inf"), "31 days to not reached"),
        ("money", 1_201, 1_610, "EUR 1,201 to 1,610"),
        ("money", 2_410_000, 2_800_000, "EUR 2.41 to 2.80 M"),
        ("money", 980_000, 1_020_000, "EUR 980,000 to EUR 1.02 M"),
        ("index", 0.31, 0.45, "0.31 to 0.45"),
        ("ratio", 0.1, None, "—"),
        ("ratio", None, None, "—"),
    ],
)
def test_a_span_says_its_unit_once(unit: str, low: float | None, high: float | None, wanted: str) -> None:
    assert words.span(unit, low, high, currency="EUR") == wanted


def test_what_is_not_known_is_a_dash_with_its_reason() -> None:
    for unit in ("ratio", "days", "money", "index"):
        assert words.value(unit, None) == "—"
        assert words.value(unit, float("nan"), why="no spend") == "— (no spend)"
    assert words.count(None) == words.day(None) == "—"


def test_a_unit_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'percent' is not known: use money or ratio"):
        words.value("percent", 0.5)


@given(st.floats(-1e9, 1e9), st.sampled_from(["ratio", "days", "money", "index"]))
def test_no_value_prints_a_hyphen_a_bare_float_or_a_false_zero(x: float, unit: str) -> None:
    text = words.value(unit, x, "EUR")
    assert not set("-e") & set(text.replace("days", "").replace("day", ""))
    zero = not any(digit in text for digit in "123456789")
    assert zero == (abs(x * (100 if unit == "ratio" else 1)) < 1e-9)
