"""The seeded fleet: no law breaks, and one seed is one run."""

import os

import pytest

from tests.sim.fleet import Fleet, memory

FIRST, SEEDS, STEPS = (
    int(os.environ.get(name, default))
    for name, default in (("SALA_SEED", 1000), ("SALA_SEEDS", 54), ("SALA_STEPS", 1000))
)


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
