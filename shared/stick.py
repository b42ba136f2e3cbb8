"""How envelopes lie on a USB stick: names only, so that both sides know them and neither knows the other.

    sala/<kiosk's id in hex>/<first 16 hex digits of the log's id>-<first seq>-<last seq>.sala

Each file is one envelope as it would have gone over the line. Letters, digits and dashes are what every file system
takes; seqs have ten digits, so the order of names is the order of the log. What ends otherwise is a write that did not
come to its end, and no reader looks at it.
"""

import re
from dataclasses import dataclass
from typing import Final

#: The folder at the top of a stick.
TOP: Final = "sala"
#: The ending of a file that is there whole.
SUFFIX: Final = ".sala"

_NAME: Final = re.compile(r"([0-9a-f]{16})-([0-9]{10})-([0-9]{10})" + re.escape(SUFFIX))
_FOLDER: Final = re.compile(r"[0-9a-f]{32}")


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
    return _FOLDER.fullmatch(name) is not None


def file_name(log: bytes, first: int, last: int) -> str:
    """The name of the envelope that carries records `first` to `last` of `log`."""
    return f"{log.hex()[:16]}-{first:010d}-{last:010d}{SUFFIX}"


def read_name(name: str) -> Carried | None:
    """What a file's name promises; None for what is no envelope's name."""
    parts = _NAME.fullmatch(name)
    return Carried(parts[1], int(parts[2]), int(parts[3])) if parts else None
