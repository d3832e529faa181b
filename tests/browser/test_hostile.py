"""Hostile names in a real browser: no link, no picture, no script, no request, and the letters as they are."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, serving
from tests.hostile import HOSTILE, hostile_home

pytestmark = pytest.mark.browser

ALIVE = """() => {
    const strange = node => /strange\\.example|javascript:|^data:text/i.test(node.href?.baseVal ?? node.href ?? node.src ?? '');
    const found = [...document.querySelectorAll('a, img, iframe, image, use, embed, object')].filter(strange);
    const handlers = [...document.querySelectorAll('[onerror], [onload], [onmouseover], [onclick]')];
    const inside = [...document.querySelectorAll('[data-testid="stMain"] :is(script, math, h1 ~ iframe)')];
    return [...found, ...handlers, ...inside].map(node => node.outerHTML.slice(0, 200));
}"""


def test_names_stay_letters_in_figures_tables_and_boxes(chromium, tmp_path):
    with serving(hostile_home(tmp_path)) as address:
        context = chromium.new_context(viewport={"width": 1360, "height": 900})
        visit = Visit(context.new_page(), address)
        alerts: list[str] = []
        visit.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        visit.open("/qualification")
        # the rep outside the limits is named in the figure
        named = visit.page.locator(".st-key-reps .annotation-text", has_text="javascript").first
        expect(named).to_have_text(HOSTILE[3])
        visit.page.locator(".st-key-reps .scatterlayer .trace path.point").last.hover(force=True)
        visit.page.get_by_label("Open the conversations of a rep").click()
        expect(visit.page.get_by_role("option", name=HOSTILE[3]).first).to_be_visible()
        assert visit.page.evaluate(ALIVE) == []
        visit.open("/sources")
        assert visit.page.evaluate(ALIVE) == []
        context.close()
        assert (alerts, visit.faults) == ([], [])
