"""Nested a million deep, or claiming four gigabytes: refused by every reader, and no process dies of it (G-29).

Each reader runs in a process of its own: what would be proved wrong here takes its interpreter along.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: What is fed: in msgpack and in JSON, whole and open-ended, and lengths that nothing stands behind.
_FEEDING = """
import sys, time, resource
import zstandard
from shared.errors import SalaError
from tests.fuzz.targets import REFUSALS, targets

resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
reader = next(each for each in targets() if each.name == sys.argv[1])
deepest = []
for depth in (1, 16, 17, 255, 256, 1000, 10_000, 100_000, 1_000_000):
    for opening, closing in ((b"\\x91", b""), (b"\\x81\\xa1a", b""), (b"[", b"]"), (b'{"a":', b"}")):
        deepest += [opening * depth, opening * depth + b"1" + closing * depth]
lies = [bytes([first]) + b"\\xff\\xff\\xff\\xff" for first in (0xC6, 0xC9, 0xDB, 0xDD, 0xDF)]
honest = reader.honest[0]
fed = [*deepest, *lies, *(honest[:at] + lie for at in (0, 1, 86, len(honest) // 2) for lie in lies)]
# What a note carries is read before it is known who signed; what a batch carries is packed.
fed += [honest[:86] + data for data in (*deepest, *lies)] + [zstandard.compress(data) for data in (*deepest, *lies)]
for data in fed:
    began = time.process_time()
    try:
        reader.read(data)
    except REFUSALS:
        pass
    else:
        if reader.name not in ("file name",):
            sys.exit(f"took {data[:20]!r} of {len(data)} bytes")
    if time.process_time() - began > 1:
        sys.exit(f"{data[:20]!r} of {len(data)} bytes took {time.process_time() - began:.1f} s")
"""

READERS = (
    "envelope", "question", "answer", "enrolment", "welcome", "manifest", "key lists", "backup", "piece", "office",
    "service", "status", "complaint", "batch", "record", "file name",
)  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_no_depth_and_no_length_kills_a_reader(name):
    """Refused in a second and a gigabyte, by one of our errors."""
    told = subprocess.run(
        [sys.executable, "-c", _FEEDING, name], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
