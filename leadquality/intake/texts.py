"""Ids, names of the team, categories and other text of a file: what stands for none is blank, what is personal becomes a token."""

from __future__ import annotations

from typing import Final

from leadquality.formats import clipped
from leadquality.intake.expressions import literal
from leadquality.intake.typed import Column, Typed, problem

LONGEST: Final = 500
"""Characters of a value; a longer one is a broken row, or a letter in the place of a word."""
MANY: Final = 30
"""Of so many values that refer to something, one that is more than half of them refers to nothing."""
HINT: Final = r"regexp_matches({0}, '@|([0-9][ ()./-]{{0,2}}){{7}}[0-9]')"
"""Whether a text may hold an address or a number: only then it is looked at closely."""
ID_HINT: Final = (
    r"regexp_matches({0}, '[@+ /(]|([0-9]{{2}}[.]){{3}}|[0-9]{{3}}[.-][0-9]{{3}}[.-][0-9]{{4}}|^[^0-9]*$"
    r"|^(0+|1{{5,}}|2{{5,}}|3{{5,}}|4{{5,}}|5{{5,}}|6{{5,}}|7{{5,}}|8{{5,}}|9{{5,}}|0?123456.*|9?876543.*)$')"
)
"""Whether an id may be none, or hold an address or a number."""
NONE: Final = {
    "id": "case when regexp_full_match({0}, '[0-9]+') then is_digit_run({0}) "
    "when not regexp_matches({0}, '[0-9]') then is_placeholder({0}) or is_unknown({0}) else false end",
    "people": "is_placeholder({0})",
    "category": "is_placeholder({0})",
    "word": "is_unset({0})",
}
"""What stands for none, by the kind of a column."""
WORDS: Final = frozenset({"reason", "stage", "kind", "role", "activity", "shift", "language"})
"""Vocabularies in which a word such as test means something."""


def none_of(kind: str, vocabulary: str) -> str:
    """SQL, to be filled in, of whether a value stands for none; empty for text in which nothing is looked for."""
    return NONE.get("word" if kind == "category" and vocabulary in WORDS else kind, "")


def odd_text(kind: str, vocabulary: str) -> str:
    """SQL, to be filled in, of whether a value of a name, a category or other text must be looked at closely."""
    none = none_of(kind, vocabulary)
    hint = ID_HINT if kind == "id" else f"({HINT} or {none})" if none else HINT
    return f"(strlen({{0}}) > {LONGEST} or {hint})"


def read(column: Column, value: str) -> Typed:
    """Read a column of text whose values are not all plain."""
    value = _without_none(column, value)
    typed = Typed(_in_tokens(column, value))
    count, line = column.ask('count(*), min("#line")', f"length({value}) > {LONGEST}")[0]
    if count:
        if column.kind in ("id", "people"):
            typed.faults.append(problem(f"length({value}) > {LONGEST}", "TOO_LONG", column.name, value))
        else:
            column.tell(line, f"{count} cut after {LONGEST} characters")
        typed.value = column.layer("short", f"left({typed.value}, {LONGEST})")
    return typed


def _in_tokens(column: Column, value: str) -> str:
    """The value with tokens for e-mail addresses and telephone numbers."""
    if column.kind == "people" and column.tokens.keeps_addresses:
        return value
    is_id = column.kind in ("id", "people") or column.vocabulary == "campaign"
    phones = "phone_in_id_pattern()" if is_id else "phone_pattern()"
    is_one = f"regexp_matches({value}, email_pattern() || '|' || {phones})"
    mails, numbers, line = column.ask(
        f"count(*) filter (regexp_matches({value}, email_pattern())), "
        f'count(*) filter (not regexp_matches({value}, email_pattern())), min("#line")',
        is_one,
    )[0]
    if not mails and not numbers:
        return value
    column.tokens.demand()
    told = [f"{mails} with an e-mail address"] if mails else []
    told += [f"{numbers} with a telephone number"] if numbers else []
    column.tell(line, f"{mails + numbers} replaced by tokens ({', '.join(told)})", "sensitive_in_text")
    macro = "person_token" if column.kind == "people" else "tokenised"
    return column.layer("token", f"case when {is_one} then {macro}({value}, {phones}) else {value} end")


def _without_none(column: Column, value: str) -> str:
    """The value, blank where it stands for none."""
    none = none_of(column.kind, column.vocabulary)
    if not none:
        return value
    rows, filled = column.ask(f"count(*), count({value})", "true")[0]
    found = column.counted(value, none.format("value"))
    blank = {
        each: told
        for each, *told in found
        if each.strip().lower() not in column.named and not _is_real(column, value, each)
    }
    if column.majority is not None and column.majority.strip().lower() not in column.named:
        for each, *told in column.counted(value, f"value = {literal(column.majority)}"):
            if filled >= MANY and 2 * told[0] > filled:
                blank.setdefault(each, told)
    for each, (count, line) in sorted(blank.items()):
        column.tell(
            line, f"'{clipped(each, 40)}' on {count} of {rows} rows, taken as blank", "placeholder_values"
        )
    if not blank:
        return value
    return column.layer(
        "given", f"case when {value} in ({', '.join(map(literal, sorted(blank)))}) then null else {value} end"
    )


def _is_real(column: Column, value: str, found: str) -> bool:
    """Whether a run of digits is an id like others: the key of its row, or one beside which the number before or after it stands."""
    if column.kind != "id" or not found.isdigit():
        return False
    beside = [str(int(found) + step).zfill(len(found)) for step in (-1, 1) if int(found) + step >= 0]
    return column.is_key or bool(column.ask("1", f"{value} in ({', '.join(map(literal, beside))}) limit 1"))
