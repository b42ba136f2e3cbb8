"""Damages honest bytes in the ways in which bytes come damaged, by chance or by intent, and sees them refused.

    tally = run(seed=7, count=100_000)
    tally.findings          # what was accepted or crashed; empty is what must be

One seed gives one run, whatever the machine: a finding is replayed by its seed and its number.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.errors import SalaError
from tests.fuzz.targets import REFUSALS, Target, targets

#: Numbers at which lengths and counters turn over.
_EDGES = (0, 1, 0x7F, 0x80, 0xFF)
#: Beginnings of msgpack values that claim far more than follows, and of the other formats that are read.
_CLAIMS = (
    b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff", b"\x91" * 64,
    b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18", b"<html>", b"{" * 64, b"[" * 64, b"\x00" * 32, b"",
)  # fmt: skip

Damage = Callable[[random.Random, bytearray, bytes], None]


def _flip(dice: random.Random, data: bytearray, _other: bytes) -> None:
    for _ in range(dice.choice((1, 1, 1, 2, 8))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _set(dice: random.Random, data: bytearray, _other: bytes) -> None:
    data[dice.randrange(len(data))] = dice.choice(_EDGES)


def _cut(dice: random.Random, data: bytearray, _other: bytes) -> None:
    del data[dice.randrange(len(data)) :]


def _drop(dice: random.Random, data: bytearray, _other: bytes) -> None:
    begin = dice.randrange(len(data))
    del data[begin : begin + dice.choice((1, 2, 8, 64))]


def _again(dice: random.Random, data: bytearray, _other: bytes) -> None:
    begin = dice.randrange(len(data))
    part = data[begin : begin + dice.choice((1, 4, 32, 256))]
    data[begin:begin] = part


def _strange(dice: random.Random, data: bytearray, _other: bytes) -> None:
    at = dice.randrange(len(data))
    data[at : at + dice.choice((0, 1, 5))] = dice.choice(_CLAIMS)


def _more(dice: random.Random, data: bytearray, _other: bytes) -> None:
    data += dice.randbytes(dice.choice((1, 16, 1024)))


def _spliced(dice: random.Random, data: bytearray, other: bytes) -> None:
    at = dice.randrange(len(data))
    data[at:] = other[dice.randrange(len(other) + 1) :]


def _noise(dice: random.Random, data: bytearray, _other: bytes) -> None:
    data[:] = dice.randbytes(dice.choice((0, 1, 4, 64, 512)))


DAMAGES: tuple[Damage, ...] = (_flip, _flip, _flip, _set, _cut, _drop, _again, _strange, _more, _spliced, _noise)


@dataclass
class Tally:
    """What became of a run.

    `same` inputs came out of the damage unchanged or mean the same; `other` ones are values below the signature.
    `slowest_s` is the longest refusal of each target, in seconds, for whoever looks at the figures.
    """

    tried: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    same: int = 0
    other: int = 0
    findings: list[str] = field(default_factory=list)
    slowest_s: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0


def damaged(dice: random.Random, target: Target, everything: list[bytes]) -> bytes:
    """Honest bytes of the target, damaged once to three times."""
    data = bytearray(dice.choice(target.honest))
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        if not data:
            break
        dice.choice(DAMAGES)(dice, data, dice.choice(everything))
    return bytes(data)


def run(*, seed: int, count: int, at: Sequence[Target] = ()) -> Tally:
    """Try `count` damaged inputs, the targets (all, if none is given) in turn."""
    dice, tally, all_targets = random.Random(seed), Tally(), at or targets()
    everything = [data for target in all_targets for data in target.honest]
    wanted = {target.name: {repr(target.means(target.read(data))) for data in target.honest} for target in all_targets}
    begin = time.perf_counter()
    for number in range(count):
        target = all_targets[number % len(all_targets)]
        data = damaged(dice, target, everything)
        tally.tried += 1
        started = time.perf_counter()
        try:
            value = target.read(data)
        except REFUSALS as error:
            took = time.perf_counter() - started
            tally.slowest_s[target.name] = max(took, tally.slowest_s.get(target.name, 0.0))
            tally.refused[type(error).__name__ if isinstance(error, SalaError) else str(error)] += 1
            continue
        except Exception as error:  # noqa: BLE001 - whatever else comes out is what is looked for
            tally.findings.append(f"seed {seed}, number {number}: {target.name} ended in {error!r} on {data.hex()}")
            continue
        if data in target.honest or (target.others != "none" and repr(target.means(value)) in wanted[target.name]):
            tally.same += 1
        elif target.others == "any":
            tally.other += 1
        else:
            tally.findings.append(f"seed {seed}, number {number}: {target.name} took {data.hex()}")
    tally.seconds = time.perf_counter() - begin
    return tally
