"""Kiosks that have their envelopes ready, to see what a server takes: sending them costs next to nothing.

    crowd = [Member(url, code, seed=n) for n, code in enumerate(codes)]
    ready = [member.envelopes(40) for member in crowd]
    seconds = push_at_once(crowd, ready)

Each has a log of its own and one connection that it keeps, and sends the next envelope when it has the receipt for
the last. Receipts are verified after the clock has stopped, every one of them.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

from bench import lobby
from kiosk.sync.https import Https
from shared import kinds, protocol
from shared.keys import SealTo, SigningKey, VerifyKey
from shared.kinds import LogOpened
from shared.log import Head, link
from shared.protocol import KioskSelf, Receipt, sealed_batch
from shared.records import BOOT_BYTES, ID_BYTES, SALT_BYTES, Record

_HEADERS = {"Content-Type": "application/octet-stream"}

MakeBody = Callable[[int, random.Random], kinds.Body]


class Member:
    """One kiosk, enrolled with a code; its records are those of a busy lobby, drawn from `seed`."""

    def __init__(self, url: str, code: str, *, seed: int) -> None:
        key, nonce = SigningKey(os.urandom(32)), os.urandom(ID_BYTES)
        asked = protocol.enrol(code, key, nonce=nonce, device="bench", software="bench")
        grant = protocol.read_grant(Https(url).post("sync/enrol", asked).body, code, nonce)
        self.me = KioskSelf(grant.office, grant.kiosk, key, VerifyKey(grant.answer_key), SealTo(grant.sealing_key))
        self._netloc = urlsplit(url).netloc
        self._dice = random.Random(seed)
        self._boot = self._dice.randbytes(BOOT_BYTES)
        self.head = Head.empty(self._dice.randbytes(ID_BYTES))
        self._line = HTTPConnection(self._netloc, timeout=60)
        self._answers: list[bytes] = []

    def envelopes(self, count: int, *, records: int = 500, make: MakeBody = lobby.body) -> list[bytes]:
        """The next `count` envelopes of its log, of so many `records` each."""
        return [self._envelope(records, make) for _ in range(count)]

    def push(self, envelopes: Sequence[bytes]) -> None:
        """Send them one after another, each upon the answer to the last, on one connection."""
        self._line.close()  # the server has dropped the last one, if making these took long
        for envelope in envelopes:
            self._line.request("POST", "/sync/push", envelope, _HEADERS)
            self._answers.append(self._line.getresponse().read())

    def check(self, seq: int) -> None:
        """Every answer so far was a receipt, the last one for record `seq`. Raises where not."""
        answers = [protocol.read_answer(answer, self.me.answers) for answer in self._answers]
        self._answers.clear()
        refused = [answer for answer in answers if not isinstance(answer, Receipt)]
        last = answers[-1]
        if refused or not isinstance(last, Receipt) or last.seq != seq:
            raise RuntimeError(f"no receipt up to {seq}: {refused or last}")

    def _envelope(self, count: int, make: MakeBody) -> bytes:
        before, records = self.head, [self._next(make) for _ in range(count)]
        return sealed_batch(self.me, "lobby", before, records, self._dice.randbytes(ID_BYTES))

    def _next(self, make: MakeBody) -> Record:
        i, dice = self.head.seq, self._dice
        body = make(i, dice) if i else LogOpened("lobby", "enrolled", b"", 0, b"", "bench")
        kind, schema, data = kinds.encode(body)
        record, self.head = link(
            self.head, kind=kind, schema=schema, edition=3, at=lobby.at(i, dice, self._boot),
            salt=dice.randbytes(SALT_BYTES), body=data,
        )  # fmt: skip
        return record


def push_at_once(crowd: Sequence[Member], ready: Sequence[Sequence[bytes]]) -> float:
    """Seconds from the first request to the last receipt, all members at the same time; each sends all it has."""
    gate = threading.Barrier(len(crowd) + 1)

    def one(member: Member, envelopes: Sequence[bytes]) -> None:
        gate.wait()
        member.push(envelopes)

    with ThreadPoolExecutor(len(crowd)) as pool:
        done = [pool.submit(one, *pair) for pair in zip(crowd, ready, strict=True)]
        gate.wait()
        started = time.perf_counter()
        for future in done:
            future.result()
        seconds = time.perf_counter() - started
    for member in crowd:
        member.check(member.head.seq)
    return seconds
