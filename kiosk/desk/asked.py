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


def put(store: Store, nonce: bytes, epoch: bytes) -> None:
    """Remember a question before it is written to a stick, with the epoch of the server that is known now, and how
    often ticket numbers had to skip ahead until now.
    """
    _write(store, [*_open(store), _Question(nonce, epoch, store.jumps)][-OPEN_MAX:])


def awaits(store: Store, nonce: bytes, epoch: bytes, heard: contact.Contact) -> bool:
    """Whether an answer to `nonce`, given in `epoch`, is news to a kiosk that last heard the server as in `heard`."""
    return any(each.nonce == nonce and heard.epoch in (epoch, each.epoch) for each in _open(store))


def put_since_the_jump(store: Store, nonce: bytes) -> bool:
    """Whether the question was put after ticket numbers last skipped ahead: its answer tells of a day since then."""
    return any(each.nonce == nonce and each.jumps == store.jumps for each in _open(store))


def answered(store: Store, nonce: bytes) -> None:
    """Forget a question that was answered, and those put before it."""
    known = _open(store)
    at = next((i for i, each in enumerate(known) if each.nonce == nonce), -1)
    _write(store, known[at + 1 :])


class _Question(NamedTuple):
    nonce: bytes
    epoch: bytes
    jumps: int = -1  # not known of a question that an older program put


def _open(store: Store) -> list[_Question]:
    kept = store.table(TABLE).sound(_ROW)
    return [] if kept is None else [_Question(*each) for each in kept["open"]]


def _write(store: Store, known: list[_Question]) -> None:
    store.table(TABLE).upsert(Document({"open": [list(each) for each in known]}, _ROW))
