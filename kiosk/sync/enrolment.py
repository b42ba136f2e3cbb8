"""Letting a new kiosk in: a one-time code, typed once, that both sides prove to know and neither sends.

    identity = enrol(data, Https(url), code=code, url=url, clock=clock, random=os.urandom)
    identity = enrol_by_stick(data, Path("/media/stick"), code=code, clock=clock, random=os.urandom)

By stick it takes two calls with one code: the first writes the request and gives None, the second reads the welcome
that the server wrote beside it.

Whoever wants to show the four words first asks in two steps: `ask` or `ask_by_stick`, which leave nothing but the
kiosk's own key on its disk, and `become` once a person saw the same words at the server, or `refuse`.

The order of what is written lets it be broken off anywhere and begun again with the same code: the kiosk's key
first, then the store with its log, then the settings, and the identity last. Until then the kiosk is not enrolled.
"""

import platform
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk import SOFTWARE, config, identity
from kiosk.clock import Clock
from kiosk.desk.stick import StickFailed, is_folder, put, read
from kiosk.identity import CONTENT_NAME, KEY_NAME, STORE_KEY_NAME, STORE_NAME, TRIPWIRE_NAME, Identity
from kiosk.store import KEY_BYTES, Logbook, Store, files, make_key_file, read_key_file
from kiosk.store.editions import let_go
from kiosk.store.tripwire import Tripwire
from kiosk.sync.line import Reply, Transport, unbelieved
from shared import envelope, keys, protocol, wire
from shared import stick as layout
from shared.envelope import Label
from shared.errors import KeyRefused, SalaError
from shared.keys import SigningKey
from shared.protocol import Grant, Refusal

_NONCE_BYTES = 16


class AlreadyEnrolled(SalaError):
    """This folder belongs to an enrolled kiosk."""

    remedy = "Use another data folder. To enrol this one anew, give up who it is first: sala-kiosk leave"


class CodeRefused(SalaError):
    """The server does not take this code: mistyped, used, older than ten minutes, or for letters given away."""

    remedy = "Make a new code on the server's page for kiosks and type it within ten minutes."


class StickCodeRefused(CodeRefused):
    """The server does not take the code of this request: used, older than a week, not made for a stick, or for
    letters that are another kiosk's by now.
    """

    remedy = "Make a new code with 'sala-server enrol-code --by-stick' and begin again with it."


class WelcomeSpoilt(SalaError):
    """What lies on the stick beside this kiosk's request is not the answer of the office's server to it."""

    remedy = "Take the stick to the server once more; the request still lies on it."


@dataclass(frozen=True, slots=True)
class Welcome:
    """The server's word, believed: who this kiosk may become. Nothing of it lies on the kiosk's disk yet.

    `url` is where the server answers, "" without a line; `spent` lies on a stick and has done its work afterwards.
    """

    me: Identity
    url: str = ""
    spent: tuple[Path, ...] = ()


def enrol(
    data: Path, transport: Transport, *, code: str, url: str, clock: Clock, random: Callable[[int], bytes]
) -> Identity:
    """Become a kiosk of the office behind `url`; `data` then holds everything that `bootstrap` needs.

    Raises what `ask` raises.
    """
    return become(data, ask(data, transport, code=code, url=url, clock=clock, random=random), clock, random)


def enrol_by_stick(
    data: Path, stick: Path, *, code: str, clock: Clock, random: Callable[[int], bytes]
) -> Identity | None:
    """Become a kiosk of the office that answered on the stick mounted at `stick`; None where it was not at the server
    yet: the request lies on it then. Raises what `ask_by_stick` raises.
    """
    welcome = ask_by_stick(data, stick, code=code, random=random)
    return None if welcome is None else become(data, welcome, clock, random)


def ask(
    data: Path, transport: Transport, *, code: str, url: str, clock: Clock, random: Callable[[int], bytes]
) -> Welcome:
    """Ask the server behind `url` to let this kiosk in.

    Raises `AlreadyEnrolled`, `CodeRefused`, `KeyRefused` for what cannot be a code, or `Unreachable`.
    """
    key = _begin(data, code, random)
    nonce = random(_NONCE_BYTES)
    grant = _read(transport.post("sync/enrol", _request(code, key, nonce)), code, nonce)
    clock.learn(grant.server_ms)
    return Welcome(identity.from_grant(grant, key), url)


def ask_by_stick(data: Path, stick: Path, *, code: str, random: Callable[[int], bytes]) -> Welcome | None:
    """Read the welcome on the stick mounted at `stick`, or put the request there, with None.

    Raises `AlreadyEnrolled`, `StickCodeRefused`, `WelcomeSpoilt`, `KeyRefused` for what cannot be a code, `StickFailed`
    where the stick does not take it.
    """
    key = _begin(data, code, random)
    try:
        return _by_stick(stick, key, code=code, random=random)
    except OSError as error:
        raise _pulled_out(stick, error) from error


def leave(data: Path) -> int:
    """Make ready to be enrolled anew, as itself or as another kiosk; returns how many records stay. The identity lies
    aside until that is done. Raises `NotEnrolled`, or what opening the store does, such as `StoreInUse`.
    """
    if not identity.is_enrolled(data):
        raise identity.NotEnrolled(f"no {identity.FILE_NAME} in {data}")
    with Store(data / STORE_NAME, read_key_file(data / STORE_KEY_NAME)) as store:
        captured = sum(view.captured for view in Logbook(store, "lobby", software=SOFTWARE).logs())
        identity.lay_aside(data)
    return captured


def refuse(data: Path) -> None:
    """The words differed: whoever answered knows this kiosk's key, so the next attempt makes another. Raises
    `AlreadyEnrolled`.
    """
    if identity.is_enrolled(data):
        raise AlreadyEnrolled(f"{data} holds an enrolled kiosk")
    (data / KEY_NAME).unlink(missing_ok=True)


def become(data: Path, welcome: Welcome, clock: Clock, random: Callable[[int], bytes]) -> Identity:
    """Keep what a welcome brought, the identity last. Raises `StickFailed` where all is kept, but not cleared away."""
    _open_store(data, clock, random)
    if welcome.url:
        _note_server(data, welcome.url)
    Tripwire(data / TRIPWIRE_NAME).arm(random)
    let_go(data / CONTENT_NAME, welcome.me.bundle_key, welcome.me.office)
    identity.save(data, welcome.me)
    for path in welcome.spent:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _pulled_out(path, error) from error
    return welcome.me


def _pulled_out(at: Path, error: OSError) -> StickFailed:
    return StickFailed("gone", f"{at}: {error.strerror}")


def _by_stick(stick: Path, key: SigningKey, *, code: str, random: Callable[[int], bytes]) -> Welcome | None:
    folder = stick / layout.TOP / layout.ENROL
    asked = folder / (keys.enrolment_name(keys.enrolment_secret(code)).hex() + layout.ASK)
    told = asked.with_suffix(layout.TOLD)
    nonce = _nonce_of(asked, key)
    answer = _lying(told) if nonce is not None else None
    if nonce is None or answer is None:
        for each in (folder.parent, folder):
            if not is_folder(each):
                each.mkdir()
        told.unlink(missing_ok=True)
        if nonce is None:
            put(asked, _request(code, key, random(_NONCE_BYTES)))
        return None
    try:
        grant = protocol.read_grant(answer, code, nonce)
    except SalaError as error:
        told.unlink()
        if _looks_like_refusal(answer):
            asked.unlink()
            raise StickCodeRefused("the server did not take the code") from error
        raise WelcomeSpoilt(f"{told.name}: {error}") from error
    return Welcome(identity.from_grant(grant, key), spent=(told, asked))


def _nonce_of(path: Path, key: SigningKey) -> bytes | None:
    """The nonce of this kiosk's own request, where it lies there whole."""
    data = _lying(path)
    try:
        request = None if data is None else protocol.read_enrol(data)
    except SalaError:
        return None
    return request.nonce if request is not None and request.public_key == key.public.raw else None


def _lying(path: Path) -> bytes | None:
    """What lies at `path` on a stick, if it can be read."""
    try:
        return read(path, protocol.MESSAGE_BYTES_MAX) if is_folder(path.parent) else None
    except OSError:
        return None


def _begin(data: Path, code: str, random: Callable[[int], bytes]) -> SigningKey:
    """The kiosk's own key, where it may enrol and the code can be one."""
    if identity.is_enrolled(data):
        raise AlreadyEnrolled(f"{data} holds an enrolled kiosk")
    keys.enrolment_secret(code)
    files.make_folder(data, mode=0o700)
    return _own_key(data, random)


def _request(code: str, key: SigningKey, nonce: bytes) -> bytes:
    return protocol.enrol(code, key, nonce=nonce, device=_device(), software=SOFTWARE)


def _own_key(data: Path, random: Callable[[int], bytes]) -> SigningKey:
    """The key of an attempt that broke off, or a new one: the server knows the first one if it heard it."""
    path = data / KEY_NAME
    try:
        kept = keys.parse(path.read_text("ascii"))
    except FileNotFoundError:
        key = SigningKey(random(keys.KEY_BYTES))
        files.create(path, keys.write(key).encode(), mode=0o600)
        return key
    if not isinstance(kept, SigningKey):
        raise KeyRefused(f"{path} holds another kind of key")
    return kept


def _read(reply: Reply, code: str, nonce: bytes) -> Grant:
    try:
        return protocol.read_grant(reply.body, code, nonce)
    except SalaError as error:
        # The refusal's signer is nobody we know yet: good for a sentence to the person who types, and for nothing else.
        if _looks_like_refusal(reply.body):
            raise CodeRefused("the server did not take the code") from error
        raise unbelieved(reply) from error


def _looks_like_refusal(body: bytes) -> bool:
    try:
        wire.decode(Refusal, envelope.read_note(body, Label.ANSWER).payload, bytes_max=len(body))
    except SalaError:
        return False
    return True


def _open_store(data: Path, clock: Clock, random: Callable[[int], bytes]) -> None:
    """The store under a key of its own, with the lobby's log open; an earlier log is cited by the new one."""
    key_path = data / STORE_KEY_NAME
    if not key_path.exists():
        make_key_file(key_path, random(KEY_BYTES))
    with Store(data / STORE_NAME, read_key_file(key_path), create=True) as store:
        lobby = Logbook(store, "lobby", software=SOFTWARE)
        with store.transaction() as tx:
            lobby.open_new(tx, "enrolled", at=clock.now().at, edition=0)


def _note_server(data: Path, url: str) -> None:
    """Write the server's address into kiosk.toml unless it names one."""
    path = data / config.FILE_NAME
    text = path.read_text("utf-8") if path.exists() else ""
    if "server_url" not in tomllib.loads(text):
        # At the top, since a later line might open a table.
        files.replace(path, f'server_url = "{url}"\n{text}'.encode(), mode=0o644)


def _device() -> str:
    """What kind of machine this is, for the fleet page: no serial numbers."""
    return f"{platform.system()} {platform.release()} {platform.machine()}"[:120]
