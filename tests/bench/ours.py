"""The product in a process of its own, asked as a page asks it, with nothing kept from the question before."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from leadquality.catalogue import Kpi, load_kpis, load_reports
from leadquality.engine import Known, known_of, run
from leadquality.engine.kept import STORE
from leadquality.scope import Scope
from leadquality.snapshot import Home, Snapshot, open_snapshot
from tests.bench.competitors.work import cut_of, repeated, said
from tests.bench.finish import Line
from tests.bench.questions import ASKED, Cut


class Product:
    """An open snapshot; reads: what answers ('counts' as on a page, or 'facts')."""

    def __init__(self, home: Path, reads: str) -> None:
        self.snapshot: Snapshot = open_snapshot(Home(home))
        self.kpis: dict[str, Kpi] = load_kpis() | load_reports()
        self.reads = reads
        cursor = self.snapshot.cursor()
        self.known: Known = known_of(cursor)
        cursor.close()

    def scope(self, cut: Cut) -> Scope:
        scope = Scope(cut.as_of, cut.from_on, cut.to_on, (), cut.sources, cut.segments, cut.regions)
        return scope if self.reads == "facts" else scope.backed(self.snapshot.as_of)

    def answer(self, kpi: str, cut: Cut) -> list[Line]:
        cursor = self.snapshot.cursor()
        try:
            result = run(cursor, self.kpis[kpi], self.scope(cut), None, self.known)
        finally:
            cursor.close()
        key, columns = ASKED.get(kpi, ("", ()))
        if columns and (result.unavailable or result.evidence.scope != self.scope(cut)):
            raise SystemExit(
                f"{kpi}: the extracts do not cover what is asked: {result.unavailable or result.evidence.scope}"
            )
        return [
            {"channel": row["channel"], "key": row[key] if key else None}
            | {name: row[name] for name in columns}
            for row in result.lines
        ]


def main() -> None:
    product = Product(Path(sys.argv[1]), sys.argv[2])
    for place, line in enumerate(sys.stdin):
        asked = json.loads(line)
        cut, kpis = cut_of(asked["cut"]), asked.get("kpis")

        def work(kpi: str = asked["kpi"], cut: Cut = cut, kpis: list[str] | None = kpis) -> Any:
            if kpis:
                return {each: product.answer(each, cut) for each in kpis}
            return product.answer(kpi, cut)

        if not place:
            work()
        found, runs = repeated(work, STORE.clear)
        said(asked["kpi"], asked["name"], found, runs)


if __name__ == "__main__":
    main()
