"""Presets: each gives a mapping that holds, runs, and says of each column what vendor_headers.json says."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import tomlkit

from leadquality.catalogue import load_extracts
from leadquality.formats import read_here
from leadquality.intake.fit import fit
from leadquality.intake.look import Look
from leadquality.intake.mapping import parse_mapping
from leadquality.intake.plan import plan
from leadquality.intake.presets import OWN, load_presets
from leadquality.intake.propose import propose
from leadquality.intake.recognise import Question
from leadquality.intake.staging import stage
from leadquality.intake.write import mapping_text, questions_text
from tests.conftest import SHARED

PRESETS = load_presets()
OF_VENDORS = [layout for layout in PRESETS.layouts if layout.vendor != OWN and layout.meaning]
EXTRACTS = load_extracts()
NOT_THERE = {"lead_status", "owner"}
"""Kept in vendor_headers.json only to derive dates and reps; no columns of ours (owner is one of opportunity_changes)."""

DECIDED_OTHERWISE = {
    ("five9", "source"): "calls have no source: the campaign of a call says nothing of the lead's origin",
    ("aircall", "source"): "calls have no source",
    ("callrail", "source"): "calls have no source",
    ("talkdesk", "source"): "calls have no source",
    ("dialpad", "source"): "calls have no source",
    ("callrail", "amount"): "the worth that a user gave a call is no amount of a deal",
    ("pipedrive", "opportunity_id"): "calls and meetings have no opportunity",
    ("zoho", "opportunity_id"): "calls and meetings have no opportunity",
    (
        "salesforce",
        "opportunity_id",
    ): "leads and activities have none; the lead's is used to join the opportunity",
    ("salesforce", "account_id"): "an event has none",
    ("pipedrive", "outcome_code"): "done says only that the box was ticked: it is no outcome",
    ("dialpad", "lead_id"): "contact is nested; the external number is matched instead",
    ("aircall", "talk_s"): "duration includes ringing: the list itself says to take answered_at to ended_at",
}


def fitted(layout: Any) -> list[Any]:
    """The sources of a preset over a file with all its columns; whatever it joins is there too, with all its columns."""
    others = {
        other.name: Look(f"{other.name.split()[0]}.csv", False, other.columns, ())
        for other in PRESETS.layouts
        if other.vendor == layout.vendor and other.style == layout.style
    }
    others |= {
        other.name: Look(f"{other.name.split()[0]}.csv", False, other.columns, ())
        for other in PRESETS.layouts
        if other.vendor == layout.vendor and other.name not in others
    }

    def find(names: str | list[str]) -> Look | None:
        return next(
            (others[name] for name in ([names] if isinstance(names, str) else names) if name in others), None
        )

    mine = Look("mine.csv", False, layout.columns, ())
    return [fit(source, mine, find) for source in layout.meaning.source]


def strings(part: Any) -> set[str]:
    if isinstance(part, dict):
        return set(part).union(*map(strings, part.values()))
    return set().union(*map(strings, part)) if isinstance(part, list) else {str(part)}


@pytest.mark.parametrize("layout", OF_VENDORS, ids=lambda layout: layout.preset)
def test_the_preset_fitted_to_its_own_table_is_a_mapping(layout):
    for each in fitted(layout):
        source = {"extract": each.extract, "file": "mine.csv", "preset": layout.preset, **each.body}
        text = tomlkit.dumps({"name": "x", "channel": {"rules": []}, "source": [source]})
        rules = parse_mapping(text.encode(), Path("m.toml"))
        assert set(rules.source[0].columns) <= set(EXTRACTS[each.extract].columns)


def meanings() -> list[Any]:
    path = SHARED / "spec" / "vendor_headers.json"
    listed = json.loads(path.read_text("utf-8"))["_mapping"] if path.is_file() else []
    return [
        pytest.param(entry, id=f"{entry['vendor']}/{entry['object']}/{entry['style']}") for entry in listed
    ]


@pytest.mark.parametrize("entry", meanings())
def test_each_column_means_what_the_list_of_vendors_says(entry):
    layout = PRESETS.named(f"{entry['vendor']}/{entry['object']}/{entry['style']}")
    assert layout is not None and layout.meaning is not None
    if entry["extract"] == "link" or entry["object"] == "deal_pipeline_stage":
        assert layout.meaning.joins
        return
    bodies = [each.body for each in fitted(layout)]
    for ours, theirs in entry["fields"].items():
        decided = (entry["vendor"], ours) in DECIDED_OTHERWISE and entry["extract"] != "leads"
        if ours in NOT_THERE or decided or (ours == "opportunity_id" and entry["extract"] == "leads"):
            continue
        said = set()
        for body in bodies:
            column = "meeting_id" if ours == "call_id" and "meeting_id" in body["columns"] else ours
            column = "scheduled_at" if ours == "started_at" and "scheduled_at" in body["columns"] else column
            said |= strings(body["columns"].get(column, {})) | strings(body.get("values", {}).get(column, {}))
            said |= strings(body.get("person", {})) if ours == "lead_id" else set()
            said |= strings(body.get("lookups", {})) if ours == "lead_id" else set()
        assert said & set(theirs), (ours, theirs, said)


def styles() -> list[tuple[str, str]]:
    return sorted({(layout.vendor, layout.style) for layout in OF_VENDORS if layout.meaning.source})


@pytest.mark.parametrize(("vendor", "style"), styles())
def test_all_tables_of_a_style_are_staged_together(tmp_path, vendor, style):
    """One row each, a word in every cell: what matters is that the mapping made for them runs to the end."""
    present = [
        each
        for each in OF_VENDORS
        if each.vendor == vendor and (each.style == style or (each.meaning.joins and style == "api"))
    ]
    for layout in present:
        columns = [*layout.columns, *sorted(_wanted(layout) - {*layout.columns})]
        with (tmp_path / f"{layout.name.replace('/', ' ')}.csv").open("w", newline="") as file:
            rows = csv.writer(file, quoting=csv.QUOTE_ALL)
            rows.writerow(columns)
            rows.writerow(
                ["2025-01-02" if _is_date(name) else "7" if "duration" in name else "x" for name in columns]
            )
    if not any(source.extract == "leads" for layout in present for source in layout.meaning.source):
        (tmp_path / "leads.csv").write_text("lead_id,created_at,channel\nL1,2025-01-01,inbound\n", "utf-8")
    made = plan(tmp_path, is_written=True)
    rules, proposal = made.demand(), made.proposal
    assert {each.state for each in proposal.recognised} == {"recognised"}
    with duckdb.connect() as con:
        staged = stage(con, tmp_path, rules, None, lambda _: None, tmp_path / "work", read_here)
    assert staged.given == {each.fitted.extract for each in proposal.sources}


def _wanted(layout: Any) -> set[str]:
    """Columns that an export lacks unless somebody asks for them, and which the preset asks for."""
    return {
        name
        for source in layout.meaning.source
        for ours in source.wanted
        for name in list(_first(source.columns.get(ours)))[:1]
    }


def _first(theirs: Any) -> Any:
    if isinstance(theirs, str):
        yield theirs
    elif isinstance(theirs, list):
        yield from _first(theirs[0])
    elif isinstance(theirs, dict) and "from" in theirs:
        yield from _first(theirs["from"])


def _is_date(name: str) -> bool:
    words = name.lower().replace(" ", "").replace("_", "")
    return (
        any(word in words for word in ("date", "time", "start", "log", "created")) and "duration" not in words
    )


def test_a_column_that_is_not_there_is_blank_in_every_row():
    """What holds for a blank is left out of a condition; what cannot hold takes its rule with it."""
    layout = PRESETS.named("salesforce/Task (SOQL/Data Loader)/api")
    assert layout is not None and layout.meaning is not None
    header = ("Id", "WhoId", "Type", "CREATEDDATE", "CallType")
    (source,) = (
        fit(each, Look("t.csv", False, header, ()), lambda _: None) for each in layout.meaning.source
    )
    assert source.body["exclude"] == {
        "not_a_call": {"when": {"Type": {"other_than": ["Call"]}, "CallType": ""}},
        "internal_call": {"column": "CallType", "values": ["Internal"]},
    }
    assert source.body["columns"] == {
        "call_id": {"from": "Id", "form": "salesforce id"},
        "lead_id": {"from": "WhoId", "form": "salesforce id"},
        "direction": "CallType",
        "started_at": "CREATEDDATE",
    }
    assert "lookups" not in source.body and source.missing == ()
    deals = PRESETS.named("hubspot/deals/api")
    assert deals is not None and deals.meaning is not None
    bare = Look("d.csv", False, ("hs_object_id", "createdate", "closedate", "hs_is_closed"), ())
    (deal,) = (fit(each, bare, lambda _: None) for each in deals.meaning.source)
    # hs_is_closed_won is not there, so nothing says won; without a link the lead is missing, and it is said what would help
    assert deal.body["values"]["outcome"] == [{"when": {"hs_is_closed": ["true"]}, "then": "lost"}]
    assert [(gap.column, gap.remedy[:24]) for gap in deal.missing] == [
        ("lead_id", "Export the associations ")
    ]


def test_every_trap_has_its_text_and_its_remedy():
    for layout in OF_VENDORS:
        for trap in layout.meaning.traps:
            assert trap.text.endswith(".") and trap.remedy.endswith("."), (layout.preset, trap.code)
            assert trap.code.replace("_", "").isalnum() and trap.code == trap.code.lower()


def test_channel_rules_rest_on_evidence_and_never_guess_a_third():
    for vendor, rules in PRESETS.channel.items():
        for rule in rules:
            assert rule.when and all(words for words in rule.when.values()), (vendor, rule.id)
            assert "offline" not in {word.lower() for words in rule.when.values() for word in words}


def test_what_is_said_in_a_comment_cannot_end_it(tmp_path):
    """A name of a file or a column may hold anything; comments of the mapping quote the names of files."""
    name = 'contacts\x07\n[policy]\ncurrency = "EUR" #.csv'
    (tmp_path / name).write_text("Record ID,Create Date,Original Source,Lifecycle Stage\n1,2025-01-01,x,y\n")
    (tmp_path / "deal_a.csv").write_text(
        "deal_id,property_createdate,deal_pipeline_id,deal_pipeline_stage_id\n1,2025-01-01,p,s\n"
    )
    proposal = propose(tmp_path)
    rules = parse_mapping(mapping_text(proposal).encode(), Path("m.toml"))
    assert rules.policy.currency is None and {source.file for source in rules.source} == {name, "deal_a.csv"}
    asked = replace(proposal, questions=(Question(f"{name}: which?", ((name, "not read"),)),))
    assert tomlkit.parse(questions_text(asked)).unwrap() == {"answers": {}}
