"""The loudspeaker: one sound, one call of the system's own player, nothing left on the disk.

    sound = from_config(config)
    playing = sound.play(samples, 0.6)
    playing.stop()

The samples become a WAV file in memory that only the player can open, by a path below /dev/fd; so `aplay`, `pw-play`
and `paplay` do alike. Without any of them, or after one that ended at once with an error, `state` says so, and the
screen does too: nobody waits for a voice that does not come.
"""

from __future__ import annotations

import array
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Final

from kiosk.config import Config
from kiosk.devices.voices import write_wav
from kiosk.speech import BYTES_A_SECOND, NoSound, Playing, Sound, SoundState

logger = logging.getLogger(__name__)

#: Players in the order they are looked for; each takes a file.
PLAYERS: Final = (("pw-play",), ("paplay",), ("aplay", "-q"))
#: A player that hangs is ended this long after its sound should have been over.
_GRACE_S: Final = 5.0


def louder(samples: bytes, volume: float) -> bytes:
    """The samples at `volume`, 1 being as they were recorded."""
    if volume == 1:
        return samples
    values = array.array("h", samples)
    if sys.byteorder == "big":
        values.byteswap()
    made = array.array("h", (max(-32768, min(32767, int(each * volume))) for each in values))
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


class Player:
    """Plays through a command; see the module."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._failed = False

    def state(self) -> SoundState:
        """What the last try came to: "failed" until something could be played again."""
        return "failed" if self._failed else "ready"

    def play(self, samples: bytes, volume: float) -> Playing:
        """Begin; the work is done by a thread of its own."""
        return _Run(self._command, samples, volume, self._ended)

    def _ended(self, *, well: bool) -> None:
        self._failed = not well


class _Run:
    """One sound on its way."""

    def __init__(self, command: tuple[str, ...], samples: bytes, volume: float, ended: Callable[..., None]) -> None:
        self._command, self._ended = command, ended
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._over = threading.Event()
        threading.Thread(target=self._go, args=(samples, volume), name="sound", daemon=True).start()

    @property
    def over(self) -> bool:
        """Whether it ended or never began."""
        return self._over.is_set()

    def stop(self) -> None:
        """End the player."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.terminate()

    def _go(self, samples: bytes, volume: float) -> None:
        try:
            well = self._play(samples, volume)
        except (OSError, subprocess.TimeoutExpired) as error:
            logger.warning("nothing can be heard: %s", error)
            well = False
        if not self._stopped:
            self._ended(well=well)
        self._over.set()

    def _play(self, samples: bytes, volume: float) -> bool:
        number = os.memfd_create("sound")
        try:
            with os.fdopen(os.dup(number), "wb") as file:
                file.write(write_wav(louder(samples, volume)))
            os.lseek(number, 0, os.SEEK_SET)
            with self._lock:
                if self._stopped:
                    return True
                self._process = process = subprocess.Popen(
                    [*self._command, f"/dev/fd/{number}"], pass_fds=(number,), stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                )  # fmt: skip
            try:
                _, told = process.communicate(timeout=len(samples) / BYTES_A_SECOND + _GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                raise
        finally:
            os.close(number)
        if process.returncode and not self._stopped:
            logger.warning("%s ended with %s: %s", self._command[0], process.returncode, told.decode(errors="replace"))
            return False
        return True


def from_config(config: Config) -> Sound:
    """The player that the settings name, or the first that this machine has."""
    if config.sound_player == ["none"] or not hasattr(os, "memfd_create"):
        return NoSound()
    for command in [config.sound_player] if config.sound_player else PLAYERS:
        if shutil.which(command[0]):
            return Player(command)
    return NoSound()
