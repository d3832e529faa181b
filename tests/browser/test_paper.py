"""What leaves the printer: the page in light colours, with its stamp, without controls, over as many sheets as it takes."""

from __future__ import annotations

import re
import tomllib

import pytest

from leadquality.contracts import ROOT

pytestmark = pytest.mark.browser
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
CONTROLS = "stHeader stSelectbox stMultiSelect stButton stDownloadButton stElementToolbar".split()
SEEN = """
() => [...document.querySelectorAll('.stApp, .stApp *')].filter(part => part.checkVisibility({visibilityProperty: true}))
    .flatMap(part => { const style = getComputedStyle(part);
        return [style.fill, style.stroke, style.color, style.backgroundColor]; })
"""


def rgb(colour):
    return "rgb({}, {}, {})".format(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_page_prints_light_with_its_stamp_and_without_controls(visit, scheme):
    session = visit(1360, scheme)
    session.open("/compare")
    session.page.wait_for_selector(".main-svg .scatterlayer path")
    colours = {
        name: set(map(rgb, theme["chartCategoricalColors"]))
        for name, theme in THEMES.items()
        if name in ("light", "dark")
    }
    foreign = {
        *colours["dark"] - colours["light"],
        rgb(THEMES["dark"]["backgroundColor"]),
        rgb(THEMES["dark"]["textColor"]),
    }
    on_screen = set(session.page.evaluate(SEEN))
    assert bool(on_screen & foreign) == (scheme == "dark")
    session.page.emulate_media(media="print")
    printed = set(session.page.evaluate(SEEN))
    assert not printed & foreign
    assert {rgb(THEMES["light"]["chartCategoricalColors"][place]) for place in (0, 1)} <= printed
    for control in CONTROLS:
        shown = session.page.get_by_test_id(control)
        assert not any(shown.nth(place).is_visible() for place in range(shown.count())), control
    assert session.page.get_by_text("as of 22 Nov 2026. Filters: none.").first.is_visible()
    filters = session.page.eval_on_selector_all(
        ".stDataFrameGlideDataEditor canvas", "all => all.map(one => getComputedStyle(one).filter)"
    )
    assert filters and {one != "none" for one in filters} == {scheme == "dark"}


def test_a_long_page_goes_on_over_several_sheets_and_every_table_is_whole(visit):
    session = visit()
    session.open("/compare")
    sheets = session.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) > 2
    session.page.emulate_media(media="print")
    cut = session.page.eval_on_selector_all(
        '[data-testid="stDataFrame"] .dvn-scroller',
        "all => all.filter(one => one.scrollHeight > one.clientHeight + 2).length",
    )
    assert cut == 0
