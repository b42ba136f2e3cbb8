"""Following up a case by its code.

The answer lies in the content, encrypted under keys that only the code gives. A miss costs exactly the work of a
hit, and the kiosk takes few tries in a minute, so a code cannot be guessed by patience.
"""

from collections import deque
from dataclasses import dataclass

from kiosk.clock import Moment
from kiosk.desk.world import World
from shared import content, envelope, thai
from shared.content import Status
from shared.errors import CannotOpen, Malformed, SalaError
from shared.keys import CODE_DIGITS, code_keys

#: Stands in for a status that is not there, so that a miss takes the steps of a hit.
_NO_STATUS = bytes(12 + 256)


class NotACode(SalaError):
    """What was typed cannot be a code: it needs 16 digits."""

    remedy = "Type the 16 digits of the slip."


class TooManyTries(SalaError):
    """Too many codes were tried; `seconds` until the next try."""

    remedy = "Wait a little, or ask at the counter."

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Throttle:
    """At most `tries_max` tries in `window_s` seconds, for the whole kiosk. Time is monotonic; a restart forgets."""

    def __init__(self, tries_max: int = 5, window_s: int = 60) -> None:
        self._tries_max = tries_max
        self._window_ms = window_s * 1000
        self._tries: deque[int] = deque()

    def take(self, moment: Moment) -> None:
        """Count a try; raises `TooManyTries` where it is one too many (which is then not counted)."""
        now_ms = moment.at.mono_ms
        while self._tries and now_ms - self._tries[0] >= self._window_ms:
            self._tries.popleft()
        if len(self._tries) >= self._tries_max:
            raise TooManyTries(-(-(self._tries[0] + self._window_ms - now_ms) // 1000))
        self._tries.append(now_ms)


def digits(typed: str) -> str:
    """The 16 digits of a typed code, Thai ones and spaces accepted; raises `NotACode`."""
    text = "".join(thai.ascii_digits(typed).split()).replace("-", "")
    if len(text) != CODE_DIGITS or not (text.isascii() and text.isdigit()):
        raise NotACode("a code has 16 digits")
    return text


@dataclass(frozen=True, slots=True)
class Found:
    """A case that a code opened: the name its status lies under, and how it stands."""

    status_id: bytes
    status: Status


def look_up(world: World, code: str) -> Status | None:
    """How the case with this code stands; None where the content holds none for it (yet). Raises `NotACode`."""
    found = find(world, code)
    return found.status if found else None


def find(world: World, code: str) -> Found | None:
    """Like `look_up`, for whoever goes on from there (`desk.returns`).

    Takes about a tenth of a second. A fresh case is found once the office has published after receiving it.
    """
    keys = code_keys(digits(code), world.identity.code_salt)
    bundle = world.content.bundle
    sealed = (bundle.statuses if bundle else {}).get(keys.status_id, _NO_STATUS)
    try:
        status = envelope.open_status(sealed, status_id=keys.status_id, state_key=keys.state_key)
        return Found(keys.status_id, content.read_status(status))
    except (CannotOpen, Malformed):
        return None
