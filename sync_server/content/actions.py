"""Writes of the content: taking in a draft, publishing an edition.

    import_draft(actor, read_source(folder), now=now)      changes the draft only
    publish(actor, now=now)                                draft and statuses become edition n + 1
    publish_statuses(office, now=now)                      the same content, with what citizens were answered since
                                                           and how the last month was rated

An edition is made in one transaction: pieces that are not there yet, the signed manifest, an audit row. Before it is
kept it is read back the way a kiosk reads it, so that nothing is published which a kiosk would refuse.

What citizens are told comes from `settings.SALA_STATUS_SOURCE`, how they rated from
`settings.SALA_SATISFACTION_SOURCE`: cases and queues stand beside content in the stack, none imports another.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from shared import content, thai
from shared.content import (
    KEYS_PIECE,
    OFFICE_PIECE,
    SATISFACTION_PIECE,
    STAFF_PREFIX,
    STATUSES_PIECE,
    Satisfaction,
)
from shared.source import OFFICE_FILE, Problem, Source, SourceRefused
from sync_server.content import queries
from sync_server.content.importer import read_source
from sync_server.content.models import Draft, Edition, Piece, Why
from sync_server.content.pieces import MADE, Changes, Told, content_pieces, satisfaction_piece, statuses_piece
from sync_server.keys import server_keys
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.actions import Actor, record_act
from sync_server.organisations.managing import add_closed_days, change_office
from sync_server.organisations.models import Division, Office
from sync_server.records import queries as records

SAMPLE = Path(__file__).resolve().parents[2] / "assets" / "office-sample"

#: Older lists of statuses are dropped: no kiosk asks for them once a newer edition is out, and each answer makes one.
_STATUS_PIECES_KEPT = 8
#: A kiosk that claims to hold an edition further ahead than this is not believed (no office publishes so often).
_AHEAD_MAX = 10_000
#: A restored server leaves out numbers: under those that follow its last one kiosks may show what it has lost, and
#: would take other content of the same number for that. More than a server publishes between two backups, and by
#: chance: who restores the same backup twice leaves out others.
_LEAP_MIN, _LEAP_MAX = 1_000, 9_000


class NothingToPublish(Exception):
    """There is no draft yet, or nothing in it differs from what kiosks already show."""


def import_draft(actor: Actor, source: Source, *, now: dt.datetime) -> Changes:
    """Make `source` the draft and bring divisions and closed days up to date; returns what publishing would change.

    Divisions that the source no longer names stay: cases point to them. Closed days of the source are added, none is
    removed. What papers still lack is taken from the source; what staff entered stays. Raises `SourceRefused` where the
    source describes an office of another name.
    """
    office, called = actor.office, source.office.name.th
    if called != office.name:
        raise SourceRefused(
            [Problem(OFFICE_FILE, "name.th", f"{called} is not the office of this server, {office.name}")]
        )
    pieces = content_pieces(
        source.office, source.services, source.notices, source.pictures, source.words, source.hall, source.photos
    )
    with transaction.atomic():
        office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        Draft.objects.filter(office=office).exclude(name__in=pieces).delete()
        for name, data in pieces.items():
            facts = {"data": data, "imported_at": now, "imported_by": actor.name}
            Draft.objects.update_or_create(office=office, name=name, defaults=facts)
        for position, division in enumerate(source.office.divisions):
            names = {"name": division.name.th, "name_en": division.name.en, "position": position}
            Division.objects.update_or_create(office=office, code=division.id, defaults=names)
        add_closed_days(office, source.holiday_names)
        change_office(actor, _lacking(office, source.office), now=now)
        found = queries.draft_changes(office)
        after = {"new": list(found.new), "changed": list(found.changed), "gone": list(found.gone)}
        record_act(actor, "content.import", "draft", office.office_id, at=now, after=after)
    return found


def _lacking(office: Office, told: content.Office) -> dict[str, object]:
    """Facts of papers that nobody entered yet, as the source has them."""
    facts = {
        "name_en": told.name.en,
        "short_name": told.short_name.th,
        "district": told.district.th,
        "province": told.province.th,
        "phone": told.phone,
        "document_code": told.memo_number_prefix.rstrip("/"),
    }
    return {name: value for name, value in facts.items() if value and not getattr(office, name)}


def publish(actor: Actor, *, now: dt.datetime) -> Edition:
    """Make the draft the next edition. Raises `NothingToPublish`."""
    with transaction.atomic():
        office = Office.objects.select_for_update(no_key=True).get(pk=actor.office.pk)
        draft = queries.draft_pieces(office)
        if not draft:
            raise NothingToPublish("no draft was imported yet")
        told = content.without_lapsed(draft, thai.service_date(now))
        pieces = {**told, **_made(office, queries.newest(office), now)}
        if not _differs(office, pieces):
            raise NothingToPublish("kiosks already show all of this")
        return _make(actor, pieces, Why.CONTENT, now)


def publish_statuses(office: Office, *, now: dt.datetime) -> Edition | None:
    """Publish the same content again with what citizens may read now and how the last month was rated; None where that
    would change nothing.

    May be called often: it first compares without a lock. Before the first edition it does nothing.
    """
    edition = queries.newest(office)
    if edition is None or not _moved(edition, now):
        return None
    with transaction.atomic():
        office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        edition = queries.newest(office)
        assert edition is not None
        return _make(Actor(office, "sala-server"), _renewed(edition, now), Why.STATUSES, now)


def publish_sample(office: Office, *, now: dt.datetime) -> Edition:
    """Import the sample office and publish it; where that is what kiosks already show, the edition they show."""
    actor = Actor(office, "sala-server")
    import_draft(actor, read_source(SAMPLE), now=now)
    try:
        return publish(actor, now=now)
    except NothingToPublish:
        edition = queries.newest(office)
        assert edition is not None
        return edition


def _told(office: Office, now: dt.datetime) -> Iterable[Told]:
    statuses: Callable[..., Iterable[Told]] = import_string(settings.SALA_STATUS_SOURCE)
    return statuses(office, now=now)


def _moved(edition: Edition, now: dt.datetime) -> bool:
    """Whether `_renewed` would differ from what kiosks show: told by the hashes of the manifest and the few pieces that
    may move, for this is asked every few seconds and pictures are large.
    """
    office, manifest = edition.office, queries.manifest_of(edition)
    assert manifest is not None
    shown = {ref.name: ref.hash for ref in manifest.pieces}
    photos = {name: b"" for name in shown if name.startswith(STAFF_PREFIX)}
    if photos:
        # Whether a photo is still told depends on its name and on the office's piece, not on what is in it.
        described = queries.pieces_of(edition, {OFFICE_PIECE})
        photos = content.without_lapsed({**described, **photos}, thai.service_date(now))
    kept = {name: hash_ for name, hash_ in shown.items() if name not in MADE}
    kept = {name: hash_ for name, hash_ in kept.items() if not name.startswith(STAFF_PREFIX) or name in photos}
    made = {name: content.piece_hash(data) for name, data in _made(office, edition, now).items()}
    return {**kept, **made} != shown or _highest(office, manifest.edition) > manifest.edition


def _renewed(edition: Edition, now: dt.datetime) -> dict[str, bytes]:
    written = {name: data for name, data in queries.pieces_of(edition).items() if name not in MADE}
    written = content.without_lapsed(written, thai.service_date(now))
    return {**written, **_made(edition.office, edition, now)}


def _made(office: Office, edition: Edition | None, now: dt.datetime) -> dict[str, bytes]:
    """What the server makes: `MADE`. `edition` is the one kiosks show now."""
    source: Callable[..., Satisfaction | None] = import_string(settings.SALA_SATISFACTION_SOURCE)
    shown = queries.pieces_of(edition, {SATISFACTION_PIECE}).get(SATISFACTION_PIECE) if edition else None
    month = satisfaction_piece(source(office, now=now), shown)
    return {
        STATUSES_PIECE: statuses_piece(_told(office, now)),
        **({SATISFACTION_PIECE: month} if month is not None else {}),
        **({KEYS_PIECE: chain} if (chain := server_keys().chain) else {}),
    }


def _differs(office: Office, pieces: dict[str, bytes]) -> bool:
    """Whether an edition of `pieces` is worth publishing: other bytes, or a kiosk holds a higher number than ours."""
    edition = queries.newest(office)
    manifest = queries.manifest_of(edition)
    if manifest is None or _highest(office, manifest.edition) > manifest.edition:
        return True
    return {ref.name: ref.hash for ref in manifest.pieces} != {
        name: content.piece_hash(data) for name, data in pieces.items()
    }


def _highest(office: Office, current: int) -> int:
    """The highest edition in use: ours, or the one a kiosk says it holds from before this server was restored."""
    claimed = Kiosk.objects.filter(office=office, edition__lte=current + _AHEAD_MAX).order_by("-edition").first()
    return max(current, claimed.edition if claimed else 0)


def _make(actor: Actor, pieces: dict[str, bytes], why: Why, now: dt.datetime) -> Edition:
    office, key = actor.office, server_keys().bundle
    office_id = bytes.fromhex(office.office_id)
    before = queries.newest(office)
    number = _highest(office, before.number if before else 0) + 1
    if before is not None and records.restored_since(office, before.made_at):
        number += _LEAP_MIN + secrets.randbelow(_LEAP_MAX - _LEAP_MIN)
    made_ms = int(now.timestamp() * 1000)
    data = content.make_manifest(pieces, office=office_id, edition=number, made_ms=made_ms, by=key)
    manifest = content.read_manifest(data, key.public, office=office_id, at_least=number)
    content.assemble(manifest, {content.piece_hash(piece): piece for piece in pieces.values()})
    rows = [
        Piece(office=office, hash=content.piece_hash(piece).hex(), name=name, data=piece, since=number)
        for name, piece in pieces.items()
    ]
    Piece.objects.bulk_create(rows, ignore_conflicts=True)
    edition = Edition.objects.create(
        office=office, number=number, manifest=data, why=why, made_at=now, made_by=actor.staff, made_by_name=actor.name
    )
    _drop_outdated(office, content.piece_hash(pieces[STATUSES_PIECE]).hex())
    _drop_photos(office, pieces)
    record_act(
        actor, "content.publish", "edition", str(number), at=now,
        before={"edition": before.number if before else 0}, after={"why": why.value, "pieces": len(pieces)},
    )  # fmt: skip
    return edition


def _drop_outdated(office: Office, current: str) -> None:
    """Drop lists of statuses that newer editions have replaced; the one in use (`current`, hex) stays however old."""
    lists = Piece.objects.filter(office=office, name=STATUSES_PIECE).exclude(hash=current).order_by("-since")
    for row in lists.only("pk")[_STATUS_PIECES_KEPT:]:
        row.delete()


def _drop_photos(office: Office, pieces: Mapping[str, bytes]) -> None:
    """Drop every photo that is not told any more: whoever withdrew their consent is served to nobody."""
    told = [content.piece_hash(data).hex() for name, data in pieces.items() if name.startswith(STAFF_PREFIX)]
    Piece.objects.filter(office=office, name__startswith=STAFF_PREFIX).exclude(hash__in=told).delete()
