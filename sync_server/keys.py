"""The server's own keys: files in the data folder, readable by its user only, never in the database and never in a
backup of it.

    keys/receipts.key      signs every answer to a kiosk
    keys/bundle.key        signs every edition of the content
    keys/sealing.key       opens what kiosks seal to the office
    keys/sealing-old/      earlier sealing keys, kept until no kiosk seals to them any more
    keys/web.key           Django's SECRET_KEY

`make` never overwrites a key: losing one by a second `init` would cost a visit to every kiosk.
"""

import os
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shared import keys
from shared.errors import KeyRefused
from shared.keys import SealingKey, SigningKey


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """The private keys one server process works with. `sealing` holds the present one first, then the older ones."""

    receipts: SigningKey
    bundle: SigningKey
    sealing: tuple[SealingKey, ...] = field(repr=False)


def server_keys() -> ServerKeys:
    """The keys of this server's data folder, read once. Raises `ImproperlyConfigured` with what to do when one is
    missing or bad.
    """
    return _read(settings.DATA_DIR / "keys")


def make(folder: Path) -> list[str]:
    """Make every key that is not there yet; returns the names of the files made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = {
        "receipts.key": lambda: keys.write(SigningKey(os.urandom(keys.KEY_BYTES))),
        "bundle.key": lambda: keys.write(SigningKey(os.urandom(keys.KEY_BYTES))),
        "sealing.key": lambda: keys.write(SealingKey(os.urandom(keys.KEY_BYTES))),
        "web.key": lambda: secrets.token_urlsafe(48) + "\n",
    }
    made = [name for name in wanted if not (folder / name).exists()]
    for name in made:
        _write_private(folder / name, wanted[name]())
    _read.cache_clear()
    return made


@lru_cache(maxsize=4)
def _read(folder: Path) -> ServerKeys:
    older = sorted((folder / "sealing-old").glob("*.key"))
    return ServerKeys(
        receipts=_one(folder / "receipts.key", SigningKey),
        bundle=_one(folder / "bundle.key", SigningKey),
        sealing=tuple(_one(path, SealingKey) for path in [folder / "sealing.key", *older]),
    )


_K = TypeVar("_K", SigningKey, SealingKey)


def _one(path: Path, kind: type[_K]) -> _K:
    try:
        key = keys.parse(path.read_text("ascii"))
    except FileNotFoundError:
        raise ImproperlyConfigured(
            f"{path} is missing: run 'sala-server init', or put it back from its copy."
        ) from None
    except (KeyRefused, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{path} is not the key it should be ({error}): put it back from its copy."
        ) from error
    if not isinstance(key, kind):
        raise ImproperlyConfigured(f"{path} holds a key of another kind: put it back from its copy.")
    return key


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
