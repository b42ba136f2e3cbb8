"""One conversation with the server: `shared.protocol.Push` on one side, the store and a transport on the other.

    told = converse(world, clock, transport)        # asks, sends what is missing, keeps the receipts
    told.edition                                    # content that the server offers

Each conversation is about one logbook: the lobby's, whenever there is something; the confidential one once a day
(`daily`), so that it is mentioned at no other time.

Nothing here decides when to talk or how to wait (`loop`), what comes next in a conversation (`shared.protocol`), nor
what an answer changes (`kiosk.desk.hearing`). Whatever breaks off leaves everything as the last answer left it; the
next conversation begins by asking again.
"""

import logging
from collections.abc import Container
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from kiosk.clock import Clock
from kiosk.desk import health
from kiosk.desk.hearing import Hearing
from kiosk.desk.world import World
from kiosk.store import Logbook, RecordDamaged
from kiosk.sync.line import Reply, Transport, unbelieved
from shared import protocol
from shared.errors import SalaError, TooLarge
from shared.protocol import Event, Push, Refused, State, Stored, Want
from shared.records import Record

logger = logging.getLogger(__name__)

NONCE_BYTES = 16

#: As many bytes of records as one envelope takes, less what sealing and columns add.
BATCH_BYTES_MAX = 1000 * 1024

#: A conversation may lose its place (the server asks to begin again) this often before it is left for later.
ROUNDS_MAX = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What a conversation brought: the edition on offer, how many records got a receipt, and the last refusal that
    left something unsent. One that is `of_one_log` held up no other; `declined` has all logs of which it was said.

    `again` says that something new waits already, such as the first record of a new log.
    """

    edition: int
    records: int
    refused: Refused | None
    declined: frozenset[bytes]
    again: bool


def converse(
    world: World,
    clock: Clock,
    transport: Transport,
    *,
    book: Logbook | None = None,
    batch_bytes_max: int = BATCH_BYTES_MAX,
    aside: Container[bytes] = (),
) -> Told:
    """Bring the server what it lacks of `book` (the lobby's if none is named), but for the logs in `aside`.

    Raises `Unreachable` where the way fails, `CannotRecord` where the disk does.
    """
    return _Conversation(world, clock, transport, book or world.lobby, batch_bytes_max, aside).run()


class _Conversation:
    def __init__(
        self, world: World, clock: Clock, transport: Transport, book: Logbook, batch_bytes_max: int,
        aside: Container[bytes],
    ) -> None:  # fmt: skip
        self._world = world
        self._clock = clock
        self._transport = transport
        self._batch_bytes_max = min(batch_bytes_max, world.limits.inflated_bytes)
        self._book = book
        self._hearing = Hearing(world, clock, book)
        self._records = 0
        self._aside = aside
        self._refused: Refused | None = None
        self._declined: set[bytes] = set()
        self._reader = ThreadPoolExecutor(1, "sync-reader")
        self._ahead: tuple[tuple[bytes, int], Future[list[Record]]] | None = None

    def run(self) -> Told:
        """The conversation, with its reader's thread ended whatever happens."""
        with self._reader:
            return self._run()

    def _run(self) -> Told:
        for _ in range(ROUNDS_MAX):
            push = self._hearing.push(self._aside)
            try:
                self._speak(push)
            except RecordDamaged as damage:
                self._hearing.end_damaged(damage)
                continue
            if push.state is not State.START:
                break
        self._hearing.carry_over()
        return Told(self._hearing.edition, self._records, self._refused, frozenset(self._declined), self._hearing.again)

    def _speak(self, push: Push) -> None:
        """From the question to the last receipt, or to where the server will not go on."""
        world = self._world
        figures = health.for_server(world, self._clock.now())
        ask = push.ask(world.random(NONCE_BYTES), world.content.edition, figures)
        self._hear(push, self._transport.post("sync/position", ask))
        while (want := push.want()) is not None:
            envelope, count = self._envelope(push, want)
            events = self._hear(push, self._transport.post("sync/push", envelope))
            self._records += count if any(isinstance(event, Stored) for event in events) else 0

    def _envelope(self, push: Push, want: Want) -> tuple[bytes, int]:
        records = self._next_records(want)
        while True:
            try:
                sealed = push.send(want, records, self._world.random(NONCE_BYTES))
            except TooLarge:
                # Bytes that do not pack. Half as many fit in the end, since one record fits by its own limit.
                if len(records) == 1:
                    raise
                records = records[: len(records) // 2]
            else:
                self._read_ahead(want, records)
                return sealed, len(records)

    def _next_records(self, want: Want) -> list[Record]:
        """The records that are wanted: those that were read ahead, where they are the ones."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == (want.log, want.after.seq):
            return ahead[1].result()[: want.count_max]
        return self._read(want.log, want.after.seq, want.count_max)

    def _read_ahead(self, want: Want, records: list[Record]) -> None:
        """Read what will most likely be wanted next while the server works on `records`."""
        if len(records) == want.count_max:
            last = records[-1].header.seq
            self._ahead = (want.log, last), self._reader.submit(self._read, want.log, last, want.count_max)

    def _read(self, log: bytes, after: int, count_max: int) -> list[Record]:
        """Records behind `after`, up to the first that cannot be read; raises `RecordDamaged` where that is it."""
        found: list[Record] = []
        try:
            found.extend(self._book.after(after, log=log, limit_count=count_max, limit_bytes=self._batch_bytes_max))
        except RecordDamaged:
            if not found:
                raise
        return found

    def _hear(self, push: Push, reply: Reply) -> list[Event]:
        """Act on an answer. Raises `Unreachable` for bytes that are no signed answer to this question."""
        try:
            answer = protocol.read_answer(reply.body, self._world.trust.answers)
            events = push.hear(answer)
        except RecordDamaged:
            raise
        except SalaError as error:
            raise unbelieved(reply) from error
        self._clock.learn(answer.server_ms)
        self._hearing.keep(events, answer, reply.body)
        for event in events:
            if isinstance(event, Refused) and (event.of_one_log or push.state is State.STOPPED):
                logger.warning("the server refused: %s", event.reason.value)
                self._refused = event
                if event.of_one_log:
                    self._declined.add(event.log)
        return events
