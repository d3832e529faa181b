"""Calls in the order of their leads: what went before each call, counted again in Python over random worlds."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl
import pytest

from tests.story import Story

AS_OF = date(2026, 3, 1)
DISPOSITIONS = (
    "unreachable",
    "voicemail",
    "unmapped",
    "qualified",
    "meeting_booked",
    "no_fit",
    "connected_no_result",
)
HISTORY = ("turn", "dials_before", "unanswered_before", "is_after_conversion", "is_after_sign")


def told(seed: int) -> Story:
    """Few leads, few moments, so that ties are many; calls without a lead, and of leads that no extract holds."""
    draw, story = np.random.default_rng(seed), Story(AS_OF)
    leads = story.leads(int(draw.integers(0, 6)), created="2026-02-10")
    for lead in leads:
        for _ in range(int(draw.integers(0, 3))):
            held = AS_OF - timedelta(days=int(draw.integers(0, 6)))
            story.meeting(lead, held if draw.random() < 0.8 else None)
    names = [*leads, *leads, None, "stranger 1", "stranger 2"]
    for place in range(int(draw.integers(0, 60))):
        started = datetime.combine(AS_OF, time(int(draw.choice([0, 0, 9, 10])))) - timedelta(
            days=int(draw.integers(0, 6))
        )
        story.call(
            names[int(draw.integers(0, len(names)))],
            started.date(),
            str(draw.choice(DISPOSITIONS)),
            call_id=f"c{(place * 37) % 101}",
            started_at=None if started.hour == 0 and draw.random() < 0.5 else started,
            direction=(None, "inbound", "outbound")[int(draw.integers(0, 3))],
        )
    return story


def expected(story: Story) -> dict[str, tuple[object, ...]]:
    """What went before each call, from the definitions: walk through the calls of a lead, oldest first."""
    held = defaultdict(list)
    for row in story.rows["fact_meetings"]:
        held[row["lead_id"]] += [row["held_on"]] if row["held_on"] else []
    of_lead = defaultdict(list)
    for row in story.rows["fact_calls"]:
        moment = row["started_at"] or datetime.combine(row["started_on"], time())
        of_lead[row["lead_id"]].append((moment, row["call_id"], row))
    found = {}
    for lead, calls in of_lead.items():
        calls.sort(key=lambda call: call[:2])
        for place, (moment, call_id, row) in enumerate(calls):
            if lead is None:
                found[call_id] = (place + 1, None, None, False, False)
                continue
            before = [each for _, _, each in calls[:place]]
            dials = [each for each in before if each["direction"] != "inbound"]
            found[call_id] = (
                place + 1,
                len(dials),
                sum(not each["is_conversation"] and each["disposition"] != "unmapped" for each in dials),
                any(each["disposition"] in ("qualified", "meeting_booked") for each in before),
                any(
                    then < moment and (each["is_conversation"] or each["direction"] == "inbound")
                    for then, _, each in calls
                )
                or any(day < row["started_on"] for day in held[lead]),
            )
    return found


@pytest.mark.parametrize("seed", range(40))
def test_what_went_before_a_call(seed):
    story = told(seed)
    rows = story.database().sql(f"select call_id, {', '.join(HISTORY)} from snapshot.fact_calls").fetchall()
    assert {call_id: tuple(row) for call_id, *row in rows} == expected(story)
    assert len(rows) == len(story.rows["fact_calls"])


@pytest.mark.parametrize("seed", range(5))
def test_calls_of_a_lead_bear_its_number_and_no_other(seed):
    story = told(seed)
    con = story.database()
    calls = con.sql("select lead_id, lead, dim, lead_created_on from snapshot.fact_calls").pl()
    numbers = dict(con.sql("select lead_id, lead from snapshot.lead_keys").fetchall())
    own = {row["lead_id"] for row in story.rows["fact_leads"]}
    assert len(set(numbers.values())) == len(numbers)
    assert {name for name, number in numbers.items() if number > 0} == own
    for lead_id, lead, dim, created in calls.iter_rows():
        assert lead == (numbers[lead_id] if lead_id else None)
        assert (dim is not None, created is not None) == (lead_id in own, lead_id in own)
    assert calls.filter(pl.col("lead") < 0).height == sum(
        row["lead_id"] not in {*own, None} for row in story.rows["fact_calls"]
    )
