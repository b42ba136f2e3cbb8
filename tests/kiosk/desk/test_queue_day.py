"""A seeded day at ten counters and two kiosks with six hundred visitors, judged from its records alone."""

import os

import pytest

from kiosk.desk import tickets, turns
from kiosk.desk.counters import Queue
from kiosk.desk.tickets import Refused
from tests.kiosk.desk.day import PAPER, Day
from tests.kiosk.desk.judge import judge
from tests.kiosk.desk.lobbies import look

VISITORS = int(os.environ.get("SALA_VISITORS", "600"))
SEED = int(os.environ.get("SALA_SEED", "1"))


def test_a_day_at_ten_counters_and_two_kiosks(tmp_path):
    """Nobody doubled, skipped, starved or forgotten; every time as the clocks had it; closing time ends it."""
    day = Day(tmp_path, seed=SEED, visitors=VISITORS)
    try:
        day.play()
        found = judge(day.host, day.guest)
        assert look(Queue(day.host).follow()) == look(day.queue.follow())
    finally:
        day.close()
    assert found.wrong == []
    assert [at.instant().strftime("%H:%M") for at in found.closed] == ["10:00"]
    walk_ins = found.ends["visitors"] - VISITORS
    assert 0 < walk_ins < VISITORS * 0.2
    assert found.ends["finish"] > VISITORS * 0.6
    assert found.ends["ghosts"] > 0
    assert found.ends["unclaimed"] > 0
    assert PAPER == len(found.strips) >= len(found.strips & set(found.people)) > 0
    assert "went through" not in day.refused
    assert {"queue.taken", "queue.still_there", "queue.line_first"} <= set(day.refused)
    assert found.ends["expire"] > 0


@pytest.mark.parametrize("bug", ["", "run", "order", "press", "ghost", "walk", "age", "two"])
def test_the_judge_sees_what_is_planted(tmp_path, monkeypatch, bug):
    """Priority without a bound, the youngest first, a press or a touch that counts twice, walk-ins one after another,
    tickets of the guest at the end, two people at one counter: each is told; and nothing where nothing is wrong.
    """
    match bug:
        case "run":
            monkeypatch.setattr(turns, "PRIORITY_RUN_MAX", 50)
        case "order":
            honest = turns.Line.waiting
            monkeypatch.setattr(turns.Line, "waiting", lambda self, *how: honest(self, *how)[::-1])
        case "press":
            monkeypatch.setattr(Queue, "_pressed", lambda self, action: None)
        case "ghost":
            monkeypatch.setattr(Queue, "_touched", lambda self, action: None)
        case "walk":
            monkeypatch.setattr(tickets.Counter, "walked_in", property(lambda self: False, lambda self, _: None))
        case "age":
            monkeypatch.setattr(turns, "_earlier", lambda at, ms: at)
        case "two":
            monkeypatch.setattr(turns.Line, "free", lambda self, counter: self.counters[counter])
    day = Day(tmp_path, seed=3, visitors=150, hours=1.5)
    try:
        day.play()
    except (Refused, AssertionError, AttributeError):
        assert bug in {"press", "two"}  # what comes of it is refused somewhere else
        return
    else:
        assert bool(judge(day.host, day.guest).wrong) == bool(bug)
    finally:
        day.close()
