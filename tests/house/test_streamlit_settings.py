"""The settings that Streamlit starts with: known keys, closed doors, and the colours that figures ask for by number."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from streamlit import config

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))


def keys(table: dict, prefix: str = "") -> dict[str, object]:
    """Nested tables as dotted keys."""
    found: dict[str, object] = {}
    for name, value in table.items():
        found |= keys(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found


def test_streamlit_knows_every_key():
    assert set(keys(SETTINGS)) - set(config.get_config_options()) == set()


def test_the_settings_load_without_a_warning():
    shown = subprocess.run(
        [sys.executable, "-m", "streamlit", "config", "show"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (shown.stderr, "maxUploadSize = 0" in shown.stdout) == ("", True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.maxUploadSize", 0),
        ("server.enableAgentApi", False),
        ("server.enableStaticServing", False),
        ("server.enableXsrfProtection", True),
        ("server.allowedHosts", ["localhost", "127.0.0.1", "::1"]),
        ("client.showErrorDetails", "none"),
        ("client.disableDataExport", True),
        ("browser.gatherUsageStats", False),
    ],
)
def test_a_door_that_must_stay_closed(key, value):
    assert keys(SETTINGS)[key] == value


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_figures_find_ten_plain_colours_in_each_theme(theme):
    # Figures write #000001 to #000010 with two digits of alpha behind: only #rrggbb can stand there.
    colours = SETTINGS["theme"][theme]["chartCategoricalColors"]
    assert [bool(re.fullmatch(r"#[0-9A-F]{6}", colour)) for colour in colours] == [True] * 10


def luminance(colour: str) -> float:
    """Relative luminance of '#rrggbb' (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_what_the_standard_says():
    assert (contrast("#000000", "#FFFFFF"), contrast("#FFFFFF", "#FFFFFF")) == (21.0, 1.0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_and_texts_can_be_told_from_the_page(theme):
    colours = SETTINGS["theme"][theme]
    page, panel, ink = colours["backgroundColor"], colours["secondaryBackgroundColor"], colours["textColor"]
    inbound, outbound, neutral, outbound_text, better, worse = colours["chartCategoricalColors"][:6]
    marks = {mark: contrast(mark, page) for mark in (inbound, outbound, neutral)}
    texts = {
        text: contrast(text, page)
        for text in (ink, inbound, outbound_text, better, worse, colours["linkColor"])
    }
    assert {mark: ratio for mark, ratio in marks.items() if ratio < 3} == {}
    assert {
        text: ratio for text, ratio in (texts | {"panel": contrast(ink, panel)}).items() if ratio < 4.5
    } == {}
