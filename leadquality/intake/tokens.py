"""Keyed tokens in the place of e-mail addresses and telephone numbers: joins still work, and who holds only a snapshot reads no person."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

import duckdb

from leadquality.contracts import InputRefused

BLOCK: Final = 64
"""Bytes of a block of SHA-256, to which the key is filled up (RFC 2104)."""


HASH: Final = (
    "create or replace temp macro keyed_hash(label) as sha256("
    "getvariable('token_outer')::blob || unhex(sha256(getvariable('token_inner')::blob || encode(label))))"
)
"""HMAC-SHA256 of a text as hexadecimal digits. The key, masked as the standard says, stands in variables of the session: no
database file and no message holds it."""


class Tokens:
    """The tokens of a load. key: asked for when the first token is made; None: the load is a trial, and its key is thrown away."""

    def __init__(self, con: duckdb.DuckDBPyConnection, key: Callable[[], bytes] | None) -> None:
        """Make keyed_hash, which macros of queries/reading name."""
        self.con, self.key, self.is_set = con, key, False
        con.execute(HASH)

    @property
    def keeps_addresses(self) -> bool:
        """Whether addresses of the team stay as they are: in a trial, so that an entry of the mapping can be written for each."""
        return self.key is None

    def demand(self) -> None:
        """Set the key. Raises InputRefused when the rows of the loads before hold tokens of another key: none would match."""
        if self.is_set:
            return
        key = (self.key or (lambda: secrets.token_bytes(32)))().ljust(BLOCK, b"\0")
        for name, mark in (("token_inner", 0x36), ("token_outer", 0x5C)):
            self.con.execute(f"set variable {name} = $1", [bytes(byte ^ mark for byte in key)])
        self.is_set = True
        self.con.execute("create table if not exists token_check (found varchar)")
        self.con.execute("insert into token_check select keyed_hash('') where not exists (from token_check)")
        if self.con.execute("from token_check where found <> keyed_hash('')").fetchall():
            raise InputRefused(
                "the key of the tokens is not that of the loads before, so people would not match; restore tokens.key of the home "
                "folder, or load all folders together: leadquality load DIR1 DIR2 ..."
            )
