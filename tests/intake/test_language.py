"""What a mapping can say: repeats, what some exports lack, times of the day, several extracts from one file, rules of the channel."""

from __future__ import annotations

import pytest

from leadquality.contracts import InputRefused
from leadquality.intake.plan import plan
from tests.intake.folders import LEADS, RULES, Loaded, loaded, told

BASE = 'name = "m"\n' + RULES + '[[source]]\nextract = "leads"\nfile = "leads.csv"\n'
CALLS = '[[source]]\nextract = "calls"\nfile = "calls.csv"\n'
DEALS = '[[source]]\nextract = "opportunities"\nfile = "deals.csv"\n'


def kept(folder, rows: str, rule: str) -> set[str]:
    """The calls that an exclusion leaves."""
    return calls_of(_with(folder, rows, rule))


def _with(folder, rows: str, rule: str) -> Loaded:
    mapping = BASE + CALLS + f"exclude.again = {{ {rule} }}\n"
    return loaded(folder, mapping, leads=LEADS, calls=f"call_id,started_at,rep,site,secs\n{rows}")


def calls_of(end: Loaded) -> set[str]:
    return {call for (call,) in end.rows("select call_id from snapshot.fact_calls")}


ROWS = """A,2025-01-02 10:00,ann,N,30
B,2025-01-02 10:00,ann,N,90
C,2025-01-02 10:00,bo,N,50
D,2025-01-02 10:00,ann,S,10
E,2025-01-02 10:00,,N,10
F,2025-01-02 10:00,,N,20
G,2025-01-02 10:00,,,20
"""


def test_repeats_are_rows_equal_in_all_columns_and_a_blank_is_equal_to_nothing(tmp_path):
    end = _with(tmp_path, ROWS, 'repeats = ["started_at", "rep", "site"]')
    assert calls_of(end) == set("ACDEFG")
    told_of = end.rows("select line, found from snapshot.findings where code = 'repeats_blank_in_part'")
    assert told_of == [(6, "again: 3 rows")], "G has a day, and no person and no place"


def test_the_first_that_is_not_blank_is_said_in_other_words(tmp_path):
    assert kept(tmp_path, ROWS, 'repeats = [{ first_of = ["rep", "site"] }]') == set("ACEG")
    assert kept(tmp_path, ROWS, 'repeats = [{ first_of = ["rep", "site"] }, "secs"]') == set("ABCDEFG")


@pytest.mark.parametrize(
    ("values", "stays"),
    [
        (("30", "90", "9"), "B"),
        (("2025-01-02", "2024-12-31", ""), "A"),
        (("31/01/2025", "02/02/2025", "15/01/2025"), "B"),
        (("3 Feb 2025", "12 Jan 2025", "30 Jan 2025"), "A"),
        (("2025-01-02T10:00:00Z", "2025-01-02T09:30:00-02:00", "n/a"), "B"),
        (("00:01:30", "00:00:50", "0:59"), "A"),
        (("45659", "45660.5", "45659.9"), "B"),
    ],
)
def test_the_one_that_stays_is_the_largest_or_the_latest(tmp_path, values, stays):
    rows = "".join(
        f"{call},2025-01-02 10:00,ann,N,{value}\n" for call, value in zip("ABC", values, strict=True)
    )
    assert kept(tmp_path, rows, 'repeats = ["rep"], keep = "secs"') == {stays}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("new", "old", "7"), "such as 'new'"),
        (("", "", ""), "blank in every row"),
        (("01/02/2025", "03/02/2025", "05/02/2025"), 'time.date_order = "dmy"'),
    ],
)
def test_what_is_neither_a_number_nor_a_date_keeps_nothing(tmp_path, values, said):
    rows = "".join(
        f"{call},2025-01-02 10:00,ann,N,{value}\n" for call, value in zip("ABC", values, strict=True)
    )
    with pytest.raises(InputRefused, match="secs") as refused:
        kept(tmp_path, rows, 'repeats = ["rep"], keep = "secs"')
    assert said in str(refused.value)


def test_a_row_that_another_rule_excludes_is_not_the_one_that_stays(tmp_path):
    mapping = (
        BASE
        + CALLS
        + 'exclude.test = { column = "rep", values = ["test"] }\nexclude.again = { repeats = ["site"] }\n'
    )
    rows = "A,2025-01-02 10:00,test,N\nB,2025-01-02 10:00,ann,N\nC,2025-01-02 10:00,bo,N\n"
    end = loaded(tmp_path, mapping, leads=LEADS, calls="call_id,started_at,rep,site\n" + rows)
    assert end.reasons("calls") == {"again": 1, "test": 1}
    assert end.rows("select call_id from snapshot.fact_calls") == [("B",)]


LACKING = (
    CALLS
    + """columns.rep_id = { from = "Agent", form = "text" }
columns.team = { lookup = "teams", column = "Team" }
columns.talk_s = { seconds_between = ["Picked", "Ended"] }
columns.outcome_code = { first_of = ["Result", { from = "Code", when = { Kind = ["final"] } }] }
columns.notes = "Remark"
lookups.teams = { file = "teams.csv", key = "Agent", by = "Agent" }
values.direction = [{ when = { Way = ["in"] }, then = "inbound" }, { when = { Line = ["1"] }, then = "outbound" }]
"""
)
OPTIONAL = 'optional = ["rep_id", "team", "talk_s", "outcome_code", "notes", "direction"]\n'


def test_what_some_exports_lack_is_left_out_and_told(tmp_path):
    few = "call_id,started_at,Result,Way\nA,2025-01-02 10:00,no_answer,in\n"
    end = loaded(tmp_path, BASE + LACKING + OPTIONAL, leads=LEADS, calls=few)
    row = "select rep_id, team, talk_seconds, outcome_code, direction from snapshot.fact_calls"
    assert end.rows(row) == [(None, None, None, "no_answer", "inbound")]
    lacks = end.rows("select found from snapshot.findings where code = 'optional_column_missing' order by 1")
    assert lacks == [("notes",), ("rep_id",), ("talk_s",), ("team",)]
    all_of_it = "call_id,started_at,Agent,Picked,Ended,Code,Kind,Line,Remark\nB,2025-01-02 10:00,Ann,09:00,09:01,voicemail,final,1,x\n"
    end = loaded(tmp_path, calls=all_of_it, teams="Agent,Team\nAnn,North\n")
    assert end.rows(row) == [("ann", "North", 60.0, "voicemail", "outbound")]


@pytest.mark.parametrize(
    ("header", "said"),
    [("call_id,started_at,Result,Way", "'Agent'"), ("call_id,started_at,Agent,Result,Way", "teams.csv")],
)
def test_what_is_not_optional_is_refused(tmp_path, header, said):
    more = {"teams": "Agent,Team\nx,y\n"} if "teams" not in said else {}
    with pytest.raises(InputRefused, match=said):
        loaded(
            tmp_path,
            BASE + LACKING,
            **more,
            leads=LEADS,
            calls=f"{header}\n" + ",".join(["2025-01-02"] * (header.count(",") + 1)),
        )


@pytest.mark.parametrize(
    ("first", "last", "seconds"),
    [
        ("09:00:10", "09:01:20", 70),
        ("23:59:50", "00:00:20", 30),
        ("9:00 AM", "1:00 p.m.", 14_400),
        ("09:00:10.5", "09:00:12", 1.5),
        ("2025-01-02 09:00:10", "2025-01-02T09:01:20Z", 70),
        ("1735808400", "1735808470", 70),
        ("", "09:00:10", None),
    ],
)
def test_the_seconds_between_two_times(tmp_path, first, last, seconds):
    mapping = BASE + CALLS + 'columns.talk_s = { seconds_between = ["from", "to"] }\n'
    rows = (
        f"call_id,started_at,from,to\nA,2025-01-02 10:00,{first},{last}\nB,2025-01-02 10:00,soon,09:00:10\n"
    )
    end = loaded(tmp_path, mapping, leads=LEADS, calls=rows)
    assert end.rows("select talk_seconds from snapshot.fact_calls") == [(seconds,)]
    assert end.reasons("calls") == {"BAD_NUMBER": 1}
    assert end.rows("select field, found from snapshot.left_out_rows") == [("talk_s", "soon to 09:00:10")]


BOTH = "lead_id,created_at,channel,call_id,started_at,direction\nL1,2025-01-01,inbound,C1,2025-01-01 10:00,inbound\n"


def test_one_file_feeds_several_extracts_by_answers(tmp_path):
    answers = '[answers]\n"all.csv" = ["own/leads/own columns", "own/calls/own columns"]\n'
    end = loaded(tmp_path, answers, all=BOTH)
    assert end.used() == {"leads": 1, "calls": 1} and end.manifest.unread == []
    end = loaded(tmp_path, BASE.replace("leads.csv", "all.csv") + answers)
    assert end.used() == {"leads": 1, "calls": 1}
    assert plan(told(tmp_path), answers.encode(), is_written=True).text.count('file = "all.csv"') == 2


@pytest.mark.parametrize(
    "wrong", ['"own/nothing/own columns"', '["own/leads/own columns", "x"]', "7", '[["a"]]']
)
def test_an_answer_that_names_no_preset_is_refused(tmp_path, wrong):
    with pytest.raises(InputRefused, match=r"answers.*all\.csv"):
        loaded(tmp_path, f'[answers]\n"all.csv" = {wrong}\n', all=BOTH)


RULED = """name = "m"
[channel]
rules = [
    {{ id = "form", channel = "inbound", when = {{ {} = ["Web form", "Chat"] }} }},
    {{ id = "list", channel = "outbound", when = {{ {} = ["cold-list"] }} }},
    {{ id = "rest", channel = "other", when = {{ channel = ["partner"] }} }},
]
[[source]]
extract = "leads"
file = "leads.csv"
columns.segment = "Size"
lookups.firms = {{ file = "firms.csv", key = "Firm", by = "Firm" }}
"""


@pytest.mark.parametrize("place", ["Came by", '"came-by"', "segment", '"firms.Way"'])
def test_a_rule_of_the_channel_looks_at_any_column(tmp_path, place):
    place = place if place.isidentifier() or place[0] == '"' else f'"{place}"'
    words = ["web form", "Cold List", "", "Fair"]
    lines = [f"L{at},2025-01-0{at},{word},{word},F{at}," for at, word in enumerate(words, start=1)]
    leads = (
        "lead_id,created_at,Came By,Size,Firm,channel\n"
        + "\n".join(lines)
        + "\nL5,2025-01-05,Fair,Fair,F4,partner\n"
    )
    firms = "Firm,Way\n" + "\n".join(f"F{at},{word}" for at, word in enumerate(words, start=1)) + "\n"
    end = loaded(tmp_path, RULED.format(place, place), leads=leads, firms=firms)
    found = end.rows(
        "select lead_id, channel, channel_rule, channel_evidence from snapshot.fact_leads order by 1"
    )
    plain = place.strip('"')
    assert found == [
        ("L1", "inbound", "form", f"{plain} = web form"),
        ("L2", "outbound", "list", f"{plain} = Cold List"),
        ("L3", "unknown", "no rule fits", None),
        ("L4", "unknown", "no rule fits", None),
        ("L5", "other", "rest", "channel = partner"),
    ]
    kept = end.rows("select count(*) from information_schema.columns where column_name = 'clues'")
    assert kept == [(0,)], "no snapshot holds what the rules looked at"


def test_a_rule_that_looks_at_a_column_that_no_file_has_is_refused(tmp_path):
    firms = "Firm,Way\nF1,x\n"
    leads = "lead_id,created_at,Came By,Size,Firm\nL1,2025-01-01,a,b,F1\n"
    with pytest.raises(InputRefused, match=r"rule 'form'.*'Came from'.*did you mean 'Came By'"):
        loaded(tmp_path, RULED.format('"Came from"', "segment"), leads=leads, firms=firms)


WON = (
    DEALS
    + """columns.opportunity_id = "Deal"
columns.lead_id = "Lead"
columns.created_at = { stand_in = { from = "Signed" } }
columns.closed_at = "Signed"
columns.outcome = { constant = "won" }
columns.acv = "Value"
"""
)


def test_a_list_of_won_deals_has_sizes_and_no_durations(tmp_path):
    deals = "Deal,Lead,Signed,Value\n" + "".join(f"D{at},L1,2025-02-{at:02},{at}00\n" for at in range(1, 26))
    end = loaded(tmp_path, BASE + WON, leads=LEADS, deals=deals)
    assert end.used() == {"leads": 3, "opportunities": 25}
    assert end.rows("select distinct outcome, created_on = closed_on from snapshot.fact_opportunities") == [
        ("won", True)
    ]
    given = "select known_count from snapshot.coverage where extract = 'opportunities' and column_name = "
    assert end.rows(given + "'created_at'") == [(0,)] and end.rows(given + "'closed_at'") == [(25,)]
    assert "stand_in_date" in end.manifest.findings
