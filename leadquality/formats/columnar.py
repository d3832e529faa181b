"""Parquet: the footer is checked, then the engine writes every plain column as text; nested ones are left out."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from leadquality.faults import is_no_room
from leadquality.formats import bulk, layout
from leadquality.formats.contract import (
    ASIDE,
    ROWS,
    Asked,
    Limits,
    Note,
    Reading,
    Unreadable,
    clipped,
    engine_path,
)
from leadquality.formats.guard import MB

MAGIC: Final = b"PAR1"
LOCKED: Final = b"PARE"
"""What an encrypted file ends in, where its footer is encrypted too."""
ENCRYPTED: Final = "the Parquet file is encrypted; export it without a key"
FIRST: Final = 100
"""Rows that are looked at where the metadata do not tell how long texts are."""
WIDTHS: Final = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 12, "FLOAT": 4, "DOUBLE": 8}
"""Bytes of a value, by the type of a column."""
DAMAGED: Final = "the Parquet file is damaged or cut off; export it again"
WHOLE: Final = "abs({0}) < 1e16 and {0} = trunc({0})"


def read(file: IO[bytes], path: Path, size: int, asked: Asked, folder: Path) -> Reading:
    """Read a Parquet file, open as `file` and to be found at `path`, into `folder`. Raises Unreadable."""
    _refuse_footer(file, size)
    try:
        about = pq.read_metadata(file)
        schema = about.schema.to_arrow_schema()
        _refuse_nested(schema, asked)
        _refuse_bomb(pq.ParquetFile(file, metadata=about), size, asked.limits)
        with bulk.engine(folder) as con:
            return _read(con, engine_path(path), schema, asked, folder)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if is_no_room(error):
            raise
        if "encrypt" in str(error).lower():
            raise Unreadable("PASSWORD", ENCRYPTED) from error
        raise Unreadable("DAMAGED", DAMAGED) from error


def _refuse_footer(file: IO[bytes], size: int) -> None:
    file.seek(max(0, size - 8))
    tail = file.read(8)
    if tail[4:] == LOCKED:
        raise Unreadable("PASSWORD", ENCRYPTED)
    length = struct.unpack("<I", tail[:4])[0] if len(tail) == 8 else size
    if tail[4:] != MAGIC or length + 12 > size:
        raise Unreadable("DAMAGED", DAMAGED)


def _refuse_nested(schema: pa.Schema, asked: Asked) -> None:
    """Raise Unreadable where a column that the mapping uses holds no single value."""
    mapped = layout.folded(asked.mapped)
    for column in schema:
        if pa.types.is_nested(column.type) and layout.fold(column.name) in mapped:
            kind = clipped(str(column.type), 100)
            raise Unreadable(
                "NESTED",
                f"column '{clipped(column.name)}' is nested ({kind}) and not one value; write its parts as columns of their own, or "
                "take it out of the mapping",
            )


def _refuse_bomb(file: pq.ParquetFile, size: int, limits: Limits) -> None:
    """Raise Unreadable where the metadata say that the file unpacks to many times its size, before it is unpacked."""
    about = file.metadata
    unpacked = sum(_unpacked(about.row_group(number)) for number in range(about.num_row_groups))
    if not unpacked:  # the metadata say nothing: the first rows do
        first = next(file.iter_batches(FIRST), None)
        unpacked = _size(first) * about.num_rows // max(first.num_rows, 1) if first else 0
    if unpacked > limits.unpacked_mb * MB and unpacked > limits.ratio * size:
        raise Unreadable(
            "UNSAFE_ARCHIVE",
            f"too large once unpacked (about {unpacked // MB:,} MB of values in a file of {-(-size // MB):,} MB); give it as CSV, "
            "or raise limits.unpacked_mb and limits.ratio in the mapping if the file is known",
        )


def _unpacked(group: pq.RowGroupMetaData) -> int:
    """Bytes of the values of a row group once every row holds its own: the file writes a value that repeats only once. Of texts the
    metadata tell the smallest and the largest; 0 where they do not."""
    found = 0
    for number in range(group.num_columns):
        chunk = group.column(number)
        width, known = WIDTHS.get(chunk.physical_type, 0), chunk.statistics
        if not width and (known is None or not known.has_min_max):
            return 0
        ends = (known.min_raw, known.max_raw) if known and known.has_min_max else ()
        width = max([width, *(len(end) for end in ends if isinstance(end, bytes))])
        filled = chunk.num_values - ((known.null_count or 0) if known else 0)
        found += max(chunk.total_uncompressed_size, filled * width)
    return found


def _size(rows: pa.RecordBatch) -> int:
    """Bytes of some rows, every text written out."""
    whole = [each.dictionary_decode() if pa.types.is_dictionary(each.type) else each for each in rows.columns]
    return int(sum(each.nbytes for each in whole))


def _read(
    con: duckdb.DuckDBPyConnection, path: str, schema: pa.Schema, asked: Asked, folder: Path
) -> Reading:
    rows = con.execute("select num_rows from parquet_file_metadata(?)", [path]).fetchall()[0][0]
    described = con.execute("describe from read_parquet(?)", [path]).fetchall()
    names = [clipped(name, 1000) for name in schema.names]
    if len(names) != len(described):
        raise Unreadable("DAMAGED", DAMAGED)
    known = layout.known_names(asked)
    layout.refuse(tuple(names), sum(layout.fold(name) in known for name in names), ",", 1, asked)
    if not rows:
        raise Unreadable(
            "NO_ROWS",
            "the file has no data rows; export it again, or take it away if there is nothing to load",
        )
    if rows * len(names) > asked.limits.million_cells * 1_000_000:
        raise Unreadable(
            "TOO_LARGE",
            f"too large: {rows:,} rows of {len(names)} columns; raise limits.million_cells in the mapping if the file is known",
        )
    kinds = [kind for _, kind, *_ in described]
    fields = [_quoted(name) for name, *_ in described]
    blobs = [field for field, kind in zip(fields, kinds, strict=True) if kind == "BLOB"]
    broken = (
        " or ".join(f"({field} is not null and try(decode({field})) is null)" for field in blobs) or "false"
    )
    texts = ", ".join(
        f"{_as_text(field, kind)} as c{place}"
        for place, (field, kind) in enumerate(zip(fields, kinds, strict=True))
    )
    source = "read_parquet($1, file_row_number = true)"
    _copy(
        con,
        f"select file_row_number + 1 as line, {texts} from {source} where not ({broken})",
        path,
        folder / ROWS,
    )
    aside = con.execute(f"select count(*) from {source} where {broken}", [path]).fetchall()[0][0]
    if aside:
        reason = "'INVALID_ENCODING' as reason"
        _copy(
            con,
            f"select file_row_number + 1 as line, {reason} from {source} where {broken}",
            path,
            folder / ASIDE,
        )
    return Reading(
        header=tuple("" if _is_nested(kind) else name for name, kind in zip(names, kinds, strict=True)),
        header_line=1,
        first_line=None,
        rows=rows - aside,
        aside=aside,
        skipped=0,
        is_plain=False,
        kind="parquet",
        types=tuple(kinds),
        notes=tuple(_notes(schema)),
    )


def _copy(con: duckdb.DuckDBPyConnection, rows: str, path: str, target: Path) -> None:
    place = str(target).replace("'", "''")
    con.execute(f"copy ({rows}) to '{place}' (format parquet, compression lz4_raw)", [path])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))


def _as_text(field: str, kind: str) -> str:
    """SQL for a column as text: whole numbers without a point, moments with their offset, what is no number in words."""
    if _is_nested(kind):
        return "null::varchar"
    if kind == "BLOB":
        return f"try(decode({field}))"
    if kind in ("FLOAT", "DOUBLE"):
        whole = WHOLE.format(field)
        odd = f"when not isfinite({field}) then {field}::varchar || ' (no number)'"
        return f"case {odd} when {whole} then {field}::hugeint::varchar else {field}::varchar end"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({field}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"{field}::varchar"


def _notes(schema: pa.Schema) -> list[Note]:
    """What is changed without a word of the engine: nested columns, nanoseconds, stamps of another zone than UTC."""
    notes = []
    for column in schema:
        if pa.types.is_nested(column.type):
            notes.append(Note("unknown_columns", None, f"{clipped(column.name)} (nested, left out)"))
        elif pa.types.is_timestamp(column.type):
            if column.type.unit == "ns":
                notes.append(
                    Note(
                        "layout_tidied", None, f"{clipped(column.name)}: nanoseconds are cut to microseconds"
                    )
                )
            if column.type.tz not in (None, "UTC"):
                notes.append(
                    Note(
                        "layout_tidied",
                        None,
                        f"{clipped(column.name)}: the zone {clipped(column.type.tz)} becomes UTC",
                    )
                )
    return notes
