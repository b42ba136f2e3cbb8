"""Many kiosks that come back at once, over real connections to a real server: the figures of `make storm`.

    found = storm(office, kiosks=1000, records=500)
    found.last_s, found.median_s, found.errors

Each speaks `shared.protocol.Push` and waits as `kiosk.sync.loop.Patience` bids; all of them share one thread, and what
they have to say is linked, packed and sealed while the storm goes on, on the same machine. None is a whole kiosk with a
store of its own: that is measured by `bench sync`.
"""

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kiosk.sync.https import Https
from kiosk.sync.loop import Patience
from shared import kinds, log, protocol
from shared.errors import SalaError
from shared.keys import SealTo, SigningKey, VerifyKey
from shared.kinds import RatingGiven, TicketIssued
from shared.log import Head
from shared.protocol import Health, KioskSelf, Local, Push, Reason, Refused, State
from shared.records import At, Quality, Record
from tests.line.both import Office, an_office, command

ANSWER_S = 20.0
_DAY = date(2026, 11, 30).isoformat()
_WALL_MS = 1_796_000_000_000


@dataclass
class Found:
    """What a storm was like: seconds from its begin until each kiosk held its last receipt, and what went otherwise."""

    kiosks: int
    records: int
    done_s: list[float] = field(default_factory=list)
    turned_away: int = 0
    too_early: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def last_s(self) -> float:
        """When the last one was done."""
        return max(self.done_s)

    @property
    def median_s(self) -> float:
        """When half of them were."""
        return statistics.median(self.done_s)

    def __str__(self) -> str:
        rate = self.kiosks * self.records / self.last_s
        return (
            f"{len(self.done_s)} of {self.kiosks} kiosks, {self.records} records each: the last after"
            f" {self.last_s:.1f} s, half after {self.median_s:.1f} s; {rate:,.0f} records/s;"
            f" {self.turned_away} told to wait, {len(self.errors)} errors"
        )


class Returning:
    """A kiosk in memory whose log is made as it is sent."""

    def __init__(self, me: KioskSelf, records: int, seed: int) -> None:
        self.me = me
        self._dice = random.Random(seed)
        self._records = records
        self._log = self._dice.randbytes(16)
        self._head = Head.empty(self._log)
        self._hashes = {0: self._head.hash}
        bodies = [TicketIssued(_DAY, "A", 1, "land_tax_payment", "ภาษี", "", None, "th")] * 3
        ratings = [RatingGiven(_DAY, score, "walk-by", "", False) for score in (5, 4, 3)]
        self._bodies = [kinds.encode(body) for body in (*bodies, *ratings)]

    def push(self) -> Push:
        """A conversation about a log that stands at its full length."""
        # The hash of a head that is not made yet is asked for by nobody: the server stands behind it.
        head = Head(self._log, self._records, b"\0" * 32)
        return Push(
            self.me, [Local("lobby", head, Head.empty(self._log), b"")], lambda _log, seq: self._hashes.get(seq)
        )

    def ask(self, push: Push) -> bytes:
        """The question."""
        return push.ask(self._dice.randbytes(16), 0, Health("0.1", self._records, 0, 0, None, _WALL_MS))

    def send(self, push: Push, want: protocol.Want) -> bytes:
        """The next envelope."""
        made: list[Record] = []
        for seq in range(want.after.seq + 1, min(want.after.seq + want.count_max, self._records) + 1):
            kind, schema, body = self._bodies[seq % len(self._bodies)]
            at = At(_WALL_MS + seq * 1000, 420, b"boot-id1", seq * 1000, Quality.GOOD)
            record, self._head = log.link(
                self._head, kind=kind, schema=schema, edition=1, at=at, salt=self._dice.randbytes(16), body=body
            )
            made.append(record)
        self._hashes[self._head.seq] = self._head.hash
        return push.send(want, made, self._dice.randbytes(16))


async def _come_back(kiosk: Returning, port: int, found: Found, began: float) -> None:
    """Ask, wait as told, send, until the last receipt is there."""
    patience, not_before = Patience(60.0), 0.0
    while True:
        found.too_early += time.monotonic() < not_before
        push = kiosk.push()
        try:
            refused = await asyncio.wait_for(_converse(kiosk, push, port), 5 * ANSWER_S)
        except (SalaError, OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            found.errors.append(f"{type(error).__name__}: {error}")
            await asyncio.sleep(patience.after_failure())
            continue
        if push.state is State.DONE:
            found.done_s.append(time.monotonic() - began)
            return
        if refused is None or refused.reason is not Reason.BUSY or refused.retry_after_s == 0:
            found.errors.append(f"refused: {refused}")
            await asyncio.sleep(patience.after_failure())
            continue
        found.turned_away += 1
        not_before = time.monotonic() + refused.retry_after_s
        await asyncio.sleep(patience.until(refused.retry_after_s))


async def _converse(kiosk: Returning, push: Push, port: int) -> Refused | None:
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), ANSWER_S)
    try:
        events = push.hear(await _answer(kiosk, reader, writer, "position", kiosk.ask(push)))
        while (want := push.want()) is not None:
            events = push.hear(await _answer(kiosk, reader, writer, "push", kiosk.send(push, want)))
        return next((event for event in events if isinstance(event, Refused)), None)
    finally:
        writer.close()


async def _answer(
    kiosk: Returning, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, door: str, body: bytes
) -> protocol.Answer:
    return protocol.read_answer(await _post(reader, writer, door, body), kiosk.me.answers)


async def _post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, door: str, body: bytes) -> bytes:
    head = f"POST /sync/{door} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_S)
    rows = (row.partition(b":") for row in answer.lower().split(b"\r\n"))
    length = next(int(value) for name, _, value in rows if name == b"content-length")
    return await asyncio.wait_for(reader.readexactly(length), ANSWER_S)


_INSERT = """
import datetime, json, sys
from sync_server.kiosks.models import Kiosk
from sync_server.organisations.queries import the_office
from shared.keys import VerifyKey
rows, now = json.load(open({path!r})), datetime.datetime.now(datetime.UTC)
Kiosk.objects.bulk_create(
    Kiosk(office=the_office(), kiosk_id=name, name=name[:8], series="", public_key=bytes.fromhex(key),
          key_id=VerifyKey(bytes.fromhex(key)).id.hex(), enrolled_at=now)
    for name, key in rows
)
"""


def _fleet(office: Office, count: int, records: int) -> list[Returning]:
    """So many kiosks, known to the server. Put in by hand: an office has letters for 26, and this is about the line."""
    dice = random.Random(count)
    key, nonce, code = SigningKey(dice.randbytes(32)), dice.randbytes(16), office.code("Z")
    answer = Https(office.url).post("sync/enrol", protocol.enrol(code, key, nonce=nonce, device="t", software="0.1"))
    grant = protocol.read_grant(answer.body, code, nonce)
    answers, seal_to = VerifyKey(grant.answer_key), SealTo(grant.sealing_key)
    made = [
        KioskSelf(grant.office, dice.randbytes(16), SigningKey(dice.randbytes(32)), answers, seal_to)
        for _ in range(count)
    ]
    path = office.folder / "fleet.json"
    path.write_text(json.dumps([(me.kiosk.hex(), me.key.public.raw.hex()) for me in made]))
    command(office.folder, "manage", "shell", "-c", _INSERT.format(path=str(path)))
    return [Returning(me, records, seed) for seed, me in enumerate(made)]


def storm(office: Office, *, kiosks: int, records: int) -> Found:
    """All of them at once; returns when each has its last receipt."""
    fleet, found = _fleet(office, kiosks, records), Found(kiosks, records)

    async def all_at_once() -> None:
        began = time.monotonic()
        await asyncio.gather(*(_come_back(kiosk, office.port, found, began) for kiosk in fleet))

    asyncio.run(all_at_once())
    return found


def main(kiosks: int, records: int) -> None:
    """Print the figures, and how busy the machine was with other things."""
    with tempfile.TemporaryDirectory(prefix="sala-storm-") as folder, an_office(Path(folder)) as office:
        found = storm(office, kiosks=kiosks, records=records)
        held = sum(map(len, office.held().values()))
        kinds_of_errors = sorted(set(found.errors))[:10]
        lines = [f"{found}; {held:,} records held; the machine's load {os.getloadavg()[0]:.1f}", *kinds_of_errors]
        sys.stdout.write("\n".join(lines) + "\n")
    if found.errors or held != kiosks * records:
        sys.exit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
