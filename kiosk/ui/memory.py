"""Memory, for a program that runs for months: when it is swept, and that what is free goes back to the system.

Python, the driver and the text renderer take and leave pictures all day. glibc keeps what was freed between two live
pieces, and after the first large picture it keeps large ones among the small, so a busy hour is remembered for ever.
Elsewhere than on glibc nothing is done about that.

Widgets hold themselves in circles, and to sweep a million objects takes most of a second: so it is done when nobody
touches anything, and not when Python thinks that it is time, which is in the middle of a touch that builds a screen.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

_LIBRARY: Final = ctypes.CDLL(None) if sys.platform == "linux" else None
#: `M_MMAP_THRESHOLD` of <malloc.h>.
_MMAP_THRESHOLD: Final = -3
#: Pieces of this many bytes and more lie by themselves: a line of writing is one.
APART_BYTES: Final = 32 * 1024
#: Objects until the young are looked through, how often that is done until those that lived are, and that until all
#: are: half a million new ones, some twenty screens built without a pause of `front.TIDY_AFTER_S`, come before Python
#: looks at more than the last few thousand. Most of a screen that was just built lives, and to look at it twice more
#: costs a picture another frame.
SWEEP_AFTER: Final = (2_000, 250, 4)


def keep_apart() -> None:
    """Let every large piece lie by itself from now on, so that it goes back as soon as it is free."""
    setting = getattr(_LIBRARY, "mallopt", None)
    if setting is not None:
        setting(_MMAP_THRESHOLD, APART_BYTES)


def sweep_when_quiet() -> None:
    """Leave it to the caller of `sweep`, from now on, to look through everything."""
    gc.set_threshold(*SWEEP_AFTER)


def sweep() -> None:
    """Look for what holds itself in circles, and give what is free back to the system.

    Twice: a quarter of a screen's objects is held by what the first look finds, and is seen to be free only then.
    """
    for _ in range(2):
        gc.collect()
    trim = getattr(_LIBRARY, "malloc_trim", None)
    if trim is not None:
        trim(0)
