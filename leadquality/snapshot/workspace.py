"""The database in which a load works, beside the snapshot it builds: its tables stay for the next delivery, its temporary ones,
in memory or spilled, go when the load ends. What is personal stands in temporary ones only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from leadquality.contracts import InputRefused

ENGINE: Final = f"duckdb {duckdb.__version__}"
ROWS: Final = "rows.duckdb"
"""What a later delivery is added to: rows in form and what became of them, without what is personal. No page opens it."""
MEMORY_MB: Final = 300
"""For each processor. Ten million calls take no longer with it than with all the memory there is."""


@contextmanager
def workspace(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An open database in `folder`, closed at the end whatever happens. What does not fit into memory is spilled there."""
    if "?" in str(folder):
        raise InputRefused(
            f"{folder.parent.parent}: a path with '?' cannot hold a snapshot; choose another folder"
        )
    con = duckdb.connect(str(folder / ROWS))
    try:
        con.execute("set temp_directory = ?", [str(folder / "spill")])
        con.execute(f"set memory_limit = '{MEMORY_MB * max(2, os.cpu_count() or 2)}MB'")
        con.execute("set enable_progress_bar = false")
        con.execute("set autoinstall_known_extensions = false")
        con.execute("set autoload_known_extensions = false")
        yield con
    finally:
        con.close()
