"""The marks of the calling pages under the mouse: a click fills the select box and opens the rows."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("page", "mark", "box", "opened"),
    [
        (
            "/qualification",
            ".st-key-reps .scatterlayer .trace path.point",
            "Open the conversations of a rep",
            "inbound conversations",
        ),
        (
            "/qualification",
            ".st-key-outcomes .barlayer .trace .point path",
            "Open the calls of an outcome",
            "inbound calls",
        ),
        (
            "/operations",
            ".st-key-load .scatterlayer .trace path.point",
            "Open the leads of a tenth of days",
            "inbound leads",
        ),
        (
            "/operations",
            ".st-key-arrivals .scatterlayer .trace path.point",
            "Open the leads of an hour",
            "inbound arrivals",
        ),
    ],
)
def test_a_click_on_a_mark_opens_its_rows(visit, page, mark, box, opened):
    session = visit().open(page)
    chosen = session.page.get_by_label(box)
    expect(chosen).to_be_visible()
    place = session.page.locator(mark).first
    place.scroll_into_view_if_needed()
    corner = place.bounding_box()
    session.page.mouse.click(corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2)
    expect(
        session.page.get_by_text(opened).and_(session.page.get_by_text("of them counted")).first
    ).to_be_visible()
