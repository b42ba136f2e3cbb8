"""What goes into an archive, and out of it again.

In: the copy of the database, and `keys/` less `web.key`. Apart stay the identities that open backups (never on the
server), the anchor (it says how far the server had come, so it must not travel with a copy that came less far), and
`web.key` (a new one costs a sign-in; an old one would let old sessions live on).
"""

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

import zstandard

from sync_server.backups.copying import DUMP_NAME, SQLITE_NAME
from sync_server.backups.errors import NotWhole

KEYS = "keys"
_STAYS_HERE = frozenset({"web.key"})
_LEVEL = 6
_MEMBERS_MAX = 1000


def pack(database: Path, keys: Path, target: BinaryIO) -> None:
    """Write the archive of one copy to `target`. Raises `OSError`."""
    packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    with packer.stream_writer(target, closefd=False) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        tar.add(database, database.name, filter=_anonymous)
        for path in _key_files(keys):
            tar.add(path, str(PurePosixPath(KEYS) / path.relative_to(keys).as_posix()), filter=_anonymous)


def unpack(source: BinaryIO, folder: Path) -> Path:
    """Lay out in `folder` what an archive holds and return the database's file there. Raises `NotWhole`, and `OSError`
    where the disk does not take it. Nothing is written outside `folder`.
    """
    found: Path | None = None
    try:
        with (
            zstandard.ZstdDecompressor().stream_reader(source, closefd=False) as plain,
            tarfile.open(fileobj=plain, mode="r|") as tar,
        ):
            for number, member in enumerate(tar):
                place = _place(member)
                if place is None or number >= _MEMBERS_MAX:
                    raise NotWhole(f"the archive holds what no backup does: {member.name[:80]!r}")
                _lay_out(tar.extractfile(member), folder / place)
                if place.parts[0] != KEYS:
                    found = folder / place
    except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
        raise NotWhole(f"the archive does not unpack: {error}") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise NotWhole(f"the archive holds two things under one name: {error.filename}") from error
    if found is None or not (folder / KEYS).is_dir():
        raise NotWhole("the archive holds no database or no keys")
    for path in (folder / KEYS, *(folder / KEYS).rglob("*")):
        if path.is_dir():
            path.chmod(0o700)
    return found


def _lay_out(member: IO[bytes] | None, path: Path) -> None:
    """Write one file. `TarFile.extract` would do for archives that nobody forged, or with a filter that Python has from
    3.11.4 on; Debian 12 has an older one.
    """
    assert member is not None, "only regular files have a place"
    path.parent.mkdir(parents=True, exist_ok=True)
    with member, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        shutil.copyfileobj(member, file)


def _key_files(keys: Path) -> Iterator[Path]:
    for path in sorted(keys.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name not in _STAYS_HERE:
            yield path


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _place(member: tarfile.TarInfo) -> PurePosixPath | None:
    """Where a member belongs; None for what no backup holds."""
    place = PurePosixPath(member.name)
    if not member.isreg() or place.is_absolute() or ".." in place.parts:
        return None
    in_keys = len(place.parts) > 1 and place.parts[0] == KEYS
    return place if in_keys or place.name == str(place) in {SQLITE_NAME, DUMP_NAME} else None
