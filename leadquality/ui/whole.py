"""Whole curves of a page's cohort, computed once: do the channels, or the sources of a channel, differ at all?"""

from __future__ import annotations

from leadquality.engine import Compared, WholeCurves, source_curves, whole_curves
from leadquality.ui.ask import ask
from leadquality.ui.frame import Frame
from leadquality.ui.kept import read_once
from leadquality.verdict import whole

WON = "long_term_close_rate"
"""The KPI whose evidence says which leads the curve of won leads may rest on."""


def curves(frame: Frame, kpi_id: str = WON) -> WholeCurves | None:
    """Both channels' curves over what the evidence of a KPI leaves of the scope; None without an age to compare them at."""
    scope = ask(frame, kpi_id).evidence.scope
    return read_once(frame.snapshot, ("curves", scope), lambda cursor: whole_curves(cursor, scope))


def channels_sentence(frame: Frame) -> str:
    """Whether the two curves differ as a whole; empty where they cross or cannot be compared at any age."""
    found = curves(frame)
    if found is None:
        return ""
    test, p = ("Gray's", found.gray_p) if found.gray_p is not None else ("log-rank", found.logrank_p)
    return whole.channels(
        _tested(found.basis, ("inbound", "outbound") if found.is_crossing else None, test, p)
    )


def sources_sentences(frame: Frame) -> list[str]:
    """Of each channel whether its sources differ at all; none where won leads are not available."""
    result = ask(frame, WON)
    if result.unavailable:
        return []
    scope = result.evidence.scope
    found = read_once(frame.snapshot, ("source curves", scope), lambda cursor: source_curves(cursor, scope))
    return [
        whole.sources(each.channel, _tested(each.basis, each.crossing, "Gray's", each.p)) for each in found
    ]


def _tested(basis: Compared, crossing: tuple[str, str] | None, test: str, p: float | None) -> whole.Apart:
    return whole.Apart(
        basis.compared,
        basis.left_out,
        basis.unit_count,
        basis.event_count,
        basis.is_enough,
        basis.has_late_entries,
        basis.has_shared_accounts,
        crossing,
        test,
        p,
    )
