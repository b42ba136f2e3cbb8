"""Two threads that meet a type for the first time. What goes wrong ends the process, so each case has one of its own.

msgspec keeps what it learns of a type on the type. Up to 0.22 another thread saw it half made and read a pointer that
was not there yet: a server that had just begun fell under its first kiosks.
"""

import subprocess
import sys

import pytest

#: The second thread comes while the first learns of `Outer` and waits for what `Inner` is made of.
PROGRAM = """
import threading, time
import msgspec
from shared import wire

begun = threading.Event()

def slow():
    begun.set()
    time.sleep(0.2)
    return int

class Inner(msgspec.Struct, array_like=True):
    number: "slow()"

class Outer(msgspec.Struct, array_like=True):
    inner: Inner
    others: "list[Outer]" = []

DATA = [[7], [[[8], []]]]

def read():
    assert {read} == Outer(Inner(7), [Outer(Inner(8))])

first = threading.Thread(target=read)
first.start()
assert begun.wait(10)
read()
first.join()
print("both read it")
"""


@pytest.mark.parametrize(
    "read",
    [
        "msgspec.msgpack.decode(msgspec.msgpack.encode(DATA), type=Outer)",
        "msgspec.json.decode(msgspec.json.encode(DATA), type=Outer)",
        "msgspec.convert(DATA, Outer)",
        "wire.decode(Outer, msgspec.msgpack.encode(DATA), bytes_max=99)",
    ],
)
def test_two_threads_may_meet_a_type_at_the_same_moment(read):
    """A server that begins under many kiosks, a kiosk whose screen and sync first read the same: neither falls."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{read}", read)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "both read it\n"), done.stderr
