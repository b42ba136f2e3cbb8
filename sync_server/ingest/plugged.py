"""Reading from and writing to a stick that somebody plugged in, which may be prepared, rotten, or gone at any call.

    data = read(path, bytes_max)          regular files only, never through a link, never waiting
    put(path, data)                       there whole or not at all, and read back
    folder = made(root / "sala")          a folder and no link to one
    names(folder, count_max)              what lies there, without reading a folder of a million names

What fails raises `OSError` and nothing else.
"""

import errno
import itertools
import os
import stat
from pathlib import Path

from shared import stick as layout


def is_folder(path: Path) -> bool:
    """Whether this is a folder itself, and no link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def made(path: Path) -> Path:
    """The folder at `path`, made where there is none."""
    if not is_folder(path):
        path.mkdir()
        _sync_folder(path.parent)
    return path


def names(folder: Path, count_max: int) -> list[str]:
    """The names in `folder` in order; of more than `count_max`, some."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in itertools.islice(entries, count_max))


def read(path: Path, bytes_max: int) -> bytes:
    """A regular file's bytes, from the stick rather than from memory; one of more than `bytes_max` is not read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "a link, no regular file", str(path)) from error
        raise
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "no regular file", str(path))
        if found.st_size > bytes_max:
            raise OSError(errno.EFBIG, f"a file of {found.st_size} bytes; at most {bytes_max}", str(path))
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        parts, left = [], bytes_max
        while left and (part := os.read(handle, left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def put(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step, and look that the stick gives it back."""
    aside = path.with_name(path.name + layout.ASIDE)
    # Whatever lies there may be half a file of an earlier try, or a trap: a link, or a pipe that nobody reads.
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    aside.replace(path)
    _sync_folder(path.parent)
    if read(path, len(data)) != data:
        raise OSError(errno.EIO, "the stick gave back something else than was written", str(path))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
