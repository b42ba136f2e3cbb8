"""What a citizen says about somebody: the words inside a sealed complaint.

Nobody but the readers of its route ever has these bytes in the clear: the kiosk seals them as they are made
(`envelope.seal_to_route`), the server keeps them sealed, and a reader's pass phrase opens them for one page. What is
legible around them stands in `kinds.ComplaintFiled`.

    sealed = envelope.seal_to_route(encode(Complaint(...)), ...)
    complaint = decode(envelope.open_routed(sealed, ...))
"""

from typing import Literal

import msgspec

from shared import wire
from shared.errors import UnknownVersion
from shared.records import BODY_BYTES_MAX

VERSION = 1


class Complaint(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, kw_only=True):
    """One complaint. Everything but `text` and `about` may be empty.

    `about` is the subject that was chosen by picture, `unit` a division's id or name, `counter` its number, `person`
    whom the text names; `when` and `place` are in the citizen's own words, never a time the kiosk measured. A name or
    telephone number here is known to the readers alone.
    """

    version: int
    about: Literal["unit", "clerk", "chief", "council", "person", "unknown"]
    text: str
    unit: str
    counter: str
    person: str
    when: str
    place: str
    contact_name: str
    contact_phone: str
    language: str


def encode(complaint: Complaint) -> bytes:
    """The bytes to seal; raises `Malformed` where a field has the wrong type."""
    data = wire.encode(complaint)
    decode(data)
    return data


def decode(data: bytes) -> Complaint:
    """What was sealed. Raises `Malformed`, `TooLarge`, or `UnknownVersion` for words of a newer program."""
    complaint = wire.decode(Complaint, data, bytes_max=BODY_BYTES_MAX)
    if complaint.version != VERSION:
        raise UnknownVersion(f"a complaint of version {complaint.version}")
    return complaint
