"""Deliveries: what is added to the last snapshot gives the same as a full load of all folders in their order."""

from __future__ import annotations

import csv
import random
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadquality.contracts import ROOT, InputRefused
from leadquality.formats import read_here
from leadquality.load import load
from leadquality.sample import write_sample
from leadquality.snapshot import Home, Manifest, open_snapshot

OWN = (ROOT / "data" / "mappings" / "own_columns.toml").read_text("utf-8")
MERGING = OWN.replace('same_contact = "report"', 'same_contact = "merge"').replace(
    'orphan_calls = "keep"', 'orphan_calls = "exclude"'
)


def delivery(folder: Path, mapping: str = OWN, **files: str) -> Path:
    """A folder with these files: lines parted by blanks, the header first."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text("\n".join(text.split()) + "\n", "utf-8")
    (folder / "mapping.toml").write_text(mapping, "utf-8")
    return folder


def kept(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the snapshot, as a set; but what a load says of the one before it."""
    snapshot = open_snapshot(home)
    names = snapshot.con.sql(
        "select table_name from duckdb_tables() where database_name = 'snapshot' and not starts_with(table_name, 'restated_')"
    ).fetchall()
    tables = {name: snapshot.con.sql(f"from snapshot.{name} order by all").fetchall() for (name,) in names}
    snapshot.con.close()
    return tables


def by_inputs(manifest: Manifest) -> Manifest:
    """The manifest without the hashes of the databases, in which rows may stand in another order, and what the load before was."""
    return replace(manifest, snapshot="", data_sha256="", rows_sha256="", restated={})


def added(tmp_path: Path, first: Path, *more: Path) -> Home:
    """The home to which the deliveries were added one by one, after it was seen that a full load says the same."""
    one, all_ = Home(tmp_path / "one by one"), Home(tmp_path / "all")
    manifest = load(one, first)
    for folder in more:
        manifest = load(one, folder, add=True)
    whole = load(all_, [first, *more])
    tables, full = kept(one), kept(all_)
    assert tables.keys() == full.keys()
    for name, rows in full.items():
        assert tables[name] == rows, name
    assert by_inputs(manifest) == by_inputs(whole)
    return one


def rows(home: Home, statement: str) -> list[tuple[Any, ...]]:
    snapshot = open_snapshot(home)
    found = snapshot.cursor().sql(statement).fetchall()
    snapshot.con.close()
    return found


def account(home: Home, extract: str) -> dict[str, Any]:
    table = home.verified()[1].tables[extract]
    return {name: table[name] for name in ("used", "merged", "excluded", "rejected")} | table["reasons"]


def dealt(source: Path, folders: list[Path], seed: int) -> None:
    """Deal rows of the sample out at random, those of its last leads; some come again unchanged, some corrected or damaged, some
    late."""
    chance = random.Random(seed)
    for folder in folders:
        folder.mkdir()
    known: dict[str, set[str]] = {}
    for name in ("leads", "calls", "call_answers", "opportunities", "opportunity_changes", "targets"):
        with (source / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        place = next((header.index(column) for column in known if column in header), None)
        if name == "leads":
            lines = lines[-150:]
        elif place is not None:
            ids = known[header[place]]
            lines = [line for line in lines if line[place] in ids or chance.random() < 0.01]
        known[header[0]] = known.get(header[0], set()) | {line[0] for line in lines}
        hands: list[list[list[str]]] = [[header] for _ in folders]
        for line in lines:
            first = 0 if chance.random() < 0.7 else chance.randrange(len(folders))
            hands[first].append(line)
            luck = chance.random()
            if first + 1 < len(folders) and luck < 0.2:
                again = chance.randrange(first + 1, len(folders))
                hands[again].append(line if luck < 0.07 else _corrected(line, chance))
        for folder, hand in zip(folders, hands, strict=True):
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows(hand)


def _corrected(line: list[str], chance: random.Random) -> list[str]:
    """A row that says something else in one of its columns: nothing, what another row may say, or nonsense."""
    column = chance.randrange(1, len(line))
    value = chance.choice(["", line[column][:-1], "nonsense", "2026-01-05T10:00:00Z", "true"])
    return [*line[:column], value, *line[column + 1 :]]


def test_the_sample_dealt_out_over_two_deliveries_is_one_load(tmp_path):
    write_sample(tmp_path / "sample", 7, 500)
    folders = [tmp_path / name for name in ("first", "second")]
    dealt(tmp_path / "sample", folders, seed=7)
    shutil.copy(ROOT / "data" / "sample" / "mapping.toml", folders[0])
    home = added(tmp_path, *folders)
    reasons = account(home, "leads") | account(home, "calls")
    assert {"OLDER_VERSION", "DUPLICATE_EXACT", "SAME_CONTACT", "LEAD_NOT_FOUND"} <= reasons.keys()


FIRST = {
    "leads": """
        lead_id,created_at,channel,sql_at
        L1,2025-01-01,inbound,
        L2,2025-01-02,inbound,
        L3,2025-01-03,outbound,
        L4,2025-01-04,outbound,
    """,
    "calls": """
        call_id,started_at,ended_at,lead_id,talk_s,transferred,outcome_code,notes,campaign,phone
        K1,2025-01-05T10:00:00,2025-01-05T10:01:00,L4,60,true,connected,4111-1111-1111-1111,spring,0170/5550100
        K2,2025-01-06T10:00:00,2025-01-06T10:00:30,L9,30,false,no_answer,fine,call+491705550101,+491705550102
        K3,2025-01-06T11:00:00,2025-01-06T11:00:30,L2,30,false,no_answer,,,
    """,
    "opportunities": """
        opportunity_id,lead_id,created_at,amount,stage
        O1,L1,2025-01-10,100,new
        O2,L2,2025-01-11,200,new
        O3,L3,2025-01-11,300,new
    """,
    "opportunity_changes": """
        opportunity_id,changed_at,stage
        O1,2025-01-10,new
        O1,2025-01-12,offer
    """,
}
SECOND = {
    # L1 as it was, L2 corrected, L3 to a row that is refused, L9 whose call came before it; L4 says nothing new
    "leads": """
        lead_id,created_at,channel,sql_at
        L1,2025-01-01,inbound,
        L2,2025-01-02,outbound,2025-01-07
        L3,2025-02-30,inbound,
        L9,2025-01-05,inbound,
    """,
    # K4 is the leg of K1, of whose lead nothing else is told; K5 is late: it was before all others
    "calls": """
        call_id,started_at,ended_at,lead_id,talk_s,transferred,outcome_code
        K4,2025-01-05T10:01:30,2025-01-05T10:03:30,L4,120,false,qualified
        K5,2025-01-04T09:00:00,2025-01-04T09:00:20,L1,20,false,no_answer
    """,
    # O1 with another amount; O2 of a lead that nobody knows takes no place
    "opportunities": """
        opportunity_id,lead_id,created_at,amount,stage
        O1,L1,2025-01-10,150,won
        O2,L8,2025-01-11,250,new
    """,
    # O1 has one more change, and one of its changes is corrected: the others stay
    "opportunity_changes": """
        opportunity_id,changed_at,stage
        O1,2025-01-12,negotiation
        O1,2025-01-14,won
    """,
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with FIRST, to which SECOND was added; seen to be what a full load says."""
    place = tmp_path_factory.mktemp("told")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("leadquality.intake.staging.read_apart", read_here)
        return added(place, delivery(place / "first", **FIRST), delivery(place / "second", **SECOND))


def test_the_latest_delivery_in_which_a_row_stands_is_how_it_counts(told):
    leads = rows(told, "select lead_id, channel, sql_on::varchar from snapshot.fact_leads order by all")
    assert leads == [
        ("L1", "inbound", None),
        ("L2", "outbound", "2025-01-07"),
        ("L3", "outbound", None),
        ("L4", "outbound", None),
        ("L9", "inbound", None),
    ]
    assert account(told, "leads") == {
        "used": 5,
        "merged": 2,
        "excluded": 0,
        "rejected": 1,
        "DUPLICATE_EXACT": 1,
        "OLDER_VERSION": 1,
        "BAD_DATE": 1,
    }
    amounts = rows(told, "select opportunity_id, lead_id, amount::int from snapshot.fact_opportunities")
    assert sorted(amounts) == [("O1", "L1", 150), ("O2", "L2", 200), ("O3", "L3", 300)]
    assert account(told, "opportunities") == {
        "used": 3,
        "merged": 1,
        "excluded": 1,
        "rejected": 0,
        "OLDER_VERSION": 1,
        "LEAD_NOT_FOUND": 1,
    }


def test_a_call_finds_the_lead_and_the_leg_that_come_after_it(told):
    calls = rows(told, "select call_id, lead_id, talk_seconds::int from snapshot.fact_calls order by call_id")
    assert calls == [("K1", "L4", 180), ("K2", "L9", 30), ("K3", "L2", 30), ("K5", "L1", 20)]
    assert account(told, "calls")["CALL_LEG"] == 1
    codes = rows(told, "select code, file from snapshot.findings order by all")
    assert ("orphan_calls", "calls.csv") not in codes and ("sensitive_in_notes", "calls.csv") in codes


def test_a_table_in_which_a_key_stands_often_is_told_row_by_row(told):
    changes = rows(
        told, "select changed_on::varchar, stage from snapshot.fact_opportunity_changes order by all"
    )
    assert changes == [
        ("2025-01-10", "new"),
        ("2025-01-12", "negotiation"),
        ("2025-01-14", "won"),
    ]


def test_rows_that_were_left_out_name_the_delivery_they_came_with(told):
    left_out = rows(
        told, "select extract, file, line, reason from snapshot.left_out_rows where extract = 'leads'"
    )
    assert sorted(left_out) == [
        ("leads", "leads.csv", 2, "DUPLICATE_EXACT"),
        ("leads", "leads.csv", 3, "OLDER_VERSION"),
        ("leads", "leads.csv (delivery 2)", 4, "BAD_DATE"),
    ]
    deliveries = {name: file["delivery"] for name, file in told.verified()[1].files.items()}
    assert deliveries["leads.csv"] == 1 and deliveries["leads.csv (delivery 2)"] == 2


def test_what_is_kept_for_the_next_delivery_holds_nothing_personal(told):
    folder = told.verified()[0]
    for name in ("rows.duckdb", "data.duckdb"):
        with duckdb.connect(str(folder / name), read_only=True) as con:
            for schema, table in con.sql("select schema_name, table_name from duckdb_tables()").fetchall():
                text = str(con.sql(f"from {schema}.{table}").fetchall())
                assert not [canary for canary in ("4111", "5550100", "5550101", "5550102") if canary in text]
        raw = (folder / name).read_bytes()
        assert not [canary for canary in (b"4111-1111", b"5550100", b"5550101", b"5550102") if canary in raw]


def test_copies_of_a_contact_are_merged_across_deliveries(tmp_path):
    # L2 and L3 are copies of L1. Then L1 is corrected and is nobody's copy any more, so L2 is the lead and L3 its copy; the
    # call of L3 goes from one to the other, and so does the leg of it.
    first = {
        "leads": "lead_id,created_at,contact_id L1,2025-01-01,C1 L2,2025-01-01,C1",
        "calls": "call_id,started_at,talk_s,lead_id,transferred "
        "K1,2025-01-05T10:00:00,60,L2,true K2,2025-01-05T10:01:30,20,L1,false",
    }
    second = {"leads": "lead_id,created_at,contact_id L3,2025-01-01,C1"}
    third = {"leads": "lead_id,created_at,contact_id L1,2025-01-02,C1"}
    deliveries = (("first", first), ("second", second), ("third", third))
    home = added(tmp_path, *(delivery(tmp_path / name, MERGING, **files) for name, files in deliveries))
    assert account(home, "leads")["OLDER_VERSION"] == account(home, "leads")["SAME_CONTACT"] == 1
    calls = rows(home, "select call_id, lead_id, talk_seconds::int from snapshot.fact_calls order by all")
    assert calls == [("K1", "L2", 60), ("K2", "L1", 20)]


def test_of_a_row_that_stands_for_several_those_that_are_refused_stay_refused(tmp_path):
    # K1 stands for two calls, of which only the last has a talk time, and that is no number. Its lead is corrected.
    dials = OWN.replace(
        'extract = "calls"', 'extract = "calls"\nrepeat = { column = "dials", only_last = ["talk_s"] }', 1
    )
    first = {
        "leads": "lead_id,created_at L1,2025-01-01",
        "calls": "call_id,started_at,talk_s,lead_id,dials K1,2025-01-05T10:00:00,unsure,L1,2",
    }
    second = {"leads": "lead_id,created_at L1,2025-01-02"}
    deliveries = (("first", first), ("second", second))
    home = added(tmp_path, *(delivery(tmp_path / name, dials, **files) for name, files in deliveries))
    counted = account(home, "calls")
    assert (counted["used"], counted["rejected"], counted["BAD_NUMBER"]) == (1, 1, 1)


@pytest.fixture
def home(told: Home, tmp_path: Path) -> Home:
    """A copy of that home."""
    shutil.copytree(told.path, tmp_path / "home")
    return Home(tmp_path / "home")


NEW = {"leads": "lead_id,created_at L20,2025-01-20"}


def refused(home: Home, folder: Path, **options: Any) -> str:
    """Why the folder is not added; the snapshot stays."""
    before = home.current()
    with pytest.raises(InputRefused) as refusal:
        load(home, folder, add=True, **options)
    assert home.current() == before
    assert str(refusal.value) == home.refused.read_text("utf-8").strip()
    return str(refusal.value)


def test_a_file_that_was_loaded_already_is_refused(home, tmp_path):
    again = delivery(tmp_path / "again", **NEW, opportunities=SECOND["opportunities"])
    assert refused(home, again) == (
        "opportunities.csv: already loaded, as opportunities.csv (delivery 2); take it out of the folder"
    )


def test_what_was_loaded_by_other_rules_is_not_added_to(home, tmp_path):
    other = delivery(tmp_path / "other", OWN.replace('"keep"', '"exclude"'), **NEW)
    assert "another mapping" in refused(home, other)
    plain = delivery(tmp_path / "plain", **NEW)
    assert "another mapping" in refused(home, plain, mapping=other / "mapping.toml")
    settings = tmp_path / "other.toml"
    settings.write_text("# no other rule, and yet another file\n")
    assert "other settings" in refused(home, plain, settings=settings)
    known = date.fromisoformat(home.published()[-1].as_of)
    assert f"is known up to {known} already" in refused(home, plain, as_of=known - timedelta(days=1))
    assert "none of the files" in refused(home, delivery(tmp_path / "nothing"))


def test_a_later_day_brings_in_what_lay_after_the_last(tmp_path):
    first = delivery(tmp_path / "first", leads="lead_id,created_at L1,2025-01-01 L2,2025-01-09")
    second = delivery(tmp_path / "second", leads="lead_id,created_at L3,2025-01-08 L4,2025-01-19")
    home = Home(tmp_path / "home")
    load(home, first, as_of=date(2025, 1, 5))
    load(home, second, as_of=date(2025, 1, 12), add=True)
    assert rows(home, "select lead_id from snapshot.fact_leads order by all") == [("L1",), ("L2",), ("L3",)]
    assert account(home, "leads")["AFTER_AS_OF"] == 1


def test_without_a_snapshot_or_with_a_damaged_one_nothing_is_added(home, tmp_path):
    new = delivery(tmp_path / "new", **NEW)
    with pytest.raises(InputRefused, match="no data yet"):
        load(Home(tmp_path / "empty"), new, add=True)
    kept_rows = home.verified()[0] / "rows.duckdb"
    kept_rows.chmod(0o644)
    kept_rows.write_bytes(kept_rows.read_bytes()[:-1] + b"?")
    assert "rows.duckdb is missing or damaged" in refused(home, new)


@pytest.mark.parametrize(
    ("columns", "person", "why"),
    [
        ('columns.lead_id = { row = "lead " }', "", "have no key of their own"),
        ("", 'person.phone = "phone"', "numbers are not kept"),
    ],
)
def test_rows_that_cannot_be_told_apart_or_matched_later_are_refused(tmp_path, columns, person, why):
    rules = '[channel]\nrules = []\n[[source]]\nextract = "leads"\nfile = "leads.csv"\n' + columns
    rules += f'\n[[source]]\nextract = "calls"\nfile = "calls.csv"\n{person}'
    first = delivery(
        tmp_path / "first",
        'name = "test"\n' + rules,
        leads="lead_id,created_at L1,2025-01-01",
        calls="call_id,started_at,phone K1,2025-01-02,030555010",
    )
    home = Home(tmp_path / "home")
    load(home, first)
    new = delivery(tmp_path / "new", leads="lead_id,created_at L2,2025-01-02")
    (new / "mapping.toml").unlink()
    assert why in refused(home, new)


def test_a_text_is_kept_as_it_was_whether_or_not_its_typed_column_says_it(tmp_path):
    """Stamps, numbers and flags in their plain form and in others, judged again by two further deliveries."""
    stamps = ["2026-01-05T09:00:00Z", "2026-01-05T00:00:00Z", "2026-01-05", "2026-01-05T09:00:00", ""]
    lengths = ["60", "60.5", "060", "0", ""]
    calls = [
        f"K{at},L1,R1,outbound,{stamps[at % 4]},{lengths[at % 5]},{stamps[at % 5]},{['true', 'false', ''][at % 3]},voicemail"
        for at in range(20)
    ]
    header = "call_id,lead_id,rep_id,direction,started_at,talk_s,crm_logged_at,transferred,outcome_code"
    leads = "lead_id,created_at,channel L1,2026-01-01T00:00:00Z,inbound"
    first = delivery(tmp_path / "first", leads=leads, calls=" ".join([header, *calls]))
    more = [
        delivery(
            tmp_path / name,
            leads=f"{leads}\nL{name},2026-01-0{day}T00:00:00Z,inbound",
            calls=f"{header} {calls[day]}",
        )
        for day, name in ((2, "second"), (3, "third"))
    ]
    home = added(tmp_path, first, *more)
    (rows,) = home.snapshots.glob(f"{home.current()[0]}/rows.duckdb")
    with duckdb.connect(str(rows), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        columns = header.replace("direction", "coalesce(direction, '')")
        found = con.sql(f"select distinct {columns} from kept_calls order by all").fetchall()
    assert sorted(",".join(cell or "" for cell in row) for row in found) == sorted(calls)
