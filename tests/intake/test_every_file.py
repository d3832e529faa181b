"""Every file of a folder is used, or named as not used with the reason and the remedy; `map` and `load` decide alike."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadquality.cli import main
from leadquality.contracts import InputRefused
from leadquality.intake import look
from leadquality.intake.folder import tables
from leadquality.intake.plan import Plan, plan
from leadquality.load import load, map_folder
from leadquality.snapshot import Home
from tests.intake.folders import LEADS, RULES, Loaded, loaded, told

CALLS = "call_id,lead_id,started_at,direction\nC{0}1,L1,2025-01-02T10:00:00Z,outbound\nC{0}2,L2,2025-01-03T10:00:00Z,outbound\n"
DEALS = "opportunity_id,lead_id,created_at,outcome,amount\nO{0}1,L1,2025-01-02,open,5\n"
MAPPING = 'name = "ours"\n' + RULES + '[[source]]\nextract = "leads"\nfile = "leads.csv"\n'
WITH_CALLS = MAPPING + '[[source]]\nextract = "calls"\nfile = "calls.csv"\n'


def unread(end: Loaded) -> dict[str, str]:
    """Reason and remedy by file, as the findings and the manifest have them."""
    rows = end.rows("select file, title, remedy from snapshot.findings where code = 'file_not_read'")
    single = {each["files"][0]: each for each in end.manifest.unread if len(each["files"]) == 1}
    assert single.keys() == {file for file, _, _ in rows if file}
    return {file or title: f"{title}. {remedy}" for file, title, remedy in rows}


@pytest.mark.parametrize(
    ("extract", "text", "first", "second"),
    [
        ("calls", CALLS, "calls.csv", "calls_w2.csv"),
        ("opportunities", DEALS, "pipeline.csv", "opps 2025.csv"),
        ("calls", CALLS, "calls (1).csv", "old calls.csv"),
    ],
)
def test_files_of_one_extract_are_read_as_one_and_it_is_said(tmp_path, extract, text, first, second):
    (tmp_path / first).write_text(text.format("a"), "utf-8")
    (tmp_path / second).write_text(text.format("b"), "utf-8")
    end = loaded(tmp_path, leads=LEADS)
    rows = text.count("\n") - 1
    assert end.used() == {"leads": 3, extract: 2 * rows} and unread(end) == {}
    said = end.rows("select extract, title from snapshot.findings where code = 'files_read_together'")
    assert said[0][0] == extract and first in said[0][1] and second in said[0][1]


@pytest.mark.parametrize("name", ["calls (1).csv", "calls - Copy.csv", "calls - Kopie (2).csv"])
def test_a_second_download_is_read_alone_left_out_when_equal_and_asked_when_not(tmp_path, name):
    (tmp_path / name).write_text(CALLS.format("a"), "utf-8")
    assert loaded(tmp_path, leads=LEADS).used() == {"leads": 3, "calls": 2}
    end = loaded(tmp_path, calls=CALLS.format("a"))
    assert end.used() == {"leads": 3, "calls": 2}
    assert unread(end)[name].startswith(f"Not read: {name}: it holds the same as calls.csv")
    (asked,) = plan(told(tmp_path, calls=CALLS.format("b"))).proposal.questions
    assert "look like two downloads of one table" in asked.text and f'"{name}" = "not read"' in str(asked)
    answer = f'[answers]\n"{name}" = "own/calls/own columns"\n'
    read = [
        source.file for source in plan(tmp_path, answer.encode()).demand().source if source.extract == "calls"
    ]
    assert sorted(read) == sorted(["calls.csv", name])


def test_files_of_one_extract_that_differ_in_what_decides_are_asked(tmp_path):
    files = {
        "leads": LEADS,
        "deals": DEALS.format("a"),
        "won": DEALS.format("b").replace(",outcome,", ",remark,"),
    }
    (asked,) = plan(told(tmp_path, **files)).proposal.questions
    assert "won.csv and deals.csv both hold opportunities, and only one of them has outcome" in asked.text
    assert '"deals.csv" = "own/opportunities/own columns" or "deals.csv" = "not read"' in str(asked)
    for answer, read in {
        "own/opportunities/own columns": ["deals.csv", "won.csv"],
        "not read": ["won.csv"],
    }.items():
        rules = plan(tmp_path, f'[answers]\n"deals.csv" = "{answer}"\n'.encode()).demand()
        assert sorted(source.file for source in rules.source if source.extract == "opportunities") == read


def test_beside_a_mapping_a_second_file_is_named_until_somebody_says_what_it_is(tmp_path):
    (tmp_path / "calls_w2.csv").write_text(CALLS.format("b"), "utf-8")
    end = loaded(tmp_path, WITH_CALLS, leads=LEADS, calls=CALLS.format("a"))
    assert end.used()["calls"] == 2 and end.mapping == WITH_CALLS
    (said,) = unread(end).values()
    assert "own/calls/own columns, but calls are read from calls.csv" in said
    assert '"calls_w2.csv" = "own/calls/own columns" under [answers]' in said
    for answer, is_read in {
        '[answers]\n"calls_w2.csv" = "own/calls/own columns"\n': True,
        '[answers]\n"calls_w2.csv" = "not read"\n': False,
        '[not_read]\n"calls_w2.csv" = "last week\'s"\n': False,
        '[not_read]\n"*_w?.csv" = "last week\'s"\n': False,
    }.items():
        made = plan(tmp_path, (WITH_CALLS + answer).encode())
        assert ("calls_w2.csv" in {source.file for source in made.demand().source}) == is_read, answer
        assert made.proposal.unread == (), answer


def test_a_mapping_is_given_what_it_lacks_and_only_that(tmp_path):
    end = loaded(
        tmp_path, MAPPING, leads=LEADS, phone=CALLS.format("a"), pipeline="opportunity_id,lead_id\n1,L1\n"
    )
    assert end.used() == {"leads": 3, "calls": 2}
    assert end.mapping.startswith(MAPPING) and 'file = "phone.csv"' in end.mapping
    assert list(unread(end)) == ["pipeline.csv"]


def test_what_is_no_table_is_named_once_and_short(tmp_path):
    for at in range(5):
        (tmp_path / f"photo{at}.jpg").write_bytes(b"\xff\xd8\xff" + bytes(range(9)))
    (tmp_path / "export.dat").write_text(CALLS.format("a"), "utf-8")
    (tmp_path / "archive.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "half.csv.part").write_text("x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "photo1.jpg")
    (tmp_path / os.fsdecode(b"calls_\xfc.csv")).write_text(CALLS.format("b"), "utf-8")
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "old.csv").write_text(CALLS.format("c"), "utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "mapping.toml").write_text(MAPPING)
    end = loaded(tmp_path, leads=LEADS)
    said = unread(end)
    assert said.keys() == {
        *("2024/", "export.dat", "archive.zip", "half.csv.part", "link.csv", "calls_\\udcfc.csv", "empty/"),
        "Not read: photo0.jpg, photo1.jpg and 3 more: 5 files that are no tables",
    }
    assert "looks like own/calls/own columns. Let its name end in .csv" in said["export.dat"]
    assert "1 may be tables: old.csv" in said["2024/"]
    json.dumps(end.manifest.unread).encode()


def test_names_that_are_not_utf_8_break_no_line_and_no_json(tmp_path, capsys):
    (tmp_path / os.fsdecode(b"calls_\xff\n.csv")).write_text(CALLS.format("b"), "utf-8")
    told(tmp_path, leads=LEADS)
    for command in ("map", "load"):
        for option in ([], ["--json"]):
            capsys.readouterr()
            arguments = [command, str(tmp_path), "--home", str(tmp_path / f"home{len(option)}"), *option]
            assert main([*arguments, *(["--dry-run"] if command == "map" else [])]) == 0
            out = capsys.readouterr().out
            assert "calls_" in out and "its name is not UTF-8" in out
            out.encode("utf-8")
            assert not option or json.loads(out)


def test_thousands_of_foreign_files_are_no_work(tmp_path, monkeypatch):
    seen = []
    thorough = look._thorough
    monkeypatch.setattr(look, "_thorough", lambda *job: seen.append(job) or thorough(*job))
    for at in range(400):
        (tmp_path / f"page{at}.txt").write_text("word " * 900, "utf-8")
        (tmp_path / f"data{at}.csv").write_text("Farbe;Form\nrot;rund\n", "utf-8")
        (tmp_path / f"scan{at}.png").write_bytes(b"\x89PNG" + bytes(4000))
        (tmp_path / f"doc{at}").write_bytes(bytes(range(256)) * 16)
    told(tmp_path, leads=LEADS)
    made = plan(tmp_path)
    assert made.demand() and seen == []
    assert [(each.named, len(each.files)) for each in made.proposal.unread] == [
        ("data0.csv, data1.csv and 798 more", 800),
        ("doc0, doc1 and 798 more", 800),
    ]
    for at in range(60):
        (tmp_path / f"book{at}.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    monkeypatch.setattr(
        look, "_thorough", lambda path, *_: seen.append(path) or look.Look(path.name, False, (), (), "x")
    )
    plan(tmp_path)
    assert len(seen) == 50


def test_a_folder_with_nothing_to_read_says_so_of_each_file(tmp_path):
    (tmp_path / "farben.csv").write_text("Farbe;Form\nrot;rund\n", "utf-8")
    (tmp_path / "x.png").write_bytes(b"\x89PNG")
    with pytest.raises(
        InputRefused, match=r"none of these files is recognised.*farben\.csv: no known table.*x\.png"
    ):
        load(Home(tmp_path / "home"), tmp_path)


def test_the_second_delivery_has_its_own_files_named(tmp_path):
    first, second = (
        told(_made(tmp_path / "one"), leads=LEADS),
        told(_made(tmp_path / "two"), leads=LEADS, x="a,b\n1,2\n"),
    )
    (second / "late.csv").write_text(CALLS.format("a"), "utf-8")
    manifest = load(Home(tmp_path / "home"), [first, second])
    assert [(each["files"], each["reason"].partition(" (")[0]) for each in manifest.unread] == [
        (["late.csv"], "it is own/calls/own columns, but calls are read from calls.csv"),
        (["x.csv"], "no known table has these columns"),
    ]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


HEADERS = {
    "leads": ["lead_id", "created_at", "channel", "source"],
    "calls": ["call_id", "started_at", "lead_id", "direction", "talk_s"],
    "meetings": ["meeting_id", "lead_id", "booked_at", "held_at", "status"],
    "opportunities": ["opportunity_id", "lead_id", "created_at", "outcome", "amount"],
}
STRANGE = ("farben", "Umfrage (3)", "plan-2024", "notes")


def generated(folder: Path, chance: random.Random) -> None:
    """A folder as people have them: our columns in some order, form and name, and what lies beside them."""
    for extract, header in HEADERS.items():
        for part in range(chance.choice((1, 1, 1, 2)) if extract == "leads" or chance.random() < 0.7 else 0):
            columns = chance.sample(header, len(header))
            if chance.random() < 0.2:
                columns.insert(chance.randrange(len(columns)), chance.choice(("colour", "")))
            mark = chance.choice(",;\t|")
            cells = [
                {"created_at": "2025-01-0{at}", "started_at": "2025-02-0{at}"}.get(name, "x{at}")
                for name in columns
            ]
            cells = ["" if not name else cell for name, cell in zip(columns, cells, strict=True)]
            lines = [columns, *([cell.format(at=at) for cell in cells] for at in (1, 2))]
            text = "".join(mark.join(line) + "\n" for line in lines)
            text = chance.choice(("", "A report\n\n", "\ufeff")) + text
            name = chance.choice(
                (extract, f"{extract}_w{part}", f"{extract} ({part})", f"our {extract}", f"x{part}")
            )
            packed = chance.random() < 0.3
            path = (
                folder / f"{name}{chance.choice(('.csv', '.CSV', '.txt', '.tsv'))}{'.gz' if packed else ''}"
            )
            path.write_bytes(gzip.compress(text.encode(), mtime=0) if packed else text.encode())
    for name in chance.sample(STRANGE, chance.randrange(3)):
        (folder / f"{name}{chance.choice(('.csv', '.txt', '.md', ''))}").write_text(
            "Farbe;Form\nrot;rund\n", "utf-8"
        )
    if chance.random() < 0.3:
        (folder / chance.choice(("a.png", "b.csv", "c.pdf"))).write_bytes(b"\x89PNG\r\n")
    if chance.random() < 0.15:
        (folder / chance.choice(("spend.csv", "revenue.csv"))).write_text("Farbe;Form\nrot;rund\n", "utf-8")
    if chance.random() < 0.2:
        (folder / "old").mkdir()
        (folder / "old" / "calls.csv").write_text(CALLS.format("o"), "utf-8")
    if chance.random() < 0.3:
        extracts = chance.sample(list(HEADERS), 2)
        sources = "".join(f'[[source]]\nextract = "{each}"\nfile = "{each}.csv"\n' for each in extracts)
        aside = '[not_read]\n"x?.csv*" = "tried"\n' if chance.random() < 0.5 else ""
        (folder / "mapping.toml").write_text('name = "m"\n' + RULES + sources + aside, "utf-8")


def decisions(made: Plan, folder: Path) -> tuple[object, ...]:
    """What a plan would read, and what it says of everything else."""
    there = set(tables(folder))
    read = {
        (each.file, each.extract)
        for each in (made.rules.over(there).source if made.rules else ())
        if each.file in there
    }
    aside = {(file, each.reason, each.remedy) for each in made.proposal.unread for file in each.files}
    asked = {question.text for question in made.proposal.questions}
    return read, aside, asked, bool(made.refused)


def named(made: Plan, folder: Path) -> Iterator[str]:
    read, aside, *_ = decisions(made, folder)
    assert isinstance(read, set) and isinstance(aside, set)
    yield from (file for file, _ in read)
    yield from (each.file for each in made.proposal.sources)
    yield from (file.rstrip("/") for file, *_ in aside)
    yield from (file for question in made.proposal.questions for file, _ in question.answers)
    yield from (name for name in tables(folder) if made.rules and made.rules.leaves_aside(name))


def test_over_a_hundred_folders_map_and_load_decide_alike_and_name_every_file(tmp_path):
    outcomes = {"refused": 0, "read": 0}
    for seed in range(100):
        folder = _made(tmp_path / str(seed))
        generated(folder, random.Random(seed))
        before = folder / "mapping.toml"
        text = before.read_bytes() if before.is_file() else b""
        by_load, by_map = plan(folder, text), plan(folder, text, is_written=True)
        assert decisions(by_load, folder) == decisions(by_map, folder), seed
        entries = {path.name for path in folder.iterdir()} - {"mapping.toml"}
        assert entries - set(named(by_load, folder)) == set(), seed
        outcomes["refused" if by_load.refused else "read"] += 1
    assert outcomes["read"] > 50 and outcomes["refused"] > 5


@pytest.mark.parametrize("seed", range(2))
def test_what_map_counts_load_counts(tmp_path, seed):
    folder, home = _made(tmp_path / "in"), Home(tmp_path / "home")
    generated(folder, random.Random(seed))
    before = folder / "mapping.toml"
    text = before.read_bytes() if before.is_file() else b""
    mapped = map_folder(home, folder, text)
    if mapped.refused:
        with pytest.raises(InputRefused) as refused:
            load(home, folder)
        assert mapped.refused == str(refused.value)
        return
    manifest = load(home, folder, confirmed=True)
    assert mapped.rehearsal is not None
    assert {name: account.read for name, account in mapped.rehearsal.accounts.items()} == {
        name: table["read"] for name, table in manifest.tables.items()
    }
    assert [each.as_json() for each in mapped.proposal.unread] == manifest.unread
