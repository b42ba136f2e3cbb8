"""The tripwire: has this data folder been copied, or put back from a copy?

Beside the store lies a small file that knows where it was born: its own inode, its birth time where the file system
tells one, a random mark in an extended attribute where the file system takes one, and the machine's id. A copied
folder or a file restored from a backup has other facts. It is no lock: whoever finds it sprung opens a new log that
cites the old one, and goes on.

    tripwire = Tripwire(folder / "device")
    reason = tripwire.check()           # None, or in a few words what has changed
    if reason is not None:
        ...                             # lobby.open_new(tx, "copied", ...), for every logbook
        tripwire.arm(os.urandom)

A whole disk image put back keeps all of these facts; that is seen by the server, whose position is ahead of the
kiosk's.
"""

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from kiosk.store import files

MACHINE_ID = Path("/etc/machine-id")

_ATTRIBUTE = "user.sala.device"
_MARK_BYTES = 16


class _Facts(msgspec.Struct, frozen=True):
    """What is known about the file; an empty or zero value was not to be had and is not compared."""

    mark: str
    inode: int
    born_ns: int
    attribute: bool
    machine: str


class Tripwire:
    """The file at `path`; `machine_id` names where this machine keeps its own id."""

    def __init__(self, path: Path, *, machine_id: Path = MACHINE_ID) -> None:
        self._path = path
        self._machine_id = machine_id

    def check(self) -> str | None:
        """None where all is as it was; else what has changed, for the diary and the staff screen. Never raises."""
        try:
            told = msgspec.json.decode(self._path.read_bytes(), type=_Facts)
        except FileNotFoundError:
            return "the device file is missing"
        except (OSError, msgspec.MsgspecError, ValueError) as error:
            return f"the device file cannot be read: {error}"
        now = self._facts(told.mark)
        if told.inode != now.inode:
            return "the device file lies in another place of the disk"
        if told.born_ns and now.born_ns and told.born_ns != now.born_ns:
            return "the device file was made at another time"
        if told.attribute and not now.attribute:
            return "the device file has lost its mark"
        if told.machine and now.machine and told.machine != now.machine:
            return "this is another machine"
        return None

    def arm(self, rand: Callable[[int], bytes]) -> None:
        """Write the file anew for this place; call it once the new logs are open."""
        mark = rand(_MARK_BYTES).hex()
        aside = self._path.with_name(self._path.name + ".new")
        aside.unlink(missing_ok=True)
        files.write_new(aside, b"")
        _set_attribute(aside, mark)
        # The facts go into the very file that they are about: its inode and birth stay when it is renamed.
        facts = Tripwire(aside, machine_id=self._machine_id)._facts(mark)  # noqa: SLF001 - our own class
        with aside.open("wb") as file:
            file.write(msgspec.json.encode(facts))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)
        files.sync_folder(self._path.parent)

    def _facts(self, mark: str) -> _Facts:
        try:
            inode = self._path.stat().st_ino
        except OSError:
            inode = 0
        return _Facts(mark, inode, _born_ns(self._path), _attribute(self._path) == mark, _read_text(self._machine_id))


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


def _set_attribute(path: Path, mark: str) -> None:
    try:
        os.setxattr(path, _ATTRIBUTE, mark.encode())
    except (OSError, AttributeError):
        return  # FAT, tmpfs on old kernels: the other facts must do


def _attribute(path: Path) -> str:
    try:
        return os.getxattr(path, _ATTRIBUTE).decode("ascii", "replace")
    except (OSError, AttributeError):
        return ""


def _born_ns(path: Path) -> int:
    """The file's birth time in ns, 0 where it is not told: Python 3.11 has no word for Linux's statx."""
    try:
        statx = ctypes.CDLL(None, use_errno=True).statx
    except (OSError, AttributeError):
        return 0
    buffer = ctypes.create_string_buffer(256)
    if statx(_AT_FDCWD, os.fsencode(path), 0, _STATX_BTIME, buffer) != 0:
        return 0
    mask = int.from_bytes(buffer.raw[0:4], "little")
    if not mask & _STATX_BTIME:
        return 0
    seconds = int.from_bytes(buffer.raw[80:88], "little", signed=True)
    return seconds * 1_000_000_000 + int.from_bytes(buffer.raw[88:92], "little")


# struct statx of linux/stat.h: stx_mask at 0, stx_btime (64-bit seconds, 32-bit nanoseconds) at 80.
_AT_FDCWD = -100
_STATX_BTIME = 0x800
