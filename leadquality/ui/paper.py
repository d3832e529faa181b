"""A page on paper: light, with its stamp, without controls, nothing cut in two; and on a phone, the boxes of the scope.

The framework lets a page run over several sheets, but prints the theme on screen and every control. Figures and tables carry the
colours of the theme in their own style attributes, so those of the dark theme are told by them.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

CONTROLS = (
    "stHeader",
    "stToolbar",
    "stElementToolbar",
    "stSelectbox",
    "stMultiSelect",
    "stDateInput",
    "stTextInput",
    "stNumberInput",
    "stRadio",
    "stCheckbox",
    "stFileUploader",
    "stButton",
    "stButtonGroup",
    "stDownloadButton",
)
WHOLE = ("stPlotlyChart", "stDataFrame", "stMetric", "stGridCell", "stHeading", "stCaptionContainer")
GRID = 7
"""Place of the colour of grid lines among chartCategoricalColors (.streamlit/config.toml says the order)."""
SHEET = "@page { size: A4 landscape; margin: 10mm; }"


PHONE = "@media screen and (max-width: 480px) { .st-key-scope [data-testid='stSelectbox'] input { font-size: 0.75rem; } }"
"""Two boxes stand beside each other on a phone, and the longest label ('each figure's own age') is not cut."""


def lay_for_paper() -> None:
    """Tell the browser how a page is printed; on screen only the letters in the boxes of the scope change, on a phone."""
    light, dark = _theme("light"), _theme("dark")
    st.html(
        f"<style>{PHONE} {SHEET} @media print {{ {' '.join([*_layout(light), *_lightened(dark, light)])} }}</style>"
    )


def _layout(light: dict[str, Any]) -> list[str]:
    hidden = [f'[data-testid="{name}"]' for name in CONTROLS]
    whole = [f'[data-testid="{name}"]' for name in WHOLE]
    page, ink = light["backgroundColor"], light["textColor"]
    return [
        f"{', '.join(hidden)}, .st-key-scope, .st-key-filters, details:not([open]) {{ display: none !important; }}",
        f"html, body, .stApp {{ color: {ink} !important; background-color: {page} !important; color-scheme: light !important; }}",
        f".stApp *:not(svg *) {{ color: {ink} !important; background-color: transparent !important; }}",
        f".stApp svg text {{ fill: {ink} !important; }}",
        '[data-testid="stMain"] { zoom: 0.75; }',
        f"{', '.join(whole)} {{ break-inside: avoid; }}",
        '[data-testid="stHeading"], [data-testid="stCaptionContainer"] { break-after: avoid; }',
        f".main-svg .gridlayer path, .main-svg .zerolinelayer path {{ stroke: {light['chartCategoricalColors'][GRID]} !important; }}",
    ]


def _lightened(dark: dict[str, Any], light: dict[str, Any]) -> list[str]:
    """Rules that turn what was drawn for the dark theme into the colours of the light one."""
    page = _rgb(dark["backgroundColor"])
    rules = [
        f'.main-svg[style*="{page}"] {{ background: {light["backgroundColor"]} !important; }}',
        f'[style*="--gdg-text-dark: {dark["textColor"]}" i] canvas {{ filter: invert(1) hue-rotate(180deg) brightness(1.1); }}',
    ]
    # A colour that stands twice in the dark row (vermilion as mark and as text) becomes the first of the light row.
    pairs = dict(
        zip(reversed(dark["chartCategoricalColors"]), reversed(light["chartCategoricalColors"]), strict=True)
    )
    return [
        *rules,
        *(
            f'.main-svg [style*="{what}: {_rgb(before)}"] {{ {what}: {after} !important; }}'
            for before, after in pairs.items()
            for what in ("fill", "stroke")
        ),
    ]


def _theme(name: str) -> dict[str, Any]:
    keys = ("backgroundColor", "textColor", "chartCategoricalColors")
    return {key: st.get_option(f"theme.{name}.{key}") for key in keys}


def _rgb(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"
