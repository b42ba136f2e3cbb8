"""A kiosk's disk that keeps only what was synced, and fails when told to.

    disk = LossyDisk(dice.randbytes, dice)
    Store(path, key, connect=disk.connect)
    disk.fail_after(3)                  # the third call of SQLite from now fails, once
    disk.full = True                    # until it is set back, nothing is written
    left = disk.survivors()             # what the power cut leaves of each file; unsynced bytes kept, lost or torn
    disk.begin_anew(path)               # what lies there now is on the disk for good

The layer is that of tests/crash (`TapeDisk`); instead of a tape to be cut later, the disk is played as it is written.
"""

import random
from pathlib import Path
from typing import Any, Final

import apsw

from kiosk.store.sqlite import wal_path
from tests.crash.tape import Op, Tape, TapeDisk, _Disk

_ERRORS: Final = {"read": apsw.SQLITE_IOERR_READ, "write": apsw.SQLITE_IOERR_WRITE, "sync": apsw.SQLITE_IOERR_FSYNC}


class _Played:
    """Stands where a tape's list of operations does: each is played at once and forgotten."""

    def __init__(self, disk: _Disk, dice: random.Random) -> None:
        self._disk, self._dice = disk, dice

    def append(self, op: Op) -> None:
        self._disk.play(op, self._dice)


class LossyDisk(TapeDisk):
    """One kiosk's disk; `close` when done. `dice` decides what a power cut leaves."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._disk = _Disk()
        self._fail_in = 0
        self.full = False
        super().__init__(self._tape())

    def begin_anew(self, path: Path) -> None:
        """The machine is switched on, with the store at `path` closed: what lies there is on the disk for good."""
        self._disk = _Disk()
        self.tape = self._tape()
        for file in (path, wal_path(path)):
            if file.exists():
                self._at_rest(file)

    def connect(self, path: Path) -> apsw.Connection:
        """Open the file at `path`. Of what a closed connection wrote and nobody synced the fate is still open; only a
        write-ahead log that is not empty was renewed, and synced, by whoever opens (`kiosk.store.sqlite.renew_wal`).
        """
        wal = wal_path(path)
        if wal.exists() and wal.stat().st_size:
            self._at_rest(wal)
        return super().connect(path)

    def _at_rest(self, file: Path) -> None:
        inode = self.tape.opened(file.name, existed=True)
        self._disk.waiting.pop(inode, None)
        self._disk.files[inode] = bytearray(file.read_bytes())
        self._disk.play(("folder",), self._dice)

    def fail_after(self, calls: int) -> None:
        """Call number `calls` from now fails (EIO), once; 0 calls it off."""
        self._fail_in = calls

    def survivors(self) -> dict[str, bytes]:
        """The files that a power cut at this moment leaves, by name."""
        return self._disk.survivors(self._dice)

    def _tape(self) -> Tape:
        tape = Tape()
        tape.ops = _Played(self._disk, self._dice)  # type: ignore[assignment]  # all that a tape does is append
        tape.before = self._before
        return tape

    def _before(self, call: str, _name: str) -> None:
        if call not in _ERRORS:
            return
        if self.full and call == "write":
            raise apsw.FullError("no space")
        if self._fail_in:
            self._fail_in -= 1
            if not self._fail_in:
                error: Any = apsw.IOError("the disk failed")
                error.extendedresult = _ERRORS[call]
                raise error
