"""What a person does in the browser: open a link, filter, change page, read a definition, on a screen and on a phone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PAGES, Visit, serving

pytestmark = pytest.mark.browser


def test_the_first_visit_after_a_start_may_be_a_deep_link(chromium, sample_home):
    with serving(sample_home) as address:
        context = chromium.new_context()
        visit = Visit(context.new_page(), address).open("/outbound")
        expect(visit.page.get_by_text("Long-term close rate").first).to_be_visible()
        assert "Page not found" not in visit.page.inner_text("body")
        context.close()
        assert visit.faults == []


# The other two pairs are walked by test_accessibility.py.
@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1360, "dark"), (390, "light")])
def test_no_page_scrolls_sideways_or_faults(visit, width, scheme):
    session = visit(width, scheme)
    for path in PAGES:
        session.open(path)
        expect(session.page.locator("h1")).to_be_visible()
        scroll, client = session.page.evaluate(
            "() => { const main = document.querySelector('[data-testid=\"stMain\"]'); return [main.scrollWidth, main.clientWidth] }"
        )
        assert scroll <= client, f"{path} scrolls sideways at {width} px"
        assert session.page.locator('[data-testid="stException"]').count() == 0


def go(session, section, page):
    """Through the menu to another page."""
    session.page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
    session.page.get_by_role("menuitem", name=page, exact=True).click()
    session.idle()


def test_a_shared_link_keeps_its_filter_when_the_page_changes(visit):
    session = visit()
    session.open("/?source=organic")
    assert "Filters: source organic." in session.text()
    go(session, "Channels", "Inbound")
    expect(session.page.get_by_text("Time to first meeting").first).to_be_visible()
    assert "Filters: source organic." in session.text()
    go(session, "Channels", "Outbound")
    expect(session.page.get_by_text("No outbound leads match").first).to_be_visible()
    assert "source=organic" in session.page.url
    go(session, "Review", "Compare")
    expect(session.page.get_by_text("Filters: source organic.")).to_be_visible()


def test_reset_clears_filters_and_address(visit):
    session = visit()
    session.open("/outbound?segment=ent&age=90")
    assert "Filters: segment ent." in session.text()
    session.page.get_by_text("More filters").click()
    expect(session.page.get_by_test_id("stCode").get_by_text("?age=90&segment=ent")).to_be_visible()
    session.page.get_by_role("button", name="Reset").click()
    expect(session.page.get_by_text("Filters: none.")).to_be_visible()
    session.idle()
    assert "segment" not in session.page.url


def test_the_curve_has_its_finding_as_its_description(visit):
    session = visit().open("/compare")
    expect(
        session.page.locator(
            '[aria-label*="Outbound is ahead at 540 days: 92 won of 1,000 leads against 72"]'
        ).first
    ).to_be_attached()
    assert session.page.locator(".js-plotly-plot .scatterlayer .trace").count() >= 4


def test_a_figure_opens_its_definition_and_its_sql(visit):
    session = visit().open("/outbound")
    card = session.page.locator(".st-key-card_outbound_long_term_close_rate")
    card.get_by_text("Rows, SQL, definition").click()
    expect(card.get_by_text("5,000 outbound leads, 185 of them counted.")).to_be_visible()
    card.get_by_role("tab", name="SQL").click()
    expect(card.get_by_text("Won per lead created, not won / (won + lost)")).to_be_visible()
    expect(card.get_by_text('"as_of": "2026-11-22"')).to_be_visible()


def test_filtering_to_one_channel_says_that_there_is_nothing_to_compare(visit):
    session = visit().open("/compare?channel=outbound")
    assert "Only outbound leads in this scope, so there is nothing to compare." in session.text()


def test_the_plot_offers_nothing_to_upload(visit):
    session = visit().open("/compare")
    session.page.locator(".js-plotly-plot").first.hover()
    titles = session.page.locator(".modebar-btn").evaluate_all(
        "buttons => buttons.map(button => button.dataset.title || '')"
    )
    assert [title for title in titles if "cloud" in title.lower() or "share" in title.lower()] == []


def test_a_table_is_taken_along_with_the_rows_on_screen(visit):
    session = visit().open("/compare")
    with session.page.expect_download() as taken:
        session.page.get_by_role("button", name="Download as CSV").first.click()
    rows = list(csv.DictReader(Path(taken.value.path()).read_text("utf-8-sig").splitlines()))
    assert [row["Age"] for row in rows][-2:] == ["365 days", "540 days"]
    assert rows[-1]["Outbound"].endswith("185 won")


def test_a_point_of_the_curve_opens_its_leads_by_mouse_and_by_keyboard(visit):
    session = visit().open("/compare")
    marks = session.page.locator(".st-key-curve .scatterlayer .trace .points path")
    marks.last.click(force=True)
    session.idle()
    box = session.page.get_by_role("combobox", name="The leads of one point")
    expect(session.page.get_by_text("5,000 outbound leads, 185 of them counted.")).to_be_visible()
    box.focus()
    session.page.keyboard.press("ArrowDown")
    session.page.get_by_role("option").first.wait_for()
    session.page.keyboard.press("Control+A")
    session.page.keyboard.type("inbound, by 180")
    session.page.keyboard.press("Enter")
    expect(session.page.get_by_text("4,412 inbound leads, 291 of them counted.")).to_be_visible()
