"""Leads that are equal in all but their id: merged by their contact where the policy says so, else told, and never without a word."""

from __future__ import annotations

import pytest

from tests.intake.folders import RULES, loaded

MAPPING = (
    'name = "m"\n'
    + RULES
    + '[policy]\nsame_contact = "POLICY"\n[[source]]\nextract = "leads"\nfile = "leads.csv"\n'
)


def twice(header: str, cells: str, count: int = 4) -> str:
    """Leads that were imported twice, under two ids."""
    rows = [f"{half}{at},{cells.format(at=at)}" for half in "AB" for at in range(1, count + 1)]
    return "\n".join([f"lead_id,{header}", *rows, ""])


@pytest.mark.parametrize("policy", ["report", "merge"])
@pytest.mark.parametrize(
    ("header", "cells", "equal"),
    [
        ("created_at,channel", "2025-01-0{at} 10:0{at},inbound", 4),
        ("created_at,source,segment", "2025-01-0{at},web,Retail", 4),
        ("created_at,region,source,contact_id", "2025-01-01,North,web,", 7),
        ("created_at,channel", "2025-01-0{at},inbound", 0),
        ("created_at,source,segment,title", "2025-01-0{at},web,Retail,{at}", 4),
    ],
)
def test_leads_without_a_contact_are_told_and_never_merged(tmp_path, policy, header, cells, equal):
    end = loaded(tmp_path, MAPPING.replace("POLICY", policy), leads=twice(header, cells))
    assert end.used() == {"leads": 8}
    found = end.rows("select found, remedy from snapshot.findings where code = 'equal_leads'")
    assert [text for text, _ in found] == ([f"{equal} leads equal an earlier one"] if equal else [])
    assert all("map contact_id" in remedy and "same_contact" in remedy for _, remedy in found)


@pytest.mark.parametrize(("policy", "merged"), [("report", 0), ("merge", 4)])
def test_leads_of_one_contact_are_merged_where_the_policy_says_so(tmp_path, policy, merged):
    leads = twice("created_at,source,contact_id", "2025-01-0{at} 10:00,web,K{at}")
    end = loaded(tmp_path, MAPPING.replace("POLICY", policy), leads=leads)
    assert end.manifest.tables["leads"]["merged"] == merged
    assert {code for code in end.manifest.findings if "lead" in code} == (
        {"same_contact_leads"} if not merged else set()
    )
