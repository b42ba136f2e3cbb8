"""The power may go at any moment: nothing that was promised is lost, and the kiosk goes on."""

import tempfile
from pathlib import Path

import apsw
import pytest

from kiosk.store import CannotRecord, sqlite
from tests.crash import explorer
from tests.crash.explorer import folder, judge, record_day, run
from tests.crash.tape import Tape, TapeDisk, cuts
from tests.crash.touches import Lobby

#: As many states as the project promises to look at on every commit; `python -m tests.crash` looks at more.
STATES = 30_000
PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_no_power_cut_loses_what_was_promised(part):
    """Every file left by a power cut opens, verifies from record 1, holds all that was promised, and goes on."""
    tally = run(range(part * 1_000, (part + 1) * 1_000), steps=12, each=4, stop_at=STATES // PARTS)
    assert not tally.failures, tally.failures[:3]
    assert tally.states == STATES // PARTS


def test_a_long_day_survives_too():
    """The same with a fuller file: checkpoints meet a write-ahead log that was used before."""
    tally = run(range(90_000, 90_001), steps=80, each=1)
    assert not tally.failures, tally.failures[:3]
    assert tally.states > 300


def test_a_state_that_comes_again_is_judged_once(monkeypatch):
    """The same files under the same promise cannot end otherwise; each one that differs is opened."""
    opened: list[tuple[tuple[tuple[str, bytes], ...], int]] = []

    def judged(_place: Path, files: dict[str, bytes], promise: object) -> str:
        opened.append((tuple(sorted(files.items())), id(promise)))
        return f"{len(opened)}"

    monkeypatch.setattr(explorer, "judge", judged)
    tape, _ = record_day(1, 6)
    states = [(tuple(sorted(files.items())), id(promise)) for _, files, promise in cuts(tape, seed=1, each=3)]
    monkeypatch.setattr(explorer, "record_day", lambda _seed, _steps: (tape, 0))
    verdicts = [wrong for _, wrong, _ in explorer.explore(1, steps=6, each=3)]
    assert opened == list(dict.fromkeys(states))
    assert verdicts == [str(opened.index(state) + 1) for state in states]
    assert len(opened) < len(states)


@pytest.mark.parametrize("mode", ["OFF", "NORMAL"])
def test_the_explorer_sees_a_store_that_does_not_sync(mode, monkeypatch):
    """A store that leaves syncing to luck is found out: this explorer can tell good from bad."""
    monkeypatch.setattr(sqlite, "SYNCHRONOUS", mode)
    tally = run(range(3), steps=12, each=1)
    assert len(tally.failures) > tally.states / 10


def _day_with_a_failed_sync(which: int) -> Tape:
    """A day on which sync number `which` of the write-ahead log fails, once."""
    with tempfile.TemporaryDirectory(dir=folder()) as place:
        tape = Tape()
        disk = TapeDisk(tape)
        seen = 0

        def fail(call: str, name: str) -> None:
            nonlocal seen
            if call == "sync" and name.endswith("-wal"):
                seen += 1
                if seen == which:
                    error = apsw.IOError("the disk did not sync")
                    error.extendedresult = apsw.SQLITE_IOERR_FSYNC
                    raise error

        lobby = Lobby(Path(place) / "store.db", connect=disk.connect, told=tape.ack, seed=which)
        tape.before = fail
        for _ in range(8):
            try:
                lobby.rating()
            except CannotRecord:
                continue
        lobby.store.close()
        disk.close()
        return tape


def _tape_renewals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tape know when the store writes its log anew, which goes past SQLite's file layer."""
    taped = TapeDisk.connect

    def connect(disk: TapeDisk, path: Path) -> apsw.Connection:
        wal = sqlite.wal_path(path)
        if wal.exists() and wal.stat().st_size:
            disk.tape.renewed(wal.name, wal.read_bytes())
        return taped(disk, path)

    monkeypatch.setattr(TapeDisk, "connect", connect)


@pytest.mark.parametrize("which", [1, 2, 3, 5])
def test_a_power_cut_after_a_failed_sync_loses_nothing(which, monkeypatch):
    """Bytes whose sync failed may never reach the disk, though they still read well: the log is written anew first."""
    _tape_renewals(monkeypatch)
    failures = _judge_all(_day_with_a_failed_sync(which), seed=which)
    assert not failures, failures[:3]


def test_without_renewing_the_log_a_failed_sync_would_lose_promises(monkeypatch):
    """The renewal is what saves it: left out, later promises stand on bytes that never arrived."""
    monkeypatch.setattr(sqlite, "renew_wal", lambda path: None)
    assert any(_judge_all(_day_with_a_failed_sync(which), seed=which) for which in (2, 3, 5))


def _judge_all(tape: Tape, *, seed: int) -> list[str]:
    with tempfile.TemporaryDirectory(dir=folder()) as place:
        verdicts = [judge(Path(place) / "cut", files, promise) for _, files, promise in cuts(tape, seed=seed, each=3)]
    return [wrong for wrong in verdicts if wrong is not None]


def test_a_day_is_long_enough_to_mean_something():
    """The recorded days do contain checkpoints, several logs and many touches."""
    tape, touches = record_day(90_000, 80)
    assert touches > 50
    assert tape.syncs() > touches
