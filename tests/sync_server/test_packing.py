"""What an archive lays out, and what it must not: read from an archive put together by hand."""

import io
import stat
import tarfile

import pytest
import zstandard

from sync_server.backups import packing
from sync_server.backups.copying import SQLITE_NAME
from sync_server.backups.errors import NotWhole

HONEST = [(SQLITE_NAME, b"database"), ("keys/office.key", b"key"), ("keys/readers/unit.key", b"another")]


def packed(members, **changed):
    """An archive of files; `changed` makes the last one something else."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            for field, value in changed.items() if (name, data) == members[-1] else ():
                setattr(member, field, value)
            tar.addfile(member, io.BytesIO(data))
    return io.BytesIO(zstandard.ZstdCompressor().compress(target.getvalue()))


def test_it_comes_out_as_it_went_in(tmp_path):
    """Each file whole, for nobody else to read; what a session is signed with stays behind."""
    keys = tmp_path / "keys"
    (keys / "readers").mkdir(parents=True)
    for name, data in [*HONEST[1:], ("keys/web.key", b"sessions")]:
        (tmp_path / name).write_bytes(data)
    (tmp_path / SQLITE_NAME).write_bytes(b"database")
    archive = io.BytesIO()
    packing.pack(tmp_path / SQLITE_NAME, keys, archive)
    archive.seek(0)
    out = tmp_path / "out"
    out.mkdir()
    assert packing.unpack(archive, out) == out / SQLITE_NAME
    laid = {path.relative_to(out).as_posix(): path for path in out.rglob("*")}
    assert {name: path.read_bytes() for name, path in laid.items() if path.is_file()} == dict(HONEST)
    assert {name: stat.S_IMODE(path.stat().st_mode) for name, path in laid.items()} == {
        **dict.fromkeys(dict(HONEST), 0o600), "keys": 0o700, "keys/readers": 0o700,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("../outside", {}),
        ("keys/../../outside", {}),
        ("/etc/outside", {}),
        ("another.sqlite3", {}),
        ("keys", {}),
        ("keys/link", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}),
        ("keys/hard", {"type": tarfile.LNKTYPE, "linkname": SQLITE_NAME}),
        ("keys/pipe", {"type": tarfile.FIFOTYPE}),
        ("keys/device", {"type": tarfile.CHRTYPE}),
        ("keys/office.key", {}),
        (SQLITE_NAME, {}),
        ("keys/office.key/below", {}),
        ("keys/readers", {}),
        ("keys/readers/unit.key/far/below", {}),
    ],
)
def test_what_no_backup_holds_is_refused(tmp_path, name, changed):
    """Ways out of the folder, links, devices, and a second thing under a name: what was there first is untouched."""
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(NotWhole):
        packing.unpack(packed([*HONEST, (name, b"evil")], **changed), out)
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    assert {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()} == dict(
        HONEST
    )
