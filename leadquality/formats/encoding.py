"""Which encoding a text file has: a byte-order mark, else strict UTF-8, else what the mapping declares. Nothing is guessed."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadquality.formats.contract import Unreadable, clipped, open_again
from leadquality.formats.scan import Scan

WIDE: Final = ("utf-16", "utf-32")
SUGGESTED: Final = ("cp1252", "cp1250", "cp1251", "shift_jis")
SURROGATE: Final = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the bytes become text. errors: `surrogateescape` where single broken lines are set aside; converted: not UTF-8."""

    encoding: str
    errors: str
    converted: bool


def decoding_of(scan: Scan, declared: str | None, path: Path) -> Decoding:
    """The decoding of a scanned file. Raises Unreadable when the encoding is a question that only a person can answer."""
    if scan.bom:
        converted = scan.bom != "utf-8-sig"
        return (
            _with_broken_lines(scan, path, scan.bom) if not converted else Decoding(scan.bom, "strict", True)
        )
    wide = declared is not None and codecs.lookup(declared).name.startswith(WIDE)
    if wide or (scan.bad_at is not None and declared and codecs.lookup(declared).name != "utf-8"):
        assert declared is not None
        return Decoding(declared, "strict", True)
    return _with_broken_lines(scan, path, "utf-8")


def _with_broken_lines(scan: Scan, path: Path, encoding: str) -> Decoding:
    """UTF-8, with a few broken lines at most. Lines that only UTF-8 can explain must outnumber those that break it."""
    if scan.is_cut:
        raise Unreadable("DAMAGED", "the file is cut off in the middle of a character; export it again")
    if scan.bad_at is None:
        return Decoding(encoding, "strict", False)
    good = bad = 0
    first: tuple[int, bytes, int] | None = None
    with open_again(path) as file:
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError as error:
                bad += 1
                good += SURROGATE.search(line) is not None
                first = first or (number, line, error.start)
    if bad <= good or encoding == "utf-8-sig":
        return Decoding(encoding, "surrogateescape", False)
    assert first is not None
    raise _question(*first)


def _question(number: int, line: bytes, start: int) -> Unreadable:
    """The refusal that asks for the encoding, with the word in question as the likeliest code pages would read it."""
    begin = (
        max((line.rfind(mark, 0, start) for mark in (b",", b";", b"\t", b"|", b'"', b" ")), default=-1) + 1
    )
    word = re.split(rb'[,;\t|"\r\n ]', line[begin : begin + 40])[0]
    readings: dict[str, str] = {}
    for page in SUGGESTED:
        try:
            text = word.decode(page)
        except UnicodeDecodeError:
            continue
        if text.isprintable() and text not in readings:
            readings[text] = page
    ways = ", ".join(f"'{clipped(text, 20)}' in {page}" for text, page in readings.items())
    return Unreadable(
        "ENCODING",
        f"byte {line[start]:02x} is not UTF-8 and the encoding is not declared (it would read {ways or 'nothing known'}); "
        'save it as CSV UTF-8, or declare it in the mapping as in read.encoding = "cp1252"',
        number,
    )
