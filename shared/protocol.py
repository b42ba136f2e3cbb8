"""Who says what next when a kiosk's logs are copied to the server, without a socket in sight.

The kiosk side is `Push`: it asks where the server stands, is told, sends what follows, hears a receipt, and so on
until nothing is left. The server side is `Intake`: it reads an envelope step by step and judges how its records meet
the log that is held. Both are fed bytes and give back bytes; the rim around them (https, a stick, a simulated
network) decides nothing.

    push = Push(me, stands, hash_at)                      intake = Intake(me)
    ask = push.ask(nonce, ...)             ->             stands = what the database says
    events = push.hear(read_answer(...))   <-             answer = intake.position(ask, stands, ...)
    want = push.want()
    envelope = push.send(want, records, nonce)   ->       header = intake.header(envelope)
                                                          opened = intake.open(envelope, header, kiosk)
                                                          verdict = judge(opened, head, known)
    events = push.hear(read_answer(...))   <-             answer = intake.receipt(header, head, ...)

Rules of this file:
1. Everything that decides who speaks next is `TRANSITIONS`.
2. Only signed bytes that name this kiosk and the nonce of the question are believed; anything else raises and changes
   nothing.
3. Progress is what the server last said under its signature, never what the kiosk remembers having sent.
4. No wall clock orders, identifies or expires anything. Retries and waiting belong to the caller.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Literal, cast

import msgspec

from shared import batch, envelope, keylist, keys, wire
from shared.envelope import EnvelopeHeader, Label
from shared.errors import BadSignature, Broken, CannotOpen, KeyRefused, Malformed, SalaError, TooLarge, UnknownVersion
from shared.keys import SealingKey, SealTo, SigningKey, VerifyKey
from shared.log import Head, overlap
from shared.records import ID_BYTES, NO_HASH, Record, header_hash

NO_ID = bytes(ID_BYTES)

#: Logs whose envelopes have one of few lengths, so that nobody on the way can tell how much was written.
PADDED_LOGS = ("confidential",)


# --- what is said ------------------------------------------------------------------------------------------------


class _Message(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Messages are frozen msgpack arrays inside a signed note."""


class Claim(_Message, frozen=True):
    """How far the kiosk says that one of its logs stands."""

    log: bytes
    name: str
    seq: int
    hash: bytes


class Health(_Message, frozen=True):
    """What the fleet page shows about a kiosk. `oldest_waiting_ms` is the age of the oldest record without a
    receipt.
    """

    software: str
    captured: int
    stored: int
    backed_up: int
    oldest_waiting_ms: int | None
    wall_ms: int | None


class Ask(_Message, frozen=True):
    """Kiosk: where do you stand in these logs of mine, and is there new content?"""

    office: bytes
    kiosk: bytes
    nonce: bytes
    edition: int
    logs: list[Claim]
    health: Health


StandState = Literal["open", "forked", "revoked"]


class Stand(_Message, frozen=True):
    """How far the server stands in a log (seq 0 and zeros where it never saw it). `revoked`: the kiosk was shut out;
    what it still sends is kept and counts only if somebody decides so.

    `backed_up` is the last seq inside a verified backup.
    """

    log: bytes
    seq: int
    hash: bytes
    state: StandState
    backed_up: int


class Limits(_Message, frozen=True):
    """What the server takes at once."""

    batch_count_max: int = batch.COUNT_MAX
    envelope_bytes_max: int = envelope.ENVELOPE_BYTES_MAX


class Position(_Message, frozen=True, tag="position"):
    """Server: here I stand. `epoch` changes when the server was restored; `edition` is the content to have."""

    office: bytes
    kiosk: bytes
    nonce: bytes
    epoch: bytes
    server_ms: int
    edition: int
    stands: list[Stand]
    limits: Limits

    @property
    def revoked(self) -> bool:
        """Whether the kiosk that asked is shut out."""
        return any(stand.state == "revoked" for stand in self.stands)


class Receipt(_Message, frozen=True, tag="receipt"):
    """Server: everything up to `seq` of `log` is committed and synced to disk (`stored`), or inside a verified backup.
    `quarantined` is `stored` of a revoked kiosk: kept as safely, and counted only if somebody decides so.

    `forked` says that these records lie beside others of the same numbers: both are kept.
    """

    office: bytes
    kiosk: bytes
    nonce: bytes
    epoch: bytes
    server_ms: int
    log: bytes
    seq: int
    hash: bytes
    level: Literal["stored", "backed_up", "quarantined"]
    forked: bool


class Reason(StrEnum):
    """Why a server did not take something."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_KIOSK = "unknown_kiosk"
    REVOKED = "revoked"
    WRONG_OFFICE = "wrong_office"
    BAD_SIGNATURE = "bad_signature"
    CANNOT_OPEN = "cannot_open"
    GAP = "gap"
    BROKEN = "broken"
    BUSY = "busy"
    WRONG_CODE = "wrong_code"


class Refusal(_Message, frozen=True, tag="refusal"):
    """Server: not taken, and why. Nothing was changed. `retry_after_s` is 0 where the server has no wish."""

    office: bytes
    kiosk: bytes
    nonce: bytes
    epoch: bytes
    server_ms: int
    reason: Reason
    retry_after_s: int


class Rolled(_Message, frozen=True, tag="rolled"):
    """Server: from now on this kiosk's key is the one of the id `key`, and no other."""

    office: bytes
    kiosk: bytes
    nonce: bytes
    epoch: bytes
    server_ms: int
    key: bytes


Answer = Position | Receipt | Refusal | Rolled


class Roll(_Message, frozen=True):
    """Kiosk: from now on I sign with `new_key`. Signed by that key, and the whole of it by the present one."""

    office: bytes
    kiosk: bytes
    nonce: bytes
    new_key: bytes


class Enrol(_Message, frozen=True):
    """A new kiosk: let me in. `name` names the code without telling it; `proof` shows that the kiosk knows it."""

    code_name: bytes
    public_key: bytes
    nonce: bytes
    device: str
    software: str
    proof: bytes


class _FirstGrant(_Message, frozen=True):
    """A welcome without a key list, as it was first written."""

    office: bytes
    office_name: str
    kiosk: bytes
    kiosk_name: str
    nonce: bytes
    epoch: bytes
    server_ms: int
    series: list[str]
    answer_key: bytes
    bundle_key: bytes
    sealing_key: bytes
    code_salt: bytes
    proof: bytes


class Grant(_FirstGrant, frozen=True):
    """Server: you are kiosk `kiosk` of `office`. `proof` shows that the server, too, knows the code.

    `key_list` is the office's newest signed key list (`shared.keylist`); empty from a server that has none.
    """

    key_list: bytes = b""


#: No question and no answer is longer.
MESSAGE_BYTES_MAX = 64 * 1024

#: Logs and branches that a server keeps of one kiosk. An honest one begins two, and one more for each damage, copy and
#: restore of its disk: a handful in all its life. Its question could hardly name more than these.
LOGS_MAX = 1000


class Action(Enum):
    """What a kiosk does about a refusal."""

    RETRY = auto()  # later, with patience
    HALVE = auto()  # send again in smaller batches
    ASK_AGAIN = auto()  # hear where the server stands
    SET_ASIDE = auto()  # this log waits for another time; the others go on
    NEW_LOG = auto()  # the same of a log that is damaged; a new one goes on
    STOP = auto()  # tell staff; the records stay


ON_REFUSAL: dict[Reason, Action] = {
    Reason.MALFORMED: Action.SET_ASIDE,
    Reason.TOO_LARGE: Action.HALVE,
    Reason.UNKNOWN_VERSION: Action.STOP,
    Reason.UNKNOWN_KIOSK: Action.STOP,
    Reason.REVOKED: Action.STOP,
    Reason.WRONG_OFFICE: Action.STOP,
    Reason.BAD_SIGNATURE: Action.STOP,
    Reason.CANNOT_OPEN: Action.STOP,
    Reason.GAP: Action.ASK_AGAIN,
    Reason.BROKEN: Action.NEW_LOG,
    Reason.BUSY: Action.RETRY,
    Reason.WRONG_CODE: Action.STOP,
}


# --- the kiosk's side --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KioskSelf:
    """Who the kiosk is and whom it trusts, as enrolment left it."""

    office: bytes
    kiosk: bytes
    key: SigningKey
    answers: VerifyKey
    seal_to: SealTo


@dataclass(frozen=True, slots=True)
class Local:
    """One of the kiosk's logs: its head, and the highest `stored` receipt it holds (seq 0 for none), of `epoch`."""

    name: str
    head: Head
    receipted: Head
    epoch: bytes


@dataclass(frozen=True, slots=True)
class Want:
    """What `Push.send` needs next: records of `log` after `after`, at most `count_max`."""

    log: bytes
    after: Head
    count_max: int


@dataclass(frozen=True, slots=True)
class Stored:
    """The server holds `log` up to `head`; `backed_up` up to that seq."""

    head: Head
    backed_up: int


@dataclass(frozen=True, slots=True)
class ServerRestored:
    """The server stands behind a receipt this kiosk holds: it came back from a backup, and is sent everything again."""

    log: bytes
    server_seq: int
    receipted_seq: int


@dataclass(frozen=True, slots=True)
class NewLogNeeded:
    """This log cannot go on: the server knows another branch of it, or more of it than this disk does."""

    log: bytes
    reason: Literal["forked", "restored", "damaged"]


@dataclass(frozen=True, slots=True)
class EditionOffered:
    """The server has content of this edition."""

    edition: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The server took nothing. `action` is what the conversation makes of it; `log` is what was sent, if anything."""

    reason: Reason
    action: Action
    retry_after_s: int
    log: bytes = NO_ID

    @property
    def of_one_log(self) -> bool:
        """Whether it says something of the log that was sent, and nothing of the kiosk or the server."""
        return self.action in (Action.SET_ASIDE, Action.NEW_LOG)


Event = Stored | ServerRestored | NewLogNeeded | EditionOffered | Refused


class State(Enum):
    """Where a push stands."""

    START = auto()
    ASKED = auto()  # a question is out
    READY = auto()  # there is something to send
    SENT = auto()  # an envelope is out
    DONE = auto()  # nothing left to send
    STOPPED = auto()  # the server will not have it; see the events


class Step(Enum):
    """What moves a push on."""

    ASK = auto()
    POSITION_MORE = auto()
    POSITION_DONE = auto()
    SEND = auto()
    RECEIPT_MORE = auto()
    RECEIPT_DONE = auto()
    HALVED = auto()
    SET_ASIDE = auto()
    LOST_PLACE = auto()
    REFUSED = auto()


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.START, Step.ASK): State.ASKED,
    (State.ASKED, Step.POSITION_MORE): State.READY,
    (State.ASKED, Step.POSITION_DONE): State.DONE,
    (State.ASKED, Step.REFUSED): State.STOPPED,
    (State.READY, Step.SEND): State.SENT,
    (State.SENT, Step.RECEIPT_MORE): State.READY,
    (State.SENT, Step.RECEIPT_DONE): State.DONE,
    (State.SENT, Step.HALVED): State.READY,
    (State.SENT, Step.SET_ASIDE): State.READY,
    (State.SENT, Step.LOST_PLACE): State.START,
    (State.SENT, Step.REFUSED): State.STOPPED,
}


class Push:
    """One conversation with the server, from the question to the last receipt.

    `hash_at(log, seq)` tells the hash of the kiosk's own header at that seq (None beyond its head). A conversation that
    breaks off is simply thrown away; the next one begins with the question again. Of the logs in `aside` the server is
    asked, and nothing of them is sent.
    """

    def __init__(
        self,
        me: KioskSelf,
        logs: Iterable[Local],
        hash_at: Callable[[bytes, int], bytes | None],
        own_limit: Limits = Limits(),  # noqa: B008 - frozen
        aside: Container[bytes] = (),
    ) -> None:
        self.state = State.START
        self._me = me
        self._logs = {local.head.log: local for local in logs}
        self._hash_at = hash_at
        self._aside = aside
        self._nonce = b""
        self._at: dict[bytes, Head] = {}  # where to send from, for each log with something left
        self._own_limit = self._limit = own_limit
        self._count_max = batch.COUNT_MAX
        self._sent = (NO_ID, 0)

    def _move(self, step: Step) -> None:
        self.state = TRANSITIONS[self.state, step]

    def ask(self, nonce: bytes, edition: int, health: Health) -> bytes:
        """The question that opens a conversation. `nonce` is 16 fresh random bytes."""
        self._move(Step.ASK)
        self._nonce = nonce
        claims = [Claim(x.head.log, x.name, x.head.seq, x.head.hash) for x in self._logs.values()]
        ask = Ask(self._me.office, self._me.kiosk, nonce, edition, claims, health)
        return envelope.sign(Label.ASK, wire.encode(ask), self._me.key)

    def asked(self, nonce: bytes) -> None:
        """The question went out before this conversation was made, on a stick; `hear` takes the answer to `nonce`."""
        self._move(Step.ASK)
        self._nonce = nonce

    def want(self) -> Want | None:
        """What is to be sent next; None when nothing is."""
        if self.state is not State.READY:
            return None
        log, after = next(iter(self._at.items()))
        return Want(log, after, min(self._count_max, self._limit.batch_count_max))

    def send(self, want: Want, records: Sequence[Record], nonce: bytes) -> bytes:
        """The envelope that carries `records`, which must be what `want` asked for (fewer will do, none will not).

        Raises `TooLarge`, and nothing has moved: send fewer. A single record goes in any case, for the server to judge.
        """
        most = self._limit.envelope_bytes_max
        sealed = sealed_batch(self._me, self._logs[want.log].name, want.after, records, nonce, bytes_max=most)
        self._move(Step.SEND)
        self._nonce = nonce
        self._sent = (want.log, records[-1].header.seq)
        self._count_max = len(records)
        return sealed

    def hear(self, answer: Answer) -> list[Event]:
        """What the server's answer (`read_answer`, which verified it) means. Raises `SalaError` where it is none to
        this question.
        """
        if (answer.office, answer.kiosk, answer.nonce) != (self._me.office, self._me.kiosk, self._nonce):
            raise BadSignature("the answer is to another question")
        if isinstance(answer, Refusal):
            return self._hear_refusal(answer)
        if isinstance(answer, Position) and self.state is State.ASKED:
            return self._hear_position(answer)
        if isinstance(answer, Receipt) and self.state is State.SENT:
            return self._hear_receipt(answer)
        raise Malformed(f"a {type(answer).__name__.lower()} where none was awaited")

    def _hear_position(self, position: Position) -> list[Event]:
        events: list[Event] = [EditionOffered(position.edition)]
        own, told = self._own_limit, position.limits
        self._limit = Limits(
            min(own.batch_count_max, told.batch_count_max), min(own.envelope_bytes_max, told.envelope_bytes_max)
        )
        self._at = {}
        for stand in position.stands:
            local = self._logs.get(stand.log)
            if local is not None:
                events += self._compare(local, stand, position.epoch)
        self._at = {log: head for log, head in self._at.items() if log not in self._aside}
        self._move(Step.POSITION_MORE if self._at else Step.POSITION_DONE)
        return events

    def _compare(self, local: Local, stand: Stand, epoch: bytes) -> list[Event]:
        """How one log stands on both sides, and where to send from."""
        events: list[Event] = []
        mine = NO_HASH if stand.seq == 0 else self._hash_at(stand.log, stand.seq)
        if mine == stand.hash:
            if stand.seq < local.receipted.seq:
                events.append(ServerRestored(stand.log, stand.seq, local.receipted.seq))
            events.append(Stored(Head(stand.log, stand.seq, stand.hash), stand.backed_up))
            if stand.seq < local.head.seq:
                self._at[stand.log] = Head(stand.log, stand.seq, stand.hash)
            if stand.state == "forked":
                events.append(NewLogNeeded(stand.log, "forked"))
            return events
        # The branches parted somewhere. What lies behind the last receipt is sent as it is and kept beside the other
        # branch; the log itself ends here. A receipt from before the server was restored says nothing of this branch.
        since = local.receipted if local.epoch == epoch else Head.empty(stand.log)
        if since.seq < local.head.seq:
            self._at[stand.log] = since
        events.append(NewLogNeeded(stand.log, "restored" if mine is None else "forked"))
        return events

    def _hear_receipt(self, receipt: Receipt) -> list[Event]:
        log, seq = self._sent
        if receipt.log != log or receipt.seq < seq:
            raise BadSignature("the receipt is for another batch")
        events: list[Event] = []
        if receipt.forked:
            events.append(NewLogNeeded(log, "forked"))
        mine = self._hash_at(log, receipt.seq)
        if mine != receipt.hash:
            raise BadSignature("the receipt names a record that is not ours")
        head = Head(log, receipt.seq, receipt.hash)
        events.append(Stored(head, 0))
        self._count_max = batch.COUNT_MAX
        if receipt.seq < self._logs[log].head.seq:
            self._at[log] = head
        else:
            del self._at[log]
        self._move(Step.RECEIPT_MORE if self._at else Step.RECEIPT_DONE)
        return events

    def _hear_refusal(self, refusal: Refusal) -> list[Event]:
        action, (log, _) = self._action(refusal.reason), self._sent
        if action is Action.HALVE:
            self._count_max //= 2
            self._move(Step.HALVED)
        elif action is Action.ASK_AGAIN:
            self._move(Step.LOST_PLACE)
        elif action in (Action.SET_ASIDE, Action.NEW_LOG):
            del self._at[log]
            self._count_max = batch.COUNT_MAX
            self._move(Step.SET_ASIDE if self._at else Step.REFUSED)
        else:
            self._move(Step.REFUSED)
        events: list[Event] = [Refused(refusal.reason, action, refusal.retry_after_s, log)]
        if action is Action.NEW_LOG:
            events.append(NewLogNeeded(log, "damaged"))
        return events

    def _action(self, reason: Reason) -> Action:
        action = ON_REFUSAL[reason]
        if self.state is not State.SENT:
            return action if action is Action.RETRY else Action.STOP
        # A single record that is too long for this server is no smaller the next time.
        return Action.SET_ASIDE if action is Action.HALVE and self._count_max == 1 else action


def sealed_batch(
    me: KioskSelf, name: str, after: Head, records: Sequence[Record], nonce: bytes,
    *, bytes_max: int = envelope.ENVELOPE_BYTES_MAX,
) -> bytes:  # fmt: skip
    """The envelope that carries `records`, one or more, which follow `after` in its log of the name `name`: for a
    conversation, or for a stick that no conversation waits for.

    Raises `TooLarge` above `bytes_max`, unless there is a single record: that one can only be tried.
    """
    sealed = envelope.seal(
        batch.pack(records, padded=name in PADDED_LOGS), office=me.office, kiosk=me.kiosk, log=after.log,
        first_seq=after.seq + 1, count=len(records), prev=after.hash, last_hash=header_hash(records[-1].header),
        nonce=nonce, to=me.seal_to, by=me.key,
    )  # fmt: skip
    if len(records) > 1 and len(sealed) > bytes_max:
        raise TooLarge(f"an envelope of {len(sealed)} bytes where {bytes_max} are taken")
    return sealed


def roll(me: KioskSelf, new: SigningKey, *, nonce: bytes) -> bytes:
    """The wish to sign with `new` from now on, signed by it and by the present key."""
    wish = wire.encode(Roll(me.office, me.kiosk, nonce, new.public.raw))
    return envelope.sign(Label.ROLL, envelope.sign(Label.ROLL, wish, new), me.key)


def read_answer(data: bytes, key: VerifyKey) -> Answer:
    """The server's answer, verified. Raises `SalaError`: a portal's page, a proxy's, another server's."""
    note = envelope.read_note(data, Label.ANSWER)
    payload = envelope.verify_note(note, key)
    return wire.decode(cast("type[Answer]", Answer), payload, bytes_max=MESSAGE_BYTES_MAX)


# --- the server's side -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ServerSelf:
    """Who the server is. Old sealing keys stay in `sealing` (by id) until no kiosk uses them."""

    office: bytes
    answers: SigningKey
    sealing: Mapping[bytes, SealingKey]


@dataclass(frozen=True, slots=True)
class KnownKiosk:
    """What the server knows of a kiosk when an envelope names it."""

    kiosk: bytes
    key: VerifyKey
    revoked: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A verified, opened batch: records that hang together, and the hash of each."""

    header: EnvelopeHeader
    records: Sequence[Record]
    hashes: Sequence[bytes]


class NotTaken(Exception):
    """The server declines; `reason` goes back under its signature."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


#: What a decoder's or a key's complaint is called towards the kiosk. Looked up along the error's class line.
_REASONS: dict[type[Exception], Reason] = {
    TooLarge: Reason.TOO_LARGE,
    UnknownVersion: Reason.UNKNOWN_VERSION,
    BadSignature: Reason.BAD_SIGNATURE,
    KeyRefused: Reason.BAD_SIGNATURE,
    CannotOpen: Reason.CANNOT_OPEN,
    Broken: Reason.BROKEN,
    Malformed: Reason.MALFORMED,
    SalaError: Reason.MALFORMED,
}


def reason_of(error: SalaError | NotTaken) -> Reason:
    """Why what raised this is not taken."""
    if isinstance(error, NotTaken):
        return error.reason
    return next(_REASONS[kind] for kind in type(error).__mro__ if kind in _REASONS)


def _known(kiosk: KnownKiosk | None, office: bytes, me: ServerSelf) -> KnownKiosk:
    """The checks that ask and envelope share, in the order in which they cost least."""
    if office != me.office:
        raise NotTaken(Reason.WRONG_OFFICE)
    if kiosk is None:
        raise NotTaken(Reason.UNKNOWN_KIOSK)
    return kiosk


class Intake:
    """The server's reading of what kiosks send. Raises `SalaError` or `NotTaken`; `refuse` turns either into an
    answer.
    """

    def __init__(self, me: ServerSelf) -> None:
        self._me = me

    def ask(self, data: bytes, find: Callable[[bytes], KnownKiosk | None]) -> Ask:
        """A kiosk's verified question; `find` looks a kiosk up by its id."""
        note = envelope.read_note(data, Label.ASK, bytes_max=MESSAGE_BYTES_MAX)
        ask = wire.decode(Ask, note.payload, bytes_max=MESSAGE_BYTES_MAX)
        kiosk = _known(find(ask.kiosk), ask.office, self._me)
        envelope.verify_note(note, kiosk.key)
        if any(len(id_) != ID_BYTES for id_ in (ask.nonce, *(claim.log for claim in ask.logs))):
            raise Malformed("an id of the wrong length")
        return ask

    def roll(self, data: bytes, find: Callable[[bytes], KnownKiosk | None]) -> Roll:
        """A kiosk's verified wish for another key. One that has it already asks again, since its answer was lost; it is
        answered also where it was shut out meanwhile, else it could not even hear that.
        """
        outer = envelope.read_note(data, Label.ROLL, bytes_max=MESSAGE_BYTES_MAX)
        inner = envelope.read_note(outer.payload, Label.ROLL, bytes_max=MESSAGE_BYTES_MAX)
        wish = wire.decode(Roll, inner.payload, bytes_max=MESSAGE_BYTES_MAX)
        kiosk, new = _known(find(wish.kiosk), wish.office, self._me), VerifyKey(wish.new_key)
        envelope.verify_note(inner, new)
        if kiosk.key != new:
            envelope.verify_note(outer, kiosk.key)
        if len(wish.nonce) != ID_BYTES:
            raise Malformed("an id of the wrong length")
        if kiosk.revoked and kiosk.key != new:
            raise NotTaken(Reason.REVOKED)
        return wish

    def rolled(self, wish: Roll, *, epoch: bytes, server_ms: int) -> bytes:
        """The signed answer to a wish that was kept."""
        key = keys.key_id(wish.new_key)
        return self._sign(Rolled(wish.office, wish.kiosk, wish.nonce, epoch, server_ms, key))

    def open(self, data: bytes, find: Callable[[bytes], KnownKiosk | None]) -> Opened:
        """The records of an envelope, after size, header, kiosk, signature, seal, inflation and chain were checked."""
        header = envelope.read_header(data)
        kiosk = _known(find(header.kiosk), header.office, self._me)
        if header.kiosk_key != kiosk.key.id:
            raise NotTaken(Reason.BAD_SIGNATURE)
        envelope.verify(data, kiosk.key)
        key = self._me.sealing.get(header.server_key)
        if key is None:
            raise NotTaken(Reason.CANNOT_OPEN)
        records, hashes = batch.unpack(
            envelope.unseal(data, key),
            log=header.log, first_seq=header.first_seq, count=header.count, prev=header.prev,
        )  # fmt: skip
        if hashes[-1] != header.last_hash:
            raise Broken("the batch does not end with the hash that was signed")
        return Opened(header, records, hashes)

    def position(
        self, ask: Ask, stands: list[Stand], *, epoch: bytes, server_ms: int, edition: int, limits: Limits
    ) -> bytes:
        """The signed answer to a question."""
        return self._sign(Position(ask.office, ask.kiosk, ask.nonce, epoch, server_ms, edition, stands, limits))

    def receipt(
        self, header: EnvelopeHeader, head: Head, *, forked: bool, epoch: bytes, server_ms: int, apart: bool = False
    ) -> bytes:
        """The signed receipt for a batch that was committed and synced; `apart` where it does not count."""
        return self._sign(
            Receipt(
                header.office,
                header.kiosk,
                header.nonce,
                epoch,
                server_ms,
                head.log,
                head.seq,
                head.hash,
                "quarantined" if apart else "stored",
                forked,
            )
        )

    def refuse(self, data: bytes, reason: Reason, *, epoch: bytes, server_ms: int, retry_after_s: int = 0) -> bytes:
        """A signed refusal, addressed as far as `data` tells to whom."""
        office, kiosk, nonce = addressed(data)
        return self._sign(Refusal(office, kiosk, nonce, epoch, server_ms, reason, retry_after_s))

    def _sign(self, answer: Answer) -> bytes:
        return envelope.sign(Label.ANSWER, wire.encode(answer), self._me.answers)


def lacking(ask: Ask, stands: Iterable[Stand]) -> int:
    """How many records the kiosk will send after this question, by what it claims; 0 where there is nothing new."""
    claimed = {claim.log: claim.seq for claim in ask.logs}
    return sum(max(0, claimed.get(stand.log, 0) - stand.seq) for stand in stands)


class _Front(msgspec.Struct, frozen=True, array_like=True):
    """How every question begins, in all versions."""

    office: bytes
    kiosk: bytes
    nonce: bytes


def addressed(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Office, kiosk and nonce that unverified bytes name, zeros where they name none. They stand in the same place in
    every version, so that a newer kiosk, too, hears that this server is too old. A request to enrol names none: it
    has none yet.
    """
    header = envelope.peek_header(data)
    if header is not None:
        return header.office, header.kiosk, header.nonce
    payload = envelope.peek_payload(data, Label.ASK)
    if (rolled := envelope.peek_payload(data, Label.ROLL)) is not None:
        payload = envelope.peek_payload(rolled, Label.ROLL)
    try:
        front = None if payload is None else wire.peek(_Front, payload)
    except Malformed:
        front = None
    if front is None or {len(front.office), len(front.kiosk), len(front.nonce)} != {ID_BYTES}:
        return NO_ID, NO_ID, NO_ID
    return front.office, front.kiosk, front.nonce


@dataclass(frozen=True, slots=True)
class Append:
    """The log goes on: `records` are new and follow the head; it then stands at `head`. None new means a repeat.

    `head` is the end of the batch in either case. A receipt names it and nothing beyond: the log may hold more than a
    kiosk knows whose disk came back from a copy, and it could not check that.
    """

    records: Sequence[Record]
    hashes: Sequence[bytes]
    head: Head


@dataclass(frozen=True, slots=True)
class Branch:
    """The batch and the log part ways: all of it is kept beside, up to `head` of the branch."""

    records: Sequence[Record]
    hashes: Sequence[bytes]
    head: Head


Verdict = Append | Branch


def judge(opened: Opened, head: Head, known: Mapping[int, bytes]) -> Verdict:
    """How a batch meets the log, or the branch of it, that stands at `head`.

    `known` maps seq to hash for the records held from one before the batch to its end. Raises `NotTaken(GAP)` where
    records are missing between, or where the batch follows a record that is not held: a branch, too, is held from its
    beginning, or not at all.
    """
    first, prev, hashes = opened.header.first_seq, opened.header.prev, opened.hashes
    last = Head(head.log, first + len(hashes) - 1, hashes[-1])
    before = NO_HASH if first == 1 else known.get(first - 1)
    if first > head.seq + 1 or before != prev:
        raise NotTaken(Reason.GAP)
    if overlap(known, first, hashes) is not None:
        return Branch(opened.records, hashes, last)
    new = head.seq + 1 - first
    return Append(opened.records[new:], hashes[new:], last)


# --- enrolment ---------------------------------------------------------------------------------------------------


def enrol(code: str, key: SigningKey, *, nonce: bytes, device: str, software: str) -> bytes:
    """A new kiosk's request, signed with its own new key. Raises `KeyRefused` where `code` cannot be one."""
    secret = keys.enrolment_secret(code)
    name = keys.enrolment_name(secret)
    proof = keys.enrolment_proof(secret, "kiosk", name + key.public.raw + nonce)
    request = Enrol(name, key.public.raw, nonce, device, software, proof)
    return envelope.sign(Label.ENROL, wire.encode(request), key)


def read_enrol(data: bytes) -> Enrol:
    """A request to enrol, signed by the key it brings. The code is still to be proved: `check_enrol`."""
    note = envelope.read_note(data, Label.ENROL, bytes_max=MESSAGE_BYTES_MAX)
    request = wire.decode(Enrol, note.payload, bytes_max=MESSAGE_BYTES_MAX)
    if len(request.nonce) != ID_BYTES:
        raise Malformed("a nonce of the wrong length")
    envelope.verify_note(note, VerifyKey(request.public_key))
    return request


def check_enrol(request: Enrol, secret: bytes) -> None:
    """Raise `NotTaken` unless the kiosk knows the code behind `secret`."""
    transcript = request.code_name + request.public_key + request.nonce
    if not keys.same(request.proof, keys.enrolment_proof(secret, "kiosk", transcript)):
        raise NotTaken(Reason.WRONG_CODE)


def grant(
    request: Enrol, secret: bytes, *, me: ServerSelf, office_name: str, kiosk: bytes, kiosk_name: str, epoch: bytes,
    server_ms: int, series: list[str], bundle_key: VerifyKey, seal_to: SealTo, code_salt: bytes, key_list: bytes = b"",
) -> bytes:  # fmt: skip
    """The server's signed welcome, which proves to the kiosk that it came from where the code was made."""
    unproved = Grant(
        me.office, office_name, kiosk, kiosk_name, request.nonce, epoch, server_ms, series, me.answers.public.raw,
        bundle_key.raw, seal_to.raw, code_salt, b"", key_list,
    )  # fmt: skip
    proof = keys.enrolment_proof(secret, "server", _written(unproved))
    return envelope.sign(Label.GRANT, _written(msgspec.structs.replace(unproved, proof=proof)), me.answers)


def _written(welcome: Grant) -> bytes:
    """The bytes of a welcome: the first form where there is no key list."""
    return wire.encode(welcome if welcome.key_list else _FirstGrant(*msgspec.structs.astuple(welcome)[:-1]))


def _read_welcome(payload: bytes) -> Grant:
    try:
        return Grant(*msgspec.structs.astuple(wire.decode(_FirstGrant, payload, bytes_max=MESSAGE_BYTES_MAX)))
    except Malformed:
        return wire.decode(Grant, payload, bytes_max=MESSAGE_BYTES_MAX)


def read_grant(data: bytes, code: str, nonce: bytes) -> Grant:
    """The welcome, if it answers this request and came from whoever made the code. Raises `SalaError`."""
    note = envelope.read_note(data, Label.GRANT, bytes_max=MESSAGE_BYTES_MAX)
    welcome = _read_welcome(note.payload)
    envelope.verify_note(note, VerifyKey(welcome.answer_key))
    unproved = _written(msgspec.structs.replace(welcome, proof=b""))
    expected = keys.enrolment_proof(keys.enrolment_secret(code), "server", unproved)
    if welcome.nonce != nonce or not keys.same(welcome.proof, expected):
        raise BadSignature("the welcome did not come from where the code was made")
    if len(welcome.office) != ID_BYTES or len(welcome.kiosk) != ID_BYTES:
        raise KeyRefused("the welcome names no office or kiosk")
    if welcome.key_list:
        listed = keylist.first(welcome.key_list, office=welcome.office)
        mine = (listed.answers.raw, listed.bundles.raw, listed.sealing.raw)
        if mine != (welcome.answer_key, welcome.bundle_key, welcome.sealing_key):
            raise KeyRefused("the welcome and its key list name different keys")
    return welcome


_FINGERPRINT_LABEL = b"sala/v1/enrolment-words\0"


def fingerprint(
    *, office: bytes, kiosk: bytes, kiosk_key: bytes, answer_key: bytes, bundle_key: bytes, sealing_key: bytes
) -> bytes:
    """What both screens show after an enrolment as four words (`shared.fourwords`): SHA-256 over who enrolled and every
    key that one side told the other. A machine between them that swapped one makes the words differ.
    """
    told = [office, kiosk, kiosk_key, answer_key, bundle_key, sealing_key]
    return hashlib.sha256(_FINGERPRINT_LABEL + wire.encode(told)).digest()
