"""The real server under the simulated fleet's letters and disasters: the same words, the same rows, and no more."""

import importlib
import os
import shutil
from dataclasses import replace

import pytest

from shared.kinds import TicketIssued
from sync_server.projectors import PROJECTORS
from sync_server.records.queries import current_epoch
from tests.sim.fleet import Fleet, memory

FIRST, SEEDS, STEPS = (
    int(os.environ.get(name, default))
    for name, default in (("SALA_SEED", 3000), ("SALA_TWINS", 40), ("SALA_STEPS", 150))
)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_the_real_server_says_and_keeps_what_the_simulated_one_does(server, seed):
    """Every answer, every row, exactly the alarms that were called for, and projections as without any restore."""
    outcome = run_beside(server, seed, STEPS)
    assert outcome.wrong is None, outcome.wrong
    assert outcome.records


@pytest.mark.parametrize(
    ("place", "likely"),
    [
        ("sync_server.records.actions.raise_alarm", 0),
        ("sync_server.records.project.raise_alarm", 2),
        ("sync_server.records.actions._mint", 1),
        ("sync_server.records.actions._counts_from_the_start", 6),
        ("sync_server.records.deciding._decide", 0),
        ("sync_server.records.deciding._but_for_revocation", 57),
        ("sync_server.queues.project.tickets", 0),
    ],
)
def test_a_real_server_that_leaves_something_out_is_found(server, monkeypatch, place, likely):
    """Planted: no alarm about a fork, none about a restored disk, no new epoch after a restore, a log that counts
    though a revoked kiosk began it, decisions that change nothing, one about a fork that a revocation overturns,
    tickets that nobody counts. Of sixty fleets the `likely` one comes first: it saves time and nothing else.
    """
    module, _, name = place.rpartition(".")
    real = getattr(importlib.import_module(module), name)

    def old_epoch(office, epoch, reason, now):
        return current_epoch(office) or real(office, epoch, reason, now)

    planted = old_epoch if name == "_mint" else lambda *_args, **_kwargs: None
    monkeypatch.setattr(place, planted)
    if name == "tickets":
        queues = PROJECTORS["queues"]
        monkeypatch.setitem(PROJECTORS, "queues", replace(queues, folds={**queues.folds, TicketIssued: planted}))
    seeds = sorted(range(60), key=lambda seed: seed != likely)
    assert any(run_beside(server, FIRST + seed, 200).wrong for seed in seeds)


def run_beside(server, seed, steps):
    """One fleet, its letters answered by both servers."""
    from tests.sim.twin import Twin

    with memory() as folder:
        data = folder / "server"
        shutil.copytree(server.data, data)
        return Fleet(seed, folder, steps=steps, server=lambda ms, bugs: Twin(ms, bugs, data=data)).run()
