"""Windows: the time in which each extract records, and which leads a KPI leaves out for it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.evidence.extracts import ask, calls, csv, deals, leads, loaded, meetings, on, told, window


def test_leads_created_before_the_calls_begin_are_left_out_and_counted(tmp_path):
    snapshot = loaded(tmp_path, 200, leads=leads(range(200)), calls=calls(range(120, 200, 2)))
    assert window(snapshot, "calls") == (on(120).isoformat(), None)
    result = ask(snapshot, "response_within_sla")
    row = result.row("inbound")
    # 80 leads since day 120, every other answered at once
    assert (row["denominator"], row["estimate"], row["status"]) == (80, pytest.approx(0.5), "provisional")
    assert (result.evidence.left_out.before, result.evidence.left_out.left) == (120, 80)
    ((title, _, _),) = told(snapshot, "calls_missing_before")
    assert title.startswith("Calls begin on 2025-05-01: earlier ones are not in the file")


def test_what_remains_may_be_too_few_and_nothing_may_remain(tmp_path):
    snapshot = loaded(tmp_path, 130, leads=leads(range(130)), calls=calls(range(110, 130)))
    assert ask(snapshot, "response_within_sla").row("inbound")["status"] == "too_few"
    result = ask(snapshot, "response_within_sla", to_on=on(90))
    assert result.unavailable == (
        "no lead of these dates lies within the time that the files cover (calls from 2025-04-21 to 2025-05-10)"
    )


def test_leads_are_followed_until_the_calls_end(tmp_path):
    snapshot = loaded(tmp_path, 200, leads=leads(range(200)), calls=calls(range(120)))
    assert window(snapshot, "calls") == (None, on(119).isoformat())
    result = ask(snapshot, "response_within_sla")
    assert (result.row("inbound")["estimate"], result.evidence.scope.as_of) == (pytest.approx(1.0), on(119))
    assert result.evidence.left_out.after == 81


def test_an_outcome_is_censored_at_the_end_of_its_own_extract(tmp_path):
    # a meeting ten days after each lead, exported up to day 120: younger leads have not been watched for ten days
    snapshot = loaded(tmp_path, 200, leads=leads(range(200)), meetings=meetings(range(111), after=10))
    row = ask(snapshot, "early_stage_conversion").row("inbound")
    assert row["estimate"] == pytest.approx(1.0)


def test_leads_whose_follow_up_meets_a_gap_are_left_out(tmp_path):
    # no meeting is exported from day 100 to day 160; each lead meets after 5 days, judged at 30
    held = [number for number in range(300) if not 100 <= number + 5 < 160]
    snapshot = loaded(tmp_path, 330, leads=leads(range(300)), meetings=meetings(held))
    (gap,) = snapshot.manifest.evidence["gaps"]
    assert (gap["stream"], gap["from_on"], gap["to_on"]) == (
        "meetings",
        on(100).isoformat(),
        on(159).isoformat(),
    )
    result = ask(snapshot, "early_stage_conversion")
    row = result.row("inbound")
    # left out: created from 30 days before the gap until its last day
    assert result.evidence.left_out.in_gaps == 90
    assert (row["denominator"], row["estimate"]) == (210, pytest.approx(1.0))
    assert told(snapshot, "meetings_missing_between")


def test_a_window_may_be_declared(tmp_path):
    said = '[[source]]\nextract = "calls"\nfile = "calls.csv"\ncovers_from = 2025-01-01\n'
    snapshot = loaded(tmp_path, 200, said, leads=leads(range(200)), calls=calls(range(120, 200)))
    assert window(snapshot, "calls") == ("2025-01-01", None)
    assert ask(snapshot, "response_within_sla").row("inbound")["estimate"] == pytest.approx(80 / 200)
    ((_, remedy, _),) = told(snapshot, "calls_missing_before")
    assert "covers_from = 2025-01-01" in remedy


def test_a_declared_window_narrows_where_nothing_would_have_been_derived(tmp_path):
    said = '[[source]]\nextract = "calls"\nfile = "calls.csv"\ncovers_from = 2025-03-02\ncovers_until = 2025-05-10\n'
    snapshot = loaded(tmp_path, 200, said, leads=leads(range(200)), calls=calls(range(200)))
    scope = ask(snapshot, "response_within_sla").evidence.scope
    assert (scope.from_on, scope.as_of) == (date(2025, 3, 2), date(2025, 5, 10))


def test_a_ratio_counts_both_in_the_same_weeks(tmp_path):
    # one call and, after five days, one opportunity a lead; calls are exported from day 100 on
    snapshot = loaded(
        tmp_path, 300, leads=leads(range(250)), calls=calls(range(100, 250)), opportunities=deals(range(250))
    )
    row = ask(snapshot, "call_to_opportunity_ratio").row("inbound")
    assert (row["numerator"], row["denominator"], row["estimate"]) == (150, 150, pytest.approx(100.0))


def test_stock_needs_the_deals_whole(tmp_path):
    snapshot = loaded(tmp_path, 300, leads=leads(range(250)), opportunities=deals(range(100, 250)))
    assert "what is open since before is missing" in ask(snapshot, "qoq_revenue_contribution").unavailable


def test_the_default_as_of_is_the_end_of_recording_and_no_closing_date_of_the_future(tmp_path):
    from leadquality.load import load
    from leadquality.snapshot import Home, open_snapshot
    from tests.evidence.extracts import MAPPING

    rows = [(f"D{each}", f"L{each}", on(each), on(each + 2), "won") for each in range(60)]
    rows.append(("D60", "L59", on(59), "2031-01-01", "won"))
    for name, text in {
        "leads": leads(range(60)),
        "opportunities": csv("opportunity_id,lead_id,created_at,closed_at,outcome", rows),
    }.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    sources = "".join(
        f'[[source]]\nextract = "{name}"\nfile = "{name}.csv"\n' for name in ("leads", "opportunities")
    )
    (tmp_path / "mapping.toml").write_text(f'name = "told"\n{MAPPING}{sources}', "utf-8")
    manifest = load(Home(tmp_path / "home"), tmp_path)
    # the last lead and deal are of day 59; closings of the week after belong to it
    assert manifest.as_of == on(61).isoformat()
    snapshot = open_snapshot(Home(tmp_path / "home"))
    assert [found for _, _, found in told(snapshot, "closed_after_recording")] == ["2031-01-01"]


def as_of_of(folder, closings) -> str:
    """The default as-of date where the leads of four weeks are followed: closings by deal, in days."""
    from leadquality.load import load
    from leadquality.snapshot import Home
    from tests.evidence.extracts import MAPPING

    rows = [(f"D{at}", f"L{at}", on(at % 28), on(day), "won") for at, day in enumerate(closings)]
    (folder / "leads.csv").write_text(leads(range(28)), "utf-8")
    (folder / "opportunities.csv").write_text(
        csv("opportunity_id,lead_id,created_at,closed_at,outcome", rows), "utf-8"
    )
    sources = "".join(
        f'[[source]]\nextract = "{name}"\nfile = "{name}.csv"\n' for name in ("leads", "opportunities")
    )
    (folder / "mapping.toml").write_text(f'name = "told"\n{MAPPING}{sources}', "utf-8")
    return load(Home(folder / "home"), folder).as_of


@pytest.mark.parametrize(
    ("closings", "until"),
    [
        # leads of one month, followed until they close: most closings lie beyond the last creation
        ([*range(30, 150, 5)], 145),
        # half of them or fewer: plans
        ([*range(20, 30), *range(60, 160, 10)], 29),
        # a pause of a quarter: what lies behind it is a plan, or a slip of the pen
        ([*range(40, 120, 5), 365, 4000], 115),
        # nothing lies beyond
        ([*range(10, 24)], 27),
    ],
)
def test_closings_beyond_the_last_creation_are_records_where_most_of_them_lie_there(
    tmp_path, closings, until
):
    assert as_of_of(tmp_path, closings) == on(until).isoformat()


def test_an_as_of_date_far_beyond_all_records_is_the_word_of_the_site(tmp_path):
    snapshot = loaded(tmp_path, 700, leads=leads(range(120)), opportunities=deals(range(60)))
    assert window(snapshot, "opportunities") == (None, None)
    assert ask(snapshot, "lead_to_opportunity").row("inbound")["estimate"] == pytest.approx(0.5)
    assert told(snapshot, "nothing_recorded_since")
