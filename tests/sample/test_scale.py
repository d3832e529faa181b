"""A larger world: written block after block, in the proportions of the small one, without filling the memory."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from leadquality.contracts import ROOT
from leadquality.load import load
from leadquality.sample import write_sample
from leadquality.sample.world import BLOCK
from leadquality.sample.world import load as load_world
from leadquality.snapshot import Home

KEYS = {"leads": "lead_id", "calls": "call_id", "meetings": "meeting_id", "opportunities": "opportunity_id"}

MEASURED = """
import sys
from pathlib import Path
from leadquality.cli import main
code = main(sys.argv[1:])
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
print(next((line.split()[1] for line in lines if line.startswith("VmHWM")), 0))
sys.exit(code)
"""
"""The command line, with the most memory it ever held, in kB (0 where the system does not say)."""


def test_a_world_is_shared_out_over_blocks_of_much_the_same_size():
    for leads in (1, BLOCK, BLOCK + 1, 3 * BLOCK - 7):
        blocks = list(load_world().scaled(leads).blocks())
        sizes = [block.leads for block in blocks]
        assert sum(sizes) == leads and max(sizes) <= BLOCK and max(sizes) - min(sizes) <= 1
        assert [block.block for block in blocks] == list(range(len(blocks)))
        assert {block.whole for block in blocks} == {leads}


@pytest.mark.slow
def test_a_hundred_thousand_leads_stream_and_load(tmp_path: Path):
    written = subprocess.run(
        [sys.executable, "-c", MEASURED, "sample", str(tmp_path), "--leads", "100000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert written.returncode == 0, written.stderr
    # two blocks at once would take half a gigabyte, one takes three hundred megabytes
    assert int(written.stdout.split()[-1]) < 420_000
    leads = pl.read_csv(tmp_path / "leads.csv", infer_schema=False)
    assert leads.height == 100_000 + 25 + 15 + 5
    counts = dict(leads.group_by("source").len().iter_rows())
    for source in load_world().sources:
        # largest remainder within each block, and at most all 40 double rows on one source
        assert abs(counts[source.name] - source.leads * 100_000 / 9412) <= 2 + 40
    files = {
        name: pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False, columns=[key])
        for name, key in KEYS.items()
    }
    for name, key in KEYS.items():
        doubled = 25 if name == "leads" else 0
        assert files[name].height - files[name][key].n_unique() == doubled
    (tmp_path / "mapping.toml").write_bytes((ROOT / "data" / "sample" / "mapping.toml").read_bytes())
    manifest = load(Home(tmp_path / "home"), tmp_path)
    assert manifest.as_of == date(2026, 11, 22).isoformat()
    assert manifest.tables["leads"]["used"] == 100_000
    assert manifest.tables["leads"]["reasons"] == {
        "DUPLICATE_EXACT": 25,
        "SAME_CONTACT": 15,
        "test_record": 5,
    }
    # nothing but the planted dirt is left out: what hangs on a lead or a call finds it, across blocks
    assert {name for name, table in manifest.tables.items() if table["read"] != table["used"]} == set(KEYS)


def test_the_second_block_draws_from_streams_of_its_own(
    tmp_path: Path, clean, monkeypatch: pytest.MonkeyPatch
):
    usual = clean.leads.height
    monkeypatch.setattr("leadquality.sample.world.BLOCK", usual)
    write_sample(tmp_path, leads=2 * usual, dirty=False)
    both = pl.read_csv(tmp_path / "leads.csv", infer_schema=False)
    first, second = both.head(usual), both.tail(usual)
    # the first block is the specified world, but for wider identifiers; the second is another
    named = ("lead_id", "account_id", "contact_id")
    assert first.drop(named).equals(clean.leads.drop(named))
    assert second["created_at"].is_in(first["created_at"].implode()).mean() < 0.05
    assert both["lead_id"].is_unique().all()
    assert not set(first["account_id"]) & set(second["account_id"])
    calls = pl.read_csv(tmp_path / "calls.csv", infer_schema=False)
    assert calls["call_id"].is_unique().all()
    assert calls["lead_id"].is_in(both["lead_id"].implode()).all()
