"""`leadquality map DIR`: what each file is, what is missing or means nothing, a rehearsal of the load, and the mapping."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tomlkit

from leadquality.cli import main
from leadquality.intake import parse_mapping
from leadquality.load import load
from leadquality.snapshot import Home, open_snapshot

CONTACTS = (
    "Record ID,First Name,Phone Number,Lead Status,Lifecycle Stage,Original Source,Create Date\n"
    "1,A,+49 30 1110001,NEW,lead,Organic Search,2025-01-01 09:14\n2,B,+49 30 1110002,NEW,lead,Offline Sources,2025-01-02 09:14\n"
    "3,C,,NEW,lead,Organic Search,2025-01-04 09:14\n"
)
AIRCALL = (
    "call id,direction,datetime (utc),answered,voicemail,missed_call_reason,user,duration (in call),customer number,waiting time\n"
    "K1,outbound,2025-02-01 09:00:00.083,Yes,,,u,61,49301110001,\nK2,inbuond,2025-02-02 09:00:00.083,Yes,,,u,10,49301110002,3\n"
    "K1,outbound,2025-02-01 09:00:00.083,Yes,,,u,61,49301110001,\nK3,inbound,2025-02-03 09:00:00.083,No,,,u,0,49301110002,3\n"
    "K4,inbound,2025-02-03 09:00:00.083,No,,,u,0,49301110002,3\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contacts.csv").write_text(CONTACTS, "utf-8")
    (tmp_path / "aircall.csv").write_text(AIRCALL, "utf-8")
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "README.md").write_text("no table", "utf-8")
    return tmp_path


def mapped(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["map", str(folder), "--home", str(folder / "home"), *options])
    return (code, *capsys.readouterr())


def test_it_says_what_each_file_is_and_what_a_load_would_do(folder, capsys):
    code, out, err = mapped(folder, capsys)
    assert (code, err) == (0, "")
    for said in (
        "aircall.csv: aircall/calls/csv_export, 10 of its 10 column names are among the 41 we know of this table; ",
        "contacts.csv: hubspot/contacts/csv_export, ",
        "notes.csv: not read, no known table has these columns",
        "\nleads from contacts.csv\n",
        "  created_at           Create Date\n",
        "  talk_s               duration (in call), in hh:mm:ss\n",
        # of the four different calls one direction and two outcomes have no meaning; the repeated row counts, it is in the file
        "        1  calls.direction = 'inbuond' (did you mean 'inbound'?)\n",
        "        2  calls.outcome_code = 'answered by a person or a machine'\n",
        "        1  leads.source = 'Offline Sources'\n",
        # five rows, four keys, the two rows of K1; K3 and K4 are one call under two keys
        "  calls.call_id: 4 in 5 rows; 2 rows share theirs, 2 equal another row in all but the key\n",
        "  calls from aircall.csv, person: 5 of 5 rows that ask the telephone numbers of the leads find an answer\n",
        "dry run, as of 2025-02-03: leads from 2025-01-01, last event 2025-02-03\n",
        "  calls: 5 read = 3 used + 1 merged + 0 excluded + 1 rejected\n      1 DUPLICATE_EXACT, first in aircall.csv, line ",
        '\n      1 UNKNOWN_VALUE, first in aircall.csv, line 3, direction = "inbuond": a word without a meaning; give it one',
        "  2 leads inbound: original source is a visit (source = Organic Search)\n",
        "  1 leads unknown: no rule fits\n",
        "  leads used: none -> 3\n",
        f"wrote {folder / 'mapping.toml'}\n",
    ):
        assert said in out, said
    assert "README.md: not read, no table. Nothing to do" in out and "sure" not in out
    assert Home(folder / "home").current() is None, "nothing is published"


def test_the_mapping_it_writes_loads_and_then_nothing_changes(folder, capsys):
    assert mapped(folder, capsys)[0] == 0
    rules = parse_mapping((folder / "mapping.toml").read_bytes(), folder / "mapping.toml")
    assert [source.preset for source in rules.source] == [
        "aircall/calls/csv_export",
        "hubspot/contacts/csv_export",
    ]
    assert rules.not_read == {}, "only a person leaves a file aside for good"
    text = (folder / "mapping.toml").read_text("utf-8")
    line = '# "notes.csv" = "no known table has these columns (a, b)"\n'
    assert line in text
    assert main(["load", str(folder), "--home", str(folder / "home")]) == 0
    assert "not read: notes.csv: no known table has these columns (a, b)." in capsys.readouterr().out
    (folder / "mapping.toml").write_text(text.replace(line, line.removeprefix("# ")), "utf-8")
    assert main(["load", str(folder), "--home", str(folder / "home")]) == 0
    assert "notes.csv" not in capsys.readouterr().out
    code, out, _ = mapped(folder, capsys)
    assert code == 0 and out.endswith(
        f"against the snapshot in force\n  nothing changes\nwrote {folder / 'mapping.toml'}\n"
    )
    (folder / "contacts.csv").write_text(CONTACTS + "4,D,,NEW,lead,Paid Search,2025-01-05 09:14\n", "utf-8")
    changed = mapped(folder, capsys, "--json", "--dry-run")[1]
    assert json.loads(changed)["changes"] == [
        {"what": "leads used", "before": 3, "now": 4},
        {"what": "leads inbound", "before": 2, "now": 3},
    ]


def test_comments_and_rules_of_a_person_stay_and_only_what_is_new_is_added(folder, capsys):
    (folder / "aircall.csv").rename(folder / "later.bak")
    assert mapped(folder, capsys)[0] == 0
    path = folder / "mapping.toml"
    text = path.read_text("utf-8").replace('zone = "UTC"', 'zone = "Europe/Berlin" # where we sell')
    text = text.replace("[[source]]", "# our own words\n[[source]]").replace(
        'source = "Original Source"', 'source = "Lifecycle Stage"'
    )
    path.write_text(text, "utf-8")
    (folder / "later.bak").rename(folder / "aircall.csv")
    assert mapped(folder, capsys)[0] == 0
    after = path.read_text("utf-8")
    assert after.startswith(text.rstrip()[:-20]), "what was there stands as it stood"
    assert [source["file"] for source in tomlkit.parse(after)["source"]] == ["contacts.csv", "aircall.csv"]
    before_again = after
    assert mapped(folder, capsys)[0] == 0
    assert path.read_text("utf-8") == before_again


def test_what_is_missing_is_named_with_a_near_column_and_the_mapping_says_so(folder, capsys):
    (folder / "contacts.csv").write_text(CONTACTS.replace("Create Date", "Creation Date"), "utf-8")
    code, out, err = mapped(folder, capsys)
    assert code == 2
    assert "  created_at           MISSING, perhaps 'Creation Date'. Add 'Create Date' to the view" in out
    assert "contacts.csv, line 1: required column 'created_at' is missing" in err and err.count("\n") == 1
    assert "# MISSING: created_at, which every row needs." in (folder / "mapping.toml").read_text("utf-8")


def test_what_is_not_clear_is_asked_in_the_file_and_answered_there(folder, capsys):
    (folder / "activities.csv").write_text(
        "engagement_id,_fivetran_deleted,_fivetran_synced,property_hs_createdate,property_hs_timestamp,type\n"
        "E1,false,,,2025-01-05 10:00:00,\n",
        "utf-8",
    )
    code, out, err = mapped(folder, capsys)
    assert (
        code == 2
        and "? activities.csv: which table is it" in out
        and err.startswith("leadquality: activities.csv: which")
    )
    path = folder / "mapping.toml"
    line = '# "activities.csv" = "hubspot/engagement_call/connector"\n'
    assert line in path.read_text("utf-8") and "[[source]]" not in path.read_text("utf-8")
    assert main(["load", str(folder), "--home", str(folder / "home")]) == 2, (
        "a question that is open stops the load"
    )
    path.write_text(path.read_text("utf-8").replace(line, line.removeprefix("# ")), "utf-8")
    code, out, err = mapped(folder, capsys)
    assert (code, err) == (0, "") and "\ncalls from activities.csv\n" in out
    assert '"activities.csv" = "hubspot/engagement_call/connector"' in path.read_text("utf-8")
    assert main(["load", str(folder), "--home", str(folder / "home")]) == 0


def test_json_holds_the_same_and_a_dry_run_writes_nothing(folder, capsys):
    code, out, err = mapped(folder, capsys, "--json", "--dry-run")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert [(each["file"], each["state"]) for each in told["files"]] == [
        ("aircall.csv", "recognised"),
        ("contacts.csv", "recognised"),
        ("notes.csv", "unknown"),
    ]
    dry = told["dry_run"]
    assert dry["accounts"]["calls"]["used"] == 3 and dry["as_of"] == "2025-02-03"
    assert told["questions"] == told["missing"] == [] and told["refused"] is None
    assert not (folder / "mapping.toml").exists()


def test_a_place_that_cannot_be_written_is_refused(folder, capsys):
    code, _, err = mapped(folder, capsys, "--out", str(folder / "no" / "such" / "m.toml"))
    assert code == 2 and "cannot be written" in err and "--out" in err


def test_a_folder_that_is_not_there_is_refused(tmp_path, capsys):
    assert mapped(tmp_path / "nowhere", capsys)[0] == 2


def test_what_columns_may_mean_is_told_and_written_to_be_uncommented(tmp_path, capsys):
    (tmp_path / "mapping.toml").write_text(
        '[answers]\n"people.csv" = "own/leads/own columns"\n"dialer.csv" = "own/calls/own columns"\n', "utf-8"
    )
    (tmp_path / "people.csv").write_text("Contact No.,Added On,Came From\n007,2025-01-01,Web form\n", "utf-8")
    (tmp_path / "dialer.csv").write_text(
        "Call Ref,Date,Time,Agent,Contact No.,Talk Time\nR1,2025-01-02,10:00,Ann,007,00:01:30\n", "utf-8"
    )
    code, out, _ = mapped(tmp_path, capsys)
    assert code == 2
    assert "started_at           MISSING, perhaps 'joined Date + Time'" in out
    assert "talk_s               perhaps 'Talk Time, in hh:mm:ss'" in out
    path = tmp_path / "mapping.toml"
    asked = path.read_text("utf-8")
    assert '# columns.started_at = {joined = ["Date", "Time"]}' in asked
    path.write_text(asked.replace("# columns.", "columns."), "utf-8")
    code, out, err = mapped(tmp_path, capsys)
    assert (code, err) == (0, "") and "perhaps" not in out
    home = Home(tmp_path / "home")
    load(home, tmp_path)
    found = (
        open_snapshot(home)
        .cursor()
        .sql("select lead_id, rep_id, started_at::varchar, talk_seconds from snapshot.fact_calls")
    )
    assert found.fetchall() == [("007", "Ann", "2025-01-02 10:00:00", 90.0)]


def test_a_folder_of_unknown_files_says_so_and_writes_nothing(tmp_path, capsys):
    (tmp_path / "anrufe.csv").write_text("Nummer;Ergebnis\n1;erreicht\n", "utf-8")
    code, out, err = mapped(tmp_path, capsys)
    assert code == 2
    assert "anrufe.csv: not read, no known table has these columns" in out
    assert "none of these files is recognised" in err
    assert not (tmp_path / "mapping.toml").exists()


def test_it_says_how_many_rows_find_the_lead_whose_id_they_carry(tmp_path, capsys):
    (tmp_path / "leads.csv").write_text("lead_id,created_at\nL1,2025-01-01\nL2,2025-01-02\n", "utf-8")
    (tmp_path / "calls.csv").write_text(
        "call_id,started_at,lead_id\nC1,2025-01-03,L1\nC2,2025-01-03,L9\nC3,2025-01-04,\nC4,2025-01-05,L2\n",
        "utf-8",
    )
    (tmp_path / "opportunities.csv").write_text(
        "opportunity_id,lead_id,created_at\nO1,L1,2025-01-04\n", "utf-8"
    )
    out = mapped(tmp_path, capsys, "--json", "--dry-run")[1]
    joins = [
        [
            join[name]
            for name in ("extract", "file", "lookup", "other_file", "rows", "asked", "found", "several")
        ]
        for join in json.loads(out)["dry_run"]["joins"]
    ]
    assert joins == [
        ["calls", "calls.csv", "lead_id", "leads", 4, 3, 2, 0],
        ["opportunities", "opportunities.csv", "lead_id", "leads", 1, 1, 1, 0],
    ]


def test_reps_are_listed_with_their_counts_and_the_mapping_joins_them(tmp_path, capsys):
    (tmp_path / "leads.csv").write_text("lead_id,created_at\nL1,2025-01-01\n", "utf-8")
    (tmp_path / "calls.csv").write_text(
        "call_id,started_at,rep_id\nC1,2025-01-03,Anna Meier\nC2,2025-01-03,Anna Meier\nC3,2025-01-03,a.meier@site.example\n"
        "C4,2025-01-04,Bob\n",
        "utf-8",
    )
    listed = (
        "reps and owners without an entry, taken as they are spelt\n"
        "        1  calls.rep_id = 'a.meier@site.example' (did you mean 'Anna Meier'?)\n"
        "        2  calls.rep_id = 'Anna Meier'\n"
        "        1  calls.rep_id = 'Bob'\n"
    )
    code, out, _ = mapped(tmp_path, capsys)
    assert code == 0 and listed in out
    # a rep needs no meaning
    assert "values without a meaning\n        1  leads.source = '(blank)'\n\nreps" in out
    path = tmp_path / "mapping.toml"
    file = 'file = "calls.csv"\n'
    words = 'values.rep_id = { "Anna Meier" = ["a.meier@site.example"] }\n'
    path.write_text(path.read_text("utf-8").replace(file, file + words), "utf-8")
    code, out, _ = mapped(tmp_path, capsys)
    assert code == 0
    assert "taken as they are spelt\n        1  calls.rep_id = 'Bob'\n\n" in out
