"""The slow look at everything: every chain from its first record, every document, every small row.

It runs in the background in small steps, so that touches go on meanwhile. A damaged record is named by log and seq
and ends its log there; the next `append` opens a new one. Damaged documents are named; what they said can be folded
again from the records.
"""

from dataclasses import dataclass

from kiosk.store.errors import RecordDamaged, RowDamaged
from kiosk.store.logbook import Logbook, log_names
from kiosk.store.rows import ID_LIMIT
from kiosk.store.store import Store

_STEP = 1000


@dataclass(frozen=True, slots=True)
class Findings:
    """How many records and documents hold, and one sentence for each thing that does not."""

    records: int
    documents: int
    faults: tuple[str, ...]


def check_all(store: Store) -> Findings:
    """Verify all logs, documents and small rows of `store`; faults are noted in `store.faults` too. Time grows with
    the store.
    """
    faults: list[str] = []
    records = sum(_check_logs(store, name, faults) for name in log_names(store))
    documents = sum(_check_table(store, name, faults) for name in sorted(store.tables()))
    for name in store.cell_names():
        try:
            store.reread_cell(name)
        except RowDamaged as error:
            faults.append(str(error))
    for fault in faults:
        store.note(fault)
    return Findings(records, documents, tuple(faults))


def _check_logs(store: Store, name: str, faults: list[str]) -> int:
    book = Logbook(store, name, software="")
    held = 0
    for view in book.logs():
        try:
            sound = book.check(view.log)
            if sound < view.receipted.seq:
                faults.append(f"log {view.log.hex()[:8]} ends at {sound}, but the server holds {view.receipted.seq}")
        except RecordDamaged as damage:
            faults.append(str(damage))
            sound = damage.seq - 1
            with store.transaction() as tx:
                book.mark_damaged(tx, damage.log, damage.seq)
        held += sound
        try:
            book.receipts(view.log)
        except RowDamaged as damage:
            faults.append(str(damage))
    return held


def _check_table(store: Store, name: str, faults: list[str]) -> int:
    shelf = store.table_shelf(name)
    held, last = 0, 0
    while run := store.load_run(shelf, last + 1, ID_LIMIT, _STEP):
        for row, sealed in run:
            last = row
            try:
                shelf.cipher.open(row, sealed)
                held += 1
            except RowDamaged as damage:
                faults.append(str(damage))
    return held
