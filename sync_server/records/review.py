"""A record as the review page shows it: what became of it, what it says, and whether its chain holds.

`states_of` answers for one page of rows with three small queries; `proof` recomputes nothing itself but asks
`shared.log`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from django.db.models import Min, Q

from shared import log as chain
from shared.batch import INFLATED_BYTES_MAX
from shared.errors import SalaError
from shared.kinds import Unreadable
from shared.log import Head
from shared.records import NO_HASH, Record
from sync_server.records.labels import FIELDS, HIDDEN_FIELDS, ICONS, KINDS, QUALITY, STATES, UNKNOWN_ICON, StateWords
from sync_server.records.models import Cursor, RecordRow, SetAside
from sync_server.records.queries import Reading
from sync_server.web.language import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list."""

    row: RecordRow
    title: Text | str
    icon: str
    claimed_at: dt.datetime | None
    state: StateWords


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body: its label, its value, and how to show it ("day", "service", "category" or "text")."""

    label: Text | str
    value: str | Text | dt.date
    sort: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One check of the chain, with its answer."""

    words: Text
    holds: bool


def lines(rows: Iterable[RecordRow]) -> list[Line]:
    """The rows of a page with what became of each."""
    listed = list(rows)
    states = states_of(listed)
    return [
        Line(
            row,
            KINDS.get(row.kind, row.kind),
            ICONS.get(row.kind, UNKNOWN_ICON),
            claimed_at(row),
            STATES[states[row.pk]],
        )
        for row in listed
    ]


def states_of(rows: list[RecordRow]) -> Mapping[int, str]:
    """For each row (by primary key) a key of `labels.STATES`."""
    logs = {row.log_id for row in rows}
    reached = dict(Cursor.objects.filter(log__in=logs).values_list("log").annotate(least=Min("seq")))
    places = Q()
    for row in rows:
        places |= Q(log=row.log_id, seq=row.seq)
    aside = {(kept.log_id, kept.seq): kept.why for kept in SetAside.objects.filter(places)} if rows else {}

    def state(row: RecordRow) -> str:
        if row.body is None:
            return "erased"
        if row.log.counts_through is not None and row.seq > row.log.counts_through:
            return "branch" if row.log.forked_at is not None else "untrusted"
        why = aside.get((row.log_id, row.seq))
        if why is not None:
            return str(why)
        return "projected" if row.seq <= reached.get(row.log_id, 0) else "waiting"

    return {row.pk: state(row) for row in rows}


def claimed_at(row: RecordRow) -> dt.datetime | None:
    """When the kiosk said it happened, or None where it could not say."""
    if row.wall_ms is None:
        return None
    try:
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(milliseconds=row.wall_ms)
    except OverflowError:
        return None


def quality(reading: Reading) -> Text:
    """How sure the kiosk was of its clock, in words."""
    return QUALITY[reading.header.at.quality]


def fields(reading: Reading) -> list[Field]:
    """What the body says, field by field; keys are named but never shown."""
    body = reading.body
    if body is None or isinstance(body, Unreadable):
        return []
    found = []
    for name, value in msgspec.structs.asdict(body).items():
        day = _day(value) if name in _DAYS else None
        sort = "day" if day else name if value and name in ("service", "category") else "text"
        found.append(Field(FIELDS.get(name, name), day or _shown(name, value), sort))
    return found


_DAYS = ("service_date", "filed_on")


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _shown(name: str, value: object) -> str | Text:
    if name in HIDDEN_FIELDS:
        return Text("มี ไม่แสดง", "present, not shown")
    if value is None or value in ("", b""):
        return "–"
    if isinstance(value, bool):
        return Text("ใช่", "yes") if value else Text("ไม่ใช่", "no")
    return value.hex() if isinstance(value, bytes) else str(value)


def proof(reading: Reading, previous: RecordRow | None) -> list[Proof]:
    """Whether this record follows the one before it, and its body is the one that was promised."""
    row, header = reading.row, reading.header
    body = None if row.body is None else bytes(row.body)
    salt = None if row.salt is None else bytes(row.salt)
    before = previous.hash if previous else row.log.base_hash if row.log.base_seq == row.seq - 1 else NO_HASH
    try:
        head = chain.verify(
            Head(header.log, row.seq - 1, bytes(before)),
            [Record(header, salt, body)],
            body_bytes_max=INFLATED_BYTES_MAX,
        )
    except SalaError:
        return [Proof(Text("ลำดับหรือเนื้อหาไม่ตรงกับลายพิมพ์", "The chain or the body does not match its hash"), holds=False)]
    follows = Text("ต่อจากรายการก่อนหน้าพอดี ไม่ขาดไม่แทรก", "Follows the record before it; nothing missing or slipped in")
    if row.seq == 1:
        follows = Text("เป็นรายการแรกของสมุด", "The first record of its log")
    promised = Text("เนื้อหาตรงกับที่ตู้ปิดผนึกไว้", "The body is the one the kiosk committed to")
    if body is None:
        promised = Text("เนื้อหาถูกลบแล้ว หัวบันทึกยังครบ", "The body was erased; the header is whole")
    return [
        Proof(follows, holds=True),
        Proof(promised, holds=True),
        Proof(
            Text("ลายพิมพ์ตรงกับที่เซิร์ฟเวอร์ออกใบรับ", "Its hash is the one the server gave a receipt for"),
            head.hash == bytes(row.hash),
        ),
    ]
