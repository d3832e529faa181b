"""Tells a mapping and its rehearsal: as lines for a terminal, as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from pydantic import TypeAdapter

from leadquality.intake.columns import Column
from leadquality.intake.mapping import Mapping, Source
from leadquality.intake.propose import Proposal
from leadquality.intake.reasons import finding_said, reason_said
from leadquality.intake.recognise import Recognised
from leadquality.intake.rehearsal import Change, Rehearsal
from leadquality.intake.values import ValueCount

SHOWN: Final = 20
"""So many values without an entry are listed; of more the rest is counted."""


def lines(
    proposal: Proposal, rules: Mapping | None, rehearsal: Rehearsal | None, changes: Sequence[Change]
) -> Iterator[str]:
    """What each file is and why, which columns map to what, what is missing, what has no meaning, and what a load would do."""
    aside = {file for each in proposal.unread for file in each.files}
    for each in proposal.recognised:
        if each.file not in aside:
            yield f"{each.file}: {_what(each)}"
    for extract, files in proposal.together.items():
        yield f"{', '.join(files)}: read as one extract, {extract}"
    for left in proposal.unread:
        yield f"{left.named}: not read, {left.reason}. {left.remedy}"
    if rules and rules.leads:
        yield f"leads: from the {rules.leads}, because no file lists them"
    there = {each.file for each in proposal.recognised}
    for source in (source for source in (rules.source if rules else []) if source.file in there):
        yield ""
        yield f"{source.extract} from {source.file}"
        for ours, theirs in source.columns.items():
            yield f"  {ours:<20} {said(theirs)}"
        for ours in source.values:
            if ours not in source.columns:
                yield f"  {ours:<20} by the rules under values.{ours}"
        yield from _missing(proposal, source)
    for question in proposal.questions:
        yield f"? {question}"
    if rehearsal is not None:
        yield from _told(rehearsal, changes)


def _what(each: Recognised) -> str:
    if each.layout is None:
        if each.state == "mapped":
            return each.reason
        return f"not clear, {each.reason}" if each.question else f"not read, {each.reason}"
    what = f"{each.layout.preset}, {each.reason}"
    meaning = each.layout.meaning
    if meaning is None:
        return f"{what}. No figure needs it"
    return f"{what}. Tells {meaning.joins}" if meaning.joins else what


def said(theirs: str | Column) -> str:
    """A column of a mapping in words."""
    if isinstance(theirs, str):
        return theirs
    parts = {
        "from": theirs.from_,
        "lookup": f"{theirs.lookup}.{theirs.column}" if theirs.lookup else None,
        "first of": ", ".join(said(part) for part in theirs.first_of) or None,
        "joined": " + ".join(theirs.joined) or None,
        "seconds between": " and ".join(theirs.seconds_between) or None,
        "always": theirs.constant,
        "stands in": said(theirs.stand_in) if theirs.stand_in is not None else None,
        "row number after": theirs.row,
    }
    name, place = next((name, place) for name, place in parts.items() if place is not None)
    words = [place if name in {"from", "lookup"} else f"{name} {place}"]
    words += [f"in {theirs.unit}"] if theirs.unit else []
    words += [f"zone {theirs.zone}"] if theirs.zone else []
    words += [f"where {', '.join(theirs.when)} fits"] if theirs.when else []
    return ", ".join(words)


def _missing(proposal: Proposal, source: Source) -> Iterator[str]:
    """What nothing fills: required columns that are missing, and what may fill these and others."""
    for planned in proposal.sources:
        if (planned.file, planned.fitted.extract) != (source.file, source.extract):
            continue
        perhaps = {
            ours: said(FILLED.validate_python(theirs))
            for ours, theirs in planned.suggested(source.columns).items()
        }
        gaps = [gap for gap in planned.fitted.missing if gap.column not in source.columns]
        for gap in gaps:
            guess = f" (did you mean '{gap.closest}'?)" if gap.closest else ""
            guess = f", perhaps '{perhaps[gap.column]}'" if gap.column in perhaps else guess
            yield f"  {gap.column:<20} MISSING{guess}. {gap.remedy}".rstrip()
        for ours in (ours for ours in perhaps if ours not in {gap.column for gap in gaps}):
            yield f"  {ours:<20} perhaps '{perhaps[ours]}'"


FILLED: Final[TypeAdapter[str | Column]] = TypeAdapter(str | Column)


def _told(rehearsal: Rehearsal, changes: Sequence[Change]) -> Iterator[str]:
    for line in rehearsal.undecided:
        yield f"? {line}"
    yield from _listed("values without a meaning", rehearsal.unmapped)
    yield from _listed("reps and owners without an entry, taken as they are spelt", rehearsal.owners)
    yield ""
    yield "keys and joins"
    for key in rehearsal.keys:
        yield (
            f"  {key.extract}.{key.key}: {key.distinct:,} in {key.rows:,} rows; {key.repeated:,} rows share theirs, "
            f"{key.alike:,} equal another row in all but the key"
        )
    for join in rehearsal.joins:
        yield (
            f"  {join.extract} from {join.file}, {join.lookup}: {join.found:,} of {join.asked:,} rows that ask "
            f"{join.other_file or 'the telephone numbers of the leads'} find an answer"
        )
    yield ""
    yield f"dry run, as of {rehearsal.as_of}: leads from {rehearsal.first_on or 'no day'}, last event {rehearsal.last_on}"
    for name, account in rehearsal.accounts.items():
        yield (
            f"  {name}: {account.read:,} read = {account.used:,} used + {account.merged:,} merged"
            f" + {account.excluded:,} excluded + {account.rejected:,} rejected"
        )
        for reason, count in account.reasons.items():
            yield f"      {reason_said(reason, count, account.examples.get(reason, ''))}"
    for channel in rehearsal.channels:
        why = f"{channel.rule} ({channel.evidence})" if channel.evidence else channel.rule
        yield f"  {channel.leads:,} leads {channel.channel}: {why}"
    for code, count in rehearsal.findings.items():
        yield f"  finding: {finding_said(code, count, rehearsal.told[code])}"
    yield "against the snapshot in force"
    for change in changes:
        yield f"  {change.what}: {_or_none(change.before)} -> {_or_none(change.now)}"
    if not changes:
        yield "  nothing changes"


def _listed(title: str, values: Sequence[ValueCount]) -> Iterator[str]:
    """Values with their counts: those with a near word first among the ones that are shown."""
    if values:
        yield ""
        yield title
    for value in sorted(values, key=lambda value: not value.suggestion)[:SHOWN]:
        hint = f" (did you mean {value.suggestion!r}?)" if value.suggestion else ""
        yield f"  {value.count:>7,}  {value.extract}.{value.column} = {value.value!r}{hint}"
    if len(values) > SHOWN:
        yield f"  and {len(values) - SHOWN} more"


def _or_none(value: int | str | None) -> str:
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) else value


def as_json(
    proposal: Proposal, rules: Mapping | None, rehearsal: Rehearsal | None, changes: Sequence[Change]
) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "files": [
            {
                "file": each.file,
                "state": each.state,
                "preset": each.layout.preset if each.layout else None,
                "reason": each.reason,
                "candidates": [
                    {"preset": candidate.layout.preset, "score": candidate.score}
                    for candidate in each.candidates
                ],
            }
            for each in proposal.recognised
        ],
        "sources": [
            {
                "file": source.file,
                "extract": source.extract,
                "columns": {ours: said(theirs) for ours, theirs in source.columns.items()},
            }
            for source in (rules.source if rules else [])
        ],
        "missing": list(proposal.missing),
        "questions": [str(question) for question in proposal.questions],
        "not_read": {file: each.reason for each in proposal.unread for file in each.files},
        "unread": [each.as_json() for each in proposal.unread],
        "dry_run": asdict(rehearsal) if rehearsal else None,
        "changes": [asdict(change) for change in changes],
    }
