"""Links between extracts: what matches, what is lost, what would mend it, and which KPIs that withholds."""

from __future__ import annotations

import pytest

from leadquality.verdict.evidence import doubts, load_lines, rests_on
from tests.evidence.extracts import ask, calls, csv, deals, leads, link, loaded, meetings, on, told

SOME = range(60)


@pytest.mark.parametrize(
    ("of_leads", "of_deals", "mend"),
    [
        ("000{}", "{}", 'leading zeros are kept|with "000" in front'),
        ("{}", "{}.0", 'without the ".0" of a number'),
        ("ld-{}", "LD-{}", "when letter case is ignored"),
        ("LD {}", "LD{}", "when blanks are removed"),
        ("CRM-{}", "{}", 'with "CRM-" in front'),
        ("{}", "CRM-{}", 'without "CRM-" in front'),
        ("{}_eu", "{}", 'with "_eu" behind'),
        ("{}", "{}_eu", 'without "_eu" behind'),
        ("00Q5f0000{}", "00Q5f0000{}EAA", 'as 15-character ids|without "EAA" behind'),
    ],
)
def test_keys_that_were_damaged_on_their_way_are_told_with_what_mends_them(
    tmp_path, of_leads, of_deals, mend
):
    number = lambda each: of_leads.format(100_000 + each)  # noqa: E731
    snapshot = loaded(
        tmp_path,
        120,
        leads=csv("lead_id,created_at,channel", ((number(each), on(each), "inbound") for each in SOME)),
        opportunities=deals(SOME, lambda each: of_deals.format(100_000 + each)),
    )
    if of_deals == "{}.0":  # the intake itself drops the .0 of a number
        assert link(snapshot, "opportunities.lead")["state"] == "whole"
        return
    found = link(snapshot, "opportunities.lead")
    assert (found["state"], found["matched_count"], found["lost_count"]) == ("broken", 0, 60)
    assert found["mendable_count"] == 60 and found["mend"] in mend.replace("leading", "when leading").split(
        "|"
    )
    ((title, remedy, _),) = told(snapshot, "link_broken")
    assert (
        title.startswith("60 of 60 opportunities that name a lead match no lead") and found["mend"] in remedy
    )
    result = ask(snapshot, "close_rate_at_equal_age")
    assert (
        "60 of 60 opportunities that name a lead" in result.unavailable
        and found["mend"] in result.unavailable
    )
    assert set(result.rows["status"]) == {"not_available"} and result.rows["estimate"].null_count() == 2


def test_what_needs_no_such_link_is_given(tmp_path):
    snapshot = loaded(
        tmp_path,
        120,
        leads=leads(SOME),
        meetings=meetings(range(0, 60, 2)),
        opportunities=deals(SOME, lambda each: f"X{each}"),
    )
    assert ask(snapshot, "early_stage_conversion").row("inbound")["estimate"] == pytest.approx(0.5)
    assert ask(snapshot, "lead_to_opportunity").unavailable


def test_a_site_may_accept_a_link_as_it_is_and_the_kpi_says_so(tmp_path):
    snapshot = loaded(
        tmp_path,
        120,
        settings="[links.opportunities]\nlead = { minimum = 0.0 }\n",
        leads=leads(SOME),
        opportunities=deals(SOME, lambda each: f"L{each}" if each < 6 else f"X{each}"),
    )
    result = ask(snapshot, "lead_to_opportunity")
    assert link(snapshot, "opportunities.lead")["state"] == "accepted"
    assert result.row("inbound")["estimate"] == pytest.approx(0.1)
    known = result.evidence.plain()
    assert doubts(known["links"], known["left_out"]) == "Based on 10.0 % of opportunities: 54 match no lead."


def test_a_rate_that_rises_with_the_months_is_no_broken_link_and_says_the_likely_reason(tmp_path):
    # deals of two years, leads of the last five months: a fifth matches in all, everything of late
    snapshot = loaded(
        tmp_path,
        760,
        leads=leads(range(600, 750)),
        opportunities=deals(range(750), lambda each: f"L{each}", after=0),
    )
    found = link(snapshot, "opportunities.lead")
    assert (found["state"], found["is_rising"], found["match_rate"]) == ("partial", True, pytest.approx(0.2))
    ((_, remedy, _),) = told(snapshot, "link_partial")
    assert "older rows seem to belong to leads that are not in the files" in remedy
    assert ask(snapshot, "lead_to_opportunity").row("inbound")["estimate"] == pytest.approx(1.0)


def test_calls_of_which_hardly_any_names_a_lead_withhold_what_is_told_per_lead_called(tmp_path):
    files = {
        "leads": leads(range(200)),
        "calls": calls(range(200), lambda each: f"L{each}" if each < 9 else None),
    }
    snapshot = loaded(tmp_path / "some", 260, **files)
    assert link(snapshot, "calls.lead")["state"] == "untied"
    assert "only 9 of 200 calls belong to a lead" in ask(snapshot, "response_within_sla").unavailable
    assert not ask(snapshot, "connect_rate").unavailable
    # a file that covers all calls with leads says so: then nobody called the others
    every = '[[source]]\nextract = "calls"\nfile = "calls.csv"\ncovers = "all"\n'
    snapshot = loaded(tmp_path / "all", 260, every, **files)
    assert ask(snapshot, "response_within_sla").row("inbound")["estimate"] == pytest.approx(9 / 200)


def test_calls_without_any_lead_id_need_the_column(tmp_path):
    snapshot = loaded(tmp_path, 120, leads=leads(SOME), calls=calls(SOME, lambda _: None))
    assert ask(snapshot, "response_within_sla").unavailable == "needs the column lead_id of the extract calls"


@pytest.mark.parametrize("share", [0.2, 0.8])
def test_strangers_are_natural_where_leads_are_named_by_telephone_number(tmp_path, share):
    person = (
        '[[source]]\nextract = "leads"\nfile = "leads.csv"\nperson.phone = "number"\n'
        '[[source]]\nextract = "calls"\nfile = "calls.csv"\nperson.phone = "caller"\n'
    )
    number = lambda each: f"+49 30 55{each:05}"  # noqa: E731
    files = {
        "leads": csv(
            "lead_id,created_at,channel,number",
            ((f"L{each}", f"{on(each)} 09:00:00", "inbound", number(each)) for each in range(100)),
        ),
        "calls": csv(
            "call_id,caller,started_at,direction",
            (
                (
                    f"C{each}",
                    number(each if each % 5 < 5 * share else 10_000 + each),
                    f"{on(each)} 09:10:00",
                    "outbound",
                )
                for each in range(100)
            ),
        ),
    }
    snapshot = loaded(tmp_path, 160, person, **files)
    result = ask(snapshot, "response_within_sla")
    if share < 0.5:
        assert "by telephone number match none" in result.unavailable
        assert told(snapshot, "link_broken")
    else:
        assert result.row("inbound")["estimate"] == pytest.approx(share)
    assert (
        not ask(snapshot, "connect_rate").unavailable
        or "outcome_code" in ask(snapshot, "connect_rate").unavailable
    )


def test_links_are_counted_by_month_and_channel(tmp_path):
    snapshot = loaded(
        tmp_path,
        120,
        leads=leads(range(31)) + leads(range(31, 59), "outbound").split("\n", 1)[1],
        meetings=meetings(range(59), after=0),
    )
    rows = snapshot.cursor().sql(
        "select month_on::varchar, channel, matched_count from snapshot.evidence_link_months where extract = 'meetings' order by all"
    )
    assert rows.fetchall() == [("2025-01-01", "inbound", 31), ("2025-02-01", "outbound", 28)]


def test_a_load_ends_with_a_line_for_each_extract(tmp_path):
    snapshot = loaded(tmp_path, 120, leads=leads(SOME), opportunities=deals(SOME, lambda each: f"X{each}"))
    lines = list(
        load_lines(snapshot.manifest.evidence, {"leads": 60, "opportunities": 0}, {"opportunities.lead": 31})
    )
    assert lines[0] == "leads: 60 rows; recorded from 2025-01-01 to 2025-03-01"
    assert lines[1].endswith("0.0 % match a lead, which withholds 31 KPIs")


def test_every_detail_says_what_the_kpi_rests_on(tmp_path):
    snapshot = loaded(tmp_path, 120, leads=leads(range(100)), calls=calls(range(60, 100)))
    known = ask(snapshot, "response_within_sla").evidence.plain()
    assert rests_on(known["links"], known["windows"], known["left_out"]) == (
        "Based on calls from 2 Mar 2025 (100.0 % match a lead). Left out: 60 leads created before the files begin."
    )
