"""Every page inside the app and alone: no exception, and the figures of the sample on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from leadquality.catalogue import load_kpis
from leadquality.contracts import ROOT
from leadquality.load import load
from leadquality.sample import write_sample
from leadquality.snapshot import Home

PAGES = (
    "pages/review/compare.py",
    "pages/channels/scorecard.py",
    "pages/trust/data.py",
    "pages/trust/definitions.py",
)
SAMPLE_MAPPING = ROOT / "data" / "sample" / "mapping.toml"
HEADER = "lead_id,created_at,channel,source,disqualified_at\n"


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder)
    home = Home(tmp_path_factory.mktemp("home"))
    load(home, folder, SAMPLE_MAPPING)
    return home.path


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


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize(
    ("page", "signal"),
    [
        (PAGES[0], "Outbound is ahead at 540 days: 92 won of 1,000 leads against 72, a gap of 21 (7 to 35)."),
        (PAGES[1], "EUR 38,100"),
        (PAGES[2], "Every row is accounted for"),
        (PAGES[3], "What does this figure mean?"),
    ],
)
def test_each_page_shows_its_figure_in_the_frame_and_alone(serve, sample_home, page, signal, alone):
    test = serve(sample_home, page, alone)
    assert not test.exception
    assert signal in texts(test)


def test_the_title_of_compare_is_the_finding(serve, sample_home):
    assert (
        serve(sample_home).title[0].value
        == "Inbound ahead at 180 days\\, outbound at 540\\; the curves cross near day 317"
    )


def test_inbound_figures_are_greyed_on_outbound_kpis_with_the_reason(serve, sample_home):
    shown = texts(serve(sample_home, PAGES[1]))
    assert "Judged for outbound only" in shown.replace("\\", "")
    assert "Judged for inbound only" in shown.replace("\\", "")


@pytest.mark.parametrize("page", PAGES)
def test_without_a_snapshot_each_page_says_what_to_do(serve, tmp_path, page):
    for alone in (False, True):
        test = serve(tmp_path, page, alone)
        assert not test.exception
        assert "No data yet. Load your extracts" in texts(test)


def loaded(tmp_path: Path, leads: str) -> Path:
    folder = tmp_path / "extracts"
    folder.mkdir()
    (folder / "leads.csv").write_text(HEADER + leads, "utf-8")
    (folder / "opportunities.csv").write_text(
        "opportunity_id,lead_id,created_at,closed_at,outcome,acv\n", "utf-8"
    )
    load(Home(tmp_path / "home"), folder)
    return tmp_path / "home"


def test_one_channel_only_says_that_there_is_nothing_to_compare(serve, tmp_path):
    home = loaded(
        tmp_path,
        "".join(
            f"L{number},2025-01-01,outbound,list,{'2025-06-01' if number == 1 else ''}\n"
            for number in range(1, 151)
        ),
    )
    test = serve(home)
    assert not test.exception
    assert "Not available: needs" in texts(test)  # no opportunity at all: nothing is put in its place
    for page in PAGES[1:]:
        assert not serve(home, page).exception


def test_a_scope_without_leads_says_so_and_shows_no_bare_zero(serve, sample_home):
    test = serve(sample_home)
    test.multiselect(key="source").set_value(["organic"])
    test.multiselect(key="channel").set_value(["outbound"])
    test.run()
    assert not test.exception
    assert "No leads match" in texts(test)


def test_a_filter_changes_the_stamp_and_the_figures(serve, sample_home):
    test = serve(sample_home)
    test.multiselect(key="source").set_value(["organic"])
    test.run()
    shown = texts(test).replace("\\", "")
    assert "1,100 inbound; created on any day; as of 22 Nov 2026. Filters: source organic." in shown
    assert "Only inbound leads in this scope" in shown


def test_a_chosen_age_is_judged_too(serve, sample_home):
    test = serve(sample_home)
    test.selectbox(key="age").set_value("365")
    test.run()
    assert "Too close to call at 365 days" in texts(test)


def test_a_damaged_newest_snapshot_leaves_the_earlier_one_on_the_page(serve, sample_home, tmp_path):
    import shutil

    home = tmp_path / "copy"
    shutil.copytree(sample_home, home)
    assert "Every row is accounted for" in texts(serve(home, PAGES[2]))
    (home / "CURRENT").write_text('{"snapshot": "gone", "manifest_sha256": "0"}', "utf-8")
    shown = texts(serve(home, PAGES[2])).replace("\\", "")
    assert "The newest load cannot be shown" in shown
    assert "Every row is accounted for" in shown


def test_hostile_names_stay_text(serve, tmp_path):
    hostile = "![x](http://example.com/a.png) <b>bold</b> [link](javascript:alert(1)) :red[x]"
    home = loaded(
        tmp_path, "".join(f'L{number},2025-01-01,inbound,"{hostile}",2025-03-01\n' for number in range(40))
    )
    test = serve(home)
    test.multiselect(key="source").set_value([hostile])
    test.run()
    assert not test.exception
    stamp = test.caption[0].value
    assert "\\!\\[x\\]\\(http" in stamp
    assert "\\<b\\>" in stamp


def test_an_age_that_no_lead_has_reached_says_when_it_can_be_judged(serve, tmp_path):
    folder = tmp_path / "extracts"
    folder.mkdir()
    rows = [
        f"{channel[0]}{number},2025-01-01,{channel},web,\n"
        for channel in ("inbound", "outbound")
        for number in range(200)
    ]
    (folder / "leads.csv").write_text(HEADER + "".join(rows), "utf-8")
    won = [f"o{number},i{number},2025-02-01,2025-06-30,won,900\n" for number in range(20)]
    (folder / "opportunities.csv").write_text(
        "opportunity_id,lead_id,created_at,closed_at,outcome,acv\n" + "".join(won), "utf-8"
    )
    load(Home(tmp_path / "home"), folder)
    # the last event is of 30 June 2025: the leads are 180 days old, and 540 on 25 June 2026
    shown = texts(serve(tmp_path / "home"))
    assert (
        "Too early: 0 of 200 outbound leads are 540 days old" in shown
        or "Too early: 0 of 200 inbound" in shown
    )
    assert "Judge on 25 Jun 2026." in shown
    assert "No leads match" not in shown


def test_extracts_that_were_not_given_are_named_with_what_waits_for_them(serve, tmp_path):
    home = loaded(tmp_path, "L1,2025-01-01,inbound,web,\n")
    assert "handoffs (" in texts(serve(home, PAGES[2]))


def test_every_kpi_of_the_catalogue_can_be_opened_over_the_sample(serve, sample_home):
    test = serve(sample_home, PAGES[3])
    for kpi_id in load_kpis():
        test.selectbox(key="kpi").set_value(kpi_id)
        test.run()
        assert not test.exception, kpi_id
        assert load_kpis()[kpi_id].reads in texts(test)
