"""The line before the server: whoever asked first goes first, nobody waits for ever, a wait is told under signature."""

import dataclasses
import itertools
import random
import statistics

import pytest
from django.conf import settings
from fake_kiosk import FakeKiosk, direct

from shared import envelope, protocol
from shared.content import LOWEST
from shared.log import Head
from shared.protocol import Claim, Local, Push, Reason, Refusal, Refused, Stand
from shared.records import NO_HASH
from sync_server.ingest import actions
from sync_server.ingest.turns import KEPT_S, PATIENCE_S, RECORDS_MAX, Turns


class Time:
    """Seconds that rise when told."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def names(count):
    """Ids of so many kiosks."""
    return [n.to_bytes(16, "big") for n in range(count)]


def test_whoever_has_nothing_to_send_never_waits():
    """A contact without news passes, however long the line is."""
    turns = Turns(Time())
    for kiosk in names(100):
        turns.admit(kiosk, 5000)
    assert turns.admit(b"idle", 0) == 0
    assert turns.admit(b"idle", 1) > 0


def test_the_wait_is_what_lies_before_one_and_the_place_is_kept():
    """Later ones wait longer; whoever asks again too early keeps the place, and goes in once the way is free."""
    time = Time()
    turns = Turns(time)
    kiosks = names(30)
    waits = [turns.admit(kiosk, 2000) for kiosk in kiosks]
    assert waits[0] == 0
    assert waits == sorted(waits)
    assert waits[-1] > 2 * PATIENCE_S
    late = turns.admit(b"later", 1)
    assert turns.admit(kiosks[-1], 2000) == waits[-1] <= late
    for kiosk in kiosks[:-1]:
        with turns.work(kiosk, 2000):
            time.s += 0.2
    assert turns.admit(kiosks[-1], 2000) == 0


def test_whoever_went_away_holds_nobody_up():
    """A place that nobody uses is given up after a while, and what one kiosk claims counts only so far."""
    time = Time()
    turns = Turns(time)
    turns.admit(b"liar", 2**62)
    assert turns.admit(b"honest", 1) <= RECORDS_MAX / 5000 + 1
    for kiosk in names(20):
        turns.admit(kiosk, 5000)
    assert turns.admit(b"last", 1) > 0
    time.s += 120 + KEPT_S
    assert turns.admit(b"last", 1) == 0


def test_a_slow_machine_is_measured():
    """What a record costs is learnt from batches, and single records do not spoil it; the waits follow."""

    def wait(record_s, batch):
        time = Time()
        turns = Turns(time)
        for _ in range(100):
            with turns.work(b"x", batch):
                time.s += record_s * batch
        for kiosk in names(10):
            turns.admit(kiosk, 5000)
        return turns.admit(b"last", 1)

    assert wait(1 / 500, 500) > 8 * wait(1 / 5000, 500)
    assert wait(1 / 100, 1) == wait(1 / 5000, 500)


def test_a_district_that_comes_back_at_once_is_served_in_turn():
    """300 kiosks x 2,000 records, each as late as its jitter: all served, nobody far behind the median, little idle."""
    dice, time = random.Random(5), Time()
    turns = Turns(time)
    order = itertools.count()
    coming = [(time.s + dice.uniform(0, 2), next(order), kiosk) for kiosk in names(300)]
    done, free_at, cost_s = {}, time.s, 1 / 8000
    start = time.s
    while coming:
        coming.sort()
        at, _, kiosk = coming.pop(0)
        time.s = max(time.s, at)
        wait = turns.admit(kiosk, 2000)
        if wait:
            coming.append((time.s + wait + dice.uniform(0, 2), next(order), kiosk))
            continue
        for _ in range(4):
            begin = max(free_at, time.s)
            with turns.work(kiosk, 500):
                time.s = free_at = begin + 500 * cost_s
        done[kiosk] = time.s - start
    assert len(done) == 300
    assert max(done.values()) < 3 * statistics.median(done.values())
    assert max(done.values()) < 1.5 * 300 * 2000 * cost_s + 5


def test_what_is_lacking_is_told_by_claims_and_stands():
    """The difference where the kiosk is ahead, nothing where it is behind, and no claim about a log counts twice."""
    logs = names(3)
    ask = protocol.Ask(b"o", b"k", b"n", 0, [Claim(log, "lobby", 10, NO_HASH) for log in logs], None)
    stands = [Stand(log, seq, NO_HASH, "open", 0) for log, seq in zip(logs, (0, 4, 12), strict=True)]
    assert protocol.lacking(ask, stands) == 16


def _ask(kiosk, seq):
    """A question of a kiosk that claims to stand at `seq`."""
    talk = Push(
        kiosk.me, [Local("lobby", Head(kiosk.lobby.id, seq, b"h" * 32), kiosk.lobby.head, b"")], lambda *_: None
    )
    return talk.ask(kiosk.random.randbytes(16), 0, kiosk.health())


def test_a_kiosk_in_line_hears_so_under_signature(server, client, monkeypatch):
    """429 with Retry-After outside, a signed "busy" with the same seconds inside; nothing else changed, and the one who
    was first goes on.
    """
    monkeypatch.setattr(actions, "turns", Turns())
    kiosks = [FakeKiosk.enrolled(server, seed=n, series="ABCD"[n], name=f"ตู้ {n}") for n in range(4)]
    answers = [
        client.post("/sync/position", _ask(kiosk, 50_000), content_type="application/octet-stream") for kiosk in kiosks
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    refusal = kiosks[3].read(answers[3].content)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BUSY
    assert refusal.retry_after_s == int(answers[3].headers["Retry-After"]) > PATIENCE_S
    first = kiosks[0]
    first.post = direct(server.now)
    first.rate(5)
    first.push()
    assert first.lobby.receipted == first.lobby.head


def test_an_envelope_over_the_offices_own_limit_is_too_large_and_no_riddle(kiosk, client, monkeypatch):
    """Cut at the limit by the reader, an envelope must not be called malformed: that would stop the kiosk for good."""
    for _ in range(40):
        kiosk.append_raw("note.long", 1, kiosk.random.randbytes(1000))
    monkeypatch.setattr(settings, "SALA_ENVELOPE_BYTES_MAX", 10_000)
    response = client.post("/sync/push", kiosk.envelope(), content_type="application/octet-stream")
    assert response.status_code == 413
    assert kiosk.read(response.content).reason is Reason.TOO_LARGE
    kiosk.post = lambda door, data: client.post(f"/sync/{door}", data, content_type="application/octet-stream").content
    assert not any(isinstance(event, Refused) for event in kiosk.push())
    assert kiosk.lobby.receipted == kiosk.lobby.head


@pytest.mark.parametrize("most", [0, 10_000, LOWEST.envelope_bytes])
def test_a_single_record_over_that_limit_is_taken(kiosk, client, monkeypatch, most):
    """It cannot be sent in smaller parts: refused, it would hold up its log for ever. Padded, it is beyond 64 KiB."""
    kiosk.lobby.name = "confidential"
    for _ in range(3):
        kiosk.append_raw("note.long", 1, kiosk.random.randbytes(20_000))
    monkeypatch.setattr(settings, "SALA_ENVELOPE_BYTES_MAX", most)
    sent = []

    def post(door, data):
        sent.append(data)
        return client.post(f"/sync/{door}", data, content_type="application/octet-stream").content

    kiosk.post = post
    assert not any(isinstance(event, Refused) for event in kiosk.push())
    assert kiosk.lobby.receipted == kiosk.lobby.head
    assert max(map(len, sent)) == 65_831 > most


def test_an_envelope_that_only_says_it_holds_a_single_record_is_refused(kiosk, client, monkeypatch):
    """What stands outside spares a batch the office's limit, and the signature no check."""
    kiosk.append_raw("note.long", 1, kiosk.random.randbytes(20_000))
    monkeypatch.setattr(settings, "SALA_ENVELOPE_BYTES_MAX", 10_000)
    sealed = kiosk.envelope()
    said = dataclasses.replace(envelope.read_header(sealed), count=1).to_bytes() + sealed[envelope.HEADER_BYTES :]
    response = client.post("/sync/push", said, content_type="application/octet-stream")
    assert kiosk.read(response.content).reason is Reason.BAD_SIGNATURE
