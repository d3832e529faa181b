"""The specification of won by age, one line per half-year."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars

from leadquality.charts import NEUTRAL, OUTBOUND, by_cohort
from tests.charts import curves

AGES = (90, 180, 365, 540)


def point(
    cohort: str, age: int, estimate: float | None, old: int = 500, channel: str = "outbound"
) -> dict[str, Any]:
    return curves.row(channel, age, estimate, old) | {"measure": cohort}


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=curves.SCHEMA | {"measure": polars.String})


def three() -> polars.DataFrame:
    """The oldest reaches 540 days, the next is provisional at 365, the youngest too young from 180 on."""
    return frame(
        *(
            point("2025-H1", age, value)
            for age, value in ((0, 0.0), (90, 0.02), (180, 0.04), (365, 0.08), (540, 0.09))
        ),
        *(point("2025-H2", age, value) for age, value in ((0, 0.0), (90, 0.03), (180, 0.05))),
        point("2025-H2", 365, 0.09, old=60),
        point("2026-H1", 0, 0.0),
        point("2026-H1", 90, 0.02),
        point("2026-H1", 180, None, old=0),
    )


def marks(figure: go.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data if trace.mode == "markers"}


def lines(figure: go.Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == f"line of {name}"]


def test_one_step_line_per_half_year_that_ends_where_it_is_too_young() -> None:
    figure = by_cohort(three(), "outbound", AGES, 540)
    assert list(marks(figure)) == ["2025-H1", "2025-H2", "2026-H1"]
    (oldest,) = lines(figure, "2025-H1")
    assert (oldest.x, oldest.y) == ((0, 90, 180, 365, 540), (0, 2, 4, 8, 9))
    assert (oldest.line.shape, oldest.line.dash) == ("hv", "dash")
    (youngest,) = lines(figure, "2026-H1")
    assert youngest.x == (0, 90)


def test_older_lines_are_lighter() -> None:
    figure = by_cohort(three(), "outbound", AGES, 540)
    alphas = [int(lines(figure, name)[0].line.color[-2:], 16) for name in ("2025-H1", "2025-H2", "2026-H1")]
    assert alphas == sorted(alphas)
    assert alphas[-1] == 255
    assert lines(figure, "2026-H1")[0].line.color.startswith(OUTBOUND)


def test_fewer_than_a_hundred_old_enough_are_grey_and_open() -> None:
    figure = by_cohort(three(), "outbound", AGES, 540)
    before, after = lines(figure, "2025-H2")
    assert (before.x, after.x) == ((0, 90, 180, 365), (365,))
    assert before.line.color.startswith(OUTBOUND) and after.line.color.startswith(NEUTRAL)
    assert marks(figure)["2025-H2"].marker.symbol == ("diamond", "diamond", "diamond-open")


def test_the_range_stands_at_the_end_of_each_line() -> None:
    figure = by_cohort(three(), "outbound", AGES, 540)
    ranges = {trace.name: trace for trace in figure.data if trace.name.startswith("range of")}
    assert ranges["range of 2025-H1"].x == (540, 540)
    assert [round(limit, 6) for limit in ranges["range of 2025-H1"].y] == [8, 10]


def test_each_line_is_named_at_its_end_and_can_be_clicked() -> None:
    figure = by_cohort(three(), "outbound", AGES, 540)
    notes = [note.text for note in figure.layout.annotations]
    assert {"2025-H1 9.0 %", "2025-H2 9.0 %", "2026-H1 2.0 %"} <= set(notes)
    assert list(marks(figure)["2025-H1"].customdata[-1]) == [
        "2025-H1",
        "2025-H1",
        "9.0 %",
        "8.0 to 10.0 %",
        "500",
        "50 won",
    ]


def test_only_the_channel_asked_for_is_drawn() -> None:
    rows = frame(*three().to_dicts(), point("2024-H2", 90, 0.5, channel="inbound"))
    assert "2024-H2" not in marks(by_cohort(rows, "outbound", AGES, 540))


def test_hostile_names_are_text() -> None:
    figure = by_cohort(frame(point("<b>x</b>", 90, 0.1)), "outbound", AGES, 540)
    assert "<b>" not in figure.to_json().replace("\\u003c", "<")


def test_nothing_old_enough_is_a_sentence() -> None:
    for rows in (frame(), frame(point("2026-H2", 90, None, old=3))):
        figure = by_cohort(rows, "outbound", AGES, 540)
        assert len(figure.data) == 0
        assert figure.layout.annotations[0].text.startswith("No curve: fewer than 30 leads")
