"""The loudspeaker of the lobby: "number A zero two seven, please, at counter three", from recorded clips alone.

    caller = Caller(world, clock, queue)       # nothing that was called before is said again
    caller.start()                             # a thread of its own: says each call, one after another
    heard(world, clock.mono_ms())              # whether calls can be heard, and from where

The rules of this file:
1. One announcement is one sound: chime, the sentence in each language of the settings, a breath, and all of it once
   more. So nothing cuts anything off, and nothing is said once.
2. First called, first said, by the number of the call: none is said twice, none left out, recalls and the first of the
   day included. What was called while the kiosk was off is not said afterwards.
3. A language without all its clips is left out for this call and told to staff; the board shows the number all the
   same.
4. The kiosk and a board never speak both, unless the office wants it. Where a board should and cannot be heard, the
   kiosk does.
5. A call goes first: what is being read aloud at the kiosk waits, and goes on afterwards (`world.floor`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from kiosk.clock import Clock
from kiosk.desk.counters import Queue
from kiosk.desk.sounding import chime
from kiosk.desk.tickets import Call
from kiosk.desk.world import World
from kiosk.speech import BYTES_A_SECOND, digit_words, fingerprint, number_words, tongue_of

logger = logging.getLogger(__name__)

#: How each language says it; `None` stands for the number, `...` for the counter.
_SENTENCES: Final = {
    "th": ("ขอเชิญหมายเลข", None, "ที่ช่องบริการ", ..., "ค่ะ"),
    "ms": ("Nombor", None, "sila ke kaunter", ...),
    "en": ("Number", None, "please go to counter", ...),
}
#: The letters of series as Thai says them; the other languages say the letter itself.
_THAI_LETTERS: Final = {
    "A": "เอ", "B": "บี", "C": "ซี", "D": "ดี", "E": "อี", "F": "เอฟ", "G": "จี", "H": "เอช", "I": "ไอ", "J": "เจ",
    "K": "เค", "L": "แอล", "M": "เอ็ม", "N": "เอ็น", "O": "โอ", "P": "พี", "Q": "คิว", "R": "อาร์", "S": "เอส",
    "T": "ที", "U": "ยู", "V": "วี", "W": "ดับเบิลยู", "X": "เอ็กซ์", "Y": "วาย", "Z": "แซด",
}  # fmt: skip
_BREATH: Final = bytes(round(0.8 * BYTES_A_SECOND) // 2 * 2)
_PAUSE: Final = bytes(round(0.25 * BYTES_A_SECOND) // 2 * 2)
#: More than so many waiting sentences help nobody: the oldest are shown on the board and not said.
QUEUE_MAX: Final = 20

#: While something sounds, so often it is looked whether the next may begin.
_TURN_S: Final = 0.1
_RETRY_S: Final = 1.0

Reading = Literal["digits", "whole"]
#: What staff should see to: a board that fell silent or may not sound, a loudspeaker that failed. An office without any
#: sound knows that it has none.
Trouble = Literal["", "away", "failed", "muted"]
#: How calls are heard: "none" without a loudspeaker or a voice, "failed" where it played nothing, "muted" where the
#: board should speak and may not.
HeardState = Literal["ok", "none", "failed", "muted"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is to be said of a call, and the words no clip was found for."""

    call: Call
    samples: bytes
    missing: tuple[str, ...]


def words_of_call(call: Call, language: str, reading: Reading) -> list[str]:
    """The clips' words of one sentence, such as "Number", "A", "zero", "two", "please go to counter", "three"."""
    tongue = tongue_of(language)
    said: list[str] = []
    for part in _SENTENCES[tongue]:
        if part is None:
            said += _label(call.label, tongue, reading)
        elif part is ...:
            said += _label(call.counter, tongue, "whole")
        else:
            said.append(str(part))
    return said


def _label(label: str, tongue: str, reading: Reading) -> list[str]:
    letters = label.rstrip("0123456789")
    digits = label[len(letters) :]
    said = [_THAI_LETTERS.get(letter, letter) if tongue == "th" else letter for letter in letters.upper()]
    if reading == "whole" and digits:
        return said + number_words(str(int(digits)), tongue)
    return said + [digit_words(tongue)[int(each)] for each in digits]


def clips_of_calls(language: str) -> list[str]:
    """Every word that an announcement can need besides numbers, for who records a voice."""
    tongue = tongue_of(language)
    letters = list(_THAI_LETTERS.values()) if tongue == "th" else list(_THAI_LETTERS)
    return [part for part in _SENTENCES[tongue] if isinstance(part, str)] + letters


def announce(world: World, call: Call) -> Announcement:
    """One call as one sound, from the languages whose every clip is there; empty samples where no language has them."""
    once, missing = b"", []
    for language in world.config.call_languages:
        voice = world.voices(language)
        words = words_of_call(call, language, world.config.call_numbers)
        spoken = [voice.samples(fingerprint(word)) if voice else b"" for word in words]
        missing += [word for word, sound in zip(words, spoken, strict=True) if not sound]
        if all(spoken):
            once += (_PAUSE if once else b"") + b"".join(spoken)
    if not once:
        return Announcement(call, b"", tuple(dict.fromkeys(missing)))
    said = chime() + once
    return Announcement(call, said + _BREATH + said, tuple(dict.fromkeys(missing)))


class Announcer:
    """One loudspeaker's calls, one after another. `since` is the last call that is not said any more."""

    def __init__(self, world: World, *, since: int = 0) -> None:
        self.world = world
        self.missing: tuple[str, ...] = ()
        self._heard = since
        self._day = ""
        self._waiting: deque[Call] = deque(maxlen=QUEUE_MAX)

    def hear(self, service_date: str, calls: Iterable[Call]) -> None:
        """Take up the calls that were not heard yet; a new day counts its calls anew."""
        if service_date != self._day:
            self._heard = self._heard if not self._day else 0
            self._day = service_date
        for call in calls:
            if call.id > self._heard:
                self._heard = call.id
                self._waiting.append(call)

    def turn(self) -> Announcement | None:
        """Begin the next announcement if nothing sounds; the one that was begun."""
        if self.world.floor.taken or not self._waiting:
            return None
        said = announce(self.world, self._waiting.popleft())
        self.missing = said.missing
        if said.samples:
            self.world.floor.hush()
            self.world.floor.call = self.world.sound.play(said.samples, self.world.config.call_volume)
        return said

    def leave(self) -> None:
        """Say nothing of what was called so far: somebody else does."""
        self._waiting.clear()

    @property
    def waiting(self) -> int:
        """How many calls are still to be said."""
        return len(self._waiting)

    @property
    def quiet(self) -> bool:
        """Whether nothing sounds and nothing is to be said."""
        return not self._waiting and not self.world.floor.taken


class Caller:
    """The thread that lets a kiosk speak. Not started twice; `close` ends it, what sounds then is finished."""

    def __init__(self, world: World, clock: Clock, queue: Queue) -> None:
        self._world, self._clock, self._queue = world, clock, queue
        self._announcer = Announcer(world)
        self._stirred = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="caller", daemon=True)
        self._hear()
        self._announcer.leave()  # was called before the start
        world.store.watch(self._stirred.set)

    def start(self) -> None:
        """Begin to say what is called from now on."""
        self._thread.start()

    def close(self) -> None:
        """Say nothing more."""
        self._closing = True
        self._stirred.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._closing:
            stirred = self._stirred.wait(None if self._announcer.quiet else _TURN_S)
            self._stirred.clear()
            try:
                self._turn(stirred=stirred)
            except Exception:
                logger.exception("a call could not be said; the voice goes on with the next")
                time.sleep(_RETRY_S)
                self._stirred.set()

    def _turn(self, *, stirred: bool) -> None:
        if stirred:
            self._hear()
        if not kiosk_speaks(self._world, self._clock.mono_ms()):
            self._announcer.leave()
        said = self._announcer.turn()
        if said is not None and said.missing:
            logger.warning("no voice says %s", ", ".join(said.missing))

    def _hear(self) -> None:
        line = self._queue.look()
        self._announcer.hear(line.service_date, line.calls)


# --- who speaks, and whether it is heard ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """How calls are heard; `board` where the boards shall sound."""

    state: HeardState
    board: bool = False


def kiosk_speaks(world: World, mono_ms: int) -> bool:
    """Whether the kiosk itself says the calls: where the office wants it, and where it wants a board to but none can be
    heard now.
    """
    return world.config.call_speaker != "board" or not world.boards.sounds(mono_ms)


def heard(world: World, mono_ms: int) -> Heard:
    """How calls are heard now."""
    board = world.config.call_speaker != "kiosk"
    if not any(world.voices(language) is not None for language in world.config.call_languages):
        return Heard("none", board)
    if board and world.boards.sounds(mono_ms):
        return Heard("ok", board)
    state = world.sound.state()
    if state == "ready":
        return Heard("ok", board)
    return Heard("muted" if board else state, board)


def trouble(world: World, mono_ms: int) -> Trouble:
    """Why somebody in the lobby might not learn that they are called."""
    boards = world.boards.seen(mono_ms)
    if boards and not any(each.there for each in boards):
        return "away"
    state = heard(world, mono_ms).state
    return state if state in ("failed", "muted") else ""
