"""Reading a screen aloud: which part sounds now, how loud, and which parts nobody recorded.

    aloud = Aloud(world, clock)
    reading = aloud.prepare(("บริการทั้งหมด", "แตะเพื่อเลือก"), "th")     # away from the drawing thread: reads clips
    aloud.begin(reading, volume=1)
    aloud.tick(); aloud.now                                               # 0, then 1, then -1

One reading is one sound, joined beforehand; which part of it is heard follows from the time since it began. A part
without clips is silent for as long as an eye needs to find it, and is marked. While somebody is called, it waits, and
goes on with the part that was interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kiosk.speech import BYTES_A_SECOND, digit_words, fingerprint, spell
from kiosk.ui.shaping.house import breaker

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.desk.world import World

#: The three steps a citizen can choose; a visit begins with the middle one.
VOLUMES: Final = (0.35, 0.65, 1.0)
#: Between two parts, and instead of one that is not recorded.
_PAUSE_S: Final = 0.35
_SILENT_S: Final = 1.2
#: After each figure of a code that somebody writes down.
DICTATION_GAP_S: Final = 0.6


@dataclass(frozen=True, slots=True)
class Reading:
    """One sound made of parts: the byte at which each begins, and those that are not wholly recorded."""

    samples: bytes
    starts: tuple[int, ...]
    silent: frozenset[int]


class Aloud:
    """What sounds now. All calls but `prepare` come from one thread."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self._reading: Reading | None = None
        self._began_ms = 0
        self._volume = 0
        self._held: int | None = None
        """The part to go on with once the call that sounds is over."""

    def possible(self, language: str) -> bool:
        """Whether there is a loudspeaker and a voice of this language; one that failed may be tried again."""
        return self._world.sound.state() != "none" and self._world.voices(language) is not None

    def can_dictate(self, language: str) -> bool:
        """Whether a code can be read: by a voice that has every figure, since a code with a hole is none."""
        voice = self._world.voices(language)
        return self.possible(language) and voice is not None and all(
            voice.has(fingerprint(word)) for word in digit_words(language)
        )  # fmt: skip

    @property
    def failed(self) -> bool:
        """Whether the last try could not be heard."""
        return self._world.sound.state() == "failed"

    @property
    def on(self) -> bool:
        """Whether something is being read."""
        return self._reading is not None

    @property
    def now(self) -> int:
        """The number of the part that sounds, or -1."""
        if self._reading is None:
            return -1
        if self._held is not None:
            return self._held
        place = self._place()
        return max((number for number, start in enumerate(self._reading.starts) if start <= place), default=-1)

    @property
    def silent(self) -> frozenset[int]:
        """Parts that are not wholly recorded."""
        return self._reading.silent if self._reading is not None else frozenset()

    def prepare(self, texts: tuple[str, ...], language: str, gap_s: float = 0.0) -> Reading:
        """Find and join the clips of these texts; after each clip `gap_s` seconds of silence, for who writes along."""
        voice = self._world.voices(language)
        sound, starts, silent = bytearray(), [], set()
        words_of = breaker().words
        for number, text in enumerate(texts):
            starts.append(len(sound))
            if voice is None:
                continue
            said = spell(text, language, voice, words_of)
            spoken = b"".join(voice.samples(clip) + _silence(gap_s) for clip in said.clips)
            if said.missing or not spoken:
                silent.add(number)
            sound += spoken or _silence(_SILENT_S)
            sound += _silence(_PAUSE_S)
        return Reading(bytes(sound), tuple(starts), frozenset(silent))

    def begin(self, reading: Reading, volume: int) -> None:
        """Read from the first part on."""
        self.stop()
        if reading.samples:
            self._reading, self._volume = reading, volume
            self._go_on(0)

    def louder(self, volume: int) -> None:
        """Go on at another volume, from the beginning of the part that sounds."""
        if self._reading is not None:
            self._volume = volume
            self._go_on(max(0, self.now))

    def stop(self) -> None:
        """Be silent."""
        self._world.floor.hush()
        self._reading = self._held = None

    def tick(self) -> None:
        """Notice the end, and calls."""
        if self._reading is None:
            return
        sound = self._world.floor.reading
        if sound is None or self._world.floor.taken:  # a call ended it, or begins
            self._go_on(max(0, self.now))
        elif self._place() >= len(self._reading.samples) or sound.over:
            self.stop()

    def _go_on(self, part: int) -> None:
        """Read from this part on, now or as soon as no call sounds."""
        assert self._reading is not None
        self._world.floor.hush()
        if self._world.floor.taken:
            self._held = part
            return
        self._held = None
        start = self._reading.starts[part]
        self._began_ms = self._clock.mono_ms() - start * 1000 // BYTES_A_SECOND
        self._world.floor.reading = self._world.sound.play(self._reading.samples[start:], VOLUMES[self._volume])

    def _place(self) -> int:
        return (self._clock.mono_ms() - self._began_ms) * BYTES_A_SECOND // 1000


def _silence(seconds: float) -> bytes:
    return bytes(2 * int(seconds * BYTES_A_SECOND / 2))
