"""The content bundle: everything a kiosk shows, in one signed edition.

An edition is a **manifest** (a signed note) that lists **pieces** by name, SHA-256 and size. A kiosk fetches only the
pieces it lacks, verifies all of them, and only then turns to the new edition; it never goes back to a lower one.
Pieces are JSON in UTF-8, one `Office`, one `Service` for each service, the `Notices`, the `Statuses` of cases and the
`Words` that were approved in Jawi; where an office has them, what its `Attract` screen tells, its `Budget`,
`FloorPlan`, `Schedule`, and the `Satisfaction` of the last month. A picture, of a filled-in form or of a colleague who
consented to it, is a piece of its own, a PNG as it is. Names this program does not know are fetched and kept, and left
to a newer one.

A **route** says who reads a complaint about somebody: `check_route` gives the keys to seal to, or says why nobody may
be offered this route. Publishing and the kiosk ask the same function.

    manifest = read_manifest(data, bundle_key, office=office, at_least=edition)
    lacking  = missing(manifest, have)
    bundle   = assemble(manifest, pieces)      # raises ContentRefused unless every piece is whole
"""

import hashlib
import json
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, Final, Literal, TypeVar, get_args

import msgspec

from shared import batch, envelope, wire
from shared.envelope import Label
from shared.errors import BadSignature, ContentRefused, KeyRefused, Malformed
from shared.keys import ReaderKey, SigningKey, VerifyKey
from shared.records import BODY_BYTES_MAX

PIECE_BYTES_MAX = 4 * 1024 * 1024
#: All pieces of an edition together; pictures of a whole office fit several times.
EDITION_BYTES_MAX = 64 * 1024 * 1024
PIECES_MAX = 2000
MANIFEST_BYTES_MAX = 256 * 1024
#: The number must fit into each record that cites it, the moment into every calendar that shows it (before year 10000).
EDITION_MAX = 2**63 - 1
MADE_MS_MAX = 253_402_300_799_999

OFFICE_PIECE = "office"
STATUSES_PIECE = "statuses"
NOTICES_PIECE = "notices"
WORDS_PIECE = "words"
ATTRACT_PIECE = "attract"
BUDGET_PIECE = "budget"
FLOOR_PIECE = "floor"
SCHEDULE_PIECE = "schedule"
SATISFACTION_PIECE = "satisfaction"
KEYS_PIECE = "keys"
SERVICE_PREFIX = "service/"
FORM_PREFIX = "form/"
STAFF_PREFIX = "staff/"
#: What these begin is a PNG; every other piece is written as JSON, or made by the server.
PICTURE_PREFIXES = (FORM_PREFIX, STAFF_PREFIX)

#: A page of a form fits several times; more would only fill a kiosk's memory.
PICTURE_BYTES_MAX = 512 * 1024
PICTURE_SIDE_MAX = 2400
LINK_CHARS_MAX = 200

T = TypeVar("T")


# --- what an office shows ----------------------------------------------------------------------------------------


class _Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Content facts are frozen; a field an older program does not know is passed over."""


class Text(_Fact, frozen=True, kw_only=True):
    """One sentence in the languages it was approved in. Thai is the legal text; an empty string falls back to it."""

    th: str
    en: str = ""
    ms: str = ""
    ms_arab: str = ""

    def into(self, language: str) -> str:
        """The text in `language` ("th", "en", "ms", "ms-Arab"); Jawi falls back to Rumi, everything else to Thai."""
        wanted = {"en": (self.en,), "ms": (self.ms,), "ms-Arab": (self.ms_arab, self.ms)}.get(language, ())
        return next(filter(None, wanted), self.th)


class Division(_Fact, frozen=True, kw_only=True):
    """A part of the office (ส่วนราชการ). `phone` may name an extension."""

    id: str
    name: Text
    phone: str


class Category(_Fact, frozen=True, kw_only=True):
    """What a request or complaint can be about; `picture` names a drawing, `division` who works on it.

    `asks` marks those that report nothing: a question or a suggestion, filed and answered as every case is.
    """

    id: str
    name: Text
    examples: Text
    picture: str
    division: str
    asks: bool = False


class Village(_Fact, frozen=True, kw_only=True):
    """A village (หมู่) for "where is it?"."""

    id: str
    name: Text


class Series(_Fact, frozen=True, kw_only=True):
    """A group of services that shares ticket numbers; `letters` has one letter for each device that may issue them."""

    id: str
    name: Text


class OutsideChannel(_Fact, frozen=True, kw_only=True):
    """Where else one can turn, above all about the office's own people."""

    name: Text
    phone: str


class Reason(_Fact, frozen=True, kw_only=True):
    """Why somebody rates or praises so; `icon` is a sign that every kiosk carries."""

    id: str
    name: Text
    icon: str


class Dimension(_Fact, frozen=True, kw_only=True):
    """One side of a service that is rated by itself, in turn with the others."""

    id: str
    name: Text
    hint: Text
    icon: str


def _reason(id_: str, th: str, en: str, ms: str, icon: str) -> Reason:
    return Reason(id=id_, name=_text(th, en, ms), icon=icon)


def _dimension(id_: str, name: tuple[str, str, str], hint: tuple[str, str, str], icon: str) -> Dimension:
    return Dimension(id=id_, name=_text(*name), hint=_text(*hint), icon=icon)


def _text(th: str, en: str, ms: str) -> Text:
    # No Jawi here: an office shows none that its own reviewer has not approved.
    return Text(th=th, en=en, ms=ms)


class Feedback(_Fact, frozen=True, kw_only=True):
    """What is asked after a rating and with praise. An office that writes none asks what is usual elsewhere.

    `low` is offered up to a score of 2, `high` from 3 on; the dimensions come two at a time.
    """

    low: tuple[Reason, ...] = (
        _reason("slow", "รอนาน", "A long wait", "Tunggu lama", "hourglass"),
        _reason("unclear", "อธิบายไม่ชัด", "Not explained well", "Penerangan kurang jelas", "question"),
        _reason("impolite", "พูดจาไม่ดี", "Unkind words", "Kata-kata kasar", "smiley-sad"),
        _reason("unfair", "ไม่เท่าเทียม", "Unequal treatment", "Tidak sama rata", "scales"),
        _reason("many_papers", "เอกสารยุ่งยาก", "Too many papers", "Dokumen menyusahkan", "files"),
        _reason("uncomfortable", "สถานที่ไม่สะดวก", "Hard to use the place", "Tempat tidak selesa", "chair"),
    )
    high: tuple[Reason, ...] = (
        _reason("polite", "พูดจาดี", "Kind words", "Kata-kata sopan", "smiley"),
        _reason("quick", "รวดเร็ว", "Quick", "Cepat", "timer"),
        _reason("clear", "อธิบายชัด", "Well explained", "Penerangan jelas", "chat-centered-text"),
        _reason("fair", "เท่าเทียม", "Equal treatment", "Sama rata", "scales"),
        _reason("few_papers", "เอกสารไม่ยุ่ง", "Easy papers", "Dokumen mudah", "files"),
        _reason("comfortable", "ที่นั่งสบาย", "Comfortable seats", "Tempat duduk selesa", "chair"),
    )
    dimensions: tuple[Dimension, ...] = (
        _dimension(
            "procedure",
            ("ขั้นตอน", "Steps", "Langkah"),
            ("เข้าใจง่าย ไม่วุ่นวาย", "Easy to understand", "Mudah difahami"),
            "path",
        ),
        _dimension(
            "place",
            ("สถานที่", "The place", "Tempat"),
            ("สะอาด มีที่นั่ง มีป้ายบอก", "Clean, seats, signs", "Bersih, ada tempat duduk dan papan tanda"),
            "armchair",
        ),
        _dimension(
            "staff",
            ("เจ้าหน้าที่", "Staff", "Petugas"),
            ("สุภาพ ช่วยเต็มที่", "Polite and helpful", "Sopan dan suka membantu"),
            "users",
        ),
        _dimension(
            "channel",
            ("ช่องทางบริการ", "Ways to reach us", "Saluran khidmat"),
            ("สะดวก มีหลายทาง", "More than one", "Mudah, banyak cara"),
            "phone",
        ),
    )
    praise: tuple[Reason, ...] = (
        _reason("polite", "พูดจาดี", "Kind words", "Kata-kata sopan", "smiley"),
        _reason("quick", "รวดเร็ว", "Quick", "Cepat", "timer"),
        _reason("helpful", "ช่วยเต็มที่", "Helped a lot", "Sangat membantu", "handshake"),
        _reason("honest", "ซื่อสัตย์", "Honest", "Jujur", "scales"),
    )


class Photo(_Fact, frozen=True, kw_only=True):
    """A picture of a person, the piece `staff/<file>`. It cannot be written down without the day of their consent;
    after `consent_until`, where they set a day, it is shown no more.
    """

    file: str
    consent_on: date
    consent_until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the person consents to being shown on `day`."""
        return self.consent_on <= day and (self.consent_until is None or day <= self.consent_until)


class Colleague(_Fact, frozen=True, kw_only=True):
    """A member of staff who agreed to be named for praise. `picture` names a drawing, shown where there is no photo."""

    id: str
    name: Text
    position: Text
    division: str
    picture: str
    photo: Photo | None = None


#: What a complaint about somebody can be about; the kiosk asks this first, by pictures.
About = Literal["unit", "clerk", "chief", "council", "person", "unknown"]


class Reader(_Fact, frozen=True, kw_only=True):
    """A position that reads complaints about people, inside the office or outside it.

    `key` is its public `ReaderKey`, filled in by the server when an edition is made; empty in an office's folder.
    """

    id: str
    title: Text
    key: bytes = b""


class Route(_Fact, frozen=True, kw_only=True):
    """Who reads a complaint about one subject.

    `leaves_out` are ids of the positions (or staff) complained of, which never read it; `readers` are ids of
    `Office.readers`. Whether it may be offered is `check_route`'s to say.
    """

    id: str
    subject: Text
    picture: str
    about: About
    leaves_out: list[str]
    readers: list[str]


class Limits(_Fact, frozen=True, kw_only=True):
    """How much this office takes at once. An office may ask for less than the program allows, as for a thin line, and
    never for more; whatever it asks for, a single record always goes.

    `text_chars` a citizen may write of what happened; `record_bytes` is a record's body; an envelope carries at most
    `batch_records`, which before packing are at most `inflated_bytes`, and is itself at most `envelope_bytes` where it
    carries several; `edition_bytes` are all pieces of an edition.
    """

    text_chars: int = 2_000
    record_bytes: int = BODY_BYTES_MAX
    batch_records: int = batch.COUNT_MAX
    inflated_bytes: int = batch.INFLATED_BYTES_MAX
    envelope_bytes: int = envelope.ENVELOPE_BYTES_MAX
    edition_bytes: int = EDITION_BYTES_MAX

    def in_force(self) -> "Limits":
        """These limits, each brought within the program's own: a slip of the pen must not silence a kiosk."""
        names = self.__struct_fields__
        return Limits(**{
            name: min(max(getattr(self, name), getattr(LOWEST, name)), getattr(HIGHEST, name)) for name in names
        })  # fmt: skip

    def out_of_range(self) -> Iterator[tuple[str, int, int]]:
        """The fields that ask for too little or too much, with the least and the most they may ask for."""
        for name in self.__struct_fields__:
            least, most = getattr(LOWEST, name), getattr(HIGHEST, name)
            if not least <= getattr(self, name) <= most:
                yield name, least, most


HIGHEST = Limits()
#: A complaint of 2,000 characters, padded and sealed to its route, is below 32 KiB; twice that holds it in any form but
#: in a padded batch, which then goes alone.
LOWEST = Limits(
    text_chars=200, record_bytes=32 * 1024, batch_records=1, inflated_bytes=64 * 1024, envelope_bytes=64 * 1024,
    edition_bytes=1024 * 1024,
)  # fmt: skip


#: Whom an office may serve first, as ids of records; each client has its words for them.
PRIORITIES: Final = ("elderly", "disabled", "pregnant", "infant", "monk", "far")


class Office(_Fact, frozen=True, kw_only=True):
    """Who the office is: one record, the only place its name stands.

    `priorities` are those of `PRIORITIES` that a citizen may ask for when taking a number, by touch and without proof.

    `readers`, `routes` and `recovery_key` (the public half of the key that lies offline, outside the office) are
    about confidential complaints; editions from before there were any lack them.
    """

    id: str
    name: Text
    short_name: Text
    district: Text
    province: Text
    phone: str
    hours: Text
    memo_number_prefix: str
    divisions: list[Division]
    categories: list[Category]
    villages: list[Village]
    series: list[Series]
    outside_channels: list[OutsideChannel]
    holidays: list[date]
    enquiries: str = ""
    feedback: Feedback = Feedback()
    colleagues: tuple[Colleague, ...] = ()
    counters: tuple[str, ...] = ()
    readers: list[Reader] = msgspec.field(default_factory=list)
    routes: list[Route] = msgspec.field(default_factory=list)
    recovery_key: bytes = b""
    limits: Limits = Limits()
    priorities: tuple[str, ...] = PRIORITIES


class Duration(_Fact, frozen=True, kw_only=True):
    """How long a step or a whole service takes; `immediate` is no number and stays out of percentages."""

    value: int
    unit: Literal["minute", "hour", "working_day", "day", "immediate"]


class Step(_Fact, frozen=True, kw_only=True):
    """One step of a procedure: what happens, how long, which position in which division answers for it.

    `person` is the id of the colleague who holds the position, where they agreed to be named; empty otherwise.
    """

    title: Text
    duration: Duration
    responsible: Text
    division: str
    person: str = ""


class Paper(_Fact, frozen=True, kw_only=True):
    """A document to bring; `optional` ones are asked for only where they exist."""

    name: Text
    optional: bool


class Form(_Fact, frozen=True, kw_only=True):
    """A form that a service asks for. `link` (https) is where it can be had, `sample` the file name of a picture of it
    filled in for somebody who does not exist (piece ``form/<sample>``); at least one of them is there. `asks` names
    what must be filled in.
    """

    id: str
    name: Text
    asks: list[Text]
    link: str = ""
    sample: str = ""


class Service(_Fact, frozen=True, kw_only=True):
    """What the office gives a citizen, with every fact that must be shown.

    `series` is the group its tickets are numbered in; `public_label` what board and slip say; `sensitive` services
    put only that label on a ticket. `checked_by` is a position. `keywords` are what people call it who do not know its
    title; `link` (https) is the page that tells the same at home.
    """

    id: str
    title: Text
    division: str
    audience: list[str]
    picture: str
    steps: list[Step]
    promise: Duration
    fee: Text
    papers: list[Paper]
    channels: list[Text]
    hours: Text
    lunch: bool
    legal_basis: Text
    series: str
    public_label: Text
    sensitive: bool
    checked_by: str
    checked_on: date
    source: str
    keywords: list[Text] = msgspec.field(default_factory=list)
    forms: list[Form] = msgspec.field(default_factory=list)
    link: str = ""


class Notice(_Fact, frozen=True, kw_only=True):
    """Something to tell everybody, from one day to another."""

    id: str
    title: Text
    body: Text
    from_day: date
    until_day: date


class Notices(_Fact, frozen=True, kw_only=True):
    """All notices of an edition."""

    notices: list[Notice]


class Said(_Fact, frozen=True, kw_only=True):
    """What stands under "you said, we did": what `people` of them said and what came of it.

    Its sentences are the office's, approved by a position, never a citizen's own. Shown from one day to another;
    `people` is never below `SHOWN_FROM`.
    """

    id: str
    asked: Text
    did: Text
    people: int
    from_day: date
    until_day: date
    approved_by: str
    approved_on: date


class Survey(_Fact, frozen=True, kw_only=True):
    """A survey of another body (the EIT) that the kiosk only points to: `link` (https) as a QR code, on its days."""

    title: Text
    link: str
    from_day: date
    until_day: date


class Attract(_Fact, frozen=True, kw_only=True):
    """What the attract screen tells beside the notices."""

    said: list[Said] = msgspec.field(default_factory=list)
    survey: Survey | None = None


#: What fewer people than this said is told to nobody: it could be known who they were.
SHOWN_FROM = 5


class Satisfaction(_Fact, frozen=True, kw_only=True):
    """How a whole month was rated: `month` is its first day, `by_score` counts scores 1 to 5. The server makes it from
    records, and makes none below `SHOWN_FROM` ratings. `place` says who rated: with the code of a ticket's slip
    ("ticket"), on a trip ("outreach"), or whoever passed by ("walk-by"); ratings of two places are never added up.
    """

    month: date
    place: str
    by_score: tuple[int, int, int, int, int]

    @property
    def n(self) -> int:
        """How many rated."""
        return sum(self.by_score)


class BudgetArea(_Fact, frozen=True, kw_only=True):
    """One area of work: whole baht planned for each quarter of the fiscal year (October first) and spent in each.

    `actual` ends with the last quarter there is data for, which may still run. `benefit` says in plain words what
    people have of it.
    """

    id: str
    name: Text
    picture: str
    benefit: Text
    plan: tuple[int, int, int, int]
    actual: list[int]


class Budget(_Fact, frozen=True, kw_only=True):
    """Plan against actual of the fiscal year that ends on `year_ends` (30 September), with data up to `data_until`.

    `document` names the paper the figures come from; `approved_by` is a position.
    """

    year_ends: date
    data_until: date
    document: Text
    approved_by: str
    approved_on: date
    areas: list[BudgetArea]


#: Directions on a floor plan as it hangs on the wall: north is up.
Side = Literal["north", "east", "south", "west"]
PlaceKind = Literal["room", "counter", "toilet", "stairs", "lift", "entrance", "ramp"]


class Place(_Fact, frozen=True, kw_only=True):
    """A room or another thing with walls on a level, in cells from the upper left corner (0, 0).

    It covers `wide` x `deep` cells from (`x`, `y`) on. (`door_x`, `door_y`) is the cell before its door: outside, and
    touching it. `houses` names a division, `joins` the other end of stairs or a lift.
    `step_free` marks a toilet that a wheelchair reaches.
    """

    id: str
    kind: PlaceKind
    name: Text
    number: str = ""
    houses: str = ""
    x: int
    y: int
    wide: int
    deep: int
    door_x: int
    door_y: int
    joins: str = ""
    step_free: bool = False


class FloorLevel(_Fact, frozen=True, kw_only=True):
    """One storey: a grid of `columns` x `rows` cells. What no place covers can be walked on."""

    id: str
    name: Text
    columns: int
    rows: int
    places: list[Place]


class Standpoint(_Fact, frozen=True, kw_only=True):
    """Where a kiosk is: its cell, and to which side somebody looks who stands before it. An empty `kiosk` is every
    kiosk that has no standpoint of its own name.
    """

    kiosk: str = ""
    level: str
    x: int
    y: int
    looks: Side


class FloorPlan(_Fact, frozen=True, kw_only=True):
    """Where everything is. `stairs_help` tells who cannot climb stairs what the office does instead."""

    levels: list[FloorLevel]
    kiosks: list[Standpoint]
    stairs_help: Text


class Span(_Fact, frozen=True, kw_only=True):
    """From one time of a day to another, in office time."""

    opens: time
    closes: time


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class WeekHours(_Fact, frozen=True, kw_only=True):
    """When the office is open on these days of a week. A lunch break is what lies between two spans."""

    days: list[Weekday]
    spans: list[Span]


class SpecialDay(_Fact, frozen=True, kw_only=True):
    """A day unlike others: open at other times, or closed where it has no span; `name` says why."""

    day: date
    name: Text
    spans: list[Span] = msgspec.field(default_factory=list)


class Trip(_Fact, frozen=True, kw_only=True):
    """Staff come to a village: when, where there, and for what. `order` is the number of the order that sends them."""

    id: str
    day: date
    opens: time
    closes: time
    village: str
    place: Text
    what: Text
    order: str = ""


class Schedule(_Fact, frozen=True, kw_only=True):
    """When the office is open and where it comes to. Days not named are closed, as are the office's holidays, unless
    they are special days. `approved_by` is a position.
    """

    week: list[WeekHours]
    special: list[SpecialDay] = msgspec.field(default_factory=list)
    trips: list[Trip] = msgspec.field(default_factory=list)
    approved_by: str
    approved_on: date


class SealedStatus(_Fact, frozen=True, kw_only=True):
    """How a case stands, legible only with its code (see `envelope.seal_status`)."""

    id: bytes
    sealed: bytes


class Statuses(_Fact, frozen=True, kw_only=True):
    """The sealed statuses of all cases that a citizen may still ask about."""

    statuses: list[SealedStatus]


_State = Literal["received", "in_progress", "answered", "closed"]


class _ShortStatus(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A status without a round, as it was first written."""

    state: _State
    subject: str
    filed_on: str
    answer_by: str
    answer: str
    answered_on: str
    answered_by: str
    number: str


class Status(_ShortStatus, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What lies inside a sealed status: where the case stands and what the office says. Dates are ISO.

    `round` counts how often the case was taken up, where its citizen may say that it is not fixed; else it is 0.
    """

    round: int = 0


#: A sealed status is some hundred bytes; whatever is longer than this is none of ours.
STATUS_BYTES_MAX = 64 * 1024


def write_status(status: Status) -> bytes:
    """The bytes to seal: the short form where there is no round, which older programs read as well."""
    if status.round:
        return wire.encode(status)
    return wire.encode(_ShortStatus(*msgspec.structs.astuple(status)[:-1]))


class _LaterStatus(_ShortStatus, frozen=True, array_like=True, forbid_unknown_fields=False):
    """A status of a newer server: a state that we have no word for, fields behind the ones we know."""

    state: str  # type: ignore[assignment]
    round: int = 0


def read_status(data: bytes) -> Status:
    """What a sealed status says, in either form. Raises `Malformed` or `TooLarge`.

    One of a newer server is read as far as we know: whoever has the code must not hear that there is no such case.
    """
    for form in (_ShortStatus, Status):
        try:
            return Status(*msgspec.structs.astuple(wire.decode(form, data, bytes_max=STATUS_BYTES_MAX)))
        except Malformed:
            continue
    later = wire.peek(_LaterStatus, data)
    if later.state not in get_args(_State):
        later = msgspec.structs.replace(later, state="answered" if later.answer else "in_progress")
    return Status(*msgspec.structs.astuple(later))


class Review(_Fact, frozen=True, kw_only=True):
    """What one reviewer (`by`, a position) of the Malay text approved on one day: fingerprints of what they read."""

    by: str
    on: date
    approved: list[str]


class Words(_Fact, frozen=True, kw_only=True):
    """Which Jawi sentences may be shown, of the kiosk's own and of the office's."""

    reviews: list[Review] = msgspec.field(default_factory=list)


_FINGERPRINT_BYTES = 8


def fingerprint(thai: str, jawi: str) -> str:
    """What an approval names: 16 hex digits of this Jawi sentence as a rendering of this Thai one."""
    return hashlib.sha256(f"{thai}\0{jawi}".encode()).digest()[:_FINGERPRINT_BYTES].hex()


def approved(words: Words) -> frozenset[str]:
    """Every fingerprint that some reviewer approved."""
    return frozenset(each for review in words.reviews for each in review.approved)


# --- who reads complaints about people ---------------------------------------------------------------------------

#: Offices of which there is one: a route about its holder leaves out the position of this very id.
_SUBJECT_POSITION = {"clerk": "clerk", "chief": "chief"}
#: Subjects whose positions the office names itself, at least one.
_SUBJECT_NAMED = ("unit", "council")


def route_problems(office: Office, route: Route) -> list[str]:
    """Why a route cannot be right whatever the keys are: the subject reads it, or fewer than two others do."""
    known = {reader.id for reader in office.readers}
    found = [f"no reader {each!r}" for each in route.readers if each not in known]
    found += [f"{each!r} is left out and reads it" for each in sorted(set(route.leaves_out) & set(route.readers))]
    position = _SUBJECT_POSITION.get(route.about)
    if position is not None and position not in route.leaves_out:
        found.append(f"a route about the {route.about} leaves out {position!r}")
    if route.about in _SUBJECT_NAMED and not route.leaves_out:
        found.append(f"a route about {route.about} names who is left out")
    if len(set(route.readers)) != len(route.readers):
        found.append("a reader stands here twice")
    if len(set(route.readers)) < envelope.READERS_MIN:
        found.append(f"a route has at least {envelope.READERS_MIN} readers")
    return found


def check_route(office: Office, route: Route) -> list[ReaderKey]:
    """The keys to seal to: the readers' in their order, the recovery key last.

    Raises `ContentRefused` where a rule is broken: the subject is left out, at least two readers have a key each and
    no two the same, and there is a recovery key that is no reader's. Such a route is neither published nor offered.
    """
    if found := route_problems(office, route):
        raise ContentRefused(f"route {route.id}: " + "; ".join(found))
    by_id = {reader.id: reader for reader in office.readers}
    try:
        readers = [ReaderKey(by_id[each].key) for each in route.readers]
        recovery = ReaderKey(office.recovery_key)
    except KeyRefused as error:
        raise ContentRefused(f"route {route.id}: a reader or the recovery has no key: {error}") from error
    # Nobody left out holds a reader's key under another name either.
    left_out = {by_id[each].key for each in route.leaves_out if each in by_id}
    if left_out & {key.raw for key in readers}:
        raise ContentRefused(f"route {route.id}: who is left out holds the key of a reader")
    if len({key.id for key in (*readers, recovery)}) != len(readers) + 1:
        raise ContentRefused(f"route {route.id}: one key stands for two readers, or a reader's for recovery")
    return [*readers, recovery]


def sound_routes(office: Office) -> list[Route]:
    """The routes that may be offered, in their order."""
    return [route for route in office.routes if _is_sound(office, route)]


def _is_sound(office: Office, route: Route) -> bool:
    try:
        check_route(office, route)
    except ContentRefused:
        return False
    return True


def with_reader_keys(office: Office, keys: Mapping[str, bytes], recovery_key: bytes) -> Office:
    """The office as an edition tells it: keys (reader id -> public key) filled in, routes that break a rule left out,
    and readers of no route as well.
    """
    filled = [msgspec.structs.replace(reader, key=keys.get(reader.id, b"")) for reader in office.readers]
    office = msgspec.structs.replace(office, readers=filled, recovery_key=recovery_key)
    routes = sound_routes(office)
    return msgspec.structs.replace(office, readers=_in_use(filled, routes), routes=routes)


def _in_use(readers: Sequence[Reader], routes: Sequence[Route]) -> list[Reader]:
    used = {each for route in routes for each in (*route.readers, *route.leaves_out)}
    return [reader for reader in readers if reader.id in used]


# --- the edition -------------------------------------------------------------------------------------------------


class PieceRef(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A piece by name, hash and size in bytes."""

    name: str
    hash: bytes
    size: int


class Manifest(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What an edition consists of. `made_ms` (UTC) only tells its age; it expires nothing."""

    version: int
    office: bytes
    edition: int
    made_ms: int
    pieces: list[PieceRef]


_VERSION = 1


class Bundle(msgspec.Struct, frozen=True):
    """An edition that was verified whole. `statuses` maps status id to sealed bytes, `pictures` the file name of a
    filled-in form to its PNG, `photos` that of a colleague's photo to its own; `keys` is the chain of the office's key
    lists (`shared.keylist`), empty where there is none.
    """

    edition: int
    made_ms: int
    office: Office
    services: list[Service]
    notices: list[Notice]
    statuses: dict[bytes, bytes]
    pictures: dict[str, bytes] = msgspec.field(default_factory=dict)
    words: Words = msgspec.field(default_factory=Words)
    attract: Attract = Attract()
    budget: Budget | None = None
    floor: FloorPlan | None = None
    schedule: Schedule | None = None
    satisfaction: Satisfaction | None = None
    keys: bytes = b""
    photos: dict[str, bytes] = msgspec.field(default_factory=dict)

    def photo_of(self, colleague: Colleague, day: date) -> bytes:
        """The picture (PNG) of a colleague who consents to it on `day`; else nothing."""
        photo = colleague.photo
        return self.photos.get(photo.file, b"") if photo is not None and photo.holds(day) else b""


def limits_of(bundle: Bundle | None) -> Limits:
    """The limits in force while `bundle` is on the screen; the program's own where there is none."""
    return HIGHEST if bundle is None else bundle.office.limits.in_force()


def piece(value: _Fact) -> bytes:
    """The bytes of a piece: the same value always gives the same bytes, so unchanged pieces keep their names."""
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1)


def piece_hash(data: bytes) -> bytes:
    """The 32 bytes that name a piece."""
    return hashlib.sha256(data).digest()


def make_manifest(pieces: Mapping[str, bytes], *, office: bytes, edition: int, made_ms: int, by: SigningKey) -> bytes:
    """The signed manifest of an edition made of `pieces` (name -> bytes)."""
    refs = [PieceRef(name, piece_hash(data), len(data)) for name, data in sorted(pieces.items())]
    return envelope.sign(Label.MANIFEST, wire.encode(Manifest(_VERSION, office, edition, made_ms, refs)), by)


def read_manifest(data: bytes, key: VerifyKey, *, office: bytes, at_least: int) -> Manifest:
    """The manifest, if `key` signed it for `office` and it does not go back below edition `at_least`.

    Raises `ContentRefused` or another `SalaError`.
    """
    note = envelope.read_note(data, Label.MANIFEST, bytes_max=MANIFEST_BYTES_MAX)
    manifest = wire.decode(Manifest, envelope.verify_note(note, key), bytes_max=MANIFEST_BYTES_MAX)
    if manifest.version != _VERSION:
        raise ContentRefused(f"a manifest of version {manifest.version}")
    if manifest.office != office:
        raise ContentRefused("content of another office")
    if not 0 < manifest.edition <= EDITION_MAX or not 0 <= manifest.made_ms <= MADE_MS_MAX:
        raise ContentRefused(f"edition {manifest.edition} of {manifest.made_ms} cannot be")
    if manifest.edition < at_least:
        raise ContentRefused(f"edition {manifest.edition} is older than edition {at_least}")
    names = [ref.name for ref in manifest.pieces]
    if len(names) > PIECES_MAX or len(set(names)) != len(names):
        raise ContentRefused("too many pieces, or two of one name")
    if any(len(ref.hash) != 32 or not 0 <= ref.size <= PIECE_BYTES_MAX for ref in manifest.pieces):
        raise ContentRefused("a piece of impossible size or hash")
    return manifest


def manifest_key(data: bytes, known: Iterable[VerifyKey]) -> VerifyKey:
    """The one of `known` that a manifest names as its signer, still to be verified: editions outlive the rolling of
    keys. Raises a `SalaError` where it names none of them.
    """
    note = envelope.read_note(data, Label.MANIFEST, bytes_max=MANIFEST_BYTES_MAX)
    for key in known:
        if key.id == note.key:
            return key
    raise BadSignature("the manifest names another key")


def missing(manifest: Manifest, have: Collection[bytes]) -> list[PieceRef]:
    """The pieces still to be fetched, each once."""
    lacking = {ref.hash: ref for ref in manifest.pieces if ref.hash not in have}
    return list(lacking.values())


def check_piece(ref: PieceRef, data: bytes) -> None:
    """Raise `ContentRefused` unless `data` is this very piece."""
    if len(data) != ref.size or piece_hash(data) != ref.hash:
        raise ContentRefused(f"piece {ref.name} is not the one that was signed")


def read_piece(kind: type[T], data: bytes) -> T:
    """The fact that a piece writes; raises `ContentRefused`, also where a name stands twice in one object: readers
    would differ about which of the two counts.
    """
    try:
        value: T = msgspec.json.decode(data, type=kind)
        json.loads(data, object_pairs_hook=_each_once)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ContentRefused(f"not a {kind.__name__}: {error}") from error
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) > 1 and len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name that stands twice in one object")


def assemble(manifest: Manifest, pieces: Mapping[bytes, bytes]) -> Bundle:
    """The bundle that `manifest` and `pieces` (hash -> bytes) make. Raises `ContentRefused` unless it is whole and
    sound.
    """
    by_name: dict[str, bytes] = {}
    for ref in manifest.pieces:
        data = pieces.get(ref.hash)
        if data is None:
            raise ContentRefused(f"piece {ref.name} is missing")
        check_piece(ref, data)
        by_name[ref.name] = data
    if OFFICE_PIECE not in by_name:
        raise ContentRefused("an edition without the office itself")
    office = read_piece(Office, by_name[OFFICE_PIECE])
    most = office.limits.in_force().edition_bytes
    if sum(ref.size for ref in manifest.pieces) > most:
        raise ContentRefused(f"an edition of more than the {most} bytes that its office allows")
    services = [read_piece(Service, data) for name, data in by_name.items() if name.startswith(SERVICE_PREFIX)]
    notices = read_piece(Notices, by_name.get(NOTICES_PIECE, b'{"notices":[]}'))
    statuses = read_piece(Statuses, by_name.get(STATUSES_PIECE, b'{"statuses":[]}'))
    pictures = {name.removeprefix(FORM_PREFIX): data for name, data in by_name.items() if name.startswith(FORM_PREFIX)}
    photos = {name.removeprefix(STAFF_PREFIX): data for name, data in by_name.items() if name.startswith(STAFF_PREFIX)}
    if strangers := sorted(photos.keys() - {each.photo.file for each in office.colleagues if each.photo}):
        raise ContentRefused(f"a picture of somebody who did not consent to it: {', '.join(strangers)}")
    for name, data in (pictures | photos).items():
        check_picture(name, data)
    words = read_piece(Words, by_name.get(WORDS_PIECE, b"{}"))
    hall = {name: read_piece(kind, by_name[name]) for name, kind in HALL.items() if name in by_name}
    blanks = [blank for value in (office, *services, *hall.values()) for blank in find_blanks(value)]
    if blanks:
        raise ContentRefused("left blank: " + ", ".join(blanks[:10]))
    return Bundle(
        manifest.edition, manifest.made_ms, office, services, notices.notices,
        {status.id: status.sealed for status in statuses.statuses}, pictures, words, **hall,
        keys=by_name.get(KEYS_PIECE, b""), photos=photos,
    )  # fmt: skip


def check_picture(name: str, data: bytes) -> None:
    """Raise `ContentRefused` unless `data` begins as a PNG of a size that a kiosk can show."""
    # Signature, length and name of the first chunk, width, height: what stands at the head of every PNG.
    if len(data) < 24 or data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise ContentRefused(f"picture {name} is no PNG")
    sides = struct.unpack(">II", data[16:24])
    if len(data) > PICTURE_BYTES_MAX or not all(1 <= side <= PICTURE_SIDE_MAX for side in sides):
        limits = f"{PICTURE_BYTES_MAX // 1024} KiB or {PICTURE_SIDE_MAX} dots a side"
        raise ContentRefused(f"picture {name} is larger than {limits}")


#: What a picture is made of. Everything else in a PNG tells about it: place, camera, author, time.
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"})


def plain_picture(name: str, data: bytes) -> bytes:
    """The same picture without a word about it: the one gate that pictures of an office's folder go through. Raises
    `ContentRefused` where it is no picture that a kiosk can show.
    """
    check_picture(name, data)
    kept, at, kind = bytearray(data[:8]), 8, b""
    while kind != b"IEND":
        # Length, kind, content, check sum.
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if end > len(data):
            raise ContentRefused(f"picture {name} breaks off")
        if kind in _PNG_KEPT:
            kept += data[at:end]
        at = end
    return bytes(kept)


def without_lapsed(pieces: Mapping[str, bytes], day: date) -> dict[str, bytes]:
    """The pieces of an edition that may be told on `day`: no photo whose person does not consent to it then."""
    if not any(name.startswith(STAFF_PREFIX) for name in pieces):
        return dict(pieces)
    office = read_piece(Office, pieces[OFFICE_PIECE])
    held = {STAFF_PREFIX + each.photo.file for each in office.colleagues if each.photo and each.photo.holds(day)}
    return {name: data for name, data in pieces.items() if not name.startswith(STAFF_PREFIX) or name in held}


def is_link(text: str) -> bool:
    """Whether `text` may stand as a link: https, plain ASCII without spaces, short enough for a code one can scan."""
    return (
        text.startswith("https://") and len(text) <= LINK_CHARS_MAX and text.isascii() and text.isprintable()
        and " " not in text
    )  # fmt: skip


#: Pieces that an edition may lack; each is the field of `Bundle` of its name.
HALL: Mapping[str, type[Any]] = {
    ATTRACT_PIECE: Attract,
    BUDGET_PIECE: Budget,
    FLOOR_PIECE: FloorPlan,
    SCHEDULE_PIECE: Schedule,
    SATISFACTION_PIECE: Satisfaction,
}


# --- nothing may be left blank -----------------------------------------------------------------------------------

#: What may be empty without anybody missing it.
_MAY_BE_EMPTY = {
    "en", "ms", "ms_arab", "enquiries", "kiosk", "link", "number", "order", "person", "sample", "source",
}  # fmt: skip
#: Lists that may have no rows; the rows they have are whole.
_MAY_HAVE_NONE = {
    "actual", "approved", "audience", "colleagues", "counters", "forms", "holidays", "houses", "joins", "keywords",
    "leaves_out", "outside_channels", "priorities", "readers", "reviews", "routes", "said", "spans", "special", "trips",
    "villages",
}  # fmt: skip


def find_blanks(value: Any, path: str = "") -> list[str]:
    """Where an office or service leaves out something a citizen must be told: paths such as ``sign_tax.fee.th``.

    Fees and papers are never blank: an office that asks for none says so.
    """
    if isinstance(value, msgspec.Struct):
        name = path or str(getattr(value, "id", type(value).__name__))
        return [
            blank
            for field in type(value).__struct_fields__
            if field not in _MAY_BE_EMPTY and (field not in _MAY_HAVE_NONE or getattr(value, field))
            for blank in find_blanks(getattr(value, field), f"{name}.{field}")
        ]
    if isinstance(value, list | tuple):
        inner = [blank for i, item in enumerate(value) for blank in find_blanks(item, f"{path}[{i}]")]
        return inner if value else [path]
    if isinstance(value, str):
        return [] if value.strip() else [path]
    return []


_MINUTES = {"minute": 1, "hour": 60, "working_day": 24 * 60, "day": 24 * 60, "immediate": 0}


def minutes(duration: Duration) -> int:
    """A duration in minutes for drawing bars and sums; a day counts as 24 hours."""
    return duration.value * _MINUTES[duration.unit]


def steps_total(service: Service) -> Duration:
    """The sum of a service's steps, in the unit of its promise where all agree, else in minutes."""
    units = {step.duration.unit for step in service.steps if step.duration.unit != "immediate"}
    if len(units) == 1:
        return Duration(value=sum(step.duration.value for step in service.steps), unit=units.pop())
    return Duration(value=sum(minutes(step.duration) for step in service.steps), unit="minute")
