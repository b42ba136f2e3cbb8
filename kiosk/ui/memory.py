"""The C library's memory, for a program that runs for months: what is free goes back to the system.

Python, the driver and the text renderer take and leave pictures all day. glibc keeps what was freed between two live
pieces, and after the first large picture it keeps large ones among the small, so a busy hour is remembered for ever.
Elsewhere than on glibc these do nothing.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_LIBRARY: Final = ctypes.CDLL(None) if sys.platform == "linux" else None
#: `M_MMAP_THRESHOLD` of <malloc.h>.
_MMAP_THRESHOLD: Final = -3
#: Pieces of this many bytes and more lie by themselves.
APART_BYTES: Final = 128 * 1024


def keep_apart() -> None:
    """Let every large piece lie by itself from now on, so that it goes back as soon as it is free."""
    setting = getattr(_LIBRARY, "mallopt", None)
    if setting is not None:
        setting(_MMAP_THRESHOLD, APART_BYTES)


def give_back() -> None:
    """Hand what is free now back to the system, whatever was written in it included."""
    trim = getattr(_LIBRARY, "malloc_trim", None)
    if trim is not None:
        trim(0)
