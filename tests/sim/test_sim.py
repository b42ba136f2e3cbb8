"""The seeded fleet: no law breaks, one seed is one run, and each planted bug is found."""

import logging
import os

import pytest

from tests.sim import bugs
from tests.sim.fleet import Fleet, memory

FIRST, SEEDS, STEPS = (
    int(os.environ.get(name, default))
    for name, default in (("SALA_SEED", 1000), ("SALA_SEEDS", 60), ("SALA_STEPS", 300))
)


@pytest.fixture(autouse=True)
def _quiet():
    """What a kiosk tells its diary under ten thousand faults is nobody's to read."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def folder():
    """A disk in memory."""
    with memory() as made:
        yield made


@pytest.mark.parametrize("part", range(6))
def test_nothing_is_lost_and_nothing_is_doubled(part, folder):
    """Kiosks, server, sticks, backups and copies under every fault, then three contacts in clear weather."""
    broken = []
    for seed in range(FIRST + part, FIRST + SEEDS, 6):
        outcome = Fleet(seed, folder / str(seed), steps=STEPS).run()
        if outcome.wrong:
            broken.append(outcome.wrong)
    assert not broken, broken


def test_one_seed_is_one_run(folder):
    """Whatever failed can be had again."""
    one, two = (Fleet(7, folder / name, steps=200).run() for name in ("one", "two"))
    assert one == two


@pytest.mark.parametrize("name", bugs.ALL)
def test_a_planted_bug_is_found(name, folder):
    """Within 200 seeds, and by a law, not by a crash."""
    with bugs.planted(name) as switches:
        for seed in range(1, 201):
            if Fleet(seed, folder / str(seed), steps=250, bugs=switches).run().wrong:
                return
    raise AssertionError(f"two hundred runs did not notice that {name}")
