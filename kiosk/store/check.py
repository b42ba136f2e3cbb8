"""The slow look at everything: every chain from its first record, every document, every small row, and SQLite's own
structure.

It runs in the background in small steps, so that touches go on meanwhile. A damaged record is named by log and seq
and ends its log there; the next `append` opens a new one. Damaged documents are named; whoever reads one begins it
anew, as the day's tally is folded again from its records. Where pages of the file cannot be read, the rest is looked
at all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kiosk.store.errors import RecordDamaged, RowDamaged, StoreDamaged
from kiosk.store.logbook import Logbook, log_names
from kiosk.store.store import Store


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
    with _naming(faults):
        for name in store.cell_names():
            with _naming(faults):
                store.reread_cell(name)
    with _naming(faults):
        store.quick_check()  # last: its pages were read in small steps just now, so that a touch waits for it briefly
    for fault in faults:
        store.note(fault)
    return Findings(records, documents, tuple(dict.fromkeys(faults)))


@contextmanager
def _naming(faults: list[str]) -> Iterator[None]:
    """Damage within the block ends the block, and nothing else."""
    try:
        yield
    except (RowDamaged, StoreDamaged) as damage:
        faults.append(str(damage))


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
        except StoreDamaged as damage:
            faults.append(str(damage))
            continue
        held += sound
        with _naming(faults):
            book.receipts(view.log)
    return held


def _check_table(store: Store, name: str, faults: list[str]) -> int:
    held = 0
    with _naming(faults):
        shelf = store.table_shelf(name)
        for row, sealed in store.load_steps(shelf):
            with _naming(faults):
                shelf.cipher.open(row, sealed)
                held += 1
    return held
