"""The server's mouth: bytes from a kiosk in, signed bytes out.

    answer = accept(data, now=now)        an envelope -> a receipt or a refusal
    answer = position(data, now=now)      a question  -> where the server stands, or a refusal
    answer = enrol(data, now=now)         a request   -> a welcome or a refusal

Whatever comes in, a signed answer goes out, and a refusal changes nothing. `Reply.status` is only for the transport:
a kiosk believes the signed bytes alone. Fresh random bytes are made here, at the rim.
"""

import datetime as dt
import functools
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.module_loading import import_string

from shared import envelope, protocol
from shared.errors import SalaError, TooLarge
from shared.keys import SigningKey
from shared.protocol import Intake, KnownKiosk, Limits, NotTaken, Reason, ServerSelf
from sync_server.ingest.turns import turns
from sync_server.keys import ServerKeys, server_keys
from sync_server.kiosks import actions as kiosks
from sync_server.kiosks import queries as kiosk_queries
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.queries import the_office
from sync_server.records import actions as records
from sync_server.records import queries as record_queries

logger = logging.getLogger(__name__)

#: The HTTP status that fits each reason, for proxies and people who read access logs.
_STATUS: dict[Reason, int] = {
    Reason.MALFORMED: 400,
    Reason.TOO_LARGE: 413,
    Reason.UNKNOWN_VERSION: 400,
    Reason.UNKNOWN_KIOSK: 403,
    Reason.REVOKED: 403,
    Reason.WRONG_OFFICE: 403,
    Reason.BAD_SIGNATURE: 403,
    Reason.CANNOT_OPEN: 409,
    Reason.GAP: 409,
    Reason.BROKEN: 422,
    Reason.BUSY: 503,
    Reason.WRONG_CODE: 403,
}

#: Said to a kiosk that shall wait for its turn: the server is well, there are many.
_TOO_MANY = 429

# A server whose disk is full or whose database is away is not well again at once.
_BUSY_RETRY_S = 30


@dataclass(frozen=True, slots=True)
class Reply:
    """Signed bytes, the HTTP status that suits them, and the seconds after which to come back (0: no wish)."""

    body: bytes
    status: int = 200
    retry_after_s: int = 0


class _NotYet(Exception):
    """Others are before this kiosk in line."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"its turn comes in {wait_s} s")
        self.wait_s = wait_s


def accept(data: bytes, *, now: dt.datetime, by_stick: bool = False) -> Reply:
    """Take an envelope: checked, appended, committed and synced to disk before its receipt is signed.

    What the office allows for a thin line is no limit for a stick, nor for a single record: there is nobody to send it
    in smaller parts.
    """

    def taken(desk: _Desk) -> bytes:
        # Read before the signature is checked, so that a refusal stays cheap. Who lies about the count gains nothing.
        parts = envelope.read_header(data).count
        if parts > 1 and not by_stick and len(data) > settings.SALA_ENVELOPE_BYTES_MAX:
            raise TooLarge(f"an envelope of more than {settings.SALA_ENVELOPE_BYTES_MAX} bytes")
        opened = desk.intake.open(data, desk.find)
        with turns.work(opened.header.kiosk, opened.header.count):
            kept = records.append(opened, desk.kiosk, now=now)
        return desk.intake.receipt(
            opened.header, kept.head, forked=kept.forked, epoch=desk.epoch, server_ms=desk.server_ms, apart=kept.apart
        )

    return _answered(data, now, taken)


def position(data: bytes, *, now: dt.datetime, by_stick: bool = False) -> Reply:
    """Tell a kiosk where the server stands in its logs and which edition of the content there is.

    A question on a stick may be put many times and long after it was written: it tells how the kiosk is only where it
    knows of more records than the last one did.
    """

    def told(desk: _Desk) -> bytes:
        ask = desk.intake.ask(data, desk.find)
        if not by_stick or ask.health.captured > desk.kiosk.captured:
            kiosks.note_health(desk.kiosk, ask.health, ask.edition, now=now)
        stands = record_queries.stands(desk.kiosk, ask)
        # A stick does not come back in a minute, and nobody waits in line behind it.
        wait_s = 0 if by_stick else turns.admit(ask.kiosk, protocol.lacking(ask, stands))
        if wait_s:
            raise _NotYet(wait_s)
        return desk.intake.position(
            ask, stands, epoch=desk.epoch, server_ms=desk.server_ms, edition=current_edition(), limits=limits()
        )

    return _answered(data, now, told)


def enrol(data: bytes, *, now: dt.datetime, by_stick: bool = False) -> Reply:
    """Let a new kiosk in, if it knows an open code of this road."""

    def welcomed(desk: _Desk) -> bytes:
        request = protocol.read_enrol(data)
        admitted = kiosks.admit(desk.office, request, now=now, kiosk_id=os.urandom(16), by_stick=by_stick)
        own = server_keys()
        fingerprint = protocol.fingerprint(
            office=desk.me.office, kiosk=bytes.fromhex(admitted.kiosk.kiosk_id), kiosk_key=request.public_key,
            answer_key=own.receipts.public.raw, bundle_key=own.bundle.public.raw, sealing_key=own.sealing[0].public.raw,
        )  # fmt: skip
        kiosks.note_fingerprint(admitted.kiosk, fingerprint)
        return protocol.grant(
            request, admitted.secret, me=desk.me, office_name=desk.office.name,
            kiosk=bytes.fromhex(admitted.kiosk.kiosk_id), kiosk_name=admitted.kiosk.name, epoch=desk.epoch,
            server_ms=desk.server_ms, series=list(admitted.kiosk.series), bundle_key=own.bundle.public,
            seal_to=own.sealing[0].public, code_salt=bytes(desk.office.status_salt),
            key_list=own.lists[-1] if own.lists else b"",
        )  # fmt: skip

    return _answered(data, now, welcomed)


def roll(data: bytes, *, now: dt.datetime) -> Reply:
    """Take a kiosk's new key, which its present one vouches for."""

    def rolled(desk: _Desk) -> bytes:
        wish = desk.intake.roll(data, desk.find)
        kiosks.roll_key(desk.kiosk, wish.new_key, now=now)
        return desk.intake.rolled(wish, epoch=desk.epoch, server_ms=desk.server_ms)

    return _answered(data, now, rolled)


def limits() -> Limits:
    """What the server takes at once; the office may lower it for a thin line."""
    return Limits(envelope_bytes_max=settings.SALA_ENVELOPE_BYTES_MAX)


def current_edition() -> int:
    """The edition of the published content, 0 where there is none yet."""
    edition: Callable[[], int] = import_string(f"{settings.SALA_BUNDLE_SOURCE}.current_edition")
    return edition()


class _Desk:
    """What one request works with: the office, its keys and epoch, and the kiosk once it is known."""

    def __init__(self, now: dt.datetime) -> None:
        self.office = the_office()
        self.me = _server_self(self.office.office_id, server_keys())
        self.intake = Intake(self.me)
        self.server_ms = int(now.timestamp() * 1000)
        held = record_queries.current_epoch(self.office)
        if held is None:
            raise ImproperlyConfigured("the server has no epoch yet: start it by 'sala-server serve'")
        self.epoch = bytes.fromhex(held.epoch)
        self._kiosk: Kiosk | None = None

    @property
    def kiosk(self) -> Kiosk:
        """The kiosk that `find` found; only asked for after the protocol accepted it."""
        if self._kiosk is None:
            raise AssertionError("no kiosk was looked up")
        return self._kiosk

    @property
    def seen(self) -> Kiosk | None:
        """The kiosk the bytes named, if the server knows it."""
        return self._kiosk

    def find(self, kiosk_id: bytes) -> KnownKiosk | None:
        """Look a kiosk up for the protocol, and remember it."""
        self._kiosk = kiosk_queries.find(self.office, kiosk_id)
        if self._kiosk is None:
            return None
        self._kiosk.office = self.office
        return kiosk_queries.known(self._kiosk)


@functools.lru_cache(maxsize=8)
def _server_self(office_id: str, own: ServerKeys) -> ServerSelf:
    return ServerSelf(bytes.fromhex(office_id), own.receipts, {key.public.id: key for key in own.sealing})


def forget_keys() -> None:
    """Read keys and office anew at the next request: keys were rolled, or another data folder was put in place."""
    _server_self.cache_clear()


def _answered(data: bytes, now: dt.datetime, act: Callable[[_Desk], bytes]) -> Reply:
    """Run `act`; whatever it raises becomes a signed refusal."""
    desk: _Desk | None = None
    retry_after_s = 0
    try:
        desk = _Desk(now)
        return Reply(act(desk))
    except _NotYet as line:
        signed = _refusal(desk, data, Reason.BUSY, now, line.wait_s)
        return Reply(signed, _TOO_MANY, line.wait_s)
    except (NotTaken, SalaError) as error:
        reason = protocol.reason_of(error)
    except DatabaseError:
        logger.exception("the database did not take it")
        reason, retry_after_s = Reason.BUSY, _BUSY_RETRY_S
    except Exception:
        # A fault of ours must not look like a broken line to the kiosk: it keeps its records, waits, and the diary
        # has the trace.
        logger.exception("a request failed")
        reason, retry_after_s = Reason.BUSY, _BUSY_RETRY_S
    logger.info("refused: %s", reason.value)
    return Reply(_refusal(desk, data, reason, now, retry_after_s), _STATUS[reason], retry_after_s)


def _refusal(desk: _Desk | None, data: bytes, reason: Reason, now: dt.datetime, retry_after_s: int) -> bytes:
    server_ms = int(now.timestamp() * 1000)
    if desk is not None:
        return desk.intake.refuse(data, reason, epoch=desk.epoch, server_ms=server_ms, retry_after_s=retry_after_s)
    # The database could not even be asked who we are; the signing key is a file, and a signed "busy" is still worth
    # sending.
    signer: SigningKey = server_keys().receipts
    me = ServerSelf(protocol.NO_ID, signer, {})
    return Intake(me).refuse(data, reason, epoch=protocol.NO_ID, server_ms=server_ms, retry_after_s=retry_after_s)
