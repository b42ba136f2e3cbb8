"""The server's own keys: files in the data folder, readable by its user only, never in the database. All but `web.key`
travel in its encrypted backups (docs/decisions/0028); the office root does not.

    keys/receipts.key      signs every answer to a kiosk
    keys/bundle.key        signs every edition of the content
    keys/sealing.key       opens what kiosks seal to the office
    keys/rolled/           keys made since, named after the list that made them: 0002-sealing.key
    keys/lists/            the office's signed key lists, oldest first; the newest says which keys are the present ones
    keys/web.key           Django's SECRET_KEY
    root.key               the office root, until somebody has taken it away: it belongs offline

`make` never overwrites a key, and nothing deletes one: earlier sealing keys go on opening what was sealed to them, and
kiosks walk from list to list. Putting a list in place is what rolls the keys (`roll`): private keys are written before
it, and a running server uses the newest list from the next request on.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from shared import keylist, keys
from shared.errors import KeyRefused, SalaError
from shared.keylist import Held, KeyList
from shared.keys import SealingKey, SigningKey, VerifyKey
from sync_server.files import make_folder, sync_folder

#: What a roll can renew, with the name of its file and its kind.
ROLES: Mapping[str, type[SigningKey] | type[SealingKey]] = {
    "receipts": SigningKey,
    "bundle": SigningKey,
    "sealing": SealingKey,
}
_FIELDS = {"receipts": "answers", "bundle": "bundles", "sealing": "sealing"}


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """The private keys one server process works with, and the key lists that tell kiosks of them (oldest first).

    `sealing` holds the present key first, then all others that still open something; `bundle_keys` the public half of
    every key that ever signed an edition here, the present one first; `receipt_keys` that of every key that ever signed
    an answer.
    """

    receipts: SigningKey
    bundle: SigningKey
    sealing: tuple[SealingKey, ...] = field(repr=False)
    bundle_keys: tuple[VerifyKey, ...] = ()
    receipt_keys: tuple[VerifyKey, ...] = ()
    lists: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def chain(self) -> bytes:
        """The lists as they travel; empty where this server has none."""
        return keylist.write_chain(self.lists) if self.lists else b""


def server_keys() -> ServerKeys:
    """The keys of this server's data folder, read when they change. Raises `ImproperlyConfigured` with what to do when
    one is missing or bad.
    """
    return keys_in(settings.DATA_DIR / "keys")


def root_file() -> Path:
    """Where `make_root` leaves the office root, to be taken away."""
    path: Path = settings.DATA_DIR / "root.key"
    return path


def keys_in(folder: Path) -> ServerKeys:
    """The keys of another folder, such as one that a backup was unpacked to. Raises `ImproperlyConfigured`."""
    return _read(folder, tuple(path.name for path in _list_files(folder)))


def make(folder: Path) -> list[str]:
    """Make every key that is not there yet; returns the names of the files made."""
    make_folder(folder, mode=0o700)
    wanted = {
        "receipts.key": lambda: keys.write(SigningKey(os.urandom(keys.KEY_BYTES))),
        "bundle.key": lambda: keys.write(SigningKey(os.urandom(keys.KEY_BYTES))),
        "sealing.key": lambda: keys.write(SealingKey(os.urandom(keys.KEY_BYTES))),
        "web.key": lambda: secrets.token_urlsafe(48) + "\n",
    }
    made = [name for name in wanted if not (folder / name).exists()]
    for name in made:
        _write_private(folder / name, wanted[name]())
    sync_folder(folder)
    _read.cache_clear()
    return made


def make_root(office: bytes, *, now_ms: int) -> Path | None:
    """Make the office root and list 1, signed by it, where this server has no list yet; returns the root's file."""
    folder: Path = settings.DATA_DIR / "keys"
    if _list_files(folder):
        return None
    path = root_file()
    if not path.exists():
        _write_private(path, keys.write(SigningKey(os.urandom(keys.KEY_BYTES))))
    root = _one(path, SigningKey)
    own = server_keys()
    listed = KeyList(
        keylist.VERSION, office, 1, now_ms, [root.public.raw], 1, own.receipts.public.raw, own.bundle.public.raw,
        own.sealing[0].public.raw,
    )  # fmt: skip
    _put_list(folder, 1, keylist.sign(listed, by=[root]))
    return path


class NotRolled(Exception):
    """The keys cannot be rolled like this; nothing was changed."""


def roll(
    roles: Sequence[str], roots: Sequence[SigningKey], *, now_ms: int, new_roots: Sequence[SigningKey] = ()
) -> Held:
    """Make new keys for `roles` (of `ROLES`) and the next key list, signed by `roots`; returns that list.

    `new_roots` takes the place of all roots there were. Raises `NotRolled` where the roots do not reach the threshold.
    """
    folder: Path = settings.DATA_DIR / "keys"
    files = _list_files(folder)
    if not files:
        raise NotRolled("there is no key list yet: run 'sala-server init', or put the last list back into keys/lists")
    # Only the list is asked, never the private keys it names: a roll is also what mends their loss.
    before = keylist.first(files[-1].read_bytes(), office=None)
    number = before.list.number + 1
    made = {role: ROLES[role](os.urandom(keys.KEY_BYTES)) for role in roles}
    kept = [root.public for root in new_roots] or list(before.roots)
    listed = msgspec.structs.replace(
        before.list, number=number, made_ms=now_ms, roots=[root.raw for root in kept],
        threshold=min(before.list.threshold, len(kept)),
        **{_FIELDS[role]: key.public.raw for role, key in made.items()},
    )  # fmt: skip
    signed = keylist.sign(listed, by=[*roots, *new_roots])
    after = keylist.follow(before, [signed], office=before.list.office)
    if after == before:
        raise NotRolled("these are not the roots that kiosks know: bring the key file of the office root itself")
    rolled = folder / "rolled"
    rolled.mkdir(mode=0o700, exist_ok=True)
    for role, key in made.items():
        path = rolled / f"{number:04}-{role}.key"
        path.unlink(missing_ok=True)  # of an attempt that broke off before its list was put in place
        _write_private(path, keys.write(key))
    _put_list(folder, number, signed)
    return after


def begin_again(root: SigningKey, *, now_ms: int) -> Held:
    """The office root is lost: the next list, of the same keys, is signed by a new `root` alone; returns that list.

    Only kiosks that are enrolled from now on believe it. The others pass it over and go on with the keys they know, for
    as long as those are not rolled. Raises `NotRolled` where there is no list yet.
    """
    folder: Path = settings.DATA_DIR / "keys"
    files = _list_files(folder)
    if not files:
        raise NotRolled("there is no key list yet: run 'sala-server init'")
    before = keylist.first(files[-1].read_bytes(), office=None).list
    listed = msgspec.structs.replace(
        before, number=before.number + 1, made_ms=now_ms, roots=[root.public.raw], threshold=1
    )
    signed = keylist.sign(listed, by=[root])
    _put_list(folder, listed.number, signed)
    return keylist.first(signed, office=None)


def _put_list(folder: Path, number: int, signed: bytes) -> None:
    """Put a signed list in place in one step: from here on its keys are the present ones."""
    lists = folder / "lists"
    lists.mkdir(mode=0o700, exist_ok=True)
    path = lists / list_name(number)
    aside = path.with_suffix(".new")
    with aside.open("wb") as file:
        file.write(signed)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    for each in (lists, folder / "rolled", folder, folder.parent):
        if each.is_dir():
            sync_folder(each)


def list_name(number: int) -> str:
    """The file name of a key list."""
    return f"{number:04}.keys"


def _list_files(folder: Path) -> list[Path]:
    return sorted((folder / "lists").glob("*.keys"))


@lru_cache(maxsize=4)
def _read(folder: Path, _list_names: tuple[str, ...]) -> ServerKeys:
    lists = tuple(path.read_bytes() for path in _list_files(folder))
    files = [*(folder / f"{role}.key" for role in ROLES), *sorted((folder / "rolled").glob("*.key"))]
    if not lists:
        receipts, bundle = (_one(folder / f"{role}.key", SigningKey) for role in ("receipts", "bundle"))
        sealing = _one(folder / "sealing.key", SealingKey)
        return ServerKeys(receipts, bundle, (sealing,), (bundle.public,), (receipts.public,))
    try:
        held = [keylist.first(signed, office=None) for signed in lists]
    except SalaError as error:
        raise ImproperlyConfigured(
            f"{folder / 'lists'} holds a damaged key list ({error}): put it back from its copy."
        ) from error
    known: dict[bytes, SigningKey | SealingKey] = {}
    for path in (path for path in files if path.exists()):
        sealing_file = path.stem.endswith("sealing")
        key = _one(path, SealingKey) if sealing_file else _one(path, SigningKey)
        known[key.public.id] = key
    last = held[-1]
    receipts, bundle = (_present(known, key.id, SigningKey, folder) for key in (last.answers, last.bundles))
    sealing = _present(known, last.sealing.id, SealingKey, folder)
    others = [key for key in known.values() if isinstance(key, SealingKey) and key != sealing]
    newest_first = list(reversed(held))
    bundles = dict.fromkeys(each.bundles for each in newest_first)
    answers = dict.fromkeys(each.answers for each in newest_first)
    return ServerKeys(receipts, bundle, (sealing, *others), tuple(bundles), tuple(answers), lists)


_K = TypeVar("_K", SigningKey, SealingKey)


def _present(known: Mapping[bytes, SigningKey | SealingKey], id_: bytes, kind: type[_K], folder: Path) -> _K:
    key = known.get(id_)
    if not isinstance(key, kind):
        raise ImproperlyConfigured(
            f"the private key {id_.hex()[:8]} that the newest key list names is not in {folder}: put it back from its "
            "copy, or roll it with 'sala-server roll-keys' and the office root."
        )
    return key


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
