"""The other side of the wire, in memory: a kiosk that keeps its logs in lists and speaks the real protocol.

Everything it says goes through `shared.protocol.Push`; it answers to the server's own actions, without a socket,
unless a `post` is given.
"""

import copy
import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared import kinds, log, protocol
from shared.errors import TooLarge
from shared.keys import SealTo, SigningKey, VerifyKey
from shared.kinds import Body, CaseFiled, LogOpened, RatingChanged, RatingChangedFirst, RatingGiven, TicketIssued
from shared.log import Head
from shared.protocol import Health, KioskSelf, Local, Push, Stored
from shared.records import At, Quality, Record, header_hash

Post = Callable[[str, bytes], bytes]


@dataclass
class FakeLog:
    """One log of the kiosk: its records, head and highest receipt, with the epoch it was given in."""

    name: str
    id: bytes
    records: list[Record] = field(default_factory=list)
    receipted: Head | None = None
    epoch: bytes = b""

    @property
    def head(self) -> Head:
        if not self.records:
            return Head.empty(self.id)
        last = self.records[-1].header
        return Head(self.id, last.seq, header_hash(last))

    def hash_at(self, seq: int) -> bytes | None:
        return header_hash(self.records[seq - 1].header) if 1 <= seq <= len(self.records) else None


class FakeKiosk:
    """A kiosk with a seeded imagination. `events` collects everything `Push` reported."""

    def __init__(self, me: KioskSelf, post: Post, now: dt.datetime, seed: int) -> None:
        self.me, self.post, self.now = me, post, now
        self.random = random.Random(seed)
        self.logs: dict[bytes, FakeLog] = {}
        self.events: list[protocol.Event] = []
        self.boot = self.random.randbytes(8)
        self.edition, self.letter = 1, "A"
        self.open_log()

    @classmethod
    def enrolled(cls, server, *, name: str = "ตู้ 1", series: str = "A", seed: int = 1, post: Post | None = None):
        """Enrol with a fresh code at the server of the test."""
        from sync_server.kiosks.actions import make_code
        from sync_server.setting_up import program

        dice = random.Random(seed)
        code = make_code(program(server.office), name, series, now=server.now, random=dice.randbytes(10))
        post = post or direct(server.now)
        key, nonce = SigningKey(dice.randbytes(32)), dice.randbytes(16)
        answer = post("enrol", protocol.enrol(code, key, nonce=nonce, device="test", software="0.1"))
        grant = protocol.read_grant(answer, code, nonce)
        me = KioskSelf(grant.office, grant.kiosk, key, VerifyKey(grant.answer_key), SealTo(grant.sealing_key))
        kiosk = cls(me, post, server.now, seed)
        kiosk.letter = series[0]
        return kiosk

    def clone(self) -> "FakeKiosk":
        """A second device with a copy of this one's disk; its program was started apart."""
        twin = copy.copy(self)
        twin.logs, twin.random, twin.events = copy.deepcopy(self.logs), copy.deepcopy(self.random), []
        twin.boot = bytes(reversed(self.boot))
        return twin

    @property
    def lobby(self) -> FakeLog:
        """The log now written to."""
        return list(self.logs.values())[-1]

    def open_log(self, reason: str = "enrolled", parent: Head | None = None) -> FakeLog:
        new = FakeLog("lobby", self.random.randbytes(16))
        self.logs[new.id] = new
        parent_fields = (parent.log, parent.seq, parent.hash) if parent else (b"", 0, b"")
        self.append(LogOpened("lobby", reason, *parent_fields, "0.1"))
        return new

    def append(self, body: Body, *, at: At | None = None) -> Record:
        return self.append_raw(*kinds.encode(body), at=at)

    def append_raw(self, kind: str, schema: int, data: bytes, *, at: At | None = None) -> Record:
        """Also what no table of kinds knows."""
        wall_ms = int(self.now.timestamp() * 1000) + len(self.lobby.records)
        at = at or At(wall_ms, 420, self.boot, len(self.lobby.records) * 1000, Quality.GOOD)
        record, _head = log.link(
            self.lobby.head,
            kind=kind,
            schema=schema,
            edition=self.edition,
            at=at,
            salt=self.random.randbytes(16),
            body=data,
        )
        self.lobby.records.append(record)
        return record

    def ticket(self, number: int, service: str = "land_tax_payment") -> Record:
        return self.append(TicketIssued(self.day, self.letter, number, service, "ภาษีที่ดิน", "", None, "th"))

    def rate(self, score: int, *, repeat: bool = False) -> Record:
        return self.append(RatingGiven(self.day, score, "walk-by", "", repeat))

    def change(self, rating: Record, score: int, *, by_place: bool = False) -> Record:
        """Another face in the place of a rating or of its last change; `by_place` as older kiosks cite it."""
        told = kinds.decode(rating.header.kind, rating.header.schema, rating.body or b"")
        fields = told.service_date, rating.header.log, rating.header.seq, told.score, score, told.place, told.service
        if by_place:
            return self.append(RatingChangedFirst(*fields, told.repeat))
        return self.append(RatingChanged(*fields, told.repeat, rating.header.commitment))

    def file(self, text: str = "ไฟถนนดับหน้าวัด", *, filed_on: str | None = None) -> Record:
        keys = self.random.randbytes(16), self.random.randbytes(32)
        return self.append(CaseFiled(filed_on or self.day, *keys, "street_light", text, "หมู่ 3", "", "", "th"))

    @property
    def day(self) -> str:
        return (self.now + dt.timedelta(hours=7)).date().isoformat()

    def wall_ms(self) -> int | None:
        """What its clock shows at a contact."""
        return int(self.now.timestamp() * 1000)

    def health(self) -> Health:
        captured = sum(len(one.records) for one in self.logs.values())
        return Health("0.1", captured, 0, 0, None, self.wall_ms())

    def push(self) -> list[protocol.Event]:
        """One whole conversation; returns what it reported."""
        locals_ = [
            Local(one.name, one.head, one.receipted or Head.empty(one.id), one.epoch) for one in self.logs.values()
        ]
        talk = Push(self.me, locals_, lambda log_id, seq: self.logs[log_id].hash_at(seq))
        heard = self._hear(talk, self.post("position", talk.ask(self.random.randbytes(16), 0, self.health())))
        while want := talk.want():
            batch = self.logs[want.log].records[want.after.seq : want.after.seq + want.count_max]
            heard += self._hear(talk, self.post("push", self._sealed(talk, want, batch)))
        self.events += heard
        return heard

    def _sealed(self, talk: Push, want: protocol.Want, records: Sequence[Record]) -> bytes:
        """As many of the records as the server takes at once."""
        while True:
            try:
                return talk.send(want, records, self.random.randbytes(16))
            except TooLarge:
                records = records[: len(records) // 2]

    def envelope(self, records: Sequence[Record] | None = None) -> bytes:
        """The envelope `Push` would send for these records (all of the log's by default)."""
        from shared import batch, envelope

        chosen = self.lobby.records if records is None else records
        first, last = chosen[0].header, chosen[-1].header
        return envelope.seal(
            batch.pack(chosen), office=self.me.office, kiosk=self.me.kiosk, log=first.log, first_seq=first.seq,
            count=len(chosen), prev=first.prev, last_hash=header_hash(last), nonce=self.random.randbytes(16),
            to=self.me.seal_to, by=self.me.key,
        )  # fmt: skip

    def read(self, answer: bytes) -> protocol.Answer:
        return protocol.read_answer(answer, self.me.answers)

    def _hear(self, talk: Push, answer: bytes) -> list[protocol.Event]:
        told = self.read(answer)
        heard = talk.hear(told)
        for event in heard:
            if isinstance(event, Stored) and event.head.seq:
                self.logs[event.head.log].receipted = event.head
                self.logs[event.head.log].epoch = told.epoch
        return heard


def direct(now: dt.datetime) -> Post:
    """Straight into the server's actions."""
    from sync_server.ingest import actions

    doors = {"enrol": actions.enrol, "position": actions.position, "push": actions.accept}
    return lambda door, data: doors[door](data, now=now).body
