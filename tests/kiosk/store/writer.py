"""A program that records touches until it is killed, and tells each one on its output once it is confirmed.

python -m tests.kiosk.store.writer STORE        prints "seq hash number" lines, flushed one by one
"""

import itertools
import sys
from datetime import date
from pathlib import Path

from kiosk.store import Logbook, Store
from shared import kinds
from shared.records import At, Quality, header_hash

KEY = bytes(range(32))
DAY = date(2026, 11, 25)


def main(path: Path) -> None:
    """Write tickets for ever, with a checkpoint now and then."""
    store = Store(path, KEY, create=True, reserve_bytes=0)
    book = Logbook(store, "lobby", software="writer")
    at = At(1_795_000_000_000, 420, b"bootboot", 0, Quality.GOOD)
    if not book.logs():
        with store.transaction() as tx:
            book.open_new(tx, "enrolled", at=at, edition=1)
    tell("ready")
    for turn in itertools.count(1):
        with store.transaction() as tx:
            number = tx.next_number(DAY, "A")
            body = kinds.TicketIssued(DAY.isoformat(), "A", number, "ทะเบียนราษฎร", "", "none", None, "th")
            record = book.append(tx, body, at=at, edition=1)
            store.table("tickets").insert({"seq": record.header.seq, "number": number})
        [confirmed] = tx.confirmed.records
        tell(f"{confirmed.header.seq} {header_hash(confirmed.header).hex()} {number}")
        if turn % 25 == 0:
            store.checkpoint(truncate=turn % 50 == 0)


def tell(line: str) -> None:
    """Say it where the one who will kill us can hear it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
