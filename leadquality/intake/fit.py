"""Fits a preset to the file at hand: its names in the file's spelling, what the file does not have left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from leadquality.catalogue import load_extracts
from leadquality.intake.look import Look, fold_name
from leadquality.intake.presets import PresetSource
from leadquality.intake.suggest import closest

NAMES: Final = ("from", "column")
LISTS_OF_NAMES: Final = ("joined", "seconds_between")

Find = Callable[[str | list[str]], Look | None]
"""The file of a table (or of the first of several that is there), None where there is none."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A column of ours that nothing in the file fills, though its extract requires it or its preset wants it. closest: a name of the
    file that is near, or ''."""

    extract: str
    column: str
    remedy: str
    closest: str


@dataclass(frozen=True, slots=True)
class Fitted:
    """A [[source]] of a mapping without its file: `body` in the words of the mapping; joined: files that it looks into."""

    extract: str
    body: dict[str, Any]
    missing: tuple[Missing, ...]
    joined: frozenset[str]

    @property
    def without_leads(self) -> Fitted:
        """The same where no leads are given: then no row can name one."""
        known = load_extracts()[self.extract].required
        kept = (gap for gap in self.missing if gap.column != "lead_id" or gap.column in known)
        return replace(self, missing=tuple(kept))


@dataclass(slots=True)
class Standing:
    """Which names stand in the file and in the lookups that could be made so far."""

    look: Look
    lookups: dict[str, Look] = field(default_factory=dict)

    def name(self, wanted: object, look: Look | None = None) -> str | None:
        """The first of the wanted names that stands, as the file spells it."""
        for name in wanted if isinstance(wanted, list) else [wanted]:
            if isinstance(name, str) and (found := self._spelt(name, look)):
                return found
        return None

    def _spelt(self, name: str, look: Look | None) -> str | None:
        spelt = {fold_name(column): column for column in (look or self.look).header}
        if fold_name(name) in spelt:
            return spelt[fold_name(name)]
        lookup, _, column = name.partition(".")
        if look is None and lookup == "ours":
            return name
        if look is None and lookup in self.lookups:
            found = self._spelt(column, self.lookups[lookup])
            return f"{lookup}.{found}" if found else None
        return None


def fit(preset: PresetSource, look: Look, find: Find) -> Fitted:
    """Fit one source of a preset to a file. `find` names the other files of the folder."""
    extract = load_extracts()[preset.extract]
    standing = Standing(look)
    lookups: dict[str, dict[str, Any]] = {}
    for name, lookup in preset.lookups.items():
        found = _lookup(lookup, standing, find)
        if found is not None:
            lookups[name], standing.lookups[name] = found
    columns = {ours: _column(theirs, standing) for ours, theirs in preset.columns.items()}
    values = {ours: _values(words, standing) for ours, words in preset.values.items()}
    exclude = {
        name: _exclusion(rule, standing)
        for name, rule in preset.exclude.items()
        if "with" not in rule or find(rule["with"])
    }
    phones = [_column(phone, standing) for phone in _as_list(preset.person.get("phone", []))]
    body: dict[str, Any] = {
        "date_formats": preset.date_formats,
        "columns": {ours: theirs for ours, theirs in columns.items() if theirs is not None},
        "values": {
            ours: words
            for ours, words in values.items()
            if words and (isinstance(words, list) or columns.get(ours) is not None)
        },
        "lookups": lookups,
        "person": {"phone": [phone for phone in phones if phone is not None]},
        "exclude": {name: rule for name, rule in exclude.items() if rule is not None},
    }
    given = body["columns"].keys() | set(look.header)
    missing = tuple(
        Missing(
            extract.name,
            column,
            preset.wanted.get(column, ""),
            closest(extract.name, column, look.header),
        )
        for column in dict.fromkeys((*extract.required, *preset.wanted))
        if column not in given
    )
    used = {lookup["file"] for lookup in lookups.values()}
    used |= {lookup["dated"]["file"] for lookup in lookups.values() if isinstance(lookup.get("dated"), dict)}
    return Fitted(
        preset.extract,
        {key: part for key, part in body.items() if part and part != {"phone": []}},
        missing,
        frozenset(used - {look.file}),
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _column(theirs: Any, standing: Standing) -> Any:
    """One of our columns as the file can fill it; None when it cannot. A list holds names of which the first that fits is taken."""
    if isinstance(theirs, str):
        return standing.name(theirs)
    if isinstance(theirs, list):
        return next((found for part in theirs if (found := _column(part, standing)) is not None), None)
    fitted = dict(theirs)
    if "when" in theirs:
        when = _when(theirs["when"], standing)
        if when is None:
            return None
        fitted["when"] = when
        if not when:
            del fitted["when"]
    if "from" in theirs:
        fitted["from"] = standing.name(theirs["from"])
        if fitted["from"] is None:
            return None
    if "lookup" in theirs:
        look = standing.lookups.get(theirs["lookup"])
        fitted["column"] = standing.name(theirs["column"], look) if look else None
        if fitted["column"] is None:
            return None
    for key in LISTS_OF_NAMES:
        if key in theirs:
            found = [standing.name(part) for part in theirs[key]]
            if found[0] is None or (key == "seconds_between" and None in found):
                return None
            fitted[key] = [name for name in found if name is not None]
    if "first_of" in theirs:
        parts = [found for part in theirs["first_of"] if (found := _column(part, standing)) is not None]
        if not parts:
            return None
        fitted["first_of"] = parts
    return _plain(fitted)


def _plain(fitted: dict[str, Any]) -> Any:
    """`{ from = "x" }` is "x"; the first of one is that one, with what is said of all of them."""
    if len(fitted.get("first_of", [])) == 1:
        (only,) = fitted.pop("first_of")
        fitted = {**(only if isinstance(only, dict) else {"from": only}), **fitted}
    return fitted["from"] if list(fitted) == ["from"] else fitted


def _when(when: Mapping[str, Any], standing: Standing) -> dict[str, Any] | None:
    """The conditions as the file can tell them. A column that is not there is blank in every row: what holds for a blank
    is left out, what cannot hold makes the whole None."""
    fitted: dict[str, Any] = {}
    for name, wanted in when.items():
        found = standing.name(name)
        if found is not None and isinstance(wanted, dict) and "same_day_as" in wanted:
            other = standing.name(wanted["same_day_as"])
            if other is None:
                return None
            fitted[found] = {"same_day_as": other}
        elif found is not None:
            fitted[found] = wanted
        elif not _holds_for_blank(wanted):
            return None
    return fitted


def _holds_for_blank(wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return "other_than" in wanted and "" not in wanted["other_than"]
    return wanted == "" if isinstance(wanted, str) else "" in wanted


def _values(words: Any, standing: Standing) -> Any:
    if isinstance(words, dict):
        return words
    rules = [(_when(rule["when"], standing), rule["then"]) for rule in words]
    return [{"when": when, "then": then} for when, then in rules if when]


def _exclusion(rule: Mapping[str, Any], standing: Standing) -> dict[str, Any] | None:
    fitted = {key: part for key, part in rule.items() if key != "with"}
    if "when" in rule:
        fitted["when"] = _when(rule["when"], standing)
        return fitted if fitted["when"] else None
    if "repeats" in rule:
        found = (_repeated(part, standing) for part in rule["repeats"])
        repeats = [part for part in found if part is not None]
        keep = standing.name(rule.get("keep"))
        return {"repeats": repeats, **({"keep": keep} if keep else {})} if repeats else None
    column = standing.name(rule["column"])
    return {**fitted, "column": column} if column else None


def _repeated(part: Any, standing: Standing) -> Any:
    """A part of the key of repeats: a name, or the first of several that the file has."""
    if isinstance(part, str):
        return standing.name(part)
    names = [name for name in map(standing.name, part["first_of"]) if name is not None]
    return names[0] if len(names) == 1 else {"first_of": names} if names else None


def _lookup(lookup: Mapping[str, Any], standing: Standing, find: Find) -> tuple[dict[str, Any], Look] | None:
    """A lookup with its file; None when the folder has no such table, or the file or the table lacks the key."""
    look = standing.look if lookup["object"] == "self" else find(lookup["object"])
    by = standing.name(lookup["by"])
    key = standing.name(lookup["key"], look) if look else None
    if look is None or by is None or key is None:
        return None
    fitted: dict[str, Any] = {"file": look.file, "key": key, "by": by}
    fitted |= {key: lookup[key] for key in ("form", "rare") if key in lookup}
    if "split" in lookup:
        column = standing.name(lookup["split"]["column"], look)
        if column is None:
            return None
        fitted["split"] = {**lookup["split"], "column": column}
    dated = _dated(lookup.get("dated"), standing, look, find)
    many = lookup.get("many", "first")
    if many == "earliest" and dated is None:
        many = "first"
    if many != "first":
        fitted["many"] = many
    if dated is not None:
        fitted["dated"] = dated
    return fitted, look


def _dated(dated: Any, standing: Standing, look: Look, find: Find) -> Any:
    if dated is None or isinstance(dated, str):
        return standing.name(dated, look)
    third = find(dated["object"])
    if third is None:
        return None
    found = {
        "file": third.file,
        "key": standing.name(dated["key"], third),
        "by": standing.name(dated["by"], look),
        "column": standing.name(dated["column"], third),
    }
    return None if None in found.values() else found
