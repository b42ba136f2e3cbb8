"""Folders whose names outlive a power cut: what was promised to lie in one is gone with its name."""

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
    """Make the folder at `path`, and those it lies in where there are none, with durable names; `mode` is for it alone.

    One that is there already has a durable name too, since whoever made it may have been cut short; not so where it
    lies in a folder that we may not look into.
    """
    if not path.parent.is_dir():
        make_folder(path.parent)
    there = path.is_dir()
    path.mkdir(mode=mode, exist_ok=True)
    if not there or os.access(path.parent, os.R_OK):
        sync_folder(path.parent)
