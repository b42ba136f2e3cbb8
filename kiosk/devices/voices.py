"""Voice packs: folders of recorded clips, and the voice that several of them make together.

    voices = Voices([data / "voices", ASSETS / "voices"])
    voice = voices("ms")                      # None where no pack speaks Malay

A pack is a folder `LANGUAGE-NAME/` with `voice.json` (`Manifest`) and WAV files: 16,000 samples a second, one channel,
16 bits. Packs are asked clip by clip: the office's own recordings first, in the order of the folders and of their
names, a placeholder last. A pack that cannot be read is left out with a line in the diary; it never stops the kiosk.
"""

from __future__ import annotations

import io
import logging
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from kiosk import speech

logger = logging.getLogger(__name__)

MANIFEST_NAME: Final = "voice.json"
FORMAT: Final = 1
#: Where `make voices` puts its placeholders.
PACKAGED: Final = Path(__file__).resolve().parents[2] / "assets" / "voices"


class Clip(msgspec.Struct, frozen=True):
    """One recording: its file below the pack, and the words that it says."""

    file: str
    text: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack says of itself.

    `clips` go by the fingerprint of their words; `sayings` name, for the fingerprint of a whole text, the clips that
    say it, one after another: so Jawi speaks with the clips of the Rumi it stands for.
    """

    format: int = FORMAT
    languages: list[str]
    speaker: str
    licence: str
    placeholder: bool = False
    rate_hz: int = speech.RATE_HZ
    clips: dict[str, Clip] = {}
    sayings: dict[str, list[str]] = {}


class Pack:
    """One folder of clips. Raises `OSError` or `ValueError` where its manifest is no manifest of ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = msgspec.json.decode((folder / MANIFEST_NAME).read_bytes(), type=Manifest)
        if self.manifest.format != FORMAT or self.manifest.rate_hz != speech.RATE_HZ:
            raise ValueError(f"format {self.manifest.format} at {self.manifest.rate_hz} samples a second is not ours")

    def samples(self, clip: str) -> bytes:
        """The sound of a clip; empty where the pack has none that can be played."""
        known = self.manifest.clips.get(clip)
        if known is None:
            return b""
        path = (self.folder / known.file).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            logger.warning("clip %s of %s lies outside its pack", known.file, self.folder.name)
            return b""
        try:
            return read_wav(path.read_bytes())
        except (OSError, ValueError) as error:
            # Named by its file alone: the diary never says what was spoken.
            logger.warning("clip %s of %s cannot be played: %s", known.file, self.folder.name, error)
            return b""


class PackVoice:
    """See `speech.Voice`."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._packs = packs
        self.placeholder = any(pack.manifest.placeholder for pack in packs)

    def has(self, clip: str) -> bool:
        """Whether any pack has it."""
        return any(clip in pack.manifest.clips for pack in self._packs)

    def saying(self, text: str) -> tuple[str, ...]:
        """As the first pack that knows this text says it."""
        mark = speech.fingerprint(text)
        return next((tuple(said) for pack in self._packs if (said := pack.manifest.sayings.get(mark))), ())

    def samples(self, clip: str) -> bytes:
        """From the first pack that has it in good order."""
        return next((sound for pack in self._packs if (sound := pack.samples(clip))), b"")


class Voices:
    """The voice of each language; packs are looked for when a language is first asked for, and again after `renew`."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._known: dict[str, PackVoice | None] = {}

    def __call__(self, language: str) -> PackVoice | None:
        """The voice of `language`, or None."""
        if language not in self._known:
            packs = [pack for pack in self.packs() if language in pack.manifest.languages]
            self._known[language] = PackVoice(packs) if packs else None
        return self._known[language]

    def packs(self) -> list[Pack]:
        """Every pack in good order: those that people spoke before placeholders."""
        found = []
        for folder in self._folders:
            for path in sorted(folder.glob(f"*/{MANIFEST_NAME}")):
                try:
                    found.append(Pack(path.parent))
                except (OSError, ValueError) as error:
                    logger.warning("the voice pack %s is left out: %s", path.parent.name, error)
        return sorted(found, key=lambda pack: pack.manifest.placeholder)

    def renew(self) -> None:
        """Somebody recorded more."""
        self._known.clear()


# --- files of sound ----------------------------------------------------------------------------------------------


def read_wav(data: bytes) -> bytes:
    """The samples of a WAV file of our rate, mono, 16 bits. Raises `ValueError` for anything else."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            if shape != (speech.RATE_HZ, 1, 2):
                raise ValueError(f"it is not mono, 16 bits, {speech.RATE_HZ:,} samples a second")
            return bytes(file.readframes(file.getnframes()))
    except (wave.Error, EOFError) as error:
        raise ValueError(f"it is no WAV file: {error}") from error


def write_wav(samples: bytes) -> bytes:
    """A WAV file of these samples."""
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.RATE_HZ)
        file.writeframes(samples)
    return whole.getvalue()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a pack's manifest in place whole or not at all."""
    aside = folder / (MANIFEST_NAME + ".new")
    aside.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    aside.replace(folder / MANIFEST_NAME)
