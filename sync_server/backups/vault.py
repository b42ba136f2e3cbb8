"""Encryption of backups with age, and who can open them.

The recipients are public and lie in `keys/backup-recipients`, one a line. The private halves, the *identities*, are
files that never stay on the server: `sala-server backup-key FILE` writes one to be taken away. They are age's own, so
`age -d -i FILE backup.tar.zst.age` opens a backup without any part of Sala.
"""

import datetime as dt
import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Protocol

import pyrage
from pyrage import x25519

from sync_server.backups.errors import BackupFailed, NotTwo, NotWhole, RestoreRefused, WrongIdentity
from sync_server.files import sync_folder

#: Less than two and the loss of one file would be the loss of every backup.
RECIPIENTS_MIN = 2
_NAME = "backup-recipients"
#: An identity file of age's has some hundred bytes.
_IDENTITY_BYTES_MAX = 64 * 1024


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take all of `data`; returns its length."""


def recipients(keys: Path) -> list[str]:
    """The public halves that a backup is encrypted to, in the order in which they were added."""
    try:
        lines = (keys / _NAME).read_text("ascii").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def keep_recipients(keys: Path, chosen: list[str]) -> None:
    """Write down who can open the backups from now on. Raises `BackupFailed` for what is no recipient."""
    for line in chosen:
        _recipient(line)
    path = keys / _NAME
    aside = path.with_suffix(".new")
    with aside.open("w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in dict.fromkeys(chosen)))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(keys)


def new_identity(path: Path, now: dt.datetime) -> str:
    """Make an identity, write its private half to a new file for its owner only, and return its public half.

    Raises `OSError` where the file is there already or cannot be written.
    """
    identity = x25519.Identity.generate()
    public = str(identity.to_public())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"# created: {now.isoformat()}\n# public key: {public}\n{identity}\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
    return public


def seal(source: BinaryIO, sink: Sink, to: list[str]) -> "Counted":
    """Encrypt what `source` gives to these recipients; returns how much was written and its SHA-256.

    Raises `NotTwo`, and `OSError` where `sink` does not take it.
    """
    if len(set(to)) < RECIPIENTS_MIN:
        raise NotTwo(f"{len(set(to))} can open a backup, and {RECIPIENTS_MIN} must")
    counted = Counted(sink)
    try:
        pyrage.encrypt_io(source, counted, [_recipient(line) for line in to])
    except (OSError, pyrage.EncryptError) as error:
        raise counted.failed or BackupFailed(f"the copy was not encrypted: {error}") from error
    # The last bytes are written while pyrage lets go of them, where it asks for no error.
    if counted.failed:
        raise counted.failed
    return counted


def unseal(source: BinaryIO, sink: Sink, identity: Path) -> None:
    """Decrypt to `sink` with the identities in a file. Raises `WrongIdentity`, `NotWhole`, `RestoreRefused`, and
    `OSError` where `sink` does not take it.
    """
    counted = Counted(sink)
    try:
        pyrage.decrypt_io(source, counted, _identities(identity))
    except (OSError, pyrage.DecryptError) as error:
        if counted.failed:
            raise counted.failed from error
        if "No matching keys" in str(error):
            raise WrongIdentity(f"{identity.name} does not open this backup") from error
        raise NotWhole(f"the archive does not decrypt: {error}") from error
    if counted.failed:
        raise counted.failed


class Counted:
    """A sink before another: counts and hashes what went through, and remembers what the other one raised."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._hash = hashlib.sha256()
        self.bytes = 0
        self.failed: OSError | None = None

    def write(self, data: bytes) -> int:
        """All of it, or the sink's own error, which pyrage may not pass on."""
        try:
            self._sink.write(data)
        except OSError as error:
            self.failed = error
            raise
        self._hash.update(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of everything written."""
        return self._hash.digest()


def _recipient(line: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(line)
    except pyrage.RecipientError as error:
        raise BackupFailed(f"{line[:20]!r} is no recipient of age's ({error})") from error


def _identities(path: Path) -> list[x25519.Identity]:
    try:
        with path.open("rb") as file:
            text = file.read(_IDENTITY_BYTES_MAX).decode("ascii")
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        found = [x25519.Identity.from_str(line) for line in lines]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise RestoreRefused(f"{path} is no identity file of age's ({error})") from error
    if not found:
        raise RestoreRefused(f"{path} holds no identity")
    return found
