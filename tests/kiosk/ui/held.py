"""What the process holds, for tests that look for a word everywhere."""

import gc
from typing import Any


def everything() -> list[Any]:
    """Every object that can hold another, after what is garbage went; those that rest (`tests.conftest`) included."""
    gc.collect()
    gc.unfreeze()
    try:
        return gc.get_objects()
    finally:
        gc.freeze()
