"""The second road in: envelopes that a person carried here on a USB stick, taken as if they had come over the line.

    told = take(Path("/media/stick"), now=now)
    told.records, told.refused

Each file goes through `actions.accept`, so a stick can do nothing that the line cannot: a wrong signature is refused, a
repeated file is one copy, records that begin beyond what is held stay on the stick until the gap is closed. Nothing is
written on the stick and nothing outside the database.

Whatever else lies on it is passed over: only regular files with the names of `shared.stick`, no links, at most
`FILES_MAX` of them, and of each no more than an envelope may have.
"""

import datetime as dt
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shared import envelope, protocol
from shared import stick as layout
from shared.errors import SalaError
from shared.protocol import Reason, Receipt
from sync_server.ingest import actions
from sync_server.keys import server_keys

#: More than any kiosk fills in years; whoever plugs in a stick of a million files does not stop the server.
FILES_MAX: Final = 10_000


class NoStick(SalaError):
    """There is nothing of a kiosk at this place."""

    remedy = "Name the folder at which the stick is mounted, the one that holds the folder 'sala'."


@dataclass(slots=True)
class Taken:
    """What a stick brought: files and records the server now holds for sure, and the files it did not take, by name
    with the reason; those stay on the stick.
    """

    files: int = 0
    records: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def take(root: Path, *, now: dt.datetime) -> Taken:
    """Take everything that lies on the stick mounted at `root`. Raises `NoStick`.

    A file that cannot be read, or is not taken, is named and does not stop the others.
    """
    told = Taken()
    for number, path in enumerate(_files(root)):
        name = f"{path.parent.name[:8]}/{path.name}"
        if number >= FILES_MAX:
            told.refused.append((name, f"more than {FILES_MAX} files"))
            break
        try:
            data = _read(path)
            header = envelope.read_header(data)
        except OSError as error:
            told.refused.append((name, error.strerror or "unreadable"))
            continue
        except SalaError as error:
            told.refused.append((name, str(error)))
            continue
        answer = protocol.read_answer(actions.accept(data, now=now).body, server_keys().receipts.public)
        if isinstance(answer, Receipt):
            told.files += 1
            told.records += header.count
        else:
            assert isinstance(answer, protocol.Refusal), "an envelope is answered by a receipt or a refusal"
            told.refused.append((name, answer.reason.value))
            if answer.reason is Reason.BUSY:
                break  # the database is away: the rest would fare no better
    return told


def _files(root: Path) -> Iterator[Path]:
    """Every file that can be an envelope: kiosk by kiosk, each log in its order."""
    top = root / layout.TOP
    if top.is_symlink() or not top.is_dir():
        raise NoStick(f"there is no folder {layout.TOP} in {root}")
    for folder in sorted(top.iterdir()):
        if layout.is_folder(folder.name) and folder.is_dir() and not folder.is_symlink():
            yield from sorted(path for path in folder.iterdir() if layout.read_name(path.name))


def _read(path: Path) -> bytes:
    """A regular file's bytes, at most one more than an envelope may have. Raises `OSError`; never waits."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "no regular file", str(path))
        data = b""
        while part := os.read(handle, envelope.ENVELOPE_BYTES_MAX + 1 - len(data)):
            data += part
        return data
    finally:
        os.close(handle)
