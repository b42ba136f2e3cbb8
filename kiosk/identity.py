"""Who this kiosk is and whom it trusts, as enrolment left it in the data folder.

    identity.json    office, kiosk, letters, the server's public keys, the salt of citizens' codes
    signing.key      the kiosk's own private key, made here, readable by its owner only
    signing.key.next a new one that the server has not confirmed yet (`kiosk.sync.rolling`)
    *.before         identity and key that were laid aside to enrol anew; gone once that is done

Both are written aside, synced and renamed, the key first: a cut in between leaves a kiosk that is not enrolled,
never half of one. A key file that is missing or another kiosk's is called a wrong key; nothing is made anew over it.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.store import files
from kiosk.store.errors import WrongKey
from shared import keylist, keys, protocol
from shared.errors import KeyRefused, SalaError
from shared.keys import SealTo, SigningKey, VerifyKey
from shared.protocol import Grant

FILE_NAME = "identity.json"
KEY_NAME = "signing.key"
NEXT_KEY_NAME = "signing.key.next"
BEFORE = ".before"
STORE_KEY_NAME = "store.key"
STORE_NAME = "store.sala"
CONFIDENTIAL_NAME = "confidential"
TRIPWIRE_NAME = "device"
CONTENT_NAME = "content"


class NotEnrolled(SalaError):
    """This kiosk belongs to no office yet."""

    remedy = "Ask the administrator for a code and run: sala-kiosk enrol --server URL --code CODE"


class IdentityDamaged(SalaError):
    """The file that says who this kiosk is cannot be read."""

    remedy = "Put identity.json back from its copy, or enrol again; the records in the store stay."


@dataclass(frozen=True, slots=True)
class Identity:
    """`office`, `kiosk` are 16 bytes; `series` its tickets' letters; `code_salt` goes into citizens' codes.

    The server's keys are those of the enrolment, and `key_list` the signed list that named them (empty from a server
    without one): what counts now is `kiosk.trust`'s to say.
    """

    office: bytes
    office_name: str
    kiosk: bytes
    kiosk_name: str
    series: tuple[str, ...]
    key: SigningKey
    answer_key: VerifyKey
    bundle_key: VerifyKey
    sealing_key: SealTo
    code_salt: bytes
    key_list: bytes = b""

    @property
    def fingerprint(self) -> bytes:
        """What both screens showed as four words when this kiosk was enrolled."""
        return protocol.fingerprint(
            office=self.office, kiosk=self.kiosk, kiosk_key=self.key.public.raw, answer_key=self.answer_key.raw,
            bundle_key=self.bundle_key.raw, sealing_key=self.sealing_key.raw,
        )  # fmt: skip


_Id = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
_Key = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """identity.json. Ids and keys are hexadecimal; `public_key` proves that signing.key is the right one."""

    office: _Id
    office_name: str
    kiosk: _Id
    kiosk_name: str
    series: Annotated[list[Annotated[str, Meta(min_length=1, max_length=2)]], Meta(min_length=1)]
    public_key: _Key
    answer_key: _Key
    bundle_key: _Key
    sealing_key: _Key
    code_salt: Annotated[str, Meta(pattern="^([0-9a-f]{2}){8,64}$")]
    key_list: Annotated[str, Meta(pattern="^([0-9a-f]{2})*$")] = ""


def from_grant(grant: Grant, key: SigningKey) -> Identity:
    """What a server's welcome makes of this kiosk. Raises `KeyRefused`."""
    return Identity(
        grant.office, grant.office_name, grant.kiosk, grant.kiosk_name, tuple(grant.series), key,
        VerifyKey(grant.answer_key), VerifyKey(grant.bundle_key), SealTo(grant.sealing_key), grant.code_salt,
        grant.key_list,
    )  # fmt: skip


def is_enrolled(data: Path) -> bool:
    """Whether enrolment has finished here."""
    return (data / FILE_NAME).exists()


def save(data: Path, identity: Identity) -> None:
    """Keep an identity, the key first; one that was laid aside under an earlier identity is not to follow, and that
    identity is not to come back.
    """
    files.replace(data / KEY_NAME, keys.write(identity.key).encode(), mode=0o600)
    (data / NEXT_KEY_NAME).unlink(missing_ok=True)
    files.replace(data / FILE_NAME, _written(identity), mode=0o600)
    for name in (KEY_NAME, FILE_NAME):
        (data / (name + BEFORE)).unlink(missing_ok=True)


def lay_aside(data: Path) -> None:
    """Let this kiosk be enrolled anew. The key goes first, so that nobody enrols under it; where it broke off, `load`
    goes on.
    """
    for name in (KEY_NAME, FILE_NAME):
        if (data / name).exists():
            (data / name).replace(data / (name + BEFORE))
            files.sync_folder(data)


def _written(identity: Identity) -> bytes:
    kept = _Kept(
        office=identity.office.hex(), office_name=identity.office_name, kiosk=identity.kiosk.hex(),
        kiosk_name=identity.kiosk_name, series=list(identity.series), public_key=identity.key.public.raw.hex(),
        answer_key=identity.answer_key.raw.hex(), bundle_key=identity.bundle_key.raw.hex(),
        sealing_key=identity.sealing_key.raw.hex(), code_salt=identity.code_salt.hex(),
        key_list=identity.key_list.hex(),
    )  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n"


def load(data: Path) -> Identity:
    """The identity in `data`; raises `NotEnrolled`, `IdentityDamaged`, or `WrongKey` where the key is not its own."""
    if (data / (KEY_NAME + BEFORE)).exists() and not (data / KEY_NAME).exists():
        lay_aside(data)
    try:
        text = (data / FILE_NAME).read_bytes()
    except FileNotFoundError as error:
        raise NotEnrolled(f"no {FILE_NAME} in {data}") from error
    except OSError as error:
        raise IdentityDamaged(f"{data / FILE_NAME} cannot be read: {error}") from error
    try:
        kept = msgspec.json.decode(text, type=_Kept)
        public = VerifyKey(bytes.fromhex(kept.public_key))
        answer_key, bundle_key = (VerifyKey(bytes.fromhex(line)) for line in (kept.answer_key, kept.bundle_key))
        sealing_key = SealTo(bytes.fromhex(kept.sealing_key))
        key_list = bytes.fromhex(kept.key_list)
        if key_list:
            keylist.first(key_list, office=bytes.fromhex(kept.office))
    except (msgspec.MsgspecError, ValueError, SalaError) as error:
        raise IdentityDamaged(f"{data / FILE_NAME}: {error}") from error
    return Identity(
        bytes.fromhex(kept.office), kept.office_name, bytes.fromhex(kept.kiosk), kept.kiosk_name, tuple(kept.series),
        _own_key(data, public), answer_key, bundle_key, sealing_key, bytes.fromhex(kept.code_salt),
        key_list,
    )  # fmt: skip


def turn_to(data: Path, identity: Identity, key: SigningKey) -> Identity:
    """The same kiosk with another key, the one that lies in signing.key.next. identity.json decides: it comes first."""
    turned = replace(identity, key=key)
    files.replace(data / FILE_NAME, _written(turned), mode=0o600)
    _take_up(data, key)
    return turned


def _take_up(data: Path, key: SigningKey) -> None:
    files.replace(data / KEY_NAME, keys.write(key).encode(), mode=0o600)
    (data / NEXT_KEY_NAME).unlink(missing_ok=True)


def _own_key(data: Path, public: VerifyKey) -> SigningKey:
    """The key that identity.json names: where a turn to a new one was cut, that still lies under its other name."""
    try:
        return _read_key(data / KEY_NAME, public)
    except WrongKey:
        if not (data / NEXT_KEY_NAME).exists():
            raise
        key = _read_key(data / NEXT_KEY_NAME, public)
        _take_up(data, key)
        return key


def _read_key(path: Path, public: VerifyKey) -> SigningKey:
    try:
        key = keys.parse(path.read_bytes()[:1024].decode("ascii"))
    except FileNotFoundError as error:
        raise WrongKey(f"the key file {path} is missing") from error
    except (OSError, UnicodeDecodeError, KeyRefused) as error:
        raise WrongKey(f"the key file {path} cannot be read: {error}") from error
    if not isinstance(key, SigningKey) or key.public != public:
        raise WrongKey(f"{path} is not the key this kiosk was enrolled with")
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return key
