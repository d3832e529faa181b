"""Every page for everybody: axe finds nothing serious in either theme or on a phone, nothing scrolls sideways, Tab goes in order."""

from __future__ import annotations

from typing import Any

import axe_playwright_python.sync_playwright as axe
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PAGES, Visit

pytestmark = pytest.mark.browser
GRAVE = {"serious", "critical"}
ALLOWED = {
    "svg-img-alt": "stMetricChart",
    "list": "stSidebarNav",
    "listitem": "stSidebarNav",
}
"""Rules of axe that the framework's own parts break, and the part (experience.md, 8): nowhere else they are let through."""


def findings(session: Visit) -> list[str]:
    """Serious and critical findings of axe on what is shown now, as `rule: element`."""
    options = {
        "resultTypes": ["violations"],
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    }
    found = axe.Axe().run(session.page, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
        if not allowed(session, rule["id"], node)
    ]


def allowed(session: Visit, rule: str, node: dict[str, Any]) -> bool:
    part = ALLOWED.get(rule)
    inside = "([css, id]) => !!document.querySelector(css)?.closest(`[data-testid='${id}']`)"
    return part is not None and bool(session.page.evaluate(inside, [node["target"][-1], part]))


@pytest.mark.parametrize(
    ("scheme", "width"), [pytest.param("light", 1360, marks=pytest.mark.slow), ("dark", 390)]
)
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(visit, scheme, width):
    session = visit(width, scheme)
    found = {}
    for path in PAGES:
        session.open(path)
        expect(session.page.locator("h1")).to_be_visible()
        found[path] = findings(session)
        main = session.page.get_by_test_id("stMain")
        if main.evaluate("main => main.scrollWidth > main.clientWidth"):
            found[path].append(f"scrolls sideways at {width} px")
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_a_finding_is_reported_with_its_rule(visit):
    session = visit().open("/definitions")
    session.page.get_by_test_id("stMain").evaluate("main => main.append(document.createElement('button'))")
    assert findings(session) == ["button-name: <button></button>"]


WHERE = """() => {
    const part = document.activeElement;
    if (part.matches('main') || part.closest('[data-testid="stHeading"]')) return 'page';
    if (part.closest('[data-testid="stHeader"]')) return 'menu';
    if (part.closest('.st-key-scope')) return 'scope';
    if (part.closest('.st-key-filters')) return 'filters';
    if (part.closest('[class*="st-key-card_"]')) return 'card';
    if (part.closest('.st-key-chosen_reps')) return 'chart';
    if (part.closest('.st-key-reps_as_table')) return 'table';
    return part.closest('[data-testid="stMain"]') ? 'below' : 'page';
}"""


def test_tab_goes_from_the_menu_over_the_scope_to_the_cards_and_on_to_chart_table_and_rows(visit):
    session = visit().open("/qualification")
    order = []
    for _ in range(40):
        session.page.keyboard.press("Tab")
        place = session.page.evaluate(WHERE)
        if not order or order[-1] != place:
            order.append(place)
        if place == "below":
            break
    assert [place for place in order if place != "page"] == [
        "menu",
        "scope",
        "filters",
        "card",
        "chart",
        "table",
        "below",
    ]


def test_what_has_the_focus_is_seen(visit):
    session = visit().open("/qualification")
    session.page.keyboard.press("Tab")
    session.page.keyboard.press("Tab")
    drawn = session.page.evaluate(
        "() => { const style = getComputedStyle(document.activeElement); return [style.outlineStyle, style.boxShadow] }"
    )
    assert drawn[0] != "none" or drawn[1] != "none"
