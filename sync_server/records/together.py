"""Work of several threads in one transaction: kiosks that push at the same moment share one sync to the disk.

    kept = together(lambda: ...)        returns, or raises, once the transaction that held the work has ended

SQLite writes one transaction at a time. Left to itself it lets a thread that finds another one writing sleep and look
again, so that some wait long and the disk stands idle; here they line up. Whoever comes first does the work of all who
have come, while the next gather. PostgreSQL gathers commits itself and locks log by log: there each goes alone.

Rules of this file:
1. Nobody is told before the commit that holds the work has returned.
2. `NotTaken` undoes the work that raised it, by a savepoint, and nothing else.
3. A fault of any other kind undoes everything. Then each is tried by itself, so that one's fault is no other's answer;
   unless it was the database that failed, which would fail each of them.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction

from shared.protocol import NotTaken

T = TypeVar("T")


class _Turn(Future[Any]):
    """One thread's work and, once its transaction has ended, what came of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self.work = work


class Together:
    """The line before the database. Call it with the work."""

    def __init__(self) -> None:
        self._writing = threading.Lock()
        self._gathering = threading.Lock()
        self._gathered: list[_Turn] = []

    def __call__(self, work: Callable[[], T]) -> T:
        """What `work` returns, committed. Raises what `work` or the database raised; then nothing of it was kept."""
        if connection.vendor != "sqlite":
            with transaction.atomic():
                return work()
        turn = _Turn(work)
        with self._gathering:
            self._gathered.append(turn)
        with self._writing:
            if not turn.done():
                with self._gathering:
                    turns, self._gathered = self._gathered, []
                _settle(turns)
        value: T = turn.result(timeout=0)
        return value


def _settle(turns: Sequence[_Turn]) -> None:
    """Do the work of all and let each know."""
    try:
        outcomes = _commit(turns)
    except OperationalError as error:
        for turn in turns:
            turn.set_exception(error)
    except Exception as error:  # noqa: BLE001 - it goes back to whoever asked
        if len(turns) == 1:
            turns[0].set_exception(error)
        else:
            for turn in turns:
                _settle([turn])
    else:
        for turn, outcome in zip(turns, outcomes, strict=True):
            if isinstance(outcome, NotTaken):
                turn.set_exception(outcome)
            else:
                turn.set_result(outcome)


def _commit(turns: Sequence[_Turn]) -> list[Any]:
    """What each work returned, or the `NotTaken` it raised, after one commit."""
    outcomes: list[Any] = []
    with transaction.atomic():
        for turn in turns:
            try:
                # What stands alone needs no savepoint: its end is the transaction's.
                with transaction.atomic(savepoint=len(turns) > 1):
                    outcomes.append(turn.work())
            except NotTaken as verdict:
                outcomes.append(verdict)
        if len(turns) > 1 and transaction.get_rollback():
            raise OperationalError("a savepoint could not be undone")
    return outcomes


#: Of this process.
together = Together()
