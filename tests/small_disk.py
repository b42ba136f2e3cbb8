"""A real disk of a few KiB, for what happens when it is full: a tmpfs, mounted while a test runs."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """`folder`, made and mounted with so much room; skips the test where mounting is not allowed."""
    folder.mkdir()
    order = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder]
    if subprocess.run(order, check=False, capture_output=True).returncode:
        pytest.skip("mounting needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path, *, leave_bytes: int = 0) -> Path:
    """Something of somebody else's that takes what room there is, less `leave_bytes`; returns it, to delete."""
    other = folder / "somebody-elses.mov"
    room = os.statvfs(folder)
    with other.open("wb") as file:
        file.write(bytes(max(0, room.f_bavail * room.f_frsize - leave_bytes)))
    return other
