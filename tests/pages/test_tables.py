"""The tables of all pages: no text is cut that the table could show."""

from __future__ import annotations

import pytest

from leadquality.ui.tables import WRAPPED, _columns, _waiting


def widths(rows):
    return {name: column["width"] for name, column in _columns(rows)[0].items() if column.get("width")}


@pytest.mark.parametrize("length", [61, 107, 119, 240])
def test_a_long_text_is_wrapped_whatever_its_length(length):
    _, height = _columns([{"KPI": "won", "Note": "x" * length}])
    assert height is not None and height >= max(WRAPPED, 18 * (length // 54 + 1))


def test_short_texts_keep_the_height_and_the_width_of_the_framework():
    assert _columns([{"KPI": "won", "Note": "old enough"}] * 20) == ({}, None)


def test_a_text_longer_than_those_that_are_measured_has_room():
    # the framework measures ten rows: the eleventh would be cut
    late = [{"Extract": "leads", "Rows": 1}] * 10 + [{"Extract": "opportunity_contacts", "Rows": 1}]
    assert widths(late)["Extract"] >= 6 * len("opportunity_contacts")
    # and of more than five it leaves out those twice as long as the others
    worth = [{"Value": "too few"}] * 8 + [{"Value": "EUR 1,060 (EUR 320 to 1,801)"}]
    assert widths(worth)["Value"] >= 6 * len("EUR 1,060 (EUR 320 to 1,801)")


def test_a_long_name_leaves_room_for_its_figures_on_a_phone():
    row = {"KPI": "Movement by week, campaign, market and segment", "Inbound": "45.7 %", "Note": "x" * 80}
    assert widths([row])["KPI"] < 390 / 2


def test_of_many_waiting_kpis_the_first_are_named_and_the_rest_counted():
    assert _waiting(["A", "B"]) == "A, B"
    assert _waiting(list("ABCDEFG")) == "A, B, C, D, E, and 2 more (see Definitions)"
