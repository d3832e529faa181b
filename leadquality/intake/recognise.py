"""Recognition: from the column names of a file to the vendor's table it is, with the reason; what is not clear is asked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from leadquality import words
from leadquality.catalogue import load_extracts
from leadquality.intake.look import NOBODYS, Look, fold_name
from leadquality.intake.mapping import NOT_READ
from leadquality.intake.presets import OWN, Layout, Presets

State = Literal["recognised", "mapped", "ambiguous", "unknown"]
NAMED: Final = frozenset(
    (
        "lead",
        "contact",
        "call",
        "meeting",
        "appointment",
        "deal",
        "opportunit",
        "handoff",
        "pipeline",
        "anruf",
        "kontakt",
    )
)
"""What the name of a file that somebody wants may hold."""
LEFT_ASIDE: Final = "left aside by [answers]"
ANSWERED: Final = "the mapping's [answers] say so"

CLOSE: Final = 0.96
"""A second candidate that scores so much of the first is as good as the first."""
ENOUGH: Final = 0.5
"""Of the columns that any known table has, the candidate must explain so much; else the file is nobody's."""
FEW: Final = 3
"""With fewer columns in common only a table that is there in full is recognised."""
SMALL: Final = 9
NEARLY_ALL: Final = 0.8
"""A small table without a column of its own must be there nearly in full and with its ids: half of it may be half of
another."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table that a file may be. score: 0 to 1, by which tables are ranked (no probability);
    matched: the file's columns that it has; telling: those no other table has."""

    layout: Layout
    score: float
    matched: tuple[str, ...]
    telling: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can decide. answers: (file, answer) pairs of which one, in [answers] of the mapping, settles it."""

    text: str
    answers: tuple[tuple[str, str], ...]

    @property
    def listed(self) -> str:
        """The answers as they are written."""
        return " or ".join(answer_line(file, answer) for file, answer in self.answers)

    def __str__(self) -> str:
        return f"{self.text}. Answer in mapping.toml under [answers]: {self.listed}"


def answer_line(file: str, answer: str) -> str:
    """An answer as it is written in a mapping."""
    return f'"{file}" = "{answer}"'


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is. candidates are ranked; layouts are set only when one of them is clear or the answer names them (a file may
    hold several extracts); mapped: the mapping says what is read from it."""

    look: Look
    state: State
    layouts: tuple[Layout, ...]
    candidates: tuple[Candidate, ...]
    reason: str

    @property
    def layout(self) -> Layout | None:
        """The table that the file is; of several the first."""
        return self.layouts[0] if self.layouts else None

    @property
    def file(self) -> str:
        return self.look.file

    @property
    def question(self) -> Question | None:
        """What has to be answered, and where; None when nothing has."""
        if self.state != "ambiguous":
            return None
        if self.look.problem:
            where = f"{self.file}, line {self.look.line}" if self.look.line else self.file
            return Question(
                f"{where}: {self.reason}. Mend it, or leave it aside",
                ((self.file, NOT_READ),),
            )
        names = [candidate.layout.preset for candidate in self.candidates]
        return Question(
            f"{self.file}: which table is it, {' or '.join(names)}? {self.reason}",
            tuple((self.file, name) for name in (*names, NOT_READ)),
        )


@cache
def weights(presets: Presets) -> Mapping[str, float]:
    """What a column name tells: the fewer tables have it, the more."""
    spread = Counter(name for layout in presets.layouts for name in set(map(fold_name, layout.columns)))
    return {name: math.log(1 + len(presets.layouts) / count) for name, count in spread.items()}


def rank(header: Iterable[str], presets: Presets) -> list[Candidate]:
    """Every table that shares a column with the header, best first.

    The score is the weight of the columns in common, set against all known columns of the file (a foreign one counts
    against the table) and, less, against all columns of the table (a missing one is tolerated). Names that no table
    has are a site's own and count for nothing.
    """
    weight = weights(presets)
    spelt = {fold_name(name): name for name in header}
    known = sum(weight[name] for name in spelt if name in weight)
    found = []
    for layout in presets.layouts:
        names = {fold_name(name) for name in layout.columns}
        common = sorted(spelt.keys() & names)
        if not common:
            continue
        shared = sum(weight[name] for name in common)
        cover = shared / sum(weight[name] for name in names)
        alone = max(weight.values()) - 1e-9
        found.append(
            Candidate(
                layout,
                round(shared / known * (0.7 + 0.3 * cover), 4),
                tuple(spelt[name] for name in common),
                tuple(spelt[name] for name in common if weight[name] >= alone),
            )
        )
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.layout.preset))


def recognise(look: Look, presets: Presets, answers: Sequence[str] = ()) -> Recognised:
    """Name the table of a file. answers: what a person said of it, names of presets or `not read`."""
    if NOT_READ in answers:
        return Recognised(look, "unknown", (), (), LEFT_ASIDE)
    ranked = [candidate for candidate in rank(look.header, presets) if _is_possible(candidate, look)]
    best = [candidate for candidate in ranked if candidate.score >= CLOSE * ranked[0].score]
    if not all(_is_enough(candidate, look) for candidate in best[:1]):
        best = []
    if look.problem:
        # What cannot be read is asked about only where its columns, or else its name, tell that it may be wanted.
        may_be_wanted = bool(best) if look.header else any(word in _letters(look.file) for word in NAMED)
        is_asked = bool(answers) or (look.is_damaged and may_be_wanted)
        return Recognised(look, "ambiguous" if is_asked else "unknown", (), (), look.problem)
    if answers:
        layouts = tuple(layout for name in answers if (layout := presets.named(name)))
        return Recognised(look, "recognised", layouts, (), f"{ANSWERED} ({', '.join(answers)})")
    if not best:
        return Recognised(look, "unknown", (), tuple(ranked[:3]), NOBODYS)
    chosen, how = best, ""
    if len(chosen) > 1:
        chosen, how = _told_by_values(look, best), "the values of its type column decide"
    if len(chosen) > 1:
        chosen, how = _named_by_file(look, best), "the name of the file decides"
    if len(chosen) > 1:
        tied = ", ".join(
            f"{words.count(len(candidate.matched))} columns of {candidate.layout.preset}"
            for candidate in best
        )
        return Recognised(look, "ambiguous", (), tuple(best), f"it has {tied}")
    (one,) = chosen
    reason = _reason(one, look) + (f"; {how}" if len(best) > 1 else "")
    others = tuple(candidate for candidate in ranked if candidate is not one)
    return Recognised(look, "recognised", (one.layout,), (one, *others)[:3], reason)


def _letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def _is_possible(candidate: Candidate, look: Look) -> bool:
    """Our own names are ordinary words, so one of our extracts needs all that it requires."""
    own = candidate.layout.vendor == OWN
    return not own or set(load_extracts()[candidate.layout.name].required) <= set(look.header)


def _is_enough(candidate: Candidate, look: Look) -> bool:
    """Has the file so much of this table that it cannot be something unknown? A best that is not enough hides no second."""
    columns = len(candidate.layout.columns)
    if candidate.layout.vendor == OWN:
        return True
    if len(candidate.matched) < FEW and len(candidate.matched) < max(columns, len(look.header)):
        return False
    if columns <= SMALL and not candidate.telling:
        ids = {fold_name(name) for name in candidate.layout.columns if name.endswith("_id")}
        if len(candidate.matched) < NEARLY_ALL * columns or ids - set(map(fold_name, candidate.matched)):
            return False
    explained = len(candidate.matched) / min(columns, len(look.header))
    return candidate.score >= ENOUGH and explained >= ENOUGH


def _told_by_values(look: Look, tied: list[Candidate]) -> list[Candidate]:
    """The candidates whose telling words are in the rows; all of them where the rows say nothing."""
    fitting = []
    for candidate in tied:
        for column, told in candidate.layout.tell.items():
            spelt = next((name for name in look.header if fold_name(name) == fold_name(column)), None)
            found = {value.strip().upper() for value in look.values(spelt)} if spelt else set()
            if found and found <= set(told):
                fitting.append(candidate)
    return fitting or tied


def _named_by_file(look: Look, tied: list[Candidate]) -> list[Candidate]:
    """The candidate whose table is named in the file's name, the longest name if several are; all where none is."""
    letters = _letters(look.file)
    names = {candidate.layout.preset: _letters(candidate.layout.name) for candidate in tied}
    fitting = [candidate for candidate in tied if names[candidate.layout.preset] in letters]
    longest = max((len(names[candidate.layout.preset]) for candidate in fitting), default=0)
    return [candidate for candidate in fitting if len(names[candidate.layout.preset]) == longest] or tied


def _reason(candidate: Candidate, look: Look) -> str:
    """`31 of its 33 column names are among the 41 we know of this table`, with up to three that no other table has; of our own names
    how many of the file's are ours."""
    names = {fold_name(name) for name in look.header} - {""}
    known = f"{words.count(len(candidate.matched))} of its {words.count(len(names))} column names are"
    if candidate.layout.vendor == OWN:
        return f"{known} ours"
    told = f"; no other has {', '.join(candidate.telling[:3])}" if candidate.telling else ""
    return f"{known} among the {words.count(len(candidate.layout.columns))} we know of this table{told}"
