"""Step 3 of the load wizard: which column of the file fills which of ours, required ones first, samples beside each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from leadquality import words
from leadquality.catalogue import load_extracts
from leadquality.intake.decisions import Filling, named_in
from leadquality.intake.mapping import Source
from leadquality.intake.propose import Planned
from leadquality.intake.samples import samples_of
from leadquality.intake.suggest import read_as
from leadquality.intake.telling import said
from leadquality.ui.wizard import Wizard, label, offer, short, spoken

ORDERS: Final = {"dmy": "day first (31/12/2026)", "mdy": "month first (12/31/2026)"}
MARKS: Final = {".": "point: 1,234.5", ",": "comma: 1.234,5"}
NUMBERED: Final = "number the rows: the file has none"
SIDE_BY_SIDE: Final = " + "
"""Between the names of a date and of the time that goes with it."""
DIRECTIONS: Final = {"all inbound": "inbound", "all outbound": "outbound"}


def columns_step(wizard: Wizard) -> None:
    """Which column fills which of ours; the page waits while a required one is not chosen or the dates can be read in two ways."""
    mapped = wizard.mapped
    for planned in mapped.proposal.sources:
        source = next(
            each
            for each in (mapped.rules.source if mapped.rules else [])
            if (each.file, each.extract) == (planned.file, planned.fitted.extract)
        )
        st.subheader(words.md(f"{planned.file}: {load_extracts()[source.extract].title.lower()}"))
        _mapped_columns(wizard, planned, source)
        _choose_columns(wizard, planned, source)
    if mapped.missing:
        named = ", ".join(f"{label(gap.column)} of {file}" for file, gap in mapped.missing)
        st.info(
            f"Still needed, because no row can be used without it: {words.md(named, limit=400)}. "
            "Choose its column above, then press “Use these columns”. If the file has none, export it again with that column."
        )
        st.stop()
    _ask_format(wizard)
    if mapped.rehearsal is None:
        st.error(words.md(mapped.refused, limit=800))
        st.stop()


def _mapped_columns(wizard: Wizard, planned: Planned, source: Source) -> None:
    """The columns that are decided, required ones first, with how they are read."""
    extract = load_extracts()[source.extract]
    tried = wizard.mapped.rehearsal
    here = (extract.name, source.file)
    uses = {use.column: use for use in tried.columns if (use.extract, use.file) == here} if tried else {}
    own = {name: name for name in extract.columns if name in planned.recognised.look.header}
    known = {**own, **{ours: said(theirs) for ours, theirs in source.columns.items()}}
    samples = samples_of(planned.recognised.look)
    rows = []
    for ours in extract.columns:
        if ours in known:
            use = uses.get(ours)
            row: dict[str, Any] = {
                "Means": label(ours),
                "Needed": "yes" if ours in extract.required else "",
                "Column of the file": words.one_line(known[ours]),
                "In the file": words.one_line(", ".join(samples.get(known[ours], ())[:3])),
            }
            if use:
                row |= {
                    "Read as": words.one_line(", ".join(use.samples[:3])),
                    "Rows that have it": use.filled,
                }
            rows.append(row)
    if rows:
        st.dataframe(rows, hide_index=True, key=f"columns_{short(source.file + source.extract)}")


def _choose_columns(wizard: Wizard, planned: Planned, source: Source) -> None:
    """A form: what fills the required columns that nothing fills, and what the columns mean that nothing names."""
    place = (source.file, source.extract)
    chosen = wizard.decisions.columns.setdefault(place, {})
    gaps = [gap.column for gap in planned.fitted.missing]
    look = planned.recognised.look
    samples = samples_of(look)
    named = {name: ours for ours, theirs in chosen.items() if ours not in gaps for name in named_in(theirs)}
    taken = {name for ours in gaps for name in named_in(chosen.get(ours, {}))}
    undecided = planned.undecided({*source.columns, *chosen}, {*source.names, *source.ignore})
    doubtful = {name for names in undecided.values() for name in names} - taken
    rest = [
        name
        for name in look.header
        if (name in source.ignore and name not in taken) or name in named or name in doubtful
    ]
    if not gaps and not rest:
        return
    free = [
        ours
        for ours in load_extracts()[source.extract].columns
        if ours not in gaps and (ours not in source.columns or ours in named.values())
    ]
    key = short(source.file + source.extract)
    suggested = planned.suggested({**source.columns, **chosen})
    if suggested:
        _offer(suggested, chosen, samples, key)
    for ours, names in undecided.items():
        listed = words.md(" or ".join(names), limit=200)
        st.warning(
            f"Nothing fills “{label(ours)}”, and {listed} may be it. Choose below what it means; else it is ignored."
        )
    with st.form(key=f"choose_{key}"):
        picked = {
            ours: _gap(planned, ours, _now(ours, chosen, source), suggested.get(ours), samples)
            for ours in gaps
        }
        if "direction" in free or isinstance(chosen.get("direction"), dict):
            picked["direction"] = _direction(chosen, key)
        if gaps:
            if rest:
                st.caption("The other columns of the file. What is left as it is, is ignored.")
            meant = _rest(rest, free, named, samples, key)
        else:
            title = f"Columns that are ignored ({words.count(len(rest))})"
            with st.expander(title, key=f"rest_{key}", expanded=bool(doubtful)):
                meant = _rest(rest, free, named, samples, key)
        if not st.form_submit_button("Use these columns", key=f"use_{key}"):
            return
    twice = sorted({ours for ours in meant.values() if list(meant.values()).count(ours) > 1})
    if twice:
        st.error(f"{', '.join(map(label, twice))}: chosen for two columns. Choose one of them.")
        st.stop()
    wizard.decisions.columns[place] = {
        **{ours: _filled_by(ours, theirs, source, look.header) for ours, theirs in picked.items() if theirs},
        **{ours: read_as(load_extracts()[source.extract], ours, name, look) for name, ours in meant.items()},
    }
    wizard.decisions.ignored[place] = [
        name for name in rest if name in doubtful and name not in meant and name not in picked.values()
    ]
    # Words of a column that is no longer used are asked no more; those that were decided stay.
    decided = wizard.decisions.values
    wizard.seen = {
        where: {value: count for value, count in counts.items() if value in decided.get(where, {})}
        for where, counts in wizard.seen.items()
        if where in decided
    }
    st.rerun()


def _offer(
    suggested: Mapping[str, Filling],
    chosen: dict[str, Filling],
    samples: dict[str, tuple[str, ...]],
    key: str,
) -> None:
    """What columns may mean, by their names and values: one press takes it all, and each can be changed below."""
    table = [
        {
            "Means": label(ours),
            "Column of the file": words.one_line(_in_words(theirs)),
            "In the file": words.one_line(
                ", ".join(value for name in named_in(theirs) for value in samples.get(name, ())[:2])
            ),
        }
        for ours, theirs in suggested.items()
    ]
    if offer("what the columns are called and what stands in them", table, key):
        chosen.update(suggested)
        st.rerun()


def _in_words(theirs: Filling) -> str:
    """`Date + Time`, `Talk Time, in hh:mm:ss`, or the name."""
    names = " + ".join(named_in(theirs))
    return f"{names}, in {theirs['unit']}" if isinstance(theirs, dict) and "unit" in theirs else names


def _gap(
    planned: Planned,
    ours: str,
    before: str | None,
    suggested: Filling | None,
    samples: dict[str, tuple[str, ...]],
) -> str | None:
    """The column that is to fill a required one of ours; nothing is chosen beforehand, but what the mapping says."""
    key = load_extracts()[planned.fitted.extract].key
    options = [*planned.recognised.look.header, *([NUMBERED] if ours == key and ours != "lead_id" else [])]
    told = dict.fromkeys((before or "", SIDE_BY_SIDE.join(named_in(suggested or ""))))
    options = [*(text for text in told if SIDE_BY_SIDE in text and text not in options), *options]
    return st.selectbox(
        f"{label(ours)} (needed)",
        options,
        index=options.index(before) if before in options else None,
        format_func=lambda name: _with_samples(name, samples),
        placeholder="Choose its column",
        key=f"gap_{short(planned.file + planned.fitted.extract + ours + (before or ''))}",
    )


def _now(ours: str, chosen: dict[str, Filling], source: Source) -> str | None:
    """What fills a required column of ours: as it was chosen here, else as the mapping in the inbox has it."""
    now = chosen.get(ours, source.columns.get(ours))
    return now if now is None or isinstance(now, str) else SIDE_BY_SIDE.join(named_in(now)) or NUMBERED


def _direction(chosen: dict[str, Any], key: str) -> str | None:
    """A file of calls in one direction only, which has no column for it."""
    now = chosen.get("direction")
    options = list(DIRECTIONS)
    before = next(
        (name for name in options if isinstance(now, dict) and now["constant"] == DIRECTIONS[name]), None
    )
    return st.selectbox(
        "Direction, where no column tells it",
        options,
        index=options.index(before) if before else None,
        placeholder="a column tells it, or it is not known",
        key=f"direction_{key}",
    )


def _rest(
    names: list[str],
    free: list[str],
    named: dict[str, str],
    samples: dict[str, tuple[str, ...]],
    key: str,
) -> dict[str, str]:
    """For each column that nothing names, which of ours it is: only those that are one."""
    meant = {}
    grid = st.grid(2, min_column_width=260)
    for name in names:
        cell = grid.container()
        cell.text(_with_samples(name, samples))
        ours = cell.selectbox(
            f"{spoken(name)} means",
            free,
            index=free.index(named[name]) if named.get(name) in free else None,
            format_func=label,
            placeholder="ignored",
            label_visibility="collapsed",
            key=f"rest_{key}_{short(name + named.get(name, ''))}",
        )
        if ours:
            meant[name] = ours
    return meant


def _filled_by(ours: str, theirs: str, source: Source, header: tuple[str, ...]) -> Filling:
    """What the mapping says for a choice."""
    if theirs == NUMBERED:
        return {"row": f"{source.extract}-"}
    if SIDE_BY_SIDE in theirs and theirs not in header:
        return {"joined": theirs.split(SIDE_BY_SIDE)}
    return {"constant": DIRECTIONS[theirs]} if theirs in DIRECTIONS and ours == "direction" else theirs


def _with_samples(name: str, samples: dict[str, tuple[str, ...]]) -> str:
    """A column of the file with a few of its values."""
    few = ", ".join(words.one_line(value, 24) for value in samples.get(name, ())[:3])
    return f"{words.one_line(name, 60)}: {few}" if few else words.one_line(name, 60)


def _ask_format(wizard: Wizard) -> None:
    """Ask for the order of dates, or the decimal mark, where the column can be read in two ways."""
    mapped = wizard.mapped
    asked: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
        "AMBIGUOUS_DATE": ("dates of this file have the", ORDERS, wizard.decisions.date_order),
        "AMBIGUOUS_NUMBER": ("the decimal mark of this file is a", MARKS, wizard.decisions.decimal),
    }
    for code, (what, options, chosen) in asked.items():
        files = [each.file for each in mapped.proposal.sources]
        for file in dict.fromkeys([*chosen, *(files if mapped.code == code else [])]):
            is_asked = mapped.code == code and mapped.refused.startswith(f"{file}, column")
            if not is_asked and file not in chosen:
                continue
            if is_asked:
                st.warning(words.md(mapped.refused.partition(";")[0], limit=300))
            now = chosen.get(file)
            st.text(f"{words.one_line(file)}: {what}")
            answer = st.selectbox(
                f"{spoken(file)}: {what}",
                list(options),
                index=list(options).index(now) if now else None,
                format_func=lambda option, options=options: options[option],
                placeholder="Choose how they are to be read",
                label_visibility="collapsed",
                key=f"{code}_{short(file)}",
            )
            if answer and answer != now:
                chosen[file] = answer
                st.rerun()
    if mapped.code in asked:
        st.stop()
