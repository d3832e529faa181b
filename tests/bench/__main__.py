"""What is called fast, as ratios to a named reference measured in the same run.

python -m tests.bench                      # make bench: worlds S and M, all parts, then docs/benchmarks.md
python -m tests.bench answers --sizes S    # ours and the competitors' CPU for nine KPIs and the page, figures compared
python -m tests.bench load                 # a load against the raw scan; delivery: 1 % against the full load
python -m tests.bench sessions             # readers at once
python -m tests.bench document             # docs/benchmarks.md from what was measured

Beside the worlds, each by itself:

python -m tests.bench intake 10000000      # a load of that many plain calls against DuckDB's raw scan of the same file
python -m tests.bench add 1000000          # a delivery of 1 % more of them, against a full load of all
python -m tests.bench pages                # the dashboard in a browser against a bare Streamlit page with one figure
python -m tests.bench readers 10           # pages of the sample drawn again and in a new scope; then so many readers at once
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from leadquality.contracts import ROOT
from tests.bench import parts
from tests.bench.document import written
from tests.bench.parts import COMPETITORS, LEADS, Places

BESIDE: Final = ("intake", "add", "pages", "readers")
PARTS: Final = ("all", "load", "delivery", "answers", "sessions", "document")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", default="all", choices=[*PARTS, *BESIDE])
    parser.add_argument("count", nargs="?", type=int, help="of intake, add and readers")
    parser.add_argument("--sizes", default="S,M", help="of S, M and L; S,M unless said")
    parser.add_argument(
        "--given", action="append", default=[], help="a folder that is there already: 'world S=…', 'home M=…'"
    )
    parser.add_argument("--only", help="of the answers: ours and these competitors, as in rows,polars")
    parser.add_argument("--root", type=Path, default=ROOT / ".bench", help="where worlds and results lie")
    asked = parser.parse_args()
    if asked.part in BESIDE:
        _beside(asked.part, asked.count)
        return
    given = {name: Path(path) for name, _, path in (each.partition("=") for each in asked.given)}
    sizes = [Places(asked.root, size, given) for size in LEADS if size in asked.sizes.split(",")]
    names = asked.only.split(",") if asked.only else COMPETITORS
    measured: dict[str, dict[str, Any]] = {}
    same: dict[str, dict[str, int]] = {}
    for places in sizes:
        if asked.part in {"all", "load"}:
            parts.loaded(places)
        if asked.part in {"all", "delivery"}:
            parts.delivered(places)
        if asked.part in {"all", "answers", "document"}:
            answers = {
                name: parts.answers(places, name, asked.root / ".venv" / "bin" / "python")
                for name in ("ours", *names)
            }
            same[places.size] = {
                name: parts.checked(answers["ours"], answers[name]) for name in names if name != "scan"
            }
            measured[places.size] = {"answers": answers, "page": parts.page(places)}
            print(f"{places.size}: the same figures: {same[places.size]}")
        if asked.part in {"all", "sessions"}:
            parts.served(places)
    if asked.part in {"all", "document"}:
        for places in sizes:
            for name in ("load", "delivery", "sessions"):
                if places.result(name).exists():
                    measured[places.size][name] = parts.once(places.result(name), dict)
        written(asked.root, measured, same)


def _beside(part: str, count: int | None) -> None:
    from tests.bench import browser, loads, sessions

    match part:
        case "intake":
            loads.intake(count or loads.CALLS)
        case "add":
            loads.adding(count or loads.ADDED_TO)
        case "pages":
            browser.pages()
        case "readers":
            sessions.sessions([count] if count else sessions.SESSIONS)


if __name__ == "__main__":
    main()
