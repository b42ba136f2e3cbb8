"""What the QR code on the server's page for a new kiosk says, for a scanner that types it or a stick that carries it.

    text = write(Invitation("https://sala.example.go.th", "ABCD-EFGH-JKMN-PQRS", ends_ms))
    read(text).code

A mark of its own comes first, so that no citizen's code and no other QR code is ever taken for one, and no scanner of
tickets for this. The code in it works once and ends soon, as the one on the page does: it is the same.
"""

from dataclasses import dataclass
from typing import Final

from shared import keys
from shared.errors import KeyRefused, Malformed

MARK: Final = "SALA-ENROL/1"
CHARS_MAX: Final = 600
#: The same text as a file, which the server's page saves and a kiosk looks for on a stick.
FILE_NAME: Final = "sala-enrol.txt"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where the server answers, the one-time code, and until when it is good (milliseconds since 1970, UTC)."""

    url: str
    code: str
    ends_ms: int


def write(invitation: Invitation) -> str:
    """The text of the QR code."""
    return f"{MARK} {invitation.url} {invitation.code} {invitation.ends_ms}"


def read(text: str) -> Invitation:
    """What was scanned. Raises `Malformed` for anything else than an invitation."""
    parts = text.strip().split(" ") if len(text) <= CHARS_MAX else []
    if len(parts) != 4 or parts[0] != MARK:
        raise Malformed("this is no QR code for a new kiosk")
    _, url, code, ends = parts
    if not url.startswith(("https://", "http://")) or not (ends.isascii() and ends.isdigit() and len(ends) <= 15):
        raise Malformed("a QR code for a new kiosk without a server, or without its end")
    try:
        keys.enrolment_secret(code)
    except KeyRefused as error:
        raise Malformed(f"a QR code for a new kiosk whose code is none: {error}") from error
    return Invitation(url, code, int(ends))
