"""Making voice packs: what there is to say, a placeholder by machine, and recordings by the office's own people.

    make voices                                   # placeholders for every language into assets/voices (needs espeak-ng)
    sala-kiosk voices                             # which packs speak, and how much nobody has recorded
    sala-kiosk record th --speaker "..." --licence "..."      # sentence by sentence; stop and go on whenever you like

A recording is kept the moment it is confirmed, in the kiosk's own folder, and is heard instead of the placeholder from
then on, clip by clip. The machine speaks word by word: that is enough to find one's way and to test, and no more; such
a pack says "placeholder" wherever it is listed.
"""

from __future__ import annotations

import array
import dataclasses
import io
import math
import shutil
import subprocess
import wave
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import msgspec

from kiosk import speech, words
from kiosk.desk.announcing import clips_of_calls
from kiosk.devices import voices
from kiosk.devices.voices import Clip, Manifest, write_manifest, write_wav
from kiosk.speech import BYTES_A_SECOND, RATE_HZ, Spelt, WordsOf
from shared.content import Text
from shared.errors import SalaError


class CannotRecord(SalaError):
    """This machine lacks what it takes to make a clip."""

    remedy = "Install what the sentence above names (Debian: apt-get install espeak-ng alsa-utils), then try again."


# --- what there is to say ----------------------------------------------------------------------------------------


def texts_of(content: object) -> Iterator[Text]:
    """Every sentence in a piece of content, however deep."""
    if isinstance(content, Text):
        yield content
    elif isinstance(content, msgspec.Struct):
        for name in content.__struct_fields__:
            yield from texts_of(getattr(content, name))
    elif dataclasses.is_dataclass(content):
        for field in dataclasses.fields(content):
            yield from texts_of(getattr(content, field.name))
    elif isinstance(content, dict):
        for each in content.values():
            yield from texts_of(each)
    elif isinstance(content, (list, tuple)):
        for each in content:
            yield from texts_of(each)


def wanted(language: str, content: object = ()) -> list[str]:
    """What to record for a language, the most needed first: the kiosk's own sentences, numbers, then content."""
    office = (text.into(language).strip() for text in texts_of(content))
    found = [*speech.own_clips(language), *speech.number_clips(language), *clips_of_calls(language), *office]
    return list({speech.fingerprint(text): text for text in found if any(map(str.isalpha, text))}.values())


def left(language: str, content: object, folders: list[Path], *, spoken_by_people: bool = True) -> list[str]:
    """What of it nobody has recorded; with `spoken_by_people` a placeholder counts for nothing."""
    packs = [pack for pack in voices.Voices(folders).packs() if language in pack.manifest.languages]
    if spoken_by_people:
        packs = [pack for pack in packs if not pack.manifest.placeholder]
    known = {clip for pack in packs for clip in pack.manifest.clips}
    return [text for text in wanted(language, content) if speech.fingerprint(text) not in known]


# --- a placeholder by machine ------------------------------------------------------------------------------------

Speak = Callable[[str], bytes]
"""Says one word: samples at `speech.RATE_HZ`."""

#: Languages a machine speaks, each with espeak-ng's name of it; Malay serves both scripts.
MACHINE: Final = {"th": "th", "en": "en-gb", "ms": "ms"}


def espeak(voice: str) -> Speak:
    """The free synthesiser espeak-ng. Raises `CannotRecord` where it is not installed."""
    command = shutil.which("espeak-ng")
    if command is None:
        raise CannotRecord("espeak-ng is not installed")

    def speak(word: str) -> bytes:
        made = subprocess.run(
            [command, "-v", voice, "-s", "135", "--stdout", "--", word], capture_output=True, check=True
        )
        with wave.open(io.BytesIO(made.stdout)) as file:
            # A stream has no length in its header: take what there is.
            return trimmed(resampled(made.stdout[44:], file.getframerate()))

    return speak


class _Words:
    """A voice that can say every word, and remembers which it was asked for."""

    placeholder = True

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}

    def has(self, clip: str) -> bool:
        return clip in self.asked

    def saying(self, text: str) -> tuple[str, ...]:  # noqa: ARG002 - word by word
        return ()

    def samples(self, clip: str) -> bytes:  # noqa: ARG002 - nothing is heard yet
        return b""

    def learn(self, text: str, language: str, words_of: WordsOf) -> Spelt:
        """Take note of every word of a text, and say how it is said."""
        for word in speech.spell(text, language, self, words_of).missing:
            self.asked.setdefault(speech.fingerprint(word), word)
        return speech.spell(text, language, self, words_of)


def make_placeholder(folder: Path, language: str, content: object, speak: Speak, words_of: WordsOf) -> int:
    """Write a placeholder pack for `language` into `folder`; returns how many clips it has."""
    known = _Words()
    for word in (*speech.number_clips(language), *clips_of_calls(language)):
        known.asked[speech.fingerprint(word)] = word
    for text in wanted(language, content):
        known.learn(text, language, words_of)
    sayings = _jawi(content, known, words_of) if language == "ms" else {}
    folder.mkdir(parents=True, exist_ok=True)
    clips = {}
    for mark, word in known.asked.items():
        (folder / f"{mark}.wav").write_bytes(write_wav(speak(word)))
        clips[mark] = Clip(f"{mark}.wav", word)
    languages = ["ms", words.JAWI] if language == "ms" else [language]
    write_manifest(folder, Manifest(
        languages=languages, speaker="espeak-ng, word by word", licence="CC0-1.0 (machine-made)", placeholder=True,
        clips=clips, sayings=sayings,
    ))  # fmt: skip
    return len(clips)


def _jawi(content: object, known: _Words, words_of: WordsOf) -> dict[str, list[str]]:
    """For each sentence in Jawi, the clips of the same sentence in Rumi."""
    pairs = [(text.ms_arab, text.ms) for text in texts_of(content) if text.ms_arab and text.ms]
    for each in words.table().values():
        jawi, rumi = (speech.fixed_parts(each.get(language, "")) for language in (words.JAWI, "ms"))
        if len(jawi) == len(rumi):
            pairs += zip(jawi, rumi, strict=True)
    return {
        speech.fingerprint(jawi): list(said.clips)
        for jawi, rumi in pairs
        if (said := known.learn(rumi, "ms", words_of)).clips
    }


# --- sound -------------------------------------------------------------------------------------------------------

#: Of full scale: softer is taken for silence at the ends, for too soft as a whole, for too loud.
_SILENCE: Final = 0.02
_SOFT: Final = 0.08
_LOUD: Final = 0.99
_AIR_S: Final = 0.08


def resampled(samples: bytes, rate_hz: int) -> bytes:
    """Samples of another rate at ours, by straight lines between them."""
    if rate_hz == RATE_HZ:
        return samples
    values = array.array("h", samples[: len(samples) // 2 * 2])
    step = rate_hz / RATE_HZ
    made = array.array("h")
    for number in range(int((len(values) - 1) / step)):
        at = number * step
        low = int(at)
        made.append(int(values[low] + (values[low + 1] - values[low]) * (at - low)))
    return made.tobytes()


def trimmed(samples: bytes) -> bytes:
    """Without the silence before and after, save for a breath of it."""
    values = array.array("h", samples)
    loud = [at for at, value in enumerate(values) if abs(value) > _SILENCE * 32768]
    if not loud:
        return b""
    air = int(_AIR_S * RATE_HZ)
    return values[max(0, loud[0] - air) : loud[-1] + air].tobytes()


def fault(samples: bytes) -> str:
    """What is wrong with a recording, in a sentence for whoever made it; empty where it is good."""
    values = array.array("h", samples)
    if len(values) < 0.15 * RATE_HZ:
        return "Nothing was heard. Is the microphone on?"
    peak = max(map(abs, values)) / 32768
    if peak < _SOFT:
        return f"Too soft ({20 * math.log10(max(peak, 1e-4)):.0f} dB). Come closer to the microphone."
    if sum(abs(value) >= _LOUD * 32768 for value in values) > len(values) / 1000:
        return "Too loud: it is cut off. Go further away, or turn the microphone down."
    return ""


# --- recordings by people ----------------------------------------------------------------------------------------


class Take(Protocol):
    """A recording under way."""

    def stop(self) -> bytes:
        """End it and give its samples."""


class Console(Protocol):
    """Whoever sits before the terminal."""

    def tell(self, line: str) -> None:
        """Show a line."""

    def ask(self, line: str) -> str:
        """Show a line and wait for an answer; `EOFError` when they leave."""


@dataclass(frozen=True)
class Desk:
    """What a recording needs: `begin` starts the microphone, `play` lets one hear the take."""

    console: Console
    begin: Callable[[], Take]
    play: Callable[[bytes], None]


class OfficePack:
    """The office's own clips of one language. Every kept clip is on the disk before the next sentence is shown."""

    def __init__(self, folder: Path, language: str, speaker: str, licence: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / voices.MANIFEST_NAME).exists():
            self.manifest = voices.Pack(folder).manifest
        else:
            self.manifest = Manifest(languages=[language], speaker=speaker, licence=licence)

    def keep(self, text: str, samples: bytes) -> None:
        """Keep a clip: first the sound, then the list that names it."""
        mark = speech.fingerprint(text)
        name = f"{mark}.wav"
        aside = self.folder / (name + ".new")
        aside.write_bytes(write_wav(samples))
        aside.replace(self.folder / name)
        clips = {**self.manifest.clips, mark: Clip(name, text)}
        self.manifest = msgspec.structs.replace(self.manifest, clips=clips)
        write_manifest(self.folder, self.manifest)


def record(pack: OfficePack, texts: Iterable[str], desk: Desk) -> int:
    """Record one text after another until the list or the patience ends; returns how many clips were kept."""
    todo = list(texts)
    kept = 0
    desk.console.tell(f"{len(todo)} sentences. Enter starts and stops a recording; s skips, q ends. All kept is safe.")
    for number, text in enumerate(todo, start=1):
        desk.console.tell(f"\n{number} of {len(todo)}\n\n    {text}\n")
        try:
            sound = _take(desk)
        except EOFError:
            break
        if sound:
            pack.keep(text, sound)
            kept += 1
    return kept


def _take(desk: Desk) -> bytes:
    """One good recording, or nothing where it is skipped. Raises `EOFError` to end."""
    while True:
        if _answer(desk, "Enter: speak   s: skip   q: end > ") == "s":
            return b""
        take = desk.begin()
        try:
            desk.console.ask("... Enter when you have finished > ")
        finally:
            sound = trimmed(take.stop())
        wrong = fault(sound)
        if wrong:
            desk.console.tell(wrong)
            continue
        desk.play(sound)
        answer = _answer(desk, f"{len(sound) / BYTES_A_SECOND:.1f} s. Enter: keep   r: again   s: skip   q: end > ")
        if answer == "s":
            return b""
        if answer != "r":
            return sound


def _answer(desk: Desk, line: str) -> str:
    answer = desk.console.ask(line).strip().lower()
    if answer == "q":
        raise EOFError
    return answer


class Terminal:
    """The console of `sala-kiosk record`."""

    def tell(self, line: str) -> None:
        """Print it."""
        print(line, flush=True)  # noqa: T201 - it is a terminal

    def ask(self, line: str) -> str:
        """Print it and read one line."""
        return input(line)


class Arecord:
    """A take by the system's own recorder."""

    def __init__(self, command: tuple[str, ...]) -> None:
        try:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError as error:
            raise CannotRecord(f"{command[0]} does not start: {error}") from error

    def stop(self) -> bytes:
        """End it. Raises `CannotRecord` where it had ended by itself with an error."""
        ended = self._process.poll()
        self._process.terminate()
        sound, told = self._process.communicate()
        if ended:
            raise CannotRecord(f"nothing was recorded: {told.decode(errors='replace').strip()}")
        return sound


#: Raw samples on its standard output, until it is ended.
ARECORD: Final = ("arecord", "-q", "-f", "S16_LE", "-r", str(RATE_HZ), "-c", "1", "-t", "raw")


def told(languages: Iterable[str], content: object, folders: list[Path]) -> str:
    """Which packs speak, and how much of each language people have recorded."""
    lines = []
    for pack in voices.Voices(folders).packs():
        says = pack.manifest
        kind = "placeholder" if says.placeholder else "recorded"
        lines.append(
            f"{pack.folder.name}: {', '.join(says.languages)}, {len(says.clips)} clips, {kind}, {says.speaker}"
        )
    for language in languages:
        whole, rest = len(wanted(language, content)), len(left(language, content, folders))
        lines.append(f"{language}: {whole - rest} of {whole} sentences recorded by people")
    return "\n".join(lines)
