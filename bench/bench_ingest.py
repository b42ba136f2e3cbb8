"""How much a server takes when several kiosks push at once: real granian, real Django, default SQLite with
synchronous=FULL; a receipt comes after the commit. The kiosks' envelopes are sealed before the clock starts.

The processor's time a record is what says most on a machine that does other things as well: two processors that do
nothing else have 66 microseconds for each of 30,000 records a second. Beside both stand bare INSERTs of like rows.
Of three rounds the best counts, for either: what else runs only ever makes it slower.
"""

import random
from collections.abc import Sequence

from bench import bare, lobby
from bench.crowd import Member, push_at_once
from bench.figure import Figure
from bench.process import Server, serving, workplace
from shared.kinds import SlipPrinted
from shared.log import Head, link
from shared.records import BOOT_BYTES, ID_BYTES, SALT_BYTES, Record

KIOSKS = 4
BATCH = 500
ROUNDS = 3
ROUND_BATCHES = 30
SINGLES = 100
FEW, MANY = 1_000, 1_000_000
FILL_BATCHES = 25


def run() -> list[Figure]:
    """Records a second and processor time a record: in batches, one by one, and on top of a long history."""
    with workplace() as folder, serving(folder / "server") as server:
        crowd = [Member(server.url, server.code("ABCD"[n]), seed=n) for n in range(KIOSKS)]
        push_at_once(crowd, [member.envelopes(1, records=FEW // KIOSKS) for member in crowd])  # warms it, and is FEW
        seconds, processor_s = _best(server, crowd)
        singles = _singles(crowd)
        server.wait_until_folded()
        _fill(crowd, MANY)
        server.wait_until_folded()
        seconds_many, processor_many_s = _best(server, crowd)
    bare_s, bare_processor_s, bare_single_s = _best_bare()
    return [
        Figure(f"ingest over http, {KIOSKS} kiosks, batches of {BATCH} (goal 30,000/s)", 1 / seconds, "/s", 1 / bare_s),
        Figure("the server's processor time a record (goal 66)", processor_s * 1e6, "us", bare_processor_s * 1e6),
        Figure(f"ingest at {MANY:,} over {FEW:,} records of history", 1 / seconds_many, "/s", 1 / seconds),
        Figure("processor time a record, the same (goal <= 1.2x)", processor_many_s * 1e6, "us", processor_s * 1e6),
        Figure(f"ingest of batches of one record, {KIOSKS} kiosks (goal 300/s)", singles, "/s", 1 / bare_single_s),
    ]


def _best(server: Server, crowd: Sequence[Member]) -> tuple[float, float]:
    """Seconds and processor seconds a record, the best of the rounds for each."""
    rounds = []
    for _ in range(ROUNDS):
        ready = [member.envelopes(ROUND_BATCHES) for member in crowd]
        records, before = len(crowd) * ROUND_BATCHES * BATCH, server.processor_s()
        seconds = push_at_once(crowd, ready)
        rounds.append((seconds / records, (server.processor_s() - before) / records))
    return min(seconds for seconds, _ in rounds), min(processor_s for _, processor_s in rounds)


def _best_bare() -> tuple[float, float, float]:
    """The same of bare INSERTs, and seconds for one in a transaction of its own."""
    records = _records(KIOSKS * ROUND_BATCHES * BATCH)
    rounds = [bare.inserts(records, BATCH) for _ in range(ROUNDS)]
    single_s = min(bare.inserts(records[:SINGLES], 1)[0] for _ in range(ROUNDS)) / SINGLES
    return min(wall for wall, _ in rounds) / len(records), min(used for _, used in rounds) / len(records), single_s


def _records(count: int) -> list[Record]:
    """A log of a busy lobby in memory."""
    dice = random.Random(1)
    head, boot, records = Head.empty(dice.randbytes(ID_BYTES)), dice.randbytes(BOOT_BYTES), []
    for i in range(count):
        kind, schema, data = lobby.encoded(i, dice)
        at, salt = lobby.at(i, dice, boot), dice.randbytes(SALT_BYTES)
        record, head = link(head, kind=kind, schema=schema, edition=3, at=at, salt=salt, body=data)
        records.append(record)
    return records


def _singles(crowd: Sequence[Member]) -> float:
    """Envelopes of one record that are taken in a second."""
    ready = [member.envelopes(SINGLES, records=1) for member in crowd]
    return len(crowd) * SINGLES / push_at_once(crowd, ready)


def _fill(crowd: Sequence[Member], total: int) -> None:
    """Bring the server to `total` records, of a kind that no projector folds: it is ingest that is looked at."""
    while sum(member.head.seq for member in crowd) < total:
        push_at_once(crowd, [member.envelopes(FILL_BATCHES, make=_slip) for member in crowd])


def _slip(i: int, _dice: random.Random) -> SlipPrinted:
    return SlipPrinted("ticket", i, "printed")
