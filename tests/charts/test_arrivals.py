"""The specification of the map of arrivals against staffed hours."""

from __future__ import annotations

from typing import Any

import polars
import pytest

from leadquality.charts import arrivals, cells

SCHEMA: dict[str, Any] = {
    "slice": polars.String,
    "channel": polars.String,
    "measure": polars.String,
    "numerator": polars.Int64,
    "denominator": polars.Int64,
    "weekday": polars.Int64,
    "hour": polars.Int64,
    "is_mostly_staffed": polars.Boolean,
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def row(
    day: int | None, hour: int | None, count: int, staffed: int, channel: str = "inbound"
) -> dict[str, Any]:
    return {
        "slice": "all",
        "channel": channel,
        "measure": f"{DAYS[day - 1]} {hour:02}:00" if day and hour is not None else "all hours",
        "numerator": staffed,
        "denominator": count,
        "weekday": day,
        "hour": hour,
        "is_mostly_staffed": staffed * 2 >= count if count >= 10 else None,
    }


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=SCHEMA)


def told() -> polars.DataFrame:
    return frame(
        row(None, None, 190, 95),
        row(2, 22, 20, 0),
        row(1, 9, 40, 30),
        row(1, 10, 60, 30),
        row(1, 11, 50, 10),
        row(1, 12, 20, 19),
        row(3, 9, 5, 5),
        row(1, 9, 99, 99, "outbound"),
    )


def test_the_map_has_seven_days_and_the_hours_in_which_somebody_arrives() -> None:
    heat = arrivals(told()).data[0]
    assert heat.x == tuple(range(8, 23))  # the working day, and on to the latest arrival
    assert heat.y == (1, 2, 3, 4, 5, 6, 7)
    assert list(heat.z[0][:5]) == [None, 40, 60, 50, 20]
    assert heat.z[1][-1] == 20
    assert list(heat.z[6]) == [None] * 15  # nobody on Sunday: blank, not 0


def test_frames_are_the_stretches_of_hours_that_are_mostly_staffed() -> None:
    shapes = [(shape.x0, shape.x1, shape.y0, shape.y1) for shape in arrivals(told()).layout.shapes]
    # Monday 9 and 10 as one, 12 apart; Wednesday has too few arrivals to say
    assert shapes == [(8.5, 10.5, 0.52, 1.48), (11.5, 12.5, 0.52, 1.48)]


def test_monday_stands_first_and_a_cell_leads_to_its_row() -> None:
    figure = arrivals(told())
    assert figure.layout.yaxis.range == (7.5, 0.5)
    every, marks = cells(told()), figure.data[1]
    assert [each["measure"] for each in every] == [
        "Mon 09:00",
        "Mon 10:00",
        "Mon 11:00",
        "Mon 12:00",
        "Tue 22:00",
        "Wed 09:00",
    ]
    for x, y, data in zip(marks.x, marks.y, marks.customdata, strict=True):
        assert (every[data[-1]]["hour"], every[data[-1]]["weekday"]) == (x, y)


def test_nothing_to_map_is_a_sentence_and_slices_are_refused() -> None:
    assert "No map" in arrivals(frame()).layout.annotations[0].text
    assert arrivals(frame(row(None, None, 3, 1))).data == ()
    with pytest.raises(ValueError, match="one slice"):
        arrivals(frame(row(1, 9, 20, 1), row(1, 9, 20, 1) | {"slice": "smb"}))
