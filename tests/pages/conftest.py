"""Pages without a browser: AppTest opens a page inside the app, or alone, over a home that was loaded for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from leadquality.contracts import ROOT
from tests.worlds import World


@pytest.fixture(scope="session")
def sample_home(sample: World) -> Path:
    return sample.home


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch):
    """serve(home) -> function that opens a page inside the app, or alone."""

    def at(home: Path, page: str | None = None, alone: bool = False) -> AppTest:
        monkeypatch.setenv("LEADQUALITY_HOME", str(home))
        monkeypatch.chdir(ROOT)
        test = AppTest.from_file(str(ROOT / page if alone and page else ROOT / "app.py"), default_timeout=60)
        test.run()
        if page and not alone:
            test.switch_page(page)
            test.run()
        return test

    return at


def texts(test: AppTest) -> str:
    parts = [
        *test.title,
        *test.header,
        *test.markdown,
        *test.caption,
        *test.text,
        *test.info,
        *test.warning,
        *test.error,
    ]
    return "\n".join(
        [*(str(part.value) for part in parts), *(f"{metric.label} {metric.value}" for metric in test.metric)]
    )
