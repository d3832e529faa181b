"""From the files of a folder to source tables: every row under our own column names, in a form that the staging rules can read."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, replace

import duckdb

from leadquality.catalogue import Extract
from leadquality.contracts import InputRefused
from leadquality.formats import Asked, Limits, clipped, fold, shown
from leadquality.intake.cleaning import Use, null_words, tidy, without_null_words
from leadquality.intake.columns import Column, Condition, Lookup, OtherThan, names_in
from leadquality.intake.convert import Converted, convert
from leadquality.intake.declared import ERROR_CELL, MACHINE_WORDS
from leadquality.intake.expressions import (
    LINE,
    RECORD,
    Names,
    condition,
    decided,
    excluded,
    in_minutes,
    listed,
    literal,
    near,
    one_of,
    present,
    quoted,
    spelt,
    stands,
    text,
    translated,
    value,
)
from leadquality.intake.files import Files, Table
from leadquality.intake.joins import (
    JOIN_RATES,
    UNMATCHED,
    join,
    keep_callers,
    keep_phones,
    keep_rates,
    number_of,
    person_join,
    phone_faults,
)
from leadquality.intake.look import SAMPLE_ROWS, Look
from leadquality.intake.mapping import EVIDENCE, Mapping, Source
from leadquality.intake.presets import load_presets
from leadquality.intake.repeats import orders
from leadquality.intake.suggest import undecided
from leadquality.intake.tokens import Tokens
from leadquality.intake.typed import Note

HELPERS = (
    "null::varchar as file, null::bigint as line, null::utinyint as delivery, null::varchar as excluded_by, "
    "problem(false, '', '', '') as fault, null::varchar as latest, null::ubigint as content, null::ubigint as content_but_key, "
    "null::varchar as sensitive, false as is_by_person, null::struct(field varchar, found varchar)[] as clues"
)
"""Columns of every row beside those of its extract. fault: why it cannot be read; latest: what tells the versions of a key
apart; content: hash of all columns, by which copies are known; sensitive: the kind of what stands in notes and must not stand
there; is_by_person: the row names its lead by a telephone number instead of an id; clues: what rules of the channel look at beside
the columns that every lead has. source_<extract> adds copy_number (from 2 on the row repeats another), copy_reason (how) and
is_conflicting (its key has other contents elsewhere in its delivery)."""

NO_CLUES = "null::struct(field varchar, found varchar)[]"
LARGE = 20_000
"""Rows of a file from which on its columns are looked at for blanks at the ends of values."""
SENSITIVE = "sensitive_kind(notes) as sensitive, "
NO_COPIES = "1::bigint as copy_number, null::varchar as copy_reason, false as is_conflicting"


@dataclass(frozen=True, slots=True)
class Read:
    """SQL of the rows of one source and of the lines that could not be read; keeps_latest: the newest version of a key counts."""

    rows: str
    aside: str
    keeps_latest: bool


class Reader:
    """Brings the files of one delivery under our own names, extract by extract."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, mapping: Mapping, files: Files, tokens: Tokens
    ) -> None:
        self.con = con
        self.mapping = mapping
        self.files = files
        self.tokens = tokens
        self.views = 0
        self.clued: set[str] = set()
        con.execute("create table if not exists stand_ins (extract varchar, column_name varchar)")
        con.execute("create temp table if not exists lead_phones (phone varchar, lead_id varchar)")
        con.execute(JOIN_RATES)
        con.execute(UNMATCHED)

    def sources(self, extract: Extract) -> list[Source]:
        """The mapping's sources of one extract whose file is in the folder."""
        mapped = [source for source in self.mapping.source if source.extract == extract.name]
        return [source for source in mapped if self.files.is_there(source.file, source.read.quiet_seconds)]

    def rows(self, extract: Extract) -> int:
        """How many rows the files of one extract hold, once they are read."""
        return sum(self.files.tables[source.file].reading.rows for source in self.sources(extract))

    def header(self, extract: Extract) -> tuple[str, ...]:
        """The columns of the files of one extract, once they are read."""
        files = [self.files.tables[source.file] for source in self.sources(extract)]
        return tuple(name for table in files for name in table.header)

    def read(self, extract: Extract) -> list[Read]:
        """Read the files of one extract."""
        found = []
        for number, source in enumerate(self.sources(extract)):
            table = self._table(source, extract)
            file = literal(self.files.label(source.file))
            mapped = f"mapped_{extract.name}_{self.files.delivery}_{number}"
            used = self._given(
                source, table, [*source.names, *self._wanted_clues(extract), *extract.columns], extract
            )
            rows = self._read(extract, source, used, mapped)
            aside = f"select {file} as file, line, reason from {table.raw}_aside"
            found.append(Read(rows, aside, source.keys.on_conflict == "latest"))
        return found

    def no_leads(self) -> str:
        """Why the load cannot go on without leads: the file of them that the mapping names is not there, or no file at all is."""
        folder = self.files.folder.name
        wanted = next((source.file for source in self.mapping.source if source.extract == "leads"), None)
        if wanted is None:
            return f"{folder}: holds none of the files that the mapping names; nothing can be loaded"
        if wanted in self.files.ignored:
            return f"{shown(wanted)}: a temporary or unfinished file; load again when it is at rest"
        return (
            f"{folder}/{shown(wanted)}: not found, and the mapping names it for leads; put it there, correct the name, or take the "
            "[[source]] of leads out of the mapping"
        )

    def _table(self, source: Source, extract: Extract) -> Table:
        asked = Asked(
            known=tuple(dict.fromkeys([*source.names, *extract.columns])),
            mapped=tuple(
                dict.fromkeys(
                    [*source.names, *(name for name in extract.required if name not in source.columns)]
                )
            ),
            header=source.read.header,
            encoding=source.read.encoding,
            delimiter=source.delimiter,
            head_lines=source.read.head_lines,
            foot_lines=source.read.foot_lines,
            sheet=source.read.sheet,
            wrapped=source.wrapped,
            limits=Limits(**source.limits),
        )
        return self.files.table(source.file, asked, extract.name)

    def _other(self, source: Source, file: str, delimiter: str | None, known: Iterator[str]) -> Table:
        """A file that is only looked into."""
        asked = Asked(
            tuple(known),
            encoding=source.read.encoding,
            delimiter=delimiter or source.delimiter,
            limits=Limits(**source.limits),
        )
        table = self.files.table(file, asked)
        return self._given(source, table, asked.known)

    def _given(
        self, source: Source, table: Table, known: Iterable[str], extract: Extract | None = None
    ) -> Table:
        """The table in which words that stand for nothing are blank in the known columns, but those of which nothing is kept.
        extract: None for a file that is only looked into."""

        def note(code: str, line: int | None, found: str) -> None:
            self.files.note(code, extract.name if extract else "", table.path.name, line, found)

        used = {*map(fold, known)}
        named = self._named(source)
        words = null_words(source.read.null_markers, named), null_words(MACHINE_WORDS, named)
        uses = {
            name: _use(source, table, name, extract, *words) for name in table.header if fold(name) in used
        }
        for name, use in uses.items():
            blanks = self.files.cleaned.get(table.path.name, {}).get(name)
            if use and use.kind == "typed" and blanks and blanks.blanks:
                what = f"{clipped(name)}: {blanks.blanks} with tabs or line ends, which are blanks"
                note("values_rewritten", blanks.blanks_line, what)
        self.views += 1
        view = f"given_{self.files.delivery}_{self.views}"
        kept = {name: use for name, use in uses.items() if use is not None}
        raw = without_null_words(self.con, table.raw, view, kept, note)
        is_large = extract is not None and table.reading.rows >= LARGE
        # To take blanks off every value costs as much as to read it, and it is done for each look at a column.
        return replace(table, raw=raw, tidy=tidy(self.con, raw, kept) if is_large else frozenset())

    def _named(self, source: Source) -> frozenset[str]:
        """Words of a file to which the mapping gives a meaning, as they are compared."""
        rules = (words for rule in self.mapping.channel.rules for words in rule.when.values())
        words = itertools.chain(named_words(source), source.read.real_values, *rules)
        return frozenset(word.strip().lower() for word in words)

    def _read(self, extract: Extract, source: Source, table: Table, mapped: str) -> str:
        """SQL of the rows of one source, with the helper columns but those of copies."""
        names, joins = self._joined(source, table)
        expressions = self._expressions(extract, source, names, table)
        by_person = "false"
        if extract.name == self.mapping.leads:
            self._lead_of_its_own(extract, source, names, expressions, f"from {table.raw} as raw {joins}")
        if source.person.phone and extract.name != "leads" and "lead_id" in expressions:
            joins += person_join(names, source.person)
            own = expressions["lead_id"]
            by_person = f"({own} is null and {number_of(names, source.person)} is not null)"
            expressions["lead_id"] = f'coalesce({own}, "lookup person".only_lead_id)'
        self._refuse_missing(extract, source, table, expressions)
        rows = f"from {self._rows(source, names, table.raw)} as raw {joins}"
        plain = not joins and source.repeat is None and not source.exclude
        columns = ", ".join(f"{expression}::varchar as {name}" for name, expression in expressions.items())
        latest = value(names, source.keys.latest_by, "of keys.latest_by") if source.keys.latest_by else "null"
        note = self._note(extract, source)
        order = orders(self.con, self.mapping, source, table, names, rows, extract.name, note, self.tokens)
        left_out = excluded(names, source.exclude, order)
        self.con.execute(
            f"create temp {'view' if plain else 'table'} {mapped} as "
            f'select raw.{RECORD}, raw.{LINE}, {self._first(table)} as "#first", '
            f'{latest}::varchar as "#latest", {by_person} as "#by_person", {self._clues(extract, names, expressions)} as "#clues", '
            f"{left_out}::varchar as excluded_by, {columns} {rows}"
        )
        done = self._convert(extract, source, table, mapped, expressions)
        keep_rates(self.con, names, extract.name, source, rows, self.files.label(source.file), left_out)
        for code, line, found in phone_faults(self.con, names, source.person, rows):
            self.files.note(code, extract.name, source.file, line, found, is_harmless=True)
        if extract.name == "leads" and source.person.phone:
            keep_phones(self.con, names, source.person, expressions["lead_id"], rows)
        every = ", ".join(extract.columns)
        but_key = ", ".join(column for column in extract.columns if column != extract.key)
        sensitive = "" if "notes" not in extract.columns else SENSITIVE
        converted = ", ".join(f"({sql})::varchar as {name}" for name, sql in done.columns.items())
        return (
            f"select {literal(self.files.label(source.file))} as file, line, {self.files.delivery}::utinyint as delivery, "
            f"excluded_by, fault, latest, clues, hash({every}) as content, {sensitive}is_by_person, "
            f'hash({but_key}) as content_but_key, {every} from (select {LINE} as line, excluded_by, "#latest" as latest, '
            f'"#by_person" as is_by_person, "#clues" as clues, {done.fault} as fault, {converted} from {done.rows})'
        )

    def _lead_of_its_own(
        self, extract: Extract, source: Source, names: Names, expressions: dict[str, str], rows: str
    ) -> None:
        """Where no file lists the leads: give every row the lead that it stands for. Raises InputRefused where nothing tells callers."""
        own = expressions["lead_id"]
        if extract.name == "opportunities":
            expressions["lead_id"] = f"coalesce({own}, {expressions[extract.key]})"
        elif source.person.phone:
            keep_callers(self.con, names, source.person, own, rows)
        elif own == "null":
            raise InputRefused(
                f'mapping: leads = "{extract.name}" needs the callers of {shown(source.file)}: map lead_id, or person.phone'
            )
        made = source.columns.get("started_at" if extract.name == "calls" else "created_at")
        if isinstance(made, Column) and made.stands_in:
            self.con.execute("insert into stand_ins values ('leads', 'created_at')")

    def _clues(self, extract: Extract, names: Names, expressions: dict[str, str]) -> str:
        """SQL of what the rules of the channel look at in a row of the leads, beside the columns that every lead has: of each
        column the value, where a rule names it."""
        wanted = self._wanted_clues(extract)
        found = {field: expressions[field] for field in wanted if field in extract.columns}
        for field in wanted.keys() - found.keys():
            if stands(names.sql, field, "of [channel]"):
                found[field] = text(names.sql(field, "of [channel]"))
        self.clued |= found.keys()
        clues = ", ".join(
            f"{{'field': {literal(field)}, 'found': case when {one_of(found[field], words)} then {found[field]}::varchar end}}"
            for field, words in wanted.items()
            if field in found
        )
        return f"[{clues}]::struct(field varchar, found varchar)[]" if clues else NO_CLUES

    def _wanted_clues(self, extract: Extract) -> dict[str, list[str]]:
        """Columns of the leads at which rules of the channel look, beside those that every lead has, with their words."""
        wanted: dict[str, list[str]] = {}
        for rule in self.mapping.channel.rules if extract.name == (self.mapping.leads or "leads") else ():
            for field, words in rule.when.items():
                if field not in EVIDENCE or self.mapping.leads:
                    wanted.setdefault(field, []).extend(words)
        return wanted

    def _first(self, table: Table) -> str:
        first = f"raw.{quoted(table.header[0])}"
        return first if table.header[0] in table.tidy else text(first)

    def _note(self, extract: Extract, source: Source) -> Note:
        """Keeps a finding of one file."""

        def note(code: str, line: int | None, found: str, is_harmless: bool) -> None:
            self.files.note(code, extract.name, source.file, line, found, is_harmless)

        return note

    def _convert(
        self, extract: Extract, source: Source, table: Table, mapped: str, expressions: dict[str, str]
    ) -> Converted:
        note = self._note(extract, source)
        given = [name for name, expression in expressions.items() if expression != "null"]
        try:
            return convert(
                self.con,
                self.mapping,
                extract,
                source,
                table,
                mapped,
                given,
                note,
                self.tokens,
                self._named(source),
            )
        except duckdb.InvalidInputException as error:
            raise InputRefused(
                f"mapping, {extract.name}: date_formats {', '.join(source.date_formats)}: not understood; "
                "write them as in %d/%m/%Y"
            ) from error

    def _rows(self, source: Source, names: Names, raw: str) -> str:
        """The rows of the file; where one stands for several, it is there as often, `copy_number` counting from 1."""
        if source.repeat is None:
            return raw
        count = f"greatest(coalesce(try_cast({value(names, source.repeat.column, 'of repeat')} as integer), 1), 1)"
        return (
            f"(select *, copy_number = copy_count as is_last_copy from (select *, {count} as copy_count, "
            f"unnest(range(1, {count} + 1)) as copy_number from {raw} as raw))"
        )

    def _joined(self, source: Source, table: Table) -> tuple[Names, str]:
        """The names a mapping may use, and the joins that bring those of the lookups; each may rest on the one before."""
        known: dict[str, tuple[str, tuple[str, ...]]] = {}
        joins = ""
        spared = {
            column.lookup
            for ours, column in source.columns.items()
            if isinstance(column, Column) and ours in source.optional
        }
        for name, lookup in source.lookups.items():
            names = Names(source.file, table.header, dict(known), {}, table.reading.header_line, table.tidy)
            known[name] = (lookup.file, ())
            is_there = self.files.is_there(lookup.file, source.read.quiet_seconds)
            if name in spared and not (is_there and stands(names.sql, lookup.by, "")):
                continue
            found = self._other(source, lookup.file, lookup.delimiter, _looked_up(source, name, lookup))
            dated = None
            if not isinstance(lookup.dated, str | None):
                wanted = iter((lookup.dated.key, lookup.dated.column))
                dated = self._other(source, lookup.dated.file, lookup.delimiter, wanted)
            joins += join(names, name, lookup, found, dated, found.raw)
            known[name] = (lookup.file, found.header)
        return Names(source.file, table.header, known, {}, table.reading.header_line, table.tidy), joins

    def _expressions(self, extract: Extract, source: Source, names: Names, table: Table) -> dict[str, str]:
        """SQL for every column of the extract; those that rest on another of ours come after it."""
        later = [
            name
            for name, column in source.columns.items()
            if isinstance(column, Column) and any(theirs.startswith("ours.") for theirs in column.when)
        ]
        first = [column for column in extract.columns if column not in later]
        found = {column: self._expression(extract, source, names, table, column) for column in first}
        known = replace(names, ours=found)
        found |= {column: self._expression(extract, source, known, table, column) for column in later}
        return {column: found[column] for column in extract.columns}

    def _expression(self, extract: Extract, source: Source, names: Names, table: Table, column: str) -> str:
        """SQL for one of our columns; `null` when the file does not carry it."""
        what = f"(mapped to {extract.name}.{column})"
        theirs = self._theirs(extract, source, table, column)
        words = source.values.get(column)
        if column in source.optional:
            theirs = present(names, theirs, what) if isinstance(theirs, Column) else theirs
            if isinstance(words, list):
                words = [rule for rule in words if stands(condition, names, rule.when, what)]
        found = "null" if theirs is None else value(names, theirs, what)
        bound = extract.bounds.get(column)
        if bound and bound.unit == "min" and isinstance(theirs, Column) and theirs.says_unit:
            found = in_minutes(found)
        if isinstance(theirs, Column) and theirs.stands_in:
            self.con.execute("insert into stand_ins values (?, ?)", [extract.name, column])
        if column == extract.key and len(source.keys.primary) > 1:
            parts = ", ".join(text(names.sql(part, "of keys.primary")) for part in source.keys.primary)
            found = f"case when list_contains([{parts}], null) is not true then concat_ws('/', {parts}) end"
        if isinstance(words, list):
            found = decided(names, words, found, what)
        elif words is not None and theirs is not None:
            found = translated(found, words)
        if source.repeat is not None and column in source.repeat.only_last:
            found = f"case when raw.is_last_copy then {found} end"
        if source.repeat is not None and column == extract.key:
            found = f"{found} || '-' || raw.copy_number"
        return found

    def _theirs(self, extract: Extract, source: Source, table: Table, column: str) -> str | Column | None:
        """What fills one of our columns: what the mapping says, else the column of the same name. None: nothing does."""
        theirs = source.columns.get(column, column)
        if not isinstance(theirs, str):
            return theirs
        stands = spelt(theirs, table.header, source.file)
        if stands is not None and stands.lower() in table.twice:
            raise InputRefused(
                f"{table.name}, line {table.reading.header_line}: column '{shown(stands)}' stands twice (case does not count); "
                "rename one of the two",
                "DUPLICATE_COLUMN",
            )
        if stands is not None and stands != theirs:
            line = table.reading.header_line
            self.files.note(
                "layout_tidied",
                extract.name,
                source.file,
                line,
                f"column '{shown(stands)}' is read as '{theirs}'",
            )
        if stands is None and (column not in source.columns or column in source.optional):
            return None
        return theirs

    def _refuse_missing(
        self, extract: Extract, source: Source, table: Table, expressions: dict[str, str]
    ) -> None:
        """Raise InputRefused for a required column that nothing fills, or a mapped one that is none of ours; tell the others."""
        for column in (*extract.required, *source.required):
            if expressions.get(column) == "null":
                raise InputRefused(self._missing(extract, table, column), "MISSING_COLUMN")
        for column in (*source.columns, *source.required, *source.optional):
            if column not in extract.columns:
                raise InputRefused(
                    f"mapping, {extract.name}: '{column}' is no column of ours{near(column, extract.columns)}; "
                    f"there are {', '.join(extract.columns)}"
                )
        line = table.reading.header_line
        for column in source.optional:
            if expressions[column] == "null":
                self.files.note("optional_column_missing", extract.name, source.file, line, column)
        used = {fold(name) for name in (*source.names, *extract.columns, *source.ignore)}
        unknown = tuple(name for name in table.header if fold(name) not in used)
        if unknown:
            names = ", ".join(map(shown, unknown))
            self.files.note(
                "unknown_columns",
                extract.name,
                source.file,
                line,
                f"{len(unknown)}: {names}",
                is_harmless=True,
            )
        filled = {column for column, expression in expressions.items() if expression != "null"}
        if unknown and not filled >= {*extract.decides}:
            self._tell_undecided(extract, source, table, filled, unknown)

    def _tell_undecided(
        self, extract: Extract, source: Source, table: Table, filled: set[str], unknown: tuple[str, ...]
    ) -> None:
        """Tell of columns that decide and that nothing fills, where one that is not read may well be it."""
        layout = load_presets().named(source.preset) if source.preset else None
        known = {fold(name) for name in layout.columns} if layout else set()
        free = tuple(name for name in unknown if fold(name) not in known)
        columns = ", ".join(f"coalesce({quoted(name)}, '')" for name in free)
        rows = (
            self.con.execute(f"select {columns} from {table.raw} limit {SAMPLE_ROWS}").fetchall()
            if free
            else []
        )
        look = Look(source.file, False, free, tuple(rows))
        for column, names in undecided(extract.name, look, filled, ()).items():
            what = f"{column}: nothing fills it, and {' or '.join(map(repr, names))} may be it"
            line = table.reading.header_line
            self.files.note("deciding_column", extract.name, source.file, line, what, is_harmless=True)

    def _missing(self, extract: Extract, table: Table, column: str) -> str:
        return (
            f"{table.name}, line {table.reading.header_line}: required column '{column}' is missing{near(column, table.header)}; "
            f"the header has {listed(table.header)}. Add the column, or map it under [source.columns] of {extract.name}"
        )


def named_words(source: Source) -> Iterator[str]:
    """Words of the file to which a source gives a meaning."""
    for words in source.values.values():
        if isinstance(words, list):
            yield from (word for rule in words for word in _words(rule.when))
        else:
            yield from (word for ours, theirs in words.items() if ours for word in theirs)
    for rule in source.exclude.values():
        yield from (*rule.values, *rule.values_other_than, *_words(rule.when))
    for column in (*source.columns.values(), *source.person.phone):
        yield from _words_of(column)


def _words_of(column: str | Column) -> Iterator[str]:
    if not isinstance(column, str):
        yield from _words(column.when)
        for part in column.first_of:
            yield from _words_of(part)


def _words(when: Mapping_[str, Condition]) -> Iterator[str]:
    for wanted in when.values():
        if isinstance(wanted, OtherThan):
            yield from wanted.other_than
        elif isinstance(wanted, list):
            yield from wanted


def _use(
    source: Source,
    table: Table,
    name: str,
    extract: Extract | None,
    words: frozenset[str],
    machine: frozenset[str],
) -> Use | None:
    """For what a column of a file is used; None where nothing of it is kept. extract: None for a file that is only looked into;
    machine: words for nothing that nobody says."""
    if extract is None:
        return Use(words, "typed")
    ours = {*_filled(source, extract, name)}
    figures = {*extract.dates, *extract.numbers, *extract.money, *extract.flags}
    if ours and ours <= {*extract.private}:
        return None
    if ours & figures and table.reading.kind == "workbook":
        words -= {ERROR_CELL}
    if ours & {*extract.answers}:
        words &= machine
    if ours & {*extract.people}:
        return Use(words, "people")
    return Use(words, "typed" if ours & {*figures, *extract.ids} else "text")


def _filled(source: Source, extract: Extract, name: str) -> Iterator[str]:
    """The columns of ours that a column of the file fills, alone or with others."""
    for ours in extract.columns:
        if fold(name) in map(fold, names_in(source.columns.get(ours, ours))):
            yield ours


def _looked_up(source: Source, name: str, lookup: Lookup) -> Iterator[str]:
    """Names of the columns of a lookup's file that a source speaks of."""
    yield lookup.key
    yield from [lookup.split.column] if lookup.split else []
    yield from [lookup.dated] if isinstance(lookup.dated, str) else []
    for column in source.columns.values():
        if isinstance(column, Column) and column.lookup == name and column.column:
            yield column.column
    yield from (known.partition(".")[2] for known in source.names if known.startswith(f"{name}."))
