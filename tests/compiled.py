"""Macros made once per test process and copied into every snapshot that is opened: making them takes ten times as long."""

from __future__ import annotations

from pathlib import Path

from tests.story import prepared


def compiled(path: Path) -> list[str]:
    """Write every macro of the product to the database file `path`; returns the statements that copy them from there."""
    con = prepared()
    con.execute(f"attach '{path}' as compiled")
    con.execute("copy from database memory to compiled (schema)")
    # The tables against which they were made: an opened snapshot has its own.
    con.execute("drop schema compiled.snapshot cascade")
    con.execute("drop table compiled.dispositions")
    con.execute("detach compiled")
    return [
        f"attach '{path}' as compiled (read_only)",
        "copy from database compiled to memory (schema)",
        "detach compiled",
    ]
