"""Reports: query files of the shape of a KPI that serve one chart or list; each has its test, and its rows add up."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from leadquality.catalogue import load_kpis, load_reports
from leadquality.engine import rows_behind, run
from leadquality.scope import Scope
from tests.engine.everything import AS_OF, everything

REPORTS = load_reports()
OPENED = [name for name, report in REPORTS.items() if report.home[0] in {"qualification", "operations"}]
"""Those of the calling pages, each of whose lines opens its own rows."""


def test_every_report_has_its_test_file_and_is_no_entry_of_the_catalogue():
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert set(OPENED) - tested == set()
    assert not REPORTS.keys() & load_kpis().keys()
    assert {report.home[1] for report in REPORTS.values()} == {"report"}


@pytest.mark.parametrize("name", OPENED)
def test_the_rows_add_up_to_every_figure(name):
    report, con, scope = REPORTS[name], everything().database(), Scope(AS_OF, slice_by="source")
    lines = run(con, report, scope).rows
    rows = rows_behind(con, report, scope, limit=None).frame
    keys = [key for key in ("slice", "channel", "measure") if key in lines.columns]
    found = rows.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("total"), pl.col("is_counted").sum().cast(pl.Int64).alias("counted")
    )
    both = lines.filter(pl.col("denominator") > 0).join(found, on=keys, how="full", coalesce=True)
    assert both.height >= 2
    parts = name == "outcome_mix"  # a class counts its own calls; its denominator is all calls of the channel
    assert both["counted"].to_list() == both["numerator"].to_list()
    assert (
        both.group_by("slice", "channel").agg(pl.col("total").sum(), pl.col("denominator").first())
        if parts
        else both
    ).filter(pl.col("total") != pl.col("denominator")).height == 0


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_loaded_is_no_line_and_no_error(name, story):
    assert story("2026-12-31").run(name).rows.height == 0


@pytest.mark.parametrize("name", OPENED)
def test_a_report_names_no_person_and_no_free_text(name):
    rows = rows_behind(everything().database(), REPORTS[name], Scope(AS_OF)).frame
    personal = "contact_id title email phone name notes reason_text outcome_code owner"
    assert not set(personal.split()) & set(rows.columns)
