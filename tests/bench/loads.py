"""A load against DuckDB's raw scan of the same file; a delivery of 1 % against the full load."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from leadquality.contracts import ROOT
from tests.bench.measure import MB, said, spent, timed

CALLS: Final = 10_000_000
ADDED_TO: Final = 1_000_000
LEADS: Final = """
copy (
    select 'L' || i as lead_id, strftime(timestamp '2024-01-01' + to_minutes(i * 5), '%Y-%m-%dT%H:%M:%SZ') as created_at,
        if(i % 2 = 0, 'inbound', 'outbound') as channel, 'source ' || i % 7 as source
    from range(200000) as t(i)
) to '{path}' (header)
"""
TALKS: Final = """
copy (
    select 'K' || i as call_id, 'L' || (i % 200000) as lead_id, 'R' || (i % 40) as rep_id,
        if(i % 3 = 0, 'inbound', 'outbound') as direction,
        strftime(timestamp '2024-01-01' + to_seconds((i * 9) % 80000000), '%Y-%m-%dT%H:%M:%SZ') as started_at, (i * 7) % 600 as talk_s,
        ['qualified', 'no_answer', 'voicemail', 'callback_requested', 'no_fit'][1 + i % 5] as outcome_code
    from range({begin}, {end}) as t(i)
) to '{path}' (header)
"""


def intake(calls: int) -> None:
    """A validated load of `calls` calls against the raw scan of the same file, in time; its memory against the file's size."""
    with tempfile.TemporaryDirectory() as scratch:
        extracts, home = Path(scratch) / "extracts", Path(scratch) / "home"
        extracts.mkdir()
        file = extracts / "calls.csv"
        duckdb.sql(LEADS.format(path=extracts / "leads.csv"))
        duckdb.sql(TALKS.format(path=file, begin=0, end=calls))
        size = file.stat().st_size
        columns = duckdb.sql(f"from read_csv('{file}', all_varchar = true) limit 0").columns
        scan = f"select {', '.join(f'sum(strlen({name}))' for name in columns)} from read_csv('{file}', all_varchar = true)"
        raw = min(timed(lambda: duckdb.sql(scan).fetchall()) for _ in range(2))
        said("raw scan of calls.csv", raw, "s")
        said("size of calls.csv", size / MB, "MB")
        steps = loaded([extracts], home)
        for step, seconds in steps.items():
            said(f"  {step}", seconds, "s")
        reading = sum(seconds for step, seconds in steps.items() if step.startswith(("reading", "judging")))
        said("validated intake", reading, "s", raw, "the raw scan")
        said("whole load, published", sum(steps.values()), "s", raw, "the raw scan")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (
            1 if sys.platform == "darwin" else 1024
        )
        said("largest process of the load", peak / MB, "MB", size / MB, "the file")
        # After the load: what this process takes itself would count as its children's.
        kept = _kept(file, Path(scratch) / "kept.duckdb")
        said("raw scan, every row kept as text", kept, "s", raw, "the raw scan")
        judged = timed(
            lambda: duckdb.execute(JUDGED.format(file=file, target=Path(scratch) / "judged.parquet"))
        )
        said("raw scan, types and reasons, to Parquet", judged, "s", raw, "the raw scan")
        said("validated intake", reading, "s", kept, "every row kept as text")


JUDGED: Final = """
    copy (
        select
            call_id, lead_id, rep_id, direction, outcome_code,
            try_cast(started_at as timestamptz) as started, try_cast(talk_s as integer) as talk,
            case
                when call_id is null then 'MISSING_VALUE'
                when try_cast(started_at as timestamptz) is null then 'BAD_DATE'
                when talk_s is not null and try_cast(talk_s as integer) is null then 'BAD_NUMBER'
                when direction not in ('inbound', 'outbound') then 'UNKNOWN_VALUE'
            end as reason
        from read_csv('{file}', all_varchar = true)
    ) to '{target}'
"""
"""What architecture.md measured at 1.85 times the raw scan: no line numbers, copies, links or findings, no process of its own,
and no row for the next delivery."""


def _kept(file: Path, database: Path) -> float:
    """Seconds to scan a file and keep its rows, unjudged: what any load has to do at least."""
    with duckdb.connect(str(database)) as con:
        return timed(lambda: con.execute(f"create table rows as from read_csv('{file}', all_varchar = true)"))


def adding(calls: int) -> None:
    """A delivery of 1 % more calls, a tenth of them corrected ones, that is added, against the full load of both folders."""
    with tempfile.TemporaryDirectory() as scratch:
        first, second = Path(scratch) / "first", Path(scratch) / "second"
        for folder, begin, end in (
            (first, 0, calls),
            (second, calls - calls // 1000, calls + calls * 9 // 1000),
        ):
            folder.mkdir()
            duckdb.sql(TALKS.format(path=folder / "calls.csv", begin=begin, end=end))
        corrected = (second / "calls.csv").read_text("utf-8").replace(",qualified\n", ",no_fit\n")
        (second / "calls.csv").write_text(corrected, "utf-8")
        duckdb.sql(LEADS.format(path=first / "leads.csv"))
        full = loaded([first, second], Path(scratch) / "all")
        loaded([first], Path(scratch) / "home")
        steps = loaded([second], Path(scratch) / "home", "add")
        whole = sum(full.values())
        for step, seconds in steps.items():
            said(f"  {step}", seconds, "s", full.get(step), "the full load")
        said("a delivery of 1 %, added and published", sum(steps.values()), "s", whole, "the full load")
        for name in ("data.duckdb", "rows.duckdb"):
            size = sum(path.stat().st_size for path in Path(scratch).glob(f"all/snapshots/*/{name}"))
            said(f"size of {name}", size / MB, "MB")


LOAD: Final = """
import sys
from pathlib import Path
from leadquality.load import load
from leadquality.snapshot import Home
home, add, *folders = sys.argv[1:]
Path(home).mkdir(exist_ok=True)
load(Home(Path(home)), [Path(folder) for folder in folders], report=lambda step: print(step, flush=True), add=add == "add")
"""


def loaded(extracts: Sequence[Path], home: Path, add: str = "") -> dict[str, float]:
    """Load in a process of its own; seconds of each step by its name, the start of the process first."""
    command = [sys.executable, "-c", LOAD, str(home), add, *map(str, extracts)]
    steps: dict[str, float] = {}
    begun, name = time.perf_counter(), "start"
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            now = time.perf_counter()
            steps[name] = steps.get(name, 0) + now - begun
            begun, name = now, line.strip()
    steps[name] = steps.get(name, 0) + time.perf_counter() - begun
    if process.returncode:
        raise SystemExit(f"the load ended with {process.returncode}: {name}")
    return steps


WEIGHED: Final = (
    LOAD
    + """
import json
import resource
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
cpu = sum(each.ru_utime + each.ru_stime for each in used)
print(json.dumps({"cpu": cpu, "peak": max(each.ru_maxrss for each in used) * (1 if sys.platform == "darwin" else 1024)}))
"""
)


def weighed(extracts: Sequence[Path], home: Path, add: str = "") -> dict[str, float]:
    """Load in a process of its own; CPU seconds of it and its children, and bytes of the largest of them."""
    command = [sys.executable, "-c", WEIGHED, str(home), add, *map(str, extracts)]
    said_last = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    found: dict[str, float] = json.loads(said_last.splitlines()[-1])
    return found


def scanned(folder: Path) -> float:
    """CPU seconds of DuckDB's raw scan of all CSV files of a folder, every column as text: the least of two."""
    runs = []
    for _ in range(2):
        begun = spent()
        for file in sorted(folder.glob("*.csv")):
            columns = duckdb.sql(f"from read_csv('{file}', all_varchar = true) limit 0").columns
            sums = ", ".join(f"sum(strlen({name}))" for name in columns)
            duckdb.sql(f"select {sums} from read_csv('{file}', all_varchar = true)").fetchall()
        runs.append(spent() - begun)
    return min(runs)


def size_of(folder: Path) -> int:
    """Bytes of the files of a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())
