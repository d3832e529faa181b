"""What becomes of each row: used, merged, excluded or rejected, with its line in the file and the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot

Query = Callable[[str], list[tuple[Any, ...]]]
MAPPING = """
name = "test"
as_of = 2025-06-30
policy.same_contact = "merge"
policy.orphan_calls = "exclude"
policy.max_amount = "1000"
policy.currency = "EUR"
policy.zero_amount = "refuse"
[channel]
rules = []
[[source]]
extract = "leads"
file = "leads.csv"
[[source]]
extract = "calls"
file = "calls.csv"
[[source]]
extract = "meetings"
file = "meetings.csv"
[[source]]
extract = "opportunities"
file = "opportunities.csv"
"""
EXCLUDING = MAPPING.replace(
    'file = "leads.csv"', 'file = "leads.csv"\nexclude.try_out = { column = "source", values = ["Test"] }'
)
LEAD = "lead_id,created_at\nL1,2025-01-01\n"


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Query]:
    """loaded(leads=text, ...) loads these extracts and gives a function that asks the snapshot."""

    def run(mapping: str = MAPPING, as_of: date | None = None, **extracts: str) -> Query:
        for name, text in extracts.items():
            (tmp_path / f"{name}.csv").write_bytes(text.encode())
        (tmp_path / "mapping.toml").write_text(mapping)
        home = Home(tmp_path / "home")
        load(home, tmp_path, as_of=as_of, confirmed=True)  # most rows of some are there to be rejected
        snapshot = open_snapshot(home)
        return lambda sql: snapshot.cursor().sql(sql).fetchall()

    return run


def left_out(ask: Query, extract: str = "leads") -> list[tuple[Any, ...]]:
    columns = "line, fate, reason, field, found"
    return ask(
        f"select {columns} from snapshot.left_out_rows where extract = '{extract}' order by line, reason"
    )


# Each row of a file beside what becomes of it: None is used, else fate, reason, field and value.
ROWS = {
    "leads": (
        "lead_id,created_at,contact_id,source,mql_at,sql_at,disqualified_at,engagement_score",
        [
            ("L1,2025-01-01,C1,web,,,,", None),
            ("L1,2025-01-01,C1,web,,,,", ("merged", "DUPLICATE_EXACT", None, None)),
            ("L2,2025-01-01,C1,web,,,,", ("merged", "SAME_CONTACT", None, None)),
            ("L3,2025-01-01,,web,,,,", None),
            ("L4,2025-01-01,,web,,,,", None),  # equal but for the id, and no contact known: two leads
            ("L5,2025-07-01,C5,web,,,,", ("excluded", "AFTER_AS_OF", None, None)),
            ("L6,2025-01-01,C6, TE-st ,,,,", ("excluded", "try_out", None, None)),
            (",2025-01-01,C7,web,,,,", ("rejected", "MISSING_VALUE", "lead_id", None)),
            ("L8,,C8,web,,,,", ("rejected", "MISSING_VALUE", "created_at", None)),
            ("L9,1 Feb 2025,C9,web,,,,", ("rejected", "BAD_DATE", "created_at", "1 Feb 2025")),
            ("L10,2025-02-30,C10,web,,,,", ("rejected", "BAD_DATE", "created_at", "2025-02-30")),
            ("L11,1970-01-01,C11,web,,,,", ("rejected", "DATE_RANGE", "created_at", "1970-01-01")),
            ("L12,2025-01-01,C12,web,x,,,", ("rejected", "BAD_DATE", "mql_at", "x")),
            ("L13,2025-01-01,C13,web,,y,,", ("rejected", "BAD_DATE", "sql_at", "y")),
            ("L14,2025-01-01,C14,web,,,z,", ("rejected", "BAD_DATE", "disqualified_at", "z")),
            ("L16,2025-01-01,C16,web,,,,", ("rejected", "CONFLICTING_ROWS", "lead_id", "L16")),
            ("L16,2025-01-02,C16,web,,,,", ("rejected", "CONFLICTING_ROWS", "lead_id", "L16")),
            ("L18,2025-01-01,C18,web,,,,high", ("rejected", "BAD_NUMBER", "engagement_score", "high")),
            ("L19,2025-07-02,C19,web,,,,", ("rejected", "FUTURE", "created_at", "2025-07-02")),
            ("L17,2025-01-01,C17", ("rejected", "ROW_WIDTH", None, None)),
        ],
    ),
    "calls": (
        "call_id,started_at,lead_id,talk_s,direction",
        [
            ("K1,2025-01-02T10:00:00+00:00,L1,5,In-Bound", None),
            ("K1,2025-01-02T10:00:00+00:00,L1,5,In-Bound", ("merged", "DUPLICATE_EXACT", None, None)),
            ("K2,2025-07-01,L1,5,", ("excluded", "AFTER_AS_OF", None, None)),
            ("K3,2025-01-02,L99,5,", ("excluded", "LEAD_NOT_FOUND", "lead_id", "L99")),
            (
                "K4,2025-01-02,L16,5,",
                ("excluded", "LEAD_NOT_FOUND", "lead_id", "L16"),
            ),  # its lead was rejected
            (",2025-01-02,L1,5,", ("rejected", "MISSING_VALUE", "call_id", None)),
            ("K6,,L1,5,", ("rejected", "MISSING_VALUE", "started_at", None)),
            ("K7,noon,L1,5,", ("rejected", "BAD_DATE", "started_at", "noon")),
            ("K8,2101-01-01,L1,5,", ("rejected", "DATE_RANGE", "started_at", "2101-01-01")),
            ("K9,2025-01-02,L1,long,", ("rejected", "BAD_NUMBER", "talk_s", "long")),
            ("K10,2025-01-02,L1,-1,", ("rejected", "OUT_OF_RANGE", "talk_s", "-1")),
            ("K11,2025-01-02,L1,86401,", ("rejected", "OUT_OF_RANGE", "talk_s", "86401")),
            ("K12,2025-01-02,L1,inf,", ("rejected", "NOT_FINITE", "talk_s", "inf")),
            ("K13,2025-01-02,L1,5,inbuond", ("rejected", "UNKNOWN_VALUE", "direction", "inbuond")),
            ("K14,2025-01-02,L1,5,", ("rejected", "CONFLICTING_ROWS", "call_id", "K14")),
            ("K14,2025-01-02,L3,5,", ("rejected", "CONFLICTING_ROWS", "call_id", "K14")),
            ("K16,2025-07-02,L1,5,", ("rejected", "FUTURE", "started_at", "2025-07-02")),
            ("K15,2025-01-02,L1,5,,x", ("rejected", "ROW_WIDTH", None, None)),
        ],
    ),
    "meetings": (
        "meeting_id,lead_id,booked_at,scheduled_at,held_at,status",
        [
            ("M1,L1,2025-01-02,2025-01-03,2025-01-03,Held", None),
            ("M1,L1,2025-01-02,2025-01-03,2025-01-03,Held", ("merged", "DUPLICATE_EXACT", None, None)),
            ("M2,L1,2025-01-02,2025-12-03,,booked", None),  # a plan may lie after as_of
            ("M3,L1,2025-07-01,,,", ("excluded", "AFTER_AS_OF", None, None)),
            ("M4,L99,2025-01-02,,,", ("excluded", "LEAD_NOT_FOUND", "lead_id", "L99")),
            (",L1,2025-01-02,,,", ("rejected", "MISSING_VALUE", "meeting_id", None)),
            ("M6,,2025-01-02,,,", ("rejected", "MISSING_VALUE", "lead_id", None)),
            ("M7,L1,,,,held", ("rejected", "MISSING_VALUE", "scheduled_at", None)),
            ("M8,L1,x,,,", ("rejected", "BAD_DATE", "booked_at", "x")),
            ("M9,L1,,x,,", ("rejected", "BAD_DATE", "scheduled_at", "x")),
            ("M10,L1,,,x,", ("rejected", "BAD_DATE", "held_at", "x")),
            ("M14,L1,1899-12-31,,,", ("rejected", "DATE_RANGE", "booked_at", "1899-12-31")),
            ("M11,L1,2025-01-02,,,perhaps", ("rejected", "UNKNOWN_VALUE", "status", "perhaps")),
            ("M12,L1,,,2025-01-03,No-show", ("rejected", "HELD_BUT_NOT", "status", "No-show")),
            ("M15,L1,2025-07-02,,,", ("rejected", "FUTURE", "booked_at", "2025-07-02")),
            ("M16,L1,,,2025-07-02,", ("rejected", "FUTURE", "held_at", "2025-07-02")),
            ("M13,L1,2025-01-02,,,", ("rejected", "CONFLICTING_ROWS", "meeting_id", "M13")),
            ("M13,L1,2025-01-03,,,", ("rejected", "CONFLICTING_ROWS", "meeting_id", "M13")),
        ],
    ),
    "opportunities": (
        "opportunity_id,lead_id,created_at,amount,currency,expected_close,closed_at,outcome",
        [
            ("O1,L1,2025-01-02,1000,eur,,2025-01-02,Won", None),
            ("O1,L1,2025-01-02,1000,eur,,2025-01-02,Won", ("merged", "DUPLICATE_EXACT", None, None)),
            ("O2,L1,2025-07-01,,,,,", ("excluded", "AFTER_AS_OF", None, None)),
            ("O3,L99,2025-01-02,,,,,", ("excluded", "LEAD_NOT_FOUND", "lead_id", "L99")),
            (",L1,2025-01-02,,,,,", ("rejected", "MISSING_VALUE", "opportunity_id", None)),
            ("O5,,2025-01-02,,,,,", None),
            ("O6,L1,,,,,,", ("rejected", "MISSING_VALUE", "created_at", None)),
            ("O7,L1,x,,,,,", ("rejected", "BAD_DATE", "created_at", "x")),
            ("O8,L1,1899-12-31,,,,,", ("rejected", "DATE_RANGE", "created_at", "1899-12-31")),
            ("O9,L1,2025-01-02,,,,x,won", ("rejected", "BAD_DATE", "closed_at", "x")),
            ("O10,L1,2025-01-02,,,x,,", ("rejected", "BAD_DATE", "expected_close", "x")),
            ("O11,L1,2025-01-02,,,,,maybe", ("rejected", "UNKNOWN_VALUE", "outcome", "maybe")),
            ("O13,L1,2025-01-02,,,,,lost", ("rejected", "CLOSED_WITHOUT_DATE", "closed_at", None)),
            ("O14,L1,2025-01-02,a lot,,,,", ("rejected", "BAD_NUMBER", "amount", "a lot")),
            ("O15,L1,2025-01-02,0,,,,", ("rejected", "AMOUNT_NOT_POSITIVE", "amount", "0")),
            ("O19,L1,2025-01-02,-5,,,,", ("rejected", "NEGATIVE_AMOUNT", "amount", "-5")),
            ("O20,L1,2025-07-02,5,,,,", ("rejected", "FUTURE", "created_at", "2025-07-02")),
            ("O16,L1,2025-01-02,1000.01,,,,", ("rejected", "OUT_OF_RANGE", "amount", "1000.01")),
            ("O17,L1,2025-01-02,5,USD,,,", ("rejected", "CURRENCY_MISMATCH", "currency", "USD")),
            ("O18,L1,2025-01-02,5,,,,", ("rejected", "CONFLICTING_ROWS", "opportunity_id", "O18")),
            ("O18,L1,2025-01-02,6,,,,", ("rejected", "CONFLICTING_ROWS", "opportunity_id", "O18")),
        ],
    ),
}


def file_of(extract: str) -> str:
    header, rows = ROWS[extract]
    return "\n".join([header, *(row for row, _ in rows), ""])


def test_every_row_meets_its_fate_for_the_reason_that_stands_beside_it(loaded):
    ask = loaded(EXCLUDING, **{extract: file_of(extract) for extract in ROWS})
    for extract, (_, rows) in ROWS.items():
        expected = [(line, *fate) for line, (_, fate) in enumerate(rows, start=2) if fate is not None]
        assert left_out(ask, extract) == expected
    assert ask("select lead_id from snapshot.fact_leads order by all") == [("L1",), ("L3",), ("L4",)]
    assert ask("select call_id, lead_id, direction from snapshot.fact_calls") == [("K1", "L1", "inbound")]
    assert ask("select meeting_id, status from snapshot.fact_meetings order by all") == [
        ("M1", "held"),
        ("M2", "booked"),
    ]
    assert ask("select opportunity_id, outcome, currency from snapshot.fact_opportunities order by all") == [
        ("O1", "won", "EUR"),
        ("O5", "open", "EUR"),
    ]


def test_every_reason_of_the_staging_rules_is_told_above():
    staging = Path(__file__).parents[2] / "queries" / "staging"
    for extract, (_, rows) in ROWS.items():
        told = {fate[1] for _, fate in rows if fate is not None}
        words = (staging / f"{extract}.sql").read_text("utf-8").split("'")
        written = {word for word in words if word.isupper() and "_" in word}
        assert written - told - {"CALL_LEG"} == set(), extract  # told in tests/regression/test_calls.py


def test_an_open_opportunity_with_a_closing_date_is_open_and_the_date_says_nothing(loaded):
    ask = loaded(
        leads=LEAD,
        opportunities="opportunity_id,lead_id,created_at,closed_at,outcome\n"
        "O1,L1,2025-01-02,2025-02-01,open\nO2,L1,2025-01-02,2025-02-01,\nO3,L1,2025-01-02,2025-02-01,lost\n",
    )
    columns = "opportunity_id, outcome, closed_on, is_reopened"
    assert ask(f"select {columns} from snapshot.fact_opportunities order by all") == [
        ("O1", "open", None, True),
        ("O2", "open", None, True),
        ("O3", "lost", date(2025, 2, 1), False),
    ]


def test_stages_in_the_wrong_order_say_nothing_about_either(loaded):
    ask = loaded(leads="lead_id,created_at,mql_at,sql_at\nL1,2025-01-01,2025-01-05,2025-01-02\n")
    assert ask("select mql_on, sql_on from snapshot.fact_leads") == [(None, None)]


def test_an_acv_below_zero_is_named_with_its_own_value(loaded):
    ask = loaded(
        leads=LEAD, opportunities="opportunity_id,lead_id,created_at,amount,acv\nO1,L1,2025-01-02,5,-7\n"
    )
    assert left_out(ask, "opportunities") == [(2, "rejected", "NEGATIVE_AMOUNT", "acv", "-7")]


def test_an_amount_of_zero_is_kept_and_told_where_the_site_does_not_refuse_it(loaded):
    ask = loaded(
        MAPPING.replace('policy.zero_amount = "refuse"\n', ""),
        leads=LEAD,
        opportunities="opportunity_id,lead_id,created_at,amount\nO1,L1,2025-01-02,0\nO2,L1,2025-01-02,5\n",
    )
    assert ask("select opportunity_id, amount from snapshot.fact_opportunities order by all") == [
        ("O1", 0),
        ("O2", 5),
    ]
    found = ask("select line, found from snapshot.findings where code = 'zero_amount'")
    assert found == [(2, "O1")]


def test_orphan_calls_are_kept_where_the_site_says_so(loaded):
    kept = MAPPING.replace('"exclude"', '"keep"')
    ask = loaded(kept, leads=LEAD, calls="call_id,started_at,lead_id\nK1,2025-01-02,L99\nK2,2025-01-02,\n")
    assert ask("select call_id, lead_id from snapshot.fact_calls order by all") == [
        ("K1", None),
        ("K2", None),
    ]
    assert ask(
        "select code, line, found from snapshot.findings where code = 'orphan_calls' order by line"
    ) == [
        ("orphan_calls", 2, "L99"),
        ("orphan_calls", 3, "(blank)"),
    ]


def test_a_word_that_the_mapping_declares_to_mean_nothing_is_unknown_and_refuses_no_row(loaded):
    placeholders = MAPPING + '[source.values.amount]\n"" = ["0", "-None-"]\n'
    text = "opportunity_id,lead_id,created_at,amount\nO1,L1,2025-01-02,0\nO2,L1,2025-01-02,none\nO3,L1,2025-01-02,7\n"
    ask = loaded(placeholders, leads=LEAD, opportunities=text)
    assert ask("select opportunity_id, amount, acv from snapshot.fact_opportunities order by 1") == [
        ("O1", None, None),
        ("O2", None, None),
        ("O3", 7, 7),
    ]
    # neither counts as given
    assert ask(
        "select known_count from snapshot.coverage where extract = 'opportunities' and column_name = 'amount'"
    ) == [(1,)]


# --- same contact ---------------------------------------------------------------------------------

TWICE = "lead_id,created_at,contact_id,source\nL1,2025-01-01,C1,a\nL2,2025-01-01,C1,a\nL3,2025-01-01,C1,b\n"
DEPENDENTS = {
    "calls": "call_id,started_at,lead_id\nK1,2025-01-02,L1\nK2,2025-01-02,L2\nK3,2025-01-02,L3\n",
    "meetings": "meeting_id,lead_id,held_at\nM2,L2,2025-01-03\n",
    "opportunities": "opportunity_id,lead_id,created_at\nO2,L2,2025-01-04\n",
}
POINTS_TO = """
select call_id, lead_id from snapshot.fact_calls
union all select meeting_id, lead_id from snapshot.fact_meetings
union all select opportunity_id, lead_id from snapshot.fact_opportunities
order by all
"""


def test_what_belongs_to_the_merged_lead_goes_to_the_one_that_is_kept(loaded):
    ask = loaded(leads=TWICE, **DEPENDENTS)
    assert ask("select lead_id from snapshot.fact_leads order by all") == [("L1",), ("L3",)]
    assert ask(POINTS_TO) == [("K1", "L1"), ("K2", "L1"), ("K3", "L3"), ("M2", "L1"), ("O2", "L1")]


def test_the_same_contact_is_only_reported_where_the_site_says_so(loaded):
    ask = loaded(MAPPING.replace('"merge"', '"report"'), leads=TWICE, **DEPENDENTS)
    assert ask("select lead_id from snapshot.fact_leads order by all") == [("L1",), ("L2",), ("L3",)]
    assert ask(POINTS_TO) == [("K1", "L1"), ("K2", "L2"), ("K3", "L3"), ("M2", "L2"), ("O2", "L2")]
    found = ask("select line, found from snapshot.findings where code = 'same_contact_leads'")
    assert found == [(3, "L2")]


TWO_FILES = MAPPING.replace('file = "leads.csv"', 'file = "a.csv"', 1).replace(
    '[[source]]\nextract = "calls"',
    '[[source]]\nextract = "leads"\nfile = "b.csv"\n[[source]]\nextract = "calls"',
)


def test_exact_duplicates_are_merged_across_files(loaded):
    ask = loaded(
        TWO_FILES, a="lead_id,created_at\nL1,2025-01-01\n", b="created_at,lead_id,source\n2025-01-01,L1,\n"
    )
    assert ask("select file, line, reason from snapshot.left_out_rows") == [("b.csv", 2, "DUPLICATE_EXACT")]


def test_a_call_of_the_lead_that_is_kept_stays_with_it_across_files(loaded):
    # L2 of a.csv is used, L1 of b.csv merged into it: the call of L2 must not point to L1
    ask = loaded(
        TWO_FILES,
        a="lead_id,created_at,contact_id\nL9,2025-01-01,C9\nL2,2025-01-01,C1\n",
        b="lead_id,created_at,contact_id\nL1,2025-01-01,C1\n",
        calls="call_id,started_at,lead_id\nK1,2025-01-05,L2\n",
    )
    assert ask("select lead_id from snapshot.fact_leads order by all") == [("L2",), ("L9",)]
    assert ask("select lead_id from snapshot.fact_calls") == [("L2",)]


def test_a_lead_is_never_merged_into_a_row_without_an_id(loaded):
    ask = loaded(leads="lead_id,created_at,contact_id\n,2025-01-01,C1\nL2,2025-01-01,C1\nL3,2025-01-01,C3\n")
    assert ask("select lead_id from snapshot.fact_leads order by all") == [("L2",), ("L3",)]


def test_a_lead_is_never_merged_into_a_row_that_conflicts_with_another(loaded):
    rows = "L1,2025-01-01,C1\nL1,2025-01-02,C1\nL2,2025-01-01,C1\nL3,2025-01-01,C3\n"
    ask = loaded(leads="lead_id,created_at,contact_id\n" + rows)
    assert ask("select lead_id from snapshot.fact_leads order by all") == [("L2",), ("L3",)]


# --- lines ----------------------------------------------------------------------------------------


def lines(ask: Query) -> list[tuple[int, str]]:
    return [(row[0], row[2]) for row in left_out(ask)]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_row_of_another_width_is_rejected_with_its_line(loaded, ends):
    rows = "L1,2025-01-01,a\nL2,2025-01-01\nL3,2025-01-01,a\nL4,2025-01-01,a,b\nL5,soon,a\n"
    text = "lead_id,created_at,source\n" + rows
    ask = loaded(leads=text.replace("\n", ends))
    assert lines(ask) == [(3, "ROW_WIDTH"), (5, "ROW_WIDTH"), (6, "BAD_DATE")]


def test_quoted_line_breaks_are_counted_as_lines(loaded):
    # L1 stands on lines 2 to 4, L2 on 5, L3 on 6 and 7, L4 on 8
    text = 'lead_id,created_at,source\nL1,2025-01-01,"a\nb\nc"\nL2,soon,a\nL3,2025-01-01,"a\nb"\nL4,later,a\n'
    assert lines(loaded(leads=text)) == [(5, "BAD_DATE"), (8, "BAD_DATE")]


def test_a_file_without_a_last_line_break_keeps_its_lines(loaded):
    assert lines(loaded(leads="lead_id,created_at\nL1,2025-01-01\nL2,soon")) == [(3, "BAD_DATE")]


def test_a_row_of_another_width_after_quoted_line_breaks_has_its_physical_line(loaded):
    # L1 stands on lines 2 and 3, the short row on 4
    text = 'lead_id,created_at,source\nL1,2025-01-01,"a\nb"\nL2,2025-01-01\nL3,soon,a\n'
    assert lines(loaded(leads=text)) == [(4, "ROW_WIDTH"), (5, "BAD_DATE")]


def test_the_lines_after_two_neighbouring_rows_of_another_width_are_right(loaded):
    text = "lead_id,created_at,source\nL1,2025-01-01\nL2,2025-01-01\nL3,soon,a\nL4,2025-01-01,a\n"
    assert lines(loaded(leads=text)) == [(2, "ROW_WIDTH"), (3, "ROW_WIDTH"), (4, "BAD_DATE")]


def test_blank_lines_are_counted_as_lines(loaded):
    assert lines(loaded(leads="lead_id,created_at\n\nL1,2025-01-01\n\n\nL2,soon\n")) == [(6, "BAD_DATE")]


# --- dates ----------------------------------------------------------------------------------------


def test_without_a_declared_day_the_last_event_is_as_of(loaded):
    undeclared = MAPPING.replace("as_of = 2025-06-30\n", "")
    ask = loaded(
        undeclared,
        leads=LEAD,
        meetings="meeting_id,lead_id,booked_at,scheduled_at\nM1,L1,2025-01-05,2025-12-24\n",
        opportunities="opportunity_id,lead_id,created_at,expected_close\nO1,L1,2025-01-03,2026-01-01\n",
    )
    # the plans of December and January are no events: the last one is the booking of 5 January
    assert ask("select max(created_on) from snapshot.lead_events") == [(date(2025, 1, 1),)]
    assert ask("select distinct exit_age from snapshot.unit_states where journey = 'deal_won'") == [(2,)]


@pytest.mark.parametrize("column", ["mql_at", "sql_at", "disqualified_at"])
def test_a_date_out_of_range_is_rejected_in_every_column(loaded, column):
    ask = loaded(leads=f"lead_id,created_at,{column}\nL1,2025-01-01,\nL2,2025-01-01,9999-12-31\n")
    assert left_out(ask) == [(3, "rejected", "DATE_RANGE", column, "9999-12-31")]


def test_stamps_are_wall_clock_of_the_zone_of_the_mapping(loaded):
    # 23:30 UTC is half past midnight in Berlin in winter; without an offset it is Berlin's own time
    ask = loaded(
        'zone = "Europe/Berlin"\n' + MAPPING,
        leads="lead_id,created_at\n"
        "L1,2025-01-01T23:30:00Z\nL2,2025-01-01 23:30:00\nL3,2025-01-01T23:30:00-05:00\n",
    )
    assert ask("select created_on from snapshot.fact_leads order by lead_id") == [
        (date(2025, 1, 2),),
        (date(2025, 1, 1),),
        (date(2025, 1, 2),),
    ]


# --- masks ----------------------------------------------------------------------------------------

PERSONAL = {
    "anna.muster@example.com": "…@…",
    "write to anna@example.com today": "write to …@… today",
    "+49 170 1234567": "+…",
    "0049/170/1234567": "…",
    "01701234567": "…",
    "x" * 60: "x" * 40,
}


@pytest.mark.parametrize("value", PERSONAL)
def test_addresses_and_telephone_numbers_are_masked_among_the_rows_left_out(loaded, value):
    ask = loaded(leads=LEAD + f"L2,{value}\n")
    assert left_out(ask) == [(3, "rejected", "BAD_DATE", "created_at", PERSONAL[value])]


@pytest.mark.parametrize("value", ["+49-170-1234-567", "030.123.4567"])
def test_telephone_numbers_with_dashes_or_dots_are_masked(loaded, value):
    ask = loaded(leads=LEAD + f"L2,{value}\n")
    assert "123" not in left_out(ask)[0][4]


@pytest.mark.parametrize("value", ["01/02/2025", "01 02 2025", "01/02/2025 10:50:00 PM", "1.2.2025 9:05 am"])
def test_a_date_in_another_order_is_shown(loaded, value):
    ask = loaded(leads=LEAD + f"L2,{value}\n")
    assert left_out(ask) == [(3, "rejected", "BAD_DATE", "created_at", value)]
