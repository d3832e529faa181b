"""The specification of reasons stacked to 100."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars

from leadquality.charts import reasons

COLUMNS = "slice channel measure numerator denominator estimate low high".split()


def line(
    source: str, reason: str, share: float | None, channel: str = "inbound", leads: int = 300
) -> dict[str, Any]:
    limits = (None, None) if share is None else (share - 0.01, share + 0.01)
    return dict(zip(COLUMNS, (source, channel, reason, 9, leads, share, *limits), strict=True))


def frame(*rows: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS), infer_schema_length=None)


def two() -> polars.DataFrame:
    return frame(
        line("web", "all reasons", 0.8),
        line("web", "no fit", 0.4),
        line("web", "no budget", 0.2),
        line("web", "no reason given", 0.15),
        line("web", "unknown", 0.05),
        line("list", "all reasons", 0.5, "outbound", 900),
        line("list", "no fit", 0.1, "outbound", 900),
        line("list", "unreachable", 0.4, "outbound", 900),
    )


def parts(figure: go.Figure) -> dict[str, Any]:
    return {trace.name: trace for trace in figure.data}


def test_one_bar_per_source_stacked_to_a_hundred() -> None:
    figure = reasons(two())
    assert (figure.layout.barmode, figure.layout.barnorm) == ("stack", "percent")
    drawn = parts(figure)
    assert "all reasons" not in drawn
    assert (drawn["no fit"].y, drawn["no fit"].x) == (("inbound: web", "outbound: list"), (0.4, 0.1))
    # inbound stands first, at the top
    assert figure.layout.yaxis.categoryarray == ("outbound: list", "inbound: web")
    assert list(drawn["no fit"].customdata[0]) == [
        "inbound: web",
        "web",
        "no fit",
        "40.0 %",
        "39.0 to 41.0 %",
        "9 leads",
    ]


def test_what_nobody_explained_is_last_and_hatched() -> None:
    figure = reasons(two())
    assert list(parts(figure))[-2:] == ["no reason given", "unknown"]
    assert list(parts(figure))[:2] == ["no fit", "unreachable"]  # by how many drop out for it
    for name in ("no reason given", "unknown"):
        assert parts(figure)[name].marker.pattern.shape == "/"
    text = next(note.text for note in figure.layout.annotations)
    assert text.replace("<br>", " ").endswith("no reason given, unknown")


def test_beyond_six_the_smaller_reasons_are_drawn_together_and_nothing_is_lost() -> None:
    rows = [line("web", f"reason {at}", 0.1 - at / 100) for at in range(9)]
    drawn = parts(reasons(frame(*rows, line("web", "other reasons", 0.02))))
    assert list(drawn) == [f"reason {at}" for at in range(6)] + ["other reasons"]
    # .04, .03 and .02 beside the .02 that were other reasons before
    assert round(drawn["other reasons"].x[0], 9) == 0.11
    assert round(sum(trace.x[0] for trace in drawn.values()), 9) == round(
        sum(row["estimate"] for row in rows) + 0.02, 9
    )


def test_a_source_of_the_same_name_in_both_channels_has_two_bars() -> None:
    drawn = parts(reasons(frame(line("web", "no fit", 0.1), line("web", "no fit", 0.2, "outbound"))))
    assert drawn["no fit"].y == ("inbound: web", "outbound: web")


def test_sources_that_may_not_be_shown_and_third_parties_are_left_out() -> None:
    rows = frame(
        line("web", "no fit", 0.1), line("young", "no fit", None), line("x", "no fit", 0.9, "unknown")
    )
    assert parts(reasons(rows))["no fit"].y == ("inbound: web",)


def test_hostile_reasons_are_text() -> None:
    figure = reasons(frame(line("<b>web</b>", "<i>why</i> %{x}", 0.1)))
    shown = figure.to_json().replace("\\u003c", "<")
    assert "<b>" not in shown and "<i>" not in shown
    assert "why" not in figure.data[0].hovertemplate


def test_nothing_to_draw_is_a_sentence() -> None:
    for rows in (polars.DataFrame(), frame(), frame(line("web", "no fit", None))):
        figure = reasons(rows)
        assert len(figure.data) == 0
        assert figure.layout.annotations[0].text.startswith("No reasons: no source")
