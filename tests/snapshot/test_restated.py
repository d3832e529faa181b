"""What earlier weeks say now: figures that changed since the load before, with the rows responsible; features.md, X14."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from leadquality.load import load
from leadquality.snapshot import Home, Manifest, open_snapshot
from leadquality.snapshot.manifest import sha256_of
from leadquality.snapshot.restate import DAMAGED, FIRST, OTHER_RULES

WEEKS = (
    "select measure, strftime(week_on, '%G-W%V'), channel, was, says_now, difference, late_count, gone_count, changed_count "
    "from snapshot.restated_weeks order by all"
)
ROWS = "select measure, row_id, lead_id, kind from snapshot.restated_rows order by all"


def loaded(home: Home, as_of: str, **extracts: list[str]) -> Manifest:
    """Load extracts told as lines, the header first."""
    folder = home.path.parent / "extracts"
    folder.mkdir(exist_ok=True)
    for name, lines in extracts.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return load(home, folder, as_of=date.fromisoformat(as_of))


def asked(home: Home, statement: str) -> list[tuple[Any, ...]]:
    snapshot = open_snapshot(home)
    rows = snapshot.cursor().sql(statement).fetchall()
    snapshot.con.close()
    return rows


LEADS = ["lead_id,created_at,channel,source", *(f"L{n},2026-02-24,inbound,web" for n in range(50))]
HEADER = "opportunity_id,lead_id,created_at,outcome"


def frozen_and_loaded_again(home: Home) -> Manifest:
    """Week 10 is 2 to 8 March 2026: 40 opportunities by its Sunday. A week later 3 more are dated in it, one is gone, and
    week 11 has 5 of its own."""
    first = [f"O{n},L{n},2026-03-0{2 + n % 7},open" for n in range(40)]
    late = [f"O{n},L{n},2026-03-06,open" for n in (40, 41, 42)]
    later = [f"O{n},L{n},2026-03-10,open" for n in range(43, 48)]
    loaded(home, "2026-03-08", leads=LEADS, opportunities=[HEADER, *first])
    return loaded(home, "2026-03-15", leads=LEADS, opportunities=[HEADER, *first[1:], *late, *later])


def test_week_10_was_40_and_is_now_42_and_nothing_of_it_is_a_movement_of_week_11(tmp_path):
    home = Home(tmp_path / "home")
    said = frozen_and_loaded_again(home).restated
    assert asked(home, WEEKS) == [("opportunities", "2026-W10", "inbound", 40, 42, 2, 3, 1, 0)]
    assert asked(home, ROWS) == [
        ("opportunities", "O0", "L0", "gone"),
        ("opportunities", "O40", "L40", "late"),
        ("opportunities", "O41", "L41", "late"),
        ("opportunities", "O42", "L42", "late"),
    ]
    assert said["known_on"] == "2026-03-08" and said["uncompared"] == ["first meetings"]
    assert [said[f"{name}_count"] for name in ("figure", "week", "late", "gone", "changed")] == [
        1,
        1,
        3,
        1,
        0,
    ]


def test_the_same_files_after_the_same_load_say_the_same_and_a_first_load_says_nothing(tmp_path):
    answers = []
    for name in ("a", "b"):
        home = Home(tmp_path / name / "home")
        home.path.parent.mkdir()
        said = frozen_and_loaded_again(home).restated
        tables = [asked(home, f"from snapshot.{table}") for table in ("restated_weeks", "restated_rows")]
        answers.append((said, tables))
    assert answers[0] == answers[1]
    alone = Home(tmp_path / "alone" / "home")
    alone.path.parent.mkdir()
    assert loaded(alone, "2026-03-08", leads=LEADS).restated == {"not_compared": FIRST}
    assert (asked(alone, WEEKS), asked(alone, ROWS)) == ([], [])


BEFORE = {
    "leads": ["lead_id,created_at,channel,source", "L1,2026-03-03,inbound,web", "L2,2026-03-03,outbound,web"],
    "meetings": ["meeting_id,lead_id,held_at", "M1,L1,2026-03-04"],
    "opportunities": [
        "opportunity_id,lead_id,created_at,outcome,closed_at,amount,currency",
        "O1,L1,2026-03-03,won,2026-03-05,100.50,EUR",
        "O2,L2,2026-03-03,open,,,EUR",
    ],
}
# L1 came outbound after all, and had met us in the week before; its deal was worth less. O2 was won by then, nobody had said so.
SINCE = {
    "leads": [
        "lead_id,created_at,channel,source",
        "L0,2026-02-27,inbound,web",
        "L1,2026-03-03,outbound,web",
        "L2,2026-03-03,outbound,web",
    ],
    "meetings": ["meeting_id,lead_id,held_at", "M0,L1,2026-02-26", "M1,L1,2026-03-04"],
    "opportunities": [
        "opportunity_id,lead_id,created_at,outcome,closed_at,amount,currency",
        "O1,L1,2026-03-03,won,2026-03-05,80,EUR",
        "O2,L2,2026-03-03,won,2026-03-06,,EUR",
    ],
}


def test_a_row_that_changed_leaves_one_figure_and_comes_to_another(tmp_path):
    home = Home(tmp_path / "home")
    loaded(home, "2026-03-08", **BEFORE)
    said = loaded(home, "2026-03-09", **SINCE).restated
    assert asked(home, WEEKS) == [
        ("first meetings", "2026-W09", "outbound", 0, 1, 1, 1, 0, 0),
        ("first meetings", "2026-W10", "inbound", 1, 0, -1, 1, 0, 0),
        ("leads", "2026-W09", "inbound", 0, 1, 1, 1, 0, 0),
        ("leads", "2026-W10", "inbound", 1, 0, -1, 0, 0, 1),
        ("leads", "2026-W10", "outbound", 1, 2, 1, 0, 0, 1),
        ("opportunities", "2026-W10", "inbound", 1, 0, -1, 0, 0, 1),
        ("opportunities", "2026-W10", "outbound", 1, 2, 1, 0, 0, 1),
        ("won", "2026-W10", "inbound", 1, 0, -1, 0, 0, 1),
        ("won", "2026-W10", "outbound", 0, 2, 2, 0, 0, 2),
        ("won amount", "2026-W10", "inbound", 100.5, 0, -100.5, 0, 0, 1),
        ("won amount", "2026-W10", "outbound", 0, 80, 80, 0, 0, 2),
    ]
    assert asked(home, ROWS) == [
        ("first meetings", "M0", "L1", "late"),
        ("leads", "L0", "L0", "late"),
        ("leads", "L1", "L1", "changed"),
        ("opportunities", "L1", "L1", "changed"),
        ("won", "O1", "L1", "changed"),
        ("won", "O2", "L2", "changed"),
    ]
    # rows are L0 and M0; L1, O1 and O2
    assert [said[f"{name}_count"] for name in ("figure", "week", "late", "gone", "changed")] == [
        11,
        2,
        2,
        0,
        3,
    ]


def test_an_amount_that_nobody_knows_is_unknown_and_currencies_are_not_added(tmp_path):
    home = Home(tmp_path / "home")
    deals = BEFORE["opportunities"]
    loaded(home, "2026-03-08", **BEFORE | {"opportunities": [deals[0], deals[1].replace("100.50", "")]})
    later = [deals[0], deals[1], deals[1].replace("O1", "O3").replace("EUR", "USD")]
    loaded(home, "2026-03-08", **BEFORE | {"opportunities": later})
    money = "select currency, was, says_now, difference from snapshot.restated_weeks where measure = 'won amount' order by all"
    assert asked(home, money) == [("EUR", None, 100.5, None), ("USD", 0, 100.5, 100.5)]


def cut(home: Home) -> None:
    (data,) = home.snapshots.glob("*/data.duckdb")
    data.chmod(0o644)
    data.write_bytes(data.read_bytes()[:-1])


def made_by_another_version(home: Home) -> None:
    (path,) = home.snapshots.glob("*/manifest.json")
    manifest = json.loads(path.read_text("utf-8")) | {"definitions": "0" * 64}
    path.chmod(0o644)
    path.write_text(json.dumps(manifest), "utf-8")
    pointer = json.loads(home.pointer.read_text("utf-8"))
    home.pointer.write_text(json.dumps(pointer | {"manifest_sha256": sha256_of(path)}), "utf-8")


@pytest.mark.parametrize(("spoil", "why"), [(cut, DAMAGED), (made_by_another_version, OTHER_RULES)])
def test_with_a_load_that_cannot_be_relied_on_nothing_is_compared_and_it_says_so(tmp_path, spoil, why):
    home = Home(tmp_path / "home")
    loaded(home, "2026-03-08", **BEFORE)
    spoil(home)
    assert loaded(home, "2026-03-09", **SINCE).restated == {"not_compared": why}
    assert (asked(home, WEEKS), asked(home, ROWS)) == ([], [])


def test_another_mapping_is_said_beside_what_changed(tmp_path):
    home = Home(tmp_path / "home")
    loaded(home, "2026-03-08", **BEFORE)
    rule = '[channel]\nrules = [{ id = "all", channel = "other", when = { source = ["web"] } }]\n'
    named = "\n".join(f'[[source]]\nextract = "{name}"\nfile = "{name}.csv"' for name in BEFORE)
    (tmp_path / "extracts" / "mapping.toml").write_text(f'name = "mine"\n{rule}{named}\n')
    said = loaded(home, "2026-03-08", **BEFORE).restated
    # nothing changed but the channel of both leads
    assert (said["is_other_mapping"], said["changed_count"], said["late_count"]) == (True, 2, 0)
