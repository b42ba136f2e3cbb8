"""The words that two screens compare: two hundred and fifty-six, none to be taken for another."""

import itertools

from shared import protocol
from shared.fourwords import WORDS, four_words, numbers

KEYS = {name: name.encode() * 2 for name in ("office", "kiosk", "kiosk_key", "answer_key", "bundle_key", "sealing_key")}


def _near(a: str, b: str) -> bool:
    """Whether one letter or mark more, less or other makes one word of the other."""
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) <= 1
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def test_there_is_a_word_for_each_byte_and_no_two_are_alike():
    """All different, none one letter or tone mark from another."""
    assert len(WORDS) == 256
    assert [pair for pair in itertools.combinations(WORDS, 2) if _near(*pair)] == []


def test_words_and_numbers_say_the_same():
    """Four words, and their places for a screen without Thai letters."""
    assert four_words(bytes([0, 255, 1, 16, 99])) == (WORDS[0], WORDS[255], WORDS[1], WORDS[16])
    assert numbers(bytes([0, 255, 1, 16])) == "1 256 2 17"


def test_every_key_that_was_told_moves_the_words():
    """A machine in between that swaps any one of them changes the fingerprint."""
    whole = protocol.fingerprint(**KEYS)
    assert len({protocol.fingerprint(**KEYS | {name: b"swapped"}) for name in KEYS} | {whole}) == len(KEYS) + 1
