"""The office's key list: which keys of the server a kiosk believes now, signed by the office root that lies offline.

Lists are numbered 1, 2, 3 and so on. A kiosk holds one and follows a chain of later ones; each is believed when enough
roots of the list held before it signed it, and enough of its own. So a kiosk that was away for a year walks from list
to list, and whoever stole the server's keys, or one key twice, cannot make it take another step.

    signed = sign(KeyList(...), by=[root])                       at the office, with the stick from the safe
    held   = first(signed, office=office)                        at enrolment, under the code
    held   = follow(held, read_chain(chain), office=office)      ever after: bundle, line or stick, the same bytes

A **signed list** is one note (label KEYS) a signature, all of one payload.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from shared import envelope, wire
from shared.envelope import Label
from shared.errors import BadSignature, ContentRefused, Malformed, SalaError
from shared.keys import SealTo, SigningKey, VerifyKey

VERSION = 1
ROOTS_MAX = 8
#: A list with eight roots, signed by them and by the eight before, is some 20 KB.
LIST_BYTES_MAX = 32 * 1024
#: Two lists a year for a century.
LISTS_MAX = 200
CHAIN_BYTES_MAX = 512 * 1024


class KeyList(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """List `number` of an office: the root's public keys and how many of them must sign, and the server's present keys
    (raw): for answers, for editions, to seal to.
    """

    version: int
    office: bytes
    number: int
    made_ms: int
    roots: list[bytes]
    threshold: int
    answers: bytes
    bundles: bytes
    sealing: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """A list that was verified, with its keys checked and the very bytes it came in."""

    list: KeyList
    roots: tuple[VerifyKey, ...]
    answers: VerifyKey
    bundles: VerifyKey
    sealing: SealTo
    signed: bytes


def sign(keys: KeyList, *, by: Sequence[SigningKey]) -> bytes:
    """The list, signed by each of `by`."""
    payload = wire.encode(keys)
    return wire.encode([envelope.sign(Label.KEYS, payload, key) for key in by])


def first(signed: bytes, *, office: bytes | None) -> Held:
    """A list that something else vouches for (an enrolment code, a key known before, the server's own folder): it must
    only be signed by its own roots. `office` None takes any. Raises `SalaError`.
    """
    held, notes = _read(signed, office)
    _enough(notes, held.roots, held.list.threshold)
    return held


def follow(held: Held, chain: Iterable[bytes], *, office: bytes) -> Held:
    """The newest list that `chain` (signed lists) leads to from `held`: `held` itself where nothing in it is newer."""
    for later in steps(held, chain, office=office):
        held = later
    return held


def steps(held: Held, chain: Iterable[bytes], *, office: bytes) -> Iterator[Held]:
    """The lists of `chain` that lead on from `held`, one after another, each verified. Those that are no newer are
    passed over unread: nothing is known of them, not even whether they are signed.

    A list that may not follow ends the walk, and what was reached before it counts: a chain that goes on in a way this
    program cannot read must not keep it from the keys it can.
    """
    for signed in chain:
        try:
            later, notes = _read(signed, office)
            if later.list.number <= held.list.number:
                continue
            _enough(notes, held.roots, held.list.threshold)
            _enough(notes, later.roots, later.list.threshold)
        except SalaError:
            return
        held = later
        yield held


def write_chain(lists: Sequence[bytes]) -> bytes:
    """Signed lists, oldest first, as they travel: piece `keys` of the bundle, over the line, on a stick."""
    return wire.encode(list(lists))


def read_chain(data: bytes) -> list[bytes]:
    """The signed lists that travelled together, still to be verified. Raises `Malformed` or `TooLarge`."""
    lists = wire.decode(list[bytes], data, bytes_max=CHAIN_BYTES_MAX)
    if len(lists) > LISTS_MAX:
        raise Malformed("too many key lists")
    return lists


def _read(signed: bytes, office: bytes | None) -> tuple[Held, list[envelope.Note]]:
    """A list and its notes, signatures not yet looked at."""
    parts = wire.decode(list[bytes], signed, bytes_max=LIST_BYTES_MAX)
    notes = [envelope.read_note(part, Label.KEYS, bytes_max=LIST_BYTES_MAX) for part in parts]
    if not 1 <= len(notes) <= 2 * ROOTS_MAX or len({note.payload for note in notes}) != 1:
        raise Malformed("a key list whose signatures are not about one list")
    keys = wire.decode(KeyList, notes[0].payload, bytes_max=LIST_BYTES_MAX)
    if keys.version != VERSION:
        raise ContentRefused(f"a key list of version {keys.version}")
    if office is not None and keys.office != office:
        raise ContentRefused("a key list of another office")
    roots = tuple(VerifyKey(raw) for raw in keys.roots)
    if keys.number < 1 or len(set(roots)) != len(roots) or not 1 <= keys.threshold <= len(roots) <= ROOTS_MAX:
        raise ContentRefused("a key list out of shape")
    held = Held(keys, roots, VerifyKey(keys.answers), VerifyKey(keys.bundles), SealTo(keys.sealing), signed)
    return held, notes


def _enough(notes: Sequence[envelope.Note], roots: Sequence[VerifyKey], threshold: int) -> None:
    """Raise `BadSignature` unless `threshold` different roots signed; one that signed twice is one."""
    by_id = {root.id: root for root in roots}
    signers = set()
    for note in notes:
        root = by_id.get(note.key)
        if root is not None:
            envelope.verify_note(note, root)
            signers.add(root.id)
    if len(signers) < threshold:
        raise BadSignature(f"a key list signed by {len(signers)} of the {threshold} roots it needs")
