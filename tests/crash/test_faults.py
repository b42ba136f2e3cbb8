"""A disk that fails now and then, or for good: nothing false is ever confirmed, and nothing confirmed is lost."""

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from kiosk.store import CannotRecord, DiskFailed, DiskFull, StoreError, Unconfirmed
from tests.crash.tape import Flip, ShortWrite, Tape, TapeDisk
from tests.crash.touches import DAY, Lobby, Promise, check

_EXTENDED = {
    "write": apsw.SQLITE_IOERR_WRITE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "read": apsw.SQLITE_IOERR_READ,
    "delete": apsw.SQLITE_IOERR_DELETE,
    "open": apsw.SQLITE_CANTOPEN,
}


def io_error(call: str) -> Exception:
    """What SQLite makes of EIO in this call."""
    error = apsw.CantOpenError("no") if call == "open" else apsw.IOError("the disk failed")
    error.extendedresult = _EXTENDED[call]
    return error


def eio(call: str) -> Exception:
    """The call fails."""
    return io_error(call)


def no_space(call: str) -> Exception:
    """The disk is full."""
    return apsw.FullError("no space") if call in {"write", "truncate"} else io_error(call)


def short_write(call: str) -> Exception:
    """The disk takes a part and is full then."""
    return ShortWrite(700, apsw.FullError("no space")) if call == "write" else io_error(call)


def cut_write(call: str) -> Exception:
    """The disk takes a part and fails then."""
    return ShortWrite(100, io_error(call)) if call == "write" else io_error(call)


KINDS: dict[str, Callable[[str], Exception]] = {
    "EIO": eio,
    "ENOSPC": no_space,
    "ENOSPC after a part": short_write,
    "EIO after a part": cut_write,
}


class Plan:
    """Fail call number `which` of the kinds in `calls`; `for_good` goes on failing from there."""

    def __init__(self, which: int, kind: Callable[[str], Exception], calls: set[str], *, for_good: bool) -> None:
        self.which, self.kind, self.calls, self.for_good = which, kind, calls, for_good
        self.seen = 0

    def __call__(self, call: str, name: str) -> None:
        if call not in self.calls:
            return
        self.seen += 1
        if self.seen == self.which or (self.for_good and self.seen > self.which):
            raise self.kind(call)

    @property
    def struck(self) -> bool:
        return self.seen >= self.which


def a_morning(folder: Path, plan: Plan) -> Promise:
    """Some touches on a failing disk; what people were told in the meantime."""
    tape = Tape()
    disk = TapeDisk(tape)
    lobby = Lobby(folder / "store.db", connect=disk.connect)
    tape.before = plan
    steps = [
        lobby.ticket,
        lobby.rating,
        lobby.store.checkpoint,
        lambda: lobby.ticket(padding=3000),
        lambda: lobby.store.checkpoint(truncate=True),
        lobby.many,
        lobby.slip,
    ]
    for step in steps:
        try:
            step()
        except StoreError:
            continue
    tape.before = lambda call, name: None
    lobby.store.close()
    disk.close()
    return lobby.promised


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_nth_call_fails(kind, for_good, place):
    """Whichever write, sync or truncation fails, what was confirmed is there afterwards and no number comes twice."""
    which = 0
    while True:
        which += 1
        folder = place / str(which)
        folder.mkdir()
        plan = Plan(which, KINDS[kind], {"write", "sync", "truncate"}, for_good=for_good)
        promised = a_morning(folder, plan)
        check(folder / "store.db", promised)
        if not plan.struck:
            break
    assert which > 20


def test_reads_fail(place):
    """A read that fails may cost the touch, never the store."""
    for which in range(1, 60, 3):
        folder = place / str(which)
        folder.mkdir()
        check(folder / "store.db", a_morning(folder, Plan(which, eio, {"read"}, for_good=False)))


def test_a_touch_whose_connection_broke_writes_nothing_more(place):
    """A caller that shrugs off an error in the middle of a touch is refused, and nothing of the touch remains."""
    disk = TapeDisk(Tape())
    lobby = Lobby(place / "store.db", connect=disk.connect)
    lobby.ticket()
    head = lobby.book.head
    tickets = lobby.store.table("tickets")

    def shrug() -> None:
        with lobby.store.transaction() as tx:
            tx.next_number(DAY, "A")
            lobby.store._db.release_memory()
            disk.tape.before = Plan(1, eio, {"read"}, for_good=True)
            with pytest.raises(StoreError):
                tickets.all()
            disk.tape.before = lambda call, name: None
            with pytest.raises(DiskFailed, match="earlier in this touch"):
                tickets.insert({"number": 99})

    with pytest.raises(DiskFailed, match="during this touch"):
        shrug()
    assert lobby.book.head == head
    assert [ticket["number"] for ticket in tickets] == [1]
    lobby.store.close()
    disk.close()


def test_a_failed_sync_is_told_truly(place):
    """After a failed sync the store opens anew and looks: here the touch is whole in the renewed log, so it is
    confirmed.
    """
    disk = TapeDisk(Tape())
    lobby = Lobby(place / "store.db", connect=disk.connect)
    disk.tape.before = Plan(1, eio, {"sync"}, for_good=False)
    confirmed = lobby.ticket()
    assert lobby.book.head.seq == confirmed.records[0].header.seq == 2
    lobby.store.close()
    disk.close()
    check(place / "store.db", lobby.promised)


def test_a_sync_is_never_tried_twice_on_one_connection(place):
    """The file handles whose sync failed are closed; nothing is synced through them again."""
    tape = Tape()
    disk = TapeDisk(tape)
    lobby = Lobby(place / "store.db", connect=disk.connect)
    calls = []
    fail = Plan(1, eio, {"sync"}, for_good=False)

    def watch(call: str, name: str) -> None:
        calls.append(call)
        fail(call, name)

    tape.before = watch
    lobby.ticket()
    after = calls[calls.index("sync") + 1 :]
    assert "open" in after
    assert "sync" not in after[: after.index("open")]
    tape.before = lambda call, name: None
    lobby.store.close()
    disk.close()


def test_a_dead_disk_says_so_and_changes_nothing(place):
    """While every write fails each touch is refused; once the disk is back, recording goes on behind the old head."""
    disk = TapeDisk(Tape())
    lobby = Lobby(place / "store.db", connect=disk.connect)
    lobby.ticket()
    head = lobby.book.head
    disk.tape.before = Plan(1, eio, {"write"}, for_good=True)
    for _ in range(3):
        with pytest.raises(DiskFailed) as refused:
            lobby.ticket()
        assert isinstance(refused.value, CannotRecord)
        assert refused.value.remedy
    disk.tape.before = lambda call, name: None
    assert lobby.book.head == head
    assert lobby.ticket().records[0].header.prev == head.hash
    lobby.store.close()
    disk.close()


def test_a_full_disk_says_so_and_changes_nothing(place):
    """No room: the touch is refused with its own error, and works again as soon as there is room."""
    disk = TapeDisk(Tape())
    lobby = Lobby(place / "store.db", connect=disk.connect)
    head = lobby.book.head
    disk.tape.before = Plan(1, no_space, {"write"}, for_good=True)
    with pytest.raises(DiskFull):
        lobby.ticket()
    disk.tape.before = lambda call, name: None
    assert lobby.book.head == head
    lobby.ticket()
    assert len(lobby.store.table("tickets")) == 1
    lobby.store.close()
    disk.close()


@pytest.mark.parametrize("every", [0, 24], ids=["one bit", "noise"])
@pytest.mark.parametrize("which", range(1, 9))
def test_a_bit_that_flips_on_its_way_to_the_disk_is_never_confirmed(which, every, place):
    """What reads back otherwise than it was written is refused, and the kiosk goes on, in a new log if need be."""
    disk = TapeDisk(Tape())
    lobby = Lobby(place / "store.db", connect=disk.connect, seed=which)
    for _ in range(3):
        lobby.ticket()
    promised = lobby.promised
    seen = 0

    def flip(call: str, name: str) -> None:
        nonlocal seen
        if call == "write":
            seen += 1
            if seen == which:
                raise Flip(which * 977 % 24 if every else which * 977, every=every)

    disk.tape.before = flip
    try:
        lobby.ticket()
    except Unconfirmed:
        assert lobby.promised == promised
    disk.tape.before = lambda call, name: None
    assert_kept(lobby)
    assert lobby.rating().records
    assert_kept(lobby)
    lobby.store.close()
    disk.close()


def assert_kept(lobby: Lobby) -> None:
    """Everything promised lies in the file itself, not only in SQLite's cache."""
    lobby.store.fetch("PRAGMA shrink_memory")
    for log, (seq, hash_) in lobby.promised.heads.items():
        assert lobby.book.hash_at(seq, log) == hash_
