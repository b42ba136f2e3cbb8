"""The kiosk's store: crash-safe, encrypted documents and the logbook.

What the rest of the kiosk calls:

    store = Store(path, key, create=True)           one per file; close it or use it with `with`
    lobby = Logbook(store, "lobby", software=...)   append, after, between, hash_at, record_receipt, counts ...
    store.table("tickets")                          a TinyDB table (RowTable); `one(doc_id)` beside TinyDB's own methods

    with store.transaction() as tx:                 one touch: all or nothing, one sync, read back before it ends
        number = tx.next_number(service_date, "A")  never one twice
        record = lobby.append(tx, body, at=at, edition=edition)
        store.table("tickets").insert({...})        belongs to the open transaction of this thread
    tx.confirmed.records                            as they were read back

    store.checkpoint(pages_min=500)                 from a background thread, between touches

    tripwire = Tripwire(path)                       check() -> what changed, or None; arm() once the new logs are open
    check_all(store), backup(store, target)         in the background; salvage(path, key) after a `StoreDamaged`

`CannotRecord` (disk full, read-only, failing, not read back) means that nothing was recorded: send the citizen to the
counter. `WrongKey` is never an empty store. Any thread may call; a transaction belongs to the thread that began it,
others wait. `store.py`, `logbook.py` and `rows.py` open with the rules they keep.
"""

from kiosk.store.backup import backup
from kiosk.store.check import Findings, check_all
from kiosk.store.cipher import KEY_BYTES, make_key_file, read_key_file
from kiosk.store.errors import (
    CannotRecord,
    DiskFailed,
    DiskFull,
    NewerStore,
    NoLog,
    NoStore,
    NotAStore,
    OldSQLite,
    ReadOnly,
    RecordDamaged,
    RowDamaged,
    StoreDamaged,
    StoreError,
    StoreInUse,
    Unconfirmed,
    WrongKey,
)
from kiosk.store.logbook import Counts, KeptReceipt, Logbook, LogView, OpenReason
from kiosk.store.rows import RowTable
from kiosk.store.salvage import Salvaged, salvage
from kiosk.store.store import Confirmed, Store, Transaction
from kiosk.store.tripwire import Tripwire

__all__ = [
    "KEY_BYTES",
    "CannotRecord",
    "Confirmed",
    "Counts",
    "DiskFailed",
    "DiskFull",
    "Findings",
    "KeptReceipt",
    "LogView",
    "Logbook",
    "NewerStore",
    "NoLog",
    "NoStore",
    "NotAStore",
    "OldSQLite",
    "OpenReason",
    "ReadOnly",
    "RecordDamaged",
    "RowDamaged",
    "RowTable",
    "Salvaged",
    "Store",
    "StoreDamaged",
    "StoreError",
    "StoreInUse",
    "Transaction",
    "Tripwire",
    "Unconfirmed",
    "WrongKey",
    "backup",
    "check_all",
    "make_key_file",
    "read_key_file",
    "salvage",
]
