"""Voices made of tones: every clip is a beep whose length tells which it was."""

from __future__ import annotations

import math
from array import array
from pathlib import Path

from kiosk import speech
from kiosk.devices.voices import Clip, Manifest, write_manifest, write_wav


def tone(seconds: float = 0.2, *, height: float = 0.4, hz: float = 440) -> bytes:
    """A beep as samples; `height` of full scale."""
    count = int(seconds * speech.RATE_HZ)
    return array(
        "h", (int(height * 32767 * math.sin(2 * math.pi * hz * at / speech.RATE_HZ)) for at in range(count))
    ).tobytes()


def pack(folder: Path, languages: list[str], clips: dict[str, bytes], *, placeholder: bool = False) -> Path:
    """Write a pack that says these words with these sounds."""
    folder.mkdir(parents=True)
    listed = {}
    for text, samples in clips.items():
        mark = speech.fingerprint(text)
        (folder / f"{mark}.wav").write_bytes(write_wav(samples))
        listed[mark] = Clip(f"{mark}.wav", text)
    write_manifest(
        folder,
        Manifest(languages=languages, speaker="a tone", licence="CC0-1.0", placeholder=placeholder, clips=listed),
    )
    return folder


class Said:
    """A voice of words alone, without sound: what it has, it can say."""

    placeholder = False

    def __init__(self, *texts: str) -> None:
        self.texts = {speech.fingerprint(text): text for text in texts}

    def has(self, clip: str) -> bool:
        """Whether it was given this clip."""
        return clip in self.texts

    def saying(self, text: str) -> tuple[str, ...]:
        """Nothing goes by another's clips."""
        return ()

    def samples(self, clip: str) -> bytes:
        """A short beep."""
        return tone(0.1) if clip in self.texts else b""

    def words(self, clips: tuple[str, ...]) -> list[str]:
        """What clips say."""
        return [self.texts[clip] for clip in clips]
