"""A large clean text file is scanned by the engine alone; any oddity, and the careful reader takes the file instead.

What makes a file clean is checked, not assumed: every line is one row of the right width, none is blank or a header, and
what was read is, written back, exactly as long as the file.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from leadquality.formats.contract import ROWS, Asked, engine_path, open_again
from leadquality.formats.encoding import Decoding
from leadquality.formats.guard import MB
from leadquality.formats.layout import Layout
from leadquality.formats.rows import Tally, is_units_row
from leadquality.formats.scan import Scan


def read(
    path: Path, scanned: Scan, decoding: Decoding, table: Layout, asked: Asked, folder: Path
) -> Tally | None:
    """Write the rows of a clean file to ROWS in `folder`; None when the file is not clean after all."""
    if not _may_be_clean(scanned, decoding, table, asked):
        return None
    with engine(folder) as con:
        try:
            con.execute(_copy(table, scanned, asked, folder), [engine_path(path), table.delimiter])
            rows = _clean_rows(con, path, scanned, table, folder)
        except duckdb.Error:
            return None
    return None if rows is None else Tally(rows=rows)


def _may_be_clean(scanned: Scan, decoding: Decoding, table: Layout, asked: Asked) -> bool:
    one_line_end = scanned.returns == 0 or scanned.returns == scanned.pairs == scanned.feeds
    utf8 = not decoding.converted and decoding.errors == "strict"
    return one_line_end and utf8 and all(table.header) and not asked.foot_lines


def _copy(table: Layout, scanned: Scan, asked: Asked, folder: Path) -> str:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(table.header)))
    line = asked.limits.line_mb * MB
    line_end = r"\r\n" if scanned.returns else r"\n"
    return (
        f"copy (from read_csv($1, auto_detect = false, delim = $2, quote = '\"', escape = '\"', header = false, "
        f"skip = {table.next_line - 1}, new_line = '{line_end}', strict_mode = true, "
        f"null_padding = false, max_line_size = {line}, buffer_size = {4 * line}, compression = 'none', columns = {{{columns}}})) "
        f"to {_literal(folder / ROWS)} (format parquet, compression lz4_raw)"
    )


def _clean_rows(
    con: duckdb.DuckDBPyConnection, path: Path, scanned: Scan, table: Layout, folder: Path
) -> int | None:
    """How many rows were written; None when lines, rows and bytes do not agree, or a row looks like none."""
    with open_again(path) as file:
        above = b"".join(file.readline() for _ in range(table.next_line - 1))
    fields = [f"c{place}" for place in range(len(table.header))]
    quotes = scanned.quotes - above.count(b'"')
    source = f"read_parquet({_literal(folder / ROWS, pattern=True)})"
    rows, *sizes = con.execute(
        f"select count(*), {', '.join(f'coalesce(sum(strlen({field})), 0)::bigint' for field in fields)} from {source}"
    ).fetchall()[0]
    inner = 0
    if quotes:
        kept = ", ".join(
            f"coalesce(sum(strlen({field}) - strlen(replace({field}, '\"', ''))), 0)::bigint"
            for field in fields
        )
        inner = sum(con.execute(f"select {kept} from {source}").fetchall()[0])
    lines = scanned.lines - (table.next_line - 1)
    ends = (lines - (not scanned.ends_line)) * (2 if scanned.returns else 1)
    written_back = sum(sizes) + rows * (len(fields) - 1) + ends + quotes - inner
    if rows != lines or written_back != scanned.size - len(above):
        return None
    # Blank rows and repeated headers show in their first field; the first row of all may name units.
    odd = con.execute(
        f"select count(*) from {source} where coalesce(trim(c0), '') in ('', ?)", [table.header[0]]
    ).fetchall()[0][0]
    first = con.execute(
        f"select {', '.join(f'coalesce({field}, $1)' for field in fields)} from {source} limit 1", [""]
    ).fetchall()
    return None if odd or is_units_row([str(value) for value in first[0]]) else int(rows)


def _literal(path: Path, pattern: bool = False) -> str:
    return "'" + (engine_path(path) if pattern else str(path)).replace("'", "''") + "'"


def engine(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into `folder` and loads nothing."""
    con = duckdb.connect(
        config={"autoload_known_extensions": "false", "autoinstall_known_extensions": "false"}
    )
    con.execute("set temp_directory = ?", [str(folder / "spill")])
    con.execute("set memory_limit = '1GB'")
    con.execute("set timezone = 'UTC'")
    return con
