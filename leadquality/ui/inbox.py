"""The inbox on a page: what lies there, and, on the reader's own machine only, a way to put a file in."""

from __future__ import annotations

import contextlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from leadquality import words
from leadquality.contracts import LOOPBACK, InputRefused
from leadquality.intake.folder import ENDINGS, tables
from leadquality.ui.door import FORWARDED, uploads
from leadquality.ui.served import home

NAME_LIMIT: Final = 120
READ: Final = (".csv", ".tsv", ".txt", ".csv.gz", ".csv.zst", ".xlsx", ".parquet")
"""Endings of the files that are read; of the others the guard says what to do."""
MB: Final = 1 << 20


def may_upload() -> bool:
    """Whether this server takes files: it listens on its own machine only, under its own names only, and was given a size."""
    names = st.get_option("server.allowedHosts") or []
    is_local = st.get_option("server.address") in LOOPBACK and bool(names) and set(names) <= LOOPBACK
    return is_local and not _is_forwarded() and size_limit() > 0


def _is_forwarded() -> bool:
    """Whether the request came through a proxy, which may publish what listens on this machine only."""
    return any(name.lower().startswith(FORWARDED) for name in st.context.headers)


def size_limit() -> int:
    """How many megabytes one file may have; 0: none is taken."""
    return int(st.get_option("server.maxUploadSize") or 0)


def safe_name(name: str) -> str:
    """The last part of a file's name, of letters, digits and ` ._-()` alone, not hidden.

    Raises InputRefused for a kind that is not read."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(mark if mark.isalnum() or mark in " ._-()" else "_" for mark in base).strip(" .")
    ending = max((end for end in READ if plain.lower().endswith(end)), key=len, default="")
    stem = plain[: len(plain) - len(ending)].strip(" .")
    if not ending or not stem:
        raise InputRefused(
            f"{words.one_line(name, 60)}: not a kind of file that is read; save it as one of {', '.join(READ)}"
        )
    return stem[: NAME_LIMIT - len(ending)].rstrip(" .") + ending


def put(folder: Path, name: str, content: bytes, replace: bool = False) -> Path:
    """Write a file into the inbox: whole, or not at all. Raises InputRefused when it is there and may not be replaced."""
    place = folder / safe_name(name)
    if len(content) > size_limit() * MB:
        raise InputRefused(
            f"{place.name}: larger than {size_limit()} MB; put it into the inbox folder yourself"
        )
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{os.getpid()}.part"
    try:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        if replace:
            draft.replace(place)
        else:
            os.link(draft, place)
    except FileExistsError as error:
        raise InputRefused(
            f"{place.name}: lies in the inbox already; tick that it is to be replaced"
        ) from error
    except OSError as error:
        raise InputRefused(f"{place.name}: cannot be written ({error.strerror}); check the folder") from error
    finally:
        draft.unlink(missing_ok=True)
    return place


@contextlib.contextmanager
def watched_uploads() -> Iterator[None]:
    """Around the drawing of a page: files are taken only while it shows an uploader."""
    session = _session()
    uploads.begin(session)
    try:
        yield
    finally:
        uploads.end(session)


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""


def inbox_step() -> Path:
    """List the inbox and offer the way in; stops the page where no table lies there. Returns the folder."""
    folder = home().inbox
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    st.text(f"Put the exports of your CRM and your telephone system into the folder {_beside(folder)}")
    is_waiting = may_upload() and _uploader(folder)
    found = _listed(folder)
    if found:
        st.dataframe(found, hide_index=True, key="inbox")
    if not folder.is_dir() or not tables(folder):
        then = "" if may_upload() else ", then reload this page"
        st.info(
            "Press the button to go on with these files."
            if is_waiting
            else f"Nothing to read lies in the inbox yet. Put a file of leads, calls or deals there (CSV, Excel or Parquet){then}."
        )
        st.stop()
    if not may_upload():
        st.caption(
            "New files in the folder are seen when this page is reloaded. Files are taken in the browser only on your own machine."
        )
    return folder


def _beside(folder: Path) -> str:
    """The folder from where the server was started, where that is shorter; else the whole of it, but on a server that others
    reach too its last two parts."""
    with contextlib.suppress(ValueError):
        return str(folder.resolve().relative_to(Path.cwd()))
    return str(folder) if may_upload() else f"{folder.parent.name}/{folder.name}"


def _listed(folder: Path) -> list[dict[str, Any]]:
    """One line for each entry of the folder but the mapping and what is hidden."""
    if not folder.is_dir():
        return []
    shown = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "mapping.toml":
            continue
        state = path.lstat()
        is_read = stat.S_ISREG(state.st_mode) and path.name.lower().endswith(ENDINGS)
        shown.append(
            {
                "File": words.one_line(path.name),
                "Bytes": state.st_size,
                "Is": "looked at below" if is_read else "not a table: passed over",
            }
        )
    return shown


def _uploader(folder: Path) -> bool:
    """A file chosen here is written into the inbox under a safe name; one that is there is replaced only when that is said.
    Returns whether files wait for the button."""
    uploads.draw(_session())
    given = st.file_uploader(
        "Or choose files here",
        type=[end.rpartition(".")[2] for end in READ],
        accept_multiple_files=True,
        key=f"upload_{st.session_state.get('_uploads', 0)}",
    )
    if not given:
        return False
    try:
        names = [safe_name(file.name) for file in given]
        there = [name for name in names if (folder / name).exists()]
        replace = bool(there) and st.checkbox(
            f"Replace {words.md(', '.join(there), limit=300)} in the inbox", key="upload_replace"
        )
        if there and not replace:
            st.warning(
                f"{words.md(', '.join(there), limit=300)}: lies in the inbox already. Tick the box to replace it."
            )
        elif st.button("Put into the inbox", key="upload_put"):
            for file in given:
                put(folder, file.name, file.getvalue(), replace)
            st.session_state["_uploads"] = st.session_state.get("_uploads", 0) + 1
            st.rerun()
        else:
            return True
    except InputRefused as error:
        st.error(words.md(str(error), limit=400))
    return False
