"""The office's key list: a kiosk walks from list to list, and only where enough roots say so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import keylist, wire
from shared.errors import BadSignature, ContentRefused, KeyRefused, Malformed, SalaError
from shared.keylist import KeyList
from shared.keys import SealingKey, SigningKey
from tests.shared.strategies import mutated

OFFICE = b"o" * 16
ROOTS = [SigningKey(bytes([n]) * 32) for n in range(1, 5)]
THIEF = SigningKey(b"t" * 32)


def a_list(number, roots=ROOTS[:1], threshold=1, office=OFFICE, **changed):
    """List `number`, with keys of its own."""
    fields = {
        "version": 1, "office": office, "number": number, "made_ms": 1_795_580_000_000 + number,
        "roots": [root.public.raw for root in roots], "threshold": threshold,
        "answers": SigningKey(bytes([number, 1]) * 16).public.raw,
        "bundles": SigningKey(bytes([number, 2]) * 16).public.raw,
        "sealing": SealingKey(bytes([number, 3]) * 16).public.raw,
    }  # fmt: skip
    return KeyList(**fields | changed)


def held(number=1, **how):
    """A kiosk's list."""
    made = a_list(number, **how)
    by = ROOTS[: made.threshold]
    return keylist.first(keylist.sign(made, by=by), office=OFFICE)


def walked(start, *lists):
    """Where a kiosk ends that is shown these signed lists."""
    chain = keylist.read_chain(keylist.write_chain(lists))
    return keylist.follow(start, chain, office=OFFICE)


def test_a_kiosk_that_was_away_for_a_year_walks_list_by_list():
    """Through five lists, roots and threshold changed on the way, to the newest; once more changes nothing."""
    two, three = ROOTS[:2], ROOTS[2:4]
    lists = [
        keylist.sign(a_list(2), by=ROOTS[:1]),
        keylist.sign(a_list(3, roots=two, threshold=2), by=two),
        keylist.sign(a_list(4, roots=two, threshold=2), by=two),
        keylist.sign(a_list(5, roots=three, threshold=1), by=[*two, three[0]]),
        keylist.sign(a_list(6, roots=three, threshold=1), by=three[1:]),
    ]
    end = walked(held(), *lists)
    assert (end.list.number, end.answers.raw, end.signed) == (6, a_list(6).answers, lists[-1])
    assert walked(end, *lists) == end


def test_a_walk_needs_every_change_of_root():
    """Without the list that changed the root, what its successor signed is a stranger's."""
    after = keylist.sign(a_list(3, roots=ROOTS[1:2]), by=ROOTS[1:2])
    assert walked(held(), after).list.number == 1


def test_a_gap_in_the_numbers_is_no_gap_in_trust():
    """A server that lost its lists goes on with a higher number under the same root."""
    assert walked(held(), keylist.sign(a_list(9), by=ROOTS[:1])).list.number == 9


@pytest.mark.parametrize(
    ("later", "by"),
    [
        (a_list(2), [THIEF]),  # the thief of the server, without the root
        (a_list(2, roots=[THIEF]), [THIEF]),  # its own roots alone
        (a_list(2, roots=[THIEF]), ROOTS[:1]),  # the old roots alone
        (a_list(1, answers=THIEF.public.raw), ROOTS[:1]),  # another list of the number that is held
        (a_list(2, office=b"x" * 16), ROOTS[:1]),
        (a_list(2, version=2), ROOTS[:1]),
        (a_list(2, threshold=0), ROOTS[:1]),
        (a_list(2, threshold=2), ROOTS[:1]),
        (a_list(2, roots=[ROOTS[0], ROOTS[0]], threshold=2), ROOTS[:1]),
        (a_list(2, answers=b"\1" + bytes(31)), ROOTS[:1]),  # a key of low order
    ],
)
def test_no_other_list_is_followed(later, by):
    """Wrong signers, another office, an impossible threshold, a key that proves nothing: the list held stays."""
    start = held()
    assert walked(start, keylist.sign(later, by=by)) == start


def test_one_root_that_signs_twice_is_one():
    """Two signatures of one root do not reach a threshold of two (CVE-2020-6174)."""
    two = a_list(1, roots=ROOTS[:2], threshold=2)
    twice = keylist.sign(two, by=[ROOTS[0], ROOTS[0]])
    with pytest.raises(BadSignature, match="1 of the 2"):
        keylist.first(twice, office=OFFICE)
    assert keylist.first(keylist.sign(two, by=ROOTS[:2]), office=OFFICE).list == two
    start = held(roots=ROOTS[:2], threshold=2)
    assert walked(start, keylist.sign(a_list(2), by=[ROOTS[0], ROOTS[0]])) == start


def test_what_follows_a_list_nobody_signed_is_not_reached():
    """The walk ends at the first list that may not follow; what it had reached counts."""
    good, forged = keylist.sign(a_list(2), by=ROOTS[:1]), keylist.sign(a_list(3), by=[THIEF])
    assert walked(held(), good, forged, keylist.sign(a_list(4), by=ROOTS[:1])).list.number == 2


@given(st.data())
def test_a_flipped_bit_makes_no_list(data):
    """Whatever is altered in a signed list, it is refused with an error of ours."""
    signed = keylist.sign(a_list(1), by=ROOTS[:1])
    with pytest.raises(SalaError):
        keylist.first(data.draw(mutated(signed)), office=OFFICE)


def test_lists_are_bounded():
    """Too many lists, too many signatures, or signatures about different lists are refused."""
    with pytest.raises(Malformed):
        keylist.read_chain(wire.encode([b""] * (keylist.LISTS_MAX + 1)))
    with pytest.raises(Malformed):
        keylist.first(keylist.sign(a_list(1), by=[ROOTS[0]] * 17), office=OFFICE)
    one, other = (wire.decode(list[bytes], keylist.sign(a_list(n), by=ROOTS[:1]), bytes_max=9999) for n in (1, 2))
    with pytest.raises(Malformed):
        keylist.first(wire.encode(one + other), office=OFFICE)
    with pytest.raises((ContentRefused, KeyRefused)):
        keylist.first(keylist.sign(a_list(1, roots=[]), by=ROOTS[:1]), office=OFFICE)
