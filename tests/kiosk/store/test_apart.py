"""The confidential store where the disk has no room, or fails, while it is made."""

from datetime import date

import apsw
import pytest

from kiosk.store import CannotRecord, StoreDamaged, store
from kiosk.store.apart import Apart, at
from shared.kinds import ComplaintFiled
from shared.thai import day_start
from tests.crash.tape import Tape, TapeDisk
from tests.kiosk.store.test_salvage import pages_of, spoil_page

KEY = bytes(range(32))
DAY = date(2026, 11, 25)


def keep(apart):
    """One complaint."""
    body = ComplaintFiled(DAY.isoformat(), b"i" * 16, b"k" * 32, "conduct", "unit", b"sealed")
    with apart.open(DAY) as book, book.store.transaction() as tx:
        book.append(tx, body, at=at(DAY), edition=1)


@pytest.mark.parametrize("error", [apsw.FullError("no space"), apsw.IOError("the disk failed")])
def test_a_store_that_could_not_be_made_leaves_nothing_half(tmp_path, error):
    """At whichever write it fails: there is none, or one that opens; who only asks what is in it is told so while the
    disk is still full.
    """
    refused = 0
    for number in range(1, 40):
        tape, writes = Tape(), []

        def before(call, _name, number=number, writes=writes):
            writes.append(call) if call == "write" else None
            if call == "write" and len(writes) >= number:
                raise error

        tape.before = before
        disk = TapeDisk(tape)
        apart = Apart(tmp_path / f"{number}", KEY, software="test", connect=disk.connect)
        try:
            keep(apart)
        except CannotRecord:
            refused += 1
            times = {path.stat().st_mtime for path in (apart.folder, *apart.folder.iterdir())}
            assert times == {day_start(DAY).timestamp()}, "a failed try tells when it was"
            if apart.exists:
                with apart.open(DAY) as book:
                    assert book.head.seq == 1, "only the log was opened"
            else:
                assert {path.name for path in apart.folder.iterdir()} <= {"store.sala.lock"}
        disk.close()
        keep(Apart(tmp_path / f"{number}", KEY, software="test"))
    assert refused > 10


def test_what_another_program_kept_meanwhile_stays(tmp_path, monkeypatch):
    """One program fails to make the store; before it has cleared up, another one made it and kept a complaint."""
    apart, other = (Apart(tmp_path / "one", KEY, software="test") for _ in range(2))
    whole = Apart._store_at

    def failing(self, path, day, *, create):
        monkeypatch.setattr(Apart, "_store_at", whole)
        keep(other)
        raise CannotRecord("no space")

    monkeypatch.setattr(Apart, "_store_at", failing)
    with pytest.raises(CannotRecord):
        keep(apart)
    with apart.open(DAY) as book:
        assert book.head.seq == 2


def test_noise_that_shows_in_use_is_salvaged_at_the_next_use(tmp_path, monkeypatch):
    """A large confidential store has a page of noise: the use that meets it fails, the next one goes on."""
    monkeypatch.setattr(store, "QUICK_CHECK_BYTES", 0)
    apart = Apart(tmp_path / "one", KEY, software="test")
    with apart.open(DAY):
        for _ in range(80):
            keep(apart)
    path = apart.folder / "store.sala"
    spoil_page(path, pages_of(path, "record")[1])
    with pytest.raises(StoreDamaged), apart.open(DAY) as book:
        list(book.after(0))
    assert {path.stat().st_mtime for path in apart.folder.iterdir()} == {day_start(DAY).timestamp()}
    keep(apart)
    assert (apart.folder / "store.sala.damaged-1").exists()
    assert ["damaged" in fault for fault in apart.faults] == [True, True]
    with apart.open(DAY) as book:
        assert [view.head.seq > 1 for view in book.logs()] == [True, True]
