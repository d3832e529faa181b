"""What is kept for all readers of this process: answers of a snapshot by what was asked, and figures by what they draw."""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from hashlib import blake2b
from typing import Any, Final, ParamSpec, TypeVar

import polars as pl

from leadquality.engine import AllChannels, Known, Result, Rows, known_of
from leadquality.snapshot import Snapshot

MOST: Final = 8_192
"""Answers: some 400 scopes of the weekly review."""
MOST_ROWS: Final = 500_000
"""Rows of all answers together; one that has more than a quarter of them is given and not kept."""
SNAPSHOTS: Final = 3
"""As many as are open at once (leadquality/ui/served.py): the served one, and those that readers still look at."""
FIGURES: Final = 256

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")


class Kept:
    """Answers by snapshot and question, the ones that were asked for last; safe for threads.

    The same question is worked out once: who asks it meanwhile waits. An error goes to all of them and is not kept. With one snapshot
    too many, all answers of the one that was asked for least lately are let go.
    """

    def __init__(self, most: int, most_rows: int, snapshots: int) -> None:
        self.most, self.most_rows, self.snapshots = most, most_rows, snapshots
        self.lock = threading.Lock()
        self.asked: OrderedDict[Hashable, None] = OrderedDict()
        self.answers: OrderedDict[tuple[Hashable, Hashable], Future[Any]] = OrderedDict()
        self.rows: dict[tuple[Hashable, Hashable], int] = {}
        self.row_count = 0

    def answer(self, snapshot: Hashable, question: Hashable, work: Callable[[], Answer]) -> Answer:
        """The answer that is kept, or what `work` gives. It is shared, so nobody changes it. Raises what `work` raises."""
        key = (snapshot, question)
        with self.lock:
            found = self.answers.get(key)
            self.asked[snapshot] = None
            self.asked.move_to_end(snapshot)
            if found is None:
                own: Future[Any] = Future()
                self.answers[key] = own
            else:
                self.answers.move_to_end(key)
        if found is not None:
            answer: Answer = found.result()
            return answer
        try:
            answer = work()
        except BaseException as error:
            with self.lock:
                self._drop(key, own)
            own.set_exception(error)
            raise
        own.set_result(answer)
        with self.lock:
            self._keep(key, own, _row_count(answer))
        return answer

    def put(self, snapshot: Hashable, question: Hashable, answer: object) -> None:
        """Keep an answer that is known already."""
        self.answer(snapshot, question, lambda: answer)

    def told(self, snapshot: Hashable) -> list[tuple[Hashable, Any]]:
        """Questions to a snapshot and their answers, of those that are worked out."""
        with self.lock:
            own = [(question, answer) for (of, question), answer in self.answers.items() if of == snapshot]
        return [(question, answer.result()) for question, answer in own if answer.done()]

    def clear(self) -> None:
        """Let everything go."""
        with self.lock:
            self.asked.clear()
            self.answers.clear()
            self.rows.clear()
            self.row_count = 0

    def _keep(self, key: tuple[Hashable, Hashable], own: Future[Any], rows: int) -> None:
        if self.answers.get(key) is own:
            if rows > self.most_rows // 4:
                self._drop(key, own)
            else:
                self.rows[key] = rows
                self.row_count += rows
        while len(self.asked) > self.snapshots:
            oldest, _ = self.asked.popitem(last=False)
            for each in [each for each in self.answers if each[0] == oldest]:
                self._drop(each)
        while len(self.answers) > self.most or self.row_count > self.most_rows:
            self._drop(next(iter(self.answers)))

    def _drop(self, key: tuple[Hashable, Hashable], own: Future[Any] | None = None) -> None:
        if own is None or self.answers.get(key) is own:
            self.answers.pop(key, None)
            self.row_count -= self.rows.pop(key, 0)


def _row_count(answer: object) -> int:
    match answer:
        case Result() | AllChannels():
            return answer.rows.height
        case Rows():
            return answer.frame.height
        case pl.DataFrame():
            return answer.height
        case list():
            return len(answer)
    return 1


ANSWERS: Final = Kept(MOST, MOST_ROWS, SNAPSHOTS)
DRAWN: Final = Kept(FIGURES, MOST_ROWS, 1)


def once(snapshot: Snapshot, question: Hashable, work: Callable[[], Answer]) -> Answer:
    """What `work` gives, for all who ask the same of this snapshot."""
    return ANSWERS.answer(of_snapshot(snapshot), question, work)


def of_snapshot(snapshot: Snapshot) -> Hashable:
    """Under what the answers of a snapshot are kept."""
    return snapshot.path, snapshot.manifest.data_sha256


def read_once(snapshot: Snapshot, question: Hashable, read: Callable[[Any], Answer]) -> Answer:
    """What `read` finds on a cursor of this snapshot, for all who ask the same."""

    def work() -> Answer:
        cursor = snapshot.cursor()
        try:
            return read(cursor)
        finally:
            cursor.close()

    return once(snapshot, question, work)


def known(snapshot: Snapshot) -> Known:
    """What this snapshot says of itself, whatever is asked."""
    return read_once(snapshot, "known", known_of)


def drawn_once(draw: Callable[Arguments, Any], *given: Arguments.args, **named: Arguments.kwargs) -> Any:
    """The figure that draw(*given, **named) makes, drawn once for the same arguments. It is shared: show it, change nothing in it."""
    told = pickle.dumps((draw, given, named), protocol=pickle.HIGHEST_PROTOCOL)
    return DRAWN.answer(None, blake2b(told, digest_size=16).digest(), lambda: draw(*given, **named))
