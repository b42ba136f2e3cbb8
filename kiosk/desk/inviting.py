"""What is plugged in where a kiosk belongs to no office yet: a stick for the way, and an invitation saved on one.

The invitation is the text of the QR code on the server's page, saved from there as `sala-enrol.txt`.
"""

from dataclasses import dataclass
from pathlib import Path

from kiosk.config import Config
from kiosk.desk.stick import read, sticks
from shared import invitation
from shared.errors import Malformed
from shared.invitation import CHARS_MAX, FILE_NAME, Invitation


@dataclass(frozen=True, slots=True)
class Lying:
    """The first stick that is plugged in, and the first invitation that lies on one."""

    stick: Path | None = None
    invitation: Invitation | None = None


def look(config: Config, *, mounts: str | None = None) -> Lying:
    """What is plugged in now; `mounts` is what Linux tells in /proc/self/mountinfo."""
    folders = [stick.folder for stick in sticks(config, mounts=mounts)]
    invitations = (found for folder in folders if (found := _invitation(folder / FILE_NAME)) is not None)
    return Lying(next(iter(folders), None), next(invitations, None))


def _invitation(path: Path) -> Invitation | None:
    try:
        return invitation.read(read(path, CHARS_MAX).decode("ascii"))
    except (OSError, UnicodeDecodeError, Malformed):
        return None  # most sticks hold none, and one that is no use is none
