"""What holds the competitors to the product's figures: it must not let a wrong one through."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from leadquality.contracts import ROOT
from tests.bench.compare import asked, different, question, worker
from tests.bench.finish import Cells, Curve
from tests.bench.loads import loaded
from tests.bench.parts import checked
from tests.bench.questions import NINE, PAGE, Cut, cuts, page_cut
from tests.bench.rows import write_rows
from tests.bench.world import UNTIL, write_world

SLA = "response_within_sla"
OURS = [
    {
        "channel": "inbound",
        "key": None,
        "numerator": 12,
        "denominator": 40,
        "estimate": 0.3,
        "low": 0.2,
        "high": None,
        "n_old_enough": 40,
    }
]


def test_equal_figures_are_counted_and_what_one_does_not_give_is_not():
    assert different(SLA, OURS, [OURS[0] | {"estimate": 0.3 + 1e-12, "high": 0.4}]) == (5, [])
    assert different(SLA, OURS, [{"channel": "inbound", "key": None, "estimate": 0.3}]) == (1, [])


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (
            [OURS[0] | {"estimate": 0.3 + 1e-8}],
            "response_within_sla inbound None estimate: 0.3 and 0.30000001",
        ),
        ([OURS[0] | {"low": None}], "response_within_sla inbound None low: 0.2 and None"),
        ([OURS[0] | {"near": 0.302}], "response_within_sla inbound None: 0.3 and near 0.302"),
        ([], "response_within_sla: no figure to compare"),
    ],
)
def test_another_figure_none_or_no_line_is_told(theirs, said):
    assert different(SLA, OURS, theirs)[1] == [said]


def test_a_run_with_another_figure_ends():
    ours = {(SLA, "all leads"): {"lines": OURS}}
    wrong = {(SLA, "all leads"): {"lines": [OURS[0] | {"numerator": 13}]}}
    assert checked(ours, ours) == 5
    with pytest.raises(SystemExit, match="all leads: response_within_sla inbound None numerator: 12 and 13"):
        checked(ours, wrong)


def test_a_competitor_that_fails_ends_the_run(tmp_path):
    failing = worker("competitors.work", "rows", tmp_path)  # no snapshot there
    with pytest.raises(SystemExit, match="ended with 1"):
        list(asked(failing, [question(SLA, "all leads", Cut(date(2026, 6, 30)))]))


def test_the_curve_of_hand_counted_leads():
    # ten leads: two won on day 1, one lost on day 2, one followed for 2 days, two won on day 3, four followed for 5 days
    counted = [(1, 1, 2), (2, 2, 1), (2, 0, 1), (3, 1, 2), (5, 0, 4)]
    age, ending, count = (np.array(each) for each in zip(*counted, strict=True))
    nothing = np.zeros(len(counted))
    curve = Curve(Cells(["inbound"] * len(counted), age, ending, count, nothing, nothing))
    assert curve.risk.tolist() == [10, 8, 6, 4]
    assert curve.open == pytest.approx([0.8, 0.7, 0.7 * 4 / 6, 0.7 * 4 / 6])
    assert curve.share == pytest.approx([0.2, 0.2, 0.2 + 0.7 * 2 / 6, 0.2 + 0.7 * 2 / 6])
    assert curve.ended == pytest.approx([0, 0.1, 0.1, 0.1])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rows", "polars"])
def test_competitors_give_the_products_figures_on_a_small_world(tmp_path, name):
    world, home = tmp_path / "world", tmp_path / "home"
    write_world(world, 12_000)
    loaded([world], home)
    (snapshot,) = (home / "snapshots").iterdir()
    folder = snapshot if name == "rows" else write_rows(snapshot, tmp_path / "rows")
    questions = [question("page", "page", page_cut(UNTIL), list(PAGE))]
    questions += [question(kpi, each, cut) for kpi in NINE for each, cut in cuts(UNTIL).items()]
    ours, theirs = (
        {(line["kpi"], line["cut"]): line for line in asked(command, questions)}
        for command in (worker("ours", home, "counts"), worker("competitors.work", name, folder))
    )
    assert len(theirs) == len(questions)
    assert checked(ours, theirs) > 10_000


@pytest.mark.slow
def test_the_page_asks_what_the_competitors_are_asked(tmp_path):
    world, home = tmp_path / "world", tmp_path / "home"
    write_world(world, 12_000)
    loaded([world], home)
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.page", str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    found = json.loads(said.splitlines()[-1])
    cut = page_cut(UNTIL)
    assert set(PAGE) <= set(found["kpis"])
    assert found["days"] == [str(cut.as_of), str(cut.from_on), str(cut.to_on)]
