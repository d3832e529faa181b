"""The parts of the two calling pages: each figure with the table behind it, its select box and the rows of what is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from leadquality import charts, words
from leadquality.contracts import HEADLINE_CHANNELS
from leadquality.engine import Result
from leadquality.ui.ask import ask
from leadquality.ui.choosing import chosen_on
from leadquality.ui.frame import Frame
from leadquality.ui.heading import given
from leadquality.ui.kept import drawn_once
from leadquality.ui.panel import open_panel
from leadquality.ui.tables import table
from leadquality.verdict import calling

CELLS = ("fit and intent", "fit only", "intent only", "neither")
MOMENTS = {"entry": "at entry", "later": "by day 90"}
TABLE = "As a table"
ENDS = {
    "answered": "answered",
    "abandoned": "abandoned",
    "within_20_seconds": "would hang up within 20 s",
    "within_60_seconds": "would hang up within 60 s",
    "within_120_seconds": "would hang up within 120 s",
}
"""Lines of the table of incoming calls, in their order."""


def reps_part(frame: Frame, how_to_read: str) -> None:
    """Reps against the limits of chance: figure, who lies outside, table without an order of merit, one rep's conversations."""
    result = ask(frame, "rep_consistency")
    if not given(result):
        return
    st.caption(how_to_read)
    sentence = calling.reps_sentence(result.lines)
    st.text(sentence)
    compared = charts.compared(result.rows)
    if not compared:
        return
    names = {f"{row['channel']}: {row['measure']}": row for row in compared}
    row = _chosen(
        drawn_once(charts.reps, result.rows), names, "reps", "Open the conversations of a rep", sentence
    )
    with st.expander(TABLE, key="reps_as_table"):
        table([_rep_line(row) for row in compared], "reps_table", charts.NO_REPS)
    _open(frame, result, row, "reps")


def outcomes_part(frame: Frame, how_to_read: str) -> None:
    """Every outcome class per channel: figure, table, and the calls of the class chosen."""
    result = ask(frame, "outcome_mix")
    if not given(result):
        return
    st.caption(how_to_read)
    rows = result.lines
    sentence = calling.outcomes_sentence(rows)
    st.text(sentence)
    if unmapped := calling.unmapped_sentence(rows):
        st.text(unmapped)
    drawn = charts.segments(result.rows)
    names = {f"{row['channel']}: {charts.label_of(row['measure'])}": row for row in drawn}
    row = _chosen(
        drawn_once(charts.outcomes, result.rows), names, "outcomes", "Open the calls of an outcome", sentence
    )
    with st.expander(TABLE, key="outcomes_as_table"):
        table(
            [_share_line("Outcome", charts.label_of(row["measure"]), row) for row in drawn],
            "outcomes_table",
            charts.NO_OUTCOMES,
        )
    _open(frame, result, row, "outcomes")


def questions_part(frame: Frame, how_to_read: str) -> None:
    """Questions that must be settled, the one most often left open first, and the conversations behind one."""
    result = ask(frame, "skipped_questions")
    if not given(result):
        return
    st.caption(how_to_read)
    rows = [row for row in result.lines if row["channel"] in HEADLINE_CHANNELS]
    rows.sort(key=lambda row: (-(row["estimate"] or 0), row["measure"], row["channel"]))
    lines = [
        _share_line("Question", row["measure"].replace("_", " "), row)
        | {"Asked in vain": row["asked_count"], "No record at all": row["without_record_count"]}
        for row in rows
    ]
    table(lines, "questions_table", "No first conversation in this scope. Widen the dates or press Reset.")
    row = _chosen(
        None,
        {f"{row['channel']}: {row['measure']}": row for row in rows},
        "questions",
        "Open the conversations that left a question open",
        "",
    )
    _open(frame, result, row, "questions")


def fit_part(frame: Frame) -> None:
    """Fit and intent as a grid: at entry and by day 90, one line per channel and moment."""
    result = ask(frame, "fit_intent_matrix")
    if not given(result):
        return
    found = {(row["channel"], row["measure"]): row for row in result.lines}
    lines = [
        {"Channel": channel, "When": when}
        | {cell.capitalize(): _cell(found.get((channel, f"{moment}: {cell}"))) for cell in CELLS}
        | {"Fit only, then intent too": _cell(found.get((channel, _transition(moment))))}
        for channel in HEADLINE_CHANNELS
        for moment, when in MOMENTS.items()
        if (channel, f"{moment}: {CELLS[0]}") in found
    ]
    if found and all(row["status"] == "not_available" for row in found.values()):
        st.text(
            "Not available: needs an ideal customer profile (`ideal_customer` in the settings). "
            "Nothing is put in its place."
        )
        return
    table(lines, "fit_table", "No leads in this scope. Widen the dates or press Reset.")
    row = _chosen(
        None,
        {f"{channel}: {measure}": row for (channel, measure), row in found.items() if row["denominator"]},
        "fit",
        "Open the leads of a cell",
        "",
    )
    _open(frame, result, row, "fit")


def load_part(frame: Frame, how_to_read: str) -> None:
    """Slow response from the calmest tenth of days to the busiest: figure, table, and the leads of the tenth chosen."""
    result = ask(frame, "response_by_load")
    if not given(result):
        return
    st.caption(how_to_read)
    sentence = calling.load_sentence(result.lines)
    st.text(sentence)
    drawn = charts.tenths(result.rows)
    if all(row["estimate"] is None for row in drawn):
        return
    names = {charts.tenth_name(row): row for row in drawn}
    row = _chosen(
        drawn_once(charts.load, result.rows), names, "load", "Open the leads of a tenth of days", sentence
    )
    with st.expander(TABLE, key="load_as_table"):
        table([_load_line(row) for row in drawn], "load_table", charts.NO_LOAD)
    _open(frame, result, row, "load")


def arrivals_part(frame: Frame, how_to_read: str) -> None:
    """Arrivals on the leads' own clocks against staffed hours: map, table, and the leads of the hour chosen."""
    result = ask(frame, "arrival_hours")
    if not given(result):
        return
    st.caption(how_to_read)
    sentence = calling.arrivals_sentence(result.lines)
    st.text(sentence)
    drawn = charts.cells(result.rows)
    if not drawn:
        return
    row = _chosen(
        drawn_once(charts.arrivals, result.rows),
        {row["measure"]: row for row in drawn},
        "arrivals",
        "Open the leads of an hour",
        sentence,
    )
    with st.expander(TABLE, key="arrivals_as_table"):
        lines = [_share_line("Hour", row["measure"], row, "Arrivals", "At work for") for row in drawn]
        table(lines, "arrivals_table", charts.NO_ARRIVALS)
    _open(frame, result, row, "arrivals")


def callers_part(frame: Frame, how_to_read: str) -> None:
    """Incoming calls: answered, abandoned, and how many callers would hang up within so many seconds; the calls of a line chosen."""
    answered, abandoned = ask(frame, "inbound_answer_rate"), ask(frame, "inbound_abandonment")
    if not given(answered):
        return
    rows = {
        (row["channel"], row.get("measure", "answered")): (result, row)
        for result in (answered, abandoned)
        for row in result.lines
    }
    if rows and all(row["status"] == "not_available" for _, row in rows.values()):
        st.text(f"Not available: {answered.kpi.withheld} Nothing is put in its place.")
        return
    st.caption(how_to_read)
    if sentence := calling.callers_sentence(answered.lines, abandoned.lines):
        st.text(sentence)
    drawn = {
        f"{channel}: {said}": rows[channel, measure]
        for channel in HEADLINE_CHANNELS
        for measure, said in ENDS.items()
        if (channel, measure) in rows
    }
    table(
        [_share_line("Of 100 calls that come in", name, row, "Calls") for name, (_, row) in drawn.items()],
        "callers_table",
        "No call came in in this scope. Widen the dates or press Reset.",
    )
    name = chosen_on(None, "callers", "", list(drawn), "Open the calls of a line", "mark")
    if name:
        result, row = drawn[name]
        measure = {"measure": row["measure"]} if "measure" in row else {}
        open_panel(frame, result, row["channel"], "callers_chosen", opened=True, **measure)
    else:
        open_panel(frame, abandoned, "", "callers")


def attempts_part(frame: Frame, how_to_read: str) -> None:
    """What the first, second and each further call to a lead brings, and the attempts of a line chosen."""
    result = ask(frame, "conversion_by_attempt")
    if not given(result):
        return
    st.caption(how_to_read)
    rows = [row for row in result.lines if row["channel"] in HEADLINE_CHANNELS]
    st.text(calling.attempts_sentence(rows))
    names = {f"{row['channel']}: {_attempt(row)}": row for row in rows}
    table(
        [_attempt_line(row) for row in rows],
        "attempts_table",
        "No lead was called in this scope. Widen the dates or press Reset.",
    )
    row = _chosen(None, names, "attempts", "Open the calls of an attempt", "")
    _open(frame, result, row, "attempts")


def _open(frame: Frame, result: Result, row: Mapping[str, Any] | None, key: str) -> None:
    """Rows, SQL and definition: of the mark chosen, opened; of all, closed."""
    if row is None:
        open_panel(frame, result, "", key)
    else:
        open_panel(frame, result, row["channel"], f"{key}_chosen", opened=True, measure=row["measure"])


def _chosen(
    figure: Any, marks: Mapping[str, Mapping[str, Any]], key: str, label: str, alt: str
) -> Mapping[str, Any] | None:
    """The row of the mark chosen, or None; marks are rows by their name in the select box, in the order of the figure."""
    name = chosen_on(figure, key, alt, list(marks), label, "mark")
    return marks[name] if name else None


def _rep_line(row: Mapping[str, Any]) -> dict[str, Any]:
    where = "inside both limits"
    if row["is_outside_95"]:
        where = "outside 99.8 %" if row["is_outside_998"] else "outside 95 % only"
    return {
        "Rep": words.one_line(row["measure"]),
        "Channel": row["channel"],
        "Qualified": f"{words.share(row['share'])}, {words.count(row['numerator'])} of {words.count(row['denominator'])}",
        "By chance, 95 %": words.span("ratio", row["limit_low_95"], row["limit_high_95"]),
        "By chance, 99.8 %": words.span("ratio", row["limit_low_998"], row["limit_high_998"]),
        "Where": where,
    }


def _share_line(
    kind: str, name: str, row: Mapping[str, Any], whole: str = "Of", part: str = "Counted"
) -> dict[str, Any]:
    return {
        kind: words.one_line(name),
        "Channel": row["channel"],
        "Share": words.share(row["estimate"], str(row["status"]).replace("_", " ")),
        "Range": words.span("ratio", row["low"], row["high"]),
        part: row["numerator"],
        whole: row["denominator"],
    }


def _attempt(row: Mapping[str, Any]) -> str:
    return str(row["measure"]).removeprefix("attempt_").replace("_", " ")


def _attempt_line(row: Mapping[str, Any]) -> dict[str, Any]:
    by_then = words.missing()
    if row["cumulative_share"] is not None:
        limits = words.span("ratio", row["cumulative_low"], row["cumulative_high"])
        by_then = f"{words.share(row['cumulative_share'])} ({limits})"
    one = words.quantity(row["attempts_for_one"])
    if row["attempts_for_one_low"] is not None:
        one = f"{one} ({words.span('per_unit', row['attempts_for_one_low'], row['attempts_for_one_high'])})"
    line = _share_line("Attempt", _attempt(row), row, "Tried", "Converted")
    return line | {"Attempts for one more": one, "Converted by then": by_then}


def _load_line(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Tenth of days": charts.tenth_name(row),
        "90 of 100 have a response by": words.elapsed(row["estimate"], "not reached or too few"),
        "Range": words.span("minutes", row["low"], row["high"]),
        "Leads": row["denominator"],
        "Days": row["day_count"],
    }


def _transition(moment: str) -> str:
    return "transition: fit only to fit and intent" if moment == "later" else ""


def _cell(row: Mapping[str, Any] | None) -> str:
    """'12.4 % (11 to 14 %), 480 of 3,870; 12 unknown'."""
    if row is None:
        return words.missing()
    if row["estimate"] is None:
        return words.missing(str(row["status"]).replace("_", " "))
    counted = f"{words.count(row['numerator'])} of {words.count(row['denominator'])}"
    unknown = f"; {words.count(row['unknown_count'])} unknown" if row["unknown_count"] else ""
    return (
        f"{words.share(row['estimate'])} ({words.span('ratio', row['low'], row['high'])}), {counted}{unknown}"
    )
