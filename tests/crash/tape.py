"""A disk that remembers: every write, truncation, sync and name that SQLite asks for, on a tape that can be cut
anywhere.

`Tape` is the record, `TapeDisk` the SQLite file layer (VFS) that writes it while passing everything on to real files,
and `cuts(tape, ...)` rebuilds what a disk may hold if the power goes at any point of it.

`FilesTape` writes the same tape for plain files and folders, as `kiosk.store.files` puts them.

What a disk may do with bytes that were not yet synced: keep any of them, in any order, torn at 512 bytes. What it may
do with names: keep the first few changes of each folder and lose the rest; syncing a journal or write-ahead log for the
first time also syncs its folder, as SQLite's own file layer does. After a *failed* sync the bytes that did not reach
the disk never will, although reading still shows them. A file is gone with the name of a folder that it lies in.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from kiosk.store import files

SECTOR = 512
#: What stands where a folder's bytes would.
_FOLDER = 0

Op = tuple[Any, ...]


class Tape:
    """What happened, in order; `before` may be set to make calls fail (it gets the call and the file's name)."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.before: Callable[[str, str], None] = lambda call, name: None
        self._inodes = 0
        self._names: dict[str, int] = {}

    def opened(self, name: str, *, existed: bool) -> int:
        if not existed or name not in self._names:
            self._inodes += 1
            self._names[name] = self._inodes
            self.ops.append(("create", self._inodes, name))
        return self._names[name]

    def deleted(self, name: str, *, synced: bool) -> None:
        self._names.pop(name, None)
        self.ops.append(("delete", name))
        if synced:
            self.ops.append(("folder", _above(name)))

    def made(self, name: str) -> None:
        """A folder that was not there."""
        self.ops.append(("create", _FOLDER, name))

    def renewed(self, name: str, data: bytes) -> None:
        """A file was replaced by one that was written aside and synced before it got the name."""
        self._inodes += 1
        self._names[name] = inode = self._inodes
        self.ops += [("write", inode, 0, data), ("sync", inode), ("create", inode, name), ("folder", _above(name))]

    def renamed(self, old: str, new: str) -> None:
        """A file got another name, in place of whatever had it."""
        self._names[new] = self._names.pop(old)
        self.ops.append(("rename", old, new))

    def written(self, name: str, data: bytes) -> None:
        """A file that was not there got its bytes."""
        inode = self.opened(name, existed=False)
        self.ops.append(("write", inode, 0, data))

    def synced(self, name: str) -> None:
        """The bytes of a file, or the names in a folder, are on the disk."""
        inode = self._names.get(name)
        self.ops.append(("folder", name) if inode is None else ("sync", inode))

    def ack(self, promise: Any) -> None:
        """From here on `promise` has been made to a person."""
        self.ops.append(("ack", promise))

    def syncs(self) -> int:
        return sum(op[0] == "sync" for op in self.ops)


class TapeDisk(apsw.VFS):
    """SQLite's usual file layer with the tape running; `close` when done. Names are those below `root`, or without any
    folder.
    """

    _made = 0

    def __init__(self, tape: Tape, root: Path | None = None) -> None:
        TapeDisk._made += 1
        self.name = f"tape{TapeDisk._made}"
        self.tape = tape
        self._root = root
        super().__init__(self.name, "")

    def connect(self, path: Path) -> apsw.Connection:
        return apsw.Connection(str(path), vfs=self.name)

    def xOpen(self, name: Any, flags: list[int]) -> "TapeFile":  # noqa: N802 - SQLite's name
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else str(name))
        self.tape.before("open", self._below(path))
        existed = path.exists()
        return TapeFile(self.tape, self._below(path), existed, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        name = self._below(Path(filename))
        self.tape.before("delete", name)
        super().xDelete(filename, syncdir)
        self.tape.deleted(name, synced=syncdir)

    def _below(self, path: Path) -> str:
        return str(path.relative_to(self._root)) if self._root else path.name

    def close(self) -> None:
        self.unregister()


class TapeFile(apsw.VFSFile):
    """One open file."""

    def __init__(self, tape: Tape, name: str, existed: bool, full_name: Any, flags: list[int]) -> None:
        super().__init__("", full_name, flags)
        self.tape = tape
        self.name = name
        self.inode = tape.opened(name, existed=existed)
        self.syncs_folder = name.endswith(("-wal", "-journal"))

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        try:
            self.tape.before("write", self.name)
        except ShortWrite as short:
            part = bytes(data)[: short.length]
            self.tape.ops.append(("write", self.inode, offset, part))
            super().xWrite(part, offset)
            raise short.error from short
        except Flip as flip:
            spoiled = bytearray(data)
            for at in range(flip.at % len(spoiled), len(spoiled), flip.every or len(spoiled)):
                spoiled[at] ^= 0x40
            data = bytes(spoiled)
        self.tape.ops.append(("write", self.inode, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self.tape.before("truncate", self.name)
        self.tape.ops.append(("truncate", self.inode, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        try:
            self.tape.before("sync", self.name)
        except apsw.Error:
            self.tape.ops.append(("lost", self.inode))
            raise
        super().xSync(flags)
        self.tape.ops.append(("sync", self.inode))
        if self.syncs_folder:
            self.syncs_folder = False
            self.tape.ops.append(("folder", _above(self.name)))

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self.tape.before("read", self.name)
        return super().xRead(amount, offset)


class ShortWrite(Exception):
    """Raised by a tape's `before`: write only `length` bytes, then fail with `error`."""

    def __init__(self, length: int, error: Exception) -> None:
        self.length = length
        self.error = error


class Flip(Exception):
    """Raised by a tape's `before`: a bit of what is written is not what was handed over, or one in `every` so many
    bytes.
    """

    def __init__(self, at: int, *, every: int = 0) -> None:
        self.at = at
        self.every = every


class FilesTape:
    """A tape of what `kiosk.store.files` and its callers do below `root`: patches the calls that they are made of."""

    def __init__(self, root: Path, monkeypatch: Any) -> None:
        self.tape = Tape()
        self._root = root
        write_new, replace, unlink, fsync = files.write_new, Path.replace, Path.unlink, os.fsync
        mkdir = Path.mkdir

        def taped_write_new(path: Path, data: bytes, *, mode: int = 0o600) -> None:
            self._on(path, lambda name: self.tape.written(name, data))
            write_new(path, data, mode=mode)

        def taped_replace(path: Path, target: Path) -> Path:
            done = replace(path, target)
            self._on(path, lambda name: self.tape.renamed(name, str(target.relative_to(root))))
            return done

        def taped_unlink(path: Path, missing_ok: bool = False) -> None:
            existed = path.exists()
            unlink(path, missing_ok=missing_ok)
            if existed:
                self._on(path, lambda name: self.tape.deleted(name, synced=False))

        def taped_mkdir(path: Path, *args: Any, **kwargs: Any) -> None:
            missing = [each for each in (path, *path.parents) if not each.exists()]
            mkdir(path, *args, **kwargs)
            for each in reversed(missing):
                self._on(each, self.tape.made)

        def taped_fsync(handle: int) -> None:
            fsync(handle)
            self._on(Path(f"/proc/self/fd/{handle}").readlink(), self.tape.synced)

        monkeypatch.setattr(files, "write_new", taped_write_new)
        monkeypatch.setattr(Path, "replace", taped_replace)
        monkeypatch.setattr(Path, "unlink", taped_unlink)
        monkeypatch.setattr(Path, "mkdir", taped_mkdir)
        monkeypatch.setattr(os, "fsync", taped_fsync)

    def _on(self, path: Path, note: Callable[[str], None]) -> None:
        if path.is_relative_to(self._root):
            note(str(path.relative_to(self._root)))


@dataclass
class _Disk:
    """What is durable for certain, and what is still on its way."""

    files: dict[int, bytearray] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    waiting: dict[int, list[Op]] = field(default_factory=dict)
    waiting_names: list[Op] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    """Folders that were not there when the tape began."""

    def play(self, op: Op, rng: random.Random) -> None:
        match op:
            case ("write" | "truncate", inode, *_):
                self.waiting.setdefault(inode, []).append(op)
            case ("sync", inode):
                for each in self.waiting.pop(inode, []):
                    _apply(self.files.setdefault(inode, bytearray()), each)
            case ("lost", inode):
                _some(self.files.setdefault(inode, bytearray()), self.waiting.pop(inode, []), rng)
            case ("create" | "delete" | "rename", *_):
                self.waiting_names.append(op)
                if op[:2] == ("create", _FOLDER):
                    self.made.add(op[2])
            case ("folder", *which):
                for each in [each for each in self.waiting_names if not which or _folder(each) == which[0]]:
                    _rename(self.names, each)
                    self.waiting_names.remove(each)

    def survivors(self, rng: random.Random) -> dict[str, bytes]:
        """One of the things this disk may hold when the power goes now."""
        names = dict(self.names)
        for folder in dict.fromkeys(map(_folder, self.waiting_names)):
            here = [op for op in self.waiting_names if _folder(op) == folder]
            for op in here[: rng.randint(0, len(here))]:
                _rename(names, op)
        left = {}
        for name, inode in names.items():
            lost = any(str(above) in self.made and str(above) not in names for above in Path(name).parents)
            if inode == _FOLDER or lost:
                continue
            content = bytearray(self.files.get(inode, b""))
            _some(content, self.waiting.get(inode, []), rng)
            left[name] = bytes(content)
        return left


def _apply(content: bytearray, op: Op) -> None:
    if op[0] == "truncate":
        del content[op[2] :]
        return
    _, _, offset, data = op
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _some(content: bytearray, ops: list[Op], rng: random.Random) -> None:
    """Some of `ops`, maybe out of order, maybe torn."""
    kept = [op for op in ops if rng.random() < 0.6]
    if rng.random() < 0.5:
        rng.shuffle(kept)
    for op in kept:
        if op[0] == "truncate" or rng.random() < 0.5:
            _apply(content, op)
            continue
        _, inode, offset, data = op
        for start in range(0, len(data), SECTOR):
            if rng.random() < 0.5:
                _apply(content, ("write", inode, offset + start, data[start : start + SECTOR]))


def _folder(op: Op) -> str:
    return _above(op[-1])


def _above(name: str) -> str:
    """The name of the folder in which this lies."""
    return str(Path(name).parent)


def _rename(names: dict[str, int], op: Op) -> None:
    if op[0] == "create":
        names[op[2]] = op[1]
    elif op[0] == "rename":
        names[op[2]] = names.pop(op[1])
    else:
        names.pop(op[1], None)


def cuts(tape: Tape, *, seed: int, each: int) -> Iterator[tuple[int, dict[str, bytes], Any]]:
    """Cut the power after every operation, `each` times with other luck: (where, files left, last promise or None)."""
    rng = random.Random(seed)
    disk = _Disk()
    promise = None
    for index, op in enumerate(tape.ops):
        if op[0] == "ack":
            promise = op[1]
            continue
        disk.play(op, rng)
        for _ in range(each):
            yield index, disk.survivors(rng), promise
