"""A background thread that does what takes time: commits, deriving a key from a code; and another one for printing,
since a printer may take a minute over a slip.

The drawing thread never waits for a disk. It submits a function and is called back with a `Result`; the caller wraps
`done` so that it runs where it must (`on_main` in the window, nothing in tests).

    worker.submit(lambda: queue.take_ticket(world, moment, ...), done=on_main(presenter.ticket_taken))

The rules of this file:
1. One thing at a time, in the order submitted.
2. Whatever a function raises comes back as a `Failed`; the thread itself never dies of it.
3. `close` finishes what was submitted before.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The function returned `value`."""

    value: T


@dataclass(frozen=True, slots=True)
class Failed:
    """The function raised `error`."""

    error: Exception


Result = Done[T] | Failed


class Worker:
    """Runs submitted functions on one thread. `after` is called there when one was done and reported."""

    def __init__(self, after: Callable[[], None] = lambda: None, name: str = "desk") -> None:
        self._after = after
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[[], T], done: Callable[[Result[T]], None]) -> None:
        """Run `fn` in the background, then `done` with what became of it (on the background thread)."""

        def job() -> None:
            result: Result[T]
            try:
                result = Done(fn())
            except Exception as error:  # noqa: BLE001 - rule 2: it goes back to whoever asked
                result = Failed(error)
            done(result)

        self._jobs.put(job)

    def close(self) -> None:
        """Finish what was submitted and end the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
                self._after()
            except Exception:
                # A callback failed: the work itself was done and reported.
                logger.exception("a callback of the worker failed")
