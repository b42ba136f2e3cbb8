"""The power-cut explorer: run a lobby on a taped disk, cut the power everywhere, and open what is left.

A failure names the day's seed and the state; `python -m tests.crash` gives that state back, or runs for as long as one
likes. About half of the cuts of a day leave what another one left already, since nothing was on its way to the disk:
the same files under the same promise are laid out and opened once.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.errors import SalaError
from tests.crash.tape import Tape, TapeDisk, cuts
from tests.crash.touches import Lobby, check


@dataclass
class Tally:
    """How a run went. `different` counts the states that no other one of the same day was like."""

    states: int = 0
    different: int = 0
    touches: int = 0
    failures: list[str] = field(default_factory=list)


def folder() -> str | None:
    """In memory where the machine has such a place: what is tested is not this machine's disk."""
    memory = Path("/dev/shm")  # noqa: S108 - a fresh folder is made inside it
    return str(memory) if memory.is_dir() else None


def record_day(seed: int, steps: int) -> tuple[Tape, int]:
    """The tape of one lobby's `steps` random steps, and how many touches were confirmed."""
    with tempfile.TemporaryDirectory(prefix="sala-crash-", dir=folder()) as place:
        tape = Tape()
        disk = TapeDisk(tape)
        lobby = Lobby(Path(place) / "store.db", connect=disk.connect, told=tape.ack, seed=seed)
        for _ in range(steps):
            lobby.random_step()
        lobby.store.close()
        disk.close()
        return tape, lobby.touched


def explore(seed: int, *, steps: int, each: int) -> Iterator[tuple[int, str | None, bool]]:
    """Every state of one day: its number, what is wrong with it (None: nothing), and whether it is a new one."""
    tape, _ = record_day(seed, steps)
    verdicts: dict[tuple[int, bytes], str | None] = {}
    with tempfile.TemporaryDirectory(prefix="sala-crash-", dir=folder()) as place:
        for number, (_, files, promise) in enumerate(cuts(tape, seed=seed, each=each)):
            state = id(promise), _fingerprint(files)  # the tape keeps every promise, so none takes another one's id
            new = state not in verdicts
            if new:
                verdicts[state] = judge(Path(place) / "cut", files, promise)
            yield number, verdicts[state], new


def _fingerprint(files: dict[str, bytes]) -> bytes:
    """The same for the same names with the same bytes, and for nothing else."""
    each = (name.encode() + b"\0" + hashlib.sha256(data).digest() for name, data in sorted(files.items()))
    return hashlib.sha256(b"".join(each)).digest()


def judge(place: Path, files: dict[str, bytes], promise: Any) -> str | None:
    """Lay `files` out as a power cut left them and check them; what is wrong, or None."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, content in files.items():
        (place / name).write_bytes(content)
    try:
        check(place / "store.db", promise)
    except (AssertionError, SalaError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def run(seeds: Iterator[int] | range, *, steps: int, each: int, stop_at: int | None = None) -> Tally:
    """Explore one day for each seed; stops after `stop_at` states."""
    tally = Tally()
    for seed in seeds:
        for number, wrong, new in explore(seed, steps=steps, each=each):
            tally.states += 1
            tally.different += new
            if wrong is not None:
                tally.failures.append(f"--seed {seed} --state {number}: {wrong}")
            if stop_at is not None and tally.states >= stop_at:
                return tally
    return tally
