"""Which questions of this kiosk are under way on sticks: only their answers are believed, each of them once.

A stick may come back after weeks, twice, or after another that was written later. An answer counts while its nonce is
remembered here; once one has been heard, it and every earlier question are answered. One given in an epoch of the
server that has ended since is no news: the line, or a later stick, has told of the new one.

The row lies in the store of the logbook that was asked about, so that the lobby's tells nothing of the other.
"""

from typing import NamedTuple

from tinydb.table import Document

from kiosk.desk import contact
from kiosk.store import Store

TABLE = "asked"
_ROW = 1
#: More sticks than this are never on their way from one kiosk; the oldest questions are forgotten.
OPEN_MAX = 32


class Question(NamedTuple):
    """A question that is under way, and what was known when it was put: the epoch and the time (`heard_ms`) that the
    server last told, and how often ticket numbers had to skip ahead. -1: not known, an older program put it.
    """

    nonce: bytes
    epoch: bytes
    jumps: int = -1
    heard_ms: int = -1


def put(store: Store, nonce: bytes, heard: contact.Contact) -> None:
    """Remember a question before it is written to a stick, by a kiosk that last heard the server as in `heard`."""
    _write(store, [*_open(store), Question(nonce, heard.epoch, store.jumps, heard.server_ms)][-OPEN_MAX:])


def awaits(store: Store, nonce: bytes, epoch: bytes, heard: contact.Contact) -> Question | None:
    """The question `nonce`, where an answer given in `epoch` is news to a kiosk that last heard the server as in
    `heard`.
    """
    known = (each for each in _open(store) if each.nonce == nonce and heard.epoch in (epoch, each.epoch))
    return next(known, None)


def answered(store: Store, nonce: bytes) -> None:
    """Forget a question that was answered, and those put before it."""
    known = _open(store)
    at = next((i for i, each in enumerate(known) if each.nonce == nonce), -1)
    _write(store, known[at + 1 :])


def _open(store: Store) -> list[Question]:
    kept = store.table(TABLE).sound(_ROW)
    return [] if kept is None else [Question(*each) for each in kept["open"]]


def _write(store: Store, known: list[Question]) -> None:
    store.table(TABLE).upsert(Document({"open": [list(each) for each in known]}, _ROW))
