"""Pages without a browser: AppTest opens a page inside the app, or alone, over a home that was loaded for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from leadquality.contracts import ROOT
from leadquality.load import load
from leadquality.snapshot import Home, Snapshot
from tests.listening import Listening
from tests.worlds import World


@pytest.fixture(scope="session")
def sample_home(sample: World) -> Path:
    return sample.home


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch):
    """serve(home) -> function that opens a page inside the app by its address, as from a link, or alone."""

    def at(home: Path, page: str | None = None, alone: bool = False) -> AppTest:
        monkeypatch.setenv("LEADQUALITY_HOME", str(home))
        monkeypatch.chdir(ROOT)
        test = AppTest.from_file(str(ROOT / page if alone and page else ROOT / "app.py"), default_timeout=60)
        if page and not alone:
            test.switch_page(page)
        return test.run()

    return at


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that pages have put to any snapshot since this fixture, in their order; empty it to begin again."""
    heard: list[str] = []

    def listening(opened: Callable[[Snapshot], Any]) -> Callable[[Snapshot], Any]:
        return lambda snapshot: Listening(opened(snapshot), heard)

    for name in ("cursor", "pooled_cursor"):
        monkeypatch.setattr(Snapshot, name, listening(getattr(Snapshot, name)))
    return heard


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


@pytest.fixture(scope="session")
def bare_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only the four core extracts, known up to 30 June 2026: 240 inbound leads of a year ago, 60 outbound leads of April.

    Of the inbound leads 120 come from web (60 meet us, 24 are won) and 120 from paid (90 meet us, 6 are won).
    """
    folder = tmp_path_factory.mktemp("bare")
    leads = ["lead_id,created_at,channel,source,disqualified_at,dq_reason"]
    meetings, deals, calls = ["meeting_id,lead_id,held_at"], [], []
    for at in range(240):
        source = "paid" if at % 2 else "web"
        met, won = (90, 6) if source == "paid" else (60, 24)
        is_dropped = at // 2 >= met
        leads.append(
            f"I{at},2025-06-02,inbound,{source},{'2025-08-01' if is_dropped else ''},{'no fit' if is_dropped else ''}"
        )
        if at // 2 < met:
            meetings.append(f"M{at},I{at},2025-06-12")
        if at // 2 < won:
            deals.append(f"O{at},I{at},2025-07-01,2025-09-01,won,{1000 + 10 * at}")
        calls.append(f"C{at},I{at},2025-06-03,outbound,connected")
    leads += [f"U{at},2026-04-01,outbound,list,," for at in range(60)]
    deals.append("OX,U0,2026-05-01,,open,5000")
    for name, lines in (
        ("leads", leads),
        ("meetings", meetings),
        ("opportunities", ["opportunity_id,lead_id,created_at,closed_at,outcome,acv", *deals]),
        ("calls", ["call_id,lead_id,started_at,direction,outcome_code", *calls]),
    ):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    home = Home(tmp_path_factory.mktemp("bare_home"))
    load(home, folder, as_of=date(2026, 6, 30))
    return home.path
