"""Trying the loudspeaker out: two tones that nobody takes for anything else, at the volume that citizens hear."""

from __future__ import annotations

import array
import math
import sys
from functools import cache
from typing import Final

from kiosk.desk.world import World
from kiosk.speech import RATE_HZ, Playing

#: Hertz and seconds of each tone, low and high: a loudspeaker that lacks one of them is broken.
TONES: Final = ((440.0, 0.45), (880.0, 0.55))
_LOUD: Final = 0.5
#: Each tone swells and fades for so long, so that it does not click.
_EDGE_S: Final = 0.04


@cache
def chime() -> bytes:
    """The tones, one after another, as a `Sound` plays them."""
    values = array.array("h")
    for hertz, seconds in TONES:
        count = round(seconds * RATE_HZ)
        for n in range(count):
            edge = min(1.0, n / (_EDGE_S * RATE_HZ), (count - n) / (_EDGE_S * RATE_HZ))
            values.append(round(32767 * _LOUD * edge * math.sin(2 * math.pi * hertz * n / RATE_HZ)))
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def try_sound(world: World, volume: float) -> Playing:
    """Begin to play it; whether that went well is what the loudspeaker's `state` says once it is over."""
    return world.sound.play(chime(), volume)
