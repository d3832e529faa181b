"""Load: files -> staging -> facts -> counts -> one published snapshot, or a refusal that changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from leadquality import __version__
from leadquality.adding import last_snapshot, refuse_other_mapping, refuse_other_rules
from leadquality.catalogue import definitions_hash
from leadquality.contracts import InputRefused
from leadquality.faults import in_words
from leadquality.intake import Mapping, Proposal, accounts_by_file, accounts_of, stage
from leadquality.intake.against import refuse_loss, refuse_rejected
from leadquality.intake.decisions import Decisions
from leadquality.intake.findings import undecided
from leadquality.intake.fit import Missing
from leadquality.intake.mapping import MAPPING, read_text
from leadquality.intake.plan import Plan, plan, told, unread
from leadquality.intake.rehearsal import Change, Rehearsal, changes, rehearse
from leadquality.intake.values import meanings, vocabulary
from leadquality.settings import read_settings, setting_rows
from leadquality.snapshot import (
    ENGINE,
    Home,
    Manifest,
    build,
    earlier_of,
    open_snapshot,
    publish,
    restate,
    workspace,
)
from leadquality.snapshot.publish import BUILDING, DATA
from leadquality.unchanged import refuse_all_loaded, refuse_unchanged

SETTINGS: Final = "leadquality.toml"
WORK: Final = "reading"
"""Where the files of a load are kept while they are read."""


def plan_of(folder: Path, mapping: Path | None = None) -> tuple[Plan, bytes]:
    """The plan of a load by the mapping in force, and the bytes of its file: the file given, else mapping.toml in the folder, else
    none; then what is recognised counts. A mapping.toml that holds only [answers] answers the questions of recognition."""
    path = mapping or folder / MAPPING
    before = read_text(path) if mapping or path.is_file() else b""
    return plan(folder, before, where=path), before


def settings_for(home: Home, folder: Path, settings: Path | None) -> Path | None:
    """The settings file in force: the one given, else leadquality.toml in the home folder, else the one beside the
    extracts, else None (the defaults)."""
    found = (path for path in (home.path / SETTINGS, folder / SETTINGS) if path.is_file())
    return settings or next(found, None)


def load(
    home: Home,
    folders: Path | Sequence[Path],
    mapping: Path | None = None,
    as_of: date | None = None,
    settings: Path | None = None,
    report: Callable[[str], None] = lambda _: None,
    confirmed: bool = False,
    add: bool = False,
) -> Manifest:
    """Load folders of extracts and publish them; of several, a row counts as the latest has it. `report` is told each step;
    whatever it raises stops the load.

    confirmed: take extracts even if they have fewer usable rows or are older than those of the snapshot in force, or most of
    their rows are rejected. add: the folders are
    further deliveries to that snapshot, and only what they bear upon is worked out again.

    Raises InputRefused when the input cannot be used, and Unchanged when the snapshot in force was made of it already; that
    snapshot then stays current.
    """
    folders = [folders] if isinstance(folders, Path) else list(folders)
    with in_words(home.path), home.locked(), home.noting_refusal(), in_words(home.path):
        last = last_snapshot(home) if add else None
        planned = None
        if last:
            rules, text = last.rules, last.text
            given = text
        else:
            planned, given = plan_of(folders[0], mapping)
            rules, text = planned.demand(), planned.text.encode()
        others = [folder / MAPPING for folder in folders[0 if last else 1 :]]
        refuse_other_mapping(
            rules, given, [mapping, *others] if last and mapping else [] if mapping else others
        )
        aside = [planned.proposal.unread] if planned else []
        aside += [unread(folder, rules) for folder in folders[len(aside) :]]
        settings = settings_for(home, folders[0], settings)
        if last:
            refuse_other_rules(last, settings, as_of or rules.as_of)
        decided, settings_digest = read_settings(settings)
        until = as_of or rules.as_of
        declared = until.isoformat() if until else ""
        before = earlier_of(home)
        if last:
            refuse_all_loaded(last.manifest, folders, rules)
        else:
            unread_now = [each for files in aside for each in files]
            refuse_unchanged(before, folders, rules, declared, settings_digest, unread_now)
        building = home.snapshots / f"{BUILDING}{id(rules):x}"
        building.mkdir()
        try:
            if last:
                report("copying the last snapshot")
                last.copy(building)
            with workspace(building) as con:
                earlier = last.earlier if last else None
                first = earlier.deliveries + 1 if earlier else 1
                findings = told(aside, planned.proposal if planned else None, first)
                staged = stage(
                    con,
                    folders,
                    rules,
                    as_of,
                    report,
                    building / WORK,
                    earlier=earlier,
                    key=home.token_key,
                    told=findings,
                )
                accounts = accounts_of(con, [name for name in staged.extracts if name in staged.given])
                if not confirmed:
                    read = accounts_by_file(con, [name for name in staged.extracts if name in staged.given])
                    refuse_rejected(
                        con,
                        {place: account for place, account in read.items() if place[1] in staged.tables},
                        rules.policy.max_rejected_share,
                    )
                if before.manifest and not last and not confirmed and rules.policy.smaller_load == "refuse":
                    refuse_loss(con, before.manifest.tables, before.manifest.ends, accounts, staged.ends)
                decisions = None if last else setting_rows(decided, rules.zone)
                open_columns = undecided(con)
                found = build(con, building / DATA, staged.as_of, list(staged.extracts), decisions, report)
                restated = restate(con, building / DATA, staged.as_of, rules.digest, before)
            for left_over in ("spill", WORK):
                shutil.rmtree(building / left_over, ignore_errors=True)
            (building / MAPPING).write_bytes(text)
            (building / MAPPING).chmod(0o444)
            files = {
                name: {
                    "sha256": table.sha256,
                    "size": table.size,
                    "lines_skipped": table.reading.skipped,
                    "delivery": table.delivery,
                }
                for name, table in staged.tables.items()
            }
            manifest = Manifest(
                snapshot="",
                as_of=staged.as_of.isoformat(),
                zone=rules.zone,
                product=__version__,
                engine=ENGINE,
                definitions=definitions_hash(),
                mapping=rules.name,
                mapping_digest=rules.digest,
                settings_digest=last.manifest.settings_digest if last else settings_digest,
                given=sorted(staged.given),
                files=dict(sorted(((last.manifest.files if last else {}) | files).items())),
                tables={name: asdict(account) for name, account in accounts.items()},
                findings=found.rows,
                ends={name: day.isoformat() for name, day in sorted(staged.ends.items())},
                weights=found.weights,
                restated=restated,
                declared=declared,
                evidence=found.evidence,
                told=found.told,
                undecided=open_columns,
                unread=[each.as_json() for files in aside for each in files],
            )
            return publish(home, building, manifest, report)
        finally:
            shutil.rmtree(building, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping that was made and tried: what the files are, its text, and the rehearsal, or why there is none.

    rules is None when the text holds only questions; changes are against the snapshot in force. refused: why there is no
    rehearsal, of the kind `code`; missing: required columns that nothing fills yet, by file; words: what the values of a
    column may mean, by extract and column.
    """

    proposal: Proposal
    text: str
    rules: Mapping | None
    rehearsal: Rehearsal | None
    refused: str
    changes: tuple[Change, ...]
    code: str = ""
    missing: tuple[tuple[str, Missing], ...] = ()
    words: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)


def map_folder(
    home: Home,
    folder: Path,
    before: bytes = b"",
    as_of: date | None = None,
    settings: Path | None = None,
    report: Callable[[str], None] = lambda _: None,
    decisions: Decisions | None = None,
) -> Mapped:
    """Make the mapping of a folder and try it; nothing is published and no file is written.

    before: the mapping there is, whose keys and comments are kept; decisions: what a person decided since, which is written
    into the text. Raises InputRefused when `before` is no mapping, or there is no folder.
    """
    made = plan(folder, before, decisions, is_written=True)
    if made.rules is None:
        return Mapped(made.proposal, made.text, None, None, made.refused, ())
    decided, _ = read_settings(settings_for(home, folder, settings))
    known = vocabulary(setting_rows(decided))
    try:
        with (
            in_words(Path(tempfile.gettempdir()), "temporary"),
            tempfile.TemporaryDirectory() as scratch,
            workspace(Path(scratch)) as con,
        ):
            findings = told([made.proposal.unread], made.proposal)
            work = Path(scratch) / WORK
            tried = rehearse(con, folder, made.rules, known, as_of, report, findings, work=work)
    except InputRefused as error:
        why = made.refused or str(error)
        return Mapped(made.proposal, made.text, made.rules, None, why, (), error.code, made.missing)
    words = meanings(known, tried.values)
    changed = tuple(_changes(home, tried))
    return Mapped(made.proposal, made.text, made.rules, tried, "", changed, words=words)


def _changes(home: Home, tried: Rehearsal) -> list[Change]:
    if home.current() is None:
        return changes(tried, {}, {}, "")
    snapshot = open_snapshot(home)
    try:
        split = snapshot.cursor().sql("select channel, count(*) from snapshot.fact_leads group by all")
        return changes(tried, snapshot.manifest.tables, dict(split.fetchall()), snapshot.manifest.as_of)
    finally:
        snapshot.con.close()
