"""Asks the product and its competitors the same, holds their figures against each other, and gives the CPU time of each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from leadquality.contracts import ROOT
from tests.bench.finish import Line
from tests.bench.questions import ASKED, Cut

CLOSE: Final = 1e-9
NEAR: Final = 1e-3
"""How far a share may lie off that is near only, because its tool breaks ties by chance (competitors/lifelines.py)."""
Question = dict[str, Any]


def question(kpi: str, name: str, cut: Cut, kpis: Sequence[str] = ()) -> Question:
    return {"kpi": kpi, "name": name, "cut": cut.plain()} | ({"kpis": list(kpis)} if kpis else {})


def asked(command: Sequence[str], questions: Sequence[Question]) -> Iterator[dict[str, Any]]:
    """What a process says to each question, in turn. Raises SystemExit where it fails."""
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        for each in questions:
            process.stdin.write(json.dumps(each, default=str) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                break
            yield json.loads(line)
        process.stdin.close()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")


def different(
    kpi: str, ours: list[Line], theirs: list[Line], columns: Sequence[str] = ()
) -> tuple[int, list[str]]:
    """(how many figures are the same to CLOSE, what is not). Figures that the competitor does not give are in neither."""
    found = {(line["channel"], _plain(line["key"])): line for line in theirs}
    same, wrong = 0, []
    for line in ours:
        other = found.get((line["channel"], _plain(line["key"])))
        for name in columns or ASKED[kpi][1]:
            if line[name] is None or other is None or name not in other:
                continue
            value = other[name]
            if value is not None and abs(line[name] - value) <= CLOSE * max(1, abs(line[name])):
                same += 1
            else:
                wrong.append(f"{kpi} {line['channel']} {line['key']} {name}: {line[name]} and {value}")
        if (
            other
            and "near" in other
            and line["estimate"] is not None
            and abs(line["estimate"] - other["near"]) > NEAR
        ):
            wrong.append(
                f"{kpi} {line['channel']} {line['key']}: {line['estimate']} and near {other['near']}"
            )
    if not same:
        wrong.append(f"{kpi}: no figure to compare")
    return same, wrong


def _plain(key: object) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)


def worker(name: str, *arguments: str | Path, python: str = sys.executable) -> list[str]:
    return [python, "-m", f"tests.bench.{name}", *map(str, arguments)]
