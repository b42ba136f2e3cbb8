"""The anchor: a small file beside the database that says which epoch it is in and how many records it held.

It lies outside the database on purpose. Restoring an older copy of the database leaves the anchor as it was, and the
difference is how the server notices that it was rolled back. It may lag a moment behind the database; it never runs
ahead of it.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Anchor:
    """Epoch (hex) and how many records the database held in all."""

    epoch: str
    stored: int


def read() -> Anchor | None:
    """The anchor, or None where there is none or it is no longer legible (which is then treated as missing)."""
    try:
        said = json.loads(_path().read_text("utf-8"))
        return Anchor(str(said["epoch"]), int(said["stored"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write(anchor: Anchor) -> None:
    """Replace the anchor: written aside, synced, swapped. A write that changes nothing is left out."""
    if read() == anchor:
        return
    path = _path()
    aside = path.with_suffix(f".{os.getpid()}")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(asdict(anchor), file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _path() -> Path:
    folder: Path = settings.DATA_DIR
    return folder / "anchor.json"
