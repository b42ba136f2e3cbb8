"""One touch costs exactly one sync to disk, wherever it falls."""

import pytest

from tests.crash.tape import Tape, TapeDisk
from tests.crash.touches import Lobby


@pytest.fixture
def taped(place):
    """A lobby on a taped disk."""
    tape = Tape()
    disk = TapeDisk(tape)
    lobby = Lobby(place / "store.db", connect=disk.connect, told=lambda promise: None)
    yield tape, lobby
    lobby.store.close()
    disk.close()


TOUCHES = {
    "a ticket: record, document, number": lambda lobby: lobby.ticket(),
    "a ticket with a long text": lambda lobby: lobby.ticket(padding=20_000),
    "a rating": lambda lobby: lobby.rating(),
    "several records": lambda lobby: lobby.many(),
    "a new log": lambda lobby: lobby.new_log(),
    "a receipt": lambda lobby: lobby.receipt(),
}

BEFORE = {
    "in the middle of a day": lambda lobby: [lobby.ticket() for _ in range(3)],
    "just after opening": lambda lobby: (lobby.store.close(), lobby.reopen()),
    "just after a checkpoint": lambda lobby: lobby.store.checkpoint(),
    "just after a truncating checkpoint": lambda lobby: lobby.store.checkpoint(truncate=True),
    "after more pages than SQLite would keep": lambda lobby: lobby.ticket(padding=80_000),
}


@pytest.mark.parametrize("when", BEFORE)
@pytest.mark.parametrize("what", TOUCHES)
def test_a_touch_is_one_sync(taped, what, when):
    """Record, documents and counters of one touch are made durable by one and the same sync."""
    tape, lobby = taped
    BEFORE[when](lobby)
    syncs = tape.syncs()
    TOUCHES[what](lobby)
    assert tape.syncs() - syncs == 1


def test_many_touches_are_as_many_syncs(taped):
    """No checkpoint hides inside a touch, however long the log grows."""
    tape, lobby = taped
    syncs = tape.syncs()
    for _ in range(250):
        lobby.rating()
    assert tape.syncs() - syncs == 250
    assert lobby.store.wal_pages > 500


def test_reading_and_an_empty_transaction_cost_no_sync(taped):
    """Looking is free."""
    tape, lobby = taped
    lobby.ticket()
    syncs = tape.syncs()
    with lobby.store.transaction():
        pass
    lobby.store.table("tickets").all()
    list(lobby.book.after(0))
    assert tape.syncs() == syncs
