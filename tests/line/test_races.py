"""Real processes against each other: the same log pushed by several at once, and programs killed in mid-work.

Fifty kills in a usual run; SALA_KILLS=n sets another number (`make kill`).
"""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pysqlite3
import pytest

from demo.office import start_server
from demo.stage import free_port
from kiosk.desk import contact
from kiosk.sync.https import Https
from shared import protocol
from shared.log import Head
from shared.protocol import Receipt, Refusal
from tests.line.both import an_office, assert_same, command, hashes, rate
from tests.line.programs import Nursery

KILLS = int(os.environ.get("SALA_KILLS", "50"))
SEED = int(os.environ.get("SALA_SEED", "9"))
pytestmark = pytest.mark.timeout(300 + 10 * KILLS)


def _envelope(kiosk, after, count):
    """The envelope that carries `count` records behind `after`, as the kiosk would seal it."""
    book = kiosk.world.lobby
    log = book.logs()[-1].log
    records = book.after(after, log=log, limit_count=count, limit_bytes=2**30)
    head = Head(log, after, book.hash_at(after, log)) if after else Head.empty(log)
    return protocol.sealed_batch(kiosk.world.trust.me(), "lobby", head, list(records), os.urandom(16))


def test_twenty_identical_pushes_at_once_are_one_copy(office):
    """Twenty connections, one envelope, one moment: twenty receipts for the same head, one copy (F-A6)."""
    with office.kiosk("C", Https(office.url)) as kiosk:
        rate(kiosk, 40)
        sealed = _envelope(kiosk, 0, 500)
        with ThreadPoolExecutor(20) as pool:
            replies = list(pool.map(lambda _: Https(office.url).post("sync/push", sealed), range(20)))
        answers = [protocol.read_answer(reply.body, kiosk.world.trust.me().answers) for reply in replies]
        assert {type(answer) for answer in answers} == {Receipt}
        assert {(answer.seq, answer.forked) for answer in answers} == {(41, False)}
        kiosk.sync.turn()
        assert_same(office, [kiosk])


_PUSHER = """
import random, sys
from pathlib import Path
from kiosk.sync.https import Https
dice, folder, urls = random.Random(int(sys.argv[1])), Path(sys.argv[2]), sys.argv[3:]
lines = [Https(url) for url in urls]
paths = sorted(folder.glob("*.envelope"))
for path in dice.choices(paths, k=3 * len(paths)):
    reply = dice.choice(lines).post("sync/push", path.read_bytes())
    (folder / f"{sys.argv[1]}-{dice.getrandbits(64):x}.answer").write_bytes(reply.body)
"""


def test_two_processes_push_one_log_into_two_servers(office, tmp_path):
    """Overlapping batches of one log, in any order, by two processes, to two server processes over one database: each
    is a receipt or a gap, never a fork, never a failure, and each record is held once.
    """
    other = free_port()
    with start_server(office.folder, other) as _second, office.kiosk("D", Https(office.url)) as kiosk:
        rate(kiosk, 300)
        dice = random.Random(3)
        for n, after in enumerate(range(0, 290, 10)):
            (tmp_path / f"{n:03}.envelope").write_bytes(_envelope(kiosk, after, dice.randrange(10, 60)))
        urls = [office.url, f"http://127.0.0.1:{other}"]
        running = [
            subprocess.Popen([sys.executable, "-c", _PUSHER, str(seed), str(tmp_path), *urls]) for seed in (1, 2)
        ]
        assert [process.wait(120) for process in running] == [0, 0]
        answers = [
            protocol.read_answer(path.read_bytes(), kiosk.world.trust.me().answers)
            for path in tmp_path.glob("*.answer")
        ]
        assert len(answers) == 2 * 3 * 29
        assert {answer.reason.value for answer in answers if isinstance(answer, Refusal)} <= {"gap"}
        receipts = [answer for answer in answers if isinstance(answer, Receipt)]
        assert receipts
        assert not any(answer.forked for answer in receipts)
        kiosk.sync.turn()
        assert_same(office, [kiosk])


# --- killed in mid-work --------------------------------------------------------------------------------------------


def _rows(folder, prefixes=("queues_", "cases_", "sealed_")):
    """What the projectors wrote, without the numbers that a database gives by itself."""
    with closing(pysqlite3.connect(str(folder / "server" / "sala.sqlite3"))) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            if name.startswith(prefixes):
                columns = [row[1] for row in database.execute(f"PRAGMA table_info({name})") if row[1] != "id"]
                listed = ", ".join(f'"{column}"' for column in columns)
                found[name] = sorted(map(repr, database.execute(f"SELECT {listed} FROM {name}")))  # noqa: S608
        return found


def _count(folder, table):
    with closing(pysqlite3.connect(str(folder / "server" / "sala.sqlite3"))) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608


def test_killed_in_mid_work_nothing_is_lost_and_the_projections_agree(tmp_path):
    """Server and kiosks are killed while records stream in. What a touch was told is recorded is held, once; the
    server saw no restore and no fork; folded as it came or all over again, the figures are the same.
    """
    dice = random.Random(SEED)
    with an_office(tmp_path) as office:
        for series in "EF":
            with office.kiosk(series, Https(office.url)) as kiosk:
                kiosk.sync.turn()
        office.server.stop()
        with (
            Nursery("server", tmp_path / "server", office.port) as server,
            Nursery("kiosk", tmp_path / "kiosk-E", office.url) as killed,
            Nursery("kiosk", tmp_path / "kiosk-F", office.url) as spared,
        ):
            server.start()
            killed.start()
            spared.start()
            in_mid_work = 0
            for _ in range(KILLS):
                seen = _wait_for_news(office, killed, spared)
                time.sleep(dice.uniform(0, 0.2))
                server.kill()
                in_mid_work += _count(tmp_path, "records_recordrow") > seen
                if dice.random() < 0.5:
                    killed.kill()
                    killed.start()
                server.start()
            promised = killed.promised, spared.promised
            _wait_for_news(office, killed, spared)
        assert in_mid_work >= KILLS // 2
        office.restart()
        with office.kiosk("E", Https(office.url)) as one, office.kiosk("F", Https(office.url)) as two:
            for kiosk, told in zip((one, two), promised, strict=True):
                kiosk.sync.turn()
                assert kiosk.sync.link.state == "ok"
                assert sum(map(len, hashes(kiosk).values())) >= told > KILLS
                # No receipt was ever taken back: what was signed as stored had been committed.
                assert contact.read(kiosk.world.store).restored_ms == 0
            assert_same(office, [one, two])
        office.server.stop()
    assert (_count(tmp_path, "records_epoch"), _count(tmp_path, "kiosks_alarm")) == (1, 0)
    command(tmp_path, "manage", "shell", "-c", "from sync_server.projectors import catch_up; catch_up()")
    folded = _rows(tmp_path)
    told = command(tmp_path, "manage", "rebuild")
    assert _rows(tmp_path) == folded
    accepted = _count(tmp_path, "records_recordrow")
    assert f"queues: accepted {accepted} = projected {accepted} + unreadable 0 + quarantined 0" in told


def _wait_for_news(office, *kiosks):
    """Until the server has taken records since now, with every program running; returns how many it holds."""
    before = _count(office.folder, "records_recordrow")
    for _ in range(3000):
        held = _count(office.folder, "records_recordrow")
        if held > before:
            return held
        time.sleep(0.01)
    raise AssertionError(f"no record arrived; promised {[kiosk.promised for kiosk in kiosks]}")
