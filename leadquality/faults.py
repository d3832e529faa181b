"""Faults of the machine in words: a full disk, a home folder that is a file, a folder that may not be read. None is a defect of ours."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from leadquality.contracts import InputRefused
from leadquality.words import one_line

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_ROOM_SAID: Final = re.compile(
    r"no space left|file too large|quota exceeded|failed to write|could not write", re.IGNORECASE
)
"""How the engine says that a file could not grow."""
ROOM: Final = (
    "there is no room to write (the disk is full, or files may not grow so large here); free space and load again. "
    "Nothing was published: the snapshot before is still served"
)
HOME: Final = "; or give another folder with --home"
WORDS: Final = {
    errno.ENOTDIR: "a file stands where a folder is wanted; move it away" + HOME,
    errno.EEXIST: "a file stands where a folder is wanted; move it away" + HOME,
    errno.EACCES: "no permission; let this user read and write there" + HOME,
    errno.EPERM: "no permission; let this user read and write there" + HOME,
    errno.EROFS: "the disk is read-only" + HOME,
    errno.ENAMETOOLONG: "the path is too long; give a shorter one",
    errno.ELOOP: "the path leads to itself by its links; give another folder",
    errno.EIO: "the disk does not answer as it should (input/output error); check it, then load again",
    errno.ESTALE: "the network drive was lost; connect it, then load again",
    errno.EMFILE: "too many open files; close other programs, or raise the limit (ulimit -n)",
    errno.ENFILE: "too many open files; close other programs, or raise the limit (ulimit -n)",
    errno.ENOMEM: "not enough memory; close other programs, then load again",
}


@contextlib.contextmanager
def in_words(folder: Path, what: str = "home") -> Iterator[None]:
    """Turn what the machine or the engine cannot do into InputRefused: folder and path, cause and remedy in one line."""
    place = f"{what} folder {one_line(str(folder))}"
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        named: object = error.filename
        path = Path(os.fsdecode(named)) if isinstance(named, str | bytes) else folder
        is_elsewhere = folder not in (path, *path.parents) and path not in folder.parents
        said = of_system(error)
        raise InputRefused(said.replace(HOME, "") if is_elsewhere else f"{place}: {said}") from error
    except MemoryError as error:
        raise InputRefused(f"{place}: not enough memory; close other programs, then load again") from error
    except Exception as error:
        if (told := of_engine(error)) is None:
            raise
        raise InputRefused(f"{place}: {told}") from error


def of_system(error: OSError) -> str:
    """What an OSError says, with its path, and what to do."""
    if is_no_room(error):
        return ROOM
    path = f"{one_line(str(error.filename))}: " if error.filename else ""
    said = error.strerror or str(error)
    return path + WORDS.get(
        error.errno or 0, f"cannot be used ({said}); check the folder and its permissions"
    )


def of_engine(error: BaseException) -> str | None:
    """What an error of the engine says where it is one of the machine: disk or memory. None for any other error."""
    import duckdb

    if not isinstance(error, duckdb.Error):
        return None
    said = one_line(str(error), 200)
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"not enough memory or room on the disk ({said}); close other programs and free space, then load again"
    if is_no_room(error):
        return ROOM
    if isinstance(error, duckdb.IOException):
        return f"the disk does not answer as it should ({said}); check it, then load again"
    return None


def is_no_room(error: BaseException) -> bool:
    """Whether an error, or the one behind it, says that a file could not grow."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return True
    if not isinstance(error, OSError) and NO_ROOM_SAID.search(str(error)):
        return os.strerror(errno.ENOENT) not in str(error)
    return error.__cause__ is not None and is_no_room(error.__cause__)
