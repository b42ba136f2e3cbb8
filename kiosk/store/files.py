"""Files written so that a power cut leaves either the old or the new one, whole.

`replace` writes aside, syncs, renames, and syncs the folder. The folder matters: without it a renamed or new file may
be missing after the power returns although its bytes were safe.
"""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path, *, mode: int = 0o777) -> None:
    """Make the folder at `path` and those it lies in where there are none, with names that a power cut leaves; what
    lies in a folder is gone with its name. Also of one that is there already, since whoever made it may have been cut
    short, unless it lies where we may not look.
    """
    if not path.parent.is_dir():
        make_folder(path.parent, mode=mode)
    there = path.is_dir()
    path.mkdir(mode=mode, exist_ok=True)
    if not there or os.access(path.parent, os.R_OK):
        sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the bytes of `path` durable."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put `data` at `path` in one step, readable by the rights of `mode` from the first moment on."""
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    write_new(aside, data, mode=mode)
    aside.replace(path)
    sync_folder(path.parent)


def create(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put `data` at `path` in one step where nothing is yet; raises `FileExistsError` rather than replace what is
    there.
    """
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    write_new(aside, data, mode=mode)
    try:
        path.hardlink_to(aside)
    finally:
        aside.unlink()
    sync_folder(path.parent)


def write_new(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a file that does not exist yet, synced; a cut may leave a part of it, so this is for the file aside."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with open(handle, "wb") as file:  # noqa: PTH123 - a handle opened with flags of ours, not a path
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
