"""One competitor in a process of its own: reads what is asked as JSON, says a line of JSON for each question.

python -m tests.bench.competitors.work rows FOLDER    # one of rows, scan, chdb, polars, lifelines

The first question is asked once more than counts, to warm up. Every one is asked five times, or for MOST CPU seconds but three times.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tests.bench.finish import answer, page
from tests.bench.measure import spent
from tests.bench.questions import Cut

ENGINES: Final = {
    "rows": ("rows", "Rows"),
    "scan": ("scan", "Scan"),
    "chdb": ("chdb", "ClickHouse"),
    "polars": ("polars", "Streaming"),
    "lifelines": ("lifelines", "Survival"),
}
MOST: Final = 6.0
RUNS, LEAST = 5, 3


def repeated(work: Callable[[], Any], before: Callable[[], object] = lambda: None) -> tuple[Any, list[float]]:
    """What `work` gives, and the CPU seconds of each run. before: called before each, not counted."""
    runs: list[float] = []
    found = None
    while len(runs) < RUNS and (len(runs) < LEAST or sum(runs) < MOST):
        before()
        begun = spent()
        found = work()
        runs.append(spent() - begun)
    return found, runs


def said(name: str, question: str, lines: Any, runs: list[float]) -> None:
    """One line of JSON: the answer, the median and the runs."""
    line = {"kpi": name, "cut": question, "lines": lines, "cpu": statistics.median(runs), "runs": runs}
    print(json.dumps(line | {"peak": peak()}, default=str), flush=True)


def peak() -> int:
    """Bytes of memory that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def cut_of(plain: dict[str, Any]) -> Cut:
    """What Cut.plain gave, after JSON."""
    days = {
        name: date.fromisoformat(plain[name]) if plain[name] else None
        for name in ("as_of", "from_on", "to_on")
    }
    lists = {name: tuple(plain[name]) for name in ("sources", "segments", "regions")}
    return Cut(**days, **lists)  # type: ignore[arg-type]


def main() -> None:
    module, name = ENGINES[sys.argv[1]]
    engine = getattr(import_module(f"tests.bench.competitors.{module}"), name)(Path(sys.argv[2]))
    for place, line in enumerate(sys.stdin):
        asked = json.loads(line)
        cut = cut_of(asked["cut"])
        if asked["kpi"] == "page":

            def work(kpis: list[str] = asked["kpis"], cut: Cut = cut) -> Any:
                return engine.page(cut) if hasattr(engine, "page") else page(engine, kpis, cut)
        else:

            def work(kpi: str = asked["kpi"], cut: Cut = cut) -> Any:
                return engine.answer(kpi, cut) if hasattr(engine, "answer") else answer(engine, kpi, cut)

        if not place:
            work()
        found, runs = repeated(work)
        said(asked["kpi"], asked["name"], found, runs)


if __name__ == "__main__":
    main()
