"""What a lobby does in a day, small, and how to tell whether a store that came back is whole.

A `Lobby` drives the real `Store` and `Logbook`: tickets, ratings, slips, receipts, pruning, checkpoints, a new log
now and then. Its documents are a fold of its records, so `check` can recompute them.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from kiosk.store import Confirmed, Logbook, Store, sqlite
from shared import kinds
from shared.records import At, Quality, Record

KEY = bytes(range(32))
DAY = date(2026, 11, 25)


def at(ms: int) -> At:
    """A moment of the day, `ms` after it began."""
    return At(1_795_000_000_000 + ms, 420, b"bootboot", ms, Quality.GOOD)


@dataclass(frozen=True)
class Promise:
    """What people were told so far: the heads of the logs, and the highest number of each day and series."""

    heads: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    numbers: dict[tuple[date, str], int] = field(default_factory=dict)


class Lobby:
    """One kiosk at work; `promised` grows only with confirmed touches."""

    def __init__(
        self,
        path: Path,
        *,
        connect: sqlite.Connect = sqlite.connect,
        told: Callable[[Promise], None] = lambda promise: None,
        seed: int = 0,
    ) -> None:
        self.rng = random.Random(seed)
        self.path = path
        self.connect = connect
        self.told = told
        self.promised = Promise()
        self.touched = 0
        self.store = self.reopen()
        if not self.book.logs():
            self.touch(lambda tx: self.book.open_new(tx, "enrolled", at=at(0), edition=1))

    def reopen(self) -> Store:
        self.store = Store(self.path, KEY, create=True, connect=self.connect, rand=self.rng.randbytes, reserve_bytes=0)
        self.book = Logbook(self.store, "lobby", software="test")
        self.told(self.promised)
        return self.store

    def touch(self, act: Callable[[Any], Any]) -> Confirmed:
        with self.store.transaction() as tx:
            numbers = act(tx)
        self.touched += 1
        heads = dict(self.promised.heads)
        for record in tx.confirmed.records:
            heads[record.header.log] = (
                record.header.seq,
                self.book.hash_at(record.header.seq, record.header.log) or b"",
            )
        given = numbers if isinstance(numbers, dict) else {}
        self.promised = Promise(heads, self.promised.numbers | given)
        self.told(self.promised)
        return tx.confirmed

    def ticket(self, *, padding: int = 0) -> Confirmed:
        def act(tx: Any) -> dict[tuple[date, str], int]:
            day = DAY + timedelta(days=self.rng.choice((0, 0, 0, 1, -1)))
            series = self.rng.choice("AB")
            number = tx.next_number(day, series)
            body = kinds.TicketIssued(day.isoformat(), series, number, "ทะเบียน" + "ก" * padding, "", "none", 0, "th")
            fold(self.store.table, self.book.append(tx, body, at=at(self.touched), edition=3))
            return {(day, series): number}

        return self.touch(act)

    def rating(self) -> Confirmed:
        body = kinds.RatingGiven(DAY.isoformat(), self.rng.randint(1, 5), "walk-by", "", repeat=False)
        return self.touch(lambda tx: fold(self.store.table, self.book.append(tx, body, at=at(self.touched), edition=3)))

    def slip(self) -> Confirmed:
        seq = self.rng.randint(1, self.book.head.seq)
        body = kinds.SlipPrinted("ticket", seq, self.rng.choice(("printed", "failed", "shown")))
        return self.touch(lambda tx: fold(self.store.table, self.book.append(tx, body, at=at(self.touched), edition=3)))

    def many(self) -> Confirmed:
        """Several records in one touch."""

        def act(tx: Any) -> None:
            for score in (1, 3, 5):
                body = kinds.RatingGiven(DAY.isoformat(), score, "outreach", "", repeat=False)
                fold(self.store.table, self.book.append(tx, body, at=at(self.touched), edition=3))

        return self.touch(act)

    def receipt(self) -> Confirmed:
        head = self.book.head
        seq = self.rng.randint(1, head.seq)
        return self.touch(
            lambda tx: self.book.record_receipt(
                tx, log=head.log, seq=seq, hash_=self.book.hash_at(seq) or b"", backed_up=seq // 2, epoch=b"e",
                server_ms=self.touched * 10**9, signed=b"signed answer",
            )
        )  # fmt: skip

    def new_log(self) -> Confirmed:
        return self.touch(lambda tx: self.book.open_new(tx, "copied", at=at(self.touched), edition=3))

    def prune(self) -> Confirmed:
        return self.touch(lambda tx: self.book.prune(tx, limit=20))

    def random_step(self) -> None:
        steps: list[tuple[int, Callable[[], Any]]] = [
            (10, self.ticket),
            (8, self.rating),
            (4, self.slip),
            (2, self.many),
            (1, lambda: self.ticket(padding=4000)),
            (2, self.receipt),
            (1, self.new_log),
            (1, self.prune),
            (2, self.store.checkpoint),
            (1, lambda: self.store.checkpoint(truncate=True)),
            (1, lambda: (self.store.close(), self.reopen())),
        ]
        weights, acts = zip(*steps, strict=True)
        self.rng.choices(acts, weights)[0]()


def fold(table: Callable[[str], Any], record: Record) -> None:
    """The documents that follow from one record."""
    body = kinds.decode(record.header.kind, record.header.schema, record.body or b"")
    match body:
        case kinds.TicketIssued():
            ticket = {"log": record.header.log, "seq": record.header.seq, "number": body.number, "state": "waiting"}
            table("tickets").insert(ticket)
        case kinds.RatingGiven():
            old = table("sums").get(doc_id=1) or {"count": 0, "sum": 0}
            table("sums").upsert(Document({"count": old["count"] + 1, "sum": old["sum"] + body.score}, 1))
        case kinds.SlipPrinted():

            def here(ticket: dict[str, Any]) -> bool:
                return ticket["log"] == record.header.log and ticket["seq"] == body.seq

            if body.outcome == "failed":
                table("tickets").remove(here)
            else:
                table("tickets").update({"state": body.outcome}, here)
        case _:
            pass


def check(path: Path, promise: Promise | None) -> None:
    """Open what is left at `path` and raise AssertionError unless everything promised is there and whole, and it
    goes on.
    """
    with Store(path, KEY, create=promise is None, reserve_bytes=0) as store:
        assert store.fetch("PRAGMA integrity_check") == [("ok",)]
        book = Logbook(store, "lobby", software="test")
        promise = promise or Promise()
        kept: list[Record] = []
        for view in book.logs():
            assert not view.damaged_seq
            assert book.check(view.log) == view.head.seq
            kept += book.between(1, view.head.seq, log=view.log)
        for log, (seq, hash_) in promise.heads.items():
            assert book.hash_at(seq, log) == hash_, f"promised record {seq} is lost"
        if all(record.body is not None for record in kept):
            documents = _Memory()
            for record in kept:
                fold(documents.table, record)
            for name in ("tickets", "sums"):
                mine = [dict(document) for document in store.table(name).all()]
                assert mine == documents.all(name), f"{name} are not a fold of the records"
        with store.transaction() as tx:
            if not book.logs():
                book.open_new(tx, "enrolled", at=at(0), edition=1)
            for (day, series), number in promise.numbers.items():
                assert tx.next_number(day, series) > number, "a ticket number would be given twice"
            book.append(tx, kinds.RatingGiven(DAY.isoformat(), 5, "walk-by", "", repeat=False), at=at(1), edition=3)
        assert tx.confirmed.records


class _Memory:
    """Tables in plain TinyDB, to fold into."""

    def __init__(self) -> None:
        self._db = TinyDB(storage=MemoryStorage)

    def table(self, name: str) -> Any:
        return self._db.table(name)

    def all(self, name: str) -> list[dict[str, Any]]:
        return [dict(document) for document in self._db.table(name).all()]
