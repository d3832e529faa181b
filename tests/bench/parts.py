"""The parts of `make bench` over the generated worlds; what each measured lies as JSON in .bench, so that a run can be taken up again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from leadquality.contracts import ROOT
from leadquality.snapshot import Home
from tests.bench.compare import asked, different, question, worker
from tests.bench.loads import scanned, size_of, weighed
from tests.bench.questions import NINE, PAGE, cuts, page_cut
from tests.bench.rows import write_rows
from tests.bench.sessions import SESSIONS, sessions
from tests.bench.world import UNTIL, write_world

LEADS: Final = {"S": 100_000, "M": 1_000_000, "L": 5_000_000}
DELIVERED: Final = timedelta(days=8)
"""The last days of a world: about a hundredth of its rows."""
COMPETITORS: Final = ("rows", "scan", "chdb", "polars", "lifelines")
SURVIVAL: Final = ("all leads", "13 weeks", "as of 13 weeks ago")
"""What lifelines is asked: it takes minutes for each."""


@dataclass(frozen=True)
class Places:
    """Where worlds, homes and results of a size lie. given: folders that are there already, by 'world S', 'home S'."""

    root: Path
    size: str
    given: dict[str, Path]

    def of(self, kind: str) -> Path:
        return self.given.get(f"{kind} {self.size}", self.root / f"{kind}-{self.size}")

    @property
    def snapshot(self) -> Path:
        return Home(self.of("home")).verified()[0]

    @property
    def rows(self) -> Path:
        return self.root / f"rows-{self.snapshot.name}"

    def result(self, name: str) -> Path:
        return self.root / "results" / f"{self.size}-{name}.json"


def once(path: Path, work: Callable[[], Any]) -> Any:
    """What `work` gives, kept in a file."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        found = work()
        path.write_text(json.dumps(found, default=str), "utf-8")
    return json.loads(path.read_text("utf-8"))


def world(places: Places) -> Path:
    """The world of this size, written where it is not there; L as Parquet."""
    folder = places.of("world")
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        write_world(unfinished, LEADS[places.size], parquet=places.size == "L")
        unfinished.rename(folder)
    return folder


def home(places: Places) -> Path:
    """A home with the world loaded."""
    if not (places.of("home") / "CURRENT").exists():
        loaded(places)
    return places.of("home")


def loaded(places: Places) -> Any:
    """CPU of the load and of the raw scan of the same files, its largest process and their size."""

    def work() -> dict[str, float]:
        folder = world(places)
        found = weighed([folder], _fresh(places.root / f"home-{places.size}"))
        return found | {"scan": scanned(folder), "size": size_of(folder)}

    return once(places.result("load"), work)


def delivered(places: Places) -> Any:
    """CPU of a delivery of about 1 %: the world as known some days ago is loaded, then what is new or changed since is added."""

    def work() -> dict[str, float]:
        before, news = (places.root / f"{name}-{places.size}" for name in ("before", "news"))
        day = UNTIL - DELIVERED
        if not news.exists():
            write_world(before, LEADS[places.size], until=day)
            write_world(news, LEADS[places.size], since=day)
        added_to = _fresh(places.root / f"home-before-{places.size}")
        weighed([before], added_to)
        return weighed([news], added_to, "add") | {"size": size_of(news), "of": size_of(world(places))}

    return once(places.result("delivery"), work)


def _fresh(folder: Path) -> Path:
    """A folder that nobody has used: one that is there is put aside."""
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}.{time.time_ns()}"))
    return folder


def page(places: Places) -> Any:
    """What the weekly review asks."""

    def work() -> Any:
        command = [sys.executable, "-m", "tests.bench.page", str(home(places))]
        said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
        found = json.loads(said.splitlines()[-1])
        cut = page_cut(UNTIL)
        if found["days"] != [str(cut.as_of), str(cut.from_on), str(cut.to_on)] or set(PAGE) - set(
            found["kpis"]
        ):
            raise SystemExit(f"the weekly review asks something else than tests/bench/questions.py: {found}")
        return found

    return once(places.result("page"), work)


def answers(places: Places, name: str, chdb: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """What one of us answers to every question, by KPI and cut; each line is kept as soon as it is there."""
    path = places.result(name).with_suffix(".jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    done = {
        (line["kpi"], line["cut"]): line for line in map(json.loads, path.read_text("utf-8").splitlines())
    }
    open_questions = [each for each in _questions(places, name) if (each["kpi"], each["name"]) not in done]
    if open_questions:
        with path.open("a", encoding="utf-8") as file:
            for line in asked(_command(places, name, chdb), open_questions):
                print(f"{places.size} {name:<10} {line['kpi']:<28} {line['cut']}", flush=True)
                file.write(json.dumps(line) + "\n")
                file.flush()
                done[line["kpi"], line["cut"]] = line
    return done


def _questions(places: Places, name: str) -> list[dict[str, Any]]:
    own = cuts(UNTIL)
    if name == "lifelines":
        return [question("close_rate_at_equal_age", each, own[each]) for each in SURVIVAL]
    found = [question("page", "page", page_cut(UNTIL), list(PAGE))]
    if name == "ours":
        found.append(question("whole page", "page", page_cut(UNTIL), page(places)["kpis"]))
    return found + [question(kpi, each, cut) for kpi in NINE for each, cut in own.items()]


def _command(places: Places, name: str, chdb: Path) -> list[str]:
    if name == "ours":
        return worker("ours", home(places), "counts")
    home(places)
    folder = places.snapshot if name in {"rows", "scan"} else write_rows(places.snapshot, places.rows)
    return worker("competitors.work", name, folder, python=str(chdb) if name == "chdb" else sys.executable)


def served(places: Places) -> Any:
    """Readers at once of this home."""
    return once(places.result("sessions"), lambda: sessions(SESSIONS, home(places)))


def checked(
    ours: dict[tuple[str, str], dict[str, Any]], theirs: dict[tuple[str, str], dict[str, Any]]
) -> int:
    """How many figures are the same. Raises SystemExit where one is not."""
    count, wrong = 0, []
    for key, line in theirs.items():
        own = ours[key]["lines"]
        pairs = (
            [(key[0], own, line["lines"])]
            if key[0] != "page"
            else [(kpi, own[kpi], found) for kpi, found in line["lines"].items()]
        )
        for kpi, one, other in pairs:
            same, differing = different(kpi, one, other)
            count += same
            wrong += [f"{key[1]}: {each}" for each in differing]
    if wrong:
        raise SystemExit("these figures differ:\n" + "\n".join(wrong[:20]))
    return count
