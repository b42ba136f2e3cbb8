"""The second road: what a person carries between kiosks and this server on a USB stick, both ways.

    taken = take(Path("/media/stick"), now=now)       envelopes of kiosks, as if they had come over the line
    given = give(Path("/media/stick"), now=now)       answers to the questions lying there, welcomes for new kiosks, key
                                                      lists, the content

Each file goes through `actions`, so a stick can do nothing that the line cannot: a wrong signature is refused, a
repeated file is one copy, records that begin beyond what is held stay on the stick until the gap is closed. An answer
repeats the nonce of its question and says how far every log is held, so it is the receipt for all of it.

The rules of this file:
1. Only regular files with the names of `shared.stick`, no links, at most `FILES_MAX` of them, and of each no more than
   may be; a kiosk's folder in which `REFUSED_MAX` files are no good is left alone.
2. One file that is not taken or not given is named, and holds up no other.
3. Nothing is written outside the stick's own folder and the database, and nothing there that is not whole.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.utils.module_loading import import_string

from shared import content, envelope, keylist, protocol
from shared import stick as layout
from shared.errors import ContentRefused, Malformed, SalaError
from shared.fourwords import four_words
from shared.protocol import Answer, Position, Reason, Receipt, Refusal
from sync_server.ingest import actions, plugged
from sync_server.keys import server_keys
from sync_server.kiosks import actions as kiosks
from sync_server.kiosks import queries as kiosk_queries
from sync_server.kiosks.models import AlarmKind
from sync_server.organisations.queries import the_office

logger = logging.getLogger(__name__)

#: More than any kiosk fills in years; whoever plugs in a stick of a million files does not stop the server.
FILES_MAX: Final = 10_000
#: So many spoilt files in a kiosk's folder, and on a stick, are no accident any more: each may cost the work of a
#: signature. Those that wait for others (`gap`) do not count.
REFUSED_MAX: Final = 100
REFUSED_IN_ALL_MAX: Final = 300
_KIOSKS_MAX: Final = 1_000
#: So many envelopes under names that no kiosk gives are told of in one folder.
_MISNAMED_MAX: Final = 10
#: More new kiosks than this are not let in by one stick; it also bounds what guessing codes may cost.
_NEW_MAX: Final = 16


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


@dataclass(frozen=True, slots=True)
class LetIn:
    """A new kiosk that got its welcome: its name, and the four words that its own screen will show."""

    name: str
    words: tuple[str, ...]


@dataclass(slots=True)
class Given:
    """What was written on a stick: how many questions were answered, who was let in, the edition that lies there whole
    (0: none), and what could not be written, by name with the reason.
    """

    answers: int = 0
    let_in: list[LetIn] = field(default_factory=list)
    edition: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


# --- from the stick ----------------------------------------------------------------------------------------------


def take(root: Path, *, now: dt.datetime) -> Taken:
    """Take everything that lies on the stick mounted at `root`. Raises `NoStick`.

    A file that cannot be read, or is not taken, is named and does not stop the others.
    """
    told = Taken()
    looked_at = spoilt_in_all = 0
    for folder in _kiosk_folders(root, told.refused):
        if not _is_known(folder):
            told.refused.append((folder.name[:8], Reason.UNKNOWN_KIOSK.value))
            continue
        spoilt = 0
        for name in _envelopes(folder, told.refused):
            if looked_at == FILES_MAX or spoilt == REFUSED_MAX or spoilt_in_all == REFUSED_IN_ALL_MAX:
                told.refused.append((_short(folder, name), "too much on this stick is no good: not looked at"))
                break
            looked_at += 1
            reason = _take_one(folder / name, told, now)
            if reason is Reason.BUSY:
                return told  # the database is away: the rest would fare no better
            is_spoilt = reason is not None and reason is not Reason.GAP
            spoilt += is_spoilt
            spoilt_in_all += is_spoilt
    return told


def _is_known(folder: Path) -> bool:
    """Whether a folder is that of a kiosk of this office, so that the junk of others is not even read."""
    try:
        return kiosk_queries.find(the_office(), bytes.fromhex(folder.name)) is not None
    except DatabaseError:
        return True  # the first envelope will be told that the database is away


def _take_one(path: Path, told: Taken, now: dt.datetime) -> Reason | None:
    """Take one envelope; why it was not taken, or None."""
    name = _short(path.parent, path.name)
    try:
        data = plugged.read(path, envelope.ENVELOPE_BYTES_MAX)
        header = envelope.read_header(data)
    except (OSError, SalaError) as error:
        told.refused.append((name, _why(error)))
        return Reason.MALFORMED
    answer = _read(actions.accept(data, now=now, by_stick=True).body)
    begins = f"{header.log.hex()} {header.first_seq}"
    if isinstance(answer, Receipt):
        told.files += 1
        told.records += header.count
        kiosks.end_alarm(the_office(), AlarmKind.GAP, begins, now=now)
        return None
    assert isinstance(answer, Refusal), "an envelope is answered by a receipt or a refusal"
    told.refused.append((name, answer.reason.value))
    if answer.reason is Reason.GAP:
        # Over the line a kiosk mends this itself, in the same conversation; here somebody must fetch the other stick.
        office = the_office()
        kiosk = kiosk_queries.find(office, header.kiosk)
        if not kiosk_queries.is_alarmed(office, AlarmKind.GAP, header.log.hex()):
            kiosks.raise_alarm(office, AlarmKind.GAP, begins, now=now, kiosk=kiosk)
    return answer.reason


def _kiosk_folders(root: Path, trouble: list[tuple[str, str]]) -> Iterator[Path]:
    """The folders of kiosks. Raises `NoStick`."""
    top = root / layout.TOP
    if not _is_folder(top, trouble):
        raise NoStick(f"there is no folder {layout.TOP} in {root}")
    for name in _names(top, _KIOSKS_MAX, trouble):
        if layout.is_folder(name) and _is_folder(top / name, trouble):
            yield top / name


def _is_folder(path: Path, trouble: list[tuple[str, str]]) -> bool:
    try:
        return plugged.is_folder(path)
    except OSError as error:
        trouble.append((path.name[:8], _why(error)))
        return False


def _envelopes(folder: Path, trouble: list[tuple[str, str]]) -> list[str]:
    """The names of everything that can be an envelope, each log in its order. One that was renamed on some desk, such
    as "... (1).sala", is not looked at, and named.
    """
    names = _names(folder, 2 * FILES_MAX, trouble)
    misnamed = [name for name in names if layout.is_misnamed(name)]
    trouble += [(_short(folder, name), "not a name that a kiosk gives") for name in misnamed[:_MISNAMED_MAX]]
    return [name for name in names if layout.read_name(name)]


def _names(folder: Path, count_max: int, trouble: list[tuple[str, str]]) -> list[str]:
    try:
        return plugged.names(folder, count_max)
    except OSError as error:
        trouble.append((folder.name[:8], _why(error)))
        return []


# --- onto the stick ----------------------------------------------------------------------------------------------


def give(root: Path, *, now: dt.datetime) -> Given:
    """Answer the questions that lie on the stick mounted at `root`, and put the newest content there.

    What lies there whole is not written again, so a second try goes on where the first one ended. Raises `NoStick`
    where `root` is no folder.
    """
    told = Given()
    try:
        if not root.is_dir():
            raise NoStick(f"there is no folder {root}")
        plugged.made(root / layout.TOP)
    except OSError as error:
        told.failed.append((layout.TOP, _why(error)))
        return told
    for folder in _kiosk_folders(root, told.failed):
        for book in layout.BOOKS:
            _answer(folder, book, told, now)
    _welcome(root / layout.TOP / layout.ENROL, told, now)
    _give_key_lists(root / layout.TOP / layout.KEYS, told)
    try:
        _give_content(root / layout.TOP / layout.CONTENT, told)
    except DatabaseError:
        logger.exception("the database is away")
        told.failed.append((layout.CONTENT, Reason.BUSY.value))
    return told


def _answer(folder: Path, book: str, told: Given, now: dt.datetime) -> None:
    """Answer one question of a kiosk, if it put one."""
    name = book + layout.ASK
    try:
        question = plugged.read(folder / name, protocol.MESSAGE_BYTES_MAX)
        reply = actions.position(question, now=now, by_stick=True).body
        answer = _read(reply)
        # What is no question of this kiosk gets no answer here; that a kiosk is revoked is an answer.
        if answer.kiosk.hex() == folder.name and not _passes(answer):
            plugged.put(folder / (book + layout.TOLD), reply)
            told.answers += 1
        if not isinstance(answer, Position):
            reason = answer.reason.value if isinstance(answer, Refusal) else "no question"
            told.failed.append((_short(folder, name), reason))
    except FileNotFoundError:
        return
    except OSError as error:
        told.failed.append((_short(folder, name), _why(error)))


def _passes(answer: Answer) -> bool:
    """Whether this would be answered otherwise in a minute."""
    return isinstance(answer, Refusal) and answer.reason is Reason.BUSY


def _welcome(folder: Path, told: Given, now: dt.datetime) -> None:
    """Let the kiosks in whose requests lie there, each if it knows an open code."""
    if not _is_folder(folder, told.failed):
        return
    for name in [name for name in _names(folder, 2 * FILES_MAX, told.failed) if layout.is_enrolment(name)][:_NEW_MAX]:
        try:
            _welcome_one(folder / name, told, now)
        except (OSError, SalaError) as error:
            told.failed.append((_short(folder, name), _why(error)))


def _welcome_one(path: Path, told: Given, now: dt.datetime) -> None:
    data = plugged.read(path, protocol.MESSAGE_BYTES_MAX)
    request = protocol.read_enrol(data)
    if request.code_name.hex() != path.stem:
        raise Malformed("a request under the name of another code")
    reply = actions.enrol(data, now=now, by_stick=True)
    answer = path.with_suffix(layout.TOLD)
    refused = None if reply.status == 200 else _read(reply.body)
    if refused is not None and _passes(refused):
        told.failed.append((_short(path.parent, path.name), Reason.BUSY.value))
        return
    # A welcome that its kiosk has not seen yet is not replaced by the news that the code is used up.
    if refused is None or _lying(answer, protocol.MESSAGE_BYTES_MAX) is None:
        plugged.put(answer, reply.body)
    if refused is not None:
        told.failed.append((_short(path.parent, path.name), "the code is wrong, used, late, or not for a stick"))
        return
    kiosk = kiosk_queries.by_key(the_office(), request.public_key)
    told.let_in.append(LetIn(kiosk.name, four_words(bytes.fromhex(kiosk.fingerprint))))


def _give_key_lists(path: Path, told: Given) -> None:
    """A kiosk that was away may need them before it can believe an answer or an edition."""
    chain = server_keys().chain
    try:
        if chain and _lying(path, keylist.CHAIN_BYTES_MAX) != chain:
            plugged.put(path, chain)
    except OSError as error:
        told.failed.append((path.name, _why(error)))


def _give_content(folder: Path, told: Given) -> None:
    """The pieces first, then the manifest that names them; then what only an older one named goes."""
    signed = _bundle("current_manifest")
    if signed is None:
        return
    key = content.manifest_key(signed, server_keys().bundle_keys)
    manifest = content.read_manifest(signed, key, office=bytes.fromhex(the_office().office_id), at_least=0)
    place = layout.CONTENT
    try:
        plugged.made(folder)
        for ref in manifest.pieces:
            place = f"{layout.CONTENT}/{ref.name}"
            _give_piece(folder / layout.piece_name(ref.hash), ref)
        place = layout.CONTENT
        if _lying(folder / layout.MANIFEST, content.MANIFEST_BYTES_MAX) != signed:
            plugged.put(folder / layout.MANIFEST, signed)
        told.edition = manifest.edition
        named = {layout.piece_name(ref.hash) for ref in manifest.pieces}
        for name in plugged.names(folder, 2 * content.PIECES_MAX):
            if layout.is_piece(name) and name not in named:
                (folder / name).unlink()
    except (OSError, ContentRefused) as error:
        told.failed.append((place, _why(error)))


def _give_piece(path: Path, ref: content.PieceRef) -> None:
    lying = _lying(path, ref.size)
    if lying is not None and content.piece_hash(lying) == ref.hash:
        return
    data = _bundle("piece", ref.hash.hex())
    if data is None:
        raise ContentRefused(f"piece {ref.name} is not in the database any more")
    plugged.put(path, data)


def _lying(path: Path, bytes_max: int) -> bytes | None:
    """What an earlier try left at `path`, if it can be read at all; else it is written anew."""
    try:
        return plugged.read(path, bytes_max)
    except OSError:
        return None


def _bundle(name: str, *of: str) -> bytes | None:
    ask: Callable[..., bytes | None] = import_string(f"{settings.SALA_BUNDLE_SOURCE}.{name}")
    return ask(*of)


def _read(reply: bytes) -> Answer:
    return protocol.read_answer(reply, server_keys().receipts.public)


def _short(folder: Path, name: str) -> str:
    # Whoever wrote the stick chose the name, and it is shown on a terminal.
    return f"{folder.name[:8]}/{name if name.isprintable() else ascii(name)}"


def _why(error: Exception) -> str:
    return (error.strerror or "unreadable") if isinstance(error, OSError) else str(error)
