"""Every page inside the app and alone: no exception, and the figures of the sample on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadquality.catalogue import load_kpis
from leadquality.contracts import InputRefused
from leadquality.load import load
from leadquality.snapshot import Home, Unchanged
from tests.pages.conftest import texts

REVIEW, COMPARE, PIPELINE = (f"pages/review/{name}.py" for name in ("weekly_review", "compare", "pipeline"))
INBOUND, OUTBOUND, SOURCES = (f"pages/channels/{name}.py" for name in ("inbound", "outbound", "sources"))
QUALIFICATION, OPERATIONS = (f"pages/calling/{name}.py" for name in ("qualification", "operations"))
DATA, LOAD, DEFINITIONS = (f"pages/trust/{name}.py" for name in ("data", "load", "definitions"))
PAGES = (
    REVIEW,
    COMPARE,
    PIPELINE,
    INBOUND,
    OUTBOUND,
    SOURCES,
    QUALIFICATION,
    OPERATIONS,
    DATA,
    LOAD,
    DEFINITIONS,
)
HEADER = "lead_id,created_at,channel,source,disqualified_at\n"


def test_compare_says_where_its_verdict_holds(serve, sample_home):
    test = serve(sample_home, COMPARE, alone=True)
    said = texts(test)
    assert not test.exception
    # planted: the true curves cross near day 295
    assert "The curves cross near day " in said and "so no overall verdict is given." in said
    assert "Holds: " in said and "without the largest deal" in said
    # curves that cross get no test of the whole
    assert "As a whole" not in said
    tables = [frame.value for frame in test.dataframe]
    split = next(table for table in tables if "By mix" in table.columns)
    assert list(split["Segment"])[-1] == "All"
    quarters = [table for table in tables if "Created" in table.columns]
    assert len(quarters) == 2 and "2025-Q1" in list(quarters[0]["Created"])


def test_compare_says_how_unusual_curves_are_that_do_not_cross(serve, sample_home, bare_home):
    test = serve(sample_home, COMPARE)
    test.multiselect(key="segment").set_value(["ent"])
    test.run()
    said = texts(test).replace("\\", "")
    assert "As a whole: if leads of both channels were won alike at every age" in said
    assert " of 100 such reports (Gray's test, p 0." in said and "It names no channel and no age." in said
    # inbound is won on day 91 only, and outbound is known to day 90
    said = texts(serve(bare_home, COMPARE, alone=True))
    assert (
        "Whether the curves differ as a whole is not tested: not all of them are known up to the ages" in said
    )


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize(
    ("page", "signal"),
    [
        (REVIEW, "W47: inbound ahead at 180 days, outbound at 540"),
        (COMPARE, "Outbound is ahead at 540 days: 92 won of 1,000 leads against 72, a gap of 21 (7 to 35)."),
        (PIPELINE, "how much came from the leads of each channel"),
        (INBOUND, "Range 44.1 to 47.1 %. 2,001 of 4,412 leads, 4,231 old enough (30 days)."),
        (OUTBOUND, "EUR 38,100"),
        (SOURCES, "4,412 inbound"),
        (QUALIFICATION, "4,412 inbound"),
        (OPERATIONS, "4,412 inbound"),
        (DATA, "extracts accounted for"),
        (DEFINITIONS, "What does this figure mean?"),
    ],
)
def test_each_page_shows_its_figure_in_the_frame_and_alone(serve, sample_home, page, signal, alone):
    test = serve(sample_home, page, alone)
    assert not test.exception
    assert signal in texts(test).replace("\\", "")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_drawn_again_asks_nothing(serve, sample_home, statements, page):
    test = serve(sample_home, page)
    said = texts(test)
    statements.clear()
    test.run()
    assert (statements, texts(test) == said) == ([], True)


def test_the_title_of_compare_is_the_finding(serve, sample_home):
    assert (
        serve(sample_home, COMPARE).title[0].value
        == "Inbound ahead at 180 days\\, outbound at 540\\; the curves cross near day 317"
    )


def test_inbound_figures_are_greyed_on_outbound_kpis_with_the_reason(serve, sample_home):
    assert "Judged for outbound only" in texts(serve(sample_home, OUTBOUND)).replace("\\", "")
    assert "Judged for inbound only" in texts(serve(sample_home, INBOUND)).replace("\\", "")


@pytest.mark.parametrize("page", PAGES)
def test_without_a_snapshot_each_page_says_what_to_do(serve, tmp_path, page):
    for alone in (False, True):
        test = serve(tmp_path, page, alone)
        assert not test.exception
        # Load needs no snapshot: alone it says where files are put
        wanted = "Nothing to read lies in the inbox" if page == LOAD else "No data yet. Load your extracts"
        assert texts(test).count(wanted) == 1


def loaded(tmp_path: Path, leads: str) -> Path:
    folder = tmp_path / "extracts"
    folder.mkdir()
    (folder / "leads.csv").write_text(HEADER + leads, "utf-8")
    load(Home(tmp_path / "home"), folder)
    return tmp_path / "home"


def test_one_channel_only_says_that_there_is_nothing_to_compare(serve, tmp_path):
    home = loaded(
        tmp_path,
        "".join(
            f"L{number},2025-01-{number % 28 + 1:02},outbound,list,{'2025-06-01' if number == 1 else ''}\n"
            for number in range(1, 151)
        ),
    )
    test = serve(home, COMPARE)
    assert not test.exception
    assert "Not available: needs" in texts(test)  # no opportunity at all: nothing is put in its place
    for page in PAGES[1:]:
        assert not serve(home, page).exception


def test_a_scope_without_leads_says_so_and_shows_no_bare_zero(serve, sample_home):
    test = serve(sample_home, COMPARE)
    test.multiselect(key="source").set_value(["organic"])
    test.multiselect(key="channel").set_value(["outbound"])
    test.run()
    assert not test.exception
    assert "No leads match" in texts(test)


def test_a_filter_changes_the_stamp_and_the_figures(serve, sample_home):
    test = serve(sample_home, COMPARE)
    test.multiselect(key="source").set_value(["organic"])
    test.run()
    shown = texts(test).replace("\\", "")
    assert (
        "1,100 inbound; created from 25 Nov 2024 to 22 Nov 2026; as of 22 Nov 2026. Filters: source organic."
        in shown
    )
    assert "Only inbound leads in this scope" in shown


def test_a_chosen_age_is_judged_too(serve, sample_home):
    test = serve(sample_home, COMPARE)
    test.selectbox(key="age").set_value("365")
    test.run()
    assert "Too close to call at 365 days" in texts(test)


def test_a_damaged_newest_snapshot_leaves_the_earlier_one_on_the_page(serve, sample_home, tmp_path):
    import shutil

    home = tmp_path / "copy"
    shutil.copytree(sample_home, home)
    assert "extracts accounted for" in texts(serve(home, DATA))
    (home / "CURRENT").write_text('{"snapshot": "gone", "manifest_sha256": "0"}', "utf-8")
    shown = texts(serve(home, DATA)).replace("\\", "")
    assert "The newest load cannot be shown" in shown
    assert "extracts accounted for" in shown


def test_hostile_names_stay_text(serve, tmp_path):
    hostile = "![x](http://example.com/a.png) <b>bold</b> [link](javascript:alert(1)) :red[x]"
    home = loaded(
        tmp_path, "".join(f'L{number},2025-01-01,inbound,"{hostile}",2025-03-01\n' for number in range(40))
    )
    test = serve(home, COMPARE)
    test.multiselect(key="source").set_value([hostile])
    test.run()
    assert not test.exception
    stamp = next(each.value for each in test.caption if "as of" in each.value)
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
    shown = texts(serve(tmp_path / "home", COMPARE))
    assert (
        "Too early: 0 of 200 outbound leads are 540 days old" in shown
        or "Too early: 0 of 200 inbound" in shown
    )
    assert "Judge on 25 Jun 2026." in shown
    assert "No leads match" not in shown


def test_extracts_that_were_not_given_are_named_with_what_waits_for_them(serve, tmp_path):
    home = loaded(tmp_path, "L1,2025-01-01,inbound,web,\n")
    test = serve(home, DATA)
    assert "handoffs" in [
        row["Extract"]
        for frame in test.dataframe
        for row in frame.value.to_dict("records")
        if "Columns" in row
    ]


@pytest.mark.slow
def test_every_kpi_of_the_catalogue_can_be_opened_over_the_sample(serve, sample_home):
    test = serve(sample_home, DEFINITIONS)
    for kpi_id in load_kpis():
        test.selectbox(key="kpi").set_value(kpi_id)
        test.run()
        assert not test.exception, kpi_id
        assert load_kpis()[kpi_id].reads in texts(test)


FALSE_WITHOUT_DEALS = (
    "inside their usual range",
    "No deal is won in this scope yet",
    "Not known yet: fewer than 30",
    "No source can be judged",
    "Nothing is open",
    "waits longer than agreed",
    "Shaded: the usual range",
    "Stop: late C",
    "Movement appears from the second snapshot",
    "every figure of this page that can be computed",
)


@pytest.mark.parametrize("page", PAGES)
def test_what_is_not_given_is_not_said_to_be_nothing(serve, leads_home, page):
    test = serve(leads_home, page, alone=True)
    assert not test.exception
    said = texts(test)
    assert not [sentence for sentence in FALSE_WITHOUT_DEALS if sentence in said]


@pytest.fixture(scope="module")
def leads_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leads of both channels, old enough for everything, and no other extract."""
    return loaded(
        tmp_path_factory.mktemp("leads"),
        "".join(
            f"L{number},2024-06-01,{('inbound', 'outbound')[number % 2]},list,\n" for number in range(300)
        ),
    )


def test_a_refused_load_is_said_on_every_page_until_the_next_one_succeeds(serve, tmp_path):
    leads = "".join(f"L{number},2025-06-01,inbound,web,\n" for number in range(40))
    home, folder = loaded(tmp_path, leads), tmp_path / "extracts"
    assert "failed" not in texts(serve(home, OUTBOUND))
    (folder / "calls.csv").write_text("", "utf-8")
    with pytest.raises(InputRefused):
        load(Home(home), folder)
    said = texts(serve(home, OUTBOUND)).replace("\\", "")
    assert "days old (as of 1 Jun 2025). The load of " in said and "failed: calls.csv" in said
    # what lies there now is what the pages show: nothing failed, and the data are as old as they are
    (folder / "calls.csv").unlink()
    with pytest.raises(Unchanged):
        load(Home(home), folder)
    said = texts(serve(home, OUTBOUND)).replace("\\", "")
    assert "failed" not in said and "Load newer extracts." in said


def test_a_panel_takes_all_channels_together_or_says_why_not(serve, sample_home):
    test = serve(sample_home, DEFINITIONS)
    test.selectbox(key="kpi").set_value("early_stage_conversion")
    test.session_state["panel_definition"] = True
    test.session_state["tabs_definition"] = "All channels"
    test.run()
    assert not test.exception
    (lines,) = (
        frame.value.to_dict("records") for frame in test.dataframe if "All channels" in frame.value.columns
    )
    # 2,001 of 4,412 and 388 of 5,000 leads met us by 30 days (of other channels there is none): 2,389 of 9,412
    assert [(line["Inbound"], line["Outbound"]) for line in lines] == [
        ("45.6 % (44.1 to 47.1 %)", "8.2 % (7.5 to 9.0 %)")
    ]
    assert lines[0]["All channels"] == "25.8 % (24.9 to 26.7 %)"
    assert lines[0]["Note"].startswith("2,389 of 9,412 leads, 8,794 old enough (30 days).")
    assert "so it judges none of them" in texts(test)
    for kpi_id, reason in (
        (
            "lead_to_opportunity",
            "the channels are judged at different ages, inbound at 45 days and outbound at 120",
        ),
        ("rep_consistency", "Reps who work one channel only cannot be told apart from it."),
    ):
        test.selectbox(key="kpi").set_value(kpi_id)
        test.run()
        assert not test.exception
        assert f"The channels are not taken together: {reason}" in texts(test)
    # at one age for both they are
    test.selectbox(key="kpi").set_value("lead_to_opportunity")
    test.selectbox(key="age").set_value("90")
    test.run()
    assert any("All channels" in frame.value.columns for frame in test.dataframe)
