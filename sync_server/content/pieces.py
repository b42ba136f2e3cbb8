"""From an office's content to the named pieces of an edition. Pure: values in, bytes out.

    pieces = content_pieces(
        source.office, source.services, source.notices, source.pictures, source.words, source.hall,
        source.photos,
    )
    pieces[STATUSES_PIECE] = statuses_piece(told)

The number in a service's piece name keeps the order the office wrote: manifests list their pieces by name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared import content, envelope, keys
from shared.content import (
    FORM_PREFIX,
    KEYS_PIECE,
    NOTICES_PIECE,
    OFFICE_PIECE,
    SATISFACTION_PIECE,
    SERVICE_PREFIX,
    SHOWN_FROM,
    STAFF_PREFIX,
    STATUSES_PIECE,
    WORDS_PIECE,
    Manifest,
    Notice,
    Notices,
    Office,
    Satisfaction,
    SealedStatus,
    Service,
    Status,
    Statuses,
    Words,
)

_NONCE_BYTES = 12


class Told(Protocol):
    """What a citizen is told about one case: where it lies, what seals it, what it says."""

    @property
    def status_id(self) -> bytes:
        """Its id in the bundle, from the citizen's code."""

    @property
    def state_key(self) -> bytes:
        """The key only that code gives."""

    @property
    def status(self) -> Status:
        """The words."""


#: Pieces that the server makes whenever it publishes, of records and of its own keys; nobody edits them.
MADE = frozenset({STATUSES_PIECE, SATISFACTION_PIECE, KEYS_PIECE})


def content_pieces(
    office: Office,
    services: Sequence[Service],
    notices: Sequence[Notice],
    pictures: Mapping[str, bytes],
    words: Words,
    hall: Mapping[str, Any],
    photos: Mapping[str, bytes],
) -> dict[str, bytes]:
    """The pieces of an edition that people write; `hall` has those an office may lack, by name."""
    return {
        OFFICE_PIECE: content.piece(office),
        NOTICES_PIECE: content.piece(Notices(notices=list(notices))),
        WORDS_PIECE: content.piece(words),
        **{name: content.piece(fact) for name, fact in hall.items()},
        **{f"{SERVICE_PREFIX}{i:03}-{each.id}": content.piece(each) for i, each in enumerate(services, 1)},
        **{FORM_PREFIX + name: data for name, data in pictures.items()},
        **{STAFF_PREFIX + name: data for name, data in photos.items()},
    }


def statuses_piece(told: Iterable[Told]) -> bytes:
    """All statuses, each sealed under its own case's key.

    The nonce is derived from that key, so a case that did not move gives the same bytes again and the piece keeps its
    name; AES-GCM-SIV allows it: two different statuses under one nonce only show that they differ.
    """
    sealed = [
        SealedStatus(
            id=each.status_id,
            sealed=envelope.seal_status(
                content.write_status(each.status),
                status_id=each.status_id,
                state_key=each.state_key,
                nonce=keys.derive(each.state_key, "sala/v1/status-nonce", length=_NONCE_BYTES),
            ),
        )
        for each in told
    ]
    return content.piece(Statuses(statuses=sorted(sealed, key=lambda each: each.id)))


def satisfaction_piece(told: Satisfaction | None, before: bytes | None) -> bytes | None:
    """The last month's satisfaction; None where too few rated. `before` is what kiosks show now.

    Within a month it is renewed only once `SHOWN_FROM` people more have rated: from two figures that differ by one
    person everybody could read what that person touched.
    """
    if told is None or told.n < SHOWN_FROM:
        return None
    shown = content.read_piece(Satisfaction, before) if before else None
    if shown is None or (shown.month, shown.place) != (told.month, told.place):
        return content.piece(told)
    return before if abs(told.n - shown.n) < SHOWN_FROM else content.piece(told)


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing would change for whoever reads a kiosk: names of pieces, a service by its id."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    reordered: bool

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone or self.reordered)


def changes(manifest: Manifest | None, draft: Mapping[str, bytes]) -> Changes:
    """How `draft` differs from what `manifest` published. What the server makes itself is left out."""
    before = {ref.name: ref.hash for ref in manifest.pieces if ref.name not in MADE} if manifest else {}
    after = {name: content.piece_hash(data) for name, data in draft.items()}
    old, new = ({plain_name(name): digest for name, digest in sorted(each.items())} for each in (before, after))
    return Changes(
        new=tuple(name for name in new if name not in old),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        gone=tuple(name for name in old if name not in new),
        reordered=[name for name in old if name in new] != [name for name in new if name in old],
    )


def plain_name(name: str) -> str:
    """A piece's name without the number that keeps the order: ``service/003-sign_tax`` -> ``sign_tax``."""
    return name.removeprefix(SERVICE_PREFIX)[4:] if name.startswith(SERVICE_PREFIX) else name
