"""Workbooks: calamine gives the values; what it does not tell (errors, formulas without a value, hidden rows) is read from the
sheet's own XML."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import ZipFile

import python_calamine as calamine

from leadquality.formats import layout
from leadquality.formats.archive import DAMAGED, checked
from leadquality.formats.contract import Asked, Note, Reading, Unreadable, clipped
from leadquality.formats.rows import Record, shelve

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CELL: Final = re.compile(r"([A-Z]+)(\d+)")
PIECE: Final = 1 << 20
SPAN: Final = 50_000_000


@dataclass(slots=True)
class Untold:
    """What the sheet's XML says and the reader of values does not, by (row, column) from 0. rows, columns: how far its values reach;
    a blank cell somebody clicked into at the far end is none."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    rows: int = 0
    columns: int = 0

    def refuse_span(self) -> None:
        """Raise Unreadable for a sheet whose cells stand too far apart: all between them would be laid out in memory."""
        if self.rows * self.columns > SPAN:
            raise Unreadable(
                "TOO_LARGE",
                f"the sheet spans {self.rows:,} rows and {self.columns:,} columns, blank ones included; "
                "delete what stands outside the table, or save the sheet as CSV",
            )


def read(file: IO[bytes], size: int, asked: Asked, folder: Path) -> Reading:
    """Read one sheet of a workbook into `folder`. Raises Unreadable."""
    archive = checked(file, size, asked.limits)
    file.seek(0)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(file)
        name, notes = _sheet(workbook, asked)
        untold = _untold(archive.zip, name)
        untold.refuse_span()
        sheet = workbook.get_sheet_by_name(name)
        cells = sheet.to_python(skip_empty_area=True)
    except calamine.PasswordError as error:
        raise Unreadable("PASSWORD", "the workbook has a password; save it without one") from error
    except (calamine.CalamineError, expat.ExpatError, ElementTree.ParseError, KeyError, *DAMAGED) as error:
        raise Unreadable("DAMAGED", "the workbook is damaged; save it again") from error
    top, left = sheet.start or (0, 0)
    grid = _Grid(cells, top, left, untold)
    table = _layout(grid, asked)
    notes += [*table.notes]
    if left or top:
        notes.append(
            Note("layout_tidied", top + 1, "the table does not begin in the first cell of the sheet")
        )
    if untold.hidden_rows:
        notes.append(
            Note(
                "hidden_rows",
                untold.hidden_rows[0] + 1,
                f"{len(untold.hidden_rows)} hidden rows, counted like the others",
            )
        )
    tally, more = shelve(grid.records(table.next_line - top - 1), table.header, table.header_line, folder)
    if not tally.rows and not tally.aside:
        raise Unreadable(
            "NO_ROWS", "the sheet has no data rows, only a header; export it again, or take it away"
        )
    return Reading(
        header=table.header,
        header_line=table.header_line,
        first_line=None,
        rows=tally.rows,
        aside=tally.aside,
        skipped=table.skipped - top + tally.skipped,
        is_plain=False,
        kind="workbook",
        texts=tuple(grid.texts),
        notes=(*notes, *more),
    )


def _sheet(workbook: calamine.CalamineWorkbook, asked: Asked) -> tuple[str, list[Note]]:
    """The sheet that is asked for, or the only visible one with a known name in its first lines; hidden ones are told."""
    sheets = [item for item in workbook.sheets_metadata if item.typ == calamine.SheetTypeEnum.WorkSheet]
    hidden = [item.name for item in sheets if item.visible != calamine.SheetVisibleEnum.Visible]
    notes = [Note("hidden_sheet", None, clipped(name)) for name in hidden]
    if asked.sheet is not None:
        if asked.sheet not in [item.name for item in sheets]:
            raise Unreadable(
                "NO_SHEET",
                f"no sheet '{clipped(asked.sheet)}'; there are {', '.join(clipped(item.name) for item in sheets)}: correct read.sheet",
            )
        return asked.sheet, notes
    visible = [item.name for item in sheets if item.name not in hidden]
    known = layout.known_names(asked)
    fitting = visible
    if len(visible) > 1:
        fitting = [name for name in visible if known & _first_words(workbook, name)]
    if len(fitting) != 1:
        raise Unreadable(
            "NO_SHEET",
            f"{len(fitting)} visible sheets carry the columns ({', '.join(map(clipped, visible)) or 'none is visible'}); "
            "name the sheet in the mapping: read.sheet",
        )
    return fitting[0], notes


def _first_words(workbook: calamine.CalamineWorkbook, name: str) -> set[str]:
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=True, nrows=layout.SEARCHED)
    return {layout.fold(str(cell)) for row in rows for cell in row}


class _Grid:
    """The cells of a sheet as text, row by row; texts counts per column the cells below the header that hold text."""

    def __init__(self, cells: Sequence[Sequence[object]], top: int, left: int, untold: Untold) -> None:
        self.cells, self.top, self.left, self.untold = cells, top, left, untold
        self.texts = [0] * max((len(row) for row in cells), default=0)

    def row(self, place: int) -> list[str]:
        row = [text_of(cell) for cell in self.cells[place]]
        for column in range(len(row)):
            where = (self.top + place, self.left + column)
            if not row[column]:
                row[column] = self.untold.errors.get(where) or self.untold.formulas.get(where) or ""
        return row

    def records(self, first: int) -> Iterator[Record]:
        for place in range(first, len(self.cells)):
            for column, cell in enumerate(self.cells[place]):
                self.texts[column] += isinstance(cell, str) and cell != ""
            yield Record(self.top + place + 1, 1, self.row(place))


def _layout(grid: _Grid, asked: Asked) -> layout.Layout:
    """The header among the first rows, by the names it may carry."""
    rows = [
        layout.Line(grid.top + place + 1, grid.top + place + 2, [cell.strip() for cell in grid.row(place)])
        for place in range(min(layout.SEARCHED + (asked.head_lines or 0), len(grid.cells)))
    ]
    found = layout.header_of([row for row in rows if any(row.cells)], asked)
    if found is None:
        raise Unreadable("EMPTY", "the sheet is empty; export it again")
    line = found[0]
    score = layout.count_of(line.cells, layout.known_names(asked))
    header = layout.Header(",", *found, score, is_named=asked.header)
    names = layout.refused(header, asked)
    above = [clipped(" ".join(filter(None, grid.row(place)))) for place in range(line.number - grid.top - 1)]
    notes = tuple(Note("preamble_skipped", grid.top + 1, text) for text in above[:1])
    return layout.Layout(",", names, line.number, header.first, line.number - 1, notes)


def text_of(cell: object) -> str:
    """A cell as text: whole numbers without a point, dates in ISO form, truth values in words."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e16:
            return str(int(cell))
        case dt.datetime():
            return cell.isoformat(" ")
        case dt.timedelta():
            seconds = int(cell.total_seconds())
            return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(cell)


def _untold(archive: ZipFile, sheet: str) -> Untold:
    """Errors, formulas without a value and hidden rows of a sheet, from its XML."""
    untold = Untold()
    with archive.open(_part_of(archive, sheet)) as part:
        _Walk(untold).parse(part)
    return untold


def _part_of(archive: ZipFile, sheet: str) -> str:
    """The archive entry of a sheet: workbook.xml names its link, the link names the entry."""
    root = _target(archive, "_rels/.rels", "", "officeDocument")
    book = ElementTree.fromstring(archive.read(root))
    link = next(item.get(f"{LINKS}id") for item in book.iter(f"{MAIN}sheet") if item.get("name") == sheet)
    folder = posixpath.dirname(root)
    return _target(archive, f"{folder}/_rels/{posixpath.basename(root)}.rels", folder, link or "")


def _target(archive: ZipFile, rels: str, folder: str, wanted: str) -> str:
    for item in ElementTree.fromstring(archive.read(rels.lstrip("/"))):
        if item.get("Id") == wanted or (item.get("Type") or "").endswith(f"/{wanted}"):
            target = item.get("Target") or ""
            return (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
    raise KeyError(wanted)


class _Walk:
    """A walk through the XML of a sheet that keeps no more than the cell it is in."""

    def __init__(self, untold: Untold) -> None:
        self.untold = untold
        self.where = (0, 0)
        self.is_error = self.is_formula = self.has_value = False
        self.text: list[str] = []
        self.formula = ""
        self.row = -1
        self.column = -1

    def parse(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text.append
        while piece := part.read(PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self.row = int(attributes.get("r", self.row + 2)) - 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.untold.hidden_rows.append(self.row)
        elif name == "c":
            place = CELL.fullmatch(attributes.get("r", ""))
            self.column = column_of(place[1]) if place else self.column + 1
            self.where = (int(place[2]) - 1 if place else self.row, self.column)
            self.is_error = attributes.get("t") == "e"
            self.is_formula = self.has_value = False
            self.formula = ""
        self.text.clear()

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        text = "".join(self.text)
        if name == "v":
            self.has_value = text != ""
            if self.is_error:
                self.untold.errors[self.where] = text or "#ERROR"
        elif name == "f":
            self.is_formula, self.formula = True, text
        elif name == "is":
            self.has_value = True
        elif name == "c" and (self.has_value or self.is_formula):
            self.untold.rows = max(self.untold.rows, self.where[0] + 1)
            self.untold.columns = max(self.untold.columns, self.where[1] + 1)
            if not self.has_value:
                self.untold.formulas[self.where] = "=" + self.formula
        self.text.clear()


def column_of(letters: str) -> int:
    """Column number from 0 of its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
