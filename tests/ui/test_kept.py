"""What is kept for all readers: worked out once, bounded, let go with its snapshot, and never an error."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl
import pytest
import streamlit as st

from leadquality import charts
from leadquality.scope import Scope
from leadquality.ui.kept import Kept, drawn_once


class Work:
    """Counts how often it was done; gives a new object each time."""

    def __init__(self, size: int = 0) -> None:
        self.size = size
        self.count = 0

    def __call__(self) -> list[int]:
        self.count += 1
        return [self.count] * self.size


@pytest.fixture
def kept() -> Kept:
    return Kept(most=3, most_rows=100, snapshots=2)


def test_the_same_question_is_worked_out_once_and_its_answer_shared(kept):
    work = Work()
    first = kept.answer("s", (Scope(date(2026, 1, 1)), "kpi", 30), work)
    assert kept.answer("s", (Scope(date(2026, 1, 1)), "kpi", 30), work) is first and work.count == 1


@pytest.mark.parametrize(
    ("snapshot", "question"),
    [
        ("other", (Scope(date(2026, 1, 1)), "kpi", 30)),
        ("s", (Scope(date(2026, 1, 1), channels=("inbound",)), "kpi", 30)),
        ("s", (Scope(date(2026, 1, 1)), "other", 30)),
        ("s", (Scope(date(2026, 1, 1)), "kpi", None)),
    ],
)
def test_another_snapshot_scope_kpi_or_age_is_another_question(kept, snapshot, question):
    work = Work()
    kept.answer("s", (Scope(date(2026, 1, 1)), "kpi", 30), work)
    kept.answer(snapshot, question, work)
    assert work.count == 2


def test_readers_who_ask_at_once_wait_for_one_answer(kept):
    begun, go_on, work = threading.Event(), threading.Event(), Work()

    def slow() -> list[int]:
        begun.set()
        assert go_on.wait(10)
        return work()

    with ThreadPoolExecutor(8) as readers:
        first = readers.submit(kept.answer, "s", "q", slow)
        assert begun.wait(10)
        others = [readers.submit(kept.answer, "s", "q", work) for _ in range(7)]
        # another question does not wait
        assert kept.answer("s", "r", Work(2)) == [1, 1]
        go_on.set()
        answers = {id(each.result(10)) for each in (first, *others)}
    assert len(answers) == 1 and work.count == 1


def test_an_error_reaches_those_who_wait_and_is_not_kept(kept):
    begun, go_on = threading.Event(), threading.Event()

    def fails() -> list[int]:
        begun.set()
        assert go_on.wait(10)
        raise ValueError("no answer")

    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(kept.answer, "s", "q", fails)
        assert begun.wait(10)
        second = readers.submit(kept.answer, "s", "q", fails)
        go_on.set()
        for each in (first, second):
            with pytest.raises(ValueError, match="no answer"):
                each.result(10)
    assert kept.answer("s", "q", Work(1)) == [1]


def asked_again(kept: Kept, snapshot: str, *questions: str) -> list[str]:
    """Those of the questions whose answers are not there any more; asks them from the last to the first."""
    gone = []
    for question in reversed(questions):
        work = Work()
        kept.answer(snapshot, question, work)
        if work.count:
            gone.append(question)
    return gone


def test_the_answer_that_was_asked_for_least_lately_goes_first(kept):
    for question in ("a", "b", "c", "a", "d"):
        kept.answer("s", question, Work())
    assert asked_again(kept, "s", "a", "c", "d") == []
    assert asked_again(kept, "s", "b") == ["b"]


def test_rows_are_counted_together_and_one_answer_of_very_many_is_not_kept(kept):
    kept.answer("s", "huge", Work(26))
    assert asked_again(kept, "s", "huge") == ["huge"]
    kept = Kept(most=100, most_rows=100, snapshots=2)
    for place in range(5):
        kept.answer("s", f"q{place}", Work(25))
    assert asked_again(kept, "s", "q1", "q2", "q3", "q4") == []
    assert kept.row_count == 100


def test_answers_go_with_the_snapshot_that_was_asked_for_least_lately():
    kept = Kept(most=100, most_rows=100, snapshots=2)
    for snapshot in ("old", "served", "old", "new"):
        kept.answer(snapshot, "q", Work(3))
    assert asked_again(kept, "old", "q") == []
    assert (set(kept.asked), kept.row_count) == ({"old", "new"}, 6)
    assert asked_again(kept, "served", "q") == ["q"]


def test_clearing_lets_everything_go(kept):
    kept.answer("s", "q", Work(3))
    kept.clear()
    assert asked_again(kept, "s", "q") == ["q"]


def curve(won: float) -> pl.DataFrame:
    ages = [30, 90]
    common = {"slice": "all", "channel": "inbound", "status": "ok", "low": won / 2, "high": won * 2}
    return pl.DataFrame(
        [
            common
            | {"age_days": age, "estimate": won, "numerator": 10, "denominator": 200, "n_old_enough": 200}
            for age in ages
        ]
    )


def test_a_figure_is_drawn_once_for_the_same_arguments_and_showing_it_changes_nothing():
    figure = drawn_once(charts.equal_age, curve(0.1), (30, 90), 90, noun="won")
    assert drawn_once(charts.equal_age, curve(0.1), (30, 90), 90, noun="won") is figure
    assert drawn_once(charts.equal_age, curve(0.2), (30, 90), 90, noun="won") is not figure
    assert drawn_once(charts.equal_age, curve(0.1), (30, 90), 90, noun="met us") is not figure
    st.plotly_chart(figure, key="shown", config=charts.CONFIG)
    assert figure.to_json() == charts.equal_age(curve(0.1), (30, 90), 90, noun="won").to_json()
