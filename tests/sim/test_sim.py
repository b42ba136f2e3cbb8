"""The seeded fleet: no law breaks, and one seed is one run."""

import os
import threading

import pytest

from tests.sim.fleet import Fleet, memory

FIRST, SEEDS, STEPS = (
    int(os.environ.get(name, default))
    for name, default in (("SALA_SEED", 1000), ("SALA_SEEDS", 300), ("SALA_STEPS", 1000))
)
#: So many tests share the seeds: each stays well within a test's time on a busy machine.
PARTS = 20


@pytest.fixture
def folder():
    """A disk in memory."""
    with memory() as made:
        yield made


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_and_nothing_is_doubled(part, folder):
    """Kiosks, server, sticks, backups and copies under every fault, then three contacts in clear weather."""
    broken = []
    for seed in range(FIRST + part, FIRST + SEEDS, PARTS):
        outcome = Fleet(seed, folder / str(seed), steps=STEPS).run()
        if outcome.wrong:
            broken.append(outcome.wrong)
    assert not broken, broken


@pytest.mark.parametrize("seed", [1, 7, 12, 17])
def test_one_seed_is_one_run(folder, seed):
    """Whatever failed can be had again."""
    one, two = (Fleet(seed, folder / name, steps=300).run() for name in ("one", "two"))
    assert one == two


def test_a_run_is_one_thread(folder, monkeypatch):
    """Nothing in it can depend on who is quicker."""

    def started(thread):
        raise AssertionError(f"{thread.name} was started")

    monkeypatch.setattr(threading.Thread, "start", started)
    for seed in range(3):
        outcome = Fleet(seed, folder / str(seed), steps=300).run()
        assert not outcome.wrong, outcome.wrong
        assert outcome.records
