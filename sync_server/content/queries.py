"""Reads of the content: the published edition for kiosks, draft and editions for the staff pages.

`current_manifest`, `current_edition` and `piece` are what ingest answers kiosks with.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from shared import content, thai
from shared.content import (
    FORM_PREFIX,
    OFFICE_PIECE,
    PICTURE_PREFIXES,
    SATISFACTION_PIECE,
    SERVICE_PREFIX,
    Manifest,
    Service,
)
from shared.errors import SalaError
from shared.source import of_another_office
from sync_server.content.models import Draft, Edition, Piece
from sync_server.content.pieces import Changes, changes, plain_name
from sync_server.keys import server_keys
from sync_server.organisations.models import Office
from sync_server.organisations.queries import closed_days, the_office

logger = logging.getLogger(__name__)


def newest(office: Office) -> Edition | None:
    """The edition kiosks fetch now; None before the first one."""
    return Edition.objects.filter(office=office).order_by("-number").first()


def current_manifest() -> bytes | None:
    """The signed manifest of the newest edition of the office of this server."""
    edition = newest(the_office())
    return bytes(edition.manifest) if edition else None


def current_edition() -> int:
    """The number of the newest edition, 0 before the first one."""
    edition = newest(the_office())
    return edition.number if edition else 0


def piece(digest: str) -> bytes | None:
    """A published piece by the hex of its SHA-256."""
    row = Piece.objects.filter(office=the_office(), hash=digest).only("data").first()
    return bytes(row.data) if row else None


def manifest_of(edition: Edition | None) -> Manifest | None:
    """What an edition lists; its signature is checked again, for a row of a database proves nothing."""
    if edition is None:
        return None
    data = bytes(edition.manifest)
    key = content.manifest_key(data, server_keys().bundle_keys)
    return content.read_manifest(data, key, office=bytes.fromhex(edition.office.office_id), at_least=0)


def pieces_of(edition: Edition, names: Collection[str] | None = None) -> dict[str, bytes]:
    """The pieces of an edition by name: all of them, or those of `names` that it has."""
    manifest = manifest_of(edition)
    assert manifest is not None
    wanted = {ref.hash.hex(): ref.name for ref in manifest.pieces if names is None or ref.name in names}
    rows = Piece.objects.filter(office=edition.office, hash__in=wanted)
    return {wanted[row.hash]: bytes(row.data) for row in rows}


def draft_pieces(office: Office) -> dict[str, bytes]:
    """The draft by piece name, in order, as publishing it would put it out."""
    pieces = {row.name: bytes(row.data) for row in Draft.objects.filter(office=office)}
    if OFFICE_PIECE in pieces:
        pieces[OFFICE_PIECE] = _with_identity(pieces[OFFICE_PIECE], office)
    return pieces


def routes_held_back(office: Office) -> list[content.Route]:
    """The routes of the draft that no edition tells: a reader has no key yet, or there is no recovery key."""
    written = Draft.objects.filter(office=office, name=OFFICE_PIECE).first()
    drafted = content.read_piece(content.Office, bytes(written.data)).routes if written else []
    told = draft_office(office)
    kept = {route.id for route in told.routes} if told else set()
    return [route for route in drafted if route.id not in kept]


def _reader_keys(office: Office) -> tuple[dict[str, bytes], bytes]:
    source: Callable[[Office], tuple[dict[str, bytes], bytes]] = import_string(settings.SALA_READER_SOURCE)
    return source(office)


def _with_identity(data: bytes, office: Office) -> bytes:
    """The office's piece under the name in the settings record (the one place where an office's name is kept), with the
    closed days of its table and the keys of its readers, and without the routes that lack one.
    """
    written = content.read_piece(content.Office, data)
    name, short = _named(written.name, office.name, office.name_en), _named(written.short_name, office.short_name)
    named = msgspec.structs.replace(
        written, name=name, short_name=short, phone=office.phone or written.phone, holidays=sorted(closed_days(office))
    )
    return content.piece(content.with_reader_keys(named, *_reader_keys(office)))


def _named(written: content.Text, thai_name: str, english: str = "") -> content.Text:
    """A name as the settings record has it. What the folder says in other languages is of its own Thai name only."""
    if thai_name in {"", written.th}:
        return msgspec.structs.replace(written, en=english or written.en)
    return content.Text(th=thai_name, en=english)


def draft_changes(office: Office) -> Changes:
    """What pressing publish would change."""
    told = content.without_lapsed(draft_pieces(office), thai.service_date(timezone.now()))
    return changes(manifest_of(newest(office)), told)


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A service of the draft as the list shows it.

    `since` is the edition that first showed it as it stands, None where it was never published so.
    """

    service: Service
    state: str  # "published", "changed" or "new"
    since: int | None


def service_lines(office: Office) -> list[ServiceLine]:
    """Every service of the draft, in the office's order."""
    draft = {name: data for name, data in draft_pieces(office).items() if name.startswith(SERVICE_PREFIX)}
    differ = draft_changes(office)
    hashes = {name: content.piece_hash(data).hex() for name, data in draft.items()}
    since = dict(Piece.objects.filter(office=office, hash__in=hashes.values()).values_list("hash", "since"))
    states = {**dict.fromkeys(differ.new, "new"), **dict.fromkeys(differ.changed, "changed")}
    return [
        ServiceLine(
            content.read_piece(Service, data), states.get(plain_name(name), "published"), since.get(hashes[name])
        )
        for name, data in draft.items()
    ]


def draft_office(office: Office) -> content.Office | None:
    """Who the office is, as the draft says; None before the first import."""
    data = draft_pieces(office).get(OFFICE_PIECE)
    return content.read_piece(content.Office, data) if data else None


def draft_of_another_office(office: Office) -> list[str]:
    """The sentences of the draft that name another office than this one (`shared.source.of_another_office`)."""
    pieces = {name: data for name, data in draft_pieces(office).items() if not name.startswith(PICTURE_PREFIXES)}
    if OFFICE_PIECE not in pieces:
        return []
    described = content.read_piece(content.Office, pieces[OFFICE_PIECE])
    return of_another_office(described, [msgspec.json.decode(data) for data in pieces.values()])


def draft_picture(office: Office, name: str) -> bytes | None:
    """The picture of a filled-in form in the draft, by the file name that services call it; None for none."""
    row = Draft.objects.filter(office=office, name=FORM_PREFIX + name).only("data").first()
    return bytes(row.data) if row else None


def published_services(office: Office) -> list[Service]:
    """The services of the newest edition, in order; none before the first one."""
    edition = newest(office)
    pieces = pieces_of(edition) if edition else {}
    names = sorted(name for name in pieces if name.startswith(SERVICE_PREFIX))
    return [content.read_piece(Service, pieces[name]) for name in names]


def services_in(number: int, ids: Collection[str]) -> dict[str, Service]:
    """Those services of these ids that edition `number` of this server's office told of; none where it made no such
    edition, or where the keys that signed it are not known any more.
    """
    edition = Edition.objects.filter(office=the_office(), number=number).first()
    if edition is None:
        return {}
    try:
        manifest = manifest_of(edition)
    except SalaError:
        logger.warning("edition %s cannot be verified: what it promised is not known", number, exc_info=True)
        return {}
    assert manifest is not None
    names = {ref.hash.hex(): plain_name(ref.name) for ref in manifest.pieces if ref.name.startswith(SERVICE_PREFIX)}
    wanted = {digest: id_ for digest, id_ in names.items() if id_ in ids}
    rows = Piece.objects.filter(office=edition.office, hash__in=wanted)
    return {wanted[row.hash]: content.read_piece(Service, bytes(row.data)) for row in rows}


def published_office(office: Office) -> content.Office | None:
    """The office as the newest edition shows it; None before the first one."""
    edition = newest(office)
    data = pieces_of(edition, {OFFICE_PIECE}).get(OFFICE_PIECE) if edition else None
    return content.read_piece(content.Office, data) if data else None


def draft_hall(office: Office) -> dict[str, Any]:
    """What the draft has of the pieces that an office may lack, by name, and the satisfaction kiosks show now."""
    pieces = draft_pieces(office)
    edition = newest(office)
    shown = pieces_of(edition, {SATISFACTION_PIECE}).get(SATISFACTION_PIECE) if edition else None
    if shown is not None:
        pieces[SATISFACTION_PIECE] = shown
    return {name: content.read_piece(kind, pieces[name]) for name, kind in content.HALL.items() if name in pieces}


def editions(office: Office, count: int = 8) -> Sequence[Edition]:
    """The latest editions, newest first."""
    return list(Edition.objects.filter(office=office).select_related("made_by")[:count])
