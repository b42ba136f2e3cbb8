"""What the store's tests share: a store, a logbook, moments and bodies."""

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from kiosk.store import Logbook, Store
from shared import kinds
from shared.records import At, Quality

KEY = bytes(range(32))


class Desk:
    """A store with one logbook, opened again at will."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.open()

    def open(self, **options) -> Store:
        self.store = Store(self.path, KEY, create=True, reserve_bytes=0, **options)
        self.book = Logbook(self.store, "lobby", software="test 1")
        if not self.book.logs():
            with self.store.transaction() as tx:
                self.book.open_new(tx, "enrolled", at=moment(0), edition=1)
        return self.store

    def reopen(self) -> Store:
        self.store.close()
        return self.open()

    def rate(self, score: int = 5, ms: int = 0):
        """One rating in one touch."""
        with self.store.transaction() as tx:
            return self.book.append(tx, rating(score), at=moment(ms), edition=2)

    def spoil(self, sql: str, *values) -> None:
        """Change the closed file behind the store's back."""
        self.store.close()
        with closing(apsw.Connection(str(self.path))) as db:
            db.execute(sql, values).fetchall()
        self.open()


def moment(ms: int) -> At:
    """`ms` after some morning."""
    return At(1_795_000_000_000 + ms, 420, b"bootboot", ms, Quality.GOOD)


def rating(score: int = 5) -> kinds.RatingGiven:
    """A rating of the lobby."""
    return kinds.RatingGiven("2026-11-25", score, "walk-by", "", repeat=False)


@pytest.fixture
def desk(tmp_path):
    """A store and its logbook in a folder of their own."""
    desk = Desk(tmp_path / "store.db")
    yield desk
    desk.store.close()
