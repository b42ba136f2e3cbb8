"""The boards on the lobby's walls: when each was last seen, and whether it can be heard.

A browser refuses to sound before somebody has touched it, and a mute board looks fine; so each board tells some times a
minute how it is, and staff read it. Kept in memory only: after a restart the boards tell again.

    world.boards.tell("192.168.1.20", "muted", clock.mono_ms())
    world.boards.seen(clock.mono_ms())                      # [Seen(since_ms=0, sound="muted")]
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, Literal

#: "off": this board was not asked to sound.
BoardSound = Literal["ok", "muted", "off"]

#: A board tells every ten seconds; after so long it is away.
AWAY_MS: Final = 35_000
#: After so long it was switched off, or has another name now: nobody has to look for it.
FORGOTTEN_MS: Final = 3 * 3600_000
#: More boards than an office has walls.
BOARDS_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """A board: how long ago it told of itself, and whether it may sound."""

    since_ms: int
    sound: BoardSound

    @property
    def there(self) -> bool:
        """Whether it told a short while ago."""
        return self.since_ms <= AWAY_MS


class Boards:
    """Every board that told of itself. Thread-safe. Times are the kiosk clock's `mono_ms`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, tuple[int, BoardSound]] = {}

    def tell(self, name: str, sound: BoardSound, mono_ms: int) -> None:
        """A board says how it is; `name` tells one from another, such as its address."""
        with self._lock:
            self._told.pop(name, None)
            self._told[name] = mono_ms, sound
            while len(self._told) > BOARDS_MAX:
                del self._told[next(iter(self._told))]

    def seen(self, mono_ms: int) -> list[Seen]:
        """The boards of the last hours, the one that told last first."""
        with self._lock:
            told = [Seen(max(0, mono_ms - at), sound) for at, sound in reversed(self._told.values())]
        return [each for each in told if each.since_ms <= FORGOTTEN_MS]

    def sounds(self, mono_ms: int) -> bool:
        """Whether a board that is there can be heard."""
        return any(each.there and each.sound == "ok" for each in self.seen(mono_ms))
