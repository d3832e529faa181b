"""Damaged files by the thousand: each must be read, passed over or refused; nothing else may come of it.

    python -m tests.fuzz 50000          # make fuzz
    python -m tests.fuzz 1 4711         # number 4711 again

Each number gives the same file every time: one of the seeds below with a few bytes flipped, cut off, put in or repeated, as it
stands on the disk or inside its packing. Every file passes the guard and its reader; every 25th the whole intake.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadquality.contracts import ROOT, InputRefused
from leadquality.formats import Asked, Ignored, Unreadable, opened, read_apart, read_here
from leadquality.intake import accounts_of, parse_mapping, stage

WHOLE = 25
SECONDS = 10
MEMORY = 6 << 30
HEADER = ("call_id", "lead_id", "started_at", "direction", "talk_s", "outcome_code", "notes")
MAPPING = b"""
name = "fuzz"
as_of = 2026-11-22
channel.rules = []
[[source]]
extract = "leads"
file = "leads.csv"
[[source]]
extract = "calls"
file = "FILE"
"""
LEADS = "lead_id,created_at\n" + "".join(f"L{number},2026-01-01\n" for number in range(9))
MARKS = (
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3",
    b"=",
    b"<",
    b"&",
    b"\t",
    b"9" * 40,
    b"\xef\xbb\xbf",
)


def calls() -> list[tuple[str, ...]]:
    """Forty calls, of which some have notes that need quotes."""
    notes = ("", "plain", 'said "no", twice', "two\nlines", "Zürich; später", "1.234,5")
    ways = ("inbound", "outbound")
    codes = ("voicemail", "unreachable", "meeting_booked", "connected_no_result")
    return [
        (
            f"K{number:03}",
            f"L{number % 9}",
            f"2026-03-{1 + number % 28:02} 10:{number:02}:00",
            ways[number % 2],
            str(number * 7),
            codes[number % 4],
            notes[number % 6],
        )
        for number in range(40)
    ]


def delimited(delimiter: str, quoted: bool) -> str:
    def cell(value: str) -> str:
        needs = quoted or any(mark in value for mark in (delimiter, '"', "\n"))
        return '"' + value.replace('"', '""') + '"' if needs else value

    return "".join(delimiter.join(map(cell, row)) + "\n" for row in (HEADER, *calls()))


def workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (HEADER, *calls()):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def columnar() -> bytes:
    columns = dict(zip(HEADER, map(list, zip(*calls(), strict=True)), strict=True))
    table = pa.table({**columns, "talk_s": [int(value) for value in columns["talk_s"]]})
    kept = io.BytesIO()
    pq.write_table(table, kept)
    return kept.getvalue()


@cache
def seeds() -> dict[str, bytes]:
    """Whole files by the end of their name, which begins with what they are."""
    return {
        "plain.csv": delimited(",", False).encode(),
        "quoted.csv": delimited(";", True).encode(),
        "utf16.csv": delimited("\t", False).encode("utf-16"),
        "packed.csv.gz": gzip.compress(delimited(",", False).encode(), mtime=0),
        "book.xlsx": workbook(),
        "columns.parquet": columnar(),
    }


def mutated(content: bytes, chance: random.Random) -> bytes:
    """One to four times: bytes flipped, cut off, put in or repeated."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        end = min(len(content), at + chance.choice((1, 2, 8, 100, 4000)))
        match chance.randrange(5):
            case 0:
                flipped = bytes(byte ^ (1 << chance.randrange(8)) for byte in content[at : at + 1])
                content = content[:at] + flipped + content[at + 1 :]
            case 1:
                content = content[:at] if chance.random() < 0.3 else content[:at] + content[end:]
            case 2:
                content = content[:at] + chance.choice(MARKS) + content[at:]
            case 3:
                content = content[:at] + chance.randbytes(chance.randint(1, 9)) + content[at:]
            case _:
                content = content[:at] + content[at:end] * chance.choice((2, 3, 50)) + content[end:]
    return content


def within(name: str, content: bytes, chance: random.Random) -> bytes:
    """The same inside the packing, which is whole: one part of a workbook, or what a gzip file holds."""
    if name.endswith(".gz"):
        return gzip.compress(mutated(gzip.decompress(content), chance), mtime=0)
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        hit = chance.choice(before.namelist())
        for part in before.namelist():
            inside = before.read(part)
            after.writestr(zipfile.ZipInfo(part), mutated(inside, chance) if part == hit else inside)
    return kept.getvalue()


def damaged(number: int) -> tuple[str, bytes]:
    """Name and content of one file."""
    chance = random.Random(number)
    name = chance.choice(list(seeds()))
    content = seeds()[name]
    if name.endswith((".gz", ".xlsx")) and chance.random() < 0.6:
        return name, within(name, content, chance)
    return name, mutated(content, chance)


def one_line(message: str) -> str:
    """The message of a refusal, which must be one line."""
    assert len(message.splitlines()) == 1, message
    return message


def read(path: Path, work: Path) -> str:
    """What guard and reader make of a file: its kind, or the code of the refusal."""
    try:
        with opened(path, Asked().limits) as file:
            return f"read, {read_here(file, Asked(known=HEADER), work).kind}"
    except (Unreadable, Ignored) as refusal:
        what = one_line(refusal.what)
        return refusal.code if refusal.code != "UNFORESEEN" else f"UNFORESEEN {what}"


def taken(path: Path, work: Path) -> str:
    """What the whole intake makes of it: the sums hold in the account itself."""
    rules = parse_mapping(MAPPING.replace(b"FILE", path.name.encode()), Path("fuzz.toml"))
    (path.parent / "leads.csv").write_text(LEADS)
    with duckdb.connect() as con:
        try:
            staged = stage(con, path.parent, rules, None, lambda _: None, work, read_here)
            account = accounts_of(con, list(staged.extracts))["calls"]
        except InputRefused as refusal:
            return "intake refused" if one_line(str(refusal)) else ""
    assert account.read == account.used + account.merged + account.excluded + account.rejected
    return "intake, all used" if account.read == account.used else "intake, some left out"


def tried(number: int) -> dict[str, Any]:
    """Try one file here: its number, how it ended step by step, the error that nobody caught, and the seconds it took."""
    name, content = damaged(number)
    started = time.monotonic()
    ends: list[str] = []
    error = ""
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{number}-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            for step in (read, taken) if number % WHOLE == 0 else (read,):
                work = Path(folder) / step.__name__
                work.mkdir()
                ends.append(step(path, work))
        except Exception:
            error = f"{name}: {traceback.format_exc()}"
    return {"number": number, "ends": ends, "error": error, "seconds": time.monotonic() - started}


def worker(first: int, end: int) -> None:
    """Try the files from first up to end, and say each in a line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for number in range(first, end):
        print(json.dumps(tried(number)), flush=True)


def refused_apart(number: int) -> str:
    """A file that kills the process that reads it: a load, which reads it in another process, must refuse it."""
    name, content = damaged(number)
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{number}-") as folder:
        path, work = Path(folder) / name, Path(folder) / "work"
        path.write_bytes(content)
        work.mkdir()
        with pytest.raises(Unreadable) as refused, opened(path, Asked().limits) as file:
            read_apart(file, Asked(known=HEADER), work)
    return f"killed its process, which the load outlives: {refused.value.code}"


@dataclass(slots=True)
class Ended:
    """How often each end was met, the errors that nobody caught by number, and the longest time with its number."""

    ends: Counter[str] = field(default_factory=Counter)
    errors: dict[int, str] = field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, 0)

    def add(self, one: dict[str, Any]) -> None:
        self.ends.update(one["ends"])
        if one["error"]:
            self.errors[one["number"]] = one["error"]
        self.slowest = max(self.slowest, (one["seconds"], one["number"]))


def fuzz(count: int, first: int = 0, told: Callable[[str], None] = lambda _: None) -> Ended:
    """Try `count` files from number `first` on, in a process that may die of them."""
    ended, number, end = Ended(), first, first + count
    while number < end:
        command = [sys.executable, "-m", "tests.fuzz", "worker", str(number), str(end)]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            for line in process.stdout or ():
                ended.add(json.loads(line))
                number += 1
                if number % 1000 == 0:
                    told(f"{number:,} files, {len(ended.errors)} errors")
        if number < end:
            ended.ends[refused_apart(number)] += 1
            number += 1
    return ended


def main(count: int = 50_000, first: int = 0) -> int:
    """Try them and say how they ended; 1 when an error got out or a file took too long."""
    ended = fuzz(count, first, lambda line: print(line, flush=True))
    for end, times in sorted(ended.ends.items()):
        print(f"{times:>8,}  {end}")
    print(f"slowest: {ended.slowest[0]:.1f} s (number {ended.slowest[1]})")
    for number, error in [*ended.errors.items()][:20]:
        print(f"number {number}, {error}")
    print(f"{count:,} files, {len(ended.errors)} errors that nobody caught")
    return 1 if ended.errors or ended.slowest[0] > SECONDS else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        worker(*map(int, sys.argv[2:]))
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
