"""Channel of origin: the first written rule that fits decides; a call's direction is no rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot

SOURCES = (
    '[[source]]\nextract = "leads"\nfile = "leads.csv"\n[[source]]\nextract = "calls"\nfile = "calls.csv"\n'
)
DECLARED = '{ id = "declared", channel = "inbound", when = { channel = ["inbound"] } }'
LIST = '{ id = "list", channel = "outbound", when = { source = ["Bought list", "cold"] } }'
PARTNER = (
    '{ id = "partner", channel = "other", when = { campaign_id = ["p1"], first_touch_channel = ["pr"] } }'
)
LEADS = """lead_id,created_at,channel,source,campaign_id,first_touch_channel
L1,2025-01-01,inbound,cold,,
L2,2025-01-01,IN-bound ,,,
L3,2025-01-01,,bought_list,,
L4,2025-01-01,inbuond,,,
L5,2025-01-01,,,,
L6,2025-01-01,,,p1,
L7,2025-01-01,,cold,p1,
L8,2025-01-01,,,,PR
"""

Decisions = dict[str, tuple[Any, ...]]


@pytest.fixture
def decided(tmp_path: Path) -> Callable[..., Decisions]:
    """decided(rule, ...) loads the leads above under these rules: lead -> (channel, rule, evidence)."""

    def run(*rules: str, calls: str = "") -> Decisions:
        (tmp_path / "leads.csv").write_text(LEADS)
        if calls:
            (tmp_path / "calls.csv").write_text("call_id,started_at,lead_id,direction\n" + calls)
        (tmp_path / "mapping.toml").write_text(
            f'name = "t"\n[channel]\nrules = [{", ".join(rules)}]\n{SOURCES}'
        )
        home = Home(tmp_path / "home")
        load(home, tmp_path)
        asked = "select lead_id, channel, channel_rule, channel_evidence from snapshot.fact_leads"
        return {row[0]: row[1:] for row in open_snapshot(home).cursor().sql(asked).fetchall()}

    return run


def test_the_first_rule_that_fits_decides_and_is_kept_with_its_evidence(decided):
    leads = decided(DECLARED, LIST, PARTNER)
    assert leads["L1"] == ("inbound", "declared", "channel = inbound")
    assert leads["L3"] == ("outbound", "list", "source = bought_list")
    assert leads["L6"] == ("other", "partner", "campaign_id = p1")
    assert leads["L7"] == ("outbound", "list", "source = cold")
    assert leads["L8"] == ("other", "partner", "first_touch_channel = PR")


def test_another_order_of_the_same_rules_decides_otherwise(decided):
    leads = decided(PARTNER, LIST, DECLARED)
    assert leads["L1"] == ("outbound", "list", "source = cold")
    assert leads["L7"] == ("other", "partner", "campaign_id = p1")


def test_case_spaces_and_dashes_are_folded_and_the_evidence_is_as_written(decided):
    assert decided(DECLARED)["L2"] == ("inbound", "declared", "channel = IN-bound")


@pytest.mark.parametrize("lead", ["L4", "L5"])
def test_without_a_rule_that_fits_the_channel_is_unknown_never_guessed(decided, lead):
    assert decided(DECLARED, LIST, PARTNER)[lead] == ("unknown", "no rule fits", None)


def test_without_rules_every_channel_is_unknown(decided):
    assert set(decided().values()) == {("unknown", "no rule fits", None)}


def test_the_direction_of_a_call_changes_nothing(decided):
    calls = "".join(
        f"K{n},2025-01-0{n},L{n},{way}\n" for n, way in enumerate(["outbound", "inbound"] * 4, start=1)
    )
    without = decided(DECLARED, LIST)
    assert decided(DECLARED, LIST, calls=calls) == without
