"""One pass over the bytes of a text file: line ends, lengths of lines, and whether it is UTF-8 at all."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from leadquality.formats.contract import Limits, Unreadable, open_again
from leadquality.formats.guard import MB, PIECE

PLAIN: Final = bytes(range(0x20, 0x7F)) + b"\t\r\n"
BOMS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte-order marks; that of UTF-32 begins with that of UTF-16."""


@dataclass(frozen=True, slots=True)
class Scan:
    """size: bytes; feeds, returns, pairs: counts of LF, CR and CRLF; quotes: of the quotation mark; bom: the encoding that a
    byte-order mark declares; is_plain: all is printable ASCII, tabs and line ends; bad_at: offset of the first byte that is not
    UTF-8, None when all are; is_cut: the file ends in the middle of a character; ends_line: the last line is complete."""

    size: int
    feeds: int
    returns: int
    pairs: int
    quotes: int
    bom: str
    is_plain: bool
    has_tabs: bool
    bad_at: int | None
    is_cut: bool
    ends_line: bool

    @property
    def lines(self) -> int:
        """Physical lines by line feeds, an unfinished last one included."""
        return self.feeds + (not self.ends_line)


def scan(path: Path, limits: Limits, declared: str | None) -> Scan:
    """Read the whole file once. Raises Unreadable: no text, an endless line, nothing but blanks."""
    size = feeds = returns = pairs = quotes = run = 0
    bom, is_plain, has_tabs, is_blank, bad_at = "", True, False, True, None
    last = b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    wide = declared is not None and codecs.lookup(declared).name.startswith(("utf-16", "utf-32"))
    for piece in pieces(path):
        if not size:
            bom = next((name for mark, name in BOMS.items() if piece.startswith(mark)), "")
            wide = wide or bom in ("utf-16", "utf-32")
        if not wide and b"\0" in piece:
            line = 1 + feeds + piece.count(b"\n", 0, piece.index(b"\0"))
            raise Unreadable(
                "NOT_TEXT",
                f"holds a NUL byte, {_wide_guess(piece)}; export it as CSV UTF-8",
                line,
            )
        if bad_at is None and (not piece.isascii() or decoder.getstate()[0]):
            bad_at = _first_bad(decoder, piece, size)
        is_plain = is_plain and not piece.translate(None, PLAIN)
        has_tabs = has_tabs or b"\t" in piece
        feeds += piece.count(b"\n")
        returns += piece.count(b"\r")
        pairs += piece.count(b"\r\n") + (last == b"\r" and piece.startswith(b"\n"))
        quotes += piece.count(b'"')
        run = _run(piece, run)
        if run > limits.line_mb * MB:
            raise Unreadable(
                "LINE_TOO_LONG",
                f"the line is too long (over {limits.line_mb} MB without a line end); export the file again",
                1 + feeds,
            )
        is_blank = is_blank and not piece.strip(b" \t\r\n\xef\xbb\xbf\x1a")
        size += len(piece)
        last = piece[-1:]
    if is_blank:
        raise Unreadable("EMPTY", "the file is empty: it holds no text; export it again")
    is_cut = bad_at is None and bool(decoder.getstate()[0])
    return Scan(
        size=size,
        feeds=feeds,
        returns=returns,
        pairs=pairs,
        quotes=quotes,
        bom=bom,
        is_plain=is_plain,
        has_tabs=has_tabs,
        bad_at=bad_at,
        is_cut=is_cut,
        ends_line=last in (b"\n", b"\r", b"\x1a"),
    )


def _wide_guess(piece: bytes) -> str:
    """What NUL bytes most likely mean: letters of two or four bytes, or no text at all."""
    share = piece.count(b"\0") / len(piece)
    for name, wanted in (("utf-16", 1 / 2), ("utf-32", 3 / 4)):
        if abs(share - wanted) < 0.1:
            order = "be" if piece.startswith(b"\0") else "le"
            return f'as text encoded in {name.upper()} does; declare it in the mapping, read.encoding = "{name}-{order}"'
    return "so it is not a text file"


def pieces(path: Path) -> Iterator[bytes]:
    with open_again(path) as file:
        while piece := file.read(PIECE):
            yield piece


def _first_bad(decoder: codecs.IncrementalDecoder, piece: bytes, offset: int) -> int | None:
    held = len(decoder.getstate()[0])
    try:
        decoder.decode(piece)
    except UnicodeDecodeError as error:
        return offset - held + error.start
    return None


def _run(piece: bytes, run: int) -> int:
    """Bytes since the last line end; a line within one piece is shorter than any limit."""
    end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
    if end < 0:
        return run + len(piece)
    return len(piece) - end - 1
