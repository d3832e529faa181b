"""The command line: load, map, kpis, kpi, snapshots, sample, serve. Exit 0 done, 2 the input was refused, 1 a defect of ours."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from leadquality.contracts import LOOPBACK, ROOT, InputRefused

if TYPE_CHECKING:
    from leadquality.snapshot import Manifest

HOME = ROOT / "data"
UPLOAD_MB = 200
"""The largest file that is taken in the browser, on the reader's own machine; a larger one is put into the inbox."""
LINE = 2000
"""A line on the terminal is cut here: column names and values come from files. What is to be done is said before."""


class Parser(argparse.ArgumentParser):
    """Wrong arguments are refused like any other input: in one line."""

    def error(self, message: str) -> NoReturn:
        raise InputRefused(f"{message}; see {self.prog} --help")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code. Refused input is one line on stderr, never a traceback."""
    try:
        options = parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], None] = options.command
        command(options)
        sys.stdout.flush()
        return 0
    except InputRefused as error:
        print(f"leadquality: {error}".replace("\n", " "), file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser() -> argparse.ArgumentParser:
    """All commands and their options; docs/commands.md is checked against this."""
    top = Parser(prog="leadquality", description="Inbound and outbound leads, compared like for like.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, text: str, command: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    home = {"type": Path, "default": Path(os.environ.get("LEADQUALITY_HOME", HOME)), "metavar": "DIR"}
    load = add(
        "load",
        "Read folders of extracts and publish a snapshot, unless the last one was made of just these.",
        run_load,
    )
    load.add_argument(
        "folders",
        type=Path,
        nargs="+",
        metavar="DIR",
        help="folder with the extracts; of several deliveries the oldest first",
    )
    load.add_argument(
        "--add", action="store_true", help="add them to the last snapshot as further deliveries"
    )
    load.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE",
        help="mapping file (default: mapping.toml in DIR, else what the files are recognised as, else our own columns)",
    )
    load.add_argument(
        "--as-of",
        type=day,
        metavar="DATE",
        help="day up to which the extracts are complete (default: the last event)",
    )
    load.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="settings file (default: leadquality.toml in the home folder, else in DIR, else the defaults)",
    )
    load.add_argument("--home", help="where snapshots live (default: data/)", **home)  # type: ignore[arg-type]
    load.add_argument("--if-empty", action="store_true", help="do nothing when a snapshot exists")
    load.add_argument(
        "--confirm",
        action="store_true",
        help="take extracts that are smaller or older than those loaded before, or of which most rows are rejected",
    )
    load.add_argument("--json", action="store_true", help="print the row accounts as JSON")
    maps = add("map", "Say what the files of a folder are, try to load them, and write the mapping.", run_map)
    maps.add_argument("folder", type=Path, metavar="DIR", help="folder with the extracts")
    maps.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="the mapping to write, or to add to (default: mapping.toml in DIR)",
    )
    maps.add_argument("--as-of", type=day, metavar="DATE", help="day up to which the extracts are complete")
    maps.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="settings file (default: leadquality.toml in the home folder, else the defaults)",
    )
    maps.add_argument("--home", help="the snapshots to compare with (default: data/)", **home)  # type: ignore[arg-type]
    maps.add_argument("--dry-run", action="store_true", help="write nothing")
    maps.add_argument("--json", action="store_true")
    kpis = add("kpis", "List the KPIs.", run_kpis)
    kpis.add_argument("--json", action="store_true")
    kpi = add("kpi", "Compute one KPI.", run_kpi)
    kpi.add_argument("kpi_id", metavar="ID")
    kpi.add_argument("--by", metavar="DIM", help="slice by source, segment or region")
    kpi.add_argument("--from", dest="from_on", type=day, metavar="D", help="leads created from this day on")
    kpi.add_argument("--to", dest="to_on", type=day, metavar="D", help="leads created up to this day")
    kpi.add_argument(
        "--previous", action="store_true", help="of the period before: as many days, the same weekdays"
    )
    kpi.add_argument(
        "--as-of", type=day, metavar="D", help="as known at the end of this day (default: the snapshot's)"
    )
    kpi.add_argument(
        "--horizon", type=days, metavar="DAYS", help="judge at this age instead of the KPI's own"
    )
    kpi.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="DIM=VALUE",
        help="channel, source, segment or region; may repeat",
    )
    kpi.add_argument(
        "--all-channels",
        action="store_true",
        help="beside the channels a row `all` over the leads of every channel, or why there is none",
    )
    kpi.add_argument("--home", **home)  # type: ignore[arg-type]
    form = kpi.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--csv", action="store_true")
    snapshots = add("snapshots", "List the published snapshots.", run_snapshots)
    snapshots.add_argument("--home", **home)  # type: ignore[arg-type]
    snapshots.add_argument("--json", action="store_true")
    sample = add("sample", "Write the synthetic sample extracts.", run_sample)
    sample.add_argument("folder", type=Path, metavar="DIR")
    sample.add_argument("--seed", type=int, default=20261122, metavar="N")
    sample.add_argument("--leads", type=days, metavar="N", help="about this many leads (default 9,412)")
    serve = add("serve", "Serve the dashboard on this machine.", run_serve)
    serve.add_argument("--port", type=int, default=8501, metavar="N")
    serve.add_argument("--home", **home)  # type: ignore[arg-type]
    return top


def day(text: str) -> date:
    """An ISO date from the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; write it as 2026-11-22") from None


def days(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1 on")
    return int(text)


def run_load(options: argparse.Namespace) -> None:
    from leadquality.first_answers import ask_first
    from leadquality.load import load
    from leadquality.snapshot import Home
    from leadquality.words import one_line

    home, report = Home(options.home), progress()
    if options.if_empty and home.current() is not None:
        show_load(home.verified()[1], options.json)
        return
    manifest = load(
        home,
        options.folders,
        options.mapping,
        options.as_of,
        options.settings,
        report,
        options.confirm,
        options.add,
    )
    show_load(manifest, options.json)
    sys.stdout.flush()
    report("opening every page once, so that its first reader waits for no query")
    if why := ask_first(home):
        print(
            one_line(f"leadquality: pages work out their figures when they are first opened ({why})", LINE),
            file=sys.stderr,
        )


def show_load(manifest: Manifest, as_json: bool) -> None:
    """What a load made: rows and their fates, findings, files that were not read, links and windows."""
    from leadquality.catalogue import load_kpis
    from leadquality.intake.folder import Unread
    from leadquality.intake.reasons import finding_said, reason_said
    from leadquality.verdict.evidence import load_lines
    from leadquality.verdict.loads import restated_sentence, resting
    from leadquality.words import one_line

    if as_json:
        show_json(
            {
                "snapshot": manifest.snapshot,
                "as_of": manifest.as_of,
                "tables": manifest.tables,
                "findings": manifest.told,
                "evidence": manifest.evidence,
                "unread": manifest.unread,
                "undecided": manifest.undecided,
            }
        )
        return

    def rest(code: str, between: str) -> str:
        rests = resting(manifest.weights.get(code, {}))
        return f"{between}n them rest {rests}" if rests else ""

    print(f"snapshot {manifest.snapshot}, as of {manifest.as_of}")
    for name, table in manifest.tables.items():
        print(
            f"  {name}: {table['read']:,} read = {table['used']:,} used + {table['merged']:,} merged"
            f" + {table['excluded']:,} excluded + {table['rejected']:,} rejected"
        )
        for reason, count in table["reasons"].items():
            said = reason_said(reason, count, table["examples"].get(reason, ""))
            print(one_line(f"      {said}{rest(f'{name} {reason}', '; o')}", LINE))
    for code, count in manifest.findings.items():
        print(
            one_line(f"  finding: {finding_said(code, count, manifest.told[code])}{rest(code, ' O')}", LINE)
        )
    for each in manifest.unread:
        files = Unread(tuple(each["files"]), each["reason"], each["remedy"])
        print(one_line(f"  not read: {files}", LINE))
    for line in manifest.undecided:
        print(one_line(f"  not read: {line}", LINE))
    print(f"  {restated_sentence(manifest.restated)}")
    closed = Counter(link for kpi in load_kpis().values() for link in kpi.links)
    used = {name: table["used"] for name, table in manifest.tables.items()}
    for line in load_lines(manifest.evidence, used, closed):
        print(f"  {line}")


def run_map(options: argparse.Namespace) -> None:
    from leadquality.intake.mapping import MAPPING
    from leadquality.intake.telling import as_json, lines
    from leadquality.load import map_folder
    from leadquality.snapshot import Home
    from leadquality.words import one_line

    out: Path = options.out or options.folder / MAPPING
    before = out.read_bytes() if out.is_file() else b""
    mapped = map_folder(
        Home(options.home), options.folder, before, options.as_of, options.settings, progress()
    )
    told = (mapped.proposal, mapped.rules, mapped.rehearsal, mapped.changes)
    if options.json:
        show_json(as_json(*told) | {"refused": mapped.refused or None})
    else:
        for line in lines(*told):
            print(one_line(line, LINE))
    if mapped.text and not options.dry_run:
        try:
            out.write_text(mapped.text, "utf-8")
        except OSError as error:
            raise InputRefused(
                f"{out}: cannot be written ({error.strerror}); name another place with --out"
            ) from error
        if not options.json:
            print(f"wrote {out}")
    if mapped.refused:
        raise InputRefused(mapped.refused)


def run_kpis(options: argparse.Namespace) -> None:
    from leadquality.catalogue import load_kpis

    kpis = load_kpis().values()
    if options.json:
        fields = (
            "kpi_id",
            "title",
            "stage",
            "headline",
            "unit",
            "direction",
            "reads",
            "needs",
            "horizon",
            "columns",
        )
        show_json([{field: getattr(kpi, field) for field in fields} for kpi in kpis])
        return
    width = max(len(kpi.kpi_id) for kpi in kpis)
    for kpi in kpis:
        print(f"{kpi.kpi_id:<{width}}  {kpi.headline:<8}  {kpi.reads}")


def run_kpi(options: argparse.Namespace) -> None:
    from leadquality.catalogue import load_kpis
    from leadquality.catalogue.kpis import named
    from leadquality.engine import all_channels, beside, run, spelt, values
    from leadquality.scope import Scope
    from leadquality.snapshot import Home, open_snapshot
    from leadquality.verdict import only_channel
    from leadquality.verdict.evidence import rests_on

    kpi = named(options.kpi_id, load_kpis())
    snapshot = open_snapshot(Home(options.home))
    as_of = options.as_of or snapshot.as_of
    if as_of > snapshot.as_of:
        raise InputRefused(f"--as-of {as_of}: the snapshot ends on {snapshot.as_of}; load newer extracts")
    cursor = snapshot.cursor()
    filters = where(options.where, values(cursor), partial(spelt, cursor))
    scope = Scope(as_of, options.from_on, options.to_on, slice_by=options.by, **filters)
    scope = (scope.previous() if options.previous else scope).backed(snapshot.as_of)
    result = run(cursor, kpi, scope, options.horizon)
    together = None
    if options.all_channels:
        together = all_channels(snapshot.pooled_cursor(), kpi, scope, options.horizon)
        result = beside(result, together)
    if options.csv:
        print(result.rows.write_csv(), end="")
    elif options.json:
        answer: dict[str, Any] = {
            "kpi": kpi.kpi_id,
            "title": kpi.title,
            "unit": kpi.unit,
            "snapshot": snapshot.manifest.snapshot,
        }
        answer |= {"as_of": as_of, "scope": asdict(scope), "rows": result.rows.to_dicts()}
        answer |= {"evidence": result.evidence.plain() | {"reason": result.reason}}
        if together:
            answer["all_channels"] = {"is_pooled": not together.reason, "reason": together.reason}
        show_json(answer | ({"unavailable": result.unavailable} if result.unavailable else {}))
    else:
        import polars as pl

        print(f"{kpi.title}: {kpi.reads}")
        if result.unavailable:
            print(f"not available: {result.unavailable}")
        elif result.reason:
            print(f"not available where it says so: {result.reason}")
        known = result.evidence.plain()
        if said := rests_on(known["links"], known["windows"], known["left_out"]):
            print(said)
        if alone := only_channel(values(cursor)["channel"]):
            print(alone)
        if together and together.reason:
            print(f"all channels are not taken together: {together.reason}")
        with pl.Config(
            tbl_rows=-1,
            tbl_cols=-1,
            tbl_width_chars=200,
            tbl_hide_column_data_types=True,
            tbl_hide_dataframe_shape=True,
        ):
            print(result.rows)


def where(
    conditions: list[str], known: dict[str, list[str]], named: Callable[[str, list[str]], str | None]
) -> dict[str, Any]:
    """`source=organic` ... to the scope's filters; named: the one of some values that a word spells. Raises InputRefused for a
    dimension or value that does not exist."""
    filters: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        dimension, separator, value = condition.partition("=")
        if not separator or dimension not in known:
            raise InputRefused(f"--where {condition}: write DIM=VALUE, DIM being one of {', '.join(known)}")
        if (found := named(value, known[dimension])) is None:
            raise InputRefused(
                f"--where {condition}: no lead has it; {dimension} is one of {', '.join(known[dimension])}"
            )
        filters[f"{dimension}s"] = (*filters.get(f"{dimension}s", ()), found)
    return filters


def run_snapshots(options: argparse.Namespace) -> None:
    from leadquality.snapshot import Home

    home = Home(options.home)
    current = home.current()
    rows = [
        {
            "snapshot": manifest.snapshot,
            "as_of": manifest.as_of,
            "mapping": manifest.mapping,
            "engine": manifest.engine,
        }
        | {
            "definitions": manifest.definitions[:12],
            "is_current": current is not None and manifest.snapshot == current[0],
        }
        for manifest in home.published()
    ]
    if options.json:
        show_json(rows)
        return
    for row in rows:
        mark = "*" if row["is_current"] else " "
        print(
            f"{mark} {row['snapshot']}  as of {row['as_of']}  {row['mapping']}  definitions {row['definitions']}"
        )
    if not rows:
        print("no snapshot yet; load extracts with `leadquality load DIR`")


def run_sample(options: argparse.Namespace) -> None:
    from leadquality.sample import write_sample

    written = write_sample(options.folder, options.seed, options.leads)
    print(
        f"wrote {options.folder}: "
        + ", ".join(f"{count:,} {name}" for name, count in written["rows"].items())
    )


def run_serve(options: argparse.Namespace) -> None:
    from leadquality.snapshot import Home

    address = os.environ.get("STREAMLIT_SERVER_ADDRESS")
    if address is not None and address not in LOOPBACK:
        raise InputRefused(
            f"STREAMLIT_SERVER_ADDRESS={address}: the dashboard is served on this machine only; unset it"
        )
    home = Home(options.home)
    current = home.current()
    print(f"loaded: {current[0] if current else 'no snapshot yet'}")
    print(f"dashboard: http://localhost:{options.port}", flush=True)
    os.environ["LEADQUALITY_HOME"] = str(options.home.resolve())
    os.chdir(ROOT)
    server = str(ROOT / "leadquality" / "ui" / "server.py")
    command = [sys.executable, "-m", "streamlit", "run", server, "--server.port", str(options.port)]
    os.execv(sys.executable, [*command, "--server.maxUploadSize", str(UPLOAD_MB)])


def progress() -> Callable[[str], None]:
    """A reporter that names the step on a terminal once the work has taken longer than a second."""
    started = time.monotonic()

    def report(step: str) -> None:
        if sys.stderr.isatty() and time.monotonic() - started > 1:
            print(f"  {step} ...", file=sys.stderr, flush=True)

    return report


def show_json(value: object) -> None:
    print(
        json.dumps(
            value,
            default=lambda item: item.isoformat() if isinstance(item, date) else str(item),
            ensure_ascii=False,
        )
    )
