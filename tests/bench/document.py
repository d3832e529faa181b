"""docs/benchmarks.md and docs/benchmarks.json: ratios to a named reference of the same run, how they came about, and how to repeat them."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from leadquality.contracts import ROOT
from tests.bench.parts import LEADS, SURVIVAL
from tests.bench.questions import NINE, PAGE, cuts
from tests.bench.world import UNTIL

Answers = Mapping[tuple[str, str], Mapping[str, Any]]
ALL: Final = "all leads"
CUTS: Final = tuple(cuts(UNTIL))
EARLIER: Final = CUTS[-1]
NAMED: Final = ("duckdb", "polars", "lifelines", "pandas", "numpy", "streamlit")
DOCUMENT: Final = ROOT / "docs" / "benchmarks.md"
HEAD: Final = """# Benchmarks

Written by `make bench` (`python -m tests.bench`); do not edit. **Ratios of CPU time (user and system, all threads), medians of repeated
runs on one machine.** A ratio names what it is a ratio to, measured in the same run. Times differ from machine to machine, so none is
given; the medians behind every ratio are in [benchmarks.json](benchmarks.json).

Machine: {cpu}, {cores} cores, {memory} GB, {system}. Python {python}; {versions}; chdb {chdb}. Commit {commit}.

"""
METHOD: Final = """
## How it is measured

- **Worlds** are written by `tests/bench/world.py` from a seed: S has 100,000 leads and 1 million calls, M ten times, L fifty times as
  many. Six in ten leads share an account of 2 to 8, a few accounts are huge. L is measured where it is asked for.
- **Ours** is `run` of the engine on the loaded snapshot, as a page asks it, with nothing kept from the question before (`STORE` emptied),
  median of five. **Cold page**: all KPIs of the weekly review one after the other, nothing kept before the first.
- **Rows by hand** is DuckDB SQL over the row tables of the same snapshot (leads, calls, meetings, opportunities), without any table
  that the product keeps beside them: leads prepared once a question, or once for the whole page; influences of the clustered error from a
  look-up, summed by account at the asked ages alone; curves and limits in numpy. **chdb** and **polars** (streaming) do the same over
  Parquet files (snappy) of the same rows. **lifelines** is pandas with KaplanMeierFitter and AalenJohansenFitter.
- **One scan** reads the columns of the rows that a KPI needs once, with the filters and no join: nobody who answers from rows needs less.
- Every competitor runs in a process of its own; a question is asked three to five times. Files are in the cache of the system.
- **Figures are held against ours to 1e-9** in the same run, which ends with an error where one differs: {same}.
- Another reader of the machine makes all of them slower, not one of them; still, repeat it on a quiet one.

## Who computes less

- Nobody but the product gives time to first meeting the limits of its quantiles, the day on which a figure may be judged, the status, and
  evidence of what was left out. The others are written for what this world holds: leads followed from their first day, one currency, no
  unknown channel or outcome, no events before their lead. The product judges all of that in every question.
- Of the {page} KPIs of the page, {written} are written by hand and compared (*the same figures*). Not written: {unwritten}. Of those,
  {withheld} are withheld here: this world has no data for them. Of revenue by source the costs are left out.
- lifelines gives the share open with its limits (equal to 1e-9) and the share won near ours (1e-3: it breaks the ties of a day by chance).
  It clusters nothing, and gives no gap and no other KPI.
- chdb and polars read Parquet in place of the snapshot; the sizes are alike.

## Again

    make bench                                            # everything at S and M, then this file
    python -m tests.bench answers --sizes S               # one part; what is there already is not measured again
    python -m tests.bench answers --sizes L               # 5 million leads, 50 million calls
    python -m tests.bench document                        # this file, from what was measured

Results lie in `.bench/results`; delete one to measure it again.
"""


def described(
    root: Path, measured: Mapping[str, Mapping[str, Any]], same: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """What is written as JSON: machine, versions, medians of CPU seconds by size, tool, KPI and cut, and the other parts."""
    chdb = root / ".venv" / "bin" / "python"
    return {
        "machine": _machine(),
        "versions": {name: version(name) for name in NAMED}
        | {"python": platform.python_version()}
        | ({"chdb": _version_of(chdb, "chdb")} if chdb.exists() else {}),
        "commit": _said("git", "rev-parse", "--short=12", "HEAD"),
        "sizes": {
            size: {
                "leads": LEADS[size],
                "medians": {
                    name: {f"{kpi} | {cut}": line["cpu"] for (kpi, cut), line in answers.items()}
                    for name, answers in parts["answers"].items()
                },
                "peak": {
                    name: max(line["peak"] for line in answers.values())
                    for name, answers in parts["answers"].items()
                },
                "same_figures": dict(same[size]),
                **{name: parts[name] for name in ("load", "delivery", "sessions", "page") if name in parts},
            }
            for size, parts in measured.items()
        },
        "again": "make bench",
    }


def written(
    root: Path, measured: Mapping[str, Mapping[str, Any]], same: Mapping[str, Mapping[str, int]]
) -> None:
    """Write both files."""
    told = described(root, measured, same)
    DOCUMENT.with_suffix(".json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", "utf-8")
    DOCUMENT.write_text(text(told, measured), "utf-8")


def text(told: Mapping[str, Any], measured: Mapping[str, Mapping[str, Any]]) -> str:
    machine, versions = told["machine"], told["versions"]
    sizes = list(measured)
    asked = measured[sizes[-1]]["page"]
    unwritten = [kpi for kpi in asked["kpis"] if kpi not in PAGE]
    head = HEAD.format(
        **machine,
        python=versions["python"],
        chdb=versions.get("chdb", "not installed"),
        versions=", ".join(f"{name} {versions[name]}" for name in NAMED),
        commit=told["commit"],
    )
    same = "; ".join(
        f"{sum(counts.values()):,} figures at {size}"
        for size, counts in ((s, told["sizes"][s]["same_figures"]) for s in sizes)
    )
    method = METHOD.format(
        same=same,
        page=len(asked["kpis"]),
        written=len(PAGE),
        unwritten=", ".join(unwritten),
        withheld=len(asked["withheld"]),
    )
    parts = [head, "## What is asked of the product\n\n", _asked(measured)]
    for size in sizes:
        answers = measured[size]["answers"]
        parts += [f"\n## Ours over rows by hand, {size}\n\n", _by_cut(answers, "ours", "rows")]
        parts += [f"\n## The others over ours, {size}, all leads\n\n", _others(answers)]
    parts += ["\n## Growth with the size of the world\n\n", _growth(measured), method]
    return "".join(parts)


def _asked(measured: Mapping[str, Mapping[str, Any]]) -> str:
    sizes = list(measured)
    lines: list[tuple[str, str, dict[str, float | None]]] = []

    def row(what: str, reach: str, of: Any) -> None:
        lines.append((what, reach, {size: of(measured[size]) for size in sizes}))

    def page(name: str, other: str) -> Any:
        return lambda parts: ratio(parts["answers"], name, other, [("page", "page")])

    def nine(name: str, other: str) -> Any:
        return lambda parts: ratio(parts["answers"], name, other, [(kpi, ALL) for kpi in NINE])

    row("Headline page cold, the same figures / rows by hand", "≤ .3", page("ours", "rows"))
    row("Nine KPIs cold, all leads / rows by hand", "", nine("ours", "rows"))
    row("Headline page: polars streaming / ours", "≥ 1.5", page("polars", "ours"))
    row("Nine KPIs, all leads: polars streaming / ours", "≥ 1.5", nine("polars", "ours"))
    row("Headline page: chdb / ours", "≥ 1.5", page("chdb", "ours"))
    row("Nine KPIs, all leads: chdb / ours", "≥ 1.5", nine("chdb", "ours"))
    row(
        "Survival part of the close rate: lifelines, which clusters nothing / ours",
        "≥ 1",
        lambda parts: ratio(
            parts["answers"], "lifelines", "ours", [("close_rate_at_equal_age", cut) for cut in SURVIVAL]
        ),
    )
    row("Headline page: ours / one scan of the columns needed", "", page("ours", "scan"))
    row(
        "Nine KPIs as of 13 weeks ago / on the snapshot's own day",
        "",
        lambda parts: _quotient(
            _sum(parts["answers"]["ours"], [(kpi, EARLIER) for kpi in NINE]),
            _sum(parts["answers"]["ours"], [(kpi, ALL) for kpi in NINE]),
        ),
    )
    row("Load, judged and published / raw scan of its files", "", _of("load", "cpu", "scan"))
    row("Largest process of the load / size of its files", "", _of("load", "peak", "size"))
    row(
        "Delivery of 1 %, added and published / full load",
        "",
        lambda parts: parts["delivery"]["cpu"] / parts["load"]["cpu"] if "delivery" in parts else None,
    )
    for count in ("10", "30"):
        row(f"{count} readers at once: CPU of a click / of a single reader's", "", _readers(count, "cpu"))
        row(
            f"{count} readers at once: wait that 95 % stay below / of a single reader",
            "",
            _readers(count, "most"),
        )
    return _table(
        ["Measure / reference", "Reach", *sizes],
        [[what, reach, *(shown(of[size]) for size in sizes)] for what, reach, of in lines],
    )


def _of(part: str, over: str, under: str) -> Any:
    return lambda parts: parts[part][over] / parts[part][under] if part in parts else None


def _readers(count: str, what: str) -> Any:
    return lambda parts: (
        parts["sessions"][count][what] / parts["sessions"]["1"][what] if "sessions" in parts else None
    )


def _by_cut(answers: Mapping[str, Answers], name: str, other: str) -> str:
    rows = [[kpi, *(shown(ratio(answers, name, other, [(kpi, cut)])) for cut in CUTS)] for kpi in NINE]
    rows.append(
        ["*all nine*", *(shown(ratio(answers, name, other, [(kpi, cut) for kpi in NINE])) for cut in CUTS)]
    )
    return _table(["KPI", *CUTS], rows)


def _others(answers: Mapping[str, Answers]) -> str:
    names = [name for name in ("rows", "chdb", "polars", "lifelines", "scan") if name in answers]
    asked = [*((kpi, ALL) for kpi in NINE), ("page", "page")]
    rows = [
        [key[0], *(shown(ratio(answers, name, "ours", [key]), "not asked") for name in names)]
        for key in asked
    ]
    heads = {"rows": "rows by hand", "scan": "one scan"}
    return _table(["KPI", *(heads.get(name, name) for name in names)], rows)


def _growth(measured: Mapping[str, Mapping[str, Any]]) -> str:
    sizes = list(measured)
    if len(sizes) < 2:
        return "Needs two sizes.\n"
    small, large = sizes[0], sizes[-1]
    steps = math.log(LEADS[large] / LEADS[small])
    names = [
        name for name in ("ours", "rows", "chdb", "polars", "scan") if name in measured[small]["answers"]
    ]
    rows = []
    for key in [*((kpi, ALL) for kpi in NINE), ("page", "page")]:
        found = []
        for name in names:
            grown = _quotient(
                _sum(measured[large]["answers"].get(name, {}), [key]),
                _sum(measured[small]["answers"][name], [key]),
            )
            found.append(shown(math.log(grown) / steps if grown else None))
        rows.append([key[0], *found])
    heads = {"rows": "rows by hand", "scan": "one scan"}
    return (
        f"Exponent from {small} to {large}: 0 where the cost stays, 1 where it grows as the world (reach ≤ .5 for ours).\n\n"
        + _table(["KPI", *(heads.get(name, name) for name in names)], rows)
    )


def ratio(
    answers: Mapping[str, Answers], name: str, other: str, keys: Sequence[tuple[str, str]]
) -> float | None:
    """CPU of one over CPU of the other for the same questions; None where one of them was not asked one."""
    return _quotient(_sum(answers.get(name, {}), keys), _sum(answers.get(other, {}), keys))


def _sum(answers: Answers, keys: Iterable[tuple[str, str]]) -> float | None:
    asked = list(keys)
    return sum(float(answers[key]["cpu"]) for key in asked) if all(key in answers for key in asked) else None


def _quotient(over: float | None, under: float | None) -> float | None:
    return over / under if over is not None and under else None


def shown(value: float | None, unknown: str = "not measured") -> str:
    return unknown if value is None else f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---", *("---:" for _ in heads[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _machine() -> dict[str, Any]:
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (info.read_text("utf-8").splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release()}",
    }


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _version_of(python: Path, package: str) -> str:
    return _said(str(python), "-c", f"from importlib.metadata import version; print(version({package!r}))")
