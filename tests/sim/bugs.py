"""More than a dozen planted bugs: the simulator is worth what it finds, so each of these must be found.

Those of the server are switches in `server.py`. Those of the kiosk replace a piece of the real code for the length of
a `with`; `planted(name)` knows both.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest import mock

from kiosk.store import Logbook, LogView, logbook
from kiosk.sync import rim
from shared import protocol
from shared.log import Head
from shared.protocol import Append, Local, Opened

#: Switches of `SimServer`.
SERVER: Final = (
    "server keeps its epoch after a restore",
    "stored is told as backed up",
    "receipt before the commit",
    "gaps are closed over",
    "a repeat is appended again",
    "a branch is dropped",
    "a branch overwrites",
    "the last record is dropped",
)


def _old_logs_are_forgotten() -> Any:
    def asked(self: Any) -> list[LogView]:
        return [self._book.logs()[-1]]

    return mock.patch.object(rim._Conversation, "_asked_about", asked)


def _a_receipt_outlives_its_epoch() -> Any:
    compare = protocol.Push._compare

    def believing(self: Any, local: Local, stand: Any, _epoch: bytes) -> Any:
        return compare(self, local, stand, local.epoch)

    return mock.patch.object(protocol.Push, "_compare", believing)


def _a_receipt_names_more_than_was_sent() -> Any:
    judge = protocol.judge

    def generous(opened: Opened, head: Head, known: Any) -> Any:
        verdict = judge(opened, head, known)
        if isinstance(verdict, Append) and head.seq > verdict.head.seq:
            return Append(verdict.records, verdict.hashes, head)
        return verdict

    return mock.patch.object(protocol, "judge", generous)


def _bodies_are_given_up_at_once() -> Any:
    return mock.patch.object(logbook, "PRUNE_AFTER_MS", 0)


def _a_forked_log_goes_on() -> Any:
    return mock.patch.object(rim._Conversation, "_open_new", return_value=False)


def _a_receipt_covers_the_whole_log() -> Any:
    record = Logbook.record_receipt

    def hopeful(self: Logbook, tx: Any, **told: Any) -> None:
        view = next(each for each in self.logs() if each.log == told["log"])
        record(self, tx, **(told | {"seq": view.head.seq, "hash_": view.head.hash}))

    return mock.patch.object(Logbook, "record_receipt", hopeful)


#: Replacements on the kiosk, or in what both sides share.
KIOSK: Final[dict[str, Callable[[], Any]]] = {
    "old logs are forgotten": _old_logs_are_forgotten,
    "a receipt outlives its epoch": _a_receipt_outlives_its_epoch,
    "a receipt names more than was sent": _a_receipt_names_more_than_was_sent,
    "bodies are given up at once": _bodies_are_given_up_at_once,
    "a forked log goes on": _a_forked_log_goes_on,
    "a receipt covers the whole log": _a_receipt_covers_the_whole_log,
}

ALL: Final = (*SERVER, *KIOSK)


@contextmanager
def planted(name: str) -> Iterator[frozenset[str]]:
    """The bug is in place as long as the block lasts; gives the switches for the server."""
    if name in SERVER:
        yield frozenset({name})
        return
    with KIOSK[name]():
        yield frozenset()
