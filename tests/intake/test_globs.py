"""Later exports under another name: read like the one that was mapped, where a glob says so, and never by a guess."""

from __future__ import annotations

import pytest

from leadquality.cli import main
from leadquality.contracts import InputRefused
from leadquality.intake import parse_mapping
from leadquality.load import load
from leadquality.snapshot import Home

MAPPING = """
name = "own"
channel = { rules = [] }
not_read = { "leads-plan.csv" = "a plan" }
[[source]]
extract = "leads"
file = "leads-2025-01.csv"
glob = "leads-*.csv"
columns.created_at = "Created"
"""


def written(folder, **rows):
    folder.mkdir(exist_ok=True)
    for name, ids in rows.items():
        lines = [f"{each},2025-01-0{place}" for place, each in enumerate(ids.split(), start=1)]
        (folder / f"{name.replace('_', '-')}.csv").write_text("\n".join(["lead_id,Created", *lines, ""]))
    (folder / "mapping.toml").write_text(MAPPING)
    return folder


def test_later_exports_are_read_like_the_first_and_each_stands_under_its_own_name(tmp_path):
    folder = written(tmp_path / "all", leads_2025_01="L1 L2", leads_2025_02="L3", leads_plan="L4", other="L5")
    manifest = load(Home(tmp_path / "home"), folder)
    assert manifest.tables["leads"]["used"] == 3
    assert sorted(manifest.files) == ["leads-2025-01.csv", "leads-2025-02.csv"]


def test_a_delivery_of_another_name_is_added_where_a_glob_fits_it(tmp_path):
    home = Home(tmp_path / "home")
    load(home, written(tmp_path / "january", leads_2025_01="L1 L2"))
    assert (
        load(home, written(tmp_path / "february", leads_2025_02="L3"), add=True).tables["leads"]["used"] == 3
    )
    other = written(tmp_path / "march", contacts="L4")
    with pytest.raises(InputRefused, match=r"holds none of the files .* a glob under its"):
        load(home, other, add=True)


def test_a_name_that_fits_the_globs_of_two_files_is_asked(tmp_path):
    text = MAPPING + '[[source]]\nextract = "calls"\nfile = "calls.csv"\nglob = "*-2025-*.csv"\n'
    mapping = parse_mapping(text.encode(), tmp_path / "mapping.toml")
    assert [source.file for source in mapping.over(["leads-x.csv", "calls-2025-1.csv"]).source[2:]] == [
        "calls-2025-1.csv",
        "leads-x.csv",
    ]
    with pytest.raises(
        InputRefused, match=r"'leads-2025-02.csv' fits the globs of leads-2025-01.csv and calls.csv"
    ):
        mapping.over(["leads-2025-02.csv"])


CONTACTS = "Record ID,First Name,Lead Status,Lifecycle Stage,Original Source,Create Date\n{}\n"


def test_a_mapping_that_is_written_knows_the_next_export_of_a_dated_file(tmp_path, capsys):
    name = "hubspot-crm-exports-all-contacts-2026-10-31.csv"
    (tmp_path / name).write_text(CONTACTS.format("1,A,NEW,lead,Organic Search,2025-01-01 09:14"))
    assert main(["map", str(tmp_path), "--home", str(tmp_path / "home")]) == 0
    rules = parse_mapping((tmp_path / "mapping.toml").read_bytes(), tmp_path / "mapping.toml")
    assert {source.glob for source in rules.source} == {"hubspot-crm-exports-all-contacts-*.csv"}
    # the next month, and nothing is asked
    (tmp_path / name).unlink()
    later = name.replace("2026-10-31", "2026-11-30")
    (tmp_path / later).write_text(CONTACTS.format("2,B,NEW,lead,Organic Search,2025-01-02 09:14"))
    before = (tmp_path / "mapping.toml").read_bytes()
    capsys.readouterr()
    assert main(["map", str(tmp_path), "--home", str(tmp_path / "home")]) == 0
    assert "leads: 1 read = 1 used" in capsys.readouterr().out
    assert (tmp_path / "mapping.toml").read_bytes() == before
    assert list(load(Home(tmp_path / "home"), tmp_path).files) == [later]
