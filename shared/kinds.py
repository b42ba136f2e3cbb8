"""The table of what can happen: every kind of record, its body, and what the law needs to know about it.

A kind and schema name a body type. Bodies are msgpack arrays: a field is only ever added at the end, under the next
schema number, and the old one stays readable. What this program does not know is `Unreadable`: kept whole, shown as
such, read after an update.

    kind, schema, data = encode(RatingGiven(...))
    body = decode(kind, schema, data)          # the same value, or Unreadable(reason)
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

from shared import envelope, wire
from shared.errors import Malformed, SalaError
from shared.records import BODY_BYTES_MAX, HASH_BYTES


class _Body(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What all bodies are: frozen, written as arrays, strict about their length."""


class LogOpened(_Body, frozen=True):
    """The first record of every log: where it comes from.

    `name` is "lobby" or "confidential"; the parent's fields are empty (b"", 0, b"") for a kiosk's very first log.
    """

    name: str
    reason: Literal["enrolled", "copied", "restored", "forked", "damaged"]
    parent_log: bytes
    parent_seq: int
    parent_hash: bytes
    software: str


class TicketIssued(_Body, frozen=True):
    """A citizen took a queue number.

    `service_date` is ISO, in the office's time; `service` is empty where a shared public label must not tell which
    service it was, or where somebody only wanted to ask; `papers_missing` counts what the citizen said was not at hand,
    None when never asked.
    """

    service_date: str
    series: str
    number: int
    service: str
    public_label: str
    priority: str
    papers_missing: int | None
    language: str


class CaseFiled(_Body, frozen=True):
    """A citizen filed a general request or complaint, sealed on its way to the server only.

    `status_id` and `state_key` are derived from the citizen's code, which is kept nowhere.
    """

    filed_on: str
    status_id: bytes
    state_key: bytes
    category: str
    text: str
    place: str
    contact_name: str
    contact_phone: str
    language: str


class CaseReturned(_Body, frozen=True):
    """Whoever holds the code of a case said that what the office answered or closed is not fixed.

    `said_on` is ISO. `round` counts how often the case was taken up, 1 at first, as its status told the citizen: it can
    be said once in each. `reason` is one of `RETURN_REASONS`; `words` may be empty.
    """

    said_on: str
    status_id: bytes
    round: int
    reason: str
    words: str
    language: str


#: Why something is not fixed, as ids; each client has its words for them.
RETURN_REASONS = ("nobody_came", "no_better", "came_back", "not_my_matter", "other")


class ComplaintFiled(_Body, frozen=True):
    """A citizen complained about somebody. The words are inside `sealed`, for the readers of `route` alone.

    What is legible to the server: the day, the keys that the citizen's code gives, the sort of complaint
    (`COMPLAINT_CATEGORIES`) and the route. No time, no service, no ticket, no language.
    """

    filed_on: str
    status_id: bytes
    state_key: bytes
    category: str
    route: str
    sealed: bytes


#: The sorts of complaint about people that the office counts, as ids of its report.
COMPLAINT_CATEGORIES = ("conduct", "unfair", "corruption")


class RatingGiven(_Body, frozen=True):
    """One touch on one of five faces; 5 is the best.

    `place` is "ticket" where the one-time code of a ticket's slip was used up by it. `repeat` marks a press within
    seconds of the last one, or one of a burst: it is kept, and left out of the mean.
    """

    service_date: str
    score: int
    place: Literal["walk-by", "ticket", "outreach"]
    service: str
    repeat: bool


class RatingChanged(_Body, frozen=True):
    """Somebody thought better of the face they had just touched: this score stands in place of the rating it cites.

    `of_commitment` is the commitment of the rating, or of the change before this one; it scored `was`, is kept, and
    counts no more. `of_log` and `of_seq` say where that lay; where the log is damaged it is appended again elsewhere,
    under the same commitment. The other fields are those of the rating, so that this can be counted alone.
    """

    service_date: str
    of_log: bytes
    of_seq: int
    was: int
    score: int
    place: Literal["walk-by", "ticket", "outreach"]
    service: str
    repeat: bool
    of_commitment: bytes


class RatingChangedFirst(_Body, frozen=True):
    """Schema 1 of `RatingChanged`, which cited by place alone: a rating that was appended again was not found."""

    service_date: str
    of_log: bytes
    of_seq: int
    was: int
    score: int
    place: Literal["walk-by", "ticket", "outreach"]
    service: str
    repeat: bool


class RatingExplained(_Body, frozen=True):
    """Why somebody rated so, as far as they touched it: one record for a rating, made when they leave.

    `of_log` and `of_seq` cite the rating, or its last change; its score and whether it was a repeat stand here again,
    so that this can be counted alone. `reasons` are ids of the content; `dimensions` pairs an id with a score from 1
    to 5. `place` is that of the rating.
    """

    service_date: str
    of_log: bytes
    of_seq: int
    score: int
    repeat: bool
    reasons: list[str]
    dimensions: list[tuple[str, int]]
    words: str
    language: str
    place: Literal["walk-by", "ticket", "outreach"]


class RatingExplainedFirst(_Body, frozen=True):
    """Schema 1 of `RatingExplained`, from before codes stood on slips: every rating was a passer-by's."""

    service_date: str
    of_log: bytes
    of_seq: int
    score: int
    repeat: bool
    reasons: list[str]
    dimensions: list[tuple[str, int]]
    words: str
    language: str


class PraiseGiven(_Body, frozen=True):
    """Thanks to a member of staff, by name or, where the name is not known, by counter and hour.

    `person` is an id of the content and `person_name` the Thai name it had then; both are empty for an unknown name.
    `counter` and `hour` ("9" for 09.00 to 10.00) may be empty too.
    """

    service_date: str
    person: str
    person_name: str
    counter: str
    hour: str
    reasons: list[str]
    words: str
    language: str


class TicketMoved(_Body, frozen=True):
    """What became of a ticket: called, absent, sent on, served ... `move` names a row of the queue's table.

    `counter` and `staff` say where and by whom (ids of the content; empty where the holder or closing time did it);
    `to_counter` and `to_service` where somebody was sent on to (a group of services where the service is sensitive).
    `reason` is an id: why, the state that closing time ended ("no_counter" where none was open all day), or for
    "priority" three of them, "monk/elderly/seen": what it was, what it is now, why. A "walk_in" had no ticket and
    waited for nothing. "taken" tells the touch at a second kiosk by which a number was taken; one that was "handed" is
    told of by the kiosk that keeps the queue from there on, which is no end of a visit; one that was "unclaimed" was
    given to nobody. `action` is 16 random bytes of the press, so that one press counts once. The times are in
    milliseconds, None where no clock could tell: `waited_ms` until the first call, `walked_ms` from call to counter,
    `served_ms` at the counter. `on_paper` marks what was done on paper and entered later.
    """

    service_date: str
    series: str
    number: int
    move: str
    counter: str
    staff: str
    to_counter: str
    to_service: str
    reason: str
    action: bytes
    waited_ms: int | None
    walked_ms: int | None
    served_ms: int | None
    on_paper: bool


class CounterSeen(_Body, frozen=True):
    """A counter opened, paused or closed: who sits there and which groups of services it serves from now on."""

    service_date: str
    counter: str
    state: Literal["open", "pause", "closed"]
    staff: str
    groups: list[str]


class QueueClosed(_Body, frozen=True):
    """The queue of a service date is done with: nobody of it waits any more.

    `behind` is the last record of this log that the queue needs no more: later ones may stand before this one, since
    the next day's first tickets may be taken before anybody closes what was left.
    """

    service_date: str
    behind: int


class NumbersReserved(_Body, frozen=True):
    """Numbers of a series that no screen gives out any more, from `first` to `last`: they stand on a paper strip, for a
    power cut. None of them is a visitor before somebody who held it is entered.
    """

    service_date: str
    series: str
    first: int
    last: int


class TicketJoined(_Body, frozen=True):
    """A ticket of another kiosk of this lobby waits in this kiosk's queue from here on: this one gave the number when
    the other asked, or the other gave one of its own while it could not ask.

    The visitor is counted by the other kiosk's `TicketIssued` of the same date, series and number, and by nothing else;
    what becomes of the ticket is told by this kiosk's `TicketMoved`. One that nobody issued was given to nobody.

    `group` is where it waits; `action` is the touch; `waited_ms` how long ago it was, None where no clock could tell.
    The other fields are those of the ticket.
    """

    service_date: str
    series: str
    number: int
    service: str
    group: str
    public_label: str
    priority: str
    papers_missing: int | None
    language: str
    action: bytes
    waited_ms: int | None


class SlipPrinted(_Body, frozen=True):
    """What became of a slip: paper is promised only when the printer said so."""

    of: Literal["ticket", "case"]
    seq: int
    outcome: Literal["printed", "failed", "shown"]


Body = (
    LogOpened
    | TicketIssued
    | CaseFiled
    | CaseReturned
    | ComplaintFiled
    | RatingGiven
    | RatingChanged
    | RatingChangedFirst
    | RatingExplained
    | RatingExplainedFirst
    | PraiseGiven
    | SlipPrinted
    | TicketMoved
    | CounterSeen
    | QueueClosed
    | NumbersReserved
    | TicketJoined
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table.

    `personal` names the fields that may tell who somebody is; `keep_days` counts from receipt at the server until the
    body is erased (None: with the log); `sealed_to` is "server" (everyone at the desk) or "route" (its readers only).
    """

    name: str
    schema: int
    body: type[Body]
    title_th: str
    title_en: str
    log: Literal["any", "lobby", "confidential"]
    sealed_to: Literal["server", "route"]
    personal: tuple[str, ...]
    keep_days: int | None
    erased: str


_YEAR = 365

KINDS: tuple[Kind, ...] = (
    Kind("log.opened", 1, LogOpened, "เปิดสมุดบันทึก", "Log opened", "any", "server", (), None, "never"),
    Kind(
        "ticket.issued", 1, TicketIssued, "ออกบัตรคิว", "Ticket issued", "lobby", "server", (), 2 * _YEAR,
        "body and salt; the count stays",
    ),
    Kind(
        "case.filed", 1, CaseFiled, "ยื่นเรื่อง", "Case filed", "lobby", "server",
        ("text", "place", "contact_name", "contact_phone"), 5 * _YEAR,
        "body and salt; category, dates and outcome stay with the case",
    ),
    Kind(
        "case.returned", 1, CaseReturned, "แจ้งว่ายังไม่แก้", "Case returned", "lobby", "server", ("words",), 5 * _YEAR,
        "body and salt; day, round and reason stay with the case",
    ),
    Kind(
        "complaint.filed", 1, ComplaintFiled, "ร้องเรียนเจ้าหน้าที่", "Complaint filed", "confidential", "route",
        ("sealed",), 5 * _YEAR, "body and salt; category, dates and outcome stay with the case",
    ),
    Kind("rating.given", 1, RatingGiven, "ให้คะแนนบริการ", "Rating given", "lobby", "server", (), 2 * _YEAR,
         "body and salt; the mean stays"),
    Kind("rating.changed", 1, RatingChangedFirst, "เปลี่ยนคะแนน", "Rating changed", "lobby", "server", (), 2 * _YEAR,
         "body and salt; the mean stays"),
    Kind("rating.changed", 2, RatingChanged, "เปลี่ยนคะแนน", "Rating changed", "lobby", "server", (), 2 * _YEAR,
         "body and salt; the mean stays"),
    Kind("rating.explained", 1, RatingExplainedFirst, "บอกเหตุผลของคะแนน", "Rating explained", "lobby", "server",
         ("words",), 2 * _YEAR, "body and salt; counts and means stay"),
    Kind("rating.explained", 2, RatingExplained, "บอกเหตุผลของคะแนน", "Rating explained", "lobby", "server",
         ("words",), 2 * _YEAR, "body and salt; counts and means stay"),
    Kind("praise.given", 1, PraiseGiven, "ชมเชยเจ้าหน้าที่", "Praise given", "lobby", "server",
         ("person", "person_name", "words"), 2 * _YEAR, "body and salt; the count stays"),
    Kind("ticket.moved", 1, TicketMoved, "เดินคิว", "Ticket moved", "lobby", "server", ("staff",), 2 * _YEAR,
         "body and salt; the day's times stay"),
    Kind("counter.seen", 1, CounterSeen, "เปิดปิดช่องบริการ", "Counter opened or closed", "lobby", "server", ("staff",),
         2 * _YEAR, "body and salt; the hours stay"),
    Kind("queue.closed", 1, QueueClosed, "ปิดคิวของวัน", "Queue closed", "lobby", "server", (), 2 * _YEAR,
         "body and salt"),
    Kind("numbers.reserved", 1, NumbersReserved, "กันเลขคิวไว้บนแถบกระดาษ", "Numbers reserved for a paper strip", "lobby",
         "server", (), 2 * _YEAR, "body and salt"),
    Kind("ticket.joined", 1, TicketJoined, "รับบัตรคิวจากตู้อื่น", "Ticket of another kiosk joined", "lobby", "server", (),
         2 * _YEAR, "body and salt; the count stays"),
    Kind("slip.printed", 1, SlipPrinted, "พิมพ์ใบ", "Slip printed", "lobby", "server", (), _YEAR, "body and salt"),
)  # fmt: skip

BY_NAME: dict[tuple[str, int], Kind] = {(kind.name, kind.schema): kind for kind in KINDS}
_BY_BODY: dict[type[Body], Kind] = {kind.body: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A body that this program cannot read: kept byte for byte until one can."""

    kind: str
    schema: int
    data: bytes
    reason: str


def kind_of(body: Body) -> Kind:
    """The table's row for a body."""
    return _BY_BODY[type(body)]


def encode(body: Body) -> tuple[str, int, bytes]:
    """Kind, schema and bytes of a body, as a record holds them.

    Raises `Malformed` where a field has the wrong type: what is written must be readable.
    """
    row = kind_of(body)
    data = wire.encode(body)
    wire.decode(row.body, data, bytes_max=BODY_BYTES_MAX)
    return row.name, row.schema, data


def decode(kind: str, schema: int, data: bytes) -> Body | Unreadable:
    """The body behind a record, or `Unreadable` with the reason. Never raises."""
    row = BY_NAME.get((kind, schema))
    if row is None:
        return Unreadable(kind, schema, data, "unknown kind or schema")
    try:
        body = wire.decode(row.body, data, bytes_max=BODY_BYTES_MAX)
        _check(body)
    except SalaError as error:
        return Unreadable(kind, schema, data, str(error))
    return body


def _check(body: Body) -> None:
    if isinstance(body, RatingGiven) and not 1 <= body.score <= 5:
        raise Malformed(f"a score of {body.score}")
    if isinstance(body, RatingChanged | RatingChangedFirst) and not (
        1 <= body.score <= 5 and 1 <= body.was <= 5 and body.of_seq >= 1
    ):
        raise Malformed(f"record {body.of_seq} changed from {body.was} to {body.score}")
    if isinstance(body, RatingChanged) and len(body.of_commitment) != HASH_BYTES:
        raise Malformed(f"a rating cited by {len(body.of_commitment)} bytes")
    if isinstance(body, RatingExplained | RatingExplainedFirst):
        scores = (body.score, *(score for _, score in body.dimensions))
        if not all(1 <= score <= 5 for score in scores):
            raise Malformed(f"scores of {scores}")
    if isinstance(body, TicketIssued) and body.number < 1:
        raise Malformed(f"ticket number {body.number}")
    if isinstance(body, TicketMoved) and (body.number < 1 or len(body.action) not in (0, 16)):
        raise Malformed(f"a move of ticket number {body.number}, by a press of {len(body.action)} bytes")
    if isinstance(body, TicketJoined) and (body.number < 1 or len(body.action) != 16 or (body.waited_ms or 0) < 0):
        raise Malformed(f"ticket number {body.number} joined, by a touch of {len(body.action)} bytes")
    if isinstance(body, NumbersReserved) and not 1 <= body.first <= body.last:
        raise Malformed(f"numbers {body.first} to {body.last} reserved")
    if isinstance(body, QueueClosed) and body.behind < 0:
        raise Malformed(f"a queue closed behind record {body.behind}")
    if isinstance(body, CaseFiled | ComplaintFiled) and (len(body.status_id), len(body.state_key)) != (16, 32):
        raise Malformed("a case whose keys have the wrong length")
    if isinstance(body, CaseReturned) and (
        len(body.status_id) != 16 or body.round < 1 or body.reason not in RETURN_REASONS
    ):
        raise Malformed("a return of no case, in no round or for no reason")
    if isinstance(body, ComplaintFiled):
        envelope.readers_of(body.sealed)
        if body.category not in COMPLAINT_CATEGORIES or not body.route:
            raise Malformed("a complaint of no known sort or of no route")
