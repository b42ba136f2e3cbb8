"""The power may go while content is fetched and switched: what is on the screen afterwards is one edition, whole."""

import os
import random
import tempfile
from pathlib import Path

import pytest

from kiosk.store import files
from kiosk.store.editions import Editions
from kiosk.sync.fetch import fetch
from kiosk.sync.line import CutShort, Reply
from shared.errors import SalaError
from tests.crash.explorer import folder
from tests.crash.tape import FilesTape, Tape, cuts
from tests.kiosk.sync.memory_server import MemoryServer
from tests.kiosk.worlds import BUNDLE_KEY, OFFICE_ID, an_office, pieces_of, some_services

EDITIONS = 5


def _server(edition: int) -> MemoryServer:
    """A server with an edition that shares most pieces with the one before."""
    server = MemoryServer()
    extra = {f"extra/{n}": b"%d" % n * 700 for n in range(edition, edition + 3)}
    server.publish(edition, {**pieces_of(an_office(), some_services()[:2]), **extra})
    return server


def _day(root: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> Tape:
    """Some editions fetched over a line that sometimes breaks, on the tape; a promise is the edition on the screen."""
    dice = random.Random(seed)
    with monkeypatch.context() as patch:
        taped = FilesTape(root, patch)
        editions = Editions(root, BUNDLE_KEY.public, OFFICE_ID)
        for edition in range(1, EDITIONS + 1):
            server = _server(edition)
            genuine = server.get

            def breaking(path, *, bytes_max, begin=0, genuine=genuine):
                reply = genuine(path, bytes_max=bytes_max, begin=begin)
                if "piece" in path and dice.random() < 0.2:
                    raise CutShort("cut", Reply(reply.status, reply.body[: dice.randrange(len(reply.body))]))
                return reply

            server.get = breaking
            while editions.edition < edition:
                try:
                    fetch(editions, server)
                except CutShort:
                    editions = Editions(root, BUNDLE_KEY.public, OFFICE_ID)  # the program was started anew
            taped.tape.ack(edition)
        return taped.tape


def _judge(root: Path, left: dict[str, bytes], promised: int | None) -> str | None:
    """What is wrong with what a cut left; None where it is one edition, whole, and the kiosk goes on."""
    (root / "pieces").mkdir(parents=True)
    for name, data in left.items():
        (root / name).write_bytes(data)
    try:
        editions = Editions(root, BUNDLE_KEY.public, OFFICE_ID)
        if editions.edition < (promised or 0):
            return f"edition {editions.edition} after edition {promised} was on the screen: {editions.faults}"
        if editions.faults:
            return f"damage where only the power went: {editions.faults}"
        fetch(editions, _server(EDITIONS + 1))
    except SalaError as error:
        return f"{type(error).__name__}: {error}"
    return None if Editions(root, BUNDLE_KEY.public, OFFICE_ID).edition == EDITIONS + 1 else "it does not go on"


def _explore(monkeypatch: pytest.MonkeyPatch, seeds: range, *, each: int) -> tuple[int, list[str]]:
    states, wrong = 0, []
    for seed in seeds:
        with tempfile.TemporaryDirectory(dir=folder()) as place:
            tape = _day(Path(place) / "day", monkeypatch, seed)
            for number, (_, left, promised) in enumerate(cuts(tape, seed=seed, each=each)):
                states += 1
                verdict = _judge(Path(place) / f"cut{number}", left, promised)
                if verdict is not None:
                    wrong.append(f"seed {seed}, state {number}: {verdict}")
    return states, wrong


def test_no_power_cut_leaves_half_an_edition(monkeypatch):
    """At every call, with every luck: the edition that was promised or the next, and the kiosk goes on from there."""
    states, wrong = _explore(monkeypatch, range(5), each=2)
    assert not wrong, wrong[:3]
    assert states > 1000


def _unsynced(_handle: int) -> None:
    """A sync that is left out."""


@pytest.mark.parametrize("fault", ["no bytes synced", "no names synced", "the pointer first"])
def test_the_explorer_sees_a_careless_switch(monkeypatch, fault):
    """Planted faults: bytes or names left to luck, or the pointer moved before what it points to."""
    if fault == "no bytes synced":
        write = files.write_new

        def careless(path, data, *, mode=0o600):
            with monkeypatch.context() as patch:
                patch.setattr(os, "fsync", _unsynced)
                write(path, data, mode=mode)

        monkeypatch.setattr(files, "write_new", careless)
    elif fault == "no names synced":
        monkeypatch.setattr(files, "sync_folder", lambda folder: None)
    else:
        replace = files.replace

        def early(path, data, *, mode=0o600):
            if path.suffix == ".manifest":
                replace(path.with_name("current"), path.stem.encode(), mode=mode)
            replace(path, data, mode=mode)

        monkeypatch.setattr(files, "replace", early)
    _, wrong = _explore(monkeypatch, range(1), each=2)
    assert wrong
