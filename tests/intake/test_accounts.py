"""Accounts: read = used + merged + excluded + rejected, whatever the files hold."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadquality.contracts import InputRefused
from leadquality.intake import Account, accounts_of, read_mapping, stage
from leadquality.snapshot.build import _left_out

MAPPING = """
name = "test"
as_of = 2025-06-30
policy.same_contact = "merge"
policy.orphan_calls = "exclude"
[channel]
rules = [{ id = "declared", channel = "inbound", when = { channel = ["inbound"] } }]
[[source]]
extract = "leads"
file = "leads.csv"
exclude.try_out = { column = "channel", values = ["test"] }
[[source]]
extract = "calls"
file = "calls.csv"
"""
HEADERS = {"leads": "lead_id,created_at,contact_id,channel", "calls": "call_id,started_at,lead_id,talk_s"}

keys = st.sampled_from(["1", "2", "3", "4", "", "x@y.z"])
dates = st.sampled_from(["2025-01-01", "2025-01-02", "2025-07-01", "2025-02-30", "1800-01-01", "", "soon"])
others = st.sampled_from(["inbound", "test", "", "7", "-1", '"a\nb"', '"a,""b"""', "ü", "NULL", "1e999"])
rows = st.lists(st.tuples(keys, dates, keys, others).map(",".join), max_size=8)
widths = st.lists(st.sampled_from(["1,2025-01-01", "1", "1,2025-01-01,1,inbound,1", ",,,,,,"]), max_size=2)
damages = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(',"\n;\0x é')), max_size=2)


def first_lead() -> str:
    """A lead that no damage can reach, so that the load goes on to the accounts."""
    return "good,2025-01-01,good,inbound"


def first_call() -> str:
    """A file with a header only is refused."""
    return "good,2025-01-01,good,5"


def blank(rows: list[str]) -> int:
    """Rows of nothing but delimiters, which are lines skipped."""
    return sum(not row.strip(",") for row in rows)


def added_up(leads: str, calls: str) -> dict[str, Account]:
    """Stages both files; the accounts, which agree with the rows that are listed as left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mapping.toml").write_text(MAPPING)
        (folder / "leads.csv").write_text(leads, newline="")
        (folder / "calls.csv").write_text(calls, newline="")
        con = duckdb.connect()
        staged = stage(
            con, folder, read_mapping(folder / "mapping.toml"), None, lambda _: None, folder / "work"
        )
        accounts = accounts_of(con, list(staged.extracts))
        con.execute("attach ':memory:' as snapshot")
        _left_out(con, list(staged.extracts))
        left_out = con.sql("from snapshot.left_out_rows").fetchall()
        con.close()
    for extract, account in accounts.items():
        fates = [row[3] for row in left_out if row[0] == extract]
        assert [fates.count(fate) for fate in ("merged", "excluded", "rejected")] == [
            account.merged,
            account.excluded,
            account.rejected,
        ]
        assert account.read == account.used + account.merged + account.excluded + account.rejected
        reasons = [row[4] for row in left_out if row[0] == extract]
        assert account.reasons == {reason: reasons.count(reason) for reason in sorted(set(reasons))}
        assert "" not in reasons and None not in reasons
    return accounts


def file_of(extract: str, body: list[str]) -> str:
    return "\n".join([HEADERS[extract], *body, ""])


def every_row_is_in_exactly_one_account(lead_rows, lead_widths, call_rows, call_widths):
    leads = [first_lead(), *lead_rows[:4], *lead_widths, *lead_rows[4:]]
    calls = [first_call(), *call_rows[:4], *call_widths, *call_rows[4:]]
    accounts = added_up(file_of("leads", leads), file_of("calls", calls))
    assert accounts["leads"].read == len(leads) - blank(leads)
    assert accounts["calls"].read == len(calls) - blank(calls)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.tuples(rows, widths, rows, widths))
def test_every_row_of_40_files_is_in_exactly_one_account(drawn):
    every_row_is_in_exactly_one_account(*drawn)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, derandomize=True)
@given(st.tuples(rows, widths, rows, widths))
def test_every_row_of_2000_files_is_in_exactly_one_account(drawn):
    every_row_is_in_exactly_one_account(*drawn)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(rows, damages)
def test_a_damaged_file_is_accounted_for_or_refused(lead_rows, damage):
    head = HEADERS["leads"] + "\n" + first_lead() + "\n"
    body = "\n".join([*lead_rows, ""])
    for place, mark in damage:
        at = int(place * len(body))
        body = body[:at] + mark + body[at + 1 :]
    message = ""
    try:
        added_up(head + body, file_of("calls", [first_call()]))
    except InputRefused as refused:
        message = str(refused)
    assert message == "" or message.startswith("leads.csv")


def test_accounts_that_do_not_add_up_stop_the_load():
    with pytest.raises(AssertionError, match="do not add up"):
        Account(read=3, used=1, merged=0, excluded=0, rejected=1, reasons={"BAD_DATE": 1})


def test_accounts_by_hand():
    # leads: L1 twice, L2 with L1's contact, a try-out, a short row; calls: fine, of a merged lead, orphan
    leads = ["L1,2025-01-01,C1,inbound", "L1,2025-01-01,C1,inbound", "L2,2025-01-01,C1,inbound"]
    leads += ["L3,2025-01-01,C3,test", "L4"]
    calls = ["K1,2025-01-02,L1,5", "K2,2025-01-02,L2,5", "K3,2025-01-02,L3,5"]
    accounts = added_up(file_of("leads", leads), file_of("calls", calls))
    reasons = {"DUPLICATE_EXACT": 1, "ROW_WIDTH": 1, "SAME_CONTACT": 1, "try_out": 1}
    assert accounts["leads"] == Account(read=5, used=1, merged=2, excluded=1, rejected=1, reasons=reasons)
    orphan = {"LEAD_NOT_FOUND": 1}
    assert accounts["calls"] == Account(read=3, used=2, merged=0, excluded=1, rejected=0, reasons=orphan)
    assert accounts["meetings"] == Account(read=0, used=0, merged=0, excluded=0, rejected=0, reasons={})
