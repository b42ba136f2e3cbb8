"""How things lie on a USB stick: names only, so that both sides know them and neither knows the other.

    sala/<kiosk's id in hex>/<first 16 hex digits of the log's id>-<first seq>-<last seq>.sala    envelopes, out
    sala/<kiosk's id in hex>/lobby.ask  confidential.ask                                          questions, out
    sala/<kiosk's id in hex>/lobby.told  confidential.told                                        their answers, back
    sala/office.keys                                                                              key lists, back
    sala/content/edition.manifest  <sha256 in hex>.piece                                          the content, back
    sala/enrol/<name of the code in hex>.ask  .told                                               new kiosks, welcomes

Each file is what would have gone over the line. Small letters, digits, dashes and one dot are what every file system
takes, and no two names differ by case alone; seqs have ten digits, so the order of names is the order of the log. What
ends otherwise is a write that did not come to its end, and no reader looks at it. Times and rights of files say
nothing: a stick keeps neither.
"""

import re
from dataclasses import dataclass
from typing import Final

#: The folder at the top of a stick.
TOP: Final = "sala"
#: The folder below `TOP` in which the content lies, and the one of kiosks that are not enrolled yet.
CONTENT: Final = "content"
ENROL: Final = "enrol"
#: The ending of an envelope that is there whole; of a question, and of the server's answer to it.
SUFFIX: Final = ".sala"
ASK: Final = ".ask"
TOLD: Final = ".told"
#: While a file is written it has this behind its name.
ASIDE: Final = ".new"
#: The chain of the office's key lists (`shared.keylist`).
KEYS: Final = "office.keys"
#: The logbooks of a kiosk: each is asked about in a question of its own.
BOOKS: Final = ("lobby", "confidential")
#: The signed list of an edition's pieces.
MANIFEST: Final = "edition.manifest"

_NAME: Final = re.compile(r"([0-9a-f]{16})-([0-9]{10})-([0-9]{10})" + re.escape(SUFFIX))
_ID: Final = re.compile(r"[0-9a-f]{32}")
_PIECE: Final = re.compile(r"[0-9a-f]{64}\.piece")


@dataclass(frozen=True, slots=True, order=True)
class Carried:
    """What the name of a file promises: the beginning of the log's id in hex, the first and the last seq."""

    log: str
    first: int
    last: int


def folder_name(kiosk: bytes) -> str:
    """The folder below `TOP` in which the envelopes of this kiosk lie."""
    return kiosk.hex()


def is_folder(name: str) -> bool:
    """Whether a folder below `TOP` can be that of a kiosk."""
    return _ID.fullmatch(name) is not None


def file_name(log: bytes, first: int, last: int) -> str:
    """The name of the envelope that carries records `first` to `last` of `log`."""
    return f"{log.hex()[:16]}-{first:010d}-{last:010d}{SUFFIX}"


def read_name(name: str) -> Carried | None:
    """What a file's name promises; None for what is no envelope's name."""
    parts = _NAME.fullmatch(name)
    return Carried(parts[1], int(parts[2]), int(parts[3])) if parts else None


def is_misnamed(name: str) -> bool:
    """Whether this would be an envelope but for its name: a copy, or one that somebody renamed. What begins with a dot
    is a file system's own.
    """
    return name.lower().endswith(SUFFIX) and not name.startswith(".") and read_name(name) is None


def piece_name(hash_: bytes) -> str:
    """The name of a piece of the content, by its SHA-256."""
    return hash_.hex() + ".piece"


def is_piece(name: str) -> bool:
    """Whether a file below `CONTENT` can be a piece."""
    return _PIECE.fullmatch(name) is not None


def is_enrolment(name: str) -> bool:
    """Whether a file below `ENROL` can be the question of a new kiosk."""
    return name.endswith(ASK) and _ID.fullmatch(name.removesuffix(ASK)) is not None
