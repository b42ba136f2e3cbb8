"""Damaged bytes: none accepted, none crashes anything; and the fuzzer itself finds what it is there to find."""

import os

from shared import batch, envelope, keylist, protocol, wire
from shared.envelope import Label
from shared.protocol import Receipt
from tests.fuzz.fuzzer import run
from tests.fuzz.targets import Target, targets
from tests.vectors.make import ANSWERS

COUNT = int(os.environ.get("SALA_FUZZ", "100000"))
SEED = int(os.environ.get("SALA_SEED", "20270318"))


def test_every_target_takes_what_is_honest():
    """Else its refusals would prove nothing."""
    for target in targets():
        for data in target.honest:
            target.read(data)


def test_nothing_damaged_is_taken_and_nothing_crashes():
    """A hundred thousand damaged inputs, each refused by one of our errors."""
    tally = run(seed=SEED, count=COUNT)
    assert not tally.findings, tally.findings[:3]
    assert len(tally.refused) >= 8, "the damage reaches every layer"
    assert sum(tally.refused.values()) > COUNT * 0.8


def test_honest_bytes_are_the_same_in_every_run():
    """Else one seed would damage something else each time."""
    assert [each.honest for each in targets()] == [each.honest for each in targets()]


def test_one_seed_is_one_run():
    """A finding can be had again."""
    one, two = run(seed=3, count=2000), run(seed=3, count=2000)
    assert (one.refused, one.same, one.other) == (two.refused, two.same, two.other)


def test_a_reader_that_checks_no_signature_is_found():
    """A planted fault: an answer that is read without asking who signed it."""
    answer = next(target for target in targets() if target.name == "answer")

    def trusting(data):
        note = envelope.read_note(data, Label.ANSWER)
        return wire.decode(Receipt, note.payload, bytes_max=4096)

    receipt = answer.honest[1]
    assert isinstance(protocol.read_answer(receipt, ANSWERS.public), Receipt)
    assert run(seed=1, count=500, at=[Target("answer", (receipt,), trusting)]).findings


def test_a_reader_that_crashes_is_found():
    """A planted fault: bytes beyond the end are asked for."""
    found = run(seed=1, count=500, at=[Target("crash", (b"12345678",), lambda data: data[7])]).findings
    assert any("IndexError" in each for each in found)


def test_a_server_that_looks_at_no_length_is_found(monkeypatch):
    """A planted fault: a signed body is taken that no copy could hold."""
    monkeypatch.setattr(batch, "BODY_BYTES_MAX", 2**30)
    at = [next(target for target in targets() if target.name == "signed body")]
    assert any("Misled" in each for each in run(seed=1, count=100, at=at).findings)


def test_a_kiosk_that_follows_unsigned_key_lists_is_found(monkeypatch):
    """A planted fault: a list is followed without counting who signed it."""
    walk = next(target for target in targets() if target.name == "key lists")
    monkeypatch.setattr(keylist, "_enough", lambda *_: None)
    assert any("Misled" in each for each in run(seed=1, count=4000, at=[walk]).findings)
