"""The frame of every page: scope controls bound to the address, and what a page is drawn for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NoReturn

import streamlit as st

from leadquality import words
from leadquality.contracts import AGE_GRID
from leadquality.engine import values
from leadquality.scope import Scope
from leadquality.snapshot import Snapshot
from leadquality.ui import answers
from leadquality.ui.kept import read_once
from leadquality.ui.paper import lay_for_paper
from leadquality.ui.served import age_and_failure, home, served
from leadquality.ui.sharing import link_field, say_what_is_not_here, views_control
from leadquality.verdict.states import stale

KEY: Final = "_frame"
OWN: Final = "each figure's own age"
LATEST: Final = "latest"
FROM_TO: Final = "from - to"
WEEKS: Final = {"last 104 weeks": 104, "last 52 weeks": 52, "last 26 weeks": 26, "last 13 weeks": 13}
CREATED: Final = (*WEEKS, "all", FROM_TO)
"""Labels stand in links: they may be added to, never renamed (a test holds the list)."""
EARLIER_WEEKS: Final = 26
FILTERS: Final = (
    ("channels", "channel"),
    ("sources", "source"),
    ("segments", "segment"),
    ("regions", "region"),
)
MORE: Final = "More filters: dates, channel, source, segment, region"
"""Always the same words: an expander closes when its label changes. The stamp says what is filtered."""
DEFAULTS: Final[dict[str, Any]] = {
    "created": CREATED[0],
    "asof": LATEST,
    "age": OWN,
    "from": None,
    "to": None,
    **{dimension: [] for _, dimension in FILTERS},
}
"""Every control by its key in the address, with what it holds when nobody has touched it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page is drawn for: the open snapshot, the reader's scope, and the age chosen (None: each KPI's own)."""

    snapshot: Snapshot
    scope: Scope
    judge_at: int | None


def open_frame() -> None:
    """Draw the scope controls and keep the frame for the page that runs next. Called by app.py before the page."""
    st.session_state[KEY] = None
    lay_for_paper()
    snapshot = _snapshot_or_state()
    if snapshot is None:
        return
    known = read_once(snapshot, "values", values)
    asked = {name: st.query_params.get_all(name) for name in DEFAULTS}
    with st.container(key="scope"):
        row = st.grid(4, min_column_width=150)
        created = row.selectbox("Leads created", CREATED, key="created", bind="query-params")
        as_of = row.selectbox("As of", _days(snapshot.as_of), key="asof", bind="query-params")
        judge = row.selectbox("Judge at (days)", [OWN, *map(str, AGE_GRID)], key="age", bind="query-params")
        with row.container():
            views_control(DEFAULTS)
    more = st.expander(MORE, key="filters", on_change="rerun")
    with more:
        row = st.grid(3, min_column_width=170)
        from_on, to_on = _dates(row, drawn=bool(more.open))
        row.button("Reset", on_click=_reset, help="Show all leads again")
        lists = st.grid(4, min_column_width=200)
        chosen: dict[str, Any] = {
            field: tuple(
                lists.multiselect(
                    dimension.capitalize(),
                    known[dimension],
                    key=dimension,
                    bind="query-params",
                    format_func=words.one_line,
                )
            )
            for field, dimension in FILTERS
        }
        if more.open:  # what shows it weighs half a megabyte, and few open it
            link_field(DEFAULTS, snapshot.as_of)
    controls = {
        "created": list(CREATED),
        "age": [OWN, *map(str, AGE_GRID)],
        "asof": [*_days(snapshot.as_of), snapshot.as_of.isoformat()],
    }
    say_what_is_not_here(asked, known | controls, st.query_params.keys())
    st.session_state[KEY] = Frame(
        snapshot,
        _scope(snapshot.as_of, created, as_of, from_on, to_on, chosen),
        int(judge) if judge and judge != OWN else None,
    )


def _dates(row: Any, drawn: bool) -> tuple[date | None, date | None]:
    """The dates between which leads were created. The boxes weigh on the first visit, so without dates they wait until somebody
    looks."""
    names = ("from", "to")
    if not drawn and not any(st.session_state.get(name) or st.query_params.get(name) for name in names):
        return None, None
    from_on, to_on = (
        row.date_input(name.capitalize(), value=None, key=name, bind="query-params", format="YYYY-MM-DD")
        for name in names
    )
    return _date(from_on), _date(to_on)


def frame() -> Frame:
    """The frame that app.py opened; run alone, a page shows all leads of the served snapshot."""
    if st.session_state.get(KEY) is None:
        if KEY in st.session_state:  # app.py has looked: there is no snapshot
            _say_nothing_is_loaded()
        snapshot = _snapshot_or_state()
        if snapshot is None:
            _say_nothing_is_loaded()
        return Frame(snapshot, Scope(as_of=snapshot.as_of).backed(snapshot.as_of), None)
    found: Frame = st.session_state[KEY]
    return found


def _say_nothing_is_loaded() -> NoReturn:
    """Title and sentence of a page before the first load; what is wrong with a load stands above it already."""
    _, problem = served()
    st.title("The data cannot be shown" if problem else "What do the leads show?")
    if not problem:
        st.info(
            "No data yet. Load your extracts on the page Load (under Trust), or look around with the sample: `make sample`."
        )
    st.stop()


def _scope(
    latest: date,
    created: str | None,
    as_of: str | None,
    from_on: date | None,
    to_on: date | None,
    chosen: dict[str, Any],
) -> Scope:
    """What the controls ask for. Dates of the reader win over a range of weeks; weeks are complete ones."""
    day = latest if as_of in {None, LATEST} else date.fromisoformat(str(as_of))
    if created in WEEKS and not (from_on or to_on):
        to_on = day - timedelta(days=(day.weekday() + 1) % 7)
        from_on = to_on - timedelta(days=7 * WEEKS[str(created)] - 1)
    if from_on and to_on and from_on > to_on:
        st.error(
            f"From {words.day(from_on)} lies after {words.day(to_on)}. Swap the two dates, or press Reset."
        )
        st.stop()
    return Scope(as_of=day, from_on=from_on, to_on=to_on, **chosen).backed(latest)


def _days(latest: date) -> list[str]:
    """The latest day, then the Sundays before it, as ISO dates."""
    sunday = latest - timedelta(days=(latest.weekday() + 1) % 7 or 7)
    return [LATEST, *((sunday - timedelta(weeks=back)).isoformat() for back in range(EARLIER_WEEKS))]


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _snapshot_or_state() -> Snapshot | None:
    """The served snapshot, with what a reader must know of the load; None without one, and why it cannot be opened."""
    snapshot, problem = served()
    if problem and snapshot is not None:
        st.warning(
            f"The newest load cannot be shown: {words.md(problem, limit=400)} An earlier one is shown, as of {words.day(snapshot.as_of)}."
        )
    elif problem:
        st.info(words.md(problem, limit=400))
    elif snapshot is not None:
        answers.take(home(), snapshot)
        age, failed_on, reason = age_and_failure(snapshot)
        if warning := stale(age, snapshot.as_of, failed_on, reason):
            st.warning(words.md(warning, limit=600))
    return snapshot


def _reset() -> None:
    """Every control back to its default, which also empties the address."""
    for key, value in DEFAULTS.items():
        st.session_state[key] = value
