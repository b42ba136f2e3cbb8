"""Beside the simulated server the real one: Django and SQL hear every letter, and must say and keep the same.

    Fleet(seed, folder, steps=300, server=lambda now_ms, bugs: Twin(now_ms, bugs, data=folder_of_a_server))

Kiosks get the simulated server's answers, so that a run is the same with and without its twin. After each letter the
twin's answer must be the same word for word (the time apart); backups are copies of its database, restores put one back
and begin an epoch. Once everything has arrived, `settle` holds the real server to five laws more:

1. Its branches hold the same records in the same order, and nothing else.
2. Each branch counts as far as the simulated one: what a revoked kiosk sent later is kept and counts nowhere.
3. The alarms raised are exactly the expected ones.
4. Accepted = projected + unreadable + quarantined + repeated + erased; only kinds of a newer kiosk are unreadable.
5. Once every kiosk was let in again and the clerk has looked at every fork, the projections are those of all records
   there are, each counted once: as if no server had ever been restored.

Django must be set up, with its office in `data`, before this is imported.
"""

import datetime as dt
import itertools
import logging
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import msgspec
from django.conf import settings
from django.db import connections

from kiosk.sync.line import Reply
from shared import keys, kinds, protocol
from shared.kinds import CaseFiled, ComplaintFiled, LogOpened, RatingChanged, RatingGiven, TicketIssued
from shared.log import Head
from shared.protocol import Answer, KnownKiosk, Limits, Position, Receipt, Refusal, Rolled
from shared.records import Record, header_hash
from sync_server.cases.models import Case
from sync_server.ingest import actions as ingest
from sync_server.ingest.turns import Turns
from sync_server.kiosks.models import Alarm, AlarmKind, Kiosk
from sync_server.organisations.queries import the_office
from sync_server.projectors import PROJECTORS, balances, catch_up
from sync_server.queues.models import Rating, Ticket
from sync_server.records import actions as records
from sync_server.records import anchor, deciding
from sync_server.records.models import Cursor, Epoch, Log, RecordRow
from sync_server.sealed.models import SealedCase
from sync_server.setting_up import program
from tests.kiosk.worlds import ANSWER_KEY, BUNDLE_KEY, OFFICE_ID, SEALING_KEY
from tests.sim.laws import LawBroken
from tests.sim.server import Backup, SimServer

#: The reasons of a log's first record that raise an alarm, and which.
_OPENED = {"restored": AlarmKind.KIOSK_RESTORED, "copied": AlarmKind.KIOSK_COPIED}

_DOORS = {"sync/position": ingest.position, "sync/push": ingest.accept, "sync/roll": ingest.roll}


class Twin(SimServer):
    """See the module. `data` is the real server's data folder, which is changed."""

    def __init__(self, now_ms: int, faults: AbstractSet[str] = frozenset(), *, data: Path) -> None:
        super().__init__(now_ms, faults)
        self._data = data
        self._dice = random.Random(now_ms)
        self._copies: dict[int, Path] = {}
        self._copy_numbers = itertools.count()
        self._restores: list[bytes] = []
        self._restores_in: dict[int, list[bytes]] = {}
        logging.getLogger("sync_server").setLevel(logging.CRITICAL)
        _use(data)
        shutil.rmtree(data / "keys" / "lists", ignore_errors=True)
        for name, key in (("receipts", ANSWER_KEY), ("bundle", BUNDLE_KEY), ("sealing", SEALING_KEY)):
            (data / "keys" / f"{name}.key").write_text(keys.write(key), encoding="ascii")
        ingest.forget_keys()
        # Its line keeps the fleet's time, and no real seconds are in it: one seed, one story.
        ingest.turns = Turns(lambda: self.now_ms / 1000)
        self.office = the_office()
        self.office.office_id = OFFICE_ID.hex()
        self.office.save()
        Epoch.objects.filter(office=self.office).delete()
        records.start(self.office, now=self._now, epoch=self.epoch)

    @property
    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.now_ms / 1000, dt.UTC)

    def enrol(self, kiosk: KnownKiosk) -> None:
        super().enrol(kiosk)
        number = int(kiosk.kiosk.split()[1])
        row = {"name": f"ตู้ {number}", "series": chr(ord("A") + number), "enrolled_at": self._now}
        key = {"public_key": kiosk.key.raw, "key_id": kiosk.key.id.hex()}
        Kiosk.objects.update_or_create(
            office=self.office, kiosk_id=kiosk.kiosk.hex(), defaults=key, create_defaults=row | key
        )

    def publish(self) -> None:
        """Nothing: what both servers are compared in is records, and the real one has keys and content of its own."""

    def roll(self, *roles: str) -> None:
        """Nothing, as above."""

    def revoke(self, kiosk: bytes, through: Mapping[bytes, int]) -> None:
        super().revoke(kiosk, through)
        named = {log.hex(): seq for log, seq in through.items()}
        deciding.revoke(program(self.office), self._row(kiosk), "ตู้หาย", now=self._now, through=named)

    def reinstate(self, kiosk: bytes) -> None:
        super().reinstate(kiosk)
        deciding.reinstate(program(self.office), self._row(kiosk), "พบตู้แล้ว", now=self._now)

    def decide(self, log: bytes, number: int, *, count: bool) -> bool:
        doubtful = super().decide(log, number, count=count)
        row = Log.objects.get(office=self.office, log_id=log.hex(), branch=number)
        act = deciding.take_in if count else deciding.keep_apart
        try:
            if doubtful or not count:
                act(program(self.office), row, "ดูแล้ว", now=self._now)
        except deciding.NotDecided as refusal:
            if doubtful:
                raise LawBroken(f"the clerk could not decide about {row}: {refusal}") from refusal
        else:
            if not doubtful and not count:
                raise LawBroken(f"{row} was kept apart, and nothing about it was in doubt")
        return doubtful

    def _row(self, kiosk: bytes) -> Kiosk:
        return Kiosk.objects.get(office=self.office, kiosk_id=kiosk.hex())

    def back_up(self) -> None:
        super().back_up()
        copy = self._data.with_name(f"{self._data.name}-backup{next(self._copy_numbers)}")
        connections.close_all()
        shutil.copytree(self._data, copy)
        self._copies[id(self.backups[-1])] = copy
        self._restores_in[id(self.backups[-1])] = list(self._restores)
        heads = {
            log.pk: Head(bytes.fromhex(log.log_id), log.seq, bytes(log.head_hash))
            for log in Log.objects.filter(office=self.office)
        }
        records.mark_backed_up(self.office, self.epoch.hex(), heads)

    def restore(self, backup: Backup) -> None:
        said = anchor.read()
        super().restore(backup)
        connections.close_all()
        shutil.rmtree(self._data)
        shutil.copytree(self._copies[id(backup)], self._data)
        if said is not None:
            anchor.write(said)  # it lies outside the database
        records.restored(self.office, "a backup was put back", now=self._now, epoch=self.epoch)
        self._restores = [*self._restores_in[id(backup)], self.epoch]

    def post(self, path: str, body: bytes) -> Reply | None:
        crash = self.crash
        mine = super().post(path, body)
        if mine is None and crash == "before":
            return None
        real = _DOORS[path](body, now=self._now)
        if mine is not None:
            _compare(path, mine.body, real.body)
        if self._dice.random() < 0.03:
            catch_up()
        return mine

    def close(self) -> None:
        connections.close_all()

    # --- once everything has arrived

    def settle(self) -> None:
        self._check_rows()
        catch_up()
        self._check_counts()
        self._count_everything()
        catch_up()
        self._check_alarms()
        self._check_balances()
        self._check_projections()

    def _check_rows(self) -> None:
        real = {log_id: [list(_hashes(branch)) for branch in branches] for log_id, branches in self._branches().items()}
        mine = {log.hex(): [line.hashes for line in lines] for log, lines in self.logs.items() if lines[0].hashes}
        for log_id in mine.keys() | real.keys():
            if mine.get(log_id) != real.get(log_id):
                raise LawBroken(f"the real server holds another log {log_id[:8]} than the simulated one")

    def _check_counts(self) -> None:
        real = {log_id: [branch.counts_through for branch in branches] for log_id, branches in self._branches().items()}
        mine = {log.hex(): [line.counts for line in lines] for log, lines in self.logs.items() if lines[0].hashes}
        if mine != real:
            raise LawBroken(f"the branches count otherwise than decided: {_unlike(mine, real)}")
        for cursor in Cursor.objects.filter(projector__in=[name for name, x in PROJECTORS.items() if x.withdraw]):
            limit = cursor.log.counts_through
            if limit is not None and cursor.seq > max(limit, cursor.log.base_seq):
                raise LawBroken(f"{cursor.projector} has read record {cursor.seq} of a log that counts to {limit}")

    def _branches(self) -> dict[str, list[Log]]:
        found: dict[str, list[Log]] = {}
        for branch in Log.objects.filter(office=self.office, seq__gt=0).order_by("log_id", "branch"):
            found.setdefault(branch.log_id, []).append(branch)
        return found

    def _count_everything(self) -> None:
        """Whoever was shut out is let in again, the clerk has looked at every fork, and both sides count."""
        for known in list(self.kiosks.values()):
            if known.revoked:
                self.reinstate(known.kiosk)
        for branch in Log.objects.filter(office=self.office).exclude(counts_through=None):
            deciding.take_in(program(self.office), branch, "ทั้งสองสายเป็นของจริง", now=self._now)

    def _check_alarms(self) -> None:
        expected = {(AlarmKind.SERVER_RESTORED, epoch.hex()) for epoch in self._restores}
        for log, lines in self.logs.items():
            for line in lines[1:]:
                own = line.by == lines[0].by
                brought = AlarmKind.BROUGHT, f"{log.hex()} {line.by.hex()}"
                expected.add((AlarmKind.FORKED, log.hex()) if own else brought)
        expected |= {(AlarmKind.REVOKED_SENT, kiosk.hex()) for kiosk in self.sent_shut_out}
        parents: dict[tuple[bytes, bytes], set[bytes]] = {}
        for record, body in self._bodies():
            if isinstance(body, LogOpened):
                if body.reason in _OPENED:
                    expected.add((_OPENED[body.reason], record.header.log.hex()))
                if body.parent_log:
                    # A copy that goes on as a kiosk of its own is no second device of this one.
                    parent = self.logs[record.header.log][0].by, body.parent_log
                    parents.setdefault(parent, set()).add(record.header.log)
        expected |= {(AlarmKind.TWO_DEVICES, log.hex()) for (_, log), logs in parents.items() if len(logs) > 1}
        raised = {(AlarmKind(alarm.kind), alarm.cause) for alarm in Alarm.objects.filter(office=self.office)}
        if raised != expected:
            raise LawBroken(f"alarms without a cause {raised - expected}, causes without an alarm {expected - raised}")

    def _check_balances(self) -> None:
        strange = sum(isinstance(body, kinds.Unreadable) for _, body in self._bodies())
        for balance in balances(self.office):
            if balance.behind or balance.quarantined or balance.unreadable != strange:
                raise LawBroken(f"{strange} records are of unknown kinds, and yet: {balance}")

    def _check_projections(self) -> None:
        told = self._first_of_each()
        bodies = [body for _, body in told]
        tickets = Counter((b.service_date, b.series, b.number) for b in bodies if isinstance(b, TicketIssued))
        changed = self._changed()
        ratings = Counter(
            (body.service_date, body.score, body.repeat, record.header.commitment in changed)
            for record, body in told
            if isinstance(body, RatingGiven | RatingChanged)
        )
        filed = sum(isinstance(body, CaseFiled) for body in bodies)
        sealed = sum(isinstance(body, ComplaintFiled) for body in bodies)
        pairs = [
            ("tickets", tickets, Counter(_rows(Ticket, "service_date", "series", "number"))),
            ("ratings", ratings, Counter(_rows(Rating, "service_date", "score", "repeat", "superseded"))),
            ("cases", filed, Case.objects.count()),
            ("sealed cases", sealed, SealedCase.objects.count()),
        ]
        for name, mine, real in pairs:
            if mine != real:
                raise LawBroken(f"the {name} are not those of the records: {mine} recorded, {real} projected")

    def _first_of_each(self) -> list[tuple[Record, kinds.Body | kinds.Unreadable]]:
        """Every record but those whose words came before in another log: what lay behind damage may come twice."""
        arrived = {bytes(hash_): pk for hash_, pk in RecordRow.objects.values_list("hash", "pk")}
        in_order = sorted(self._bodies(), key=lambda told: arrived[header_hash(told[0].header)], reverse=True)
        return list({record.header.commitment: (record, body) for record, body in in_order}.values())

    def _changed(self) -> set[bytes]:
        """The commitments of the ratings that somebody changed afterwards, wherever they lie."""
        return {body.of_commitment for _, body in self._bodies() if isinstance(body, RatingChanged)}

    def _bodies(self) -> Iterator[tuple[Record, kinds.Body | kinds.Unreadable]]:
        """Every record with a body that the simulated server holds, each once, and what it says."""
        seen: set[bytes] = set()
        for lines in self.logs.values():
            for line in lines:
                for hash_, record in zip(line.hashes, line.records, strict=True):
                    if hash_ not in seen and record.body is not None:
                        seen.add(hash_)
                        yield record, kinds.decode(record.header.kind, record.header.schema, record.body)


def _use(data: Path) -> None:
    """Let Django work in this folder."""
    connections.close_all()
    settings.DATA_DIR = data
    connections.settings["default"]["NAME"] = data / "sala.sqlite3"


def _compare(path: str, mine: bytes, real: bytes) -> None:
    one, other = (protocol.read_answer(data, ANSWER_KEY.public) for data in (mine, real))
    if _plain(one) != _plain(other):
        raise LawBroken(f"to {path} the real server says {other}, the simulated one {one}")


def _plain(answer: Answer) -> Answer:
    """Without what two servers may tell differently: the time, the content on offer, limits."""
    match answer:
        case Position():
            return msgspec.structs.replace(answer, server_ms=0, edition=0, limits=Limits())
        case Receipt() | Refusal() | Rolled():
            return msgspec.structs.replace(answer, server_ms=0)


def _unlike(one: Mapping[str, object], other: Mapping[str, object]) -> list[tuple[str, object, object]]:
    return [
        (key[:8], one.get(key), other.get(key)) for key in one.keys() | other.keys() if one.get(key) != other.get(key)
    ]


def _hashes(branch: Log) -> Iterator[bytes]:
    if branch.based_on is not None:
        yield from list(_hashes(branch.based_on))[: branch.base_seq]
    rows = RecordRow.objects.filter(log=branch).order_by("seq").values_list("hash", flat=True)
    yield from (bytes(hash_) for hash_ in rows)


def _rows(model: type[Ticket] | type[Rating], *columns: str) -> Iterator[tuple[object, ...]]:
    for day, *rest in model.objects.values_list(*columns):
        yield day.isoformat(), *rest
