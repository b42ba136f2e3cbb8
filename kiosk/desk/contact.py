"""What the kiosk remembers of its server from one start to the next.

One row in the store, written by `sync` together with the receipts that it belongs to. Times are the server's,
signed; they also give the clock its floor.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from tinydb.table import Document

from kiosk.store import CannotRecord, Store

TABLE = "contact"
_ROW = 1

#: A signed time is written again only when it has moved on this far, so that an idle kiosk does not wear its disk.
WRITE_AGAIN_MS = 3600 * 1000


@dataclass(frozen=True, slots=True)
class Contact:
    """The server's time when it last answered, and when (in its time) something happened that staff should know. 0:
    never.

    `revoked`: the office has shut this kiosk out; what it sends is kept there and counts only if somebody decides so.
    `new_log_reason` says why the log was last continued in a new one: "forked", "restored", "damaged" or "copied".
    """

    server_ms: int = 0
    epoch: bytes = b""
    restored_ms: int = 0
    new_log_ms: int = 0
    new_log_reason: str = ""
    revoked: bool = False


class ShutOut(CannotRecord):
    """The office has revoked this kiosk: it takes no requests and no complaints, which nobody might see."""

    remedy = "Send the citizen to the counter, and ask the administrator why this kiosk was revoked."


def read(store: Store) -> Contact:
    """What is remembered; an empty `Contact` before the first answer."""
    document = store.table(TABLE).sound(_ROW)
    kept: dict[str, Any] = {} if document is None else dict(document)
    return replace(Contact(), **kept)


def write(store: Store, contact: Contact) -> None:
    """Remember `contact`, in the open transaction of this thread or one of its own."""
    store.table(TABLE).upsert(Document(msgspec.to_builtins(contact, builtin_types=(bytes,)), _ROW))


def note_new_log(store: Store, reason: str) -> None:
    """Remember that the log was continued in a new one, in the open transaction or one of its own."""
    heard = read(store)
    write(store, replace(heard, new_log_ms=heard.server_ms, new_log_reason=reason))


def instant(server_ms: int) -> datetime | None:
    """A remembered time in UTC; None for never, and for what no calendar knows."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=server_ms) if server_ms else None
    except OverflowError:
        return None
