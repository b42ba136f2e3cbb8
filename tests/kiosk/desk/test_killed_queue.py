"""kill -9 of a pressed kiosk: the same queue comes back, no number twice, nobody lost, nobody at two counters."""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from kiosk.desk.counters import Queue
from shared import kinds
from shared.kinds import TicketIssued, TicketMoved
from tests.kiosk.worlds import make_world

#: A few in every test run; `SALA_KILLS=200` for a campaign.
KILLS = int(os.environ.get("SALA_KILLS", "6"))
SEED = int(os.environ.get("SALA_SEED", "1"))
ROOT = Path(__file__).parents[3]
#: A kiosk shall be back within 10 s; a machine that tests everything at once is given more.
BACK_S = 60


def start(folder: Path, seed: int) -> subprocess.Popen[bytes]:
    """A kiosk that stands there with its queue."""
    command = [sys.executable, "-m", "tests.kiosk.desk.presser", str(folder), str(seed)]
    kiosk = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0)
    assert select.select([kiosk.stdout], [], [], BACK_S)[0], "it was not back in time"
    assert kiosk.stdout.readline() == b"ready\n"
    return kiosk


def kill(kiosk: subprocess.Popen[bytes]) -> list[tuple[tuple[str, str, int], str]]:
    """Kill it; what it had told by then, in order."""
    os.kill(kiosk.pid, signal.SIGKILL)
    told, _ = kiosk.communicate(timeout=30)
    rows = [json.loads(line) for line in told.split(b"\n")[:-1]]
    return [((day, series, number), state) for day, series, number, state in rows]


def states(world) -> dict[tuple[str, str, int], list[str]]:
    """What the log says became of each ticket, state after state, by an own and simple reading."""
    becomes = {
        "call": "called", "recall": "called", "serve": "serving", "step": "serving", "absent": "missed", "hold": "held",
        "finish": "served",
    }  # fmt: skip
    found: dict[tuple[str, str, int], list[str]] = {}
    seq = 0
    while run := list(world.lobby.after(seq)):
        for record in run:
            body = kinds.decode(record.header.kind, record.header.schema, record.body)
            if isinstance(body, TicketIssued):
                key = body.service_date, body.series, body.number
                assert key not in found, "a number was given twice"
                found[key] = ["waiting"]
            elif isinstance(body, TicketMoved):
                found[body.service_date, body.series, body.number].append(becomes[body.move])
        seq = run[-1].header.seq
    return found


def test_kill_9_at_any_press_comes_back_with_the_same_queue(tmp_path):
    """Each confirmed press is in the log and in the queue that is folded anew; nobody stands at two counters."""
    dice = random.Random(SEED)
    promised: dict[tuple[str, str, int], list[str]] = {}
    for turn in range(KILLS):
        kiosk = start(tmp_path, SEED * 1000 + turn)
        time.sleep(dice.uniform(0.05, 0.6))
        assert kiosk.poll() is None, "it ended by itself"
        for key, state in kill(kiosk):
            promised.setdefault(key, []).append(state)
        world = make_world(tmp_path)
        line, recorded = Queue(world).line, states(world)
        world.store.close()
        for key, told in promised.items():
            # Two threads may tell of one ticket in another order than they pressed; nothing told may be missing.
            assert not Counter(told) - Counter(recorded[key])
        for key, been in recorded.items():
            now = line.tickets[key].state if key in line.tickets else line.gone[key].end
            assert now == been[-1]
        at_counters = [t.counter for t in line.tickets.values() if t.state in ("called", "serving")]
        assert len(set(at_counters)) == len(at_counters)
    assert len(promised) > KILLS, "people did come"
    assert any("served" in been for been in promised.values()), "somebody was served"
