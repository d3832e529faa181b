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
from leadquality.intake import Mapping, Proposal, accounts_of, mapping_text, parse_mapping, propose, stage
from leadquality.intake.against import refuse_loss
from leadquality.intake.decisions import Decisions, decided_text
from leadquality.intake.declared import Read
from leadquality.intake.fit import Missing
from leadquality.intake.folder import tables
from leadquality.intake.mapping import MAPPING, answers_only, read_text
from leadquality.intake.presets import OWN_COLUMNS
from leadquality.intake.rehearsal import Change, Rehearsal, changes, rehearse
from leadquality.intake.values import meanings, vocabulary
from leadquality.intake.write import questions_text
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
UNKNOWN: Final = (
    "none of these files is recognised; say what each holds under [answers] of mapping.toml, as in "
    '"my calls.csv" = "own/calls/own columns", or answer on the page Load'
)
WORK: Final = "reading"
"""Where the files of a load are kept while they are read."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The mapping of a load and its text, which is kept beside the snapshot."""

    rules: Mapping
    text: bytes


def mapping_for(folder: Path, mapping: Path | None = None) -> InForce:
    """The mapping in force: the file given, else mapping.toml in the folder, else what is recognised, else our own names.

    A mapping.toml that holds only [answers] answers the questions of recognition. Raises InputRefused when recognition
    asks, or misses a column that is required: nothing is guessed.
    """
    text = b""
    beside = folder / MAPPING
    path = mapping or (beside if beside.is_file() else None)
    answers: dict[str, str] | None = None
    if path is not None:
        text = read_text(path)
        answers = answers_only(text)
        if answers is None:
            return InForce(parse_mapping(text, path), text)
    proposal = propose(folder, answers) if folder.is_dir() else None
    if proposal is None or not (proposal.is_of_vendors or answers):
        text = OWN_COLUMNS.read_bytes()
        return InForce(parse_mapping(text, OWN_COLUMNS), text)
    proposal.demand()
    text = mapping_text(proposal, text.decode() if answers else "").encode()
    return InForce(parse_mapping(text, folder / MAPPING), text)


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

    confirmed: take extracts even if they are smaller or older than those of the snapshot in force. add: the folders are
    further deliveries to that snapshot, and only what they bear upon is worked out again.

    Raises InputRefused when the input cannot be used, and Unchanged when the snapshot in force was made of it already; that
    snapshot then stays current.
    """
    folders = [folders] if isinstance(folders, Path) else list(folders)
    with home.locked(), home.noting_refusal():
        last = last_snapshot(home) if add else None
        force = InForce(last.rules, last.text) if last else mapping_for(folders[0], mapping)
        rules = force.rules
        others = [folder / MAPPING for folder in folders[0 if last else 1 :]]
        refuse_other_mapping(
            force.text, [mapping, *others] if last and mapping else [] if mapping else others
        )
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
            refuse_unchanged(before, folders, rules, declared, settings_digest)
        building = home.snapshots / f"{BUILDING}{id(rules):x}"
        building.mkdir()
        try:
            if last:
                report("copying the last snapshot")
                last.copy(building)
            with workspace(building) as con:
                earlier = last.earlier if last else None
                staged = stage(con, folders, rules, as_of, report, building / WORK, earlier=earlier)
                accounts = accounts_of(con, [name for name in staged.extracts if name in staged.given])
                if before.manifest and not last and not confirmed and rules.policy.smaller_load == "refuse":
                    refuse_loss(before.manifest.tables, before.manifest.ends, accounts, staged.ends)
                decisions = None if last else setting_rows(decided, rules.zone)
                found = build(con, building / DATA, staged.as_of, list(staged.extracts), decisions, report)
                restated = restate(con, building / DATA, staged.as_of, rules.digest, before)
            for left_over in ("spill", WORK):
                shutil.rmtree(building / left_over, ignore_errors=True)
            (building / MAPPING).write_bytes(force.text)
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
    decisions = decisions or Decisions()
    answers = answers_only(before) if before else {}
    reads = {}
    passed: set[str] = set()
    if answers is None:
        there = parse_mapping(before, folder / MAPPING)
        answers = there.answers
        globbed = there.over(tables(folder) if folder.is_dir() else ()).source[len(there.source) :]
        passed = {source.file for source in globbed}
        reads = {source.file: source.read for source in there.source if source.read != Read()}
    proposal = propose(folder, answers | decisions.answers, reads | decisions.reads, passed)
    if proposal.questions:
        text = questions_text(proposal, before.decode())
        return Mapped(proposal, text, None, None, "; ".join(map(str, proposal.questions)), ())
    if not proposal.sources and not passed:
        return Mapped(proposal, before.decode(), None, None, UNKNOWN, ())
    text = decided_text(mapping_text(proposal, before.decode(), decisions.filled), decisions)
    rules = parse_mapping(text.encode(), folder / MAPPING)
    filled = {(source.file, source.extract, ours) for source in rules.source for ours in source.columns}
    missing = tuple(
        (planned.file, gap)
        for planned in proposal.sources
        for gap in planned.fitted.missing
        if (planned.file, gap.extract, gap.column) not in filled
    )
    decided, _ = read_settings(settings_for(home, folder, settings))
    known = vocabulary(setting_rows(decided))
    try:
        with tempfile.TemporaryDirectory() as scratch, workspace(Path(scratch)) as con:
            tried = rehearse(con, folder, rules, known, as_of, report, work=Path(scratch) / WORK)
    except InputRefused as error:
        refused = "; ".join(proposal.missing) if missing else str(error)
        return Mapped(proposal, text, rules, None, refused, (), error.code, missing)
    words = meanings(known, tried.values)
    return Mapped(proposal, text, rules, tried, "", tuple(_changes(home, tried)), words=words)


def _changes(home: Home, tried: Rehearsal) -> list[Change]:
    if home.current() is None:
        return changes(tried, {}, {}, "")
    snapshot = open_snapshot(home)
    try:
        split = snapshot.cursor().sql("select channel, count(*) from snapshot.fact_leads group by all")
        return changes(tried, snapshot.manifest.tables, dict(split.fetchall()), snapshot.manifest.as_of)
    finally:
        snapshot.con.close()
